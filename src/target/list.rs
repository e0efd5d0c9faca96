//! The ordered targets of one configured address.

use crate::types::{CText, CTexts, TextBuffer, Transport};
use core::net::{IpAddr, SocketAddr};
use std::sync::Arc;

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

impl TargetKey {
    /// True if the target has this address, and this port where one is given. An IPv4 address is the same in both families.
    #[must_use]
    pub fn is_at(&self, ip: IpAddr, port: Option<u16>) -> bool {
        self.address.ip().to_canonical() == ip.to_canonical() && port.is_none_or(|port| self.address.port() == port)
    }
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
    texts: CTexts<4>,
}

/// Longest address as text: `ffff:...:255.255.255.255`, and longest port.
const ADDRESS_TEXT: usize = 45;
const PORT_TEXT: usize = 5;

impl Target {
    /// A target at `key` whose address belongs to `host`.
    #[must_use]
    pub fn new(key: TargetKey, host: &str, ttl_s: u32) -> Target {
        let ip: TextBuffer<ADDRESS_TEXT> = TextBuffer::of(&key.address.ip());
        let port: TextBuffer<PORT_TEXT> = TextBuffer::of(&key.address.port());
        let (ip, port, transport) = (ip.as_str(), port.as_str(), key.transport.text());
        let (open, close) = match key.address.ip() {
            IpAddr::V4(_) => ("", ""),
            IpAddr::V6(_) => ("[", "]"),
        };
        // `transport=tls` is deprecated (RFC 3261 §26.2.2): TLS to the next hop is a sips URI.
        let (scheme, parameter) = match key.transport {
            Transport::Tls => ("<sips:", Transport::Tcp.text()),
            other => ("<sip:", other.text()),
        };
        let texts = CTexts::new([
            &[host],
            &[ip],
            &[open, ip, close, ":", port, "/", transport],
            &[scheme, open, ip, close, ":", port, ";transport=", parameter, ";lr>"],
        ]);
        Target { key, ttl_s, texts }
    }

    /// The host that the address belongs to: SRV target, or the configured name or address.
    #[must_use]
    pub fn host(&self) -> CText<'_> {
        self.texts.get(0)
    }

    /// `192.0.2.1`, `2001:db8::1`.
    #[must_use]
    pub fn address_text(&self) -> CText<'_> {
        self.texts.get(1)
    }

    /// `192.0.2.1:5060/udp`.
    #[must_use]
    pub fn text(&self) -> CText<'_> {
        self.texts.get(2)
    }

    /// `<sip:192.0.2.1:5060;transport=udp;lr>`.
    #[must_use]
    pub fn route(&self) -> CText<'_> {
        self.texts.get(3)
    }

    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text().as_str()
    }
}

/// The targets of one configured address, best first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetList {
    targets: Box<[Target]>,
    names: CTexts<2>,
}

impl TargetList {
    /// A list of the first [`MAX_TARGETS`] distinct targets. `tls_name` is the name to verify in TLS (the configured
    /// host), `registrar` the host of the request URI.
    #[must_use]
    pub fn new(targets: impl IntoIterator<Item = Target>, tls_name: &str, registrar: &str) -> TargetList {
        let targets = targets.into_iter();
        let mut kept: Vec<Target> = Vec::with_capacity(targets.size_hint().0.min(MAX_TARGETS));
        for target in targets {
            if kept.len() < MAX_TARGETS && kept.iter().all(|other| other.key != target.key) {
                kept.push(target);
            }
        }
        TargetList { targets: kept.into(), names: CTexts::new([&[tls_name], &[registrar]]) }
    }

    /// The list with this target at its end, unless it is in there already. In a full list it takes the last place.
    #[must_use]
    pub fn with(self: Arc<TargetList>, target: &Target) -> Arc<TargetList> {
        match self.position(target.key) {
            Some(_) => self,
            None => {
                let room = self.targets.len().min(MAX_TARGETS - 1);
                Arc::new(self.made_of(self.targets[..room].iter().chain([target])))
            }
        }
    }

    /// Another list of the same server with this target alone.
    #[must_use]
    pub fn only(&self, target: &Target) -> Arc<TargetList> {
        Arc::new(self.made_of([target]))
    }

    fn made_of<'a>(&self, targets: impl IntoIterator<Item = &'a Target>) -> TargetList {
        TargetList::new(targets.into_iter().cloned(), self.tls_name().as_str(), self.registrar().as_str())
    }

    /// The targets of one list, and behind them those that only the other one has; the names are those of the second.
    #[must_use]
    pub fn joined(first: &Arc<TargetList>, second: &Arc<TargetList>) -> Arc<TargetList> {
        if first == second || second.targets.iter().all(|target| first.position(target.key).is_some()) {
            return first.clone();
        }
        Arc::new(second.made_of(first.targets.iter().chain(second.targets.iter())))
    }

    /// The targets, best first.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The name to verify in TLS.
    #[must_use]
    pub fn tls_name(&self) -> CText<'_> {
        self.names.get(0)
    }

    /// The host of the request URI.
    #[must_use]
    pub fn registrar(&self) -> CText<'_> {
        self.names.get(1)
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
    use std::sync::Arc;

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
        let small = Arc::new(TargetList::new([target(Transport::Udp, "192.0.2.1:5060")], "pbx", "pbx")).with(&more);
        assert_eq!(small.position(more.key), Some(1));
        let many = (0..100).map(|i| target(Transport::Udp, &format!("192.0.2.{i}:5060")));
        let full = Arc::new(TargetList::new(many, "pbx", "pbx")).with(&more);
        assert_eq!((full.targets().len(), full.position(more.key)), (MAX_TARGETS, Some(MAX_TARGETS - 1)));
        assert_eq!(full.only(&more).targets(), [more]);
    }

    #[test]
    fn routes_are_ready_to_use() {
        let route = |t: Target| t.route().as_str().to_owned();
        assert_eq!(route(target(Transport::Tcp, "192.0.2.1:5060")), "<sip:192.0.2.1:5060;transport=tcp;lr>");
        assert_eq!(route(target(Transport::Udp, "[2001:db8::1]:5060")), "<sip:[2001:db8::1]:5060;transport=udp;lr>");
        assert_eq!(route(target(Transport::Tls, "192.0.2.1:5061")), "<sips:192.0.2.1:5061;transport=tcp;lr>");
    }
}
