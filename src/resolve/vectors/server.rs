//! The DNS servers of a vector, well-behaved and other.

use super::parse;
use super::zone::{self, CNAME, Entry, Zone};
use crate::dns::testing::{OPT, Reply, asked, wire_name};

/// What a DNS server does with a query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    /// Answers.
    Up,
    Silent,
    /// This response code and nothing else.
    Code(u16),
    /// No such record, whatever the zone has.
    NoData,
    /// Format error, unless the query is without EDNS.
    NoEdns,
    /// As NoEdns, but the header alone comes back.
    NoEdnsBare,
    /// The extended response code BADVERS.
    BadVersion,
    /// An answer in which no byte behind the id makes sense.
    Garbage,
    /// The answer without its question.
    NoQuestion,
    /// The answer ends in the middle of its last record.
    Cut,
    /// The header announces more records than there are.
    Counts,
    /// The name of the first record points at itself.
    Loop,
}

impl Mood {
    pub const WORDS: [(&'static str, Mood); 15] = [
        ("up", Mood::Up),
        ("silent", Mood::Silent),
        ("servfail", Mood::Code(2)),
        ("refused", Mood::Code(5)),
        ("nxdomain", Mood::Code(3)),
        ("formerr", Mood::Code(1)),
        ("nodata", Mood::NoData),
        ("no-edns", Mood::NoEdns),
        ("no-edns-bare", Mood::NoEdnsBare),
        ("bad-version", Mood::BadVersion),
        ("garbage", Mood::Garbage),
        ("no-question", Mood::NoQuestion),
        ("cut", Mood::Cut),
        ("counts", Mood::Counts),
        ("loop", Mood::Loop),
    ];
}

/// What is wrong with a forged datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forgery {
    Id,
    Question,
    Server,
    /// It is a query and no response.
    Query,
}

/// A question that has a behaviour of its own: name, and type unless it holds for all.
type Only = (String, Option<u16>);

/// A line about DNS.
#[derive(Clone, Debug)]
pub enum Change {
    Zone(Zone),
    Forged(Zone),
    Servers(usize),
    All(Mood),
    Server(usize, Mood),
    Question(Only, Mood),
    Additional(bool),
    Also(String),
    Follow(bool),
    Delay(Option<Only>, u64),
    Forge(Option<Forgery>),
}

impl Change {
    pub fn parse(text: &str) -> Result<Change, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(match words[..] {
            ["servers", "none"] => Change::Servers(0),
            ["servers", count] => Change::Servers(parse::whole(count)?),
            ["server", index, ref mood @ ..] => Change::Server(parse::whole(index)?, parse::mood(mood)?),
            ["additional", "on"] => Change::Additional(true),
            ["additional", "off"] => Change::Additional(false),
            ["also", name] => Change::Also(zone::plain(name)),
            ["follow", "on"] => Change::Follow(true),
            ["follow", "off"] => Change::Follow(false),
            ["delay", seconds] => Change::Delay(None, parse::milliseconds(seconds)?),
            ["delay", seconds, ref only @ ..] => Change::Delay(Some(question(only)?), parse::milliseconds(seconds)?),
            ["forge", "off"] => Change::Forge(None),
            ["forge", "id"] => Change::Forge(Some(Forgery::Id)),
            ["forge", "question"] => Change::Forge(Some(Forgery::Question)),
            ["forge", "server"] => Change::Forge(Some(Forgery::Server)),
            ["forge", "query"] => Change::Forge(Some(Forgery::Query)),
            ["rcode", code] => Change::All(parse::mood(&["rcode", code])?),
            ["rcode", code, ref only @ ..] => Change::Question(question(only)?, parse::mood(&["rcode", code])?),
            [mood] => Change::All(parse::mood(&[mood])?),
            [mood, ref only @ ..] => Change::Question(question(only)?, parse::mood(&[mood])?),
            [] => return Err("expected what DNS does".to_owned()),
        })
    }
}

fn question(words: &[&str]) -> Result<Only, String> {
    match words {
        [name] => Ok((zone::plain(name), None)),
        [kind, name] => Ok((zone::plain(name), Some(zone::asked_kind(kind)?))),
        _ => Err(format!("expected \"NAME\" or \"TYPE NAME\", and not \"{}\"", words.join(" "))),
    }
}

/// A datagram on its way to the library.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub delay_ms: u64,
    pub server: u32,
    pub bytes: Vec<u8>,
}

/// All DNS servers of a case.
#[derive(Debug)]
pub struct Servers {
    pub zone: Zone,
    forged: Zone,
    moods: Vec<Mood>,
    only: Vec<(Only, Mood)>,
    additional: bool,
    also: Vec<String>,
    follow: bool,
    delay_ms: u64,
    delays: Vec<(Only, u64)>,
    forgery: Option<Forgery>,
}

impl Servers {
    pub fn new(count: usize) -> Servers {
        Servers {
            zone: Zone::default(),
            forged: Zone::default(),
            moods: vec![Mood::Up; count],
            only: Vec::new(),
            additional: false,
            also: Vec::new(),
            follow: true,
            delay_ms: 0,
            delays: Vec::new(),
            forgery: None,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.moods.len()
    }

    /// # Errors
    /// The server does not exist.
    pub fn apply(&mut self, change: &Change) -> Result<(), String> {
        match change.clone() {
            Change::Zone(zone) => self.zone = zone,
            Change::Forged(zone) => self.forged = zone,
            Change::Servers(count) => self.moods = vec![Mood::Up; count],
            Change::All(mood) => {
                self.moods.fill(mood);
                self.only.clear();
                self.delays.clear();
                self.delay_ms = 0;
            }
            Change::Server(index, mood) => {
                let count = self.moods.len();
                let place = self.moods.get_mut(index);
                *place.ok_or_else(|| format!("expected a server from 0 on, there are {count}"))? = mood;
            }
            Change::Question(only, mood) => self.only.insert(0, (only, mood)),
            Change::Additional(on) => self.additional = on,
            Change::Also(name) => self.also.push(name),
            Change::Follow(on) => self.follow = on,
            Change::Delay(None, ms) => self.delay_ms = ms,
            Change::Delay(Some(only), ms) => self.delays.insert(0, (only, ms)),
            Change::Forge(forgery) => self.forgery = forgery,
        }
        Ok(())
    }

    /// What comes back for a query to one of the servers.
    pub fn arrivals(&self, server: u32, query: &[u8]) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        if let Some(forgery) = self.forgery {
            arrivals.push(forge(forgery, server, self.answer(&self.forged, query)));
        }
        let (name, kind) = asked(query);
        let fits = |only: &Only| only.0 == name && only.1.is_none_or(|wanted| wanted == kind);
        let of_server = self.moods[server as usize];
        let of_question = self.only.iter().find(|(only, _)| fits(only)).map(|(_, mood)| *mood);
        let mood = if of_server == Mood::Up { of_question.unwrap_or(of_server) } else { of_server };
        let delay_ms = self.delays.iter().find(|(only, _)| fits(only)).map_or(self.delay_ms, |(_, ms)| *ms);
        if let Some(bytes) = self.reply(mood, query) {
            arrivals.push(Arrival { delay_ms, server, bytes });
        }
        arrivals
    }

    fn reply(&self, mood: Mood, query: &[u8]) -> Option<Vec<u8>> {
        let offers_edns = query[10..12] != [0, 0];
        let answer = || self.answer(&self.zone, query);
        Some(match mood {
            Mood::Silent => return None,
            Mood::NoEdns if offers_edns => Reply::to(query).code(1).bytes(),
            Mood::NoEdnsBare if offers_edns => Reply { question: Vec::new(), ..Reply::to(query).code(1) }.bytes(),
            Mood::Up | Mood::NoEdns | Mood::NoEdnsBare => answer().bytes(),
            Mood::Code(3) => self.negative(Reply::to(query).code(3), &asked(query).0).bytes(),
            Mood::Code(code) => Reply::to(query).code(code).bytes(),
            Mood::NoData => self.negative(Reply::to(query), &asked(query).0).bytes(),
            Mood::BadVersion => Reply::to(query).additional([extended(1)]).bytes(),
            Mood::Garbage => query[..2].iter().copied().chain((0..60).map(|n| n ^ 0xa5)).collect(),
            Mood::NoQuestion => Reply { question: Vec::new(), ..answer() }.bytes(),
            Mood::Cut => {
                let bytes = answer().bytes();
                bytes[..bytes.len() - 2].to_vec()
            }
            Mood::Counts => {
                let mut bytes = answer().bytes();
                bytes[6..8].copy_from_slice(&u16::MAX.to_be_bytes());
                bytes
            }
            Mood::Loop => {
                let mut bytes = Reply::to(query).bytes();
                let at = bytes.len() as u16;
                bytes[7] = 1;
                bytes.extend((0xc000 | at).to_be_bytes());
                bytes.extend([0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 66]);
                bytes
            }
        })
    }

    /// What a server that has this zone says.
    fn answer(&self, zone: &Zone, query: &[u8]) -> Reply {
        let (mut name, kind) = asked(query);
        let mut found: Vec<&Entry> = Vec::new();
        let mut seen = Vec::new();
        let settled = loop {
            let records = zone.of(&name, kind);
            if !records.is_empty() {
                found.extend(records);
                break true;
            }
            let Some(alias) = zone.of(&name, CNAME).first().copied() else { break false };
            found.push(alias);
            seen.push(name);
            name = alias.next.clone().unwrap_or_default();
            if !self.follow || seen.contains(&name) {
                break true;
            }
        };
        let reply = Reply::to(query).answers(found.iter().map(|entry| entry.bytes.clone()));
        let reply = match settled {
            true => reply,
            false => self.negative(reply.code(if zone.exists(&name) { 0 } else { 3 }), &name),
        };
        let named = zone.entries.iter().filter(|entry| self.also.contains(&entry.owner)).collect();
        let further = if self.additional { further(zone, &found) } else { named };
        reply.additional(further.iter().map(|entry| entry.bytes.clone()))
    }

    fn negative(&self, reply: Reply, name: &str) -> Reply {
        reply.authority(self.zone.soa(name).map(|entry| entry.bytes.clone()))
    }
}

/// The records that the next steps would ask for.
fn further<'a>(zone: &'a Zone, found: &[&'a Entry]) -> Vec<&'a Entry> {
    let mut names: Vec<&str> = found.iter().filter_map(|entry| entry.next.as_deref()).collect();
    let mut list = Vec::new();
    let mut at = 0;
    while let Some(name) = names.get(at).copied() {
        at += 1;
        for entry in [33, 1, 28].into_iter().flat_map(|kind| zone.of(name, kind)) {
            list.push(entry);
            names.extend(entry.next.as_deref().filter(|next| !names.contains(next)));
        }
    }
    list
}

/// An OPT record with the upper bits of the response code.
fn extended(high: u8) -> Vec<u8> {
    let mut bytes = wire_name(".");
    bytes.extend(OPT.to_be_bytes());
    bytes.extend([4, 208, high, 0, 0, 0, 0, 0]);
    bytes
}

/// Comes at once, before the true answer.
fn forge(forgery: Forgery, server: u32, mut reply: Reply) -> Arrival {
    let mut from = server;
    match forgery {
        Forgery::Id => reply.id ^= 0x5555,
        // The name and its type stay readable, but they are not what was asked.
        Forgery::Question => reply.question[1] ^= 1,
        Forgery::Server => from += 1,
        Forgery::Query => reply.flags &= 0x7fff,
    }
    Arrival { delay_ms: 0, server: from, bytes: reply.bytes() }
}
