//! What is counted: every fact once, and nothing twice.

use super::world::{Step, response};
use super::{B, P, Reply, World, domain, domain_and_fallback};
use crate::account::Counters;
use crate::policy::Method;
use crate::types::TransportFailure;

fn counters(world: &World) -> Counters {
    world.engine.counters().account
}

#[test]
fn attempts_and_their_ends_are_counted_by_cause() {
    let mut world = World::started(&domain(&[]));
    let before = counters(&world);
    assert_eq!((before.attempts, before.answered), (1, 1));
    world.once(P, Reply::code(503));
    world.request(Method::Options);
    let after = counters(&world);
    assert_eq!((after.attempts, after.answered, after.failures_response), (3, 3, 1));
    world.once(P, Reply::failure(TransportFailure::Tls));
    world.request(Method::Message);
    let after = counters(&world);
    assert_eq!((after.attempts, after.answered, after.failures_transport), (5, 4, 1));
    assert_eq!(after.transport[TransportFailure::Tls as usize], 1);
    world.once(P, Reply::silence());
    world.request(Method::Message);
    world.at(10.0);
    let after = counters(&world);
    assert_eq!((after.attempts, after.failures_timeout, after.late_reports), (7, 1, 0));
    let silent = world.attempts[world.attempts.len() - 2];
    world.report(silent, Step::Final(response(200)));
    assert_eq!(counters(&world).late_reports, 1);
    assert_eq!((after.requests_started, after.requests_done), (3, 3));
}

#[test]
fn moves_of_the_account_are_counted_each_kind_once() {
    let lines = ["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 60"];
    let mut world = World::started(&domain_and_fallback(&lines));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(110.0);
    let moved = counters(&world);
    assert_eq!((moved.switches, moved.failbacks, moved.fallbacks_entered), (1, 0, 0), "to the backup");
    world.up(&[P]);
    world.at(170.0);
    world.invite();
    let back = counters(&world);
    assert_eq!((back.switches, back.failbacks, back.fallbacks_entered), (2, 1, 0), "back at the primary");
    world.down(&[P, B]);
    world.invite();
    world.at(190.0);
    let entered = counters(&world);
    assert_eq!((entered.fallbacks_entered, entered.fallbacks_left, entered.failbacks), (1, 0, 1), "server 2");
    world.up(&[P]);
    world.at(400.0);
    let left = counters(&world);
    assert_eq!((left.fallbacks_entered, left.fallbacks_left, left.failbacks), (1, 1, 1), "server 1 again");
    assert_eq!(left.switches, 4);
}

#[test]
fn a_register_that_ends_because_another_request_found_its_target_dead_is_not_counted_as_a_failure() {
    let mut world = World::started(&domain(&[]));
    world.at(3_539.0);
    let before = counters(&world);
    world.always(P, "REGISTER", Reply::silence());
    world.at(3_541.0);
    world.once(P, Reply::failure(TransportFailure::Unreachable));
    world.invite();
    world.at(3_560.0);
    let counted = counters(&world);
    assert_eq!((counted.failures_timeout, counted.failures_transport), (0, 1), "the INVITE");
    assert_eq!(counted.attempts - before.attempts, 4);
}
