//! Faults on request: with the feature `inject-faults`, and in tests, a thread can ask for a panic at the n-th of the
//! points that it passes. Without, a point is nothing.
//!
//! Points stand where a panic would do most harm: at every entry from C, and in the middle of changes of state.

/// A place at which a panic can be asked for.
#[inline]
pub fn point() {
    #[cfg(any(test, feature = "inject-faults"))]
    countdown::pass();
}

#[cfg(any(test, feature = "inject-faults"))]
pub use countdown::arm;

#[cfg(any(test, feature = "inject-faults"))]
mod countdown {
    use core::cell::Cell;

    thread_local! {
        static LEFT: Cell<u32> = const { Cell::new(0) };
    }

    /// Asks for a panic at this point of the calling thread, counted from now; 0 for none. Says how many were left.
    pub fn arm(points: u32) -> u32 {
        LEFT.replace(points)
    }

    pub fn pass() {
        let left = LEFT.get();
        LEFT.set(left.saturating_sub(1));
        assert!(left != 1, "a fault that was asked for");
    }
}
