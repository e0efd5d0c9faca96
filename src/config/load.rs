//! Loading a whole provisioning text.

use super::combine;
use super::diagnostics::{Diagnostic, DiagnosticList, Severity, shown, shown_unknown, shown_value};
use super::lookup::{self, Missing, Slot};
use super::nearest::nearest;
use super::store::Config;
use super::text::{self, Line};

impl Config {
    /// Loads a provisioning text on top of the current values; a later line wins over an earlier one and over what was
    /// there. Every line is processed: one that is wrong draws a diagnostic and changes nothing. The diagnostics of
    /// an earlier load are replaced.
    ///
    /// One `key = value` per line. A `#` begins a comment at the start of a line and behind a space or tab, not inside
    /// a word, because passwords contain it. An empty value stands for the default.
    pub fn load_text(&mut self, text: &[u8]) {
        let load = self.begin_load();
        let mut found = DiagnosticList::default();
        for (number, line) in text::lines(text) {
            match line {
                Line::Blank => {}
                Line::Unreadable(expected) => found.add(Severity::Error, || unreadable(number, expected)),
                Line::Pair { key, value, commented } => {
                    let pair = Pair { load, number, key, value, commented };
                    self.take(&pair, &mut found);
                }
            }
        }
        combine::warnings(self, &mut found);
        self.diagnostics = found.finish();
    }

    /// The warnings about values that have no effect together with the other values, in order of lines.
    /// [`Config::load_text`] has them among its diagnostics; this is for a configuration made with [`Config::set`].
    #[must_use]
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut found = DiagnosticList::default();
        combine::warnings(self, &mut found);
        found.finish()
    }

    fn take(&mut self, pair: &Pair<'_>, found: &mut DiagnosticList) {
        // Two words before the equals sign: the second one may be a value, so it is not shown.
        if let Some((first, _)) = pair.key.split_once(char::is_whitespace) {
            let known = lookup::find(first, self.max_accounts()) != Err(Missing::Unknown);
            if known || lookup::is_ours(first) {
                let message = "expected a key without spaces, followed by =";
                found.add(Severity::Error, || pair.diagnostic(first, "***".to_owned(), Severity::Error, message));
            }
            return;
        }
        match lookup::find(pair.key, self.max_accounts()) {
            Ok(slot) => self.take_value(pair, slot, found),
            Err(Missing::Index { row, letter, max }) => found.add(Severity::Error, || {
                let message = format!("index {letter} must be 1..{max}");
                pair.diagnostic(pair.key, shown_value(row, pair.value), Severity::Error, &message)
            }),
            Err(Missing::Unknown) if lookup::is_ours(pair.key) => found.add(Severity::Warning, || {
                let message = format!("unknown key: the nearest known key is {}", nearest(pair.key));
                pair.diagnostic(pair.key, shown_unknown(pair.key, pair.value), Severity::Warning, &message)
            }),
            Err(Missing::Unknown) => {}
        }
    }

    fn take_value(&mut self, pair: &Pair<'_>, slot: Slot, found: &mut DiagnosticList) {
        let row = slot.key.row();
        let put = match self.put(slot, pair.value, pair.load, pair.number) {
            Ok(put) => put,
            Err(message) => {
                return found.add(Severity::Error, || {
                    pair.diagnostic(pair.key, shown_value(row, pair.value), Severity::Error, &message)
                });
            }
        };
        let mut remarks: Vec<String> = put.correction.into_iter().collect();
        if let Some(earlier) = put.replaced_line {
            remarks.push(format!("line {} replaces line {earlier}: expected each key once", pair.number));
        }
        if row.is_secret() && pair.commented {
            remarks.push("the text from # on is a comment: expected # within a word or directly behind =".to_owned());
        }
        if !remarks.is_empty() {
            found.add(Severity::Warning, || {
                pair.diagnostic(pair.key, shown_value(row, pair.value), Severity::Warning, &remarks.join("; "))
            });
        }
    }
}

/// A line with a key and a value.
struct Pair<'a> {
    load: u64,
    number: u32,
    key: &'a str,
    value: &'a str,
    commented: bool,
}

impl Pair<'_> {
    fn diagnostic(&self, key: &str, value: String, severity: Severity, message: &str) -> Diagnostic {
        Diagnostic { line: self.number, key: shown(key), value, severity, message: message.to_owned() }
    }
}

fn unreadable(line: u32, expected: &str) -> Diagnostic {
    let (key, value) = (String::new(), String::new());
    Diagnostic { line, key, value, severity: Severity::Error, message: expected.to_owned() }
}
