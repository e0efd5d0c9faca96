//! Pauses after failures and refusals.

use super::world::options;
use super::{B, Dns};
use super::{F, P, Reply, World, concurrent, domain, single, successive};

fn moments(world: &mut World) -> Vec<f64> {
    world.sent().iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect()
}

fn dead(lines: &[&str]) -> World {
    World::started_with_dead(&single(lines), &[P])
}

#[test]
fn the_next_walk_begins_an_interval_after_the_last_one_ended() {
    let mut world = dead(&["reg_fail_retry_interval = 100"]);
    world.at(300.0);
    assert_eq!(moments(&mut world), [0.0, 132.0, 264.0]);
}

#[test]
fn a_pause_is_never_under_five_seconds() {
    let mut world = dead(&["reg_fail_retry_interval = 0"]);
    world.at(80.0);
    assert_eq!(moments(&mut world), [0.0, 37.0, 74.0]);
}

#[test]
fn back_off_doubles_up_to_its_top_and_begins_anew_after_a_success() {
    let lines = ["reg_failed_retry_min_time = 10", "reg_failed_retry_max_time = 60", "sip_server.1.expires = 600"];
    let mut world = dead(&lines);
    world.at(300.0);
    // 32 s each, and 20, 40, 60, 60 s between them.
    assert_eq!(moments(&mut world), [0.0, 52.0, 124.0, 216.0]);
    world.up(&[P]);
    world.at(310.0);
    world.down(&[P]);
    world.forget();
    world.at(930.0);
    assert_eq!(moments(&mut world), [848.0, 900.0]);
}

#[test]
fn jitter_spreads_the_pauses_within_their_bounds() {
    for (lines, bounds) in [
        (vec!["reg_fail_retry_interval = 100"], 80.0..=120.0),
        (vec!["reg_failed_retry_min_time = 30", "reg_failed_retry_max_time = 60"], 30.0..=60.0),
    ] {
        let mut options = options();
        options.account.jitter = true;
        let mut world = World::with(&single(&lines), options);
        world.down(&[P]);
        world.start();
        world.at(10_000.0);
        let starts = moments(&mut world);
        let pauses: Vec<f64> = starts.windows(2).map(|pair| pair[1] - pair[0] - 32.0).collect();
        assert!(pauses.iter().all(|pause| bounds.contains(pause)), "{pauses:?}");
        let (least, most) = pauses.iter().fold((f64::MAX, 0.0_f64), |(a, b), p| (a.min(*p), b.max(*p)));
        assert!(most - least > (bounds.end() - bounds.start()) / 2.0, "{pauses:?}");
    }
}

#[test]
fn probes_are_spread_by_a_tenth() {
    let mut options = options();
    options.account.jitter = true;
    let mut world = World::with(&successive(&[]), options);
    world.down(&[P]);
    world.start();
    world.at(3_400.0);
    let starts: Vec<f64> = moments(&mut world)[2..].to_vec();
    let gaps: Vec<f64> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.len() > 20 && gaps.iter().all(|gap| (108.0..=132.0).contains(gap)), "{gaps:?}");
    assert!(gaps.iter().any(|gap| *gap < 116.0) && gaps.iter().any(|gap| *gap > 124.0), "{gaps:?}");
}

#[test]
fn the_smallest_retry_after_holds_only_if_every_target_gave_one() {
    let cases = [(Reply::retry_after(503, 300), 200.0), (Reply::code(503), 30.0), (Reply::retry_after(503, 10), 30.0)];
    for (backup, next) in cases {
        let mut world = World::new(&domain(&[]));
        world.always(P, "", Reply::retry_after(503, 200));
        world.always(B, "", backup);
        world.start();
        world.forget();
        world.at(400.0);
        assert_eq!(moments(&mut world)[0], next);
    }
}

#[test]
fn a_refusal_is_an_answer_and_asked_again_ever_more_slowly() {
    for status in [401, 403, 404, 603] {
        let mut world = World::new(&domain(&[]));
        let refusal = crate::account::FinalResponse { challenge_is_final: true, ..super::world::response(status) };
        world.always(P, "", Reply(vec![(0, super::world::Step::Final(refusal))]));
        world.start();
        world.at(9_000.0);
        assert_eq!(moments(&mut world), [0.0, 60.0, 180.0, 420.0, 900.0, 1_860.0, 3_660.0, 5_460.0, 7_260.0]);
        assert_eq!(world.state(1), "refused by the registrar");
    }
}

#[test]
fn a_success_ends_the_patience_with_a_refusal() {
    let mut world = World::new(&single(&[]));
    world.always(P, "", Reply::code(403));
    world.start();
    world.at(100.0);
    world.heal(P);
    world.at(200.0);
    world.always(P, "", Reply::code(403));
    world.forget();
    world.at(3_800.0);
    // Registered at 180, refused at the refresh, and a minute later.
    assert_eq!(moments(&mut world), [3_720.0, 3_780.0]);
}

#[test]
fn a_new_configuration_ends_the_patience_with_a_refusal() {
    let mut world = World::new(&single(&[]));
    world.always(P, "", Reply::code(403));
    world.start();
    world.at(1_000.0);
    world.forget();
    world.reload(&single(&["auth_name = right"]));
    world.at(1_070.0);
    assert_eq!(moments(&mut world), [1_000.0, 1_060.0]);
}

#[test]
fn calls_do_not_hurry_a_registrar_that_refuses() {
    let mut world = World::new(&single(&[]));
    world.always(P, "REGISTER", Reply::code(403));
    world.start();
    world.at(10.0);
    world.forget();
    world.invite();
    world.at(59.0);
    assert_eq!(world.sent(), ["10 INVITE 192.168.1.14:5060/udp (6, 32000)"]);
}

#[test]
fn a_primary_that_falls_silent_does_not_hurry_a_backup_that_refuses() {
    let watch = ["sip_server.1.options_interval = 20", "sip_server.1.options_max_lost = 2"];
    let mut world = World::started(&domain(&watch));
    world.at(3_530.0);
    world.down(&[P]);
    world.always(B, "REGISTER", Reply::code(403));
    world.forget();
    world.at(3_608.0);
    // The primary is given up at 3567.5.
    let registers: Vec<String> = world.sent().into_iter().filter(|line| line.contains("REGISTER")).collect();
    assert_eq!(
        registers,
        [
            "3540 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3547.5 REGISTER 192.168.1.13:5060/udp (10, 32000)",
            "3607.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
        ]
    );
}

#[test]
fn a_call_does_not_wait_for_the_pause_and_its_success_ends_it() {
    let mut world = dead(&[]);
    world.at(40.0);
    world.up(&[P]);
    world.forget();
    world.invite();
    assert_eq!(
        world.sent(),
        ["40 INVITE 192.168.1.14:5060/udp (6, 32000)", "40 REGISTER 192.168.1.14:5060/udp (10, 32000)"]
    );
    assert_eq!(world.state(1), "registered");
}

#[test]
fn one_server_that_a_call_found_dead_is_checked_by_register() {
    for mode in ["0", "1"] {
        let mut world = World::started(&single(&[&format!("fallback.redundancy_type = {mode}")]));
        world.at(100.0);
        world.down(&[P]);
        world.invite();
        world.at(180.0);
        assert_eq!(
            world.sent()[1..],
            [
                "100 INVITE 192.168.1.14:5060/udp (6, 32000)",
                "132 REGISTER 192.168.1.14:5060/udp (3, 7500)",
                "169.5 REGISTER 192.168.1.14:5060/udp (10, 32000)"
            ]
        );
        assert_eq!(world.state(1), "registered, refresh failing");
    }
}

#[test]
fn every_server_failed_is_told_only_when_no_binding_is_left() {
    let all_failed =
        |world: &mut World| world.told().iter().filter(|line| line.contains("every server failed")).count();
    let mut world = World::started(&concurrent(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.at(3_650.0);
    assert_eq!(all_failed(&mut world), 0);
    world.down(&[F]);
    world.at(3_700.0);
    world.forget();
    world.at(8_000.0);
    assert!(all_failed(&mut world) > 0);
    world.dns = Dns::Silent;
}

#[test]
fn a_call_that_finds_a_refusing_registrar_dead_does_not_hurry_it() {
    let mut world = World::new(&single(&[]));
    world.once(P, Reply::code(403));
    world.start();
    world.at(10.0);
    world.down(&[P]);
    world.forget();
    world.invite();
    world.at(61.0);
    assert_eq!(world.sent()[1..], ["60 REGISTER 192.168.1.14:5060/udp (10, 32000)"]);
}
