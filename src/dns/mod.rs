//! First floor: the DNS client, without a socket.
//!
//! Purpose: turn a [`Question`] into datagrams for the DNS servers, and datagrams from them into one [`Outcome`].
//! The caller owns sockets and the clock; this folder owns ids, retries, time-outs, the choice of the server, and the
//! suspicion with which everything that arrives is read.
//!
//! Vocabulary:
//! * **question**: a name and a kind of record. Identical questions in flight are one query.
//! * **query**: a question on its way. It has a [`QueryHandle`] that is never reused and a random 16-bit id that no
//!   other query in flight has. A driver gives every handle a socket of its own, hence a source port of its own.
//! * **try**: one message to one server, and the wait for its answer. A query makes up to `1 + retries` tries at each
//!   server, going round the servers, so that a dead server costs one time-out and not all of its own first.
//! * **outcome**: records, an alias to be asked for, a negative answer, or a failure. A failure is not an answer:
//!   SERVFAIL, REFUSED or silence end a try, and the next server is asked.
//! * **transport**: UDP, unless the configuration wants TCP from the start. An answer that did not fit into a datagram is
//!   not used (RFC 2181 §9) but asked again over TCP, of the same server at once, with a time-out of its own. If TCP does
//!   not work there, the try has failed like any other, but nothing is held against the server: it did answer.
//!
//! Invariants:
//! * A query ends exactly once: with an entry in `finished`, and its handle in `released`.
//! * A datagram is used only if it is a response, has the id of a query in flight, comes from a server that was asked
//!   in this query, and repeats its question (RFC 5452 §9.1). Everything else is counted and changes nothing.
//! * One unreadable record costs that record, not the answer.
//!
//! Limits: 64 queries in flight, 8 servers, messages of 65,535 bytes, 256 records in a message, 64 in a record set, 8192
//! labels and compression pointers in a message, 8 aliases in a row.
//!
//! A truncated answer over TCP is a failure: there is no third way to ask. Where both transports were used with one
//! server, it is ignored, because it cannot be told from a late copy of the datagram; the time-out decides then.
//!
//! RFC 1035 (messages), 2181 (TTL, truncation), 2308 (negative answers), 2782 (SRV), 3403 (NAPTR), 3596 (AAAA),
//! 4343 (case), 5452 (forged answers), 6891 (EDNS), 7766 (TCP), 9520 (failures are held).

mod answer;
mod codec;
mod guard;
mod queries;
mod record;
mod servers;
#[cfg(any(test, fuzzing))]
pub mod testing;

pub use answer::{Outcome, QueryFailure};
pub use queries::{DnsCounters, DnsDatagram, DnsOutput, MAX_IN_FLIGHT, Queries, QueriesFull, QueryHandle, QueryTiming};
pub use record::{NaptrData, Question, Record, RecordData, RecordKind, SrvData, SrvTarget, naptr_text};
pub use servers::MAX_SERVERS;
