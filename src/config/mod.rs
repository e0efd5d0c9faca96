//! First floor: provisioning keys, their parser, and the settings that come out of them.
//!
//! # Purpose
//! Administrators already write provisioning keys for their phones. This folder reads them, says what is wrong with
//! them, and turns them into [`Settings`], the only thing the floors above ever see.
//!
//! # Vocabulary
//! * **key**: the name in front of an equals sign. Its **row** in the table (`keys.rs`) is the one place where it is
//!   declared; parser, setter, getter, diagnostics and key information follow from the row.
//! * **X, Y, N**: the indices in a key: account, server (1 working, 2 fallback), static record.
//! * **slot**: a key with its indices, the place of one value.
//! * **given**: a value that text or setter provided. An empty value is not given: it stands for the default.
//! * **twin**: a key of the outbound proxy whose -1, the default, stands for the value of the SIP server.
//! * **alias**: the name that a key had in old firmware.
//! * **diagnostic**: a remark for the administrator. Error: the line was ignored. Warning: the value was changed, or it
//!   has no effect.
//!
//! # How a text becomes settings
//! `text.rs` cuts lines, `lookup.rs` finds the slot, `value.rs` checks the value, `store.rs` keeps it; behind the last
//! line `combine.rs` looks for values that have no effect together, and `effective.rs` builds the settings. Both
//! read through `view.rs`, so a warning and the settings cannot disagree.
//!
//! # Invariants
//! * Every stored value has passed the check of its row; a wrong line changes nothing.
//! * Reading [`Settings`] is a pure function of the stored values.
//! * No password is ever part of a diagnostic or of debug output.
//! * A transaction is made by its user: clone, load, look at the diagnostics, then swap or drop.
//!
//! # Limits
//! 8192 bytes a line, 1024 characters a free text, 256 characters an address, 1000 diagnostics a load. Only given
//! values are stored, so memory follows the text and not `max_accounts`. What stands under keys of other features is
//! skipped without a word.

mod codes;
mod combine;
mod diagnostics;
mod effective;
mod host;
mod keys;
mod load;
mod lookup;
mod nearest;
mod records;
mod row;
mod settings;
mod store;
mod text;
mod value;
mod view;

#[cfg(test)]
mod tests;

pub use diagnostics::{Diagnostic, Severity};
pub use row::{KeyInfo, KeyType, Source, key_count, key_info, key_infos};
pub use settings::*;
pub use store::{Config, KeyError};
