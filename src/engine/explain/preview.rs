//! What is known about the targets of a server, without asking DNS.

use crate::account::{ListState, Lists};
use crate::config::AccountSettings;
use crate::engine::directory::Directory;
use crate::engine::slot::{Latest, Slot};
use crate::resolve::{ResolvedTarget, Stage};
use crate::target::TargetList;
use crate::types::{AccountId, Server, Time};
use std::sync::Arc;

/// What a walk that began now would find for one server.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Its targets, as far as they are known.
    pub state: ListState,
    /// DNS would be asked first, or is being asked.
    pub asks: bool,
    /// The records behind the targets.
    pub records: Vec<ResolvedTarget>,
    /// Until when the list holds.
    pub valid_until: Time,
}

impl Directory {
    /// What a walk that began now would find. Nobody is asked.
    pub fn preview(&self, now: Time, settings: &AccountSettings, server: Server) -> Option<Preview> {
        let mut slot = match self.known_slot((settings.id, server)) {
            Some(slot) => slot.clone(),
            None => Slot::new(settings, server)?,
        };
        let resolution = self.preview_resolution(now, settings, server);
        slot.drop_too_old(now);
        let mut asks = slot.job.is_some();
        if slot.wants_job(now) {
            match &resolution {
                Some(done) if done.stage == Stage::Done => {
                    slot.take_end(now, done, self.stale_limit_ms(), &mut Latest::default());
                }
                _ => asks = true,
            }
        }
        let state = match slot.state(now) {
            // Nobody waits in a rehearsal.
            ListState::Begun { list, .. } => ListState::Begun { list, waits: false },
            ListState::Failed | ListState::Pending if asks => ListState::Slow,
            other => other,
        };
        let valid_until = slot.valid_until;
        let records = resolution.map(|resolution| resolution.targets).unwrap_or_default();
        Some(Preview { state, asks, records, valid_until })
    }
}

/// Lists for a rehearsal.
pub struct Known<'a> {
    /// Of both servers.
    pub previews: &'a [Option<Preview>; 2],
}

impl Lists for Known<'_> {
    fn get(&mut self, _now: Time, _settings: &AccountSettings, server: Server) -> ListState {
        self.previews[server.index()].as_ref().map_or(ListState::Failed, |preview| preview.state.clone())
    }

    fn get_more(&mut self, now: Time, settings: &AccountSettings, server: Server) -> ListState {
        self.get(now, settings, server)
    }

    fn known(&self, _settings: &AccountSettings, server: Server) -> Option<Arc<TargetList>> {
        match self.previews[server.index()].as_ref()?.state {
            ListState::Ready(ref list) | ListState::Begun { ref list, .. } => Some(list.clone()),
            ListState::Pending | ListState::Slow | ListState::Failed => None,
        }
    }

    fn look_ahead(&mut self, _now: Time, _settings: &AccountSettings, _server: Server, _due: Time) {}

    fn forget(&mut self, _account: AccountId) {}
}
