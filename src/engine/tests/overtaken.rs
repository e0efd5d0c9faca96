//! Requests and REGISTERs that are under way when the account moves, or when what they wait for ends.

use super::{B, F, P, Reply, World, account, domain, domain_and_fallback};
use crate::types::Server;

/// Server 1 is numeric, server 2 a domain with a primary and a backup; one binding at a time, and these lines.
fn domain_as_server_2(lines: &[&str]) -> String {
    let servers = [
        "sip_server.1.address = 192.168.1.15",
        "sip_server.2.address = pbx.example.com",
        "static.network.primary_dns = 192.168.1.1",
        "fallback.redundancy_type = 1",
        "sip_server.1.register_on_enable = 1",
        "sip_server.2.register_on_enable = 1",
    ];
    account(&[&servers, lines].concat())
}

#[test]
fn a_return_to_the_primary_of_server_2_ends_with_the_recovery_of_server_1() {
    let lines = ["sip_server.2.failback_mode = 3", "sip_server.2.failback_timeout = 60", "fallback.timeout = 61"];
    let mut world = World::started_with_dead(&domain_as_server_2(&lines), &[F, P]);
    world.at(60.0);
    world.up(&[F, P]);
    world.always(P, "REGISTER", Reply::code(200).after(3_000));
    world.forget();
    world.at(75.5);
    assert_eq!(world.sent(), ["75 REGISTER 192.168.1.14:5060/udp (3, 7500)"], "the return");
    world.at(200.0);
    assert_eq!(world.sent(), ["76 REGISTER 192.168.1.15:5060/udp (3, 7500)"], "server 1 is back");
    assert_eq!(world.left(), ["76 stop REGISTER 192.168.1.14:5060/udp"]);
    assert_eq!(world.current(), Server::Working, "what server 2 answers late is no reason to go there again");
}

#[test]
fn a_call_that_waits_at_server_2_goes_on_there_after_the_recovery_of_server_1() {
    let mut world = World::started(&domain_as_server_2(&["fallback.timeout = 10"]));
    world.at(100.0);
    world.down(&[F]);
    world.always(P, "INVITE", Reply::silence());
    world.always(B, "REGISTER", Reply::code(200).after(5_000));
    world.forget();
    world.invite();
    world.at(110.0);
    world.up(&[F]);
    world.at(140.0);
    assert_eq!(
        world.sent(),
        [
            "100 INVITE 192.168.1.15:5060/udp (3, 7500)",
            "107.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "107.5 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "115 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "117.5 REGISTER 192.168.1.15:5060/udp (3, 7500)",
            "117.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "122.5 INVITE 192.168.1.13:5060/udp (6, 32000)",
        ]
    );
    assert_eq!(world.ended(), ["122.5 INVITE 200"]);
}

#[test]
fn a_call_that_waits_for_a_renewal_which_finds_nobody_moves_the_account_like_one_that_found_out_by_itself() {
    let mut world = World::started(&domain_and_fallback(&["sip_server.1.register_on_enable = 1"]));
    world.at(3_500.0);
    world.down(&[P, B]);
    world.at(3_535.0);
    world.forget();
    world.invite();
    world.at(3_560.0);
    assert_eq!(
        world.sent(),
        [
            "3535 INVITE 192.168.1.14:5060/udp (3, 7500)",
            "3540 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3542.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "3550 REGISTER 192.168.1.15:5060/udp (10, 32000)",
            "3550 INVITE 192.168.1.15:5060/udp (6, 32000)",
        ]
    );
    assert_eq!(world.current(), Server::Fallback);
}

#[test]
fn of_two_calls_that_wait_for_one_registration_each_ends_once() {
    let mut world = World::started(&domain(&[
        "sip_server.2.address = nowhere.example.com",
        "fallback.redundancy_type = 1",
        "sip_server.1.register_on_enable = 1",
        "sip_server.1.expires = 100",
    ]));
    world.always(P, "REGISTER", Reply::code(403));
    world.at(60.0);
    world.down(&[P, B]);
    // Finds out that the name of server 2 leads nowhere.
    world.at(70.0);
    world.invite();
    world.at(90.0);
    // They wait for the backup to know the phone when the registration ends, and it may not be asked for again yet.
    world.invite();
    world.invite();
    world.at(140.0);
    assert_eq!(world.ended().len(), 3);
    let counters = world.engine.counters();
    assert_eq!([counters.account.requests_started, counters.account.requests_done], [3, 3]);
}
