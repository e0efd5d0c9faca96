//! Moments for people: how long ago, and at which time of day.

use crate::types::Time;

/// Milliseconds in a day.
const DAY_MS: u64 = 86_400_000;

/// What is needed to tell a moment.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// Now.
    pub now: Time,
    /// The time of day now, milliseconds since 1970 UTC; 0 = unknown.
    pub unix_ms: u64,
}

impl Moments {
    /// The time of day of a moment, milliseconds since 1970 UTC.
    #[must_use]
    pub fn unix_ms(&self, at: Time) -> Option<u64> {
        if self.unix_ms == 0 { None } else { self.unix_ms.checked_sub(self.now.since(at)) }
    }

    /// `2026-11-22 14:03:20.000Z -412.500s`, or only how long ago.
    #[must_use]
    pub fn text(&self, at: Time) -> String {
        let ago = self.now.since(at);
        let ago = format!("-{}.{:03}s", ago / 1_000, ago % 1_000);
        match self.unix_ms(at) {
            Some(unix_ms) => format!("{} {ago:>12}", date_and_time(unix_ms)),
            None => format!("{ago:>12}"),
        }
    }

    /// `14:03:20.000`, or how long ago.
    #[must_use]
    pub fn short(&self, at: Time) -> String {
        match self.unix_ms(at) {
            Some(unix_ms) => time_of_day(unix_ms),
            None => self.text(at),
        }
    }
}

fn time_of_day(unix_ms: u64) -> String {
    let ms = unix_ms % DAY_MS;
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000)
}

/// `2026-11-22 14:03:20.000Z`
#[must_use]
pub fn date_and_time(unix_ms: u64) -> String {
    let (year, month, day) = civil(unix_ms / DAY_MS);
    format!("{year:04}-{month:02}-{day:02} {}Z", time_of_day(unix_ms))
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. Years are counted from March, so that the
/// leap day is a year's last, in eras of 400 years, which all have the same length.
fn civil(days: u64) -> (u64, u64, u64) {
    // From 0000-03-01.
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months from March have 31, 30, 31, 30, 31 days over and over: 153 in five.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{Moments, date_and_time};
    use crate::types::Time;

    #[test]
    fn moments_are_those_of_the_calendar() {
        let expected = [
            (0, "1970-01-01 00:00:00.000Z"),
            (951_782_400_000, "2000-02-29 00:00:00.000Z"),
            (951_868_800_000, "2000-03-01 00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29 23:59:59.999Z"),
            (1_798_761_599_001, "2026-12-31 23:59:59.001Z"),
            (4_107_542_400_000, "2100-03-01 00:00:00.000Z"),
        ];
        for (unix_ms, text) in expected {
            assert_eq!(date_and_time(unix_ms), text);
        }
        // Whatever the caller gives.
        assert!(!date_and_time(u64::MAX).is_empty());
    }

    #[test]
    fn a_moment_is_told_with_its_distance() {
        let known = Moments { now: Time(500_000), unix_ms: 86_400_000 };
        assert_eq!(known.text(Time(87_500)), "1970-01-01 23:53:07.500Z    -412.500s");
        assert_eq!(known.short(Time(87_500)), "23:53:07.500");
        let unknown = Moments { now: Time(500_000), unix_ms: 0 };
        assert_eq!(unknown.text(Time(87_500)), "   -412.500s");
        // Older than 1970.
        assert_eq!(Moments { now: Time(500_000), unix_ms: 1 }.text(Time(0)), "   -500.000s");
    }
}
