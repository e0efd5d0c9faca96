//! One TCP connection to a DNS server, for one try of one query.

use super::sys::{self, Errno, Fd};
use super::udp::{SIGNAL_TRIES, SendFailure, would_block};
use libc::c_int;
use std::net::SocketAddr;

/// Bytes of the length that stands before each message (RFC 1035 §4.2.2).
const PREFIX: usize = 2;

/// Most system calls that read from one connection before the event loop has its turn again. A message of the greatest
/// length comes in pieces of the driver's buffer; this many take it whole.
const MAX_READS: u32 = 24;

/// How a connection stands after a turn.
#[derive(PartialEq, Eq, Debug)]
pub enum Progress {
    /// Connecting, writing, or waiting for what has not arrived yet.
    Going,
    /// A whole message has arrived: [`TcpSocket::take_message`].
    Message,
    /// Refused, reset, or closed by the server: nothing comes any more.
    Over,
}

/// A connection to one server: the query goes out once, and messages come in until the connection is given up.
#[derive(Debug)]
pub struct TcpSocket {
    fd: Fd,
    /// The query with its length before it.
    query: Vec<u8>,
    written: usize,
    /// The length of the message that is arriving, and how many bytes of that length are there.
    prefix: [u8; PREFIX],
    prefix_read: usize,
    /// What has arrived of the message. Grows with what arrives and not by what the length announces, so that a server
    /// has to send 64 KiB before it gets any.
    message: Vec<u8>,
}

impl TcpSocket {
    /// Opens a connection and begins to send the query. It goes on with [`TcpSocket::proceed`].
    pub fn open(peer: SocketAddr, query: &[u8]) -> Result<TcpSocket, SendFailure> {
        TcpSocket::begin(sys::tcp_socket(&peer)?, peer, query)
    }

    fn begin(fd: Fd, peer: SocketAddr, query: &[u8]) -> Result<TcpSocket, SendFailure> {
        let Ok(length) = u16::try_from(query.len()) else { return Err(SendFailure::Other(libc::EMSGSIZE)) };
        match sys::connect(&fd, &peer) {
            // After a signal connecting goes on by itself (POSIX).
            Ok(()) | Err(Errno(libc::EINPROGRESS | libc::EINTR)) => {}
            Err(errno) => return Err(errno.into()),
        }
        // Length and message in one piece: some servers expect them in one segment (RFC 7766 §8).
        let query = [&length.to_be_bytes(), query].concat();
        let mut socket = TcpSocket { fd, query, written: 0, prefix: [0; PREFIX], prefix_read: 0, message: Vec::new() };
        // To a server next door the connection may be there already, and a turn of the event loop is saved.
        socket.write()?;
        Ok(socket)
    }

    /// The descriptor's number.
    pub fn fd(&self) -> c_int {
        self.fd.raw()
    }

    /// Gives up the connection but not yet its descriptor.
    pub fn into_fd(self) -> Fd {
        self.fd
    }

    /// True while the query is not out: the connection is not there yet, or has no room.
    pub fn is_writing(&self) -> bool {
        self.written < self.query.len()
    }

    /// The event loop found the connection ready: writes and reads what goes without waiting, at most one message.
    /// `buffer` is room for reading.
    pub fn proceed(&mut self, buffer: &mut [u8]) -> Progress {
        if self.write().is_err() {
            return Progress::Over;
        }
        if self.is_writing() {
            return Progress::Going;
        }
        for _ in 0..MAX_READS {
            let missing = self.missing();
            let room = missing.min(buffer.len());
            // No more than is missing: what belongs to the next message stays in the kernel.
            match sys::read(&self.fd, &mut buffer[..room]) {
                // A closed connection ends in 0 bytes. Whatever arrived of a message is of no use then.
                Ok(0) => return Progress::Over,
                Ok(read) => self.keep(&buffer[..read]),
                Err(Errno(libc::EINTR)) => continue,
                Err(Errno(errno)) if would_block(errno) => return Progress::Going,
                // Out of memory: the bytes stay where they are, the next turn finds them.
                Err(Errno(libc::ENOMEM | libc::ENOBUFS)) => return Progress::Going,
                Err(_) => return Progress::Over,
            }
            match self.announced() {
                // A server that says "a message of no bytes" does not speak DNS, and could do so for ever.
                Some(0) => return Progress::Over,
                Some(length) if self.message.len() == length => return Progress::Message,
                _ => {}
            }
        }
        Progress::Going
    }

    /// The message that has arrived; its room is given back with it.
    pub fn take_message(&mut self) -> Vec<u8> {
        self.prefix_read = 0;
        std::mem::take(&mut self.message)
    }

    fn write(&mut self) -> Result<(), SendFailure> {
        for _ in 0..SIGNAL_TRIES {
            let rest = self.query.get(self.written..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
            match sys::write(&self.fd, rest) {
                Ok(written) => self.written += written,
                Err(Errno(libc::EINTR)) => {}
                // Linux says EAGAIN while connecting, the BSD systems say ENOTCONN. (What became of the connection
                // comes before that, and ends this socket, so ENOTCONN cannot mean "not any more".)
                Err(Errno(errno)) if would_block(errno) || errno == libc::ENOTCONN => return Ok(()),
                Err(errno) => return Err(errno.into()),
            }
        }
        // The rest in the next turn.
        Ok(())
    }

    /// Length of the message that is arriving, once known.
    fn announced(&self) -> Option<usize> {
        (self.prefix_read == PREFIX).then(|| usize::from(u16::from_be_bytes(self.prefix)))
    }

    /// Bytes that are missing: of the message, or of its length as long as that is not known.
    fn missing(&self) -> usize {
        match self.announced() {
            Some(length) => length.saturating_sub(self.message.len()),
            None => PREFIX - self.prefix_read,
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.prefix_read == PREFIX {
            return self.message.extend_from_slice(bytes);
        }
        for (place, byte) in self.prefix.iter_mut().skip(self.prefix_read).zip(bytes) {
            *place = *byte;
        }
        self.prefix_read = (self.prefix_read + bytes.len()).min(PREFIX);
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, TcpSocket};
    use crate::io::sys;
    use crate::io::tcp_tests::{framed, set_option};
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;
    use std::time::{Duration, Instant};

    #[test]
    fn a_slow_reader_gets_the_query_in_pieces() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = listener.local_addr().unwrap();
        let fd = sys::tcp_socket(&peer).unwrap();
        // The kernel would take megabytes for a connection that nobody reads.
        set_option(listener.as_raw_fd(), libc::SO_RCVBUF, &2_048i32);
        set_option(fd.raw(), libc::SO_SNDBUF, &2_048i32);
        let query: Vec<u8> = (0..65_535u32).map(|n| (n % 251) as u8).collect();
        let mut socket = TcpSocket::begin(fd, peer, &query).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        server.set_nonblocking(true).unwrap();
        let (mut taken, mut piece, mut buffer, mut turns) = (Vec::new(), [0; 700], [0; 4_096], 0);
        let start = Instant::now();
        while taken.len() < 2 + query.len() && start.elapsed() < Duration::from_secs(10) {
            turns += u32::from(socket.is_writing());
            assert_eq!(socket.proceed(&mut buffer), Progress::Going);
            if let Ok(length) = server.read(&mut piece) {
                taken.extend_from_slice(&piece[..length]);
            }
        }
        assert!(taken == framed(&query) && turns > 1 && !socket.is_writing(), "{turns}");
        server.write_all(&framed(b"answer")).unwrap();
        while socket.proceed(&mut buffer) == Progress::Going {}
        assert_eq!(socket.take_message(), b"answer");
    }
}
