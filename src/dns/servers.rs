//! Which DNS server to ask next.

use crate::types::{SECOND_MS, Time};

/// DNS servers that are used; further ones are never asked. Phones are given two.
pub const MAX_SERVERS: usize = 8;
/// A server that failed is asked last for this long. Long enough that a dead server costs one query in half a minute,
/// short enough that it is back in its place soon after a restart.
const BACK_OFF_MS: u64 = 30 * SECOND_MS;
/// A server that does not know EDNS is not offered it for this long: it may be replaced or updated at any time.
const PLAIN_MS: u64 = 600 * SECOND_MS;

#[derive(Clone, Copy, Debug, Default)]
struct Health {
    last_until: Time,
    plain_until: Time,
}

/// The configured servers and what is known of them.
#[derive(Debug, Default)]
pub struct Servers {
    count: usize,
    health: [Health; MAX_SERVERS],
}

impl Servers {
    /// Other servers: what was known of the old ones is forgotten.
    pub fn set(&mut self, count: usize) {
        *self = Servers { count: count.min(MAX_SERVERS), health: Default::default() };
    }

    /// Number of servers.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// This server failed to answer.
    pub fn failed(&mut self, now: Time, index: usize) {
        if let Some(health) = self.health.get_mut(index) {
            health.last_until = now.after(BACK_OFF_MS);
        }
    }

    /// This server answered.
    pub fn answered(&mut self, index: usize) {
        if let Some(health) = self.health.get_mut(index) {
            health.last_until = Time::default();
        }
    }

    /// This server does not know EDNS.
    pub fn without_edns(&mut self, now: Time, index: usize) {
        if let Some(health) = self.health.get_mut(index) {
            health.plain_until = now.after(PLAIN_MS);
        }
    }

    /// True if the server should be offered EDNS.
    pub fn knows_edns(&self, now: Time, index: usize) -> bool {
        self.health.get(index).is_none_or(|health| health.plain_until <= now)
    }

    /// The next server for a query that asked each server `tries` times and gave up on those in `given_up`: the one
    /// asked least, of these a healthy one, of these the first. `None` when each had `limit` tries.
    pub fn next(&self, now: Time, tries: &[u32; MAX_SERVERS], given_up: u32, limit: u32) -> Option<usize> {
        (0..self.count)
            .filter(|index| given_up & (1 << index) == 0 && tries[*index] < limit)
            .min_by_key(|index| (tries[*index], self.health[*index].last_until > now, *index))
    }
}
