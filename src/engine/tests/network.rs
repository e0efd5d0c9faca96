//! The device's own network: down, and back. Connections that are lost. Who may send to us.

use super::world::{Step, options, response};
use super::{B, P, Reply, World, concurrent, domain, single, successive};
use crate::account::{NewDialog, NewRequest, ReportStatus};
use crate::policy::Method;
use crate::types::{AccountId, Server, TransportFailure};

#[test]
fn while_the_network_is_down_nothing_is_sent_and_requests_wait() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.down(&[P]);
    world.invite();
    world.at(11.0);
    world.network_down();
    world.forget();
    world.request(Method::Message);
    world.at(20.0);
    assert_eq!(world.all(), [""; 0]);
    world.up(&[P]);
    world.network_changed();
    world.at(21.0);
    let mut sent = world.sent();
    sent.sort();
    assert_eq!(sent, ["INVITE", "MESSAGE", "REGISTER"].map(|m| format!("20 {m} 192.168.1.14:5060/udp (3, 7500)")));
    assert_eq!(world.ended().len(), 2);
}

#[test]
fn silence_of_a_network_that_is_down_blames_nobody() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 600"]));
    world.at(10.0);
    world.down(&[P, B]);
    world.invite();
    let attempt = world.last_attempt();
    world.at(10.1);
    world.network_down();
    assert_eq!(world.report(attempt, Step::Failed(TransportFailure::Unreachable)), ReportStatus::Taken);
    world.at(18.0);
    world.up(&[P, B]);
    world.network_changed();
    assert!(world.all().iter().any(|line| line.starts_with("18 INVITE 192.168.1.14:5060")));
}

#[test]
fn a_request_that_waits_for_the_network_too_long_fails_by_the_fault_of_the_device() {
    let mut world = World::started(&domain(&[]));
    world.network_down();
    world.invite();
    world.start_new(NewRequest { is_urgent: true, ..NewRequest::new(Method::Invite, 0) }).unwrap();
    world.at(31.9);
    assert_eq!(world.ended(), [""; 0]);
    world.at(32.0);
    assert_eq!(world.ended(), ["32 INVITE failed: local network fault", "32 INVITE failed: local network fault"]);
}

#[test]
fn a_ringing_call_outlives_a_short_break_and_its_time_stands_still() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::ringing(180));
    world.invite();
    let attempt = world.last_attempt();
    world.at(170.0);
    world.network_down();
    world.at(195.0);
    world.network_changed();
    world.at(200.0);
    assert_eq!(world.ended(), [""; 0]);
    world.report(attempt, Step::Final(response(200)));
    assert_eq!(world.ended(), ["200 INVITE 200"]);
}

#[test]
fn the_end_of_a_budget_and_the_loss_of_the_network_at_the_same_moment() {
    for network_first in [false, true] {
        let mut world = World::started(&domain(&[]));
        world.at(10.0);
        world.down(&[P]);
        world.invite();
        world.always(B, "INVITE", Reply::code(200).after(1_000));
        world.at(17.499);
        world.forget();
        if network_first {
            world.now = 17_500;
            world.network_down();
            world.at(17.5);
        } else {
            world.at(17.5);
            world.network_down();
        }
        world.up(&[P]);
        world.at(20.0);
        world.network_changed();
        let expected = if network_first { P } else { B };
        assert!(world.sent().iter().any(|line| line.contains("20 INVITE") && line.contains(expected)));
        world.at(30.0);
        assert_eq!(world.ended().len(), 1);
    }
}

#[test]
fn cancel_stop_and_release_end_frozen_requests() {
    let mut world = World::started(&domain(&[]));
    world.network_down();
    let id = world.invite();
    world.cancel(id);
    world.invite();
    world.stop();
    assert_eq!(world.ended(), ["0 INVITE stopped"]);
    assert!(world.told().iter().any(|line| line.contains("stopped")), "it cannot sign off");
    world.start();
    world.invite();
    world.release();
    assert_eq!(world.ended(), ["0 INVITE released"]);
}

#[test]
fn a_lost_connection_brings_a_register_to_the_same_target_and_then_to_the_next() {
    let mut world = World::started(&domain(&["sip_server.1.transport_type = 1"]));
    world.once(P, Reply::code(503));
    world.at(3_541.0);
    world.forget();
    // The account is at the backup now; mode newRequests would begin at the primary.
    world.engine.flow_lost(world.clock(), AccountId(1), &[Server::Working]).unwrap();
    world.engine.flow_lost(world.clock(), AccountId(1), &Server::BOTH).unwrap();
    world.pump();
    assert_eq!(world.sent(), ["3541 REGISTER 192.168.1.13:5060/tcp (3, 7500)"]);
    world.down(&[B]);
    world.engine.flow_lost(world.clock(), AccountId(1), &Server::BOTH).unwrap();
    world.at(3_560.0);
    let sent = world.sent();
    assert_eq!(sent[0], "3541 REGISTER 192.168.1.13:5060/tcp (3, 7500)");
    assert!(sent[1].starts_with("3548.5 REGISTER 192.168.1.14"), "{sent:?}");
}

#[test]
fn phones_that_lose_their_connection_do_not_all_register_at_once() {
    let mut moments = Vec::new();
    for seed in 0..20 {
        let mut options = options();
        options.account.jitter = true;
        options.seed = [seed; 32];
        let mut world = World::with(&single(&["sip_server.1.transport_type = 1"]), options);
        world.start();
        world.at(10.0);
        world.forget();
        world.engine.flow_lost(world.clock(), AccountId(1), &Server::BOTH).unwrap();
        world.at(12.0);
        let sent = world.sent();
        assert_eq!(sent.len(), 1);
        moments.push(sent[0].split(' ').next().unwrap().to_owned());
    }
    moments.sort();
    moments.dedup();
    assert!(moments.len() > 15, "{moments:?}");
    assert!(moments.iter().any(|at| at.parse::<f64>().unwrap() > 11.5), "spread over two seconds: {moments:?}");
}

#[test]
fn a_connection_that_nobody_registered_over_is_nobodys_loss() {
    let mut world = World::started(&successive(&["sip_server.1.transport_type = 1"]));
    world.forget();
    world.engine.flow_lost(world.clock(), AccountId(1), &[Server::Fallback]).unwrap();
    assert!(world.engine.flow_lost(world.clock(), AccountId(2), &[Server::Fallback]).is_err());
    world.pump();
    assert_eq!(world.all(), [""; 0]);
}

#[test]
fn the_connection_to_a_server_that_was_left_is_no_loss_either() {
    let mut world = World::started_with_dead(&successive(&["sip_server.2.transport_type = 1"]), &[P]);
    world.at(100.0);
    world.up(&[P]);
    world.at(200.0);
    assert_eq!(world.current(), Server::Working);
    world.forget();
    world.engine.flow_lost(world.clock(), AccountId(1), &[Server::Fallback]).unwrap();
    world.at(210.0);
    assert_eq!(world.sent(), [""; 0], "its registration lives on, and nobody needs it");
}

#[test]
fn incoming_requests_are_taken_from_listed_targets_or_only_from_the_registrar() {
    let accepts = |world: &World, ip: &str| world.engine.accepts_source(AccountId(1), ip.parse().unwrap()).unwrap();
    let world = World::started(&domain(&[]));
    assert!(accepts(&world, P) && accepts(&world, B) && accepts(&world, "::ffff:192.168.1.13"));
    assert!(!accepts(&world, "192.168.1.99"));
    let world = World::started(&successive(&[]));
    assert!(accepts(&world, super::F), "configured by its address, although nothing went there yet");
    let mut world = World::started(&domain(&["accept_only_registered = 1"]));
    assert!(accepts(&world, P) && !accepts(&world, B));
    // A call over the backup, from the time when the account was there.
    world.down(&[P]);
    world.invite();
    world.at(8.0);
    let attempt = world.last_attempt();
    world.open_dialog(NewDialog::Outgoing(attempt)).unwrap();
    assert!(accepts(&world, B), "the far end may hang up");
}

#[test]
fn registrations_are_told_apart_by_server_for_incoming_requests() {
    let accepts = |world: &World, ip: &str| world.engine.accepts_source(AccountId(1), ip.parse().unwrap()).unwrap();
    let mut world = World::new(&concurrent(&["accept_only_registered = 1"]));
    world.down(&[super::F]);
    world.start();
    world.at(40.0);
    assert!(accepts(&world, P) && !accepts(&world, super::F));
}

/// An account at the backup, where mode newRequests would begin at the primary, has lost its connection there, and waits a
/// random time before it registers again.
fn waits_after_a_lost_connection() -> World {
    let mut options = options();
    options.account.jitter = true;
    let mut world = World::with(&domain(&["sip_server.1.transport_type = 1"]), options);
    world.once(P, Reply::code(503));
    world.start();
    world.at(10.0);
    world.forget();
    world.engine.flow_lost(world.clock(), AccountId(1), &[Server::Working]).unwrap();
    world.pump();
    assert_eq!(world.sent(), [""; 0], "this seed lets it wait");
    world
}

#[test]
fn a_lost_connection_is_forgotten_with_a_stop() {
    let mut world = waits_after_a_lost_connection();
    world.stop();
    world.forget();
    world.start();
    world.at(60.0);
    assert_eq!(world.sent(), ["10 REGISTER 192.168.1.14:5060/tcp (3, 7500)"]);
}

#[test]
fn a_lost_connection_is_forgotten_with_new_settings() {
    let mut world = waits_after_a_lost_connection();
    world.reload(&domain(&["sip_server.1.transport_type = 1", "sip_server.1.retry_counts = 4"]));
    world.at(60.0);
    let expected = ["10 UNREGISTER 192.168.1.13:5060/tcp (3, 7500)", "10 REGISTER 192.168.1.14:5060/tcp (4, 11500)"];
    assert_eq!(world.sent(), expected);
}

#[test]
fn a_lost_connection_does_not_put_off_a_refresh_that_is_due_sooner() {
    for seed in 0..20 {
        let lost_at = |lost: Option<u64>| {
            let mut options = options();
            options.account.jitter = true;
            options.seed = [seed; 32];
            let mut world = World::with(&single(&["sip_server.1.transport_type = 1"]), options);
            world.start();
            world.forget();
            if let Some(at) = lost {
                world.run_to(at);
                world.engine.flow_lost(world.clock(), AccountId(1), &[Server::Working]).unwrap();
            }
            world.at(3_550.0);
            let sent = world.sent();
            let at: f64 = sent[0].split(' ').next().unwrap().parse().unwrap();
            (at * 1_000.0).round() as u64
        };
        let refresh = lost_at(None);
        let after_loss = lost_at(Some(refresh - 10));
        assert!(after_loss <= refresh, "{after_loss} > {refresh}");
    }
}

#[test]
fn a_lost_connection_to_server_2_is_renewed_where_both_are_registered_with() {
    let mut world = World::started(&concurrent(&["sip_server.2.transport_type = 1"]));
    world.at(10.0);
    world.forget();
    world.engine.flow_lost(world.clock(), AccountId(1), &[Server::Fallback]).unwrap();
    world.pump();
    assert_eq!(world.sent(), ["10 REGISTER 192.168.1.15:5060/tcp (10, 32000)"]);
}

#[test]
fn only_the_first_register_after_a_lost_connection_begins_at_its_target() {
    let mut world = World::new(&domain(&["sip_server.1.transport_type = 1"]));
    world.once(P, Reply::code(503));
    world.start();
    world.at(10.0);
    world.engine.flow_lost(world.clock(), AccountId(1), &[Server::Working]).unwrap();
    world.pump();
    world.forget();
    world.at(3_600.0);
    assert_eq!(world.sent(), ["3550 REGISTER 192.168.1.14:5060/tcp (3, 7500)"]);
}

#[test]
fn another_network_is_begun_with_at_the_primary() {
    let mut world = World::started_with_dead(&domain(&["sip_server.1.failback_mode = 3"]), &[P]);
    world.at(10.0);
    world.up(&[P]);
    world.forget();
    world.network_changed();
    assert_eq!(world.sent(), ["10 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_probe_that_was_under_way_when_the_network_changed_is_not_the_last() {
    let mut world = World::started_with_dead(&successive(&["fallback.timeout = 30"]), &[P]);
    world.at(38.0);
    assert!(world.sent().last().is_some_and(|line| line.starts_with("37.5 REGISTER 192.168.1.14")), "a probe");
    world.network_changed();
    world.at(50.0);
    assert_eq!(world.current(), Server::Fallback);
    world.up(&[P]);
    world.at(100.0);
    assert_eq!(world.current(), Server::Working);
}

#[test]
fn the_patience_of_a_frozen_request_is_not_renewed_by_more_bad_news() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.down(&[P, B]);
    world.invite();
    world.network_down();
    world.at(30.0);
    world.network_down();
    world.at(60.0);
    assert_eq!(world.ended(), ["42 INVITE failed: local network fault"]);
}

#[test]
fn a_call_that_rang_before_the_network_went_down_is_not_waited_for_without_end() {
    let mut world = World::started(&domain(&[]));
    world.always(P, "INVITE", Reply::provisional());
    world.at(10.0);
    world.invite();
    world.network_down();
    world.at(20.0);
    world.network_up();
    world.at(199.0);
    assert_eq!(world.ended(), [""; 0]);
    world.at(201.0);
    assert_eq!(world.ended(), ["200 INVITE failed: no response in time"]);
}

#[test]
fn a_lost_connection_to_a_server_that_the_account_has_left_is_of_no_interest() {
    let mut world = World::started_with_dead(&successive(&["fallback.timeout = 60"]), &[P]);
    world.at(20.0);
    world.up(&[P]);
    world.at(100.0);
    assert_eq!(world.current(), Server::Working);
    world.forget();
    world.engine.flow_lost(world.clock(), AccountId(1), &[Server::Fallback]).unwrap();
    world.at(110.0);
    assert_eq!(world.sent(), [""; 0]);
}

#[test]
fn what_a_backup_knew_of_the_phone_beside_the_registration_is_nothing_in_another_network() {
    let mut world = World::started(&domain(&["sip_server.1.register_on_enable = 1"]));
    world.at(100.0);
    world.always(P, "INVITE", Reply::code(503));
    world.invite();
    world.network_changed();
    world.at(110.0);
    world.forget();
    world.invite();
    world.at(120.0);
    assert_eq!(
        world.sent()[..3],
        [
            "110 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "110 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "110 INVITE 192.168.1.13:5060/udp (6, 32000)",
        ]
    );
}
