//! What is written to the log, and on which level.

use super::world::options;
use super::{P, Reply, World, domain};
use crate::account::LogLevel;
use crate::policy::Method;
use crate::types::TransportFailure;

/// The log of a MESSAGE that the primary cannot take and the backup answers, with this level set.
fn log_of_a_failover(level: LogLevel) -> Vec<(LogLevel, String)> {
    let mut options = options();
    options.account.log_level = level;
    let mut world = World::with(&domain(&[]), options);
    world.start();
    world.at(100.0);
    world.log.clear();
    world.once(P, Reply::failure(TransportFailure::Unreachable).after(200));
    world.request(Method::Message);
    world.at(101.0);
    world.log
}

#[test]
fn a_failure_is_told_at_info_and_each_attempt_at_debug() {
    let failure = (
        LogLevel::Info,
        "account 1: MESSAGE to 192.168.1.14:5060/udp failed after 0.2 s: host or port unreachable".to_owned(),
    );
    let attempts = [
        "account 1: MESSAGE to 192.168.1.14:5060/udp (server 1), up to 7.5 s",
        "account 1: MESSAGE to 192.168.1.13:5060/udp (server 1), up to 32 s",
    ];
    let attempts = attempts.map(|line| (LogLevel::Debug, line.to_owned()));
    assert_eq!(log_of_a_failover(LogLevel::Debug), [attempts[0].clone(), failure.clone(), attempts[1].clone()]);
    assert_eq!(log_of_a_failover(LogLevel::Info), [failure]);
    assert_eq!(log_of_a_failover(LogLevel::Warning), []);
    assert_eq!(log_of_a_failover(LogLevel::Off), []);
}
