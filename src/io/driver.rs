//! The sockets of all queries in flight, and what the caller's event loop has to know about them.

use super::sys::{ErrnoGuard, Fd};
use super::udp::{MAX_MESSAGE, Reading, SendFailure, UdpSocket};
use crate::types::{DnsServerIndex, Random};
use libc::c_int;
use std::net::SocketAddr;

/// Most descriptors open at a time. A cold start with several accounts has some ten queries in flight; firmware often
/// runs with a limit of 256 descriptors per process, or with `select(2)` and its 1024.
pub const MAX_SOCKETS: usize = 64;

/// Most datagrams read by one call of [`DnsIo::handle`], so that a flood on one socket cannot hold up the event loop.
pub const MAX_DATAGRAMS: usize = 16;

/// What an event loop is to watch a descriptor for: a set of flags, or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Events(u32);

impl Events {
    /// Nothing: the descriptor is no longer to be watched.
    pub const NONE: Events = Events(0);
    /// There is something to read.
    pub const READABLE: Events = Events(1);
    /// There is room to write. Never wanted for a UDP socket.
    pub const WRITABLE: Events = Events(2);

    /// The flags as a number: 1 readable, 2 writable.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }
}

/// A change to apply to an event loop that keeps its own set of descriptors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The descriptor. It is open, also when it is to be removed.
    pub fd: c_int,
    /// What to watch it for from now on; [`Events::NONE`] to remove it.
    pub events: Events,
}

/// What came in on a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event<'a> {
    /// A datagram from the server, unchecked but for where it came from.
    Datagram {
        /// The query on whose socket it arrived. It cannot be the answer to any other.
        query: u64,
        /// The server it came from.
        server: DnsServerIndex,
        /// Its bytes.
        bytes: &'a [u8],
    },
    /// The network reports that the server cannot be reached; there is no point in waiting for an answer.
    Refused {
        /// The query that cannot be answered.
        query: u64,
        /// The server that cannot be reached.
        server: DnsServerIndex,
    },
}

/// What was dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Datagrams longer than [`MAX_MESSAGE`].
    pub oversized: u64,
    /// Datagrams from another address or port than the server's that got past the kernel.
    pub foreign: u64,
}

/// The socket of one query to one server.
#[derive(Debug)]
struct Socket {
    query: u64,
    server: DnsServerIndex,
    /// What the caller's event loop was told last.
    announced: Events,
    udp: UdpSocket,
}

impl Socket {
    fn wanted(&self) -> Events {
        Events::READABLE
    }
}

/// A DNS transport on non-blocking sockets.
///
/// Before dropping it, an event loop that is fed by [`DnsIo::next_change`] calls `set_servers(&[])` and takes the
/// changes, so that every removal is announced. (Dropping closes whatever is left, announced or not.)
#[derive(Debug)]
pub struct DnsIo {
    servers: Vec<SocketAddr>,
    sockets: Vec<Socket>,
    /// No longer in use, but the caller's event loop still watches them.
    retired: Vec<Fd>,
    /// Its removal has been announced; the caller may still be about to apply it.
    leaving: Option<Fd>,
    buffer: Box<[u8]>,
    counters: Counters,
}

impl Default for DnsIo {
    fn default() -> DnsIo {
        DnsIo::new()
    }
}

impl DnsIo {
    /// A transport without servers and sockets.
    #[must_use]
    pub fn new() -> DnsIo {
        DnsIo {
            servers: Vec::new(),
            sockets: Vec::new(),
            retired: Vec::new(),
            leaving: None,
            buffer: vec![0; MAX_MESSAGE].into_boxed_slice(),
            counters: Counters::default(),
        }
    }

    /// Sets the servers, in the order of their index, and gives up the sockets to those that changed or are gone.
    ///
    /// Queries that were waiting for such a server get no event; the caller, who changed the servers, sends them anew.
    pub fn set_servers(&mut self, servers: &[SocketAddr]) {
        let _errno = ErrnoGuard::new();
        let old = std::mem::replace(&mut self.servers, servers.to_vec());
        self.retire(|socket| {
            let place = socket.server.0 as usize;
            old.get(place) != servers.get(place)
        });
    }

    /// The servers, in the order of their index.
    #[must_use]
    pub fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    /// Sends a datagram of `query` to a server: on the socket that this query already has to this server, else on a new
    /// one.
    ///
    /// `random` chooses the source port. It must not be a generator whose draws a replay depends on: how many numbers
    /// are drawn here depends on which ports of this machine are taken.
    ///
    /// # Errors
    /// Why nothing was sent. A socket opened for this datagram has been closed again; one the query had before stays
    /// open where it can still be of use.
    pub fn send(
        &mut self,
        query: u64,
        server: DnsServerIndex,
        bytes: &[u8],
        random: &mut Random,
    ) -> Result<(), SendFailure> {
        let _errno = ErrnoGuard::new();
        let peer = *self.servers.get(server.0 as usize).ok_or(SendFailure::NoServer)?;
        let same = |socket: &Socket| socket.query == query && socket.server == server;
        if let Some(socket) = self.sockets.iter().find(|socket| same(socket)) {
            match socket.udp.send(bytes) {
                // The socket is bound to the local address the device had when it was opened. That address may be gone
                // by now, in which case a new socket finds the way that this one has lost.
                Err(SendFailure::NoRoute | SendFailure::Other(_)) => self.retire(same),
                result => return result,
            }
        }
        if self.open_descriptors() >= MAX_SOCKETS {
            return Err(SendFailure::Full);
        }
        let udp = UdpSocket::open(peer, random)?;
        udp.send(bytes)?;
        self.sockets.push(Socket { query, server, announced: Events::NONE, udp });
        Ok(())
    }

    /// Gives up all sockets of a query that is over. A handle without sockets is fine.
    pub fn release(&mut self, query: u64) {
        let _errno = ErrnoGuard::new();
        self.retire(|socket| socket.query == query);
    }

    /// Every descriptor to watch, and what for: for event loops that build their set anew for each turn.
    pub fn interest(&self) -> impl Iterator<Item = (c_int, Events)> {
        self.sockets.iter().map(|socket| (socket.udp.fd(), socket.wanted()))
    }

    /// The next change for an event loop that keeps its own set; `None` when it is up to date.
    ///
    /// A descriptor to be removed is still open when this returns and is closed by the next call. So apply each change
    /// before asking for the next one, and ask until there is none.
    pub fn next_change(&mut self) -> Option<Change> {
        let _errno = ErrnoGuard::new();
        self.leaving = None;
        // Removals first: they free descriptors.
        if let Some(fd) = self.retired.pop() {
            let change = Change { fd: fd.raw(), events: Events::NONE };
            self.leaving = Some(fd);
            return Some(change);
        }
        let socket = self.sockets.iter_mut().find(|socket| socket.announced != socket.wanted())?;
        socket.announced = socket.wanted();
        Some(Change { fd: socket.udp.fd(), events: socket.announced })
    }

    /// Reads what has come in on a descriptor and passes it to `sink`. Returns false if the descriptor is not (or no
    /// longer) one of ours, which does no harm.
    ///
    /// At most [`MAX_DATAGRAMS`] are read. A refusal comes last: an answer that arrived beside it is worth more.
    pub fn handle(&mut self, fd: c_int, sink: &mut dyn FnMut(Event<'_>)) -> bool {
        let _errno = ErrnoGuard::new();
        let DnsIo { sockets, buffer, counters, .. } = self;
        let Some(socket) = sockets.iter().find(|socket| socket.udp.fd() == fd) else { return false };
        let (query, server) = (socket.query, socket.server);
        let (mut refused, mut broken) = (false, false);
        for _ in 0..MAX_DATAGRAMS {
            match socket.udp.receive(buffer) {
                Reading::Datagram(bytes) => sink(Event::Datagram { query, server, bytes }),
                Reading::Oversized => counters.oversized += 1,
                Reading::Foreign => counters.foreign += 1,
                Reading::Again => {}
                Reading::Empty => break,
                Reading::Refused => refused = true,
                Reading::Broken => {
                    broken = true;
                    break;
                }
            }
        }
        if broken {
            self.retire(|socket| socket.udp.fd() == fd);
        }
        if refused || broken {
            sink(Event::Refused { query, server });
        }
        true
    }

    /// What was dropped so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn open_descriptors(&self) -> usize {
        self.sockets.len() + self.retired.len() + usize::from(self.leaving.is_some())
    }

    /// Gives up sockets: closes those that the event loop never heard of, keeps the others until it has been told.
    fn retire(&mut self, doomed: impl Fn(&Socket) -> bool) {
        for socket in self.sockets.extract_if(.., |socket| doomed(socket)) {
            if socket.announced != Events::NONE {
                self.retired.push(socket.udp.into_fd());
            }
        }
    }
}
