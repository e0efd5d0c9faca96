//! Urgent requests: several servers at once, and nothing that keeps others waiting.

use super::world::{Step, response};
use super::{B, Dns, F, P, Reply, World, concurrent, domain, domain_and_fallback, successive};
use crate::account::{NewRequest, ReportStatus};
use crate::policy::Method;
use crate::types::{RequestId, TransportFailure};

pub(super) fn emergency(world: &mut World) -> RequestId {
    let id = world.start_new(NewRequest { is_urgent: true, ..NewRequest::new(Method::Invite, 112) }).unwrap();
    world.pump();
    id
}

/// When INVITEs were sent, and where.
pub(super) fn invites(world: &mut World) -> Vec<String> {
    let sent = world.sent();
    let invites = sent.iter().filter_map(|line| line.split_once(" INVITE "));
    invites.map(|(at, target)| format!("{at} {}", target.split(':').next().unwrap())).collect()
}

#[test]
fn the_next_target_is_asked_after_two_seconds_while_the_first_attempt_stays_open() {
    let mut world = World::started(&domain(&[]));
    world.down(&[P]);
    world.always(B, "INVITE", Reply::ringing(180).then(Reply::code(200).after(3_000)));
    world.at(10.0);
    world.forget();
    emergency(&mut world);
    world.at(60.0);
    assert_eq!(
        world.all(),
        [
            "10 INVITE 192.168.1.14:5060/udp (6, 32000)",
            "12 INVITE 192.168.1.13:5060/udp (6, 32000)",
            "12 stop INVITE 192.168.1.14:5060/udp",
            "15 INVITE 200",
        ]
    );
}

#[test]
fn over_tls_the_first_target_gets_four_seconds() {
    let mut world = World::started(&domain(&["sip_server.1.transport_type = 2"]));
    world.down(&[P]);
    world.forget();
    emergency(&mut world);
    world.at(3.999);
    assert_eq!(world.sent().len(), 1);
    world.at(4.0);
    assert_eq!(world.sent(), ["4 INVITE 192.168.1.13:5060/tls (6, 32000)"]);
}

#[test]
fn the_first_response_above_100_wins_whichever_attempt_it_comes_to() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::ringing(183).after(2_500));
    world.always(B, "INVITE", Reply::ringing(100));
    world.forget();
    emergency(&mut world);
    world.at(2.5);
    assert_eq!(world.left(), ["2.5 cancel INVITE 192.168.1.13:5060/udp"], "the one that said 100 gets a CANCEL");
    world.at(10.0);
    assert_eq!(world.ended(), [""; 0]);
    let first = world.attempts[1];
    world.report(first, Step::Final(response(200)));
    assert_eq!(world.ended(), ["10 INVITE 200"]);
}

#[test]
fn a_server_that_said_100_is_not_passed_by_until_it_fails() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::ringing(100).then(Reply::code(503).after(9_000)));
    world.forget();
    emergency(&mut world);
    world.at(8.9);
    assert_eq!(world.sent().len(), 1);
    world.at(9.0);
    assert_eq!(world.sent()[0], "9 INVITE 192.168.1.13:5060/udp (6, 32000)");
}

#[test]
fn a_branch_that_fails_is_followed_by_the_next_target_at_once() {
    let mut world = World::started(&domain_and_fallback(&[]));
    world.down(&[P]);
    world.always(B, "INVITE", Reply::code(503).after(500));
    world.always(F, "INVITE", Reply::failure(TransportFailure::Local));
    world.forget();
    emergency(&mut world);
    world.at(40.0);
    let invites: Vec<String> = world.sent().into_iter().filter(|line| line.contains("INVITE")).collect();
    assert_eq!(
        invites,
        [
            "0 INVITE 192.168.1.14:5060/udp (6, 32000)",
            "2 INVITE 192.168.1.13:5060/udp (6, 32000)",
            "2.5 INVITE 192.168.1.15:5060/udp (6, 32000)",
        ]
    );
    assert_eq!(world.ended(), ["32 INVITE failed: no response in time"], "the branch that is open is waited for");
    assert_eq!(world.outcomes.len(), 3);
}

#[test]
fn all_silent_servers_end_in_one_completion() {
    let mut world = World::started(&concurrent(&[]));
    world.down(&[P, F]);
    world.forget();
    emergency(&mut world);
    world.at(100.0);
    assert_eq!(world.ended(), ["34 INVITE failed: no response in time"]);
}

#[test]
fn an_urgent_request_needs_no_registration_anywhere() {
    for settings in [
        concurrent(&["sip_server.1.register_on_enable = 1", "sip_server.2.register_on_enable = 1"]),
        successive(&["sip_server.1.register_on_enable = 1"]),
    ] {
        let mut world = World::new(&settings);
        world.always(P, "REGISTER", Reply::code(403));
        world.always(F, "REGISTER", Reply::code(403));
        world.down(&[P]);
        world.start();
        world.forget();
        emergency(&mut world);
        world.at(5.0);
        assert_eq!(world.ended(), ["2 INVITE 200"], "server 2 is not passed over for want of a registration");
    }
}

#[test]
fn an_urgent_request_waits_neither_for_quarantine_nor_for_registration_before_use() {
    let mut world = World::started(&domain(&[
        "sip_server.1.quarantine_timeout = 600",
        "sip_server.1.register_on_enable = 1",
        "sip_server.1.only_signal_with_registered = 1",
        "sip_server.1.failback_mode = 3",
    ]));
    world.at(10.0);
    world.once(P, Reply::retry_after(503, 600));
    world.request(Method::Message);
    world.at(11.0);
    world.forget();
    emergency(&mut world);
    assert_eq!(world.sent(), ["11 INVITE 192.168.1.14:5060/udp (6, 32000)"], "the current target first, pause or not");
    world.down(&[P]);
    emergency(&mut world);
    world.at(14.0);
    let sent = world.sent();
    assert_eq!(sent[1], "13 INVITE 192.168.1.13:5060/udp (6, 32000)", "no REGISTER first: {sent:?}");
}

#[test]
fn an_urgent_request_does_not_wait_for_dns() {
    let mut world = World::started(&domain(&["sip_server.2.address = 192.168.1.15"]));
    world.at(1_000.0);
    world.dns = Dns::Silent;
    world.forget();
    emergency(&mut world);
    assert_eq!(world.sent()[0], "1000 INVITE 192.168.1.14:5060/udp (6, 32000)", "what was known is used at once");
    // Nothing is known of server 1 here.
    let mut world = World::new(&domain(&["sip_server.2.address = 192.168.1.15"]));
    world.dns_delay = 1_000;
    world.start();
    world.down(&[F]);
    world.forget();
    emergency(&mut world);
    assert_eq!(world.sent(), ["0 INVITE 192.168.1.15:5060/udp (6, 32000)"]);
    world.at(2.0);
    assert!(world.sent().contains(&"2 INVITE 192.168.1.14:5060/udp (6, 32000)".to_owned()));
}

#[test]
fn a_cancel_ends_every_branch_and_nothing_is_heard_any_more() {
    let mut world = World::started(&domain(&[]));
    world.down(&[P, B]);
    world.forget();
    let id = emergency(&mut world);
    world.at(2.0);
    world.cancel(id);
    assert_eq!(
        world.left(),
        ["2 stop INVITE 192.168.1.13:5060/udp", "2 stop INVITE 192.168.1.14:5060/udp"]
            .map(|l| l.to_owned())
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    let first = world.attempts[1];
    assert_eq!(world.report(first, Step::Final(response(200))), ReportStatus::Late);
    world.at(100.0);
    assert_eq!(world.ended(), [""; 0]);
}

#[test]
fn an_answer_and_the_end_of_patience_at_the_same_moment_end_in_one_completion_in_both_orders() {
    for timers_first in [false, true] {
        let mut world = World::started(&domain(&[]));
        world.timers_first = timers_first;
        world.always(P, "INVITE", Reply::code(200).after(2_000));
        world.always(B, "INVITE", Reply::code(200).after(1));
        world.forget();
        emergency(&mut world);
        world.at(10.0);
        assert_eq!(world.ended(), ["2 INVITE 200"]);
        assert_eq!(world.left().len(), usize::from(timers_first));
    }
}

#[test]
fn stopping_and_releasing_end_an_urgent_request_once() {
    for release in [false, true] {
        let mut world = World::started(&domain(&[]));
        world.down(&[P, B]);
        emergency(&mut world);
        world.at(3.0);
        world.forget();
        if release {
            world.release()
        } else {
            world.stop()
        }
        let end = if release { "3 INVITE released" } else { "3 INVITE stopped" };
        world.at(40.0);
        assert_eq!(world.ended(), [end]);
    }
}

#[test]
fn an_urgent_call_that_another_server_answers_does_not_move_the_account() {
    let mut world = World::started(&domain(&["sip_server.1.failback_mode = 3"]));
    world.always(P, "INVITE", Reply::code(200).after(5_000));
    emergency(&mut world);
    world.at(10.0);
    world.forget();
    world.invite();
    assert_eq!(world.sent()[0], "10 INVITE 192.168.1.14:5060/udp (3, 7500)");
}

#[test]
fn an_urgent_request_begins_at_the_target_that_answered_last() {
    let mut world = World::started(&domain(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(110.0);
    world.forget();
    emergency(&mut world);
    assert_eq!(world.sent(), ["110 INVITE 192.168.1.13:5060/udp (6, 32000)"], "others begin at the primary");
}

#[test]
fn an_urgent_request_goes_to_a_backup_that_does_not_know_the_phone() {
    let lines = ["sip_server.1.register_on_enable = 1", "sip_server.1.failback_mode = 3"];
    let mut world = World::started(&domain(&lines));
    world.at(10.0);
    world.down(&[P]);
    world.forget();
    emergency(&mut world);
    world.at(13.0);
    let expected = ["10 INVITE 192.168.1.14:5060/udp (6, 32000)", "12 INVITE 192.168.1.13:5060/udp (6, 32000)"];
    assert_eq!(world.sent(), expected, "no REGISTER comes first");
    assert_eq!(world.ended(), ["12 INVITE 200"]);
}

#[test]
fn an_urgent_call_over_a_backup_without_a_registration_is_no_switch() {
    let lines = ["sip_server.1.register_on_enable = 1", "sip_server.1.failback_mode = 3"];
    let mut world = World::started(&domain(&lines));
    world.at(10.0);
    world.always(P, "INVITE", Reply::failure(TransportFailure::Unreachable));
    emergency(&mut world);
    assert_eq!(world.ended(), ["10 INVITE 200"]);
    world.heal(P);
    world.at(20.0);
    world.forget();
    world.invite();
    assert_eq!(world.sent()[0], "20 INVITE 192.168.1.14:5060/udp (3, 7500)");
}

#[test]
fn a_challenge_gives_the_target_its_two_seconds_again() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.once(P, Reply::code(401).after(1_500));
    world.forget();
    emergency(&mut world);
    world.at(13.4);
    assert_eq!(world.sent().len(), 1, "the stack answers the challenge");
    world.at(14.0);
    assert_eq!(world.sent(), ["13.5 INVITE 192.168.1.13:5060/udp (6, 32000)"]);
}

#[test]
fn a_server_that_was_lost_after_a_100_is_followed_by_the_next() {
    let mut world = World::started(&domain(&[]));
    let lost = Reply::failure(TransportFailure::ConnectionLost).after(1_000);
    world.always(P, "INVITE", Reply::ringing(100).then(lost));
    world.at(10.0);
    emergency(&mut world);
    world.at(20.0);
    assert_eq!(world.ended(), ["11 INVITE 200"]);
}

#[test]
fn a_call_that_rings_at_an_earlier_target_is_cancelled_there() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::ringing(180).after(2_500));
    world.down(&[B]);
    world.at(10.0);
    let id = emergency(&mut world);
    world.at(13.0);
    world.cancel(id);
    assert_eq!(world.left(), ["12.5 stop INVITE 192.168.1.13:5060/udp", "13 cancel INVITE 192.168.1.14:5060/udp"]);
}

#[test]
fn a_challenge_of_an_earlier_target_gives_the_latest_one_no_more_time() {
    let mut world = World::started(&domain_and_fallback(&[]));
    world.at(10.0);
    world.once(P, Reply::code(401).after(2_500));
    world.down(&[B]);
    world.forget();
    emergency(&mut world);
    world.at(15.0);
    assert_eq!(world.sent().last().unwrap(), "14 INVITE 192.168.1.15:5060/udp (6, 32000)");
}

#[test]
fn a_break_of_the_network_is_no_impatience_with_a_server() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.down(&[P]);
    emergency(&mut world);
    world.at(11.0);
    world.network_down();
    world.at(20.0);
    world.up(&[P]);
    world.network_up();
    assert_eq!(world.ended(), ["20 INVITE 200"]);
}

#[test]
fn a_call_that_has_ended_wakes_nobody_for_the_next_target() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.once(P, Reply::code(486));
    emergency(&mut world);
    let patience_over = world.clock() + 2_000;
    assert!(world.engine.next_deadline().is_none_or(|at| at > patience_over));
}
