//! A resolver in front of a small DNS that is given as data.

mod additional;
mod caching;
mod names;
mod order;
mod statics;

use super::{JobId, Origin, Resolution, ResolveOutput, ResolveSpec, Resolver, ResolverOptions, Stage};
use crate::config::{
    AccountDns, DeviceSettings, DnsCacheType, Host, IpAddressMode, SrvWeight, StaticAddress, StaticNaptr,
    StaticRecords, StaticSrv,
};
use crate::dns::testing::{Reply, address, alias, asked, name, naptr, soa, srv};
use crate::types::{Families, Random, Time, Transport, TransportSet, TransportSetting};
use std::sync::Arc;

/// How a DNS server behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    Good,
    Silent,
    ServFail,
}

/// The records there are, in wire form, with owner and type.
#[derive(Default)]
pub struct Zone {
    records: Vec<(String, u16, Vec<u8>)>,
    /// Owners whose records every answer has in its additional section.
    pub additional: Vec<&'static str>,
    /// Questions that no server answers.
    pub mute: Vec<(&'static str, u16)>,
}

impl Zone {
    pub fn a(mut self, owner: &str, ttl: u32, ip: &str) -> Zone {
        let kind = if ip.contains(':') { 28 } else { 1 };
        self.records.push((owner.into(), kind, address(owner, ttl, ip)));
        self
    }

    pub fn srv(mut self, owner: &str, ttl: u32, numbers: [u16; 3], target: &str) -> Zone {
        self.records.push((owner.into(), 33, srv(owner, ttl, numbers, target)));
        self
    }

    pub fn naptr(mut self, owner: &str, ttl: u32, numbers: [u16; 2], texts: [&str; 3], replacement: &str) -> Zone {
        self.records.push((owner.into(), 35, naptr(owner, ttl, numbers, texts, replacement)));
        self
    }

    pub fn alias(mut self, owner: &str, ttl: u32, target: &str) -> Zone {
        self.records.push((owner.into(), 5, alias(owner, ttl, target)));
        self
    }

    pub fn mute(mut self, owner: &'static str, kind: u16) -> Zone {
        self.mute.push((owner, kind));
        self
    }

    fn reply(&self, query: &[u8]) -> Vec<u8> {
        let (owner, kind) = asked(query);
        let owner = &owner;
        let of = |wanted: u16| self.records.iter().filter(move |(name, kind, _)| name == owner && *kind == wanted);
        let mut found: Vec<Vec<u8>> = of(kind).map(|(_, _, bytes)| bytes.clone()).collect();
        found.extend(of(5).map(|(_, _, bytes)| bytes.clone()));
        if !found.is_empty() {
            let adds = |name: &str| self.additional.contains(&name);
            let extra = self.records.iter().filter(|(name, ..)| adds(name)).map(|(_, _, bytes)| bytes.clone());
            return Reply::to(query).answers(found).additional(extra).bytes();
        }
        let exists = self.records.iter().any(|(name, ..)| name == owner);
        Reply::to(query).code(if exists { 0 } else { 3 }).authority([soa("test", 120, 120)]).bytes()
    }
}

pub struct Bench {
    pub resolver: Resolver,
    pub out: ResolveOutput,
    pub zone: Zone,
    pub servers: Vec<Mood>,
    pub now: u64,
    /// Every question sent, as "type name".
    pub asked: Vec<String>,
    /// Answer from the last question to the first.
    pub backwards: bool,
}

impl Bench {
    pub fn new(zone: Zone) -> Bench {
        Bench::with(zone, &[Mood::Good], ResolverOptions::default())
    }

    pub fn with(zone: Zone, servers: &[Mood], options: ResolverOptions) -> Bench {
        let mut bench = Bench {
            resolver: Resolver::new(options, Random::new(&[3; 32])),
            out: ResolveOutput::default(),
            zone,
            servers: servers.to_vec(),
            now: 1_000,
            asked: Vec::new(),
            backwards: false,
        };
        bench.resolver.set_servers(Time(bench.now), servers.len(), &mut bench.out);
        bench
    }

    pub fn statics(mut self, records: StaticRecords) -> Bench {
        self.resolver.configure(&device(records));
        self
    }

    pub fn start(&mut self, spec: &ResolveSpec) -> JobId {
        self.resolver.start(Time(self.now), spec, &mut self.out).unwrap()
    }

    /// Answers what was sent, as the servers would.
    pub fn serve(&mut self) -> usize {
        let mut datagrams: Vec<_> = self.out.sends.drain(..).collect();
        if self.backwards {
            datagrams.reverse();
        }
        let count = datagrams.len();
        for datagram in datagrams {
            let (owner, kind) = asked(&datagram.bytes);
            self.asked.push(format!("{} {owner}", kind_text(kind)));
            let mute = self.zone.mute.iter().any(|(name, muted)| *name == owner && *muted == kind);
            let bytes = match self.servers[datagram.server.0 as usize] {
                Mood::Silent => continue,
                Mood::Good if mute => continue,
                Mood::Good => self.zone.reply(&datagram.bytes),
                Mood::ServFail => Reply::to(&datagram.bytes).code(2).bytes(),
            };
            self.resolver.handle_datagram(Time(self.now), datagram.server, &bytes, &mut self.out);
        }
        count
    }

    /// Runs until the job ends, or until the wait for DNS is over and there is something to go on with.
    pub fn finish(&mut self, job: JobId) -> Resolution {
        self.run_until(job, |list| match list.stage {
            Stage::Done => true,
            Stage::Waited => !list.targets.is_empty(),
            Stage::Begun => false,
        })
    }

    /// Runs until the job has made a list like this.
    pub fn run_until(&mut self, job: JobId, wanted: impl Fn(&Resolution) -> bool) -> Resolution {
        for _ in 0..10_000 {
            let serves = |(id, list): &(JobId, Resolution)| *id == job && wanted(list);
            if let Some(place) = self.out.lists.iter().position(serves) {
                return self.out.lists.remove(place).unwrap().1;
            }
            if self.serve() == 0 {
                let next = self.resolver.next_deadline().expect("a job under way waits for something");
                self.now = self.now.max(next.0);
                self.resolver.handle_timer(Time(self.now), &mut self.out);
            }
        }
        panic!("the job never ends");
    }

    pub fn resolve(&mut self, spec: &ResolveSpec) -> Resolution {
        let job = self.start(spec);
        self.finish(job)
    }
}

fn kind_text(kind: u16) -> &'static str {
    match kind {
        1 => "A",
        28 => "AAAA",
        33 => "SRV",
        35 => "NAPTR",
        _ => "?",
    }
}

/// Port 0, DNS-NAPTR, IPv4, everything else as in the provisioning defaults.
pub fn spec(host: &str) -> ResolveSpec {
    ResolveSpec {
        host: host.parse().map_or_else(|_| Host::Name(name(host)), Host::Address),
        port: 0,
        transport: TransportSetting::DnsNaptr,
        dns: AccountDns { cache_type: DnsCacheType::Answers, static_first: false, naptr_build_all: false },
        supported: TransportSet::DEFAULT,
        ip_address_mode: IpAddressMode::V4,
        families: Families::default(),
        srv_weight: SrvWeight::HighestFirst,
        tie_break: 7,
    }
}

pub fn fixed(host: &str, transport: Transport) -> ResolveSpec {
    ResolveSpec { transport: TransportSetting::Fixed(transport), ..spec(host) }
}

pub fn device(records: StaticRecords) -> DeviceSettings {
    DeviceSettings {
        dns_servers: Vec::new(),
        dns_query_timeout_ms: 3_000,
        dns_retry_times: 2,
        dns_over_tcp: false,
        ip_address_mode: IpAddressMode::V4,
        static_records: Arc::new(records),
    }
}

pub fn static_a(owner: &str, ip: &str) -> StaticAddress {
    StaticAddress { name: name(owner), ip: ip.parse().unwrap(), ttl_s: 3_600 }
}

pub fn static_srv(owner: &str, weight: u16, target: &str) -> StaticSrv {
    let target = match target {
        "." => None,
        text => Some(text.parse().map_or_else(|_| Host::Name(name(text)), Host::Address)),
    };
    StaticSrv { name: name(owner), port: 5060, priority: 0, weight, target, ttl_s: 3_600 }
}

pub fn static_naptr(owner: &str, order: u16, flags: &str, service: &str, replacement: &str) -> StaticNaptr {
    StaticNaptr {
        name: name(owner),
        order,
        preference: 50,
        flags: flags.into(),
        service: service.into(),
        replacement: name(replacement),
        ttl_s: 3_600,
    }
}

/// The list as text, "udp 192.0.2.1:5060".
pub fn list(resolution: &Resolution) -> Vec<String> {
    resolution.targets.iter().map(|target| format!("{} {}", target.transport.text(), target.address)).collect()
}

/// True if all targets come from there.
pub fn all_from(resolution: &Resolution, origin: Origin) -> bool {
    resolution.targets.iter().all(|target| target.origin == origin)
}
