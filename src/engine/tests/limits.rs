//! Bounded tables.

use super::{F, P, Reply, World, concurrent, domain, single};
use crate::engine::InputError;
use crate::policy::Method;
use crate::types::AccountId;

#[test]
fn requests_beyond_the_table_are_refused_and_the_account_lives_on() {
    let mut world = World::started(&single(&[]));
    world.always(P, "", Reply::silence());
    let started = (0..2_000).take_while(|_| world.start_request(Method::Message).is_ok()).count();
    assert!((500..2_000).contains(&started), "{started}");
    assert_eq!(world.start_request(Method::Message), Err(InputError::Limit));
    world.at(100.0);
    assert_eq!(world.ended().len(), started);
    world.heal(P);
    world.at(200.0);
    world.request(Method::Message);
    assert_eq!(world.ended(), ["200 MESSAGE 200"]);
    world.at(4_000.0);
    assert_eq!(world.state(1), "registered");
}

#[test]
fn a_stop_with_full_tables_is_told_once() {
    let mut world = World::started(&concurrent(&[]));
    world.always(P, "MESSAGE", Reply::silence());
    while world.start_request(Method::Message).is_ok() {}
    world.pump();
    world.stop();
    world.at(100.0);
    let stops = world.told().iter().filter(|line| line.ends_with(" stopped")).count();
    assert_eq!(stops, 1);
    assert_eq!(world.watch.open(), []);
}

#[test]
fn a_full_table_delays_a_refresh_and_does_not_end_it() {
    let mut world = World::started(&single(&["sip_server.1.expires = 120"]));
    world.always(P, "MESSAGE", Reply::provisional());
    world.at(59.0);
    while world.start_request(Method::Message).is_ok() {}
    world.forget();
    world.at(400.0);
    assert_eq!(world.state(1), "registered");
    let registers: Vec<String> = world.sent().into_iter().filter(|line| line.contains("REGISTER")).collect();
    assert!(registers[0].starts_with("120 "), "the pause of half a minute after each try without room: {registers:?}");
}

#[test]
fn tables_return_to_their_resting_size() {
    let mut world = World::started(&concurrent(&[]));
    world.down(&[P]);
    for _ in 0..50 {
        world.invite();
    }
    world.at(100.0);
    world.stop();
    world.at(100.0 + 2.0 + 32.0);
    assert_eq!(world.engine.table_sizes(), [0, 0, 0, 0], "requests, attempts, deadlines, dialogs");
}

#[test]
fn an_account_remembers_as_many_wishes_as_two_full_lists_have() {
    let lines = ["sip_server.1.quarantine_timeout = 600", "sip_server.2.address = 192.168.1.15"];
    let mut world = World::new(&domain(&lines));
    let hosts: Vec<String> = (1..=32).map(|host| format!("192.168.2.{host}")).collect();
    world.zone.a("pbx.example.com", 300, &hosts.iter().map(String::as_str).collect::<Vec<_>>());
    world.start();
    world.at(10.0);
    for host in hosts.iter().map(String::as_str).chain([F]) {
        world.always(host, "MESSAGE", Reply::retry_after(503, 600));
    }
    world.request(Method::Message);
    let explanation = world.engine.explain(world.clock(), AccountId(1), Method::Message).unwrap();
    let paused = explanation.candidates.iter().filter(|place| place.health.paused_until.is_some());
    assert_eq!((explanation.candidates.len(), paused.count()), (33, 32), "each of the 32 has a quarantine, too");
}
