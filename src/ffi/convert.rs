//! Numbers of the C interface and what they stand for inside.

use super::constants as c;
use crate::account::{CancelMode, EventKind, LogLevel, Purpose, RegistrationState, RequestResult};
use crate::policy::Method;
use crate::target::TargetKey;
use crate::types::{Cause, DnsTransport, Transport, TransportFailure};
use core::net::{IpAddr, SocketAddr};

/// Every cause with its number. The status of a response stands beside the number.
const CAUSES: [(u32, Cause); 21] = [
    (c::SFO_CAUSE_NONE, Cause::None),
    (c::SFO_CAUSE_TIMEOUT, Cause::Timeout),
    (c::SFO_CAUSE_UNREACHABLE, Cause::Transport(TransportFailure::Unreachable)),
    (c::SFO_CAUSE_CONNECT, Cause::Transport(TransportFailure::Connect)),
    (c::SFO_CAUSE_TLS, Cause::Transport(TransportFailure::Tls)),
    (c::SFO_CAUSE_CONNECTION_LOST, Cause::Transport(TransportFailure::ConnectionLost)),
    (c::SFO_CAUSE_SEND, Cause::Transport(TransportFailure::Send)),
    (c::SFO_CAUSE_LOCAL, Cause::Transport(TransportFailure::Local)),
    (c::SFO_CAUSE_RESPONSE, Cause::Response(0)),
    (c::SFO_CAUSE_RESOLUTION, Cause::Resolution),
    (c::SFO_CAUSE_ALL_FAILED, Cause::AllFailed),
    (c::SFO_CAUSE_NOT_REGISTERED, Cause::NotRegistered),
    (c::SFO_CAUSE_EXPIRED, Cause::Expired),
    (c::SFO_CAUSE_RECOVERED, Cause::Recovered),
    (c::SFO_CAUSE_STOPPED, Cause::Stopped),
    (c::SFO_CAUSE_CONFIGURATION, Cause::Configuration),
    (c::SFO_CAUSE_NETWORK, Cause::Network),
    (c::SFO_CAUSE_OTHER_REQUEST, Cause::OtherRequest),
    (c::SFO_CAUSE_RELEASED, Cause::Released),
    (c::SFO_CAUSE_CANCELLED, Cause::Cancelled),
    (c::SFO_CAUSE_ANSWERED_ELSEWHERE, Cause::AnsweredElsewhere),
];

/// SFO_CAUSE_..., and the response status beside it.
pub fn cause(cause: Cause) -> (u32, u32) {
    let (plain, status) = match cause {
        Cause::Response(status) => (Cause::Response(0), u32::from(status)),
        other => (other, 0),
    };
    let number = CAUSES.iter().find(|(_, known)| *known == plain).map_or(c::SFO_CAUSE_NONE, |(number, _)| *number);
    (number, status)
}

/// The cause that a number stands for.
pub fn cause_of(number: u32) -> Option<Cause> {
    CAUSES.iter().find(|(known, _)| *known == number).map(|(_, cause)| *cause)
}

/// The failure that a stack may report by this number.
pub fn transport_failure(number: u32) -> Option<TransportFailure> {
    match cause_of(number)? {
        Cause::Transport(failure) => Some(failure),
        _ => None,
    }
}

/// SFO_TRANSPORT_...
pub fn transport(transport: Transport) -> u32 {
    match transport {
        Transport::Udp => c::SFO_TRANSPORT_UDP,
        Transport::Tcp => c::SFO_TRANSPORT_TCP,
        Transport::Tls => c::SFO_TRANSPORT_TLS,
        Transport::Sctp => c::SFO_TRANSPORT_SCTP,
    }
}

/// SFO_TRANSPORT_... of a DNS message.
pub fn dns_transport(transport: DnsTransport) -> u32 {
    match transport {
        DnsTransport::Udp => c::SFO_TRANSPORT_UDP,
        DnsTransport::Tcp => c::SFO_TRANSPORT_TCP,
    }
}

/// The transport of a DNS message that this SFO_TRANSPORT_... stands for.
pub fn dns_transport_of(number: u32) -> Option<DnsTransport> {
    match number {
        c::SFO_TRANSPORT_UDP => Some(DnsTransport::Udp),
        c::SFO_TRANSPORT_TCP => Some(DnsTransport::Tcp),
        _ => None,
    }
}

/// SFO_METHOD_...
pub fn method(method: Method) -> u32 {
    Method::ALL.iter().find(|(_, known)| *known == method).map_or(c::SFO_METHOD_OTHER, |(number, _)| *number)
}

/// The method that a firmware may start a request of by this number.
pub fn startable_method(number: u32) -> Option<Method> {
    let (_, method) = Method::ALL.iter().find(|(known, _)| *known == number)?;
    if *method == Method::Register { None } else { Some(*method) }
}

/// SFO_PURPOSE_...
pub fn purpose(purpose: Purpose) -> u32 {
    match purpose {
        Purpose::Request => c::SFO_PURPOSE_REQUEST,
        Purpose::Register => c::SFO_PURPOSE_REGISTER,
        Purpose::Probe => c::SFO_PURPOSE_PROBE,
        Purpose::Unregister => c::SFO_PURPOSE_UNREGISTER,
    }
}

/// SFO_CANCEL_...
pub fn cancel_mode(mode: CancelMode) -> u32 {
    match mode {
        CancelMode::Stop => c::SFO_CANCEL_STOP,
        CancelMode::Cancel => c::SFO_CANCEL_CANCEL,
        CancelMode::Destroy => c::SFO_CANCEL_DESTROY,
    }
}

/// SFO_DONE_...
pub fn result(result: RequestResult) -> u32 {
    match result {
        RequestResult::Answered => c::SFO_DONE_ANSWERED,
        RequestResult::Failed => c::SFO_DONE_FAILED,
        RequestResult::Stopped => c::SFO_DONE_STOPPED,
        RequestResult::Released => c::SFO_DONE_RELEASED,
    }
}

/// SFO_REG_...
pub fn registration(state: RegistrationState) -> u32 {
    match state {
        RegistrationState::Off => c::SFO_REG_OFF,
        RegistrationState::Registering => c::SFO_REG_REGISTERING,
        RegistrationState::Registered => c::SFO_REG_REGISTERED,
        RegistrationState::RefreshFailing => c::SFO_REG_REFRESH_FAILING,
        RegistrationState::Retrying => c::SFO_REG_RETRYING,
        RegistrationState::Refused => c::SFO_REG_REFUSED,
        RegistrationState::Stopping => c::SFO_REG_STOPPING,
    }
}

/// SFO_EVENT_...
pub fn event(kind: EventKind) -> u32 {
    match kind {
        EventKind::Registration => c::SFO_EVENT_REGISTRATION,
        EventKind::CurrentTarget => c::SFO_EVENT_CURRENT_TARGET,
        EventKind::FallbackEntered => c::SFO_EVENT_FALLBACK_ENTERED,
        EventKind::FallbackLeft => c::SFO_EVENT_FALLBACK_LEFT,
        EventKind::AllFailed => c::SFO_EVENT_ALL_FAILED,
        EventKind::ResolutionFailed => c::SFO_EVENT_RESOLUTION_FAILED,
        EventKind::Stopped => c::SFO_EVENT_STOPPED,
        EventKind::ReducedService => c::SFO_EVENT_REDUCED_SERVICE,
        EventKind::FailbackDue => c::SFO_EVENT_FAILBACK_DUE,
        EventKind::FailbackDeferred => c::SFO_EVENT_FAILBACK_DEFERRED,
        EventKind::FailbackDone => c::SFO_EVENT_FAILBACK_DONE,
        EventKind::Resubscribe => c::SFO_EVENT_RESUBSCRIBE,
        EventKind::SubscriptionsAffected => c::SFO_EVENT_SUBSCRIPTIONS_AFFECTED,
        EventKind::Configuration => c::SFO_EVENT_CONFIGURATION,
    }
}

/// SFO_LOG_...
pub fn log_level(level: LogLevel) -> u32 {
    level as u32
}

/// The level that a firmware names by this number.
pub fn log_level_of(number: u32) -> Option<LogLevel> {
    Some(match number {
        0 => LogLevel::Off,
        c::SFO_LOG_ERROR => LogLevel::Error,
        c::SFO_LOG_WARNING => LogLevel::Warning,
        c::SFO_LOG_INFO => LogLevel::Info,
        c::SFO_LOG_DEBUG => LogLevel::Debug,
        _ => return None,
    })
}

/// Where something came from: an address, with or without a port.
pub fn source(text: &str) -> Option<(IpAddr, Option<u16>)> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some((ip, None));
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some((address.ip(), Some(address.port())));
    }
    let bracketed = text.strip_prefix('[')?.strip_suffix(']')?;
    Some((IpAddr::V6(bracketed.parse().ok()?), None))
}

/// Family (4 or 6) and bytes of an address.
pub fn address(key: TargetKey) -> (u32, [u8; 16]) {
    let mut bytes = [0; 16];
    match key.address.ip() {
        IpAddr::V4(ip) => {
            bytes[..4].copy_from_slice(&ip.octets());
            (4, bytes)
        }
        IpAddr::V6(ip) => (6, ip.octets()),
    }
}
