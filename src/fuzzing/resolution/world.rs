//! The firmware around the resolver, and the network.

use super::super::input::Input;
use super::ledger::Ledger;
use super::scenario::{self, Device};
use super::server::{Delivery, behave};
use super::verdict::{Started, static_records};
use crate::dns::testing::decode;
use crate::dns::{DnsDatagram, MAX_IN_FLIGHT, QueryHandle, Question, Record};
use crate::resolve::{JobId, Resolution, ResolveOutput, Resolver, Stage};
use crate::types::{DnsServerIndex, Name, Random, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Jobs of one run.
const MAX_JOBS: usize = 8;
/// Questions that one job can ask: 128 look-ups, each through 8 aliases.
const MAX_QUESTIONS: usize = 128 * 9;
/// Messages of one query to one server beyond the configured tries: once without EDNS, once over TCP.
const EXTRA_TRIES: u64 = 2;
/// More messages than any run has need of: the library does not come to an end.
const MAX_MESSAGES: usize = 40_000;

/// What the library did, in order: equal for equal inputs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    Sent(Time, DnsDatagram),
    Released(Time, QueryHandle),
    Listed(Time, JobId, Resolution),
}

/// A query in flight.
struct Flight {
    question: Question,
    id: u16,
    began: Time,
    messages: u64,
    asked: BTreeSet<u32>,
}

struct World<'a> {
    script: Input<'a>,
    device: Device,
    statics: Vec<Record>,
    resolver: Resolver,
    out: ResolveOutput,
    now: Time,
    /// On their way, with the moment of arrival and a number that keeps the order.
    deliveries: BTreeMap<(Time, u64), Delivery>,
    sent: u64,
    flights: BTreeMap<QueryHandle, Flight>,
    landed: BTreeSet<QueryHandle>,
    jobs: BTreeMap<JobId, Started>,
    /// All jobs so far: questions go on when theirs is cancelled.
    started: Vec<Started>,
    ledger: Ledger,
    flushed: u64,
    /// For the decoder; which one makes no difference.
    any_name: Name,
    events: Vec<Event>,
}

/// Runs a script to its end.
pub fn run(script: Input<'_>) -> Vec<Event> {
    let mut world = World::new(script);
    for _ in 0..=world.script.below(3) {
        for _ in 0..=world.script.below(3) {
            world.start();
        }
        world.settle();
        let pause = world.script.choose(&[0, 1_000, 6_000, 61_000, 601_000, 90_000_000]);
        world.now = world.now.after(pause);
    }
    assert!(world.jobs.is_empty() && world.flights.is_empty(), "something is left over");
    assert_eq!(world.resolver.next_deadline(), None, "a timer is left over");
    world.events
}

impl World<'_> {
    fn new(mut script: Input<'_>) -> World<'_> {
        let device = scenario::device(&mut script);
        let mut resolver = Resolver::new(device.options, Random::new(&[script.byte(); 32]));
        let mut out = ResolveOutput::default();
        resolver.configure(&device.settings);
        resolver.set_servers(Time(1_000), device.servers, &mut out);
        World {
            script,
            statics: static_records(&device.settings),
            device,
            resolver,
            out,
            now: Time(1_000),
            deliveries: BTreeMap::new(),
            sent: 0,
            flights: BTreeMap::new(),
            landed: BTreeSet::new(),
            jobs: BTreeMap::new(),
            started: Vec::new(),
            ledger: Ledger::default(),
            flushed: 0,
            any_name: Name::parse("h.test").expect("a name"),
            events: Vec::new(),
        }
    }

    fn start(&mut self) {
        if self.started.len() == MAX_JOBS {
            return;
        }
        let spec = scenario::spec(&mut self.script);
        let id = self.resolver.start(self.now, &spec, &mut self.out).expect("there is room for a few jobs");
        let started = Started { spec, at: self.now, serial: self.ledger.serial, flushed: self.flushed };
        assert!(self.jobs.insert(id, started.clone()).is_none(), "{id:?} is in use");
        self.started.push(started);
    }

    /// Goes on until nothing happens any more.
    fn settle(&mut self) {
        loop {
            self.drain();
            let arrival = self.deliveries.keys().next().map(|(at, _)| *at);
            let deadline = self.resolver.next_deadline();
            let Some(next) = arrival.into_iter().chain(deadline).min() else { return };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                self.deliver();
            } else {
                self.resolver.handle_timer(self.now, &mut self.out);
                assert!(self.resolver.next_deadline() > Some(self.now) || self.resolver.next_deadline().is_none());
            }
        }
    }

    /// Takes what came out, until nothing comes any more.
    fn drain(&mut self) {
        loop {
            for handle in core::mem::take(&mut self.out.released) {
                // Its message may have been taken back before it was taken out, so it need not be in flight.
                self.flights.remove(&handle);
                assert!(self.landed.insert(handle), "{handle:?} ends twice");
                self.events.push(Event::Released(self.now, handle));
            }
            for (id, resolution) in core::mem::take(&mut self.out.lists) {
                let Some(started) = self.jobs.get(&id).cloned() else { panic!("{id:?} is not under way") };
                if resolution.stage == Stage::Done {
                    self.jobs.remove(&id);
                }
                started.check(&resolution, &self.ledger, &self.statics, self.now);
                self.events.push(Event::Listed(self.now, id, resolution));
            }
            let Some(datagram) = self.out.sends.pop_front() else { break };
            self.events.push(Event::Sent(self.now, datagram.clone()));
            self.note(&datagram);
            self.travel(&datagram);
        }
        assert!(self.jobs.is_empty() || !self.flights.is_empty(), "a job waits for nothing");
        assert!(self.flights.len() <= MAX_IN_FLIGHT, "{} queries in flight", self.flights.len());
    }

    /// Checks a message that leaves.
    fn note(&mut self, datagram: &DnsDatagram) {
        self.sent += 1;
        assert!(self.events.len() <= MAX_MESSAGES, "no end in sight");
        let query = decode(&datagram.bytes, &self.any_name).expect("a query can be read");
        let question = query.question.expect("a query has a question");
        assert!(!query.is_response && datagram.server.0 < self.device.servers as u32);
        assert!(!self.landed.contains(&datagram.query), "{:?} is over", datagram.query);
        if !self.flights.contains_key(&datagram.query) {
            self.note_first(datagram.query, &question, query.id);
        }
        let timeout_ms = self.device.settings.dns_query_timeout_ms;
        let tries = u64::from(self.device.settings.dns_retry_times) + 1 + EXTRA_TRIES;
        let most = tries * self.device.servers as u64;
        let Some(flight) = self.flights.get_mut(&datagram.query) else { return };
        assert!((&flight.question, flight.id) == (&question, query.id), "a query that changes its question");
        flight.messages += 1;
        flight.asked.insert(datagram.server.0);
        assert!(flight.messages <= most, "{question:?} was sent {} times", flight.messages);
        assert!(self.now.since(flight.began) <= most * timeout_ms, "{question:?} takes too long");
    }

    fn note_first(&mut self, handle: QueryHandle, question: &Question, id: u16) {
        for flight in self.flights.values() {
            assert!(flight.question != *question, "{question:?} is asked twice at a time");
            assert!(flight.id != id, "two queries have the id {id}");
        }
        let is_meant = |started: &Started| started.names(&self.ledger, &self.statics).contains(&question.name);
        assert!(self.started.iter().any(is_meant), "nothing leads to {question:?}");
        let count = self.landed.len() + self.flights.len();
        assert!(count < MAX_JOBS * MAX_QUESTIONS, "{count} questions");
        let flight = Flight { question: question.clone(), id, began: self.now, messages: 0, asked: BTreeSet::new() };
        self.flights.insert(handle, flight);
    }

    /// What becomes of a message, and what else happens at this moment.
    fn travel(&mut self, datagram: &DnsDatagram) {
        let act = self.script.below(32);
        if act == 31 {
            let DnsDatagram { query, server, transport, .. } = datagram;
            return self.resolver.send_failed(self.now, *query, *server, *transport, &mut self.out);
        }
        for delivery in behave(&mut self.script, datagram) {
            let key = (self.now.after(delivery.after_ms), self.sent << 8 | self.deliveries.len() as u64 & 0xff);
            self.deliveries.insert(key, delivery);
        }
        match act {
            30 => {
                if let Some((id, _)) = self.jobs.pop_first() {
                    self.resolver.cancel(id, &mut self.out);
                }
            }
            29 => {
                self.flushed = self.ledger.serial;
                self.resolver.start_anew(self.now, &mut self.out);
            }
            28 => {
                self.device.servers = 1 + self.script.below(3);
                self.resolver.set_servers(self.now, self.device.servers, &mut self.out);
            }
            27 => self.start(),
            _ => {}
        }
    }

    /// Something arrives. The ledger learns it if it answers what is in flight.
    fn deliver(&mut self) {
        let Some((_, Delivery { server, bytes, .. })) = self.deliveries.pop_first() else { return };
        if let Ok(message) = decode(&bytes, &self.any_name)
            && let Some(flight) = self.flights.values().find(|flight| flight.id == message.id)
            && flight.asked.contains(&server)
        {
            let question = flight.question.clone();
            self.ledger.learn(self.now, &question, message);
        }
        self.resolver.handle_datagram(self.now, DnsServerIndex(server), &bytes, &mut self.out);
    }
}
