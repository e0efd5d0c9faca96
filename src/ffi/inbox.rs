//! Inputs of other threads, on their way to the engine's thread.
//!
//! A bounded ring after D. Vyukov: each slot carries the number of the turn at which it may be written or read. Nobody ever
//! waits for anybody. A lock, however short, would let a thread of low priority that is interrupted while it holds it
//! stop the one that answers calls. A slot whose writer was interrupted ends the reading for now; the writer wakes the
//! engine's thread again when it is done.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use once_cell::race::OnceBox;

/// Inputs that wait at most: what a hundred lines report within one turn of an event loop. A power of two.
pub const INBOX_ENTRIES: usize = 256;

/// Bytes of DNS messages that wait at most: two of the largest. A flood of forged answers must not fill the memory.
pub const INBOX_DNS_BYTES: usize = 2 * 65_536;

/// What a DNS message counts at least, so that small ones leave half of the entries to the reports of the stack.
const DNS_BYTES_AT_LEAST: usize = INBOX_DNS_BYTES / (INBOX_ENTRIES / 2);

/// There is no room.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

struct Slot<T> {
    // Equal to the position: free for the writer of that position. One more: written, for its reader.
    turn: AtomicUsize,
    value: UnsafeCell<MaybeUninit<T>>,
}

/// A first-in-first-out queue for any number of threads on both sides.
pub struct Ring<T> {
    slots: Box<[Slot<T>]>,
    // Position of the next reading, and of the next writing. They only grow, and wrap.
    read: AtomicUsize,
    write: AtomicUsize,
}

// SAFETY: a value is moved in by one thread and out by one thread: the turn of its slot, stored with Release and loaded
// with Acquire, hands it over. References to it are never given out, so T need not be Sync.
unsafe impl<T: Send> Sync for Ring<T> {}
// SAFETY: it owns its values.
unsafe impl<T: Send> Send for Ring<T> {}

impl<T> Ring<T> {
    /// An empty ring. `entries` is a power of two.
    pub fn new(entries: usize) -> Ring<T> {
        let slot = |turn| Slot { turn: AtomicUsize::new(turn), value: UnsafeCell::new(MaybeUninit::uninit()) };
        Ring { slots: (0..entries).map(slot).collect(), read: AtomicUsize::new(0), write: AtomicUsize::new(0) }
    }

    fn slot(&self, position: usize) -> &Slot<T> {
        &self.slots[position & (self.slots.len() - 1)]
    }

    /// Takes possession of the next position at which the slot's turn is `position + offset`. `None` if the slot is not
    /// that far.
    fn claim(&self, next: &AtomicUsize, offset: usize) -> Option<usize> {
        let mut position = next.load(Ordering::Relaxed);
        loop {
            let turn = self.slot(position).turn.load(Ordering::Acquire);
            let ahead = turn.wrapping_sub(position.wrapping_add(offset)).cast_signed();
            if ahead < 0 {
                return None;
            }
            if ahead > 0 {
                // Another thread was faster.
                position = next.load(Ordering::Relaxed);
                continue;
            }
            let after = position.wrapping_add(1);
            match next.compare_exchange_weak(position, after, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(position),
                Err(now) => position = now,
            }
        }
    }

    /// Puts a value in, behind all others.
    pub fn push(&self, value: T) -> Result<(), Full> {
        let position = self.claim(&self.write, 0).ok_or(Full)?;
        let slot = self.slot(position);
        // SAFETY: this thread alone has claimed the position, and the slot's turn says that its last reader is done.
        unsafe { (*slot.value.get()).write(value) };
        slot.turn.store(position.wrapping_add(1), Ordering::Release);
        Ok(())
    }

    /// Takes out the value that is in longest.
    pub fn pop(&self) -> Option<T> {
        let position = self.claim(&self.read, 1)?;
        let slot = self.slot(position);
        // SAFETY: this thread alone has claimed the position, and the slot's turn says that its writer is done.
        let value = unsafe { (*slot.value.get()).assume_init_read() };
        slot.turn.store(position.wrapping_add(self.slots.len()), Ordering::Release);
        Some(value)
    }
}

impl<T> Drop for Ring<T> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

/// The inbox of an engine. Takes memory only when it is used for the first time.
pub struct Inbox<T> {
    ring: OnceBox<Ring<T>>,
    // The engine's thread has been woken, and has not looked yet.
    woken: AtomicBool,
    dns_bytes: AtomicUsize,
}

impl<T> Inbox<T> {
    /// An empty one.
    pub const fn new() -> Inbox<T> {
        Inbox { ring: OnceBox::new(), woken: AtomicBool::new(false), dns_bytes: AtomicUsize::new(0) }
    }

    /// Puts an input in. True if the engine's thread has to be woken.
    pub fn put(&self, input: T) -> Result<bool, Full> {
        let ring = self.ring.get_or_init(|| Box::new(Ring::new(INBOX_ENTRIES)));
        ring.push(input)?;
        // After the input is in: who takes this mark away takes the input, too.
        Ok(!self.woken.swap(true, Ordering::AcqRel))
    }

    /// Reserves room for a DNS message of this length. To be given back by [`Inbox::dns_taken`].
    pub fn reserve_dns(&self, length: usize) -> Result<(), Full> {
        let cost = length.max(DNS_BYTES_AT_LEAST);
        let before = self.dns_bytes.fetch_add(cost, Ordering::Relaxed);
        if before.saturating_add(cost) <= INBOX_DNS_BYTES {
            return Ok(());
        }
        self.dns_bytes.fetch_sub(cost, Ordering::Relaxed);
        Err(Full)
    }

    /// Gives back the room of a DNS message of this length.
    pub fn dns_taken(&self, length: usize) {
        self.dns_bytes.fetch_sub(length.max(DNS_BYTES_AT_LEAST), Ordering::Relaxed);
    }

    /// The engine's thread has come: whatever is put in from now on wakes it again.
    pub fn awake(&self) {
        self.woken.swap(false, Ordering::AcqRel);
    }

    /// Takes out the input that is in longest.
    pub fn take(&self) -> Option<T> {
        self.ring.get()?.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::thread;

    #[test]
    fn what_was_put_in_first_comes_out_first() {
        let ring = Ring::new(4);
        // More than twice around, at every filling.
        for filling in 1..=4_u32 {
            for round in 0..3 {
                (0..filling).for_each(|i| ring.push(round * 10 + i).unwrap());
                (0..filling).for_each(|i| assert_eq!(ring.pop(), Some(round * 10 + i)));
                assert_eq!(ring.pop(), None);
            }
        }
    }

    #[test]
    fn a_full_ring_takes_nothing_and_loses_nothing() {
        let ring = Ring::new(2);
        ring.push(Box::new(1)).unwrap();
        ring.push(Box::new(2)).unwrap();
        assert_eq!(ring.push(Box::new(3)), Err(Full));
        assert_eq!(ring.pop(), Some(Box::new(1)));
        ring.push(Box::new(4)).unwrap();
        assert_eq!([ring.pop(), ring.pop(), ring.pop()], [Some(Box::new(2)), Some(Box::new(4)), None]);
    }

    #[test]
    fn what_is_left_in_is_released() {
        let value = Arc::new(());
        let ring = Ring::new(4);
        (0..3).for_each(|_| ring.push(value.clone()).unwrap());
        drop(ring.pop());
        assert_eq!(Arc::strong_count(&value), 3);
        drop(ring);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn only_the_first_after_a_look_wakes() {
        let inbox = Inbox::new();
        assert_eq!([inbox.put(1), inbox.put(2)], [Ok(true), Ok(false)]);
        inbox.awake();
        assert_eq!([inbox.put(3), inbox.put(4)], [Ok(true), Ok(false)]);
    }

    #[test]
    fn dns_leaves_room_for_the_reports_of_the_stack() {
        let inbox = Inbox::<()>::new();
        let small = (0..INBOX_ENTRIES).take_while(|_| inbox.reserve_dns(100).is_ok()).count();
        assert_eq!(small, INBOX_ENTRIES / 2);
        (0..small).for_each(|_| inbox.dns_taken(100));
        let large = (0..INBOX_ENTRIES).take_while(|_| inbox.reserve_dns(65_535).is_ok()).count();
        assert_eq!(large, 2);
    }

    /// Each thread's values come out in its order, none is lost, none comes twice.
    #[test]
    fn threads_do_not_disturb_each_other() {
        const WRITERS: usize = 3;
        const VALUES: usize = if cfg!(miri) { 60 } else { 20_000 };
        let ring = Arc::new(Ring::new(8));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let ring = ring.clone();
                thread::spawn(move || {
                    for number in 0..VALUES {
                        while ring.push(Box::new((writer, number))).is_err() {
                            thread::yield_now();
                        }
                    }
                })
            })
            .collect();
        let mut next = [0; WRITERS];
        while next.iter().sum::<usize>() < WRITERS * VALUES {
            match ring.pop().as_deref() {
                Some(&(writer, number)) => {
                    assert_eq!(number, next[writer]);
                    next[writer] += 1;
                }
                None => thread::yield_now(),
            }
        }
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        assert_eq!(ring.pop(), None);
    }
}
