//! What loading a text has to say to the administrator.

use super::row::Row;
use crate::types::{AccountId, sort_short_by_key};

/// Most diagnostics of one load. Nobody reads more, and a damaged file must not fill the memory of a phone.
pub(super) const MAX_DIAGNOSTICS: usize = 1_000;
/// Keys and values in a diagnostic are cut behind this many characters: the longest address is shown whole.
const SHOWN: usize = 256;
/// What stands in place of a value that must not be seen.
const HIDDEN: &str = "***";

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The value was changed, or it has no effect.
    Warning,
    /// The line was ignored; the previous or default value stays.
    Error,
}

/// One remark about one line or key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Line in the text, starting at 1; 0 for a value that was not in the text.
    pub line: u32,
    /// The key as written; empty where none could be read.
    pub key: String,
    /// The value as written; `***` for a secret, empty where none could be read.
    pub value: String,
    /// How bad it is.
    pub severity: Severity,
    /// A sentence that says what was expected.
    pub message: String,
}

impl Diagnostic {
    /// The account whose key it is about: X of `account.X.`, whether there is such an account or not.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        let (number, _) = self.key.strip_prefix("account.")?.split_once('.')?;
        number.parse().ok().map(AccountId)
    }
}

/// A list of diagnostics with an upper limit.
#[derive(Default)]
pub(super) struct DiagnosticList {
    kept: Vec<Diagnostic>,
    left_out: u64,
    worst_left_out: Option<Severity>,
}

impl DiagnosticList {
    /// Adds a diagnostic. It is not even made when the list is full.
    pub(super) fn add(&mut self, severity: Severity, make: impl FnOnce() -> Diagnostic) {
        if self.kept.len() < MAX_DIAGNOSTICS {
            self.kept.push(make());
        } else {
            self.left_out += 1;
            self.worst_left_out = self.worst_left_out.max(Some(severity));
        }
    }

    /// The diagnostics in order of lines, those without a line last, and a closing one for what was left out.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        sort_short_by_key(&mut self.kept, |diagnostic| (diagnostic.line == 0, diagnostic.line));
        if let Some(severity) = self.worst_left_out {
            self.kept.push(Diagnostic {
                line: 0,
                key: String::new(),
                value: String::new(),
                severity,
                message: format!("further {} diagnostics not listed", self.left_out),
            });
        }
        self.kept
    }
}

/// The text as a diagnostic shows it: cut, and without control characters, which a log would obey.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String =
        text.chars().take(SHOWN).map(|letter| if letter.is_control() { '?' } else { letter }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push_str("...");
    }
    shown
}

/// The value of a known key as a diagnostic shows it.
pub(super) fn shown_value(row: &Row, value: &str) -> String {
    if row.is_secret() { HIDDEN.to_owned() } else { shown(value) }
}

/// The value of an unknown key as a diagnostic shows it. A mistyped password key is still a password key.
pub(super) fn shown_unknown(key: &str, value: &str) -> String {
    const SECRET_WORDS: [&str; 6] = ["pas", "psw", "pwd", "secret", "auth", "token"];
    let key = key.to_ascii_lowercase();
    if SECRET_WORDS.iter().any(|word| key.contains(word)) { HIDDEN.to_owned() } else { shown(value) }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, DiagnosticList, MAX_DIAGNOSTICS, Severity, shown};

    fn on(line: u32) -> Diagnostic {
        Diagnostic { line, key: String::new(), value: String::new(), severity: Severity::Error, message: String::new() }
    }

    #[test]
    fn a_full_list_ends_with_the_number_of_what_is_missing() {
        let mut list = DiagnosticList::default();
        for _ in 0..MAX_DIAGNOSTICS {
            list.add(Severity::Warning, || on(1));
        }
        list.add(Severity::Error, || unreachable!("not made"));
        list.add(Severity::Warning, || unreachable!("not made"));
        let all = list.finish();
        assert_eq!(all.len(), MAX_DIAGNOSTICS + 1);
        let last = all.last().unwrap();
        assert_eq!((last.severity, last.message.as_str()), (Severity::Error, "further 2 diagnostics not listed"));
    }

    #[test]
    fn diagnostics_come_in_order_of_lines_and_those_without_one_last() {
        let mut list = DiagnosticList::default();
        for line in [3, 0, 1] {
            list.add(Severity::Error, || on(line));
        }
        assert_eq!(list.finish().iter().map(|diagnostic| diagnostic.line).collect::<Vec<_>>(), [1, 3, 0]);
    }

    #[test]
    fn long_texts_are_cut_and_control_characters_replaced() {
        assert_eq!(shown("a\x1b[2J\u{e9}"), "a?[2J\u{e9}");
        assert_eq!(shown(&"\u{e9}".repeat(257)), "\u{e9}".repeat(256) + "...");
        assert_eq!(shown(&"x".repeat(256)), "x".repeat(256));
    }
}
