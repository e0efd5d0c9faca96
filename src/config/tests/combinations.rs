//! Warnings about values that have no effect together, and their absence where they have one.

use super::{account, loaded, remarks};

/// `line key` of each diagnostic, the first two lines being those of [`account`].
fn keys(lines: &[&str]) -> Vec<String> {
    let text = account(lines);
    loaded(&text).diagnostics().iter().map(|remark| format!("{} {}", remark.line, remark.key)).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn failback_timeout_needs_failback_mode_3() {
    assert_eq!(keys(&["sip_server.1.failback_timeout = 60"]), ["3 account.1.sip_server.1.failback_timeout"]);
    assert_eq!(keys(&["sip_server.1.failback_timeout = 60", "sip_server.1.failback_mode = 3"]), NONE);
}

#[test]
fn only_signal_needs_both_of_its_conditions() {
    let only = "sip_server.1.only_signal_with_registered = 1";
    let register = "sip_server.1.register_on_enable = 1";
    let warned = ["3 account.1.sip_server.1.only_signal_with_registered"];
    assert_eq!(keys(&[only]), warned);
    assert_eq!(keys(&[only, register]), warned);
    assert_eq!(keys(&[only, "sip_server.1.failback_mode = 1"]), warned);
    assert_eq!(keys(&[only, register, "sip_server.1.failback_mode = 1"]), NONE);
    assert_eq!(keys(&["sip_server.1.only_signal_with_registered = 0"]), NONE);
}

#[test]
fn failback_subscribe_needs_a_failback_mode_other_than_0() {
    let subscribe = "sip_server.1.failback_subscribe.enable = 1";
    assert_eq!(keys(&[subscribe]), ["3 account.1.sip_server.1.failback_subscribe.enable"]);
    assert_eq!(keys(&[subscribe, "sip_server.1.failback_mode = 2"]), NONE);
}

#[test]
fn failback_mode_needs_a_domain() {
    let text = "account.1.sip_server.1.address = 192.0.2.1\naccount.1.sip_server.1.failback_mode = 1\n";
    let expected = "2 warning account.1.sip_server.1.failback_mode = 1: has no effect with a numeric IP address: \
                    expected a domain name as address";
    assert_eq!(remarks(text), [expected]);
    assert_eq!(remarks(&text.replace("mode = 1", "mode = 0")), NONE);
    assert_eq!(remarks(&text.replace("192.0.2.1", "[2001:db8::1]")).len(), 1);
}

#[test]
fn fallback_keys_need_successive_registration() {
    assert_eq!(keys(&["fallback.timeout = 60"]), ["3 account.1.fallback.timeout"]);
    assert_eq!(keys(&["fallback.unregister = 1"]), ["3 account.1.fallback.unregister"]);
    assert_eq!(keys(&["fallback.unregister = 0", "fallback.register_switch = 0"]), NONE);
    let all = ["fallback.timeout = 60", "fallback.unregister = 1", "fallback.register_switch = 1"];
    assert_eq!(keys(&[&all[..], &["fallback.redundancy_type = 1"]].concat()), NONE);
}

#[test]
fn fallback_keys_and_server_2_have_no_effect_with_an_outbound_proxy() {
    let lines = [
        "outbound_proxy_enable = 1",
        "outbound_proxy.1.address = proxy.example.com",
        "fallback.redundancy_type = 1",
        "fallback.timeout = 60",
        "sip_server.2.address = backup.example.com",
    ];
    let warned =
        ["5 account.1.fallback.redundancy_type", "6 account.1.fallback.timeout", "7 account.1.sip_server.2.address"];
    assert_eq!(keys(&lines), warned);
    assert_eq!(keys(&lines[1..]), NONE);
}

#[test]
fn static_records_first_needs_a_cache() {
    assert_eq!(keys(&["static_cache_pri = 1", "dns_cache_type = 0"]), ["3 account.1.static_cache_pri"]);
    assert_eq!(keys(&["static_cache_pri = 1", "dns_cache_type = 2"]), NONE);
}

#[test]
fn a_port_beside_dns_naptr_leaves_static_srv_and_naptr_records_unused() {
    let srv = "dns_cache_srv.1.name = _sip._udp.pbx.example.com\ndns_cache_srv.1.target = a.example.com\n";
    let naptr_transport = account(&["sip_server.1.transport_type = 3"]) + srv;
    let warned = |text: &str| loaded(text).diagnostics().iter().map(|remark| remark.key.clone()).collect::<Vec<_>>();
    let port = "account.1.sip_server.1.port = ";
    assert_eq!(warned(&(naptr_transport.clone() + port + "5060\n")), ["account.1.sip_server.1.port"]);
    assert_eq!(warned(&(naptr_transport.clone() + port + "0\n")), NONE);
    // The default port is a port: then it is the transport that asks for what cannot be.
    assert_eq!(warned(&naptr_transport), ["account.1.sip_server.1.transport_type"]);
    let elsewhere = naptr_transport.replace("_udp.pbx.example.com", "_udp.pbx.example.org");
    assert_eq!(warned(&(elsewhere + port + "5060\n")), NONE);
    let over_tcp = naptr_transport.replace("transport_type = 3", "transport_type = 1");
    assert_eq!(warned(&(over_tcp + port + "5060\n")), NONE);
}

#[test]
fn an_outbound_proxy_without_an_address_is_off() {
    assert_eq!(keys(&["outbound_proxy_enable = 1"]), ["3 account.1.outbound_proxy_enable"]);
    assert_eq!(keys(&["outbound_proxy_enable = 1", "outbound_host = 192.0.2.1"]), NONE);
    assert_eq!(keys(&["outbound_proxy_enable = 1", "outbound_proxy.2.address = 192.0.2.1"]), NONE);
}

#[test]
fn an_account_without_a_server_stays_off() {
    let expected = "1 warning account.1.enable = 1: the account has no SIP server and stays off: expected \
                    sip_server.1.address or sip_server.2.address";
    assert_eq!(remarks("account.1.enable = 1"), [expected]);
    assert_eq!(remarks("account.1.enable = 0"), NONE);
    assert_eq!(remarks("account.1.enable = 1\naccount.1.sip_server.2.address = pbx"), NONE);
}

#[test]
fn an_old_name_beside_the_new_one_warns_in_any_order() {
    let old = "account.1.outbound_host = old.example.com\n";
    let new = "account.1.outbound_proxy.1.address = new.example.com\n";
    let message = "account.1.outbound_proxy.1.address is given too and wins: expected only one of the two";
    let warning = format!("warning account.1.outbound_host = old.example.com: {message}");
    assert_eq!(remarks(&(old.to_owned() + new)), [format!("1 {warning}")]);
    assert_eq!(remarks(&(new.to_owned() + old)), [format!("2 {warning}")]);
    assert_eq!(remarks(&(old.to_owned() + "account.1.outbound_proxy.1.address =\n")), NONE);
}

#[test]
fn an_incomplete_static_record_names_what_it_lacks() {
    let expected = [
        "1 warning dns_cache_a.3.ip = 192.0.2.1: the static record is incomplete and not used: expected \
         dns_cache_a.3.name too",
        "2 warning dns_cache_naptr.12.order = 7: the static record is incomplete and not used: expected \
         dns_cache_naptr.12.name, dns_cache_naptr.12.replace, dns_cache_naptr.12.service too",
    ];
    assert_eq!(remarks("dns_cache_a.3.ip = 192.0.2.1\ndns_cache_naptr.12.order = 7\n"), expected);
}

#[test]
fn a_naptr_record_without_flags_that_leads_to_an_srv_name_is_read_as_s() {
    let text = "dns_cache_naptr.1.name = example.com\ndns_cache_naptr.1.service = SIP+D2U\n\
                dns_cache_naptr.1.replace = _sip._udp.example.com\n";
    assert_eq!(loaded(text).diagnostics().iter().map(|remark| remark.line).collect::<Vec<_>>(), [3]);
    assert_eq!(&*loaded(text).settings().device.static_records.naptr[0].flags, "s");
    let onward = text.replace("_sip._udp.example.com", "example.org");
    assert_eq!(remarks(&onward), NONE);
    assert_eq!(&*loaded(&onward).settings().device.static_records.naptr[0].flags, "");
}

const PROXY: [&str; 2] = ["outbound_proxy_enable = 1", "outbound_proxy.1.address = proxy.example.com"];

#[test]
fn a_value_counts_as_used_when_only_a_proxy_uses_it() {
    let lines = [&PROXY[..], &["outbound_proxy.1.failback_mode = 3", "sip_server.1.failback_timeout = 60"]].concat();
    assert_eq!(keys(&lines), NONE);
}

#[test]
fn a_value_that_two_proxies_inherit_in_vain_is_named_once() {
    let lines =
        [&PROXY[..], &["outbound_proxy.2.address = proxy2.example.com", "sip_server.1.failback_timeout = 60"]].concat();
    assert_eq!(keys(&lines), ["6 account.1.sip_server.1.failback_timeout"]);
}

#[test]
fn a_value_that_one_of_two_proxies_uses_draws_no_warning() {
    let modes = ["outbound_proxy.1.failback_mode = 3", "outbound_proxy.2.address = proxy2.example.com"];
    assert_eq!(keys(&[&PROXY[..], &modes, &["sip_server.1.failback_timeout = 60"]].concat()), NONE);
}

#[test]
fn server_2_alone_is_the_registrar_behind_a_proxy() {
    let lines = [&PROXY[..], &["sip_server.1.address =", "sip_server.2.address = pbx2.example.com"]].concat();
    // Line 5 is a duplicate of the line that `account` begins with.
    assert_eq!(keys(&lines), ["5 account.1.sip_server.1.address"]);
}

#[test]
fn the_keys_of_a_proxy_are_judged_by_its_own_values() {
    let lines = [&PROXY[..], &["outbound_proxy.1.failback_timeout = 60", "outbound_proxy.1.failback_mode = -1"]];
    assert_eq!(keys(&lines.concat()), ["5 account.1.outbound_proxy.1.failback_timeout"]);
    let inherited = [&lines.concat()[..], &["sip_server.1.failback_mode = 3"]].concat();
    assert_eq!(keys(&inherited), NONE);
    // Without the proxy switched on, nobody looks at its keys.
    assert_eq!(keys(&["outbound_proxy.1.failback_timeout = 60"]), NONE);
}

#[test]
fn a_configuration_made_without_a_text_can_be_checked_too() {
    let mut config = loaded("");
    config.set("account.1.fallback.timeout", "60").unwrap();
    assert_eq!(config.diagnostics(), []);
    assert_eq!(config.check().iter().map(|remark| remark.line).collect::<Vec<_>>(), [0]);
}
