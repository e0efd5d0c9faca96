//! The first registration: where it begins, and where it goes on.

use super::world::{options, settings};
use super::{B, Dns};
use super::{F, P, Reply, World, account, concurrent, domain, domain_and_fallback, single, successive};
use crate::types::{AccountId, TransportFailure};

#[test]
fn it_begins_at_server_1_and_ends_there_if_it_answers() {
    let mut world = World::started(&successive(&[]));
    assert_eq!(world.sent(), ["0 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert_eq!(
        world.told(),
        [
            "0 server 1: registering",
            "0 server 1: registered at 192.168.1.14:5060/udp",
            "0 served by 192.168.1.14:5060/udp now"
        ]
    );
}

#[test]
fn successive_mode_goes_on_to_server_2_when_server_1_is_dead_from_the_start() {
    let mut world = World::started_with_dead(&successive(&[]), &[P]);
    world.at(100.0);
    assert_eq!(
        world.sent(),
        ["0 REGISTER 192.168.1.14:5060/udp (3, 7500)", "7.5 REGISTER 192.168.1.15:5060/udp (10, 32000)"]
    );
    assert_eq!((world.state(1), world.state(2)), ("unregistered, retrying", "registered"));
    assert!(world.told().contains(&"7.5 server 2 takes over (no response in time)".to_owned()));
}

#[test]
fn concurrent_mode_registers_with_both_servers_at_once() {
    let mut world = World::started(&concurrent(&[]));
    assert_eq!(
        world.sent(),
        ["0 REGISTER 192.168.1.14:5060/udp (10, 32000)", "0 REGISTER 192.168.1.15:5060/udp (10, 32000)"]
    );
    assert_eq!((world.state(1), world.state(2)), ("registered", "registered"));
}

#[test]
fn the_list_of_server_1_is_walked_before_server_2_and_each_target_is_tried_once() {
    let mut world = World::started_with_dead(&domain_and_fallback(&[]), &[P, B]);
    world.at(100.0);
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "7.5 REGISTER 192.168.1.13:5060/udp (3, 7500)",
            "15 REGISTER 192.168.1.15:5060/udp (10, 32000)"
        ]
    );
}

#[test]
fn everything_dead_is_retried_for_ever_one_walk_at_a_time_and_the_first_to_answer_wins() {
    let mut world = World::started_with_dead(&domain_and_fallback(&[]), &[P, B, F]);
    world.at(160.0);
    let walk = |begin: f64| {
        let at = |offset: f64| begin + offset;
        [
            format!("{} REGISTER 192.168.1.14:5060/udp (3, 7500)", at(0.0)),
            format!("{} REGISTER 192.168.1.13:5060/udp (3, 7500)", at(7.5)),
            format!("{} REGISTER 192.168.1.15:5060/udp (10, 32000)", at(15.0)),
        ]
    };
    assert_eq!(world.sent(), [walk(0.0), walk(77.0), walk(154.0)].concat()[..7]);
    assert!(world.told().contains(&"47 every server failed (no response in time); next try in 30 s".to_owned()));
    world.at(86_400.0);
    let walks = world.sent().iter().filter(|line| line.contains(P)).count();
    assert_eq!(walks, 86_400 / 77 - 2, "a day later it still tries");
    world.up(&[B]);
    world.at(86_500.0);
    world.forget();
    world.at(86_600.0);
    assert_eq!((world.state(1), world.state(2)), ("registered", "off"));
}

#[test]
fn a_dead_primary_costs_its_budget_and_the_refresh_begins_at_the_primary_again() {
    let mut world = World::started_with_dead(&domain(&[]), &[P]);
    world.at(3_600.0);
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "7.5 REGISTER 192.168.1.13:5060/udp (10, 32000)",
            "3547.5 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "3555 REGISTER 192.168.1.13:5060/udp (10, 32000)"
        ]
    );
}

#[test]
fn a_primary_that_is_back_gets_the_next_refresh() {
    let mut world = World::started_with_dead(&domain(&[]), &[P]);
    world.at(1_000.0);
    world.up(&[P]);
    world.forget();
    world.at(7_000.0);
    assert_eq!(world.sent(), ["3547.5 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert!(world.told().contains(&"3547.5 served by 192.168.1.14:5060/udp now (server answers again)".to_owned()));
}

#[test]
fn an_unreachable_host_costs_no_time() {
    let mut world = World::new(&domain(&[]));
    world.always(P, "", Reply::failure(TransportFailure::Unreachable));
    world.start();
    assert_eq!(
        world.sent(),
        ["0 REGISTER 192.168.1.14:5060/udp (3, 7500)", "0 REGISTER 192.168.1.13:5060/udp (10, 32000)"]
    );
}

#[test]
fn server_2_alone_is_a_server() {
    for mode in ["0", "1"] {
        let text = account(&["sip_server.2.address = 192.168.1.15", &format!("fallback.redundancy_type = {mode}")]);
        let mut world = World::started(&text);
        world.at(100.0);
        world.down(&[F]);
        world.at(3_700.0);
        world.up(&[F]);
        world.invite();
        world.at(3_800.0);
        let sent = world.sent();
        assert!(sent.iter().all(|line| line.contains(F)) && sent.len() >= 4, "{sent:?}");
        assert_eq!(world.state(2), "registered");
        assert_eq!(world.ended(), ["3700 INVITE 200"]);
    }
}

#[test]
fn a_name_that_leads_nowhere_is_a_failed_server() {
    let mut world = World::new(&domain_and_fallback(&[]));
    world.zone.remove("pbx.example.com");
    world.start();
    assert_eq!(world.sent(), ["0 REGISTER 192.168.1.15:5060/udp (10, 32000)"]);
    assert_eq!(world.state(2), "registered");
}

#[test]
fn without_dns_servers_and_records_the_account_says_so_and_registers_once_there_are_servers() {
    let mut world = World::started(&account(&["sip_server.1.address = pbx.example.com"]));
    world.at(50.0);
    let told = world.told();
    assert!(told.contains(&"0 server 1: its name leads to no address".to_owned()), "{told:?}");
    assert!(told.contains(&"30 server 1: its name leads to no address".to_owned()), "{told:?}");
    world.engine.set_dns_servers(world.clock(), &["192.168.1.1:53".parse().unwrap()]);
    world.at(70.0);
    assert_eq!(world.sent(), ["50 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
}

#[test]
fn a_start_up_window_spreads_the_first_register_of_each_account() {
    let mut moments = Vec::new();
    for seed in 0..40 {
        let mut options = options();
        options.account.startup_window_ms = 30_000;
        options.seed = [seed; 32];
        let mut world = World::with(&concurrent(&[]), options);
        world.start();
        world.at(31.0);
        let sent = world.sent();
        assert_eq!(sent.len(), 2, "both servers, once each: {sent:?}");
        moments.push(sent[0].split(' ').next().unwrap().parse::<f64>().unwrap());
    }
    assert!(moments.iter().all(|at| (0.0..=30.0).contains(at)));
    assert!(moments.iter().any(|at| *at < 8.0) && moments.iter().any(|at| *at > 22.0));
}

#[test]
fn two_accounts_register_on_their_own_and_share_what_they_know_about_health() {
    let two = "account.1.enable = 1\naccount.1.sip_server.1.address = pbx.example.com\n\
        account.1.sip_server.1.quarantine_timeout = 600\naccount.2.enable = 1\n\
        account.2.sip_server.1.address = pbx.example.com\naccount.2.sip_server.1.quarantine_timeout = 600\n\
        static.network.primary_dns = 192.168.1.1\n";
    assert_eq!(settings(two).accounts.len(), 2);
    let mut world = World::new(two);
    world.down(&[P]);
    world.start();
    world.at(100.0);
    world.engine.start_account(world.clock(), AccountId(2)).unwrap();
    world.at(200.0);
    assert_eq!(
        world.sent(),
        [
            "0 REGISTER 192.168.1.14:5060/udp (3, 7500)",
            "7.5 REGISTER 192.168.1.13:5060/udp (10, 32000)",
            "100 (2) REGISTER 192.168.1.13:5060/udp (3, 7500)"
        ]
    );
    assert_eq!(world.asked, ["A pbx.example.com"], "one question serves both");
    world.stop();
    world.at(300.0);
    assert_eq!(world.state(1), "off");
    assert_eq!(world.engine.account_view(AccountId(2)).unwrap().registrations[0].0.text(), "registered");
}

#[test]
fn two_accounts_ask_dns_once() {
    let two = "account.1.enable = 1\naccount.1.sip_server.1.address = pbx.example.com\naccount.2.enable = 1\n\
        account.2.sip_server.1.address = pbx.example.com\nstatic.network.primary_dns = 192.168.1.1\n";
    let mut world = World::new(two);
    world.dns_delay = 50;
    world.engine.start_account(world.clock(), AccountId(2)).unwrap();
    world.start();
    world.at(1.0);
    assert_eq!(world.asked, ["A pbx.example.com"]);
    assert_eq!(
        world.sent(),
        ["0.05 (2) REGISTER 192.168.1.14:5060/udp (3, 7500)", "0.05 REGISTER 192.168.1.14:5060/udp (3, 7500)"]
    );
    world.dns = Dns::Silent;
}

#[test]
fn one_silent_target_gets_the_whole_transaction_time() {
    let mut world = World::started_with_dead(&single(&[]), &[P]);
    world.at(100.0);
    assert_eq!(
        world.sent(),
        ["0 REGISTER 192.168.1.14:5060/udp (10, 32000)", "62 REGISTER 192.168.1.14:5060/udp (10, 32000)"]
    );
}

#[test]
fn other_dns_servers_bring_no_registration_while_the_network_is_down() {
    let mut world = World::new(&domain(&[]));
    world.dns = Dns::Silent;
    world.start();
    world.at(20.0);
    world.network_down();
    world.forget();
    world.engine.set_dns_servers(world.clock(), &["192.168.1.2:53".parse().unwrap()]);
    world.at(100.0);
    assert_eq!(world.all(), [""; 0], "nothing has begun that could fail");
}
