//! The trace answers "why did this phone go there?" in one call, and the same inputs leave the same trace.

use super::random::{apply, config, input};
use super::world::{options, settings};
use super::{B, P, World, domain, domain_and_fallback, successive};
use crate::account::Action;
use crate::engine::{Engine, TraceFormat};
use crate::types::AccountId;
use proptest::prelude::*;

/// 2026-11-22 14:00:00 UTC, the time of day at the start of a world.
const START: u64 = 1_795_356_000_000;

fn trace(world: &World, format: TraceFormat) -> String {
    world.engine.trace(world.clock(), START + world.now, format)
}

#[test]
fn why_the_phone_went_to_server_2_stands_in_the_trace() {
    let mut world = World::started(&domain_and_fallback(&["fallback.register_switch = 1"]));
    world.at(190.0);
    world.down(&[P, B]);
    world.invite();
    world.at(240.0);
    let text = trace(&world, TraceFormat::Text);
    let expected = [
        "2026-11-22 14:03:10.000Z     -50.000s  account 1: [",
        "INVITE -> 192.168.1.14:5060/udp (server 1), up to 7.5 s",
        "INVITE at 192.168.1.14:5060/udp failed: no response in time",
        "INVITE at 192.168.1.13:5060/udp failed: no response in time",
        "account 1: server 2 takes over (no response in time)",
        "INVITE -> 192.168.1.15:5060/udp (server 2), up to 32 s",
        "INVITE at 192.168.1.15:5060/udp: 200",
        "INVITE ended: answered (response 200)",
    ];
    let mut rest = text.as_str();
    for line in expected {
        let at = rest.find(line).unwrap_or_else(|| panic!("{line:?} is missing behind what was found, in\n{text}"));
        rest = &rest[at + line.len()..];
    }
    for line in
        ["DNS server 1 is asked: A pbx.example.com", "DNS: A pbx.example.com: 2 records", "target 2 is 192.168.1.13"]
    {
        assert!(text.contains(line), "{line:?} is missing in\n{text}");
    }
}

#[test]
fn the_ladder_has_a_lane_for_each_target() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(120.0);
    let ladder = trace(&world, TraceFormat::Ladder);
    let expected = [
        "lane 1: 192.168.1.14:5060/udp",
        "lane 2: 192.168.1.15:5060/udp",
        "              phone         1             2",
        "14:00:00.000  |-REGISTER--->|             |",
        "14:00:00.000  |<-200--------|             |",
        "14:01:40.000  |-INVITE----->|             |",
        "14:01:47.500  |.no respon..x|             |",
    ];
    for line in expected {
        assert!(ladder.lines().any(|drawn| drawn == line), "{line:?} is missing in\n{ladder}");
    }
    assert!(ladder.contains("14:01:47.500  |-INVITE------------------->|"), "{ladder}");
}

#[test]
fn the_ring_keeps_the_latest_and_counts_what_it_lost() {
    let mut small = options();
    small.trace_entries = 16;
    let mut world = World::with(&successive(&[]), small);
    world.start();
    for minute in 1..20 {
        world.at(f64::from(minute) * 60.0);
        world.invite();
    }
    let text = trace(&world, TraceFormat::Text);
    assert_eq!(text.lines().count(), 16);
    assert!(text.lines().last().unwrap().contains("14:19:00.000Z"), "{text}");
    assert!(world.engine.counters().trace_lost > 30);
    let mut off = options();
    off.trace_entries = 0;
    let mut world = World::with(&successive(&[]), off);
    world.start();
    assert_eq!(trace(&world, TraceFormat::Text), "");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_recording_of_the_inputs_replays_to_the_same_decisions(
        first in 0..13usize,
        jitter in any::<bool>(),
        inputs in prop::collection::vec(input(), 1..50),
    ) {
        let mut options = options();
        options.account.jitter = jitter;
        let mut world = World::with(&config(first), options);
        world.start();
        for input in inputs {
            apply(&mut world, input);
        }
        world.run_to(world.now + 600_000);
        prop_assert!(world.engine.recorded() > 1);
        let again = world.engine.replay();
        let facts = again.trace(world.clock(), START + world.now, TraceFormat::JsonLines);
        prop_assert_eq!(trace(&world, TraceFormat::JsonLines), facts);
        // To the last number: tables, deadlines, health, cache, generators.
        prop_assert_eq!(format!("{:?}", *world.engine), format!("{again:?}"));
    }
}

#[test]
fn a_list_stands_in_the_trace_and_in_the_log_before_the_attempt_that_it_led_to() {
    let statics = [
        "sip_server.1.port = 5060",
        "static_cache_pri = 1",
        "dns_cache_a.1.name = pbx.example.com",
        "dns_cache_a.1.ip = 192.168.1.14",
    ];
    let mut engine = Engine::new(options(), &settings(&domain(&statics)), 0);
    engine.start_account(0, AccountId(1)).unwrap();
    let trace = engine.trace(0, 0, TraceFormat::Text);
    let place = |what: &str| trace.lines().position(|line| line.contains(what)).expect(what);
    assert!(place("new list of targets") < place("REGISTER -> "), "{trace}");
    let lines = core::iter::from_fn(|| engine.next_action()).filter_map(|action| match action {
        Action::Log(_, line) => Some(line),
        _ => None,
    });
    let lines: Vec<String> = lines.collect();
    let place = |what: &str| lines.iter().position(|line| line.contains(what)).expect(what);
    assert!(place("targets are") < place("REGISTER to "), "{lines:?}");
}
