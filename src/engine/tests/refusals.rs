//! A registrar that answers, but refuses.

use super::{F, P, Reply, World, concurrent, single, successive};
use crate::types::{AccountId, Server};

#[test]
fn a_refused_refresh_keeps_the_binding_but_nobody_takes_over_at_its_end() {
    let mut world = World::started(&successive(&["sip_server.1.expires = 600"]));
    world.at(10.0);
    world.always(P, "REGISTER", Reply::code(403));
    world.forget();
    world.at(599.0);
    assert_eq!(world.sent(), ["540 REGISTER 192.168.1.14:5060/udp (3, 7500)"]);
    assert!(world.engine.account_view(AccountId(1)).unwrap().registrations[0].2.is_some());
    world.at(1_000.0);
    let sent = world.sent();
    assert!(!sent.is_empty() && sent.iter().all(|line| line.contains(P)), "the own ladder goes on: {sent:?}");
    assert_eq!((world.current(), world.state(1)), (Server::Working, "refused by the registrar"));
    assert_eq!(world.engine.account_view(AccountId(1)).unwrap().registrations[0].2, None);
}

#[test]
fn a_refresh_granted_for_no_time_is_a_refusal_and_ends_the_binding() {
    for settings in [successive(&["sip_server.1.expires = 600"]), concurrent(&["sip_server.1.expires = 600"])] {
        let mut world = World::started(&settings);
        world.always(P, "REGISTER", Reply::granted(0));
        world.at(541.0);
        let view = world.engine.account_view(AccountId(1)).unwrap();
        assert_eq!((world.state(1), view.registrations[0].2), ("refused by the registrar", None));
        world.heal(P);
        world.forget();
        world.at(601.0);
        assert_eq!(world.state(1), "registered", "asked again after a minute");
    }
}

#[test]
fn a_refusing_server_1_is_not_current_while_server_2_holds_a_registration() {
    let mut world = World::started(&concurrent(&["sip_server.1.expires = 600"]));
    world.always(P, "REGISTER", Reply::code(403));
    world.at(541.0);
    world.forget();
    world.invite();
    assert!(world.sent()[0].contains(F));
}

#[test]
fn a_port_that_refuses_connections_says_nothing_about_other_ports_of_its_host() {
    let mut world = World::new(&super::domain(&[
        "sip_server.1.port = 0",
        "sip_server.1.transport_type = 1",
        "dns_cache_srv.1.name = _sip._tcp.pbx.example.com",
        "dns_cache_srv.1.target = one.example.com",
        "dns_cache_srv.1.priority = 1",
        "dns_cache_srv.1.port = 5060",
        "dns_cache_srv.2.name = _sip._tcp.pbx.example.com",
        "dns_cache_srv.2.target = one.example.com",
        "dns_cache_srv.2.priority = 2",
        "dns_cache_srv.2.port = 5070",
        "dns_cache_srv.3.name = _sip._tcp.pbx.example.com",
        "dns_cache_srv.3.target = two.example.com",
        "dns_cache_srv.3.priority = 3",
        "dns_cache_srv.3.port = 5060",
    ]));
    world.zone.a("one.example.com", 300, &[P]);
    world.zone.a("two.example.com", 300, &[super::B]);
    world.start();
    world.forget();
    world.once(P, Reply::failure(crate::types::TransportFailure::Connect));
    world.invite();
    let ports = |lines: Vec<String>| -> Vec<String> {
        lines.iter().filter(|l| l.contains("INVITE")).map(|l| l.split(' ').nth(2).unwrap().to_owned()).collect()
    };
    assert_eq!(ports(world.sent()), ["192.168.1.14:5060/tcp", "192.168.1.14:5070/tcp"]);
    world.once(P, Reply::failure(crate::types::TransportFailure::Unreachable));
    world.invite();
    assert_eq!(ports(world.sent()), ["192.168.1.14:5060/tcp", "192.168.1.13:5060/tcp"], "another host is preferred");
}

#[test]
fn a_registrar_that_wants_the_lifetime_that_it_was_asked_for_is_not_asked_again() {
    let mut world = World::new(&single(&["sip_server.1.expires = 600"]));
    world.always(P, "REGISTER", Reply::min_expires(600));
    world.start();
    world.at(50.0);
    assert_eq!(world.sent().len(), 1);
    assert_eq!(world.state(1), "refused by the registrar");
}
