//! Which NAPTR records can be used, and what each asks for next (RFC 3263 §4.1, RFC 3403 §4).

use crate::dns::{NaptrData, Record, RecordData};
use crate::types::{Name, Transport, TransportSet};

/// What a NAPTR record asks for next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Flag "s": SRV records of the replacement.
    Services(Transport),
    /// Flag "a": addresses of the replacement.
    Addresses(Transport),
    /// No flag: NAPTR records of the replacement.
    Naptr,
}

/// The usable records, most preferred first.
///
/// Equal order and preference: by content, so that the order of the answer does not matter. A search for each, as a list
/// in order would cost memory for every step of a resolution.
pub fn usable(records: &[Record], supported: TransportSet) -> impl Iterator<Item = (Next, &Name)> {
    let mut last: Option<&NaptrData> = None;
    // NaptrData is ordered by order and preference before anything else.
    let in_order = core::iter::from_fn(move || {
        let all = records.iter().filter_map(|record| match &record.data {
            RecordData::Naptr(data) => Some(data),
            _ => None,
        });
        last = all.filter(|data| last.is_none_or(|last| *data > last)).min();
        last
    });
    in_order.filter_map(move |data| Some((next(data, supported)?, data.replacement.as_ref()?)))
}

/// What one record asks for next; `None` if it is of no use.
fn next(data: &NaptrData, supported: TransportSet) -> Option<Next> {
    // SIP uses no regular expressions; a record with one is made for something else.
    if data.has_regexp {
        return None;
    }
    let transport = transport(&data.service).filter(|transport| supported.contains(*transport));
    match &*data.flags {
        b"s" | b"S" => Some(Next::Services(transport?)),
        b"a" | b"A" => Some(Next::Addresses(transport?)),
        // A record that only leads on need not name a service (RFC 3403 §4.1); if it does, it must be ours.
        [] => (data.service.is_empty() || transport.is_some()).then_some(Next::Naptr),
        _ => None,
    }
}

/// The transport of a NAPTR service (RFC 3263 §4.1, RFC 4168 §5).
fn transport(service: &[u8]) -> Option<Transport> {
    [
        (&b"SIP+D2U"[..], Transport::Udp),
        (b"SIP+D2T", Transport::Tcp),
        (b"SIPS+D2T", Transport::Tls),
        (b"SIP+D2S", Transport::Sctp),
    ]
    .into_iter()
    .find_map(|(text, transport)| service.eq_ignore_ascii_case(text).then_some(transport))
}
