//! One UDP socket, connected to one DNS server.

use super::sys::{self, Errno, Fd};
use crate::types::Random;
use libc::c_int;
use std::net::SocketAddr;

/// Longest datagram taken from a server, in bytes. (A message over TCP may be as long as its length says.) Queries ask for 1232 (EDNS); some servers and middleboxes exceed
/// what was asked for, and 4096 is the largest size in common use.
pub const MAX_MESSAGE: usize = 4096;

/// Lowest random source port. From here on upwards systems hand out ports for themselves, so no service of the phone
/// (SIP, RTP, provisioning) should rely on finding a port of its own free here. Below it a query might hold just the
/// RTP port that a call wants. 15 bits to guess, beside the 16 of the DNS id.
const FIRST_PORT: u16 = 32768;

/// Random ports tried before the choice is left to the kernel. A port is taken with a probability far below a tenth,
/// so that four tries fail only where something forbids binding altogether.
const PORT_TRIES: u32 = 4;

/// System calls interrupted by a signal in a row before giving up: a call that does not wait is hardly ever
/// interrupted once, and nothing here may loop without a bound.
pub const SIGNAL_TRIES: u32 = 4;

/// Why a message was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SendFailure {
    /// No server has this index.
    NoServer,
    /// As many sockets as allowed are open.
    Full,
    /// The device is out of descriptors, memory or room in its send queue. It may have some again later.
    Resources,
    /// This device has no way to the server: no route, network down, address family not supported.
    NoRoute,
    /// The server's port is closed: an earlier datagram of the same query, or the connection, found it so.
    Refused,
    /// The system refused for another reason: a value of `errno.h`.
    Other(c_int),
}

impl SendFailure {
    /// The reason as a phrase that fits after a colon.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            SendFailure::NoServer => "no such DNS server",
            SendFailure::Full => "too many DNS sockets open",
            SendFailure::Resources => "out of descriptors, memory or queue space",
            SendFailure::NoRoute => "no route to the DNS server",
            SendFailure::Refused => "the DNS server's port is closed",
            SendFailure::Other(_) => "refused by the operating system",
        }
    }
}

impl From<Errno> for SendFailure {
    fn from(errno: Errno) -> SendFailure {
        match errno.0 {
            libc::ECONNREFUSED => SendFailure::Refused,
            libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM => SendFailure::Resources,
            other if would_block(other) => SendFailure::Resources,
            libc::ENETUNREACH | libc::EHOSTUNREACH | libc::ENETDOWN | libc::EADDRNOTAVAIL | libc::EAFNOSUPPORT => {
                SendFailure::NoRoute
            }
            other => SendFailure::Other(other),
        }
    }
}

/// What a read found.
#[derive(PartialEq, Eq, Debug)]
pub enum Reading<'a> {
    /// An answer, or what claims to be one, from the server.
    Datagram(&'a [u8]),
    /// A datagram longer than [`MAX_MESSAGE`], dropped.
    Oversized,
    /// A datagram of somebody else, dropped.
    Foreign,
    /// Nothing this time (a signal came); more may be there.
    Again,
    /// Nothing more to read.
    Empty,
    /// The network says that the server cannot be reached. Said once; the socket still works.
    Refused,
    /// The socket is of no more use.
    Broken,
}

/// A UDP socket that exchanges datagrams with one server.
#[derive(Debug)]
pub struct UdpSocket {
    fd: Fd,
    peer: SocketAddr,
}

impl UdpSocket {
    /// Opens a socket on a random port, connected to `peer`.
    pub fn open(peer: SocketAddr, random: &mut Random) -> Result<UdpSocket, SendFailure> {
        let fd = sys::udp_socket(&peer)?;
        bind_random(&fd, &peer, random);
        sys::connect(&fd, &peer)?;
        Ok(UdpSocket { fd, peer })
    }

    /// The descriptor's number.
    pub fn fd(&self) -> c_int {
        self.fd.raw()
    }

    /// Gives up the socket but not yet its descriptor.
    pub fn into_fd(self) -> Fd {
        self.fd
    }

    /// Sends one datagram to the server.
    pub fn send(&self, bytes: &[u8]) -> Result<(), SendFailure> {
        for _ in 0..SIGNAL_TRIES {
            match sys::send(&self.fd, bytes) {
                Err(Errno(libc::EINTR)) => {}
                result => return result.map_err(SendFailure::from),
            }
        }
        Err(SendFailure::Other(libc::EINTR))
    }

    /// Reads one datagram, or the error that the network sent instead of one.
    pub fn receive<'a>(&self, buffer: &'a mut [u8]) -> Reading<'a> {
        let received = match sys::receive(&self.fd, buffer) {
            Ok(received) => received,
            Err(errno) => return failed_reading(errno),
        };
        // The kernel checks the source only from connect() on: what came in between bind() and connect() is still in
        // the queue. Systems that do not name the source on a connected socket leave only the kernel's check.
        if received.source.is_some_and(|source| (source.ip(), source.port()) != (self.peer.ip(), self.peer.port())) {
            return Reading::Foreign;
        }
        if received.truncated {
            return Reading::Oversized;
        }
        buffer.get(..received.length).map_or(Reading::Oversized, Reading::Datagram)
    }
}

/// Binds to a random port. Failing to is no failure: connecting binds to a port of the kernel's choice then, which
/// current kernels choose at random, too.
fn bind_random(fd: &Fd, peer: &SocketAddr, random: &mut Random) {
    for _ in 0..PORT_TRIES {
        let offset = random.up_to(u64::from(u16::MAX - FIRST_PORT)) as u16;
        match sys::bind(fd, peer, FIRST_PORT + offset) {
            Err(Errno(libc::EADDRINUSE)) => {}
            _ => return,
        }
    }
}

// Two names for one number on most systems, so that they cannot stand in one pattern.
pub const fn would_block(errno: c_int) -> bool {
    errno == libc::EAGAIN || errno == libc::EWOULDBLOCK
}

fn failed_reading(errno: Errno) -> Reading<'static> {
    match errno.0 {
        libc::EINTR => Reading::Again,
        // Out of memory: the datagram stays where it is, the next turn finds it.
        libc::ENOMEM | libc::ENOBUFS => Reading::Empty,
        other if would_block(other) => Reading::Empty,
        // What ICMP and ICMPv6 errors become. The kernel hands each out once, so that no turn repeats it.
        libc::ECONNREFUSED
        | libc::EHOSTUNREACH
        | libc::ENETUNREACH
        | libc::EHOSTDOWN
        | libc::ENETDOWN
        | libc::ENOPROTOOPT
        | libc::EPROTO
        | libc::EACCES
        | libc::EMSGSIZE => Reading::Refused,
        // Anything else could come again on every turn and keep the event loop spinning.
        _ => Reading::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST_PORT, Reading, SendFailure, UdpSocket};
    use crate::io::sys::{self, Errno};
    use crate::types::Random;
    use std::net::{SocketAddr, UdpSocket as StdSocket};

    #[test]
    fn a_datagram_queued_before_connect_is_foreign() {
        let server = StdSocket::bind("127.0.0.1:0").unwrap();
        let stranger = StdSocket::bind("127.0.0.1:0").unwrap();
        let peer = server.local_addr().unwrap();
        let fd = sys::udp_socket(&peer).unwrap();
        let mut random = Random::new(&[9; 32]);
        let port = (0..20)
            .map(|_| FIRST_PORT + random.up_to(32_767) as u16)
            .find(|port| sys::bind(&fd, &peer, *port).is_ok())
            .unwrap();
        stranger.send_to(b"forged", ("127.0.0.1", port)).unwrap();
        sys::connect(&fd, &peer).unwrap();
        let socket = UdpSocket { fd, peer };
        let mut buffer = [0; 64];
        assert_eq!(socket.receive(&mut buffer), Reading::Foreign);
        assert_eq!(socket.receive(&mut buffer), Reading::Empty);
        server.send_to(b"true", ("127.0.0.1", port)).unwrap();
        assert_eq!(socket.receive(&mut buffer), Reading::Datagram(b"true"));
    }

    #[test]
    fn ports_are_random_and_a_taken_one_is_no_failure() {
        let server = StdSocket::bind("127.0.0.1:0").unwrap();
        let peer: SocketAddr = server.local_addr().unwrap();
        let mut buffer = [0; 64];
        let mut ports = Vec::new();
        let mut open = Vec::new();
        // Both generators draw the same ports: the second socket finds the first choice taken.
        for seed in [[1; 32], [1; 32], [2; 32]] {
            let socket = UdpSocket::open(peer, &mut Random::new(&seed)).unwrap();
            socket.send(b"query").unwrap();
            ports.push(server.recv_from(&mut buffer).unwrap().1.port());
            open.push(socket);
        }
        assert!(ports.iter().all(|port| *port >= FIRST_PORT));
        assert!(ports[0] != ports[1] && ports[1] != ports[2] && ports[0] != ports[2], "{ports:?}");
    }

    #[test]
    fn errors_of_the_system_have_a_meaning() {
        assert_eq!(SendFailure::from(Errno(libc::EMFILE)), SendFailure::Resources);
        assert_eq!(SendFailure::from(Errno(libc::EAGAIN)), SendFailure::Resources);
        assert_eq!(SendFailure::from(Errno(libc::ENETUNREACH)), SendFailure::NoRoute);
        assert_eq!(SendFailure::from(Errno(libc::EPERM)), SendFailure::Other(libc::EPERM));
        assert_eq!(super::failed_reading(Errno(libc::EBADF)), Reading::Broken);
        assert_eq!(super::failed_reading(Errno(libc::EINTR)), Reading::Again);
    }
}
