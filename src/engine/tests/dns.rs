//! What happens when DNS is slow, silent, or says no.

use super::{B, Dns, F, P, World, account, concurrent, domain, domain_and_fallback};
use crate::types::Server;

#[test]
fn dns_silent_at_the_start_delays_the_registration_and_is_asked_again() {
    let mut world = World::new(&domain(&[]));
    world.dns = Dns::Silent;
    world.start();
    world.at(60.0);
    assert_eq!(world.sent(), [""; 0]);
    assert!(world.told().iter().any(|line| line.contains("its name leads to no address")));
    world.dns = Dns::Up;
    world.at(120.0);
    assert_eq!(world.sent().len(), 1);
    assert_eq!(world.state(1), "registered");
}

#[test]
fn dns_without_a_result_sends_the_account_to_server_2() {
    for mood in [Dns::Silent, Dns::ServFail] {
        let mut world = World::new(&domain_and_fallback(&[]));
        world.dns = mood;
        world.start();
        world.at(60.0);
        assert_eq!(world.state(2), "registered");
        assert_eq!(world.current(), Server::Fallback);
        world.dns = Dns::Up;
        world.at(200.0);
        assert_eq!(world.current(), Server::Working, "the probe finds the way");
    }
}

/// Server 1 is a domain, server 2 an address, both registered.
fn concurrent_domain() -> String {
    account(&[
        "sip_server.1.address = pbx.example.com",
        "sip_server.2.address = 192.168.1.15",
        "static.network.primary_dns = 192.168.1.1",
    ])
}

#[test]
fn a_call_that_can_go_elsewhere_waits_for_dns_no_longer_than_it_has_to() {
    let mut world = World::new(&concurrent_domain());
    world.dns = Dns::Silent;
    world.start();
    world.invite();
    world.at(3.0);
    assert_eq!(world.ended(), ["1.8 INVITE 200"]);
    assert_eq!(world.sent()[1..], ["1.8 INVITE 192.168.1.15:5060/udp (6, 32000)"]);
}

#[test]
fn a_registration_waits_for_slow_dns_rather_than_move_the_account() {
    let mut world = World::new(&domain_and_fallback(&[]));
    world.dns_delay = 2_500;
    world.start();
    world.at(10.0);
    assert_eq!(world.sent(), ["2.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_call_that_begins_while_dns_is_known_to_be_slow_does_not_wait_again() {
    let mut world = World::new(&concurrent_domain());
    world.dns = Dns::Silent;
    world.start();
    world.at(3.0);
    world.invite();
    assert_eq!(world.ended(), ["3 INVITE 200"]);
}

#[test]
fn expired_records_are_used_when_dns_does_not_answer_in_time() {
    let mut world = World::started(&domain(&["sip_server.1.expires = 600"]));
    world.at(500.0);
    world.dns = Dns::Silent;
    world.forget();
    world.at(545.0);
    assert_eq!(world.sent(), ["540 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert_eq!(world.asked.last().unwrap(), "A pbx.example.com", "it was asked ahead");
    world.at(600.0);
    world.invite();
    world.at(601.0);
    world.invite();
    world.at(603.0);
    world.invite();
    assert_eq!(
        world.ended(),
        ["601.8 INVITE 200", "601.8 INVITE 200", "603 INVITE 200"],
        "the third one does not wait at all"
    );
}

#[test]
fn after_dns_failed_the_old_targets_are_used_at_once_for_half_a_minute() {
    let mut world = World::started(&domain(&["sip_server.1.expires = 100000"]));
    world.at(500.0);
    world.dns = Dns::ServFail;
    world.invite();
    world.at(510.0);
    world.forget();
    let asked = world.asked.len();
    world.invite();
    world.at(529.0);
    world.invite();
    assert_eq!(world.ended(), ["510 INVITE 200", "529 INVITE 200"]);
    assert_eq!(world.asked.len(), asked, "DNS is left alone");
    world.dns = Dns::Up;
    world.at(560.0);
    world.invite();
    assert_eq!(world.ended(), ["560 INVITE 200"]);
    assert_eq!(world.asked.len(), asked + 1);
}

#[test]
fn a_call_that_waits_for_a_server_1_without_an_address_fails() {
    let mut world = World::new(&domain_and_fallback(&[]));
    world.dns = Dns::ServFail;
    world.start();
    assert_eq!(world.current(), Server::Fallback);
    world.down(&[F]);
    world.invite();
    world.at(20.0);
    assert_eq!(world.ended(), ["7.5 INVITE failed: no response in time"]);
}

#[test]
fn a_server_without_an_address_is_reported_as_retrying() {
    let mut world = World::new(&domain(&[]));
    world.dns = Dns::ServFail;
    world.start();
    world.at(20.0);
    assert_eq!(world.state(1), "unregistered, retrying");
}

#[test]
fn an_answer_that_comes_behind_is_used_by_the_next_walk() {
    let mut world = World::started(&domain(&["sip_server.1.expires = 600"]));
    world.at(500.0);
    world.zone.a("pbx.example.com", 300, &["192.168.1.20"]);
    world.dns_delay = 2_500;
    world.forget();
    world.at(530.0);
    world.invite();
    world.at(533.0);
    assert_eq!(
        world.sent(),
        ["531.8 INVITE 192.168.1.14:5060/udp (3, 7500)", "532.5 REGISTER 192.168.1.20:5060/udp (3, 7500)"]
    );
    world.invite();
    assert_eq!(world.sent(), ["533 INVITE 192.168.1.20:5060/udp (6, 32000)"]);
}

#[test]
fn records_that_hold_are_not_asked_for_again() {
    let mut world = World::started(&domain(&[]));
    world.at(299.0);
    world.invite();
    assert_eq!(world.asked, ["A pbx.example.com"]);
    world.at(300.0);
    world.invite();
    assert_eq!(world.asked, ["A pbx.example.com"; 2]);
}

#[test]
fn without_a_cache_each_walk_asks() {
    let mut world = World::started(&domain(&["dns_cache_type = 0"]));
    for n in 2..5 {
        world.at(n as f64);
        world.invite();
        assert_eq!(world.asked.len(), n);
    }
}

#[test]
fn without_a_cache_the_last_good_targets_serve_when_nothing_answers() {
    let mut world = World::started(&domain(&["dns_cache_type = 0"]));
    world.dns = Dns::Silent;
    world.at(10.0);
    world.invite();
    world.at(20.0);
    assert_eq!(world.ended(), ["11.8 INVITE 200"]);
}

#[test]
fn a_name_that_is_gone_leads_to_server_2_unless_the_registrar_still_answers() {
    for registrar_is_dead in [false, true] {
        let mut world = World::started(&domain_and_fallback(&["sip_server.1.expires = 600"]));
        world.at(500.0);
        world.zone.remove("pbx.example.com");
        if registrar_is_dead {
            world.down(&[P, B]);
        }
        world.at(700.0);
        let (server, number) = if registrar_is_dead { (Server::Fallback, 2) } else { (Server::Working, 1) };
        assert_eq!(world.current(), server);
        assert_eq!(world.state(number), "registered");
    }
}

#[test]
fn a_new_address_is_used_when_the_old_records_have_ended() {
    let mut world = World::started(&domain(&[]));
    world.zone.a("pbx.example.com", 300, &["192.168.1.20"]);
    world.at(200.0);
    world.forget();
    world.invite();
    world.at(301.0);
    world.invite();
    world.at(302.0);
    assert_eq!(
        world.sent(),
        [
            "200 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "301 INVITE 192.168.1.20:5060/udp (3, 7500)",
            "301 REGISTER 192.168.1.20:5060/udp (3, 7500)"
        ],
        "the registration follows as soon as the call is set up"
    );
}

#[test]
fn the_same_addresses_in_another_order_change_nothing() {
    let mut world = World::started(&domain(&["sip_server.1.expires = 100000"]));
    world.forget();
    for n in 1..6 {
        let order = if n % 2 == 0 { [P, B] } else { [B, P] };
        world.zone.a("pbx.example.com", 300, &order);
        world.at(301.0 * f64::from(n));
        world.invite();
    }
    let sent = world.sent();
    assert!(sent.len() == 5 && sent.iter().all(|line| line.contains(P)), "{sent:?}");
}

#[test]
fn static_addresses_of_the_guide() {
    let mut world = World::started_with_dead(&static_account(5060, &static_addresses()), &[B]);
    world.at(30.0);
    assert_eq!(
        world.sent(),
        ["0 REGISTER 192.168.1.13:5060/udp (3, 7500)", "7.5 REGISTER 192.168.1.14:5060/udp (10, 32000)"]
    );
}

fn static_account(port: u16, records: &[String]) -> String {
    let base = [
        "sip_server.1.address = yealink.pbx.com".to_owned(),
        format!("sip_server.1.port = {port}"),
        "sip_server.1.transport_type = 3".to_owned(),
        "static.network.primary_dns = 192.168.1.1".to_owned(),
    ];
    let lines: Vec<&str> = base.iter().chain(records).map(String::as_str).collect();
    account(&lines)
}

fn static_addresses() -> Vec<String> {
    let record = |n: u32, ip: &str| {
        [
            format!("dns_cache_a.{n}.name = yealink.pbx.com"),
            format!("dns_cache_a.{n}.ip = {ip}"),
            format!("dns_cache_a.{n}.ttl = 3600"),
        ]
    };
    [record(1, B), record(2, P)].concat()
}

#[test]
fn static_services_of_the_guide_with_live_addresses() {
    let record = |n: u32| {
        [
            format!("dns_cache_srv.{n}.name = _sip._tcp.yealink.pbx.com"),
            format!("dns_cache_srv.{n}.port = 5060"),
            format!("dns_cache_srv.{n}.priority = 0"),
            format!("dns_cache_srv.{n}.target = server{n}.yealink.pbx.com"),
            format!("dns_cache_srv.{n}.weight = {n}"),
            format!("dns_cache_srv.{n}.ttl = 3600"),
        ]
    };
    let mut world = World::new(&static_account(0, &[record(1), record(2)].concat()));
    world.zone.a("server1.yealink.pbx.com", 60, &[B]);
    world.zone.a("server2.yealink.pbx.com", 60, &[P]);
    world.down(&[P]);
    world.start();
    world.at(30.0);
    assert_eq!(
        world.sent(),
        ["0 REGISTER 192.168.1.14:5060/tcp (3, 7500)", "7.5 REGISTER 192.168.1.13:5060/tcp (10, 32000)"]
    );
}

#[test]
fn static_pointers_of_the_guide_with_live_services() {
    let record = |n: u32, order: u32, service: &str, transport: &str| {
        [
            format!("dns_cache_naptr.{n}.name = yealink.pbx.com"),
            format!("dns_cache_naptr.{n}.flags = S"),
            format!("dns_cache_naptr.{n}.order = {order}"),
            format!("dns_cache_naptr.{n}.preference = 50"),
            format!("dns_cache_naptr.{n}.replace = _sip._{transport}.yealink.pbx.com"),
            format!("dns_cache_naptr.{n}.service = {service}"),
        ]
    };
    let records = [record(1, 90, "SIP+D2T", "tcp"), record(2, 100, "SIP+D2U", "udp")].concat();
    let mut world = World::new(&static_account(0, &records));
    for transport in ["tcp", "udp"] {
        let name = format!("_sip._{transport}.yealink.pbx.com");
        world.zone.srv(&name, 60, [0, 1, 5060], "server1.yealink.pbx.com");
        world.zone.srv(&name, 60, [0, 2, 5060], "server2.yealink.pbx.com");
    }
    world.zone.a("server1.yealink.pbx.com", 60, &[B]);
    world.zone.a("server2.yealink.pbx.com", 60, &[P]);
    world.down(&[P, B]);
    world.start();
    world.at(60.0);
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/tcp (3, 7500)",
            "7.5 REGISTER 192.168.1.13:5060/tcp (3, 7500)",
            "15 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "22.5 REGISTER 192.168.1.13:5060/udp (10, 32000)"
        ]
    );
}

#[test]
fn static_records_serve_while_dns_is_silent() {
    let mut world = World::new(&static_account(5060, &static_addresses()));
    world.dns = Dns::Silent;
    world.start();
    world.at(5.0);
    assert_eq!(world.sent(), ["1.8 REGISTER 192.168.1.13:5060/udp (3, 7500)"]);
}

#[test]
fn numeric_servers_need_no_dns() {
    let mut world = World::new(&concurrent(&["static.network.primary_dns = 192.168.1.1"]));
    world.dns = Dns::Silent;
    world.start();
    assert_eq!(world.sent().len(), 2);
    assert_eq!(world.asked, [""; 0]);
    world.down(&[F]);
}

#[test]
fn other_dns_servers_end_no_pause_after_servers_that_were_silent() {
    let mut world = World::started_with_dead(&domain(&[]), &[super::P, B]);
    world.at(45.0);
    world.forget();
    world.engine.set_dns_servers(world.clock(), &["192.168.1.2:53".parse().unwrap()]);
    world.at(69.0);
    assert_eq!(world.sent(), [""; 0]);
}

#[test]
fn a_call_that_begins_while_dns_is_known_to_be_slow_waits_where_there_is_no_other_server() {
    let mut world = World::new(&domain(&[]));
    world.dns_delay = 2_500;
    world.start();
    world.at(2.0);
    world.invite();
    world.at(3.0);
    assert_eq!(world.ended(), ["2.5 INVITE 200"]);
}
