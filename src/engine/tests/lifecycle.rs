//! Stop, a changed network, the caller's clock.

use super::world::{Step, response};
use super::{B, Dns, F, P, Reply, World, account, concurrent, domain, single, successive};
use crate::account::ReportStatus;
use crate::types::{AccountId, Server};

fn stops(world: &mut World) -> Vec<String> {
    world.told().into_iter().filter(|line| line.ends_with(" stopped")).collect()
}

#[test]
fn stopping_removes_every_binding_and_is_told_once_at_the_answers() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.always(F, "", Reply::code(200).after(700));
    world.forget();
    world.stop();
    assert_eq!(world.state(1), "unregistering");
    world.at(200.0);
    assert_eq!(
        world.sent(),
        ["100 UNREGISTER 192.168.1.14:5060/udp (3, 7500)", "100 UNREGISTER 192.168.1.15:5060/udp (3, 7500)"]
    );
    assert_eq!(stops(&mut world), ["100.7 stopped"]);
    assert_eq!((world.state(1), world.state(2)), ("off", "off"));
}

#[test]
fn stopping_does_not_wait_for_a_silent_server_longer_than_two_seconds() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.down(&[F]);
    world.forget();
    world.stop();
    world.at(5_000.0);
    assert_eq!(world.left(), ["102 destroy REGISTER 192.168.1.15:5060/udp"]);
    assert_eq!(stops(&mut world), ["102 stopped"]);
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn stopping_without_a_binding_is_over_at_once() {
    let mut world = World::started_with_dead(&successive(&[]), &[P]);
    world.at(3.0);
    world.forget();
    world.stop();
    assert_eq!(world.left(), ["3 destroy REGISTER 192.168.1.14:5060/udp"]);
    assert_eq!(stops(&mut world), ["3 stopped"]);
    world.at(10_000.0);
    assert_eq!(world.all(), ["3 server 1: off (account stopped)"; 0], "nothing is left to do");
}

#[test]
fn an_unregister_asks_for_a_lifetime_of_zero() {
    let mut world = World::started(&single(&[]));
    world.stop();
    assert_eq!(world.engine.attempt(world.last_attempt()).unwrap().expires_s, 0);
}

#[test]
fn stopping_twice_is_told_once_and_starting_again_registers_again() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.forget();
    world.stop();
    world.stop();
    world.at(101.0);
    world.start();
    assert_eq!(stops(&mut world), ["101 stopped"], "the old service has ended");
    assert_eq!(
        world.sent(),
        ["100 UNREGISTER 192.168.1.14:5060/udp (3, 7500)", "101 REGISTER 192.168.1.14:5060/udp (10, 32000)"]
    );
    world.at(110.0);
    assert_eq!(stops(&mut world), [""; 0]);
}

#[test]
fn a_running_account_is_not_started_again() {
    let mut world = World::started(&single(&[]));
    world.forget();
    world.start();
    assert_eq!(world.all(), [""; 0]);
}

#[test]
fn a_late_report_to_a_stopped_account_is_known_as_late() {
    let mut world = World::started(&single(&[]));
    world.always(P, "INVITE", Reply::silence());
    world.invite();
    let attempt = world.last_attempt();
    world.at(1.0);
    world.stop();
    assert_eq!(world.report(attempt, Step::Final(response(200))), ReportStatus::Late);
}

#[test]
fn a_changed_network_renews_every_binding_from_server_1_on() {
    let mut world = World::started_with_dead(&successive(&[]), &[P]);
    world.at(50.0);
    assert_eq!(world.current(), Server::Fallback);
    world.up(&[P]);
    world.forget();
    world.network_changed();
    assert_eq!(world.sent(), ["50 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert_eq!(world.current(), Server::Working);
    world.at(3_500.0);
    assert_eq!(world.sent(), [""; 0], "the probes have ended");
}

#[test]
fn a_changed_network_renews_both_bindings_in_concurrent_mode() {
    let mut world = World::started(&concurrent(&[]));
    world.at(50.0);
    world.forget();
    world.network_changed();
    assert_eq!(
        world.sent(),
        ["50 REGISTER 192.168.1.14:5060/udp (10, 32000)", "50 REGISTER 192.168.1.15:5060/udp (10, 32000)"]
    );
}

#[test]
fn without_an_answer_on_the_new_network_no_binding_is_claimed() {
    let mut world = World::started(&single(&[]));
    world.at(50.0);
    world.down(&[P]);
    world.network_changed();
    assert_eq!(world.state(1), "registering");
}

#[test]
fn a_changed_network_forgets_who_was_dead() {
    let mut world = World::started_with_dead(&domain(&["sip_server.1.quarantine_timeout = 10000"]), &[P]);
    world.at(50.0);
    world.forget();
    world.network_changed();
    assert_eq!(world.sent(), ["50 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_changed_network_forgets_who_asked_for_a_pause() {
    let mut world = World::started(&domain(&[]));
    world.once(P, Reply::retry_after(503, 1_000));
    world.invite();
    world.at(50.0);
    world.network_changed();
    world.forget();
    world.invite();
    assert_eq!(world.sent(), ["50 INVITE 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_changed_network_forgets_what_dns_said() {
    let mut world = World::started(&domain(&[]));
    world.at(50.0);
    world.zone.a("pbx.example.com", 300, &["192.168.1.20", P]);
    world.forget();
    world.network_changed();
    assert_eq!(world.sent(), ["50 REGISTER 192.168.1.20:5060/udp (3, 7500)"]);
    assert_eq!(world.asked.len(), 2);
}

#[test]
fn a_request_that_waits_for_server_2_survives_a_changed_network() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::silence());
    world.invite();
    world.at(110.0);
    world.heal(P);
    world.heal(F);
    world.network_changed();
    world.at(120.0);
    assert_eq!(world.ended(), ["110 INVITE 200"]);
}

#[test]
fn a_changed_network_with_dns_silent_uses_the_old_targets() {
    let mut world = World::started(&domain(&[]));
    world.at(50.0);
    world.dns = Dns::Silent;
    world.forget();
    world.network_changed();
    world.at(60.0);
    assert_eq!(world.sent(), ["51.8 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_small_step_back_of_the_clock_only_delays() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.forget();
    world.invite();
    world.clock -= 5_000;
    world.at(200.0);
    // 32 s by the caller's clock, which lost 5 s.
    assert_eq!(world.ended(), ["137 INVITE failed: no response in time"]);
}

#[test]
fn a_clock_that_began_anew_keeps_every_deadline() {
    let mut world = World::started(&single(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.forget();
    world.invite();
    world.at(110.0);
    world.engine.handle_timer(world.clock());
    world.clock -= 40_000_000;
    world.engine.handle_timer(world.clock());
    world.at(200.0);
    assert_eq!(world.ended(), ["132 INVITE failed: no response in time"]);
}

#[test]
fn a_long_sleep_fires_everything_once() {
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.forget();
    // Two hours without a timer: refresh and end of the binding fall together.
    world.now = 7_300_000;
    world.run_to(7_300_000);
    assert_eq!(
        world.sent(),
        ["7300 REGISTER 192.168.1.14:5060/udp (10, 32000)", "7300 REGISTER 192.168.1.15:5060/udp (10, 32000)"]
    );
    assert_eq!((world.state(1), world.state(2)), ("registered", "registered"));
}

#[test]
fn who_may_send_to_us() {
    let mut world = World::started_with_dead(&domain(&[]), &[P]);
    world.at(50.0);
    let accepts = |world: &World, ip: &str| world.engine.accepts_source(AccountId(1), ip.parse().unwrap()).unwrap();
    assert!(accepts(&world, P) && accepts(&world, B) && !accepts(&world, F));
    let mut strict = World::started_with_dead(&domain(&["accept_only_registered = 1"]), &[P]);
    strict.at(50.0);
    assert!(!accepts(&strict, P) && accepts(&strict, B));
}

#[test]
fn the_same_inputs_give_the_same_actions() {
    let run = || {
        let mut options = super::world::options();
        options.account.jitter = true;
        let mut world = World::with(
            &account(&["sip_server.1.address = pbx.example.com", "static.network.primary_dns = 192.168.1.1"]),
            options,
        );
        world.start();
        for n in 1..20 {
            if n % 3 == 0 {
                world.down(&[P])
            } else {
                world.up(&[P])
            }
            world.at(f64::from(n) * 700.0);
            world.invite();
        }
        world.all()
    };
    assert_eq!(run(), run());
}
