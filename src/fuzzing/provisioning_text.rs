//! Provisioning texts: any bytes can be loaded, what is wrong changes nothing, what is right can be read back.

use crate::config::{AccountSettings, Config, Diagnostic, ServerSettings, Settings, Severity, key_infos};
use std::collections::BTreeMap;

/// Accounts of the device.
const MAX_ACCOUNTS: u32 = 4;
/// Diagnostics of one load, the closing one for what was left out not counted.
const MAX_DIAGNOSTICS: usize = 1_000;
/// Longest key and value in a diagnostic: 256 characters and "...".
const MAX_SHOWN: usize = 259;
/// A letter that no message of the library has: a password with it can be told from everything else.
const MARK: char = '~';
/// What was there before the text is loaded.
const BASE: &str = "account.1.enable = 1\naccount.1.sip_server.1.address = pbx.test\naccount.1.label = before\n";

/// Loads the input as a provisioning text.
pub fn provisioning_text(input: &[u8]) {
    let lines = lines(input);
    let loaded = load(&[input]);
    check_diagnostics(&loaded, lines.len());
    check_secrets(&loaded, &lines);
    check_settings(&loaded.settings());

    let mut again = loaded.clone();
    again.load_text(input);
    assert_eq!(again.diagnostics(), loaded.diagnostics(), "a second load says something else");
    assert_eq!(again.settings(), loaded.settings(), "a second load changes something");

    if loaded.diagnostics().len() <= MAX_DIAGNOSTICS {
        check_wrong_lines(input, &lines);
        check_round_trip(&loaded, &lines);
    }
}

fn load(texts: &[&[u8]]) -> Config {
    let mut config = Config::new(MAX_ACCOUNTS);
    texts.iter().for_each(|text| config.load_text(text));
    config
}

/// A line as the documentation describes it.
struct Line<'a> {
    bytes: &'a [u8],
    /// Key and value, where they can be read.
    pair: Option<(&'a str, &'a str)>,
}

fn lines(text: &[u8]) -> Vec<Line<'_>> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    text.split(|byte| *byte == b'\n').map(|bytes| Line { bytes, pair: pair(bytes) }).collect()
}

fn pair(line: &[u8]) -> Option<(&str, &str)> {
    let text = core::str::from_utf8(line).ok()?;
    let text = text.strip_suffix('\r').unwrap_or(text);
    let comment = [" #", "\t#"].iter().filter_map(|start| text.find(start)).min();
    let (key, value) = text[..comment.unwrap_or(text.len())].split_once('=')?;
    (!key.trim().starts_with('#')).then_some((key.trim(), value.trim()))
}

fn check_diagnostics(config: &Config, lines: usize) {
    let all = config.diagnostics();
    assert!(all.len() <= MAX_DIAGNOSTICS + 1, "{} diagnostics", all.len());
    for found in all {
        assert!(found.line as usize <= lines, "line {} of {lines}", found.line);
        assert!(!found.message.is_empty() && found.message.len() < 2 * MAX_SHOWN, "{:?}", found.message);
        for text in [&found.key, &found.value] {
            assert!(text.chars().count() <= MAX_SHOWN, "{text:?} is too long to be shown");
            assert!(!text.chars().any(char::is_control), "{text:?} would be obeyed by a log");
        }
    }
    let order: Vec<_> = all.iter().map(|found| (found.line == 0, found.line)).collect();
    assert!(order.is_sorted(), "diagnostics out of order: {order:?}");
}

/// A password is in no diagnostic, nor what may be one: the content of a line that could not be understood.
fn check_secrets(config: &Config, lines: &[Line<'_>]) {
    for Diagnostic { line, key, value, message, .. } in config.diagnostics() {
        if [key, value, message].iter().all(|text| !text.contains(MARK)) {
            continue;
        }
        let pair = lines.get((*line as usize).wrapping_sub(1)).and_then(|line| line.pair);
        let Some((key, value)) = pair else { panic!("a line that could not be read is shown: {message:?}") };
        let is_secret = key.to_ascii_lowercase().ends_with("password") || key.contains(char::is_whitespace);
        let in_value = value.contains(MARK) && !key.contains(MARK);
        assert!(!(is_secret && in_value), "the value of {key:?} is shown");
    }
    let passwords = (1..=MAX_ACCOUNTS).filter_map(|x| config.get(&format!("account.{x}.password")).ok());
    let debug = format!("{config:?} {:?}", config.settings());
    for password in passwords.filter(|password| password.len() >= 8 && password.contains(MARK)) {
        let places: usize = lines.iter().map(|line| occurrences(line.bytes, password.as_bytes())).sum();
        assert!(places > 1 || !debug.contains(&password), "a password is in the debug output");
    }
}

fn occurrences(text: &[u8], wanted: &[u8]) -> usize {
    text.windows(wanted.len()).filter(|window| *window == wanted).count()
}

/// The numbers of the lines that were refused.
fn refused(config: &Config) -> Vec<usize> {
    let errors = config.diagnostics().iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.line as usize).collect()
}

/// A text without the lines that were refused does the same, and nothing of it is refused.
fn check_wrong_lines(input: &[u8], lines: &[Line<'_>]) {
    let before = BASE.as_bytes();
    let with = load(&[before, input]);
    let refused = refused(&with);
    let kept: Vec<&[u8]> =
        (1..).zip(lines).map(|(number, line)| if refused.contains(&number) { b"" } else { line.bytes }).collect();
    let without = load(&[before, &kept.join(&b'\n')]);
    assert_eq!(without.settings(), with.settings(), "a line that was refused has changed something");
    let warnings: Vec<_> = with.diagnostics().iter().filter(|found| found.severity == Severity::Warning).collect();
    assert_eq!(without.diagnostics().iter().collect::<Vec<_>>(), warnings);
}

/// The keys that have a value, each with that value as it is read back.
fn given(config: &Config, lines: &[Line<'_>]) -> BTreeMap<String, String> {
    let refused = refused(config);
    let tail = |key: &'static str| key.rsplit('.').next().unwrap_or(key);
    let tails: Vec<&str> = key_infos().map(|info| tail(info.pattern)).collect();
    let mut given = BTreeMap::new();
    for (number, line) in (1..).zip(lines) {
        // Asking for a key that does not exist takes its time: the nearest one is looked for.
        let known = line.pair.filter(|(key, _)| key.rsplit('.').next().is_some_and(|tail| tails.contains(&tail)));
        let Some((key, value)) = known else { continue };
        let Ok(held) = config.get(key) else { continue };
        if refused.contains(&number) {
            continue;
        }
        if value.is_empty() {
            given.remove(key);
        } else {
            given.insert(key.to_owned(), held);
        }
    }
    given
}

/// What is read back, written as a text or set key by key, makes the same settings.
fn check_round_trip(loaded: &Config, lines: &[Line<'_>]) {
    let given = given(loaded, lines);
    // Directly behind the equals sign, where a # begins no comment.
    let text: String = given.iter().map(|(key, value)| format!("{key} ={value}\n")).collect();
    let mut from_text = load(&[text.as_bytes()]);
    assert_eq!(refused(&from_text), [0; 0], "what was read back is refused: {:?}", from_text.diagnostics());
    let mut from_setter = Config::new(MAX_ACCOUNTS);
    for (key, value) in &given {
        assert_eq!(from_setter.set(key, value), Ok(None), "{key} does not take its own value");
    }
    let settings = loaded.settings();
    for config in [&mut from_text, &mut from_setter] {
        assert_eq!(config.settings(), settings, "other settings from what was read back");
        for (key, value) in &given {
            assert_eq!(config.get(key).as_ref(), Ok(value));
            assert_eq!(config.get_int(key), loaded.get_int(key));
            config.reset(key).expect("a key that was set can be reset");
        }
        assert_eq!(config.settings(), Config::new(MAX_ACCOUNTS).settings(), "something is left after a reset");
    }
}

/// The bounds that the settings document.
fn check_settings(settings: &Settings) {
    let records = &settings.device.static_records;
    assert!([records.addresses.len(), records.srv.len(), records.naptr.len()].iter().all(|count| *count <= 12));
    let ttls = records.addresses.iter().map(|record| record.ttl_s);
    let ttls = ttls.chain(records.srv.iter().map(|record| record.ttl_s));
    let mut ttls = ttls.chain(records.naptr.iter().map(|record| record.ttl_s));
    assert!(ttls.all(|ttl_s| (30..=i32::MAX as u32).contains(&ttl_s)));
    assert!(settings.device.dns_servers.len() <= 2 && settings.device.dns_query_timeout_ms > 0);
    assert!(settings.accounts.is_sorted_by(|before, after| before.id < after.id));
    settings.accounts.iter().for_each(|account| check_account(account));
}

fn check_account(account: &AccountSettings) {
    assert!((1..=MAX_ACCOUNTS).contains(&account.id.0), "account {}", account.id.0);
    assert!(account.servers.iter().any(Option::is_some), "an account without a server");
    assert!(account.probe_interval_s >= 10 && (5..=1_800).contains(&account.retry.interval_s));
    assert!(account.retry.min_s <= 1_800 && account.retry.max_s <= 1_800);
    account.servers.iter().flatten().for_each(check_server);
}

fn check_server(server: &ServerSettings) {
    assert!((30..=i32::MAX as u32).contains(&server.expires_s), "expires after {} s", server.expires_s);
    assert!(server.retry_counts <= 20 && (1..=10).contains(&server.invite_retry_counts));
    assert!(matches!(server.failback_timeout_s, 0 | 60..=65_535), "fails back after {} s", server.failback_timeout_s);
    assert!(server.quarantine_timeout_s <= 65_535 && (1..=10).contains(&server.options_max_lost));
    assert!(matches!(server.options_interval_s, 0 | 5..=3_600), "OPTIONS every {} s", server.options_interval_s);
    for codes in [&server.failover_codes.other, &server.failover_codes.invite].into_iter().flatten() {
        assert!(codes.iter().all(|code| (300..=699).contains(code)) && codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    }
}
