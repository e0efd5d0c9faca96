//! Limits that hold before a decoder touches a message.
//!
//! The wire format lets twelve bytes announce 65,535 records, and lets every name of a message run through a thousand
//! compression pointers. The decoder behind this believes both, so both are checked here.

/// Shortest question: the root name, type, class.
const MIN_QUESTION: usize = 5;
/// Shortest record: the root name, type, class, TTL, length.
const MIN_RECORD: usize = 11;
/// Labels and pointers that may be walked in one message. A full answer of 40 records with two names each of six
/// labels takes 500; a message of nothing but pointers would take millions.
const MAX_STEPS: u32 = 8_192;

/// True if a message of this length can hold what its header announces.
pub fn counts_fit(length: usize, questions: u16, records: [u16; 3]) -> bool {
    let records: usize = records.iter().map(|count| usize::from(*count)).sum();
    questions <= 1 && 12 + usize::from(questions) * MIN_QUESTION + records * MIN_RECORD <= length
}

/// What is left of a message's allowance for walking through names.
#[derive(Debug)]
pub struct NameBudget {
    steps: u32,
}

impl NameBudget {
    /// The allowance of a fresh message.
    pub const fn new() -> NameBudget {
        NameBudget { steps: MAX_STEPS }
    }

    /// Walks the name at `at` and returns where reading goes on behind it; `None` if it runs out of the message, uses
    /// a label type that does not exist, points forward, or exceeds the allowance.
    pub fn skim(&mut self, message: &[u8], at: usize) -> Option<usize> {
        let mut position = at;
        let mut end = None;
        // A pointer has to lead before the piece of name it stands in: that alone makes loops impossible.
        let mut piece = at;
        loop {
            self.steps = self.steps.checked_sub(1)?;
            let length = *message.get(position)?;
            match length & 0b1100_0000 {
                0 if length == 0 => return Some(end.unwrap_or(position + 1)),
                0 => position += 1 + usize::from(length),
                0b1100_0000 => {
                    let target = pointer(length, *message.get(position + 1)?);
                    if target >= piece {
                        return None;
                    }
                    end = end.or(Some(position + 2));
                    (position, piece) = (target, target);
                }
                _ => return None,
            }
        }
    }
}

/// The labels of the name at `at`, which [`NameBudget::skim`] has found good: pointers are followed without a check.
pub fn labels(message: &[u8], at: usize) -> impl Iterator<Item = &[u8]> {
    let mut position = at;
    core::iter::from_fn(move || {
        loop {
            let length = *message.get(position)?;
            if length < 0b1100_0000 {
                let label = message.get(position + 1..position + 1 + usize::from(length))?;
                position += 1 + label.len();
                return if label.is_empty() { None } else { Some(label) };
            }
            position = pointer(length, *message.get(position + 1)?);
        }
    })
}

/// Where a compression pointer of these two bytes leads (RFC 1035 §4.1.4).
const fn pointer(high: u8, low: u8) -> usize {
    ((high & 0b0011_1111) as usize) << 8 | low as usize
}

#[cfg(test)]
mod tests {
    use super::{NameBudget, counts_fit, labels};

    #[test]
    fn a_header_that_promises_more_than_the_message_holds_is_refused() {
        assert!(!counts_fit(12, 65_535, [0; 3]));
        assert!(!counts_fit(12, 0, [65_535, 0, 0]));
        assert!(!counts_fit(12 + 5 + 10, 1, [1, 0, 0]));
        assert!(!counts_fit(1_000, 2, [0; 3]));
        assert!(counts_fit(12 + 5 + 11, 1, [0, 1, 0]));
    }

    #[test]
    fn names_end_where_they_end_and_pointers_lead_backwards() {
        let message = b"\x01a\x00\x01b\xc0\x00\xc0\x07";
        assert_eq!(NameBudget::new().skim(message, 0), Some(3));
        assert_eq!(NameBudget::new().skim(message, 3), Some(7));
        assert!(labels(message, 3).eq([b"b", b"a"]));
        assert_eq!(NameBudget::new().skim(message, 7), None);
        assert_eq!(NameBudget::new().skim(b"\xc0\x02\x01a\x00", 0), None, "forward");
        assert_eq!(NameBudget::new().skim(b"\x05ab", 0), None);
        assert_eq!(NameBudget::new().skim(b"\x80a", 0), None);
    }

    #[test]
    fn a_chain_of_pointers_uses_the_allowance_up() {
        let mut message = vec![0, 0];
        for at in (2..8_000u16).step_by(2) {
            message.extend([0xc0 | (((at - 2) >> 8) as u8), (at - 2) as u8]);
        }
        let mut budget = NameBudget::new();
        assert!(budget.skim(&message, 7_000).is_some());
        assert!(budget.skim(&message, 7_000).is_some());
        assert!(budget.skim(&message, 7_000).is_none());
    }
}
