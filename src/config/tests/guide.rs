//! What the vendor guide prints, verbatim.

use super::{loaded, only_account, remarks};
use crate::config::{Config, FailbackMode, Redundancy};
use crate::types::TransportSetting;

const ACCOUNT: &str = "\
##Account1 Registration
account.1.enable = 1
account.1.label = 4605
account.1.display_name = 4605
account.1.auth_name = 4605
account.1.user_name = 4605
account.1.password = 4605
account.1.sip_server.1.address = yealink.pbx.com
account.1.sip_server.1.port = 0
account.1.sip_server.1.expires = 3600
account.1.sip_server.1.retry_counts = 3
account.1.outbound_proxy_enable = 1
account.1.outbound_proxy.1.address = yealink.pbx.com
account.1.outbound_proxy.1.port = 0
account.1.outbound_proxy.Y.retry_counts = 3
##DNS SRV
account.1.sip_server.1.transport_type = 3
##Failover Mode for SIP server
account.1.sip_server.1.register_on_enable = 0
account.1.sip_server.1.only_signal_with_registered = 1
account.1.sip_server.1.invite_retry_counts = 5
account.1.sip_server.1.failback_mode = 3
account.1.sip_server.1.failback_timeout = 3600
account.1.sip_server.1.failback_subscribe.enable = 1
##Failover Mode for outbound proxy server
account.1.outbound_proxy.Y.register_on_enable = -1
account.1.outbound_proxy.Y.only_signal_with_registered = -1
account.1.outbound_proxy.Y.invite_retry_counts = -1
account.1.outbound_proxy.Y.failback_mode = -1
account.1.outbound_proxy.Y.failback_timeout = -1
account.1.outbound_proxy.Y.failback_subscribe.enable = -1
";

const STATIC_ADDRESSES: &str = "\
account.1.sip_server.1.address = yealink.pbx.com
account.1.sip_server.1.port = 5060
account.1.sip_server.1.transport_type = 3
dns_cache_a.1.name = yealink.pbx.com
dns_cache_a.1.ip = 192.168.1.13
dns_cache_a.1.ttl = 3600
dns_cache_a.2.name = yealink.pbx.com
dns_cache_a.2.ip = 192.168.1.14
dns_cache_a.2.ttl = 3600
";

const STATIC_SRV: &str = "\
account.1.sip_server.1.address = yealink.pbx.com
account.1.sip_server.1.port = 0
account.1.sip_server.1.transport_type = 3
dns_cache_srv.1.name = _sip._tcp.yealink.pbx.com
dns_cache_srv.1.port = 5060
dns_cache_srv.1.priority = 0
dns_cache_srv.1.target = server1.yealink.pbx.com
dns_cache_srv.1.weight = 1
dns_cache_srv.1.ttl = 3600
dns_cache_srv.2.name = _sip._tcp.yealink.pbx.com
dns_cache_srv.2.port = 5060
dns_cache_srv.2.priority = 0
dns_cache_srv.2.target = server2.yealink.pbx.com
dns_cache_srv.2.weight = 2
dns_cache_srv.2.ttl = 3600
";

const STATIC_NAPTR: &str = "\
account.1.sip_server.1.address = yealink.pbx.com
account.1.sip_server.1.port = 0
account.1.sip_server.1.transport_type = 3
dns_cache_naptr.1.name = yealink.pbx.com
dns_cache_naptr.1.flags = S
dns_cache_naptr.1.order = 90
dns_cache_naptr.1.preference = 50
dns_cache_naptr.1.replace = _sip._tcp.yealink.pbx.com
dns_cache_naptr.1.service = SIP+D2T
dns_cache_naptr.1.ttl = 3600
dns_cache_naptr.2.name = yealink.pbx.com
dns_cache_naptr.2.flags = S
dns_cache_naptr.2.order = 100
dns_cache_naptr.2.preference = 50
dns_cache_naptr.2.replace = _sip._udp.yealink.pbx.com
dns_cache_naptr.2.service = SIP+D2U
dns_cache_naptr.2.ttl = 3600
";

#[test]
fn the_printed_account_draws_its_seven_errors_and_one_warning() {
    let y = "index Y must be 1..2";
    let expected = [
        format!("15 error account.1.outbound_proxy.Y.retry_counts = 3: {y}"),
        "20 warning account.1.sip_server.1.only_signal_with_registered = 1: has an effect only with register_on_enable \
         = 1, failback_mode = 1, 2 or 3, and a domain name as address"
            .to_owned(),
        format!("26 error account.1.outbound_proxy.Y.register_on_enable = -1: {y}"),
        format!("27 error account.1.outbound_proxy.Y.only_signal_with_registered = -1: {y}"),
        format!("28 error account.1.outbound_proxy.Y.invite_retry_counts = -1: {y}"),
        format!("29 error account.1.outbound_proxy.Y.failback_mode = -1: {y}"),
        format!("30 error account.1.outbound_proxy.Y.failback_timeout = -1: {y}"),
        format!("31 error account.1.outbound_proxy.Y.failback_subscribe.enable = -1: {y}"),
    ];
    assert_eq!(remarks(ACCOUNT), expected);
}

#[test]
fn the_printed_account_goes_through_its_proxy_with_inherited_values() {
    let account = only_account(ACCOUNT);
    assert!(account.through_proxy);
    assert_eq!(account.redundancy, Redundancy::Successive);
    assert_eq!(account.registrars.each_ref().map(|name| name.as_deref()), [Some("yealink.pbx.com"), None]);
    assert_eq!(&*account.password.0, "4605");
    let [Some(proxy), None] = &account.servers else { panic!("one proxy") };
    assert_eq!((proxy.port, proxy.transport), (0, TransportSetting::DnsNaptr));
    assert_eq!((proxy.retry_counts, proxy.invite_retry_counts), (3, 5));
    assert_eq!((proxy.failback_mode, proxy.failback_timeout_s), (FailbackMode::Duration, 3600));
    assert!(proxy.failback_subscribe && !proxy.register_on_enable && !proxy.only_signal_with_registered);
}

#[test]
fn the_printed_static_records_load_without_a_remark() {
    for text in [STATIC_ADDRESSES, STATIC_SRV, STATIC_NAPTR] {
        assert_eq!(remarks(text), [""; 0]);
    }
}

#[test]
fn the_printed_static_records_become_records() {
    let mut config = Config::new(16);
    for text in [STATIC_ADDRESSES, STATIC_SRV, STATIC_NAPTR] {
        config.load_text(text.as_bytes());
    }
    let records = config.settings().device.static_records.clone();
    let ips: Vec<String> = records.addresses.iter().map(|record| record.ip.to_string()).collect();
    assert_eq!(ips, ["192.168.1.13", "192.168.1.14"]);
    assert_eq!(
        records.srv.iter().map(|record| (record.weight, record.port)).collect::<Vec<_>>(),
        [(1, 5060), (2, 5060)]
    );
    assert!(records.srv.iter().all(|record| record.name.to_string() == "_sip._tcp.yealink.pbx.com"));
    let naptr: Vec<_> = records.naptr.iter().map(|record| (record.order, &*record.flags, &*record.service)).collect();
    assert_eq!(naptr, [(90, "s", "SIP+D2T"), (100, "s", "SIP+D2U")]);
    assert_eq!(records.naptr[0].ttl_s, 3600);
}

#[test]
fn the_third_example_with_the_port_of_the_first_warns_about_the_port() {
    let text = STATIC_NAPTR.replace("port = 0", "port = 5060");
    let port = loaded(&text).diagnostics().iter().map(|remark| (remark.line, remark.key.clone())).collect::<Vec<_>>();
    assert_eq!(port, [(2, "account.1.sip_server.1.port".to_owned())]);
}
