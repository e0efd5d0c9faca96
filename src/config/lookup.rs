//! From the text of a key to the place of its value, and back.

use super::keys::{Key, ROWS};
use super::row::Row;

/// Servers of an account: Y.
pub(super) const SERVERS: u8 = 2;
/// Static records of a kind: N.
pub(super) const RECORDS: u8 = 12;

/// Where a value lives: a key with its indices. The order is by account first, so that an account is one range.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Slot {
    /// X; 0 for keys of the device.
    pub(super) account: u32,
    /// The key.
    pub(super) key: Key,
    /// Y or N; 0 for keys without.
    pub(super) index: u8,
}

/// Why a key has no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Missing {
    /// No row has this name.
    Unknown,
    /// The name is right, an index is not.
    Index { row: &'static Row, letter: char, max: u32 },
}

/// The place of a key.
pub(super) fn find(key: &str, max_accounts: u32) -> Result<Slot, Missing> {
    let tail = key.rsplit('.').next().unwrap_or(key);
    let Some(row) = ROWS.iter().find(|row| row.tail == tail && fits(row.pattern, key)) else {
        return Err(Missing::Unknown);
    };
    let mut slot = Slot { account: 0, key: row.key, index: 0 };
    for (letter, text) in row.pattern.split('.').zip(key.split('.')) {
        let (letter, max) = match letter {
            "X" => ('X', max_accounts),
            "Y" => ('Y', u32::from(SERVERS)),
            "N" => ('N', u32::from(RECORDS)),
            _ => continue,
        };
        let number = index(text).filter(|number| (1..=max).contains(number));
        let number = number.ok_or(Missing::Index { row, letter, max })?;
        if letter == 'X' {
            slot.account = number;
        } else {
            slot.index = u8::try_from(number).unwrap_or_default();
        }
    }
    Ok(slot)
}

/// True if the key is this pattern with anything in place of the indices.
fn fits(pattern: &str, key: &str) -> bool {
    let mut segments = key.split('.');
    pattern.split('.').all(|wanted| segments.next().is_some_and(|have| is_letter(wanted) || wanted == have))
        && segments.next().is_none()
}

fn is_letter(segment: &str) -> bool {
    matches!(segment, "X" | "Y" | "N")
}

/// Digits without leading zeros: each key has one spelling.
fn index(text: &str) -> Option<u32> {
    if text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl Slot {
    /// The key as it is written.
    pub(super) fn name(self) -> String {
        let segments = self.key.row().pattern.split('.').map(|segment| match segment {
            "X" => self.account.to_string(),
            "Y" | "N" => self.index.to_string(),
            literal => literal.to_owned(),
        });
        segments.collect::<Vec<_>>().join(".")
    }
}

/// True if the key begins with one of `account.X.sip_server.`, `account.X.fallback.`, `account.X.outbound_proxy` and
/// `dns_cache_`, in whatever case: what stands there is meant for this library, so it must not vanish in silence.
pub(super) fn is_ours(key: &str) -> bool {
    const IN_ACCOUNT: [&str; 3] = ["sip_server.", "fallback.", "outbound_proxy"];
    let in_account = strip_prefix(key, "account.")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(_, rest)| IN_ACCOUNT.iter().any(|prefix| strip_prefix(rest, prefix).is_some()));
    in_account || strip_prefix(key, "dns_cache_").is_some()
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{Missing, Slot, find, is_ours};
    use crate::config::keys::{Key, ROWS};

    #[test]
    fn every_row_finds_itself_and_writes_its_own_name() {
        for row in ROWS {
            let name = row.pattern.replace('X', "16").replace('Y', "2").replace('N', "12");
            let slot = find(&name, 16).unwrap();
            assert_eq!((slot.key, slot.name()), (row.key, name));
        }
    }

    #[test]
    fn indices_out_of_range_are_told_apart_from_unknown_keys() {
        let wrong = |key: &str| match find(key, 16) {
            Err(Missing::Index { letter, max, .. }) => Some((letter, max)),
            _ => None,
        };
        assert_eq!(wrong("account.0.enable"), Some(('X', 16)));
        assert_eq!(wrong("account.17.enable"), Some(('X', 16)));
        assert_eq!(wrong("account.01.enable"), Some(('X', 16)));
        assert_eq!(wrong("account.X.enable"), Some(('X', 16)));
        assert_eq!(wrong("account.1.sip_server.Y.port"), Some(('Y', 2)));
        assert_eq!(wrong("account.1.sip_server.3.port"), Some(('Y', 2)));
        assert_eq!(wrong("dns_cache_a.13.ip"), Some(('N', 12)));
        assert_eq!(wrong("account.99999999999.enable"), Some(('X', 16)));
        for key in ["account.1.port", "account.1.sip_server.1.port.x", "account.1.sip_server.port", "port", ""] {
            assert_eq!(find(key, 16), Err(Missing::Unknown), "{key}");
        }
    }

    #[test]
    fn gateways_may_have_more_accounts_than_phones() {
        let slot = Slot { account: 100_000, key: Key::Enable, index: 0 };
        assert_eq!(find("account.100000.enable", 100_000), Ok(slot));
    }

    #[test]
    fn only_our_own_prefixes_are_ours() {
        for key in ["account.1.sip_server.1.prt", "account.X.fallback.x", "account.1.outbound_proxyy", "DNS_cache_b"] {
            assert!(is_ours(key), "{key}");
        }
        for key in ["account.1.codec.pcmu", "account.1", "voice.vad", "sip.rport", "static.network.vpn", ""] {
            assert!(!is_ours(key), "{key}");
        }
    }
}
