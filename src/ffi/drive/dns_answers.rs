//! Answers of a DNS server that may be right, wrong, or nothing of the kind.

use super::Script;

/// Where the header ends and the question begins.
const HEADER: usize = 12;
/// A pointer to the name of the question.
const ITS_NAME: [u8; 2] = [0xc0, HEADER as u8];

/// An answer to this query, if there is one.
pub(super) fn answer(query: &[u8], script: &mut dyn Script) -> Option<Vec<u8>> {
    let question_end = question_end(query)?;
    let kind = query[question_end - 3];
    match script.below(6) {
        0 => return None,
        1 => return Some(script.bytes(60)),
        _ => {}
    }
    let mut message = query[..question_end].to_vec();
    // An answer; truncated now and then, and with one of the usual codes.
    message[2] |= 0x80 | (u8::from(script.below(8) == 7) << 1);
    message[3] = 0x80 | [0, 0, 0, 2, 3, 5][script.below(6)];
    let count = script.below(4) as u8;
    message[6..HEADER].copy_from_slice(&[0, count, 0, 0, 0, 0]);
    for _ in 0..count {
        record(&mut message, kind, script);
    }
    if script.below(8) == 7 {
        let place = script.below(256).min(message.len() - 1);
        message[place] ^= 1 << script.below(8);
    }
    Some(message)
}

/// Behind the name, the type and the class.
fn question_end(query: &[u8]) -> Option<usize> {
    let mut at = HEADER;
    while *query.get(at)? != 0 {
        at += 1 + usize::from(query[at]);
    }
    (at + 5 <= query.len()).then_some(at + 5)
}

/// A record about the name that was asked for.
fn record(message: &mut Vec<u8>, kind: u8, script: &mut dyn Script) {
    let data = match kind {
        1 => vec![192, 0, 2, script.below(4) as u8],
        28 => [&[0x20, 1, 0x0d, 0xb8][..], &[0; 11], &[script.below(4) as u8]].concat(),
        33 => [&[0, script.below(2) as u8, 0, 1, 0x13, 0xc4, 1, b'a'][..], &ITS_NAME].concat(),
        35 => [&b"\x00\x0a\x00\x0a\x01s\x07SIP+D2U\x00\x04_sip\x04_udp"[..], &ITS_NAME].concat(),
        _ => script.bytes(20),
    };
    message.extend(ITS_NAME);
    message.extend([0, kind, 0, 1, 0, 0, script.below(4) as u8, script.below(256) as u8, 0, data.len() as u8]);
    message.extend(data);
}
