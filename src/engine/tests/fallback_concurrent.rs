//! Bindings at both servers: which one is current.

use super::{F, P, Reply, World, concurrent, domain};
use crate::account::Purpose;
use crate::policy::Method;
use crate::types::{Server, TransportFailure};

#[test]
fn a_silent_server_1_is_left_at_once_and_checked_until_it_answers() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.at(200.0);
    world.invite();
    world.at(250.0);
    world.invite();
    world.at(290.0);
    world.up(&[P]);
    world.at(320.0);
    world.invite();
    assert_eq!(
        world.sent()[2..],
        [
            "200 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "207.5 INVITE 192.168.1.15:5060/udp (6, 32000)",
            "207.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "245 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "250 INVITE 192.168.1.15:5060/udp (3, 7500)",
            "282.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "320 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "320 INVITE 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    let told = world.told();
    assert!(told.contains(&"207.5 server 2 takes over (no response in time)".to_owned()), "{told:?}");
    assert!(told.contains(&"320 server 1 has taken over again (server answers again)".to_owned()), "{told:?}");
}

#[test]
fn one_server_failing_never_delays_the_other() {
    let mut world = World::started_with_dead(&concurrent(&[]), &[P]);
    world.at(40.0);
    assert_eq!((world.state(1), world.state(2)), ("unregistered, retrying", "registered"));
    assert_eq!(world.current(), Server::Fallback);
    world.at(3_600.0);
    let sent = world.sent();
    let to_server_2: Vec<&String> = sent.iter().filter(|line| line.contains(F)).collect();
    assert_eq!(
        to_server_2,
        ["0 REGISTER 192.168.1.15:5060/udp (10, 32000)", "3540 REGISTER 192.168.1.15:5060/udp (10, 32000)"]
    );
    assert_eq!(
        sent[2..4],
        ["62 REGISTER 192.168.1.14:5060/udp (3, 7500)", "99.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"]
    );
}

#[test]
fn the_end_of_server_2_changes_nothing_for_requests() {
    let mut world = World::started_with_dead(&concurrent(&[]), &[F]);
    world.at(100.0);
    world.invite();
    assert_eq!(world.current(), Server::Working);
    assert_eq!(world.ended(), ["100 INVITE 200"]);
}

#[test]
fn server_2_without_a_binding_is_passed_over() {
    let mut world = World::started_with_dead(&concurrent(&[]), &[F]);
    world.at(100.0);
    world.down(&[P]);
    world.forget();
    world.invite();
    world.at(140.0);
    let invites: Vec<String> = world.sent().into_iter().filter(|line| line.contains("INVITE")).collect();
    assert_eq!(invites, ["100 INVITE 192.168.1.14:5060/udp (6, 32000)"], "nothing can follow: the whole time");
    assert_eq!(world.ended(), ["132 INVITE failed: no response in time"]);
}

#[test]
fn server_2_is_passed_over_when_it_loses_its_binding_while_current() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(200.0);
    assert_eq!(world.current(), Server::Fallback);
    world.down(&[F]);
    world.at(4_000.0);
    assert_eq!(world.state(2), "unregistered, retrying");
    world.always(P, "REGISTER", Reply::silence());
    world.up(&[P]);
    world.forget();
    world.invite();
    let invites: Vec<String> = world.sent().into_iter().filter(|line| line.contains("INVITE")).collect();
    assert_eq!(invites, ["4000 INVITE 192.168.1.14:5060/udp (6, 32000)"]);
    assert_eq!(world.ended(), ["4000 INVITE 200"]);
}

#[test]
fn shared_functions_stay_at_server_1_and_the_firmware_is_told() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(200.0);
    world.forget();
    world.request(Method::Subscribe);
    world.request(Method::Publish);
    world.at(240.0);
    let sent: Vec<String> = world.sent().into_iter().filter(|line| !line.contains("REGISTER")).collect();
    assert_eq!(
        sent,
        ["200 SUBSCRIBE 192.168.1.14:5060/udp (10, 32000)", "200 PUBLISH 192.168.1.14:5060/udp (10, 32000)"]
    );
    assert_eq!(world.ended(), ["232 SUBSCRIBE failed: no response in time", "232 PUBLISH failed: no response in time"]);
    let told = world.told();
    assert!(told.contains(&"200 SUBSCRIBE goes to server 1 only: server 2 does not offer it".to_owned()), "{told:?}");
    world.request(Method::Message);
    assert_eq!(world.sent(), ["240 MESSAGE 192.168.1.15:5060/udp (3, 7500)"], "other requests go where INVITE goes");
}

#[test]
fn a_subscribe_that_finds_server_1_dead_makes_server_2_current() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.request(Method::Subscribe);
    world.at(133.0);
    assert_eq!(world.current(), Server::Fallback);
    assert_eq!(world.sent()[3..], ["132 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_refresh_that_fails_makes_server_2_current_and_the_next_200_server_1() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.at(3_580.0);
    assert_eq!((world.current(), world.state(1)), (Server::Fallback, "registered, refresh failing"));
    world.up(&[P]);
    world.at(3_610.0);
    assert_eq!((world.current(), world.state(1)), (Server::Working, "registered"));
}

#[test]
fn a_server_1_that_refuses_is_not_current_while_server_2_holds_a_binding() {
    let mut world = World::new(&concurrent(&[]));
    world.always(P, "REGISTER", Reply::code(403));
    world.start();
    assert_eq!((world.state(1), world.state(2)), ("refused by the registrar", "registered"));
    assert_eq!(world.current(), Server::Fallback);
    world.heal(P);
    world.at(60.0);
    assert_eq!((world.state(1), world.current()), ("registered", Server::Working));
}

#[test]
fn a_server_1_that_refuses_stays_current_when_server_2_is_dead() {
    let mut world = World::new(&concurrent(&[]));
    world.always(P, "REGISTER", Reply::code(403));
    world.down(&[F]);
    world.start();
    world.at(50.0);
    assert_eq!(world.current(), Server::Working);
    world.up(&[F]);
    world.at(62.0);
    assert_eq!(world.current(), Server::Fallback, "now it holds a binding");
}

#[test]
fn an_invite_to_an_unregistered_server_that_answers_starts_a_register() {
    let mut world = World::new(&concurrent(&[]));
    world.down(&[P]);
    world.always(F, "", Reply::code(503));
    world.start();
    world.at(40.0);
    world.up(&[P]);
    world.forget();
    world.invite();
    assert_eq!(
        world.sent(),
        ["40 INVITE 192.168.1.14:5060/udp (6, 32000)", "40 REGISTER 192.168.1.14:5060/udp (10, 32000)"],
        "the pause would have ended at 62"
    );
}

#[test]
fn a_local_fault_blames_no_server() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    for host in [P, F] {
        world.always(host, "", Reply::failure(TransportFailure::Local));
    }
    world.invite();
    assert_eq!(world.ended(), ["100 INVITE failed: local network fault"]);
    assert_eq!(world.sent().len(), 3, "no other server is tried");
    world.at(3_569.0);
    assert_eq!(world.current(), Server::Working, "a refresh that this device could not send says nothing either");
    world.heal(P);
    world.heal(F);
    world.at(3_580.0);
    assert_eq!((world.state(1), world.state(2)), ("registered", "registered"));
}

#[test]
fn the_check_after_a_503_of_server_2_is_about_server_2() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.always(P, "INVITE", Reply::code(503));
    world.always(F, "INVITE", Reply::code(503));
    world.always(F, "REGISTER", Reply::silence());
    world.invite();
    world.at(120.0);
    assert_eq!(
        world.sent()[2..],
        [
            "100 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "100 INVITE 192.168.1.15:5060/udp (6, 32000)",
            "100 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "100 REGISTER 192.168.1.15:5060/udp (3, 7500)",
            // The check failed: its own server is looked for.
            "107.5 REGISTER 192.168.1.15:5060/udp (10, 32000)"
        ]
    );
}

#[test]
fn two_addresses_that_lead_to_one_target_are_registered_once() {
    let text = concurrent(&[]).replace(F, P);
    let mut world = World::started(&text);
    world.at(4_000.0);
    world.invite();
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/udp (10, 32000)",
            "3540 REGISTER 192.168.1.14:5060/udp (10, 32000)",
            "4000 INVITE 192.168.1.14:5060/udp (6, 32000)"
        ]
    );
    assert_eq!((world.state(1), world.state(2)), ("registered", "off"));
}

#[test]
fn a_server_2_that_led_to_targets_of_server_1_is_registered_with_once_it_leads_elsewhere() {
    let mut world = World::new(&domain(&["sip_server.2.address = two.example.com"]));
    world.zone.a("two.example.com", 300, &[P]);
    world.start();
    world.at(3_000.0);
    assert_eq!(world.state(2), "off");
    world.zone.a("two.example.com", 300, &[F]);
    world.at(3_541.0);
    assert_eq!(world.state(2), "registered", "looked at again with the next registration at server 1");
}

#[test]
fn a_check_of_server_1_is_a_probe_and_only_what_server_2_lacks_is_told_as_reduced_service() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(110.0);
    let check = world.journal.last().unwrap();
    assert_eq!((check.is_register(), check.purpose), (true, Purpose::Probe));
    world.forget();
    world.invite();
    assert!(!world.told().iter().any(|line| line.contains("server 1 only")), "server 2 takes calls");
}

#[test]
fn a_renewal_at_server_2_does_not_wait_for_a_register_to_one_target_of_server_1() {
    let mut world = World::started(&domain(&[
        "sip_server.1.register_on_enable = 1",
        "sip_server.2.address = 192.168.1.15",
        "sip_server.2.expires = 700",
    ]));
    world.down(&[P]);
    world.always(super::B, "REGISTER", Reply::code(200).after(5_000));
    world.at(630.0);
    world.forget();
    world.invite();
    world.at(645.0);
    assert_eq!(
        world.sent(),
        [
            "630 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "637.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "640 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "642.5 INVITE 192.168.1.13:5060/udp (3, 7500)",
        ]
    );
}

#[test]
fn that_every_server_failed_is_not_told_while_server_2_is_being_asked() {
    let mut world = World::new(&concurrent(&[]));
    world.always(P, "", Reply::failure(TransportFailure::Unreachable));
    world.down(&[F]);
    world.start();
    world.at(40.0);
    let told: Vec<String> = world.told().into_iter().filter(|line| line.contains("every server failed")).collect();
    assert_eq!(told, ["32 every server failed (no response in time); next try in 30 s"]);
}
