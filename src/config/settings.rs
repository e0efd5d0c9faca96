//! The immutable result of a configuration: what the engine works with.
//!
//! Everything here is *effective*: clamps applied, inheritance resolved, old aliases followed, combinations without
//! effect already switched off. Nobody above this folder looks at provisioning keys.

use crate::types::{AccountId, Name, Server, TransportSetting};
use core::net::IpAddr;
use std::sync::Arc;

/// A configured host: a numeric address, or a name to be resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Host {
    /// IPv4 or IPv6 address, written with or without brackets.
    Address(IpAddr),
    /// Domain name.
    Name(Name),
}

/// How the account registers with two configured servers (`fallback.redundancy_type`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Redundancy {
    /// With both at once.
    Concurrent,
    /// With one at a time.
    Successive,
}

/// When a successive account that lost server 1 registers with server 2 (`fallback.register_switch`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegisterSwitch {
    /// When the binding at server 1 has expired.
    AtExpiry,
    /// At once.
    Immediate,
}

/// How an account returns to the primary of a list (`failback_mode`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailbackMode {
    /// Every new request starts at the primary.
    NewRequests,
    /// After the TTL of the current target's address record.
    DnsTtl,
    /// When the registration is renewed.
    Registration,
    /// After `failback_timeout`.
    Duration,
}

/// Probe of the primary before a failback (`failback_probe`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailbackProbe {
    /// No probe.
    None,
    /// A REGISTER.
    Register,
    /// An OPTIONS.
    Options,
}

/// Order of SRV records of equal priority (`srv_weight`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SrvWeight {
    /// The larger weight first, as the vendor guide says.
    HighestFirst,
    /// The weighted random order of RFC 2782.
    Random,
}

/// `dns_cache_type`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DnsCacheType {
    /// Each walk asks DNS.
    RealTime,
    /// Answers are cached, additional records ignored.
    Answers,
    /// Answers and fitting additional records are cached.
    AnswersAndAdditional,
}

/// `static.network.ip_address_mode`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IpAddressMode {
    /// Ask for A only.
    V4,
    /// Ask for AAAA only.
    V6,
    /// Ask for both.
    Both,
}

/// Responses that count as "server unavailable" (`failover_codes`).
///
/// `other` holds for every method but INVITE, `invite` for INVITE. `None` means the default set, which depends on the
/// method and is defined where outcomes are judged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FailoverCodes {
    /// Set for every method but INVITE: status codes 300..=699, classes already expanded, ascending, no duplicates.
    pub other: Option<Arc<[u16]>>,
    /// Set for INVITE, likewise.
    pub invite: Option<Arc<[u16]>>,
}

/// One configured server, or one configured outbound proxy with its inherited values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerSettings {
    /// The host as configured, without brackets: the name to verify in TLS (RFC 5922).
    pub host_text: Arc<str>,
    /// The host.
    pub host: Host,
    /// Port; 0 = find it in DNS.
    pub port: u16,
    /// Transport.
    pub transport: TransportSetting,
    /// Requested registration lifetime, seconds, 30..=2147483647.
    pub expires_s: u32,
    /// Retransmissions of a non-INVITE request, 0..=20.
    pub retry_counts: u8,
    /// Retransmissions of an INVITE, 1..=10.
    pub invite_retry_counts: u8,
    /// Register with a backup before sending other requests to it.
    pub register_on_enable: bool,
    /// Send only to the registered server. True only where its conditions hold.
    pub only_signal_with_registered: bool,
    /// Return to the primary. `NewRequests` for a numeric host.
    pub failback_mode: FailbackMode,
    /// Seconds until the return in mode duration: 0 = only when the current target fails, else 60..=65535.
    pub failback_timeout_s: u32,
    /// Re-SUBSCRIBE after registering on another address. True only in modes 1, 2, 3.
    pub failback_subscribe: bool,
    /// A failed target is tried last for this long, seconds, 0..=65535.
    pub quarantine_timeout_s: u32,
    /// Responses that count as failures.
    pub failover_codes: FailoverCodes,
    /// Probe before failback.
    pub failback_probe: FailbackProbe,
    /// Liveness OPTIONS, seconds: 0 = off, else 5..=3600.
    pub options_interval_s: u32,
    /// Losses in a row that make a failed server, 1..=10.
    pub options_max_lost: u8,
    /// Order of SRV records of equal priority.
    pub srv_weight: SrvWeight,
}

/// Pauses after every server failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetrySettings {
    /// `reg_fail_retry_interval`, seconds, 5..=1800; used when `min_s` is 0.
    pub interval_s: u32,
    /// `reg_failed_retry_min_time`, seconds, 0..=1800. 0 = no back-off.
    pub min_s: u32,
    /// `reg_failed_retry_max_time`, seconds, 0..=1800.
    pub max_s: u32,
}

/// DNS use of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccountDns {
    /// `dns_cache_type`.
    pub cache_type: DnsCacheType,
    /// `static_cache_pri` = 1.
    pub static_first: bool,
    /// `naptr_build` = 1.
    pub naptr_build_all: bool,
}

/// Everything about one enabled account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountSettings {
    /// X.
    pub id: AccountId,
    /// `label`.
    pub label: Arc<str>,
    /// `display_name`.
    pub display_name: Arc<str>,
    /// `auth_name`.
    pub auth_name: Arc<str>,
    /// `user_name`.
    pub user_name: Arc<str>,
    /// `password`; never logged.
    pub password: Secret,
    /// `sip_server.Y.address` as configured: the registrar's name in the request URI, proxies or not.
    pub registrars: [Option<Arc<str>>; 2],
    /// Where requests go: the SIP servers, or with an outbound proxy in effect the proxies.
    pub servers: [Option<ServerSettings>; 2],
    /// True when `servers` are outbound proxies.
    pub through_proxy: bool,
    /// How the account registers. `Successive` with an outbound proxy.
    pub redundancy: Redundancy,
    /// When server 2 takes over. `Immediate` with an outbound proxy.
    pub register_switch: RegisterSwitch,
    /// While on server 2: interval of REGISTER probes to server 1, seconds, at least 10
    /// (`fallback.timeout`, or `outbound_proxy_fallback_interval` with a proxy).
    pub probe_interval_s: u32,
    /// `fallback.unregister` = 1. Never with a proxy.
    pub unregister_after_recovery: bool,
    /// `accept_only_registered` = 1.
    pub accept_only_registered: bool,
    /// `allow_plain_failover` = 1.
    pub allow_plain_failover: bool,
    /// Pauses after every server failed.
    pub retry: RetrySettings,
    /// `sip.skip_redundant_failover_addr` = 1.
    pub skip_redundant_failover_addr: bool,
    /// DNS use.
    pub dns: AccountDns,
}

impl AccountSettings {
    /// Settings of server Y, if it has an address.
    #[must_use]
    pub fn server(&self, server: Server) -> Option<&ServerSettings> {
        self.servers[server.index()].as_ref()
    }
}

/// A text that never appears in logs or debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Arc<str>);

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("(secret)")
    }
}

/// A static address record (`dns_cache_a.N`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaticAddress {
    /// Owner.
    pub name: Name,
    /// Address.
    pub ip: IpAddr,
    /// Seconds, 30..=2147483647.
    pub ttl_s: u32,
}

/// A static SRV record (`dns_cache_srv.N`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaticSrv {
    /// Owner, e.g. `_sip._tcp.example.com`.
    pub name: Name,
    /// Port; 0 = the transport's default port.
    pub port: u16,
    /// Priority, the smaller first.
    pub priority: u16,
    /// Weight.
    pub weight: u16,
    /// Host: a name or a numeric address. `None` stands for ".": no such service.
    pub target: Option<Host>,
    /// Seconds, 30..=2147483647.
    pub ttl_s: u32,
}

/// A static NAPTR record (`dns_cache_naptr.N`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaticNaptr {
    /// Owner.
    pub name: Name,
    /// Order, the smaller first.
    pub order: u16,
    /// Preference within one order, the smaller first.
    pub preference: u16,
    /// Flags in lower case: "s", "a", "u", "p" or empty. A record that was given none although its replacement begins with
    /// `_`, as service names do, has "s".
    pub flags: Arc<str>,
    /// Service, e.g. `SIP+D2U`.
    pub service: Arc<str>,
    /// Replacement.
    pub replacement: Name,
    /// Seconds, 30..=2147483647.
    pub ttl_s: u32,
}

/// The static records of the device, in record-number order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StaticRecords {
    /// Complete `dns_cache_a.N` records.
    pub addresses: Vec<StaticAddress>,
    /// Complete `dns_cache_srv.N` records.
    pub srv: Vec<StaticSrv>,
    /// Complete `dns_cache_naptr.N` records.
    pub naptr: Vec<StaticNaptr>,
}

/// Settings of the whole device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceSettings {
    /// `static.network.primary_dns`, `.secondary_dns`, where given.
    pub dns_servers: Vec<IpAddr>,
    /// `static.network.dns.query_timeout`, milliseconds.
    pub dns_query_timeout_ms: u64,
    /// `static.network.dns.retry_times`: further tries after the first.
    pub dns_retry_times: u32,
    /// `sip.dns_transport_type` = 1.
    pub dns_over_tcp: bool,
    /// Which address records are asked for.
    pub ip_address_mode: IpAddressMode,
    /// Static records.
    pub static_records: Arc<StaticRecords>,
}

/// Everything the engine needs to know from a configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// The device.
    pub device: Arc<DeviceSettings>,
    /// Enabled accounts that have at least one server, ascending by id.
    pub accounts: Vec<Arc<AccountSettings>>,
    /// X can be 1..=this.
    pub max_accounts: u32,
}
