//! The trace as a message ladder: the phone on the left, a lane for each target.

use super::moment::Moments;
use super::words;
use crate::account::{Record, Subject, What};
use crate::target::TargetKey;

/// Lanes that fit beside each other. Messages with further targets are told in words.
const MAX_LANES: usize = 8;
/// Characters from one lane to the next.
const WIDTH: usize = 14;

/// Draws the ladder.
pub fn draw(moments: &Moments, records: &[&Record]) -> String {
    let mut lanes: Vec<TargetKey> = Vec::new();
    for record in records.iter().filter(|record| message(record.what).is_some()) {
        if let Subject::Target(key) = record.subject
            && lanes.len() < MAX_LANES
            && !lanes.contains(&key)
        {
            lanes.push(key);
        }
    }
    let mut text = String::new();
    for (place, key) in lanes.iter().enumerate() {
        text.push_str(&format!("lane {}: {key}\n", place + 1));
    }
    let width = records.iter().map(|record| moments.short(record.at).len()).max().unwrap_or(0);
    let heads: String = (1..=lanes.len()).map(|lane| format!("{lane:>WIDTH$}")).collect();
    if !lanes.is_empty() {
        text.push_str(&format!("{:width$}  phone{}\n", "", heads.get(4..).unwrap_or_default()));
    }
    for record in records {
        text.push_str(&format!("{:>width$}  {}\n", moments.short(record.at), row(&lanes, record)));
    }
    text
}

/// An arrow, and what stands on it.
struct Arrow {
    label: String,
    to_phone: bool,
    // What ends an arrow that arrives nowhere.
    is_lost: bool,
}

fn message(what: What) -> Option<Arrow> {
    let arrow = |label: String, to_phone, is_lost| Some(Arrow { label, to_phone, is_lost });
    match what {
        What::Sent { method, .. } => arrow(method.text().to_owned(), false, false),
        What::Provisional(..) => arrow("1xx".to_owned(), true, false),
        What::Challenged(..) => arrow("401/407".to_owned(), true, false),
        What::Response(_, _, status) => arrow(status.to_string(), true, false),
        What::Late(..) => arrow("late".to_owned(), true, false),
        What::Failed(_, _, cause) => arrow(words::cause(cause), true, true),
        _ => None,
    }
}

fn row(lanes: &[TargetKey], record: &Record) -> String {
    let place = match record.subject {
        Subject::Target(key) => lanes.iter().position(|lane| *lane == key),
        Subject::None | Subject::Question(_) => None,
    };
    let (Some(place), Some(arrow)) = (place, message(record.what)) else {
        return format!("*  {}", words::line(record));
    };
    let length = (place + 1) * WIDTH - 1;
    let mut row = String::from("|");
    row.push_str(&shaft(&arrow, length));
    row.push('|');
    for _ in place + 1..lanes.len() {
        row.push_str(&format!("{:>WIDTH$}", '|'));
    }
    row
}

/// The characters between the phone and a lane.
fn shaft(arrow: &Arrow, length: usize) -> String {
    let label: String = arrow.label.chars().take(length.saturating_sub(4)).collect();
    let line = if arrow.is_lost { '.' } else { '-' };
    let rest = length.saturating_sub(label.chars().count() + 3);
    let rest: String = core::iter::repeat_n(line, rest).collect();
    match (arrow.is_lost, arrow.to_phone) {
        (true, _) => format!("{line}{label}{rest}{line}x"),
        (false, true) => format!("<{line}{label}{rest}{line}"),
        (false, false) => format!("{line}{label}{rest}{line}>"),
    }
}
