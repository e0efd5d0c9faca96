//! Static records complete live ones, question by question.

use super::{Bench, Mood, Zone, all_from, fixed, list, spec, static_a, static_naptr, static_srv};
use crate::config::{AccountDns, StaticRecords};
use crate::dns::QueryFailure;
use crate::resolve::{Origin, ResolutionFailure, ResolutionNote, ResolveSpec, ResolverOptions, Stage};
use crate::types::{Time, Transport};

fn two_addresses() -> StaticRecords {
    let addresses = vec![static_a("yealink.pbx.com", "192.168.1.13"), static_a("yealink.pbx.com", "192.168.1.14")];
    StaticRecords { addresses, ..StaticRecords::default() }
}

fn with_port(host: &str) -> ResolveSpec {
    ResolveSpec { port: 5060, ..spec(host) }
}

fn static_first(spec: ResolveSpec) -> ResolveSpec {
    ResolveSpec { dns: AccountDns { static_first: true, ..spec.dns }, ..spec }
}

#[test]
fn guide_example_1_static_addresses_where_dns_has_none() {
    let mut bench = Bench::new(Zone::default()).statics(two_addresses());
    let resolution = bench.resolve(&with_port("yealink.pbx.com"));
    assert_eq!(list(&resolution), ["udp 192.168.1.13:5060", "udp 192.168.1.14:5060"]);
    assert!(all_from(&resolution, Origin::Static) && !resolution.query_failed);
    assert_eq!(resolution.valid_until, Time(bench.now + 3_600_000), "then DNS is asked again");
}

#[test]
fn guide_example_2_static_services_with_live_addresses() {
    let srv = vec![
        static_srv("_sip._tcp.yealink.pbx.com", 1, "server1.yealink.pbx.com"),
        static_srv("_sip._tcp.yealink.pbx.com", 2, "server2.yealink.pbx.com"),
    ];
    let zone = Zone::default().a("server1.yealink.pbx.com", 60, "192.168.1.13").a(
        "server2.yealink.pbx.com",
        60,
        "192.168.1.14",
    );
    let mut bench = Bench::new(zone).statics(StaticRecords { srv, ..StaticRecords::default() });
    let resolution = bench.resolve(&spec("yealink.pbx.com"));
    assert_eq!(list(&resolution), ["tcp 192.168.1.14:5060", "tcp 192.168.1.13:5060"]);
    assert!(all_from(&resolution, Origin::Live));
    assert_eq!(resolution.valid_until, Time(bench.now + 60_000));
}

#[test]
fn guide_example_3_static_pointers_with_live_services_and_addresses() {
    let naptr = vec![
        static_naptr("yealink.pbx.com", 90, "s", "SIP+D2T", "_sip._tcp.yealink.pbx.com"),
        static_naptr("yealink.pbx.com", 100, "s", "SIP+D2U", "_sip._udp.yealink.pbx.com"),
    ];
    let zone = Zone::default()
        .srv("_sip._tcp.yealink.pbx.com", 60, [0, 1, 5060], "server1.yealink.pbx.com")
        .srv("_sip._tcp.yealink.pbx.com", 60, [0, 2, 5060], "server2.yealink.pbx.com")
        .srv("_sip._udp.yealink.pbx.com", 60, [0, 1, 5060], "server1.yealink.pbx.com")
        .srv("_sip._udp.yealink.pbx.com", 60, [0, 2, 5060], "server2.yealink.pbx.com")
        .a("server1.yealink.pbx.com", 60, "192.168.1.13")
        .a("server2.yealink.pbx.com", 60, "192.168.1.14");
    let mut bench = Bench::new(zone).statics(StaticRecords { naptr, ..StaticRecords::default() });
    let resolution = bench.resolve(&spec("yealink.pbx.com"));
    assert_eq!(
        list(&resolution),
        ["tcp 192.168.1.14:5060", "tcp 192.168.1.13:5060", "udp 192.168.1.14:5060", "udp 192.168.1.13:5060"]
    );
}

#[test]
fn dns_comes_first_unless_static_records_are_preferred() {
    let zone = || Zone::default().a("yealink.pbx.com", 60, "192.0.2.1");
    let mut bench = Bench::new(zone()).statics(two_addresses());
    assert_eq!(list(&bench.resolve(&with_port("yealink.pbx.com"))), ["udp 192.0.2.1:5060"]);
    let mut bench = Bench::new(zone()).statics(two_addresses());
    let resolution = bench.resolve(&static_first(with_port("yealink.pbx.com")));
    assert_eq!(list(&resolution), ["udp 192.168.1.13:5060", "udp 192.168.1.14:5060"]);
    assert!(bench.asked.is_empty() && !resolution.query_failed);
    assert_eq!(resolution.valid_until, Time::NEVER);
    // Preferred, but none of this name: DNS.
    bench.zone = Zone::default().a("other.test", 60, "192.0.2.2");
    assert_eq!(list(&bench.resolve(&static_first(with_port("other.test")))), ["udp 192.0.2.2:5060"]);
}

#[test]
fn without_a_dns_server_static_records_serve_at_once_and_for_ever() {
    let mut bench = Bench::with(Zone::default(), &[], ResolverOptions::default()).statics(two_addresses());
    let resolution = bench.resolve(&with_port("yealink.pbx.com"));
    assert_eq!((resolution.targets.len(), resolution.valid_until), (2, Time::NEVER));
    assert_eq!(bench.now, 1_000);
    let other = bench.resolve(&with_port("other.test"));
    assert_eq!(other.failure, Some(ResolutionFailure::Dns(QueryFailure::NoServer)));
}

#[test]
fn static_records_answer_when_every_server_refuses() {
    let mut bench = Bench::with(Zone::default(), &[Mood::ServFail, Mood::ServFail], ResolverOptions::default())
        .statics(two_addresses());
    let resolution = bench.resolve(&with_port("yealink.pbx.com"));
    assert_eq!(resolution.targets.len(), 2);
    assert_eq!(bench.now, 1_000, "nothing was waited for");
}

#[test]
fn a_first_boot_with_dns_silent_waits_1800_ms_in_all_and_not_per_question() {
    let mut statics = two_addresses();
    statics.srv = vec![static_srv("_sip._udp.yealink.pbx.com", 1, "yealink.pbx.com")];
    let mut bench = Bench::with(Zone::default(), &[Mood::Silent; 2], ResolverOptions::default()).statics(statics);
    let resolution = bench.resolve(&spec("yealink.pbx.com"));
    assert_eq!(list(&resolution), ["udp 192.168.1.13:5060", "udp 192.168.1.14:5060"]);
    assert_eq!(bench.now, 1_000 + 1_800);
    assert_eq!(resolution.notes, [ResolutionNote::WithoutDns]);
    assert_eq!(resolution.stage, Stage::Waited);
    assert!(bench.resolver.next_deadline().is_some(), "the job goes on");
}

#[test]
fn silence_without_static_records_ends_when_the_tries_do() {
    let mut bench = Bench::with(Zone::default(), &[Mood::Silent], ResolverOptions::default());
    let resolution = bench.resolve(&with_port("h.test"));
    assert_eq!(resolution.failure, Some(ResolutionFailure::Dns(QueryFailure::Silent)));
    assert_eq!(bench.now, 1_000 + 3 * 3_000);
    assert_eq!(resolution.valid_until, Time(bench.now + 5_000));
}

#[test]
fn a_pointer_without_flags_from_dns_leads_to_further_pointers_even_if_it_names_a_service() {
    // For a static one the loader has put the flag in; a live record says what it says.
    let zone = Zone::default().srv("_sip._tcp.h.test", 60, [0, 0, 0], "192.0.2.1");
    let zone = zone.naptr("h.test", 60, [1, 1], ["", "SIP+D2T", ""], "_sip._tcp.h.test");
    assert_eq!(list(&Bench::new(zone).resolve(&spec("h.test"))), [""; 0]);
}

#[test]
fn static_services_may_point_to_addresses_or_nowhere() {
    let srv = vec![static_srv("_sip._udp.h.test", 1, "192.0.2.9"), static_srv("_sip._tcp.h.test", 1, ".")];
    let mut bench = Bench::new(Zone::default().a("h.test", 60, "192.0.2.1"))
        .statics(StaticRecords { srv, ..StaticRecords::default() });
    let resolution = bench.resolve(&fixed("h.test", Transport::Udp));
    assert_eq!(list(&resolution), ["udp 192.0.2.9:5060"]);
    assert_eq!((resolution.targets[0].ttl_s, resolution.targets[0].origin), (3_600, Origin::Static));
    let resolution = bench.resolve(&fixed("h.test", Transport::Tcp));
    assert_eq!(resolution.failure, Some(ResolutionFailure::NotOffered));
}

#[test]
fn a_static_record_at_the_end_of_an_alias_is_found() {
    let zone = Zone::default().alias("h.test", 60, "yealink.pbx.com");
    let mut bench = Bench::new(zone).statics(two_addresses());
    let resolution = bench.resolve(&with_port("h.test"));
    assert_eq!(list(&resolution), ["udp 192.168.1.13:5060", "udp 192.168.1.14:5060"]);
    assert_eq!(resolution.valid_until, Time(bench.now + 60_000));
}

#[test]
fn preferred_static_records_win_at_the_end_of_an_alias_too() {
    let zone = Zone::default().alias("h.test", 60, "yealink.pbx.com").a("yealink.pbx.com", 60, "192.0.2.1");
    let mut bench = Bench::new(zone).statics(two_addresses());
    assert_eq!(list(&bench.resolve(&with_port("h.test"))), ["udp 192.0.2.1:5060"]);
    let resolution = bench.resolve(&static_first(with_port("h.test")));
    assert_eq!(list(&resolution), ["udp 192.168.1.13:5060", "udp 192.168.1.14:5060"]);
}
