//! The caller's clock, made monotonic.

use crate::types::Time;

/// A jump back further than this is a new clock, not a disturbance, ms.
const REBASE_MS: u64 = 3_600_000;

/// Engine time begins this far from its zero, ms (35 years), so that what a device remembers from before its start has its
/// place on the scale.
const PAST_MS: u64 = 1 << 40;

/// Turns the caller's millisecond readings into engine time.
///
/// A small step back is taken as "no time has passed" and counted. A jump back of more than an hour means that the
/// caller's counter started anew: all deadlines keep their distance from now.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    now: Time,
    // Engine time minus caller time.
    offset: i128,
    steps_back: u64,
}

impl Clock {
    /// A clock that begins at this reading.
    #[must_use]
    pub fn new(now_ms: u64) -> Clock {
        let now = Time(now_ms.saturating_add(PAST_MS));
        Clock { now, offset: i128::from(now.0) - i128::from(now_ms), steps_back: 0 }
    }

    /// Takes a reading.
    pub fn read(&mut self, now_ms: u64) -> Time {
        let moment = i128::from(now_ms) + self.offset;
        let now = i128::from(self.now.0);
        if moment < now {
            self.steps_back += 1;
            if now - moment > i128::from(REBASE_MS) {
                self.offset += now - moment;
            }
        } else {
            self.now = Time(u64::try_from(moment).unwrap_or(u64::MAX - 1));
        }
        self.now
    }

    /// The last moment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// A moment on the caller's scale.
    #[must_use]
    pub fn to_caller(&self, time: Time) -> u64 {
        let moment = i128::from(time.0) - self.offset;
        u64::try_from(moment.max(0)).unwrap_or(u64::MAX - 1)
    }

    /// Readings that lay before the one before.
    #[must_use]
    pub fn steps_back(&self) -> u64 {
        self.steps_back
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn small_steps_back_are_clamped_and_counted() {
        let mut clock = Clock::new(10_000);
        let start = clock.now();
        assert_eq!(clock.read(9_000), start);
        assert_eq!(clock.read(10_500), start.after(500));
        assert_eq!(clock.steps_back(), 1);
        assert_eq!(clock.to_caller(start.after(1_000)), 11_000);
    }

    #[test]
    fn a_jump_back_of_more_than_an_hour_moves_the_deadlines_along() {
        let mut clock = Clock::new(10_000_000);
        let deadline = clock.now().after(5_000);
        let start = clock.now();
        assert_eq!(clock.read(1_000), start);
        assert_eq!(clock.to_caller(deadline), 6_000);
        assert_eq!(clock.read(6_000), deadline);
    }
}
