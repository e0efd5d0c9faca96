//! What must hold in every run, whatever it is about.

use crate::account::{Attempt, DoneReport, Purpose};
use crate::policy::{Method, full_budget, retry_budget};
use crate::types::{AccountId, AttemptId, RequestId, Server};
use std::collections::{BTreeMap, BTreeSet};

/// Watches the actions of an engine.
#[derive(Default)]
pub struct Watch {
    // Requests of the firmware without a completion.
    open: BTreeSet<RequestId>,
    ended: BTreeSet<RequestId>,
    // REGISTERs under way that keep or look for a binding.
    registering: BTreeMap<(AccountId, Server), AttemptId>,
    pub t1_ms: u64,
}

impl Watch {
    pub fn new(t1_ms: u64) -> Watch {
        Watch { t1_ms, ..Watch::default() }
    }

    pub fn started(&mut self, id: RequestId) {
        assert!(!self.ended.contains(&id), "an id is used twice");
        self.open.insert(id);
    }

    /// The caller withdrew a request: nothing may be heard of it any more.
    pub fn cancelled(&mut self, id: RequestId) {
        assert!(self.open.remove(&id), "a request that had ended was cancelled");
        self.ended.insert(id);
    }

    pub fn sent(&mut self, id: AttemptId, attempt: &Attempt) {
        if attempt.purpose == Purpose::Request {
            // A request can be sent before the call that starts it has told its id.
            assert!(!self.ended.contains(&attempt.request), "an attempt after the end of its request");
        }
        let by_retries = |retries| {
            retry_budget(attempt.method, attempt.target().key.transport, retries, self.t1_ms) == attempt.budget
        };
        let is_full = attempt.budget == full_budget(attempt.method, self.t1_ms);
        assert!(is_full || (0..=20).any(by_retries), "a budget out of nowhere: {:?}", attempt.budget);
        if matches!(attempt.purpose, Purpose::Register | Purpose::Probe) {
            let is_probe = attempt.method == Method::Options && attempt.purpose == Purpose::Probe;
            assert!(is_probe || attempt.method == Method::Register);
            if is_probe {
                return;
            }
            let former = self.registering.insert((attempt.account, attempt.server), id);
            assert_eq!(former, None, "two registration walks at one server");
        }
    }

    /// A report settled the attempt, or the engine left it.
    pub fn settled(&mut self, id: AttemptId) {
        self.registering.retain(|_, under_way| *under_way != id);
    }

    pub fn done(&mut self, id: RequestId, report: &DoneReport) {
        assert!(self.ended.insert(id), "a second completion, or one after a cancel: {report:?}");
        self.open.remove(&id);
    }

    pub fn open(&self) -> Vec<RequestId> {
        self.open.iter().copied().collect()
    }
}
