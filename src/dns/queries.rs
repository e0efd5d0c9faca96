//! Queries in flight.

use super::answer::{Outcome, QueryFailure, Verdict, judge};
use super::codec::{Rcode, decode, encode_query};
use super::record::{Question, RecordKind};
use super::servers::{MAX_SERVERS, Servers};
use crate::types::{DnsServerIndex, DnsTransport, Random, Slab, Time, TimerHandle, Timers};
use std::collections::VecDeque;

/// Queries in flight at the same time. Two servers of each of 16 accounts ask fewer at once, as they share names.
pub const MAX_IN_FLIGHT: usize = 64;
/// Answer size offered over UDP: what passes every path without fragments (DNS flag day 2020).
const EDNS_BYTES: u16 = 1_232;
/// Tries at one server, whatever the configuration says.
const MAX_TRIES: u32 = 100;

/// Places in each queue from the start: what one answer usually leads to.
const ROOM: usize = 4;

/// A query in flight. Never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct QueryHandle(pub u64);

/// A message to be sent to a DNS server: as a datagram from the source port that belongs to the query, or on a new
/// connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DnsDatagram {
    /// The query.
    pub query: QueryHandle,
    /// What it asks.
    pub question: Question,
    /// The server.
    pub server: DnsServerIndex,
    /// How it travels.
    pub transport: DnsTransport,
    /// The message, without the length that stands before it over TCP.
    pub bytes: Vec<u8>,
}

/// What came out of the queries.
#[derive(Debug)]
pub struct DnsOutput {
    /// Messages to be sent.
    pub sends: VecDeque<DnsDatagram>,
    /// Queries that ended: their sockets can be closed.
    pub released: VecDeque<QueryHandle>,
    /// Questions that are settled.
    pub finished: VecDeque<(Question, Outcome)>,
}

impl Default for DnsOutput {
    /// Nothing, with room for what one input brings.
    fn default() -> DnsOutput {
        DnsOutput {
            sends: VecDeque::with_capacity(ROOM),
            released: VecDeque::with_capacity(ROOM),
            finished: VecDeque::with_capacity(ROOM),
        }
    }
}

/// How long a query waits and how often it tries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueryTiming {
    /// Wait for an answer to one message, milliseconds. Over TCP the time to connect is part of it.
    pub timeout_ms: u64,
    /// Further tries at each server after the first.
    pub retries: u32,
}

/// What happened, in numbers since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DnsCounters {
    /// Messages sent, for A, AAAA, SRV, NAPTR.
    pub queries_sent: [u64; 4],
    /// Of these, messages sent over TCP.
    pub queries_over_tcp: u64,
    /// Answers that settled a question.
    pub answers_accepted: u64,
    /// Datagrams that cannot be read.
    pub datagrams_ignored_malformed: u64,
    /// Datagrams that answer nothing that was asked: no response, or another id, server or question; and truncated ones
    /// where TCP has been asked already.
    pub datagrams_ignored_unmatched: u64,
    /// Tries that nobody answered.
    pub timeouts: u64,
    /// SERVFAIL and other errors of a server.
    pub server_failures: u64,
    /// REFUSED.
    pub refused: u64,
    /// Truncated answers: asked again over TCP, or a failure if that was TCP.
    pub truncated: u64,
    /// Answers without one readable record, or with aliases in a circle.
    pub unusable: u64,
    /// Messages that could not be sent, and connections that ended without an answer.
    pub send_failures: u64,
    /// Questions that found the table of queries full.
    pub overflows: u64,
}

/// As many queries are in flight as may be; the question was not asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueriesFull;

#[derive(Debug)]
struct Query {
    question: Question,
    id: u16,
    /// Bit set of servers that were sent this query: any of them may still answer.
    asked: u32,
    /// Bit set of servers that said that they cannot answer it.
    given_up: u32,
    /// Bit set of servers whose answer did not fit into a datagram: they are asked over TCP from then on.
    truncated: u32,
    /// How servers are asked otherwise. Fixed for the life of a query, so that it is known what an answer came over.
    transport: DnsTransport,
    tries: [u32; MAX_SERVERS],
    current: usize,
    with_edns: bool,
    timer: Option<TimerHandle>,
    failure: QueryFailure,
}

impl Query {
    /// How this server is asked now.
    fn transport_to(&self, server: usize) -> DnsTransport {
        if self.truncated & (1 << server) != 0 { DnsTransport::Tcp } else { self.transport }
    }
}

/// The queries in flight, and the servers they go to.
#[derive(Debug)]
pub struct Queries {
    // Small enough to be searched for an id or a question from end to end.
    table: Slab<Query>,
    timers: Timers<QueryHandle>,
    servers: Servers,
    timing: QueryTiming,
    transport: DnsTransport,
    random: Random,
    id_mask: u16,
    counters: DnsCounters,
}

impl Queries {
    /// No query, no server.
    #[must_use]
    pub fn new(timing: QueryTiming, random: Random) -> Queries {
        Queries {
            table: Slab::new(MAX_IN_FLIGHT),
            timers: Timers::default(),
            servers: Servers::default(),
            timing,
            transport: DnsTransport::Udp,
            random,
            id_mask: u16::MAX,
            counters: DnsCounters::default(),
        }
    }

    /// Draws ids from a small space, so that they collide as in a device that has run for years.
    #[cfg(test)]
    pub fn shrink_ids(&mut self, mask: u16) {
        self.id_mask = mask;
    }

    /// Waits and tries from now on; queries in flight take them up with their next try.
    pub fn set_timing(&mut self, timing: QueryTiming) {
        self.timing = timing;
    }

    /// How queries that start from now on are asked. Over UDP, what does not fit is asked again over TCP.
    pub fn set_transport(&mut self, transport: DnsTransport) {
        self.transport = transport;
    }

    /// Other servers, in order of preference. Queries in flight begin anew, with other ids: what the old servers may
    /// still send is no answer.
    pub fn set_servers(&mut self, now: Time, count: usize, out: &mut DnsOutput) {
        self.servers.set(count);
        let handles: Vec<u64> = self.table.iter().map(|(handle, _)| handle).collect();
        for handle in handles {
            if let Some(question) = self.release(QueryHandle(handle), out) {
                // The place just released is free, so this cannot fail for want of room.
                let _ = self.start(now, question, out);
            }
        }
    }

    /// Number of DNS servers in use.
    #[must_use]
    pub fn server_count(&self) -> usize {
        self.servers.count()
    }

    /// Counters since the start.
    #[must_use]
    pub fn counters(&self) -> DnsCounters {
        self.counters
    }

    /// When [`Queries::handle_timer`] wants to be called.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        self.timers.next()
    }

    /// Asks a question, unless the same question is in flight already.
    ///
    /// # Errors
    /// [`QueriesFull`]: nothing was started.
    pub fn start(&mut self, now: Time, question: Question, out: &mut DnsOutput) -> Result<(), QueriesFull> {
        if self.find(|query| query.question == question).is_some() {
            return Ok(());
        }
        if self.servers.count() == 0 {
            out.finished.push_back((question, Outcome::Failed(QueryFailure::NoServer)));
            return Ok(());
        }
        let Some(handle) = self.enter(question) else {
            self.counters.overflows += 1;
            return Err(QueriesFull);
        };
        self.next_try(now, handle, out);
        Ok(())
    }

    /// A message arrived from this server, over whatever transport: the id, the server and the question say what it
    /// belongs to.
    pub fn handle_datagram(&mut self, now: Time, server: DnsServerIndex, bytes: &[u8], out: &mut DnsOutput) {
        // The id decides before anything is read: a flood of forgeries costs a short search each.
        let id = match bytes {
            [high, low, ..] if bytes.len() >= 12 => u16::from_be_bytes([*high, *low]),
            _ => return self.counters.datagrams_ignored_malformed += 1,
        };
        let asked = self.find(|query| query.id == id);
        let Some((handle, query)) = asked.filter(|(_, query)| server.0 < 32 && query.asked & (1 << server.0) != 0)
        else {
            return self.counters.datagrams_ignored_unmatched += 1;
        };
        let Ok(message) = decode(bytes, &query.question.name) else {
            return self.counters.datagrams_ignored_malformed += 1;
        };
        let verdict = match &message.question {
            _ if !message.is_response => None,
            Some(question) if *question == query.question => Some(judge(&query.question, message)),
            // A server that does not understand EDNS may send its header back and nothing else.
            None if message.rcode == Rcode::NotUnderstood => Some(Verdict::WithoutEdns),
            _ => None,
        };
        let Some(verdict) = verdict else {
            return self.counters.datagrams_ignored_unmatched += 1;
        };
        self.apply(now, handle, server.0 as usize, verdict, out);
    }

    /// The message last sent for this query to this server did not leave, or the server cannot be reached over this
    /// transport. Nothing happens if the query is over, or waits for something else by now: a connection that was given
    /// up may be refused long after.
    pub fn send_failed(
        &mut self,
        now: Time,
        query: QueryHandle,
        server: DnsServerIndex,
        transport: DnsTransport,
        out: &mut DnsOutput,
    ) {
        let Some(current) = self.table.get(query.0).map(|query| (query.current, query.transport_to(query.current)))
        else {
            return;
        };
        if current == (server.0 as usize, transport) {
            self.counters.send_failures += 1;
            self.try_failed(now, query, current.0, QueryFailure::NotSent, out);
        }
    }

    /// Time has passed.
    pub fn handle_timer(&mut self, now: Time, out: &mut DnsOutput) {
        while let Some(handle) = self.timers.take_due(now) {
            if let Some(current) = self.table.get(handle.0).map(|query| query.current) {
                self.counters.timeouts += 1;
                self.try_failed(now, handle, current, QueryFailure::Silent, out);
            }
        }
    }

    fn apply(&mut self, now: Time, handle: QueryHandle, server: usize, verdict: Verdict, out: &mut DnsOutput) {
        match verdict {
            Verdict::Answered(outcome) => {
                self.servers.answered(server);
                self.counters.answers_accepted += 1;
                self.finish(handle, outcome, out);
            }
            Verdict::WithoutEdns => {
                let Some(query) = self.table.get_mut(handle.0) else { return };
                if query.with_edns && query.current == server {
                    // Not the server's fault, so the next datagram does not count as a further try.
                    query.tries[server] = query.tries[server].saturating_sub(1);
                    self.servers.without_edns(now, server);
                    self.send(now, handle, server, out);
                } else {
                    self.try_failed(now, handle, server, QueryFailure::ServerFailure, out);
                }
            }
            Verdict::Truncated => self.truncated(now, handle, server, out),
            Verdict::TryFailed(failure) => self.try_failed(now, handle, server, failure, out),
        }
    }

    /// An answer did not fit. What did is not used: a target might be missing from it (RFC 2181 §9).
    fn truncated(&mut self, now: Time, handle: QueryHandle, server: usize, out: &mut DnsOutput) {
        let Some(query) = self.table.get_mut(handle.0) else { return };
        if query.truncated & (1 << server) != 0 {
            // The network has doubled the datagram, or it answers an earlier try: the connection still counts. A server
            // that sends this over TCP fails by its time-out.
            self.counters.datagrams_ignored_unmatched += 1;
            return;
        }
        if query.transport == DnsTransport::Tcp {
            // 64 KiB and still not all: there is no third way to ask.
            return self.try_failed(now, handle, server, QueryFailure::Truncated, out);
        }
        query.truncated |= 1 << server;
        // The server has answered, so the message over TCP does not count as a further try.
        query.tries[server] = query.tries[server].saturating_sub(1);
        let is_current = query.current == server;
        self.counters.truncated += 1;
        self.servers.answered(server);
        // Otherwise this server's turn comes, over TCP, when the one we are waiting for has failed.
        if is_current {
            self.send(now, handle, server, out);
        }
    }

    /// A try at a server failed. The next one follows if this was the server we are waiting for.
    fn try_failed(
        &mut self,
        now: Time,
        handle: QueryHandle,
        server: usize,
        failure: QueryFailure,
        out: &mut DnsOutput,
    ) {
        let said_so = match failure {
            QueryFailure::ServerFailure => self.note(|c| &mut c.server_failures),
            QueryFailure::Refused => self.note(|c| &mut c.refused),
            QueryFailure::Truncated => self.note(|c| &mut c.truncated),
            QueryFailure::Unreadable | QueryFailure::AliasLoop => self.note(|c| &mut c.unusable),
            QueryFailure::Silent | QueryFailure::NotSent | QueryFailure::NoServer => false,
        };
        let Some(query) = self.table.get_mut(handle.0) else { return };
        // It did answer, over UDP: what does not work is TCP, and other questions do not need that.
        let without_tcp = !said_so && query.truncated & (1 << server) != 0;
        let failure = if without_tcp { QueryFailure::Truncated } else { failure };
        if failure != QueryFailure::Truncated {
            self.servers.failed(now, server);
        }
        if said_so {
            // It would say the same again.
            query.given_up |= 1 << server;
        }
        // What a server said tells more than the silence of another.
        if said_so || query.given_up == 0 {
            query.failure = failure;
        }
        if query.current == server {
            self.next_try(now, handle, out);
        }
    }

    fn note(&mut self, counter: impl Fn(&mut DnsCounters) -> &mut u64) -> bool {
        *counter(&mut self.counters) += 1;
        true
    }

    fn next_try(&mut self, now: Time, handle: QueryHandle, out: &mut DnsOutput) {
        let Some(query) = self.table.get(handle.0) else { return };
        let limit = self.timing.retries.saturating_add(1).min(MAX_TRIES);
        match self.servers.next(now, &query.tries, query.given_up, limit) {
            Some(server) => self.send(now, handle, server, out),
            None => {
                let failure = query.failure;
                self.finish(handle, Outcome::Failed(failure), out);
            }
        }
    }

    fn send(&mut self, now: Time, handle: QueryHandle, server: usize, out: &mut DnsOutput) {
        let Some(query) = self.table.get_mut(handle.0) else { return };
        query.with_edns = self.servers.knows_edns(now, server);
        let bytes = encode_query(query.id, &query.question, query.with_edns.then_some(EDNS_BYTES));
        let transport = query.transport_to(server);
        query.current = server;
        query.asked |= 1 << server;
        query.tries[server] += 1;
        if let Some(timer) = query.timer.take() {
            self.timers.cancel(timer);
        }
        query.timer = Some(self.timers.set(now.after(self.timing.timeout_ms), handle));
        match query.question.kind {
            RecordKind::A => self.counters.queries_sent[0] += 1,
            RecordKind::Aaaa => self.counters.queries_sent[1] += 1,
            RecordKind::Srv => self.counters.queries_sent[2] += 1,
            RecordKind::Naptr => self.counters.queries_sent[3] += 1,
            RecordKind::Cname => {}
        }
        self.counters.queries_over_tcp += u64::from(transport == DnsTransport::Tcp);
        let (question, server) = (query.question.clone(), DnsServerIndex(server as u32));
        out.sends.push_back(DnsDatagram { query: handle, question, server, transport, bytes });
    }

    fn finish(&mut self, handle: QueryHandle, outcome: Outcome, out: &mut DnsOutput) {
        if let Some(question) = self.release(handle, out) {
            out.finished.push_back((question, outcome));
        }
    }

    /// Takes a query out of the table, before anybody learns that it ended and starts the next.
    fn release(&mut self, handle: QueryHandle, out: &mut DnsOutput) -> Option<Question> {
        let query = self.table.remove(handle.0)?;
        if let Some(timer) = query.timer {
            self.timers.cancel(timer);
        }
        // What was queued and not yet taken must not leave through a closed socket.
        out.sends.retain(|datagram| datagram.query != handle);
        out.released.push_back(handle);
        Some(query.question)
    }

    /// Puts a query that has not been sent yet into the table.
    fn enter(&mut self, question: Question) -> Option<QueryHandle> {
        let id = self.draw_id()?;
        let query = Query {
            question,
            id,
            asked: 0,
            given_up: 0,
            truncated: 0,
            transport: self.transport,
            tries: [0; MAX_SERVERS],
            current: 0,
            with_edns: true,
            timer: None,
            failure: QueryFailure::Silent,
        };
        Some(QueryHandle(self.table.insert(query)?))
    }

    /// The query in flight with this property; ids and questions belong to one each.
    fn find(&self, is_it: impl Fn(&Query) -> bool) -> Option<(QueryHandle, &Query)> {
        self.table.iter().find(|(_, query)| is_it(query)).map(|(handle, query)| (QueryHandle(handle), query))
    }

    /// A random id that no query in flight has.
    fn draw_id(&mut self) -> Option<u16> {
        if self.table.is_full() {
            return None;
        }
        let first = self.random.next_u32() as u16;
        let mut ids = (0..=self.id_mask).map(|step| first.wrapping_add(step) & self.id_mask);
        ids.find(|id| self.find(|query| query.id == *id).is_none())
    }
}

#[cfg(test)]
#[path = "queries_tcp_tests.rs"]
mod tcp_tests;
#[cfg(test)]
#[path = "queries_tests.rs"]
mod tests;
