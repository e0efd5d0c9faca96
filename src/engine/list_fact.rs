//! What the trace is told about a list.

use super::slot::Change;
use crate::account::{RecordOrigin, Trace, What};
use crate::resolve::{Origin, Resolution, ResolvedTarget};
use crate::target::{MAX_TARGETS, TargetList};
use crate::types::{AccountId, Server, Time};
use std::sync::Arc;

/// What a resolution brought.
#[derive(Clone, Debug)]
pub struct ListFact {
    of: (AccountId, Server),
    // `None`: the name led nowhere.
    list: Option<Arc<TargetList>>,
    // Bit n: target n comes from the static records.
    statics: u32,
    // Bit n: target n comes from expired records.
    stale: u32,
    // It led nowhere, and the targets known before serve on.
    old_serves: bool,
}

impl ListFact {
    /// What this resolution brought, and the list of its server after that.
    pub fn new(
        of: (AccountId, Server),
        resolution: &Resolution,
        (change, list): (Change, &Option<Arc<TargetList>>),
    ) -> ListFact {
        let bits = |origin| {
            let bit = |(place, target): (usize, &ResolvedTarget)| u32::from(target.origin == origin) << place;
            resolution.targets.iter().take(MAX_TARGETS).enumerate().map(bit).fold(0, |all, bit| all | bit)
        };
        let is_new = change == Change::New;
        ListFact {
            of,
            list: list.clone().filter(|_| is_new),
            statics: bits(Origin::Static),
            stale: bits(Origin::Stale),
            old_serves: !is_new && list.is_some(),
        }
    }

    /// Puts it into the trace: the list, then each target.
    pub fn note(&self, trace: &mut Trace, now: Time) {
        let (account, server) = self.of;
        let Some(list) = &self.list else { return trace.note(now, account, What::NoList(server, self.old_serves)) };
        trace.note(now, account, What::NewList(server, list.targets().len() as u8));
        for (place, target) in list.targets().iter().enumerate() {
            let origin = match 1 << place {
                bit if self.stale & bit != 0 => RecordOrigin::Stale,
                bit if self.statics & bit != 0 => RecordOrigin::Static,
                _ => RecordOrigin::Regular,
            };
            trace.note_target(now, account, What::ListTarget(server, place as u8, origin), target.key);
        }
    }
}
