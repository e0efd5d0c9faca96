use super::{Failed, Pick, Start, Walk};
use crate::target::{Target, TargetKey, TargetList};
use crate::types::{Cause, Server, Transport};
use std::sync::Arc;

fn list(targets: &[(Transport, &str)]) -> Arc<TargetList> {
    let targets = targets.iter().map(|(transport, address)| {
        Target::new(TargetKey { transport: *transport, address: address.parse().unwrap() }, "h", 0)
    });
    Arc::new(TargetList::new(targets, "h", "h"))
}

fn order(mut walk: Walk, dead: bool, held: impl Fn(TargetKey) -> bool, avoid: bool) -> Vec<(u32, u8)> {
    let mut order = Vec::new();
    while let Pick::Target(server, index) = walk.pick(|_, key| held(key), avoid) {
        walk.try_target(server, index);
        walk.note_failure(Failed { server, index, cause: Cause::Timeout }, dead, None);
        order.push((server.number(), index));
    }
    order
}

fn walk_over(first: Arc<TargetList>, second: Option<Arc<TargetList>>) -> Walk {
    let mut walk = Walk::new(Server::Working, second.as_ref().map(|_| Server::Fallback));
    walk.set_list(Server::Working, first, Start::Primary, false);
    if let Some(second) = second {
        walk.set_list(Server::Fallback, second, Start::Primary, false);
    }
    walk
}

fn two_transports() -> Arc<TargetList> {
    let (tcp, udp) = (Transport::Tcp, Transport::Udp);
    list(&[(tcp, "192.0.2.1:5060"), (tcp, "192.0.2.2:5060"), (udp, "192.0.2.1:5060"), (udp, "192.0.2.2:5060")])
}

#[test]
fn targets_on_a_dead_address_move_to_the_end_of_the_whole_walk() {
    let second = list(&[(Transport::Udp, "192.0.2.9:5060")]);
    let walk = || walk_over(two_transports(), Some(second.clone()));
    assert_eq!(order(walk(), true, |_| false, true), [(1, 0), (1, 1), (2, 0), (1, 2), (1, 3)]);
    assert_eq!(order(walk(), true, |_| false, false), [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0)]);
    assert_eq!(order(walk(), false, |_| false, true), [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0)]);
}

#[test]
fn held_targets_are_tried_last_in_their_list_and_never_dropped() {
    let held = |key: TargetKey| key.transport == Transport::Tcp;
    assert_eq!(order(walk_over(two_transports(), None), false, held, true), [(1, 2), (1, 3), (1, 0), (1, 1)]);
}

fn key(address: &str) -> TargetKey {
    TargetKey { transport: Transport::Udp, address: address.parse().unwrap() }
}

fn three_targets(start: Start) -> Walk {
    let udp = Transport::Udp;
    let targets = [(udp, "192.0.2.1:5060"), (udp, "192.0.2.2:5060"), (udp, "192.0.2.3:5060")];
    let mut walk = Walk::new(Server::Working, None);
    walk.set_list(Server::Working, list(&targets), start, false);
    walk
}

#[test]
fn a_walk_begins_where_it_is_told_and_goes_on_in_list_order() {
    let indexes = |start| order(three_targets(start), false, |_| false, true).into_iter().map(|(_, index)| index);
    let order_from = |start| indexes(start).collect::<Vec<u8>>();
    assert_eq!(order_from(Start::At(key("192.0.2.2:5060"))), [1, 0, 2]);
    assert_eq!(order_from(Start::BackAtPrimary(key("192.0.2.3:5060"))), [0, 2, 1]);
    assert_eq!(order_from(Start::BackAtPrimary(key("192.0.2.1:5060"))), [0, 1, 2]);
    assert_eq!(order_from(Start::At(key("192.0.2.9:5060"))), [0, 1, 2], "a target that is listed no more");
}

#[test]
fn only_silence_of_those_before_it_makes_a_target_the_new_one() {
    let mut walk = three_targets(Start::At(key("192.0.2.2:5060")));
    assert!(walk.passed_only_dead(Server::Working, 1, |_| false));
    assert!(!walk.passed_only_dead(Server::Working, 0, |_| false));
    assert!(walk.passed_only_dead(Server::Working, 0, |known| known == key("192.0.2.2:5060")));
    walk.try_target(Server::Working, 1);
    walk.note_failure(Failed { server: Server::Working, index: 1, cause: Cause::Response(503) }, false, None);
    assert!(!walk.passed_only_dead(Server::Working, 0, |_| false));
    walk.note_failure(Failed { server: Server::Working, index: 1, cause: Cause::Timeout }, true, None);
    assert!(walk.passed_only_dead(Server::Working, 0, |_| false));
}

#[test]
fn the_last_target_is_the_one_after_which_nothing_can_follow() {
    let mut walk = Walk::new(Server::Working, Some(Server::Fallback));
    walk.set_list(Server::Working, list(&[(Transport::Udp, "192.0.2.1:5060")]), Start::Primary, false);
    assert!(!walk.is_last(Server::Working, 0, |_| true));
    assert!(walk.is_last(Server::Working, 0, |server| server == Server::Working));
    walk.close(Server::Fallback);
    assert!(walk.is_last(Server::Working, 0, |_| true));
    walk.more_behind = true;
    assert!(!walk.is_last(Server::Working, 0, |_| true));
}

#[test]
fn plain_targets_are_passed_over_after_tls_failed_unless_that_is_allowed() {
    let (tls, udp) = (Transport::Tls, Transport::Udp);
    let mixed = || list(&[(udp, "192.0.2.1:5060"), (tls, "192.0.2.2:5061"), (udp, "192.0.2.3:5060")]);
    let backup = || list(&[(udp, "192.0.2.9:5060")]);
    let walk = || walk_over(mixed(), Some(backup()));
    assert_eq!(order(walk(), true, |_| false, true), [(1, 0), (1, 1), (2, 0)], "server 2 is another matter");
    let allowed = Walk { no_plain_after_tls: false, ..walk() };
    assert_eq!(order(allowed, true, |_| false, true), [(1, 0), (1, 1), (1, 2), (2, 0)]);
    let mut walk = walk_over(mixed(), None);
    for index in 0..2 {
        assert!(!walk.found_dead(Server::Working, true));
        walk.try_target(Server::Working, index);
        walk.note_failure(Failed { server: Server::Working, index, cause: Cause::Timeout }, true, None);
    }
    assert!(walk.found_dead(Server::Working, true), "what is out of bounds does not keep it alive");
}

#[test]
fn targets_that_follow_come_behind_those_there_are() {
    let mut walk = Walk::new(Server::Working, None);
    let udp = Transport::Udp;
    walk.set_list(Server::Working, list(&[(udp, "192.0.2.2:5060")]), Start::Primary, true);
    assert_eq!(walk.pick(|_, _| false, true), Pick::Target(Server::Working, 0));
    assert!(!walk.is_last(Server::Working, 0, |_| true), "more may follow");
    walk.try_target(Server::Working, 0);
    walk.note_failure(Failed { server: Server::Working, index: 0, cause: Cause::Timeout }, true, None);
    assert!(!walk.found_dead(Server::Working, true));
    assert_eq!(walk.pick(|_, _| false, true), Pick::NeedList(Server::Working));
    let all = list(&[(udp, "192.0.2.1:5060"), (udp, "192.0.2.2:5060"), (udp, "192.0.2.3:5060")]);
    walk.set_list(Server::Working, all, Start::Primary, false);
    assert_eq!(order(walk, true, |_| false, true), [(1, 1), (1, 2)]);
}

#[test]
fn a_server_is_dead_when_every_target_or_its_address_was_dead() {
    let mut walk = walk_over(two_transports(), None);
    let fail = |walk: &mut Walk, index, dead| {
        walk.try_target(Server::Working, index);
        walk.note_failure(Failed { server: Server::Working, index, cause: Cause::Timeout }, dead, None);
    };
    fail(&mut walk, 0, true);
    assert!(!walk.found_dead(Server::Working, true));
    fail(&mut walk, 1, true);
    assert!(walk.found_dead(Server::Working, true));
    assert!(!walk.found_dead(Server::Working, false));
    fail(&mut walk, 2, false);
    assert!(!walk.found_dead(Server::Working, true));
}

#[test]
fn the_smallest_wish_counts_only_if_every_target_had_one() {
    let mut walk = walk_over(two_transports(), None);
    let failed = Failed { server: Server::Working, index: 0, cause: Cause::Response(503) };
    walk.note_failure(failed, false, Some(120));
    walk.note_failure(failed, false, Some(60));
    assert_eq!(walk.retry_after_s, Some(60));
    walk.note_failure(failed, false, None);
    assert_eq!(walk.retry_after_s, None);
    walk.note_failure(failed, false, Some(5));
    assert_eq!(walk.retry_after_s, None);
}

#[test]
fn an_address_that_was_dead_before_a_list_came_is_avoided_there_as_well() {
    let udp = Transport::Udp;
    let mut walk = Walk::new(Server::Working, Some(Server::Fallback));
    walk.set_list(Server::Working, list(&[(udp, "192.0.2.1:5060")]), Start::Primary, true);
    walk.try_target(Server::Working, 0);
    walk.note_failure(Failed { server: Server::Working, index: 0, cause: Cause::Timeout }, true, None);
    let more = list(&[(udp, "192.0.2.1:5062"), (udp, "192.0.2.2:5060")]);
    assert!(walk.set_list(Server::Working, more.clone(), Start::Primary, false));
    assert!(!walk.set_list(Server::Working, more, Start::Primary, false));
    let other = list(&[(udp, "192.0.2.1:5064"), (udp, "192.0.2.3:5060")]);
    assert!(walk.set_list(Server::Fallback, other, Start::Primary, false));
    assert_eq!(order(walk, false, |_| false, true), [(1, 2), (2, 1), (1, 1), (2, 0)]);
}

#[test]
fn as_many_failures_are_remembered_as_two_full_lists_have_targets() {
    let mut walk = walk_over(two_transports(), None);
    for _ in 0..300 {
        walk.note_failure(Failed { server: Server::Working, index: 0, cause: Cause::Timeout }, true, None);
    }
    assert_eq!(walk.failures().count(), 64);
}
