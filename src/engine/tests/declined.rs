//! Targets that answer that they cannot serve: for how long they are tried last, and by whom.

use super::failover::invites;
use super::world::{Step, response};
use super::{B, F, P, Reply, World, domain};
use crate::account::NewRequest;
use crate::policy::Method;
use crate::types::AccountId;

#[test]
fn a_503_to_options_is_no_reason_for_a_register() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.forget();
    world.once(P, Reply::code(503));
    world.request(Method::Options);
    let expected = ["10 OPTIONS 192.168.1.14:5060/udp (3, 7500)", "10 OPTIONS 192.168.1.13:5060/udp (10, 32000)"];
    assert_eq!(world.sent(), expected);
}

#[test]
fn only_a_503_can_ask_for_a_pause() {
    let mut world = World::started(&domain(&[]));
    world.at(10.0);
    world.once(P, Reply::retry_after(500, 600));
    world.request(Method::Subscribe);
    world.at(20.0);
    world.forget();
    world.request(Method::Subscribe);
    assert_eq!(world.sent(), ["20 SUBSCRIBE 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_target_that_declined_is_tried_last_by_its_account_for_the_quarantine_time() {
    let two = "account.1.enable = 1\naccount.1.sip_server.1.address = pbx.example.com\n\
        account.1.sip_server.1.quarantine_timeout = 100\naccount.2.enable = 1\n\
        account.2.sip_server.1.address = pbx.example.com\naccount.2.sip_server.1.quarantine_timeout = 100\n\
        static.network.primary_dns = 192.168.1.1\n";
    let mut world = World::new(two);
    world.start();
    world.engine.start_account(world.clock(), AccountId(2)).unwrap();
    world.at(10.0);
    world.once(P, Reply::code(503));
    world.invite();
    world.forget();
    // The check by REGISTER was answered: registrations stay.
    world.at(109.999);
    world.invite();
    world.engine.start_request(world.clock(), AccountId(2), NewRequest::new(Method::Invite, 9)).unwrap();
    world.at(110.0);
    world.invite();
    assert_eq!(
        invites(&mut world),
        [
            "109.999 INVITE 192.168.1.13:5060/udp (3, 7500)",
            "109.999 (2) INVITE 192.168.1.14:5060/udp (3, 7500)",
            "110 INVITE 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    world.at(3_541.0);
    let registers = world.sent();
    assert!(registers[0].contains("REGISTER 192.168.1.14"), "{registers:?}");
}

#[test]
fn a_target_that_declined_and_serves_again_is_out_of_quarantine() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 10000"]));
    world.at(10.0);
    world.once(P, Reply::code(503));
    world.invite();
    world.at(20.0);
    world.down(&[B]);
    world.invite();
    let silent = world.last_attempt();
    world.at(30.0);
    world.up(&[B]);
    // The backup is well, too: a late answer ends the quarantine that its silence brought.
    world.report(silent, Step::Final(response(486)));
    world.forget();
    world.invite();
    assert_eq!(invites(&mut world), ["30 INVITE 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_registrar_that_declined_is_not_asked_first_during_its_quarantine() {
    let mut world = World::new(&domain(&["sip_server.1.quarantine_timeout = 5000"]));
    world.once(P, Reply::code(503));
    world.start();
    world.forget();
    world.at(3_600.0);
    assert_eq!(world.sent(), ["3540 REGISTER 192.168.1.13:5060/udp (3, 7500)"]);
    world.at(7_100.0);
    assert_eq!(world.sent(), ["7080 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_backup_that_grants_a_registration_for_no_time_is_passed_by() {
    let mut world = World::started(&domain(&["sip_server.1.register_on_enable = 1"]));
    world.at(10.0);
    world.always(P, "MESSAGE", Reply::code(503));
    world.always(B, "REGISTER", Reply::granted(0));
    world.forget();
    world.request(Method::Message);
    world.at(20.0);
    assert_eq!(world.ended().len(), 1);
    assert_eq!(world.sent().iter().filter(|line| line.contains(B)).count(), 1, "the REGISTER");
}

#[test]
fn a_target_that_a_request_has_asked_is_not_passed_by_once_more_when_its_registration_fails() {
    let mut world = World::new(&domain(&["sip_server.1.register_on_enable = 1"]));
    world.zone.a("pbx.example.com", 300, &[P, B, F]);
    world.start();
    world.at(10.0);
    world.always(P, "INVITE", Reply::code(503));
    world.always(P, "MESSAGE", Reply::code(503));
    world.once(B, Reply::granted(60));
    world.once(B, Reply::ringing(100).then(Reply::code(503).after(70_000)));
    world.invite();
    world.at(75.0);
    world.down(&[B, F]);
    world.forget();
    world.request(Method::Message);
    world.at(200.0);
    assert_eq!(world.ended().last().unwrap(), "90 INVITE failed: no response in time");
    let failed = [(P, "response of the server"), (B, "response of the server"), (F, "no response in time")];
    assert_eq!(world.outcomes, failed.map(|(ip, why)| format!("{ip}:5060/udp {why}")));
}
