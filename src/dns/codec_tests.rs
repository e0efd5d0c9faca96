use super::{Malformed, Message, Rcode, decode, encode_query};
use crate::dns::record::{RecordData, RecordKind, SrvTarget};
use crate::dns::testing::{OPT, Reply, address, asked, naptr, question, record, soa, srv};
use core::net::IpAddr;
use proptest::prelude::*;

fn reply() -> Reply {
    Reply::to(&encode_query(7, &question("pbx.test", RecordKind::A), None))
}

/// Reads a message as the answer to a question about `pbx.test`.
fn read(message: &[u8]) -> Result<Message, Malformed> {
    decode(message, &question("pbx.test", RecordKind::A).name)
}

fn ip(text: &str) -> RecordData {
    RecordData::Address(text.parse::<IpAddr>().unwrap())
}

#[test]
fn a_query_asks_one_question_with_recursion_and_offers_1232_bytes() {
    let bytes = encode_query(0x1234, &question("PBX.test", RecordKind::Naptr), Some(1_232));
    assert_eq!(bytes[..12], [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(asked(&bytes), ("pbx.test".into(), 35));
    assert_eq!(bytes[bytes.len() - 11..], [0, 0, OPT as u8, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
    let plain = encode_query(0, &question("pbx.test", RecordKind::A), None);
    assert_eq!(plain.len(), 12 + 10 + 4);
    assert_eq!(plain[11], 0);
}

#[test]
fn reads_every_kind_of_record() {
    let message = read(
        &reply()
            .answers([
                address("pbx.test", 60, "192.0.2.1"),
                address("pbx.test", 61, "2001:db8::1"),
                srv("_sip._udp.pbx.test", 62, [1, 2, 5070], "a.pbx.test"),
                naptr("pbx.test", 63, [10, 20], ["S", "SIP+D2U", ""], "_sip._udp.pbx.test"),
            ])
            .authority([soa("test", 900, 77)])
            .additional([address("a.pbx.test", 64, "192.0.2.9"), record(".", OPT, 0, &[])])
            .bytes(),
    )
    .unwrap();
    assert!(message.is_response && !message.truncated && message.rcode == Rcode::NoError);
    assert_eq!(message.answers[0].data, ip("192.0.2.1"));
    assert_eq!(message.answers[1].data, ip("2001:db8::1"));
    let RecordData::Srv(srv) = &message.answers[2].data else { panic!() };
    assert_eq!((srv.priority, srv.weight, srv.port), (1, 2, 5070));
    let RecordData::Naptr(naptr) = &message.answers[3].data else { panic!() };
    assert_eq!((naptr.order, naptr.preference, &*naptr.service), (10, 20, &b"SIP+D2U"[..]));
    assert_eq!(message.answers.iter().map(|record| record.ttl_s).collect::<Vec<_>>(), [60, 61, 62, 63]);
    assert_eq!(message.soa.unwrap().negative_ttl_s, 77);
    assert_eq!(message.additional.len(), 1);
}

#[test]
fn one_damaged_record_does_not_cost_the_good_ones() {
    let good = address("pbx.test", 60, "192.0.2.1");
    let damaged = [
        record("pbx.test", 1, 60, &[1, 2, 3, 4, 5]),
        record("pbx.test", 1, 60, &[]),
        naptr("pbx.test", 60, [1, 1], ["\u{7f}", "SIP+D2U", ""], "x.test"),
        record("pbx.test", 33, 60, &[0, 1, 0]),
        record("pbx.test", 5, 60, &[0xc0, 0xff]),
    ];
    let message = read(&reply().answers(damaged).answers([good]).bytes()).unwrap();
    assert_eq!((message.answers.len(), message.unreadable), (1, 5));
}

#[test]
fn a_record_that_claims_more_than_its_frame_is_damaged() {
    // The SRV target runs on into the next record.
    let bad = record("pbx.test", 33, 60, b"\x00\x01\x00\x01\x13\xc4\x03abc");
    let message = read(&reply().answers([bad, address("pbx.test", 60, "192.0.2.1")]).bytes()).unwrap();
    assert_eq!((message.answers.len(), message.unreadable), (1, 1));
}

#[test]
fn a_ttl_with_the_top_bit_set_is_zero() {
    let message = read(&reply().answers([address("pbx.test", 0x8000_0001, "192.0.2.1")]).bytes()).unwrap();
    assert_eq!(message.answers[0].ttl_s, 0);
}

#[test]
fn odd_bytes_in_labels_pass() {
    let owner = "a\u{1}\"\\ b.test";
    let message = read(&reply().answers([address(owner, 1, "192.0.2.1")]).bytes()).unwrap();
    assert_eq!(message.answers[0].name.labels().next(), Some(&b"a\x01\"\\ b"[..]));
}

#[test]
fn an_address_written_as_srv_target_is_an_address() {
    let targets = ["192.0.2.1", "192.0.2", "a.192", "."];
    let records = targets.map(|target| srv("pbx.test", 1, [0; 3], target));
    let message = read(&reply().answers(records).bytes()).unwrap();
    let read: Vec<_> = message
        .answers
        .iter()
        .filter_map(|r| if let RecordData::Srv(s) = &r.data { Some(&s.target) } else { None })
        .collect();
    assert_eq!(*read[0], SrvTarget::Address("192.0.2.1".parse().unwrap()));
    assert!(matches!(read[1], SrvTarget::Name(_)) && matches!(read[2], SrvTarget::Name(_)));
    assert_eq!(*read[3], SrvTarget::NotOffered);
}

#[test]
fn records_of_another_class_are_not_ours() {
    let mut chaos = address("pbx.test", 1, "192.0.2.1");
    let class = chaos.len() - 4 - 2 - 4 - 1;
    chaos[class] = 3;
    let message = read(&reply().answers([chaos]).bytes()).unwrap();
    assert_eq!((message.answers.len(), message.unreadable), (0, 0));
}

#[test]
fn records_beyond_256_are_not_read() {
    let many = (0..300).map(|_| address("a.test", 1, "192.0.2.1"));
    assert_eq!(read(&reply().answers(many).bytes()).unwrap().answers.len(), 256);
}

#[test]
fn upper_response_code_bits_come_from_the_opt_record() {
    let message = read(&reply().additional([record(".", OPT, 1 << 24, &[])]).bytes()).unwrap();
    assert_eq!(message.rcode, Rcode::Other);
}

#[test]
fn a_header_of_twelve_bytes_with_huge_counts_is_malformed() {
    for position in [4, 6, 8, 10] {
        let mut bytes = [0, 7, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0];
        bytes[position] = 0xff;
        bytes[position + 1] = 0xff;
        assert_eq!(read(&bytes), Err(Malformed));
    }
}

#[test]
fn a_truncated_message_is_recognised_though_its_records_are_cut() {
    let mut bytes = reply().answers([address("pbx.test", 60, "192.0.2.1")]).bytes();
    bytes[2] |= 2;
    bytes.truncate(bytes.len() - 3);
    let message = read(&bytes).unwrap();
    assert!(message.truncated && message.answers.is_empty() && message.question.is_some());
}

#[test]
fn a_bomb_of_compression_pointers_is_malformed() {
    let mut reply = reply();
    let mut data = Vec::new();
    // The record's data is a ladder of pointers, each to the one before, and every later owner climbs it.
    let base = 12 + reply.question.len() + 1 + 10;
    let mut previous = 12u16;
    for step in 0..1_000u16 {
        data.extend((0xc000 | previous).to_be_bytes());
        previous = base as u16 + 2 * step;
    }
    reply = reply.answers([record(".", 16, 1, &data)]);
    for _ in 0..200 {
        let mut owner = (0xc000 | previous).to_be_bytes().to_vec();
        owner.extend(&record(".", 1, 1, &[1, 2, 3, 4])[1..]);
        reply = reply.answers([owner]);
    }
    assert_eq!(read(&reply.bytes()), Err(Malformed));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes);
    }

    #[test]
    fn damaged_replies_never_panic(at in 0usize..400, value: u8, cut in 0usize..400) {
        let mut bytes = reply()
            .answers([srv("pbx.test", 1, [0; 3], "a.test"), naptr("pbx.test", 1, [0; 2], ["s", "x", ""], "b.test")])
            .authority([soa("test", 1, 1)])
            .bytes();
        let length = bytes.len();
        bytes[at % length] = value;
        let _ = read(&bytes);
        bytes.truncate(cut % length);
        let _ = read(&bytes);
    }
}
