//! Values that are right on their own and without effect together with the others.
//!
//! Judged is the whole configuration, after the last line: only values that were given (an empty one was not), and only
//! those that ask for something. A value that is inherited by two proxies is without effect when neither can use it.

use super::diagnostics::{DiagnosticList, Severity};
use super::keys::{Key, ROWS};
use super::lookup::Slot;
use super::records;
use super::row::Body;
use super::settings::{Host, StaticRecords};
use super::store::Config;
use super::view::{Account, Endpoint};

/// `transport_type` for DNS-NAPTR.
const DNS_NAPTR: i64 = 3;

/// Adds a warning for each value without effect.
pub(super) fn warnings(config: &Config, found: &mut DiagnosticList) {
    records::warnings(config, found);
    let records = records::records(config);
    for x in config.accounts() {
        let account = Account { config, x };
        let mut warn = Warner { config, found };
        without_address(&mut warn, account);
        old_names(&mut warn, account);
        fallback(&mut warn, account);
        failback(&mut warn, account);
        static_first(&mut warn, account);
        for endpoint in account.endpoints() {
            unused_records(&mut warn, endpoint, &records);
        }
    }
}

struct Warner<'a> {
    config: &'a Config,
    found: &'a mut DiagnosticList,
}

impl Warner<'_> {
    /// Warns about the value of this place, if it was given.
    fn at(&mut self, slot: Slot, message: &str) {
        if self.config.is_given(slot) {
            self.found.add(Severity::Warning, || self.config.warning(slot, message.to_owned()));
        }
    }
}

fn without_address(warn: &mut Warner<'_>, account: Account<'_>) {
    if account.flag(Key::Enable) && !account.has_server() {
        warn.at(
            account.slot(Key::Enable),
            "the account has no SIP server and stays off: expected sip_server.1.address or sip_server.2.address",
        );
    }
    if account.flag(Key::ProxyEnable) && !account.through_proxy() {
        warn.at(
            account.slot(Key::ProxyEnable),
            "no outbound proxy has an address, so requests go to the SIP servers: expected outbound_proxy.1.address",
        );
    }
}

fn old_names(warn: &mut Warner<'_>, account: Account<'_>) {
    for row in ROWS {
        let Body::Alias { of, y } = row.body else { continue };
        let (old, new) = (account.slot(row.key), account.slot_of(of, y));
        if warn.config.is_given(old) && warn.config.is_given(new) {
            warn.at(old, &format!("{} is given too and wins: expected only one of the two", new.name()));
        }
    }
}

fn fallback(warn: &mut Warner<'_>, account: Account<'_>) {
    const KEYS: [Key; 4] = [Key::RedundancyType, Key::FallbackTimeout, Key::FallbackUnregister, Key::RegisterSwitch];
    if account.through_proxy() {
        for key in KEYS {
            warn.at(account.slot(key), "has no effect with an outbound proxy: expected outbound_proxy_enable = 0");
        }
        // Server 2 alone is the registrar; beside server 1 nothing is ever sent to it.
        if account.server_address(1).is_some() {
            warn.at(
                account.slot_of(Key::ServerAddress, 2),
                "SIP server 2 is not used with an outbound proxy: expected outbound_proxy_enable = 0",
            );
        }
    } else if account.int(Key::RedundancyType) == 0 {
        for key in [Key::FallbackTimeout, Key::FallbackUnregister, Key::RegisterSwitch] {
            // The last two ask for something only when they are 1.
            if key == Key::FallbackTimeout || account.flag(key) {
                warn.at(account.slot(key), "has an effect only with fallback.redundancy_type = 1");
            }
        }
    }
}

fn failback(warn: &mut Warner<'_>, account: Account<'_>) {
    let mut used: Vec<Slot> = Vec::new();
    let mut unused: Vec<(Slot, &str)> = Vec::new();
    for endpoint in account.endpoints() {
        if endpoint.proxy && endpoint.address().is_none() {
            continue;
        }
        for (key, acts, message) in failback_rules(endpoint) {
            let slot = endpoint.origin(key);
            if acts {
                used.push(slot);
            } else if asks(warn.config, key, slot) && unused.iter().all(|(known, _)| *known != slot) {
                unused.push((slot, message));
            }
        }
    }
    for (slot, message) in unused {
        if !used.contains(&slot) {
            warn.at(slot, message);
        }
    }
}

/// Key, whether its value acts, and what to say if it does not.
fn failback_rules(endpoint: Endpoint<'_>) -> [(Key, bool, &'static str); 5] {
    [
        (
            Key::FailbackMode,
            !endpoint.is_numeric(),
            "has no effect with a numeric IP address: expected a domain name as address",
        ),
        (
            Key::FailbackTimeout,
            endpoint.failback_mode() == 3,
            "has an effect only with failback_mode = 3 and a domain name as address",
        ),
        (
            Key::OnlySignal,
            endpoint.only_signal(),
            "has an effect only with register_on_enable = 1, failback_mode = 1, 2 or 3, and a domain name as address",
        ),
        (
            Key::FailbackSubscribe,
            endpoint.failback_subscribe(),
            "has an effect only with failback_mode = 1, 2 or 3 and a domain name as address",
        ),
        (
            Key::FailbackProbe,
            endpoint.failback_mode() != 0,
            "has an effect only with failback_mode = 1, 2 or 3 and a domain name as address",
        ),
    ]
}

/// True if the value asks for something: a time always does, 0 of the others is what happens anyway.
fn asks(config: &Config, key: Key, slot: Slot) -> bool {
    config.is_given(slot) && (key == Key::FailbackTimeout || config.int(slot) != 0)
}

fn static_first(warn: &mut Warner<'_>, account: Account<'_>) {
    if account.flag(Key::StaticCachePri) && account.int(Key::DnsCacheType) == 0 {
        warn.at(account.slot(Key::StaticCachePri), "has an effect only with dns_cache_type = 1 or 2");
    }
}

/// A port ends the search in DNS before NAPTR and SRV, so static records of these types are never looked at.
fn unused_records(warn: &mut Warner<'_>, endpoint: Endpoint<'_>, records: &StaticRecords) {
    let (port, transport) = (endpoint.port_slot(), endpoint.origin(Key::ServerTransport));
    if endpoint.port() == 0 || warn.config.int(transport) != DNS_NAPTR {
        return;
    }
    let Some(Host::Name(domain)) = endpoint.host() else { return };
    let mut names =
        records.srv.iter().map(|record| &record.name).chain(records.naptr.iter().map(|record| &record.name));
    if !names.any(|name| name.is_within(&domain)) {
        return;
    }
    if warn.config.is_given(port) {
        warn.at(port, "the static SRV and NAPTR records of this domain are never used with a port: expected port 0");
    } else {
        let message = "the port is 5060 by default, so the static SRV and NAPTR records of this domain are never used: \
            expected port = 0";
        warn.at(transport, message);
    }
}
