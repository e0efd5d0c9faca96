//! Every input in every state that a few inputs lead to: what the random tests may miss.
//!
//! A breadth-first search over sequences of inputs. An engine cannot be copied, so a state is reached by replaying its
//! sequence; two sequences lead to one state when its portrait, with times relative to now and ids in order of appearance, is
//! the same. `SFO_EXPLORE_DEPTH` asks for longer sequences than the tests have time for, in all configurations.

mod inputs;
mod outcomes;
mod portrait;
mod transitions;

use super::world::{World, options, settings};
use super::{B, F, P, domain};
use crate::account::{LogLevel, Phase};
use crate::config::Settings;
use crate::types::AccountId;
use inputs::{INPUTS, Input};
use std::collections::HashSet;
use transitions::Before;

/// Inputs in a sequence. One more takes twelve times as long.
const DEPTH: usize = 2;
const CONFIGURATIONS: usize = 32;
const ACCOUNT: AccountId = AccountId(1);
/// Of registrations, seconds. Short, as the search waits for the end of many.
const LIFETIME_S: u64 = 600;
/// After which an account returns to the primary, seconds: the TTL of the records and the configured time.
const STAY_S: u32 = 300;
/// Between two registration walks that found nobody, seconds; twice as long after a reload.
const PAUSE_S: u32 = 30;
/// The second target of server 2.
const G: &str = "192.168.1.16";

/// Where a search begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Beginning {
    /// The account has just been started.
    Start,
    /// It has been registered for some minutes.
    Registered,
    /// The same, but the primary of server 1 was dead.
    AtBackup,
    /// The same, but all of server 1 was dead, and has been probed in vain.
    AtServer2,
    /// All servers have been dead.
    Starved,
}

const BEGINNINGS: [(Beginning, &[&str]); 5] = [
    (Beginning::Start, &[P, B, F, G]),
    (Beginning::Registered, &[]),
    (Beginning::AtBackup, &[P]),
    (Beginning::AtServer2, &[P, B]),
    (Beginning::Starved, &[P, B, F, G]),
];

/// One account, two servers with two targets each; and the same with another pause.
struct Setup {
    is_concurrent: bool,
    has_proxy: bool,
    registers_first: bool,
    returns_with_every_request: bool,
    /// By a REGISTER of its own, some time after the account has left the primary.
    returns_by_itself: bool,
    settings: [Settings; 2],
    beginning: (Beginning, &'static [&'static str]),
}

impl Setup {
    fn new(n: usize, beginning: (Beginning, &'static [&'static str])) -> Setup {
        let [mode, register, redundancy, proxy] = [n % 4, n / 4 % 2, n / 8 % 2, n / 16 % 2];
        let kind = if proxy == 1 { "outbound_proxy" } else { "sip_server" };
        let text = |pause: u32| {
            let mut lines = vec![
                format!("{kind}.1.address = pbx.example.com"),
                format!("{kind}.2.address = two.example.com"),
                format!("outbound_proxy_enable = {proxy}"),
                format!("fallback.redundancy_type = {redundancy}"),
                format!("reg_fail_retry_interval = {pause}"),
                "fallback.timeout = 90".to_owned(),
                "outbound_proxy_fallback_interval = 90".to_owned(),
            ];
            for server in 1..=2 {
                lines.push(format!("sip_server.{server}.failback_mode = {mode}"));
                lines.push(format!("sip_server.{server}.register_on_enable = {register}"));
                lines.push(format!("sip_server.{server}.failback_timeout = {STAY_S}"));
                lines.push(format!("sip_server.{server}.expires = {LIFETIME_S}"));
            }
            settings(&domain(&lines.iter().map(String::as_str).collect::<Vec<_>>()))
        };
        Setup {
            is_concurrent: redundancy == 0 && proxy == 0,
            has_proxy: proxy == 1,
            registers_first: register == 1,
            returns_with_every_request: mode == 0,
            returns_by_itself: register == 1 && matches!(mode, 1 | 3),
            settings: [PAUSE_S, 2 * PAUSE_S].map(text),
            beginning,
        }
    }

    /// The world at the beginning. From then on, no host answers by itself.
    fn world(&self) -> World {
        let mut options = options();
        // Nobody reads these, and they take most of the time.
        options.account.log_level = LogLevel::Off;
        options.trace_entries = 0;
        let mut world = World::of(&self.settings[0], options);
        world.engine.writes = false;
        world.zone.a("two.example.com", STAY_S, &[F, G]);
        let (beginning, dead) = self.beginning;
        world.down(dead);
        world.start();
        if beginning != Beginning::Start {
            world.run_to(200_000);
            // What is under way meets silence, as everything does from now on.
            world.down(&[P, B, F, G]);
        }
        world
    }

    fn replay(&self, inputs: &[Input]) -> World {
        let mut world = self.world();
        for input in inputs {
            assert!(self.apply(&mut world, *input), "the same inputs lead somewhere else");
        }
        world
    }
}

/// What must hold in every state.
fn check(world: &World, inputs: &[Input]) {
    let [requests, attempts, timers, dialogs] = world.engine.table_sizes();
    assert_eq!(dialogs, 0);
    assert!(requests < 16 && attempts < 64 && timers < 80, "{inputs:?}: tables grow: {requests}, {attempts}, {timers}");
    if phase(world) == Phase::Off {
        // What was sent is still known for a while, for late answers.
        assert!(requests == 0 && timers <= attempts, "{inputs:?}: an account that is off has {requests}, {timers}");
    } else if !world.is_link_down {
        assert!(world.engine.next_deadline().is_some(), "{inputs:?}: an account in use waits for nothing");
    }
}

fn phase(world: &World) -> Phase {
    world.engine.account(ACCOUNT).map_or(Phase::Off, |account| account.phase())
}

/// States and transitions.
fn explore(setup: &Setup, depth: usize) -> (usize, usize) {
    let mut known = HashSet::new();
    let mut transitions = 0;
    let mut layer: Vec<Vec<Input>> = vec![Vec::new()];
    for _ in 0..depth {
        let mut next = Vec::new();
        for path in layer {
            for input in INPUTS {
                let mut world = setup.replay(&path);
                let before = Before::new(&world, input);
                if !setup.apply(&mut world, input) {
                    continue;
                }
                transitions += 1;
                let path = [path.as_slice(), &[input]].concat();
                before.check(&world, &path);
                check(&world, &path);
                let state = portrait::of(&world);
                if !known.insert(state) {
                    continue;
                }
                match state % 4 {
                    0 => setup.starve(setup.replay(&path), &path),
                    1 => setup.take_over(setup.replay(&path), &path),
                    2 => setup.stay_away(setup.replay(&path), &path),
                    _ => {}
                }
                setup.settle(world, &path);
                next.push(path);
            }
        }
        layer = next;
    }
    (known.len(), transitions)
}

#[test]
fn every_state_leads_back_to_a_registration() {
    let wanted: Option<usize> = std::env::var("SFO_EXPLORE_DEPTH").ok().and_then(|depth| depth.parse().ok());
    let mut found = (0, 0);
    for n in 0..CONFIGURATIONS {
        // Each configuration from the start and from one of the others; over all of them, each with each setting.
        let other = 1 + (n + n / 4) % (BEGINNINGS.len() - 1);
        for (place, beginning) in BEGINNINGS.into_iter().enumerate() {
            if wanted.is_some() || place == 0 || place == other {
                // Shown with a failure.
                println!("configuration {n}, from {:?}", beginning.0);
                let (states, transitions) = explore(&Setup::new(n, beginning), wanted.unwrap_or(DEPTH));
                found = (found.0 + states, found.1 + transitions);
            }
        }
    }
    println!("{} states, {} transitions", found.0, found.1);
    let is_enough = found.0 >= LEAST_STATES && found.1 >= LEAST_TRANSITIONS;
    assert!(wanted.is_some() || is_enough, "fewer than before: {found:?}");
}

/// What the search found when this was written: less would mean that inputs are refused, or states not told apart.
const LEAST_STATES: usize = 11_683;
const LEAST_TRANSITIONS: usize = 18_720;
