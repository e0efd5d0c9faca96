//! What an input must change, and what it must leave as it is.

use super::super::Dns;
use super::super::world::World;
use super::inputs::{Input, PAUSE_ASKED_S};
use super::{ACCOUNT, phase};
use crate::account::{Attempt, AttemptState, Phase, Purpose};
use crate::policy::Method;
use crate::target::TargetKey;
use crate::types::{AttemptId, Server, Time};

/// An account before an input.
pub struct Before {
    input: Input,
    /// The attempt that the input is about.
    attempt: Option<(AttemptId, Attempt)>,
    is_running: bool,
    current: Server,
    bindings: [Option<TargetKey>; 2],
    /// Attempts sent.
    sent: usize,
}

fn bindings(world: &World) -> [Option<TargetKey>; 2] {
    let account = world.engine.account(ACCOUNT);
    let now = world.engine.internal_time();
    Server::BOTH.map(|server| {
        let binding = account.and_then(|account| account.binding(server));
        binding.filter(|(_, expires)| expires.0 > now).map(|(target, _)| target.key)
    })
}

/// Attempts that wait for a response, or for the final one.
fn open(world: &World) -> impl Iterator<Item = &Attempt> {
    world.attempts.iter().filter_map(|id| world.engine.attempt(*id)).filter(|attempt| attempt.is_open())
}

/// The target of an attempt is tried last by other requests like it, for the time that it asked for.
fn is_paused(world: &World, attempt: &Attempt) -> bool {
    let Some(account) = world.engine.account(ACCOUNT) else { return false };
    let now = Time(world.engine.internal_time());
    let place = (attempt.server, attempt.target().key);
    let standing = account.standing(now, &world.engine.shared.health, attempt.method, place);
    standing.paused_until == Some(now.after(PAUSE_ASKED_S * 1_000))
}

fn is_asked_to_register(world: &World, server: Server) -> bool {
    open(world).any(|attempt| attempt.server == server && attempt.method == Method::Register)
}

impl Before {
    pub fn new(world: &World, input: Input) -> Before {
        let about = input.attempt(world).and_then(|id| Some((id, world.engine.attempt(id)?.clone())));
        Before {
            input,
            attempt: about,
            is_running: phase(world) == Phase::Running && !world.is_link_down,
            current: world.current(),
            bindings: bindings(world),
            sent: world.journal.len(),
        }
    }

    /// Looks at the same account after the input.
    pub fn check(&self, world: &World, inputs: &[Input]) {
        if let Some((id, attempt)) = &self.attempt {
            self.check_report(world, *id, attempt, inputs);
        }
        match self.input {
            Input::Cancel if world.watch.open().is_empty() => {
                let left = open(world).find(|attempt| attempt.purpose == Purpose::Request);
                assert!(left.is_none(), "{inputs:?}: cancelled, and goes on: {left:?}");
            }
            Input::FlowLost if self.is_running && world.dns == Dns::Up => {
                for server in Server::BOTH.into_iter().filter(|server| self.bindings[server.index()].is_some()) {
                    let is_maintained = server == self.current || self.has_two(world);
                    let asks = is_asked_to_register(world, server);
                    assert!(asks || !is_maintained, "{inputs:?}: {server:?} cannot reach the phone");
                }
            }
            Input::Network if self.is_running => {
                assert_eq!(bindings(world), [None; 2], "{inputs:?}: registered with an address of another network");
            }
            Input::StartOrStop if self.is_running => {
                let sent = &world.journal[self.sent..];
                let removed = sent.iter().filter(|sent| sent.purpose == Purpose::Unregister).count();
                assert_eq!(removed, self.bindings.iter().flatten().count(), "{inputs:?}: {sent:?}");
            }
            _ => {}
        }
    }

    /// Each server is registered with by itself.
    fn has_two(&self, world: &World) -> bool {
        let account = world.engine.account(ACCOUNT);
        account.is_some_and(|account| account.settings().redundancy == crate::config::Redundancy::Concurrent)
    }

    fn check_report(&self, world: &World, id: AttemptId, before: &Attempt, inputs: &[Input]) {
        let key = before.target().key;
        let after = world.engine.attempt(id).map(|attempt| attempt.state);
        let is_dead = world.engine.shared.health.failure(key).is_some();
        match self.input {
            Input::Answer(_, status) => {
                assert!(!is_dead, "{inputs:?}: {key} has answered, and counts as dead");
                match status {
                    401 => assert_eq!(after, Some(before.state), "{inputs:?}: a challenge is no outcome"),
                    ..200 => assert_eq!(after, Some(AttemptState::Proceeding), "{inputs:?}"),
                    503 => self.check_declined(world, before, inputs),
                    _ => assert_eq!(after, Some(AttemptState::Reported), "{inputs:?}"),
                }
            }
            Input::Pause => {
                self.check_declined(world, before, inputs);
                assert!(!self.is_running || is_paused(world, before), "{inputs:?}: {key} has asked for a pause");
            }
            Input::Fails(_) if before.state == AttemptState::Open => {
                let now = world.engine.internal_time();
                let waits = |a: &&Attempt| {
                    let is_former = a.state == AttemptState::Open && a.started.0 < now;
                    is_former && a.method == Method::Register && a.target().key == key
                };
                let waiting = open(world).find(waits);
                assert!(waiting.is_none(), "{inputs:?}: {key} is dead: {waiting:?}");
            }
            _ => {}
        }
    }

    /// A call that is declined goes elsewhere, alone: the account stays, and finds out by REGISTER whether its server does, too.
    fn check_declined(&self, world: &World, attempt: &Attempt, inputs: &[Input]) {
        if attempt.purpose != Purpose::Request || !self.is_running || inputs.contains(&Input::Reload) {
            return;
        }
        assert_eq!(world.current(), self.current, "{inputs:?}: one declined call moves the account");
        assert_eq!(bindings(world), self.bindings, "{inputs:?}: one declined call moves the registration");
        let (server, key) = (attempt.server, attempt.target().key);
        assert!(world.engine.shared.health.failure(key).is_none(), "{inputs:?}: {key} declined, and counts as dead");
        let is_maintained = server == self.current || self.has_two(world);
        let may_hold = self.bindings[server.index()].is_none_or(|bound| bound == key);
        let is_checked = open(world).any(|attempt| attempt.method == Method::Register);
        assert!(is_checked || !is_maintained || !may_hold, "{inputs:?}: nobody asks {key} what is wrong");
    }
}
