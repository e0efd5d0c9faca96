//! The return to the primary of a list: when it is due, by what it is tried, and what makes it wait.

use super::world::options;
use super::{B, P, Reply, World, domain};
use crate::policy::Method;
use crate::types::{AccountId, TransportFailure};

/// Back after a minute.
const AFTER_A_MINUTE: [&str; 2] = ["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 60"];

/// An account that a MESSAGE at 100 s took to the backup, at 107.5 s, while the primary was away for a moment.
fn moved(lines: &[&str], successes: u32) -> World {
    let mut options = options();
    options.account.failback_successes = successes;
    let mut world = World::with(&domain(lines), options);
    world.start();
    world.at(100.0);
    world.once(P, Reply::silence());
    world.request(Method::Message);
    world.at(108.0);
    assert!(world.sent().last().unwrap().contains(B), "at the backup");
    world.forget();
    world
}

fn about_the_return(world: &mut World) -> Vec<String> {
    world
        .told()
        .into_iter()
        .filter(|line| line.contains("server 1: ") && line.contains("return") || line.contains("back at"))
        .collect()
}

#[test]
fn the_return_is_told_when_it_is_due_and_when_it_is_done() {
    let mut world = moved(&AFTER_A_MINUTE, 1);
    world.at(200.0);
    world.request(Method::Message);
    assert_eq!(
        about_the_return(&mut world),
        ["167.5 server 1: the return to its primary is due", "200 server 1: back at its primary 192.168.1.14:5060/udp"]
    );
}

#[test]
fn a_call_makes_the_return_wait_and_the_explanation_says_so() {
    let mut world = moved(&AFTER_A_MINUTE, 1);
    world.busy(true);
    world.at(200.0);
    world.request(Method::Message);
    assert!(world.sent()[0].contains(B), "still at the backup");
    let told = about_the_return(&mut world);
    assert_eq!(told.last().unwrap(), "167.5 server 1: the return waits for the end of a call");
    let explained =
        |world: &World| world.engine.explain(world.clock(), AccountId(1), Method::Message).unwrap().to_string();
    assert!(explained(&world).contains("after the call"), "{}", explained(&world));
    world.busy(false);
    assert!(!explained(&world).contains("after the call"), "{}", explained(&world));
    world.request(Method::Message);
    assert!(world.sent().last().unwrap().contains(P));
}

#[test]
fn with_the_renewal_of_the_registration_only_a_register_goes_back() {
    let mut world = moved(&["sip_server.1.failback_mode = 2"], 1);
    world.at(3_000.0);
    world.request(Method::Message);
    assert!(world.sent()[0].contains(B), "a request does not return");
    world.at(3_600.0);
    world.request(Method::Message);
    assert!(world.sent().last().unwrap().contains(P), "{:?}", world.sent());
}

#[test]
fn probes_come_half_a_minute_apart_and_as_many_as_must_be_answered_in_a_row() {
    let probed = [&AFTER_A_MINUTE[..], &["sip_server.1.failback_probe = 2"]].concat();
    let mut world = moved(&probed, 3);
    world.at(230.0);
    assert_eq!(
        world.sent(),
        [
            "167.5 OPTIONS 192.168.1.14:5060/udp (3, 7500)",
            "197.5 OPTIONS 192.168.1.14:5060/udp (3, 7500)",
            "227.5 OPTIONS 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    world.request(Method::Message);
    assert!(world.sent().last().unwrap().contains(P));
}

#[test]
fn a_probe_without_an_answer_begins_the_stay_anew_and_the_count_with_it() {
    let probed = [&AFTER_A_MINUTE[..], &["sip_server.1.failback_probe = 1"]].concat();
    let mut world = moved(&probed, 2);
    world.at(190.0);
    world.down(&[P]);
    world.at(210.0);
    world.up(&[P]);
    world.at(300.0);
    let probes: Vec<_> = world.sent().iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(probes, ["167.5", "197.5", "257.5", "287.5"], "the stay counts from the beginning of the vain probe");
}

#[test]
fn an_account_at_the_primary_is_not_said_to_be_on_its_way_back() {
    let mut world = World::started(&domain(&AFTER_A_MINUTE));
    world.at(10.0);
    let explanation = world.engine.explain(world.clock(), AccountId(1), Method::Invite).unwrap();
    assert_eq!(explanation.candidates[0].rule.to_string(), "primary");
}

#[test]
fn a_renewal_that_could_not_be_sent_is_no_reason_to_leave_the_backup() {
    let mut world = moved(&["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 10000"], 1);
    world.at(3_500.0);
    world.once(B, Reply::failure(TransportFailure::Local));
    world.at(3_560.0);
    world.forget();
    world.request(Method::Message);
    assert!(world.sent()[0].contains(B), "a fault of this device says nothing about the targets");
}

#[test]
fn how_the_account_returns_is_explained_by_its_mode() {
    let rule = |lines: &[&str]| {
        let world = moved(lines, 1);
        let explanation = world.engine.explain(world.clock(), AccountId(1), Method::Message).unwrap();
        explanation.candidates[0].rule.to_string()
    };
    let with_renewal = rule(&["sip_server.1.failback_mode = 2"]);
    let never = rule(&["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 0"]);
    assert_eq!(with_renewal, "used last; return to the primary with the renewal of the registration");
    assert_eq!(never, "used last; no return before it fails");
}

#[test]
fn an_account_that_finds_the_backup_dead_is_at_the_primary_but_has_not_returned() {
    let mut world = moved(&["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 10000"], 1);
    world.down(&[B]);
    world.at(200.0);
    world.request(Method::Message);
    world.at(210.0);
    assert!(world.sent().last().unwrap().contains(P));
    assert_eq!(about_the_return(&mut world), [""; 0]);
}

#[test]
fn a_return_is_told_although_dns_does_not_name_the_backup_any_more() {
    let lines =
        ["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 300", "sip_server.1.failback_probe = 1"];
    let mut world = moved(&lines, 1);
    world.zone.a("pbx.example.com", 300, &[P, "192.168.1.20"]);
    world.at(420.0);
    assert_eq!(about_the_return(&mut world)[1..], ["407.5 server 1: back at its primary 192.168.1.14:5060/udp"]);
}

#[test]
fn a_call_that_waits_for_dns_and_then_returns_is_not_waited_for() {
    let mut world = moved(&AFTER_A_MINUTE, 1);
    world.dns_delay = 1_000;
    world.at(310.0);
    world.invite();
    world.at(320.0);
    let told = about_the_return(&mut world);
    assert_eq!(told[1..], ["311 server 1: back at its primary 192.168.1.14:5060/udp"]);
}

#[test]
fn a_second_call_that_waits_for_dns_does_not_return_before_the_first_has_ended() {
    let mut world = moved(&["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 300"], 1);
    world.dns_delay = 1_000;
    world.at(407.0);
    world.busy(true);
    world.invite();
    world.at(410.0);
    let told = about_the_return(&mut world);
    assert_eq!(told[1..], ["407.5 server 1: the return waits for the end of a call"]);
}
