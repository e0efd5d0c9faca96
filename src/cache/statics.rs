//! The static records of the configuration, by question.

use crate::config::{Host, StaticRecords};
use crate::dns::{NaptrData, Question, Record, RecordData, RecordKind, SrvData, SrvTarget, naptr_text};
use crate::types::{Name, SortedMap};
use std::sync::Arc;

/// Static records, findable by question; within one question in record-number order.
#[derive(Debug, Default)]
pub struct StaticStore {
    // At most 36 records of three kinds, so a look-up just goes through them.
    sets: Vec<(Question, Arc<[Record]>)>,
}

impl StaticStore {
    /// The store of these records.
    #[must_use]
    pub fn new(records: &StaticRecords) -> StaticStore {
        let mut sets: SortedMap<Question, Vec<Record>> = SortedMap::default();
        let mut put = |name: &Name, ttl_s: u32, data: RecordData| {
            let question = Question { name: name.clone(), kind: data.kind() };
            sets.get_or_default(question).push(Record { name: name.clone(), ttl_s, data });
        };
        for record in &records.addresses {
            put(&record.name, record.ttl_s, RecordData::Address(record.ip));
        }
        for record in &records.srv {
            let target = match &record.target {
                None => SrvTarget::NotOffered,
                Some(Host::Address(ip)) => SrvTarget::Address(*ip),
                Some(Host::Name(name)) => SrvTarget::Name(name.clone()),
            };
            let (priority, weight, port) = (record.priority, record.weight, record.port);
            put(&record.name, record.ttl_s, RecordData::Srv(SrvData { priority, weight, port, target }));
        }
        for record in &records.naptr {
            let data = NaptrData {
                order: record.order,
                preference: record.preference,
                flags: naptr_text(record.flags.as_bytes()),
                service: naptr_text(record.service.as_bytes()),
                has_regexp: false,
                replacement: Some(record.replacement.clone()),
            };
            put(&record.name, record.ttl_s, RecordData::Naptr(data));
        }
        StaticStore { sets: sets.into_iter().map(|(question, records)| (question, Arc::from(records))).collect() }
    }

    /// The static records that answer a question.
    #[must_use]
    pub fn get(&self, question: &Question) -> Option<&Arc<[Record]>> {
        self.sets.iter().find(|(held, _)| held == question).map(|(_, records)| records)
    }

    /// True if a static record of this kind has this name.
    #[must_use]
    pub fn has(&self, name: &Name, kind: RecordKind) -> bool {
        self.sets.iter().any(|(held, _)| held.name == *name && held.kind == kind)
    }
}
