//! The wire format: the only file that knows hickory.
//!
//! Its header, its numbers for types and classes and its reading position are used, its message type is not: that one
//! throws a whole answer away for one bad record, reserves memory by what the header announces, and brings every record
//! type there is into the library. Names and record data are read here: hickory's take memory for each name and text, and
//! most names of an answer repeat the question.

use super::guard::{NameBudget, counts_fit, labels};
use super::record::{NaptrData, Question, Record, RecordData, RecordKind, SrvData, SrvTarget, naptr_text};
use crate::types::{Name, NameError};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use hickory_proto::op::{Header, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::{DNSClass, RecordType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

/// Longest message that is read: what the length before a message over TCP can say. The work it can cause is bounded by
/// the number of records and by the allowance for names, not by its length.
pub const MAX_MESSAGE: usize = 65_535;
/// Records read from one message, all sections together; the rest is passed over. No SIP domain has more, and of one set
/// fewer are kept.
const MAX_RECORDS: usize = 256;
/// A query with EDNS, but for the name: header, closing zero, type, class, OPT record.
const QUERY_WITHOUT_NAME: usize = 12 + 1 + 4 + 11;

/// The answers a server gives about itself or the question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rcode {
    /// No error.
    NoError,
    /// The server did not understand the query; old ones say so to EDNS (RFC 6891 §7).
    NotUnderstood,
    /// SERVFAIL.
    ServerFailure,
    /// NXDOMAIN.
    NoSuchName,
    /// REFUSED.
    Refused,
    /// Any other.
    Other,
}

/// What the authority section says about how long a negative answer holds (RFC 2308 §5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Soa {
    /// The zone; `None` for the root.
    pub zone: Option<Name>,
    /// The smaller one of the record's TTL and its MINIMUM field, seconds.
    pub negative_ttl_s: u32,
}

/// A message, as far as it is of interest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Id.
    pub id: u16,
    /// QR bit and the opcode of an ordinary query.
    pub is_response: bool,
    /// TC bit. The sections of a truncated message are not read.
    pub truncated: bool,
    /// Response code, the part in the OPT record included.
    pub rcode: Rcode,
    /// The question; `None` if there is none or it is of no kind that we ask.
    pub question: Option<Question>,
    /// Readable records of the answer section of kinds known here.
    pub answers: Vec<Record>,
    /// Records of known kind in the answer section that could not be read.
    pub unreadable: usize,
    /// From the authority section.
    pub soa: Option<Soa>,
    /// Readable records of the additional section of kinds known here.
    pub additional: Vec<Record>,
}

/// The message cannot be read at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

/// A query message. `edns_bytes` offers to take answers up to that size (RFC 6891); `None` leaves EDNS out.
pub fn encode_query(id: u16, question: &Question, edns_bytes: Option<u16>) -> Vec<u8> {
    let name = question.name.wire();
    let mut bytes = Vec::with_capacity(QUERY_WITHOUT_NAME + name.len());
    bytes.extend(id.to_be_bytes());
    // An ordinary query that asks for recursion; one question, no answers, no authorities.
    bytes.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, u8::from(edns_bytes.is_some())]);
    bytes.extend(name);
    bytes.push(0);
    bytes.extend(u16::from(wire_type(question.kind)).to_be_bytes());
    bytes.extend(u16::from(DNSClass::IN).to_be_bytes());
    if let Some(size) = edns_bytes {
        // The OPT record: root name, type, the size in place of a class, no flags in place of the TTL, no options.
        bytes.push(0);
        bytes.extend(u16::from(RecordType::OPT).to_be_bytes());
        bytes.extend(size.to_be_bytes());
        bytes.extend([0; 6]);
    }
    bytes
}

/// Reads a message. Names in it that equal `asked`, as most do, share its memory.
pub fn decode(message: &[u8], asked: &Name) -> Result<Message, Malformed> {
    if message.len() > MAX_MESSAGE {
        return Err(Malformed);
    }
    let (decoder, budget) = (BinDecoder::new(message), NameBudget::new());
    let mut reader = Reader { message, asked, decoder, budget, records: MAX_RECORDS };
    let header = Header::read(&mut reader.decoder).map_err(|_| Malformed)?;
    let counts = header.counts;
    let mut read = Message {
        id: header.id,
        is_response: header.message_type == MessageType::Response && header.op_code == OpCode::Query,
        truncated: header.truncation,
        rcode: rcode(header.response_code),
        question: None,
        answers: Vec::new(),
        unreadable: 0,
        soa: None,
        additional: Vec::new(),
    };
    // Servers cut a message wherever it is full and leave the counts as they were: only the question matters then.
    let records = if read.truncated { [0; 3] } else { [counts.answers, counts.authorities, counts.additionals] };
    if !counts_fit(message.len(), counts.queries, records) {
        return Err(Malformed);
    }
    if counts.queries == 1 {
        read.question = reader.question()?;
    }
    for _ in 0..records[0] {
        match reader.record()? {
            Parsed::Record(record) => read.answers.push(record),
            Parsed::Unreadable => read.unreadable += 1,
            Parsed::Soa(_) | Parsed::Opt(_) | Parsed::Other => {}
        }
    }
    for _ in 0..records[1] {
        if let Parsed::Soa(soa) = reader.record()? {
            read.soa.get_or_insert(soa);
        }
    }
    for _ in 0..records[2] {
        match reader.record()? {
            Parsed::Record(record) => read.additional.push(record),
            // The upper bits of the response code (RFC 6891 §6.1.3) turn it into one that means nothing to us.
            Parsed::Opt(high) if high != 0 => read.rcode = Rcode::Other,
            Parsed::Unreadable | Parsed::Soa(_) | Parsed::Opt(_) | Parsed::Other => {}
        }
    }
    Ok(read)
}

/// What a place in a section turned out to hold.
enum Parsed {
    Record(Record),
    /// Of a kind known here, but damaged.
    Unreadable,
    Soa(Soa),
    /// OPT, with the upper eight bits of the response code.
    Opt(u8),
    Other,
}

struct Reader<'a> {
    message: &'a [u8],
    asked: &'a Name,
    decoder: BinDecoder<'a>,
    budget: NameBudget,
    records: usize,
}

impl<'a> Reader<'a> {
    /// The name at the reading position; an inner `None` is the root.
    fn name(&mut self) -> Result<Option<Name>, Malformed> {
        let start = self.decoder.index();
        let (name, end) = self.name_at(start).ok_or(Malformed)?;
        self.decoder.read_slice(end - start).map_err(|_| Malformed)?;
        Ok(name)
    }

    /// The name at `start`, and where reading goes on behind it.
    fn name_at(&mut self, start: usize) -> Option<(Option<Name>, usize)> {
        let end = self.budget.skim(self.message, start)?;
        match Name::from_labels_like(labels(self.message, start), &[Some(self.asked)]) {
            Ok(name) => Some((Some(name), end)),
            Err(NameError::Empty) => Some((None, end)),
            Err(_) => None,
        }
    }

    /// The name at `start` in record data that ends at `end`, as the name has to.
    fn last_name(&mut self, start: usize, end: usize) -> Option<Option<Name>> {
        self.name_at(start).filter(|(_, behind)| *behind == end).map(|(name, _)| name)
    }

    fn question(&mut self) -> Result<Option<Question>, Malformed> {
        let name = self.name()?;
        let kind = own_kind(RecordType::read(&mut self.decoder).map_err(|_| Malformed)?);
        let class = DNSClass::read(&mut self.decoder).map_err(|_| Malformed)?;
        Ok(match (name, kind) {
            (Some(name), Some(kind)) if class == DNSClass::IN => Some(Question { name, kind }),
            _ => None,
        })
    }

    /// The next record. An error means that not even its frame could be read, so nothing behind it can be found.
    fn record(&mut self) -> Result<Parsed, Malformed> {
        let Some(left) = self.records.checked_sub(1) else { return Ok(Parsed::Other) };
        self.records = left;
        let owner = self.name()?;
        let kind = RecordType::read(&mut self.decoder).map_err(|_| Malformed)?;
        let class = self.u16()?;
        let ttl = u32::from(self.u16()?) << 16 | u32::from(self.u16()?);
        let length = usize::from(self.u16()?);
        let start = self.decoder.index();
        let data = self.decoder.read_slice(length).map_err(|_| Malformed)?.unverified();
        if kind == RecordType::OPT {
            return Ok(Parsed::Opt((ttl >> 24) as u8));
        }
        if class != u16::from(DNSClass::IN) {
            return Ok(Parsed::Other);
        }
        // A TTL with the top bit set is no TTL (RFC 2181 §8).
        let ttl_s = if ttl > i32::MAX as u32 { 0 } else { ttl };
        if kind == RecordType::SOA {
            let minimum = self.soa_minimum(start, length);
            return Ok(minimum.map_or(Parsed::Other, |minimum| {
                Parsed::Soa(Soa { zone: owner, negative_ttl_s: ttl_s.min(minimum) })
            }));
        }
        let (Some(name), Some(kind)) = (owner, own_kind(kind)) else { return Ok(Parsed::Other) };
        Ok(match self.record_data(kind, data, start) {
            Some(data) => Parsed::Record(Record { name, ttl_s, data }),
            None => Parsed::Unreadable,
        })
    }

    fn record_data(&mut self, kind: RecordKind, data: &[u8], start: usize) -> Option<RecordData> {
        match kind {
            RecordKind::A => <[u8; 4]>::try_from(data).ok().map(|b| RecordData::Address(Ipv4Addr::from(b).into())),
            RecordKind::Aaaa => <[u8; 16]>::try_from(data).ok().map(|b| RecordData::Address(Ipv6Addr::from(b).into())),
            RecordKind::Cname => self.last_name(start, start + data.len())?.map(RecordData::Alias),
            RecordKind::Srv => {
                let [priority, weight, port] = numbers(data)?;
                let target = self.last_name(start + 6, start + data.len())?;
                Some(RecordData::Srv(SrvData { priority, weight, port, target: srv_target(target) }))
            }
            RecordKind::Naptr => {
                let [order, preference] = numbers(data)?;
                let (flags, rest) = counted_text(data.get(4..)?)?;
                let (service, rest) = counted_text(rest)?;
                let (regexp, rest) = counted_text(rest)?;
                // RFC 3403 §4.1: letters and digits.
                if !flags.iter().all(u8::is_ascii_alphanumeric) {
                    return None;
                }
                let end = start + data.len();
                Some(RecordData::Naptr(NaptrData {
                    order,
                    preference,
                    flags: naptr_text(flags),
                    service: naptr_text(service),
                    has_regexp: !regexp.is_empty(),
                    replacement: self.last_name(end - rest.len(), end)?,
                }))
            }
        }
    }

    /// The MINIMUM field of an SOA record: behind two names and four numbers. The rest of the record is of no use.
    fn soa_minimum(&mut self, start: usize, length: usize) -> Option<u32> {
        let rname = self.budget.skim(self.message, start)?;
        let at = self.budget.skim(self.message, rname)? + 16;
        let minimum = self.message.get(at..at + 4)?;
        (at + 4 == start + length).then(|| minimum.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)))
    }

    fn u16(&mut self) -> Result<u16, Malformed> {
        Ok(self.decoder.read_u16().map_err(|_| Malformed)?.unverified())
    }
}

/// The numbers of 16 bits that record data begins with.
fn numbers<const N: usize>(data: &[u8]) -> Option<[u16; N]> {
    let (pairs, _) = data.as_chunks::<2>();
    let pairs = pairs.first_chunk::<N>()?;
    Some(pairs.map(u16::from_be_bytes))
}

/// A text behind a byte with its length (RFC 1035 §3.3), and what follows.
fn counted_text(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

/// An address written as a name arrives as labels, `192` `0` `2` `1`.
fn srv_target(name: Option<Name>) -> SrvTarget {
    let Some(name) = name else { return SrvTarget::NotOffered };
    let looks_numeric =
        name.labels().last().is_some_and(|label| label.iter().all(|b| b.is_ascii_hexdigit() || *b == b':'));
    if looks_numeric && let Ok(address) = name.to_string().parse::<IpAddr>() {
        return SrvTarget::Address(address);
    }
    SrvTarget::Name(name)
}

fn rcode(code: ResponseCode) -> Rcode {
    match code {
        ResponseCode::NoError => Rcode::NoError,
        ResponseCode::FormErr | ResponseCode::NotImp => Rcode::NotUnderstood,
        ResponseCode::ServFail => Rcode::ServerFailure,
        ResponseCode::NXDomain => Rcode::NoSuchName,
        ResponseCode::Refused => Rcode::Refused,
        _ => Rcode::Other,
    }
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

fn own_kind(kind: RecordType) -> Option<RecordKind> {
    match kind {
        RecordType::A => Some(RecordKind::A),
        RecordType::AAAA => Some(RecordKind::Aaaa),
        RecordType::CNAME => Some(RecordKind::Cname),
        RecordType::SRV => Some(RecordKind::Srv),
        RecordType::NAPTR => Some(RecordKind::Naptr),
        _ => None,
    }
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
