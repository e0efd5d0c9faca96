//! The language of the vector files.

use super::server::{Change, Mood};
use super::zone::{self, Zone};
use crate::types::{AccountId, SECOND_MS, Server, Time, Transport, TransportSet};
use core::net::SocketAddr;

/// What is wrong, and in which line.
pub type Complaint = (u32, String);

/// A line with its number.
#[derive(Clone, Debug)]
pub struct Line {
    pub number: u32,
    pub text: String,
}

/// One configured server: account and place.
pub type Subject = (AccountId, Server);

#[derive(Clone, Debug)]
pub struct Case {
    pub line: u32,
    pub title: String,
    pub transports: TransportSet,
    pub cache_entries: usize,
    pub config: Vec<Line>,
    /// Keys that draw a warning when the configuration is loaded.
    pub warns: Vec<String>,
    pub steps: Vec<Step>,
}

/// One look at the lists, and what happens before it.
#[derive(Clone, Debug)]
pub struct Step {
    pub line: u32,
    pub after_ms: u64,
    pub changes: Vec<(u32, Change)>,
    /// Line, and one entry for each round.
    pub queries: Option<(u32, Vec<String>)>,
    pub took_ms: u64,
    pub expected: Vec<Expected>,
}

/// What is expected of one server's list.
#[derive(Clone, Debug)]
pub struct Expected {
    pub line: u32,
    pub subject: Subject,
    pub what: What,
    /// How long the list holds.
    pub valid: Option<(u32, Time)>,
    /// When what is missing is asked again.
    pub retry: Option<(u32, Time)>,
    /// When its first target is known.
    pub begins: Option<(u32, Time)>,
    pub remarks: Vec<String>,
}

#[derive(Clone, Debug)]
pub enum What {
    /// These targets. Each entry is one target, or some in any order.
    Targets(Vec<Vec<String>>),
    /// Those of the step before.
    Same,
    /// None, for this reason.
    Fails(String),
    /// This many accounts, and how many percent of them have which first target.
    Shares(u32, Vec<(u32, String)>),
}

/// Reads all cases of a file.
pub fn cases(text: &str) -> Result<Vec<Case>, Complaint> {
    let mut reader = Reader { lines: text.lines().enumerate(), cases: Vec::new() };
    while let Some(line) = reader.next() {
        let (word, rest) = line.text.split_once(char::is_whitespace).unwrap_or((&line.text, ""));
        reader.statement(line.number, word, rest.trim()).map_err(|why| (line.number, why))??;
    }
    reader.check_last()?;
    if reader.cases.is_empty() {
        return Err((1, "expected a case, which begins with \"title\"".to_owned()));
    }
    Ok(reader.cases)
}

struct Reader<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    cases: Vec<Case>,
}

impl Reader<'_> {
    /// The next line that says something.
    fn next(&mut self) -> Option<Line> {
        self.lines
            .by_ref()
            .map(|(index, text)| Line { number: index as u32 + 1, text: text.trim().to_owned() })
            .find(|line| !line.text.is_empty() && !line.text.starts_with('#'))
    }

    /// The lines up to "end", ranges written out.
    fn block(&mut self, start: u32) -> Result<Vec<Line>, Complaint> {
        let mut block = Vec::new();
        while let Some(line) = self.next() {
            if line.text == "end" {
                return Ok(block);
            }
            let texts = spread(&line.text).map_err(|why| (line.number, why))?;
            block.extend(texts.into_iter().map(|text| Line { number: line.number, text }));
        }
        Err((start, "expected \"end\" behind this block".to_owned()))
    }

    /// The inner result belongs to another line, the outer one to this line.
    fn statement(&mut self, number: u32, word: &str, rest: &str) -> Result<Result<(), Complaint>, String> {
        if word == "title" {
            return Ok(self.check_last().map(|()| self.cases.push(Case::new(number, rest))));
        }
        let Some(case) = self.cases.last_mut() else { return Err("expected \"title\" first".to_owned()) };
        match word {
            "about" => {}
            "transports" => case.transports = transports(rest)?,
            "cache" => case.cache_entries = whole(rest)?,
            "warns" => case.warns.push(rest.to_owned()),
            "after" => {
                let after_ms = milliseconds(rest)?;
                if let Err(complaint) = self.check_last() {
                    return Ok(Err(complaint));
                }
                self.step()?.push(Step::new(number, after_ms));
            }
            "took" => self.last()?.took_ms = milliseconds(rest)?,
            "dns" => {
                let change = Change::parse(rest)?;
                self.before_expectations()?.changes.push((number, change));
            }
            "fails" => {
                let (subject, rest) = subject(rest)?;
                self.expect(number, subject, What::Fails(rest.to_owned()))?;
            }
            "valid" | "retry" | "begins" => {
                // A single number is a time, even if it looks like account and server.
                let (subject, rest) = if rest.contains(' ') { subject(rest)? } else { (FIRST, rest) };
                let time = if matches!(rest, "forever" | "never") { Time::NEVER } else { Time(milliseconds(rest)?) };
                let expected = self.expected(subject)?;
                *match word {
                    "valid" => &mut expected.valid,
                    "retry" => &mut expected.retry,
                    _ => &mut expected.begins,
                } = Some((number, time));
            }
            "remark" => {
                let (subject, rest) = subject(rest)?;
                self.expected(subject)?.remarks.push(rest.to_owned());
            }
            "config" | "zone" | "forged" | "queries" | "targets" | "shares" => {
                return self.block_statement(number, word, rest);
            }
            _ => return Err(format!("expected a statement, and there is none called \"{word}\"")),
        }
        Ok(Ok(()))
    }

    fn block_statement(&mut self, number: u32, word: &str, rest: &str) -> Result<Result<(), Complaint>, String> {
        match (word, rest) {
            ("queries", "none") => return self.queries(number, Vec::new()).map(Ok),
            ("targets", same) if same == "same" || same.ends_with(" same") => {
                let (subject, _) = subject(rest)?;
                return self.expect(number, subject, What::Same).map(Ok);
            }
            _ => {}
        }
        let block = match self.block(number) {
            Ok(block) => block,
            Err(complaint) => return Ok(Err(complaint)),
        };
        Ok(match word {
            "config" => self.config(block).map(Ok)?,
            "zone" | "forged" => {
                let zone = Zone::parse(&block);
                let before = self.before_expectations()?;
                let change = if word == "zone" { Change::Zone } else { Change::Forged };
                zone.map(|zone| before.changes.push((number, change(zone))))
            }
            "queries" => match rounds(&block) {
                Ok(rounds) => return self.queries(number, rounds).map(Ok),
                Err(complaint) => Err(complaint),
            },
            "targets" => {
                let (subject, rest) = subject(rest)?;
                nothing_more(rest)?;
                match groups(&block) {
                    Ok(groups) if groups.is_empty() => return Err("expected targets, or \"fails\"".to_owned()),
                    Ok(groups) => return self.expect(number, subject, What::Targets(groups)).map(Ok),
                    Err(complaint) => Err(complaint),
                }
            }
            _ => match shares(&block) {
                Ok(shares) => {
                    return self.expect(number, FIRST, What::Shares(whole(rest)? as u32, shares)).map(Ok);
                }
                Err(complaint) => Err(complaint),
            },
        })
    }

    fn config(&mut self, block: Vec<Line>) -> Result<(), String> {
        match self.cases.last_mut() {
            Some(case) if case.config.is_empty() => case.config = block,
            _ => return Err("expected one \"config\" for each case".to_owned()),
        }
        Ok(())
    }

    fn queries(&mut self, number: u32, rounds: Vec<String>) -> Result<(), String> {
        let step = self.last()?;
        if step.queries.is_some() {
            return Err("expected one \"queries\" for each step".to_owned());
        }
        step.queries = Some((number, rounds));
        Ok(())
    }

    fn expect(&mut self, line: u32, subject: Subject, what: What) -> Result<(), String> {
        if self.expected(subject).is_ok() {
            return Err("expected one list for each server and step".to_owned());
        }
        let expected = Expected { line, subject, what, valid: None, retry: None, begins: None, remarks: Vec::new() };
        self.last()?.expected.push(expected);
        Ok(())
    }

    fn expected(&mut self, subject: Subject) -> Result<&mut Expected, String> {
        let found = self.last()?.expected.iter_mut().find(|expected| expected.subject == subject);
        found.ok_or_else(|| "expected the targets of this server first".to_owned())
    }

    fn step(&mut self) -> Result<&mut Vec<Step>, String> {
        self.cases.last_mut().map(|case| &mut case.steps).ok_or_else(|| "expected \"title\" first".to_owned())
    }

    fn last(&mut self) -> Result<&mut Step, String> {
        self.step()?.last_mut().ok_or_else(|| "expected a case".to_owned())
    }

    /// What happens stands before what is expected, as it would otherwise be read the wrong way.
    fn before_expectations(&mut self) -> Result<&mut Step, String> {
        let step = self.last()?;
        match step.queries.is_none() && step.expected.is_empty() {
            true => Ok(step),
            false => Err("expected this before the queries and targets of its step".to_owned()),
        }
    }

    /// A step that expects nothing could never fail.
    fn check_last(&mut self) -> Result<(), Complaint> {
        let Some(case) = self.cases.last() else { return Ok(()) };
        if case.config.is_empty() {
            return Err((case.line, "expected \"config\"".to_owned()));
        }
        let Some(step) = case.steps.last() else { return Ok(()) };
        match &step.queries {
            _ if step.expected.is_empty() => Err((step.line, "expected \"targets\" or \"fails\"".to_owned())),
            None => Err((step.expected[0].line, "expected \"queries\" too, or \"queries none\"".to_owned())),
            Some(_) => Ok(()),
        }
    }
}

impl Case {
    fn new(line: u32, title: &str) -> Case {
        Case {
            line,
            title: title.to_owned(),
            transports: TransportSet::DEFAULT,
            cache_entries: 256,
            config: Vec::new(),
            warns: Vec::new(),
            steps: vec![Step::new(line, 0)],
        }
    }
}

impl Step {
    fn new(line: u32, after_ms: u64) -> Step {
        Step { line, after_ms, changes: Vec::new(), queries: None, took_ms: 0, expected: Vec::new() }
    }
}

/// Server 1 of account 1, whom everything is about that names nobody.
const FIRST: Subject = (AccountId(1), Server::BOTH[0]);

/// An optional "X.Y" at the beginning.
fn subject(text: &str) -> Result<(Subject, &str), String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let numbers = word.split_once('.').and_then(|(x, y)| Some((x.parse().ok()?, y.parse::<usize>().ok()?)));
    match numbers {
        None => Ok((FIRST, text)),
        Some((x, y @ 1..=2)) => Ok(((AccountId(x), Server::BOTH[y - 1]), rest.trim())),
        Some(_) => Err("expected account and server as X.Y, and Y is 1 or 2".to_owned()),
    }
}

fn nothing_more(rest: &str) -> Result<(), String> {
    if rest.is_empty() { Ok(()) } else { Err(format!("expected nothing behind, and not \"{rest}\"")) }
}

fn transports(text: &str) -> Result<TransportSet, String> {
    let mut bits = 0;
    for word in text.split_whitespace() {
        bits |= 1 << transport(word)? as u8;
    }
    TransportSet::from_bits(bits).ok_or_else(|| "expected transports".to_owned())
}

fn transport(word: &str) -> Result<Transport, String> {
    let found = Transport::ALL.into_iter().find(|transport| transport.text() == word);
    found.ok_or_else(|| format!("expected udp, tcp, tls or sctp, and not \"{word}\""))
}

pub fn whole(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("expected a number, and not \"{text}\""))
}

/// Seconds with at most three decimals.
pub fn milliseconds(text: &str) -> Result<u64, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (digits(whole), digits(&format!("{part:0<3}"))) {
        (Some(whole), Some(part)) if part < SECOND_MS => Ok(whole * SECOND_MS + part),
        _ => Err(format!("expected seconds, and not \"{text}\"")),
    }
}

/// Writes out "{1-3}": a line for each number, which takes the place of every such range in the line.
fn spread(text: &str) -> Result<Vec<String>, String> {
    let range = text.split_once('{').and_then(|(_, behind)| behind.split_once('}'));
    let Some((range, _)) = range.filter(|(range, _)| !range.trim().is_empty()) else {
        return Ok(vec![text.to_owned()]);
    };
    let ends = range.split_once('-').and_then(|(a, b)| Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?)));
    let Some((first, last)) = ends else { return Err("expected a range like {1-9}".to_owned()) };
    let place = format!("{{{range}}}");
    let numbers: Vec<u32> = if first <= last { (first..=last).collect() } else { (last..=first).rev().collect() };
    let lines: Vec<String> = numbers.iter().map(|number| text.replace(&place, &number.to_string())).collect();
    match lines.iter().any(|line| line.contains('{')) {
        true => Err("expected the same range everywhere in a line".to_owned()),
        false => Ok(lines),
    }
}

/// One text for each round. Lines that came out of one range belong to one round.
fn rounds(block: &[Line]) -> Result<Vec<String>, Complaint> {
    let mut rounds: Vec<(u32, Vec<String>)> = Vec::new();
    for line in block {
        let (at, text) = match line.text.strip_prefix("at ").and_then(|rest| rest.split_once(':')) {
            Some((at, rest)) => (format!("at {at}: "), rest),
            None => (String::new(), line.text.as_str()),
        };
        let queries = text.split(',').map(query).collect::<Result<Vec<_>, _>>().map_err(|why| (line.number, why))?;
        match rounds.last_mut() {
            Some((number, round)) if *number == line.number => round.extend(queries),
            _ => {
                let first = format!("{at}{}", queries[0]);
                rounds.push((line.number, [first].into_iter().chain(queries.into_iter().skip(1)).collect()));
            }
        }
    }
    Ok(rounds.into_iter().map(|(_, round)| round.join(", ")).collect())
}

/// "TYPE name", with "@I" for a server that is not the first.
fn query(text: &str) -> Result<String, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (kind, name) = match words[..] {
        [kind, name] => (kind, name),
        [kind, name, server] if server.strip_prefix('@').is_some_and(|index| whole(index).is_ok()) => (kind, name),
        _ => return Err(format!("expected \"TYPE name\" or \"TYPE name @SERVER\", and not \"{}\"", text.trim())),
    };
    zone::asked_kind(kind)?;
    crate::types::Name::parse(name).map_err(|why| why.to_string())?;
    Ok(words.join(" "))
}

/// Targets, one by one, or between braces in any order.
fn groups(block: &[Line]) -> Result<Vec<Vec<String>>, Complaint> {
    let mut groups = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in block {
        match (line.text.as_str(), &mut open) {
            ("{", None) => open = Some(Vec::new()),
            ("}", Some(_)) => groups.extend(open.take()),
            ("{" | "}", _) => return Err((line.number, "expected \"{\" and \"}\" in pairs".to_owned())),
            (text, group) => {
                check_target(text).map_err(|why| (line.number, why))?;
                match group {
                    Some(group) => group.push(text.to_owned()),
                    None => groups.push(vec![text.to_owned()]),
                }
            }
        }
    }
    match (open, block.last()) {
        (Some(_), Some(last)) => Err((last.number, "expected \"}\"".to_owned())),
        _ => Ok(groups),
    }
}

fn check_target(text: &str) -> Result<(), String> {
    let mut words = text.split_whitespace();
    transport(words.next().unwrap_or_default())?;
    let address = words.next().unwrap_or_default();
    address.parse::<SocketAddr>().map_err(|_| format!("expected ip:port, and not \"{address}\""))?;
    for word in words {
        let known = match word.split_once('=') {
            Some(("ttl", seconds)) => whole(seconds).is_ok(),
            Some(("from", origin)) => matches!(origin, "dns" | "stale" | "static" | "config"),
            Some(("host", name)) => name == "-" || crate::types::Name::parse(name).is_ok(),
            _ => false,
        };
        if !known {
            return Err(format!("expected host=, ttl= or from=dns|stale|static|config, and not \"{word}\""));
        }
    }
    Ok(())
}

fn shares(block: &[Line]) -> Result<Vec<(u32, String)>, Complaint> {
    let share = |line: &Line| {
        let parts = line.text.split_once('%').and_then(|(share, target)| Some((share.parse().ok()?, target.trim())));
        let (share, target) = parts.ok_or_else(|| (line.number, "expected \"NUMBER% target\"".to_owned()))?;
        check_target(target).map_err(|why| (line.number, why))?;
        Ok((share, target.to_owned()))
    };
    block.iter().map(share).collect()
}

/// The words that stand for a behaviour.
pub fn mood(words: &[&str]) -> Result<Mood, String> {
    let known = Mood::WORDS.iter().find(|(word, _)| words == [*word]);
    match (known, words) {
        (Some((_, mood)), _) => Ok(*mood),
        (None, ["rcode", code]) => Ok(Mood::Code(whole(code)? as u16)),
        _ => Err(format!("expected what DNS does, and not \"{}\"", words.join(" "))),
    }
}
