//! Urgent requests while DNS is being asked.

use super::lists::with_services;
use super::urgent::{emergency, invites};
use super::{B, F, P, Reply, World, domain};
use crate::types::TransportFailure;

#[test]
fn an_address_that_comes_late_is_asked_while_the_target_before_it_is_silent() {
    let mut world = with_services(&["sip_server.2.address = far.example.com"], "b.example.com", 5_000);
    world.zone.a("far.example.com", 300, &[F]);
    world.slow_names.push(("far.example.com", 8_000));
    world.start();
    world.down(&[P]);
    world.forget();
    emergency(&mut world);
    world.at(6.0);
    assert_eq!(invites(&mut world), ["0 192.168.1.14", "5 192.168.1.13"]);
}

#[test]
fn a_server_2_without_an_address_is_not_the_reason_why_the_call_failed() {
    let mut world = World::new(&domain(&["sip_server.2.address = nowhere.example.com"]));
    world.slow_names.push(("pbx.example.com", 1_000));
    world.start();
    for host in [P, B] {
        world.always(host, "INVITE", Reply::failure(TransportFailure::Connect));
    }
    emergency(&mut world);
    world.at(40.0);
    assert_eq!(world.ended(), ["1 INVITE failed: connection failed"], "it was known before");
}
