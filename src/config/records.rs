//! The static DNS records.

use super::diagnostics::{DiagnosticList, Severity};
use super::host;
use super::keys::Key;
use super::lookup::{RECORDS, Slot};
use super::settings::{StaticAddress, StaticNaptr, StaticRecords, StaticSrv};
use super::store::Config;
use crate::types::Name;
use std::sync::Arc;

/// The keys of one kind of record, and how many of the first ones a record cannot do without.
struct Family {
    keys: &'static [Key],
    required: usize,
}

const FAMILIES: [Family; 3] = [
    Family { keys: &[Key::AName, Key::AIp, Key::ATtl], required: 2 },
    Family {
        keys: &[Key::SrvName, Key::SrvTarget, Key::SrvPort, Key::SrvPriority, Key::SrvWeightOfRecord, Key::SrvTtl],
        required: 2,
    },
    Family {
        keys: &[
            Key::NaptrName,
            Key::NaptrReplace,
            Key::NaptrService,
            Key::NaptrFlags,
            Key::NaptrOrder,
            Key::NaptrPreference,
            Key::NaptrTtl,
        ],
        required: 3,
    },
];

/// The complete records, in order of their numbers.
pub(super) fn records(config: &Config) -> StaticRecords {
    StaticRecords {
        addresses: (1..=RECORDS).filter_map(|n| Record { config, n }.address()).collect(),
        srv: (1..=RECORDS).filter_map(|n| Record { config, n }.srv()).collect(),
        naptr: (1..=RECORDS).filter_map(|n| Record { config, n }.naptr()).collect(),
    }
}

/// Warns about records that lack something and are therefore not used, and about a slip that is read as what it means.
pub(super) fn warnings(config: &Config, found: &mut DiagnosticList) {
    for n in 1..=RECORDS {
        let record = Record { config, n };
        for family in &FAMILIES {
            incomplete(record, family, found);
        }
        if record.naptr().is_some() && !record.has(Key::NaptrFlags) && record.leads_to_srv() {
            let message = "the flags are taken as S, because the replacement is an SRV name: expected flags S";
            found.add(Severity::Warning, || config.warning(record.slot(Key::NaptrReplace), message.to_owned()));
        }
    }
}

fn incomplete(record: Record<'_>, family: &Family, found: &mut DiagnosticList) {
    let Some(&given) = family.keys.iter().find(|&&key| record.has(key)) else { return };
    let missing = family.keys.iter().take(family.required).filter(|&&key| !record.has(key));
    let missing: Vec<String> = missing.map(|&key| record.slot(key).name()).collect();
    if !missing.is_empty() {
        found.add(Severity::Warning, || {
            let message = format!("the static record is incomplete and not used: expected {} too", missing.join(", "));
            record.config.warning(record.slot(given), message)
        });
    }
}

/// The records of all kinds with one number.
#[derive(Clone, Copy)]
struct Record<'a> {
    config: &'a Config,
    n: u8,
}

impl<'a> Record<'a> {
    fn slot(self, key: Key) -> Slot {
        Slot { account: 0, key, index: self.n }
    }

    fn has(self, key: Key) -> bool {
        self.config.is_given(self.slot(key))
    }

    fn text(self, key: Key) -> Option<&'a str> {
        self.config.text(self.slot(key)).map(|text| &**text)
    }

    fn name(self, key: Key) -> Option<Name> {
        host::parse_name(self.text(key)?).ok()
    }

    fn int<T: TryFrom<i64> + Default>(self, key: Key) -> T {
        T::try_from(self.config.int(self.slot(key))).unwrap_or_default()
    }

    fn address(self) -> Option<StaticAddress> {
        let ip = host::parse_ip(self.text(Key::AIp)?)?;
        Some(StaticAddress { name: self.name(Key::AName)?, ip, ttl_s: self.int(Key::ATtl) })
    }

    fn srv(self) -> Option<StaticSrv> {
        let target = match self.text(Key::SrvTarget)? {
            "." => None,
            text => Some(host::parse_host(text).ok()?),
        };
        Some(StaticSrv {
            name: self.name(Key::SrvName)?,
            port: self.int(Key::SrvPort),
            priority: self.int(Key::SrvPriority),
            weight: self.int(Key::SrvWeightOfRecord),
            target,
            ttl_s: self.int(Key::SrvTtl),
        })
    }

    fn naptr(self) -> Option<StaticNaptr> {
        let flags = match self.text(Key::NaptrFlags) {
            Some(flags) => flags.to_ascii_lowercase(),
            None if self.leads_to_srv() => "s".to_owned(),
            None => String::new(),
        };
        Some(StaticNaptr {
            name: self.name(Key::NaptrName)?,
            order: self.int(Key::NaptrOrder),
            preference: self.int(Key::NaptrPreference),
            flags: Arc::from(flags),
            service: Arc::from(self.text(Key::NaptrService)?),
            replacement: self.name(Key::NaptrReplace)?,
            ttl_s: self.int(Key::NaptrTtl),
        })
    }

    /// True if the replacement of the NAPTR record is the name of an SRV record.
    fn leads_to_srv(self) -> bool {
        self.text(Key::NaptrReplace).is_some_and(|name| name.starts_with('_'))
    }
}
