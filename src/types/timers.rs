//! One table of deadlines for a whole engine.

use super::faults;
use super::time::Time;
use core::num::NonZeroU64;

/// A set deadline. Stale handles are harmless: cancelling one does nothing. Never zero, so that "no deadline" takes no room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerHandle(NonZeroU64);

fn handle_of(serial: u64, slot: u32) -> TimerHandle {
    TimerHandle(NonZeroU64::MIN.saturating_add((serial << SLOT_BITS) | u64::from(slot)))
}

#[derive(Debug)]
struct Entry<K> {
    at: Time,
    // Equal deadlines fire in the order in which they were set: determinism is a promise.
    serial: u64,
    key: K,
    slot: u32,
}

/// Deadlines with keys, earliest first; equal deadlines in the order in which they were set.
///
/// An indexed binary heap: setting, cancelling and taking a deadline cost O(log n), and a table that has reached its
/// resting size allocates no more.
#[derive(Debug)]
pub struct Timers<K> {
    heap: Vec<Entry<K>>,
    // slot -> (serial of the deadline it holds, its position in the heap)
    slots: Vec<(u64, u32)>,
    free: Vec<u32>,
    next_serial: u64,
}

/// Deadlines there is room for from the start: what a phone with two accounts has at a time. Taken once, so that its
/// calls take no memory.
const ROOM: usize = 8;
const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Timers {
            heap: Vec::with_capacity(ROOM),
            slots: Vec::with_capacity(ROOM),
            free: Vec::with_capacity(ROOM),
            next_serial: 1,
        }
    }
}

impl<K: Copy> Timers<K> {
    /// Sets a deadline that will come out of [`Timers::take_due`] with `key`.
    pub fn set(&mut self, at: Time, key: K) -> TimerHandle {
        faults::point();
        let serial = self.next_serial;
        self.next_serial += 1;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push((0, 0));
                (self.slots.len() - 1) as u32
            }
        };
        let position = self.heap.len();
        self.slots[slot as usize] = (serial, position as u32);
        self.heap.push(Entry { at, serial, key, slot });
        self.sift_up(position);
        handle_of(serial, slot)
    }

    /// Sets a deadline in place of another one, if that has not fired or been cancelled; as `cancel` and `set` would.
    pub fn replace(&mut self, handle: Option<TimerHandle>, at: Time, key: K) -> TimerHandle {
        let Some((slot, position)) = handle.and_then(|handle| self.find(handle)) else { return self.set(at, key) };
        let serial = self.next_serial;
        self.next_serial += 1;
        self.slots[slot as usize].0 = serial;
        let entry = &mut self.heap[position];
        (entry.at, entry.serial, entry.key) = (at, serial, key);
        let position = self.sift_up(position);
        self.sift_down(position);
        handle_of(serial, slot)
    }

    /// Cancels a deadline; does nothing if it has fired or was cancelled before.
    pub fn cancel(&mut self, handle: TimerHandle) {
        faults::point();
        if let Some((_, position)) = self.find(handle) {
            self.remove_at(position);
        }
    }

    /// When a deadline comes, if it is set.
    #[must_use]
    pub fn when(&self, handle: TimerHandle) -> Option<Time> {
        self.find(handle).map(|(_, position)| self.heap[position].at)
    }

    /// An empty table that takes the handles of this one for stale.
    #[must_use]
    pub fn emptied(&self) -> Timers<K> {
        Timers { next_serial: self.next_serial, ..Timers::default() }
    }

    /// Slot and position in the heap of a deadline that is set.
    fn find(&self, handle: TimerHandle) -> Option<(u32, usize)> {
        let place = handle.0.get() - 1;
        let slot = (place & SLOT_MASK) as u32;
        let (held, position) = *self.slots.get(slot as usize)?;
        (held == place >> SLOT_BITS).then_some((slot, position as usize))
    }

    /// The earliest deadline.
    #[must_use]
    pub fn next(&self) -> Option<Time> {
        self.heap.first().map(|entry| entry.at)
    }

    /// Takes the earliest deadline that is not later than `now`.
    pub fn take_due(&mut self, now: Time) -> Option<K> {
        if self.next()? > now {
            return None;
        }
        let key = self.heap[0].key;
        self.remove_at(0);
        Some(key)
    }

    /// Number of deadlines set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// True when no deadline is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// All deadlines in the order in which they fire.
    #[cfg(test)]
    pub fn pending(&self) -> Vec<(Time, K)> {
        let mut entries: Vec<_> = self.heap.iter().collect();
        entries.sort_by_key(|entry| (entry.at, entry.serial));
        entries.into_iter().map(|entry| (entry.at, entry.key)).collect()
    }

    #[inline]
    fn earlier(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.heap[a], &self.heap[b]);
        (a.at, a.serial) < (b.at, b.serial)
    }

    fn remove_at(&mut self, position: usize) {
        let last = self.heap.len() - 1;
        self.swap(position, last);
        if let Some(entry) = self.heap.pop() {
            self.slots[entry.slot as usize].0 = 0;
            self.free.push(entry.slot);
        }
        if position < self.heap.len() {
            self.sift_down(position);
            self.sift_up(position);
        }
    }

    #[inline]
    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.slots[self.heap[a].slot as usize].1 = a as u32;
        self.slots[self.heap[b].slot as usize].1 = b as u32;
    }

    /// Moves an entry towards the front as far as it has to go, and returns where it is then.
    fn sift_up(&mut self, mut position: usize) -> usize {
        while position > 0 {
            let parent = (position - 1) / 2;
            if !self.earlier(position, parent) {
                break;
            }
            self.swap(position, parent);
            position = parent;
        }
        position
    }

    fn sift_down(&mut self, mut position: usize) {
        loop {
            let mut least = position;
            for child in [2 * position + 1, 2 * position + 2] {
                if child < self.heap.len() && self.earlier(child, least) {
                    least = child;
                }
            }
            if least == position {
                return;
            }
            self.swap(position, least);
            position = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Time, Timers};
    use proptest::prelude::*;

    #[test]
    fn equal_deadlines_fire_in_the_order_set() {
        let mut timers = Timers::default();
        for key in 0..10 {
            timers.set(Time(5), key);
        }
        let fired: Vec<i32> = std::iter::from_fn(|| timers.take_due(Time(5))).collect();
        assert_eq!(fired, (0..10).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn behaves_like_a_sorted_list(steps in prop::collection::vec((0u64..20, any::<bool>(), 0usize..8), 1..200)) {
            let mut timers = Timers::default();
            let mut model: Vec<(u64, usize)> = Vec::new();
            let mut handles = Vec::new();
            for (serial, (at, cancel, pick)) in steps.into_iter().enumerate() {
                if cancel && !handles.is_empty() {
                    let (handle, serial) = handles[pick % handles.len()];
                    timers.cancel(handle);
                    model.retain(|entry| entry.1 != serial);
                } else if pick == 0 && !handles.is_empty() {
                    let (handle, old) = handles[at as usize % handles.len()];
                    handles.push((timers.replace(Some(handle), Time(at), serial), serial));
                    model.retain(|entry| entry.1 != old);
                    model.push((at, serial));
                } else {
                    handles.push((timers.set(Time(at), serial), serial));
                    model.push((at, serial));
                }
                model.sort_unstable();
                prop_assert_eq!(timers.next(), model.first().map(|entry| Time(entry.0)));
                prop_assert_eq!(timers.len(), model.len());
            }
            let fired: Vec<usize> = std::iter::from_fn(|| timers.take_due(Time(100))).collect();
            prop_assert_eq!(fired, model.into_iter().map(|entry| entry.1).collect::<Vec<_>>());
        }
    }
}
