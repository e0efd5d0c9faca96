//! Checking one value against the rule of its key.

use super::row::{Gap, INHERIT, Kind, Row, Rule};
use super::{codes, host};
use std::sync::Arc;

/// Longest free text, in characters. The guide sets no limit for names and passwords; this one bounds memory and is
/// far beyond what a SIP header field of a phone carries.
pub(super) const MAX_TEXT: usize = 1_024;

/// A value that has passed its check.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Value {
    Int(i64),
    Text(Arc<str>),
}

impl Value {
    pub(super) fn to_text(&self) -> String {
        match self {
            Value::Int(number) => number.to_string(),
            Value::Text(text) => text.as_ref().to_owned(),
        }
    }
}

/// An accepted value, and what was changed about it.
pub(super) struct Checked {
    pub(super) value: Value,
    pub(super) correction: Option<String>,
}

/// Checks a value that is not empty.
///
/// # Errors
/// A sentence that says what was expected.
pub(super) fn check(row: &Row, text: &str) -> Result<Checked, String> {
    let rule = row.rule();
    // Values end up in SIP messages: a line break in one could forge a header field.
    if text.chars().any(char::is_control) {
        return Err("expected text without control characters".to_owned());
    }
    if row.is_integer() {
        return check_int(row, text);
    }
    let max = longest(rule.kind);
    if text.chars().count() > max {
        return Err(format!("expected at most {max} characters"));
    }
    let stored = match rule.kind {
        Kind::Text { .. } | Kind::Secret => text,
        _ => text.trim(),
    };
    match rule.kind {
        Kind::Flag | Kind::Int { .. } | Kind::Text { .. } | Kind::Secret => {}
        Kind::Host => drop(host::parse_host(stored).map_err(|why| expected(row) + ": " + &why)?),
        Kind::Ip => drop(host::parse_ip(stored).ok_or_else(|| expected(row))?),
        Kind::Name => check_name(row, stored)?,
        Kind::Target if stored == "." => {}
        Kind::Target => drop(host::parse_host(stored).map_err(|why| expected(row) + ": " + &why)?),
        Kind::NaptrFlags => {
            if !["s", "a", "u", "p"].iter().any(|flag| flag.eq_ignore_ascii_case(stored)) {
                return Err(expected(row));
            }
        }
        Kind::Codes => drop(codes::parse(stored).ok_or_else(|| expected(row))?),
    }
    Ok(Checked { value: Value::Text(Arc::from(stored)), correction: None })
}

fn check_name(row: &Row, text: &str) -> Result<(), String> {
    if host::parse_ip(text).is_some() {
        return Err(expected(row) + ": this is an IP address");
    }
    host::parse_name(text).map(drop).map_err(|why| expected(row) + ": " + &why)
}

const fn longest(kind: Kind) -> usize {
    match kind {
        Kind::Text { max } => max,
        Kind::Host | Kind::Ip | Kind::Name | Kind::Target => host::MAX_HOST,
        Kind::Flag | Kind::Int { .. } | Kind::Secret | Kind::NaptrFlags | Kind::Codes => MAX_TEXT,
    }
}

fn check_int(row: &Row, text: &str) -> Result<Checked, String> {
    let rule = row.rule();
    let given = integer(text.trim()).ok_or_else(|| expected(row))?;
    let accepted = |value, correction| Ok(Checked { value: Value::Int(value), correction });
    if row.inherits() && given == INHERIT {
        return accepted(given, None);
    }
    match rule.gap {
        Gap::Raise { from, to } if (from..to).contains(&given) => {
            return accepted(to, Some(format!("raised to {to}: {}", expected(row))));
        }
        Gap::Refuse { from, to } if (from..to).contains(&given) => return Err(expected(row)),
        Gap::None | Gap::Raise { .. } | Gap::Refuse { .. } => {}
    }
    let (min, max) = range(rule.kind);
    if (min..=max).contains(&given) { accepted(given, None) } else { Err(expected(row)) }
}

/// Digits with or without a minus sign; "+5", "0x5" and "5.0" are slips that deserve a word.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

const fn range(kind: Kind) -> (i64, i64) {
    match kind {
        Kind::Flag => (0, 1),
        Kind::Int { min, max } => (min, max),
        _ => (i64::MIN, i64::MAX),
    }
}

/// What the key takes, as a sentence that begins with "expected".
pub(super) fn expected(row: &Row) -> String {
    let rule = row.rule();
    let what = match rule.kind {
        Kind::Flag | Kind::Int { .. } => expected_int(rule),
        Kind::Text { max } => format!("text of at most {max} characters"),
        Kind::Secret => format!("text of at most {MAX_TEXT} characters"),
        Kind::Host => "an IP address or a domain name".to_owned(),
        Kind::Ip => "an IPv4 or IPv6 address".to_owned(),
        Kind::Name => "a domain name".to_owned(),
        Kind::Target => "a domain name, an IP address, or a single dot".to_owned(),
        Kind::NaptrFlags => "S, A, U or P".to_owned(),
        Kind::Codes => return codes::EXPECTED.to_owned(),
    };
    let inherit = if row.inherits() { "-1 (value of the SIP server), or " } else { "" };
    format!("expected {inherit}{what}")
}

fn expected_int(rule: &Rule) -> String {
    let (min, max) = range(rule.kind);
    match rule.gap {
        Gap::Raise { from, to } | Gap::Refuse { from, to } => {
            let zero = if from > min { "0, or " } else { "" };
            format!("{zero}an integer from {to} to {max}")
        }
        Gap::None => match (min, max) {
            (0, 1) => "0 or 1".to_owned(),
            (0, 2) => "0, 1 or 2".to_owned(),
            (0, 3) => "0, 1, 2 or 3".to_owned(),
            _ => format!("an integer from {min} to {max}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::{Key, ROWS};
    use super::{check, integer};

    fn outcome(key: Key, text: &str) -> Result<(String, Option<String>), String> {
        check(key.row(), text).map(|checked| (checked.value.to_text(), checked.correction))
    }

    fn kept(text: &str) -> Result<(String, Option<String>), String> {
        Ok((text.to_owned(), None))
    }

    #[test]
    fn every_default_is_a_value_of_its_own_key() {
        for row in ROWS {
            let default = row.default();
            assert!(default.is_empty() || outcome(row.key, default) == kept(default), "{}", row.pattern);
            assert!(!(row.is_integer() && default.is_empty()), "{}", row.pattern);
        }
    }

    #[test]
    fn both_ends_of_a_range_are_in_and_their_neighbours_out() {
        for (key, min, max) in [
            (Key::ServerPort, 0, 65_535),
            (Key::Expires, 30, 2_147_483_647),
            (Key::RetryCounts, 0, 20),
            (Key::FallbackTimeout, 10, 2_147_483_647),
            (Key::InviteRetryCounts, 1, 10),
            (Key::ServerTransport, 0, 3),
            (Key::OptionsMaxLost, 1, 10),
            (Key::ATtl, 30, 2_147_483_647),
        ] {
            assert_eq!(outcome(key, &min.to_string()), kept(&min.to_string()));
            assert_eq!(outcome(key, &max.to_string()), kept(&max.to_string()));
            assert!(outcome(key, &(min - 1i64).to_string()).is_err());
            assert!(outcome(key, &(max + 1i64).to_string()).is_err());
        }
    }

    #[test]
    fn failback_timeout_of_1_to_59_becomes_60_and_0_stays() {
        let raised = Ok(("60".to_owned(), Some("raised to 60: expected 0, or an integer from 60 to 65535".to_owned())));
        assert_eq!(outcome(Key::FailbackTimeout, "0"), kept("0"));
        assert_eq!(outcome(Key::FailbackTimeout, "1"), raised);
        assert_eq!(outcome(Key::FailbackTimeout, "59"), raised);
        assert_eq!(outcome(Key::FailbackTimeout, "60"), kept("60"));
        assert!(outcome(Key::FailbackTimeout, "-1").is_err());
    }

    #[test]
    fn proxy_fallback_interval_below_10_becomes_10() {
        for text in ["9", "0", "-5"] {
            assert_eq!(outcome(Key::ProxyFallbackInterval, text).map(|(value, _)| value), Ok("10".to_owned()));
        }
        assert_eq!(outcome(Key::ProxyFallbackInterval, "10"), kept("10"));
    }

    #[test]
    fn registration_retry_interval_below_5_becomes_5() {
        for text in ["0", "4"] {
            assert_eq!(outcome(Key::RegFailRetryInterval, text).map(|(value, _)| value), Ok("5".to_owned()));
        }
        assert_eq!(outcome(Key::RegFailRetryInterval, "5"), kept("5"));
        assert!(outcome(Key::RegFailRetryInterval, "-1").is_err());
        assert!(outcome(Key::RegFailRetryInterval, "1801").is_err());
    }

    #[test]
    fn options_interval_is_0_or_at_least_5() {
        assert_eq!(outcome(Key::OptionsInterval, "0"), kept("0"));
        assert_eq!(outcome(Key::OptionsInterval, "5"), kept("5"));
        assert_eq!(outcome(Key::OptionsInterval, "4"), Err("expected 0, or an integer from 5 to 3600".to_owned()));
    }

    #[test]
    fn minus_one_is_taken_by_the_keys_that_inherit_and_by_no_other() {
        for row in ROWS.iter().filter(|row| row.is_integer()) {
            let takes = outcome(row.key, "-1") == kept("-1");
            assert_eq!(takes, row.inherits(), "{}", row.pattern);
        }
        assert!(outcome(Key::ProxyRetryCounts, "-2").is_err());
        assert_eq!(outcome(Key::ProxyFailbackTimeout, "30").map(|(value, _)| value), Ok("60".to_owned()));
    }

    #[test]
    fn an_integer_is_digits_with_an_optional_minus_sign() {
        assert_eq!(integer("-007"), Some(-7));
        for text in ["", "-", "+5", "0x5", "5.0", "5 0", "5s", "99999999999999999999", "\u{665}"] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn texts_have_their_longest_length_in_characters() {
        assert!(outcome(Key::NaptrService, &"\u{e9}".repeat(32)).is_ok());
        assert!(outcome(Key::NaptrService, &"x".repeat(33)).is_err());
        assert_eq!(outcome(Key::ServerAddress, &"x".repeat(257)), Err("expected at most 256 characters".to_owned()));
        assert!(outcome(Key::Label, "a\r\nVia: x").is_err());
    }

    #[test]
    fn static_records_take_names_addresses_and_flags() {
        assert!(outcome(Key::AName, "192.0.2.1").is_err());
        assert!(outcome(Key::AIp, "pbx.example.com").is_err());
        assert!(outcome(Key::AIp, "2001:db8::1").is_ok());
        assert!(outcome(Key::SrvTarget, ".").is_ok());
        assert!(outcome(Key::NaptrFlags, "s").is_ok());
        assert!(outcome(Key::NaptrFlags, "SA").is_err());
    }
}
