//! The ordered targets of one configured address.

use crate::types::Transport;
use core::fmt::Write;
use core::net::SocketAddr;
use std::ffi::CString;

/// Targets in one list. More than a phone will ever try in a row: 32 silent targets take four minutes to walk.
pub const MAX_TARGETS: usize = 32;

/// The identity of a target.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TargetKey {
    /// Transport.
    pub transport: Transport,
    /// IP address and port.
    pub address: SocketAddr,
}

impl core::fmt::Display for TargetKey {
    /// `192.0.2.1:5060/udp`, `[2001:db8::1]:5061/tls`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}/{}", self.address, self.transport.text())
    }
}

/// One target, with the texts a SIP stack needs ready-made, so that routing a request allocates nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// Identity.
    pub key: TargetKey,
    /// Original TTL of the address record, seconds; 0 for a numeric address.
    pub ttl_s: u32,
    /// The host that the address belongs to: SRV target, or the configured name or address.
    pub host: CString,
    /// `192.0.2.1`, `2001:db8::1`.
    pub address_text: CString,
    /// `192.0.2.1:5060/udp`.
    pub text: CString,
    /// `<sip:192.0.2.1:5060;transport=udp;lr>`.
    pub route: CString,
}

impl Target {
    /// A target at `key` whose address belongs to `host`.
    #[must_use]
    pub fn new(key: TargetKey, host: &str, ttl_s: u32) -> Target {
        let mut route = String::with_capacity(64);
        // Writing into a String cannot fail.
        let _ = match key.transport {
            // `transport=tls` is deprecated (RFC 3261 §26.2.2): TLS to the next hop is a sips URI.
            Transport::Tls => write!(route, "<sips:{};transport=tcp;lr>", key.address),
            other => write!(route, "<sip:{};transport={};lr>", key.address, other.text()),
        };
        Target {
            key,
            ttl_s,
            host: c_text(host),
            address_text: c_text(&key.address.ip().to_string()),
            text: c_text(&key.to_string()),
            route: c_text(&route),
        }
    }

    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.to_str().unwrap_or_default()
    }
}

/// A C string; a NUL byte, which configuration and DNS names cannot contain, ends it early.
fn c_text(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

/// The targets of one configured address, best first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetList {
    targets: Box<[Target]>,
    tls_name: CString,
    registrar: CString,
}

impl TargetList {
    /// A list of the first [`MAX_TARGETS`] distinct targets. `tls_name` is the name to verify in TLS (the configured
    /// host), `registrar` the host of the request URI.
    #[must_use]
    pub fn new(targets: impl IntoIterator<Item = Target>, tls_name: &str, registrar: &str) -> TargetList {
        let mut kept: Vec<Target> = Vec::new();
        for target in targets {
            if kept.len() < MAX_TARGETS && kept.iter().all(|other| other.key != target.key) {
                kept.push(target);
            }
        }
        TargetList { targets: kept.into(), tls_name: c_text(tls_name), registrar: c_text(registrar) }
    }

    /// This list with one more target behind the others; in a full list it takes the last place.
    #[must_use]
    pub fn with(&self, target: &Target) -> TargetList {
        let room = self.targets.len().min(MAX_TARGETS - 1);
        let targets = self.targets[..room].iter().chain([target]).cloned().collect();
        TargetList { targets, ..self.clone() }
    }

    /// A list of one of these targets.
    #[must_use]
    pub fn only(&self, target: &Target) -> TargetList {
        TargetList { targets: [target.clone()].into(), ..self.clone() }
    }

    /// The targets, best first.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The name to verify in TLS.
    #[must_use]
    pub fn tls_name(&self) -> &CString {
        &self.tls_name
    }

    /// The host of the request URI.
    #[must_use]
    pub fn registrar(&self) -> &CString {
        &self.registrar
    }

    /// Position of a target.
    #[must_use]
    pub fn position(&self, key: TargetKey) -> Option<usize> {
        self.targets.iter().position(|target| target.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TARGETS, Target, TargetKey, TargetList};
    use crate::types::Transport;

    fn target(transport: Transport, address: &str) -> Target {
        Target::new(TargetKey { transport, address: address.parse().unwrap() }, "h", 0)
    }

    #[test]
    fn one_host_with_two_ports_is_two_targets_and_a_repeated_target_is_one() {
        let list = TargetList::new(
            [
                target(Transport::Udp, "192.0.2.1:5060"),
                target(Transport::Udp, "192.0.2.1:5062"),
                target(Transport::Udp, "192.0.2.1:5060"),
                target(Transport::Tcp, "192.0.2.1:5060"),
            ],
            "pbx",
            "pbx",
        );
        let texts: Vec<&str> = list.targets().iter().map(Target::as_str).collect();
        assert_eq!(texts, ["192.0.2.1:5060/udp", "192.0.2.1:5062/udp", "192.0.2.1:5060/tcp"]);
    }

    #[test]
    fn a_list_is_bounded_and_keeps_the_best() {
        let many = (0..100).map(|i| target(Transport::Udp, &format!("192.0.2.{i}:5060")));
        let list = TargetList::new(many, "pbx", "pbx");
        assert_eq!(list.targets().len(), MAX_TARGETS);
        assert_eq!(list.targets()[0].as_str(), "192.0.2.0:5060/udp");
    }

    #[test]
    fn a_list_with_one_more_target_stays_bounded() {
        let more = target(Transport::Udp, "192.0.2.200:5060");
        let small = TargetList::new([target(Transport::Udp, "192.0.2.1:5060")], "pbx", "pbx").with(&more);
        assert_eq!(small.position(more.key), Some(1));
        let many = (0..100).map(|i| target(Transport::Udp, &format!("192.0.2.{i}:5060")));
        let full = TargetList::new(many, "pbx", "pbx").with(&more);
        assert_eq!((full.targets().len(), full.position(more.key)), (MAX_TARGETS, Some(MAX_TARGETS - 1)));
        assert_eq!(full.only(&more).targets(), [more]);
    }

    #[test]
    fn routes_are_ready_to_use() {
        let route = |t: Target| t.route.into_string().unwrap();
        assert_eq!(route(target(Transport::Tcp, "192.0.2.1:5060")), "<sip:192.0.2.1:5060;transport=tcp;lr>");
        assert_eq!(route(target(Transport::Udp, "[2001:db8::1]:5060")), "<sip:[2001:db8::1]:5060;transport=udp;lr>");
        assert_eq!(route(target(Transport::Tls, "192.0.2.1:5061")), "<sips:192.0.2.1:5061;transport=tcp;lr>");
    }
}
