//! Sets of places in a target list.

use super::MAX_TARGETS;

// A bit for each place.
const _: () = assert!(MAX_TARGETS <= u32::BITS as usize);

/// A set of places in a list: place 0 is that of the primary.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Places(u32);

/// A set with this place alone; what is no place of any list makes an empty set.
const fn bit(place: u8) -> u32 {
    match 1u32.checked_shl(place as u32) {
        Some(bit) => bit,
        None => 0,
    }
}

impl Places {
    /// No place.
    pub const NONE: Places = Places(0);

    /// This place alone; none if there is no such place in any list.
    #[must_use]
    pub const fn only(place: u8) -> Places {
        Places(bit(place))
    }

    /// The first places, this many.
    #[must_use]
    pub const fn first_of(count: usize) -> Places {
        match u32::MAX.checked_shr(u32::BITS.saturating_sub(count as u32)) {
            Some(places) => Places(places),
            None => Places::NONE,
        }
    }

    /// True if it has no place.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True if this place is in it.
    #[must_use]
    pub const fn contains(self, place: u8) -> bool {
        self.0 & bit(place) != 0
    }

    /// Puts a place in.
    pub fn add(&mut self, place: u8) {
        self.0 |= bit(place);
    }

    /// Takes a place out.
    pub fn remove(&mut self, place: u8) {
        self.0 &= !bit(place);
    }

    /// The places that are in one of the two.
    #[must_use]
    pub const fn or(self, other: Places) -> Places {
        Places(self.0 | other.0)
    }

    /// The places that are in both.
    #[must_use]
    pub const fn and(self, other: Places) -> Places {
        Places(self.0 & other.0)
    }

    /// The places that are not in the other.
    #[must_use]
    pub const fn without(self, other: Places) -> Places {
        Places(self.0 & !other.0)
    }

    /// The places in the order in which a walk asks them: those that come first, then list order.
    pub fn in_order(self, first: [u8; 2]) -> impl Iterator<Item = u8> {
        let mut left = self;
        core::iter::from_fn(move || {
            let place = match first {
                [one, _] if left.contains(one) => one,
                [_, other] if left.contains(other) => other,
                _ if left.is_empty() => return None,
                _ => left.0.trailing_zeros() as u8,
            };
            left.remove(place);
            Some(place)
        })
    }
}

impl FromIterator<u8> for Places {
    fn from_iter<I: IntoIterator<Item = u8>>(places: I) -> Places {
        places.into_iter().fold(Places::NONE, |all, place| all.or(Places::only(place)))
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TARGETS, Places};

    const NOWHERE: u8 = u8::MAX;

    fn in_order(places: Places, first: [u8; 2]) -> Vec<u8> {
        places.in_order(first).collect()
    }

    #[test]
    fn places_come_in_list_order_behind_those_that_come_first() {
        let places: Places = [4, 1, 3, 0].into_iter().collect();
        assert_eq!(in_order(places, [NOWHERE; 2]), [0, 1, 3, 4]);
        assert_eq!(in_order(places, [3, NOWHERE]), [3, 0, 1, 4]);
        assert_eq!(in_order(places, [0, 4]), [0, 4, 1, 3]);
        // Once only, and never what is not in the set.
        assert_eq!(in_order(places, [3, 3]), [3, 0, 1, 4]);
        assert_eq!(in_order(places, [2, 1]), [1, 0, 3, 4]);
        assert_eq!(in_order(Places::NONE, [0, 1]), []);
    }

    #[test]
    fn a_list_may_be_empty_or_full() {
        assert_eq!(Places::first_of(0), Places::NONE);
        assert_eq!(in_order(Places::first_of(3), [NOWHERE; 2]), [0, 1, 2]);
        assert!(in_order(Places::first_of(MAX_TARGETS), [NOWHERE; 2]).into_iter().eq(0..MAX_TARGETS as u8));
        assert_eq!(Places::first_of(MAX_TARGETS + 1), Places::first_of(MAX_TARGETS));
    }

    #[test]
    fn a_place_that_no_list_has_is_in_no_set() {
        let mut places = Places::first_of(MAX_TARGETS);
        assert!(!places.contains(NOWHERE) && !places.contains(MAX_TARGETS as u8));
        places.remove(NOWHERE);
        assert_eq!((Places::only(NOWHERE), places), (Places::NONE, Places::first_of(MAX_TARGETS)));
        places.remove(1);
        assert!(!places.contains(1) && places.contains(0));
        places.add(1);
        assert_eq!(places.without(Places::only(0)).and(Places::first_of(3)), [1, 2].into_iter().collect());
    }
}
