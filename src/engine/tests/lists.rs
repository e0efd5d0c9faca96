//! Walks that begin before all targets are known, and lists that change while an account is registered.

use super::{B, Dns, P, Reply, World, account, domain};
use crate::policy::Method;
use crate::types::Families;

const NEW: &str = "192.168.1.20";

/// A domain whose SRV records name two hosts, and these lines.
fn services(lines: &[&str]) -> String {
    let server = ["sip_server.1.port = 0", "sip_server.1.transport_type = 0"];
    domain(&[&server, lines].concat())
}

/// A world with those records, in which one host takes so much longer to resolve.
pub(super) fn with_services(lines: &[&str], slow: &'static str, ms: u64) -> World {
    let mut world = World::new(&services(lines));
    for (number, host, ip) in [(1, "a.example.com", P), (2, "b.example.com", B)] {
        world.zone.srv("_sip._udp.pbx.example.com", 300, [number, 0, 5060], host);
        world.zone.a(host, 300, &[ip]);
    }
    world.slow_names.push((slow, ms));
    world
}

#[test]
fn the_first_attempt_does_not_wait_for_the_addresses_of_the_backup() {
    let mut world = with_services(&[], "b.example.com", 1_000);
    world.down(&[P]);
    world.start();
    world.at(10.0);
    assert_eq!(
        world.sent(),
        ["0 REGISTER 192.168.1.14:5060/udp (3, 7500)", "7.5 REGISTER 192.168.1.13:5060/udp (10, 32000)"]
    );
}

#[test]
fn a_walk_waits_for_the_next_address_and_passes_it_by_after_1800_ms() {
    for (delay, then) in [(1_000, Some("1 REGISTER 192.168.1.13:5060/udp (10, 32000)")), (3_000, None)] {
        let mut world = with_services(&[], "b.example.com", delay);
        world.once(P, Reply::failure(crate::types::TransportFailure::Unreachable));
        world.start();
        world.at(20.0);
        let sent = world.sent();
        assert_eq!(sent[0], "0 REGISTER 192.168.1.14:5060/udp (3, 7500)");
        assert_eq!(sent.get(1).map(String::as_str), then);
    }
}

#[test]
fn a_walk_that_passed_an_address_by_ends_after_the_wait() {
    let mut world = with_services(&[], "b.example.com", 3_000);
    world.once(P, Reply::failure(crate::types::TransportFailure::Unreachable));
    world.start();
    world.at(31.7);
    assert_eq!(world.sent().len(), 1);
    world.at(31.9);
    assert_eq!(world.sent(), ["31.8 REGISTER 192.168.1.14:5060/udp (3, 7500)"], "30 s after the end of the walk");
}

#[test]
fn a_slow_primary_is_waited_for_and_then_passed_by() {
    for (delay, first) in [
        (1_000, "1 REGISTER 192.168.1.14:5060/udp (3, 7500)"),
        (3_000, "1.8 REGISTER 192.168.1.13:5060/udp (10, 32000)"),
    ] {
        let mut world = with_services(&[], "a.example.com", delay);
        world.start();
        world.at(20.0);
        assert_eq!(world.sent()[0], first);
    }
}

#[test]
fn what_a_refresh_needs_is_asked_five_seconds_ahead() {
    for cache_type in [0, 1] {
        let lines = [format!("dns_cache_type = {cache_type}"), "sip_server.1.expires = 600".to_owned()];
        let mut world = World::started(&domain(&lines.each_ref().map(String::as_str)));
        world.dns_delay = 2_500;
        world.at(534.9);
        assert_eq!(world.asked.len(), 1);
        world.at(535.0);
        assert_eq!(world.asked.len(), 2);
        world.forget();
        world.at(545.0);
        assert_eq!(world.sent(), ["540 REGISTER 192.168.1.14:5060/udp (3, 7500)"], "no wait for DNS");
        assert_eq!(world.asked.len(), 2, "and no second question");
    }
}

#[test]
fn records_that_still_hold_when_the_refresh_is_due_are_not_asked_ahead() {
    let mut world = World::new(&domain(&["sip_server.1.expires = 600"]));
    world.zone.a("pbx.example.com", 541, &[P]);
    world.start();
    world.at(1_000.0);
    assert_eq!(world.asked.len(), 1);
}

#[test]
fn a_registration_whose_target_is_not_listed_any_more_moves_when_no_call_is_up() {
    let mut world = World::started(&domain(&[]));
    world.zone.a("pbx.example.com", 300, &[NEW]);
    world.busy(true);
    world.at(400.0);
    world.forget();
    world.invite();
    assert_eq!(world.sent(), ["400 INVITE 192.168.1.20:5060/udp (3, 7500)"]);
    world.at(500.0);
    assert_eq!(world.sent(), [""; 0], "a call is up");
    world.busy(false);
    assert_eq!(world.sent(), ["500 REGISTER 192.168.1.20:5060/udp (3, 7500)"]);
    world.at(4_000.0);
    assert_eq!(world.sent(), ["4040 REGISTER 192.168.1.20:5060/udp (10, 32000)"; 0], "one binding, one refresh");
}

#[test]
fn a_walk_over_targets_that_are_not_listed_any_more_is_followed_by_one_over_the_new_ones_at_once() {
    let mut world = World::started(&domain(&["sip_server.1.expires = 355"]));
    world.at(200.0);
    world.down(&[P, B]);
    world.at(305.0);
    world.zone.a("pbx.example.com", 300, &[NEW]);
    world.request(Method::Message);
    world.at(340.0);
    assert_eq!(
        world.sent()[1..],
        [
            "295 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "302.5 REGISTER 192.168.1.13:5060/udp (10, 32000)",
            "305 MESSAGE 192.168.1.20:5060/udp (3, 7500)",
            "334.5 REGISTER 192.168.1.20:5060/udp (3, 7500)",
        ],
        "no pause after the old targets have failed"
    );
}

#[test]
fn a_target_that_is_not_listed_any_more_and_whose_registration_has_ended_is_no_reason_to_cut_a_pause_short() {
    let mut world = World::started(&domain(&["sip_server.1.expires = 600"]));
    world.zone.a("pbx.example.com", 300, &[NEW]);
    world.busy(true);
    world.at(500.0);
    world.down(&[P, NEW]);
    world.forget();
    world.at(605.0);
    world.busy(false);
    world.at(610.0);
    assert_eq!(
        world.sent(),
        [
            "540 REGISTER 192.168.1.20:5060/udp (3, 7500)",
            "547.5 REGISTER 192.168.1.14:5060/udp (10, 32000)",
            "609.5 REGISTER 192.168.1.20:5060/udp (10, 32000)",
        ]
    );
}

#[test]
fn a_registration_whose_target_is_still_listed_stays() {
    let mut world = World::started(&domain(&[]));
    world.zone.a("pbx.example.com", 300, &[NEW, P]);
    world.at(400.0);
    world.forget();
    world.invite();
    assert_eq!(world.sent(), ["400 INVITE 192.168.1.20:5060/udp (3, 7500)"]);
    world.at(3_000.0);
    assert_eq!(world.sent(), [""; 0]);
}

#[test]
fn the_target_of_a_binding_stays_a_candidate_while_the_binding_lives() {
    let mut world = World::started(&domain(&[]));
    world.zone.a("pbx.example.com", 300, &[NEW]);
    world.down(&[NEW]);
    world.at(400.0);
    world.forget();
    world.invite();
    world.at(2_020.0);
    assert_eq!(
        world.sent(),
        [
            "400 INVITE 192.168.1.20:5060/udp (3, 7500)",
            "407.5 INVITE 192.168.1.14:5060/udp (6, 32000)",
            "407.5 REGISTER 192.168.1.20:5060/udp (3, 7500)",
            "415 REGISTER 192.168.1.14:5060/udp (10, 32000)",
        ]
    );
    assert_eq!(world.state(1), "registered");
}

#[test]
fn a_name_that_is_gone_takes_nothing_from_a_registered_account() {
    let mut world = World::started(&domain(&[]));
    world.zone.remove("pbx.example.com");
    world.at(400.0);
    world.invite();
    world.at(10_000.0);
    world.invite();
    assert_eq!(world.ended(), ["400 INVITE 200", "10000 INVITE 200"]);
    assert_eq!(world.state(1), "registered");
}

#[test]
fn dns_down_for_a_day_costs_no_registration_and_no_call() {
    for (dns, cache_type) in [(Dns::Silent, 0), (Dns::Silent, 1), (Dns::Silent, 2), (Dns::ServFail, 1)] {
        let cache_type = format!("dns_cache_type = {cache_type}");
        let mut world = World::started(&domain(&[&cache_type]));
        world.at(10.0);
        world.dns = dns;
        // Longer than the limit for expired records: the target of the binding remains.
        let hours = 27;
        for half_hour in 1..2 * hours {
            world.at(f64::from(half_hour) * 1_800.0);
            assert_eq!(world.state(1), "registered");
            world.invite();
        }
        world.at(f64::from(hours) * 3_600.0);
        let ended = world.ended();
        assert_eq!(ended.len(), 2 * hours as usize - 1);
        assert!(ended.iter().all(|line| line.ends_with("INVITE 200")), "{ended:?}");
        let told: Vec<_> = world.told().into_iter().filter(|line| line.contains("registration")).collect();
        assert!(told.len() <= 2, "{told:?}");
    }
}

/// A domain that offers TLS before UDP, and these lines.
pub(super) fn tls_and_plain(lines: &[&str]) -> World {
    let server = [
        "sip_server.1.address = pbx.example.com",
        "sip_server.1.port = 0",
        "sip_server.1.transport_type = 3",
        "static.network.primary_dns = 192.168.1.1",
    ];
    let mut world = World::new(&account(&[&server, lines].concat()));
    world.zone.remove("pbx.example.com");
    for (order, service, name, host, ip) in [
        (1, "SIPS+D2T", "_sips._tcp.pbx.example.com", "a.example.com", P),
        (2, "SIP+D2U", "_sip._udp.pbx.example.com", "b.example.com", B),
    ] {
        world.zone.naptr("pbx.example.com", 300, [order, 1], ["s", service, ""], name);
        world.zone.srv(name, 300, [1, 1, 5061], host);
        world.zone.a(host, 300, &[ip]);
    }
    world.start();
    world
}

#[test]
fn after_tls_failed_a_plain_transport_is_not_used_unless_that_is_allowed() {
    for (allowed, expected) in [(0, "failed: connection failed"), (1, "200")] {
        let mut world = tls_and_plain(&[&format!("allow_plain_failover = {allowed}")]);
        world.at(10.0);
        world.always(P, "", Reply::failure(crate::types::TransportFailure::Connect));
        world.invite();
        assert_eq!(world.ended(), [format!("10 INVITE {expected}")]);
    }
}

#[test]
fn a_family_without_a_route_is_neither_asked_nor_used() {
    let mut world = World::new(&domain(&["static.network.ip_address_mode = 2"]));
    world.zone.aaaa("pbx.example.com", 300, "2001:db8::1");
    world.start();
    world.at(1.0);
    assert_eq!(world.sent(), ["0 REGISTER [2001:db8::1]:5060/udp (3, 7500)"]);
    world.asked.clear();
    world.engine.set_families(world.clock(), Families { v4: true, v6: false });
    world.pump();
    assert_eq!(world.sent(), ["1 REGISTER 192.168.1.14:5060/udp (3, 7500)"], "the binding there is of no use");
    assert_eq!(world.asked, [""; 0], "the IPv4 addresses are known");
    world.at(400.0);
    world.invite();
    assert_eq!(world.asked, ["A pbx.example.com"]);
    world.engine.set_families(world.clock(), Families { v4: true, v6: true });
    world.pump();
    world.forget();
    world.invite();
    assert_eq!(world.sent(), ["400 INVITE [2001:db8::1]:5060/udp (3, 7500)"]);
}

#[test]
fn what_was_found_over_the_old_network_is_not_begun_with() {
    let mut world = with_services(&[], "b.example.com", 60_000);
    world.down(&[P]);
    world.start();
    assert_eq!(world.sent(), ["0 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    world.zone.remove("a.example.com");
    world.zone.a("a.example.com", 300, &[NEW]);
    world.at(1.0);
    world.forget();
    world.network_changed();
    world.at(1.5);
    assert_eq!(world.sent(), ["1 REGISTER 192.168.1.20:5060/udp (3, 7500)"]);
}

#[test]
fn a_look_up_under_way_begins_anew_with_other_settings_of_the_device() {
    let text = |mode: u32| domain(&["sip_server.1.port = 5060", &format!("static.network.ip_address_mode = {mode}")]);
    let mut world = World::new(&text(0));
    world.zone.aaaa("pbx.example.com", 300, "2001:db8::1");
    world.dns_delay = 1_000;
    world.start();
    world.at(0.5);
    world.reload(&text(1));
    world.at(10.0);
    assert_eq!(world.asked, ["A pbx.example.com", "AAAA pbx.example.com"], "the other family");
    assert_eq!(world.sent(), ["1.5 REGISTER [2001:db8::1]:5060/udp (10, 32000)"]);
}

#[test]
fn a_call_waits_for_the_address_of_the_target_used_last() {
    let mut world = with_services(&["sip_server.1.failback_mode = 3"], "b.example.com", 1_000);
    world.start();
    world.at(100.0);
    world.once(P, Reply::silence());
    world.request(Method::Message);
    world.at(400.0);
    world.forget();
    world.invite();
    world.at(402.0);
    assert_eq!(world.sent(), ["401 INVITE 192.168.1.13:5060/udp (3, 7500)"], "that of the primary is known before");
}

#[test]
fn a_call_that_began_with_a_part_of_a_list_ends_when_the_rest_of_it_leads_nowhere() {
    let mut world = with_services(&[], "b.example.com", 60_000);
    world.start();
    world.down(&[P]);
    world.invite();
    world.at(1.0);
    world.engine.set_families(world.clock(), Families { v4: false, v6: true });
    world.at(100.0);
    assert_eq!(world.ended(), ["7.5 INVITE failed: no response in time"]);
}

#[test]
fn a_call_that_goes_to_a_part_of_the_list_leaves_the_account_where_it_is() {
    let mut world = with_services(&["sip_server.1.failback_mode = 3"], "c.example.com", 3_000);
    world.start();
    world.at(100.0);
    world.once(P, Reply::silence());
    world.request(Method::Message);
    world.at(200.0);
    world.busy(true);
    world.zone.remove("_sip._udp.pbx.example.com");
    world.zone.remove("pbx.example.com");
    world.at(400.0);
    world.request(Method::Message);
    for (number, host) in [(1, "a.example.com"), (2, "c.example.com")] {
        world.zone.srv("_sip._udp.pbx.example.com", 300, [number, 0, 5060], host);
    }
    world.zone.a("c.example.com", 300, &[B]);
    world.busy(false);
    world.at(2_000.0);
    world.request(Method::Message);
    world.at(2_020.0);
    world.request(Method::Message);
    assert_eq!(world.sent().last().unwrap(), "2020 MESSAGE 192.168.1.13:5060/udp (3, 7500)");
}
