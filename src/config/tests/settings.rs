//! What the values amount to.

use super::{account, loaded, only_account};
use crate::config::*;
use crate::types::{Transport, TransportSetting};

fn server_1(lines: &[&str]) -> ServerSettings {
    only_account(&account(lines)).servers[0].clone().unwrap()
}

#[test]
fn an_account_with_nothing_but_a_server_has_the_defaults() {
    let account = only_account(&account(&[]));
    let server = account.servers[0].as_ref().unwrap();
    assert_eq!((server.port, server.transport), (5060, TransportSetting::Fixed(Transport::Udp)));
    assert_eq!((server.expires_s, server.retry_counts, server.invite_retry_counts), (3600, 3, 3));
    assert_eq!((server.failback_mode, server.failback_timeout_s), (FailbackMode::NewRequests, 3600));
    assert_eq!(server.failover_codes, FailoverCodes::default());
    assert_eq!(server.srv_weight, SrvWeight::HighestFirst);
    assert_eq!((account.redundancy, account.register_switch), (Redundancy::Concurrent, RegisterSwitch::AtExpiry));
    assert_eq!(account.probe_interval_s, 120);
    assert_eq!(account.retry, RetrySettings { interval_s: 30, min_s: 0, max_s: 60 });
    let dns = AccountDns { cache_type: DnsCacheType::Answers, static_first: false, naptr_build_all: false };
    assert_eq!(account.dns, dns);
    assert!(account.skip_redundant_failover_addr && !account.through_proxy);
    assert!(account.servers[1].is_none());
}

#[test]
fn a_device_with_no_text_has_the_defaults() {
    let settings = loaded("").settings();
    assert!(settings.accounts.is_empty() && settings.device.dns_servers.is_empty());
    assert_eq!((settings.device.dns_query_timeout_ms, settings.device.dns_retry_times), (3000, 2));
    assert_eq!((settings.device.dns_over_tcp, settings.device.ip_address_mode), (false, IpAddressMode::V4));
    assert_eq!(settings.max_accounts, 16);
}

#[test]
fn only_accounts_that_are_on_and_have_a_server_are_listed_in_order() {
    let text = "account.9.enable = 1\naccount.9.sip_server.2.address = b\naccount.2.enable = 1\n\
                account.2.sip_server.1.address = a\naccount.3.sip_server.1.address = off\naccount.4.enable = 1\n";
    let settings = loaded(text).settings();
    assert_eq!(settings.accounts.iter().map(|account| account.id.0).collect::<Vec<_>>(), [2, 9]);
    let alone = &settings.accounts[1];
    assert!(alone.servers[0].is_none() && alone.servers[1].is_some());
    assert_eq!(alone.registrars.each_ref().map(|name| name.as_deref()), [None, Some("b")]);
}

#[test]
fn only_signal_and_failback_subscribe_are_on_only_where_their_conditions_hold() {
    let both = ["sip_server.1.only_signal_with_registered = 1", "sip_server.1.failback_subscribe.enable = 1"];
    let register = ["sip_server.1.register_on_enable = 1"];
    let mode = ["sip_server.1.failback_mode = 2"];
    let flags = |lines: &[&[&str]]| {
        let server = server_1(&lines.concat());
        (server.only_signal_with_registered, server.failback_subscribe)
    };
    assert_eq!(flags(&[&both]), (false, false));
    assert_eq!(flags(&[&both, &register]), (false, false));
    assert_eq!(flags(&[&both, &mode]), (false, true));
    assert_eq!(flags(&[&both, &register, &mode]), (true, true));
    assert_eq!(flags(&[&both, &register, &mode, &["sip_server.1.address = 192.0.2.1"]]), (false, false));
}

#[test]
fn a_numeric_host_returns_with_new_requests_and_loses_its_brackets() {
    let server = server_1(&["sip_server.1.address = [2001:db8::1]", "sip_server.1.failback_mode = 3"]);
    assert_eq!(server.failback_mode, FailbackMode::NewRequests);
    assert_eq!(&*server.host_text, "2001:db8::1");
    assert_eq!(server.host, Host::Address("2001:db8::1".parse().unwrap()));
    assert_eq!(&*server_1(&["sip_server.1.address = PBX.example.com."]).host_text, "PBX.example.com");
}

#[test]
fn extensions_reach_the_server() {
    let server = server_1(&[
        "sip_server.1.quarantine_timeout = 300",
        "sip_server.1.failover_codes = 503,invite:-",
        "sip_server.1.failback_probe = 2",
        "sip_server.1.options_interval = 30",
        "sip_server.1.options_max_lost = 5",
        "sip_server.1.srv_weight = 1",
        "sip_server.1.transport_type = 2",
    ]);
    assert_eq!((server.quarantine_timeout_s, server.options_interval_s, server.options_max_lost), (300, 30, 5));
    assert_eq!(server.failover_codes.other.as_deref(), Some(&[503][..]));
    assert_eq!(server.failover_codes.invite.as_deref(), Some(&[][..]));
    assert_eq!((server.failback_probe, server.srv_weight), (FailbackProbe::Options, SrvWeight::Random));
    assert_eq!(server.transport, TransportSetting::Fixed(Transport::Tls));
}

#[test]
fn fallback_keys_apply_without_a_proxy() {
    let account = only_account(&account(&[
        "fallback.redundancy_type = 1",
        "fallback.timeout = 600",
        "fallback.unregister = 1",
        "fallback.register_switch = 1",
        "outbound_proxy_fallback_interval = 77",
    ]));
    assert_eq!((account.redundancy, account.register_switch), (Redundancy::Successive, RegisterSwitch::Immediate));
    assert_eq!((account.probe_interval_s, account.unregister_after_recovery), (600, true));
}

const PROXIES: [&str; 3] = [
    "outbound_proxy_enable = 1",
    "outbound_proxy.1.address = p1.example.com",
    "outbound_proxy.2.address = p2.example.com",
];

#[test]
fn through_proxies_registration_is_successive_and_immediate_with_their_own_interval() {
    let more = ["fallback.timeout = 600", "fallback.unregister = 1", "outbound_proxy_fallback_interval = 77"];
    let account = only_account(&account(&[&PROXIES[..], &more].concat()));
    assert!(account.through_proxy && !account.unregister_after_recovery);
    assert_eq!((account.redundancy, account.register_switch), (Redundancy::Successive, RegisterSwitch::Immediate));
    assert_eq!(account.probe_interval_s, 77);
    let hosts = account.servers.each_ref().map(|server| server.as_ref().unwrap().host_text.to_string());
    assert_eq!(hosts, ["p1.example.com", "p2.example.com"]);
    assert_eq!(account.registrars.each_ref().map(|name| name.as_deref()), [Some("pbx.example.com"), None]);
}

#[test]
fn a_proxy_inherits_from_the_server_of_its_number_or_from_server_1_where_that_has_no_address() {
    let values = [
        "sip_server.1.retry_counts = 5",
        "sip_server.1.transport_type = 1",
        "sip_server.1.failback_mode = 2",
        "sip_server.1.quarantine_timeout = 60",
        "sip_server.2.retry_counts = 7",
        "sip_server.2.transport_type = 2",
    ];
    let lines = [&PROXIES[..], &values].concat();
    let proxy_2 = |lines: &[&str]| only_account(&account(lines)).servers[1].clone().unwrap();
    let inherited = proxy_2(&lines);
    assert_eq!((inherited.retry_counts, inherited.transport), (5, TransportSetting::Fixed(Transport::Tcp)));
    assert_eq!((inherited.failback_mode, inherited.quarantine_timeout_s), (FailbackMode::Registration, 60));
    let own = proxy_2(&[&lines[..], &["sip_server.2.address = backup.example.com"]].concat());
    assert_eq!((own.retry_counts, own.transport), (7, TransportSetting::Fixed(Transport::Tls)));
    assert_eq!((own.failback_mode, own.quarantine_timeout_s), (FailbackMode::NewRequests, 0));
    let explicit = proxy_2(&[&lines[..], &["outbound_proxy.2.retry_counts = 0"]].concat());
    assert_eq!(explicit.retry_counts, 0);
}

#[test]
fn through_proxies_the_registrars_lifetime_is_asked_for() {
    let lines = [&PROXIES[..], &["sip_server.1.expires = 300", "sip_server.2.expires = 900"]].concat();
    let expires = |lines: &[&str]| {
        only_account(&account(lines)).servers.each_ref().map(|server| server.as_ref().unwrap().expires_s)
    };
    let with_2 = [&lines[..], &["sip_server.2.address = b.example.com"]].concat();
    assert_eq!((expires(&lines), expires(&with_2)), ([300, 300], [300, 300]));
    // Server 2 alone is the registrar.
    assert_eq!(expires(&[&with_2[..], &["sip_server.1.address ="]].concat()), [900, 900]);
}

#[test]
fn a_proxy_that_is_on_without_an_address_is_off() {
    let account = only_account(&account(&["outbound_proxy_enable = 1", "fallback.redundancy_type = 1"]));
    assert!(!account.through_proxy && account.servers[0].is_some());
}

#[test]
fn old_names_are_followed_and_new_ones_win_in_any_order() {
    let proxies = |lines: &[&str]| {
        let account = only_account(&account(&[&["outbound_proxy_enable = 1"], lines].concat()));
        account.servers.each_ref().map(|server| server.as_ref().map(|proxy| (proxy.host_text.to_string(), proxy.port)))
    };
    let old = ["outbound_host = old1", "outbound_port = 6000", "backup_outbound_host = old2"];
    assert_eq!(proxies(&old), [Some(("old1".to_owned(), 6000)), Some(("old2".to_owned(), 5060))]);
    let new = ["outbound_proxy.1.address = new1", "outbound_proxy.2.port = 0"];
    let both = [Some(("new1".to_owned(), 6000)), Some(("old2".to_owned(), 0))];
    assert_eq!(proxies(&[&old[..], &new].concat()), both);
    assert_eq!(proxies(&[&new[..], &old].concat()), both);
}

#[test]
fn device_keys_reach_the_device() {
    let text = "static.network.primary_dns = 192.0.2.53\nstatic.network.secondary_dns = 2001:db8::53\n\
                static.network.dns.query_timeout = 0\nstatic.network.dns.retry_times = 5\nsip.dns_transport_type = 1\n\
                static.network.ip_address_mode = 2\nsip.skip_redundant_failover_addr = 0\n";
    let settings = loaded(&(text.to_owned() + &account(&[]))).settings();
    let device = &settings.device;
    assert_eq!(device.dns_servers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["192.0.2.53", "2001:db8::53"]);
    assert_eq!((device.dns_query_timeout_ms, device.dns_retry_times, device.dns_over_tcp), (1000, 5, true));
    assert_eq!(device.ip_address_mode, IpAddressMode::Both);
    assert!(!settings.accounts[0].skip_redundant_failover_addr);
}

#[test]
fn incomplete_static_records_are_left_out_and_the_others_keep_their_order() {
    let text = "dns_cache_a.5.name = b\ndns_cache_a.5.ip = 192.0.2.5\ndns_cache_a.2.name = a\ndns_cache_a.2.ip = ::2\n\
                dns_cache_a.3.name = c\ndns_cache_srv.1.name = _sip._udp.x\ndns_cache_srv.1.target = .\n\
                dns_cache_srv.2.name = _sip._udp.y\ndns_cache_srv.2.target = 192.0.2.9\n";
    let records = loaded(text).settings().device.static_records.clone();
    assert_eq!(
        records.addresses.iter().map(|a| (a.name.to_string(), a.ttl_s)).collect::<Vec<_>>(),
        [("a".to_owned(), 300), ("b".to_owned(), 300)]
    );
    let targets: Vec<Option<Host>> = records.srv.iter().map(|srv| srv.target.clone()).collect();
    assert_eq!(targets, [None, Some(Host::Address("192.0.2.9".parse().unwrap()))]);
}

#[test]
fn static_records_first_is_off_without_a_cache() {
    assert!(only_account(&account(&["static_cache_pri = 1"])).dns.static_first);
    let dns = only_account(&account(&["static_cache_pri = 1", "dns_cache_type = 0", "naptr_build = 1"])).dns;
    assert_eq!(dns, AccountDns { cache_type: DnsCacheType::RealTime, static_first: false, naptr_build_all: true });
}
