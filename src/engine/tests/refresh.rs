//! Refresh: when, for how long, and what the registrar may say.

use super::world::options;
use super::{B, P, Reply, World, domain, single};

fn registers(world: &mut World) -> Vec<String> {
    world.sent().into_iter().filter(|line| line.contains("REGISTER")).collect()
}

#[test]
fn a_binding_is_refreshed_a_minute_before_its_end_a_short_one_at_half_time() {
    for (granted, second) in [(3_600, 3_540.0), (120, 60.0), (119, 59.5), (60, 30.0), (1, 0.5), (600, 540.0)] {
        let mut world = World::new(&single(&[]));
        world.always(P, "REGISTER", Reply::granted(granted));
        world.start();
        world.forget();
        world.at(second);
        let sent = registers(&mut world);
        assert_eq!(sent, [format!("{second} REGISTER 192.168.1.14:5060/udp (10, 32000)")]);
    }
}

#[test]
fn the_lifetime_asked_for_is_the_configured_one() {
    let world = World::started(&single(&["sip_server.1.expires = 600"]));
    assert_eq!(world.engine.attempt(world.last_attempt()).unwrap().expires_s, 600);
    let mut world = World::started(&single(&["sip_server.1.expires = 600"]));
    world.forget();
    world.at(540.0);
    assert_eq!(registers(&mut world).len(), 1, "granted without a word means granted as asked");
}

#[test]
fn the_refresh_starts_earlier_by_what_the_targets_known_dead_will_cost() {
    let mut world = World::started_with_dead(&domain(&["sip_server.1.retry_counts = 20"]), &[P]);
    world.zone.a("pbx.example.com", 86_400, &[P, "192.168.1.11", "192.168.1.12", B]);
    world.down(&["192.168.1.11", "192.168.1.12"]);
    world.network_changed();
    world.forget();
    world.at(200.0);
    assert_eq!(registers(&mut world).len(), 3);
    world.forget();
    world.at(3_800.0);
    // Registered at 96; three dead targets cost 96 s, and 5 s are spare.
    assert_eq!(registers(&mut world)[0], "3595 REGISTER 192.168.1.14:5060/udp (10, 32000)");
}

#[test]
fn jitter_moves_a_refresh_earlier_by_at_most_a_tenth_of_its_lead() {
    let mut moments = Vec::new();
    for seed in 0..40 {
        let mut options = options();
        options.account.jitter = true;
        options.seed = [seed; 32];
        let mut world = World::with(&single(&[]), options);
        world.start();
        world.forget();
        world.at(3_541.0);
        moments.push(world.sent()[0].split(' ').next().unwrap().parse::<f64>().unwrap());
    }
    assert!(moments.iter().all(|at| (3_534.0..=3_540.0).contains(at)), "{moments:?}");
    assert!(moments.iter().any(|at| *at < 3_536.0) && moments.iter().any(|at| *at > 3_538.0));
}

#[test]
fn a_lifetime_that_is_too_brief_is_raised_once() {
    let mut world = World::new(&single(&["sip_server.1.expires = 60"]));
    world.once(P, Reply::min_expires(900));
    world.start();
    assert_eq!(
        world.sent(),
        ["0 REGISTER 192.168.1.14:5060/udp (10, 32000)", "0 REGISTER 192.168.1.14:5060/udp (10, 32000)"]
    );
    assert_eq!(world.engine.attempt(world.last_attempt()).unwrap().expires_s, 900);
    assert_eq!(world.state(1), "registered");
    world.at(840.0);
    assert_eq!(world.sent(), ["840 REGISTER 192.168.1.14:5060/udp (10, 32000)"]);
}

#[test]
fn a_registrar_that_wants_more_and_more_is_taken_for_one_that_refuses() {
    let mut world = World::new(&single(&["sip_server.1.expires = 60"]));
    world.once(P, Reply::min_expires(900));
    world.once(P, Reply::min_expires(1_800));
    world.start();
    assert_eq!(world.sent().len(), 2);
    assert_eq!(world.state(1), "refused by the registrar");
}

#[test]
fn a_wish_for_less_than_was_asked_is_a_refusal() {
    let mut world = World::new(&single(&[]));
    world.once(P, Reply::min_expires(60));
    world.start();
    assert_eq!(world.sent().len(), 1);
    assert_eq!(world.state(1), "refused by the registrar");
}

#[test]
fn a_lifetime_of_zero_is_a_refusal() {
    let mut world = World::new(&single(&[]));
    world.once(P, Reply::granted(0));
    world.start();
    assert_eq!(world.state(1), "refused by the registrar");
    world.at(60.0);
    assert_eq!(world.state(1), "registered");
}

#[test]
fn a_binding_that_moved_is_refreshed_where_it_is_and_not_where_it_was() {
    let mut world = World::started(&domain(&["sip_server.1.expires = 600"]));
    world.at(100.0);
    world.down(&[P]);
    world.at(1_700.0);
    let sent = registers(&mut world);
    assert_eq!(
        sent,
        [
            "0 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "540 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "547.5 REGISTER 192.168.1.13:5060/udp (10, 32000)",
            "1087.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "1095 REGISTER 192.168.1.13:5060/udp (10, 32000)",
            "1635 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "1642.5 REGISTER 192.168.1.13:5060/udp (10, 32000)"
        ]
    );
}

#[test]
fn targets_that_answer_do_not_make_the_refresh_start_earlier() {
    let mut world = World::new(&domain(&["sip_server.1.retry_counts = 20"]));
    world.zone.a("pbx.example.com", 86_400, &[P, "192.168.1.11", "192.168.1.12", B]);
    for host in [P, "192.168.1.11", "192.168.1.12"] {
        world.always(host, "", Reply::code(503));
    }
    world.start();
    world.forget();
    world.at(3_600.0);
    assert_eq!(registers(&mut world)[0], "3540 REGISTER 192.168.1.14:5060/udp (10, 32000)");
}

#[test]
fn a_refresh_that_begins_where_the_account_is_does_not_start_earlier() {
    // Registered at 96.
    for mode in ["sip_server.1.failback_mode = 1", "sip_server.1.failback_mode = 3"] {
        let lines = [mode, "sip_server.1.failback_timeout = 65535"];
        let mut world = World::new(&domain(&[&["sip_server.1.retry_counts = 20"], lines.as_slice()].concat()));
        world.zone.a("pbx.example.com", 86_400, &[P, "192.168.1.11", "192.168.1.12", B]);
        world.down(&[P, "192.168.1.11", "192.168.1.12"]);
        world.start();
        world.at(200.0);
        world.forget();
        world.at(3_700.0);
        assert_eq!(registers(&mut world)[0], "3636 REGISTER 192.168.1.13:5060/udp (10, 32000)");
    }
}

#[test]
fn absurd_lifetimes_are_taken_at_their_word_and_break_nothing() {
    let mut world = World::new(&single(&[]));
    world.once(P, Reply::min_expires(u32::MAX));
    world.once(P, Reply::granted(u32::MAX));
    world.start();
    assert_eq!(world.engine.attempt(world.last_attempt()).unwrap().expires_s, u32::MAX);
    assert_eq!(world.state(1), "registered");
    world.forget();
    world.at(4_294_967_235.0);
    assert_eq!(registers(&mut world), ["4294967235 REGISTER 192.168.1.14:5060/udp (10, 32000)"]);
    world.invite();
    assert_eq!(world.ended(), ["4294967235 INVITE 200"]);
}

#[test]
fn a_call_that_waits_for_a_walk_in_vain_names_each_target_once() {
    let lines = ["sip_server.1.register_on_enable = 1", "sip_server.1.failback_mode = 3"];
    let mut world = World::new(&domain(&lines));
    world.down(&[P]);
    world.always(B, "REGISTER", Reply::granted(60));
    world.start();
    world.at(10.0);
    world.down(&[B]);
    world.at(70.0);
    world.invite();
    world.at(200.0);
    let failed = ["192.168.1.13:5060/udp no response in time", "192.168.1.14:5060/udp no response in time"];
    assert_eq!(world.outcomes, failed);
}
