//! What a device keeps over a restart: answers of DNS, target lists and registrations, with their ages.
//!
//! A phone that boots while DNS is down registers with what it knew before, at the primary first. Ages count on the wall
//! clock; where that is unknown, then or now, everything counts as expired, and serves only while DNS is silent.
//!
//! A snapshot is read as a whole before any of it is used: one wrong byte, another layout or another program's data, and
//! nothing changes.

mod saved;
mod wire;

use super::inputs::{Engine, InputError};
use crate::account::Phase;
use crate::cache::Answer;
use crate::config::ServerSettings;
use crate::target::Target;
use crate::types::{AccountId, SECOND_MS, Server, Time};
#[cfg(any(test, fuzzing))]
pub use saved::seal;
use saved::{Owner, SavedAnswer, SavedBinding, SavedList, SavedTarget, Snapshot};

/// Milliseconds from `now` to `moment`, negative if it has passed; "never" counts as a year.
fn from_now(moment: Time, now: Time) -> i64 {
    const YEAR_MS: u64 = 31_536_000 * SECOND_MS;
    match now.since(moment) {
        0 => moment.since(now).min(YEAR_MS) as i64,
        passed => -(passed as i64),
    }
}

/// The moment that lies so far from `now`.
fn moment(now: Time, in_ms: i64) -> Time {
    Time(now.0.saturating_add_signed(in_ms))
}

/// What identifies a server in the settings.
fn configured(server: &ServerSettings) -> String {
    format!("{:?} {} {:?}", server.host_text, server.port, server.transport)
}

fn save(target: &Target) -> SavedTarget {
    SavedTarget { key: target.key, host: target.host().as_str().to_owned(), ttl_s: target.ttl_s }
}

fn restore(saved: &SavedTarget) -> Target {
    Target::new(saved.key, &saved.host, saved.ttl_s)
}

impl Engine {
    /// Everything that a restart should not cost. `unix_ms`: milliseconds since 1970, or 0 if the time of day is unknown.
    pub fn export(&mut self, now_ms: u64, unix_ms: u64) -> Vec<u8> {
        let now = self.read_clock(now_ms);
        let mut snapshot = Snapshot { unix_ms, ..Snapshot::default() };
        let answer = |question: &_, answer: &Answer, is_hint| SavedAnswer {
            question: Clone::clone(question),
            is_hint,
            content: answer.content.clone(),
            expires_in_ms: from_now(answer.expires, now),
        };
        for (question, answered, hint) in self.directory().resolver().0.known() {
            snapshot.answers.extend(answered.map(|known| answer(question, known, false)));
            snapshot.answers.extend(hint.map(|known| answer(question, known, true)));
        }
        for (account, server) in self.servers() {
            let Some(owner) = self.owner(account, server) else { continue };
            if let Some((list, valid_until)) = self.directory().last_list((account, server)) {
                snapshot.lists.push(SavedList {
                    owner: owner.clone(),
                    targets: list.targets().iter().map(save).collect(),
                    expires_in_ms: from_now(valid_until, now),
                });
            }
            if let Some((target, expires)) = self.account(account).and_then(|known| known.binding(server)) {
                let (target, expires_in_ms) = (save(target), from_now(expires, now));
                snapshot.bindings.push(SavedBinding { owner, target, expires_in_ms });
            }
        }
        snapshot.write()
    }

    /// Takes over what [`Engine::export`] gave before a restart. Lists and registrations of servers that are not
    /// configured as they were then are left out. `unix_ms` as there.
    ///
    /// # Errors
    /// [`InputError::State`]: an account has been started already. [`InputError::Malformed`]: these bytes are no snapshot
    /// of this version, or damaged. Nothing has changed then.
    pub fn import(&mut self, now_ms: u64, unix_ms: u64, bytes: &[u8]) -> Result<(), InputError> {
        let now = self.read_clock(now_ms);
        if self.servers().any(|(id, _)| self.account(id).is_some_and(|account| account.phase() != Phase::Off)) {
            return Err(InputError::State);
        }
        let snapshot = Snapshot::read(bytes).map_err(|_| InputError::Malformed)?;
        let is_known = unix_ms != 0 && snapshot.unix_ms != 0 && unix_ms >= snapshot.unix_ms;
        let passed = is_known.then(|| i64::try_from(unix_ms - snapshot.unix_ms).unwrap_or(i64::MAX));
        // Where nobody knows how much time has passed, nothing holds any more, and nothing is too old yet.
        let age = |in_ms: i64| passed.map_or(in_ms.min(0), |passed| in_ms.saturating_sub(passed));
        for saved in snapshot.answers {
            let expires = moment(now, age(saved.expires_in_ms));
            let (resolver, _) = self.directory().resolver();
            resolver.restore(now, saved.question, saved.content, expires, saved.is_hint);
        }
        for saved in snapshot.lists {
            if self.is_owned(&saved.owner) {
                let targets: Vec<Target> = saved.targets.iter().map(restore).collect();
                let expires = moment(now, age(saved.expires_in_ms));
                self.restore_list(saved.owner.account, saved.owner.server, targets, expires);
            }
        }
        for saved in snapshot.bindings {
            let remains = passed.map_or(saved.expires_in_ms, |passed| saved.expires_in_ms.saturating_sub(passed));
            if self.is_owned(&saved.owner) && remains > 0 {
                let (target, expires) = (restore(&saved.target), moment(now, remains));
                self.restore_binding(saved.owner.account, saved.owner.server, target, expires);
            }
        }
        Ok(())
    }

    fn servers(&self) -> impl Iterator<Item = (AccountId, Server)> + use<> {
        let count = self.account_places() as u32;
        (1..=count).flat_map(|id| Server::BOTH.map(|server| (AccountId(id), server)))
    }

    fn owner(&self, account: AccountId, server: Server) -> Option<Owner> {
        let settings = self.account(account)?.settings().server(server)?;
        Some(Owner { account, server, configured: configured(settings) })
    }

    fn is_owned(&self, owner: &Owner) -> bool {
        self.owner(owner.account, owner.server).as_ref() == Some(owner)
    }

    fn restore_list(&mut self, account: AccountId, server: Server, targets: Vec<Target>, expires: Time) {
        let Some(settings) = self.account(account).map(|account| account.settings().clone()) else { return };
        self.directory().restore(&settings, server, targets, expires);
    }

    fn restore_binding(&mut self, account: AccountId, server: Server, target: Target, expires: Time) {
        let Some(settings) = self.account(account).map(|account| account.settings().clone()) else { return };
        if let Some(list) = self.directory().make_list(&settings, server, vec![target]) {
            self.remember_binding(account, server, list, expires);
        }
    }
}
