//! What is wrong with the configuration, told as events: whoever looks for the cause of a failover finds it beside what it led to.

use super::Engine;
use crate::account::{Action, Event, EventKind, RegistrationState, What};
use crate::config::{Diagnostic, Severity};
use crate::types::{AccountId, Cause};

/// Diagnostics of one configuration that are told one by one. A damaged file must not flood the firmware; it can read all of
/// them from the configuration.
const MAX_TOLD: usize = 16;

impl Engine {
    /// Tells what was found wrong with the configuration that was taken last.
    pub fn tell_diagnostics(&mut self, now_ms: u64, diagnostics: &[Diagnostic]) {
        for found in diagnostics.iter().take(MAX_TOLD) {
            let account = found.account().filter(|id| self.account(*id).is_some()).unwrap_or(AccountId(0));
            self.tell_diagnostic(now_ms, account, found.line, sentence(found));
        }
        let left_out = diagnostics.len().saturating_sub(MAX_TOLD);
        if left_out > 0 {
            let text = format!("configuration: further {left_out} diagnostics, not told one by one");
            self.tell_diagnostic(now_ms, AccountId(0), 0, text);
        }
    }

    fn tell_diagnostic(&mut self, now_ms: u64, account: AccountId, line: u32, text: String) {
        let at = self.clock.read(now_ms);
        let (kind, state, cause) = (EventKind::Configuration, RegistrationState::Off, Cause::Configuration);
        let (from, to) = (String::new(), String::new());
        self.shared.trace.note(at, account, What::Diagnosed(line));
        let event = Event { at, kind, account, server: None, state, cause, from, to, text };
        self.shared.queue(Action::Event(Box::new(event)));
    }
}

fn sentence(found: &Diagnostic) -> String {
    let mut text = String::from("configuration");
    if found.line > 0 {
        text.push_str(&format!(", line {}", found.line));
    }
    text.push_str(match found.severity {
        Severity::Error => ": error: ",
        Severity::Warning => ": warning: ",
    });
    if !found.key.is_empty() {
        text.push_str(&format!("{} = {}: ", found.key, found.value));
    }
    text + &found.message
}
