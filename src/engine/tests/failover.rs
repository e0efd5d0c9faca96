//! Targets of one domain: which one is tried next, and what is remembered about it.

use super::world::settings;
use super::{B, F, P, Reply, World, account, domain, domain_and_fallback};
use crate::policy::Method;
use crate::types::{AccountId, Server, TransportFailure};

pub fn invites(world: &mut World) -> Vec<String> {
    world.sent().into_iter().filter(|line| line.contains("INVITE")).collect()
}

#[test]
fn every_new_request_begins_at_the_primary_whatever_was_used_last() {
    let mut world = World::started(&domain(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.at(200.0);
    world.invite();
    world.at(299.0);
    world.up(&[P]);
    world.at(300.0);
    world.invite();
    assert_eq!(
        world.sent()[1..],
        [
            "200 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "207.5 INVITE 192.168.1.13:5060/udp (6, 32000)",
            "300 INVITE 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    assert_eq!(world.ended(), ["207.5 INVITE 200", "300 INVITE 200"]);
}

#[test]
fn a_503_moves_the_request_in_the_same_turn_and_the_account_only_if_the_check_fails() {
    let mut world = World::started(&domain(&[]));
    world.at(200.0);
    world.always(P, "INVITE", Reply::retry_after(503, 120));
    world.invite();
    world.at(250.0);
    world.invite();
    world.at(319.0);
    world.heal(P);
    world.at(320.0);
    world.invite();
    assert_eq!(
        world.sent()[1..],
        [
            "200 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "200 INVITE 192.168.1.13:5060/udp (6, 32000)",
            "200 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "250 INVITE 192.168.1.13:5060/udp (3, 7500)",
            "320 INVITE 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    assert_eq!(world.state(1), "registered");
    let bindings =
        world.engine.account(crate::types::AccountId(1)).unwrap().binding_address(crate::types::Server::Working);
    assert_eq!(bindings.unwrap().to_string(), "192.168.1.14:5060", "the account stays registered at the primary");
}

#[test]
fn a_target_that_asked_for_a_pause_is_tried_last_and_never_dropped() {
    let mut world = World::started(&domain(&[]));
    world.at(200.0);
    world.once(P, Reply::retry_after(503, 120));
    world.invite();
    world.at(250.0);
    world.down(&[P, B]);
    world.forget();
    world.invite();
    world.at(300.0);
    assert_eq!(
        invites(&mut world),
        ["250 INVITE 192.168.1.13:5060/udp (3, 7500)", "257.5 INVITE 192.168.1.14:5060/udp (6, 32000)"]
    );
}

#[test]
fn a_pause_is_believed_between_one_second_and_an_hour() {
    for (asked, held) in [(0, 1.0), (100_000, 3_600.0)] {
        let mut world = World::started(&domain(&["sip_server.1.expires = 100000"]));
        world.at(200.0);
        world.once(P, Reply::retry_after(503, asked));
        world.invite();
        world.at(200.0 + held - 0.001);
        world.forget();
        world.invite();
        world.at(200.0 + held);
        world.invite();
        let sent = invites(&mut world);
        assert!(sent[0].contains(B) && sent[1].contains(P), "{sent:?}");
    }
}

#[test]
fn the_check_after_a_503_moves_the_account_when_it_is_not_answered() {
    let mut world = World::started(&domain(&[]));
    world.at(200.0);
    world.always(P, "", Reply::silence());
    world.once(P, Reply::code(503));
    world.invite();
    world.at(250.0);
    assert_eq!(
        world.sent()[1..],
        [
            "200 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "200 INVITE 192.168.1.13:5060/udp (6, 32000)",
            "200 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "207.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "215 REGISTER 192.168.1.13:5060/udp (10, 32000)"
        ]
    );
}

#[test]
fn one_check_at_a_time_and_none_while_the_account_registers() {
    let mut world = World::started(&domain(&[]));
    world.at(200.0);
    world.always(P, "INVITE", Reply::code(503));
    world.always(P, "REGISTER", Reply::code(200).after(1_000));
    for _ in 0..3 {
        world.invite();
    }
    let registers = world.sent().iter().filter(|line| line.contains("200 REGISTER")).count();
    assert_eq!(registers, 1);
}

#[test]
fn a_503_of_the_backup_does_not_move_the_binding_there() {
    let mut world = World::started(&domain(&[]));
    world.at(200.0);
    world.always(P, "INVITE", Reply::code(503));
    // Late enough that the check of the primary is over.
    world.always(B, "INVITE", Reply::code(503).after(100));
    world.invite();
    world.at(210.0);
    let address =
        world.engine.account(crate::types::AccountId(1)).unwrap().binding_address(crate::types::Server::Working);
    assert_eq!(address.unwrap().to_string(), "192.168.1.14:5060");
    assert_eq!(world.ended(), ["200.1 INVITE failed: 503"]);
}

#[test]
fn answers_of_the_far_end_are_delivered_and_nothing_else_is_tried() {
    for status in [302, 404, 408, 480, 486, 487, 500, 504, 600, 603] {
        let mut world = World::started(&domain(&[]));
        world.always(P, "INVITE", Reply::code(status));
        world.invite();
        assert_eq!(world.ended(), [format!("0 INVITE {status}")]);
        assert_eq!(world.sent().len(), 2);
    }
}

#[test]
fn configured_codes_replace_the_usual_ones() {
    let mut world = World::started(&domain(&["sip_server.1.failover_codes = 404,invite:486"]));
    world.always(P, "", Reply::code(404));
    world.always(P, "INVITE", Reply::code(486));
    world.invite();
    world.request(crate::policy::Method::Message);
    world.always(P, "", Reply::code(503));
    world.request(crate::policy::Method::Message);
    assert_eq!(world.ended(), ["0 INVITE 200", "0 MESSAGE 200", "0 MESSAGE 503"]);
}

#[test]
fn a_dead_target_is_tried_last_for_the_quarantine_time() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 100"]));
    world.at(200.0);
    world.down(&[P]);
    world.invite();
    world.at(210.0);
    world.up(&[P]);
    world.forget();
    world.invite();
    // Found dead at 207.5.
    world.at(307.4);
    world.invite();
    world.at(307.5);
    world.invite();
    assert_eq!(
        invites(&mut world),
        [
            "210 INVITE 192.168.1.13:5060/udp (3, 7500)",
            "307.4 INVITE 192.168.1.13:5060/udp (3, 7500)",
            "307.5 INVITE 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
}

#[test]
fn a_sign_of_life_ends_the_quarantine() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 10000"]));
    world.at(200.0);
    world.down(&[P]);
    world.invite();
    world.at(210.0);
    world.forget();
    let silent = world.attempts[1];
    world.report(silent, super::world::Step::Final(super::world::response(486)));
    world.up(&[P]);
    world.invite();
    assert_eq!(invites(&mut world), ["210 INVITE 192.168.1.14:5060/udp (3, 7500)"]);
}

/// Two hosts, each over TCP and over UDP.
fn two_transports(lines: &[&str]) -> World {
    let server = [
        "sip_server.1.address = two.example.com",
        "sip_server.1.port = 0",
        "sip_server.1.transport_type = 3",
        "sip_server.2.address = 192.168.1.15",
        "static.network.primary_dns = 192.168.1.1",
    ];
    let mut world = World::new(&account(&[&server, lines].concat()));
    for (order, service, name) in
        [(1, "SIP+D2T", "_sip._tcp.two.example.com"), (2, "SIP+D2U", "_sip._udp.two.example.com")]
    {
        world.zone.naptr("two.example.com", 3_600, [order, 0], ["s", service, ""], name);
        world.zone.srv(name, 3_600, [1, 0, 5060], "one.example.com");
        world.zone.srv(name, 3_600, [2, 0, 5060], "other.example.com");
    }
    world.zone.a("one.example.com", 3_600, &[P]);
    world.zone.a("other.example.com", 3_600, &[B]);
    world.start();
    world
}

#[test]
fn a_dead_address_is_not_tried_again_over_another_transport_before_everything_else() {
    let mut world = two_transports(&[]);
    world.at(100.0);
    world.down(&[P, B, F]);
    world.forget();
    world.invite();
    world.at(300.0);
    assert_eq!(
        invites(&mut world),
        [
            "100 INVITE 192.168.1.14:5060/tcp (3, 7500)",
            "107.5 INVITE 192.168.1.13:5060/tcp (3, 7500)",
            "115 INVITE 192.168.1.15:5060/udp (3, 7500)",
            "122.5 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "130 INVITE 192.168.1.13:5060/udp (6, 32000)"
        ]
    );
}

#[test]
fn what_was_put_behind_the_other_server_is_tried_even_if_the_account_has_moved_there_meanwhile() {
    let mut world = two_transports(&["fallback.redundancy_type = 1"]);
    world.at(100.0);
    world.down(&[P, B]);
    world.always(F, "INVITE", Reply::silence());
    world.forget();
    world.invite();
    world.at(120.0);
    world.up(&[P]);
    world.at(140.0);
    let order = ["14:5060/tcp", "13:5060/tcp", "15:5060/udp", "14:5060/udp"];
    let sent = invites(&mut world);
    assert!(sent.len() == 4 && sent.iter().zip(order).all(|(line, target)| line.contains(target)), "{sent:?}");
    assert_eq!(world.current(), Server::Fallback);
}

#[test]
fn without_that_care_the_list_is_walked_as_it_stands() {
    let mut world = two_transports(&["sip.skip_redundant_failover_addr = 0"]);
    world.at(100.0);
    world.down(&[P, B]);
    world.forget();
    world.invite();
    world.at(300.0);
    let order = ["14:5060/tcp", "13:5060/tcp", "14:5060/udp", "13:5060/udp", "15:5060/udp"];
    let sent = invites(&mut world);
    assert!(sent.len() == 5 && sent.iter().zip(order).all(|(line, target)| line.contains(target)), "{sent:?}");
}

#[test]
fn a_connection_that_fails_costs_no_time_and_moves_on() {
    for failure in
        [TransportFailure::Connect, TransportFailure::Tls, TransportFailure::ConnectionLost, TransportFailure::Send]
    {
        let mut world = two_transports(&[]);
        world.at(100.0);
        world.always(P, "", Reply::failure(failure));
        world.forget();
        world.invite();
        assert_eq!(world.ended(), ["100 INVITE 200"]);
        assert_eq!(world.sent()[1], "100 INVITE 192.168.1.13:5060/tcp (3, 7500)");
    }
}

#[test]
fn a_walk_keeps_the_list_it_began_with() {
    let mut world = World::started_with_dead(&domain_and_fallback(&[]), &[P]);
    world.at(3.0);
    world.zone.a("pbx.example.com", 300, &["192.168.1.99"]);
    world.network_changed();
    world.forget();
    world.at(5.0);
    world.invite();
    assert_eq!(invites(&mut world), ["5 INVITE 192.168.1.99:5060/udp (3, 7500)"]);
    assert_eq!(settings(&domain_and_fallback(&[])).accounts.len(), 1);
}

#[test]
fn a_dead_address_is_avoided_at_the_other_server_too() {
    let mut world = World::new(&account(&[
        "sip_server.1.address = 192.168.1.14",
        "sip_server.2.address = two.example.com",
        "sip_server.2.port = 5070",
        "static.network.primary_dns = 192.168.1.1",
    ]));
    world.zone.a("two.example.com", 3_600, &[P, F]);
    world.start();
    world.at(100.0);
    world.down(&[P]);
    world.forget();
    world.invite();
    world.at(110.0);
    let expected = ["100 INVITE 192.168.1.14:5060/udp (3, 7500)", "107.5 INVITE 192.168.1.15:5070/udp (3, 7500)"];
    assert_eq!(invites(&mut world), expected);
}

#[test]
fn a_target_left_out_for_its_dead_address_does_not_keep_the_account_from_moving() {
    let mut world = World::new(&account(&[
        "sip_server.1.address = two.example.com",
        "sip_server.1.port = 0",
        "sip_server.1.failback_mode = 3",
        "static.network.primary_dns = 192.168.1.1",
    ]));
    for (priority, port, host) in [(1, 5060, "one"), (2, 5070, "one"), (3, 5060, "other")] {
        world.zone.srv("_sip._udp.two.example.com", 3_600, [priority, 0, port], &format!("{host}.example.com"));
    }
    world.zone.a("one.example.com", 3_600, &[P]);
    world.zone.a("other.example.com", 3_600, &[B]);
    world.start();
    world.at(100.0);
    world.down(&[P]);
    world.forget();
    world.invite();
    world.at(110.0);
    world.invite();
    assert_eq!(
        invites(&mut world),
        [
            "100 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "107.5 INVITE 192.168.1.13:5060/udp (3, 7500)",
            "110 INVITE 192.168.1.13:5060/udp (3, 7500)"
        ]
    );
}

#[test]
fn a_registration_beside_the_maintained_one_ends_with_its_lifetime() {
    let lines = ["sip_server.1.register_on_enable = 1", "sip_server.1.failback_mode = 3"];
    let mut world = World::started(&domain(&lines));
    world.always(P, "INVITE", Reply::code(503));
    world.always(B, "REGISTER", Reply::granted(120));
    let registers_first = |world: &mut World| {
        world.forget();
        world.invite();
        world.sent().iter().any(|line| line.contains("REGISTER 192.168.1.13"))
    };
    world.at(10.0);
    assert!(registers_first(&mut world));
    world.at(129.9);
    assert!(!registers_first(&mut world));
    world.at(130.0);
    assert!(registers_first(&mut world));
}

#[test]
fn a_probe_of_a_target_in_quarantine_that_was_cancelled_makes_room_for_another() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 60"]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(170.0);
    let probe = world.invite();
    world.at(171.0);
    world.cancel(probe);
    world.forget();
    world.invite();
    assert_eq!(invites(&mut world), ["171 INVITE 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_target_on_a_dead_address_is_explained_as_one() {
    let mut world = two_transports(&[]);
    world.at(100.0);
    let explanation = world.engine.explain(world.clock(), AccountId(1), Method::Invite).unwrap();
    let rules: Vec<String> = explanation.candidates.iter().map(|place| place.rule.to_string()).collect();
    let last = "tried last: same address as a target that failed before it";
    assert_eq!(rules, ["primary", "backup", "primary", last, last]);
}
