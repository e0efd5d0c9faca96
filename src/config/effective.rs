//! From values to settings: clamped, inherited, and with everything switched off that has no effect.

use super::codes;
use super::host;
use super::keys::Key;
use super::lookup::Slot;
use super::records;
use super::settings::{
    AccountDns, AccountSettings, DeviceSettings, DnsCacheType, FailbackMode, FailbackProbe, FailoverCodes,
    IpAddressMode, Redundancy, RegisterSwitch, RetrySettings, Secret, ServerSettings, Settings, SrvWeight,
};
use super::store::Config;
use super::view::{Account, BOTH, Endpoint};
use crate::types::{AccountId, SECOND_MS, Transport, TransportSetting};
use std::sync::Arc;

impl Config {
    /// The settings that these values amount to.
    ///
    /// A proxy key that is -1 takes the value of the SIP server with the same number, or of SIP server 1 where that
    /// one has no address. The same server provides what a proxy has no key of its own for (`failover_codes`,
    /// `quarantine_timeout`, ...). The registration lifetime asked for through proxies is that of the registrar: SIP
    /// server 1, or SIP server 2 where only that one has an address.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let accounts = self.accounts().filter_map(|x| Account { config: self, x }.settings().map(Arc::new));
        Settings { device: Arc::new(device(self)), accounts: accounts.collect(), max_accounts: self.max_accounts() }
    }
}

fn device(config: &Config) -> DeviceSettings {
    let slot = |key| Slot { account: 0, key, index: 0 };
    let server = |key| config.text(slot(key)).and_then(|text| host::parse_ip(text));
    DeviceSettings {
        dns_servers: [Key::PrimaryDns, Key::SecondaryDns].into_iter().filter_map(server).collect(),
        dns_query_timeout_ms: fit::<u64>(config.int(slot(Key::DnsQueryTimeout))) * SECOND_MS,
        dns_retry_times: fit(config.int(slot(Key::DnsRetryTimes))),
        dns_over_tcp: config.int(slot(Key::DnsTransport)) == 1,
        ip_address_mode: match config.int(slot(Key::IpAddressMode)) {
            1 => IpAddressMode::V6,
            2 => IpAddressMode::Both,
            _ => IpAddressMode::V4,
        },
        static_records: Arc::new(records::records(config)),
    }
}

/// A number in the type of its setting. Every value was checked against its range, so nothing is ever cut here.
fn fit<T: TryFrom<i64> + Default>(number: i64) -> T {
    T::try_from(number).unwrap_or_default()
}

impl Account<'_> {
    /// The settings of the account, if it is on and has a registrar.
    fn settings(self) -> Option<AccountSettings> {
        if !self.flag(Key::Enable) || !self.has_server() {
            return None;
        }
        let text = |key| self.text(key).cloned().unwrap_or_else(|| Arc::from(""));
        let proxy = self.through_proxy();
        let successive = proxy || self.int(Key::RedundancyType) == 1;
        let immediate = proxy || self.int(Key::RegisterSwitch) == 1;
        let interval = if proxy { Key::ProxyFallbackInterval } else { Key::FallbackTimeout };
        let skip_addresses = Slot { account: 0, key: Key::SkipRedundantAddr, index: 0 };
        Some(AccountSettings {
            id: AccountId(self.x),
            label: text(Key::Label),
            display_name: text(Key::DisplayName),
            auth_name: text(Key::AuthName),
            user_name: text(Key::UserName),
            password: Secret(text(Key::Password)),
            registrars: BOTH.map(|y| self.server_address(y).cloned()),
            servers: self.endpoints().map(Endpoint::settings),
            through_proxy: proxy,
            redundancy: if successive { Redundancy::Successive } else { Redundancy::Concurrent },
            register_switch: if immediate { RegisterSwitch::Immediate } else { RegisterSwitch::AtExpiry },
            probe_interval_s: fit(self.int(interval)),
            unregister_after_recovery: !proxy && self.flag(Key::FallbackUnregister),
            accept_only_registered: self.flag(Key::AcceptOnlyRegistered),
            allow_plain_failover: self.flag(Key::AllowPlainFailover),
            retry: self.retry(),
            skip_redundant_failover_addr: self.config.int(skip_addresses) == 1,
            dns: self.dns(),
        })
    }

    fn retry(self) -> RetrySettings {
        RetrySettings {
            interval_s: fit(self.int(Key::RegFailRetryInterval)),
            min_s: fit(self.int(Key::RegFailedRetryMin)),
            max_s: fit(self.int(Key::RegFailedRetryMax)),
        }
    }

    fn dns(self) -> AccountDns {
        let cache_type = match self.int(Key::DnsCacheType) {
            0 => DnsCacheType::RealTime,
            2 => DnsCacheType::AnswersAndAdditional,
            _ => DnsCacheType::Answers,
        };
        AccountDns {
            cache_type,
            static_first: self.flag(Key::StaticCachePri) && cache_type != DnsCacheType::RealTime,
            naptr_build_all: self.flag(Key::NaptrBuild),
        }
    }

    /// The requested registration lifetime at this endpoint.
    fn expires(self, endpoint: Endpoint<'_>) -> i64 {
        let registrar = match endpoint.proxy {
            false => endpoint.y,
            true if self.server_address(1).is_none() => 2,
            true => 1,
        };
        self.config.int(self.slot_of(Key::Expires, registrar))
    }
}

impl Endpoint<'_> {
    fn settings(self) -> Option<ServerSettings> {
        let address = self.address()?;
        Some(ServerSettings {
            host_text: Arc::from(host::bare(address)),
            host: self.host()?,
            port: fit(self.port()),
            transport: self.transport(),
            expires_s: fit(self.account.expires(self)),
            retry_counts: fit(self.int(Key::RetryCounts)),
            invite_retry_counts: fit(self.int(Key::InviteRetryCounts)),
            register_on_enable: self.flag(Key::RegisterOnEnable),
            only_signal_with_registered: self.only_signal(),
            failback_mode: match self.failback_mode() {
                1 => FailbackMode::DnsTtl,
                2 => FailbackMode::Registration,
                3 => FailbackMode::Duration,
                _ => FailbackMode::NewRequests,
            },
            failback_timeout_s: fit(self.int(Key::FailbackTimeout)),
            failback_subscribe: self.failback_subscribe(),
            quarantine_timeout_s: fit(self.int(Key::Quarantine)),
            failover_codes: self.failover_codes(),
            failback_probe: match self.int(Key::FailbackProbe) {
                1 => FailbackProbe::Register,
                2 => FailbackProbe::Options,
                _ => FailbackProbe::None,
            },
            options_interval_s: fit(self.int(Key::OptionsInterval)),
            options_max_lost: fit(self.int(Key::OptionsMaxLost)),
            srv_weight: if self.flag(Key::SrvWeight) { SrvWeight::Random } else { SrvWeight::HighestFirst },
        })
    }

    fn transport(self) -> TransportSetting {
        match self.int(Key::ServerTransport) {
            1 => TransportSetting::Fixed(Transport::Tcp),
            2 => TransportSetting::Fixed(Transport::Tls),
            3 => TransportSetting::DnsNaptr,
            _ => TransportSetting::Fixed(Transport::Udp),
        }
    }

    fn failover_codes(self) -> FailoverCodes {
        let text = self.account.config.text(self.origin(Key::FailoverCodes));
        text.and_then(|text| codes::parse(text)).unwrap_or_default()
    }
}
