//! DNS messages, good and bad.

use super::Seed;
use crate::dns::RecordKind;
use crate::dns::testing::{OPT, Reply, address, alias, encode_query, naptr, question, record, soa, srv, wire_name};

fn reply(kind: RecordKind) -> Reply {
    Reply::to(&encode_query(7, &question("pbx.test", kind), None))
}

fn seed(name: &'static str, bytes: Vec<u8>) -> Seed {
    Seed { harness: "dns_message", name, bytes }
}

/// An answer with everything in it.
fn full() -> Vec<u8> {
    reply(RecordKind::Naptr)
        .answers([
            naptr("pbx.test", 60, [10, 20], ["S", "SIP+D2U", ""], "_sip._udp.pbx.test"),
            naptr("pbx.test", 60, [10, 30], ["u", "E2U+sip", "!^.*$!sip:a@b!"], "."),
        ])
        .authority([soa("test", 900, 77)])
        .additional([
            srv("_sip._udp.pbx.test", 62, [1, 2, 5070], "a.pbx.test"),
            srv("_sip._udp.pbx.test", 62, [1, 2, 5070], "192.0.2.1"),
            address("a.pbx.test", 64, "192.0.2.9"),
            address("a.pbx.test", 64, "2001:db8::9"),
            record(".", OPT, 1 << 24, &[0, 10, 0, 2, 1, 2]),
        ])
        .bytes()
}

/// A record whose owner is a pointer to this place.
fn pointing_to(place: u16, kind: u16) -> Vec<u8> {
    let mut bytes = (0xc000 | place).to_be_bytes().to_vec();
    bytes.extend(&record(".", kind, 1, &[1, 2, 3, 4])[1..]);
    bytes
}

/// Pointers, each to the one before, and owners that climb them all.
fn ladder(steps: u16) -> Vec<u8> {
    let reply = reply(RecordKind::A);
    let first = 12 + reply.question.len() as u16 + 11;
    let rungs = (0..steps).map(|step| if step == 0 { 12 } else { first + 2 * (step - 1) });
    let data: Vec<u8> = rungs.flat_map(|rung| (0xc000 | rung).to_be_bytes()).collect();
    let climber = pointing_to(first + 2 * (steps - 1), 1);
    reply.answers([record(".", 16, 1, &data)]).answers(vec![climber; 40]).bytes()
}

/// The most bytes that a length of two bytes can announce, nearly.
fn full_64k() -> Vec<u8> {
    let records = (0..2_300u16).map(|n| record("pbx.test", 1, 60, &[10, 0, (n >> 8) as u8, n as u8]));
    reply(RecordKind::A).answers(records).bytes()
}

fn with_counts(counts: [u8; 8]) -> Vec<u8> {
    let mut bytes = full();
    bytes[4..12].copy_from_slice(&counts);
    bytes
}

pub fn all() -> Vec<Seed> {
    let a = || reply(RecordKind::A);
    let loop_at = 12 + a().question.len() as u16;
    let mut truncated = full();
    truncated[2] |= 2;
    truncated.truncate(70);
    let good = || address("pbx.test", 60, "192.0.2.1");
    let overrun = record("pbx.test", 33, 60, b"\x00\x01\x00\x01\x13\xc4\x03abc");
    vec![
        seed("query", encode_query(7, &question("pbx.test", RecordKind::Srv), Some(1_232))),
        seed("full", full()),
        seed("truncated", truncated),
        seed("counts-lie-all", with_counts([0, 1, 255, 255, 255, 255, 255, 255])),
        seed("counts-lie-by-one", with_counts([0, 1, 0, 3, 0, 1, 0, 5])),
        seed("counts-two-questions", with_counts([0, 2, 0, 2, 0, 1, 0, 5])),
        seed("header-only-huge-counts", vec![0, 7, 0x81, 0x80, 255, 255, 255, 255, 255, 255, 255, 255]),
        seed("compression-loop", a().answers([pointing_to(loop_at, 1)]).bytes()),
        seed("compression-forward", a().answers([pointing_to(loop_at + 30, 1), good()]).bytes()),
        seed("compression-loop-in-data", a().answers([record("pbx.test", 5, 60, &[0xc0, 0x1c]), good()]).bytes()),
        seed("compression-ladder", ladder(1_000)),
        seed("ttl-top-bit", a().answers([address("pbx.test", 0x8000_0001, "192.0.2.1")]).bytes()),
        seed("labels-odd-bytes", a().answers([alias("pbx.test", 1, "a\u{1}\"\\ \u{7f}.T"), good()]).bytes()),
        seed("srv-target-address", reply(RecordKind::Srv).answers([srv("pbx.test", 1, [0; 3], "::1")]).bytes()),
        seed("data-overruns", a().answers([overrun, good()]).bytes()),
        seed("address-of-five-bytes", a().answers([record("pbx.test", 1, 60, &[1; 5]), good()]).bytes()),
        seed("alias-loop", a().answers([alias("pbx.test", 1, "b.test"), alias("b.test", 1, "pbx.test")]).bytes()),
        seed("poisoned-additional", a().answers([good()]).additional([address("evil.test", 9, "192.0.2.66")]).bytes()),
        seed("records-beyond-256", a().answers(vec![record(".", 1, 1, &[1, 2, 3, 4]); 300]).bytes()),
        seed("full-64k", full_64k()),
        seed("ladder-64k", ladder(8_000)),
    ]
}

/// Pieces of messages.
pub fn dictionary() -> Vec<Vec<u8>> {
    let mut entries: Vec<Vec<u8>> =
        [1u8, 2, 5, 6, 16, 28, 33, 35, 41].iter().map(|kind| vec![0, *kind, 0, 1]).collect();
    entries.extend([b"\xc0\x0c".to_vec(), b"\xc0\x1a".to_vec(), vec![0x81, 0x80], vec![0x80, 0, 0, 1]]);
    entries.extend(["pbx.test", "_sip._udp", "192.0.2.1"].map(wire_name));
    entries.extend([&b"\x01s\x07SIP+D2U\x00"[..], b"\x01a\x08SIPS+D2T\x00"].map(<[u8]>::to_vec));
    entries
}
