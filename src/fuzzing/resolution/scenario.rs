//! What is configured: drawn from a small universe, so that names meet.

use super::super::input::Input;
use crate::config::{
    AccountDns, DeviceSettings, DnsCacheType, Host, IpAddressMode, SrvWeight, StaticAddress, StaticNaptr,
    StaticRecords, StaticSrv,
};
use crate::dns::testing::name;
use crate::resolve::{ResolveSpec, ResolverOptions};
use crate::types::{Families, Transport, TransportSet, TransportSetting};
use core::net::IpAddr;
use std::sync::Arc;

/// All names there are. The first is the domain that most jobs resolve.
pub const NAMES: [&str; 14] = [
    "pbx.test",
    "_sip._udp.pbx.test",
    "_sip._tcp.pbx.test",
    "_sips._tcp.pbx.test",
    "a.pbx.test",
    "b.pbx.test",
    "c.test",
    "_sip._udp.c.test",
    "test",
    "evil.example",
    "_sip._udp.evil.example",
    "192.0.2.77",
    // Too long to have SRV records.
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.\
     ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.dddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
    "x\u{1}\" \\y.test",
];

/// Whatever a device is told once.
pub struct Device {
    pub options: ResolverOptions,
    pub servers: usize,
    pub settings: DeviceSettings,
}

pub fn device(script: &mut Input<'_>) -> Device {
    let options = ResolverOptions {
        stale_limit_ms: 86_400_000,
        cache_entries: script.choose(&[256, 1, 2, 5]),
        dns_wait_ms: script.choose(&[1_800, 0, 60_000]),
    };
    let servers = script.choose(&[1, 2, 3, 0]);
    let settings = DeviceSettings {
        dns_servers: Vec::new(),
        dns_query_timeout_ms: script.choose(&[3_000, 100, 10_000]),
        dns_retry_times: script.choose(&[0, 1, 3]),
        dns_over_tcp: script.flag(),
        ip_address_mode: IpAddressMode::V4,
        static_records: Arc::new(static_records(script)),
    };
    Device { options, servers, settings }
}

fn static_records(script: &mut Input<'_>) -> StaticRecords {
    let mut records = StaticRecords::default();
    for _ in 0..script.below(6) {
        let ttl_s = script.choose(&[300, 30, i32::MAX as u32]);
        let owner = configurable(script);
        match script.below(3) {
            0 => records.addresses.push(StaticAddress { name: name(owner), ip: address(script), ttl_s }),
            1 => records.srv.push(StaticSrv {
                name: name(owner),
                port: script.choose(&[5060, 0, 7000]),
                priority: script.below(2) as u16,
                weight: script.below(3) as u16,
                target: script.flag().then(|| host(script)),
                ttl_s,
            }),
            _ => records.naptr.push(StaticNaptr {
                name: name(owner),
                order: script.below(2) as u16,
                preference: script.below(2) as u16,
                flags: script.choose(&["s", "a", "", "u"]).into(),
                service: script.choose(&["SIP+D2U", "SIP+D2T", "SIPS+D2T", ""]).into(),
                replacement: name(configurable(script)),
                ttl_s,
            }),
        }
    }
    records
}

/// A name that an administrator can write: no odd bytes, no address.
fn configurable(script: &mut Input<'_>) -> &'static str {
    NAMES[script.below(11)]
}

pub fn address(script: &mut Input<'_>) -> IpAddr {
    match script.byte() {
        255 => IpAddr::from([0, 0, 0, 0]),
        254 => IpAddr::from([0u16; 8]),
        last @ 128.. => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(last)]),
        last => IpAddr::from([192, 0, 2, last]),
    }
}

fn host(script: &mut Input<'_>) -> Host {
    match script.below(14) {
        11 => Host::Address(address(script)),
        12 => Host::Name(name(NAMES[12])),
        other => Host::Name(name(NAMES[other.min(10)])),
    }
}

pub fn spec(script: &mut Input<'_>) -> ResolveSpec {
    let host = if script.flag() { host(script) } else { Host::Name(name(NAMES[0])) };
    ResolveSpec {
        host,
        port: script.choose(&[0, 0, 0, 5070]),
        transport: match script.below(8) {
            0..=3 => TransportSetting::DnsNaptr,
            other => TransportSetting::Fixed(Transport::ALL[other - 4]),
        },
        dns: AccountDns {
            cache_type: script.choose(&[
                DnsCacheType::Answers,
                DnsCacheType::AnswersAndAdditional,
                DnsCacheType::RealTime,
            ]),
            static_first: script.flag(),
            naptr_build_all: script.flag(),
        },
        supported: TransportSet::from_bits(script.byte() % 16).unwrap_or(TransportSet::DEFAULT),
        families: Families::default(),
        ip_address_mode: script.choose(&[IpAddressMode::V4, IpAddressMode::Both, IpAddressMode::V6]),
        srv_weight: script.choose(&[SrvWeight::HighestFirst, SrvWeight::Random]),
        tie_break: u64::from(script.byte()),
    }
}
