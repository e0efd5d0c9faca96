//! Tests of the folder as a whole, through its public face.

mod combinations;
mod guide;
mod loading;
mod noise;
mod settings;
mod table;

use super::{AccountSettings, Config, Diagnostic, Severity};
use std::sync::Arc;

/// A 16-account configuration with this text.
fn loaded(text: &str) -> Config {
    let mut config = Config::new(16);
    config.load_text(text.as_bytes());
    config
}

/// The diagnostics of a text in short form: `line severity key = value: message`.
fn remarks(text: &str) -> Vec<String> {
    loaded(text).diagnostics().iter().map(short).collect()
}

fn short(diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let Diagnostic { line, key, value, message, .. } = diagnostic;
    format!("{line} {severity} {key} = {value}: {message}")
}

/// The settings of the only account of this text.
fn only_account(text: &str) -> Arc<AccountSettings> {
    let mut accounts = loaded(text).settings().accounts;
    assert_eq!(accounts.len(), 1);
    accounts.remove(0)
}

/// An account that is on, with a domain as server 1, followed by these lines without their `account.1.`.
fn account(lines: &[&str]) -> String {
    let mut text = "account.1.enable = 1\naccount.1.sip_server.1.address = pbx.example.com\n".to_owned();
    for line in lines {
        text += &format!("account.1.{line}\n");
    }
    text
}
