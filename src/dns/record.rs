//! Questions and records, as the rest of the library sees them.

use crate::types::Name;
use core::net::IpAddr;
use std::borrow::Cow;

/// The kinds of record this library has a use for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RecordKind {
    /// IPv4 address.
    A,
    /// IPv6 address (RFC 3596).
    Aaaa,
    /// Alias. Never asked for; servers put it before what was asked.
    Cname,
    /// Service location (RFC 2782).
    Srv,
    /// Naming authority pointer (RFC 3403).
    Naptr,
}

impl RecordKind {
    /// The kind as in a zone file.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            RecordKind::A => "A",
            RecordKind::Aaaa => "AAAA",
            RecordKind::Cname => "CNAME",
            RecordKind::Srv => "SRV",
            RecordKind::Naptr => "NAPTR",
        }
    }
}

impl core::fmt::Display for Question {
    /// `SRV _sip._udp.pbx.example.com`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {}", self.kind.text(), self.name)
    }
}

/// A name and what is asked about it. The class is always IN.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Question {
    /// The name.
    pub name: Name,
    /// The kind of record.
    pub kind: RecordKind,
}

/// A resource record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Owner.
    pub name: Name,
    /// Time to live, seconds. From the wire: 0 if the top bit was set (RFC 2181 §8).
    pub ttl_s: u32,
    /// Contents.
    pub data: RecordData,
}

/// The contents of a record. Ordered, so that a set of them has a canonical order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RecordData {
    /// A or AAAA.
    Address(IpAddr),
    /// CNAME.
    Alias(Name),
    /// SRV.
    Srv(SrvData),
    /// NAPTR.
    Naptr(NaptrData),
}

impl RecordData {
    /// The kind of record these are the contents of.
    #[must_use]
    pub const fn kind(&self) -> RecordKind {
        match self {
            RecordData::Address(IpAddr::V4(_)) => RecordKind::A,
            RecordData::Address(IpAddr::V6(_)) => RecordKind::Aaaa,
            RecordData::Alias(_) => RecordKind::Cname,
            RecordData::Srv(_) => RecordKind::Srv,
            RecordData::Naptr(_) => RecordKind::Naptr,
        }
    }
}

/// Where an SRV record points to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SrvTarget {
    /// ".": the service is decidedly not available at this domain.
    NotOffered,
    /// An address in place of a name. Not allowed by RFC 2782, yet found in the field and clear enough.
    Address(IpAddr),
    /// A host.
    Name(Name),
}

/// Contents of an SRV record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SrvData {
    /// The smaller first.
    pub priority: u16,
    /// Preference within one priority.
    pub weight: u16,
    /// Port; 0 stands for the transport's default port.
    pub port: u16,
    /// Host.
    pub target: SrvTarget,
}

/// Contents of a NAPTR record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NaptrData {
    /// The smaller first.
    pub order: u16,
    /// The smaller first within one order.
    pub preference: u16,
    /// Flags, as received.
    pub flags: Cow<'static, [u8]>,
    /// Service, as received.
    pub service: Cow<'static, [u8]>,
    /// True if there is a regular expression. SIP uses none, so what it says does not matter.
    pub has_regexp: bool,
    /// The next name; `None` for ".".
    pub replacement: Option<Name>,
}

/// A flag or service of a NAPTR record. Those that SIP domains have (RFC 3263 §4.1, RFC 4168 §5) take no memory.
#[must_use]
pub fn naptr_text(text: &[u8]) -> Cow<'static, [u8]> {
    const USUAL: [&[u8]; 9] = [b"", b"s", b"S", b"a", b"A", b"SIP+D2U", b"SIP+D2T", b"SIPS+D2T", b"SIP+D2S"];
    USUAL.into_iter().find(|usual| *usual == text).map_or_else(|| Cow::Owned(text.to_vec()), Cow::Borrowed)
}
