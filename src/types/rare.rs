//! Lists that are nearly always empty.

use core::ops::Deref;

/// A list that takes the room of one pointer while it is empty.
#[derive(Clone, Debug)]
#[allow(clippy::box_collection, reason = "a Vec takes three times the room, in every account and every request")]
pub struct RareList<T>(Option<Box<Vec<T>>>);

impl<T> RareList<T> {
    /// An empty list.
    pub const EMPTY: RareList<T> = RareList(None);

    /// Puts an element at the end.
    pub fn push(&mut self, element: T) {
        self.0.get_or_insert_default().push(element);
    }

    /// Keeps the elements for which `wanted` says so.
    pub fn retain(&mut self, wanted: impl FnMut(&T) -> bool) {
        if let Some(list) = &mut self.0 {
            list.retain(wanted);
            if list.is_empty() {
                self.0 = None;
            }
        }
    }

    /// Takes all elements out.
    pub fn take(&mut self) -> Vec<T> {
        self.0.take().map_or(Vec::new(), |list| *list)
    }
}

impl<T> Deref for RareList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::RareList;

    #[test]
    fn it_is_a_list_and_gives_its_memory_back() {
        let mut list = RareList::EMPTY;
        assert!(list.is_empty());
        list.push(1);
        list.push(2);
        assert_eq!(*list, [1, 2]);
        list.retain(|number| *number == 2);
        assert_eq!(*list, [2]);
        list.retain(|_| false);
        assert!(list.is_empty() && list.0.is_none());
        list.push(3);
        assert_eq!((list.take(), list.len()), (vec![3], 0));
    }
}
