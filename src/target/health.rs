//! What is known about targets that failed.

use super::TargetKey;
use crate::types::{AttemptId, Cause, Time};
use core::net::IpAddr;

/// Entries in the table. A phone knows a handful of targets; a gateway with many domains loses only its oldest memory.
const MAX_ENTRIES: usize = 1024;

/// When and why a target failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The moment of the last failure.
    pub at: Time,
    /// The last failure.
    pub cause: Cause,
    /// The attempt that is to find out whether the target is back.
    pub probe: Option<AttemptId>,
}

/// Silence and transport failures by target, shared by all accounts.
#[derive(Clone, Debug, Default)]
pub struct HealthTable {
    // Sorted by key. A vector, because a warm one allocates nothing.
    failed: Vec<(TargetKey, Failure)>,
}

impl HealthTable {
    /// Notes a failure.
    pub fn failed(&mut self, key: TargetKey, now: Time, cause: Cause) {
        let failure = Failure { at: now, cause, probe: None };
        match self.find(key) {
            Ok(position) => self.failed[position].1 = failure,
            Err(position) => {
                self.failed.insert(position, (key, failure));
                if self.failed.len() > MAX_ENTRIES {
                    self.drop_oldest();
                }
            }
        }
    }

    /// Notes the attempt that finds out about a target that failed.
    pub fn probed(&mut self, key: TargetKey, attempt: AttemptId) {
        if let Ok(position) = self.find(key) {
            self.failed[position].1.probe = Some(attempt);
        }
    }

    /// Notes a sign of life. True if the target counted as failed.
    pub fn alive(&mut self, key: TargetKey) -> bool {
        match self.find(key) {
            Ok(position) => {
                self.failed.remove(position);
                true
            }
            Err(_) => false,
        }
    }

    /// Notes a sign of life of whatever has this address, and this port where one is given.
    pub fn heard_from(&mut self, ip: IpAddr, port: Option<u16>) {
        self.failed.retain(|(key, _)| !key.is_at(ip, port));
    }

    /// The last failure, if nothing was heard from the target since.
    #[must_use]
    pub fn failure(&self, key: TargetKey) -> Option<Failure> {
        self.find(key).ok().map(|position| self.failed[position].1)
    }

    /// Forgets everything: the network changed.
    pub fn clear(&mut self) {
        self.failed.clear();
    }

    fn find(&self, key: TargetKey) -> Result<usize, usize> {
        self.failed.binary_search_by_key(&key, |entry| entry.0)
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = (0..self.failed.len()).min_by_key(|&i| self.failed[i].1.at) {
            self.failed.remove(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HealthTable, MAX_ENTRIES};
    use crate::target::TargetKey;
    use crate::types::{Cause, Time, Transport};
    use core::net::{IpAddr, Ipv4Addr, SocketAddr};

    fn key(n: u32) -> TargetKey {
        let ip = IpAddr::V4(Ipv4Addr::from(n));
        TargetKey { transport: Transport::Udp, address: SocketAddr::new(ip, 5060) }
    }

    #[test]
    fn whoever_was_heard_from_is_alive_at_any_port_or_at_the_one_that_is_named() {
        for (port, is_dead) in [(None, false), (Some(5060), false), (Some(5062), true)] {
            let mut table = HealthTable::default();
            table.failed(key(1), Time(5), Cause::Timeout);
            table.failed(key(2), Time(5), Cause::Timeout);
            table.heard_from(key(1).address.ip(), port);
            assert_eq!([1, 2].map(|n| table.failure(key(n)).is_some()), [is_dead, true], "{port:?}");
        }
    }

    #[test]
    fn a_sign_of_life_ends_a_failure() {
        let mut table = HealthTable::default();
        table.failed(key(1), Time(5), Cause::Timeout);
        assert_eq!(table.failure(key(1)).map(|f| f.at), Some(Time(5)));
        assert!(table.alive(key(1)));
        assert_eq!(table.failure(key(1)), None);
        assert!(!table.alive(key(1)));
    }

    #[test]
    fn a_full_table_forgets_its_oldest_entry() {
        let mut table = HealthTable::default();
        for n in 0..=MAX_ENTRIES as u32 {
            table.failed(key(n), Time(u64::from(n)), Cause::Timeout);
        }
        assert_eq!(table.failure(key(0)), None);
        assert!(table.failure(key(1)).is_some());
    }
}
