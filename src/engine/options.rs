//! Options of an engine that are no provisioning keys.

use crate::account::{LogLevel, Options};
use crate::types::TransportSet;

/// What the firmware decides, rather than its administrator.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// What the accounts need.
    pub account: Options,
    /// How long a walk waits for DNS before it uses the targets known before, ms.
    pub dns_wait_ms: u64,
    /// How long after their end DNS records may serve while no DNS server answers, ms.
    pub stale_limit_ms: u64,
    /// Answers in the DNS cache.
    pub cache_entries: usize,
    /// Transports that the SIP stack supports.
    pub transports: TransportSet,
    /// Facts that the trace keeps; 0: none.
    pub trace_entries: usize,
    /// Unpredictable bytes: DNS ids, load balance and jitter come from them.
    pub seed: [u8; 32],
}

impl Default for EngineOptions {
    fn default() -> EngineOptions {
        EngineOptions {
            // T1 of RFC 3261 §17.1.1.1.
            account: Options {
                t1_ms: 500,
                startup_window_ms: 0,
                jitter: true,
                failback_successes: 1,
                failback_min_stay_ms: 0,
                log_level: LogLevel::Off,
            },
            // RFC 8767 §5: the client response timeout.
            dns_wait_ms: 1_800,
            // A day, the shortest limit that RFC 8767 §5 suggests.
            stale_limit_ms: 86_400_000,
            cache_entries: 256,
            transports: TransportSet::DEFAULT,
            trace_entries: 512,
            seed: [0; 32],
        }
    }
}
