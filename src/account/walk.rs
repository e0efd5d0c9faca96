//! The order in which one request tries targets.

mod side;

use crate::target::{Places, TargetKey, TargetList};
use crate::types::{Cause, RareList, Server, TransportFailure};
use side::{NOWHERE, Side, place_in};
use std::sync::Arc;

/// Failed attempts remembered for the completion: every target of two full lists.
const MAX_FAILED: usize = 64;

/// Of these, failed attempts that a request has room for from the start: few domains have more targets.
const FEW_FAILED: usize = 4;

/// What comes next in a walk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pick {
    /// This target of this server.
    Target(Server, u8),
    /// The targets of this server are needed before it can go on.
    NeedList(Server),
    /// Nothing is left.
    Exhausted,
}

/// One failed attempt of a walk.
#[derive(Clone, Copy, Debug)]
pub struct Failed {
    /// The server.
    pub server: Server,
    /// Position of the target in the server's list.
    pub index: u8,
    /// Why.
    pub cause: Cause,
}

/// Where a walk begins in the list of one server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Start {
    /// At the primary; then list order.
    #[default]
    Primary,
    /// At this target; then list order.
    At(TargetKey),
    /// At the primary; then, should it fail, at this target; then list order.
    BackAtPrimary(TargetKey),
}

/// The targets that a walk asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scope {
    All,
    /// The target at this position.
    One(u8),
    Primary,
}

/// Servers and targets of one request, and how far it got.
#[derive(Clone, Debug)]
pub struct Walk {
    order: [Option<Server>; 2],
    sides: [Side; 2],
    scope: Scope,
    failed: [Option<Failed>; FEW_FAILED],
    more_failed: RareList<Failed>,
    failed_count: u8,
    last_cause: Option<Cause>,
    // By server: a TLS target has failed.
    tls_failed: [bool; 2],
    /// Attempts started so far: not many more than two lists have targets.
    pub ordinal: u16,
    /// Another server stands behind the last target, although this walk does not reach it: no target is the last one.
    pub more_behind: bool,
    /// After a TLS target failed, plain transports of the same server are passed over: whoever could make TLS fail must not
    /// get to hear the rest (RFC 3261 §26.3.1).
    pub no_plain_after_tls: bool,
    /// Even the last target gets only the configured retries.
    pub always_retries: bool,
    /// Passed somebody by as the account could not register there, although its name is known.
    pub wants_registration: bool,
    /// Was found dead just now, outside of this walk: tried last. Boxed, as few walks have one.
    pub avoided: Option<Box<TargetKey>>,
    /// Where the walk begins, whatever the failback mode says.
    pub begins_at: Option<Box<TargetKey>>,
    /// Smallest Retry-After so far, if every failed target gave one, seconds.
    pub retry_after_s: Option<u32>,
}

impl Walk {
    /// A walk over the servers in this order.
    #[must_use]
    pub fn new(first: Server, second: Option<Server>) -> Walk {
        Walk {
            order: [Some(first), second],
            sides: [Side::NEW, Side::NEW],
            scope: Scope::All,
            failed: [None; FEW_FAILED],
            more_failed: RareList::EMPTY,
            failed_count: 0,
            last_cause: None,
            tls_failed: [false; 2],
            ordinal: 0,
            more_behind: false,
            no_plain_after_tls: true,
            always_retries: false,
            wants_registration: false,
            avoided: None,
            begins_at: None,
            retry_after_s: None,
        }
    }

    /// A walk that asks one target only.
    #[must_use]
    pub fn single(server: Server, list: Arc<TargetList>, target: TargetKey) -> Walk {
        let mut walk = Walk::new(server, None);
        walk.scope = Scope::One(place_in(&list, target));
        walk.set_list(server, list, Start::Primary, false);
        walk.always_retries = true;
        walk
    }

    /// A walk that asks the primary of a server only.
    #[must_use]
    pub fn primary(server: Server) -> Walk {
        let mut walk = Walk::new(server, None);
        walk.scope = Scope::Primary;
        walk.always_retries = true;
        walk
    }

    /// The reason why the walk is not where it would usually be, from the beginning.
    #[must_use]
    pub fn because(mut self, cause: Option<Cause>) -> Walk {
        self.last_cause = cause;
        self
    }

    /// The server it begins with.
    #[must_use]
    pub fn first_server(&self) -> Server {
        self.order[0].unwrap_or(Server::Working)
    }

    /// The target of a walk that asks one target only.
    #[must_use]
    pub fn single_target(&self) -> Option<TargetKey> {
        match self.scope {
            Scope::One(index) => self.key(self.first_server(), index),
            Scope::All | Scope::Primary => None,
        }
    }

    /// Gives the walk the targets of a server, or the first of them if `more` follow. It keeps those that it began with, at
    /// their places, and where it began; others come behind them. True if there are others.
    pub fn set_list(&mut self, server: Server, list: Arc<TargetList>, start: Start, more: bool) -> bool {
        let side = &mut self.sides[server.index()];
        let before = side.all();
        side.more = more;
        side.list = Some(match side.list.take() {
            Some(old) => TargetList::joined(&old, &list),
            None => {
                side.first = match start {
                    Start::Primary => [NOWHERE; 2],
                    Start::At(key) => [place_in(&list, key), NOWHERE],
                    Start::BackAtPrimary(key) => [0, place_in(&list, key)],
                };
                list
            }
        });
        let new = side.all().without(before);
        self.find_dead_addresses(server, new);
        !new.is_empty()
    }

    /// New targets may be at an address that the walk has found dead already.
    fn find_dead_addresses(&mut self, server: Server, new: Places) {
        if self.sides.iter().all(|side| side.at_dead_address.is_empty()) {
            return;
        }
        for place in new.in_order([NOWHERE; 2]) {
            let is_at_same =
                |side: &Side, key: TargetKey| !side.at(key.address.ip()).and(side.at_dead_address).is_empty();
            if self.key(server, place).is_some_and(|key| self.sides.iter().any(|side| is_at_same(side, key))) {
                self.sides[server.index()].at_dead_address.add(place);
            }
        }
    }

    /// What is still missing of a server's list is not waited for.
    pub fn pass_by(&mut self, server: Server) {
        self.sides[server.index()].more = false;
    }

    /// Lets the walk go on at this target, if it has not been there.
    pub fn aim(&mut self, server: Server, key: TargetKey) {
        let side = &mut self.sides[server.index()];
        side.first = [side.list.as_ref().map_or(NOWHERE, |list| place_in(list, key)), NOWHERE];
    }

    /// Where the walk begins in the list of a server.
    #[must_use]
    pub fn start(&self, server: Server) -> Start {
        let key = |place: u8| self.key(server, place);
        match self.sides[server.index()].first {
            [0, second] if second != NOWHERE => key(second).map_or(Start::Primary, Start::BackAtPrimary),
            [first, _] => key(first).map_or(Start::Primary, Start::At),
        }
    }

    /// True if this walk passes a target over because it is plain, and a TLS target of its server failed.
    #[must_use]
    pub fn is_barred_as_plain(&self, server: Server, index: u8) -> bool {
        self.barred(server).contains(index)
    }

    /// True if a target was tried, or passed by for want of a registration.
    #[must_use]
    pub fn was_tried(&self, server: Server, index: u8) -> bool {
        self.sides[server.index()].tried.contains(index)
    }

    /// The targets of a server, if the walk has them.
    #[must_use]
    pub fn list(&self, server: Server) -> Option<&Arc<TargetList>> {
        self.sides[server.index()].list.as_ref()
    }

    /// Asks the other server first, as this one is not known yet. False if there is no other.
    pub fn put_behind(&mut self, server: Server) -> bool {
        match self.order {
            [Some(first), Some(second)] if first == server && !self.sides[second.index()].closed => {
                self.order = [Some(second), Some(first)];
                true
            }
            _ => false,
        }
    }

    /// Closes a server for this walk.
    pub fn close(&mut self, server: Server) {
        self.sides[server.index()].closed = true;
    }

    /// Closes a server whose name led nowhere.
    pub fn close_unresolved(&mut self, server: Server) {
        self.close(server);
        self.last_cause = Some(Cause::Resolution);
    }

    /// Lets the walk go on at another server when it is through with its own.
    pub fn extend(&mut self, server: Server) {
        if !self.order.contains(&Some(server)) {
            self.order[1] = Some(server);
        }
        self.more_behind = false;
    }

    /// True if the walk asks this server at all.
    #[must_use]
    pub fn visits(&self, server: Server) -> bool {
        self.order.contains(&Some(server)) && !self.sides[server.index()].closed
    }

    /// True if the walk has come as far as this server, even if its name led nowhere.
    #[must_use]
    pub fn has_reached(&self, server: Server) -> bool {
        let side = &self.sides[server.index()];
        side.closed || side.list.is_some()
    }

    /// The next target: inside a server from its start on in list order, targets that `held` says are to be tried last
    /// behind the others, and, with `avoid_dead_addresses`, targets on an address that was dead in this walk at the end of
    /// the whole walk.
    #[must_use]
    pub fn pick(&self, held: impl Fn(Server, TargetKey) -> bool, avoid_dead_addresses: bool) -> Pick {
        for server in self.servers() {
            let side = &self.sides[server.index()];
            if side.closed {
                continue;
            }
            if side.list.is_none() {
                return Pick::NeedList(server);
            }
            let shunned = if avoid_dead_addresses { side.at_dead_address } else { Places::NONE };
            let mut late = None;
            for index in side.in_order(self.untried(server).without(shunned)) {
                if !side.target(index).is_some_and(|target| held(server, target.key)) {
                    return Pick::Target(server, index);
                }
                late.get_or_insert(index);
            }
            // Those that are tried last come behind those that are still being resolved.
            if side.more {
                return Pick::NeedList(server);
            }
            if let Some(index) = late {
                return Pick::Target(server, index);
            }
        }
        for server in self.servers() {
            let side = &self.sides[server.index()];
            if let Some(index) = side.in_order(self.untried(server)).next().filter(|_| !side.closed) {
                return Pick::Target(server, index);
            }
        }
        Pick::Exhausted
    }

    /// True if no target but this one is left. `can_follow` says whether a server whose targets are not known yet may
    /// still be asked.
    #[must_use]
    pub fn is_last(&self, server: Server, index: u8, can_follow: impl Fn(Server) -> bool) -> bool {
        !self.more_behind
            && self.servers().all(|other| {
                let side = &self.sides[other.index()];
                let this = if other == server { Places::only(index) } else { Places::NONE };
                let is_through = side.list.is_some() && !side.more && self.untried(other).without(this).is_empty();
                side.closed || is_through || !can_follow(other)
            })
    }

    /// Marks a target as tried.
    pub fn try_target(&mut self, server: Server, index: u8) {
        self.sides[server.index()].tried.add(index);
        self.ordinal = self.ordinal.saturating_add(1);
    }

    /// Passes a target by: no attempt was made, as something that has to come first has failed.
    pub fn skip_target(&mut self, server: Server, index: u8) {
        self.sides[server.index()].tried.add(index);
    }

    /// True if a target has not been tried yet.
    #[must_use]
    pub fn is_untried(&self, server: Server, index: u8) -> bool {
        self.untried(server).contains(index)
    }

    /// True if every target that stands before this one was dead in this walk, or is dead as far as `is_dead` knows. A
    /// target that only declined this one request, or asked for a pause, is not dead.
    #[must_use]
    pub fn passed_only_dead(&self, server: Server, index: u8, is_dead: impl Fn(TargetKey) -> bool) -> bool {
        let side = &self.sides[server.index()];
        let dead_here = side.dead.or(self.barred(server)).or(side.avoided());
        let mut before = side.in_order(side.all()).take_while(|before| *before != index);
        before.all(|before| dead_here.contains(before) || self.key(server, before).is_some_and(&is_dead))
    }

    /// True if the target `key` stands before this one.
    #[must_use]
    pub fn comes_before(&self, server: Server, key: TargetKey, index: u8) -> bool {
        let side = &self.sides[server.index()];
        let mut before = side.in_order(side.all()).take_while(|before| *before != index);
        before.any(|before| self.key(server, before) == Some(key))
    }

    /// True if this walk found any target of this server dead. Nearly none does.
    #[must_use]
    pub fn has_found_any_dead(&self, server: Server) -> bool {
        !self.sides[server.index()].dead.is_empty()
    }

    /// True if this walk found the target `key` dead.
    #[must_use]
    pub fn has_found_dead(&self, server: Server, key: TargetKey) -> bool {
        let side = &self.sides[server.index()];
        side.in_order(side.dead).any(|dead| self.key(server, dead) == Some(key))
    }

    /// A target has not answered for a while: others on its address are tried later.
    pub fn note_silent(&mut self, server: Server, index: u8) {
        let Some(target) = self.sides[server.index()].target(index) else { return };
        let ip = target.key.address.ip();
        for side in &mut self.sides {
            side.at_dead_address = side.at_dead_address.or(side.at(ip));
        }
    }

    /// Lets a target be tried once more.
    pub fn try_again(&mut self, server: Server, index: u8) {
        self.sides[server.index()].tried.remove(index);
    }

    /// Notes a failed attempt; `dead` when the target was silent or unreachable.
    pub fn note_failure(&mut self, failed: Failed, dead: bool, retry_after_s: Option<u32>) {
        let side = &mut self.sides[failed.server.index()];
        self.tls_failed[failed.server.index()] |= side.is_tls(failed.index);
        if dead {
            side.dead.add(failed.index);
            if is_of_host(failed.cause) {
                self.note_silent(failed.server, failed.index);
            }
        }
        self.retry_after_s = match (self.failed_count, self.retry_after_s, retry_after_s) {
            (0, _, given) => given,
            (_, Some(least), Some(given)) => Some(least.min(given)),
            _ => None,
        };
        self.last_cause = Some(failed.cause);
        let count = usize::from(self.failed_count);
        match self.failed.get_mut(count) {
            Some(place) => *place = Some(failed),
            None if count < MAX_FAILED => self.more_failed.push(failed),
            None => return,
        }
        self.failed_count += 1;
    }

    /// The failed attempts, in order.
    pub fn failures(&self) -> impl Iterator<Item = Failed> {
        self.failed.iter().flatten().chain(self.more_failed.iter()).copied()
    }

    /// Why the walk is no longer where it was last: a failed attempt, or a name that led nowhere.
    #[must_use]
    pub fn last_cause(&self) -> Option<Cause> {
        self.last_cause
    }

    /// True if the walk has tried targets of this server and every target it has was silent or unreachable, or lies on
    /// such an address.
    #[must_use]
    pub fn found_dead(&self, server: Server, avoid_dead_addresses: bool) -> bool {
        let side = &self.sides[server.index()];
        let avoided = if avoid_dead_addresses { side.avoided() } else { Places::NONE };
        let dead_here = side.dead.or(self.barred(server)).or(avoided);
        !side.more && !side.dead.is_empty() && side.all().without(dead_here).is_empty()
    }

    /// True if an attempt of this walk found the address of a target dead.
    pub(super) fn on_dead_address(&self, server: Server, index: u8) -> bool {
        self.sides[server.index()].at_dead_address.contains(index)
    }

    /// True if nobody was asked, for want of a registration.
    #[must_use]
    pub fn ended_unregistered(&self) -> bool {
        self.wants_registration && self.failed_count == 0
    }

    /// The servers, in the order in which they are asked.
    fn servers(&self) -> impl Iterator<Item = Server> {
        self.order.iter().filter_map(|server| *server)
    }

    pub(super) fn key(&self, server: Server, index: u8) -> Option<TargetKey> {
        self.sides[server.index()].target(index).map(|target| target.key)
    }

    /// The targets that are in the scope of this walk, have not been tried and are not out of bounds.
    fn untried(&self, server: Server) -> Places {
        let side = &self.sides[server.index()];
        let wanted = match self.scope {
            Scope::All => side.all(),
            Scope::One(only) => side.all().and(Places::only(only)),
            Scope::Primary => side.all().and(Places::only(0)),
        };
        wanted.without(side.tried).without(self.barred(server))
    }

    /// The targets of a server that are out of bounds for this walk: the plain ones, after a TLS target failed.
    fn barred(&self, server: Server) -> Places {
        let side = &self.sides[server.index()];
        if self.tls_failed[server.index()] && self.no_plain_after_tls { side.plain() } else { Places::NONE }
    }
}

/// True if what failed is the host, rather than one port or one transport of it.
fn is_of_host(cause: Cause) -> bool {
    matches!(cause, Cause::Timeout | Cause::OtherRequest | Cause::Transport(TransportFailure::Unreachable))
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
