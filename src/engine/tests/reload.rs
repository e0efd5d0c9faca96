//! New settings: when they take effect, and what they leave alone.

use super::{B, Dns, F, P, Reply, World, concurrent, domain, single, successive};
use crate::account::{NewDialog, NewRequest, Phase};
use crate::policy::Method;
use crate::types::AccountId;

/// Server 1 at another address.
fn elsewhere() -> String {
    super::account(&["sip_server.1.address = 192.168.1.20"])
}

#[test]
fn settings_that_stay_the_same_are_not_noticed() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.forget();
    world.reload(&concurrent(&["static.network.primary_dns = 192.168.1.7"]));
    world.at(3_000.0);
    assert_eq!(world.all(), [""; 0]);
}

#[test]
fn a_new_label_is_nothing_that_servers_would_notice() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.forget();
    world.reload(&concurrent(&["label = reception"]));
    world.at(3_000.0);
    assert_eq!(world.all(), [""; 0]);
    assert_eq!(&*world.engine.account(AccountId(1)).unwrap().settings().label, "reception");
}

#[test]
fn a_new_label_does_not_disturb_a_walk_that_waits_for_dns() {
    let mut world = World::new(&domain(&[]));
    world.dns_delay = 1_000;
    world.start();
    world.at(0.5);
    world.reload(&domain(&["label = reception"]));
    world.at(2.0);
    assert_eq!(world.sent(), ["1 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn an_idle_account_leaves_its_old_servers_and_starts_anew() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.forget();
    world.reload(&elsewhere());
    world.at(200.0);
    assert_eq!(
        world.sent(),
        ["100 UNREGISTER 192.168.1.14:5060/udp (3, 7500)", "100 REGISTER 192.168.1.20:5060/udp (10, 32000)"]
    );
    world.invite();
    assert_eq!(world.sent(), ["200 INVITE 192.168.1.20:5060/udp (6, 32000)"]);
}

#[test]
fn a_silent_old_server_delays_the_new_one_by_two_seconds() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.forget();
    world.reload(&elsewhere());
    world.at(200.0);
    assert_eq!(
        world.sent(),
        ["100 UNREGISTER 192.168.1.14:5060/udp (3, 7500)", "102 REGISTER 192.168.1.20:5060/udp (10, 32000)"]
    );
}

#[test]
fn an_account_without_a_binding_goes_to_its_new_server_at_once() {
    let mut world = World::started_with_dead(&single(&[]), &[P]);
    world.at(3.0);
    world.forget();
    world.reload(&elsewhere());
    assert_eq!(world.sent(), ["3 REGISTER 192.168.1.20:5060/udp (10, 32000)"]);
}

#[test]
fn a_new_name_is_looked_up() {
    let mut world = World::started(&domain(&[]));
    world.zone.a("new.example.com", 300, &["192.168.1.20"]);
    world.dns_delay = 10;
    world.at(100.0);
    world.forget();
    world.reload(&domain(&["sip_server.1.address = new.example.com"]));
    world.at(110.0);
    assert_eq!(
        world.sent(),
        ["100 UNREGISTER 192.168.1.14:5060/udp (3, 7500)", "100.01 REGISTER 192.168.1.20:5060/udp (10, 32000)"]
    );
}

#[test]
fn new_settings_wait_for_the_end_of_a_call() {
    let mut world = World::started(&single(&[]));
    world.busy(true);
    world.at(100.0);
    world.forget();
    world.reload(&elsewhere());
    world.at(300.0);
    assert_eq!(world.sent(), [""; 0]);
    world.busy(false);
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn new_settings_wait_for_the_end_of_an_invite() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.always(P, "INVITE", Reply::provisional().then(Reply::code(486).after(20_000)));
    world.invite();
    world.forget();
    world.reload(&elsewhere());
    world.at(119.0);
    assert_eq!(world.sent(), [""; 0]);
    world.at(121.0);
    assert_eq!(
        world.sent(),
        ["120 UNREGISTER 192.168.1.14:5060/udp (3, 7500)", "120 REGISTER 192.168.1.20:5060/udp (10, 32000)"]
    );
    assert_eq!(world.ended(), ["120 INVITE 486"]);
}

#[test]
fn new_settings_take_effect_when_the_last_invite_is_cancelled() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.always(P, "INVITE", Reply::provisional());
    let call = world.invite();
    world.reload(&elsewhere());
    world.forget();
    world.cancel(call);
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn new_settings_do_not_wait_for_other_requests() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.always(P, "MESSAGE", Reply::silence());
    world.request(Method::Message);
    world.reload(&elsewhere());
    assert_eq!(world.ended(), ["100 MESSAGE stopped"]);
}

#[test]
fn ten_minutes_are_the_limit_even_during_a_call() {
    let mut world = World::started(&single(&[]));
    world.busy(true);
    world.at(100.0);
    world.forget();
    world.reload(&elsewhere());
    world.at(400.0);
    // The same settings once more do not move the limit.
    world.reload(&elsewhere());
    world.at(699.9);
    assert_eq!(world.sent(), [""; 0]);
    world.at(700.0);
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn settings_taken_back_during_a_call_are_forgotten() {
    let mut world = World::started(&single(&[]));
    world.busy(true);
    world.at(100.0);
    world.forget();
    world.reload(&elsewhere());
    world.reload(&single(&[]));
    world.busy(false);
    world.at(2_000.0);
    assert_eq!(world.all(), [""; 0]);
}

#[test]
fn settings_taken_back_while_the_old_server_is_being_left_start_it_again() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.reload(&elsewhere());
    world.at(101.0);
    world.reload(&single(&[]));
    world.up(&[P]);
    world.forget();
    world.at(200.0);
    assert_eq!(world.sent(), ["102 REGISTER 192.168.1.14:5060/udp (10, 32000)"]);
    assert_eq!(world.state(1), "registered");
}

#[test]
fn an_account_stopped_while_new_settings_wait_stays_stopped() {
    let mut world = World::started(&single(&[]));
    world.busy(true);
    world.reload(&elsewhere());
    world.forget();
    world.stop();
    world.busy(false);
    world.at(2_000.0);
    assert_eq!(world.sent(), ["0 UNREGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    world.start();
    assert_eq!(world.sent(), ["2000 REGISTER 192.168.1.20:5060/udp (10, 32000)"], "with its new settings");
}

#[test]
fn an_account_stopped_while_an_invite_holds_back_new_settings_stays_stopped() {
    let mut world = World::started(&single(&[]));
    world.always(P, "INVITE", Reply::provisional());
    world.invite();
    world.reload(&elsewhere());
    world.forget();
    world.stop();
    world.at(2_000.0);
    assert_eq!(world.sent(), ["0 UNREGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert_eq!(world.ended(), ["0 INVITE stopped"]);
    assert_eq!(world.told().iter().filter(|line| line.ends_with(" stopped")).count(), 1);
}

#[test]
fn an_account_stopped_while_it_changes_servers_stays_stopped() {
    let mut world = World::started(&single(&[]));
    world.down(&[P]);
    world.reload(&elsewhere());
    world.at(1.0);
    world.forget();
    world.stop();
    world.at(100.0);
    assert_eq!(world.sent(), [""; 0]);
    assert_eq!(world.told(), ["2 server 1: off (account stopped)", "2 stopped"]);
}

#[test]
fn a_release_with_new_settings_waiting_ends_everything_once() {
    let mut world = World::started(&single(&[]));
    world.always(P, "", Reply::provisional());
    world.invite();
    world.request(Method::Message);
    world.reload(&elsewhere());
    world.forget();
    world.release();
    assert_eq!(world.all(), ["0 INVITE released", "0 MESSAGE released"]);
}

#[test]
fn a_removed_account_leaves_its_servers_and_is_gone() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.forget();
    world.reload("");
    assert_eq!(world.sent(), ["100 UNREGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert!(world.engine.account(AccountId(1)).is_none());
    assert!(world.engine.start_account(world.clock(), AccountId(1)).is_err());
    world.at(1_000.0);
    assert_eq!(world.sent(), [""; 0]);
}

#[test]
fn a_removed_account_that_was_off_is_gone_at_once() {
    let mut world = World::new(&single(&[]));
    world.reload("");
    assert!(world.engine.account(AccountId(1)).is_none());
}

#[test]
fn a_removed_account_cannot_be_started_while_it_leaves() {
    let mut world = World::started(&single(&[]));
    world.down(&[P]);
    world.reload("");
    world.at(1.0);
    world.forget();
    let _ = world.engine.start_account(world.clock(), AccountId(1));
    world.at(100.0);
    assert_eq!(world.sent(), [""; 0]);
    assert!(world.engine.account(AccountId(1)).is_none());
}

#[test]
fn an_account_removed_and_configured_again_waits_for_its_start() {
    let mut world = World::started(&single(&[]));
    world.down(&[P]);
    world.reload("");
    world.at(1.0);
    world.reload(&single(&[]));
    world.forget();
    world.at(100.0);
    assert_eq!(world.sent(), [""; 0]);
    assert_eq!(world.engine.account(AccountId(1)).unwrap().phase(), Phase::Off);
    world.start();
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn a_new_account_waits_for_its_start() {
    let mut world = World::new("");
    world.reload(&single(&[]));
    assert_eq!(world.sent(), [""; 0]);
    world.start();
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn an_account_that_is_off_takes_new_settings_at_once() {
    let mut world = World::new(&single(&[]));
    world.reload(&elsewhere());
    world.start();
    assert_eq!(world.sent(), ["0 REGISTER 192.168.1.20:5060/udp (10, 32000)"]);
}

#[test]
fn an_answer_that_lets_new_settings_in_is_not_followed_up_with_the_old_ones() {
    // The call is answered by a server that holds no binding and does not exist in the new settings.
    let mut world = World::new(&successive(&["fallback.redundancy_type = 0"]));
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::code(503));
    world.start();
    world.at(40.0);
    world.heal(P);
    world.always(P, "REGISTER", Reply::silence());
    world.always(P, "INVITE", Reply::code(200).after(1_000));
    world.invite();
    world.reload(&super::account(&["sip_server.2.address = 192.168.1.20"]));
    world.forget();
    world.at(400.0);
    assert_eq!(world.sent(), ["41 REGISTER 192.168.1.20:5060/udp (10, 32000)"]);
}

#[test]
fn a_503_that_lets_new_settings_in_does_not_check_the_old_server() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.always(P, "INVITE", Reply::code(503).after(1_000));
    world.invite();
    world.reload(&elsewhere());
    world.forget();
    world.at(200.0);
    assert_eq!(
        world.sent(),
        ["101 UNREGISTER 192.168.1.14:5060/udp (3, 7500)", "101 REGISTER 192.168.1.20:5060/udp (10, 32000)"]
    );
    assert_eq!(world.ended(), ["101 INVITE failed: 503"]);
}

#[test]
fn other_dns_servers_are_asked_by_the_next_walk() {
    let mut world = World::new(&domain(&[]));
    world.dns = Dns::Silent;
    world.start();
    world.at(20.0);
    world.dns = Dns::Up;
    world.reload(&domain(&["static.network.primary_dns = 192.168.1.2"]));
    world.at(60.0);
    assert_eq!(world.state(1), "registered");
    world.down(&[B]);
}

#[test]
fn an_account_that_changes_its_servers_tells_why_and_does_not_say_that_it_stopped() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.forget();
    world.reload(&elsewhere());
    world.at(101.0);
    assert_eq!(
        world.told(),
        [
            "100 server 1: unregistering (configuration changed)",
            "100 server 1: off (configuration changed)",
            "100 server 1: registering",
            "100 server 1: registered at 192.168.1.20:5060/udp",
            "100 served by 192.168.1.20:5060/udp now"
        ]
    );
}

#[test]
fn an_account_that_is_removed_says_that_it_stopped() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.forget();
    world.reload("");
    world.at(101.0);
    assert_eq!(
        world.told(),
        ["100 server 1: unregistering (account stopped)", "100 server 1: off (account stopped)", "100 stopped"]
    );
}

#[test]
fn new_settings_let_the_bye_of_the_last_call_go_to_its_end() {
    let mut world = World::started(&domain(&[]));
    world.invite();
    let attempt = world.last_attempt();
    let dialog = world.open_dialog(NewDialog::Outgoing(attempt)).unwrap();
    world.forget();
    world.reload(&domain(&["sip_server.1.expires = 600"]));
    world.once(P, Reply::code(200).after(3_000));
    let bye = NewRequest { dialog: Some(dialog), ..NewRequest::new(Method::Other, 0) };
    world.start_new(bye).unwrap();
    world.engine.close_dialog(world.clock(), dialog).unwrap();
    world.at(2.9);
    assert_eq!(world.sent(), ["0 OTHER 192.168.1.14:5060/udp (10, 32000)"]);
    world.at(10.0);
    assert_eq!(world.ended(), ["3 OTHER 200"]);
    assert!(world.sent()[0].starts_with("3 UNREGISTER"), "and then they take effect");
}
