//! Where would a request go now, and why? The answer as data, as text for people, and as JSON for machines.
//!
//! What decides is what decides about real requests: the account rehearses on a copy of itself, with the target lists
//! as they are known. Nobody is asked, and nothing changes; that is why everything here borrows the engine for reading.

mod facts;
mod json;
mod preview;
mod sentences;
mod text;

pub use facts::{Explanation, Health, Origin, Place, ServerFacts};

use super::inputs::{Engine, InputError};
use crate::account::{Context, Counters, Phase, Trace};
use crate::policy::Method;
use crate::types::{AccountId, Server, Slab, Time};
use preview::{Known, Preview};
use std::collections::VecDeque;

/// Nothing of what follows happens before the network is back.
const NETWORK_DOWN: &str = "the network is down: a request waits until it is up, and goes there then";
/// Attempts and requests that a rehearsal makes beside those that are there.
const ROOM: usize = 512;

impl Engine {
    /// Where a request of this method would go now. Changes nothing: no deadline, no count, no question to DNS.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: the account is not configured, or not enabled.
    pub fn explain(&self, now_ms: u64, id: AccountId, method: Method) -> Result<Explanation, InputError> {
        let now = self.clock.clone().read(now_ms);
        let account = self.account(id).ok_or(InputError::NotFound)?;
        let previews = Server::BOTH.map(|server| self.shared.directory.preview(now, account.settings(), server));
        let rehearsal = match account.phase() {
            Phase::Running => self.rehearse(now, id, method, &previews),
            Phase::Off | Phase::Stopping => None,
        };
        let mut explanation = facts::gather(&self.shared.health, account, (now, method), &previews, rehearsal);
        if self.shared.frozen {
            explanation.remarks.insert(0, NETWORK_DOWN.to_owned());
        }
        Ok(explanation)
    }

    fn rehearse(
        &self,
        now: Time,
        id: AccountId,
        method: Method,
        previews: &[Option<Preview>; 2],
    ) -> Option<crate::account::Rehearsal> {
        let shared = &self.shared;
        let mut ctx = Context {
            now,
            random: &mut shared.random.clone(),
            timers: &mut shared.timers.emptied(),
            requests: &mut shared.requests.copy_of(|request| request.account == id, ROOM),
            attempts: &mut shared.attempts.copy_of(|attempt| attempt.account == id || attempt.is_open(), ROOM),
            dialogs: &mut Slab::new(0),
            // Without a network nothing would be sent; the question is what happens with one.
            frozen: false,
            health: &mut shared.health.clone(),
            actions: &mut VecDeque::new(),
            lists: &mut Known { previews },
            options: &shared.options,
            counters: &mut Counters::default(),
            trace: &mut Trace::default(),
        };
        self.account(id)?.rehearse(&mut ctx, (&shared.health, &shared.timers), method)
    }
}
