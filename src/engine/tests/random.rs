//! Whatever happens in whatever order: what must hold always.

use super::world::{Step, options, response};
use super::{B, Dns, F, P, Reply, World, concurrent, domain, domain_and_fallback, single, successive};
use crate::account::{FinalResponse, NewDialog, NewRequest, Phase};
use crate::policy::Method;
use crate::types::{AccountId, Server, TransportFailure};
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub enum Input {
    Wait(u64),
    Down(usize),
    Up(usize),
    Answers(usize, usize),
    Start(Method),
    Urgent,
    Dialog(usize),
    Incoming(usize),
    Bye(usize),
    Hangup(usize),
    LinkDown,
    FlowLost,
    Heard(usize),
    Cancel(usize),
    Report(usize, usize),
    Busy(bool),
    Reload(usize),
    StartAccount,
    StopAccount,
    Network,
    Dns(Dns),
    ClockBack(u64),
}

const HOSTS: [&str; 3] = [P, B, F];

pub fn config(n: usize) -> String {
    match n {
        0 => single(&[]),
        1 => concurrent(&["sip_server.1.quarantine_timeout = 60"]),
        2 => successive(&["fallback.timeout = 20"]),
        3 => successive(&["fallback.register_switch = 1", "fallback.unregister = 1", "sip_server.1.expires = 90"]),
        4 => domain(&["dns_cache_type = 0"]),
        5 => domain_and_fallback(&["fallback.timeout = 30", "sip_server.1.expires = 200"]),
        6 => domain_and_fallback(&["fallback.redundancy_type = 0", "sip_server.1.expires = 100"]),
        7 => successive(&[
            "outbound_proxy_enable = 1",
            "outbound_proxy.1.address = 192.168.1.13",
            "outbound_proxy.2.address = 192.168.1.15",
        ]),
        8 => domain(&["sip_server.1.failback_mode = 1", "sip_server.1.quarantine_timeout = 20"]),
        9 => domain_and_fallback(&[
            "sip_server.1.failback_mode = 2",
            "sip_server.1.register_on_enable = 1",
            "sip_server.1.expires = 200",
            "sip_server.1.failback_probe = 2",
        ]),
        10 => domain(&[
            "sip_server.1.failback_mode = 3",
            "sip_server.1.failback_timeout = 60",
            "sip_server.1.register_on_enable = 1",
            "sip_server.1.only_signal_with_registered = 1",
            "sip_server.1.failback_subscribe.enable = 1",
        ]),
        11 => domain_and_fallback(&[
            "fallback.redundancy_type = 0",
            "sip_server.1.options_interval = 15",
            "sip_server.1.failback_mode = 3",
            "sip_server.1.failback_timeout = 60",
            "sip_server.1.failback_probe = 1",
            "sip_server.1.register_on_enable = 1",
        ]),
        12 => domain_and_fallback(&[
            "sip_server.1.register_on_enable = 1",
            "fallback.timeout = 30",
            "sip_server.1.options_interval = 5",
            "sip_server.1.options_max_lost = 2",
            "sip_server.2.options_interval = 20",
        ]),
        _ => String::new(),
    }
}

fn answers(n: usize) -> Reply {
    match n {
        0 => Reply::code(403),
        1 => Reply::code(503),
        2 => Reply::retry_after(503, 40),
        3 => Reply::failure(TransportFailure::Unreachable),
        4 => Reply::failure(TransportFailure::Local),
        5 => Reply::provisional(),
        6 => Reply::provisional().then(Reply::code(200).after(3_000)),
        7 => Reply::code(401).then(Reply::code(200).after(5_000)),
        8 => Reply::code(200).after(7_500),
        9 => Reply::min_expires(300),
        10 => Reply::granted(30),
        _ => Reply::granted(0),
    }
}

fn step(n: usize) -> Step {
    match n {
        0 => Step::Provisional(180),
        1 => Step::Final(response(200)),
        2 => Step::Final(response(503)),
        3 => Step::Final(response(401)),
        4 => Step::Final(FinalResponse { challenge_is_final: true, ..response(407) }),
        _ => Step::Failed(TransportFailure::ConnectionLost),
    }
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![Just(Method::Invite), Just(Method::Message), Just(Method::Subscribe), Just(Method::Options)]
}

pub fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        8 => prop_oneof![0..100u64, 0..10_000u64, 0..200_000u64, Just(7_500), Just(30_000)].prop_map(Input::Wait),
        3 => (0..3usize).prop_map(Input::Down),
        2 => (0..3usize).prop_map(Input::Up),
        3 => (0..3usize, 0..12usize).prop_map(|(host, reply)| Input::Answers(host, reply)),
        5 => method().prop_map(Input::Start),
        1 => (0..4usize).prop_map(Input::Cancel),
        2 => (0..6usize, 0..6usize).prop_map(|(attempt, step)| Input::Report(attempt, step)),
        1 => any::<bool>().prop_map(Input::Busy),
        1 => (0..14usize).prop_map(Input::Reload),
        1 => Just(Input::StartAccount),
        1 => Just(Input::StopAccount),
        2 => Just(Input::Urgent),
        2 => (0..6usize).prop_map(Input::Dialog),
        1 => (0..3usize).prop_map(Input::Incoming),
        2 => (0..3usize).prop_map(Input::Bye),
        1 => (0..3usize).prop_map(Input::Hangup),
        1 => Just(Input::LinkDown),
        1 => Just(Input::FlowLost),
        1 => (0..3usize).prop_map(Input::Heard),
        1 => Just(Input::Network),
        1 => prop_oneof![Just(Dns::Up), Just(Dns::Silent), Just(Dns::ServFail)].prop_map(Input::Dns),
        1 => (0..5_000u64).prop_map(Input::ClockBack),
    ]
}

pub fn apply(world: &mut World, input: Input) {
    match input {
        Input::Wait(ms) => world.run_to(world.now + ms),
        Input::Down(host) => world.down(&[HOSTS[host]]),
        Input::Up(host) => world.heal(HOSTS[host]),
        Input::Answers(host, reply) => world.always(HOSTS[host], "", answers(reply)),
        Input::Start(method) => {
            let _ = world.start_request(method);
            world.pump();
        }
        Input::Cancel(place) => {
            if let Some(id) = world.watch.open().get(place) {
                world.cancel(*id);
            }
        }
        Input::Report(place, n) => {
            if let Some(id) = world.attempts.iter().rev().nth(place).copied() {
                world.report(id, step(n));
            }
        }
        Input::Busy(busy) => {
            world.set_busy(busy);
        }
        Input::Reload(n) => world.reload(&config(n)),
        Input::StartAccount => {
            let _ = world.engine.start_account(world.clock(), AccountId(1));
            world.pump();
        }
        Input::StopAccount => {
            let _ = world.engine.stop_account(world.clock(), AccountId(1));
            world.pump();
        }
        Input::Urgent => {
            let _ = world.start_new(NewRequest { is_urgent: true, ..NewRequest::new(Method::Invite, 0) });
            world.pump();
        }
        Input::Dialog(place) => {
            if let Some(id) = world.attempts.iter().rev().nth(place).copied() {
                let _ = world.open_dialog(NewDialog::Outgoing(id));
            }
        }
        Input::Incoming(host) => {
            let _ = world.open_dialog(NewDialog::Incoming(HOSTS[host].parse().unwrap(), None, Method::Invite));
        }
        Input::Bye(place) => {
            let dialog = world.dialogs.iter().rev().nth(place).copied();
            let _ = world.start_new(NewRequest { dialog, ..NewRequest::new(Method::Other, 0) });
            world.pump();
        }
        Input::Hangup(place) => {
            if place < world.dialogs.len() {
                let id = world.dialogs.remove(place);
                let _ = world.engine.close_dialog(world.clock(), id);
                world.pump();
            }
        }
        Input::LinkDown => world.network_down(),
        Input::FlowLost => {
            let _ = world.engine.flow_lost(world.clock(), AccountId(1), &Server::BOTH);
            world.pump();
        }
        Input::Heard(host) => {
            let _ = world.engine.heard_from(world.clock(), None, HOSTS[host].parse().unwrap(), Some(5060));
            world.pump();
        }
        Input::Network => world.network_changed(),
        Input::Dns(mood) => world.dns = mood,
        Input::ClockBack(ms) => world.clock -= ms,
    }
    if let Some(account) = world.engine.account(AccountId(1))
        && account.phase() != Phase::Off
        && !world.is_link_down
    {
        assert!(world.engine.next_deadline().is_some(), "an account in use waits for nothing");
    }
}

/// The world is well again: the account must find its way, and nothing may be left over.
fn settle(world: &mut World) {
    for host in HOSTS {
        world.heal(host);
    }
    world.dns = Dns::Up;
    world.set_busy(false);
    world.network_up();
    for id in core::mem::take(&mut world.dialogs) {
        let _ = world.engine.close_dialog(world.clock(), id);
    }
    world.pump();
    // Longer than any pause, lifetime, ringing call and limit.
    world.run_to(world.now + 7_200_000);
    assert_eq!(world.watch.open(), [], "requests without an end");
    let is_running = world.engine.account(AccountId(1)).is_some_and(|account| account.phase() == Phase::Running);
    if is_running {
        assert!((1..=2).any(|server| world.state(server) == "registered"), "never registers again");
        world.forget();
        let moment = world.now;
        world.invite();
        world.run_to(moment + 60_000);
        assert!(world.ended()[0].ends_with("INVITE 200"));
        world.stop();
    }
    world.run_to(world.now + 34_000);
    assert_eq!(world.engine.table_sizes(), [0, 0, 0, 0], "requests, attempts, deadlines, dialogs");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_standing_rules_hold_whatever_happens(
        first in 0..13usize,
        successes in 1..4u32,
        jitter in any::<bool>(),
        timers_first in any::<bool>(),
        inputs in prop::collection::vec(input(), 1..60),
    ) {
        let mut options = options();
        options.account.jitter = jitter;
        options.account.failback_successes = successes;
        let mut world = World::with(&config(first), options);
        world.timers_first = timers_first;
        world.start();
        for input in inputs {
            apply(&mut world, input);
        }
        settle(&mut world);
    }
}
