//! Messages for tests, written by hand: a codec that is tested against itself proves nothing.

/// The codec, for those who look at it from outside of this folder.
pub use super::codec::{MAX_MESSAGE, Malformed, Message, Rcode, Soa, decode, encode_query};
use super::record::{Question, RecordKind};
use crate::types::Name;
use core::net::IpAddr;

/// Type numbers that tests speak of.
pub const SOA: u16 = 6;
/// The number of OPT.
pub const OPT: u16 = 41;

/// A name in test text; panics on nonsense.
pub fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// A question in test text.
pub fn question(text: &str, kind: RecordKind) -> Question {
    Question { name: name(text), kind }
}

/// The type number of a kind.
pub const fn type_number(kind: RecordKind) -> u16 {
    match kind {
        RecordKind::A => 1,
        RecordKind::Cname => 5,
        RecordKind::Aaaa => 28,
        RecordKind::Srv => 33,
        RecordKind::Naptr => 35,
    }
}

/// A name in wire form; "." and "" are the root.
pub fn wire_name(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        bytes.push(label.len() as u8);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

/// A record in wire form: owner, type, class IN, TTL, data.
pub fn record(owner: &str, kind: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = wire_name(owner);
    bytes.extend(kind.to_be_bytes());
    bytes.extend(1u16.to_be_bytes());
    bytes.extend(ttl.to_be_bytes());
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend(data);
    bytes
}

/// An address record.
pub fn address(owner: &str, ttl: u32, ip: &str) -> Vec<u8> {
    match ip.parse().unwrap() {
        IpAddr::V4(ip) => record(owner, 1, ttl, &ip.octets()),
        IpAddr::V6(ip) => record(owner, 28, ttl, &ip.octets()),
    }
}

/// A CNAME record.
pub fn alias(owner: &str, ttl: u32, target: &str) -> Vec<u8> {
    record(owner, 5, ttl, &wire_name(target))
}

/// An SRV record: priority, weight, port.
pub fn srv(owner: &str, ttl: u32, numbers: [u16; 3], target: &str) -> Vec<u8> {
    let mut data: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    data.extend(wire_name(target));
    record(owner, 33, ttl, &data)
}

/// A NAPTR record: order, preference; flags, service, regexp.
pub fn naptr(owner: &str, ttl: u32, numbers: [u16; 2], texts: [&str; 3], replacement: &str) -> Vec<u8> {
    let mut data: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    for text in texts {
        data.push(text.len() as u8);
        data.extend(text.as_bytes());
    }
    data.extend(wire_name(replacement));
    record(owner, 35, ttl, &data)
}

/// An SOA record with this TTL and MINIMUM.
pub fn soa(zone: &str, ttl: u32, minimum: u32) -> Vec<u8> {
    let mut data = wire_name("ns.test");
    data.extend(wire_name("admin.test"));
    data.extend([1u32, 2, 3, 4, minimum].iter().flat_map(|number| number.to_be_bytes()));
    record(zone, SOA, ttl, &data)
}

/// A message under construction.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Id.
    pub id: u16,
    /// The 16 flag bits.
    pub flags: u16,
    /// Question section, wire form.
    pub question: Vec<u8>,
    /// Answer, authority, additional records, wire form.
    pub sections: [Vec<Vec<u8>>; 3],
}

impl Reply {
    /// An empty positive reply to a query that was sent.
    pub fn to(query: &[u8]) -> Reply {
        let end = query[12..].iter().position(|byte| *byte == 0).unwrap() + 12 + 5;
        Reply {
            id: u16::from_be_bytes([query[0], query[1]]),
            flags: 0x8180,
            question: query[12..end].to_vec(),
            sections: Default::default(),
        }
    }

    /// With this response code.
    pub fn code(mut self, code: u16) -> Reply {
        self.flags = self.flags & 0xfff0 | code;
        self
    }

    /// With these answers.
    pub fn answers(mut self, records: impl IntoIterator<Item = Vec<u8>>) -> Reply {
        self.sections[0].extend(records);
        self
    }

    /// With these authority records.
    pub fn authority(mut self, records: impl IntoIterator<Item = Vec<u8>>) -> Reply {
        self.sections[1].extend(records);
        self
    }

    /// With these additional records.
    pub fn additional(mut self, records: impl IntoIterator<Item = Vec<u8>>) -> Reply {
        self.sections[2].extend(records);
        self
    }

    /// The message.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.id.to_be_bytes());
        bytes.extend(self.flags.to_be_bytes());
        bytes.extend(u16::from(!self.question.is_empty()).to_be_bytes());
        for section in &self.sections {
            bytes.extend((section.len() as u16).to_be_bytes());
        }
        bytes.extend(&self.question);
        bytes.extend(self.sections.iter().flatten().flatten());
        bytes
    }
}

/// Name (as text, lower case) and type number a query asks for.
pub fn asked(query: &[u8]) -> (String, u16) {
    let mut at = 12;
    let mut labels = Vec::new();
    while query[at] != 0 {
        let length = usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..=at + length]).to_lowercase());
        at += length + 1;
    }
    (labels.join("."), u16::from_be_bytes([query[at + 1], query[at + 2]]))
}
