//! Requests of the firmware: how they end, and what comes too late.

use super::world::{Step, response};
use super::{B, F, P, Reply, World, concurrent, domain, domain_and_fallback, single, successive};
use crate::account::{FinalResponse, NewRequest, ReportStatus};
use crate::engine::InputError;
use crate::policy::Method;
use crate::types::{AttemptId, RequestId, TransportFailure};

const OK: Step = Step::Final(FinalResponse {
    status: 200,
    retry_after_s: None,
    granted_expires_s: None,
    min_expires_s: None,
    challenge_is_final: false,
});

fn challenge() -> Step {
    Step::Final(response(401))
}

#[test]
fn a_request_that_no_server_answers_ends_once_with_what_happened() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.down(&[P, B]);
    world.forget();
    world.start_request(Method::Message).unwrap();
    world.at(17.5);
    world.always(B, "", Reply::failure(TransportFailure::Unreachable));
    world.at(100.0);
    assert_eq!(world.ended(), ["49.5 MESSAGE failed: no response in time"]);
}

#[test]
fn a_request_on_a_stopped_account_is_not_taken() {
    let mut world = World::new(&single(&[]));
    assert_eq!(world.start_request(Method::Invite), Err(InputError::State));
    assert_eq!(
        world.engine.start_request(world.clock(), crate::types::AccountId(9), NewRequest::new(Method::Invite, 1)),
        Err(InputError::NotFound)
    );
}

#[test]
fn stopping_ends_every_request_once_in_whatever_phase_it_is() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::silence());
    world.invite();
    world.at(110.0);
    // One waits for server 2, one is under way.
    world.invite();
    world.stop();
    assert_eq!(world.ended(), ["110 INVITE stopped", "110 INVITE stopped"]);
    assert_eq!(world.watch.open(), []);
}

#[test]
fn stopping_or_releasing_does_not_change_an_answer_that_is_to_be_delivered() {
    for is_release in [false, true] {
        let mut world = World::started(&single(&[]));
        world.always(P, "INVITE", Reply::silence());
        world.invite();
        world.engine.final_response(world.clock(), world.last_attempt(), response(486));
        world.forget();
        if is_release {
            world.release()
        } else {
            world.stop()
        }
        assert_eq!(world.ended(), ["0 INVITE 486"]);
    }
}

#[test]
fn stopping_ends_a_request_that_waits_for_dns() {
    let mut world = World::new(&domain(&[]));
    world.dns = super::Dns::Silent;
    world.start();
    world.invite();
    world.at(1.0);
    world.stop();
    assert_eq!(world.ended(), ["1 INVITE stopped"]);
}

#[test]
fn releasing_the_engine_ends_every_request_once_and_sends_nothing() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::silence());
    world.invite();
    world.at(110.0);
    world.invite();
    world.forget();
    world.release();
    assert_eq!(world.all(), ["110 INVITE released", "110 INVITE released"]);
}

#[test]
fn a_request_that_waits_for_dns_can_be_cancelled() {
    let mut world = World::new(&domain(&[]));
    world.dns_delay = 1_000;
    world.start();
    let call = world.invite();
    world.at(0.5);
    world.cancel(call);
    world.at(2.0);
    assert_eq!(world.sent(), ["1 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert_eq!(world.ended(), [""; 0]);
}

#[test]
fn a_request_under_way_can_be_cancelled_and_starts_no_further_attempt() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.down(&[P]);
    world.forget();
    let call = world.invite();
    world.at(12.0);
    world.cancel(call);
    world.at(100.0);
    assert_eq!(world.all(), ["10 INVITE 192.168.1.14:5060/udp (3, 7500)", "12 stop INVITE 192.168.1.14:5060/udp"]);
}

#[test]
fn a_ringing_call_is_cancelled_with_a_cancel() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::provisional());
    let call = world.invite();
    world.at(1.0);
    world.cancel(call);
    assert_eq!(world.left(), ["1 cancel INVITE 192.168.1.14:5060/udp"]);
}

#[test]
fn a_request_cancelled_before_its_turn_is_never_sent() {
    let mut world = World::started(&domain(&[]));
    world.forget();
    let call = world.start_request(Method::Invite).unwrap();
    world.cancel(call);
    world.at(100.0);
    assert_eq!(world.all(), [""; 0]);
}

#[test]
fn a_request_that_has_ended_can_be_cancelled_until_its_completion_is_delivered() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "", Reply::silence());
    let call = world.invite();
    world.forget();
    let attempt = world.last_attempt();
    world.engine.final_response(world.clock(), attempt, response(486));
    world.cancel(call);
    assert_eq!(world.all(), [""; 0]);
    assert_eq!(world.engine.counters().account.requests_done, 1);
    assert_eq!(world.engine.cancel_request(world.clock(), call), Err(InputError::NotFound));
}

#[test]
fn a_register_of_the_library_cannot_be_cancelled_from_outside() {
    let mut world = World::started_with_dead(&single(&[]), &[P]);
    let register = world.engine.attempt(world.last_attempt()).unwrap().request;
    assert_eq!(world.engine.cancel_request(world.clock(), register), Err(InputError::NotFound));
    assert_eq!(world.engine.cancel_request(world.clock(), RequestId(77)), Err(InputError::NotFound));
}

/// A call that was sent to the primary in vain at 10 and answered by the backup at 17.5.
fn moved() -> (World, AttemptId) {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.down(&[P]);
    world.invite();
    let attempt = world.last_attempt();
    world.at(17.5);
    world.forget();
    (world, attempt)
}

#[test]
fn a_report_about_an_attempt_that_was_left_comes_too_late_and_is_a_sign_of_life() {
    for step in [Step::Provisional(180), OK, Step::Final(response(503)), challenge()] {
        let (mut world, attempt) = moved();
        world.at(20.0);
        assert_eq!(world.report(attempt, step), ReportStatus::Late);
        assert_eq!(world.report(attempt, step), ReportStatus::Late);
        assert_eq!(world.all(), [""; 0]);
        assert_eq!(world.engine.counters().account.late_reports, 2);
    }
    let (mut world, attempt) = moved();
    assert_eq!(world.report(attempt, Step::Failed(TransportFailure::Unreachable)), ReportStatus::Taken);
    assert_eq!(world.engine.counters().account.late_reports, 0, "an explanation of the silence, no sign of life");
}

#[test]
fn an_answer_after_a_transport_failure_comes_too_late() {
    let mut world = World::started(&domain(&[]));
    world.once(P, Reply::failure(TransportFailure::ConnectionLost));
    world.invite();
    world.at(1.0);
    assert_eq!(world.ended(), ["0 INVITE 200"]);
    let [.., attempt, _] = world.attempts[..] else { panic!("two attempts") };
    // The backup has taken the call: a second one must not come up.
    assert_eq!(world.report(attempt, OK), ReportStatus::Late);
}

#[test]
fn an_attempt_that_was_left_is_known_for_the_length_of_a_transaction() {
    let (mut world, attempt) = moved();
    world.at(17.5 + 31.999);
    assert_eq!(world.report(attempt, OK), ReportStatus::Late);
    world.at(17.5 + 32.0);
    assert_eq!(world.report(attempt, OK), ReportStatus::Unknown);
}

#[test]
fn a_second_report_about_an_attempt_changes_nothing() {
    let mut world = World::started(&domain(&[]));
    world.invite();
    let attempt = world.last_attempt();
    world.forget();
    for step in [OK, Step::Final(response(503)), Step::Provisional(180), Step::Failed(TransportFailure::Connect)] {
        assert_eq!(world.report(attempt, step), ReportStatus::Taken);
    }
    assert_eq!(world.all(), [""; 0]);
}

#[test]
fn at_the_very_millisecond_of_the_deadline_whatever_comes_first_counts() {
    for timers_first in [false, true] {
        let mut world = World::started(&domain(&[]));
        world.at(10.0);
        world.timers_first = timers_first;
        world.once(P, Reply::code(486).after(7_500));
        world.forget();
        world.invite();
        world.at(20.0);
        if timers_first {
            assert_eq!(world.ended(), ["17.5 INVITE 200"], "the backup's answer");
        } else {
            assert_eq!(world.ended(), ["17.5 INVITE 486"]);
        }
    }
}

#[test]
fn a_report_that_overtakes_a_late_timer_still_counts() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.down(&[P]);
    world.invite();
    let attempt = world.last_attempt();
    world.forget();
    // The firmware was busy and handles the response before the timer.
    world.now = 18_000;
    assert_eq!(world.report(attempt, Step::Final(response(486))), ReportStatus::Taken);
    assert_eq!(world.ended(), ["18 INVITE 486"]);
}

#[test]
fn a_challenge_restarts_the_budget_once() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.always(P, "INVITE", Reply(vec![(5_000, challenge()), (9_000, challenge())]));
    world.forget();
    world.invite();
    world.at(100.0);
    assert_eq!(
        world.sent(),
        ["10 INVITE 192.168.1.14:5060/udp (3, 7500)", "22.5 INVITE 192.168.1.13:5060/udp (6, 32000)"]
    );
}

#[test]
fn a_challenge_that_is_answered_is_no_end() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "", Reply(vec![(0, challenge()), (50, OK)]));
    world.invite();
    world.at(1.0);
    assert_eq!(world.ended(), ["0.05 INVITE 200"]);
}

#[test]
fn a_challenge_without_an_answer_is_the_answer() {
    let mut world = World::started(&domain(&[]));
    let no_password = FinalResponse { challenge_is_final: true, ..response(407) };
    world.always(P, "", Reply(vec![(0, Step::Final(no_password))]));
    world.invite();
    assert_eq!(world.ended(), ["0 INVITE 407"]);
}

#[test]
fn a_ringing_call_walks_no_further_and_ends_three_minutes_after_the_last_sign() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.always(P, "INVITE", Reply::provisional().after(7_000).then(Reply::provisional().after(100_000)));
    world.forget();
    world.invite();
    world.at(400.0);
    assert_eq!(
        world.all(),
        [
            "10 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "290 cancel INVITE 192.168.1.14:5060/udp",
            "290 INVITE failed: no response in time"
        ]
    );
    assert_eq!(world.outcomes, ["192.168.1.14:5060/udp no response in time"]);
}

#[test]
fn another_request_that_is_being_worked_on_has_the_rest_of_its_transaction() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.always(P, "MESSAGE", Reply::provisional().after(7_000).then(Reply::provisional().after(20_000)));
    world.forget();
    world.request(Method::Message);
    world.at(400.0);
    assert_eq!(
        world.all(),
        [
            "10 MESSAGE 192.168.1.14:5060/udp (3, 7500)",
            "42 stop MESSAGE 192.168.1.14:5060/udp",
            "42 MESSAGE failed: no response in time"
        ]
    );
}

#[test]
fn a_register_that_is_being_worked_on_does_not_move_on_either() {
    let mut world = World::new(&domain(&[]));
    world.always(P, "REGISTER", Reply::provisional());
    world.start();
    world.at(61.0);
    assert_eq!(world.sent(), ["0 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    world.at(62.0);
    assert_eq!(world.sent(), ["62 REGISTER 192.168.1.14:5060/udp (3, 7500)"], "32 s and the pause");
}

#[test]
fn a_connection_lost_after_a_sign_of_life_ends_the_call_without_another() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::provisional().then(Reply::failure(TransportFailure::ConnectionLost).after(100)));
    world.forget();
    world.invite();
    world.at(1.0);
    assert_eq!(world.ended(), ["0.1 INVITE failed: connection lost"]);
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn a_503_after_a_sign_of_life_still_moves_the_call() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::provisional().then(Reply::code(503).after(100)));
    world.invite();
    world.at(1.0);
    assert_eq!(world.ended(), ["0.1 INVITE 200"]);
}

#[test]
fn a_fault_of_this_device_ends_the_call_and_blames_nobody() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 1000"]));
    world.once(P, Reply::failure(TransportFailure::Local));
    world.forget();
    world.invite();
    assert_eq!(world.ended(), ["0 INVITE failed: local network fault"]);
    world.invite();
    assert_eq!(world.sent(), ["0 INVITE 192.168.1.14:5060/udp (3, 7500)", "0 INVITE 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn the_list_of_the_other_server_follows_in_concurrent_mode() {
    let mut world = World::started(&concurrent(&["sip_server.1.invite_retry_counts = 5"]));
    world.at(10.0);
    world.down(&[P, F]);
    world.forget();
    world.invite();
    world.at(200.0);
    let invites: Vec<String> = world.sent().into_iter().filter(|line| line.contains("INVITE")).collect();
    assert_eq!(invites, ["10 INVITE 192.168.1.14:5060/udp (5, 31500)", "41.5 INVITE 192.168.1.15:5060/udp (6, 32000)"]);
    assert_eq!(world.ended(), ["73.5 INVITE failed: no response in time"]);
}

#[test]
fn a_completion_names_the_attempts_that_failed() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::code(503));
    world.always(B, "INVITE", Reply::failure(TransportFailure::Unreachable));
    let call = world.start_request(Method::Invite).unwrap();
    for _ in 0..2 {
        let attempt = loop {
            match world.engine.next_action().unwrap() {
                crate::account::Action::Send(id) => break id,
                _ => continue,
            }
        };
        let is_primary = world.engine.take_send(attempt).unwrap().index == 0;
        let clock = world.clock();
        match is_primary {
            true => world.engine.final_response(clock, attempt, response(503)),
            false => world.engine.transport_failed(clock, attempt, TransportFailure::Unreachable),
        };
    }
    let report = world.engine.take_done(call).unwrap();
    let failed: Vec<String> =
        report.failed.iter().map(|f| format!("{} {:?}", f.target.to_str().unwrap(), f.cause)).collect();
    assert_eq!(failed, ["192.168.1.14:5060/udp Response(503)", "192.168.1.13:5060/udp Transport(Unreachable)"]);
    assert!(world.engine.take_done(call).is_none(), "only once");
}

#[test]
fn a_response_that_blocks_one_server_opens_the_next_without_a_registration() {
    let mut world = World::started(&domain_and_fallback(&[]));
    for host in [P, B] {
        world.always(host, "INVITE", Reply::code(503));
    }
    world.invite();
    assert_eq!(world.ended(), ["0 INVITE 200"]);
    assert_eq!(world.current(), crate::types::Server::Working);
}

#[test]
fn a_registration_that_fails_at_the_backup_leaves_the_primary_to_a_request_that_waited_for_it() {
    let mut world = World::new(&domain(&["sip_server.1.register_on_enable = 1"]));
    world.always(P, "REGISTER", Reply::retry_after(503, 600));
    world.down(&[B]);
    world.start();
    world.at(1.0);
    world.forget();
    // The primary wants a pause, the backup a registration first: but that one is dead.
    world.invite();
    assert_eq!(world.sent(), [""; 0]);
    world.at(100.0);
    assert!(world.sent().contains(&"32 INVITE 192.168.1.14:5060/udp (6, 32000)".to_owned()));
    assert_eq!(world.ended(), ["32 INVITE 200"]);
}

#[test]
fn a_refused_registration_at_the_backup_leaves_the_primary_to_requests() {
    let mut world = World::new(&domain(&["sip_server.1.register_on_enable = 1"]));
    world.always(P, "REGISTER", Reply::retry_after(503, 600));
    world.always(B, "REGISTER", Reply::code(403));
    world.start();
    world.at(1.0);
    world.forget();
    world.invite();
    assert_eq!(world.sent(), ["1 INVITE 192.168.1.14:5060/udp (6, 32000)"]);
}

#[test]
fn a_request_that_no_server_may_have_says_so() {
    let lines = ["only_signal_with_registered = 1", "register_on_enable = 1", "failback_mode = 3"];
    let lines: Vec<String> = lines.iter().map(|line| format!("sip_server.1.{line}")).collect();
    let mut world = World::new(&domain(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    world.down(&[P, B]);
    world.start();
    world.invite();
    world.at(100.0);
    assert_eq!(world.ended(), ["39.5 INVITE failed: not registered"]);
}

#[test]
fn a_call_that_the_registrar_does_not_answer_fails_for_that_reason_and_not_for_want_of_a_registration() {
    let lines = ["register_on_enable = 1", "only_signal_with_registered = 1", "failback_mode = 3"];
    let lines = lines.map(|line| format!("sip_server.1.{line}"));
    let mut world = World::new(&domain(&lines.each_ref().map(String::as_str)));
    world.zone.a("pbx.example.com", 300, &[P]);
    world.start();
    world.at(10.0);
    world.down(&[P]);
    world.invite();
    world.at(60.0);
    assert_eq!(world.ended(), ["42 INVITE failed: no response in time"]);
}
