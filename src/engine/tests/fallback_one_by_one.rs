//! Successive registration: what one server does while the other one fails, is waited for, or failed long ago.

use super::{F, P, World, account, successive};
use crate::types::Server;

#[test]
fn a_registration_that_server_2_keeps_beside_is_not_failing_when_nobody_answers() {
    let mut world =
        World::started_with_dead(&successive(&["sip_server.1.expires = 120", "fallback.timeout = 60"]), &[P]);
    world.at(40.0);
    world.up(&[P]);
    world.at(150.0);
    assert_eq!((world.current(), world.state(2)), (Server::Working, "off"));
    world.down(&[P, F]);
    world.at(200.0);
    assert_eq!([world.state(1), world.state(2)], ["registered, refresh failing", "off"]);
}

#[test]
fn requests_that_wait_for_a_server_2_without_an_address_fail_for_that_reason() {
    let lines = ["sip_server.1.address = one.example.com", "sip_server.2.address = two.example.com"];
    let dns = ["static.network.primary_dns = 192.168.1.1", "fallback.redundancy_type = 1"];
    let mut world = World::started(&account(&[&lines[..], &dns].concat()));
    world.at(10.0);
    world.invite();
    world.at(20.0);
    assert_eq!(world.ended(), ["10 INVITE failed: name could not be resolved"]);
}

#[test]
fn server_1_is_probed_while_a_registration_waits_for_the_name_of_server_2() {
    let lines = ["sip_server.1.address = 192.168.1.14", "sip_server.2.address = pbx.example.com"];
    let more = ["static.network.primary_dns = 192.168.1.1", "fallback.redundancy_type = 1", "fallback.timeout = 60"];
    let mut world = World::new(&account(&[&lines[..], &more].concat()));
    world.zone.a("pbx.example.com", 300, &[F]);
    world.down(&[P]);
    world.start();
    world.at(300.0);
    world.dns_delay = 1_500;
    world.at(359.0);
    world.network_changed();
    world.forget();
    world.at(370.0);
    let expected = ["367.5 REGISTER 192.168.1.14:5060/udp (3, 7500)", "368 REGISTER 192.168.1.15:5060/udp (10, 32000)"];
    assert_eq!(world.sent(), expected, "at its time");
}

#[test]
fn a_failure_of_server_2_long_ago_does_not_bring_it_into_a_refresh_of_server_1() {
    let mut world = World::started_with_dead(&successive(&["sip_server.1.expires = 120"]), &[P, F]);
    world.at(50.0);
    world.up(&[P, F]);
    world.at(80.0);
    assert_eq!(world.state(1), "registered");
    world.down(&[P]);
    world.forget();
    world.at(189.0);
    let expected = [129.5, 167.0].map(|at| format!("{at} REGISTER 192.168.1.14:5060/udp (3, 7500)"));
    assert_eq!(world.sent(), expected, "server 2 comes when the registration has ended");
}

#[test]
fn the_end_of_the_registration_with_server_2_cuts_no_pause_short_as_server_1_is_probed_beside() {
    let lines = ["sip_server.2.expires = 120", "fallback.timeout = 1000"];
    let mut world = World::started_with_dead(&successive(&lines), &[P]);
    world.at(20.0);
    world.down(&[F]);
    world.at(115.0);
    world.forget();
    world.at(143.0);
    assert_eq!(world.sent(), ["142.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert_eq!(world.told(), ["127.5 server 2: unregistered, retrying (no response in time)"]);
}
