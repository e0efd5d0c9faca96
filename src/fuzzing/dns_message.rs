//! DNS messages: arbitrary ones are survived, good ones are understood.

use super::input::Input;
use crate::dns::testing::{MAX_MESSAGE, Malformed, Message, Rcode, decode, encode_query};
use crate::dns::{NaptrData, Question, Record, RecordData, RecordKind, SrvData, SrvTarget};
use crate::types::Name;
use core::net::IpAddr;
use hickory_proto::op::{Edns, Message as WireMessage, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, NAPTR, SRV};
use hickory_proto::rr::{Name as WireName, RData, Record as WireRecord, RecordType};

/// Records read from one message.
const MAX_RECORDS: usize = 256;
/// Answers written from one script: more of them find no more, and take their time.
const RESPONSES: usize = 3;
/// What can be asked. (Aliases come unasked.)
const ASKED: [RecordKind; 4] = [RecordKind::A, RecordKind::Aaaa, RecordKind::Srv, RecordKind::Naptr];

/// Reads the input as a message; then, as a script, writes queries and answers and reads them back.
pub fn dns_message(input: &[u8]) {
    arbitrary(input);
    let mut script = Input::new(input);
    query(&mut script);
    for _ in 0..RESPONSES {
        if script.has_more() {
            response(&mut script);
        }
    }
}

/// Whatever arrives, what comes out keeps its bounds, and is the same every time.
fn arbitrary(bytes: &[u8]) {
    // Names that equal this one share its memory, and read no differently for that.
    let (one, other) = (known_name("pbx.test"), known_name("a.b"));
    let read = decode(bytes, &one);
    assert_eq!(read, decode(bytes, &other), "the same message reads differently");
    assert!(bytes.len() <= MAX_MESSAGE || read == Err(Malformed), "a message that cannot exist was read");
    let Ok(message) = read else { return };
    // The shortest record has eleven bytes, behind a header of twelve.
    let possible = MAX_RECORDS.min((bytes.len() - 12) / 11);
    let count = message.answers.len() + message.unreadable + message.additional.len();
    assert!(count <= possible, "{count} records from {} bytes", bytes.len());
    assert!(!message.truncated || count == 0, "records of a truncated message");
    if let Some(question) = &message.question {
        check_name(&question.name);
    }
    for record in message.answers.iter().chain(&message.additional) {
        check_record(record);
    }
}

fn check_name(name: &Name) {
    let length: usize = name.labels().map(|label| label.len() + 1).sum();
    assert!((2..=254).contains(&length), "a name of {length} bytes");
    assert!(name.labels().all(|label| (1..=63).contains(&label.len())), "a label that cannot be");
    assert!(name.labels().flatten().all(|byte| !byte.is_ascii_uppercase()), "upper case in {name}");
    // A name is shown to people, on one line.
    assert!(name.to_string().bytes().all(|byte| byte.is_ascii_graphic()), "{name} cannot be shown");
}

fn check_record(record: &Record) {
    assert!(record.ttl_s <= i32::MAX as u32, "a TTL that is none");
    check_name(&record.name);
    match &record.data {
        RecordData::Address(_) => {}
        RecordData::Alias(name) => check_name(name),
        RecordData::Srv(SrvData { target: SrvTarget::Name(name), .. }) => check_name(name),
        RecordData::Srv(_) => {}
        RecordData::Naptr(data) => {
            assert!(data.flags.len() <= 255 && data.service.len() <= 255, "a counted text too long to be counted");
            data.replacement.iter().for_each(check_name);
        }
    }
}

/// A query is read by another decoder and by our own as what was asked.
fn query(script: &mut Input<'_>) {
    let id = script.number();
    let edns_bytes = script.flag().then(|| script.number());
    let question = Question { kind: script.choose(&ASKED), name: name(script) };
    let bytes = encode_query(id, &question, edns_bytes);
    let ours = decode(&bytes, &question.name).expect("our own query can be read");
    assert_eq!((ours.id, ours.is_response, ours.question), (id, false, Some(question.clone())));
    let theirs = WireMessage::from_vec(&bytes).expect("hickory reads our query");
    let asked = Query::query(wire_name(Some(&question.name)), wire_type(question.kind));
    assert_eq!((theirs.metadata.id, theirs.queries.as_slice()), (id, &[asked][..]));
    assert!(theirs.metadata.recursion_desired && theirs.metadata.message_type == MessageType::Query);
    // RFC 6891 section 6.2.3: less than 512 means 512.
    let offered = theirs.edns.as_ref().map(Edns::max_payload);
    assert_eq!(offered.map(|bytes| bytes.max(512)), edns_bytes.map(|bytes| bytes.max(512)));
}

/// What another encoder wrote, with all its compression, is read as what it was told to write.
fn response(script: &mut Input<'_>) {
    let mut wire = WireMessage::new(script.number(), MessageType::Response, OpCode::Query);
    let question = Question { kind: script.choose(&ASKED), name: name(script) };
    wire.add_query(Query::query(wire_name(Some(&question.name)), wire_type(question.kind)));
    let answers: Vec<Record> = (0..script.below(12)).map(|_| record(script, &question.name)).collect();
    let additional: Vec<Record> = (0..script.below(6)).map(|_| record(script, &question.name)).collect();
    wire.add_answers(answers.iter().map(wire_record));
    wire.add_additionals(additional.iter().map(wire_record));
    if script.flag() {
        wire.set_edns(Edns::new());
    }
    let bytes = wire.to_vec().expect("hickory writes a message of a few records");
    let expected = Message {
        id: wire.metadata.id,
        is_response: true,
        truncated: false,
        rcode: Rcode::NoError,
        question: Some(question),
        answers: answers.into_iter().map(as_read).collect(),
        unreadable: 0,
        soa: None,
        additional: additional.into_iter().map(as_read).collect(),
    };
    let asked = expected.question.as_ref().map_or(known_name("a.b"), |question| question.name.clone());
    assert_eq!(decode(&bytes, &asked), Ok(expected));
}

fn known_name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

/// A name of one to five labels, most of them short and readable, a few of any bytes.
fn name(script: &mut Input<'_>) -> Name {
    let mut labels: Vec<Vec<u8>> = Vec::new();
    for _ in 0..=script.below(5) {
        let kind = script.byte();
        labels.push(match kind {
            0..=199 => [&b"a"[..], b"b", b"pbx", b"_sip", b"_udp", b"test", b"192", b"0", b"::1"]
                [usize::from(kind % 9)]
            .to_vec(),
            200..=239 => script.take(usize::from(kind - 199)).to_vec(),
            _ => vec![script.byte(); 63],
        });
    }
    labels.iter_mut().filter(|label| label.is_empty()).for_each(|label| label.push(b'x'));
    loop {
        if let Ok(name) = Name::from_labels(labels.iter().map(Vec::as_slice)) {
            return name;
        }
        // Too long, the only thing that can be wrong with it.
        labels.pop();
    }
}

fn record(script: &mut Input<'_>, asked: &Name) -> Record {
    let owner = if script.flag() { asked.clone() } else { name(script) };
    let ttl_s = script.choose(&[0, 60, i32::MAX as u32, 1 << 31, u32::MAX]);
    let data = match script.below(5) {
        0 => RecordData::Address(IpAddr::from([192, 0, 2, script.byte()])),
        1 => RecordData::Address(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, script.number()])),
        2 => RecordData::Alias(name(script)),
        3 => RecordData::Srv(SrvData {
            priority: script.number(),
            weight: script.number(),
            port: script.number(),
            target: if script.below(8) == 0 { SrvTarget::NotOffered } else { SrvTarget::Name(name(script)) },
        }),
        _ => RecordData::Naptr(NaptrData {
            order: script.number(),
            preference: script.number(),
            flags: script.choose(&[&b""[..], b"s", b"A", b"u9"]).into(),
            service: script.choose(&[&b""[..], b"SIP+D2U", b"sips+d2t", b"\x00\xff"]).into(),
            has_regexp: script.flag(),
            replacement: if script.below(8) == 0 { None } else { Some(name(script)) },
        }),
    };
    Record { name: owner, ttl_s, data }
}

/// What is changed about a record when it is read.
fn as_read(mut record: Record) -> Record {
    if record.ttl_s > i32::MAX as u32 {
        record.ttl_s = 0;
    }
    // An address in place of the target, each of its parts a label.
    if let RecordData::Srv(SrvData { target, .. }) = &mut record.data
        && let SrvTarget::Name(name) = target
        && !name.labels().flatten().any(|byte| *byte == b'.')
    {
        let labels: Vec<_> = name.labels().map(String::from_utf8_lossy).collect();
        if let Ok(address) = labels.join(".").parse() {
            *target = SrvTarget::Address(address);
        }
    }
    record
}

fn wire_name(name: Option<&Name>) -> WireName {
    name.map_or(WireName::root(), |name| WireName::from_labels(name.labels()).expect("a name within the limits"))
}

fn wire_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
        RecordKind::Cname => RecordType::CNAME,
        RecordKind::Srv => RecordType::SRV,
        RecordKind::Naptr => RecordType::NAPTR,
    }
}

fn wire_record(record: &Record) -> WireRecord {
    let data = match &record.data {
        RecordData::Address(IpAddr::V4(ip)) => RData::A(A(*ip)),
        RecordData::Address(IpAddr::V6(ip)) => RData::AAAA(AAAA(*ip)),
        RecordData::Alias(name) => RData::CNAME(CNAME(wire_name(Some(name)))),
        RecordData::Srv(data) => {
            let target = match &data.target {
                SrvTarget::Name(name) => Some(name),
                SrvTarget::NotOffered | SrvTarget::Address(_) => None,
            };
            RData::SRV(SRV::new(data.priority, data.weight, data.port, wire_name(target)))
        }
        RecordData::Naptr(data) => RData::NAPTR(NAPTR::new(
            data.order,
            data.preference,
            Box::from(&*data.flags),
            Box::from(&*data.service),
            Box::from(if data.has_regexp { &b"!^.*$!sip:a@b!"[..] } else { b"" }),
            wire_name(data.replacement.as_ref()),
        )),
    };
    WireRecord::from_rdata(wire_name(Some(&record.name)), record.ttl_s, data)
}
