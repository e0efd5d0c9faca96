//! The trace of an engine, told: as lines, as JSON Lines, or as a message ladder.

mod json_lines;
mod ladder;
mod moment;
mod words;

use super::inputs::Engine;
use super::json::Json;
use crate::account::Record;
use moment::Moments;

/// How the trace is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TraceFormat {
    /// A line for each fact.
    Text,
    /// A JSON object for each fact.
    JsonLines,
    /// A lane for each target.
    Ladder,
}

impl Engine {
    /// What happened and what was decided, oldest first. `unix_ms`: the time of day, milliseconds since 1970 UTC; 0 if it is
    /// unknown. Changes nothing.
    #[must_use]
    pub fn trace(&self, now_ms: u64, unix_ms: u64, format: TraceFormat) -> String {
        let moments = Moments { now: self.clock.clone().read(now_ms), unix_ms };
        let records: Vec<&Record> = self.shared.trace.iter().collect();
        let mut text = String::new();
        match format {
            TraceFormat::Text => {
                for record in &records {
                    text.push_str(&format!("{}  {}\n", moments.text(record.at), words::line(record)));
                }
            }
            TraceFormat::JsonLines => {
                let mut json = Json::default();
                for record in &records {
                    json_lines::write(&mut json, &moments, record);
                }
                text = json.finish();
            }
            TraceFormat::Ladder => text = ladder::draw(&moments, &records),
        }
        text
    }
}
