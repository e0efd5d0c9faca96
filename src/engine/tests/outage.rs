//! A network that is down for longer than anybody waits.

use super::{P, Reply, World, domain};

#[test]
fn a_ringing_call_fails_when_the_network_stays_away() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::provisional());
    world.at(10.0);
    world.invite();
    world.at(11.0);
    world.network_down();
    world.at(60.0);
    assert_eq!(world.ended(), ["43 INVITE failed: local network fault"]);
}

#[test]
fn a_return_that_falls_due_while_the_network_is_down_is_not_tried_before_it_is_back() {
    let lines = ["failback_mode = 3", "failback_timeout = 60", "failback_probe = 1"];
    let mut world = World::started_with_dead(
        &domain(&lines.map(|line| format!("sip_server.1.{line}")).each_ref().map(String::as_str)),
        &[P],
    );
    world.at(50.0);
    world.network_down();
    world.at(200.0);
    assert_eq!(world.ended(), [""; 0], "nothing has begun that could fail");
}

#[test]
fn a_503_that_comes_while_the_network_is_down_is_not_looked_into() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::ringing(180).then(Reply::code(503).after(5_000)));
    world.at(10.0);
    world.invite();
    world.at(11.0);
    world.network_down();
    world.at(100.0);
    assert_eq!(world.ended(), ["47 INVITE failed: local network fault"], "and nothing else has begun");
}
