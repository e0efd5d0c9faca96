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

/// What a job needs next.
#[derive(Debug)]
pub enum Progress {
    /// It is done.
    Done(Resolution, Sources),
    /// It needs answers to these. A list that serves meanwhile, if there is a new one.
    Needs(Vec<Question>, Option<Resolution>),
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

    /// Walks from the start with what is known now.
    pub fn progress(&self, mut view: JobView<'_>) -> Progress {
        let mut walked = walk(&self.spec, &mut view);
        if walked.unknown.is_empty() {
            return Progress::Done(resolution(walked, &view, Stage::Done), view.sources);
        }
        let unknown = core::mem::take(&mut walked.unknown);
        let stage = if self.impatient {
            view.impatient = true;
            view.sources = Sources::default();
            walked = walk(&self.spec, &mut view);
            Stage::Waited
        } else {
            walked.targets.truncate(walked.settled);
            Stage::Begun
        };
        // The first targets only become more. After the wait any of them may have changed, which is rare enough.
        let is_news = stage == Stage::Waited || walked.targets.len() > self.shown;
        Progress::Needs(unknown, is_news.then(|| resolution(walked, &view, stage)))
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
        retry_at: walked.failed_until,
        query_failed: walked.query_failed,
        failure: empty.then_some(walked.failure),
        notes,
    }
}
