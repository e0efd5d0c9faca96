//! The table against the list of keys that administrators know.

use crate::config::{Config, KeyType, Source, key_count, key_info, key_infos};

const KEYS: &str = "
    account.X.enable account.X.label account.X.display_name account.X.auth_name account.X.user_name account.X.password
    account.X.sip_server.Y.address account.X.sip_server.Y.port account.X.sip_server.Y.transport_type
    account.X.sip_server.Y.expires account.X.sip_server.Y.retry_counts
    account.X.outbound_proxy_enable account.X.outbound_proxy.Y.address account.X.outbound_proxy.Y.port
    account.X.outbound_proxy.Y.retry_counts account.X.outbound_host account.X.outbound_port
    account.X.backup_outbound_host account.X.backup_outbound_port account.X.outbound_proxy.Y.transport_type
    account.X.fallback.redundancy_type account.X.fallback.timeout account.X.outbound_proxy_fallback_interval
    account.X.fallback.unregister account.X.fallback.register_switch
    account.X.sip_server.Y.register_on_enable account.X.sip_server.Y.only_signal_with_registered
    account.X.accept_only_registered account.X.allow_plain_failover account.X.sip_server.Y.invite_retry_counts
    account.X.sip_server.Y.failback_mode account.X.sip_server.Y.failback_timeout
    account.X.sip_server.Y.failback_subscribe.enable
    account.X.outbound_proxy.Y.register_on_enable account.X.outbound_proxy.Y.only_signal_with_registered
    account.X.outbound_proxy.Y.invite_retry_counts account.X.outbound_proxy.Y.failback_mode
    account.X.outbound_proxy.Y.failback_timeout account.X.outbound_proxy.Y.failback_subscribe.enable
    account.X.sip_server.Y.quarantine_timeout account.X.sip_server.Y.failover_codes
    account.X.sip_server.Y.failback_probe account.X.sip_server.Y.options_interval
    account.X.sip_server.Y.options_max_lost account.X.sip_server.Y.srv_weight
    account.X.reg_fail_retry_interval account.X.reg_failed_retry_min_time account.X.reg_failed_retry_max_time
    sip.skip_redundant_failover_addr
    account.X.dns_cache_type account.X.static_cache_pri account.X.naptr_build
    dns_cache_a.N.name dns_cache_a.N.ip dns_cache_a.N.ttl
    dns_cache_srv.N.name dns_cache_srv.N.port dns_cache_srv.N.priority dns_cache_srv.N.target dns_cache_srv.N.weight
    dns_cache_srv.N.ttl
    dns_cache_naptr.N.name dns_cache_naptr.N.flags dns_cache_naptr.N.order dns_cache_naptr.N.preference
    dns_cache_naptr.N.replace dns_cache_naptr.N.service dns_cache_naptr.N.ttl
    static.network.primary_dns static.network.secondary_dns static.network.dns.query_timeout
    static.network.dns.retry_times sip.dns_transport_type static.network.ip_address_mode";

#[test]
fn the_table_has_every_key_once_and_no_other() {
    let mut wanted: Vec<&str> = KEYS.split_whitespace().collect();
    let mut have: Vec<&str> = key_infos().map(|info| info.pattern).collect();
    wanted.sort_unstable();
    have.sort_unstable();
    assert_eq!(have, wanted);
}

#[test]
fn every_key_can_be_set_to_its_default_read_back_and_reset() {
    let mut config = Config::new(16);
    for info in key_infos() {
        let key = info.pattern.replace('X', "16").replace('Y', "2").replace('N', "12");
        assert_eq!(config.get(&key).as_deref(), Ok(info.default), "{key}");
        assert_eq!(config.set(&key, info.default), Ok(None), "{key}");
        assert_eq!(config.get(&key).as_deref(), Ok(info.default), "{key}");
        let is_integer = matches!(info.key_type, KeyType::Flag | KeyType::Integer);
        assert_eq!(config.get_int(&key).ok(), is_integer.then(|| info.default.parse().unwrap()), "{key}");
        assert_eq!(config.reset(&key), Ok(()));
    }
}

#[test]
fn defaults_and_ranges_are_those_of_the_guide() {
    for (pattern, default, min, max) in [
        ("account.X.enable", "0", 0, 1),
        ("account.X.sip_server.Y.port", "5060", 0, 65_535),
        ("account.X.sip_server.Y.transport_type", "0", 0, 3),
        ("account.X.sip_server.Y.expires", "3600", 30, 2_147_483_647),
        ("account.X.sip_server.Y.retry_counts", "3", 0, 20),
        ("account.X.sip_server.Y.address", "", 0, 256),
        ("account.X.outbound_proxy.Y.retry_counts", "-1", -1, 20),
        ("account.X.outbound_proxy.Y.failback_timeout", "-1", -1, 65_535),
        ("account.X.outbound_port", "5060", 0, 65_535),
        ("account.X.outbound_proxy_fallback_interval", "3600", 10, 2_147_483_647),
        ("account.X.fallback.timeout", "120", 10, 2_147_483_647),
        ("account.X.sip_server.Y.invite_retry_counts", "3", 1, 10),
        ("account.X.sip_server.Y.failback_timeout", "3600", 0, 65_535),
        ("account.X.sip_server.Y.options_interval", "0", 0, 3_600),
        ("account.X.sip_server.Y.options_max_lost", "3", 1, 10),
        ("account.X.reg_fail_retry_interval", "30", 0, 1_800),
        ("account.X.reg_failed_retry_max_time", "60", 0, 1_800),
        ("account.X.dns_cache_type", "1", 0, 2),
        ("sip.skip_redundant_failover_addr", "1", 0, 1),
        ("dns_cache_a.N.ttl", "300", 30, 2_147_483_647),
        ("dns_cache_srv.N.port", "0", 0, 65_535),
        ("dns_cache_naptr.N.service", "", 0, 32),
        ("static.network.dns.query_timeout", "3", 0, 65_535),
        ("static.network.dns.retry_times", "2", 0, 65_535),
        ("static.network.ip_address_mode", "0", 0, 2),
    ] {
        let info = key_infos().find(|info| info.pattern == pattern).unwrap();
        assert_eq!((info.default, info.min, info.max), (default, min, max), "{pattern}");
    }
}

#[test]
fn every_key_has_one_line_of_help_and_says_where_it_comes_from() {
    for info in key_infos() {
        assert!(!info.help.is_empty() && !info.help.contains('\n') && !info.help.contains("  "), "{}", info.pattern);
        assert!(info.source == Source::Guide || info.since.is_empty(), "{}", info.pattern);
        let twin = info.pattern.replace("outbound_proxy.Y", "sip_server.Y");
        assert!(info.inherits.is_none_or(|base| base == twin), "{}", info.pattern);
    }
    let old = key_infos().find(|info| info.pattern == "account.X.backup_outbound_host").unwrap();
    assert_eq!(old.alias_of, Some(("account.X.outbound_proxy.Y.address", 2)));
}

#[test]
fn key_information_can_be_walked_by_index() {
    assert_eq!(key_info(0).map(|info| info.pattern), Some("account.X.enable"));
    assert_eq!(key_infos().len(), key_count());
    assert!(key_info(key_count() - 1).is_some() && key_info(key_count()).is_none());
}
