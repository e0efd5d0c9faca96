//! Whether a list of targets is justified by what was said and configured.

use super::ledger::{Ledger, Statement, alias_closure, closure};
use crate::config::{DeviceSettings, DnsCacheType, Host, IpAddressMode, StaticRecords};
use crate::dns::{NaptrData, Record, RecordData, SrvData, SrvTarget};
use crate::resolve::{Origin, Resolution, ResolveSpec, ResolvedTarget};
use crate::types::{Name, Time, Transport, TransportSetting};

/// Targets of one list.
const MAX_TARGETS: usize = 32;
/// How long after their end records may serve, ms.
const STALE_LIMIT_MS: u64 = 86_400_000;
/// What may stand before a domain in the name of its SRV records.
const SERVICES: [&str; 4] = ["_sip._udp", "_sip._tcp", "_sips._tcp", "_sip._sctp"];

/// A job as it was started.
#[derive(Clone, Debug)]
pub struct Started {
    pub spec: ResolveSpec,
    pub at: Time,
    /// Serial of the ledger then.
    pub serial: u64,
    /// Serial of the ledger when everything was forgotten last.
    pub flushed: u64,
}

impl Started {
    /// The statements that this job may use; `expired`: also those that may serve while no server answers.
    fn usable<'a>(&self, ledger: &'a Ledger, expired: bool) -> Vec<&'a Statement> {
        let cache_type = self.spec.dns.cache_type;
        let usable = |statement: &&Statement| {
            let is_news = statement.serial > self.serial;
            let is_cached = match expired {
                true => statement.expires.after(STALE_LIMIT_MS) > self.at,
                false => statement.serial > self.flushed && statement.expires > self.at,
            };
            (is_news || is_cached && cache_type != DnsCacheType::RealTime)
                && (!statement.is_hint || cache_type == DnsCacheType::AnswersAndAdditional)
        };
        ledger.statements.iter().filter(usable).collect()
    }

    /// The names that may be asked about for this job: what the configured one leads to.
    pub fn names(&self, ledger: &Ledger, statics: &[Record]) -> Vec<Name> {
        let Host::Name(host) = &self.spec.host else { return Vec::new() };
        let mut names = vec![host.clone()];
        names.extend(SERVICES.iter().filter_map(|service| host.below(service).ok()));
        let usable = self.usable(ledger, true);
        closure(names, usable.iter().map(|statement| &statement.record).chain(statics))
    }

    /// Holds the list against everything that is known.
    pub fn check(&self, resolution: &Resolution, ledger: &Ledger, statics: &[Record], now: Time) {
        let targets = &resolution.targets;
        assert!(targets.len() <= MAX_TARGETS, "{} targets", targets.len());
        assert_eq!(targets.is_empty(), resolution.failure.is_some(), "an empty list says why, no other does");
        assert!(resolution.valid_until >= self.at, "a list that held no more before it was asked for");
        for (place, target) in targets.iter().enumerate() {
            let same = |other: &ResolvedTarget| (other.transport, other.address) == (target.transport, target.address);
            assert!(!targets[..place].iter().any(same), "{target:?} is there twice");
            assert!(!target.address.ip().is_unspecified(), "nobody is at {target:?}");
            self.check_transport(target.transport);
        }
        if targets.iter().all(|target| target.origin == Origin::Literal) {
            assert!(targets.is_empty() || matches!(self.spec.host, Host::Address(ip) if targets[0].address.ip() == ip));
            return;
        }
        if targets.iter().all(|target| target.origin == Origin::Live) && statics.is_empty() {
            assert!(resolution.valid_until <= now.after(86_400_000), "valid for more than a day");
        }
        let records = |expired| -> Vec<Record> {
            self.usable(ledger, expired).into_iter().map(|statement| statement.record.clone()).collect()
        };
        let (live, known) = (records(false), records(true));
        let names = self.names(ledger, statics);
        for target in targets {
            let case = Case { started: self, target, names: &names, live: &live, known: &known, statics };
            assert!(case.is_justified(), "{target:?} comes from nowhere");
        }
    }

    fn check_transport(&self, transport: Transport) {
        match self.spec.transport {
            TransportSetting::Fixed(fixed) => assert_eq!(transport, fixed),
            // An address leaves no choice but the default, which is UDP or what there is.
            TransportSetting::DnsNaptr => assert!(self.spec.supported.contains(transport), "{transport:?}"),
        }
    }
}

/// One target and what could justify it.
struct Case<'a> {
    started: &'a Started,
    target: &'a ResolvedTarget,
    names: &'a [Name],
    live: &'a [Record],
    /// Also expired.
    known: &'a [Record],
    statics: &'a [Record],
}

impl Case<'_> {
    fn is_justified(&self) -> bool {
        let target = self.target;
        let of_origin = match target.origin {
            Origin::Static => self.statics,
            Origin::Stale => self.known,
            Origin::Live | Origin::Literal => self.live,
        };
        let Some(host) = &target.host else {
            // An address in place of a host in an SRV record.
            return of_origin.iter().any(|record| {
                let RecordData::Srv(data) = &record.data else { return false };
                self.names.contains(&record.name)
                    && data.target == SrvTarget::Address(target.address.ip())
                    && (record.ttl_s, self.port(data)) == (target.ttl_s, target.address.port())
            });
        };
        let owners = alias_closure(host, self.known.iter());
        let has_address = of_origin.iter().any(|record| {
            owners.contains(&record.name)
                && record.ttl_s == target.ttl_s
                && record.data == RecordData::Address(target.address.ip())
        });
        self.names.contains(host) && self.family_is_wanted() && has_address && self.port_is_justified(host)
    }

    fn family_is_wanted(&self) -> bool {
        match self.started.spec.ip_address_mode {
            IpAddressMode::V4 => self.target.address.is_ipv4(),
            IpAddressMode::V6 => self.target.address.is_ipv6(),
            IpAddressMode::Both => true,
        }
    }

    fn port_is_justified(&self, host: &Name) -> bool {
        let port = self.target.address.port();
        if self.started.spec.port != 0 {
            return port == self.started.spec.port;
        }
        let names_port = |record: &Record| match &record.data {
            RecordData::Srv(data) => data.target == SrvTarget::Name(host.clone()) && self.port(data) == port,
            _ => false,
        };
        port == self.target.transport.default_port() || self.known.iter().chain(self.statics).any(names_port)
    }

    fn port(&self, data: &SrvData) -> u16 {
        if data.port == 0 { self.target.transport.default_port() } else { data.port }
    }
}

/// The static records of a configuration as records.
pub fn static_records(device: &DeviceSettings) -> Vec<Record> {
    let StaticRecords { addresses, srv, naptr } = &*device.static_records;
    let addresses = addresses.iter().map(|record| Record {
        name: record.name.clone(),
        ttl_s: record.ttl_s,
        data: RecordData::Address(record.ip),
    });
    let srv = srv.iter().map(|record| {
        let target = match &record.target {
            None => SrvTarget::NotOffered,
            Some(Host::Address(ip)) => SrvTarget::Address(*ip),
            Some(Host::Name(name)) => SrvTarget::Name(name.clone()),
        };
        let (priority, weight, port) = (record.priority, record.weight, record.port);
        let data = RecordData::Srv(SrvData { priority, weight, port, target });
        Record { name: record.name.clone(), ttl_s: record.ttl_s, data }
    });
    let naptr = naptr.iter().map(|record| {
        let data = RecordData::Naptr(NaptrData {
            order: record.order,
            preference: record.preference,
            flags: record.flags.as_bytes().to_vec().into(),
            service: record.service.as_bytes().to_vec().into(),
            has_regexp: false,
            replacement: Some(record.replacement.clone()),
        });
        Record { name: record.name.clone(), ttl_s: record.ttl_s, data }
    });
    addresses.chain(srv).chain(naptr).collect()
}
