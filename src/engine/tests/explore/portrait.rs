//! A state as a number: the same for two engines from which the same follows.

use super::World;
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hasher};

/// Takes in a text in which times become relative to now, and ids, handles and serial numbers are told apart by the order of
/// their appearance only.
struct Portrait {
    hasher: DefaultHasher,
    now: u64,
    kind: Kind,
    seen: Vec<u64>,
}

/// What the next number is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    /// Behind the name of such a type, and before its parenthesis.
    TimeSoon,
    Time,
    IdSoon,
    Id,
}

impl Write for Portrait {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let kind = core::mem::replace(&mut self.kind, Kind::Plain);
        self.kind = match (piece, kind) {
            ("Time", _) => Kind::TimeSoon,
            ("RequestId" | "AttemptId" | "TimerHandle", _) => Kind::IdSoon,
            // Over several lines or not.
            ("(" | "(\n", Kind::TimeSoon) => Kind::Time,
            ("(" | "(\n", Kind::IdSoon) => Kind::Id,
            _ => Kind::Plain,
        };
        let number = match kind {
            Kind::Time | Kind::Id => piece.parse::<u64>().ok(),
            Kind::Plain | Kind::TimeSoon | Kind::IdSoon => None,
        };
        match number {
            Some(at) if kind == Kind::Time && at < u64::MAX => self.hasher.write_i64(at as i64 - self.now as i64),
            Some(id) if kind == Kind::Id => {
                let place = self.seen.iter().position(|known| *known == id).unwrap_or_else(|| {
                    self.seen.push(id);
                    self.seen.len() - 1
                });
                self.hasher.write_usize(place);
            }
            _ => self.hasher.write(piece.as_bytes()),
        }
        Ok(())
    }
}

/// The state of this world, as far as it decides what comes next.
pub fn of(world: &World) -> u64 {
    let now = world.engine.internal_time();
    let mut portrait = Portrait { hasher: DefaultHasher::new(), now, kind: Kind::Plain, seen: Vec::new() };
    write!(portrait, "{:?} {} {:?}", world.dns, world.is_link_down, world.engine.portrait()).unwrap();
    portrait.hasher.finish()
}
