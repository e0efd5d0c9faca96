//! Why something happened: reasons that are events of the world, not programming mistakes.

/// A failure below SIP: nothing came back, because it could not even be delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransportFailure {
    /// ICMP says that the host or the port cannot be reached.
    Unreachable,
    /// TCP or TLS: no connection could be made.
    Connect,
    /// The TLS handshake or the check of the certificate failed.
    Tls,
    /// The connection was lost before a response came.
    ConnectionLost,
    /// The stack could not send.
    Send,
    /// The fault is on this device (no route, network down): no server is blamed.
    Local,
}

/// Why an attempt failed, a request ended, or the current target changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// No particular reason.
    None,
    /// No response within the attempt's budget.
    Timeout,
    /// A failure of the transport.
    Transport(TransportFailure),
    /// A final SIP response, with its status code.
    Response(u16),
    /// The configured name led to no address.
    Resolution,
    /// Every server that could be asked has failed.
    AllFailed,
    /// No binding that the request could have used.
    NotRegistered,
    /// The binding's lifetime ended without a renewal.
    Expired,
    /// The better server answered again.
    Recovered,
    /// The account was stopped or disabled.
    Stopped,
    /// The configuration changed.
    Configuration,
    /// The network or the device's own address changed.
    Network,
    /// Another request of the account found the server failed.
    OtherRequest,
    /// The engine is being released.
    Released,
}

impl Cause {
    /// The reason as a phrase that fits after "because of" or a colon.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Cause::None => "no particular reason",
            Cause::Timeout => "no response in time",
            Cause::Transport(TransportFailure::Unreachable) => "host or port unreachable",
            Cause::Transport(TransportFailure::Connect) => "connection failed",
            Cause::Transport(TransportFailure::Tls) => "TLS handshake or certificate failed",
            Cause::Transport(TransportFailure::ConnectionLost) => "connection lost",
            Cause::Transport(TransportFailure::Send) => "could not be sent",
            Cause::Transport(TransportFailure::Local) => "local network fault",
            Cause::Response(_) => "response of the server",
            Cause::Resolution => "name could not be resolved",
            Cause::AllFailed => "all servers failed",
            Cause::NotRegistered => "not registered",
            Cause::Expired => "registration expired",
            Cause::Recovered => "server answers again",
            Cause::Stopped => "account stopped",
            Cause::Configuration => "configuration changed",
            Cause::Network => "network changed",
            Cause::OtherRequest => "another request found the server failed",
            Cause::Released => "engine released",
        }
    }
}
