//! DNS servers without manners.

use super::super::input::Input;
use super::scenario::{NAMES, address};
use crate::dns::testing::{OPT, Reply, alias, asked, naptr, record, soa, srv, type_number};
use crate::dns::{DnsDatagram, RecordKind};
use core::net::IpAddr;

/// Type numbers that records may have: ours, one that does not matter (TXT), and one that does not exist.
const TYPES: [u16; 8] = [1, 28, 33, 35, 5, 1, 16, 0xfff0];

/// A message on its way to the device.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub after_ms: u64,
    /// The server it seems to come from.
    pub server: u32,
    pub bytes: Vec<u8>,
}

/// What a server does with a query.
pub fn behave(script: &mut Input<'_>, query: &DnsDatagram) -> Vec<Delivery> {
    let (server, query) = (query.server.0, &query.bytes);
    let mut messages = Vec::new();
    match script.below(16) {
        0..=7 => messages.push((server, answer(script, query).bytes())),
        8 => messages.push((server, answer(script, query).code(script.choose(&[2, 5, 1, 4, 3, 9])).bytes())),
        9 => {}
        10 => messages.push((server, truncated(answer(script, query)))),
        11 => messages.push((server, with_counts(script, query))),
        12 => messages.push((server, long(script, query))),
        13 => messages.push((server, damaged(script, query))),
        14 => messages.push((server, raw(script, query))),
        _ => {
            // The forged one comes first; behind it, the right one may follow.
            messages.push(forged(script, query, server));
            if script.flag() {
                messages.push((server, answer(script, query).bytes()));
            }
        }
    }
    let after_ms = script.choose(&[0, 0, 0, 0, 1, 50, 2_900, 3_500]);
    if script.below(8) == 7 {
        messages.extend(messages.clone());
    }
    messages.into_iter().map(|(server, bytes)| Delivery { after_ms, server, bytes }).collect()
}

/// An answer as servers give it; the records are of the script's choice.
fn answer(script: &mut Input<'_>, query: &[u8]) -> Reply {
    let (owner, kind) = asked(query);
    let mut end = owner.clone();
    let answers: Vec<_> = (0..script.below(8)).map(|_| any_record(script, &owner, kind, &mut end)).collect();
    let additional: Vec<_> = (0..script.below(5)).map(|_| any_record(script, &owner, 1, &mut end)).collect();
    let reply = Reply::to(query).answers(answers).additional(additional);
    match script.below(8) {
        7 => reply.authority([soa("test", 120, u32::from(script.number()))]),
        6 => reply.code(3).authority([soa("example", u32::MAX, 0)]),
        5 => reply.additional([record("", OPT, u32::from(script.byte()) << 24, &[])]),
        _ => reply,
    }
}

/// A record. `end`: where the aliases so far lead.
fn any_record(script: &mut Input<'_>, asked: &str, kind: u16, end: &mut String) -> Vec<u8> {
    let choice = script.byte();
    let owner = match choice & 0b11 {
        0 | 1 => asked.to_owned(),
        2 => end.clone(),
        _ => name(script),
    };
    let kind = if choice & 0b1100 == 0b1100 { script.choose(&TYPES) } else { kind };
    let ttl = script.choose(&[60, 0, 1, 3_600, i32::MAX as u32, 1 << 31, u32::MAX]);
    let numbers = [u16::from(script.byte() % 3), u16::from(script.byte() % 3)];
    match kind {
        1 | 28 => match address(script) {
            IpAddr::V4(ip) => record(&owner, 1, ttl, &ip.octets()),
            IpAddr::V6(ip) => record(&owner, 28, ttl, &ip.octets()),
        },
        5 => {
            *end = name(script);
            alias(&owner, ttl, end)
        }
        33 => srv(&owner, ttl, [numbers[0], numbers[1], script.choose(&[5060, 0, 7000])], &name(script)),
        35 => {
            let flags = script.choose(&["s", "S", "a", "", "u", "x!"]);
            let service = script.choose(&["SIP+D2U", "SIP+D2T", "SIPS+D2T", "SIP+D2S", "", "E2U+sip"]);
            let regexp = script.choose(&["", "", "", "!a!b!"]);
            naptr(&owner, ttl, numbers, [flags, service, regexp], &name(script))
        }
        other => record(&owner, other, ttl, script.take(4)),
    }
}

fn name(script: &mut Input<'_>) -> String {
    // One more than there are names: the root.
    NAMES.get(script.below(NAMES.len() + 1)).map_or(String::new(), |name| (*name).to_owned())
}

fn truncated(mut reply: Reply) -> Vec<u8> {
    reply.flags |= 0x0200;
    reply.bytes()
}

/// Counts that announce something else than there is.
fn with_counts(script: &mut Input<'_>, query: &[u8]) -> Vec<u8> {
    let mut bytes = answer(script, query).bytes();
    let at = 4 + 2 * script.below(4);
    bytes[at] = script.byte();
    bytes[at + 1] = script.byte();
    bytes
}

/// Up to a full 64 KiB of address records, all different.
fn long(script: &mut Input<'_>, query: &[u8]) -> Vec<u8> {
    let (owner, kind) = asked(query);
    let record_length = owner.len() + 2 + 10 + 16;
    let count = (script.number() % 1_200).min((65_000 / record_length) as u16);
    let target = name(script);
    let one = |n: u16| match kind {
        33 => srv(&owner, 60, [n, 0, n], &target),
        28 => record(&owner, type_number(RecordKind::Aaaa), 60, &(0x2001_0db8 << 96 | u128::from(n)).to_be_bytes()),
        _ => record(&owner, type_number(RecordKind::A), 60, &[198, 51, (n >> 8) as u8, n as u8]),
    };
    Reply::to(query).answers((0..count).map(one)).bytes()
}

fn damaged(script: &mut Input<'_>, query: &[u8]) -> Vec<u8> {
    let mut bytes = answer(script, query).bytes();
    for _ in 0..=script.below(4) {
        let at = usize::from(script.number()) % bytes.len();
        bytes[at] = script.byte();
    }
    if script.flag() {
        bytes.truncate(usize::from(script.number()) % (bytes.len() + 1));
    }
    bytes
}

/// The right header and question, then bytes of the script's own.
fn raw(script: &mut Input<'_>, query: &[u8]) -> Vec<u8> {
    let mut bytes = Reply::to(query).bytes();
    for at in [7, 9, 11] {
        bytes[at] = script.byte() % 4;
    }
    let length = usize::from(script.byte());
    bytes.extend(script.take(length));
    bytes
}

/// An answer that does not belong to the query, and the server it pretends to come from.
fn forged(script: &mut Input<'_>, query: &[u8], mut server: u32) -> (u32, Vec<u8>) {
    let mut reply = answer(script, query);
    match script.below(4) {
        0 => reply.id ^= 1 << script.below(16),
        1 => server += u32::from(script.byte()) + 1,
        2 => {
            // Another type, or another letter.
            let at = if script.flag() { reply.question.len() - 3 } else { 1 };
            reply.question[at] ^= 1 + (script.byte() & 0x0f);
        }
        _ => reply.flags ^= 0x8000,
    }
    (server, reply.bytes())
}
