//! How long to wait before the next REGISTER.

use crate::config::RetrySettings;
use crate::types::{Random, SECOND_MS};

/// Shortest pause after every server failed, ms: below this a phone becomes part of the outage.
const MIN_PAUSE_MS: u64 = 5 * SECOND_MS;
/// First pause after a refusal, ms. Sites ban phones that hammer.
const FIRST_REFUSAL_PAUSE_MS: u64 = 60 * SECOND_MS;
/// Longest pause after refusals, ms.
const MAX_REFUSAL_PAUSE_MS: u64 = 1_800 * SECOND_MS;
/// A binding is refreshed this long before its end, ms.
const REFRESH_LEAD_MS: u64 = 60 * SECOND_MS;
/// Time a refresh is started earlier than the targets known dead would take, ms.
const DEAD_TARGET_MARGIN_MS: u64 = 5 * SECOND_MS;

/// A random time of at most `percent` above or below `ms`, or `ms` itself without jitter.
pub fn spread(ms: u64, percent: u64, jitter: Option<&mut Random>) -> u64 {
    let width = ms / 100 * percent;
    match jitter {
        Some(random) => ms - width + random.up_to(2 * width),
        None => ms,
    }
}

/// A random time of at most `percent` of `share` below `ms`, or `ms` itself without jitter.
pub fn earlier_by_up_to(ms: u64, share: u64, percent: u64, jitter: Option<&mut Random>) -> u64 {
    match jitter {
        Some(random) => ms.saturating_sub(random.up_to(share / 100 * percent)),
        None => ms,
    }
}

/// The pause after every server failed `failures` times in a row (at least 1), ms.
///
/// Without back-off: the interval, ±20 %. With back-off (RFC 5626 §4.5): between half and all of
/// min(max, min·2^failures). Never below 5 s, and never below `retry_after_s`, the smallest Retry-After of a walk in
/// which every target gave one.
pub fn retry_pause_ms(
    settings: &RetrySettings,
    failures: u32,
    retry_after_s: Option<u32>,
    jitter: Option<&mut Random>,
) -> u64 {
    let ms = if settings.min_s == 0 {
        spread(u64::from(settings.interval_s) * SECOND_MS, 20, jitter)
    } else {
        let doubled = u64::from(settings.min_s) << failures.min(16);
        let top = doubled.min(u64::from(settings.max_s.max(settings.min_s))) * SECOND_MS;
        match jitter {
            Some(random) => top / 2 + random.up_to(top / 2),
            None => top,
        }
    };
    ms.max(MIN_PAUSE_MS).max(retry_after_s.map_or(0, |s| u64::from(s) * SECOND_MS))
}

/// The pause after the registrar refused `refusals` times in a row (at least 1), ms: 60 s, 120 s, ... 1800 s.
#[must_use]
pub fn refusal_pause_ms(refusals: u32) -> u64 {
    let doublings = refusals.saturating_sub(1).min(8);
    (FIRST_REFUSAL_PAUSE_MS << doublings).min(MAX_REFUSAL_PAUSE_MS)
}

/// How long before the end of a binding of `lifetime_ms` its refresh starts, ms, when the targets known dead would
/// cost `dead_ms` to walk over: 60 s, or as long as the walk takes, but never more than half of the lifetime.
#[must_use]
pub fn refresh_lead_ms(lifetime_ms: u64, dead_ms: u64) -> u64 {
    let for_dead = if dead_ms == 0 { 0 } else { dead_ms + DEAD_TARGET_MARGIN_MS };
    REFRESH_LEAD_MS.max(for_dead).min(lifetime_ms / 2)
}

#[cfg(test)]
mod tests {
    use super::{earlier_by_up_to, refresh_lead_ms, refusal_pause_ms, retry_pause_ms, spread};
    use crate::config::RetrySettings;
    use crate::types::Random;

    #[test]
    fn a_plain_interval_is_spread_by_a_fifth() {
        let settings = RetrySettings { interval_s: 30, min_s: 0, max_s: 60 };
        assert_eq!(retry_pause_ms(&settings, 7, None, None), 30_000);
        let mut random = Random::new(&[1; 32]);
        let pauses: Vec<u64> = (0..500).map(|_| retry_pause_ms(&settings, 1, None, Some(&mut random))).collect();
        assert!(pauses.iter().all(|ms| (24_000..=36_000).contains(ms)));
        assert!(pauses.iter().any(|ms| *ms < 26_000) && pauses.iter().any(|ms| *ms > 34_000));
    }

    #[test]
    fn a_pause_is_never_under_five_seconds_or_the_servers_wish() {
        let settings = RetrySettings { interval_s: 5, min_s: 0, max_s: 60 };
        let mut random = Random::new(&[1; 32]);
        assert!((0..100).all(|_| retry_pause_ms(&settings, 1, None, Some(&mut random)) >= 5_000));
        assert_eq!(retry_pause_ms(&settings, 1, Some(90), None), 90_000);
    }

    #[test]
    fn back_off_doubles_up_to_its_maximum() {
        let settings = RetrySettings { interval_s: 30, min_s: 10, max_s: 60 };
        let pauses: Vec<u64> = (1..5).map(|n| retry_pause_ms(&settings, n, None, None)).collect();
        assert_eq!(pauses, [20_000, 40_000, 60_000, 60_000]);
        let mut random = Random::new(&[2; 32]);
        assert!((0..100).all(|_| (30_000..=60_000).contains(&retry_pause_ms(&settings, 9, None, Some(&mut random)))));
    }

    #[test]
    fn refusals_are_retried_ever_more_slowly() {
        let pauses: Vec<u64> = (1..8).map(|n| refusal_pause_ms(n) / 1_000).collect();
        assert_eq!(pauses, [60, 120, 240, 480, 960, 1_800, 1_800]);
    }

    #[test]
    fn a_refresh_starts_early_enough() {
        assert_eq!(refresh_lead_ms(3_600_000, 0), 60_000);
        assert_eq!(refresh_lead_ms(3_600_000, 7_500), 60_000);
        assert_eq!(refresh_lead_ms(3_600_000, 100_000), 105_000);
        assert_eq!(refresh_lead_ms(150_000, 100_000), 75_000);
        assert_eq!(refresh_lead_ms(119_000, 0), 59_500);
        assert_eq!(refresh_lead_ms(120_000, 0), 60_000);
    }

    #[test]
    fn jitter_stays_in_its_bounds() {
        let mut random = Random::new(&[3; 32]);
        for _ in 0..200 {
            assert!((108_000..=132_000).contains(&spread(120_000, 10, Some(&mut random))));
            assert!((94_000..=100_000).contains(&earlier_by_up_to(100_000, 60_000, 10, Some(&mut random))));
        }
        assert_eq!(spread(120_000, 10, None), 120_000);
    }
}
