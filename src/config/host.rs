//! Hosts as administrators write them.

use super::settings::Host;
use crate::types::{Name, NameError};
use core::net::IpAddr;

/// Longest host text, in characters: the vendor guide's limit for `sip_server.Y.address`.
pub(super) const MAX_HOST: usize = 256;

/// A numeric address. Old firmware wants IPv6 in brackets (`[2001:db8::1]`), new firmware does not: both are taken.
pub(super) fn parse_ip(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => inner.parse().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

/// A domain name, as strict as host names are: a URI, a port behind a colon or a mistyped address is no domain name.
pub(super) fn parse_name(text: &str) -> Result<Name, String> {
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let name = Name::parse(text).map_err(|error: NameError| error.to_string())?;
    if !text.bytes().all(is_host_byte) {
        return Err("a domain name has only letters, digits, '-', '_' and '.', no scheme and no port".to_owned());
    }
    // No top-level domain is a number, so this is an IPv4 address with a slip in it (RFC 3696 section 2).
    let last = text.strip_suffix('.').unwrap_or(text).rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("this is no complete IPv4 address".to_owned());
    }
    Ok(name)
}

/// A numeric address or a domain name.
pub(super) fn parse_host(text: &str) -> Result<Host, String> {
    match parse_ip(text) {
        Some(ip) => Ok(Host::Address(ip)),
        None => parse_name(text).map(Host::Name),
    }
}

/// The host without what only notation put around it: brackets, and the closing dot of a name, which no certificate
/// has.
pub(super) fn bare(text: &str) -> &str {
    let text = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    text.strip_suffix('.').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{bare, parse_host, parse_ip};
    use crate::config::Host;

    #[test]
    fn numeric_ipv6_is_taken_with_and_without_brackets() {
        assert_eq!(parse_ip("[2001:db8::1]"), parse_ip("2001:db8::1"));
        assert!(matches!(parse_host("[2001:db8::1]"), Ok(Host::Address(ip)) if ip.is_ipv6()));
        assert_eq!(bare("[2001:db8::1]"), "2001:db8::1");
        assert_eq!(bare("pbx.example.com."), "pbx.example.com");
    }

    #[test]
    fn what_is_neither_address_nor_name_is_refused() {
        for text in [
            "[192.0.2.1]",
            "[2001:db8::1",
            "fe80::1%eth0",
            "192.0.2.300",
            "192.0.2",
            "192.0.2.1:5060",
            "sip:pbx.example.com",
            "pbx.example.com:5060",
            "pbx example.com",
            "pbx..example.com",
            "<pbx>",
            ".",
            "\u{e9}.example",
        ] {
            assert!(parse_host(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ordinary_hosts_are_taken() {
        for text in ["192.0.2.1", "::1", "pbx", "PBX.Example.com.", "_sip._udp.example.com", "3cx.example1"] {
            assert!(parse_host(text).is_ok(), "{text}");
        }
    }
}
