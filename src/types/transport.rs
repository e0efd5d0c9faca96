//! SIP transports (RFC 3261 §18, RFC 4168).

/// A transport protocol a SIP request can be sent over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Transport {
    /// UDP: the SIP stack retransmits.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// SCTP, used only when the firmware declares it.
    Sctp,
}

impl Transport {
    /// All transports, in the order of their bits in [`TransportSet`].
    pub const ALL: [Transport; 4] = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Sctp];

    /// Lower-case name, as it stands in a `transport=` URI parameter.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
            Transport::Sctp => "sctp",
        }
    }

    /// The port used when neither the configuration nor DNS names one (RFC 3261 §19.1.2).
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp | Transport::Sctp => 5060,
            Transport::Tls => 5061,
        }
    }

    /// True where the SIP stack itself retransmits requests (RFC 3261 §17.1).
    #[must_use]
    pub const fn retransmits(self) -> bool {
        matches!(self, Transport::Udp)
    }
}

/// The value of a `transport_type` provisioning key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransportSetting {
    /// Always this transport.
    Fixed(Transport),
    /// DNS decides, starting with NAPTR (RFC 3263 §4.1).
    DnsNaptr,
}

/// How a DNS message travels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DnsTransport {
    /// One datagram (RFC 1035 §4.2.1).
    Udp,
    /// A connection, two bytes of length before each message (RFC 1035 §4.2.2, RFC 7766).
    Tcp,
}

/// A set of transports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TransportSet(u8);

impl TransportSet {
    /// UDP, TCP and TLS: what a phone supports unless it says otherwise.
    pub const DEFAULT: TransportSet = TransportSet(0b0111);

    /// A set from bits: 1 UDP, 2 TCP, 4 TLS, 8 SCTP. `None` for an empty set or an unknown bit.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<TransportSet> {
        if bits == 0 || bits > 0b1111 { None } else { Some(TransportSet(bits)) }
    }

    /// True if `transport` is in the set.
    #[must_use]
    pub const fn contains(self, transport: Transport) -> bool {
        self.0 & (1 << transport as u8) != 0
    }
}
