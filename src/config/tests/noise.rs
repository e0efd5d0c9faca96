//! Damaged, hostile and very large texts.

use super::{account, loaded};
use crate::config::{Config, key_infos};
use proptest::prelude::*;

const SIZE: usize = 10 << 20;

/// Lines repeated until they fill ten megabytes.
fn large(line: &[u8]) -> Vec<u8> {
    line.iter().copied().cycle().take(SIZE).collect()
}

#[test]
fn ten_megabytes_of_noise_end_with_bounded_diagnostics_and_no_values() {
    let noise = [
        &b"\x00\xff no pair \r\n"[..],
        b"account.1.sip_server.1.adress = x\n",
        b"account.1.sip_server.9.port = x\n",
        b"account.1.sip_server.1.port = x\n",
        b"voice.vad = 1\n",
        b"no line end at all",
        b"\n",
        b"=",
    ];
    for line in noise {
        let mut config = Config::new(16);
        config.load_text(&large(line));
        assert!(config.diagnostics().len() <= 1001);
        assert_eq!(config.held(), 0);
        assert!(config.diagnostics().iter().all(|remark| remark.message.len() < 256 && remark.key.len() < 256));
    }
}

#[test]
fn ten_megabytes_of_one_key_hold_one_value() {
    let mut config = Config::new(16);
    config.load_text(&large(b"account.1.label = x\n"));
    assert_eq!(config.held(), 1);
    let last = &config.diagnostics().last().unwrap().message;
    assert_eq!(last, &format!("further {} diagnostics not listed", SIZE.div_ceil(20) - 1 - 1000));
}

#[test]
fn a_hundred_thousand_accounts_load_and_are_stored_sparsely() {
    let mut config = Config::new(100_000);
    assert_eq!(config.held(), 0);
    let mut text = String::new();
    for x in (1..=100_000).step_by(10) {
        text += &format!("account.{x}.enable = 1\naccount.{x}.sip_server.1.address = pbx.example.com\n");
    }
    config.load_text(text.as_bytes());
    assert_eq!(config.diagnostics(), []);
    assert_eq!(config.held(), 20_000);
    let accounts = config.settings().accounts;
    assert_eq!((accounts.len(), accounts.last().unwrap().id.0), (10_000, 99_991));
}

/// Lines that cannot change anything, and arbitrary bytes, which would have to be very lucky.
fn harmless_line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        "[\\x00-\\x7f]{0,40}".prop_map(String::into_bytes),
        "account\\.[0-9XY]{0,3}\\.[a-z_.0-9]{0,40} *=? *.{0,20}".prop_map(|line| (line + "\u{1}").into_bytes()),
        "account\\.1\\.sip_server\\.1\\.(port|expires|address) = [!$-,;-@]{1,8}".prop_map(String::into_bytes),
        Just(b"account.1.sip_server.Y.port = 1".to_vec()),
        Just(b"account.1.sip_server.1.port = 65536".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
    ]
}

proptest! {
    #[test]
    fn arbitrary_lines_never_panic_and_never_lose_good_values(lines in prop::collection::vec(harmless_line(), 0..40)) {
        let mut config = loaded(&account(&["sip_server.1.port = 5070", "sip_server.1.expires = 300", "label = a"]));
        let before = config.settings();
        config.load_text(&lines.join(&b'\n'));
        prop_assert_eq!(config.settings(), before);
    }

    #[test]
    fn an_accepted_value_reads_back_as_a_value_that_is_accepted_unchanged(
        index in 0..key_infos().len(),
        value in prop_oneof!["-?[0-9]{1,6}", "[a-z0-9.:\\[\\]-]{0,20}", ".{0,20}"],
    ) {
        let pattern = key_infos().nth(index).unwrap().pattern;
        let key = pattern.replace('X', "1").replace('Y', "2").replace('N', "3");
        let mut config = Config::new(16);
        let default = config.get(&key).unwrap();
        match config.set(&key, &value) {
            Err(_) => prop_assert_eq!(config.get(&key).unwrap(), default),
            Ok(_) => {
                let stored = config.get(&key).unwrap();
                prop_assert_eq!(config.set(&key, &stored), Ok(None));
                prop_assert_eq!(config.get(&key).unwrap(), stored);
            }
        }
        // Neither of the two may panic, whatever was accepted.
        let _ = (config.settings(), config.check());
    }
}
