//! The values of all keys: loading, setting, reading, resetting.

use super::diagnostics::{Diagnostic, Severity};
use super::keys::Key;
use super::lookup::{self, Missing, Slot};
use super::nearest::nearest;
use super::value::{self, Value};
use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a key could not be set, read or reset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyError {
    /// There is no such key.
    Unknown {
        /// The known key that looks most like it.
        nearest: String,
    },
    /// The key exists, but not with this index.
    Index {
        /// X, Y or N.
        letter: char,
        /// The index may be 1 up to this.
        max: u32,
    },
    /// The value is not one of the key's.
    Value {
        /// A sentence that says what was expected.
        message: String,
    },
    /// The key has no integer value.
    NotAnInteger,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Unknown { nearest } => write!(f, "unknown key: the nearest known key is {nearest}"),
            KeyError::Index { letter, max } => write!(f, "index {letter} must be 1..{max}"),
            KeyError::Value { message } => f.write_str(message),
            KeyError::NotAnInteger => f.write_str("expected a key with an integer value"),
        }
    }
}

/// A value with its origin.
#[derive(Clone)]
pub(super) struct Given {
    /// `None` where the text gave an empty value, which means the default.
    value: Option<Value>,
    /// The load it came from, 0 for the setter.
    load: u64,
    /// Its line in the text of that load.
    line: u32,
}

/// The provisioning values of a device.
///
/// Only what was given is stored, so that the size depends on the text and not on the number of possible accounts.
/// A key in old spelling (`outbound_host`) keeps its own value; [`Config::settings`] follows it.
#[derive(Clone)]
pub struct Config {
    max_accounts: u32,
    values: BTreeMap<Slot, Given>,
    loads: u64,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Config {
    /// A configuration in which every key has its default. X may be 1 up to `max_accounts`.
    #[must_use]
    pub fn new(max_accounts: u32) -> Config {
        Config { max_accounts, values: BTreeMap::new(), loads: 0, diagnostics: Vec::new() }
    }

    /// The largest X.
    #[must_use]
    pub fn max_accounts(&self) -> u32 {
        self.max_accounts
    }

    /// Sets one key. An empty value sets the default. A value with a limit may be corrected: then a warning says how.
    ///
    /// # Errors
    /// The key does not exist, or the value is not one of its values; the previous value stays.
    pub fn set(&mut self, key: &str, value: &str) -> Result<Option<Diagnostic>, KeyError> {
        let slot = self.find(key)?;
        let outcome = self.put(slot, value, 0, 0).map_err(|message| KeyError::Value { message })?;
        Ok(outcome.correction.map(|message| self.remark(slot, value, Severity::Warning, message)))
    }

    /// The value of one key as text: what was given, or the default. Inheritance and old spellings are not followed:
    /// a key that takes its value from the SIP server reads -1.
    ///
    /// # Errors
    /// The key does not exist.
    pub fn get(&self, key: &str) -> Result<String, KeyError> {
        let slot = self.find(key)?;
        Ok(self.value(slot).map_or_else(|| slot.key.row().default().to_owned(), Value::to_text))
    }

    /// The value of one key as an integer, like [`Config::get`].
    ///
    /// # Errors
    /// The key does not exist, or its values are no integers.
    pub fn get_int(&self, key: &str) -> Result<i64, KeyError> {
        let slot = self.find(key)?;
        if slot.key.row().is_integer() { Ok(self.int(slot)) } else { Err(KeyError::NotAnInteger) }
    }

    /// Gives one key its default again.
    ///
    /// # Errors
    /// The key does not exist.
    pub fn reset(&mut self, key: &str) -> Result<(), KeyError> {
        let slot = self.find(key)?;
        self.values.remove(&slot);
        Ok(())
    }

    /// The diagnostics of the last [`Config::load_text`], in order of lines.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    fn find(&self, key: &str) -> Result<Slot, KeyError> {
        lookup::find(key, self.max_accounts).map_err(|missing| match missing {
            Missing::Unknown => KeyError::Unknown { nearest: nearest(key) },
            Missing::Index { letter, max, .. } => KeyError::Index { letter, max },
        })
    }

    /// Starts a load: from now on, only lines of this load are lines.
    pub(super) fn begin_load(&mut self) -> u64 {
        self.loads += 1;
        self.loads
    }

    /// Checks a value and puts it in its place.
    pub(super) fn put(&mut self, slot: Slot, text: &str, load: u64, line: u32) -> Result<Put, String> {
        let (value, correction) = if text.trim().is_empty() {
            (None, None)
        } else {
            let checked = value::check(slot.key.row(), text)?;
            (Some(checked.value), checked.correction)
        };
        let before = self.values.insert(slot, Given { value, load, line });
        let replaced_line = before.filter(|given| given.load == load).map(|given| given.line);
        Ok(Put { correction, replaced_line })
    }

    /// The value given for this place, if one was.
    pub(super) fn value(&self, slot: Slot) -> Option<&Value> {
        self.values.get(&slot)?.value.as_ref()
    }

    /// True if a value was given for this place.
    pub(super) fn is_given(&self, slot: Slot) -> bool {
        self.value(slot).is_some()
    }

    /// The value of an integer key; 0 for others.
    pub(super) fn int(&self, slot: Slot) -> i64 {
        match self.value(slot) {
            Some(Value::Int(number)) => *number,
            // A test holds every default against the type of its row.
            Some(Value::Text(_)) | None => slot.key.row().default().parse().unwrap_or_default(),
        }
    }

    /// The text given for this place.
    pub(super) fn text(&self, slot: Slot) -> Option<&Arc<str>> {
        match self.value(slot)? {
            Value::Text(text) => Some(text),
            Value::Int(_) => None,
        }
    }

    /// The line of the last load that gave this place its value; 0 if none did.
    pub(super) fn line(&self, slot: Slot) -> u32 {
        self.values.get(&slot).filter(|given| given.load == self.loads).map_or(0, |given| given.line)
    }

    /// The accounts with a value, ascending.
    pub(super) fn accounts(&self) -> impl Iterator<Item = u32> {
        let mut next = Some(1);
        core::iter::from_fn(move || {
            let first = Slot { account: next?, key: Key::Enable, index: 0 };
            let account = self.values.range(first..).next()?.0.account;
            next = account.checked_add(1);
            Some(account)
        })
    }

    /// A diagnostic about a place and the text that was meant for it.
    pub(super) fn remark(&self, slot: Slot, value: &str, severity: Severity, message: String) -> Diagnostic {
        let value = super::diagnostics::shown_value(slot.key.row(), value);
        Diagnostic { line: self.line(slot), key: slot.name(), value, severity, message }
    }

    /// A warning about a value that is in its place.
    pub(super) fn warning(&self, slot: Slot, message: String) -> Diagnostic {
        let value = self.value(slot).map(Value::to_text).unwrap_or_default();
        self.remark(slot, &value, Severity::Warning, message)
    }

    /// Values held: a measure of the memory in use.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.values.len()
    }
}

/// What putting a value in its place brought about.
pub(super) struct Put {
    /// What was changed about the value.
    pub(super) correction: Option<String>,
    /// The earlier line of the same load that had given this place a value.
    pub(super) replaced_line: Option<u32>,
}

impl fmt::Debug for Config {
    /// Without values: there are passwords among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("max_accounts", &self.max_accounts)
            .field("values", &self.values.len())
            .field("diagnostics", &self.diagnostics.len())
            .finish()
    }
}
