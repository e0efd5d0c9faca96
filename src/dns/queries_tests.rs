use super::{DnsOutput, MAX_IN_FLIGHT, Queries, QueriesFull, QueryTiming};
use crate::dns::answer::{Outcome, QueryFailure};
use crate::dns::record::{Question, RecordKind};
use crate::dns::testing::{Reply, address, alias, name, question, soa};
use crate::types::{DnsServerIndex, DnsTransport, Random, Time};
use proptest::prelude::*;
use std::collections::BTreeSet;

pub const TIMEOUT: u64 = 3_000;

pub struct Bench {
    pub queries: Queries,
    pub out: DnsOutput,
}

impl Bench {
    pub fn new(servers: usize, retries: u32) -> Bench {
        let mut queries = Queries::new(QueryTiming { timeout_ms: TIMEOUT, retries }, Random::new(&[1; 32]));
        let mut out = DnsOutput::default();
        queries.set_servers(Time(0), servers, &mut out);
        Bench { queries, out }
    }

    pub fn ask(&mut self, at: u64, text: &str) -> Result<(), QueriesFull> {
        self.queries.start(Time(at), pbx(text), &mut self.out)
    }

    /// The next datagram: server and bytes.
    pub fn sent(&mut self) -> (u32, Vec<u8>) {
        let datagram = self.out.sends.pop_front().expect("a datagram is due");
        (datagram.server.0, datagram.bytes)
    }

    pub fn arrives(&mut self, at: u64, server: u32, bytes: &[u8]) {
        self.queries.handle_datagram(Time(at), DnsServerIndex(server), bytes, &mut self.out);
    }

    pub fn time(&mut self, at: u64) {
        self.queries.handle_timer(Time(at), &mut self.out);
    }

    pub fn outcome(&mut self) -> Option<Outcome> {
        self.out.finished.pop_front().map(|(_, outcome)| outcome)
    }
}

fn pbx(text: &str) -> Question {
    question(text, RecordKind::A)
}

pub fn good(query: &[u8]) -> Vec<u8> {
    Reply::to(query).answers([address("pbx.test", 60, "192.0.2.1")]).bytes()
}

pub fn is_answer(outcome: Option<Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Records { ttl_s: 60, .. }))
}

#[test]
fn the_answer_settles_the_question_and_releases_the_handle() {
    let mut bench = Bench::new(1, 2);
    bench.ask(0, "pbx.test").unwrap();
    let handle = bench.out.sends[0].query;
    let (server, query) = bench.sent();
    bench.arrives(10, server, &good(&query));
    assert!(is_answer(bench.outcome()));
    assert_eq!(bench.out.released, [handle]);
    assert_eq!(bench.queries.next_deadline(), None);
    // The same datagram again answers nothing.
    bench.arrives(11, server, &good(&query));
    assert_eq!(bench.outcome(), None);
    assert_eq!(bench.queries.counters().datagrams_ignored_unmatched, 1);
}

#[test]
fn identical_questions_in_flight_are_one_query() {
    let mut bench = Bench::new(1, 0);
    bench.ask(0, "pbx.test").unwrap();
    bench.ask(0, "PBX.Test").unwrap();
    bench.sent();
    assert!(bench.out.sends.is_empty());
}

#[test]
fn silence_goes_round_the_servers_and_then_fails() {
    let mut bench = Bench::new(2, 1);
    bench.ask(0, "pbx.test").unwrap();
    let mut order = vec![bench.sent().0];
    for round in 1..4 {
        assert_eq!(bench.queries.next_deadline(), Some(Time(round * TIMEOUT)));
        bench.time(round * TIMEOUT);
        order.push(bench.sent().0);
    }
    assert_eq!(order, [0, 1, 0, 1]);
    bench.time(4 * TIMEOUT);
    assert_eq!(bench.outcome(), Some(Outcome::Failed(QueryFailure::Silent)));
    assert_eq!(bench.queries.counters().timeouts, 4);
}

#[test]
fn a_server_that_failed_is_asked_last_for_a_while() {
    let mut bench = Bench::new(2, 0);
    bench.ask(0, "pbx.test").unwrap();
    bench.sent();
    bench.time(TIMEOUT);
    let (server, query) = bench.sent();
    bench.arrives(TIMEOUT + 1, server, &good(&query));
    bench.ask(TIMEOUT + 2, "pbx.test").unwrap();
    let (server, query) = bench.sent();
    assert_eq!(server, 1);
    bench.arrives(TIMEOUT + 3, server, &good(&query));
    bench.ask(TIMEOUT + 30_000, "pbx.test").unwrap();
    assert_eq!(bench.sent().0, 0);
}

#[test]
fn a_late_answer_of_an_earlier_server_still_counts() {
    let mut bench = Bench::new(2, 0);
    bench.ask(0, "pbx.test").unwrap();
    let (_, query) = bench.sent();
    bench.time(TIMEOUT);
    bench.arrives(TIMEOUT + 1, 0, &good(&query));
    assert!(is_answer(bench.outcome()));
    assert!(bench.out.sends.is_empty(), "the second datagram is no longer needed");
}

#[test]
fn servfail_and_refused_lead_to_the_next_server_at_once() {
    let mut bench = Bench::new(3, 2);
    bench.ask(0, "pbx.test").unwrap();
    for code in [2, 5, 2] {
        let (server, query) = bench.sent();
        bench.arrives(5, server, &Reply::to(&query).code(code).bytes());
    }
    assert_eq!(bench.outcome(), Some(Outcome::Failed(QueryFailure::ServerFailure)));
    let counters = bench.queries.counters();
    assert_eq!((counters.server_failures, counters.refused), (2, 1));
}

#[test]
fn a_server_without_edns_is_asked_again_without() {
    let mut bench = Bench::new(1, 0);
    bench.ask(0, "pbx.test").unwrap();
    let (server, query) = bench.sent();
    let mut reply = Reply::to(&query).code(1);
    reply.question.clear();
    bench.arrives(1, server, &reply.bytes());
    let (server, plain) = bench.sent();
    assert_eq!((server, plain[11]), (0, 0));
    bench.arrives(2, server, &Reply::to(&plain).code(1).bytes());
    assert_eq!(bench.outcome(), Some(Outcome::Failed(QueryFailure::ServerFailure)));
}

#[test]
fn only_a_response_with_the_right_id_server_and_question_counts() {
    let mut bench = Bench::new(2, 0);
    bench.ask(0, "pbx.test").unwrap();
    let (server, query) = bench.sent();
    let reply = Reply::to(&query).answers([address("pbx.test", 60, "192.0.2.1")]);
    let mut wrong = vec![reply.clone(); 3];
    wrong[0].id ^= 1;
    wrong[1].flags &= 0x7fff;
    wrong[2].question[1] ^= 1;
    for wrong in wrong {
        bench.arrives(1, server, &wrong.bytes());
    }
    bench.arrives(1, 1, &reply.bytes());
    assert_eq!(bench.queries.counters().datagrams_ignored_unmatched, 4);
    assert_eq!(bench.outcome(), None);
    let mut shouted = reply;
    shouted.question.make_ascii_uppercase();
    bench.arrives(2, server, &shouted.bytes());
    assert!(is_answer(bench.outcome()), "names compare without regard to case");
}

#[test]
fn a_malformed_datagram_with_the_right_id_does_not_end_the_query() {
    let mut bench = Bench::new(1, 0);
    bench.ask(0, "pbx.test").unwrap();
    let (server, query) = bench.sent();
    let mut bad = good(&query);
    bad[7] = 200;
    bench.arrives(1, server, &bad);
    bench.arrives(1, server, &bad[..5]);
    assert_eq!((bench.queries.counters().datagrams_ignored_malformed, bench.outcome()), (2, None));
    bench.arrives(2, server, &good(&query));
    assert!(is_answer(bench.outcome()));
}

#[test]
fn an_id_drawn_again_in_a_chain_of_queries_is_not_lost() {
    let mut bench = Bench::new(1, 0);
    bench.queries.shrink_ids(1);
    for round in 0..50 {
        bench.ask(round, "a.test").unwrap();
        bench.ask(round, "b.test").unwrap();
        assert_eq!(bench.ask(round, "c.test"), Err(QueriesFull), "no id is left");
        let ((_, a), (_, b)) = (bench.sent(), bench.sent());
        assert_ne!(a[1], b[1]);
        // The chain: a ends, c begins with the id of a, then b ends.
        bench.arrives(round, 0, &Reply::to(&a).bytes());
        bench.ask(round, "c.test").unwrap();
        let (_, c) = bench.sent();
        assert_eq!(c[1], a[1]);
        bench.arrives(round, 0, &Reply::to(&b).bytes());
        bench.arrives(round, 0, &Reply::to(&c).bytes());
        assert_eq!(bench.out.finished.len(), 3);
        bench.out = DnsOutput::default();
    }
}

#[test]
fn a_full_table_starts_nothing_and_says_so() {
    let mut bench = Bench::new(1, 0);
    for n in 0..MAX_IN_FLIGHT {
        bench.ask(0, &format!("n{n}.test")).unwrap();
    }
    assert_eq!(bench.ask(0, "late.test"), Err(QueriesFull));
    bench.ask(0, "n0.test").unwrap();
    assert_eq!(bench.queries.counters().overflows, 1);
}

#[test]
fn other_servers_restart_what_is_in_flight_and_none_fails_it() {
    let mut bench = Bench::new(1, 0);
    bench.ask(0, "pbx.test").unwrap();
    let (_, old) = bench.sent();
    bench.queries.set_servers(Time(1), 2, &mut bench.out);
    let (server, query) = bench.sent();
    assert_eq!(server, 0);
    bench.arrives(2, 0, &good(&old));
    assert_eq!(bench.outcome(), None, "the old server's answer is void");
    assert_ne!(query[..2], old[..2]);
    bench.queries.set_servers(Time(3), 0, &mut bench.out);
    assert_eq!(bench.outcome(), Some(Outcome::Failed(QueryFailure::NoServer)));
    assert_eq!(bench.out.released.len(), 2);
}

#[test]
fn a_datagram_that_cannot_be_sent_is_a_failed_try() {
    let mut bench = Bench::new(1, 1);
    bench.ask(0, "pbx.test").unwrap();
    let handle = bench.out.sends[0].query;
    let mut fail = |server, transport| {
        bench.queries.send_failed(Time(0), handle, DnsServerIndex(server), transport, &mut bench.out);
        bench.out.sends.len()
    };
    assert_eq!(fail(0, DnsTransport::Udp), 2);
    assert_eq!(fail(1, DnsTransport::Udp), 2, "another server is waited for");
    assert_eq!(fail(0, DnsTransport::Tcp), 2, "nothing was asked over TCP");
    assert_eq!(fail(0, DnsTransport::Udp), 0);
    assert_eq!(bench.outcome(), Some(Outcome::Failed(QueryFailure::NotSent)));
    bench.queries.send_failed(Time(0), handle, DnsServerIndex(0), DnsTransport::Udp, &mut bench.out);
    assert_eq!(bench.queries.counters().send_failures, 2);
}

fn answer_to(reply: impl FnOnce(Reply) -> Reply) -> Option<Outcome> {
    let mut bench = Bench::new(1, 0);
    bench.ask(0, "pbx.test").unwrap();
    let (server, query) = bench.sent();
    bench.arrives(1, server, &reply(Reply::to(&query)).bytes());
    bench.outcome()
}

#[test]
fn negative_answers_hold_as_long_as_the_soa_record_says_within_bounds() {
    let held = |ttl, minimum| answer_to(|reply| reply.code(3).authority([soa("test", ttl, minimum)]));
    assert_eq!(held(100, 50), Some(Outcome::NoSuchName { ttl_s: 50 }));
    assert_eq!(held(40, 50), Some(Outcome::NoSuchName { ttl_s: 40 }));
    assert_eq!(held(90_000, 90_000), Some(Outcome::NoSuchName { ttl_s: 300 }));
    assert_eq!(answer_to(|reply| reply.code(3)), Some(Outcome::NoSuchName { ttl_s: 60 }));
    assert_eq!(answer_to(|reply| reply), Some(Outcome::NoData { ttl_s: 60 }));
    let foreign = answer_to(|reply| reply.authority([soa("example", 10, 10)]));
    assert_eq!(foreign, Some(Outcome::NoData { ttl_s: 60 }));
    assert_eq!(answer_to(|reply| reply.authority([soa(".", 10, 9)])), Some(Outcome::NoData { ttl_s: 9 }));
}

#[test]
fn aliases_are_followed_and_shorten_the_ttl() {
    let chain = [alias("b.test", 20, "C.test"), alias("PBX.test", 30, "b.test"), address("c.test", 60, "192.0.2.1")];
    let Some(Outcome::Records { records, ttl_s, .. }) = answer_to(|reply| reply.answers(chain)) else { panic!() };
    assert_eq!((records.len(), records[0].ttl_s, ttl_s), (1, 60, 20));
    let dangling = answer_to(|reply| reply.answers([alias("pbx.test", 30, "b.example")]));
    assert!(matches!(dangling, Some(Outcome::Alias { ttl_s: 30, .. })));
    let nowhere = answer_to(|reply| reply.code(3).answers([alias("pbx.test", 30, "b.example")]));
    let end = |exists| Some(Outcome::AliasOfNothing { target: name("b.example"), exists, ttl_s: 30 });
    assert_eq!(nowhere, end(false));
    let useless =
        |reply: Reply| reply.answers([alias("pbx.test", 30, "b.example")]).authority([soa("example", 90, 90)]);
    assert_eq!(answer_to(useless), end(true));
}

#[test]
fn aliases_in_a_circle_are_a_failure() {
    let circle = answer_to(|reply| reply.answers([alias("pbx.test", 1, "b.test"), alias("b.test", 1, "pbx.test")]));
    assert_eq!(circle, Some(Outcome::Failed(QueryFailure::AliasLoop)));
    let hops: Vec<String> = (0..10).map(|n| if n == 0 { "pbx.test".into() } else { format!("h{n}.test") }).collect();
    let chain = |length: usize| {
        let mut records: Vec<_> = (0..length).map(|n| alias(&hops[n], 1, &hops[n + 1])).collect();
        records.push(address(&hops[length], 1, "192.0.2.1"));
        answer_to(|reply| reply.answers(records))
    };
    assert!(matches!(chain(8), Some(Outcome::Records { .. })));
    assert_eq!(chain(9), Some(Outcome::Failed(QueryFailure::AliasLoop)));
}

#[test]
fn an_answer_without_one_readable_record_is_no_negative_answer() {
    let damaged = crate::dns::testing::record("pbx.test", 1, 60, &[1, 2, 3]);
    assert_eq!(answer_to(|reply| reply.answers([damaged])), Some(Outcome::Failed(QueryFailure::Unreadable)));
}

#[test]
fn foreign_records_in_an_answer_are_not_taken() {
    let foreign = address("bank.test", 60, "192.0.2.66");
    assert_eq!(answer_to(|reply| reply.answers([foreign])), Some(Outcome::NoData { ttl_s: 60 }));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_change_the_outcome_of_a_query_with_another_id(
        mut noise in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20),
    ) {
        let mut bench = Bench::new(1, 0);
        bench.ask(0, "pbx.test").unwrap();
        let (server, query) = bench.sent();
        for bytes in &mut noise {
            if bytes.len() > 1 && bytes[..2] == query[..2] {
                bytes[0] ^= 1;
            }
            bench.arrives(1, server, bytes);
        }
        prop_assert_eq!(bench.outcome(), None);
        bench.arrives(2, server, &good(&query));
        prop_assert!(is_answer(bench.outcome()));
        let counters = bench.queries.counters();
        let ignored = counters.datagrams_ignored_malformed + counters.datagrams_ignored_unmatched;
        prop_assert_eq!(ignored, noise.len() as u64);
    }

    #[test]
    fn whatever_arrives_every_query_ends_exactly_once(
        steps in prop::collection::vec((0u8..5, 0usize..4, 0u32..3, any::<u8>()), 1..120),
    ) {
        let mut bench = Bench::new(2, 1);
        bench.queries.shrink_ids(3);
        let (mut started, mut settled, mut released, mut at) = (0usize, 0usize, 0usize, 0u64);
        let mut seen: Vec<Vec<u8>> = Vec::new();
        for (what, pick, server, byte) in steps {
            let before = bench.queries.table.len();
            match what {
                0 => {
                    let _ = bench.ask(at, &format!("n{pick}.test"));
                    started += bench.queries.table.len() - before;
                }
                1 => at += 1_000,
                2 => bench.time(at),
                3 if !seen.is_empty() => {
                    let mut reply = Reply::to(&seen[pick % seen.len()]).code(u16::from(byte % 6));
                    reply.flags |= if byte > 127 { 0x0200 } else { 0 };
                    bench.arrives(at, server, &reply.bytes());
                }
                _ => bench.arrives(at, server, &[byte; 20]),
            }
            seen.extend(bench.out.sends.drain(..).map(|datagram| datagram.bytes));
            settled += bench.out.finished.drain(..).count();
            released += bench.out.released.drain(..).count();
            prop_assert_eq!(started, settled + bench.queries.table.len());
            prop_assert_eq!(settled, released);
            prop_assert_eq!(bench.queries.timers.len(), bench.queries.table.len());
            let queries = || bench.queries.table.iter().map(|(_, query)| query);
            let ids: BTreeSet<u16> = queries().map(|query| query.id).collect();
            let questions: BTreeSet<&Question> = queries().map(|query| &query.question).collect();
            prop_assert_eq!([ids.len(), questions.len()], [bench.queries.table.len(); 2]);
        }
    }
}
