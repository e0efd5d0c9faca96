//! The rules of registration and routing, in virtual time.
//!
//! A [`World`] is an engine between a fake SIP network and a fake DNS. A test says what happens when, and compares the
//! transcript: one line per fact, beginning with the moment in seconds, such as
//! `207.5 INVITE 192.168.1.15:5060/udp (6, 32000)` (retransmissions, budget in ms). Round trips take no time unless a
//! test says so. While a world runs, [`Watch`] checks what must hold always.

mod recorder;
mod watch;
mod world;
mod zone;

mod attempts;
mod counters;
mod declined;
mod diagnostics;
mod dialogs;
mod dns;
mod explain;
mod explore;
mod failback;
mod failover;
mod fallback_concurrent;
mod fallback_one_by_one;
mod fallback_successive;
mod first_registration;
mod lifecycle;
mod limits;
mod listener;
mod lists;
mod liveness;
mod log;
mod network;
mod outage;
mod overtaken;
mod page;
mod pauses;
mod proxies;
mod random;
mod refresh;
mod refusals;
mod reload;
mod requests;
mod snapshot;
mod subscriptions;
mod trace;
mod urgent;
mod urgent_lists;

use watch::Watch;
use world::{Reply, World};
use zone::Dns;

/// The primary of the domain, and the working server of the numeric pair.
const P: &str = "192.168.1.14";
/// The backup of the domain.
const B: &str = "192.168.1.13";
/// The fallback server.
const F: &str = "192.168.1.15";

/// Account 1 with these lines. A line whose key begins with `static.`, `sip.`, `dns_cache_a` and so on is taken as it
/// is, any other one belongs to the account.
fn account(lines: &[&str]) -> String {
    let of_device = ["static.", "sip.", "dns_cache_a.", "dns_cache_srv.", "dns_cache_naptr.", "account."];
    let mut text = "account.1.enable = 1\n".to_owned();
    for line in lines {
        let prefix = if of_device.iter().any(|start| line.starts_with(start)) { "" } else { "account.1." };
        text += &format!("{prefix}{line}\n");
    }
    text
}

/// Two numeric servers, one binding at a time, and these lines.
fn successive(lines: &[&str]) -> String {
    let servers =
        ["sip_server.1.address = 192.168.1.14", "sip_server.2.address = 192.168.1.15", "fallback.redundancy_type = 1"];
    account(&[&servers, lines].concat())
}

/// Two numeric servers, registered with both, and these lines.
fn concurrent(lines: &[&str]) -> String {
    let servers = ["sip_server.1.address = 192.168.1.14", "sip_server.2.address = 192.168.1.15"];
    account(&[&servers, lines].concat())
}

/// One server, numeric, and these lines.
fn single(lines: &[&str]) -> String {
    account(&[&["sip_server.1.address = 192.168.1.14"], lines].concat())
}

/// One server, a domain with a primary and a backup, and these lines.
fn domain(lines: &[&str]) -> String {
    let server = ["sip_server.1.address = pbx.example.com", "static.network.primary_dns = 192.168.1.1"];
    account(&[&server, lines].concat())
}

/// The picture at the opening of the guide: a domain, and behind it a numeric fallback server.
fn domain_and_fallback(lines: &[&str]) -> String {
    domain(&[&["sip_server.2.address = 192.168.1.15", "fallback.redundancy_type = 1"], lines].concat())
}
