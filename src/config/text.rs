//! The text form: one `key = value` per line.
//!
//! A `#` begins a comment where it is the first visible character of a line or stands behind a space or a tab. Inside
//! a word it is an ordinary character, because passwords contain it: `a#b` is a value of three characters, and a
//! password that begins with `#` is written directly behind the equals sign (`password =#1`).

/// Longest line, in bytes without its end: the longest value in the longest encoding fits.
pub(super) const MAX_LINE: usize = 8_192;

/// What a line says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Line<'a> {
    /// Nothing, or only a comment.
    Blank,
    /// A key and its value, both without surrounding spaces; the value may be empty.
    Pair {
        key: &'a str,
        value: &'a str,
        /// True if a comment followed the value.
        commented: bool,
    },
    /// Nothing that could be understood, and what was expected. The content is not repeated anywhere: it may be a
    /// password on a line without its equals sign.
    Unreadable(&'static str),
}

/// The lines of a text with their numbers, starting at 1.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = (u32, Line<'_>)> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    (1..=u32::MAX).zip(text.split(|&byte| byte == b'\n').map(read))
}

fn read(line: &[u8]) -> Line<'_> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // A comment may be in any encoding and of any length: nobody reads it.
    if line.trim_ascii_start().first().is_none_or(|&byte| byte == b'#') {
        return Line::Blank;
    }
    if line.len() > MAX_LINE {
        return Line::Unreadable("expected a line of at most 8192 bytes");
    }
    if line.contains(&0) {
        return Line::Unreadable("expected text without NUL bytes");
    }
    let Ok(line) = core::str::from_utf8(line) else {
        return Line::Unreadable("expected text in UTF-8");
    };
    let (content, commented) = match comment_start(line) {
        Some(at) => (line.split_at(at).0, true),
        None => (line, false),
    };
    match content.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Line::Pair { key: key.trim(), value: value.trim(), commented },
        _ => Line::Unreadable("expected \"key = value\", a comment behind #, or a blank line"),
    }
}

fn comment_start(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    bytes.windows(2).position(|pair| matches!(pair, [b' ' | b'\t', b'#'])).map(|space| space + 1)
}

#[cfg(test)]
mod tests {
    use super::{Line, MAX_LINE, lines};

    fn only(text: &[u8]) -> Line<'_> {
        lines(text).next().unwrap().1
    }

    fn pair<'a>(key: &'a str, value: &'a str) -> Line<'a> {
        Line::Pair { key, value, commented: false }
    }

    #[test]
    fn spaces_around_the_equals_sign_are_optional() {
        for text in ["k=v", "k = v", "\tk\t=\tv\t", "  k=v  ", "k=v\r\n"] {
            assert_eq!(only(text.as_bytes()), pair("k", "v"), "{text:?}");
        }
        assert_eq!(only(b"k=a=b c"), pair("k", "a=b c"));
        assert_eq!(only(b"k ="), pair("k", ""));
    }

    #[test]
    fn a_hash_begins_a_comment_only_at_the_start_or_behind_a_space() {
        assert_eq!(only(b"# k = v"), Line::Blank);
        assert_eq!(only(b"  ## k"), Line::Blank);
        assert_eq!(only(b"k = a#b"), pair("k", "a#b"));
        assert_eq!(only(b"k =#b"), pair("k", "#b"));
        assert_eq!(only(b"k = a # b"), Line::Pair { key: "k", value: "a", commented: true });
        assert_eq!(only(b"k = a\t#b"), Line::Pair { key: "k", value: "a", commented: true });
        assert_eq!(only(b"k = #b"), Line::Pair { key: "k", value: "", commented: true });
    }

    #[test]
    fn a_comment_may_be_in_any_encoding_and_of_any_length() {
        assert_eq!(only(b"# \xc4\xe3\x00"), Line::Blank);
        assert_eq!(only(&[b"#".as_slice(), &[b'x'; MAX_LINE]].concat()), Line::Blank);
    }

    #[test]
    fn a_byte_order_mark_is_skipped_at_the_start_of_the_text_only() {
        assert_eq!(only(b"\xef\xbb\xbfk = v"), pair("k", "v"));
        assert_eq!(lines(b"\n\xef\xbb\xbfk = v").nth(1), Some((2, pair("\u{feff}k", "v"))));
    }

    #[test]
    fn what_is_no_pair_is_unreadable() {
        for text in [&b"k v"[..], b"= v", b"[section]", b"k \x00= v", b"k = \xff", b"k # = v"] {
            assert!(matches!(only(text), Line::Unreadable(_)), "{text:?}");
        }
        assert!(matches!(only(&[b'='; MAX_LINE + 1]), Line::Unreadable(_)));
    }

    #[test]
    fn lines_are_counted_from_one_with_blank_ones() {
        let numbers: Vec<u32> =
            lines(b"\r\n\na=1\n#\nb=2").filter(|line| line.1 != Line::Blank).map(|line| line.0).collect();
        assert_eq!(numbers, [3, 5]);
    }
}
