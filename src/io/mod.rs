//! Roof: the optional ready-made DNS transport.
//!
//! # Purpose
//! The core sends nothing itself: it hands out DNS messages (query handle, server index, transport, bytes), releases the
//! handle when a query is over, and wants to be fed what comes back. A firmware that has no DNS transport of its own lets
//! [`DnsIo`] do that on non-blocking sockets and only lends it its event loop. This folder knows DNS servers, handles
//! and bytes, nothing else: no DNS message, no account, no timer. Retries and timeouts are the core's business.
//!
//! # One socket per query and server
//! Every query to a server gets a UDP socket of its own, on a random local port, connected to that server. An
//! attacker who cannot see the traffic then has to guess the port beside the DNS id (RFC 5452 §9.2), the kernel drops
//! what comes from any other address or port (RFC 5452 §9.1), and an ICMP "port unreachable" reaches the query it
//! belongs to, instead of a timeout. A retry of the same query to the same server goes out on the same socket, so that
//! the answer to the first try still counts.
//!
//! # One connection per try over TCP
//! Over TCP each message goes out on a connection of its own, with two bytes of length before it, and what the query
//! had open to that server before is given up: if no answer came on the old connection in time, none is to be expected.
//! Connecting, writing and reading take place piece by piece as the event loop finds the descriptor ready. A
//! connection that is refused, reset, or closed before the answer is reported like a refusal over UDP.
//!
//! # Event loops
//! * `poll(2)` and `select(2)`: build the set anew for each turn from [`DnsIo::interest`].
//! * epoll, kqueue, libevent and the like: apply [`DnsIo::next_change`] until it returns `None`, after every call that
//!   may have changed something.
//!
//! Whatever the loop reports for a descriptor (readable, writable, error, hang-up), answer it with [`DnsIo::handle`]. Watches
//! must be level-triggered: one call reads a bounded amount and leaves the rest for the next turn.
//!
//! # Invariants
//! * No call blocks; no call changes the caller's `errno`.
//! * The changes of one descriptor alternate strictly: watched, removed, watched (the number was used again), removed.
//!   While watched, it may be announced with other events than before: a connection is watched for room to write until
//!   the query is out, and for the answer from then on.
//! * A descriptor that was announced is closed only after its removal was announced **and** the caller came back for
//!   the next change; until then the number cannot stand for anything else. A descriptor that was never announced is
//!   closed at once and never appears. Which of the two holds is remembered per socket, so there is no mode to choose
//!   and none to get wrong: who never asks for changes never delays a close.
//! * A call that fails leaves nothing open that was not open before.
//!
//! # Limits
//! At most [`MAX_SOCKETS`] descriptors, those that wait for their removal to be taken included. Per call at most
//! [`MAX_DATAGRAMS`] datagrams of at most [`MAX_MESSAGE`] bytes are read; longer ones are dropped and counted. Or one
//! message over TCP, of at most 65,535 bytes, which is what its length can say; memory for it is taken as it arrives.
//! All `unsafe` code is in `sys`.

#[forbid(unsafe_code)]
mod driver;
#[forbid(unsafe_code)]
pub mod resolv_conf;
#[forbid(unsafe_code)]
pub mod server_text;
mod sys;
#[forbid(unsafe_code)]
mod tcp;
#[cfg(test)]
mod tcp_tests;
#[cfg(test)]
mod tests;
#[forbid(unsafe_code)]
mod udp;

pub use driver::{Change, Counters, DnsIo, Event, Events, MAX_DATAGRAMS, MAX_SOCKETS};
pub use sys::{ErrnoGuard, interface_index};
pub use udp::{MAX_MESSAGE, SendFailure};
