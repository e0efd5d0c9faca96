//! Live answers.

use crate::dns::{Outcome, QueryFailure, Question, Record};
use crate::types::{Name, SECOND_MS, SortedMap, Time, sort_short_by_key};
use std::sync::Arc;

/// No live answer counts for longer than a day, whatever its TTL says: a mistyped TTL must not outlive its correction
/// by years.
const MAX_TTL_S: u32 = 86_400;
/// A question that failed is not asked again for this long (RFC 9520 §3.2 asks for at least one second and at most
/// five minutes): several accounts do not each wait for the same silence, and a phone recovers soon.
const HOLD_MS: u64 = 5 * SECOND_MS;

/// What an answer says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// Records of the kind asked, in the order that is kept.
    Records(Arc<[Record]>),
    /// The name is an alias of this one.
    Alias(Name),
    /// The name has no such record.
    NoData,
    /// There is no such name.
    NoSuchName,
    /// The name is an alias of this one, at which there is nothing.
    AliasOfNothing {
        /// The end of the aliases.
        target: Name,
        /// True if that name exists and lacks only such records.
        exists: bool,
    },
}

/// An answer of DNS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// What it says.
    pub content: Content,
    /// When it arrived.
    pub fetched_at: Time,
    /// When it ceases to hold.
    pub expires: Time,
    /// Its place in the order of everything stored.
    pub serial: u64,
}

/// A question that failed a moment ago.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hold {
    /// Why.
    pub failure: QueryFailure,
    /// When it may be asked again.
    pub until: Time,
    /// Its place in the order of everything stored.
    pub serial: u64,
}

/// What the end of a query taught.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Known {
    /// An answer.
    Answer(Answer),
    /// That there is none.
    Failed(Hold),
}

/// What the cache has about a question.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found<'a> {
    /// What DNS answered to it.
    pub answer: Option<&'a Answer>,
    /// What the answer to another question said about it in passing.
    pub hint: Option<&'a Answer>,
    /// Its last failure.
    pub hold: Option<Hold>,
}

#[derive(Debug, Default)]
struct Entry {
    answer: Option<Answer>,
    hint: Option<Answer>,
    hold: Option<Hold>,
    used: u64,
}

impl Entry {
    fn found(&self) -> Found<'_> {
        Found { answer: self.answer.as_ref(), hint: self.hint.as_ref(), hold: self.hold }
    }
}

/// The live answers, at most `limit` of them.
#[derive(Debug)]
pub struct Cache {
    // Boxed: where thousands of answers are kept, one that comes or goes moves little.
    entries: SortedMap<Question, Box<Entry>>,
    limit: usize,
    serial: u64,
    uses: u64,
    evictions: u64,
}

impl Cache {
    /// An empty cache for at most `limit` questions (at least one).
    #[must_use]
    pub fn new(limit: usize) -> Cache {
        Cache { entries: SortedMap::default(), limit: limit.max(1), serial: 0, uses: 0, evictions: 0 }
    }

    /// The serial of what was stored last.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Entries thrown out to make room.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.evictions
    }

    /// Number of questions something is known about.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True when nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// What is known about a question, without a trace: it counts as used no later than before.
    #[must_use]
    pub fn peek(&self, question: &Question) -> Found<'_> {
        self.entries.get(question).map_or_else(Found::default, |entry| entry.found())
    }

    /// What is known about a question; none of it need still hold.
    pub fn get(&mut self, question: &Question) -> Found<'_> {
        self.uses += 1;
        match self.entries.get_mut(question) {
            Some(entry) => {
                entry.used = self.uses;
                entry.found()
            }
            None => Found::default(),
        }
    }

    /// Stores how a query ended, and returns it as stored.
    pub fn store(&mut self, now: Time, question: &Question, outcome: Outcome) -> Known {
        self.serial += 1;
        let (content, ttl_s) = match outcome {
            Outcome::Records { records, ttl_s, additional } => {
                self.store_hints(now, additional);
                (self.in_kept_order(question, records), ttl_s)
            }
            Outcome::Alias { target, ttl_s } => (Content::Alias(target), ttl_s),
            Outcome::NoData { ttl_s } => (Content::NoData, ttl_s),
            Outcome::NoSuchName { ttl_s } => (Content::NoSuchName, ttl_s),
            Outcome::AliasOfNothing { target, exists, ttl_s } => (Content::AliasOfNothing { target, exists }, ttl_s),
            Outcome::Failed(failure) => {
                let hold = Hold { failure, until: now.after(HOLD_MS), serial: self.serial };
                self.entry(question).hold = Some(hold);
                return Known::Failed(hold);
            }
        };
        let answer = self.answer(now, content, ttl_s);
        let entry = self.entry(question);
        entry.answer = Some(answer.clone());
        entry.hold = None;
        Known::Answer(answer)
    }

    /// Stores what an answer added about other questions.
    fn store_hints(&mut self, now: Time, additional: Vec<Record>) {
        let mut sets: SortedMap<Question, Vec<Record>> = SortedMap::default();
        for record in additional {
            let question = Question { name: record.name.clone(), kind: record.data.kind() };
            sets.get_or_default(question).push(record);
        }
        for (question, records) in sets {
            let ttl_s = records.iter().map(|record| record.ttl_s).min().unwrap_or(0);
            let content = self.in_kept_order(&question, records);
            let hint = self.answer(now, content, ttl_s);
            self.entry(&question).hint = Some(hint);
        }
    }

    fn answer(&self, now: Time, content: Content, ttl_s: u32) -> Answer {
        let expires = now.after(u64::from(ttl_s.min(MAX_TTL_S)) * SECOND_MS);
        Answer { content, fetched_at: now, expires, serial: self.serial }
    }

    /// Everything that is known, expired or not.
    pub fn iter(&self) -> impl Iterator<Item = (&Question, Option<&Answer>, Option<&Answer>)> {
        self.entries.iter().map(|(question, entry)| (question, entry.answer.as_ref(), entry.hint.as_ref()))
    }

    /// Puts in what was known before a restart, unless something newer is there, or no place is left: what came first was
    /// used no less recently.
    pub fn restore(&mut self, now: Time, question: Question, content: Content, expires: Time, is_hint: bool) {
        let is_known = self.entries.get(&question).is_some();
        if !is_known && self.entries.len() >= self.limit {
            return;
        }
        let answer = Answer { content, fetched_at: now, expires, serial: self.serial };
        let entry = self.entry(&question);
        let place = if is_hint { &mut entry.hint } else { &mut entry.answer };
        place.get_or_insert(answer);
    }

    /// Failures are forgotten: other servers may know better.
    pub fn clear_holds(&mut self) {
        self.entries.retain(|entry| {
            entry.hold = None;
            entry.answer.is_some() || entry.hint.is_some()
        });
    }

    /// Nothing holds any more: it has to be asked anew. Until there are answers, what was known is better than nothing.
    pub fn expire(&mut self, now: Time) {
        for entry in self.entries.values_mut() {
            for answer in [&mut entry.answer, &mut entry.hint].into_iter().flatten() {
                answer.expires = answer.expires.min(now);
            }
            entry.hold = None;
        }
    }

    /// The records, with TTLs as they count here, in the order of the previous answer if that had the same set.
    fn in_kept_order(&self, question: &Question, mut records: Vec<Record>) -> Content {
        for record in &mut records {
            record.ttl_s = record.ttl_s.min(MAX_TTL_S);
        }
        let entry = self.entries.get(question);
        for previous in entry.into_iter().flat_map(|entry| [&entry.answer, &entry.hint]).flatten() {
            let Content::Records(old) = &previous.content else { continue };
            let place = |record: &Record| old.iter().position(|kept| kept.data == record.data);
            if old.len() == records.len() && records.iter().all(|record| place(record).is_some()) {
                sort_short_by_key(&mut records, place);
                break;
            }
        }
        Content::Records(Arc::from(records))
    }

    /// The entry of a question; the least recently used one makes room for a new one.
    fn entry(&mut self, question: &Question) -> &mut Entry {
        if self.entries.get(question).is_none() && self.entries.len() >= self.limit {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(question, _)| question.clone());
            if let Some(oldest) = oldest {
                self.entries.remove(&oldest);
                self.evictions += 1;
            }
        }
        self.uses += 1;
        let entry = self.entries.get_or_default(question.clone());
        entry.used = self.uses;
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, Content, Known};
    use crate::dns::testing::{name, question};
    use crate::dns::{Outcome, QueryFailure, Question, Record, RecordData, RecordKind};
    use crate::types::Time;

    fn pbx() -> Question {
        question("pbx.test", RecordKind::A)
    }

    fn addresses(last: &[u8], ttl_s: u32) -> Outcome {
        let record =
            |last: &u8| Record { name: name("pbx.test"), ttl_s, data: RecordData::Address([192, 0, 2, *last].into()) };
        Outcome::Records { records: last.iter().map(record).collect(), ttl_s, additional: Vec::new() }
    }

    fn order(cache: &mut Cache, question: &Question) -> Vec<u8> {
        let Some(answer) = cache.get(question).answer else { return Vec::new() };
        let Content::Records(records) = &answer.content else { return Vec::new() };
        let last = |record: &Record| match record.data {
            RecordData::Address(std::net::IpAddr::V4(ip)) => ip.octets()[3],
            _ => 0,
        };
        records.iter().map(last).collect()
    }

    #[test]
    fn the_same_set_in_another_order_changes_nothing() {
        let mut cache = Cache::new(8);
        cache.store(Time(0), &pbx(), addresses(&[3, 1, 2], 60));
        cache.store(Time(90_000), &pbx(), addresses(&[2, 3, 1], 60));
        assert_eq!(order(&mut cache, &pbx()), [3, 1, 2]);
        cache.store(Time(90_001), &pbx(), addresses(&[2, 3], 60));
        assert_eq!(order(&mut cache, &pbx()), [2, 3]);
        cache.store(Time(90_002), &pbx(), addresses(&[3, 4], 60));
        assert_eq!(order(&mut cache, &pbx()), [3, 4]);
    }

    #[test]
    fn an_answer_counts_for_its_ttl_and_at_most_a_day() {
        let mut cache = Cache::new(8);
        let mut expires = |ttl| match cache.store(Time(1_000), &pbx(), addresses(&[1], ttl)) {
            Known::Answer(answer) => answer.expires,
            Known::Failed(_) => Time::NEVER,
        };
        assert_eq!(expires(0), Time(1_000));
        assert_eq!(expires(60), Time(61_000));
        assert_eq!(expires(u32::MAX), Time(86_401_000));
    }

    #[test]
    fn a_failure_stands_beside_the_answer_for_five_seconds() {
        let mut cache = Cache::new(8);
        cache.store(Time(0), &pbx(), addresses(&[1], 60));
        cache.store(Time(10), &pbx(), Outcome::Failed(QueryFailure::Silent));
        let found = cache.get(&pbx());
        assert!(found.answer.is_some());
        assert_eq!(found.hold.unwrap().until, Time(5_010));
        cache.clear_holds();
        assert!(cache.get(&pbx()).hold.is_none() && cache.len() == 1);
        cache.store(Time(20), &pbx(), Outcome::Failed(QueryFailure::Silent));
        cache.store(Time(30), &pbx(), Outcome::NoData { ttl_s: 60 });
        assert!(cache.get(&pbx()).hold.is_none());
    }

    #[test]
    fn the_least_recently_used_entry_makes_room() {
        let mut cache = Cache::new(2);
        let names = ["a.test", "b.test", "c.test"].map(|text| question(text, RecordKind::A));
        cache.store(Time(0), &names[0], addresses(&[1], 60));
        cache.store(Time(0), &names[1], addresses(&[2], 60));
        cache.get(&names[0]);
        cache.store(Time(0), &names[2], addresses(&[3], 60));
        assert_eq!(cache.len(), 2);
        assert!(cache.get(&names[1]).answer.is_none() && cache.get(&names[0]).answer.is_some());
        assert_eq!(cache.evictions(), 1);
    }
}
