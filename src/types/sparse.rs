//! Values that most of their owners never use.

use core::ops::{Deref, DerefMut};

/// A type with a constant to begin with.
pub trait Unset: Sized + 'static {
    /// What a value is before anybody changes it.
    const UNSET: Self;

    /// A place where that value stands.
    fn unset() -> &'static Self;
}

/// A value that takes memory only once it is written to.
#[derive(Clone, Debug)]
pub struct Sparse<T>(Option<Box<T>>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Sparse(None)
    }
}

impl<T: Unset> Sparse<T> {
    /// True if nobody has written to it.
    pub fn is_unset(&self) -> bool {
        self.0.is_none()
    }

    /// Gives the memory back: the value is as it was at first.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}

impl<T: Unset> Deref for Sparse<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => T::unset(),
        }
    }
}

impl<T: Unset> DerefMut for Sparse<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_with(|| Box::new(T::UNSET))
    }
}

#[cfg(test)]
mod tests {
    use super::{Sparse, Unset};

    impl Unset for u32 {
        const UNSET: u32 = 7;

        fn unset() -> &'static u32 {
            &7
        }
    }

    #[test]
    fn memory_is_taken_by_the_first_write_and_given_back() {
        let mut value: Sparse<u32> = Sparse::default();
        assert!(*value == 7 && value.is_unset());
        *value += 1;
        assert!(*value == 8 && !value.is_unset());
        value.clear();
        assert!(*value == 7 && value.is_unset());
    }
}
