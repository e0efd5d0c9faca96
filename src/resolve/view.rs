//! How one job sees what is known.

use super::spec::{Origin, ResolutionFailure};
use crate::cache::{Answer, Cache, Content, Found, Hold, Known, StaticStore};
use crate::config::{AccountDns, DnsCacheType};
use crate::dns::{QueryFailure, Question, Record, RecordKind};
use crate::types::{Name, SECOND_MS, SortedMap, Time};
use std::sync::Arc;

/// Aliases followed from answer to answer. Within one answer the DNS client follows as many.
const MAX_ALIASES: usize = 8;
/// What expired records are worth when they serve once more, ms (RFC 8767 §4).
const STALE_MS: u64 = 30 * SECOND_MS;

/// What a look-up found.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// Records of the kind asked.
    Found { records: Arc<[Record]>, origin: Origin, expires: Time },
    /// There are none. `expires`: when asking again may help.
    Nothing { why: ResolutionFailure, expires: Time },
    /// Nobody knows yet; this has to be asked.
    Unknown(Question),
}

impl Lookup {
    /// Holds no longer than the alias that led to it.
    fn until(mut self, limit: Time) -> Lookup {
        if let Lookup::Found { expires, .. } | Lookup::Nothing { expires, .. } = &mut self {
            *expires = limit.min(*expires);
        }
        self
    }
}

/// What a walk reads from.
pub trait View {
    /// What is known about a question.
    fn lookup(&mut self, question: &Question) -> Lookup;
    /// True if a static record of this kind has this name.
    fn has_static(&self, name: &Name, kind: RecordKind) -> bool;
}

/// Where the records of a finished list came from, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sources {
    /// Answers that were known before the job started.
    pub cached: u64,
    /// Answers that arrived since.
    pub fresh: u64,
    /// Sets of static records.
    pub statics: u64,
    /// Expired answers.
    pub stale: u64,
}

/// How a view reads the cache.
#[derive(Debug)]
pub enum CacheAccess<'a> {
    /// What is read counts as used.
    Using(&'a mut Cache),
    /// Nothing changes.
    Looking(&'a Cache),
}

impl CacheAccess<'_> {
    fn get(&mut self, question: &Question) -> Found<'_> {
        match self {
            CacheAccess::Using(cache) => cache.get(question),
            CacheAccess::Looking(cache) => cache.peek(question),
        }
    }
}

/// The view of one job at one moment.
#[derive(Debug)]
pub struct JobView<'a> {
    /// Now.
    pub now: Time,
    /// Everything that is cached.
    pub cache: CacheAccess<'a>,
    /// The static records.
    pub statics: &'a StaticStore,
    /// What arrived for this job.
    pub held: &'a SortedMap<Question, Known>,
    /// Serial of the cache when the job started.
    pub since: u64,
    /// DNS use of the account.
    pub dns: AccountDns,
    /// True if there is any DNS server.
    pub has_servers: bool,
    /// True if what is unknown counts as a question without result.
    pub impatient: bool,
    /// How long after their end records may serve, ms.
    pub stale_limit_ms: u64,
    /// Filled by the look-ups.
    pub sources: Sources,
}

impl View for JobView<'_> {
    fn lookup(&mut self, question: &Question) -> Lookup {
        if self.dns.static_first
            && let Some(found) = self.find_static(question, false)
        {
            return found;
        }
        let (why, expires) = match self.live(question, Trust::Holding) {
            Lookup::Nothing { why, expires } => (why, expires),
            other => return other,
        };
        if let Some(found) = self.find_static(question, self.has_servers) {
            return found;
        }
        if matches!(why, ResolutionFailure::Dns(_))
            && let found @ Lookup::Found { .. } = self.live(question, Trust::Expired)
        {
            return found;
        }
        Lookup::Nothing { why, expires }
    }

    fn has_static(&self, name: &Name, kind: RecordKind) -> bool {
        self.statics.has(name, kind)
    }
}

impl JobView<'_> {
    /// Static records that answer the question. They hold for ever, or `for_their_ttl`, when DNS may know better later.
    fn find_static(&mut self, question: &Question, for_their_ttl: bool) -> Option<Lookup> {
        let records = self.statics.get(question)?;
        self.sources.statics += 1;
        let ttl_s = records.iter().map(|record| record.ttl_s).min().unwrap_or(0);
        let expires = if for_their_ttl { self.now.after(u64::from(ttl_s) * SECOND_MS) } else { Time::NEVER };
        Some(Lookup::Found { records: records.clone(), origin: Origin::Static, expires })
    }

    /// What DNS says, or said, through aliases.
    fn live(&mut self, question: &Question, trust: Trust) -> Lookup {
        let mut question = question.clone();
        let mut limit = Time::NEVER;
        let origin = if trust == Trust::Expired { Origin::Stale } else { Origin::Live };
        for hop in 0..=MAX_ALIASES {
            // The end of an alias may have static records of its own.
            if hop > 0
                && self.dns.static_first
                && let Some(found) = self.find_static(&question, false)
            {
                return found.until(limit);
            }
            match self.step(&question, trust) {
                Step::Alias(target, expires) => {
                    question.name = target;
                    limit = limit.min(expires);
                }
                Step::Found(records, expires) => {
                    return Lookup::Found { records, origin, expires }.until(limit);
                }
                Step::AliasOfNothing(target, why, expires) => {
                    question.name = target;
                    let fallback = self.find_static(&question, self.has_servers);
                    return fallback.unwrap_or(Lookup::Nothing { why, expires }).until(limit.min(expires));
                }
                Step::Nothing(why, expires) => {
                    let fallback = if hop > 0 { self.find_static(&question, self.has_servers) } else { None };
                    return fallback.unwrap_or(Lookup::Nothing { why, expires }).until(limit);
                }
                Step::Unknown => return Lookup::Unknown(question),
            }
        }
        Lookup::Nothing { why: ResolutionFailure::Dns(QueryFailure::AliasLoop), expires: limit }
    }

    /// What is known about exactly this question.
    fn step(&mut self, question: &Question, trust: Trust) -> Step {
        match self.held.get(question) {
            Some(Known::Answer(answer)) => {
                self.sources.fresh += 1;
                return Step::of_answer(answer);
            }
            Some(Known::Failed(hold)) if trust == Trust::Holding => return Step::of_hold(hold),
            Some(Known::Failed(_)) | None => {}
        }
        if trust == Trust::Expired {
            return self.expired_step(question);
        }
        if !self.has_servers {
            // What a server said that is gone counts no more than what has expired.
            return Step::Nothing(ResolutionFailure::Dns(QueryFailure::NoServer), Time::NEVER);
        }
        let known = self.cache.get(question);
        let caches = self.dns.cache_type != DnsCacheType::RealTime;
        let takes_hints = self.dns.cache_type == DnsCacheType::AnswersAndAdditional;
        let hint = known.hint.filter(|_| takes_hints);
        for answer in known.answer.into_iter().chain(hint) {
            let is_fresh = answer.serial > self.since;
            if is_fresh || caches && self.now < answer.expires {
                self.sources.fresh += u64::from(is_fresh);
                self.sources.cached += u64::from(!is_fresh);
                return Step::of_answer(answer);
            }
        }
        match known.hold {
            Some(hold) if self.now < hold.until || hold.serial > self.since => Step::of_hold(&hold),
            _ if self.impatient => Step::Nothing(ResolutionFailure::Dns(QueryFailure::Silent), Time::NEVER),
            _ => Step::Unknown,
        }
    }

    /// What was known about exactly this question, although it may hold no more.
    fn expired_step(&mut self, question: &Question) -> Step {
        let known = self.cache.get(question);
        let hint = known.hint.filter(|_| self.dns.cache_type == DnsCacheType::AnswersAndAdditional);
        let caches = self.dns.cache_type != DnsCacheType::RealTime;
        let serves = |answer: &&Answer| {
            caches
                && self.now < answer.expires.after(self.stale_limit_ms)
                && matches!(answer.content, Content::Records(_) | Content::Alias(_))
        };
        match known.answer.into_iter().chain(hint).find(serves) {
            Some(answer) => {
                self.sources.stale += 1;
                Step::of_answer(answer).until(self.now.after(STALE_MS))
            }
            None => Step::Nothing(ResolutionFailure::Dns(QueryFailure::Silent), Time::NEVER),
        }
    }
}

/// Which answers of DNS count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Trust {
    /// Those that hold.
    Holding,
    /// Also those that have expired.
    Expired,
}

enum Step {
    Found(Arc<[Record]>, Time),
    Alias(Name, Time),
    /// The end of the aliases, and why it is of no use.
    AliasOfNothing(Name, ResolutionFailure, Time),
    Nothing(ResolutionFailure, Time),
    Unknown,
}

impl Step {
    fn of_answer(answer: &Answer) -> Step {
        match &answer.content {
            Content::Records(records) => Step::Found(records.clone(), answer.expires),
            Content::Alias(target) => Step::Alias(target.clone(), answer.expires),
            Content::NoData => Step::Nothing(ResolutionFailure::NoRecords, answer.expires),
            Content::NoSuchName => Step::Nothing(ResolutionFailure::NoSuchName, answer.expires),
            Content::AliasOfNothing { target, exists } => {
                let why = if *exists { ResolutionFailure::NoRecords } else { ResolutionFailure::NoSuchName };
                Step::AliasOfNothing(target.clone(), why, answer.expires)
            }
        }
    }

    /// The same, as something that holds until `end`.
    fn until(mut self, end: Time) -> Step {
        if let Step::Found(_, expires) | Step::Alias(_, expires) = &mut self {
            *expires = end;
        }
        self
    }

    fn of_hold(hold: &Hold) -> Step {
        Step::Nothing(ResolutionFailure::Dns(hold.failure), hold.until)
    }
}
