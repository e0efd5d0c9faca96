//! One resolution under way.

use super::spec::{Resolution, ResolutionNote, ResolveSpec, Stage};
use super::view::{JobView, Sources};
use super::walk::{Walked, walk};
use crate::cache::Known;
use crate::dns::Question;
use crate::types::{SortedMap, TimerHandle};

/// A job.
#[derive(Debug)]
pub struct Job {
    /// What is to be resolved.
    pub spec: ResolveSpec,
    /// Serial of the cache at the start: what has a higher one is news.
    pub since: u64,
    /// Questions that were asked for this job and are not settled.
    pub waiting: Vec<Question>,
    /// What arrived for this job.
    pub held: SortedMap<Question, Known>,
    /// True when the wait for DNS is over: what is unknown does not hold up the rest any longer.
    pub impatient: bool,
    /// How many first targets have been handed out.
    pub shown: usize,
    /// True if questions of this job could not be asked for want of room.
    pub starved: bool,
    /// Ends the wait.
    pub timer: Option<TimerHandle>,
}

/// How far a job has come.
#[derive(Debug)]
pub struct Progress {
    /// It needs answers to these; none: it is done.
    pub needs: Vec<Question>,
    /// Its last list, or one that serves meanwhile, if there is a new one.
    pub list: Option<Resolution>,
    /// Where that list comes from.
    pub sources: Sources,
}

impl Job {
    /// A job that begins now, with the cache as it is.
    pub fn new(spec: ResolveSpec, since: u64) -> Job {
        Job {
            spec,
            since,
            waiting: Vec::new(),
            held: SortedMap::default(),
            impatient: false,
            shown: 0,
            starved: false,
            timer: None,
        }
    }

    /// Walks from the start with what is known now. `room` is an empty list whose memory is used again.
    pub fn progress(&self, mut view: JobView<'_>, room: Vec<Question>) -> Progress {
        let mut walked = walk(&self.spec, &mut view, room);
        let needs = core::mem::take(&mut walked.unknown);
        let stage = if needs.is_empty() {
            Stage::Done
        } else if self.impatient {
            view.impatient = true;
            view.sources = Sources::default();
            walked = walk(&self.spec, &mut view, Vec::new());
            Stage::Waited
        } else {
            walked.targets.truncate(walked.settled);
            Stage::Begun
        };
        // The first targets only become more. After the wait any of them may have changed, which is rare enough.
        let is_news = stage != Stage::Begun || walked.targets.len() > self.shown;
        let list = is_news.then(|| resolution(walked, &view, stage));
        Progress { needs, list, sources: view.sources }
    }
}

fn resolution(walked: Walked, view: &JobView<'_>, stage: Stage) -> Resolution {
    let empty = walked.targets.is_empty();
    let mut notes = walked.notes;
    if view.sources.stale > 0 || view.impatient && view.sources.statics > 0 {
        notes.push(ResolutionNote::WithoutDns);
    }
    Resolution {
        stage,
        targets: walked.targets,
        valid_until: if empty { walked.retry_at } else { walked.expires },
        retry_at: walked.retry_at,
        query_failed: walked.query_failed,
        failure: empty.then_some(walked.failure),
        notes,
    }
}
