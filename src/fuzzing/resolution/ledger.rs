//! What was said by those who were asked.
//!
//! The ledger believes an answer under the conditions of RFC 5452 section 9.1, and of an answer only the records that
//! the question leads to. It knows nothing of caches and walks: it keeps everything, with the time.

use crate::dns::testing::{Message, Rcode};
use crate::dns::{Question, Record, RecordData, RecordKind, SrvTarget};
use crate::types::{Name, Time};

/// No record counts for longer than a day, seconds.
const MAX_TTL_S: u32 = 86_400;

/// A record that somebody entitled to it has said.
#[derive(Clone, Debug)]
pub struct Statement {
    pub record: Record,
    /// When, counted in messages.
    pub serial: u64,
    pub expires: Time,
    /// From the additional section.
    pub is_hint: bool,
}

#[derive(Default)]
pub struct Ledger {
    pub statements: Vec<Statement>,
    /// Messages so far.
    pub serial: u64,
}

impl Ledger {
    /// A message came in answer to this question, from a server that was asked, with the right id.
    pub fn learn(&mut self, now: Time, question: &Question, message: Message) {
        self.serial += 1;
        let is_answer = matches!(message.rcode, Rcode::NoError | Rcode::NoSuchName) && message.is_response;
        if !is_answer || message.truncated || message.question.as_ref() != Some(question) {
            return;
        }
        let names = alias_closure(&question.name, message.answers.iter());
        let (mut services, mut hosts) = (Vec::new(), Vec::new());
        for record in message.answers.iter().filter(|record| names.contains(&record.name)) {
            if !matches!(record.data.kind(), kind if kind == question.kind || kind == RecordKind::Cname) {
                continue;
            }
            self.add(now, record, false);
            if record.data.kind() == RecordKind::Naptr {
                services.extend(leads_to(record).cloned());
            }
            hosts.extend(leads_to(record).cloned());
        }
        let is_service = |record: &&Record| record.data.kind() == RecordKind::Srv && services.contains(&record.name);
        let in_passing: Vec<&Record> = message.additional.iter().filter(is_service).collect();
        hosts.extend(in_passing.iter().filter_map(|record| leads_to(record)).cloned());
        let is_address =
            |record: &&Record| matches!(record.data, RecordData::Address(_)) && hosts.contains(&record.name);
        for record in in_passing.into_iter().chain(message.additional.iter().filter(is_address)) {
            self.add(now, record, true);
        }
    }

    fn add(&mut self, now: Time, record: &Record, is_hint: bool) {
        let mut record = record.clone();
        record.ttl_s = record.ttl_s.min(MAX_TTL_S);
        let expires = now.after(u64::from(record.ttl_s) * 1_000);
        self.statements.push(Statement { record, serial: self.serial, expires, is_hint });
    }
}

/// The name and the aliases of it.
pub fn alias_closure<'a>(name: &Name, records: impl Iterator<Item = &'a Record>) -> Vec<Name> {
    closure(vec![name.clone()], records.filter(|record| record.data.kind() == RecordKind::Cname))
}

/// The names and all that the records of any of them lead to.
pub fn closure<'a>(mut names: Vec<Name>, records: impl Iterator<Item = &'a Record>) -> Vec<Name> {
    let mut steps: Vec<(&Name, &Name)> = records.filter_map(|record| Some((&record.name, leads_to(record)?))).collect();
    steps.sort();
    steps.dedup();
    loop {
        let before = names.len();
        for (from, to) in &steps {
            if names.contains(from) && !names.contains(to) {
                names.push((*to).clone());
            }
        }
        if names.len() == before {
            return names;
        }
    }
}

/// The name that a record leads on to.
pub fn leads_to(record: &Record) -> Option<&Name> {
    match &record.data {
        RecordData::Alias(name) => Some(name),
        RecordData::Srv(data) => match &data.target {
            SrvTarget::Name(name) => Some(name),
            SrvTarget::Address(_) | SrvTarget::NotOffered => None,
        },
        RecordData::Naptr(data) => data.replacement.as_ref(),
        RecordData::Address(_) => None,
    }
}
