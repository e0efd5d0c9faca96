//! Records in master-file lines (RFC 1035 §5.1, RFC 3597 §5 for what has no text of its own).

use super::parse::{Complaint, Line};
use crate::dns::testing::{self, wire_name};
use core::net::IpAddr;

/// A name of the zone or of a query as text: lower case, no closing dot.
pub fn plain(text: &str) -> String {
    text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase()
}

/// The number of a type that is asked for.
pub fn asked_kind(text: &str) -> Result<u16, String> {
    match text {
        "A" => Ok(1),
        "AAAA" => Ok(28),
        "SRV" => Ok(33),
        "NAPTR" => Ok(35),
        _ => Err(format!("expected A, AAAA, SRV or NAPTR, and not \"{text}\"")),
    }
}

/// The name of a type that is asked for.
pub fn asked_text(kind: u16) -> &'static str {
    ["A", "AAAA", "SRV", "NAPTR"].into_iter().find(|text| asked_kind(text) == Ok(kind)).unwrap_or("?")
}

pub const CNAME: u16 = 5;

/// A record, ready to be sent.
#[derive(Clone, Debug)]
pub struct Entry {
    pub owner: String,
    pub kind: u16,
    pub bytes: Vec<u8>,
    /// The name that the record leads to.
    pub next: Option<String>,
}

/// What a DNS server knows.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    pub entries: Vec<Entry>,
}

impl Zone {
    pub fn parse(block: &[Line]) -> Result<Zone, Complaint> {
        let mut zone = Zone::default();
        let mut ttl = 300;
        for line in block {
            let words = words(&line.text).map_err(|why| (line.number, why))?;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words[..] {
                [] => {}
                ["$TTL", seconds] => ttl = number(seconds).map_err(|why| (line.number, why))?,
                _ => zone.entries.push(entry(&words, ttl).map_err(|why| (line.number, why))?),
            }
        }
        Ok(zone)
    }

    /// The records of a name and type.
    pub fn of(&self, owner: &str, kind: u16) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| entry.owner == owner && entry.kind == kind).collect()
    }

    /// True if there is anything at or below a name.
    pub fn exists(&self, name: &str) -> bool {
        let below = format!(".{name}");
        self.entries.iter().any(|entry| entry.owner == name || entry.owner.ends_with(&below))
    }

    /// The SOA record of the zone that a name lies in.
    pub fn soa(&self, name: &str) -> Option<&Entry> {
        let lies_in = |zone: &str| zone.is_empty() || name == zone || name.ends_with(&format!(".{zone}"));
        let holds = |entry: &&Entry| entry.kind == testing::SOA && lies_in(&entry.owner);
        self.entries.iter().filter(holds).max_by_key(|entry| entry.owner.len())
    }
}

/// Words, of which some stand between quotes; ";" begins a comment.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with(';') {
        let (word, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("expected a closing quote")?,
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        rest = behind.trim_start();
    }
    Ok(words)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("expected a number, and not \"{text}\""))
}

/// NAME [TTL] [CLASS] TYPE DATA
fn entry(words: &[&str], default_ttl: u32) -> Result<Entry, String> {
    let Some((owner, mut rest)) = words.split_first() else { return Err("expected a record".to_owned()) };
    let mut ttl = default_ttl;
    if let [seconds, behind @ ..] = rest
        && seconds.bytes().all(|byte| byte.is_ascii_digit())
    {
        (ttl, rest) = (number(seconds)?, behind);
    }
    let mut class = 1u16;
    if let [word @ ("IN" | "CH"), behind @ ..] = rest {
        (class, rest) = (if *word == "IN" { 1 } else { 3 }, behind);
    }
    let [kind_text, data @ ..] = rest else { return Err("expected a type and its data".to_owned()) };
    let kind = match *kind_text {
        "CNAME" => CNAME,
        "SOA" => testing::SOA,
        text => match text.strip_prefix("TYPE") {
            Some(digits) => number(digits)?,
            None => asked_kind(text)?,
        },
    };
    if !owner.ends_with('.') {
        return Err("expected a name with a closing dot".to_owned());
    }
    let (bytes, next) = bytes(owner, kind, ttl, data)?;
    Ok(Entry { owner: plain(owner), kind, bytes: in_class(bytes, owner, class), next })
}

/// The record in wire form, and the name it leads to.
fn bytes(owner: &str, kind: u16, ttl: u32, data: &[&str]) -> Result<(Vec<u8>, Option<String>), String> {
    let wrong = || Err(format!("expected the data of this type, and not \"{}\"", data.join(" ")));
    Ok(match (kind, data) {
        (_, ["\\#", length, hex @ ..]) => {
            let data = unhex(&hex.concat())?;
            if data.len() != number::<usize>(length)? {
                return Err("expected as many bytes as the length says".to_owned());
            }
            (testing::record(owner, kind, ttl, &data), None)
        }
        (1 | 28, [ip]) => match (kind, ip.parse()) {
            (1, Ok(IpAddr::V4(_))) | (28, Ok(IpAddr::V6(_))) => (testing::address(owner, ttl, ip), None),
            _ => return wrong(),
        },
        (CNAME, [target]) => (testing::alias(owner, ttl, target), Some(plain(target))),
        (33, [priority, weight, port, target]) => {
            let numbers = [number(priority)?, number(weight)?, number(port)?];
            (testing::srv(owner, ttl, numbers, target), Some(plain(target)))
        }
        (35, [order, preference, flags, service, regexp, replacement]) => {
            let numbers = [number(order)?, number(preference)?];
            let texts = [*flags, *service, *regexp];
            (testing::naptr(owner, ttl, numbers, texts, replacement), Some(plain(replacement)))
        }
        (testing::SOA, [_, _, _, _, _, _, minimum]) => (testing::soa(owner, ttl, number(minimum)?), None),
        _ => return wrong(),
    })
}

fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).map_err(|_| "expected bytes in hexadecimal digits".to_owned()))
        .collect()
}

/// The class stands behind the name and the type.
fn in_class(mut bytes: Vec<u8>, owner: &str, class: u16) -> Vec<u8> {
    let at = wire_name(owner).len() + 2;
    bytes[at..at + 2].copy_from_slice(&class.to_be_bytes());
    bytes
}
