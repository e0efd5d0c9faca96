//! What happened and what was decided, kept for whoever asks why: a ring of records of one size.
//!
//! Recording takes no memory beyond what the ring has from the start, and puts no text together; that is done for whoever
//! reads it.

use super::action::{EventKind, Purpose, RegistrationState, RequestResult};
use crate::dns::{QueryFailure, Question};
use crate::policy::Method;
use crate::target::TargetKey;
use crate::types::{AccountId, Cause, DnsServerIndex, Families, RequestId, Server, Time};

/// What a record is about, beside its account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// Nothing else.
    None,
    /// A target.
    Target(TargetKey),
    /// A question to DNS.
    Question(Question),
}

/// How DNS answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DnsAnswer {
    /// This many records.
    Records(u16),
    /// The name is an alias, of which the server said nothing more.
    Alias,
    /// The name has no such record.
    NoData,
    /// There is no such name.
    NoSuchName,
    /// No answer that could be used.
    Failed(QueryFailure),
}

/// Which kind of record a target of a new list has behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordOrigin {
    /// From DNS, or an address in the configuration.
    Regular,
    /// From the static records.
    Static,
    /// Expired.
    Stale,
}

/// A deadline of importance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// A registration, its refresh or its repetition, or the look-ups a few seconds before it.
    Registration,
    /// The next probe of server 1.
    Probe,
    /// The end of a binding.
    BindingEnd,
    /// The end of a stay at a backup, or the next probe of the primary.
    Failback,
    /// New settings have waited long enough.
    Settings,
    /// Nothing has been heard from a target for long.
    Liveness,
}

/// One fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The firmware started a request.
    Started(Method),
    /// An attempt began.
    Sent {
        /// Its method.
        method: Method,
        /// Its server.
        server: Server,
        /// What it is for.
        purpose: Purpose,
        /// How long it may take, ms.
        budget_ms: u32,
    },
    /// A provisional response came.
    Provisional(Method, Server),
    /// A final response came that asks for credentials; the attempt goes on.
    Challenged(Method, Server),
    /// A final response came.
    Response(Method, Server, u16),
    /// An attempt failed, for silence or below SIP.
    Failed(Method, Server, Cause),
    /// An attempt was left.
    Left(Method, Server, Cause),
    /// A report came for an attempt that had been left.
    Late(Method, Server),
    /// A request of the firmware ended.
    Done(Method, RequestResult, Cause),
    /// The firmware withdrew a request.
    Withdrawn(Method),
    /// The firmware was told.
    Told(EventKind, Server, RegistrationState, Cause),
    /// A deadline has come.
    Woken(Due, Option<Server>),
    /// There is a new list of this many targets, which follow.
    NewList(Server, u8),
    /// A target of a new list.
    ListTarget(Server, u8, RecordOrigin),
    /// The name of a server led nowhere; whether the targets known before serve on.
    NoList(Server, bool),
    /// A question went to this DNS server; whether over TCP.
    DnsAsked(DnsServerIndex, bool),
    /// A question is settled.
    DnsAnswered(DnsAnswer),
    /// The firmware started the account.
    AccountStarted,
    /// The firmware stopped the account.
    AccountStopped,
    /// The firmware said whether a call is up.
    Busy(bool),
    /// New settings came.
    Reloaded,
    /// The configuration has something to be corrected, in this line; 0 where it is about no line.
    Diagnosed(u32),
    /// The network changed.
    Network,
    /// Other address families have a route.
    Families(Families),
    /// There are this many DNS servers now.
    DnsServers(u8),
}

/// A fact with its moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// When.
    pub at: Time,
    /// Whose; 0 where it is not about one account.
    pub account: AccountId,
    /// The request, as the low bits of its serial number; 0 where it is about none.
    pub request: u32,
    /// What.
    pub what: What,
    /// About what.
    pub subject: Subject,
}

/// Bits of a request's id behind its serial number; see `Slab`.
const PLACE_BITS: u32 = 20;

/// The last facts, at most as many as it was made for.
#[derive(Debug, Default)]
pub struct Trace {
    records: Vec<Record>,
    limit: usize,
    // Where the next record goes, once there are `limit` of them.
    next: usize,
    total: u64,
}

impl Trace {
    /// A ring of this many records; 0: nothing is kept.
    #[must_use]
    pub fn new(limit: usize) -> Trace {
        Trace { records: Vec::with_capacity(limit), limit, next: 0, total: 0 }
    }

    /// True if anything is kept.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.limit > 0
    }

    /// Keeps a fact about an account.
    pub fn note(&mut self, at: Time, account: AccountId, what: What) {
        self.keep(Record { at, account, request: 0, what, subject: Subject::None });
    }

    /// Keeps a fact about a target.
    pub fn note_target(&mut self, at: Time, account: AccountId, what: What, key: TargetKey) {
        self.keep(Record { at, account, request: 0, what, subject: Subject::Target(key) });
    }

    /// Keeps a fact about a request, and a target if there is one.
    pub fn note_request(&mut self, at: Time, account: AccountId, id: RequestId, what: What, key: Option<TargetKey>) {
        let subject = key.map_or(Subject::None, Subject::Target);
        self.keep(Record { at, account, request: (id.0 >> PLACE_BITS) as u32, what, subject });
    }

    /// Keeps a fact about a question.
    pub fn note_question(&mut self, at: Time, what: What, question: Question) {
        self.keep(Record { at, account: AccountId(0), request: 0, what, subject: Subject::Question(question) });
    }

    fn keep(&mut self, record: Record) {
        if self.limit == 0 {
            return;
        }
        self.total += 1;
        match self.records.get_mut(self.next) {
            Some(place) => *place = record,
            None => self.records.push(record),
        }
        self.next = if self.next + 1 == self.limit { 0 } else { self.next + 1 };
    }

    /// The records, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        let oldest = if self.records.len() < self.limit { 0 } else { self.next };
        let (behind, before) = self.records.split_at(oldest);
        before.iter().chain(behind)
    }

    /// Records that had to make room.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.total - self.records.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::{Record, Trace, What};
    use crate::types::{AccountId, Time};

    #[test]
    fn the_last_records_are_kept_in_order_and_the_rest_is_counted() {
        let mut trace = Trace::new(3);
        for at in 0..5 {
            trace.note(Time(at), AccountId(1), What::Reloaded);
            let times: Vec<u64> = trace.iter().map(|record| record.at.0).collect();
            let expected: Vec<u64> = (at.saturating_sub(2)..=at).collect();
            assert_eq!(times, expected);
        }
        assert!(trace.is_on());
        assert_eq!(trace.lost(), 2);
        let mut off = Trace::new(0);
        off.note(Time(0), AccountId(1), What::Reloaded);
        assert!(off.iter().next().is_none() && !off.is_on());
    }

    #[test]
    fn a_record_is_small_and_the_ring_never_grows() {
        assert!(size_of::<Record>() <= 72, "{}", size_of::<Record>());
        let mut trace = Trace::new(16);
        let room = trace.records.capacity();
        (0..100).for_each(|at| trace.note(Time(at), AccountId(1), What::Network));
        assert_eq!(trace.records.capacity(), room);
    }
}
