//! What must come of a state when the world stays in one way from then on.

use super::super::attempts::Sent;
use super::super::world::{Step, World, response};
use super::super::{B, Dns, F, P};
use super::inputs::Input;
use super::{ACCOUNT, G, LIFETIME_S, PAUSE_S, STAY_S, Setup, phase};
use crate::account::{AttemptState, Phase, Purpose, ReportStatus};
use crate::policy::Method;
use crate::types::Server;

const LIFETIME_MS: u64 = LIFETIME_S * 1_000;

/// From now on these hosts are dead, all others and DNS answer, and no call is up.
fn leave_dead(world: &mut World, dead: &[&str]) {
    for host in [P, B, F, G] {
        world.heal(host);
    }
    world.down(dead);
    world.dns = Dns::Up;
    world.set_busy(false);
}

fn is_in_use(world: &World) -> bool {
    phase(world) == Phase::Running && !world.is_link_down
}

/// Who holds the registration with a server.
fn home(world: &World, server: Server) -> Option<String> {
    let binding = world.engine.account(ACCOUNT).and_then(|account| account.binding_address(server));
    binding.map(|address| address.ip().to_string())
}

/// What was sent since this place in the journal.
fn since(world: &World, place: usize) -> &[Sent] {
    &world.journal[place..]
}

impl Setup {
    /// Everything answers again. A call gets through at once, and after a while the account is where it belongs: registered at the
    /// primary of server 1 (and where both are to be registered with, at that of server 2), and so are calls. Then it stops,
    /// and leaves nothing behind.
    pub fn settle(&self, mut world: World, inputs: &[Input]) {
        leave_dead(&mut world, &[]);
        answer_late(&mut world, inputs);
        if world.is_link_down {
            world.network_up();
        }
        if phase(&world) != Phase::Running {
            world.start();
        }
        if phase(&world) != Phase::Running {
            world.run_to(world.now + 3_000);
        }
        assert!(world.start_request(Method::Invite).is_ok(), "{inputs:?}: no calls");
        world.forget();
        world.run_to(world.now + 100_000);
        // What began before the servers answered may fail, or ring on.
        let ended = world.ended();
        assert!(ended.iter().any(|line| line.ends_with("INVITE 200")), "{inputs:?}: {ended:?}");
        world.run_to(world.now + 4 * LIFETIME_MS);
        assert_eq!(world.watch.open(), [], "{inputs:?}: requests without an end");
        self.check_rhythm(&world, inputs);
        self.check_home(&mut world, inputs);
        world.stop();
        world.run_to(world.now + 34_000);
        assert_eq!(world.engine.table_sizes(), [0; 4], "{inputs:?}: requests, attempts, deadlines, dialogs are left");
    }

    fn check_home(&self, world: &mut World, inputs: &[Input]) {
        assert_eq!(home(world, Server::Working).as_deref(), Some(P), "{inputs:?}: does not come back");
        assert_eq!((world.state(1), world.current()), ("registered", Server::Working), "{inputs:?}");
        match self.is_concurrent {
            true => assert_eq!(home(world, Server::Fallback).as_deref(), Some(F), "{inputs:?}: server 2"),
            false => assert_eq!(world.state(2), "off", "{inputs:?}: server 2"),
        }
        world.forget();
        world.invite();
        let sent = world.sent();
        assert!(sent.len() == 1 && sent[0].contains(P), "{inputs:?}: {sent:?}");
        world.run_to(world.now + 40_000);
    }

    /// At home, nothing is sent but the renewal of each registration, a minute before its end.
    fn check_rhythm(&self, world: &World, inputs: &[Input]) {
        let from = world.now - 2 * LIFETIME_MS;
        let homes: &[&str] = if self.is_concurrent { &[P, F] } else { &[P] };
        let late: Vec<&Sent> = world.journal.iter().filter(|sent| sent.at > from).collect();
        let is_renewal = |sent: &&Sent| sent.is_register() && homes.contains(&sent.ip.as_str());
        assert!(late.iter().all(is_renewal), "{inputs:?}: not at rest: {late:?}");
        for ip in homes {
            let times: Vec<u64> = late.iter().filter(|sent| sent.ip == *ip).map(|sent| sent.at).collect();
            let is_even = times.windows(2).all(|pair| pair[1] - pair[0] == LIFETIME_MS - 60_000);
            assert!(times.len() >= 2 && is_even, "{inputs:?}: renewals at {times:?}");
        }
    }

    /// Server 1 is dead, server 2 answers. Calls get through at once. When the registration has ended at the latest, server 2
    /// has taken over, and not before where nobody called.
    pub fn take_over(&self, mut world: World, inputs: &[Input]) {
        if !is_in_use(&world) {
            return;
        }
        leave_dead(&mut world, &[P, B]);
        match inputs.contains(&Input::Invite) || self.has_proxy || self.is_concurrent {
            true => self.check_call_moves_on(&mut world, inputs),
            false => check_patience(&mut world, inputs),
        }
        world.run_to(world.now + 2 * LIFETIME_MS);
        assert_eq!((world.current(), world.state(2)), (Server::Fallback, "registered"), "{inputs:?}: server 2");
        world.forget();
        world.invite();
        let sent = world.sent();
        assert!(sent[0].contains(F) || sent[0].contains(G), "{inputs:?}: {sent:?}");
        assert!(world.ended()[0].ends_with("INVITE 200"), "{inputs:?}: calls fail");
        world.request(Method::Subscribe);
    }

    /// A call finds server 1 dead: it gets through at server 2, and the account is there from then on.
    fn check_call_moves_on(&self, world: &mut World, inputs: &[Input]) {
        let account = world.engine.account(ACCOUNT).unwrap();
        let has_binding = |server| account.binding(server).is_some();
        // Without a registration at server 2, it is none for calls where both are registered with; a registrar that refused
        // is not asked for a registration; and what the account does not know of DNS yet, the call does not wait for.
        let is_bare = self.is_concurrent && !has_binding(Server::Fallback);
        let is_refused = [1, 2].iter().any(|server| world.state(*server).starts_with("refused"));
        // A registration walk that met what went before may still fail, at either server.
        let is_asking = world.engine.table_sizes()[0] > 0;
        if is_bare || is_refused || is_asking || !has_binding(world.current()) {
            return;
        }
        world.forget();
        let id = world.invite();
        let start = world.now;
        while world.watch.open().contains(&id) {
            assert!(world.now < start + 60_000, "{inputs:?}: a call is kept waiting");
            world.run_to(world.now + 500);
        }
        let ended = world.ended();
        assert!(ended.iter().any(|line| line.ends_with("INVITE 200")), "{inputs:?}: {ended:?}");
        assert_eq!(world.current(), Server::Fallback, "{inputs:?}: goes on asking who does not answer");
    }

    /// Nothing ever answers. A call ends, once, and the account goes on trying.
    pub fn starve(&self, mut world: World, inputs: &[Input]) {
        for host in [P, B, F, G] {
            world.heal(host);
        }
        world.down(&[P, B, F, G]);
        world.dns = Dns::Up;
        if !is_in_use(&world) {
            return;
        }
        check_refused(&mut world, inputs);
        world.forget();
        let open = world.watch.open().len();
        let from = world.now;
        let asked_to_pause = self.paused(&world, inputs);
        let place = world.journal.len();
        assert!(world.start_request(Method::Invite).is_ok(), "{inputs:?}: no calls");
        world.pump();
        let is_call = |sent: &&Sent| sent.purpose == Purpose::Request;
        let first = since(&world, place).iter().find(is_call).map(|sent| sent.ip.clone());
        assert!(asked_to_pause.is_none() || first != asked_to_pause, "{inputs:?}: {first:?} has asked for a pause");
        // A registration that is renewed meanwhile waits no longer for who did not answer the call.
        world.run_to(from + 1_000);
        world.engine.flow_lost(world.clock(), ACCOUNT, &Server::BOTH).unwrap();
        world.run_to(from + 400_000);
        assert_eq!(world.ended().len(), open + 1, "{inputs:?}");
        world.forget();
        // A registration may have been granted just before, and a refusal may have asked for patience.
        world.run_to(from + 400_000 + LIFETIME_MS);
        assert!(!world.sent().is_empty(), "{inputs:?}: gives up");
        assert!(!world.state(1).starts_with("registered"), "{inputs:?}: claims what has ended");
        // By then every registration has ended.
        self.check_pauses(&world.journal, from + LIFETIME_MS, inputs);
    }

    /// The host that has asked for a pause with the last input, if a call would begin elsewhere because of that.
    fn paused(&self, world: &World, inputs: &[Input]) -> Option<String> {
        let is_new = inputs.last() == Some(&Input::Pause) && inputs.iter().filter(|i| **i == Input::Pause).count() == 1;
        let attempt =
            world.reported.and_then(|id| world.engine.attempt(id)).filter(|_| is_new && !self.registers_first)?;
        Some(attempt.target().key.address.ip().to_string())
    }

    /// Between two walks over all servers that found nobody lies the configured pause, and the last target of a walk has all the
    /// time that a transaction may take, unless somebody else serves the account meanwhile.
    fn check_pauses(&self, journal: &[Sent], from: u64, inputs: &[Input]) {
        for server in Server::BOTH {
            let is_lanes = |sent: &&Sent| match self.is_concurrent {
                true => sent.server == server,
                // The probes of server 1 have a time of their own.
                false => sent.purpose == Purpose::Register,
            };
            let lane: Vec<&Sent> =
                journal.iter().filter(|sent| sent.at > from && sent.is_register()).filter(is_lanes).collect();
            for pair in lane.windows(2).filter(|pair| pair[1].at != pair[0].end()) {
                let pause_ms = pair[1].at as i64 - pair[0].end() as i64;
                assert!(pause_ms >= PAUSE_S as i64 * 1_000, "{inputs:?}: no pause: {lane:?}");
                let is_whole = pair[0].budget_ms == 32_000;
                assert!(is_whole || pair[0].purpose == Purpose::Probe, "{inputs:?}: the last chance: {pair:?}");
            }
        }
    }

    /// The primary of server 1 is dead for longer than the time after which an account returns, and is back during a call. The
    /// account holds a registration all the time, calls get through, and it returns when the call is over.
    pub fn stay_away(&self, mut world: World, inputs: &[Input]) {
        if !is_in_use(&world) {
            return;
        }
        leave_dead(&mut world, &[P]);
        // Until what was asked of nobody, and pauses after refusals, are over.
        world.run_to(world.now + 2 * LIFETIME_MS);
        self.check_tries(&world, inputs);
        world.forget();
        world.invite();
        world.run_to(world.now + 40_000);
        let ended = world.ended();
        assert!(ended.iter().any(|line| line.ends_with("INVITE 200")), "{inputs:?}: {ended:?}");
        world.set_busy(true);
        let before = home(&world, Server::Working);
        world.heal(P);
        world.run_to(world.now + LIFETIME_MS + 100_000);
        let is_bound = |server| home(&world, server).is_some();
        assert!(Server::BOTH.into_iter().any(is_bound), "{inputs:?}: a registration ends although servers answer");
        // Where every request begins at the primary, the renewal does so in a call, too.
        let stays = before.is_none() || self.returns_with_every_request || home(&world, Server::Working) == before;
        assert!(stays, "{inputs:?}: moves during a call");
        world.set_busy(false);
        world.run_to(world.now + 2 * LIFETIME_MS);
        self.check_home(&mut world, inputs);
    }
}

impl Setup {
    /// As long as the primary is dead, it is asked at the end of each stay elsewhere.
    fn check_tries(&self, world: &World, inputs: &[Input]) {
        let from = world.now - LIFETIME_MS;
        let is_try = |sent: &&Sent| sent.at >= from && sent.ip == P;
        let tries = world.journal.iter().filter(is_try).map(|sent| sent.at);
        let times: Vec<u64> = [from].into_iter().chain(tries).chain([world.now]).collect();
        // Between two tries lies the stay, and the time that a try takes may come on top.
        let longest_ms = u64::from(STAY_S) * 1_000 + 10_000;
        let is_kept = times.windows(2).all(|pair| pair[1] - pair[0] <= longest_ms);
        assert!(is_kept || !self.returns_by_itself, "{inputs:?}: no return is tried: {times:?}");
    }
}

/// An answer that comes late is one that nobody waits for, and a sign of life.
fn answer_late(world: &mut World, inputs: &[Input]) {
    let is_left =
        |id: &&crate::types::AttemptId| world.engine.attempt(**id).is_some_and(|a| a.state == AttemptState::Left);
    let Some(id) = world.attempts.iter().rev().find(is_left).copied() else { return };
    let key = world.engine.attempt(id).unwrap().target().key;
    let status = world.report(id, Step::Final(response(200)));
    assert_eq!(status, ReportStatus::Late, "{inputs:?}");
    assert!(world.engine.shared.health.failure(key).is_none(), "{inputs:?}: {key} has answered, and counts as dead");
}

/// A registration that server 1 granted is kept until it ends, however dead the server is, as long as nobody calls.
fn check_patience(world: &mut World, inputs: &[Input]) {
    let account = world.engine.account(ACCOUNT).unwrap();
    let Some((_, expires)) = account.binding(Server::Working).filter(|_| world.current() == Server::Working) else {
        return;
    };
    let left_ms = expires.0.saturating_sub(world.engine.internal_time());
    let place = world.journal.len();
    world.run_to(world.now + left_ms.saturating_sub(1));
    let is_at_2 = |sent: &&Sent| sent.server == Server::Fallback && sent.is_register();
    let early = since(world, place).iter().find(is_at_2);
    assert!(early.is_none(), "{inputs:?}: the registration lives, and already: {early:?}");
}

/// A registrar that has just refused the account is left alone for a minute.
fn check_refused(world: &mut World, inputs: &[Input]) {
    let is_refusal = |input: &Input| matches!(input, Input::Answer(_, 403));
    let asked = world.reported.and_then(|id| world.engine.attempt(id)).map(|attempt| attempt.server);
    let refused = asked.filter(|server| world.state(server.index() + 1).starts_with("refused"));
    let (Some(server), true) = (refused, inputs.last().is_some_and(is_refusal)) else { return };
    if !world.watch.open().is_empty() {
        return;
    }
    let place = world.journal.len();
    world.run_to(world.now + 59_000);
    let is_hasty = |sent: &&Sent| sent.server == server && sent.purpose == Purpose::Register;
    let hasty = since(world, place).iter().find(is_hasty);
    assert!(hasty.is_none(), "{inputs:?}: it has just refused: {hasty:?}");
}
