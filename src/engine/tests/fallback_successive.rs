//! One binding at a time: when the account leaves server 1, and when it returns.

use super::{B, F, P, Reply, World, domain, domain_and_fallback, successive};
use crate::policy::Method;
use crate::types::Server;

#[test]
fn a_binding_is_kept_until_its_lifetime_ends_then_server_2_takes_over_and_probes_bring_server_1_back() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.at(3_599.9);
    assert_eq!(world.state(1), "registered, refresh failing");
    world.at(4_000.0);
    world.up(&[P]);
    world.at(5_000.0);
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3540 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3577.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3600 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "3720 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3840 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3960 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "4080 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ],
        "no un-REGISTER at server 2, and no probe after recovery"
    );
    let told = world.told();
    assert!(told.contains(&"3600 server 2 takes over (no response in time)".to_owned()), "{told:?}");
    assert!(told.contains(&"4080 server 1 has taken over again (server answers again)".to_owned()), "{told:?}");
    assert!(told.contains(&"4080 server 2: off (server answers again)".to_owned()), "{told:?}");
    assert_eq!(world.current(), Server::Working);
}

#[test]
fn after_recovery_the_refresh_of_server_2_stops() {
    let mut world = World::started_with_dead(&successive(&[]), &[P]);
    world.at(100.0);
    world.up(&[P]);
    world.at(130.0);
    world.forget();
    world.at(3_800.0);
    assert_eq!(world.sent(), ["3667.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_refresh_under_way_at_server_2_ends_with_the_recovery() {
    // The tenth probe comes at the moment of the refresh.
    let mut world = World::started_with_dead(&successive(&["fallback.timeout = 354"]), &[P]);
    world.at(3_500.0);
    world.up(&[P]);
    world.down(&[F]);
    world.forget();
    world.at(3_700.0);
    assert_eq!(
        world.sent(),
        ["3547.5 REGISTER 192.168.1.15:5060/udp (3, 7500)", "3547.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"]
    );
    assert_eq!(world.left(), ["3547.5 stop REGISTER 192.168.1.15:5060/udp"]);
}

#[test]
fn an_immediate_switch_does_not_wait_for_the_end_of_the_binding() {
    let mut world = World::started(&successive(&["fallback.register_switch = 1"]));
    world.at(100.0);
    world.down(&[P]);
    world.at(3_700.0);
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3540 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3547.5 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "3667.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
}

#[test]
fn an_invite_that_finds_server_1_dead_registers_server_2_first_and_then_goes_there() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.at(200.0);
    world.invite();
    world.at(330.0);
    assert_eq!(
        world.sent()[1..],
        [
            "200 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "207.5 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "207.5 INVITE 192.168.1.15:5060/udp (6, 32000)",
            "327.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    assert_eq!(world.ended(), ["207.5 INVITE 200"]);
    assert_eq!(world.current(), Server::Fallback);
}

#[test]
fn requests_wait_for_server_2_in_the_order_in_which_they_came() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::code(200).after(500));
    for method in [Method::Invite, Method::Message, Method::Subscribe] {
        world.request(method);
    }
    world.at(150.0);
    let to_server_2: Vec<String> = world.sent().into_iter().filter(|line| line.contains(F)).collect();
    assert_eq!(
        to_server_2,
        [
            "107.5 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "108 INVITE 192.168.1.15:5060/udp (6, 32000)",
            "108 MESSAGE 192.168.1.15:5060/udp (10, 32000)",
            "108 SUBSCRIBE 192.168.1.15:5060/udp (10, 32000)"
        ]
    );
    assert_eq!(world.ended().len(), 3);
}

#[test]
fn at_most_sixteen_requests_wait() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::code(200).after(500));
    for _ in 0..18 {
        world.request(Method::Message);
    }
    world.at(107.5);
    assert_eq!(world.ended(), ["107.5 MESSAGE failed: not registered", "107.5 MESSAGE failed: not registered"]);
    world.at(150.0);
    assert_eq!(world.ended(), ["108 MESSAGE 200"; 16]);
}

#[test]
fn a_waiting_request_can_be_cancelled_and_is_not_heard_of_again() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::code(200).after(500));
    let call = world.invite();
    world.request(Method::Message);
    world.at(107.7);
    world.forget();
    world.cancel(call);
    world.at(150.0);
    assert_eq!(world.sent(), ["108 MESSAGE 192.168.1.15:5060/udp (10, 32000)"]);
    assert_eq!(world.ended(), ["108 MESSAGE 200"]);
}

#[test]
fn requests_that_wait_fail_together_when_server_2_is_dead_too() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P, F]);
    world.invite();
    world.request(Method::Message);
    world.at(200.0);
    assert_eq!(
        world.ended(),
        ["139.5 INVITE failed: no response in time", "139.5 MESSAGE failed: no response in time"]
    );
    assert_eq!(world.current(), Server::Working, "its binding lives");
}

#[test]
fn requests_that_wait_fail_together_when_server_2_refuses() {
    let mut world = World::started(&successive(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::code(403));
    world.invite();
    world.request(Method::Message);
    world.at(200.0);
    assert_eq!(
        world.ended(),
        ["107.5 INVITE failed: no response in time", "107.5 MESSAGE failed: no response in time"]
    );
}

#[test]
fn a_register_in_flight_to_a_target_that_a_request_just_found_dead_fails_with_it() {
    let mut world = World::started(&successive(&[]));
    world.at(3_535.0);
    world.down(&[P]);
    world.invite();
    world.at(3_560.0);
    assert_eq!(
        world.sent()[1..],
        [
            "3535 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "3540 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3542.5 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "3542.5 INVITE 192.168.1.15:5060/udp (6, 32000)"
        ],
        "its own budget would have ended at 3547.5"
    );
}

#[test]
fn a_request_waits_on_when_server_1_answers_the_register_after_all() {
    let mut world = World::started(&successive(&[]));
    world.at(3_540.0 - 7.0);
    // Only REGISTER is answered, and slowly: the server is alive, so the walk does not leave it.
    world.always(P, "", Reply::silence());
    world.always(P, "REGISTER", Reply::provisional().then(Reply::code(200).after(2_000)));
    world.invite();
    world.at(3_600.0);
    assert_eq!(
        world.sent()[1..],
        [
            "3533 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "3540 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3542 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "3542 INVITE 192.168.1.15:5060/udp (6, 32000)"
        ]
    );
    assert_eq!(world.ended(), ["3542 INVITE 200"]);
}

#[test]
fn messages_do_not_hurry_server_2_that_refuses() {
    let mut world = World::new(&successive(&[]));
    world.down(&[P]);
    world.always(F, "REGISTER", Reply::code(403));
    world.start();
    world.at(10.0);
    world.forget();
    world.request(Method::Message);
    world.at(50.0);
    world.request(Method::Message);
    world.at(60.0);
    assert!(world.sent().iter().all(|line| !line.contains("REGISTER")), "its pause is a minute long");
    world.at(75.0);
    assert!(world.sent().iter().any(|line| line.starts_with("75 REGISTER 192.168.1.15")), "and comes to its end");
}

#[test]
fn a_request_waits_on_when_server_1_refuses_the_register() {
    let mut world = World::started(&successive(&[]));
    world.at(3_540.0 - 7.0);
    world.always(P, "", Reply::silence());
    world.always(P, "REGISTER", Reply::provisional().then(Reply::code(403).after(2_000)));
    world.invite();
    world.at(3_600.0);
    assert_eq!(world.ended(), ["3542 INVITE 200"]);
}

#[test]
fn requests_that_wait_fail_with_a_walk_over_both_servers_and_do_not_start_another() {
    let mut world = World::started_with_dead(&successive(&[]), &[P, F]);
    world.at(65.0);
    world.invite();
    world.at(140.0);
    assert_eq!(
        world.sent()[2..],
        [
            "65 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "69.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            // The call found server 1 dead, and waits for server 2.
            "72.5 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "134.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    assert_eq!(world.ended(), ["104.5 INVITE failed: no response in time"]);
}

#[test]
fn probes_are_counted_from_start_to_start_and_skipped_while_one_runs() {
    let mut world = World::started(&domain_and_fallback(&["fallback.timeout = 10"]));
    world.at(3_000.0);
    world.down(&[P, B]);
    world.at(3_600.0);
    world.forget();
    world.at(3_651.0);
    assert_eq!(
        world.sent(),
        [
            // The walk over two targets takes 15 s.
            "3610 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3617.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "3630 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3637.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "3650 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
}

#[test]
fn a_probe_walks_the_list_of_server_1_and_a_backup_that_answers_is_a_recovery() {
    let mut world = World::started_with_dead(&domain_and_fallback(&[]), &[P, B]);
    world.at(260.0);
    assert_eq!(
        world.sent()[3..],
        [
            "135 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "142.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "255 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    world.up(&[B]);
    world.invite();
    world.at(300.0);
    assert_eq!(
        world.sent(),
        ["260 INVITE 192.168.1.15:5060/udp (3, 7500)", "262.5 REGISTER 192.168.1.13:5060/udp (3, 7500)"]
    );
    assert!(world.told().contains(&"262.5 server 1 has taken over again (server answers again)".to_owned()));
    world.invite();
    assert_eq!(world.sent()[0], "300 INVITE 192.168.1.14:5060/udp (3, 7500)", "the primary first");
}

#[test]
fn on_server_2_a_request_begins_there_and_finds_its_way_back() {
    let mut world = World::started_with_dead(&domain_and_fallback(&[]), &[P]);
    world.down(&[B]);
    world.at(100.0);
    world.down(&[F]);
    world.up(&[P, B]);
    world.forget();
    world.invite();
    world.at(120.0);
    assert_eq!(
        world.sent(),
        [
            "100 INVITE 192.168.1.15:5060/udp (3, 7500)",
            "107.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "107.5 INVITE 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
    assert_eq!(world.current(), Server::Working);
}

#[test]
fn with_unregister_the_binding_at_server_2_is_removed_and_server_1_refreshed_right_after() {
    let mut world = World::started_with_dead(&successive(&["fallback.unregister = 1"]), &[P]);
    world.at(100.0);
    world.up(&[P]);
    world.at(200.0);
    assert_eq!(
        world.sent()[2..],
        [
            "127.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "127.5 UNREGISTER 192.168.1.15:5060/udp (3, 7500)",
            "127.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ]
    );
}

#[test]
fn server_2_silent_at_the_removal_of_its_binding_delays_the_refresh_only() {
    let mut world = World::started_with_dead(&successive(&["fallback.unregister = 1"]), &[P]);
    world.at(100.0);
    world.up(&[P]);
    world.down(&[F]);
    world.at(200.0);
    assert_eq!(
        world.sent()[3..],
        ["127.5 UNREGISTER 192.168.1.15:5060/udp (3, 7500)", "135 REGISTER 192.168.1.14:5060/udp (3, 7500)"]
    );
}

#[test]
fn while_nothing_answers_after_fallback_probes_and_retries_do_not_register_twice_at_one_server() {
    // The watch of the world fails if two registration walks are at one server.
    let mut world = World::started_with_dead(&domain_and_fallback(&["fallback.timeout = 17"]), &[P, B]);
    world.at(100.0);
    world.down(&[F]);
    world.at(10_000.0);
    world.up(&[F]);
    world.at(10_100.0);
    assert_eq!(world.state(2), "registered");
    world.up(&[P]);
    world.at(10_200.0);
    assert_eq!(world.state(1), "registered");
}

#[test]
fn a_503_of_both_servers_to_an_invite_does_not_move_the_account() {
    let mut world = World::started(&successive(&[]));
    for host in [P, F] {
        world.always(host, "INVITE", Reply::code(503));
    }
    world.at(100.0);
    world.invite();
    world.at(200.0);
    assert_eq!(world.current(), Server::Working);
    assert_eq!(world.ended(), ["100 INVITE failed: 503"]);
    assert_eq!(
        world.sent()[1..],
        [
            "100 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "100 INVITE 192.168.1.15:5060/udp (6, 32000)",
            "100 REGISTER 192.168.1.14:5060/udp (3, 7500)"
        ],
        "the target that holds the binding is checked, nobody else"
    );
}

#[test]
fn a_name_that_leads_nowhere_is_told_and_is_the_reason_why_server_2_takes_over() {
    let mut world = World::started(&successive(&["sip_server.1.address = nowhere.example.com"]));
    world.at(1.0);
    let told = world.told();
    assert_eq!(
        told,
        [
            "0 server 1: registering",
            "0 server 1: its name leads to no address",
            "0 server 2: registered at 192.168.1.15:5060/udp",
            "0 server 2 takes over (name could not be resolved)",
            "0 served by 192.168.1.15:5060/udp now (name could not be resolved)",
            "0 server 1: unregistered, retrying (name could not be resolved)"
        ]
    );
}

#[test]
fn a_stopped_account_probes_no_more() {
    let mut world = World::started_with_dead(&successive(&["fallback.timeout = 30"]), &[P]);
    world.at(20.0);
    world.stop();
    world.forget();
    world.at(500.0);
    assert_eq!(world.sent(), [""; 0]);
    assert_eq!(world.engine.table_sizes(), [0; 4]);
}

#[test]
fn after_recovery_server_2_does_not_return_to_its_primary() {
    let mut world = World::new(&domain(&[
        "sip_server.1.address = 192.168.1.15",
        "sip_server.2.address = pbx.example.com",
        "fallback.redundancy_type = 1",
        "fallback.timeout = 30",
        "sip_server.2.failback_mode = 3",
        "sip_server.2.failback_timeout = 60",
        "sip_server.2.register_on_enable = 1",
    ]));
    world.down(&[F, P]);
    world.start();
    world.at(20.0);
    assert_eq!(world.current(), Server::Fallback);
    world.up(&[F, P]);
    world.at(50.0);
    assert_eq!(world.current(), Server::Working);
    world.forget();
    world.at(1_000.0);
    assert_eq!(world.sent(), [""; 0], "one maintained binding");
}

#[test]
fn a_call_asks_server_2_again_although_it_has_refused() {
    let mut world = World::new(&successive(&[]));
    world.down(&[P]);
    world.once(F, Reply::code(403));
    world.start();
    world.at(20.0);
    world.forget();
    world.invite();
    world.at(30.0);
    assert_eq!(world.ended(), ["27.5 INVITE 200"], "{:?}", world.sent());
}

#[test]
fn the_end_of_the_registration_at_a_server_that_was_left_is_no_news() {
    let mut world = World::started(&successive(&["fallback.register_switch = 1", "fallback.timeout = 600"]));
    world.at(3_500.0);
    world.down(&[P]);
    world.at(3_590.0);
    assert_eq!(world.state(1), "unregistered, retrying");
    world.forget();
    world.at(3_700.0);
    assert_eq!(world.all(), [""; 0], "its registration has ended at 3600");
    assert_eq!(world.state(1), "unregistered, retrying");
}
