//! What is known about the targets of one server of one account, and when it has to be asked anew.

use crate::account::ListState;
use crate::config::{AccountSettings, DnsCacheType};
use crate::resolve::{JobId, Resolution, ResolvedTarget};
use crate::target::{Target, TargetKey, TargetList};
use crate::types::{AccountId, Families, SECOND_MS, Server, TextBuffer, Time};
use core::net::IpAddr;
use std::sync::Arc;

/// After a resolution that led nowhere, the next one is this far away, ms: as long as a failure is remembered in the
/// DNS cache (RFC 9520 §3.2), so that asking earlier would learn nothing.
pub const FAILURE_HOLD_MS: u64 = 5 * SECOND_MS;
/// After DNS did not answer, the old targets are used at once for this long, ms (RFC 8767 §5).
const OLD_LIST_HOLD_MS: u64 = 30 * SECOND_MS;

/// Longest host as text: 253 characters, each of which may have to be escaped by four.
const HOST_TEXT: usize = 253 * 4;

/// What is known about one server of one account.
#[derive(Clone, Debug)]
pub struct Slot {
    // Name to verify in TLS, and host of the request URI.
    names: [Arc<str>; 2],
    // The account wants every walk to ask DNS.
    real_time: bool,
    /// The last list that was complete.
    pub list: Option<Arc<TargetList>>,
    /// Until then nothing has to be asked.
    pub valid_until: Time,
    // From then on it is better asked again behind: what a part of the list lacked may be there now.
    retry_at: Time,
    // From then on the list is too old to serve even while DNS is silent.
    serves_until: Time,
    // Zero for never.
    resolved_at: Time,
    // A REGISTER is due then, for which the list was asked ahead.
    ahead_of: Time,
    // Until then nothing is asked: the old list serves, or the server leads nowhere.
    hold_until: Time,
    /// The resolution under way.
    pub job: Option<JobId>,
    // The job has taken longer than a walk waits.
    waited: bool,
    // What the job has found so far.
    begun: Option<Arc<TargetList>>,
}

/// What a finished resolution changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Nothing: the same targets in the same order.
    Same,
    /// There is a new list.
    New,
    /// It led nowhere. The old list, if there is one, serves on.
    Failed,
}

impl Slot {
    /// A server that nothing is known about; `None` if the account does not have it.
    pub fn new(settings: &AccountSettings, server: Server) -> Option<Slot> {
        let configured = settings.server(server)?;
        // Through a proxy the request's own host stays SIP server 1.
        let registrar = match settings.through_proxy {
            true => settings.registrars.iter().flatten().next(),
            false => settings.registrars[server.index()].as_ref(),
        };
        let tls_name = configured.host_text.clone();
        let registrar = registrar.unwrap_or(&tls_name).clone();
        Some(Slot {
            names: [tls_name, registrar],
            real_time: settings.dns.cache_type == DnsCacheType::RealTime,
            list: None,
            valid_until: Time(0),
            retry_at: Time::NEVER,
            serves_until: Time::NEVER,
            resolved_at: Time(0),
            ahead_of: Time(0),
            hold_until: Time(0),
            job: None,
            waited: false,
            begun: None,
        })
    }

    /// The configured host.
    pub fn host(&self) -> &str {
        &self.names[0]
    }

    /// A list holds until its records end; what was found at this very moment, or ahead of it, serves the walk that it
    /// was asked for.
    fn is_valid(&self, now: Time) -> bool {
        let meant_for_now = self.resolved_at == now || self.resolved_at != Time(0) && self.ahead_of == now;
        self.list.is_some() && (self.valid_until > now || meant_for_now)
    }

    /// Forgets a list that is too old to be of any use.
    pub fn drop_too_old(&mut self, now: Time) {
        if self.serves_until <= now {
            self.list = None;
        }
    }

    /// True if DNS is to be asked now.
    pub fn wants_job(&self, now: Time) -> bool {
        self.job.is_none() && self.hold_until <= now && (!self.is_valid(now) || self.retry_at <= now)
    }

    /// What a walk that begins now finds.
    pub fn state(&self, now: Time) -> ListState {
        match (&self.list, &self.begun) {
            (Some(list), _) if self.job.is_none() || self.is_valid(now) => ListState::Ready(list.clone()),
            (None, _) if self.job.is_none() => ListState::Failed,
            (Some(list), _) if self.waited => ListState::Ready(list.clone()),
            (_, Some(begun)) => ListState::Begun { list: begun.clone(), waits: !self.waited },
            (None, None) if self.waited => ListState::Slow,
            (_, None) => ListState::Pending,
        }
    }

    /// The last complete list, unless a resolution is under way that has found targets already; whether it still holds does not
    /// matter.
    pub fn list_at_rest(&self) -> Option<Arc<TargetList>> {
        self.list.clone().filter(|_| self.job.is_none() || self.begun.is_none())
    }

    /// The targets as they were known last, or as far as they are known by now.
    pub fn known(&self) -> Option<Arc<TargetList>> {
        self.list.as_ref().or(self.begun.as_ref()).cloned()
    }

    /// A REGISTER is due at `due`: true if DNS is to be asked now, so that it need not wait.
    pub fn look_ahead(&mut self, now: Time, due: Time) -> bool {
        self.ahead_of = due;
        let holds = self.list.is_some() && self.valid_until > due;
        if !holds && self.real_time {
            self.resolved_at = Time(0);
        }
        !holds && self.job.is_none() && self.hold_until <= now
    }

    /// A resolution has begun.
    pub fn start(&mut self, job: JobId) {
        self.job = Some(job);
        self.waited = false;
        self.begun = None;
    }

    /// DNS cannot be asked now.
    pub fn put_off(&mut self, now: Time) {
        self.hold_until = now.after(FAILURE_HOLD_MS);
    }

    /// No list is trusted any more; the old one serves until a new one is there.
    pub fn expire(&mut self) {
        self.valid_until = Time(0);
        self.resolved_at = Time(0);
        self.hold_until = Time(0);
        self.begun = None;
    }

    /// Forgets the list if a part of it cannot be reached any more.
    pub fn keep_reachable(&mut self, families: Families) {
        let is_reachable =
            |list: &Arc<TargetList>| list.targets().iter().all(|target| families.contains(target.key.address.ip()));
        self.list = self.list.take().filter(is_reachable);
    }

    /// Takes a list with which a walk can begin.
    pub fn take_begun(&mut self, resolution: &Resolution, waited: bool, latest: &mut Latest) {
        self.waited |= waited;
        if !resolution.targets.is_empty() {
            self.begun = Some(share(&mut latest.begun, self.made_of(resolution)));
        }
    }

    /// Takes the end of a resolution.
    pub fn take_end(&mut self, now: Time, resolution: &Resolution, stale_limit_ms: u64, latest: &mut Latest) -> Change {
        self.job = None;
        self.waited = false;
        self.begun = None;
        if resolution.targets.is_empty() {
            // What DNS says is gone is gone; while it says nothing, the last good targets are better than none.
            if !resolution.query_failed {
                self.list = None;
            }
            self.drop_too_old(now);
            let hold_ms = if self.list.is_some() { OLD_LIST_HOLD_MS } else { FAILURE_HOLD_MS };
            self.hold_until = now.after(hold_ms);
            return Change::Failed;
        }
        self.hold_until = Time(0);
        self.resolved_at = now;
        self.retry_at = resolution.retry_at;
        self.valid_until = match self.real_time {
            true if resolution.valid_until != Time::NEVER => Time(0),
            _ => resolution.valid_until,
        };
        self.serves_until = self.end_of_service(resolution.valid_until, stale_limit_ms);
        let list = self.made_of(resolution);
        if self.list.as_deref() == Some(&list) {
            return Change::Same;
        }
        self.list = Some(share(&mut latest.complete, list));
        Change::New
    }

    /// Takes a list from before a restart, whose records end or ended then.
    pub fn restore(&mut self, targets: Vec<Target>, expires: Time, stale_limit_ms: u64) {
        self.valid_until = if self.real_time { Time(0) } else { expires };
        self.serves_until = self.end_of_service(expires, stale_limit_ms);
        self.list = Some(Arc::new(self.list_of(targets)));
    }

    /// From then on a list whose records end then is too old, even while DNS is silent. Without a cache there is no other
    /// place to look, so that the last good list serves for ever.
    fn end_of_service(&self, expires: Time, stale_limit_ms: u64) -> Time {
        if self.real_time { Time::NEVER } else { expires.after(stale_limit_ms) }
    }

    /// A list of these targets with the names of this server.
    pub fn list_of(&self, targets: impl IntoIterator<Item = Target>) -> TargetList {
        let [tls_name, registrar] = &self.names;
        TargetList::new(targets, tls_name, registrar)
    }

    fn made_of(&self, resolution: &Resolution) -> TargetList {
        self.list_of(resolution.targets.iter().map(target))
    }
}

/// The lists made last, for whomever: accounts of one domain mostly have the same targets, and share them.
#[derive(Debug, Default)]
pub struct Latest {
    begun: Option<Arc<TargetList>>,
    complete: Option<Arc<TargetList>>,
}

/// The list that was made last, if it is the same.
fn share(latest: &mut Option<Arc<TargetList>>, list: TargetList) -> Arc<TargetList> {
    let shared = latest.take().filter(|latest| **latest == list).unwrap_or_else(|| Arc::new(list));
    *latest = Some(shared.clone());
    shared
}

fn target(found: &ResolvedTarget) -> Target {
    let key = TargetKey { transport: found.transport, address: found.address };
    let host: TextBuffer<HOST_TEXT> = match &found.host {
        Some(name) => TextBuffer::of(name),
        None => TextBuffer::of(&found.address.ip()),
    };
    Target::new(key, host.as_str(), found.ttl_s)
}

/// The servers of all accounts. Place X-1 holds account X; boxed, as most accounts of a large device are not in use.
#[derive(Debug, Default)]
pub struct Slots(Vec<[Option<Box<Slot>>; 2]>);

impl Slots {
    /// What is known about a server.
    pub fn get(&self, (account, server): (AccountId, Server)) -> Option<&Slot> {
        self.0.get((account.0 as usize).checked_sub(1)?)?[server.index()].as_deref()
    }

    fn place(&mut self, (account, server): (AccountId, Server)) -> Option<&mut Option<Box<Slot>>> {
        Some(&mut self.0.get_mut((account.0 as usize).checked_sub(1)?)?[server.index()])
    }

    /// What is known about a server.
    pub fn get_mut(&mut self, id: (AccountId, Server)) -> Option<&mut Slot> {
        self.place(id)?.as_deref_mut()
    }

    /// Puts a server into its place.
    pub fn insert(&mut self, id: (AccountId, Server), slot: Slot) {
        let places = id.0.0 as usize;
        if self.0.len() < places {
            self.0.resize_with(places, Default::default);
        }
        if let Some(place) = self.place(id) {
            *place = Some(Box::new(slot));
        }
    }

    /// Forgets a server.
    pub fn remove(&mut self, id: (AccountId, Server)) -> Option<Box<Slot>> {
        self.place(id)?.take()
    }

    /// All servers.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.0.iter_mut().flatten().flatten().map(|slot| &mut **slot)
    }

    /// True if a server has a target with this address.
    pub fn knows(&self, id: (AccountId, Server), ip: IpAddr) -> bool {
        let slot = self.get(id);
        let lists = slot.into_iter().flat_map(|slot| [&slot.list, &slot.begun]).flatten();
        lists.flat_map(|list| list.targets()).any(|target| target.key.is_at(ip, None))
    }
}
