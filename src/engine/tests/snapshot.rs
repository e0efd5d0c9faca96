//! A restart: what the device knew before is of use, as far as it may be.

use super::{B, Dns, F, P, World, domain, domain_and_fallback};
use crate::engine::InputError;

/// The time of day when the worlds here begin, ms since 1970.
const NOON: u64 = 1_800_000_000_000;

/// A world that lived for a while, as bytes.
fn before(text: &str, seconds: f64) -> Vec<u8> {
    let mut world = World::started(text);
    world.at(seconds);
    world.engine.export(world.clock(), NOON)
}

/// A world after a restart, in which DNS is silent.
fn after(text: &str, snapshot: &[u8], unix_ms: u64) -> World {
    let mut world = World::new(text);
    world.clock = 3_000;
    world.dns = Dns::Silent;
    world.engine.import(world.clock(), unix_ms, snapshot).unwrap();
    world
}

#[test]
fn a_phone_that_boots_while_dns_is_down_registers_at_the_primary() {
    let text = domain(&[]);
    let snapshot = before(&text, 1_000.0);
    for unix_ms in [NOON + 600_000, 0, NOON - 1] {
        let mut world = after(&text, &snapshot, unix_ms);
        world.start();
        world.at(5.0);
        assert_eq!(world.sent(), ["1.8 REGISTER 192.168.1.14:5060/udp (3, 7500)"], "after the wait for DNS");
    }
}

#[test]
fn records_that_still_hold_are_used_without_asking() {
    let text = domain(&[]);
    let snapshot = before(&text, 100.0);
    let mut world = after(&text, &snapshot, NOON + 199_000);
    world.start();
    assert_eq!(world.sent(), ["0 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert_eq!(world.asked, [""; 0]);
    let mut world = after(&text, &snapshot, NOON + 200_000);
    world.start();
    assert_eq!(world.asked, ["A pbx.example.com"]);
}

#[test]
fn what_dns_says_after_the_restart_counts() {
    let text = domain(&[]);
    let mut world = after(&text, &before(&text, 1_000.0), NOON + 1);
    world.dns = Dns::Up;
    world.zone.a("pbx.example.com", 300, &[F]);
    world.start();
    // The registration of before lives: its target is the last resort.
    assert_eq!(world.sent(), ["0 REGISTER 192.168.1.15:5060/udp (3, 7500)"]);
}

#[test]
fn too_old_is_of_no_use() {
    let text = domain(&[]);
    let mut world = after(&text, &before(&text, 1_000.0), NOON + 90_000_000);
    world.start();
    world.at(5.0);
    assert_eq!(world.sent(), [""; 0]);
}

#[test]
fn the_target_of_a_registration_is_a_candidate_while_that_lives() {
    let text = domain(&[]);
    let snapshot = {
        let mut world = World::started_with_dead(&text, &[P]);
        world.at(20.0);
        world.engine.export(world.clock(), NOON)
    };
    for (later, expected) in [(3_500_000, 2), (3_600_000, 1)] {
        let mut world = after(&text, &snapshot, NOON + later);
        world.dns = Dns::Up;
        world.zone.a("pbx.example.com", 300, &[F]);
        world.down(&[F]);
        world.start();
        world.at(10.0);
        let sent = world.sent();
        assert_eq!(sent.len(), expected, "{sent:?}");
        assert!(expected == 1 || sent[1].contains(B));
    }
}

#[test]
fn a_registration_of_before_is_a_candidate_until_its_end_and_no_longer() {
    let text = domain(&[]);
    let mut world = after(&text, &before(&text, 1_000.0), NOON + 2_500_000);
    world.dns = Dns::Up;
    world.zone.a("pbx.example.com", 300, &[F]);
    world.down(&[F, P]);
    world.start();
    // It had 2,600 s left before the restart, so 100 s now.
    world.at(400.0);
    let sent = world.sent();
    let last = sent.iter().rposition(|line| line.contains(P)).unwrap();
    let moment: f64 = sent[last].split(' ').next().unwrap().parse().unwrap();
    assert!((20.0..100.0).contains(&moment) && sent[last + 1..].len() > 3, "{sent:?}");
}

#[test]
fn lists_of_servers_that_are_configured_otherwise_are_left_out() {
    let snapshot = before(&domain_and_fallback(&["dns_cache_type = 0"]), 100.0);
    for (line, expected) in [("dns_cache_type = 0", true), ("sip_server.1.port = 5080", false)] {
        let mut world = after(&domain_and_fallback(&["dns_cache_type = 0", line]), &snapshot, NOON);
        world.start();
        world.at(2.0);
        assert_eq!(world.sent().iter().any(|sent| sent.contains(P)), expected);
    }
}

#[test]
fn damaged_or_foreign_bytes_change_nothing() {
    let text = domain(&[]);
    let good = before(&text, 100.0);
    let mut world = World::new(&text);
    let mut bad: Vec<Vec<u8>> = vec![Vec::new(), b"{\"cache\": []}".to_vec(), good[..good.len() - 1].to_vec()];
    bad.push([&good[..], &[0]].concat());
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 1 << (place % 8);
        bad.push(bytes);
    }
    let empty = world.engine.export(world.clock(), NOON);
    for bytes in bad {
        assert_eq!(world.engine.import(world.clock(), NOON, &bytes), Err(InputError::Malformed));
    }
    assert_eq!(world.engine.export(world.clock(), NOON), empty);
    assert_eq!(world.engine.import(world.clock(), NOON, &good), Ok(()));
    assert_eq!(world.engine.export(world.clock(), NOON).len(), good.len() - registration_bytes(&good));
}

/// Bytes of the registrations, which a device that has not registered yet does not have.
fn registration_bytes(good: &[u8]) -> usize {
    // Account, server, configured text, target, end: what stands behind the last list.
    let text = b"\"pbx.example.com\" 5060 Fixed(Udp)";
    let place = good.windows(text.len()).rposition(|window| window == text).unwrap();
    good.len() - (place - 4 - 1 - 4)
}

#[test]
fn an_import_into_a_running_engine_is_refused() {
    let text = domain(&[]);
    let snapshot = before(&text, 100.0);
    let mut world = World::started(&text);
    assert_eq!(world.engine.import(world.clock(), NOON, &snapshot), Err(InputError::State));
}
