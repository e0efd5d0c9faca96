//! Cache, queries and jobs in one machine.

use super::job::{Job, Progress};
use super::spec::{JobId, Resolution, ResolveSpec};
use super::view::{CacheAccess, JobView, Sources};
use crate::cache::{Answer, Cache, Content, StaticStore};
use crate::config::{DeviceSettings, StaticRecords};
use crate::dns::{
    DnsCounters, DnsDatagram, DnsOutput, Outcome, Queries, QueryFailure, QueryHandle, QueryTiming, Question,
};
use crate::types::{DnsServerIndex, DnsTransport, Random, SECOND_MS, Slab, SortedMap, Time, Timers};
use std::collections::VecDeque;

/// Jobs at the same time: two servers of each of 128 accounts, more than any gateway registers.
const MAX_JOBS: usize = 256;
/// Questions of one job in flight at once: the hosts of a large domain must not fill the table for everybody.
const MAX_PARALLEL: usize = 16;
/// Places in each queue from the start: what one answer usually leads to.
const ROOM: usize = 4;
/// Time-outs before a configuration arrives: those of the provisioning defaults.
const DEFAULT_TIMING: QueryTiming = QueryTiming { timeout_ms: 3 * SECOND_MS, retries: 2 };

/// Options of a resolver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResolverOptions {
    /// Questions whose answers are kept.
    pub cache_entries: usize,
    /// How long what DNS does not answer holds up the rest, milliseconds.
    pub dns_wait_ms: u64,
    /// How long after their end records serve while DNS is silent, milliseconds.
    pub stale_limit_ms: u64,
}

impl Default for ResolverOptions {
    fn default() -> Self {
        // 1.8 s is what RFC 8767 §5 recommends for a client that has something else to offer.
        // RFC 8767 §5 suggests one to three days for the other limit; a phone should not be sent to very old places.
        ResolverOptions { cache_entries: 256, dns_wait_ms: 1_800, stale_limit_ms: 86_400 * SECOND_MS }
    }
}

/// What came out of the resolver.
#[derive(Debug)]
pub struct ResolveOutput {
    /// DNS messages to be sent.
    pub sends: VecDeque<DnsDatagram>,
    /// Queries that ended: their sockets can be closed.
    pub released: VecDeque<QueryHandle>,
    /// What jobs made, in order; the last list of a job has the stage [`Stage::Done`].
    pub lists: VecDeque<(JobId, Resolution)>,
    /// How questions ended, if anybody wants to know.
    pub settled: Vec<(Question, Settled)>,
    /// Whether anybody wants to know.
    pub wants_settled: bool,
}

/// How a question ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Settled {
    /// With this many records.
    Records(u16),
    /// With an alias of which nothing more was said.
    Alias,
    /// There is no such record.
    NoData,
    /// There is no such name.
    NoSuchName,
    /// Without an answer.
    Failed(QueryFailure),
}

impl Settled {
    fn of(outcome: &Outcome) -> Settled {
        match outcome {
            Outcome::Records { records, .. } => Settled::Records(u16::try_from(records.len()).unwrap_or(u16::MAX)),
            Outcome::Alias { .. } => Settled::Alias,
            Outcome::NoData { .. } | Outcome::AliasOfNothing { exists: true, .. } => Settled::NoData,
            Outcome::NoSuchName { .. } | Outcome::AliasOfNothing { exists: false, .. } => Settled::NoSuchName,
            Outcome::Failed(failure) => Settled::Failed(*failure),
        }
    }
}

impl Default for ResolveOutput {
    /// Nothing, with room for what one input brings.
    fn default() -> ResolveOutput {
        ResolveOutput {
            sends: VecDeque::with_capacity(ROOM),
            released: VecDeque::with_capacity(ROOM),
            lists: VecDeque::with_capacity(ROOM),
            settled: Vec::with_capacity(ROOM),
            wants_settled: false,
        }
    }
}

/// What happened, in numbers since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ResolveCounters {
    /// Of the queries.
    pub dns: DnsCounters,
    /// Answers that finished jobs took from the cache.
    pub cache_hits: u64,
    /// Sets of static records that finished jobs used.
    pub static_answers: u64,
    /// Expired answers that finished jobs used.
    pub stale_answers: u64,
    /// Cache entries that had to make room.
    pub cache_evictions: u64,
    /// Jobs that found the table of jobs full.
    pub jobs_refused: u64,
}

/// As many jobs run as may; this one was not started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JobsFull;

/// The resolver.
#[derive(Debug)]
pub struct Resolver {
    options: ResolverOptions,
    cache: Cache,
    statics: StaticStore,
    queries: Queries,
    jobs: Slab<Job>,
    timers: Timers<JobId>,
    dns_out: DnsOutput,
    // The jobs that an answer concerns, while it is passed on.
    concerned: Vec<JobId>,
    // Memory for the questions of one walk.
    questions: Vec<Question>,
    counters: ResolveCounters,
}

impl Resolver {
    /// A resolver without DNS servers and static records.
    #[must_use]
    pub fn new(options: ResolverOptions, random: Random) -> Resolver {
        Resolver {
            options,
            cache: Cache::new(options.cache_entries),
            statics: StaticStore::new(&StaticRecords::default()),
            queries: Queries::new(DEFAULT_TIMING, random),
            jobs: Slab::new(MAX_JOBS),
            timers: Timers::default(),
            dns_out: DnsOutput::default(),
            concerned: Vec::with_capacity(ROOM),
            questions: Vec::with_capacity(ROOM),
            counters: ResolveCounters::default(),
        }
    }

    /// Other static records, time-outs and DNS transport. Jobs under way see them at their next step.
    pub fn configure(&mut self, device: &DeviceSettings) {
        self.statics = StaticStore::new(&device.static_records);
        self.queries
            .set_timing(QueryTiming { timeout_ms: device.dns_query_timeout_ms, retries: device.dns_retry_times });
        self.queries.set_transport(if device.dns_over_tcp { DnsTransport::Tcp } else { DnsTransport::Udp });
    }

    /// Other DNS servers, in order of preference; the caller knows their addresses. To be called whenever one of
    /// them changes, also when their number does not.
    pub fn set_servers(&mut self, now: Time, count: usize, out: &mut ResolveOutput) {
        // What failed with the old servers may work with the new ones.
        self.cache.clear_holds();
        self.queries.set_servers(now, count, &mut self.dns_out);
        self.settle(now, out);
    }

    /// Starts to resolve. The end may be in `out` when this returns.
    ///
    /// # Errors
    /// [`JobsFull`].
    pub fn start(&mut self, now: Time, spec: &ResolveSpec, out: &mut ResolveOutput) -> Result<JobId, JobsFull> {
        let Some(id) = self.jobs.insert(Job::new(spec.clone(), self.cache.serial())) else {
            self.counters.jobs_refused += 1;
            return Err(JobsFull);
        };
        let id = JobId(id);
        self.advance(now, id, out);
        let deadline = now.after(self.options.dns_wait_ms);
        if let Some(job) = self.jobs.get_mut(id.0) {
            job.timer = Some(self.timers.set(deadline, id));
        }
        self.settle(now, out);
        Ok(id)
    }

    /// What a resolution that begins now would find without asking anybody: its end, or, if something would have to be
    /// asked, what is known meanwhile. Changes nothing, not even the order in which the cache makes room.
    #[must_use]
    pub fn preview(&self, now: Time, spec: &ResolveSpec) -> Option<Resolution> {
        let mut job = Job::new(spec.clone(), self.cache.serial());
        job.impatient = true;
        let around = (self.queries.server_count() > 0, self.options.stale_limit_ms);
        let view = view(now, &job, CacheAccess::Looking(&self.cache), &self.statics, around);
        job.progress(view, Vec::new()).list
    }

    /// Forgets a job: it will not be in `lists`, not even if it is there already. Its queries go on, as what they
    /// bring serves the cache.
    pub fn cancel(&mut self, job: JobId, out: &mut ResolveOutput) {
        self.remove(job);
        out.lists.retain(|(known, _)| *known != job);
    }

    /// A message arrived from this DNS server.
    pub fn handle_datagram(&mut self, now: Time, server: DnsServerIndex, bytes: &[u8], out: &mut ResolveOutput) {
        self.queries.handle_datagram(now, server, bytes, &mut self.dns_out);
        self.settle(now, out);
    }

    /// The message last sent for this query to this server did not leave, or the server cannot be reached over this
    /// transport.
    pub fn send_failed(
        &mut self,
        now: Time,
        query: QueryHandle,
        server: DnsServerIndex,
        transport: DnsTransport,
        out: &mut ResolveOutput,
    ) {
        self.queries.send_failed(now, query, server, transport, &mut self.dns_out);
        self.settle(now, out);
    }

    /// Time has passed.
    pub fn handle_timer(&mut self, now: Time, out: &mut ResolveOutput) {
        self.queries.handle_timer(now, &mut self.dns_out);
        self.settle(now, out);
        while let Some(id) = self.timers.take_due(now) {
            if let Some(job) = self.jobs.get_mut(id.0) {
                job.impatient = true;
                job.timer = None;
                self.advance(now, id, out);
            }
        }
        self.settle(now, out);
    }

    /// When [`Resolver::handle_timer`] wants to be called.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        Time::sooner(self.queries.next_deadline(), self.timers.next())
    }

    /// Everything that DNS said is forgotten, and what is under way is asked again: the network is another one.
    pub fn start_anew(&mut self, now: Time, out: &mut ResolveOutput) {
        self.cache.expire(now);
        let serial = self.cache.serial();
        for job in self.jobs.values_mut() {
            job.held = SortedMap::default();
            job.since = serial;
            job.shown = 0;
        }
        self.set_servers(now, self.queries.server_count(), out);
        let jobs: Vec<JobId> = self.jobs.iter().map(|(id, _)| JobId(id)).collect();
        for id in jobs {
            self.advance(now, id, out);
        }
        self.settle(now, out);
    }

    /// Everything in the cache, with answers and hints.
    pub fn known(&self) -> impl Iterator<Item = (&Question, Option<&Answer>, Option<&Answer>)> {
        self.cache.iter()
    }

    /// Puts an answer from before a restart into the cache, unless there is a newer one.
    pub fn restore(&mut self, now: Time, question: Question, content: Content, expires: Time, is_hint: bool) {
        self.cache.restore(now, question, content, expires, is_hint);
    }

    /// Counters since the start.
    #[must_use]
    pub fn counters(&self) -> ResolveCounters {
        ResolveCounters { dns: self.queries.counters(), cache_evictions: self.cache.evictions(), ..self.counters }
    }

    /// Carries everything that came out of the queries to where it belongs, until nothing comes any more.
    fn settle(&mut self, now: Time, out: &mut ResolveOutput) {
        self.forward(out);
        while let Some((question, outcome)) = self.dns_out.finished.pop_front() {
            if out.wants_settled {
                out.settled.push((question.clone(), Settled::of(&outcome)));
            }
            // Taken out and put back: its memory serves every answer.
            let mut concerned = core::mem::take(&mut self.concerned);
            self.learn(now, &question, outcome, &mut concerned);
            for id in concerned.drain(..) {
                self.advance(now, id, out);
            }
            self.concerned = concerned;
            self.forward(out);
        }
    }

    fn forward(&mut self, out: &mut ResolveOutput) {
        for handle in self.dns_out.released.drain(..) {
            // What the driver has not taken yet must not leave through a socket it is told to close.
            out.sends.retain(|datagram| datagram.query != handle);
            out.released.push_back(handle);
        }
        out.sends.append(&mut self.dns_out.sends);
    }

    /// Stores how a question ended, and adds the jobs that can go on to `ids`.
    fn learn(&mut self, now: Time, question: &Question, outcome: Outcome, ids: &mut Vec<JobId>) {
        let without_server = outcome == Outcome::Failed(QueryFailure::NoServer);
        // "No server" is a state of this device and not a property of the question: nothing to be remembered.
        let known = (!without_server).then(|| self.cache.store(now, question, outcome));
        let concerned = |job: &Job| job.starved || job.waiting.contains(question);
        ids.extend(self.jobs.iter().filter(|(_, job)| concerned(job)).map(|(id, _)| JobId(id)));
        for id in ids {
            let Some(job) = self.jobs.get_mut(id.0) else { continue };
            let asked = job.waiting.len();
            job.waiting.retain(|waiting| waiting != question);
            if job.waiting.len() < asked
                && let Some(known) = &known
            {
                job.held.insert(question.clone(), known.clone());
            }
        }
    }

    /// Walks a job again, and asks what it needs or ends it.
    fn advance(&mut self, now: Time, id: JobId, out: &mut ResolveOutput) {
        let Some(job) = self.jobs.get(id.0) else { return };
        let around = (self.queries.server_count() > 0, self.options.stale_limit_ms);
        let view = view(now, job, CacheAccess::Using(&mut self.cache), &self.statics, around);
        let Progress { mut needs, list, sources } = job.progress(view, core::mem::take(&mut self.questions));
        if needs.is_empty() {
            self.counters.cache_hits += sources.cached;
            self.counters.static_answers += sources.statics;
            self.counters.stale_answers += sources.stale;
            self.remove(id);
        } else {
            if let (Some(list), Some(job)) = (&list, self.jobs.get_mut(id.0)) {
                job.shown = list.targets.len();
            }
            self.ask(now, id, &mut needs);
        }
        needs.clear();
        self.questions = needs;
        out.lists.extend(list.map(|list| (id, list)));
    }

    fn ask(&mut self, now: Time, id: JobId, questions: &mut Vec<Question>) {
        let Some(job) = self.jobs.get_mut(id.0) else { return };
        job.starved = false;
        for question in questions.drain(..) {
            if job.waiting.contains(&question) {
                continue;
            }
            // Whatever is in flight, for whomever, ends: then this job is walked again and asks the rest.
            job.starved = job.waiting.len() >= MAX_PARALLEL
                || self.queries.start(now, question.clone(), &mut self.dns_out).is_err();
            if job.starved {
                return;
            }
            job.waiting.push(question);
        }
    }

    fn remove(&mut self, id: JobId) {
        if let Some(timer) = self.jobs.remove(id.0).and_then(|job| job.timer) {
            self.timers.cancel(timer);
        }
    }
}

/// How a job sees what is known. `around`: whether there is any DNS server, and how long after their end records may
/// serve, ms.
fn view<'a>(
    now: Time,
    job: &'a Job,
    cache: CacheAccess<'a>,
    statics: &'a StaticStore,
    (has_servers, stale_limit_ms): (bool, u64),
) -> JobView<'a> {
    JobView {
        now,
        cache,
        statics,
        held: &job.held,
        since: job.since,
        dns: job.spec.dns,
        has_servers,
        impatient: false,
        stale_limit_ms,
        sources: Sources::default(),
    }
}
