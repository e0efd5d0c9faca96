//! From a message that belongs to a query to what it means for its question.

use super::codec::{Message, Rcode};
use super::record::{NaptrData, Question, Record, RecordData, SrvData, SrvTarget};
use crate::types::Name;
use core::fmt;

/// Aliases that are followed in a row. Real chains have one or two; this many are a mistake or a loop.
pub const MAX_ALIASES: usize = 8;
/// Records of one set that are kept. A phone uses at most 32 targets of a server.
const MAX_SET: usize = 64;
/// How long a negative answer holds at most, seconds. A phone that was told "no such name" must not believe it for
/// hours: the record may be entered at any time (RFC 2308 §5 allows any upper bound).
const MAX_NEGATIVE_S: u32 = 300;
/// How long a negative answer without SOA record holds, seconds.
const BARE_NEGATIVE_S: u32 = 60;

/// Why a question got no answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum QueryFailure {
    /// No DNS server is configured.
    NoServer,
    /// No server answered in time.
    Silent,
    /// SERVFAIL, or another error that says nothing about the name.
    ServerFailure,
    /// REFUSED.
    Refused,
    /// The answer did not fit into a datagram, and TCP brought none.
    Truncated,
    /// No record of the answer could be read.
    Unreadable,
    /// The aliases lead in a circle, or on for too long.
    AliasLoop,
    /// The query could not be sent.
    NotSent,
}

impl fmt::Display for QueryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            QueryFailure::NoServer => "no DNS server is configured",
            QueryFailure::Silent => "no DNS server answered in time",
            QueryFailure::ServerFailure => "the DNS servers could not answer (SERVFAIL)",
            QueryFailure::Refused => "the DNS servers refused to answer",
            QueryFailure::Truncated => "the DNS answer was too large for a datagram, and could not be had over TCP",
            QueryFailure::Unreadable => "the DNS answer could not be read",
            QueryFailure::AliasLoop => "the aliases in DNS lead in a circle",
            QueryFailure::NotSent => "the DNS query could not be sent",
        })
    }
}

/// How a query ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Records of the kind asked.
    Records {
        /// The records, in the order received.
        records: Vec<Record>,
        /// How long they hold together, seconds; the aliases on the way may make it less than their own TTLs.
        ttl_s: u32,
        /// What the same message adds about the names in these records.
        additional: Vec<Record>,
    },
    /// The name is an alias of another one, about which the server said nothing.
    Alias {
        /// The other name.
        target: Name,
        /// How long that holds, seconds.
        ttl_s: u32,
    },
    /// The name exists, but has no such record.
    NoData {
        /// How long that holds, seconds.
        ttl_s: u32,
    },
    /// There is no such name.
    NoSuchName {
        /// How long that holds, seconds.
        ttl_s: u32,
    },
    /// The name is an alias of another one, at which there is nothing.
    AliasOfNothing {
        /// The other name.
        target: Name,
        /// True if the other name exists and lacks only such records.
        exists: bool,
        /// How long that holds, seconds.
        ttl_s: u32,
    },
    /// No answer.
    Failed(QueryFailure),
}

/// What an answer makes of its try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The question is answered.
    Answered(Outcome),
    /// The answer did not fit.
    Truncated,
    /// This server cannot answer it.
    TryFailed(QueryFailure),
    /// This server does not know EDNS: ask it again without.
    WithoutEdns,
}

/// Judges a message that was already found to belong to the question.
pub fn judge(question: &Question, message: Message) -> Verdict {
    match message.rcode {
        Rcode::NoError | Rcode::NoSuchName if message.truncated => Verdict::Truncated,
        Rcode::NoError | Rcode::NoSuchName => follow(question, message),
        Rcode::NotUnderstood => Verdict::WithoutEdns,
        Rcode::Refused => Verdict::TryFailed(QueryFailure::Refused),
        Rcode::ServerFailure | Rcode::Other => Verdict::TryFailed(QueryFailure::ServerFailure),
    }
}

fn follow(question: &Question, message: Message) -> Verdict {
    let mut name = question.name.clone();
    let mut ttl_s = u32::MAX;
    let mut aliased = false;
    for _ in 0..=MAX_ALIASES {
        let is_here = |record: &Record| record.name == name && record.data.kind() == question.kind;
        if message.answers.iter().any(is_here) {
            let mut records = message.answers;
            records.retain(is_here);
            records.truncate(MAX_SET);
            let ttl_s = records.iter().fold(ttl_s, |least, record| least.min(record.ttl_s));
            let additional = fitting(&records, message.additional);
            return Verdict::Answered(Outcome::Records { records, ttl_s, additional });
        }
        let alias = message.answers.iter().find_map(|record| match &record.data {
            RecordData::Alias(target) if record.name == name => Some((target, record.ttl_s)),
            _ => None,
        });
        let Some((target, alias_ttl)) = alias else {
            return nothing_at(name, aliased, ttl_s, &message);
        };
        name = target.clone();
        ttl_s = ttl_s.min(alias_ttl);
        aliased = true;
    }
    Verdict::TryFailed(QueryFailure::AliasLoop)
}

/// The additional records that carry on where the answer ends: SRV records of the names that NAPTR records point to,
/// and addresses of the names that any of these point to. Nothing else is believed: whoever answers for one domain has
/// no say about others.
fn fitting(records: &[Record], mut additional: Vec<Record>) -> Vec<Record> {
    if additional.is_empty() {
        return additional;
    }
    // At most two names from each record of one message.
    let mut services = Vec::new();
    let mut hosts = Vec::new();
    for record in records {
        match &record.data {
            RecordData::Naptr(NaptrData { replacement: Some(name), .. }) => {
                services.push(name.clone());
                hosts.push(name.clone());
            }
            RecordData::Srv(SrvData { target: SrvTarget::Name(name), .. }) => {
                hosts.push(name.clone());
            }
            _ => {}
        }
    }
    for record in &additional {
        if let RecordData::Srv(SrvData { target: SrvTarget::Name(name), .. }) = &record.data
            && services.contains(&record.name)
        {
            hosts.push(name.clone());
        }
    }
    additional.retain(|record| match &record.data {
        RecordData::Srv(_) => services.contains(&record.name),
        RecordData::Address(_) => hosts.contains(&record.name),
        RecordData::Alias(_) | RecordData::Naptr(_) => false,
    });
    additional.truncate(MAX_SET);
    additional
}

/// The message has no record for the name that the question, through its aliases, led to.
fn nothing_at(name: Name, aliased: bool, ttl_s: u32, message: &Message) -> Verdict {
    if message.unreadable > 0 {
        return Verdict::TryFailed(QueryFailure::Unreadable);
    }
    // An SOA record of a foreign zone says nothing about this name.
    let soa = message.soa.as_ref().filter(|soa| soa.zone.as_ref().is_none_or(|zone| name.is_within(zone)));
    let negative_s = soa.map_or(BARE_NEGATIVE_S, |soa| soa.negative_ttl_s.min(MAX_NEGATIVE_S)).min(ttl_s);
    let exists = message.rcode != Rcode::NoSuchName;
    Verdict::Answered(match (aliased, exists) {
        (true, true) if soa.is_none() => Outcome::Alias { target: name, ttl_s },
        (true, _) => Outcome::AliasOfNothing { target: name, exists, ttl_s: negative_s },
        (false, true) => Outcome::NoData { ttl_s: negative_s },
        (false, false) => Outcome::NoSuchName { ttl_s: negative_s },
    })
}
