//! What can happen to an account in a state.

use super::super::Dns;
use super::super::world::{Step, World, response};
use super::{ACCOUNT, Setup, phase};
use crate::account::{FinalResponse, Phase};
use crate::policy::Method;
use crate::types::{AttemptId, Server, TransportFailure};

/// Retry-After of a 503 that has one.
pub const PAUSE_ASKED_S: u64 = 120;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// To the attempt begun this many attempts ago.
    Answer(usize, u16),
    /// A 503 that asks for a pause.
    Pause,
    Fails(usize),
    /// Until the next deadline, and what is due then.
    Deadline,
    Invite,
    Cancel,
    Busy(bool),
    Network,
    NetworkDown,
    FlowLost,
    StartOrStop,
    Reload,
    Dns(Dns),
}

pub const INPUTS: [Input; 24] = [
    Input::Answer(0, 200),
    Input::Answer(0, 180),
    Input::Answer(0, 401),
    Input::Answer(0, 403),
    Input::Answer(0, 503),
    Input::Answer(0, 408),
    Input::Answer(1, 200),
    Input::Answer(1, 403),
    Input::Answer(1, 503),
    Input::Pause,
    Input::Fails(0),
    Input::Fails(1),
    Input::Deadline,
    Input::Invite,
    Input::Cancel,
    Input::Busy(true),
    Input::Busy(false),
    Input::Network,
    Input::NetworkDown,
    Input::FlowLost,
    Input::StartOrStop,
    Input::Reload,
    Input::Dns(Dns::Silent),
    Input::Dns(Dns::Up),
];

impl Input {
    /// The attempt that it is about.
    pub fn attempt(self, world: &World) -> Option<AttemptId> {
        match self {
            Input::Answer(place, _) | Input::Fails(place) => open_attempt(world, place),
            Input::Pause => open_attempt(world, 0),
            _ => None,
        }
    }
}

impl Setup {
    /// False if the input makes no sense in this state.
    pub fn apply(&self, world: &mut World, input: Input) -> bool {
        match input {
            Input::Answer(place, status) if status < 200 => return report(world, place, Step::Provisional(status)),
            Input::Answer(place, status) => return report(world, place, Step::Final(response(status))),
            Input::Pause => {
                let paused = FinalResponse { retry_after_s: Some(PAUSE_ASKED_S as u32), ..response(503) };
                return report(world, 0, Step::Final(paused));
            }
            Input::Fails(place) => return report(world, place, Step::Failed(TransportFailure::Unreachable)),
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
            Input::NetworkDown => world.network_down(),
            Input::FlowLost => {
                world.engine.flow_lost(world.clock(), ACCOUNT, &Server::BOTH).unwrap();
                world.pump();
            }
            Input::StartOrStop if phase(world) == Phase::Running => world.stop(),
            Input::StartOrStop => world.start(),
            Input::Reload => world.reconfigure(&self.settings[1]),
            Input::Dns(mood) => world.dns = mood,
        }
        true
    }
}

fn report(world: &mut World, place: usize, step: Step) -> bool {
    let Some(id) = open_attempt(world, place) else { return false };
    world.report(id, step);
    true
}

/// The attempt that was begun this many attempts ago, of those that nothing final was heard of.
pub fn open_attempt(world: &World, place: usize) -> Option<AttemptId> {
    let is_open = |id: &&AttemptId| world.engine.attempt(**id).is_some_and(|attempt| attempt.is_open());
    world.attempts.iter().rev().filter(is_open).nth(place).copied()
}
