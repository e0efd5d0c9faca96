//! DNS servers as people write them: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`,
//! `fe80::1%eth0`.
//!
//! IPv6 with a port needs the brackets (RFC 5952 §6): `2001:db8::1:5353` is an address without a port.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// The port of a DNS server that is given without one.
pub const DEFAULT_PORT: u16 = 53;

/// Why a text does not name a DNS server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerTextError {
    /// There is nothing in it.
    Empty,
    /// It is not a numeric address.
    Address,
    /// What stands where the port should be is not one.
    Port,
    /// An opening bracket has no closing one.
    Bracket,
    /// What follows the `%` is no interface of this device.
    Interface,
    /// A link-local address lacks its interface.
    LinkLocal,
    /// The address cannot be that of a server: unspecified, multicast or broadcast.
    Unusable,
}

impl fmt::Display for ServerTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ServerTextError::Empty => "no DNS server given",
            ServerTextError::Address => {
                "not an IPv4 or IPv6 address (a host name cannot be used here: it would have to be looked up first)"
            }
            ServerTextError::Port => "the port must be a number from 1 to 65535",
            ServerTextError::Bracket => "the closing bracket after the IPv6 address is missing",
            ServerTextError::Interface => "no network interface with this name or number",
            ServerTextError::LinkLocal => "a link-local address needs its interface, as in fe80::1%eth0",
            ServerTextError::Unusable => "this address cannot belong to a single server",
        })
    }
}

impl std::error::Error for ServerTextError {}

/// Parses a DNS server. `interface` finds the index of a network interface by its name.
///
/// # Errors
/// What is wrong with the text.
pub fn parse(text: &str, interface: &dyn Fn(&str) -> Option<u32>) -> Result<SocketAddr, ServerTextError> {
    let text = text.trim_ascii();
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']').ok_or(ServerTextError::Bracket)?;
        let port = match port.strip_prefix(':') {
            Some(port) => parse_port(port)?,
            None if port.is_empty() => DEFAULT_PORT,
            None => return Err(ServerTextError::Port),
        };
        return parse_v6(address, port, interface);
    }
    match text.split_once(':') {
        // A second colon: IPv6.
        Some((_, rest)) if rest.contains(':') => parse_v6(text, DEFAULT_PORT, interface),
        Some((address, port)) => parse_v4(address, parse_port(port)?),
        None if text.is_empty() => Err(ServerTextError::Empty),
        None => parse_v4(text, DEFAULT_PORT),
    }
}

/// Parses an address that has neither brackets nor a port, for port [`DEFAULT_PORT`].
pub(super) fn parse_address(
    text: &str,
    interface: &dyn Fn(&str) -> Option<u32>,
) -> Result<SocketAddr, ServerTextError> {
    if text.contains(':') { parse_v6(text, DEFAULT_PORT, interface) } else { parse_v4(text, DEFAULT_PORT) }
}

fn parse_port(text: &str) -> Result<u16, ServerTextError> {
    // The standard library's parser would take a sign, too.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ServerTextError::Port);
    }
    text.parse().ok().filter(|port| *port != 0).ok_or(ServerTextError::Port)
}

fn parse_v4(text: &str, port: u16) -> Result<SocketAddr, ServerTextError> {
    let address = text.parse().map_err(|_| ServerTextError::Address)?;
    with_v4(address, port)
}

fn with_v4(address: Ipv4Addr, port: u16) -> Result<SocketAddr, ServerTextError> {
    if address.is_unspecified() || address.is_multicast() || address.is_broadcast() {
        return Err(ServerTextError::Unusable);
    }
    Ok(SocketAddr::from((address, port)))
}

fn parse_v6(text: &str, port: u16, interface: &dyn Fn(&str) -> Option<u32>) -> Result<SocketAddr, ServerTextError> {
    let (address, scope) = match text.split_once('%') {
        Some((address, scope)) => (address, Some(scope)),
        None => (text, None),
    };
    let address: Ipv6Addr = address.parse().map_err(|_| ServerTextError::Address)?;
    if address.is_unspecified() || address.is_multicast() {
        return Err(ServerTextError::Unusable);
    }
    // IPv4 in the guise of IPv6 is IPv4: it also works where the kernel has no IPv6.
    if let IpAddr::V4(address) = IpAddr::V6(address).to_canonical() {
        return with_v4(address, port);
    }
    // An interface behind any other address says nothing that the routing table does not know better.
    let scope = match scope {
        _ if !address.is_unicast_link_local() => 0,
        Some(scope) => interface_number(scope, interface).ok_or(ServerTextError::Interface)?,
        None => return Err(ServerTextError::LinkLocal),
    };
    Ok(SocketAddr::V6(SocketAddrV6::new(address, port, 0, scope)))
}

// Names first: an interface may be called "2".
fn interface_number(text: &str, interface: &dyn Fn(&str) -> Option<u32>) -> Option<u32> {
    interface(text).or_else(|| text.parse().ok()).filter(|index| *index != 0)
}

#[cfg(test)]
mod tests {
    use super::{ServerTextError, parse};

    fn eth0(name: &str) -> Option<u32> {
        (name == "eth0").then_some(7)
    }

    #[track_caller]
    fn reads_as(text: &str, expected: &str) {
        assert_eq!(parse(text, &eth0), Ok(expected.parse().unwrap()), "{text}");
    }

    #[track_caller]
    fn is_refused(text: &str, expected: ServerTextError) {
        assert_eq!(parse(text, &eth0), Err(expected), "{text}");
    }

    #[test]
    fn every_usual_notation() {
        reads_as("192.0.2.1", "192.0.2.1:53");
        reads_as(" 192.0.2.1:5353\n", "192.0.2.1:5353");
        reads_as("2001:db8::1", "[2001:db8::1]:53");
        reads_as("[2001:db8::1]", "[2001:db8::1]:53");
        reads_as("[2001:db8::1]:5353", "[2001:db8::1]:5353");
        reads_as("2001:db8::1:5353", "[2001:db8::1:5353]:53");
        reads_as("::ffff:192.0.2.1", "192.0.2.1:53");
        reads_as("::1", "[::1]:53");
    }

    #[test]
    fn link_local_addresses_need_an_interface() {
        reads_as("fe80::1%eth0", "[fe80::1%7]:53");
        reads_as("[fe80::1%eth0]:54", "[fe80::1%7]:54");
        reads_as("fe80::1%3", "[fe80::1%3]:53");
        reads_as("2001:db8::1%eth0", "[2001:db8::1]:53");
        is_refused("fe80::1", ServerTextError::LinkLocal);
        is_refused("fe80::1%wlan9", ServerTextError::Interface);
        is_refused("fe80::1%0", ServerTextError::Interface);
        is_refused("fe80::1%", ServerTextError::Interface);
    }

    #[test]
    fn rubbish_is_refused_with_a_reason() {
        is_refused("", ServerTextError::Empty);
        is_refused(" \t", ServerTextError::Empty);
        for text in ["dns.example.com", "192.0.2", "192.0.2.1.", "192.0.2.1%eth0", ":::", "[192.0.2.1]:53", "[]"] {
            is_refused(text, ServerTextError::Address);
        }
        for text in ["192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:+53", "[::1]:x", "[::1]53"] {
            is_refused(text, ServerTextError::Port);
        }
        is_refused("[2001:db8::1", ServerTextError::Bracket);
        for text in ["0.0.0.0", "255.255.255.255", "224.0.0.251", "::", "ff02::fb", "::ffff:0.0.0.0"] {
            is_refused(text, ServerTextError::Unusable);
        }
        assert!(ServerTextError::Port.to_string().contains("65535"));
    }
}
