//! When the firmware is told to renew its subscriptions, and when only that they are affected.

use super::{P, Reply, World, account, domain};
use crate::policy::Method;

/// Subscriptions follow the registration, which returns to the primary with its own renewal.
const FOLLOW: [&str; 2] = ["sip_server.1.failback_mode = 2", "sip_server.1.failback_subscribe.enable = 1"];

/// Events about subscriptions of a world in which the primary is silent from 3,500 s to 5,000 s.
fn told_while_the_primary_is_silent(lines: &[&str]) -> Vec<String> {
    let mut world = World::started(&domain(lines));
    world.at(3_500.0);
    world.down(&[P]);
    world.at(5_000.0);
    world.up(&[P]);
    world.at(8_000.0);
    about_subscriptions(&mut world)
}

fn about_subscriptions(world: &mut World) -> Vec<String> {
    world.told().into_iter().filter(|line| line.contains("subscri")).collect()
}

#[test]
fn each_time_the_registration_moves_to_another_address_subscriptions_are_to_be_renewed() {
    assert_eq!(
        told_while_the_primary_is_silent(&FOLLOW),
        [
            "3547.5 the registration moved to 192.168.1.13:5060/udp: subscribe again",
            "7087.5 the registration moved to 192.168.1.14:5060/udp: subscribe again"
        ]
    );
}

#[test]
fn without_the_setting_they_are_affected_when_a_server_fails_and_not_by_the_return() {
    assert_eq!(
        told_while_the_primary_is_silent(&FOLLOW[..1]),
        ["3547.5 subscriptions at 192.168.1.14:5060/udp are affected (no response in time)"]
    );
}

#[test]
fn a_request_that_moves_without_the_registration_leaves_subscriptions_behind() {
    let mut world = World::started(&domain(&FOLLOW));
    world.at(100.0);
    world.once(P, Reply::silence());
    world.request(Method::Message);
    world.at(200.0);
    assert_eq!(
        about_subscriptions(&mut world),
        ["107.5 subscriptions at 192.168.1.14:5060/udp are affected (no response in time)"]
    );
}

#[test]
fn with_registrations_at_two_servers_subscriptions_are_at_server_1_only() {
    let lines = [
        "sip_server.1.address = 192.168.1.15",
        "sip_server.2.address = pbx.example.com",
        "sip_server.2.failback_mode = 2",
        "sip_server.2.failback_subscribe.enable = 1",
        "static.network.primary_dns = 192.168.1.1",
    ];
    let mut world = World::started(&account(&lines));
    world.at(3_500.0);
    world.down(&[P]);
    world.at(3_600.0);
    assert!(world.sent().iter().any(|line| line.starts_with("3547.5 REGISTER 192.168.1.13")), "moved");
    assert_eq!(about_subscriptions(&mut world), [""; 0]);
}
