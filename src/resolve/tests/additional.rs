//! The additional section: used where wanted, and only as far as it belongs to the answer.

use super::{Bench, Zone, list, spec};
use crate::config::{AccountDns, DnsCacheType, IpAddressMode};
use crate::resolve::ResolveSpec;
use crate::types::Time;
use crate::types::{Transport, TransportSetting};

fn chain(ttl: u32) -> Zone {
    let mut zone = Zone::default()
        .naptr("h.test", ttl, [1, 1], ["s", "SIP+D2T", ""], "_sip._tcp.h.test")
        .srv("_sip._tcp.h.test", ttl, [0, 0, 0], "a.h.test")
        .a("a.h.test", ttl, "192.0.2.1")
        .srv("_sip._udp.bank.test", ttl, [0, 0, 0], "192.0.2.66")
        .a("bank.test", ttl, "192.0.2.66");
    zone.additional = vec!["_sip._tcp.h.test", "a.h.test", "bank.test", "_sip._udp.bank.test"];
    zone
}

fn with(cache_type: DnsCacheType) -> ResolveSpec {
    ResolveSpec { dns: AccountDns { cache_type, ..spec("h.test").dns }, ..spec("h.test") }
}

#[test]
fn a_whole_chain_costs_one_query_where_additional_records_are_used() {
    for ttl in [60, 0] {
        let mut bench = Bench::new(chain(ttl));
        let resolution = bench.resolve(&with(DnsCacheType::AnswersAndAdditional));
        assert_eq!(list(&resolution), ["tcp 192.0.2.1:5060"]);
        assert_eq!(bench.asked, ["NAPTR h.test"]);
    }
}

#[test]
fn accounts_without_additional_records_ask_although_another_account_took_them() {
    for cache_type in [DnsCacheType::Answers, DnsCacheType::RealTime] {
        let mut bench = Bench::new(chain(60));
        bench.resolve(&with(DnsCacheType::AnswersAndAdditional));
        bench.resolve(&with(cache_type));
        assert!(bench.asked.contains(&"SRV _sip._tcp.h.test".into()));
        assert!(bench.asked.contains(&"A a.h.test".into()));
    }
}

#[test]
fn additional_records_about_other_names_are_not_believed() {
    let mut bench = Bench::new(chain(60));
    bench.resolve(&with(DnsCacheType::AnswersAndAdditional));
    let bank = ResolveSpec { port: 5060, ..with(DnsCacheType::AnswersAndAdditional) };
    let bank = ResolveSpec { host: spec("bank.test").host, ..bank };
    bench.resolve(&bank.clone());
    assert_eq!(bench.asked.last().unwrap(), "A bank.test");
    bench.resolver.start_anew(Time(bench.now), &mut bench.out);
    bench.resolve(&with(DnsCacheType::AnswersAndAdditional));
    bench.resolve(&ResolveSpec { transport: TransportSetting::Fixed(Transport::Udp), port: 0, ..bank });
    assert_eq!(bench.asked.last().unwrap(), "SRV _sip._udp.bank.test");
}

#[test]
fn an_answer_that_holds_wins_over_an_additional_record() {
    let mut bench = Bench::new(chain(60));
    let address = ResolveSpec { port: 5060, ..with(DnsCacheType::AnswersAndAdditional) };
    let address = ResolveSpec { host: spec("a.h.test").host, ..address };
    bench.resolve(&address);
    bench.zone = Zone::default().srv("_sip._udp.h.test", 60, [0, 0, 0], "a.h.test").a("a.h.test", 60, "192.0.2.99");
    bench.zone.additional = vec!["a.h.test"];
    let resolution = bench.resolve(&with(DnsCacheType::AnswersAndAdditional));
    assert_eq!(list(&resolution), ["udp 192.0.2.1:5060"]);
}

#[test]
fn a_family_that_was_not_added_is_asked_for() {
    let mut bench = Bench::new(chain(60));
    let both = ResolveSpec { ip_address_mode: IpAddressMode::Both, ..with(DnsCacheType::AnswersAndAdditional) };
    assert_eq!(list(&bench.resolve(&both)), ["tcp 192.0.2.1:5060"]);
    assert_eq!(bench.asked, ["NAPTR h.test", "AAAA a.h.test"]);
}
