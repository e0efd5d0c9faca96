//! Which questions are asked, and what their answers lead to.

use super::{Bench, Mood, Zone, fixed, list, spec};
use crate::config::{AccountDns, IpAddressMode};
use crate::dns::QueryFailure;
use crate::resolve::{Origin, ResolutionFailure, ResolutionNote, ResolveSpec, ResolverOptions};
use crate::types::{Time, Transport, TransportSet};

/// The example of the vendor guide's appendix A, with UDP servers behind the second NAPTR record.
fn guide() -> Zone {
    Zone::default()
        .naptr("yealink.pbx.com", 300, [100, 50], ["s", "SIP+D2U", ""], "_sip._udp.yealink.pbx.com")
        .naptr("yealink.pbx.com", 300, [90, 50], ["s", "SIP+D2T", ""], "_sip._tcp.yealink.pbx.com")
        .srv("_sip._tcp.yealink.pbx.com", 200, [0, 1, 5060], "server1.yealink.pbx.com")
        .srv("_sip._tcp.yealink.pbx.com", 200, [0, 2, 5060], "server2.yealink.pbx.com")
        .srv("_sip._udp.yealink.pbx.com", 200, [0, 1, 5060], "server1.yealink.pbx.com")
        .srv("_sip._udp.yealink.pbx.com", 200, [0, 2, 5070], "server2.yealink.pbx.com")
        .a("server1.yealink.pbx.com", 100, "192.168.1.13")
        .a("server2.yealink.pbx.com", 110, "192.168.1.14")
        .a("yealink.pbx.com", 100, "192.168.1.99")
}

#[test]
fn the_guides_example_takes_the_lower_order_and_the_larger_weight_first() {
    let mut bench = Bench::new(guide());
    let resolution = bench.resolve(&spec("yealink.pbx.com"));
    assert_eq!(
        list(&resolution),
        ["tcp 192.168.1.14:5060", "tcp 192.168.1.13:5060", "udp 192.168.1.14:5070", "udp 192.168.1.13:5060"]
    );
    assert_eq!(resolution.targets[0].host.as_ref().unwrap().to_string(), "server2.yealink.pbx.com");
    assert_eq!((resolution.targets[0].ttl_s, resolution.targets[0].origin), (110, Origin::Live));
    // The shortest TTL on the way counts for the list.
    assert_eq!(resolution.valid_until, Time(bench.now + 100_000));
    assert!(!resolution.query_failed && resolution.failure.is_none());
    assert_eq!(bench.asked.len(), 5);
}

#[test]
fn independent_questions_are_asked_in_parallel() {
    let mut bench = Bench::new(guide());
    bench.start(&spec("yealink.pbx.com"));
    let rounds: Vec<usize> = std::iter::from_fn(|| Some(bench.serve()).filter(|sent| *sent > 0)).collect();
    assert_eq!(rounds, [1, 2, 2]);
}

#[test]
fn a_numeric_address_needs_no_query() {
    let mut bench = Bench::with(Zone::default(), &[], ResolverOptions::default());
    let resolution = bench.resolve(&spec("192.0.2.7"));
    assert_eq!(list(&resolution), ["udp 192.0.2.7:5060"]);
    assert_eq!(resolution.valid_until, Time::NEVER);
    assert_eq!((resolution.targets[0].ttl_s, resolution.targets[0].origin), (0, Origin::Literal));
    assert_eq!(list(&bench.resolve(&fixed("2001:db8::7", Transport::Tls))), ["tls [2001:db8::7]:5061"]);
    let with_port = ResolveSpec { port: 5080, ..fixed("192.0.2.7", Transport::Tcp) };
    assert_eq!(list(&bench.resolve(&with_port)), ["tcp 192.0.2.7:5080"]);
    assert!(bench.asked.is_empty());
}

#[test]
fn a_port_means_address_queries_only() {
    let mut bench = Bench::new(guide());
    let resolution = bench.resolve(&ResolveSpec { port: 5080, ..spec("yealink.pbx.com") });
    assert_eq!(list(&resolution), ["udp 192.168.1.99:5080"]);
    assert_eq!(bench.asked, ["A yealink.pbx.com"]);
    let tls = ResolveSpec { port: 5080, ..fixed("yealink.pbx.com", Transport::Tls) };
    assert_eq!(list(&bench.resolve(&tls)), ["tls 192.168.1.99:5080"]);
}

#[test]
fn an_explicit_transport_asks_its_own_srv_records_and_then_addresses() {
    for (transport, service, expected) in [
        (Transport::Udp, "SRV _sip._udp.h.test", "udp 192.0.2.1:5060"),
        (Transport::Tcp, "SRV _sip._tcp.h.test", "tcp 192.0.2.1:5060"),
        (Transport::Tls, "SRV _sips._tcp.h.test", "tls 192.0.2.1:5061"),
    ] {
        let mut bench = Bench::new(Zone::default().a("h.test", 60, "192.0.2.1"));
        let resolution = bench.resolve(&fixed("h.test", transport));
        assert_eq!(list(&resolution), [expected]);
        assert_eq!(bench.asked, [service, "A h.test"]);
    }
    let resolution = Bench::new(guide()).resolve(&fixed("yealink.pbx.com", Transport::Udp));
    assert_eq!(list(&resolution), ["udp 192.168.1.14:5070", "udp 192.168.1.13:5060"]);
}

#[test]
fn without_naptr_only_udp_services_are_asked_unless_all_are_to_be_built() {
    let zone = || {
        Zone::default()
            .srv("_sip._tcp.h.test", 60, [0, 0, 0], "a.h.test")
            .srv("_sips._tcp.h.test", 60, [0, 0, 0], "a.h.test")
            .a("a.h.test", 60, "192.0.2.1")
            .a("h.test", 60, "192.0.2.9")
    };
    let mut bench = Bench::new(zone());
    assert_eq!(list(&bench.resolve(&spec("h.test"))), ["udp 192.0.2.9:5060"]);
    assert_eq!(bench.asked, ["NAPTR h.test", "SRV _sip._udp.h.test", "A h.test"]);
    let dns = AccountDns { naptr_build_all: true, ..spec("h.test").dns };
    let mut bench = Bench::new(zone());
    let all = ResolveSpec { dns, ..spec("h.test") };
    assert_eq!(list(&bench.resolve(&all)), ["tcp 192.0.2.1:5060", "tls 192.0.2.1:5061"]);
    assert_eq!(bench.asked.len(), 5);
    let udp_and_tcp = ResolveSpec { supported: TransportSet::from_bits(3).unwrap(), ..all };
    assert_eq!(list(&Bench::new(zone()).resolve(&udp_and_tcp)), ["tcp 192.0.2.1:5060"]);
}

#[test]
fn naptr_records_for_other_services_flags_or_with_a_regexp_count_as_none() {
    for (flags, service, regexp) in [
        ("s", "SIP+D2S", ""),
        ("u", "SIP+D2U", ""),
        ("p", "SIP+D2U", ""),
        ("s", "E2U+sip", ""),
        ("s", "SIP+D2U", "!x!"),
    ] {
        let zone = Zone::default()
            .naptr("h.test", 60, [1, 1], [flags, service, regexp], "_sip._udp.other.test")
            .srv("_sip._udp.other.test", 60, [0, 0, 5099], "192.0.2.66")
            .a("h.test", 60, "192.0.2.1");
        assert_eq!(list(&Bench::new(zone).resolve(&spec("h.test"))), ["udp 192.0.2.1:5060"], "{flags} {service}");
    }
}

#[test]
fn services_are_compared_without_regard_to_case_and_sctp_only_where_supported() {
    let zone = || {
        Zone::default()
            .naptr("h.test", 60, [1, 1], ["S", "sip+d2s", ""], "_sip._sctp.h.test")
            .naptr("h.test", 60, [2, 1], ["S", "Sips+D2t", ""], "_sips._tcp.h.test")
            .srv("_sip._sctp.h.test", 60, [0, 0, 0], "192.0.2.1")
            .srv("_sips._tcp.h.test", 60, [0, 0, 0], "192.0.2.2")
    };
    assert_eq!(list(&Bench::new(zone()).resolve(&spec("h.test"))), ["tls 192.0.2.2:5061"]);
    let sctp = ResolveSpec { supported: TransportSet::from_bits(15).unwrap(), ..spec("h.test") };
    assert_eq!(list(&Bench::new(zone()).resolve(&sctp)), ["sctp 192.0.2.1:5060", "tls 192.0.2.2:5061"]);
}

#[test]
fn the_flag_a_leads_to_addresses_and_no_flag_to_further_naptr_records() {
    let zone = Zone::default()
        .naptr("h.test", 60, [1, 1], ["", "", ""], "next.test")
        .naptr("h.test", 60, [2, 1], ["a", "SIPS+D2T", ""], "tls.test")
        .naptr("next.test", 60, [1, 1], ["a", "SIP+D2T", ""], "tcp.test")
        .a("tcp.test", 60, "192.0.2.1")
        .a("tls.test", 60, "192.0.2.2");
    assert_eq!(list(&Bench::new(zone).resolve(&spec("h.test"))), ["tcp 192.0.2.1:5060", "tls 192.0.2.2:5061"]);
}

#[test]
fn naptr_records_in_a_circle_count_as_none() {
    let zone = Zone::default()
        .naptr("h.test", 60, [1, 1], ["", "", ""], "next.test")
        .naptr("next.test", 60, [1, 1], ["", "", ""], "h.test")
        .a("h.test", 60, "192.0.2.1");
    assert_eq!(list(&Bench::new(zone).resolve(&spec("h.test"))), ["udp 192.0.2.1:5060"]);
}

#[test]
fn a_naptr_chain_ends_after_four_steps() {
    let chain = |length: usize| {
        let mut zone = Zone::default().a("h0.test", 60, "192.0.2.9").a("end.test", 60, "192.0.2.1");
        for n in 0..length {
            zone = zone.naptr(&format!("h{n}.test"), 60, [1, 1], ["", "", ""], &format!("h{}.test", n + 1));
        }
        zone = zone.naptr(&format!("h{length}.test"), 60, [1, 1], ["a", "SIP+D2T", ""], "end.test");
        list(&Bench::new(zone).resolve(&spec("h0.test")))
    };
    assert_eq!(chain(3), ["tcp 192.0.2.1:5060"]);
    assert_eq!(chain(4), ["udp 192.0.2.9:5060"]);
}

#[test]
fn a_naptr_record_that_leads_nowhere_is_skipped() {
    let zone = Zone::default()
        .naptr("h.test", 60, [1, 1], ["s", "SIPS+D2T", ""], "_sips._tcp.h.test")
        .naptr("h.test", 60, [2, 1], ["s", "SIP+D2T", ""], "_sip._tcp.h.test")
        .srv("_sip._tcp.h.test", 60, [0, 0, 0], "192.0.2.1");
    assert_eq!(list(&Bench::new(zone).resolve(&spec("h.test"))), ["tcp 192.0.2.1:5060"]);
}

#[test]
fn a_domain_that_offers_only_tls_is_never_reached_in_the_clear() {
    let zone = Zone::default().naptr("h.test", 60, [1, 1], ["s", "SIPS+D2T", ""], "_sips._tcp.h.test").a(
        "h.test",
        60,
        "192.0.2.1",
    );
    let resolution = Bench::new(zone).resolve(&spec("h.test"));
    assert_eq!((list(&resolution), resolution.failure), (vec![], Some(ResolutionFailure::NoSuchName)));
}

#[test]
fn a_single_dot_says_not_offered_and_addresses_are_not_tried() {
    let zone = Zone::default().srv("_sip._udp.h.test", 60, [0, 0, 0], ".").a("h.test", 60, "192.0.2.1");
    let mut bench = Bench::new(zone);
    for spec in [fixed("h.test", Transport::Udp), spec("h.test")] {
        let resolution = bench.resolve(&spec);
        assert!(resolution.targets.is_empty());
        assert_eq!(resolution.failure, Some(ResolutionFailure::NotOffered));
        assert_eq!(resolution.valid_until, Time(bench.now + 60_000));
    }
    assert!(!bench.asked.iter().any(|question| question.starts_with("A ")));
    // TCP is another lookup: there nothing was said, so the addresses serve.
    assert_eq!(list(&bench.resolve(&fixed("h.test", Transport::Tcp))), ["tcp 192.0.2.1:5060"]);
}

#[test]
fn aliases_are_followed_within_and_across_answers() {
    let zone = Zone::default()
        .srv("_sip._udp.h.test", 60, [0, 0, 0], "a.h.test")
        .alias("a.h.test", 30, "b.h.test")
        .alias("b.h.test", 60, "c.h.test")
        .a("c.h.test", 90, "192.0.2.1");
    // This DNS puts one step into an answer, so each alias has to be asked for on its own.
    let mut bench = Bench::new(zone);
    let resolution = bench.resolve(&fixed("h.test", Transport::Udp));
    assert_eq!(bench.asked[1..], ["A a.h.test", "A b.h.test", "A c.h.test"]);
    assert_eq!(list(&resolution), ["udp 192.0.2.1:5060"]);
    assert_eq!(resolution.targets[0].host.as_ref().unwrap().to_string(), "a.h.test");
    assert_eq!(resolution.targets[0].ttl_s, 90);
    assert_eq!(resolution.valid_until, Time(bench.now + 30_000));
}

#[test]
fn aliases_in_a_circle_across_answers_end() {
    let zone = Zone::default().alias("h.test", 30, "i.test").alias("i.test", 30, "h.test");
    let resolution = Bench::new(zone).resolve(&ResolveSpec { port: 1, ..spec("h.test") });
    assert_eq!(resolution.failure, Some(ResolutionFailure::Dns(QueryFailure::AliasLoop)));
}

#[test]
fn both_families_stay_together_with_ipv6_first() {
    let zone = || {
        Zone::default()
            .srv("_sip._udp.h.test", 60, [0, 2, 0], "a.h.test")
            .srv("_sip._udp.h.test", 60, [0, 1, 0], "b.h.test")
            .a("a.h.test", 60, "192.0.2.1")
            .a("a.h.test", 60, "2001:db8::1")
            .a("b.h.test", 60, "192.0.2.2")
            .a("b.h.test", 60, "2001:db8::2")
    };
    let mode = |mode| {
        let spec = ResolveSpec { ip_address_mode: mode, ..fixed("h.test", Transport::Udp) };
        list(&Bench::new(zone()).resolve(&spec))
    };
    assert_eq!(
        mode(IpAddressMode::Both),
        ["udp [2001:db8::1]:5060", "udp 192.0.2.1:5060", "udp [2001:db8::2]:5060", "udp 192.0.2.2:5060"]
    );
    assert_eq!(mode(IpAddressMode::V6), ["udp [2001:db8::1]:5060", "udp [2001:db8::2]:5060"]);
    assert_eq!(mode(IpAddressMode::V4), ["udp 192.0.2.1:5060", "udp 192.0.2.2:5060"]);
}

#[test]
fn an_empty_list_says_why() {
    let failure = |zone, servers: &[Mood]| {
        let mut bench = Bench::with(zone, servers, ResolverOptions::default());
        let resolution = bench.resolve(&ResolveSpec { port: 5060, ..spec("h.test") });
        (resolution.failure.unwrap(), resolution.query_failed)
    };
    assert_eq!(failure(Zone::default(), &[Mood::Good]), (ResolutionFailure::NoSuchName, false));
    let other = Zone::default().a("h.test", 60, "2001:db8::1");
    assert_eq!(failure(other, &[Mood::Good]), (ResolutionFailure::NoRecords, false));
    let dns = |failure| (ResolutionFailure::Dns(failure), true);
    assert_eq!(failure(Zone::default(), &[]), dns(QueryFailure::NoServer));
    assert_eq!(failure(Zone::default(), &[Mood::Silent]), dns(QueryFailure::Silent));
    assert_eq!(failure(Zone::default(), &[Mood::ServFail, Mood::Silent]), dns(QueryFailure::ServerFailure));
    assert_eq!(ResolutionFailure::Dns(QueryFailure::NoServer).to_string(), "no DNS server is configured");
}

#[test]
fn home_routers_that_answer_neither_naptr_nor_srv_do_not_hide_the_addresses() {
    let zone = Zone::default().a("h.test", 60, "192.0.2.1").mute("h.test", 35).mute("_sip._udp.h.test", 33);
    assert_eq!(list(&Bench::new(zone).resolve(&spec("h.test"))), ["udp 192.0.2.1:5060"]);
}

#[test]
fn a_target_is_listed_once_and_no_list_is_longer_than_32() {
    let mut zone = Zone::default();
    for n in 0..40 {
        zone = zone.a("h.test", 60, &format!("192.0.2.{n}")).a("h.test", 60, &format!("192.0.2.{n}"));
    }
    let resolution = Bench::new(zone).resolve(&ResolveSpec { port: 5060, ..spec("h.test") });
    assert_eq!(resolution.targets.len(), 32);
    assert_eq!(list(&resolution)[31], "udp 192.0.2.31:5060");
    assert_eq!(resolution.notes, []);
}

#[test]
fn targets_beyond_32_are_dropped_from_the_end_with_a_note() {
    let mut zone = Zone::default();
    for n in 1..=40 {
        zone = zone.srv("_sip._udp.h.test", 60, [n, 0, 0], &format!("192.0.2.{n}"));
    }
    zone = zone.srv("_sip._udp.h.test", 60, [99, 0, 5060], "192.0.2.1");
    let resolution = Bench::new(zone).resolve(&fixed("h.test", Transport::Udp));
    assert_eq!(list(&resolution)[31], "udp 192.0.2.32:5060");
    assert_eq!(resolution.notes, [ResolutionNote::TargetsDropped(8)]);
    assert_eq!(resolution.notes[0].to_string(), "more than 32 targets, 8 dropped");
}

#[test]
fn a_domain_of_too_many_hosts_is_cut_with_a_note() {
    let mut zone = Zone::default();
    for (order, service, text) in [(1, "_sip._udp.h.test", "SIP+D2U"), (2, "_sip._tcp.h.test", "SIP+D2T")] {
        zone = zone.naptr("h.test", 60, [order, 1], ["s", text, ""], service);
        for n in 0..64 {
            zone = zone.srv(service, 60, [n, 0, 0], &format!("s{order}-{n}.test"));
        }
    }
    // 1 NAPTR, 2 SRV, 128 hosts: three more than are looked up.
    let resolution = Bench::new(zone.a("s1-3.test", 60, "192.0.2.1")).resolve(&spec("h.test"));
    assert_eq!(list(&resolution), ["udp 192.0.2.1:5060"]);
    assert_eq!(resolution.notes, [ResolutionNote::LookupsDropped(3)]);
}

#[test]
fn an_unspecified_address_is_no_target() {
    let zone = Zone::default().a("h.test", 60, "0.0.0.0").a("h.test", 60, "192.0.2.1");
    let resolution = Bench::new(zone).resolve(&ResolveSpec { port: 5060, ..spec("h.test") });
    assert_eq!(list(&resolution), ["udp 192.0.2.1:5060"]);
}

#[test]
fn a_host_name_too_long_for_service_names_still_has_addresses() {
    let long = ["a".repeat(60), "b".repeat(60), "c".repeat(60), "d".repeat(60)].join(".") + ".test";
    let resolution = Bench::new(Zone::default().a(&long, 60, "192.0.2.1")).resolve(&fixed(&long, Transport::Tcp));
    assert_eq!(list(&resolution), ["tcp 192.0.2.1:5060"]);
}
