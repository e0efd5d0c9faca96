//! The page about insight shows real outputs.

use super::{B, P, World, domain_and_fallback};
use crate::engine::TraceFormat;
use crate::policy::Method;
use crate::types::AccountId;

const PAGE: &str = include_str!("../../../docs/insight.md");
/// 2026-11-22 14:00:00 UTC, the time of day at the start of the world.
const START: u64 = 1_795_356_000_000;

/// At 14:03:10 somebody calls, but both servers of the domain are dead; the page asks at 14:04.
fn world() -> World {
    let mut world = World::started(&domain_and_fallback(&["fallback.timeout = 120"]));
    world.at(180.0);
    world.down(&[P, B]);
    world.at(190.0);
    world.invite();
    world.at(240.0);
    world
}

#[track_caller]
fn page_shows(output: &str) {
    let block = format!("```text\n{}\n```", output.trim_end());
    assert!(PAGE.contains(&block), "docs/insight.md does not show\n{block}");
}

#[test]
fn the_explanation_is_as_shown() {
    let world = world();
    page_shows(&world.engine.explain(world.clock(), AccountId(1), Method::Invite).unwrap().to_string());
}

#[test]
fn the_trace_is_as_shown() {
    let world = world();
    let told = world.engine.trace(world.clock(), START + world.now, TraceFormat::Text);
    let since: Vec<&str> = told.lines().skip_while(|line| !line.contains("14:03:10")).collect();
    page_shows(&since.join("\n"));
}

#[test]
fn the_lines_of_json_are_as_shown() {
    let world = world();
    let told = world.engine.trace(world.clock(), START + world.now, TraceFormat::JsonLines);
    let takes_over = told.lines().find(|line| line.contains("\"fallback_entered\"")).unwrap();
    page_shows(takes_over);
}

#[test]
fn the_ladder_is_as_shown() {
    let mut world = World::started(&super::successive(&["sip_server.1.quarantine_timeout = 60"]));
    world.at(100.0);
    world.down(&[P]);
    world.invite();
    world.at(108.0);
    page_shows(&world.engine.trace(world.clock(), START + world.now, TraceFormat::Ladder));
}
