//! The value of `failover_codes`.

use super::settings::FailoverCodes;
use std::sync::Arc;

/// What a list may contain, as a sentence.
pub(super) const EXPECTED: &str = "expected codes 300 to 699 or classes 3xx to 6xx separated by \
    commas, each with or without invite: before it, or - for none";

/// The smallest code that a list may contain.
const FIRST: u16 = 300;

/// One of the two sets while the list is read.
struct Set {
    /// Place 0 stands for [`FIRST`].
    has: [bool; 400],
    none: bool,
    given: bool,
}

impl Set {
    const EMPTY: Set = Set { has: [false; 400], none: false, given: false };

    fn add(&mut self, entry: &str) -> Option<()> {
        // "-" says that there is no code, so a code beside it contradicts it.
        if self.none || (self.given && entry == "-") {
            return None;
        }
        self.given = true;
        if entry == "-" {
            self.none = true;
            return Some(());
        }
        let &[first @ b'3'..=b'6', second, third] = entry.as_bytes() else { return None };
        let class = usize::from(first - b'3') * 100;
        if second.eq_ignore_ascii_case(&b'x') && third.eq_ignore_ascii_case(&b'x') {
            self.has[class..class + 100].fill(true);
        } else if second.is_ascii_digit() && third.is_ascii_digit() {
            self.has[class + usize::from(second - b'0') * 10 + usize::from(third - b'0')] = true;
        } else {
            return None;
        }
        Some(())
    }

    fn finish(self) -> Option<Arc<[u16]>> {
        self.given.then(|| (FIRST..).zip(self.has).filter(|(_, has)| *has).map(|(code, _)| code).collect())
    }
}

/// The two sets that a list stands for, `None` if it is no list. A set without an entry stays the built-in one.
pub(super) fn parse(text: &str) -> Option<FailoverCodes> {
    const INVITE: &str = "invite:";
    let (mut other, mut invite) = (Set::EMPTY, Set::EMPTY);
    for entry in text.split(',').map(str::trim) {
        match entry.split_at_checked(INVITE.len()) {
            Some((prefix, code)) if prefix.eq_ignore_ascii_case(INVITE) => invite.add(code.trim())?,
            _ => other.add(entry)?,
        }
    }
    Some(FailoverCodes { other: other.finish(), invite: invite.finish() })
}

#[cfg(test)]
mod tests {
    use super::parse;

    type Set = Option<Vec<u16>>;

    fn sets(text: &str) -> Option<(Set, Set)> {
        parse(text).map(|codes| (codes.other.map(|set| set.to_vec()), codes.invite.map(|set| set.to_vec())))
    }

    #[test]
    fn codes_classes_and_invite_entries_go_to_their_sets() {
        assert_eq!(sets("503"), Some((Some(vec![503]), None)));
        assert_eq!(sets(" 503 , 408,503"), Some((Some(vec![408, 503]), None)));
        assert_eq!(sets("invite:503"), Some((None, Some(vec![503]))));
        assert_eq!(sets("5xx,INVITE: 5XX"), Some((Some((500..600).collect()), Some((500..600).collect()))));
    }

    #[test]
    fn a_dash_is_an_empty_set_and_no_entry_is_the_built_in_set() {
        assert_eq!(sets("-"), Some((Some(vec![]), None)));
        assert_eq!(sets("invite:-"), Some((None, Some(vec![]))));
        assert_eq!(sets("-,invite:503"), Some((Some(vec![]), Some(vec![503]))));
    }

    #[test]
    fn what_is_no_final_failure_or_contradicts_itself_is_refused() {
        for text in ["200", "1xx", "700", "50", "5033", "5x3", "503,,408", "503,-", "-,503", "bye:503", "invite:", ""] {
            assert_eq!(sets(text), None, "{text}");
        }
    }
}
