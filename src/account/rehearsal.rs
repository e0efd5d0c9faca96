//! Where a request would go now: a rehearsal.
//!
//! A copy of the account starts the request, and a hand that plays the world lets every attempt meet silence at the very
//! moment at which it begins, until no target is left; REGISTERs that the request waits for are granted. What decides is
//! thus what decides about real requests, and the account itself is not touched. What time would change meanwhile, such
//! as the end of a quarantine, is left out: the order is that of this moment.

use super::action::Purpose;
use super::attempt::{AttemptState, FinalResponse};
use super::context::{Context, ListState, TimerKey};
use super::failback::WayBack;
use super::machine::{Account, HeldFor};
use super::request::{NewRequest, Phase};
use super::walk::{Start, Walk};
use crate::config::Redundancy;
use crate::policy::{Budget, Method, Report};
use crate::target::{Failure, HealthTable, TargetKey, TargetList};
use crate::types::{AttemptId, RequestId, Server, Time, Timers};
use std::sync::Arc;

/// Attempts and REGISTERs of one rehearsal: each target of two full lists, a REGISTER before each, and a wait.
const MAX_STEPS: usize = 192;

/// Why a target stands where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// The first of its list, where requests begin.
    Primary,
    /// The first of its list, although the account is elsewhere: the return is due, and this request is the one.
    Return,
    /// The account was here last, and its failback mode says to begin here.
    UsedLast(WayBack),
    /// It comes when those before it have failed.
    Backup,
    /// Tried last: it asked for a pause until then.
    Paused(Time),
    /// Tried last: it failed a short time ago, and is in quarantine until then.
    Quarantined(Time),
    /// Tried last: it failed, and another request is finding out whether it is back.
    Probed,
    /// Tried last: it has the address of one that was silent in this walk.
    SilentAddress,
}

/// One attempt that would be made.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The server.
    pub server: Server,
    /// The list of the target.
    pub list: Arc<TargetList>,
    /// Position of the target.
    pub index: u8,
    /// What it may cost.
    pub budget: Budget,
    /// A REGISTER comes first, and the request waits for its answer.
    pub registers_first: bool,
    /// Why here.
    pub rule: Rule,
}

/// Why a target would not be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PassedOver {
    /// Only server 1 offers what such a request is for.
    ServerOneOnly,
    /// The account holds no registration there.
    NotRegistered,
    /// The registrar refused, and is asked slowly.
    Refused,
    /// A TLS target failed, and plain transports must not follow.
    NoPlainAfterTls,
    /// Something before it has to be known first.
    NotReached,
}

/// A target that would not be asked.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The server.
    pub server: Server,
    /// The list of the target.
    pub list: Arc<TargetList>,
    /// Position of the target.
    pub index: u8,
    /// Why not.
    pub why: PassedOver,
}

/// What a rehearsal showed.
#[derive(Clone, Debug, Default)]
pub struct Rehearsal {
    /// Attempts, in order.
    pub candidates: Vec<Candidate>,
    /// Targets that are known, but would not be asked.
    pub passed: Vec<Passed>,
    /// It cannot go on before DNS has answered for this server.
    pub awaits_dns: Option<Server>,
    /// It cannot go on before a registration with this server has ended.
    pub awaits_registration: Option<Server>,
}

/// What is known about a target of an account.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// Its last failure, if nothing was heard from it since.
    pub failure: Option<Failure>,
    /// Until when that keeps it at the end of the order.
    pub quarantined_until: Option<Time>,
    /// Until when it asked not to be used.
    pub paused_until: Option<Time>,
    /// The end of the registration that it granted.
    pub registered_until: Option<Time>,
}

impl Account {
    /// What is known about a target, for requests of this method.
    #[must_use]
    pub fn standing(
        &self,
        now: Time,
        health: &HealthTable,
        method: Method,
        (server, key): (Server, TargetKey),
    ) -> Standing {
        let failure = health.failure(key);
        let quarantine_ms = self.quarantine_ms(server);
        let end = failure.map(|failure| failure.at.after(quarantine_ms));
        let declined = self.held_for(HeldFor::Quarantine, now, method, key);
        let bound = self.live_binding(now, server).filter(|binding| binding.target().key == key);
        let beside = self.registered_beside(now, server).filter(|(known, _)| *known == key);
        Standing {
            failure,
            quarantined_until: end.filter(|end| *end > now).max(declined),
            paused_until: self.held_for(HeldFor::Pause, now, method, key),
            registered_until: bound.map(|binding| binding.expires).or(beside.map(|(_, until)| until)),
        }
    }

    /// Plays through where a request of this method would go. `ctx` holds copies, apart from its `now`: they are changed.
    /// `health` and `timers` are the real ones. `None`: the account is not running.
    #[must_use]
    pub fn rehearse(
        &self,
        ctx: &mut Context<'_>,
        (health, timers): (&HealthTable, &Timers<TimerKey>),
        method: Method,
    ) -> Option<Rehearsal> {
        let ways_back = Server::BOTH.map(|server| self.way_back(ctx, timers, server));
        let mut copy = self.clone();
        let id = copy.start_request(ctx, NewRequest::new(method, 0)).ok()?;
        let mut shown = Rehearsal::default();
        let mut registers_first = false;
        for _ in 0..MAX_STEPS {
            let Some(phase) = ctx.requests.get(id.0).map(|request| request.phase.clone()) else { break };
            match phase {
                Phase::Attempting(attempt) => {
                    let mut candidate = self.candidate(ctx, health, attempt, &ways_back);
                    if let Some(candidate) = &mut candidate {
                        candidate.registers_first = core::mem::take(&mut registers_first);
                    }
                    shown.candidates.extend(candidate);
                    copy.meet_silence(ctx, attempt);
                }
                Phase::Parked(server) => match open_register(ctx, &copy, server) {
                    Some(register) => {
                        registers_first = true;
                        copy.on_final(ctx, register, GRANTED);
                    }
                    None => {
                        shown.awaits_registration = Some(server);
                        break;
                    }
                },
                Phase::AwaitingList(server) => {
                    shown.awaits_dns = Some(server);
                    break;
                }
                Phase::Finished(_) | Phase::Frozen => break,
            }
        }
        self.add_passed(ctx, id, &mut shown);
        Some(shown)
    }

    fn meet_silence(&mut self, ctx: &mut Context<'_>, attempt: AttemptId) {
        if let Some(attempt) = ctx.attempts.get_mut(attempt.0) {
            // As if its callback had run: an attempt that was never sent leaves no trace.
            attempt.sent = true;
        }
        self.conclude(ctx, attempt, Report::Silence, None);
    }

    fn candidate(
        &self,
        ctx: &Context<'_>,
        health: &HealthTable,
        id: AttemptId,
        ways_back: &[WayBack; 2],
    ) -> Option<Candidate> {
        let attempt = ctx.attempts.get(id.0)?;
        let walk = &ctx.requests.get(attempt.request.0)?.walk;
        let (server, index, key) = (attempt.server, attempt.index, attempt.target().key);
        let standing = self.standing(ctx.now, health, attempt.method, (server, key));
        let is_probed = standing.failure.is_some_and(|failure| failure.probe.is_some_and(|probe| is_open(ctx, probe)));
        let rule = match (standing.paused_until, standing.quarantined_until) {
            (Some(until), _) => Rule::Paused(until),
            (None, Some(until)) => Rule::Quarantined(until),
            (None, None) if is_probed && self.quarantine_ms(server) > 0 => Rule::Probed,
            (None, None) if self.is_put_back(walk, server, index) => Rule::SilentAddress,
            (None, None) => match walk.start(server) {
                Start::At(last) if last == key && index > 0 => Rule::UsedLast(ways_back[server.index()]),
                Start::BackAtPrimary(last) if last == key => Rule::UsedLast(ways_back[server.index()]),
                Start::BackAtPrimary(_) if index == 0 => Rule::Return,
                _ if index == 0 => Rule::Primary,
                _ => Rule::Backup,
            },
        };
        let (list, budget) = (attempt.list.clone(), attempt.budget);
        Some(Candidate { server, list, index, budget, registers_first: false, rule })
    }

    fn is_put_back(&self, walk: &Walk, server: Server, index: u8) -> bool {
        self.settings.skip_redundant_failover_addr && walk.on_dead_address(server, index)
    }

    fn add_passed(&self, ctx: &mut Context<'_>, id: RequestId, shown: &mut Rehearsal) {
        let Some(walk) = ctx.requests.get(id.0).map(|request| request.walk.clone()) else { return };
        let method = ctx.requests.get(id.0).map_or(Method::Other, |request| request.method);
        for server in Server::BOTH.into_iter().filter(|server| self.settings.server(*server).is_some()) {
            let list = match (walk.list(server).cloned(), self.list_for_walk(ctx, server, false)) {
                (Some(list), _) => list,
                (None, ListState::Ready(list) | ListState::Begun { list, .. }) => list,
                (None, ListState::Pending | ListState::Slow | ListState::Failed) => continue,
            };
            for index in (0..list.targets().len() as u8).filter(|index| !walk.was_tried(server, *index)) {
                let why = match walk.is_barred_as_plain(server, index) {
                    true => PassedOver::NoPlainAfterTls,
                    false => self.why_passed(ctx.now, method, server, shown),
                };
                shown.passed.push(Passed { server, list: list.clone(), index, why });
            }
        }
    }

    fn why_passed(&self, now: Time, method: Method, server: Server, shown: &Rehearsal) -> PassedOver {
        let lane = usize::from(self.lane_of(server));
        if server == Server::Fallback && self.is_working_only(method) {
            PassedOver::ServerOneOnly
        } else if shown.awaits_dns.is_some() || shown.awaits_registration.is_some() {
            PassedOver::NotReached
        } else if self.lanes[lane].refusals > 0 && !self.holds_binding(now, server) {
            PassedOver::Refused
        } else {
            PassedOver::NotRegistered
        }
    }

    /// The guide: with concurrent registration the fallback server has no shared lines, recording or message waiting.
    pub(super) fn is_working_only(&self, method: Method) -> bool {
        self.settings.redundancy == Redundancy::Concurrent
            && matches!(method, Method::Subscribe | Method::Publish)
            && self.settings.server(Server::Working).is_some()
    }
}

/// A REGISTER is granted for as long as it asks.
const GRANTED: FinalResponse = FinalResponse {
    status: 200,
    retry_after_s: None,
    granted_expires_s: None,
    min_expires_s: None,
    challenge_is_final: false,
};

fn is_open(ctx: &Context<'_>, id: AttemptId) -> bool {
    ctx.attempts.get(id.0).is_some_and(|attempt| attempt.state == AttemptState::Open)
}

/// The latest REGISTER under way in the lane of a server.
fn open_register(ctx: &Context<'_>, account: &Account, server: Server) -> Option<AttemptId> {
    let is_it = |attempt: &super::attempt::Attempt| {
        attempt.account == account.id
            && matches!(attempt.purpose, Purpose::Register | Purpose::Probe)
            && attempt.method == Method::Register
            && account.lane_of(attempt.server) == account.lane_of(server)
            && matches!(attempt.state, AttemptState::Open | AttemptState::Proceeding)
    };
    let open = ctx.attempts.iter().filter(|(_, attempt)| is_it(attempt)).map(|(id, _)| id);
    open.max().map(AttemptId)
}
