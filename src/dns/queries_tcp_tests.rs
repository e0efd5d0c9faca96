//! Truncated answers, and queries over TCP.

use super::tests::{Bench, TIMEOUT, good, is_answer};
use crate::dns::answer::{Outcome, QueryFailure};
use crate::dns::testing::{Reply, address};
use crate::types::{DnsServerIndex, DnsTransport, Time};

const UDP: DnsTransport = DnsTransport::Udp;
const TCP: DnsTransport = DnsTransport::Tcp;

fn cut(query: &[u8]) -> Vec<u8> {
    let mut reply = Reply::to(query).answers([address("pbx.test", 60, "192.0.2.1")]);
    reply.flags |= 0x0200;
    reply.bytes()
}

impl Bench {
    /// One question to these servers, each with one try and the retries named.
    fn asking(servers: usize, retries: u32) -> Bench {
        let mut bench = Bench::new(servers, retries);
        bench.ask(0, "pbx.test").unwrap();
        bench
    }

    /// The next message: server and transport are as expected, and it comes back.
    fn sent_by(&mut self, server: u32, transport: DnsTransport) -> Vec<u8> {
        let message = self.out.sends.pop_front().expect("a message is due");
        assert_eq!((message.server.0, message.transport), (server, transport));
        message.bytes
    }

    fn refuses(&mut self, at: u64, server: u32, transport: DnsTransport) {
        let (query, _) = self.queries.table.iter().next().unwrap();
        self.queries.send_failed(Time(at), super::QueryHandle(query), DnsServerIndex(server), transport, &mut self.out);
    }

    fn failure(&mut self) -> QueryFailure {
        match self.outcome() {
            Some(Outcome::Failed(failure)) => failure,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_truncated_answer_is_asked_again_over_tcp_at_the_same_server_at_once() {
    let mut bench = Bench::asking(2, 0);
    let query = bench.sent_by(0, UDP);
    bench.arrives(1_000, 0, &cut(&query));
    assert_eq!(bench.sent_by(0, TCP), query, "the same message");
    assert_eq!(bench.queries.next_deadline(), Some(Time(1_000 + TIMEOUT)), "with a time-out of its own");
    bench.arrives(1_001, 0, &good(&query));
    assert!(is_answer(bench.outcome()));
    let counters = bench.queries.counters();
    assert_eq!((counters.truncated, counters.queries_over_tcp, counters.queries_sent[0]), (1, 1, 2));
}

#[test]
fn a_server_without_tcp_has_failed_but_is_not_asked_last() {
    let mut bench = Bench::asking(2, 0);
    let query = bench.sent_by(0, UDP);
    bench.arrives(1, 0, &cut(&query));
    bench.sent_by(0, TCP);
    bench.refuses(2, 0, TCP);
    let query = bench.sent_by(1, UDP);
    bench.arrives(3, 1, &good(&query));
    assert!(is_answer(bench.outcome()));
    bench.ask(4, "other.test").unwrap();
    bench.sent_by(0, UDP);
}

#[test]
fn tcp_that_is_silent_leads_to_the_next_server_and_then_to_a_failure() {
    let mut bench = Bench::asking(2, 0);
    for server in 0..2 {
        let at = u64::from(server) * TIMEOUT;
        let query = bench.sent_by(server, UDP);
        bench.arrives(at, server, &cut(&query));
        bench.sent_by(server, TCP);
        bench.time(at + TIMEOUT);
    }
    assert_eq!(bench.failure(), QueryFailure::Truncated);
    assert_eq!(bench.out.released.len(), 1);
}

#[test]
fn a_server_that_truncated_is_asked_over_tcp_in_later_rounds_too() {
    let mut bench = Bench::asking(2, 1);
    let query = bench.sent_by(0, UDP);
    bench.arrives(0, 0, &cut(&query));
    for (server, transport) in [(0, TCP), (1, UDP), (0, TCP), (1, UDP)] {
        bench.sent_by(server, transport);
        bench.refuses(0, server, transport);
    }
    assert!(matches!(bench.outcome(), Some(Outcome::Failed(_))));
}

#[test]
fn another_copy_of_the_truncated_datagram_does_not_end_the_tcp_try() {
    let mut bench = Bench::asking(2, 0);
    let query = bench.sent_by(0, UDP);
    bench.arrives(0, 0, &cut(&query));
    bench.sent_by(0, TCP);
    bench.arrives(1, 0, &cut(&query));
    assert!(bench.out.sends.is_empty());
    assert_eq!(bench.queries.counters().datagrams_ignored_unmatched, 1);
    bench.arrives(2, 0, &good(&query));
    assert!(is_answer(bench.outcome()));
}

#[test]
fn a_late_truncated_answer_waits_for_the_turn_of_its_server() {
    let mut bench = Bench::asking(2, 0);
    let query = bench.sent_by(0, UDP);
    bench.time(TIMEOUT);
    bench.sent_by(1, UDP);
    bench.arrives(TIMEOUT + 1, 0, &cut(&query));
    assert!(bench.out.sends.is_empty(), "one server at a time");
    bench.refuses(TIMEOUT + 2, 1, UDP);
    bench.sent_by(0, TCP);
    bench.arrives(TIMEOUT + 3, 0, &good(&query));
    assert!(is_answer(bench.outcome()));
}

#[test]
fn what_becomes_of_a_connection_given_up_does_not_end_another_try() {
    let mut bench = Bench::asking(2, 0);
    let query = bench.sent_by(0, UDP);
    bench.arrives(0, 0, &cut(&query));
    bench.sent_by(0, TCP);
    bench.time(TIMEOUT);
    let query = bench.sent_by(1, UDP);
    bench.refuses(TIMEOUT + 1, 0, TCP);
    bench.refuses(TIMEOUT + 1, 1, TCP);
    bench.arrives(TIMEOUT + 2, 1, &cut(&query));
    bench.sent_by(1, TCP);
    bench.refuses(TIMEOUT + 3, 1, UDP);
    bench.arrives(TIMEOUT + 4, 1, &good(&query));
    assert!(is_answer(bench.outcome()));
}

#[test]
fn tcp_from_the_start_when_the_configuration_says_so() {
    let mut bench = Bench::new(2, 0);
    bench.queries.set_transport(TCP);
    bench.ask(0, "pbx.test").unwrap();
    let query = bench.sent_by(0, TCP);
    // Until the end of a query nothing changes about it.
    bench.queries.set_transport(UDP);
    bench.refuses(1, 0, TCP);
    let again = bench.sent_by(1, TCP);
    assert_eq!(again[..2], query[..2]);
    bench.arrives(2, 1, &good(&again));
    assert!(is_answer(bench.outcome()));
    bench.ask(3, "other.test").unwrap();
    bench.sent_by(1, UDP);
}

#[test]
fn all_servers_silent_over_tcp_fail_the_question() {
    let mut bench = Bench::new(2, 1);
    bench.queries.set_transport(TCP);
    bench.ask(0, "pbx.test").unwrap();
    for (round, server) in [0, 1, 0, 1].into_iter().enumerate() {
        bench.sent_by(server, TCP);
        bench.time((round as u64 + 1) * TIMEOUT);
    }
    assert_eq!(bench.failure(), QueryFailure::Silent);
}

#[test]
fn an_answer_truncated_over_tcp_is_a_failure_of_that_server() {
    let mut bench = Bench::new(2, 3);
    bench.queries.set_transport(TCP);
    bench.ask(0, "pbx.test").unwrap();
    for server in 0..2 {
        let query = bench.sent_by(server, TCP);
        bench.arrives(1, server, &cut(&query));
    }
    assert_eq!(bench.failure(), QueryFailure::Truncated);
}

#[test]
fn a_server_without_edns_is_asked_again_without_over_tcp() {
    let mut bench = Bench::asking(1, 0);
    let query = bench.sent_by(0, UDP);
    bench.arrives(0, 0, &cut(&query));
    let query = bench.sent_by(0, TCP);
    bench.arrives(1, 0, &Reply::to(&query).code(1).bytes());
    let plain = bench.sent_by(0, TCP);
    assert_eq!((query[11], plain[11]), (1, 0));
    bench.arrives(2, 0, &good(&plain));
    assert!(is_answer(bench.outcome()));
}

#[test]
fn a_long_answer_is_read_as_far_as_its_bounds_allow() {
    let mut bench = Bench::asking(1, 0);
    let query = bench.sent_by(0, UDP);
    bench.arrives(0, 0, &cut(&query));
    let query = bench.sent_by(0, TCP);
    // 65,5xx bytes of address records, each with its name in full.
    let records =
        (0..1_980u32).map(|n| address("pbx.test", 60, &std::net::Ipv4Addr::from(0x0a00_0000 + n).to_string()));
    let mut long = Reply::to(&query).answers(records).bytes();
    assert!(long.len() < 65_535);
    bench.arrives(1, 0, &long);
    let Some(Outcome::Records { records, .. }) = bench.outcome() else { panic!() };
    assert_eq!(records.len(), 64);
    // One byte more than a length can say is not read at all.
    bench.ask(2, "pbx.test").unwrap();
    let query = bench.sent_by(0, UDP);
    long[..2].copy_from_slice(&query[..2]);
    long.resize(65_536, 0);
    bench.arrives(2, 0, &long);
    assert_eq!(bench.outcome(), None);
    assert_eq!(bench.queries.counters().datagrams_ignored_malformed, 1);
}
