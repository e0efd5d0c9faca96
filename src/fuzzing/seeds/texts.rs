//! Provisioning texts, good and bad.

use super::Seed;
use crate::config::{KeyInfo, key_infos};

/// The keys of the first account, server and record, with those of the second server and the last record.
fn keys(info: &KeyInfo) -> Vec<String> {
    let indices = [("1", "1"), ("2", "12")];
    let mut keys: Vec<String> =
        indices.iter().map(|(y, n)| info.pattern.replace('X', "1").replace('Y', y).replace('N', n)).collect();
    keys.dedup();
    keys
}

/// Every key with a value that is not its default, where that is easy to say.
fn every_key() -> String {
    let value = |info: &KeyInfo| match info.pattern.rsplit('.').next().unwrap_or_default() {
        "ip" => "192.0.2.1".to_owned(),
        "flags" => "S".to_owned(),
        tail if tail.ends_with("codes") => "408, 5xx".to_owned(),
        _ if info.min == 0 && info.max <= 1 => "1".to_owned(),
        _ if info.default.parse::<i64>().is_ok() => info.max.min(1_000).to_string(),
        _ => "pbx.example.com".to_owned(),
    };
    key_infos().flat_map(|info| keys(&info).into_iter().map(move |key| format!("{key} = {}\n", value(&info)))).collect()
}

const ORDINARY: &str = "\
# a phone with two servers
account.1.enable = 1
account.1.label = Reception
account.1.user_name = 101
account.1.password = se~cret#101
account.1.sip_server.1.address = pbx.example.com
account.1.sip_server.1.port = 0
account.1.sip_server.1.transport_type = 3
account.1.sip_server.2.address = [2001:db8::1]
account.1.sip_server.2.failback_mode = 3
account.1.sip_server.2.failback_timeout = 30   # raised
account.1.fallback.redundancy_type = 1
account.1.outbound_proxy_enable = 1
account.1.outbound_host = proxy.example.com
account.1.outbound_port =
";

const PASSWORDS: &str = "\
account.1.password =#1~2345678
account.1.password = ab~cdefgh # comment
account.2.password = \u{e9}~\u{1}12345678
account.9.password = to~o_many_accounts
account.1.pasword = mis~spelt_key
account.1.sip_server.1.password = no~such_key
password ~without_equals_sign
account.1.password ~se cond = word
";

const MISTAKES: &str = "\
account.1.sip_server.1.adress = pbx.example.com
account.1.sip_server.3.port = 5060
account.0.enable = 1
account.1.sip_server.1.port = 65536
account.1.sip_server.1.port = +5
account.1.sip_server.1.expires = 99999999999999999999
account.1.sip_server.1.address = sip:pbx.example.com:5060
account.1.sip_server.1.failover_codes = 2xx, 999,,
account.1.label = a\tb\u{1b}[2J
account.1.enable = 1
account.1.enable = 1
= 1
[section]
";

const RECORDS: &str = "\
dns_cache_a.1.name = pbx.example.com
dns_cache_a.1.ip = 192.0.2.1
dns_cache_a.1.ttl = 29
dns_cache_srv.12.name = _sip._udp.example.com
dns_cache_srv.12.target = .
dns_cache_srv.12.port = 0
dns_cache_naptr.3.name = example.com
dns_cache_naptr.3.replace = _sip._udp.example.com
dns_cache_naptr.3.service = SIP+D2U
dns_cache_naptr.13.order = 1
";

pub fn all() -> Vec<Seed> {
    let seed = |name, bytes: &[u8]| Seed { harness: "provisioning_text", name, bytes: bytes.to_vec() };
    let windows = format!("\u{feff}{}", ORDINARY.replace('\n', "\r\n"));
    vec![
        seed("ordinary", ORDINARY.as_bytes()),
        seed("windows-lines-and-byte-order-mark", windows.as_bytes()),
        seed("passwords", PASSWORDS.as_bytes()),
        seed("mistakes", MISTAKES.as_bytes()),
        seed("static-records", RECORDS.as_bytes()),
        seed("every-key", every_key().as_bytes()),
        seed("every-key-empty", every_key().replace("pbx.example.com", "").as_bytes()),
        seed(
            "odd-bytes",
            b"account.1.label = \xff\naccount.1.label = a\x00b\r\n\xef\xbb\xbfaccount.1.enable=1\n# \xff\n\r\r\n",
        ),
        seed(
            "spaces-of-unicode",
            "account.1.label =\u{a0}\u{2003}a\u{3000}#b\u{85}\n\u{a0}account.1.enable=1\n".as_bytes(),
        ),
        seed("no-line-end", b"account.1.enable = 1"),
        seed("long-line", format!("account.1.label = {}\n", "x".repeat(8_200)).as_bytes()),
        seed("thousands-of-mistakes", "account.1.sip_server.1.port = x\n".repeat(1_100).as_bytes()),
    ]
}

/// Keys and values.
pub fn dictionary() -> Vec<Vec<u8>> {
    const VALUES: [&str; 12] = [
        "pbx.test",
        "192.0.2.1",
        "[2001:db8::1]",
        "5061",
        "65536",
        "-1",
        "5xx,408",
        "invite:",
        " #",
        "~secret",
        "\r\n",
        "=",
    ];
    let words = VALUES.iter().map(|value| (*value).to_owned());
    key_infos().flat_map(|info| keys(&info)).chain(words).map(String::into_bytes).collect()
}
