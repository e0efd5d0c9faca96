//! What the outcome of an attempt means.

use super::Method;
use crate::config::FailoverCodes;
use crate::types::{Cause, TransportFailure};

/// What the SIP stack, or the attempt's own timer, reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Report {
    /// The budget ran out.
    Silence,
    /// A failure below SIP.
    Transport(TransportFailure),
    /// A final response, 200..=699.
    Final(u16),
}

/// What a report means for the walk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The response is the answer: deliver it, the target is alive.
    Answer,
    /// The target could not be reached: try the next one and remember it for the account.
    Unreachable(Cause),
    /// The target answered that it cannot serve: try the next one for this request.
    Unavailable(Cause),
    /// This device cannot send: no target is to blame.
    Local,
}

impl Report {
    /// The report as a cause.
    #[must_use]
    pub const fn cause(self) -> Cause {
        match self {
            Report::Silence => Cause::Timeout,
            Report::Transport(failure) => Cause::Transport(failure),
            Report::Final(status) => Cause::Response(status),
        }
    }
}

/// Judges a report.
#[must_use]
pub fn judge(method: Method, codes: &FailoverCodes, report: Report) -> Verdict {
    match report {
        Report::Transport(TransportFailure::Local) => Verdict::Local,
        Report::Silence | Report::Transport(_) => Verdict::Unreachable(report.cause()),
        Report::Final(status) if is_failover_code(method, codes, status) => Verdict::Unavailable(report.cause()),
        Report::Final(_) => Verdict::Answer,
    }
}

/// True if this final response moves the request to the next target.
///
/// Default: 503 for every method, and 430 (RFC 5626: flow failed). Requests that end at the server itself (REGISTER,
/// OPTIONS, SUBSCRIBE) move also on 408, 500, 502 and 504; those of others may come from the far end of a call.
fn is_failover_code(method: Method, codes: &FailoverCodes, status: u16) -> bool {
    let configured = if method == Method::Invite { &codes.invite } else { &codes.other };
    if let Some(configured) = configured {
        return configured.binary_search(&status).is_ok();
    }
    match status {
        503 | 430 => true,
        408 | 500 | 502 | 504 => matches!(method, Method::Register | Method::Options | Method::Subscribe),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Report, Verdict, judge};
    use crate::config::FailoverCodes;
    use crate::policy::Method;
    use crate::types::{Cause, TransportFailure};

    fn moves(method: Method, codes: &FailoverCodes) -> Vec<u16> {
        let unavailable = |status: &u16| {
            judge(method, codes, Report::Final(*status)) == Verdict::Unavailable(Cause::Response(*status))
        };
        (200..700).filter(unavailable).collect()
    }

    #[test]
    fn default_responses_that_move_a_request() {
        let default = FailoverCodes::default();
        for method in [Method::Register, Method::Options, Method::Subscribe] {
            assert_eq!(moves(method, &default), [408, 430, 500, 502, 503, 504]);
        }
        for method in [Method::Invite, Method::Publish, Method::Message, Method::Other] {
            assert_eq!(moves(method, &default), [430, 503]);
        }
    }

    #[test]
    fn configured_responses_replace_the_default_set() {
        let codes = FailoverCodes { other: Some([404].into()), invite: Some([].into()) };
        assert_eq!(moves(Method::Register, &codes), [404]);
        assert_eq!(moves(Method::Invite, &codes), []);
    }

    #[test]
    fn a_fault_of_this_device_blames_no_target() {
        let default = FailoverCodes::default();
        let local = Report::Transport(TransportFailure::Local);
        assert_eq!(judge(Method::Invite, &default, local), Verdict::Local);
        let connect = Report::Transport(TransportFailure::Connect);
        let cause = Cause::Transport(TransportFailure::Connect);
        assert_eq!(judge(Method::Invite, &default, connect), Verdict::Unreachable(cause));
        assert_eq!(judge(Method::Invite, &default, Report::Silence), Verdict::Unreachable(Cause::Timeout));
    }
}
