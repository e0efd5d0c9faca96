//! One resolution under way.

use super::spec::{Resolution, ResolutionNote, ResolveSpec};
use super::view::{JobView, Sources};
use super::walk::{Walked, walk};
use crate::cache::Known;
use crate::dns::Question;
use crate::types::{SECOND_MS, SortedMap, TimerHandle};

/// A list made because DNS was slow holds for this long only: DNS may have answered by then.
const PROVISIONAL_MS: u64 = 30 * SECOND_MS;

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
    /// True when the wait for DNS is over, as far as static records can serve.
    pub impatient: bool,
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
    /// It needs answers to these.
    Needs(Vec<Question>),
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
            starved: false,
            timer: None,
        }
    }

    /// Walks from the start with what is known now.
    pub fn progress(&self, mut view: JobView<'_>) -> Progress {
        let walked = walk(&self.spec, &mut view);
        if walked.unknown.is_empty() {
            return Progress::Done(resolution(walked, &view, false), view.sources);
        }
        if self.impatient {
            view.impatient = true;
            view.sources = Sources::default();
            let walked = walk(&self.spec, &mut view);
            if !walked.targets.is_empty() && view.sources.statics > 0 {
                return Progress::Done(resolution(walked, &view, true), view.sources);
            }
        }
        Progress::Needs(walked.unknown)
    }
}

fn resolution(walked: Walked, view: &JobView<'_>, provisional: bool) -> Resolution {
    let empty = walked.targets.is_empty();
    let mut valid_until = if empty { walked.retry_at } else { walked.expires };
    let mut notes = walked.notes;
    if provisional {
        valid_until = valid_until.min(view.now.after(PROVISIONAL_MS));
        notes.push(ResolutionNote::DnsSlow);
    }
    let sources = view.sources;
    Resolution {
        targets: walked.targets,
        valid_until,
        dns_answered: sources.cached + sources.fresh > 0,
        failure: empty.then_some(walked.failure),
        notes,
    }
}
