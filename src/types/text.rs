//! Texts without an allocation each.

use core::ffi::c_char;
use core::fmt;
use std::ffi::CString;

/// Texts for C, each closed by a NUL byte, in one block of memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CTexts<const N: usize> {
    block: Box<str>,
    // Where each text begins.
    starts: [u16; N],
}

impl<const N: usize> CTexts<N> {
    /// Puts the texts together, each from its pieces. A NUL byte in a piece, which configuration and DNS names cannot
    /// contain, ends the piece early; texts that do not fit into 64 KiB are empty.
    #[must_use]
    pub fn new(texts: [&[&str]; N]) -> CTexts<N> {
        let length = texts.iter().flat_map(|pieces| pieces.iter()).map(|piece| piece.len()).sum::<usize>() + N;
        let mut block = String::with_capacity(length);
        let mut starts = [0; N];
        for (start, pieces) in starts.iter_mut().zip(texts) {
            *start = u16::try_from(block.len()).unwrap_or_default();
            for piece in pieces {
                block.push_str(piece.split('\0').next().unwrap_or_default());
            }
            block.push('\0');
        }
        CTexts { block: block.into(), starts }
    }

    /// A text.
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> CText<'_> {
        let start = usize::from(self.starts[index]);
        let end = self.starts.get(index + 1).map_or(self.block.len(), |next| usize::from(*next));
        CText { block: &self.block, start, end }
    }
}

/// A text that is closed by a NUL byte.
#[derive(Clone, Copy, Debug)]
pub struct CText<'a> {
    block: &'a str,
    start: usize,
    // Behind the NUL.
    end: usize,
}

impl<'a> CText<'a> {
    /// The text, without its NUL.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.block.get(self.start..self.end - 1).unwrap_or_default()
    }

    /// The text for C, which lives as long as what it comes from.
    #[must_use]
    pub fn as_ptr(self) -> *const c_char {
        self.block.as_bytes()[self.start..].as_ptr().cast()
    }

    /// A copy.
    #[must_use]
    pub fn to_c_string(self) -> CString {
        CString::new(self.as_str()).unwrap_or_default()
    }
}

/// A text of at most `N` bytes that lives where it is used.
#[derive(Debug)]
pub struct TextBuffer<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> TextBuffer<N> {
    /// What `value` prints; what does not fit is left out.
    pub fn of(value: &dyn fmt::Display) -> TextBuffer<N> {
        let mut text = TextBuffer { bytes: [0; N], length: 0 };
        let _ = fmt::write(&mut text, format_args!("{value}"));
        text
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Write for TextBuffer<N> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.length..self.length + piece.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(piece.as_bytes());
        self.length += piece.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{CTexts, TextBuffer};
    use core::fmt::Write;

    #[test]
    fn texts_stand_in_one_block_and_come_out_as_they_went_in() {
        let texts = CTexts::new([&["a", "bc"], &[], &["d\0e", "f"]]);
        assert_eq!([0, 1, 2].map(|index| texts.get(index).as_str()), ["abc", "", "df"]);
        assert_eq!(&*texts.block, "abc\0\0df\0");
        let from_block = |index| texts.get(index).as_ptr() as usize - texts.block.as_ptr() as usize;
        assert_eq!([from_block(0), from_block(1), from_block(2)], [0, 4, 5]);
    }

    #[test]
    fn a_buffer_takes_whole_pieces_only() {
        let mut text = TextBuffer::<4>::of(&"");
        assert!(text.write_str("abc").is_ok());
        assert!(text.write_str("de").is_err());
        assert_eq!(text.as_str(), "abc");
        assert_eq!(TextBuffer::<8>::of(&1234).as_str(), "1234");
    }
}
