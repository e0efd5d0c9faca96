//! How long an attempt may take.
//!
//! Over UDP the SIP stack retransmits by itself: an INVITE at T1, 3·T1, 7·T1, ... after the first send (Timer A,
//! RFC 3261 §17.1.1.2), any other request likewise until the interval reaches T2 and every T2 from then on (Timer E,
//! §17.1.2.2). With N retries configured, the server counts as not responding at the moment when retransmission N+1
//! would be due.

use super::Method;
use crate::types::Transport;

/// T2: the longest interval between retransmissions of a request that is no INVITE (RFC 3261 §17.1.2.2), ms.
const T2_MS: u64 = 4_000;
/// Shortest budget, ms: a server in the same building deserves more than one lost packet's worth of patience.
const MIN_BUDGET_MS: u64 = 1_000;
/// Shortest budget over TCP and TLS, ms: connection and handshake take several round trips.
const MIN_CONNECTION_BUDGET_MS: u64 = 4_000;
/// Retransmissions that fit into 64·T1 (RFC 3261 Timer B): INVITE.
const FULL_INVITE_RETRANSMISSIONS: u8 = 6;
/// Retransmissions that fit into 64·T1 (RFC 3261 Timer F): every other request.
const FULL_OTHER_RETRANSMISSIONS: u8 = 10;
/// Timer C (RFC 3261 §16.6 step 11): how long a ringing INVITE may stay without a further provisional response, ms.
pub const TIMER_C_MS: u64 = 180_000;

/// An urgent request starts its next attempt after this long without a response, ms: one lost datagram and its repetition
/// later, and soon enough for a person in need.
const URGENT_PATIENCE_MS: u64 = 2_000;
/// The same over TLS, where connection and handshake take several round trips, ms.
const URGENT_TLS_PATIENCE_MS: u64 = 4_000;

/// What an attempt may cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// Retransmissions the stack may send over UDP.
    pub retransmissions: u8,
    /// Time until the attempt counts as failed, ms.
    pub ms: u64,
}

/// 64·T1: the lifetime of a SIP transaction (RFC 3261 Timers B and F), ms.
#[must_use]
pub const fn transaction_timeout_ms(t1_ms: u64) -> u64 {
    64 * t1_ms
}

/// The budget of a target after which no other is left: the whole transaction timeout.
#[must_use]
pub const fn full_budget(method: Method, t1_ms: u64) -> Budget {
    let retransmissions = match method {
        Method::Invite => FULL_INVITE_RETRANSMISSIONS,
        _ => FULL_OTHER_RETRANSMISSIONS,
    };
    Budget { retransmissions, ms: transaction_timeout_ms(t1_ms) }
}

/// How long an urgent request waits for a first response before it asks the next target as well, ms.
#[must_use]
pub const fn urgent_patience_ms(transport: Transport) -> u64 {
    match transport {
        Transport::Tls => URGENT_TLS_PATIENCE_MS,
        Transport::Udp | Transport::Tcp | Transport::Sctp => URGENT_PATIENCE_MS,
    }
}

/// The budget for `retries` configured retransmissions.
#[must_use]
pub fn retry_budget(method: Method, transport: Transport, retries: u8, t1_ms: u64) -> Budget {
    let due = (0..=retries).fold((0, t1_ms), |(at, interval), _| {
        let next = match method {
            Method::Invite => interval.saturating_mul(2),
            _ => interval.saturating_mul(2).min(T2_MS.max(t1_ms)),
        };
        (at + interval, next)
    });
    let least = if transport.retransmits() { MIN_BUDGET_MS } else { MIN_CONNECTION_BUDGET_MS };
    let full = full_budget(method, t1_ms);
    let ms = due.0.max(least).min(full.ms.max(least));
    Budget { retransmissions: retries.min(full.retransmissions), ms }
}

#[cfg(test)]
mod tests {
    use super::{Budget, full_budget, retry_budget};
    use crate::policy::Method;
    use crate::types::Transport;

    fn budgets(method: Method, transport: Transport, retries: std::ops::RangeInclusive<u8>) -> Vec<u64> {
        retries.map(|n| retry_budget(method, transport, n, 500).ms).collect()
    }

    #[test]
    fn an_invite_fails_when_the_next_retransmission_would_be_due() {
        let expected = [1_500, 3_500, 7_500, 15_500, 31_500, 32_000, 32_000, 32_000, 32_000, 32_000];
        assert_eq!(budgets(Method::Invite, Transport::Udp, 1..=10), expected);
    }

    #[test]
    fn other_requests_fail_when_the_next_retransmission_would_be_due() {
        let expected = [1_000, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500, 32_000, 32_000];
        assert_eq!(budgets(Method::Register, Transport::Udp, 0..=11), expected);
    }

    #[test]
    fn a_connection_gets_at_least_four_seconds() {
        assert_eq!(budgets(Method::Register, Transport::Tls, 0..=3), [4_000, 4_000, 4_000, 7_500]);
        assert_eq!(retry_budget(Method::Invite, Transport::Tcp, 3, 500), Budget { retransmissions: 3, ms: 7_500 });
    }

    #[test]
    fn the_last_target_gets_the_whole_transaction_timeout() {
        assert_eq!(full_budget(Method::Invite, 500), Budget { retransmissions: 6, ms: 32_000 });
        assert_eq!(full_budget(Method::Register, 500), Budget { retransmissions: 10, ms: 32_000 });
    }

    #[test]
    fn the_timer_base_scales_the_budget() {
        assert_eq!(retry_budget(Method::Invite, Transport::Udp, 3, 1_000).ms, 15_000);
        assert_eq!(full_budget(Method::Invite, 250).ms, 16_000);
    }
}
