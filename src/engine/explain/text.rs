//! An explanation for people.

use super::facts::{Explanation, Place, ServerFacts};
use super::sentences;
use crate::types::{Cause, Seconds, Server, Time};
use core::fmt;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} of account {} now ({})", self.method.text(), self.account.0, self.redundancy)?;
        for server in &self.servers {
            write_server(f, self.now, server)?;
        }
        for (position, place) in self.candidates.iter().enumerate() {
            write_place(f, self.now, place, Some(position + 1))?;
        }
        for place in &self.passed_over {
            write_place(f, self.now, place, None)?;
        }
        for remark in &self.remarks {
            writeln!(f, "note: {remark}")?;
        }
        Ok(())
    }
}

fn write_server(f: &mut fmt::Formatter<'_>, now: Time, facts: &ServerFacts) -> fmt::Result {
    let ServerFacts { server, host, is_current, registration: (state, cause), binding, targets, .. } = facts;
    let current = if *is_current { ", current" } else { "" };
    write!(f, "server {} {host}{current}: {}", server.number(), state.text())?;
    if *cause != Cause::None {
        write!(f, " ({})", sentences::cause(*cause))?;
    }
    if let Some((target, until)) = binding {
        write!(f, "; registration at {target} lives for another {}", sentences::left(now, *until))?;
    }
    writeln!(f, "; {targets}")
}

fn write_place(f: &mut fmt::Formatter<'_>, now: Time, place: &Place, position: Option<usize>) -> fmt::Result {
    match position {
        Some(position) => write!(f, "{position:2}. ")?,
        None => write!(f, " -  ")?,
    }
    let of_server = if place.server == Server::Working { "server 1" } else { "server 2" };
    write!(f, "{} ({of_server}): {}", place.target, place.rule)?;
    if place.registers_first {
        write!(f, "; a REGISTER goes there first")?;
    }
    if let Some(ms) = place.budget_ms {
        write!(f, "; waits up to {}", Seconds(ms))?;
    }
    writeln!(f)?;
    writeln!(f, "    {} ({})", sentences::origin(now, place.origin), place.host)?;
    writeln!(f, "    {}", sentences::health(now, &place.health))
}
