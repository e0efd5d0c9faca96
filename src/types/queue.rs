//! Queues that give back what a burst has made them take.

use std::collections::VecDeque;

/// Takes the first element. A queue that is empty then keeps room for `room` elements only, so that one busy moment does
/// not cost memory for ever.
pub fn take_first<T>(queue: &mut VecDeque<T>, room: usize) -> Option<T> {
    let first = queue.pop_front();
    if queue.is_empty() && queue.capacity() > 2 * room {
        queue.shrink_to(room);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::take_first;
    use std::collections::VecDeque;

    #[test]
    fn a_burst_leaves_nothing_behind() {
        let mut queue: VecDeque<u64> = (0..1_000).collect();
        let taken: Vec<u64> = core::iter::from_fn(|| take_first(&mut queue, 8)).collect();
        assert!(taken.iter().copied().eq(0..1_000));
        assert!((8..=16).contains(&queue.capacity()));
    }
}
