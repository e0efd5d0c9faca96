//! The target lists of all accounts: when DNS is asked for them, and who hears of it.

use super::list_fact::ListFact;
use super::slot::{Change, Latest, Slot, Slots};
use crate::account::{Action, ListState, Lists, LogLevel, Trace};
use crate::config::{AccountSettings, DeviceSettings};
use crate::resolve::{JobId, Resolution, ResolveOutput, ResolveSpec, Resolver, Stage};
use crate::target::{Target, TargetList};
use crate::types::{AccountId, Families, Server, SortedMap, Time, TransportSet, take_first};
use core::net::IpAddr;
use std::collections::VecDeque;
use std::sync::Arc;

/// Room for news from the start: what one answer of DNS means for a few accounts.
const ROOM_FOR_NEWS: usize = 8;

/// Something the accounts have to hear.
#[derive(Clone, Debug)]
pub enum ListNews {
    /// Targets of this server are there, more of them, or none will come.
    Settled(AccountId, Server),
    /// It takes longer than a walk should wait.
    Slow(AccountId, Server),
    /// The targets of this server have changed.
    Changed(AccountId, Server, Arc<TargetList>),
}

/// What lists depend on beside the settings of their account.
#[derive(Debug)]
pub struct Surroundings {
    /// Settings of the device.
    pub device: Arc<DeviceSettings>,
    /// Transports of the firmware.
    pub transports: TransportSet,
    /// Address families that have a route.
    pub families: Families,
    /// How long after their end records may serve while DNS is silent, ms.
    pub stale_limit_ms: u64,
    /// The random number from which each account's load balance comes.
    pub draw: u64,
}

/// Target lists by account and server.
#[derive(Debug)]
pub struct Directory {
    resolver: Resolver,
    /// What the resolver wants sent.
    pub out: ResolveOutput,
    slots: Slots,
    latest: Latest,
    jobs: SortedMap<JobId, (AccountId, Server)>,
    news: VecDeque<ListNews>,
    // What happened to lists, for the log.
    notes: Vec<String>,
    // New lists and names that led nowhere, for the trace.
    facts: Vec<ListFact>,
    /// Whether anybody reads the notes.
    pub wants_notes: bool,
    around: Surroundings,
}

impl Directory {
    /// An empty directory.
    pub fn new(resolver: Resolver, around: Surroundings) -> Directory {
        Directory {
            resolver,
            out: ResolveOutput::default(),
            slots: Slots::default(),
            latest: Latest::default(),
            jobs: SortedMap::default(),
            news: VecDeque::with_capacity(ROOM_FOR_NEWS),
            notes: Vec::new(),
            facts: Vec::with_capacity(ROOM_FOR_NEWS),
            wants_notes: true,
            around,
        }
    }

    /// The resolver.
    pub fn resolver(&mut self) -> (&mut Resolver, &mut ResolveOutput) {
        (&mut self.resolver, &mut self.out)
    }

    /// Whether anybody reads the facts, and how questions ended.
    pub fn wants_facts(&mut self, wants: bool) {
        self.out.wants_settled = wants;
    }

    /// Counters of the resolver.
    pub fn resolver_counters(&self) -> crate::resolve::ResolveCounters {
        self.resolver.counters()
    }

    /// New settings of the device: everything is looked up anew when it is needed next.
    pub fn configure(&mut self, device: Arc<DeviceSettings>) {
        self.resolver.configure(&device);
        self.around.device = device;
        self.expire();
        self.restart_jobs();
    }

    /// Other address families have a route now. Targets that cannot be reached any more are forgotten at once.
    pub fn set_families(&mut self, families: Families) {
        self.around.families = families;
        self.expire();
        for slot in self.slots.iter_mut() {
            slot.keep_reachable(families);
        }
        self.restart_jobs();
    }

    /// Gives up all resolutions under way: whoever waits for one asks again, for what is wanted now.
    fn restart_jobs(&mut self) {
        for slot in self.slots.iter_mut() {
            let Some(job) = slot.job.take() else { continue };
            self.resolver.cancel(job, &mut self.out);
            if let Some((account, server)) = self.jobs.remove(&job) {
                self.news.push_back(ListNews::Settled(account, server));
            }
        }
    }

    /// The address families that have a route.
    pub fn families(&self) -> Families {
        self.around.families
    }

    /// The network changed: what DNS said before counts no more. Old lists serve until new ones are there.
    pub fn start_anew(&mut self, now: Time) {
        self.resolver.start_anew(now, &mut self.out);
        self.expire();
    }

    /// No list is trusted any more; the old ones serve until new ones are there.
    pub fn expire(&mut self) {
        for slot in self.slots.iter_mut() {
            slot.expire();
        }
    }

    /// True if a server of an account has a target with this address.
    pub fn knows(&self, account: AccountId, server: Server, ip: IpAddr) -> bool {
        self.slots.knows((account, server), ip)
    }

    /// The last complete list of a server, and until when it holds.
    pub fn last_list(&self, id: (AccountId, Server)) -> Option<(Arc<TargetList>, Time)> {
        let slot = self.slots.get(id)?;
        Some((slot.list.clone()?, slot.valid_until))
    }

    /// A list of these targets with the names of a server.
    pub fn make_list(
        &mut self,
        settings: &AccountSettings,
        server: Server,
        targets: Vec<Target>,
    ) -> Option<Arc<TargetList>> {
        self.slot(settings, server).map(|slot| Arc::new(slot.list_of(targets)))
    }

    /// Takes over a list from before a restart, unless there is a newer one.
    pub fn restore(&mut self, settings: &AccountSettings, server: Server, targets: Vec<Target>, expires: Time) {
        let stale_limit_ms = self.around.stale_limit_ms;
        if let Some(slot) = self.slot(settings, server).filter(|slot| slot.list.is_none()) {
            slot.restore(targets, expires, stale_limit_ms);
        }
    }

    /// The next moment at which something is to be done.
    pub fn next_deadline(&self) -> Option<Time> {
        self.resolver.next_deadline()
    }

    /// Does what is due.
    pub fn handle_timer(&mut self, now: Time) {
        if self.resolver.next_deadline().is_some_and(|at| at <= now) {
            self.resolver.handle_timer(now, &mut self.out);
        }
        self.collect(now);
    }

    /// True if there is nothing to be passed on to anybody.
    pub fn is_quiet(&self) -> bool {
        let ResolveOutput { sends, released, lists, settled, .. } = &self.out;
        let nothing_came = sends.is_empty() && released.is_empty() && lists.is_empty() && settled.is_empty();
        nothing_came && self.news.is_empty() && self.notes.is_empty() && self.facts.is_empty()
    }

    /// Something that an account has to hear.
    pub fn next_news(&mut self) -> Option<ListNews> {
        take_first(&mut self.news, ROOM_FOR_NEWS)
    }

    /// Takes over the results of jobs.
    pub fn collect(&mut self, now: Time) {
        while let Some((job, resolution)) = take_first(&mut self.out.lists, ROOM_FOR_NEWS) {
            let Some((account, server)) = self.jobs.get(&job).copied() else { continue };
            self.take(now, job, &resolution);
            let is_slow = resolution.stage == Stage::Waited
                && self.slots.get((account, server)).is_some_and(|slot| matches!(slot.state(now), ListState::Slow));
            self.news.push_back(match is_slow {
                true => ListNews::Slow(account, server),
                false => ListNews::Settled(account, server),
            });
        }
    }

    /// Takes over one result of a job.
    fn take(&mut self, now: Time, job: JobId, resolution: &Resolution) {
        let Some((account, server)) = self.jobs.get(&job).copied() else { return };
        let Directory { slots, latest, notes, wants_notes, facts, out, .. } = self;
        let Some(slot) = slots.get_mut((account, server)) else { return };
        match resolution.stage {
            Stage::Begun => return slot.take_begun(resolution, false, latest),
            Stage::Waited => return slot.take_begun(resolution, true, latest),
            Stage::Done => {}
        }
        let mut note = |line: core::fmt::Arguments<'_>| {
            if *wants_notes {
                notes.push(format!("account {}, server {}{line}", account.0, server.number()));
            }
        };
        self.jobs.remove(&job);
        for remark in &resolution.notes {
            note(format_args!(": {remark}"));
        }
        let had_list = slot.list.is_some();
        let change = slot.take_end(now, resolution, self.around.stale_limit_ms, latest);
        if out.wants_settled && change != Change::Same {
            facts.push(ListFact::new((account, server), resolution, (change, &slot.list)));
        }
        match (change, &slot.list) {
            (Change::Failed, list) => {
                let then = if list.is_some() { "; the targets known before are used" } else { "" };
                match resolution.failure {
                    Some(why) => note(format_args!(": {why}{then}")),
                    None => note(format_args!(": no address{then}")),
                }
            }
            (Change::New, Some(list)) => {
                note(format_args!(" ({}): targets are {}", slot.host(), Texts(list)));
                if had_list {
                    self.news.push_back(ListNews::Changed(account, server, list.clone()));
                }
            }
            (Change::New | Change::Same, _) => {}
        }
    }

    /// What is known about a server.
    pub(super) fn known_slot(&self, id: (AccountId, Server)) -> Option<&Slot> {
        self.slots.get(id)
    }

    /// What a resolution that begins now would find without asking anybody.
    pub(super) fn preview_resolution(
        &self,
        now: Time,
        settings: &AccountSettings,
        server: Server,
    ) -> Option<Resolution> {
        self.resolver.preview(now, &self.spec(settings, server)?)
    }

    /// How long after their end records may serve while DNS is silent, ms.
    pub(super) fn stale_limit_ms(&self) -> u64 {
        self.around.stale_limit_ms
    }

    /// Starts a resolution; it may be over at once.
    fn start(&mut self, now: Time, settings: &AccountSettings, server: Server) {
        let id = (settings.id, server);
        let Some(spec) = self.spec(settings, server) else { return };
        let started = self.resolver.start(now, &spec, &mut self.out);
        let Some(slot) = self.slots.get_mut(id) else { return };
        // Too many resolutions at once: this one comes later.
        let Ok(job) = started else { return slot.put_off(now) };
        slot.start(job);
        self.jobs.insert(job, id);
        while let Some(place) = self.out.lists.iter().position(|(made_by, _)| *made_by == job)
            && let Some((_, resolution)) = self.out.lists.remove(place)
        {
            self.take(now, job, &resolution);
        }
    }

    fn spec(&self, settings: &AccountSettings, server: Server) -> Option<ResolveSpec> {
        let configured = settings.server(server)?;
        Some(ResolveSpec {
            host: configured.host.clone(),
            port: configured.port,
            transport: configured.transport,
            dns: settings.dns,
            supported: self.around.transports,
            ip_address_mode: self.around.device.ip_address_mode,
            families: self.around.families,
            srv_weight: configured.srv_weight,
            tie_break: mix(self.around.draw ^ u64::from(settings.id.0)),
        })
    }

    fn slot(&mut self, settings: &AccountSettings, server: Server) -> Option<&mut Slot> {
        let id = (settings.id, server);
        if self.slots.get(id).is_none() {
            self.slots.insert(id, Slot::new(settings, server)?);
        }
        self.slots.get_mut(id)
    }
}

impl Lists for Directory {
    fn get(&mut self, now: Time, settings: &AccountSettings, server: Server) -> ListState {
        let Some(slot) = self.slot(settings, server) else { return ListState::Failed };
        slot.drop_too_old(now);
        if !slot.wants_job(now) {
            return slot.state(now);
        }
        self.start(now, settings, server);
        self.slots.get((settings.id, server)).map_or(ListState::Failed, |slot| slot.state(now))
    }

    fn get_more(&mut self, now: Time, settings: &AccountSettings, server: Server) -> ListState {
        let list = self.slots.get((settings.id, server)).and_then(|slot| slot.list_at_rest());
        list.map_or_else(|| self.get(now, settings, server), ListState::Ready)
    }

    fn known(&self, settings: &AccountSettings, server: Server) -> Option<Arc<TargetList>> {
        self.slots.get((settings.id, server))?.known()
    }

    fn look_ahead(&mut self, now: Time, settings: &AccountSettings, server: Server, due: Time) {
        if self.slot(settings, server).is_some_and(|slot| slot.look_ahead(now, due)) {
            self.start(now, settings, server);
        }
    }

    fn tell(&mut self, now: Time, trace: &mut Trace, actions: &mut VecDeque<Action>) {
        // Nearly always: lists are looked up far more often than they change.
        if self.facts.is_empty() && self.notes.is_empty() {
            return;
        }
        for fact in self.facts.drain(..) {
            fact.note(trace, now);
        }
        for note in self.notes.drain(..) {
            actions.push_back(Action::Log(LogLevel::Info, note));
        }
    }

    fn forget(&mut self, account: AccountId) {
        for server in Server::BOTH {
            if let Some(job) = self.slots.remove((account, server)).and_then(|slot| slot.job) {
                self.jobs.remove(&job);
                self.resolver.cancel(job, &mut self.out);
            }
        }
    }
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
