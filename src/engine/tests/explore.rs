//! Every input in every state that a few inputs lead to: what the random tests may miss.
//!
//! A breadth-first search over sequences of inputs. An engine cannot be copied, so a state is reached by replaying its
//! sequence; two sequences lead to one state when its portrait, with times relative to now and ids in order of appearance, is
//! the same. `SFO_EXPLORE_DEPTH` asks for longer sequences than the tests have time for.

use super::world::{Step, World, response};
use super::{B, Dns, F, P, domain};
use crate::account::{AttemptState, Phase};
use crate::policy::Method;
use crate::types::{AccountId, AttemptId, TransportFailure};
use std::collections::HashSet;
use std::fmt::Write;

/// Inputs in a sequence. One more takes ten times as long.
const DEPTH: usize = 2;
/// The second target of server 2.
const G: &str = "192.168.1.16";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Input {
    /// This many attempts ago.
    Answer(usize, u16),
    Fails(usize),
    /// Until the next deadline, and what is due then.
    Deadline,
    Invite,
    Cancel,
    Busy(bool),
    Network,
    Reload(bool),
    Dns(Dns),
}

const INPUTS: [Input; 20] = [
    Input::Answer(0, 200),
    Input::Answer(0, 180),
    Input::Answer(0, 401),
    Input::Answer(0, 403),
    Input::Answer(0, 503),
    Input::Answer(0, 408),
    Input::Answer(1, 200),
    Input::Answer(1, 403),
    Input::Answer(1, 503),
    Input::Fails(0),
    Input::Fails(1),
    Input::Deadline,
    Input::Invite,
    Input::Cancel,
    Input::Busy(true),
    Input::Busy(false),
    Input::Network,
    Input::Reload(true),
    Input::Dns(Dns::Silent),
    Input::Dns(Dns::Up),
];

/// One account, two servers with two targets each.
fn config(n: usize, is_other: bool) -> String {
    let [mode, register, redundancy, proxy] = [n % 4, n / 4 % 2, n / 8 % 2, n / 16 % 2];
    let kind = if proxy == 1 { "outbound_proxy" } else { "sip_server" };
    let mut lines = vec![
        format!("{kind}.1.address = pbx.example.com"),
        format!("{kind}.2.address = two.example.com"),
        format!("outbound_proxy_enable = {proxy}"),
        format!("fallback.redundancy_type = {redundancy}"),
        format!("reg_fail_retry_interval = {}", if is_other { 60 } else { 30 }),
    ];
    for server in 1..=2 {
        lines.push(format!("sip_server.{server}.failback_mode = {mode}"));
        lines.push(format!("sip_server.{server}.register_on_enable = {register}"));
    }
    domain(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The world at the beginning: no host answers by itself.
fn world(n: usize) -> World {
    let mut world = World::new(&config(n, false));
    world.zone.a("two.example.com", 300, &[F, G]);
    world.down(&[P, B, F, G]);
    world.start();
    world
}

fn open_attempts(world: &World) -> Vec<AttemptId> {
    let is_open = |id: &&AttemptId| {
        let state = world.engine.attempt(**id).map(|attempt| attempt.state);
        matches!(state, Some(AttemptState::Open | AttemptState::Proceeding))
    };
    world.attempts.iter().rev().filter(is_open).copied().collect()
}

/// False if the input makes no sense in this state.
fn apply(world: &mut World, n: usize, input: Input) -> bool {
    match input {
        Input::Answer(place, status) => {
            let Some(id) = open_attempts(world).get(place).copied() else { return false };
            let step = if status < 200 { Step::Provisional(status) } else { Step::Final(response(status)) };
            world.report(id, step);
        }
        Input::Fails(place) => {
            let Some(id) = open_attempts(world).get(place).copied() else { return false };
            world.report(id, Step::Failed(TransportFailure::Unreachable));
        }
        Input::Deadline => {
            let Some(at) = world.engine.next_deadline() else { return false };
            let ms = at.saturating_sub(world.clock());
            world.run_to(world.now + ms);
        }
        Input::Invite => {
            if world.watch.open().len() > 1 || world.start_request(Method::Invite).is_err() {
                return false;
            }
            world.pump();
        }
        Input::Cancel => {
            let Some(id) = world.watch.open().first().copied() else { return false };
            world.cancel(id);
        }
        Input::Busy(busy) => world.set_busy(busy),
        Input::Network => world.network_changed(),
        Input::Reload(is_other) => world.reload(&config(n, is_other)),
        Input::Dns(mood) => world.dns = mood,
    }
    true
}

/// Times relative to now; ids, handles and serial numbers in order of appearance.
fn canonical(portrait: &str, now: u64, world: &World) -> String {
    let mut text = format!("{:?} ", world.dns);
    let mut seen: Vec<&str> = Vec::new();
    let mut rest = portrait;
    while let Some(at) = rest.find("(") {
        let (before, behind) = rest.split_at(at + 1);
        text.push_str(before);
        let digits = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
        let (number, after) = behind.split_at(digits);
        rest = after;
        let is_time = before.ends_with("Time(");
        let is_name = ["RequestId(", "AttemptId(", "TimerHandle("].iter().any(|name| before.ends_with(name));
        if is_time && number.len() < 20 {
            let relative = number.parse::<u64>().unwrap_or_default() as i128 - i128::from(now);
            let _ = write!(text, "{relative}");
        } else if is_name {
            let place = seen.iter().position(|known| *known == number).unwrap_or_else(|| {
                seen.push(number);
                seen.len() - 1
            });
            let _ = write!(text, "{place}");
        } else {
            text.push_str(number);
        }
    }
    text + rest
}

fn replay(n: usize, inputs: &[Input]) -> World {
    let mut world = world(n);
    for input in inputs {
        assert!(apply(&mut world, n, *input), "the same inputs lead somewhere else");
    }
    world
}

/// What must hold in every state.
fn check(world: &World, inputs: &[Input]) {
    let [requests, attempts, timers, dialogs] = world.engine.table_sizes();
    assert_eq!(dialogs, 0);
    assert!(requests < 16 && attempts < 64 && timers < 80, "{inputs:?}: tables grow: {requests}, {attempts}, {timers}");
    if world.engine.account(AccountId(1)).is_some_and(|account| account.phase() != Phase::Off) {
        assert!(world.engine.next_deadline().is_some(), "{inputs:?}: an account in use waits for nothing");
    }
}

/// Everything answers again: the account must register, and a call must get through.
fn settle(mut world: World, inputs: &[Input]) {
    for host in [P, B, F, G] {
        world.heal(host);
    }
    world.dns = Dns::Up;
    world.set_busy(false);
    world.run_to(world.now + 7_200_000);
    assert_eq!(world.watch.open(), [], "{inputs:?}: requests without an end");
    assert!((1..=2).any(|server| world.state(server) == "registered"), "{inputs:?}: never registers again");
    world.forget();
    world.invite();
    world.run_to(world.now + 60_000);
    assert!(world.ended()[0].ends_with("INVITE 200"), "{inputs:?}: calls fail");
}

/// States and transitions.
fn explore(n: usize, depth: usize) -> (usize, usize) {
    let mut known = HashSet::new();
    let mut transitions = 0;
    let mut layer: Vec<Vec<Input>> = vec![Vec::new()];
    for _ in 0..depth {
        let mut next = Vec::new();
        for path in layer {
            for input in INPUTS {
                let mut world = replay(n, &path);
                if !apply(&mut world, n, input) {
                    continue;
                }
                transitions += 1;
                let path = [path.as_slice(), &[input]].concat();
                check(&world, &path);
                let (now, portrait) = world.engine.portrait();
                if known.insert(canonical(&portrait, now, &world)) {
                    settle(world, &path);
                    next.push(path);
                }
            }
        }
        layer = next;
    }
    (known.len(), transitions)
}

#[test]
fn every_state_leads_back_to_a_registration() {
    let depth = std::env::var("SFO_EXPLORE_DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(DEPTH);
    let found = (0..32).map(|n| explore(n, depth)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("{} states, {} transitions at depth {depth}", found.0, found.1);
    assert!(depth < DEPTH || found.0 >= LEAST_STATES && found.1 >= LEAST_TRANSITIONS, "fewer than before: {found:?}");
}

/// What a search of [`DEPTH`] found when this was written: less would mean that inputs are refused, or states not told apart.
const LEAST_STATES: usize = 5_288;
const LEAST_TRANSITIONS: usize = 7_952;
