//! What a row of the key table says, and how it is shown to the outside.

use super::keys::{Key, ROWS};

/// What kind of value a key takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// 0 or 1.
    Flag,
    /// An integer in this closed range.
    Int { min: i64, max: i64 },
    /// Free text of at most this many characters.
    Text { max: usize },
    /// Free text that is never shown in a diagnostic.
    Secret,
    /// A numeric address or a domain name.
    Host,
    /// A numeric address.
    Ip,
    /// A domain name.
    Name,
    /// The target of an SRV record: a host, or "." for "no such service".
    Target,
    /// The flags of a NAPTR record.
    NaptrFlags,
    /// A list of response codes.
    Codes,
}

/// Integers that lie in the range and yet are not taken as they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gap {
    /// There are none.
    None,
    /// `from..to` acts as `to`; this is applied before the range is checked.
    Raise { from: i64, to: i64 },
    /// `from..to` is refused.
    Refuse { from: i64, to: i64 },
}

/// Type, range, default, unit and help of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    pub(super) gap: Gap,
    pub(super) default: &'static str,
    pub(super) unit: &'static str,
    pub(super) help: &'static str,
}

/// Where a row takes its rule from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Body {
    /// From itself.
    Own(Rule),
    /// From this key of the SIP server; -1, the default, also takes the value from there.
    Twin(Key),
    /// From this key with this Y, of which it is the name in old firmware.
    Alias { of: Key, y: u8 },
}

/// Who defined a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// The vendor's server redundancy guide.
    Guide,
    /// Another published guide of the same vendor.
    VendorGuides,
    /// This library.
    Extension,
}

/// One provisioning key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Row {
    pub(super) key: Key,
    /// The name, with X, Y or N as segments of their own.
    pub(super) pattern: &'static str,
    /// What follows the last dot: the cheapest test of whether a key can be this one.
    pub(super) tail: &'static str,
    pub(super) body: Body,
    pub(super) source: Source,
    pub(super) since: &'static str,
}

impl Row {
    /// The rule that values of this key obey.
    pub(super) fn rule(&self) -> &'static Rule {
        match &self.key.row().body {
            Body::Own(rule) => rule,
            Body::Twin(of) | Body::Alias { of, .. } => of.row().rule(),
        }
    }

    /// The text that an unset key reads as.
    pub(super) fn default(&self) -> &'static str {
        if self.inherits() { INHERIT_TEXT } else { self.rule().default }
    }

    /// True if -1 stands for the value of the SIP server.
    pub(super) fn inherits(&self) -> bool {
        matches!(self.body, Body::Twin(_))
    }

    /// True if values of this key must never be shown.
    pub(super) fn is_secret(&self) -> bool {
        self.rule().kind == Kind::Secret
    }

    /// True if values of this key are integers.
    pub(super) fn is_integer(&self) -> bool {
        matches!(self.rule().kind, Kind::Flag | Kind::Int { .. })
    }
}

/// The value that stands for the value of the SIP server.
pub(super) const INHERIT: i64 = -1;
/// The same as text.
const INHERIT_TEXT: &str = "-1";

impl Key {
    /// The row of this key.
    pub(super) fn row(self) -> &'static Row {
        // Keys are numbered as their rows are, both being made by one macro.
        &ROWS[self as usize]
    }

    /// The key of the outbound proxy that inherits from this key.
    pub(super) fn twin(self) -> Option<Key> {
        ROWS.iter().find(|row| row.body == Body::Twin(self)).map(|row| row.key)
    }

    /// The old name of this key with this Y.
    pub(super) fn alias(self, y: u8) -> Option<Key> {
        ROWS.iter().find(|row| row.body == Body::Alias { of: self, y }).map(|row| row.key)
    }
}

/// The type of a key's value, for those who show or generate forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyType {
    /// 0 or 1.
    Flag,
    /// An integer; the key information has its range.
    Integer,
    /// Text; the key information has the range of its length.
    Text,
    /// Text that should not be shown.
    Secret,
    /// IPv4 or IPv6 address, or domain name.
    Host,
    /// IPv4 or IPv6 address.
    IpAddress,
    /// Domain name.
    DomainName,
    /// Comma-separated list of response codes.
    Codes,
}

/// What there is to know about one provisioning key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyInfo {
    /// Name; X stands for the account, Y for the server (1..2), N for the static record (1..12).
    pub pattern: &'static str,
    /// Type of the value.
    pub key_type: KeyType,
    /// Smallest integer, or shortest text in characters.
    pub min: i64,
    /// Largest integer, or longest text in characters.
    pub max: i64,
    /// Default as text; empty = not set.
    pub default: &'static str,
    /// Unit of the value; empty = none.
    pub unit: &'static str,
    /// One line about the meaning.
    pub help: &'static str,
    /// Firmware versions that know the key, in the guide's words; empty = all. Every version of this library takes it.
    pub since: &'static str,
    /// Who defined the key.
    pub source: Source,
    /// The key whose value -1 stands for.
    pub inherits: Option<&'static str>,
    /// The key of which this is an old name, and the Y to put there.
    pub alias_of: Option<(&'static str, u8)>,
}

/// Number of provisioning keys.
#[must_use]
pub fn key_count() -> usize {
    ROWS.len()
}

/// Information about the provisioning key at this place of the table, starting at 0.
#[must_use]
pub fn key_info(index: usize) -> Option<KeyInfo> {
    ROWS.get(index).map(describe)
}

/// Information about all provisioning keys, in table order.
pub fn key_infos() -> impl ExactSizeIterator<Item = KeyInfo> {
    ROWS.iter().map(describe)
}

fn describe(row: &Row) -> KeyInfo {
    let rule = row.rule();
    let (key_type, min, max) = outside(rule.kind);
    KeyInfo {
        pattern: row.pattern,
        key_type,
        min: if row.inherits() { INHERIT } else { min },
        max,
        default: row.default(),
        unit: rule.unit,
        help: rule.help,
        since: row.since,
        source: row.source,
        inherits: match row.body {
            Body::Twin(of) => Some(of.row().pattern),
            Body::Own(_) | Body::Alias { .. } => None,
        },
        alias_of: match row.body {
            Body::Alias { of, y } => Some((of.row().pattern, y)),
            Body::Own(_) | Body::Twin(_) => None,
        },
    }
}

fn outside(kind: Kind) -> (KeyType, i64, i64) {
    let length = |max: usize| i64::try_from(max).unwrap_or(i64::MAX);
    match kind {
        Kind::Flag => (KeyType::Flag, 0, 1),
        Kind::Int { min, max } => (KeyType::Integer, min, max),
        Kind::Text { max } => (KeyType::Text, 0, length(max)),
        Kind::Secret => (KeyType::Secret, 0, length(super::value::MAX_TEXT)),
        Kind::Host | Kind::Target => (KeyType::Host, 0, length(super::host::MAX_HOST)),
        Kind::Ip => (KeyType::IpAddress, 0, length(super::host::MAX_HOST)),
        Kind::Name => (KeyType::DomainName, 0, length(super::host::MAX_HOST)),
        Kind::NaptrFlags => (KeyType::Text, 0, 1),
        Kind::Codes => (KeyType::Codes, 0, length(super::value::MAX_TEXT)),
    }
}
