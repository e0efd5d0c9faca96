//! What is to be resolved, and what comes out.

use crate::config::{AccountDns, Host, IpAddressMode, SrvWeight};
use crate::dns::QueryFailure;
use crate::types::{Families, Name, Time, Transport, TransportSet, TransportSetting};
use core::fmt;
use core::net::SocketAddr;

/// A resolution under way. Never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct JobId(pub u64);

/// Everything the target list of one configured server depends on, apart from what DNS says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResolveSpec {
    /// The configured host.
    pub host: Host,
    /// The configured port; 0 = find it in DNS.
    pub port: u16,
    /// The configured transport.
    pub transport: TransportSetting,
    /// DNS use of the account.
    pub dns: AccountDns,
    /// Transports of the firmware.
    pub supported: TransportSet,
    /// Which addresses are asked for.
    pub ip_address_mode: IpAddressMode,
    /// Which of them can be reached; the others are neither asked for nor used.
    pub families: Families,
    /// Order of SRV records of equal priority.
    pub srv_weight: SrvWeight,
    /// Drawn once per account, kept for its life: decides where the records leave a choice.
    pub tie_break: u64,
}

/// Where an address comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// From DNS.
    Live,
    /// From DNS, expired, and used because no DNS server answers (RFC 8767).
    Stale,
    /// From the static records.
    Static,
    /// Configured as an address.
    Literal,
}

/// A place a request can be sent to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResolvedTarget {
    /// Transport.
    pub transport: Transport,
    /// Address and port.
    pub address: SocketAddr,
    /// The name the address was found under: the SRV target, or the configured name. `None` for addresses that no
    /// name leads to.
    pub host: Option<Name>,
    /// TTL of the record that holds the address, seconds, as it was when the record arrived. 0 for a configured one.
    pub ttl_s: u32,
    /// Where the address comes from.
    pub origin: Origin,
    /// When the record that holds the address ceases to hold; [`Time::NEVER`] for a configured one.
    pub expires: Time,
}

/// Why a list is empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResolutionFailure {
    /// The name does not exist.
    NoSuchName,
    /// The name exists, but has no record that would help.
    NoRecords,
    /// The domain says that it does not offer the service.
    NotOffered,
    /// There are only addresses of a family without a route.
    NoRoute,
    /// DNS gave no answer.
    Dns(QueryFailure),
    /// The records lead on and on: NAPTR chains, aliases or sheer number.
    TooLong,
}

impl fmt::Display for ResolutionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResolutionFailure::NoSuchName => f.write_str("the name does not exist in DNS (NXDOMAIN)"),
            ResolutionFailure::NoRecords => f.write_str("the name has no address in DNS"),
            ResolutionFailure::NotOffered => {
                f.write_str("the domain says in DNS that it does not offer this service (SRV target \".\")")
            }
            ResolutionFailure::NoRoute => f.write_str("no route to addresses of this family (IPv4 or IPv6)"),
            ResolutionFailure::Dns(failure) => failure.fmt(f),
            ResolutionFailure::TooLong => f.write_str("the records in DNS lead on for too long"),
        }
    }
}

/// Something an administrator would want to know about a list that nevertheless serves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ResolutionNote {
    /// More targets than are used; this many of the lowest preference were dropped.
    TargetsDropped(u32),
    /// Records that would have needed further look-ups were left out.
    LookupsDropped(u32),
    /// DNS does not answer in time, or not at all: static or expired records serve, at least for a part of the list.
    WithoutDns,
}

impl fmt::Display for ResolutionNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResolutionNote::TargetsDropped(count) => {
                write!(f, "more than {} targets, {count} dropped", super::walk::MAX_TARGETS)
            }
            ResolutionNote::LookupsDropped(count) => write!(f, "too many records, {count} look-ups left out"),
            ResolutionNote::WithoutDns => {
                f.write_str("DNS did not answer in time; static records or the last ones known serve")
            }
        }
    }
}

/// How far a job was when it made a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The first targets are known; the rest follows.
    Begun,
    /// The wait for DNS is over: everything that is known now, without what is missing. The job goes on.
    Waited,
    /// The job is over.
    Done,
}

/// A list that a job made: at its end, and before it when there is something to begin with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolution {
    /// How far the job was.
    pub stage: Stage,
    /// The list, most preferred first.
    pub targets: Vec<ResolvedTarget>,
    /// Until when the records behind the list hold. For an empty list: when asking again may help.
    pub valid_until: Time,
    /// When asking again may bring what is missing, because its query failed or it did not exist; [`Time::NEVER`] if
    /// nothing is.
    pub retry_at: Time,
    /// True if a question was left without an answer: the list may lack something that exists.
    pub query_failed: bool,
    /// Why the list is empty; `None` if it is not.
    pub failure: Option<ResolutionFailure>,
    /// Remarks.
    pub notes: Vec<ResolutionNote>,
}
