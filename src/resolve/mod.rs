//! Third floor: from a configured host to an ordered list of targets (RFC 3263).
//!
//! Purpose: answer "where can requests for this host go, in which order?", asking DNS what is not known yet.
//!
//! The steps of RFC 3263 (NAPTR, then SRV, then addresses) are one pure function that always walks from the start and
//! looks everything up in a view of what is known. Where the view says *unknown*, the walk notes the question and goes
//! on with whatever does not depend on it; so one pass finds all questions that can be asked in parallel. Whenever an
//! answer arrives the walk is simply repeated, until nothing it needs is unknown. A cold chain, a half-filled cache,
//! a question shared by ten accounts and static records that complete live ones are thus one mechanism.
//!
//! Vocabulary:
//! * **job**: one resolution under way. It ends exactly once with a [`Resolution`], unless it is cancelled.
//! * **view**: how one job sees cache, static records and DNS servers. Which of static and live wins is decided here,
//!   for each question on its own.
//! * **leads nowhere**: a record that is fine, but behind which there is no address.
//! * **not offered**: a single SRV record with the target "." (RFC 2782): a decided no, not a gap to be filled by
//!   address records.
//!
//! Order of the list: NAPTR order and preference; SRV priority, then weight; addresses as received. Where the records
//! leave a choice, it is drawn from a number that belongs to the account, and from the records themselves: the same
//! account with the same records has the same list, however often and in whichever order DNS repeats them, while the
//! accounts of a fleet spread.
//!
//! Invariants:
//! * A domain that publishes NAPTR records usable here is reached only through them; without usable ones SRV is asked,
//!   and without SRV the addresses are. A question that failed counts as one without result: many home routers answer
//!   neither NAPTR nor SRV.
//! * No list is longer than 32 targets and none has a target twice.
//! * A job that asks for fresh answers takes only what arrived since it started. It also keeps what arrived for it, so
//!   that neither a TTL of zero nor a full cache can make it ask twice.
//! * An empty list says why it is empty.
//! * A job hands out what it has before its end: the first targets as soon as nothing better can come before them, and
//!   all that is known when the wait for DNS is over. Its last list is complete.
//! * Records that have expired serve on while no DNS server answers a question, at most for the stale limit; static
//!   records come before them, and an answer that says "no such name" removes them (RFC 8767).
//!
//! Limits: 256 jobs, 16 questions of one job in flight at once, 128 look-ups in one walk, NAPTR chains of 4, aliases
//! of 8 questions, 32 targets.
//!
//! RFC 3263 §4, 2782, 3403, 7984 (both address families), 2308, 8767, 9520.

mod job;
mod naptr;
mod order;
mod resolver;
mod spec;
mod view;
mod walk;

pub use resolver::{JobsFull, ResolveCounters, ResolveOutput, Resolver, ResolverOptions, Settled};
pub use spec::{JobId, Origin, Resolution, ResolutionFailure, ResolutionNote, ResolveSpec, ResolvedTarget, Stage};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
