//! The sockets of all queries in flight, and what the caller's event loop has to know about them.

use super::sys::{ErrnoGuard, Fd};
use super::tcp::{Progress, TcpSocket};
use super::udp::{MAX_MESSAGE, Reading, SendFailure, UdpSocket};
use crate::types::{DnsServerIndex, DnsTransport, Random};
use libc::c_int;
use std::net::SocketAddr;

/// Most descriptors open at a time. A cold start with several accounts has some ten queries in flight; firmware often
/// runs with a limit of 256 descriptors per process, or with `select(2)` and its 1024.
pub const MAX_SOCKETS: usize = 64;

/// Most datagrams read by one call of [`DnsIo::handle`], so that a flood on one socket cannot hold up the event loop.
/// Of a TCP connection, one call reads one message.
pub const MAX_DATAGRAMS: usize = 16;

/// Servers and sockets there is room for from the start: those of a phone that registers.
const ROOM: usize = 4;

/// What an event loop is to watch a descriptor for: a set of flags, or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Events(u32);

impl Events {
    /// Nothing: the descriptor is no longer to be watched.
    pub const NONE: Events = Events(0);
    /// There is something to read.
    pub const READABLE: Events = Events(1);
    /// There is room to write. Wanted of a TCP connection until the query is out, never of a UDP socket.
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
    /// What to watch it for from now on, instead of what it was watched for; [`Events::NONE`] to remove it.
    pub events: Events,
}

/// What came in on a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event<'a> {
    /// A message from the server, unchecked but for where it came from.
    Message {
        /// The query on whose socket it arrived. It cannot be the answer to any other.
        query: u64,
        /// The server it came from.
        server: DnsServerIndex,
        /// Its bytes.
        bytes: &'a [u8],
    },
    /// The network reports that the server cannot be reached, or the connection has ended; there is no point in
    /// waiting for an answer.
    Refused {
        /// The query that cannot be answered.
        query: u64,
        /// The server that cannot be reached.
        server: DnsServerIndex,
        /// How it cannot be reached. The other way may still work.
        transport: DnsTransport,
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

#[derive(Debug)]
enum Link {
    Udp(UdpSocket),
    Tcp(TcpSocket),
}

/// The socket of one query to one server.
#[derive(Debug)]
struct Socket {
    query: u64,
    server: DnsServerIndex,
    /// What the caller's event loop was told last.
    announced: Events,
    link: Link,
}

impl Socket {
    fn fd(&self) -> c_int {
        match &self.link {
            Link::Udp(udp) => udp.fd(),
            Link::Tcp(tcp) => tcp.fd(),
        }
    }

    fn wanted(&self) -> Events {
        match &self.link {
            Link::Tcp(tcp) if tcp.is_writing() => Events::WRITABLE,
            Link::Udp(_) | Link::Tcp(_) => Events::READABLE,
        }
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
            servers: Vec::with_capacity(ROOM),
            sockets: Vec::with_capacity(ROOM),
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
        if self.servers == servers {
            return;
        }
        let _errno = ErrnoGuard::new();
        let mut old = std::mem::take(&mut self.servers);
        self.retire(|socket| {
            let place = socket.server.0 as usize;
            old.get(place) != servers.get(place)
        });
        old.clear();
        old.extend_from_slice(servers);
        self.servers = old;
    }

    /// The servers, in the order of their index.
    #[must_use]
    pub fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    /// Sends a message of `query` to a server.
    ///
    /// `random` chooses the source port over UDP. It must not be a generator whose draws a replay depends on: how many
    /// numbers are drawn here depends on which ports of this machine are taken.
    ///
    /// # Errors
    /// Why nothing was sent. A socket opened for this message has been closed again; one the query had before stays
    /// open where it can still be of use.
    pub fn send(
        &mut self,
        query: u64,
        server: DnsServerIndex,
        transport: DnsTransport,
        bytes: &[u8],
        random: &mut Random,
    ) -> Result<(), SendFailure> {
        let _errno = ErrnoGuard::new();
        let peer = *self.servers.get(server.0 as usize).ok_or(SendFailure::NoServer)?;
        let link = match transport {
            DnsTransport::Udp => self.send_datagram(query, server, peer, bytes, random)?,
            DnsTransport::Tcp => Some(self.connect(query, server, peer, bytes)?),
        };
        if let Some(link) = link {
            self.sockets.push(Socket { query, server, announced: Events::NONE, link });
        }
        Ok(())
    }

    /// Sends a datagram: on the socket that this query already has to this server, else on a new one.
    fn send_datagram(
        &mut self,
        query: u64,
        server: DnsServerIndex,
        peer: SocketAddr,
        bytes: &[u8],
        random: &mut Random,
    ) -> Result<Option<Link>, SendFailure> {
        let open = self.sockets.iter().find_map(|socket| match &socket.link {
            Link::Udp(udp) if socket.query == query && socket.server == server => Some(udp),
            _ => None,
        });
        if let Some(udp) = open {
            let fd = udp.fd();
            match udp.send(bytes) {
                // The socket is bound to the local address the device had when it was opened. That address may be gone
                // by now, in which case a new socket finds the way that this one has lost.
                Err(SendFailure::NoRoute | SendFailure::Other(_)) => self.retire(|socket| socket.fd() == fd),
                result => return result.map(|()| None),
            }
        }
        self.check_room()?;
        let udp = UdpSocket::open(peer, random)?;
        udp.send(bytes)?;
        Ok(Some(Link::Udp(udp)))
    }

    /// Begins to send over TCP. What the query had open to this server is given up: a connection on which no answer
    /// came in time, or a UDP socket on which the answer was too large and would be so again.
    fn connect(
        &mut self,
        query: u64,
        server: DnsServerIndex,
        peer: SocketAddr,
        bytes: &[u8],
    ) -> Result<Link, SendFailure> {
        self.retire(|socket| socket.query == query && socket.server == server);
        self.check_room()?;
        TcpSocket::open(peer, bytes).map(Link::Tcp)
    }

    /// Gives up all sockets of a query that is over. A handle without sockets is fine.
    pub fn release(&mut self, query: u64) {
        let _errno = ErrnoGuard::new();
        self.retire(|socket| socket.query == query);
    }

    /// Every descriptor to watch, and what for: for event loops that build their set anew for each turn.
    pub fn interest(&self) -> impl Iterator<Item = (c_int, Events)> {
        self.sockets.iter().map(|socket| (socket.fd(), socket.wanted()))
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
        Some(Change { fd: socket.fd(), events: socket.announced })
    }

    /// Goes on with a descriptor that is ready: finishes sending, reads what has come in, and passes it to `sink`.
    /// Returns false if the descriptor is not (or no longer) one of ours, which does no harm.
    ///
    /// At most [`MAX_DATAGRAMS`] are read. A refusal comes last: an answer that arrived beside it is worth more.
    pub fn handle(&mut self, fd: c_int, sink: &mut dyn FnMut(Event<'_>)) -> bool {
        let _errno = ErrnoGuard::new();
        let DnsIo { sockets, buffer, counters, .. } = self;
        let Some(socket) = sockets.iter_mut().find(|socket| socket.fd() == fd) else { return false };
        let (query, server) = (socket.query, socket.server);
        let (transport, state) = match &mut socket.link {
            Link::Udp(udp) => {
                let mut pass = |bytes: &[u8]| sink(Event::Message { query, server, bytes });
                (DnsTransport::Udp, read_datagrams(udp, buffer, counters, &mut pass))
            }
            Link::Tcp(tcp) => {
                let state = match tcp.proceed(buffer) {
                    Progress::Going => State::Usable,
                    Progress::Message => {
                        // One a turn: what follows may be the end of the connection, which is not worth telling
                        // before the caller has made up its mind about the message.
                        sink(Event::Message { query, server, bytes: &tcp.take_message() });
                        State::Usable
                    }
                    Progress::Over => State::Broken,
                };
                (DnsTransport::Tcp, state)
            }
        };
        if state == State::Broken {
            self.retire(|socket| socket.fd() == fd);
        }
        if state != State::Usable {
            sink(Event::Refused { query, server, transport });
        }
        true
    }

    /// What was dropped so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn check_room(&self) -> Result<(), SendFailure> {
        let open = self.sockets.len() + self.retired.len() + usize::from(self.leaving.is_some());
        if open >= MAX_SOCKETS { Err(SendFailure::Full) } else { Ok(()) }
    }

    /// Gives up sockets: closes those that the event loop never heard of, keeps the others until it has been told.
    fn retire(&mut self, doomed: impl Fn(&Socket) -> bool) {
        for socket in self.sockets.extract_if(.., |socket| doomed(socket)) {
            if socket.announced != Events::NONE {
                self.retired.push(match socket.link {
                    Link::Udp(udp) => udp.into_fd(),
                    Link::Tcp(tcp) => tcp.into_fd(),
                });
            }
        }
    }
}

/// What reading found out about a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Usable,
    /// The server cannot be reached now; the socket stays.
    Refused,
    /// The socket is of no more use.
    Broken,
}

fn read_datagrams(udp: &UdpSocket, buffer: &mut [u8], counters: &mut Counters, pass: &mut dyn FnMut(&[u8])) -> State {
    let mut state = State::Usable;
    for _ in 0..MAX_DATAGRAMS {
        match udp.receive(buffer) {
            Reading::Datagram(bytes) => pass(bytes),
            Reading::Oversized => counters.oversized += 1,
            Reading::Foreign => counters.foreign += 1,
            Reading::Again => {}
            Reading::Empty => break,
            Reading::Refused => state = State::Refused,
            Reading::Broken => return State::Broken,
        }
    }
    state
}
