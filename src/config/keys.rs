//! The table of provisioning keys. Each key is declared here and nowhere else.
//!
//! A row reads: our own word for the key, its name, and its rule. Parser, setter, getter, diagnostics and key
//! information all work from the row. In a name, the segment X stands for the account (1 up to the configured
//! maximum), Y for the server (1..2) and N for the static record (1..12).
//!
//! A key of the outbound proxy that takes over the value of the SIP server with -1 is written `twin(key)`, the name a
//! key had in old firmware `alias(key, Y)`: both take type, range, unit and help from that key.

use super::row::{Body, Gap, Kind, Row, Rule, Source};
use super::value::MAX_TEXT;

/// A row without its name.
#[derive(Clone, Copy)]
struct Draft {
    body: Body,
    source: Source,
    since: &'static str,
}

const fn own(kind: Kind, default: &'static str, help: &'static str) -> Draft {
    let rule = Rule { kind, gap: Gap::None, default, unit: "", help };
    Draft { body: Body::Own(rule), source: Source::Guide, since: "" }
}

/// 0 or 1, 0 by default.
const fn flag(help: &'static str) -> Draft {
    own(Kind::Flag, "0", help)
}

const fn int(min: i64, max: i64, default: &'static str, help: &'static str) -> Draft {
    own(Kind::Int { min, max }, default, help)
}

/// Anything but an integer: empty by default.
const fn other(kind: Kind, help: &'static str) -> Draft {
    own(kind, "", help)
}

const fn text(help: &'static str) -> Draft {
    other(Kind::Text { max: MAX_TEXT }, help)
}

const fn port(help: &'static str) -> Draft {
    int(0, 65_535, "5060", help)
}

const fn ttl() -> Draft {
    int(30, MAX_SECONDS, "300", "Lifetime of the static record").seconds()
}

const fn twin(of: Key) -> Draft {
    Draft { body: Body::Twin(of), source: Source::Guide, since: FROM_82 }
}

const fn alias(of: Key, y: u8) -> Draft {
    Draft { body: Body::Alias { of, y }, source: Source::Guide, since: UP_TO_80 }
}

impl Draft {
    const fn with(mut self, gap: Gap, unit: &'static str) -> Draft {
        if let Body::Own(rule) = self.body {
            self.body = Body::Own(Rule { gap, unit, ..rule });
        }
        self
    }

    const fn seconds(self) -> Draft {
        match self.body {
            Body::Own(rule) => self.with(rule.gap, "s"),
            Body::Twin(_) | Body::Alias { .. } => self,
        }
    }

    /// Seconds from `from` up to `to` act as `to`.
    const fn raised(self, from: i64, to: i64) -> Draft {
        self.with(Gap::Raise { from, to }, "s")
    }

    /// Seconds from `from` up to, without, `to` are refused.
    const fn without(self, from: i64, to: i64) -> Draft {
        self.with(Gap::Refuse { from, to }, "s")
    }

    const fn vendor(self) -> Draft {
        Draft { source: Source::VendorGuides, since: "", ..self }
    }

    const fn extension(self) -> Draft {
        Draft { source: Source::Extension, since: "", ..self }
    }

    const fn since(self, since: &'static str) -> Draft {
        Draft { since, ..self }
    }
}

/// Largest number of seconds the guide allows anywhere: 2^31 - 1.
const MAX_SECONDS: i64 = 2_147_483_647;
const UP_TO_80: &str = "firmware up to version 80, not on SIP-T58A and CP960";
const PROXY_FROM_81: &str = "firmware 81 and later; all firmware of VP59, SIP-T58A and CP960";
const FROM_81: &str = "firmware 81 and later";
const FROM_82: &str = "firmware 82 and later";

/// What follows the last dot of a name.
const fn tail(pattern: &'static str) -> &'static str {
    let bytes = pattern.as_bytes();
    let mut start = bytes.len();
    while start > 0 && bytes[start - 1] != b'.' {
        start -= 1;
    }
    pattern.split_at(start).1
}

macro_rules! key_table {
    ($($key:ident $pattern:literal $draft:expr;)*) => {
        /// A provisioning key without its indices.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub(super) enum Key {
            $(#[doc = $pattern] $key),*
        }

        /// All provisioning keys; `ROWS[key as usize]` is the row of `key`.
        pub(super) static ROWS: &[Row] = &[$({
            let Draft { body, source, since } = $draft;
            Row { key: Key::$key, pattern: $pattern, tail: tail($pattern), body, source, since }
        }),*];
    };
}

key_table! {
    // Account and servers
    Enable "account.X.enable" flag("Account: 0 off, 1 on");
    Label "account.X.label" text("Label on the screen");
    DisplayName "account.X.display_name" text("Display name");
    AuthName "account.X.auth_name" text("User name for authentication");
    UserName "account.X.user_name" text("User name for registration");
    Password "account.X.password" other(Kind::Secret, "Password for authentication; never logged");

    ServerAddress "account.X.sip_server.Y.address"
        other(Kind::Host, "Registrar: IP address or domain name; empty = server Y is not configured");
    ServerPort "account.X.sip_server.Y.port" port("Port of the SIP server; 0 = find it in DNS");
    ServerTransport "account.X.sip_server.Y.transport_type"
        int(0, 3, "0", "Transport: 0 UDP, 1 TCP, 2 TLS, 3 DNS-NAPTR");
    Expires "account.X.sip_server.Y.expires"
        int(30, MAX_SECONDS, "3600", "Requested registration lifetime").seconds();
    RetryCounts "account.X.sip_server.Y.retry_counts"
        int(0, 20, "3", "Retransmissions of a request other than INVITE before the server counts as not responding");

    ProxyEnable "account.X.outbound_proxy_enable"
        flag("1: all requests outside dialogs go through the outbound proxy");
    ProxyAddress "account.X.outbound_proxy.Y.address"
        other(Kind::Host, "Outbound proxy: IP address or domain name; empty = proxy Y is not configured")
        .since(PROXY_FROM_81);
    ProxyPort "account.X.outbound_proxy.Y.port"
        port("Port of the outbound proxy; 0 = find it in DNS").since(PROXY_FROM_81);
    ProxyRetryCounts "account.X.outbound_proxy.Y.retry_counts" twin(Key::RetryCounts);
    ProxyTransport "account.X.outbound_proxy.Y.transport_type" twin(Key::ServerTransport).extension();
    OutboundHost "account.X.outbound_host" alias(Key::ProxyAddress, 1);
    OutboundPort "account.X.outbound_port" alias(Key::ProxyPort, 1);
    BackupOutboundHost "account.X.backup_outbound_host" alias(Key::ProxyAddress, 2);
    BackupOutboundPort "account.X.backup_outbound_port" alias(Key::ProxyPort, 2);

    // Fallback between the two configured servers
    RedundancyType "account.X.fallback.redundancy_type"
        int(0, 1, "0", "Registration: 0 with both servers at once, 1 with one after the other; not with a proxy");
    FallbackTimeout "account.X.fallback.timeout"
        int(10, MAX_SECONDS, "120", "Successive registration, on the fallback server: pause between REGISTER probes \
            of the working server").seconds();
    ProxyFallbackInterval "account.X.outbound_proxy_fallback_interval"
        int(10, MAX_SECONDS, "3600", "On the second outbound proxy: pause between REGISTER probes of the first one")
        .raised(i64::MIN, 10);
    FallbackUnregister "account.X.fallback.unregister"
        flag("1: remove the binding at the fallback server after recovery").extension();
    RegisterSwitch "account.X.fallback.register_switch"
        int(0, 1, "0", "Successive registration: 0 change to the fallback server when the binding has expired, \
            1 at once").extension();

    // Failover among the servers that one domain resolves to
    RegisterOnEnable "account.X.sip_server.Y.register_on_enable"
        flag("1: register with a backup before sending other requests to it");
    OnlySignal "account.X.sip_server.Y.only_signal_with_registered"
        flag("1: send only to the registered server; needs register_on_enable = 1 and failback_mode 1, 2 or 3")
        .since(FROM_81);
    InviteRetryCounts "account.X.sip_server.Y.invite_retry_counts"
        int(1, 10, "3", "Retransmissions of an INVITE before the next server is tried").since(FROM_81);
    FailbackMode "account.X.sip_server.Y.failback_mode"
        int(0, 3, "0", "Return to the primary: 0 with each new request, 1 after the DNS TTL, 2 when the registration \
            is renewed, 3 after failback_timeout");
    FailbackTimeout "account.X.sip_server.Y.failback_timeout"
        int(0, 65_535, "3600", "Failback mode 3: time until the return to the primary; 0 = stay until the current \
            server fails, 1 to 59 act as 60").raised(1, 60);
    FailbackSubscribe "account.X.sip_server.Y.failback_subscribe.enable"
        flag("1: subscribe again at once after registering on another IP address; failback modes 1, 2 and 3 only")
        .since(FROM_81);
    Quarantine "account.X.sip_server.Y.quarantine_timeout"
        int(0, 65_535, "0", "A target that failed is tried last for this long; 0 = failures are not remembered")
        .seconds().extension();
    FailoverCodes "account.X.sip_server.Y.failover_codes"
        other(Kind::Codes, "Responses that count as \"server unavailable\", e.g. 503,5xx,invite:503; - = none; \
            empty = 503 and 430, for REGISTER, OPTIONS and SUBSCRIBE also 408, 500, 502, 504").extension();
    FailbackProbe "account.X.sip_server.Y.failback_probe"
        int(0, 2, "0", "Probe of the primary before a failback: 0 none, 1 REGISTER, 2 OPTIONS").extension();
    OptionsInterval "account.X.sip_server.Y.options_interval"
        int(0, 3_600, "0", "Pause between OPTIONS that check the current target, at least 5; 0 = off")
        .without(1, 5).extension();
    OptionsMaxLost "account.X.sip_server.Y.options_max_lost"
        int(1, 10, "3", "Lost OPTIONS in a row that make a server a failed one").extension();
    SrvWeight "account.X.sip_server.Y.srv_weight"
        int(0, 1, "0", "SRV records of equal priority: 0 highest weight first, 1 random as in RFC 2782").extension();

    ProxyRegisterOnEnable "account.X.outbound_proxy.Y.register_on_enable" twin(Key::RegisterOnEnable);
    ProxyOnlySignal "account.X.outbound_proxy.Y.only_signal_with_registered" twin(Key::OnlySignal);
    ProxyInviteRetryCounts "account.X.outbound_proxy.Y.invite_retry_counts" twin(Key::InviteRetryCounts);
    ProxyFailbackMode "account.X.outbound_proxy.Y.failback_mode" twin(Key::FailbackMode);
    ProxyFailbackTimeout "account.X.outbound_proxy.Y.failback_timeout" twin(Key::FailbackTimeout);
    ProxyFailbackSubscribe "account.X.outbound_proxy.Y.failback_subscribe.enable" twin(Key::FailbackSubscribe);

    AcceptOnlyRegistered "account.X.accept_only_registered"
        flag("1: take incoming requests only from the registered server").extension();
    AllowPlainFailover "account.X.allow_plain_failover"
        flag("1: after a TLS failure transports without encryption may be tried").extension();
    RegFailRetryInterval "account.X.reg_fail_retry_interval"
        int(0, 1_800, "30", "Pause after every server failed, when reg_failed_retry_min_time is 0; 0 to 4 act as 5")
        .raised(0, 5).vendor();
    RegFailedRetryMin "account.X.reg_failed_retry_min_time"
        int(0, 1_800, "0", "Growing pause after every server failed (RFC 5626): base; 0 = off").seconds().vendor();
    RegFailedRetryMax "account.X.reg_failed_retry_max_time"
        int(0, 1_800, "60", "Growing pause after every server failed (RFC 5626): largest").seconds().vendor();
    SkipRedundantAddr "sip.skip_redundant_failover_addr"
        own(Kind::Flag, "1", "1: failover prefers another IP address to another port or transport of a silent one")
        .vendor();

    // DNS
    DnsCacheType "account.X.dns_cache_type"
        int(0, 2, "1", "0 ask DNS each time, 1 cache the answers, 2 cache answers and additional records");
    StaticCachePri "account.X.static_cache_pri" int(0, 1, "0", "0 ask DNS first, 1 use static records first");
    NaptrBuild "account.X.naptr_build"
        int(0, 1, "0", "No NAPTR record: 0 ask for SRV of UDP only, 1 of UDP, TCP and TLS");

    AName "dns_cache_a.N.name" other(Kind::Name, "Domain name of the static address record");
    AIp "dns_cache_a.N.ip" other(Kind::Ip, "Address in the static address record, IPv4 or IPv6");
    ATtl "dns_cache_a.N.ttl" ttl();
    SrvName "dns_cache_srv.N.name" other(Kind::Name, "Domain name of the static SRV record");
    SrvPort "dns_cache_srv.N.port"
        int(0, 65_535, "0", "Port in the static SRV record; 0 = the default port of the transport");
    SrvPriority "dns_cache_srv.N.priority" int(0, 65_535, "0", "Priority; the smaller value first");
    SrvTarget "dns_cache_srv.N.target"
        other(Kind::Target, "Host in the static SRV record; a single dot = no such service");
    SrvWeightOfRecord "dns_cache_srv.N.weight"
        int(0, 65_535, "0", "Weight among records of equal priority; the larger value first");
    SrvTtl "dns_cache_srv.N.ttl" ttl();
    NaptrName "dns_cache_naptr.N.name" other(Kind::Name, "Domain name of the static NAPTR record");
    NaptrFlags "dns_cache_naptr.N.flags"
        other(Kind::NaptrFlags, "S look up SRV next, A look up addresses next, U and P are not used for SIP");
    NaptrOrder "dns_cache_naptr.N.order" int(0, 65_535, "0", "Order; the smaller value first");
    NaptrPreference "dns_cache_naptr.N.preference"
        int(0, 65_535, "0", "Preference among records of equal order; the smaller value first");
    NaptrReplace "dns_cache_naptr.N.replace" other(Kind::Name, "Domain name of the next look-up");
    NaptrService "dns_cache_naptr.N.service"
        other(Kind::Text { max: 32 }, "Service: SIP+D2U UDP, SIP+D2T TCP, SIPS+D2T TLS, SIP+D2S SCTP");
    NaptrTtl "dns_cache_naptr.N.ttl" ttl();

    PrimaryDns "static.network.primary_dns"
        other(Kind::Ip, "First DNS server; empty = the firmware tells the library").vendor();
    SecondaryDns "static.network.secondary_dns"
        other(Kind::Ip, "Second DNS server; empty = the firmware tells the library").vendor();
    DnsQueryTimeout "static.network.dns.query_timeout"
        int(0, 65_535, "3", "Time to wait for an answer to one DNS query; 0 acts as 1").raised(0, 1).vendor();
    DnsRetryTimes "static.network.dns.retry_times"
        int(0, 65_535, "2", "Further tries after the first DNS query").vendor();
    DnsTransport "sip.dns_transport_type" int(0, 1, "0", "DNS queries: 0 over UDP, 1 over TCP").vendor();
    IpAddressMode "static.network.ip_address_mode"
        int(0, 2, "0", "Addresses asked for: 0 IPv4, 1 IPv6, 2 both").vendor();
}
