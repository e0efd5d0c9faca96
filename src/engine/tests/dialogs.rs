//! Dialogs, and requests inside them.

use super::world::{Step, response};
use super::{B, F, P, Reply, World, concurrent, domain, single, successive};
use crate::account::{NewDialog, NewRequest};
use crate::engine::InputError;
use crate::policy::Method;
use crate::types::{AccountId, DialogId, TransportFailure};

fn in_dialog(world: &mut World, dialog: DialogId, method: Method) {
    world.start_new(NewRequest { dialog: Some(dialog), ..NewRequest::new(method, 0) }).unwrap();
    world.pump();
}

/// A call over the target that answers.
fn call(world: &mut World) -> DialogId {
    world.invite();
    let attempt = world.last_attempt();
    world.open_dialog(NewDialog::Outgoing(attempt)).unwrap()
}

#[test]
fn a_request_inside_a_dialog_goes_to_the_dialogs_target_and_nowhere_else() {
    let mut world = World::started(&domain(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(110.0);
    let attempt = world.last_attempt();
    let dialog = world.open_dialog(NewDialog::Outgoing(attempt)).unwrap();
    world.up(&[P]);
    world.invite();
    world.down(&[B]);
    world.at(200.0);
    world.forget();
    in_dialog(&mut world, dialog, Method::Other);
    world.at(300.0);
    assert_eq!(world.sent(), ["200 OTHER 192.168.1.13:5060/udp (10, 32000)"]);
    assert_eq!(world.ended(), ["232 OTHER failed: no response in time"]);
}

#[test]
fn any_final_response_inside_a_dialog_is_the_answer() {
    let mut world = World::started(&concurrent(&["sip_server.1.failover_codes = 5xx,invite:503"]));
    let dialog = call(&mut world);
    world.forget();
    for status in [503, 408, 481, 603] {
        world.once(P, Reply::code(status));
        in_dialog(&mut world, dialog, Method::Info);
    }
    assert_eq!(world.ended(), ["0 INFO 503", "0 INFO 408", "0 INFO 481", "0 INFO 603"]);
    assert_eq!(world.sent().len(), 4, "no REGISTER finds out about the server");
}

#[test]
fn a_failure_inside_a_dialog_is_reported_at_once() {
    let mut world = World::started(&domain(&[]));
    let dialog = call(&mut world);
    world.forget();
    world.once(P, Reply::failure(TransportFailure::ConnectionLost));
    in_dialog(&mut world, dialog, Method::Invite);
    assert_eq!(world.ended(), ["0 INVITE failed: connection lost"]);
}

#[test]
fn the_answer_to_a_request_inside_a_dialog_does_not_move_the_account() {
    let mut world = World::started(&domain(&["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 60"]));
    let dialog = call(&mut world);
    world.down(&[P]);
    world.request(Method::Message);
    world.at(8.0);
    world.up(&[P]);
    in_dialog(&mut world, dialog, Method::Info);
    world.forget();
    world.request(Method::Message);
    assert_eq!(
        world.sent(),
        ["8 MESSAGE 192.168.1.13:5060/udp (7, 7500)".replace('7', "3").replace("3, 3500", "3, 7500")]
    );
}

#[test]
fn an_open_dialog_of_an_invite_is_a_call_and_keeps_failback_waiting() {
    let mut world = World::started(&domain(&["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 60"]));
    world.down(&[P]);
    world.invite();
    world.at(10.0);
    let attempt = world.last_attempt();
    let dialog = world.open_dialog(NewDialog::Outgoing(attempt)).unwrap();
    world.up(&[P]);
    world.at(80.0);
    world.forget();
    world.request(Method::Message);
    assert!(world.sent()[0].contains(B), "the return waits for the end of the call");
    world.engine.close_dialog(world.clock(), dialog).unwrap();
    world.request(Method::Message);
    assert!(world.sent()[0].contains(P));
    assert_eq!(world.engine.close_dialog(world.clock(), dialog), Err(InputError::NotFound));
}

#[test]
fn a_dialog_of_a_subscription_is_no_call() {
    let mut world = World::started(&successive(&[]));
    world.request(Method::Subscribe);
    let attempt = world.last_attempt();
    world.open_dialog(NewDialog::Outgoing(attempt)).unwrap();
    world.forget();
    world.reload(&successive(&["sip_server.1.expires = 600"]));
    assert!(world.sent()[0].contains("UNREGISTER"), "new settings do not wait for it");
}

#[test]
fn a_call_that_comes_in_has_the_target_at_its_source() {
    let mut world = World::started(&concurrent(&[]));
    let incoming = |ip: &str, port| NewDialog::Incoming(ip.parse().unwrap(), port, Method::Invite);
    assert_eq!(world.open_dialog(incoming("192.0.2.77", None)), Err(InputError::NotFound));
    let dialog = world.open_dialog(incoming(F, Some(40_000))).unwrap();
    world.down(&[P]);
    world.forget();
    in_dialog(&mut world, dialog, Method::Other);
    assert_eq!(world.sent(), ["0 OTHER 192.168.1.15:5060/udp (10, 32000)"]);
}

#[test]
fn a_dialog_needs_an_attempt_that_was_answered() {
    let mut world = World::started(&domain(&[]));
    assert_eq!(world.open_dialog(NewDialog::Outgoing(crate::types::AttemptId(7))), Err(InputError::NotFound));
    world.down(&[P]);
    world.invite();
    let attempt = world.last_attempt();
    assert_eq!(world.open_dialog(NewDialog::Outgoing(attempt)), Err(InputError::State));
    world.report(attempt, Step::Provisional(180));
    assert!(world.open_dialog(NewDialog::Outgoing(attempt)).is_ok(), "an early dialog");
    world.report(attempt, Step::Final(response(486)));
    world.at(40.0);
    assert_eq!(world.open_dialog(NewDialog::Outgoing(attempt)), Err(InputError::NotFound), "long over");
}

#[test]
fn dialogs_survive_new_settings_and_end_with_their_account() {
    let mut world = World::started(&concurrent(&[]));
    let dialog = call(&mut world);
    // Without server 1, as soon as the limit for calls is over.
    world.reload(&concurrent(&["sip_server.1.address =", "sip_server.1.expires = 600"]));
    world.at(700.0);
    world.forget();
    in_dialog(&mut world, dialog, Method::Other);
    assert_eq!(world.sent(), ["700 OTHER 192.168.1.14:5060/udp (10, 32000)"]);
    assert_eq!(world.ended(), ["700 OTHER 200"]);
    world.stop();
    let request = NewRequest { dialog: Some(dialog), ..NewRequest::new(Method::Other, 0) };
    world.start();
    assert_eq!(world.engine.start_request(world.clock(), AccountId(1), request), Err(InputError::NotFound));
    assert_eq!(world.engine.table_sizes()[3], 0);
}

/// Where a request inside a dialog goes that came in from this address of the working server.
fn target_of_incoming(world: &mut World, port: Option<u16>) -> String {
    let new = NewDialog::Incoming(P.parse().unwrap(), port, Method::Invite);
    let dialog = world.open_dialog(new).unwrap();
    world.forget();
    in_dialog(world, dialog, Method::Info);
    world.engine.close_dialog(world.clock(), dialog).unwrap();
    world.sent().remove(0).split(' ').nth(2).unwrap().to_owned()
}

#[test]
fn of_two_targets_at_one_address_the_one_with_a_registration_is_meant_and_then_the_one_with_the_port() {
    let two_ports = ["sip_server.2.address = 192.168.1.14", "sip_server.2.port = 5070"];
    let mut world = World::started(&single(&two_ports));
    assert_eq!(target_of_incoming(&mut world, Some(5070)), "192.168.1.14:5070/udp");
    assert_eq!(target_of_incoming(&mut world, Some(5060)), "192.168.1.14:5060/udp");
    assert_eq!(target_of_incoming(&mut world, None), "192.168.1.14:5060/udp", "server 1 before server 2");

    let mut world = World::new(&single(&two_ports));
    world.once(P, Reply::code(403));
    world.start();
    assert!(world.state(2) == "registered" && world.state(1) != "registered");
    for port in [None, Some(5060), Some(5070), Some(40_000)] {
        assert_eq!(target_of_incoming(&mut world, port), "192.168.1.14:5070/udp", "{port:?}");
    }
}

#[test]
fn a_call_may_come_in_from_a_server_that_was_not_used_yet() {
    let mut world = World::started(&successive(&[]));
    let dialog = world.open_dialog(NewDialog::Incoming(F.parse().unwrap(), None, Method::Invite)).unwrap();
    world.forget();
    in_dialog(&mut world, dialog, Method::Other);
    assert_eq!(world.sent(), ["0 OTHER 192.168.1.15:5060/udp (10, 32000)"]);
}

#[test]
fn an_invite_that_comes_in_is_a_call_and_nothing_else_is() {
    for (method, is_call) in [(Method::Invite, true), (Method::Subscribe, false)] {
        let mut world = World::started(&successive(&[]));
        world.open_dialog(NewDialog::Incoming(P.parse().unwrap(), None, method)).unwrap();
        world.forget();
        world.reload(&successive(&["sip_server.1.expires = 600"]));
        assert_eq!(world.sent().is_empty(), is_call, "new settings wait for the end of a call, {method:?}");
    }
}

#[test]
fn of_two_dialogs_one_ends_and_the_other_stays_until_its_account_stops() {
    let mut world = World::started(&domain(&[]));
    let (first, second) = (call(&mut world), call(&mut world));
    world.engine.close_dialog(world.clock(), first).unwrap();
    in_dialog(&mut world, second, Method::Info);
    world.stop();
    assert_eq!(world.engine.table_sizes()[3], 0);
}

#[test]
fn a_request_inside_a_dialog_counts_as_a_request() {
    let mut world = World::started(&domain(&[]));
    let dialog = call(&mut world);
    in_dialog(&mut world, dialog, Method::Info);
    assert_eq!(world.engine.counters().account.requests_started, 2);
    assert_eq!(world.engine.counters().account.requests_done, 2);
}

/// REGISTERs after a silent request inside a dialog with the primary.
fn registers_after_silence_in_a_dialog(world: &mut World, dialog: DialogId) -> usize {
    world.down(&[P]);
    world.forget();
    in_dialog(world, dialog, Method::Info);
    let until = world.now as f64 / 1_000.0 + 33.0;
    world.at(until);
    world.sent().iter().filter(|line| line.contains("REGISTER")).count()
}

#[test]
fn a_server_found_dead_inside_a_dialog_is_asked_only_where_the_account_is() {
    let mut world = World::started(&single(&[]));
    let dialog = call(&mut world);
    assert!(registers_after_silence_in_a_dialog(&mut world, dialog) > 0);

    let mut world = World::started(&concurrent(&[]));
    let dialog = call(&mut world);
    world.down(&[P]);
    world.request(Method::Message);
    world.at(1_000.0);
    assert_eq!(world.current(), crate::types::Server::Fallback);
    let while_asked_anyway = {
        world.forget();
        world.at(1_033.0);
        world.sent().iter().filter(|line| line.contains("REGISTER")).count()
    };
    assert_eq!(registers_after_silence_in_a_dialog(&mut world, dialog), while_asked_anyway);
}

#[test]
fn silence_inside_a_dialog_elsewhere_than_the_account_is_says_nothing_about_the_account() {
    let mut world = World::started(&concurrent(&[]));
    let source = F.parse().unwrap();
    let dialog = world.open_dialog(NewDialog::Incoming(source, None, Method::Invite)).unwrap();
    world.down(&[F]);
    world.forget();
    in_dialog(&mut world, dialog, Method::Info);
    world.at(40.0);
    assert_eq!(world.ended(), ["32 INFO failed: no response in time"]);
    assert_eq!(world.sent(), ["0 INFO 192.168.1.15:5060/udp (10, 32000)"], "no REGISTER finds out about server 2");
    assert_eq!(world.told(), [""; 0]);
}

#[test]
fn the_answer_of_a_backup_inside_a_dialog_does_not_take_the_account_there() {
    let mut world = World::started(&domain(&["sip_server.1.failback_mode = 3"]));
    let dialog = world.open_dialog(NewDialog::Incoming(B.parse().unwrap(), None, Method::Subscribe)).unwrap();
    world.at(10.0);
    world.down(&[P]);
    world.once(B, Reply::code(503));
    world.request(Method::Message);
    world.at(20.0);
    in_dialog(&mut world, dialog, Method::Other);
    world.at(21.0);
    world.forget();
    world.request(Method::Message);
    assert_eq!(world.sent(), ["21 MESSAGE 192.168.1.14:5060/udp (3, 7500)"]);
}
