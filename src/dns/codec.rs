//! The wire format: the only file that knows hickory.
//!
//! Its name and record decoders are used, its message type is not: that one throws a whole answer away for one bad
//! record, reserves memory by what the header announces, and brings every record type there is into the library.

use super::guard::{NameBudget, counts_fit};
use super::record::{NaptrData, Question, Record, RecordData, RecordKind, SrvData, SrvTarget};
use crate::types::Name;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use hickory_proto::op::{Header, HeaderCounts, MessageType, Metadata, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{NAPTR, SRV};
use hickory_proto::rr::{DNSClass, Name as WireName, RecordType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder, BinEncodable, BinEncoder};
use std::sync::Arc;

/// Longest message that is read: what the length before a message over TCP can say. The work it can cause is bounded by
/// the number of records and by the allowance for names, not by its length.
pub const MAX_MESSAGE: usize = 65_535;
/// Records read from one message, all sections together; the rest is passed over. No SIP domain has more, and of one set
/// fewer are kept.
const MAX_RECORDS: usize = 256;

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
///
/// `None` comes back for what cannot be put on the wire, which no valid [`Name`] leads to.
pub fn encode_query(id: u16, question: &Question, edns_bytes: Option<u16>) -> Option<Vec<u8>> {
    let mut metadata = Metadata::new(id, MessageType::Query, OpCode::Query);
    metadata.recursion_desired = true;
    let counts = HeaderCounts { queries: 1, additionals: u16::from(edns_bytes.is_some()), ..HeaderCounts::default() };
    let mut bytes = Vec::with_capacity(64);
    let mut encoder = BinEncoder::new(&mut bytes);
    Header { metadata, counts }.emit(&mut encoder).ok()?;
    // Label by label: hickory's own name would bring in its reader of names as text, and that all of Unicode.
    for label in question.name.labels() {
        encoder.emit_character_data(label).ok()?;
    }
    encoder.emit_u8(0).ok()?;
    encoder.emit_u16(wire_type(question.kind).into()).ok()?;
    encoder.emit_u16(DNSClass::IN.into()).ok()?;
    if let Some(size) = edns_bytes {
        // The OPT record: root name, type, the size in place of a class, no flags in place of the TTL, no options.
        encoder.emit_u8(0).ok()?;
        encoder.emit_u16(RecordType::OPT.into()).ok()?;
        encoder.emit_u16(size).ok()?;
        encoder.emit_u32(0).ok()?;
        encoder.emit_u16(0).ok()?;
    }
    Some(bytes)
}

/// Reads a message.
pub fn decode(message: &[u8]) -> Result<Message, Malformed> {
    if message.len() > MAX_MESSAGE {
        return Err(Malformed);
    }
    let mut reader =
        Reader { message, decoder: BinDecoder::new(message), budget: NameBudget::new(), records: MAX_RECORDS };
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
    decoder: BinDecoder<'a>,
    budget: NameBudget,
    records: usize,
}

impl<'a> Reader<'a> {
    /// The name at the reading position; an inner `None` is the root.
    fn name(&mut self) -> Result<Option<Name>, Malformed> {
        self.budget.skim(self.message, self.decoder.index()).ok_or(Malformed)?;
        Ok(own_name(&WireName::read(&mut self.decoder).map_err(|_| Malformed)?))
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
            RecordKind::Cname => {
                own_name(&self.data::<WireName>(start, data.len(), |_, at| Some(at))?).map(RecordData::Alias)
            }
            RecordKind::Srv => {
                let srv = self.data::<SRV>(start, data.len(), |_, at| Some(at + 6))?;
                let (priority, weight, port) = (srv.priority, srv.weight, srv.port);
                Some(RecordData::Srv(SrvData { priority, weight, port, target: srv_target(&srv.target) }))
            }
            RecordKind::Naptr => {
                let naptr = self.data::<NAPTR>(start, data.len(), after_naptr_texts)?;
                Some(RecordData::Naptr(NaptrData {
                    order: naptr.order,
                    preference: naptr.preference,
                    flags: Arc::from(&*naptr.flags),
                    service: Arc::from(&*naptr.services),
                    has_regexp: !naptr.regexp.is_empty(),
                    replacement: own_name(&naptr.replacement),
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

    /// Decodes record data in place (its names may point back into the message). It has to end where the record ends.
    /// `name_at` finds its first name, so that the allowance is spent before the decoder walks.
    fn data<T: BinDecodable<'a>>(
        &mut self,
        start: usize,
        length: usize,
        name_at: fn(&[u8], usize) -> Option<usize>,
    ) -> Option<T> {
        self.budget.skim(self.message, name_at(self.message, start)?)?;
        let mut decoder = self.decoder.clone(u16::try_from(start).ok()?);
        let value = T::read(&mut decoder).ok()?;
        (decoder.index() == start + length).then_some(value)
    }

    fn u16(&mut self) -> Result<u16, Malformed> {
        Ok(self.decoder.read_u16().map_err(|_| Malformed)?.unverified())
    }
}

/// Position of the replacement in NAPTR data: behind order, preference and three counted texts.
fn after_naptr_texts(message: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 4;
    for _ in 0..3 {
        at += 1 + usize::from(*message.get(at)?);
    }
    Some(at)
}

fn own_name(name: &WireName) -> Option<Name> {
    Name::from_labels(name.iter()).ok()
}

/// An address written as a name arrives as labels, `192` `0` `2` `1`.
fn srv_target(name: &WireName) -> SrvTarget {
    let Some(name) = own_name(name) else { return SrvTarget::NotOffered };
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
