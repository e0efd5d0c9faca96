//! OPTIONS to the current target: a dead server is found before anyone dials.

use super::{B, F, P, Reply, World, concurrent, domain, domain_and_fallback, successive};
use crate::account::NewRequest;
use crate::policy::Method;
use crate::types::{AccountId, Server};

const WATCH: [&str; 2] = ["sip_server.1.options_interval = 60", "sip_server.1.options_max_lost = 2"];

fn options(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().filter(|line| line.contains("OPTIONS")).collect()
}

#[test]
fn the_current_target_is_asked_an_interval_after_the_last_sign_of_life() {
    let mut world = World::started(&domain(&WATCH));
    world.at(30.0);
    world.invite();
    world.forget();
    world.at(89.999);
    assert_eq!(world.sent(), [""; 0]);
    world.at(150.0);
    let asked = ["90 OPTIONS 192.168.1.14:5060/udp (3, 7500)", "150 OPTIONS 192.168.1.14:5060/udp (3, 7500)"];
    assert_eq!(world.sent(), asked);
}

#[test]
fn several_losses_in_a_row_move_the_account_at_once_and_requests_pass_the_dead_target_by() {
    let mut world = World::started(&domain(&WATCH));
    world.at(10.0);
    world.down(&[P]);
    world.forget();
    world.at(127.5);
    let sent = world.sent();
    assert_eq!(
        sent,
        [
            "60 OPTIONS 192.168.1.14:5060/udp (3, 7500)",
            "120 OPTIONS 192.168.1.14:5060/udp (3, 7500)",
            "127.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
        ]
    );
    world.invite();
    assert_eq!(world.sent(), ["127.5 INVITE 192.168.1.13:5060/udp (3, 7500)"], "the call does not find out again");
}

#[test]
fn one_loss_blames_nobody_and_an_answer_after_it_renews_the_registration() {
    let mut world = World::started(&domain(&WATCH));
    world.at(10.0);
    world.down(&[P]);
    world.at(70.0);
    world.up(&[P]);
    world.forget();
    world.invite();
    assert_eq!(
        world.sent(),
        ["70 INVITE 192.168.1.14:5060/udp (3, 7500)", "70 REGISTER 192.168.1.14:5060/udp (10, 32000)"]
            .map(|line| line.replace("(10, 32000)", "(3, 7500)"))
    );
}

#[test]
fn a_dead_target_is_asked_on_and_gets_the_account_back_when_it_answers() {
    let mut world = World::started(&domain(&WATCH));
    world.at(10.0);
    world.down(&[P]);
    world.at(170.0);
    world.up(&[P]);
    world.forget();
    world.at(180.0);
    let sent = world.sent();
    assert_eq!(sent[0], "180 OPTIONS 192.168.1.14:5060/udp (3, 7500)");
    assert_eq!(sent[1], "180 REGISTER 192.168.1.14:5060/udp (3, 7500)");
}

#[test]
fn any_response_to_the_question_is_a_sign_of_life() {
    let mut world = World::started(&domain(&WATCH));
    for reply in [Reply::code(405), Reply::code(503), Reply::code(401), Reply::provisional()] {
        world.once(P, reply);
    }
    world.forget();
    world.at(250.0);
    assert!(world.sent().iter().all(|line| line.contains("OPTIONS")), "nothing moves");
}

#[test]
fn what_the_firmware_hears_is_a_sign_of_life() {
    let mut world = World::started(&domain(&WATCH));
    let heard = |world: &mut World, account, ip: &str, port| {
        world.engine.heard_from(world.clock(), account, ip.parse().unwrap(), port).unwrap();
    };
    world.at(50.0);
    heard(&mut world, None, P, Some(5060));
    heard(&mut world, Some(AccountId(1)), B, None);
    world.forget();
    world.at(109.9);
    assert_eq!(world.sent(), [""; 0]);
    heard(&mut world, Some(AccountId(1)), "::ffff:192.168.1.14", None);
    world.at(169.0);
    assert_eq!(world.sent(), [""; 0]);
    heard(&mut world, None, P, Some(5080));
    world.at(170.0);
    assert_eq!(options(world.sent()).len(), 1, "another port is another target");
}

#[test]
fn a_dead_server_of_one_target_makes_way_for_the_other_server_at_once() {
    for settings in [concurrent(&WATCH), successive(&WATCH)] {
        let mut world = World::started(&settings);
        world.at(10.0);
        world.down(&[P]);
        world.at(127.5);
        assert_eq!(world.current(), Server::Fallback);
        world.forget();
        world.invite();
        assert!(world.sent()[0].contains(F));
    }
}

#[test]
fn after_the_last_target_of_a_domain_the_other_server_follows_without_waiting_for_the_expiry() {
    let mut world = World::started(&domain_and_fallback(&WATCH));
    world.at(10.0);
    world.down(&[P, B]);
    world.at(150.0);
    assert_eq!(world.current(), Server::Fallback);
}

#[test]
fn an_answer_at_the_very_deadline_is_a_loss_or_none_but_never_both() {
    for timers_first in [false, true] {
        let mut world = World::started(&domain(&[WATCH[0], "sip_server.1.options_max_lost = 1"]));
        world.timers_first = timers_first;
        world.always(P, "OPTIONS", Reply::code(200).after(7_500));
        world.forget();
        world.at(67.5);
        let registers = world.sent().iter().filter(|line| line.contains("REGISTER")).count();
        assert!(if timers_first { registers >= 1 } else { registers == 0 });
        world.at(75.0);
        assert_eq!(world.state(1), "registered");
    }
}

#[test]
fn nobody_is_asked_after_a_stop() {
    let mut world = World::started(&domain(&WATCH));
    world.down(&[P]);
    world.at(61.0);
    world.stop();
    world.at(64.0);
    world.forget();
    world.at(400.0);
    assert_eq!(world.all(), [""; 0]);
    assert_eq!(world.engine.table_sizes(), [0; 4]);
}

#[test]
fn losses_with_an_answer_between_them_are_not_in_a_row() {
    let mut world = World::started(&domain(&WATCH));
    for _ in 0..4 {
        world.once(P, Reply::silence());
        // The answer after the loss brings a REGISTER, so that an account that moved would be seen.
        world.at((world.now as f64 + 150_000.0) / 1_000.0);
    }
    assert!(world.sent().iter().all(|line| !line.contains(B)));
    assert_eq!(world.current(), Server::Working);
}

#[test]
fn a_target_that_one_account_gave_up_is_dead_for_the_others_that_remember() {
    let two = "account.1.enable = 1\naccount.1.sip_server.1.address = pbx.example.com\n\
        account.1.sip_server.1.options_interval = 60\naccount.1.sip_server.1.options_max_lost = 2\n\
        account.2.enable = 1\naccount.2.sip_server.1.address = pbx.example.com\n\
        account.2.sip_server.1.quarantine_timeout = 600\nstatic.network.primary_dns = 192.168.1.1\n";
    let mut world = World::new(two);
    world.start();
    world.engine.start_account(world.clock(), AccountId(2)).unwrap();
    world.at(10.0);
    world.down(&[P]);
    world.at(130.0);
    world.forget();
    world.engine.start_request(world.clock(), AccountId(2), NewRequest::new(Method::Message, 7)).unwrap();
    world.pump();
    assert_eq!(world.sent(), ["130 (2) MESSAGE 192.168.1.13:5060/udp (3, 7500)"]);
}

#[test]
fn a_server_1_given_up_makes_way_for_a_registered_server_2_and_is_checked_at_once() {
    let mut world = World::started(&concurrent(&WATCH));
    world.at(10.0);
    world.down(&[P]);
    world.at(127.0);
    world.forget();
    world.at(127.5);
    assert_eq!(world.sent(), ["127.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert_eq!(world.current(), Server::Fallback);
}

#[test]
fn a_registration_that_is_itself_the_sign_of_life_after_a_loss_is_not_renewed_once_more() {
    let mut world = World::started(&domain(&[&WATCH[..], &["sip_server.1.expires = 130"]].concat()));
    world.at(50.0);
    world.down(&[P]);
    world.at(69.0);
    world.up(&[P]);
    world.forget();
    world.at(75.0);
    assert_eq!(world.sent(), ["70 REGISTER 192.168.1.14:5060/udp (3, 7500)"], "the renewal");
}

#[test]
fn server_1_is_asked_to_register_as_soon_as_it_answers_options_again() {
    let mut world = World::started(&successive(&[&WATCH[..], &["fallback.timeout = 1000"]].concat()));
    world.at(10.0);
    world.down(&[P]);
    world.at(130.0);
    assert_eq!(world.current(), Server::Fallback);
    world.up(&[P]);
    world.forget();
    world.at(200.0);
    assert_eq!(
        world.sent(),
        ["180 OPTIONS 192.168.1.14:5060/udp (3, 7500)", "180 REGISTER 192.168.1.14:5060/udp (3, 7500)"]
    );
    assert_eq!(world.current(), Server::Working);
}

#[test]
fn where_all_targets_of_server_1_were_given_up_server_2_is_asked_without_trying_them_again() {
    let lines = ["sip_server.2.options_interval = 60", "sip_server.2.options_max_lost = 2"];
    let mut world = World::started(&domain_and_fallback(&[&WATCH[..], &lines].concat()));
    world.at(10.0);
    world.down(&[P]);
    world.at(130.0);
    world.down(&[B]);
    world.forget();
    world.at(300.0);
    let registers: Vec<String> = world.sent().into_iter().filter(|line| line.contains("REGISTER")).collect();
    assert_eq!(registers[0].split_whitespace().nth(2), Some("192.168.1.15:5060/udp"), "{registers:?}");
    assert_eq!(world.current(), Server::Fallback);
}

#[test]
fn while_the_network_is_down_nobody_is_about_to_be_asked() {
    let mut world = World::started(&domain(&WATCH));
    world.at(50.0);
    world.network_down();
    let interval_over = world.clock() + 60_000;
    assert!(world.engine.next_deadline().is_none_or(|at| at > interval_over));
}

#[test]
fn a_question_that_the_change_of_the_network_cut_short_is_not_the_last() {
    let mut world = World::started(&domain(&WATCH));
    world.at(10.0);
    world.down(&[P]);
    world.at(61.0);
    world.up(&[P]);
    world.network_changed();
    world.forget();
    world.at(130.0);
    assert_eq!(world.sent(), ["121 OPTIONS 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_server_1_given_up_is_checked_while_server_2_has_never_answered() {
    let mut world = World::started_with_dead(&concurrent(&WATCH), &[F]);
    world.at(10.0);
    world.down(&[P]);
    world.at(127.0);
    world.forget();
    world.at(127.5);
    assert_eq!(world.sent(), ["127.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_server_1_that_refuses_and_then_falls_silent_makes_way_although_server_2_failed_before() {
    let watch = ["sip_server.1.options_interval = 15", "sip_server.1.options_max_lost = 2"];
    let mut world = World::started_with_dead(&successive(&watch), &[P, F]);
    world.at(50.0);
    world.up(&[P]);
    world.always(P, "REGISTER", Reply::code(403));
    world.at(80.0);
    world.request(Method::Message);
    world.down(&[P]);
    world.at(111.0);
    world.forget();
    world.at(118.0);
    assert_eq!(world.sent(), ["117.5 REGISTER 192.168.1.15:5060/udp (10, 32000)"]);
}

#[test]
fn a_target_given_up_after_all_others_failed_does_not_cut_the_pause_short() {
    let watch = ["options_interval = 90", "options_max_lost = 2", "expires = 120"];
    let watch = watch.map(|line| format!("sip_server.1.{line}"));
    let one = ["fallback.redundancy_type = 1"];
    let both = ["fallback.redundancy_type = 0", "sip_server.2.address = 192.168.1.15"];
    for servers in [&one[..], &both] {
        let lines = [&watch.each_ref().map(String::as_str), servers].concat();
        let mut world = World::started_with_dead(&domain(&lines), &[F]);
        world.at(10.0);
        world.down(&[P, B]);
        world.at(180.0);
        world.forget();
        world.at(198.0);
        assert_eq!(world.sent(), [""; 0], "the walk that ended at 169 s has its pause");
    }
}
