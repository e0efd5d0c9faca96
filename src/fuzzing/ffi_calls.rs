//! Random calls through the C interface, from outside and from callbacks.

use super::input::Input;
use crate::ffi::drive::{Script, live};

impl Script for Input<'_> {
    fn below(&mut self, count: usize) -> usize {
        Input::below(self, count)
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let length = Input::below(self, count + 1);
        self.take(length).to_vec()
    }

    fn has_more(&self) -> bool {
        Input::has_more(self)
    }
}

/// Lives the life of a device as the input says.
///
/// # Panics
/// When a callback runs within another one or after `destroyed`, when a request ends twice or not at all, or when a
/// function returns a status that is not documented.
pub fn ffi_calls(input: &[u8]) {
    live(&mut Input::new(input));
}
