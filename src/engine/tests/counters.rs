//! What is counted: every fact once, and nothing twice.

use super::{P, Reply, World, domain};
use crate::account::Counters;
use crate::policy::Method;
use crate::types::TransportFailure;

fn counters(world: &World) -> Counters {
    world.engine.counters().account
}

#[test]
fn attempts_are_counted_by_how_they_ended() {
    let mut world = World::started(&domain(&[]));
    let at_start = counters(&world);
    assert_eq!((at_start.attempts, at_start.answered, at_start.requests_started), (1, 1, 0), "the REGISTER");

    world.once(P, Reply::code(503));
    world.request(Method::Message);
    let refused = counters(&world);
    assert_eq!((refused.attempts, refused.answered, refused.failures_response), (4, 4, 1), "and a REGISTER asks why");

    world.at(100.0);
    world.once(P, Reply::failure(TransportFailure::Unreachable));
    world.request(Method::Message);
    let unreachable = counters(&world);
    assert_eq!((unreachable.attempts, unreachable.answered, unreachable.failures_transport), (6, 5, 1));
    assert_eq!(unreachable.transport.iter().sum::<u64>(), 1);
    assert_eq!(unreachable.transport[TransportFailure::Unreachable as usize], 1);

    world.at(200.0);
    world.once(P, Reply::silence());
    world.request(Method::Message);
    world.at(300.0);
    let silent = counters(&world);
    assert_eq!((silent.failures_timeout, silent.failures_transport, silent.failures_response), (1, 1, 1));
    assert_eq!((silent.requests_started, silent.requests_done), (3, 3));
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
