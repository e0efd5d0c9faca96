//! Why something happened: reasons that are events of the world, not programming mistakes.

use core::ffi::CStr;

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
    /// The firmware withdrew the request.
    Cancelled,
    /// Another server was quicker to answer an urgent request.
    AnsweredElsewhere,
}

impl Cause {
    /// The reason as a phrase that fits after "because of" or a colon.
    #[must_use]
    pub const fn c_text(self) -> &'static CStr {
        match self {
            Cause::None => c"no particular reason",
            Cause::Timeout => c"no response in time",
            Cause::Transport(TransportFailure::Unreachable) => c"host or port unreachable",
            Cause::Transport(TransportFailure::Connect) => c"connection failed",
            Cause::Transport(TransportFailure::Tls) => c"TLS handshake or certificate failed",
            Cause::Transport(TransportFailure::ConnectionLost) => c"connection lost",
            Cause::Transport(TransportFailure::Send) => c"could not be sent",
            Cause::Transport(TransportFailure::Local) => c"local network fault",
            Cause::Response(_) => c"response of the server",
            Cause::Resolution => c"name could not be resolved",
            Cause::AllFailed => c"all servers failed",
            Cause::NotRegistered => c"not registered",
            Cause::Expired => c"registration expired",
            Cause::Recovered => c"server answers again",
            Cause::Stopped => c"account stopped",
            Cause::Configuration => c"configuration changed",
            Cause::Network => c"network changed",
            Cause::OtherRequest => c"another request found the server failed",
            Cause::Released => c"engine released",
            Cause::Cancelled => c"request withdrawn",
            Cause::AnsweredElsewhere => c"another server was quicker",
        }
    }
    /// The same phrase, for Rust.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.c_text().to_str().unwrap_or_default()
    }
}
