//! The target lists of all accounts: what resolution found, how long it holds, who waits for it.

use crate::account::{ListState, Lists};
use crate::config::{AccountSettings, DeviceSettings, DnsCacheType};
use crate::resolve::{JobId, Resolution, ResolveOutput, ResolveSpec, ResolvedTarget, Resolver};
use crate::target::{Target, TargetKey, TargetList};
use crate::types::{AccountId, SECOND_MS, Server, SortedMap, TextBuffer, Time, TimerHandle, Timers, TransportSet};
use std::sync::Arc;

/// After a resolution that led nowhere, the next one is this far away, ms: as long as a failure is remembered in the
/// DNS cache (RFC 9520 §3.2), so that asking earlier would learn nothing.
const FAILURE_HOLD_MS: u64 = 5 * SECOND_MS;
/// After DNS did not answer, the old targets are used at once for this long, ms (RFC 8767 §5).
const OLD_LIST_HOLD_MS: u64 = 30 * SECOND_MS;

/// Longest host as text: 253 characters, each of which may have to be escaped by four.
const HOST_TEXT: usize = 253 * 4;

/// What is known about one server of one account.
#[derive(Debug)]
struct Slot {
    // Name to verify in TLS, and host of the request URI.
    names: [Arc<str>; 2],
    // The account wants every walk to ask DNS.
    real_time: bool,
    list: Option<Arc<TargetList>>,
    valid_until: Time,
    resolved_at: Option<Time>,
    // Until then nothing is asked: the old list serves, or the server leads nowhere.
    hold_until: Time,
    job: Option<(JobId, TimerHandle)>,
    // The job has taken longer than a walk waits.
    slow: bool,
}

/// The servers of all accounts. Place X-1 holds account X; boxed, as most accounts of a large device are not in use.
#[derive(Debug, Default)]
struct Slots(Vec<[Option<Box<Slot>>; 2]>);

impl Slots {
    fn get(&self, (account, server): (AccountId, Server)) -> Option<&Slot> {
        self.0.get((account.0 as usize).checked_sub(1)?)?[server.index()].as_deref()
    }

    fn place(&mut self, (account, server): (AccountId, Server)) -> Option<&mut Option<Box<Slot>>> {
        Some(&mut self.0.get_mut((account.0 as usize).checked_sub(1)?)?[server.index()])
    }

    fn get_mut(&mut self, id: (AccountId, Server)) -> Option<&mut Slot> {
        self.place(id)?.as_deref_mut()
    }

    fn insert(&mut self, id: (AccountId, Server), slot: Slot) {
        let places = id.0.0 as usize;
        if self.0.len() < places {
            self.0.resize_with(places, Default::default);
        }
        if let Some(place) = self.place(id) {
            *place = Some(Box::new(slot));
        }
    }

    fn remove(&mut self, id: (AccountId, Server)) -> Option<Box<Slot>> {
        self.place(id)?.take()
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.0.iter_mut().flatten().flatten().map(|slot| &mut **slot)
    }
}

/// Something the accounts have to hear.
#[derive(Clone, Debug)]
pub enum ListNews {
    /// The wait for the targets of this server is over.
    Settled(AccountId, Server),
    /// It takes longer than a walk should wait.
    Slow(AccountId, Server),
}

/// Target lists by account and server.
#[derive(Debug)]
pub struct Directory {
    resolver: Resolver,
    /// What the resolver wants sent.
    pub out: ResolveOutput,
    slots: Slots,
    // The list made last: accounts of one domain mostly have the same targets, and share them.
    latest: Option<Arc<TargetList>>,
    jobs: SortedMap<JobId, (AccountId, Server)>,
    waits: Timers<(AccountId, Server)>,
    /// What happened to lists, for the log.
    pub notes: Vec<String>,
    /// Whether anybody reads the notes.
    pub wants_notes: bool,
    device: Arc<DeviceSettings>,
    transports: TransportSet,
    wait_ms: u64,
    draw: u64,
}

impl Directory {
    /// An empty directory. `draw` is the random number from which each account's load balance comes.
    pub fn new(
        resolver: Resolver,
        device: Arc<DeviceSettings>,
        transports: TransportSet,
        wait_ms: u64,
        draw: u64,
    ) -> Directory {
        Directory {
            resolver,
            out: ResolveOutput::default(),
            slots: Slots::default(),
            latest: None,
            jobs: SortedMap::default(),
            waits: Timers::default(),
            notes: Vec::new(),
            wants_notes: true,
            device,
            transports,
            wait_ms,
            draw,
        }
    }

    /// The resolver.
    pub fn resolver(&mut self) -> (&mut Resolver, &mut ResolveOutput) {
        (&mut self.resolver, &mut self.out)
    }

    /// Counters of the resolver.
    pub fn resolver_counters(&self) -> crate::resolve::ResolveCounters {
        self.resolver.counters()
    }

    /// New settings of the device: everything is looked up anew when it is needed next.
    pub fn configure(&mut self, device: Arc<DeviceSettings>) {
        self.resolver.configure(&device);
        self.device = device;
        self.expire();
    }

    /// No list is trusted any more; the old ones serve until new ones are there.
    pub fn expire(&mut self) {
        for slot in self.slots.iter_mut() {
            slot.valid_until = Time(0);
            slot.resolved_at = None;
            slot.hold_until = Time(0);
        }
    }

    /// True if a server of an account has a target with this address.
    pub fn knows(&self, account: AccountId, server: Server, ip: core::net::IpAddr) -> bool {
        let list = self.slots.get((account, server)).and_then(|slot| slot.list.as_ref());
        list.is_some_and(|list| list.targets().iter().any(|target| target.key.address.ip() == ip))
    }

    /// The next moment at which something is to be done.
    pub fn next_deadline(&self) -> Option<Time> {
        Time::sooner(self.waits.next(), self.resolver.next_deadline())
    }

    /// Does what is due.
    pub fn handle_timer(&mut self, now: Time, news: &mut Vec<ListNews>) {
        if self.resolver.next_deadline().is_some_and(|at| at <= now) {
            self.resolver.handle_timer(now, &mut self.out);
        }
        self.collect(now, news);
        while let Some((account, server)) = self.waits.take_due(now) {
            let Some(slot) = self.slots.get_mut((account, server)) else { continue };
            slot.slow = true;
            news.push(match slot.list {
                Some(_) => ListNews::Settled(account, server),
                None => ListNews::Slow(account, server),
            });
        }
    }

    /// Takes over the results of finished jobs.
    pub fn collect(&mut self, now: Time, news: &mut Vec<ListNews>) {
        while let Some((job, resolution)) = self.out.finished.pop_front() {
            let Some((account, server)) = self.jobs.remove(&job) else { continue };
            self.finish(now, account, server, resolution);
            news.push(ListNews::Settled(account, server));
        }
    }

    fn finish(&mut self, now: Time, account: AccountId, server: Server, resolution: Resolution) {
        let Directory { slots, latest, notes, wants_notes, .. } = self;
        let mut note = |line: core::fmt::Arguments<'_>| {
            if *wants_notes {
                notes.push(format!("account {}, server {}{line}", account.0, server.number()));
            }
        };
        let Some(slot) = slots.get_mut((account, server)) else { return };
        if let Some((_, timer)) = slot.job.take() {
            self.waits.cancel(timer);
        }
        slot.slow = false;
        for remark in &resolution.notes {
            note(format_args!(": {remark}"));
        }
        if resolution.targets.is_empty() {
            if resolution.dns_answered {
                slot.list = None;
            }
            let (hold_ms, then) = match slot.list {
                Some(_) => (OLD_LIST_HOLD_MS, "; the targets known before are used"),
                None => (FAILURE_HOLD_MS, ""),
            };
            slot.hold_until = now.after(hold_ms);
            return match resolution.failure {
                Some(why) => note(format_args!(": {why}{then}")),
                None => note(format_args!(": no address{then}")),
            };
        }
        slot.valid_until = match slot.real_time {
            true if resolution.valid_until != Time::NEVER => Time(0),
            _ => resolution.valid_until,
        };
        slot.resolved_at = Some(now);
        slot.hold_until = Time(0);
        let [tls_name, registrar] = &slot.names;
        let list = TargetList::new(resolution.targets.iter().map(target), tls_name, registrar);
        if slot.list.as_deref() != Some(&list) {
            note(format_args!(" ({tls_name}): targets are {}", Texts(&list)));
            let shared = latest.take().filter(|latest| **latest == list);
            let list = shared.unwrap_or_else(|| Arc::new(list));
            *latest = Some(list.clone());
            slot.list = Some(list);
        }
    }

    /// Starts a resolution; it may be over at once.
    fn start(&mut self, now: Time, settings: &AccountSettings, server: Server) {
        let id = (settings.id, server);
        let Some(spec) = self.spec(settings, server) else { return };
        let Ok(job) = self.resolver.start(now, &spec, &mut self.out) else {
            // Too many resolutions at once: this one comes later.
            if let Some(slot) = self.slots.get_mut(id) {
                slot.hold_until = now.after(FAILURE_HOLD_MS);
            }
            return;
        };
        let timer = self.waits.set(now.after(self.wait_ms), id);
        if let Some(slot) = self.slots.get_mut(id) {
            slot.job = Some((job, timer));
            slot.slow = false;
        }
        self.jobs.insert(job, id);
        if let Some(position) = self.out.finished.iter().position(|(finished, _)| *finished == job)
            && let Some((_, resolution)) = self.out.finished.remove(position)
        {
            self.jobs.remove(&job);
            self.finish(now, id.0, id.1, resolution);
        }
    }

    fn spec(&self, settings: &AccountSettings, server: Server) -> Option<ResolveSpec> {
        let configured = settings.server(server)?;
        Some(ResolveSpec {
            host: configured.host.clone(),
            port: configured.port,
            transport: configured.transport,
            dns: settings.dns,
            supported: self.transports,
            ip_address_mode: self.device.ip_address_mode,
            srv_weight: configured.srv_weight,
            tie_break: mix(self.draw ^ u64::from(settings.id.0)),
        })
    }
}

impl Lists for Directory {
    fn get(&mut self, now: Time, settings: &AccountSettings, server: Server) -> ListState {
        let id = (settings.id, server);
        if self.slots.get(id).is_none() {
            let Some(slot) = Slot::new(settings, server) else { return ListState::Failed };
            self.slots.insert(id, slot);
        }
        let needs_job =
            self.slots.get(id).is_some_and(|slot| slot.job.is_none() && !slot.is_valid(now) && slot.hold_until <= now);
        if needs_job {
            self.start(now, settings, server);
        }
        match self.slots.get(id) {
            Some(slot) => slot.state(now),
            None => ListState::Failed,
        }
    }

    fn forget(&mut self, account: AccountId) {
        for server in Server::BOTH {
            let Some(slot) = self.slots.remove((account, server)) else { continue };
            if let Some((job, timer)) = slot.job {
                self.waits.cancel(timer);
                self.jobs.remove(&job);
                self.resolver.cancel(job, &mut self.out);
            }
        }
    }
}

impl Slot {
    fn new(settings: &AccountSettings, server: Server) -> Option<Slot> {
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
            resolved_at: None,
            hold_until: Time(0),
            job: None,
            slow: false,
        })
    }

    /// A list holds until its records end; what was found at this very moment serves the walk that asked.
    fn is_valid(&self, now: Time) -> bool {
        self.list.is_some() && (self.valid_until > now || self.resolved_at == Some(now))
    }

    fn state(&self, now: Time) -> ListState {
        let is_waiting = self.job.is_some() && !self.slow && !self.is_valid(now);
        match &self.list {
            _ if is_waiting => ListState::Pending,
            Some(list) => ListState::Ready(list.clone()),
            None if self.job.is_some() => ListState::Slow,
            None => ListState::Failed,
        }
    }
}

fn target(found: &ResolvedTarget) -> Target {
    let key = TargetKey { transport: found.transport, address: found.address };
    let ip = found.address.ip();
    let host: TextBuffer<HOST_TEXT> = match &found.host {
        Some(name) => TextBuffer::of(name),
        None => TextBuffer::of(&ip),
    };
    Target::new(key, host.as_str(), found.ttl_s)
}

/// The targets of a list, for the log.
struct Texts<'a>(&'a TargetList);

impl core::fmt::Display for Texts<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (place, target) in self.0.targets().iter().enumerate() {
            write!(f, "{}{}", if place > 0 { ", " } else { "" }, target.as_str())?;
        }
        Ok(())
    }
}

/// Spreads account numbers evenly (the finalizer of SplitMix64).
fn mix(mut n: u64) -> u64 {
    n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
