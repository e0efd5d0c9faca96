//! Second floor: what is known about names.
//!
//! Purpose: keep what DNS said for as long as it holds, and hold the static records of the configuration. Nothing
//! here asks anybody, and nothing here knows whether a server of a domain is alive: cached data never carries health.
//!
//! Vocabulary:
//! * **answer**: records, an alias, or a negative answer, with the moment until which it holds. An answer that has
//!   expired stays until its place is needed, so that the order of its addresses survives a refresh; it is never
//!   handed out as if it still held. (Serving it anyway while DNS is silent, RFC 8767, has its place here.)
//! * **hold**: a question just failed and need not be asked again for a few seconds (RFC 9520). It stands beside the
//!   answer and does not replace it: a server's trouble takes nothing away that is still true.
//! * **hint**: what an answer said in its additional section about another question that it leads to. Kept apart from
//!   answers, for the accounts that want it; an answer that holds always wins over it.
//! * **serial**: counts what was stored. Whoever notes the serial at its start can tell news from older knowledge
//!   without a clock, and can so accept an answer with a TTL of zero.
//! * **static record**: from the configuration. Never evicted, never replaced.
//!
//! Invariants:
//! * At most `limit` questions; the least recently used one makes room.
//! * Addresses (and all other records) of a question keep their order while the set stays the same, whatever order
//!   later answers have: a phone must not be moved by a server that rotates its answers.
//! * Live TTLs count for at most a day, static ones as configured.
//!
//! RFC 1035 §7.4, 2181 §5.2 and §8, 2308 (negative answers), 9520 (failures).

mod entries;
mod statics;

pub use entries::{Answer, Cache, Content, Found, Hold, Known};
pub use statics::StaticStore;
