//! Lists do not depend on chance.

use super::{Bench, Zone, fixed, list, spec};
use crate::config::SrvWeight;
use crate::resolve::ResolveSpec;
use crate::types::Transport;

fn spread(reversed: bool) -> Zone {
    let mut hosts: Vec<u16> = (1..=4).collect();
    if reversed {
        hosts.reverse();
    }
    let mut zone = Zone::default();
    for n in hosts {
        let host = format!("s{n}.h.test");
        zone = zone.srv("_sip._udp.h.test", 60, [0, 5, 0], &host).a(&host, 60, &format!("192.0.2.{n}"));
    }
    zone
}

#[test]
fn the_list_does_not_depend_on_the_order_of_records_or_of_answers() {
    for srv_weight in [SrvWeight::HighestFirst, SrvWeight::Random] {
        let spec = ResolveSpec { srv_weight, ..fixed("h.test", Transport::Udp) };
        let first = list(&Bench::new(spread(false)).resolve(&spec));
        assert_eq!(first.len(), 4);
        assert_eq!(first, list(&Bench::new(spread(true)).resolve(&spec)));
        let mut bench = Bench::new(spread(false));
        bench.backwards = true;
        assert_eq!(first, list(&bench.resolve(&spec)));
        let other_account = ResolveSpec { tie_break: 8, ..spec };
        assert_ne!(first, list(&bench.resolve(&other_account)));
    }
}

#[test]
fn addresses_keep_their_order_when_dns_rotates_them() {
    let zone = |rotate: usize| {
        let mut ips = vec!["192.0.2.3", "192.0.2.1", "192.0.2.2"];
        ips.rotate_left(rotate);
        ips.into_iter().fold(Zone::default(), |zone, ip| zone.a("h.test", 60, ip))
    };
    let spec = ResolveSpec { port: 5060, ..spec("h.test") };
    let mut bench = Bench::new(zone(0));
    let first = list(&bench.resolve(&spec));
    assert_eq!(first, ["udp 192.0.2.3:5060", "udp 192.0.2.1:5060", "udp 192.0.2.2:5060"]);
    bench.zone = zone(1);
    bench.now += 3_600_000;
    assert_eq!(first, list(&bench.resolve(&spec)));
    assert_eq!(bench.asked.len(), 2);
    bench.zone = zone(1).a("h.test", 60, "192.0.2.4");
    bench.now += 3_600_000;
    assert_eq!(list(&bench.resolve(&spec))[0], "udp 192.0.2.1:5060");
}
