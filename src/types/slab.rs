//! A bounded table whose ids are never reused.

use super::faults;

/// Bits of an id that name the place in the table; the rest is a serial number.
const PLACE_BITS: u32 = 20;
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;
/// Places there are from the start, so that a device with few calls at a time takes no memory for them later.
const ROOM: usize = 4;

/// A table of values with 64-bit ids.
///
/// An id is a serial number (44 bits, never repeated: one million ids a second last half a year, and a SIP device
/// makes a handful) followed by the place in the table (20 bits), so that look-up is an array access and a stale id is
/// recognised. Places are reused, so a table that has reached its resting size allocates no more.
#[derive(Debug)]
pub struct Slab<T> {
    places: Vec<(u64, Option<T>)>,
    free: Vec<u32>,
    next_serial: u64,
    limit: usize,
    len: usize,
}

impl<T> Slab<T> {
    /// An empty table for at most `limit` values (at most 2^20).
    #[must_use]
    pub fn new(limit: usize) -> Slab<T> {
        let limit = limit.min(PLACE_MASK as usize);
        let room = ROOM.min(limit);
        Slab { places: Vec::with_capacity(room), free: Vec::with_capacity(room), next_serial: 1, limit, len: 0 }
    }

    /// Puts a value in and returns its id; `None` when the table is full.
    pub fn insert(&mut self, value: T) -> Option<u64> {
        let (id, place) = self.next_place()?;
        self.places[place] = (id, Some(value));
        self.len += 1;
        Some(id)
    }

    /// Puts in a value that knows its own id, and returns the id; `None` when the table is full.
    pub fn insert_with(&mut self, make: impl FnOnce(u64) -> T) -> Option<u64> {
        let (id, place) = self.next_place()?;
        self.places[place] = (id, Some(make(id)));
        self.len += 1;
        Some(id)
    }

    /// A new id and the place that belongs to it, which is empty.
    fn next_place(&mut self) -> Option<(u64, usize)> {
        faults::point();
        if self.len >= self.limit {
            return None;
        }
        let place = match self.free.pop() {
            Some(place) => place,
            None => {
                if self.places.len() == self.places.capacity() {
                    // Doubling would leave a large device with many empty places.
                    self.places.reserve_exact((self.places.len() / 8).max(ROOM));
                }
                self.places.push((0, None));
                (self.places.len() - 1) as u32
            }
        };
        let id = (self.next_serial << PLACE_BITS) | u64::from(place);
        self.next_serial += 1;
        Some((id, place as usize))
    }

    /// The value with this id, if it is still there.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<&T> {
        let (held, value) = self.places.get((id & PLACE_MASK) as usize)?;
        if *held == id { value.as_ref() } else { None }
    }

    /// The value with this id, if it is still there.
    pub fn get_mut(&mut self, id: u64) -> Option<&mut T> {
        let (held, value) = self.places.get_mut((id & PLACE_MASK) as usize)?;
        if *held == id { value.as_mut() } else { None }
    }

    /// Takes the value with this id out.
    pub fn remove(&mut self, id: u64) -> Option<T> {
        faults::point();
        let place = (id & PLACE_MASK) as usize;
        let (held, value) = self.places.get_mut(place)?;
        if *held != id {
            return None;
        }
        let taken = value.take()?;
        self.free.push(place as u32);
        self.len -= 1;
        Some(taken)
    }

    /// Number of values in the table.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when the table holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// True when no further value fits.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len >= self.limit
    }

    /// A table with copies of some values under their ids, and room for `more` beside them.
    #[must_use]
    pub fn copy_of(&self, is_wanted: impl Fn(&T) -> bool, more: usize) -> Slab<T>
    where
        T: Clone,
    {
        let copy = |(id, value): &(u64, Option<T>)| (*id, value.as_ref().filter(|value| is_wanted(value)).cloned());
        let places: Vec<(u64, Option<T>)> = self.places.iter().map(copy).collect();
        let is_free = |(place, (_, value)): (usize, &(u64, Option<T>))| value.is_none().then_some(place as u32);
        let free: Vec<u32> = places.iter().enumerate().filter_map(is_free).collect();
        let len = places.len() - free.len();
        let limit = (len + more).min(PLACE_MASK as usize);
        Slab { places, free, next_serial: self.next_serial, limit, len }
    }

    /// Ids and values, in order of place.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        self.places.iter().filter_map(|(id, value)| value.as_ref().map(|value| (*id, value)))
    }

    /// All values.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.places.iter_mut().filter_map(|(_, value)| value.as_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::Slab;

    #[test]
    fn a_stale_id_finds_nothing_although_its_place_is_reused() {
        let mut table = Slab::new(2);
        let first = table.insert('a').unwrap();
        assert_eq!(table.remove(first), Some('a'));
        let second = table.insert('b').unwrap();
        assert_ne!(first, second);
        assert_eq!(table.get(first), None);
        assert_eq!(table.remove(first), None);
        assert_eq!(table.get(second), Some(&'b'));
    }

    #[test]
    fn a_copy_has_what_was_wanted_under_its_ids() {
        let mut table = Slab::new(4);
        let ids = ['a', 'b', 'c'].map(|value| table.insert(value).unwrap());
        table.remove(ids[0]);
        let mut copy = table.copy_of(|value| *value == 'c', 2);
        assert_eq!([ids[0], ids[1], ids[2]].map(|id| copy.get(id).copied()), [None, None, Some('c')]);
        let next = copy.insert('d').unwrap();
        assert!(!ids.contains(&next) && copy.insert('e').is_some() && copy.insert('f').is_none());
        assert_eq!((copy.len(), table.len()), (3, 2));
    }

    #[test]
    fn a_full_table_takes_nothing() {
        let mut table = Slab::new(1);
        let id = table.insert_with(|id| id);
        assert_eq!(table.insert(2), None);
        assert!(table.is_full() && table.get(id.unwrap()) == id.as_ref());
    }
}
