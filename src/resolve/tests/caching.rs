//! What is asked again, what is shared, and what is bounded.

use super::{Bench, Mood, Zone, fixed, list, spec};
use crate::config::{AccountDns, DnsCacheType};
use crate::dns::testing::{Reply, address};
use crate::resolve::{JobsFull, Resolution, ResolveSpec, ResolverOptions, Stage};
use crate::types::{DnsServerIndex, Time, Transport};
use proptest::prelude::*;

fn zone(ttl: u32) -> Zone {
    Zone::default().a("h.test", ttl, "192.0.2.1")
}

fn plain() -> ResolveSpec {
    ResolveSpec { port: 5060, ..spec("h.test") }
}

fn real_time() -> ResolveSpec {
    ResolveSpec { dns: AccountDns { cache_type: DnsCacheType::RealTime, ..plain().dns }, ..plain() }
}

#[test]
fn an_answer_is_asked_for_once_while_its_ttl_lasts() {
    let mut bench = Bench::new(zone(60));
    bench.resolve(&plain());
    bench.now += 59_999;
    let resolution = bench.resolve(&plain());
    assert_eq!((bench.asked.len(), bench.resolver.counters().cache_hits), (1, 1));
    assert_eq!(resolution.valid_until, Time(bench.now + 1));
    bench.now += 1;
    bench.resolve(&plain());
    assert_eq!(bench.asked.len(), 2);
}

#[test]
fn a_ttl_of_zero_serves_the_job_under_way_and_no_later_one() {
    let mut bench = Bench::new(zone(0));
    assert_eq!(bench.resolve(&plain()).targets.len(), 1);
    bench.resolve(&plain());
    assert_eq!(bench.asked.len(), 2);
}

#[test]
fn real_time_queries_ask_dns_every_time_and_still_share_what_is_in_flight() {
    let mut bench = Bench::new(zone(60));
    bench.resolve(&plain());
    bench.resolve(&real_time());
    assert_eq!(bench.asked.len(), 2);
    let (one, two) = (bench.start(&real_time()), bench.start(&real_time()));
    assert_eq!((bench.finish(one).targets.len(), bench.finish(two).targets.len()), (1, 1));
    assert_eq!(bench.asked.len(), 3);
}

#[test]
fn a_real_time_job_takes_what_others_learned_since_it_began() {
    let services = Zone::default().srv("_sip._udp.h.test", 60, [0, 0, 0], "a.test").a("a.test", 0, "192.0.2.1");
    let mut bench = Bench::new(services.mute("_sip._udp.h.test", 33));
    let job = bench.start(&ResolveSpec { dns: real_time().dns, ..fixed("h.test", Transport::Udp) });
    bench.serve();
    bench.resolve(&ResolveSpec { port: 5060, ..spec("a.test") });
    bench.zone.mute.clear();
    assert_eq!(bench.finish(job).targets.len(), 1);
    assert_eq!(bench.asked.iter().filter(|question| *question == "A a.test").count(), 1);
}

#[test]
fn negative_answers_are_remembered_for_as_long_as_the_soa_record_says() {
    let mut bench = Bench::new(Zone::default());
    let first = bench.resolve(&plain());
    assert_eq!(first.valid_until, Time(bench.now + 120_000));
    bench.now += 119_999;
    bench.resolve(&plain());
    assert_eq!(bench.asked.len(), 1);
    bench.now += 1;
    bench.resolve(&plain());
    assert_eq!(bench.asked.len(), 2);
}

#[test]
fn a_failure_is_held_for_five_seconds() {
    let mut bench = Bench::with(zone(60), &[Mood::ServFail], ResolverOptions::default());
    bench.resolve(&plain());
    bench.now += 4_999;
    assert!(bench.resolve(&real_time()).targets.is_empty());
    assert_eq!(bench.asked.len(), 1);
    bench.now += 1;
    bench.servers = vec![Mood::Good];
    assert_eq!(bench.resolve(&plain()).targets.len(), 1);
}

#[test]
fn a_host_that_is_missing_because_its_query_failed_is_asked_for_again_soon() {
    let zone = Zone::default()
        .srv("_sip._udp.h.test", 600, [1, 0, 0], "a.test")
        .srv("_sip._udp.h.test", 600, [2, 0, 0], "b.test")
        .a("a.test", 600, "192.0.2.1")
        .a("b.test", 600, "192.0.2.2");
    let mut bench = Bench::new(zone.mute("a.test", 1));
    let udp = fixed("h.test", Transport::Udp);
    let job = bench.start(&udp);
    let resolution = bench.run_until(job, |list| list.stage == Stage::Done);
    assert_eq!(list(&resolution), ["udp 192.0.2.2:5060"]);
    assert_eq!(resolution.valid_until, Time(1_000 + 600_000), "what is there need not be asked for");
    assert_eq!(resolution.retry_at, Time(bench.now + 5_000));
    bench.zone.mute.clear();
    bench.now += 5_000;
    assert_eq!(list(&bench.resolve(&udp)), ["udp 192.0.2.1:5060", "udp 192.0.2.2:5060"]);
}

#[test]
fn other_servers_void_a_held_failure() {
    let mut bench = Bench::with(zone(60), &[Mood::ServFail], ResolverOptions::default());
    bench.resolve(&plain());
    bench.servers = vec![Mood::Good];
    bench.resolver.set_servers(Time(bench.now), 1, &mut bench.out);
    assert_eq!(bench.resolve(&plain()).targets.len(), 1);
}

#[test]
fn the_next_server_is_asked_when_one_is_silent() {
    let mut bench = Bench::with(zone(60), &[Mood::Silent, Mood::Good], ResolverOptions::default());
    assert_eq!(bench.resolve(&plain()).targets.len(), 1);
    assert_eq!(bench.now, 1_000 + 3_000);
}

#[test]
fn losing_all_servers_ends_the_jobs_that_wait_for_them() {
    let mut bench = Bench::with(zone(60), &[Mood::Silent], ResolverOptions::default());
    let job = bench.start(&plain());
    bench.resolver.set_servers(Time(bench.now), 0, &mut bench.out);
    let resolution = bench.finish(job);
    assert_eq!((resolution.targets.len(), resolution.valid_until), (0, Time::NEVER));
    assert_eq!((bench.resolver.next_deadline(), bench.out.sends.len()), (None, 0));
    bench.servers = vec![Mood::Good];
    bench.resolver.set_servers(Time(bench.now), 1, &mut bench.out);
    assert_eq!(bench.resolve(&plain()).targets.len(), 1);
}

#[test]
fn a_flush_forgets_answers() {
    let mut bench = Bench::new(zone(60));
    bench.resolve(&plain());
    bench.resolver.start_anew(Time(bench.now), &mut bench.out);
    bench.resolve(&plain());
    assert_eq!(bench.asked.len(), 2);
}

#[test]
fn a_cache_of_one_entry_still_resolves_a_large_domain_and_asks_each_question_once() {
    let mut zone = Zone::default();
    for n in 1..=30 {
        let host = format!("s{n}.h.test");
        zone = zone.srv("_sip._udp.h.test", 60, [n, 0, 0], &host).a(&host, 60, &format!("192.0.2.{n}"));
    }
    let options = ResolverOptions { cache_entries: 1, ..ResolverOptions::default() };
    let mut bench = Bench::with(zone, &[Mood::Good], options);
    let job = bench.start(&fixed("h.test", Transport::Udp));
    bench.serve();
    assert_eq!(bench.out.sends.len(), 16, "one job does not fill the table of queries");
    let resolution = bench.finish(job);
    assert_eq!(resolution.targets.len(), 30);
    assert_eq!(bench.asked.len(), 31);
}

#[test]
fn more_questions_than_fit_in_flight_are_asked_one_after_the_other() {
    let mut zone = Zone::default();
    for n in 0..100 {
        zone = zone.a(&format!("n{n}.test"), 60, "192.0.2.1");
    }
    let mut bench = Bench::new(zone);
    let jobs: Vec<_> =
        (0..100).map(|n| bench.start(&ResolveSpec { port: 5060, ..spec(&format!("n{n}.test")) })).collect();
    for job in jobs {
        assert_eq!(bench.finish(job).targets.len(), 1);
    }
    assert_eq!((bench.asked.len(), bench.now), (100, 1_000), "room is used as soon as it is there");
}

#[test]
fn a_cancelled_job_never_ends_and_the_table_of_jobs_is_bounded() {
    let mut bench = Bench::new(zone(60));
    let job = bench.start(&plain());
    bench.resolver.cancel(job, &mut bench.out);
    while bench.serve() > 0 {}
    assert!(bench.out.lists.is_empty());
    assert_eq!(bench.resolver.next_deadline(), None);
    let instant = bench.start(&plain());
    bench.resolver.cancel(instant, &mut bench.out);
    assert!(bench.out.lists.is_empty(), "an end that was not taken yet is taken back");
    bench.resolver.start_anew(Time(bench.now), &mut bench.out);
    let started = (0..300).filter(|_| bench.resolver.start(Time(bench.now), &plain(), &mut bench.out) != Err(JobsFull));
    assert_eq!(started.count(), 256);
    assert_eq!(bench.resolver.counters().jobs_refused, 44);
}

#[test]
fn a_forged_answer_changes_nothing() {
    let mut bench = Bench::new(zone(60));
    let job = bench.start(&plain());
    let query = bench.out.sends[0].bytes.clone();
    let mut forged = Reply::to(&query).answers([address("h.test", 60, "192.0.2.66")]);
    forged.id ^= 0x5555;
    bench.resolver.handle_datagram(Time(bench.now), DnsServerIndex(0), &forged.bytes(), &mut bench.out);
    assert_eq!(bench.resolver.counters().dns.datagrams_ignored_unmatched, 1);
    assert_eq!(list(&bench.finish(job)), ["udp 192.0.2.1:5060"]);
}

proptest! {
    /// Same inputs, same outputs; every job ends once; every handle is released once; nothing is left over.
    #[test]
    fn every_job_ends_and_the_same_run_gives_the_same_results(
        jobs in prop::collection::vec((0u64..4, 0usize..3, any::<bool>(), 0u64..9_000), 1..30),
        moods in prop::collection::vec(0u8..3, 1..3),
        noise in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let is_end = |list: &Resolution| list.stage == Stage::Done;
        let run = || {
            let zone = Zone::default()
                .naptr("h0.test", 30, [1, 1], ["s", "SIP+D2T", ""], "_sip._tcp.h0.test")
                .srv("_sip._tcp.h0.test", 0, [0, 0, 0], "h1.test")
                .srv("_sip._tcp.h0.test", 0, [0, 0, 0], "h2.test")
                .a("h1.test", 1, "192.0.2.1")
                .alias("h2.test", 2, "h1.test");
            let moods: Vec<Mood> = moods
                .iter()
                .map(|mood| [Mood::Good, Mood::Silent, Mood::ServFail][usize::from(*mood)])
                .collect();
            let options = ResolverOptions { cache_entries: 3, ..ResolverOptions::default() };
            let mut bench = Bench::with(zone, &moods, options);
            let mut ids = Vec::new();
            for (account, host, fresh, pause) in &jobs {
                let mut job = ResolveSpec { tie_break: *account, ..spec(&format!("h{host}.test")) };
                if *fresh {
                    job.dns.cache_type = DnsCacheType::RealTime;
                }
                ids.push(bench.start(&job));
                bench.resolver.handle_datagram(Time(bench.now), DnsServerIndex(0), &noise, &mut bench.out);
                bench.serve();
                bench.now += pause;
                bench.resolver.handle_timer(Time(bench.now), &mut bench.out);
            }
            let results: Vec<_> = ids.into_iter().map(|id| bench.run_until(id, is_end)).collect();
            let ends = bench.out.lists.iter().filter(|(_, list)| is_end(list)).count();
            (results, bench.asked, ends, bench.now)
        };
        let (results, asked, left, now) = run();
        prop_assert_eq!(left, 0);
        for resolution in &results {
            prop_assert_eq!(resolution.targets.is_empty(), resolution.failure.is_some());
        }
        prop_assert_eq!((results, asked, left, now), run());
    }
}
