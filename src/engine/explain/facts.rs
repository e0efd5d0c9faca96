//! An explanation as data.

use super::preview::Preview;
use super::sentences;
use crate::account::{Account, Candidate, ListState, Passed, Phase, RegistrationState, Rehearsal, Standing};
use crate::config::{FailbackMode, Redundancy};
use crate::policy::Method;
use crate::resolve::Origin as RecordOrigin;
use crate::target::{Failure, HealthTable, TargetKey};
use crate::types::{AccountId, Cause, Server, Time};

/// Where a target comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// From DNS; the record holds until then.
    Live(Time),
    /// From DNS; the record has expired, and serves while DNS does not answer.
    Stale,
    /// From DNS; the record has expired, and DNS would be asked first.
    Expired,
    /// From the static records.
    Static,
    /// Configured as an address.
    Literal,
    /// Known from before: DNS does not name it now, or every request asks DNS anew.
    Known,
}

/// How a target does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Health {
    /// Its last failure, if nothing was heard from it since.
    pub failure: Option<Failure>,
    /// Until when it is in quarantine.
    pub quarantined_until: Option<Time>,
    /// Until when it asked not to be used.
    pub paused_until: Option<Time>,
    /// The end of the registration that it granted.
    pub registered_until: Option<Time>,
}

/// A target that would be asked, or passed over.
#[derive(Clone, Debug)]
pub struct Place {
    /// The server.
    pub server: Server,
    /// Its identity.
    pub key: TargetKey,
    /// `192.0.2.1:5060/udp`.
    pub target: String,
    /// The host that the address belongs to.
    pub host: String,
    /// Where it comes from.
    pub origin: Origin,
    /// How it does.
    pub health: Health,
    /// How long the request would wait here for a first response, ms. `None`: it would not be asked.
    pub budget_ms: Option<u64>,
    /// A REGISTER goes there first.
    pub registers_first: bool,
    /// Why here, or why not.
    pub rule: String,
}

/// One of the two servers.
#[derive(Clone, Debug)]
pub struct ServerFacts {
    /// Which.
    pub server: Server,
    /// The configured host.
    pub host: String,
    /// Whether it is the current one.
    pub is_current: bool,
    /// Registration with it, and why.
    pub registration: (RegistrationState, Cause),
    /// The target that holds the registration, and its end.
    pub binding: Option<(String, Time)>,
    /// What is known about its targets.
    pub targets: String,
    /// DNS would be asked first.
    pub asks_dns: bool,
}

/// Where a request would go, and why.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The moment.
    pub now: Time,
    /// The account.
    pub account: AccountId,
    /// The method.
    pub method: Method,
    /// Whether the account is in use.
    pub phase: Phase,
    /// How the two servers are used, in words.
    pub redundancy: &'static str,
    /// The servers.
    pub servers: Vec<ServerFacts>,
    /// Attempts, in order.
    pub candidates: Vec<Place>,
    /// Targets that would not be asked.
    pub passed_over: Vec<Place>,
    /// What else is worth knowing, each a sentence.
    pub remarks: Vec<String>,
}

/// Puts together what a rehearsal showed and what is known.
pub(super) fn gather(
    health: &HealthTable,
    account: &Account,
    (now, method): (Time, Method),
    previews: &[Option<Preview>; 2],
    rehearsal: Option<Rehearsal>,
) -> Explanation {
    let shown = rehearsal.unwrap_or_default();
    let facts = Facts { health, account, now, method, previews };
    let settings = account.settings();
    let mut explanation = Explanation {
        now,
        account: settings.id,
        method,
        phase: account.phase(),
        redundancy: match (settings.server(Server::Fallback), settings.redundancy) {
            (None, _) => "one server",
            (Some(_), _) if settings.through_proxy => "two outbound proxies, one registration at a time",
            (Some(_), Redundancy::Concurrent) => "two servers, registered with both at once",
            (Some(_), Redundancy::Successive) => "two servers, registered with one at a time",
        },
        servers: Server::BOTH.into_iter().filter_map(|server| facts.server(server)).collect(),
        candidates: shown.candidates.iter().map(|candidate| facts.candidate(candidate)).collect(),
        passed_over: shown.passed.iter().map(|passed| facts.passed(passed)).collect(),
        remarks: Vec::new(),
    };
    explanation.remarks = sentences::remarks(&explanation, &shown, |server| {
        settings
            .server(server)
            .is_some_and(|s| s.failback_mode == FailbackMode::NewRequests && s.quarantine_timeout_s == 0)
    });
    explanation
}

struct Facts<'a> {
    health: &'a HealthTable,
    account: &'a Account,
    now: Time,
    method: Method,
    previews: &'a [Option<Preview>; 2],
}

impl Facts<'_> {
    fn server(&self, server: Server) -> Option<ServerFacts> {
        let settings = self.account.settings().server(server)?;
        let preview = self.previews[server.index()].as_ref()?;
        let is_literal = preview.records.iter().any(|record| record.origin == RecordOrigin::Literal);
        let targets = match &preview.state {
            ListState::Ready(_) if is_literal => "configured as an address".to_owned(),
            ListState::Ready(list) if preview.asks => {
                format!("{} known from before; DNS is asked first", sentences::count(list.targets().len()))
            }
            ListState::Ready(list) => sentences::list_holds(list.targets().len(), self.now, preview.valid_until),
            ListState::Begun { list, .. } => {
                format!("{} known, DNS is being asked for the others", sentences::count(list.targets().len()))
            }
            ListState::Pending | ListState::Slow => "no target is known before DNS has answered".to_owned(),
            ListState::Failed => "the name leads to no address".to_owned(),
        };
        Some(ServerFacts {
            server,
            host: settings.host_text.to_string(),
            is_current: self.account.current() == server,
            registration: self.account.registration(server),
            binding: self.account.binding(server).map(|(target, until)| (target.as_str().to_owned(), until)),
            targets,
            asks_dns: preview.asks,
        })
    }

    fn candidate(&self, candidate: &Candidate) -> Place {
        let mut place = self.place(candidate.server, &candidate.list.targets()[usize::from(candidate.index)]);
        place.budget_ms = Some(candidate.budget.ms);
        place.registers_first = candidate.registers_first;
        place.rule = sentences::rule(self.now, candidate.rule, place.health.failure);
        place
    }

    fn passed(&self, passed: &Passed) -> Place {
        let mut place = self.place(passed.server, &passed.list.targets()[usize::from(passed.index)]);
        place.rule = sentences::passed_over(passed.why).to_owned();
        place
    }

    fn place(&self, server: Server, target: &crate::target::Target) -> Place {
        let Standing { failure, quarantined_until, paused_until, registered_until } =
            self.account.standing(self.now, self.health, self.method, (server, target.key));
        Place {
            server,
            key: target.key,
            target: target.as_str().to_owned(),
            host: target.host().as_str().to_owned(),
            origin: self.origin(server, target.key),
            health: Health { failure, quarantined_until, paused_until, registered_until },
            budget_ms: None,
            registers_first: false,
            rule: String::new(),
        }
    }

    fn origin(&self, server: Server, key: TargetKey) -> Origin {
        let Some(preview) = &self.previews[server.index()] else { return Origin::Known };
        let is_it = |record: &&crate::resolve::ResolvedTarget| {
            (record.transport, record.address) == (key.transport, key.address)
        };
        match preview.records.iter().find(is_it).map(|record| (record.origin, record.expires)) {
            Some((RecordOrigin::Live, until)) => Origin::Live(until),
            Some((RecordOrigin::Stale, _)) if preview.asks => Origin::Expired,
            Some((RecordOrigin::Stale, _)) => Origin::Stale,
            Some((RecordOrigin::Static, _)) => Origin::Static,
            Some((RecordOrigin::Literal, _)) => Origin::Literal,
            None => Origin::Known,
        }
    }
}
