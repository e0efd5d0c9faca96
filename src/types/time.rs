//! Points in time on the engine's own scale.

/// Milliseconds in a second.
pub const SECOND_MS: u64 = 1_000;

/// A moment, in milliseconds on a monotonic scale whose zero means nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub u64);

impl Time {
    /// A moment that never comes.
    pub const NEVER: Time = Time(u64::MAX);

    /// The moment `ms` milliseconds later; saturates at [`Time::NEVER`].
    #[must_use]
    pub const fn after(self, ms: u64) -> Time {
        Time(self.0.saturating_add(ms))
    }

    /// The earlier one of two moments that may not be there.
    #[must_use]
    pub fn sooner(a: Option<Time>, b: Option<Time>) -> Option<Time> {
        match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, None) => a,
            (None, b) => b,
        }
    }

    /// Milliseconds from `earlier` to this moment, 0 if `earlier` lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Time) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A duration in milliseconds, for people: seconds, with one decimal where it is not zero. (Floating-point formatting
/// would cost 15 KB.)
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seconds(pub u64);

impl core::fmt::Display for Seconds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let tenths = self.0.saturating_add(50) / 100;
        match tenths % 10 {
            0 => write!(f, "{} s", tenths / 10),
            tenth => write!(f, "{}.{tenth} s", tenths / 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Seconds;

    #[test]
    fn durations_read_as_seconds() {
        let texts: Vec<String> = [0, 49, 50, 7_500, 31_960, 3_600_000].map(|ms| Seconds(ms).to_string()).into();
        assert_eq!(texts, ["0 s", "0 s", "0.1 s", "7.5 s", "32 s", "3600 s"]);
    }
}
