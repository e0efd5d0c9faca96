//! How a text is loaded, line by line.

use super::{loaded, remarks, short};
use crate::config::{Config, KeyError, Severity};

#[test]
fn a_duplicate_warns_with_both_lines_and_the_later_one_wins() {
    let text = "account.1.label = a\n\naccount.1.label = b\n";
    assert_eq!(remarks(text), ["3 warning account.1.label = b: line 3 replaces line 1: expected each key once"]);
    assert_eq!(loaded(text).get("account.1.label").as_deref(), Ok("b"));
}

#[test]
fn an_empty_value_is_the_default_and_a_blank_duplicate_does_not_vanish() {
    let text = "account.1.fallback.redundancy_type = 1\naccount.1.fallback.redundancy_type =\n";
    let expected = "2 warning account.1.fallback.redundancy_type = : line 2 replaces line 1: expected each key once";
    assert_eq!(remarks(text), [expected]);
    assert_eq!(loaded(text).get("account.1.fallback.redundancy_type").as_deref(), Ok("0"));
    assert_eq!(remarks("account.1.sip_server.1.port =\n"), [""; 0]);
    assert_eq!(loaded("account.1.sip_server.1.port =\n").get_int("account.1.sip_server.1.port"), Ok(5060));
}

#[test]
fn a_wrong_line_keeps_the_value_before_it() {
    let text = "account.1.sip_server.1.port = 5070\naccount.1.sip_server.1.port = 65536\n";
    let expected = "2 error account.1.sip_server.1.port = 65536: expected an integer from 0 to 65535";
    assert_eq!(remarks(text), [expected]);
    assert_eq!(loaded(text).get_int("account.1.sip_server.1.port"), Ok(5070));
}

#[test]
fn a_corrected_value_warns_and_reads_as_corrected() {
    let text = "account.1.sip_server.1.failback_mode = 3\naccount.1.sip_server.1.failback_timeout = 30";
    let expected = "2 warning account.1.sip_server.1.failback_timeout = 30: raised to 60: expected 0, or an integer from \
                    60 to 65535";
    assert_eq!(remarks(text), [expected]);
    assert_eq!(loaded(text).get("account.1.sip_server.1.failback_timeout").as_deref(), Ok("60"));
}

#[test]
fn a_line_that_is_corrected_and_a_duplicate_has_one_diagnostic_for_both() {
    let text = "account.1.reg_fail_retry_interval = 10\naccount.1.reg_fail_retry_interval = 0";
    let expected = "2 warning account.1.reg_fail_retry_interval = 0: raised to 5: expected an integer from 5 to 1800; \
                    line 2 replaces line 1: expected each key once";
    assert_eq!(remarks(text), [expected]);
}

#[test]
fn wrong_indices_are_errors_that_name_the_range() {
    let text =
        "account.17.enable = 1\naccount.0.enable = 1\naccount.1.sip_server.Y.port = 1\ndns_cache_a.13.ip = ::1\n";
    let expected = [
        "1 error account.17.enable = 1: index X must be 1..16",
        "2 error account.0.enable = 1: index X must be 1..16",
        "3 error account.1.sip_server.Y.port = 1: index Y must be 1..2",
        "4 error dns_cache_a.13.ip = ::1: index N must be 1..12",
    ];
    assert_eq!(remarks(text), expected);
    let mut small = Config::new(1);
    small.load_text(b"account.2.enable = 1");
    assert_eq!(small.diagnostics()[0].message, "index X must be 1..1");
}

#[test]
fn unknown_keys_are_noted_only_under_our_own_prefixes() {
    let text = "voice.vad = 1\naccount.1.codec.pcmu.enable = 1\naccount.1.sip_server.1.adress = x\n\
                account.1.outbound_proxy_enabled = 1\ndns_cache_a.1.ipp = ::1\nlinekey.1.type = 15\n";
    let expected = [
        "3 warning account.1.sip_server.1.adress = x: unknown key: the nearest known key is \
         account.1.sip_server.1.address",
        "4 warning account.1.outbound_proxy_enabled = 1: unknown key: the nearest known key is \
         account.1.outbound_proxy_enable",
        "5 warning dns_cache_a.1.ipp = ::1: unknown key: the nearest known key is dns_cache_a.1.ip",
    ];
    assert_eq!(remarks(text), expected);
}

#[test]
fn unreadable_lines_are_errors_and_the_rest_loads() {
    let text = [
        &b"[account]\n"[..],
        b"account.1.enable\n",
        b"account.1.label = a\x00b\n",
        b"account.1.label = \xff\n",
        &[b'x'; 9_000],
        b"\naccount.1.enable = 1\n",
    ]
    .concat();
    let mut config = Config::new(16);
    config.load_text(&text);
    let found: Vec<(u32, Severity)> =
        config.diagnostics().iter().take(5).map(|remark| (remark.line, remark.severity)).collect();
    assert_eq!(found, [1, 2, 3, 4, 5].map(|line| (line, Severity::Error)));
    assert_eq!(config.get_int("account.1.enable"), Ok(1));
}

#[test]
fn a_key_with_a_space_in_it_is_an_error_where_it_could_be_ours() {
    let text = "account.1.sip_server.1.port 5060 = \naccount.1.password hunter2 = 1\nvoice vad = 1\n";
    let expected = [
        "1 error account.1.sip_server.1.port = ***: expected a key without spaces, followed by =",
        "2 error account.1.password = ***: expected a key without spaces, followed by =",
    ];
    assert_eq!(remarks(text), expected);
}

#[test]
fn carriage_returns_byte_order_mark_and_comments_are_accepted() {
    let text = "\u{feff}account.1.enable = 1 # on\r\n# a comment\r\n\r\naccount.1.label=a#b\r\n\
                account.1.sip_server.1.address = pbx.example.com";
    assert_eq!(remarks(text), [""; 0]);
    assert_eq!(loaded(text).get("account.1.enable").as_deref(), Ok("1"));
    assert_eq!(loaded(text).get("account.1.label").as_deref(), Ok("a#b"));
}

#[test]
fn a_password_is_in_no_diagnostic_and_in_no_debug_output() {
    let secret = "hunter2";
    let text = format!(
        "account.1.password = {secret}\naccount.1.password = {secret} #x\naccount.1.password = \u{1}{secret}\n\
         account.17.password = {secret}\naccount.1.sip_server.1.password = {secret}\naccount.1.password {secret}\n\
         account.1.sip_server.1.pasword={secret}\naccount.1.password: {secret}\n"
    );
    let config = loaded(&text);
    assert_eq!(config.get("account.1.password").as_deref(), Ok(secret));
    assert_eq!(config.diagnostics().len(), 7);
    assert!(!format!("{:?} {config:?} {:?}", config.diagnostics(), config.settings()).contains(secret));
    assert_eq!(config.diagnostics()[0].value, "***");
}

#[test]
fn a_comment_behind_a_password_is_pointed_out() {
    let expected = "1 warning account.1.password = ***: the text from # on is a comment: expected # within a word or \
                    directly behind =";
    assert_eq!(remarks("account.1.password = #secret"), [expected]);
    assert_eq!(loaded("account.1.password =#secret").get("account.1.password").as_deref(), Ok("#secret"));
}

#[test]
fn a_second_text_starts_from_the_current_values_and_replaces_the_diagnostics() {
    let mut config = loaded("account.1.label = a\naccount.1.user_name = u\nnonsense\n");
    config.load_text(b"account.1.label = b\n");
    assert_eq!(config.diagnostics(), []);
    assert_eq!(config.get("account.1.label").as_deref(), Ok("b"));
    assert_eq!(config.get("account.1.user_name").as_deref(), Ok("u"));
}

#[test]
fn a_remark_about_a_value_of_an_earlier_text_has_no_line() {
    let mut config = loaded("\n\naccount.1.fallback.timeout = 60\n");
    assert_eq!(config.diagnostics()[0].line, 3);
    config.load_text(b"account.1.label = b\n");
    let message = "0 warning account.1.fallback.timeout = 60: has an effect only with fallback.redundancy_type = 1";
    assert_eq!(config.diagnostics().iter().map(short).collect::<Vec<_>>(), [message]);
}

#[test]
fn keys_can_be_set_read_and_reset_without_any_text() {
    let mut config = Config::new(16);
    assert_eq!(config.set("account.2.sip_server.1.address", " [2001:db8::1] "), Ok(None));
    assert_eq!(config.get("account.2.sip_server.1.address").as_deref(), Ok("[2001:db8::1]"));
    assert_eq!(config.get_int("account.2.sip_server.1.address"), Err(KeyError::NotAnInteger));
    assert_eq!(config.get_int("account.2.outbound_proxy.1.failback_mode"), Ok(-1));
    let warning = config.set("account.2.outbound_proxy_fallback_interval", "3").unwrap().unwrap();
    let expected = "0 warning account.2.outbound_proxy_fallback_interval = 3: raised to 10: expected an integer from 10 to \
                    2147483647";
    assert_eq!(short(&warning), expected);
    assert_eq!(config.reset("account.2.sip_server.1.address"), Ok(()));
    assert_eq!(config.get("account.2.sip_server.1.address").as_deref(), Ok(""));
}

#[test]
fn a_refused_set_says_why_and_changes_nothing() {
    let mut config = loaded("account.1.sip_server.1.port = 5070");
    let value = KeyError::Value { message: "expected an integer from 0 to 65535".to_owned() };
    assert_eq!(config.set("account.1.sip_server.1.port", "x"), Err(value));
    assert_eq!(config.get_int("account.1.sip_server.1.port"), Ok(5070));
    let index = KeyError::Index { letter: 'Y', max: 2 };
    assert_eq!(config.set("account.1.sip_server.3.port", "1").unwrap_err().to_string(), "index Y must be 1..2");
    assert_eq!(config.get("account.1.sip_server.3.port"), Err(index));
    let unknown = KeyError::Unknown { nearest: "account.1.sip_server.1.port".to_owned() };
    assert_eq!(config.reset("account.1.sip_server.1.prt"), Err(unknown));
}

#[test]
fn a_set_value_survives_a_later_text_that_does_not_name_it() {
    let mut config = Config::new(16);
    config.set("account.1.label", "a").unwrap();
    config.load_text(b"account.1.label = b");
    assert_eq!(config.diagnostics(), []);
    config.set("account.1.label", "c").unwrap();
    config.load_text(b"");
    assert_eq!(config.get("account.1.label").as_deref(), Ok("c"));
}
