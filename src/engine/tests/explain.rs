//! The explanation says where a request goes: it is right, and asking for it changes nothing.

use super::lists::tls_and_plain;
use super::random::{Input, apply, config, input};
use super::world::{options, response};
use super::{B, Dns, F, P, Reply, World, concurrent, domain, domain_and_fallback};
use crate::account::{Action, AttemptState, Purpose};
use crate::config::Redundancy;
use crate::engine::Explanation;
use crate::policy::Method;
use crate::types::{AccountId, AttemptId, RequestId, Server, TransportFailure};
use proptest::prelude::*;

fn explain(world: &World, method: Method) -> Explanation {
    world.engine.explain(world.clock(), AccountId(1), method).unwrap()
}

/// Server, address and whether a REGISTER comes first, of each candidate.
fn order(explanation: &Explanation) -> Vec<(Server, String, bool)> {
    let candidates = explanation.candidates.iter();
    candidates.map(|place| (place.server, place.target.clone(), place.registers_first)).collect()
}

fn rules(explanation: &Explanation) -> Vec<String> {
    let line = |place: &crate::engine::Place| {
        let ip = place.key.address.ip();
        format!("{ip}: {}, {:?}", place.rule, place.budget_ms.unwrap_or(0))
    };
    explanation.candidates.iter().chain(&explanation.passed_over).map(line).collect()
}

/// Sends a request for real, at this very moment: each attempt fails at once, and REGISTERs that it waits for are granted.
struct Real<'a> {
    world: &'a mut World,
    id: RequestId,
    registers: Vec<AttemptId>,
    order: Vec<(Server, String, bool)>,
    registered: bool,
    done: bool,
}

impl Real<'_> {
    fn run(world: &mut World, method: Method) -> Vec<(Server, String, bool)> {
        let open: Vec<AttemptId> = world.attempts.clone();
        let Ok(id) = world.start_request(method) else { return Vec::new() };
        let (order, registered, done) = (Vec::new(), false, false);
        let mut real = Real { world, id, registers: open, order, registered, done };
        for _ in 0..200 {
            if let Some(attempt) = real.drain() {
                real.world.engine.transport_failed(real.world.clock(), attempt, TransportFailure::Unreachable);
            } else if real.done || !real.grant() {
                break;
            }
        }
        real.order
    }

    /// The attempt of the request that is to be answered, if there is one.
    fn drain(&mut self) -> Option<AttemptId> {
        let mut sent = None;
        while let Some(action) = self.world.engine.next_action() {
            match action {
                Action::Send(id) => {
                    let attempt = self.world.engine.take_send(id).unwrap();
                    if attempt.request == self.id {
                        let target = attempt.target().as_str().to_owned();
                        self.order.push((attempt.server, target, std::mem::take(&mut self.registered)));
                        sent = Some(id);
                    } else {
                        self.registers.push(id);
                    }
                }
                Action::Done(id) => self.done |= id == self.id,
                _ => {}
            }
        }
        sent
    }

    /// Grants the REGISTER that the request waits for, and no other: that would be news.
    fn grant(&mut self) -> bool {
        let engine = &self.world.engine;
        let Some(server) = engine.awaits_registration(self.id) else { return false };
        let account = engine.account(AccountId(1)).unwrap();
        let one_lane = account.settings().redundancy == Redundancy::Successive;
        let is_open = |id: &&AttemptId| {
            engine.attempt(**id).is_some_and(|attempt| {
                attempt.method == Method::Register
                    && matches!(attempt.purpose, Purpose::Register | Purpose::Probe)
                    && (one_lane || attempt.server == server)
                    && matches!(attempt.state, AttemptState::Open | AttemptState::Proceeding)
            })
        };
        let Some(id) = self.registers.iter().filter(is_open).max().copied() else { return false };
        self.world.engine.final_response(self.world.clock(), id, response(200));
        self.registered = true;
        true
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_explained_is_what_happens(
        first in 0..20usize,
        inputs in prop::collection::vec(input(), 0..50),
        method in prop_oneof![Just(Method::Invite), Just(Method::Message), Just(Method::Subscribe)],
    ) {
        // Quarantine is what makes the order depend most on what has happened.
        let quarantine = ["sip_server.1.quarantine_timeout = 120", "fallback.timeout = 30"];
        let text = if first < 13 { config(first) } else { domain_and_fallback(&quarantine) };
        let mut world = World::with(&text, options());
        world.start();
        for input in inputs {
            apply(&mut world, input);
        }
        let before = format!("{:?}", *world.engine);
        let Ok(explanation) = world.engine.explain(world.clock(), AccountId(1), method) else { return Ok(()) };
        prop_assert_eq!(before, format!("{:?}", *world.engine), "the explanation changed something");
        prop_assert!(!explanation.to_string().is_empty());
        let is_down = explanation.remarks.iter().any(|remark| remark.starts_with("the network is down"));
        let waits = is_down || explanation.servers.iter().any(|server| server.asks_dns);
        let real = Real::run(&mut world, method);
        if !waits {
            prop_assert_eq!(order(&explanation), real, "{}", explanation);
        }
    }
}

#[test]
fn a_dead_primary_that_is_asked_every_time_is_named_with_its_cost() {
    let mut world = World::started(&domain(&[]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(140.0);
    let explanation = explain(&world, Method::Invite);
    let expected = ["192.168.1.14: primary, 7500", "192.168.1.13: backup, 32000"];
    assert_eq!(rules(&explanation), expected);
    let expected = "each request waits up to 7.5 s here before it moves on: failback_mode 0 begins at 192.168.1.14:5060/udp \
                    every time, although it was silent; quarantine_timeout > 0 would try it last";
    assert_eq!(explanation.remarks, [expected]);
    assert!(explanation.to_string().contains("failed 32 s ago (no response in time)"), "{explanation}");
}

#[test]
fn quarantine_and_pauses_are_named_with_their_ends() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 60"]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(120.0);
    let quarantined = [
        "192.168.1.13: backup, 7500",
        "192.168.1.14: tried last: failed 12 s ago, in quarantine for another 48 s, 32000",
    ];
    assert_eq!(rules(&explain(&world, Method::Invite)), quarantined);
    assert_eq!(explain(&world, Method::Invite).remarks, Vec::<String>::new());
    world.heal(P);
    world.network_changed();
    world.once(P, Reply::retry_after(503, 40));
    world.invite();
    let explanation = explain(&world, Method::Invite);
    assert_eq!(rules(&explanation)[1], "192.168.1.14: tried last: asked for a pause of another 40 s, 32000");
}

#[test]
fn the_return_to_the_primary_is_told_with_its_moment() {
    let mut world = World::started(&domain(&["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 600"]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(127.5);
    let lines = ["192.168.1.13: used last; return to the primary due in 580 s, 7500", "192.168.1.14: primary, 32000"];
    assert_eq!(rules(&explain(&world, Method::Invite)), lines);
    world.at(800.0);
    let lines =
        ["192.168.1.14: primary, where the account returns to with this request, 7500", "192.168.1.13: used last"];
    let now = rules(&explain(&world, Method::Invite));
    assert!(now.iter().zip(lines).all(|(line, start)| line.starts_with(start)), "{now:?}");
}

#[test]
fn what_is_passed_over_is_named_with_the_reason() {
    let mut world = World::new(&concurrent(&[]));
    world.down(&[F]);
    world.start();
    world.at(10.0);
    let lines = ["192.168.1.14: primary, 32000", "192.168.1.15: passed over: not registered there, 0"];
    assert_eq!(rules(&explain(&world, Method::Invite)), lines);
    let lines = ["192.168.1.14: primary, 32000", "192.168.1.15: passed over: only server 1 offers this, 0"];
    assert_eq!(rules(&explain(&world, Method::Subscribe)), lines);
}

#[test]
fn a_registration_that_comes_first_is_told() {
    let mut world = World::started(&domain_and_fallback(&["sip_server.1.register_on_enable = 1"]));
    world.at(10.0);
    let expected = [
        (Server::Working, "192.168.1.14:5060/udp".to_owned(), false),
        (Server::Working, "192.168.1.13:5060/udp".to_owned(), true),
        (Server::Fallback, "192.168.1.15:5060/udp".to_owned(), true),
    ];
    assert_eq!(order(&explain(&world, Method::Invite)), expected);
}

#[test]
fn records_are_told_with_their_kind_and_age() {
    let mut world = World::started(&domain(&["sip_server.2.address = 192.168.1.15"]));
    world.at(100.0);
    let text = explain(&world, Method::Invite).to_string();
    assert!(text.contains("live record, 200 s of its TTL left (pbx.example.com)"), "{text}");
    assert!(text.contains("configured as an address (192.168.1.15)"), "{text}");
    world.at(301.0);
    let text = explain(&world, Method::Invite).to_string();
    assert!(text.contains("2 targets known from before; DNS is asked first"), "{text}");
    world.dns = Dns::Silent;
    world.invite();
    world.at(304.0);
    let text = explain(&world, Method::Invite).to_string();
    assert!(text.contains("expired record"), "{text}");

    let lines = ["dns_cache_a.1.name = pbx.example.com", "dns_cache_a.1.ip = 192.168.1.13", "static_cache_pri = 1"];
    let mut world = World::started(&domain(&lines));
    world.at(1.0);
    assert!(explain(&world, Method::Invite).to_string().contains("static record (pbx.example.com)"));
}

#[test]
fn an_account_that_is_not_running_says_so() {
    let world = World::new(&domain(&[]));
    assert_eq!(explain(&world, Method::Invite).remarks, ["the account is not started: a request would be refused"]);
    assert!(world.engine.explain(world.clock(), AccountId(2), Method::Invite).is_err());
}

#[test]
fn a_registration_under_way_elsewhere_is_not_counted_on() {
    let mut world = World::with(&config(11), options());
    world.start();
    for input in [
        Input::Urgent,
        Input::Down(0),
        Input::Answers(2, 5),
        Input::Urgent,
        Input::Reload(0),
        Input::Answers(0, 0),
        Input::Network,
    ] {
        apply(&mut world, input);
    }
    let explanation = explain(&world, Method::Invite);
    assert_eq!(order(&explanation), Real::run(&mut world, Method::Invite), "{explanation}");
}

#[test]
fn what_ends_at_this_very_moment_is_not_told_any_more() {
    let world = |lines: &[&str]| {
        let mut world = World::started(&domain(&[lines, &["sip_server.1.expires = 600"]].concat()));
        world.at(100.0);
        world
    };
    let health = |world: &World, place: usize| explain(world, Method::Invite).candidates[place].health;
    // The backup knows the phone beside the primary, which declined one request.
    let mut beside = world(&["sip_server.1.register_on_enable = 1"]);
    beside.once(P, Reply::code(503));
    beside.invite();
    for (at, is_told) in [(699.999, true), (700.0, false)] {
        beside.at(at);
        assert_eq!(health(&beside, 1).registered_until.is_some(), is_told, "{at}");
    }
    let mut declined = world(&["sip_server.1.quarantine_timeout = 60"]);
    declined.down(&[P]);
    declined.invite();
    for (at, is_told) in [(167.499, true), (167.5, false)] {
        declined.at(at);
        let places = [0, 1].map(|place| health(&declined, place).quarantined_until.is_some());
        assert_eq!(places.contains(&true), is_told, "{at}");
    }
}

#[test]
fn a_target_that_another_request_is_asking_after_its_quarantine_is_told_as_such() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 60"]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(170.0);
    world.invite();
    world.at(171.0);
    let last = "192.168.1.14: tried last: another request is finding out whether it is back, 32000";
    assert_eq!(rules(&explain(&world, Method::Invite))[1], last);
    let mut without = World::started(&domain(&[]));
    without.at(100.0);
    without.down(&[P]);
    without.invite();
    without.at(101.0);
    assert_eq!(rules(&explain(&without, Method::Invite))[0], "192.168.1.14: primary, 7500");
}

#[test]
fn a_server_that_refused_the_account_is_told_as_such() {
    let mut world = World::new(&concurrent(&[]));
    world.always(F, "REGISTER", Reply::code(403));
    world.start();
    world.at(10.0);
    let refused = "192.168.1.15: passed over: its registrar refused the account, 0";
    assert_eq!(rules(&explain(&world, Method::Invite))[1], refused);
}

#[test]
fn a_server_that_a_request_does_not_come_to_for_want_of_dns_is_told_as_not_reached() {
    let mut world = World::new(&domain_and_fallback(&[]));
    world.dns = Dns::Silent;
    world.start();
    world.at(1.0);
    let expected = ["192.168.1.15: comes when it is known what is before it, 0"];
    assert_eq!(rules(&explain(&world, Method::Invite)), expected);
}

#[test]
fn a_request_that_was_withdrawn_finds_out_about_nobody() {
    let mut world = World::started(&domain(&["sip_server.1.quarantine_timeout = 60"]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(170.0);
    let id = world.invite();
    world.at(171.0);
    world.cancel(id);
    assert_eq!(rules(&explain(&world, Method::Invite))[0], "192.168.1.14: primary, 7500");
}

#[test]
fn a_plain_transport_behind_a_tls_target_is_told_as_passed_over() {
    let mut world = tls_and_plain(&[]);
    world.at(10.0);
    let plain = "192.168.1.13: passed over: no plain transport after TLS has failed, 0";
    assert_eq!(rules(&explain(&world, Method::Invite))[1], plain);
}

#[test]
fn a_backup_behind_the_primary_and_the_target_used_last_is_told_as_one() {
    let lines = ["sip_server.1.failback_mode = 3", "sip_server.1.failback_timeout = 60"];
    let mut world = World::new(&domain(&lines));
    world.zone.a("pbx.example.com", 300, &[P, B, F]);
    world.start();
    world.once(P, Reply::silence());
    world.request(Method::Message);
    world.at(100.0);
    assert_eq!(rules(&explain(&world, Method::Invite))[2], "192.168.1.15: backup, 32000");
}
