//! Domain names (RFC 1035 §3.1, RFC 4343).

use core::fmt;
use std::sync::Arc;

/// Longest name in wire form, the closing zero included (RFC 1035 §3.1).
const MAX_WIRE: usize = 255;
/// Longest label (RFC 1035 §3.1).
const MAX_LABEL: usize = 63;

/// A fully qualified domain name.
///
/// Kept as uncompressed wire labels without the closing zero, in lower case: equality, order and hash are those of
/// RFC 4343, and any byte may stand in a label. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<[u8]>);

/// Why a text or byte string is no domain name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameError {
    /// Nothing there.
    Empty,
    /// Two dots in a row, or a dot at the start.
    EmptyLabel,
    /// A label of more than 63 bytes.
    LabelTooLong,
    /// More than 253 characters.
    TooLong,
    /// A space, a control character or a character outside ASCII.
    Character,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NameError::Empty => "the name is empty",
            NameError::EmptyLabel => "two dots stand in a row, or the name begins with a dot",
            NameError::LabelTooLong => "a part between two dots is longer than 63 characters",
            NameError::TooLong => "the name is longer than 253 characters",
            NameError::Character => "the name has a space, a control character or a character outside ASCII",
        })
    }
}

impl Name {
    /// The name a user wrote, with or without the closing dot. Only printable ASCII is accepted; there is no escaping.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Name, NameError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.bytes().any(|b| !b.is_ascii_graphic()) {
            return Err(NameError::Character);
        }
        Name::from_labels(text.split('.').map(str::as_bytes))
    }

    /// A name from its labels, left to right. Any byte may stand in a label.
    ///
    /// # Errors
    /// What is wrong with the labels. No label at all (the root) is [`NameError::Empty`].
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Name, NameError> {
        Name::from_labels_like(labels, &[])
    }

    /// A name from its labels that shares the memory of an equal one among `known`, if there is one.
    ///
    /// # Errors
    /// As [`Name::from_labels`].
    pub fn from_labels_like<'a>(
        labels: impl IntoIterator<Item = &'a [u8]>,
        known: &[Option<&Name>],
    ) -> Result<Name, NameError> {
        let mut wire = [0u8; MAX_WIRE];
        let mut len = 0;
        for label in labels {
            if label.is_empty() {
                return Err(NameError::EmptyLabel);
            }
            if label.len() > MAX_LABEL {
                return Err(NameError::LabelTooLong);
            }
            if len + label.len() + 2 > MAX_WIRE {
                return Err(NameError::TooLong);
            }
            wire[len] = label.len() as u8;
            wire[len + 1..=len + label.len()].copy_from_slice(label);
            wire[len + 1..=len + label.len()].make_ascii_lowercase();
            len += label.len() + 1;
        }
        if len == 0 {
            return Err(NameError::Empty);
        }
        let wire = &wire[..len];
        let equal = known.iter().flatten().find(|name| *name.0 == *wire);
        Ok(equal.map_or_else(|| Name(Arc::from(wire)), |name| Name::clone(name)))
    }

    /// This name below one or more labels given as text, e.g. `_sip._udp`.
    ///
    /// # Errors
    /// [`NameError::TooLong`] and the errors of [`Name::parse`].
    pub fn below(&self, prefix: &str) -> Result<Name, NameError> {
        Name::from_labels(prefix.split('.').map(str::as_bytes).chain(self.labels()))
    }

    /// The labels as they stand in a message, without the closing zero.
    #[must_use]
    pub fn wire(&self) -> &[u8] {
        &self.0
    }

    /// The labels, left to right, in lower case.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &*self.0;
        core::iter::from_fn(move || {
            let (&len, tail) = rest.split_first()?;
            let (label, tail) = tail.split_at_checked(usize::from(len))?;
            rest = tail;
            Some(label)
        })
    }

    /// True when this name is `ancestor` or lies below it.
    #[must_use]
    pub fn is_within(&self, ancestor: &Name) -> bool {
        let mut rest = &*self.0;
        while rest.len() > ancestor.0.len() {
            rest = rest.get(usize::from(rest[0]) + 1..).unwrap_or_default();
        }
        *rest == *ancestor.0
    }
}

impl fmt::Display for Name {
    /// Presentation form without the closing dot; bytes that are not printable stand as `\DDD` (RFC 1035 §5.1).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, label) in self.labels().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            let is_plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            if label.iter().all(is_plain) {
                f.write_str(core::str::from_utf8(label).unwrap_or_default())?;
                continue;
            }
            for &byte in label {
                match byte {
                    b'.' | b'\\' | b'"' | b'(' | b')' | b';' | b'@' | b'$' => write!(f, "\\{}", byte as char)?,
                    b if b.is_ascii_graphic() => write!(f, "{}", b as char)?,
                    b => write!(f, "\\{b:03}")?,
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, NameError};

    #[test]
    fn compares_without_regard_to_case_or_closing_dot() {
        assert_eq!(Name::parse("PBX.Example.COM.").unwrap(), Name::parse("pbx.example.com").unwrap());
        assert_eq!(Name::parse("A.b").unwrap().to_string(), "a.b");
    }

    #[test]
    fn refuses_what_is_no_name() {
        assert_eq!(Name::parse(""), Err(NameError::Empty));
        assert_eq!(Name::parse("."), Err(NameError::Empty));
        assert_eq!(Name::parse("a..b"), Err(NameError::EmptyLabel));
        assert_eq!(Name::parse(".a"), Err(NameError::EmptyLabel));
        assert_eq!(Name::parse("a b"), Err(NameError::Character));
        assert_eq!(Name::parse(&"a".repeat(64)), Err(NameError::LabelTooLong));
        assert_eq!(Name::parse(&["a"; 128].join(".")), Err(NameError::TooLong));
        assert!(Name::parse(&["a"; 127].join(".")).is_ok());
    }

    #[test]
    fn lies_within_its_ancestors_only() {
        let name = Name::parse("_sip._udp.pbx.example.com").unwrap();
        assert!(name.is_within(&Name::parse("example.com").unwrap()));
        assert!(name.is_within(&name));
        assert!(!name.is_within(&Name::parse("ample.com").unwrap()));
        assert_eq!(Name::parse("pbx.example.com").unwrap().below("_sip._udp").unwrap(), name);
    }

    #[test]
    fn odd_bytes_print_escaped() {
        assert_eq!(Name::from_labels([&b"a.\x07"[..]]).unwrap().to_string(), "a\\.\\007");
    }
}
