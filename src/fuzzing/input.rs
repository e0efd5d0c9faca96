//! A byte string as a source of decisions.

/// Hands out the bytes of a fuzzer's input one after the other; zeros when there are no more.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Input<'a> {
        Input { rest: bytes }
    }

    /// True while not all bytes are used.
    pub fn has_more(&self) -> bool {
        !self.rest.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    pub fn number(&mut self) -> u16 {
        u16::from(self.byte()) << 8 | u16::from(self.byte())
    }

    /// A number below `count`, which is 256 at most.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    /// One of these.
    pub fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// True for odd bytes.
    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Up to this many bytes as they are.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::Input;

    #[test]
    fn an_exhausted_input_gives_zeros() {
        let mut input = Input::new(&[1, 2, 3, 4, 5]);
        assert_eq!((input.flag(), input.number(), input.below(4)), (true, 0x0203, 0));
        assert_eq!((input.take(9), input.has_more()), (&[5][..], false));
        assert_eq!((input.byte(), input.number(), input.choose(&[7, 8]), input.flag()), (0, 0, 7, false));
    }
}
