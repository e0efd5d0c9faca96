//! The steps of RFC 3263 §4 as one pure function.

use super::naptr::{self, Next};
use super::order::{self, Service};
use super::spec::{Origin, ResolutionFailure, ResolutionNote, ResolveSpec, ResolvedTarget};
use super::view::{Lookup, View};
use crate::config::{Host, IpAddressMode};
use crate::dns::{Question, Record, RecordData, RecordKind, SrvTarget};
use crate::types::{Name, Time, Transport, TransportSetting};
use core::net::{IpAddr, SocketAddr};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Targets of one server. Walking 32 silent ones takes minutes already.
pub const MAX_TARGETS: usize = 32;
/// Look-ups in one walk: a bound for records that name a hundred hosts.
const MAX_LOOKUPS: u32 = 128;
/// NAPTR records that lead to NAPTR records, in a row.
const MAX_NAPTR_DEPTH: usize = 4;

/// The result of a walk. Unless `unknown` is empty, the rest is provisional.
#[derive(Debug)]
pub struct Walked {
    /// The list.
    pub targets: Vec<ResolvedTarget>,
    /// What has to be asked, each question once.
    pub unknown: Vec<Question>,
    /// Targets before the first thing that is unknown: nothing can come before or between them.
    pub settled: usize,
    /// Until when the records behind the list hold.
    pub expires: Time,
    /// True if a question was left without an answer.
    pub query_failed: bool,
    /// When asking again may help, if the list is empty.
    pub retry_at: Time,
    /// Why the list is empty, if it is.
    pub failure: ResolutionFailure,
    /// Remarks.
    pub notes: Vec<ResolutionNote>,
}

/// What became of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// Something is unknown yet.
    Pending,
    /// There were records, whether or not they led to an address.
    Led,
    /// A decided no.
    NotOffered,
    /// No records.
    Nothing,
}

/// Walks from the configured host to its targets, as far as the view knows. `room`: an empty list for the unknown.
pub fn walk(spec: &ResolveSpec, view: &mut dyn View, room: Vec<Question>) -> Walked {
    let mut walker = Walker {
        spec,
        view,
        lookups: 0,
        lookups_dropped: 0,
        dropped: BTreeSet::new(),
        result: Walked {
            targets: Vec::new(),
            unknown: room,
            settled: 0,
            expires: Time::NEVER,
            query_failed: false,
            retry_at: Time::NEVER,
            failure: ResolutionFailure::NoRecords,
            notes: Vec::new(),
        },
    };
    match &spec.host {
        Host::Address(ip) => {
            let transport = walker.fixed_transport().unwrap_or(walker.default_transport());
            let address = SocketAddr::new(*ip, port_or_default(spec.port, transport));
            let (origin, expires) = (Origin::Literal, Time::NEVER);
            walker.push(ResolvedTarget { transport, address, host: None, ttl_s: 0, origin, expires });
        }
        Host::Name(name) => walker.domain(name),
    }
    walker.finish()
}

fn port_or_default(port: u16, transport: Transport) -> u16 {
    if port == 0 { transport.default_port() } else { port }
}

/// What stands before the domain in the name of its SRV records (RFC 3263 §4.1). TLS has a scheme of its own, not a
/// protocol of its own: `_sips._tls` does not exist.
const fn service_prefix(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "_sip._udp",
        Transport::Tcp => "_sip._tcp",
        Transport::Tls => "_sips._tcp",
        Transport::Sctp => "_sip._sctp",
    }
}

/// Where an address record was found, and what the target made of it inherits.
#[derive(Clone, Copy)]
struct Way<'a> {
    host: &'a Name,
    transport: Transport,
    port: u16,
}

struct Walker<'a> {
    spec: &'a ResolveSpec,
    view: &'a mut dyn View,
    lookups: u32,
    lookups_dropped: u32,
    // Targets beyond the list's end.
    dropped: BTreeSet<(Transport, SocketAddr)>,
    result: Walked,
}

impl Walker<'_> {
    fn domain(&mut self, name: &Name) {
        let fixed = self.fixed_transport();
        let default = fixed.unwrap_or(self.default_transport());
        if self.spec.port != 0 {
            // A port says that there is nothing left to find but the address.
            self.addresses(Way { host: name, transport: default, port: self.spec.port });
            return;
        }
        if fixed.is_some() {
            return self.services_or_addresses(name, &[default], default);
        }
        if self.naptr(name, 0) == Step::Nothing {
            let candidates = self.candidates(name, default);
            self.services_or_addresses(name, &candidates, default);
        }
    }

    fn fixed_transport(&self) -> Option<Transport> {
        match self.spec.transport {
            TransportSetting::Fixed(transport) => Some(transport),
            TransportSetting::DnsNaptr => None,
        }
    }

    /// What is used where nothing says otherwise: UDP, as every SIP element has it (RFC 3261 §18), unless this one
    /// has not.
    fn default_transport(&self) -> Transport {
        Transport::ALL.into_iter().find(|transport| self.spec.supported.contains(*transport)).unwrap_or(Transport::Udp)
    }

    /// Transports whose SRV records are asked for when NAPTR tells nothing: the configured ones, and those that the
    /// administrator wrote static records for.
    fn candidates(&self, name: &Name, default: Transport) -> Vec<Transport> {
        let built = |transport| match transport {
            Transport::Udp | Transport::Tcp | Transport::Tls => self.spec.dns.naptr_build_all,
            Transport::Sctp => false,
        };
        let has_static = |transport| {
            name.below(service_prefix(transport)).is_ok_and(|name| self.view.has_static(&name, RecordKind::Srv))
        };
        let wanted = |transport: &Transport| {
            self.spec.supported.contains(*transport)
                && (*transport == default || built(*transport) || has_static(*transport))
        };
        Transport::ALL.into_iter().filter(wanted).collect()
    }

    /// All usable NAPTR records contribute, in order. `depth`: NAPTR records that led here. Its limit is what makes
    /// circles harmless.
    fn naptr(&mut self, name: &Name, depth: usize) -> Step {
        if depth >= MAX_NAPTR_DEPTH {
            self.result.failure = ResolutionFailure::TooLong;
            return Step::Nothing;
        }
        let (records, expires) = match self.look_up(name, RecordKind::Naptr) {
            Lookup::Found { records, expires, .. } => (records, expires),
            Lookup::Nothing { .. } => return Step::Nothing,
            Lookup::Unknown(_) => return Step::Pending,
        };
        let usable = naptr::usable(&records, self.spec.supported);
        let mut outcome = Step::Nothing;
        for (next, replacement) in usable {
            let step = match next {
                Next::Services(transport) => {
                    self.services(replacement, transport);
                    Step::Led
                }
                Next::Addresses(transport) => {
                    self.addresses(Way { host: replacement, transport, port: transport.default_port() });
                    Step::Led
                }
                Next::Naptr => self.naptr(replacement, depth + 1),
            };
            if step == Step::Pending || outcome == Step::Nothing {
                outcome = step;
            }
        }
        if outcome != Step::Nothing {
            self.result.expires = self.result.expires.min(expires);
        }
        outcome
    }

    fn services_or_addresses(&mut self, name: &Name, transports: &[Transport], default: Transport) {
        let mut steps = Vec::new();
        for transport in transports {
            let step = match name.below(service_prefix(*transport)) {
                Ok(service) => self.services(&service, *transport),
                // Too long to have SRV records.
                Err(_) => Step::Nothing,
            };
            steps.push((*transport, step));
        }
        if steps.contains(&(default, Step::NotOffered)) {
            self.result.failure = ResolutionFailure::NotOffered;
            return;
        }
        if steps.iter().all(|(_, step)| matches!(step, Step::Nothing | Step::NotOffered)) {
            self.addresses(Way { host: name, transport: default, port: default.default_port() });
        }
    }

    fn services(&mut self, service: &Name, transport: Transport) -> Step {
        let (records, origin, expires) = match self.look_up(service, RecordKind::Srv) {
            Lookup::Found { records, origin, expires } => (records, origin, expires),
            Lookup::Nothing { .. } => return Step::Nothing,
            Lookup::Unknown(_) => return Step::Pending,
        };
        let mut list: Vec<Service<'_>> = records
            .iter()
            .filter_map(|record| match &record.data {
                RecordData::Srv(data) if data.target != SrvTarget::NotOffered => {
                    Some(Service { data, ttl_s: record.ttl_s })
                }
                _ => None,
            })
            .collect();
        if list.is_empty() {
            self.result.failure = ResolutionFailure::NotOffered;
            self.result.retry_at = self.result.retry_at.min(expires);
            return Step::NotOffered;
        }
        self.result.expires = self.result.expires.min(expires);
        order::sort(&mut list, self.spec.srv_weight, self.spec.tie_break);
        for Service { data, ttl_s } in list {
            let port = port_or_default(data.port, transport);
            match &data.target {
                SrvTarget::Name(host) => self.addresses(Way { host, transport, port }),
                SrvTarget::Address(ip) => {
                    let address = SocketAddr::new(*ip, port);
                    self.push(ResolvedTarget { transport, address, host: None, ttl_s, origin, expires });
                }
                SrvTarget::NotOffered => {}
            }
        }
        Step::Led
    }

    /// The addresses of a host: with both families IPv6 first, the two kept together (RFC 7984 §4).
    fn addresses(&mut self, way: Way<'_>) {
        let kinds: &[RecordKind] = match self.spec.ip_address_mode {
            IpAddressMode::V4 => &[RecordKind::A],
            IpAddressMode::V6 => &[RecordKind::Aaaa],
            IpAddressMode::Both => &[RecordKind::Aaaa, RecordKind::A],
        };
        for kind in kinds {
            let has_route = if *kind == RecordKind::Aaaa { self.spec.families.v6 } else { self.spec.families.v4 };
            if !has_route {
                self.result.failure = ResolutionFailure::NoRoute;
            } else if let Lookup::Found { records, origin, expires } = self.look_up(way.host, *kind) {
                self.result.expires = self.result.expires.min(expires);
                self.push_addresses(way, &records, (origin, expires));
            }
        }
    }

    fn push_addresses(&mut self, way: Way<'_>, records: &Arc<[Record]>, (origin, expires): (Origin, Time)) {
        for record in records.iter() {
            if let RecordData::Address(ip) = record.data {
                self.push(ResolvedTarget {
                    transport: way.transport,
                    address: SocketAddr::new(ip, way.port),
                    host: Some(way.host.clone()),
                    ttl_s: record.ttl_s,
                    origin,
                    expires,
                });
            }
        }
    }

    fn look_up(&mut self, name: &Name, kind: RecordKind) -> Lookup {
        if self.lookups == MAX_LOOKUPS {
            self.lookups_dropped += 1;
            return Lookup::Nothing { why: ResolutionFailure::TooLong, expires: Time::NEVER };
        }
        self.lookups += 1;
        let found = self.view.lookup(&Question { name: name.clone(), kind });
        match &found {
            Lookup::Found { .. } => {}
            Lookup::Nothing { why, expires } => {
                // The last thing that was missing is what an administrator has to look for.
                self.result.failure = *why;
                self.result.retry_at = self.result.retry_at.min(*expires);
                if matches!(why, ResolutionFailure::Dns(_)) {
                    self.result.query_failed = true;
                }
            }
            Lookup::Unknown(question) => {
                if self.result.unknown.is_empty() {
                    self.result.settled = self.result.targets.len();
                }
                if !self.result.unknown.contains(question) {
                    self.result.unknown.push(question.clone());
                }
            }
        }
        found
    }

    fn push(&mut self, target: ResolvedTarget) {
        if !self.spec.families.contains(target.address.ip()) {
            self.result.failure = ResolutionFailure::NoRoute;
            return;
        }
        let identity = (target.transport, target.address);
        let is_listed = self.result.targets.iter().any(|other| (other.transport, other.address) == identity);
        if is_unusable(target.address.ip()) || is_listed {
            return;
        }
        if self.result.targets.len() == MAX_TARGETS {
            self.dropped.insert(identity);
        } else {
            self.result.targets.push(target);
        }
    }

    fn finish(mut self) -> Walked {
        if !self.dropped.is_empty() {
            self.result.notes.push(ResolutionNote::TargetsDropped(self.dropped.len() as u32));
        }
        if self.lookups_dropped > 0 {
            self.result.notes.push(ResolutionNote::LookupsDropped(self.lookups_dropped));
        }
        self.result
    }
}

/// "No address" (0.0.0.0, ::) is how some servers say that a host is blocked; sending there would reach this device.
fn is_unusable(ip: IpAddr) -> bool {
    ip.is_unspecified()
}
