//! Scripts for whole resolutions, in the order in which the harness draws its decisions.

use super::Seed;
use crate::fuzzing::input::Input;
use crate::fuzzing::resolution::world::{Event, run};
use crate::resolve::{Resolution, Stage};

/// Places in the list of names.
const SIP_UDP: u8 = 1;
const A: u8 = 4;
const B: u8 = 5;
const EVIL: u8 = 9;
const LITERAL: u8 = 11;
const ROOT: u8 = 14;

/// How a server acts, up to its records.
const HONEST: u8 = 0;
const SILENT: u8 = 9;
const TRUNCATED: u8 = 10;
const COUNTS: u8 = 11;
const LONG: u8 = 12;
const FORGED: u8 = 15;

/// A pause longer than the records hold.
const EXPIRED: u8 = 3;

/// Owners: the name asked; the end of the aliases.
const ASKED: u8 = 0;
const END: u8 = 2;

/// A script, and the targets of its last job, in order.
pub struct Script {
    name: &'static str,
    bytes: Vec<u8>,
    targets: &'static [&'static str],
}

/// A record of the kind asked.
fn same(owner: u8, data: &[u8]) -> Vec<u8> {
    [&[owner, 0, 0, 0], data].concat()
}

/// An alias.
fn alias(owner: u8, target: u8) -> Vec<u8> {
    vec![owner | 0b1100, 4, 0, 0, 0, target]
}

/// An address of one of the names, for the additional section.
fn address_of(name: u8, last: u8) -> Vec<u8> {
    vec![3, name, 0, 0, 0, last]
}

fn naptr_to_udp() -> Vec<u8> {
    same(ASKED, &[0, 0, 0, SIP_UDP])
}

fn srv_to(target: u8) -> Vec<u8> {
    same(ASKED, &[2, target])
}

impl Script {
    /// One job for the domain: `cache_type` and transport as they are drawn.
    fn new(name: &'static str, servers: u8, cache_type: u8, transport: u8) -> Script {
        // Cache, wait, servers, time-out, retries, TCP, static records, seed; phases, jobs.
        let device = [0, 0, servers - 1, 0, 0, 0, 0, 7, 0, 0];
        // Host, port, transport, cache, static first, NAPTR build, supported, family, SRV order, tie-break.
        let job = [0, 0, transport, cache_type, 0, 0, 0, 0, 0, 3];
        Script { name, bytes: [device, job].concat(), targets: &[] }
    }

    /// NAPTR decides.
    fn naptr(name: &'static str) -> Script {
        Script::new(name, 1, 0, 0)
    }

    /// UDP is configured, so the first question is for SRV.
    fn udp(name: &'static str) -> Script {
        Script::new(name, 1, 0, 4)
    }

    /// The next query is met like this; `behind` are the decisions that follow the records.
    fn acts(mut self, act: u8, answers: &[Vec<u8>], additional: &[Vec<u8>], behind: &[u8]) -> Script {
        self.bytes.extend([0, act, answers.len() as u8]);
        self.bytes.extend(answers.concat());
        self.bytes.push(additional.len() as u8);
        self.bytes.extend(additional.concat());
        // No authority section; then what is special, and: at once, and once.
        self.bytes.push(0);
        self.bytes.extend(behind);
        self.bytes.extend([0, 0]);
        self
    }

    fn answers(self, records: &[Vec<u8>]) -> Script {
        self.acts(HONEST, records, &[], &[])
    }

    fn bytes(mut self, bytes: &[u8]) -> Script {
        self.bytes.extend(bytes);
        self
    }

    fn finds(mut self, targets: &'static [&'static str]) -> Script {
        self.targets = targets;
        self
    }

    /// A second job after a pause: for the domain over UDP, or for an address of this name.
    fn later(mut self, pause: u8, cache_type: u8, host: Option<u8>) -> Script {
        const PHASES: usize = 8;
        self.bytes[PHASES] = 1;
        self.bytes.extend([pause, 0]);
        self.bytes.extend(host.map_or(vec![0, 0], |name| vec![1, name, 3]));
        self.bytes.extend([4, cache_type, 0, 0, 0, 0, 0, 3]);
        self
    }

    pub fn seed(self) -> Seed {
        Seed { harness: "resolution", name: self.name, bytes: self.bytes }
    }
}

pub fn all() -> Vec<Script> {
    let address = |last: u8| same(ASKED, &[last]);
    let chain = |name| Script::naptr(name).answers(&[naptr_to_udp()]).answers(&[srv_to(A), srv_to(B)]);
    let forged = |name, how: &[u8]| {
        let script = Script::udp(name).answers(&[srv_to(A)]).acts(FORGED, &[address(66)], &[], how);
        // The right answer comes behind the forged one; the two are sent together.
        let at = script.bytes.len() - 2;
        let mut script = script;
        script.bytes.splice(at..at, [&[1, 1][..], &address(1), &[0, 0]].concat());
        script.finds(&["udp 192.0.2.1:7000"])
    };
    vec![
        chain("naptr-srv-a").answers(&[address(1)]).answers(&[address(2), address(3)]).finds(&[
            "udp 192.0.2.1:7000",
            "udp 192.0.2.2:7000",
            "udp 192.0.2.3:7000",
        ]),
        chain("naptr-srv-silence").bytes(&[0, SILENT, 0, 0]).answers(&[address(2)]).finds(&["udp 192.0.2.2:7000"]),
        Script::udp("srv-names-address").answers(&[srv_to(LITERAL)]).finds(&["udp 192.0.2.77:7000"]),
        Script::udp("srv-says-no").answers(&[srv_to(ROOT)]),
        Script::udp("alias-loop").answers(&[alias(ASKED, SIP_UDP)]),
        Script::udp("alias-in-answer")
            .answers(&[alias(ASKED, 7), same(END, &[2, A])])
            .answers(&[address(1)])
            .finds(&["udp 192.0.2.1:7000"]),
        Script::udp("alias-from-answer-to-answer")
            .answers(&[srv_to(A)])
            .answers(&[alias(ASKED, B)])
            .answers(&[alias(ASKED, A)]),
        Script::new("additional-that-fits", 1, 1, 4)
            .acts(HONEST, &[srv_to(A)], &[address_of(A, 1)], &[])
            .finds(&["udp 192.0.2.1:7000"]),
        Script::new("poisoned-additional", 1, 1, 4)
            .acts(HONEST, &[srv_to(A)], &[address_of(EVIL, 66), address_of(B, 66)], &[])
            .answers(&[address(1)])
            .finds(&["udp 192.0.2.1:7000"]),
        Script::udp("poisoned-answer")
            .answers(&[srv_to(A)])
            .answers(&[address(1), vec![3, EVIL, 0, 0, 0, 66]])
            .finds(&["udp 192.0.2.1:7000"]),
        forged("forged-id", &[0, 3]),
        forged("forged-server", &[1, 0]),
        forged("forged-type", &[2, 1, 1]),
        forged("forged-name", &[2, 0, 0]),
        forged("forged-query", &[3]),
        Script::udp("lying-counts").acts(COUNTS, &[srv_to(A)], &[], &[1, 255, 255]),
        Script::udp("truncated-then-tcp")
            .acts(TRUNCATED, &[srv_to(B)], &[], &[])
            .answers(&[srv_to(A)])
            .answers(&[address(1)])
            .finds(&["udp 192.0.2.1:7000"]),
        Script::udp("answer-of-64k").answers(&[srv_to(A)]).bytes(&[0, LONG, 4, 0xaf, 0, 0, 0]),
        Script::udp("srv-of-64k").bytes(&[0, LONG, 4, 0xaf, A, 0, 0]),
        Script::new("all-servers-silent", 3, 0, 4).bytes(&[0, SILENT, 0, 0].repeat(8)),
        Script::udp("answered-twice")
            .bytes(&[0, HONEST, 1])
            .bytes(&srv_to(A))
            .bytes(&[0, 0, 0, 7])
            .answers(&[address(1)])
            .finds(&["udp 192.0.2.1:7000"]),
        Script::udp("one-address-twice")
            .answers(&[srv_to(A), srv_to(LITERAL)])
            .answers(&[address(77)])
            .finds(&["udp 192.0.2.77:7000"]),
        Script::udp("additional-not-wanted")
            .acts(HONEST, &[srv_to(A)], &[address_of(A, 66)], &[])
            .answers(&[address(1)])
            .finds(&["udp 192.0.2.1:7000"]),
        Script::new("poisoned-for-later", 1, 1, 4)
            .acts(HONEST, &[srv_to(LITERAL)], &[address_of(B, 66)], &[])
            .later(0, 1, Some(B))
            .answers(&[address(2)])
            .finds(&["udp 192.0.2.2:5070"]),
        Script::udp("expired")
            .answers(&[srv_to(LITERAL)])
            .later(EXPIRED, 0, None)
            .answers(&[srv_to(A)])
            .answers(&[address(2)])
            .finds(&["udp 192.0.2.2:7000"]),
        Script::udp("cached").answers(&[srv_to(LITERAL)]).later(1, 0, None).finds(&["udp 192.0.2.77:7000"]),
        Script::udp("cache-off")
            .answers(&[srv_to(LITERAL)])
            .later(1, 2, None)
            .answers(&[srv_to(A)])
            .answers(&[address(2)])
            .finds(&["udp 192.0.2.2:7000"]),
        Script::udp("cancelled").bytes(&[30, HONEST, 0, 0, 0, 0, 0]),
        Script::udp("servers-change")
            .bytes(&[28, SILENT, 0, 0, 1])
            .answers(&[srv_to(LITERAL)])
            .finds(&["udp 192.0.2.77:7000"]),
    ]
}

/// A seed that no longer does what its name says would be a seed for nothing.
#[test]
fn the_scripts_do_what_their_names_say() {
    let mut wrong = Vec::new();
    for Script { name, bytes, targets } in all() {
        let finished = run(Input::new(&bytes)).into_iter().rev().find_map(|event| match event {
            Event::Listed(_, _, resolution) if resolution.stage == Stage::Done => Some(resolution),
            Event::Sent(..) | Event::Released(..) | Event::Listed(..) => None,
        });
        let found = finished.map(|resolution| list(&resolution)).unwrap_or_default();
        if name.ends_with("-64k") {
            // As many as there may be.
            assert!(name != "answer-of-64k" || found.len() == 32, "{name}: {found:?}");
        } else if found != targets {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn list(resolution: &Resolution) -> Vec<String> {
    resolution.targets.iter().map(|target| format!("{} {}", target.transport.text(), target.address)).collect()
}
