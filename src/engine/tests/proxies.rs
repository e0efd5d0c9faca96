//! Outbound proxies: failover inside the first, then the second; server 2 does not count.

use super::{F, P, World, account};
use crate::types::{AccountId, Server};

fn proxies(lines: &[&str]) -> String {
    let base = [
        "sip_server.1.address = pbx.example.net",
        "sip_server.2.address = other.example.net",
        "outbound_proxy_enable = 1",
        "outbound_proxy.1.address = 192.168.1.14",
        "outbound_proxy.2.address = 192.168.1.15",
    ];
    account(&[&base, lines].concat())
}

#[test]
fn a_dead_proxy_1_is_left_at_once_and_probed_at_its_own_interval() {
    let mut world = World::started_with_dead(&proxies(&[]), &[P]);
    world.at(3_608.0);
    world.up(&[P]);
    world.at(7_300.0);
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "7.5 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "3547.5 REGISTER 192.168.1.15:5060/udp (3, 7500)",
            "3607.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "7087.5 REGISTER 192.168.1.15:5060/udp (3, 7500)",
            "7207.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    assert_eq!(world.current(), Server::Working);
}

#[test]
fn the_registrar_in_the_request_stays_sip_server_1_at_both_proxies() {
    let mut world = World::started_with_dead(&proxies(&[]), &[P]);
    world.at(8.0);
    for id in world.attempts.clone() {
        let attempt = world.engine.attempt(id).unwrap();
        assert_eq!(attempt.list.registrar().as_str(), "pbx.example.net");
    }
}

#[test]
fn a_refresh_that_proxy_1_does_not_answer_moves_to_proxy_2_at_once() {
    let mut world = World::started(&proxies(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.at(3_600.0);
    assert_eq!(
        world.sent()[1..],
        ["3540 REGISTER 192.168.1.14:5060/udp (3, 7500)", "3547.5 REGISTER 192.168.1.15:5060/udp (10, 32000)"]
    );
}

#[test]
fn a_call_that_proxy_1_does_not_answer_goes_through_proxy_2() {
    let mut world = World::started(&proxies(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(110.0);
    assert_eq!(
        world.sent()[1..],
        [
            "100 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "107.5 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "107.5 INVITE 192.168.1.15:5060/udp (6, 32000)"
        ]
    );
    assert_eq!(world.ended(), ["107.5 INVITE 200"]);
}

#[test]
fn a_single_proxy_found_dead_is_checked_with_the_usual_retries() {
    let text = account(&[
        "sip_server.1.address = pbx.example.net",
        "outbound_proxy_enable = 1",
        "outbound_proxy.1.address = 192.168.1.14",
    ]);
    let mut world = World::started(&text);
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(140.0);
    assert_eq!(
        world.sent()[1..],
        ["100 INVITE 192.168.1.14:5060/udp (6, 32000)", "132 REGISTER 192.168.1.14:5060/udp (3, 7500)"]
    );
}

#[test]
fn both_proxies_dead_are_walked_again_and_again() {
    let mut world = World::started_with_dead(&proxies(&[]), &[P, F]);
    world.at(80.0);
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "7.5 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "69.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "77 REGISTER 192.168.1.15:5060/udp (10, 32000)"
        ]
    );
    assert!(world.engine.account(AccountId(1)).is_some());
}
