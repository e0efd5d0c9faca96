//! TCP connections of the driver against servers on the loopback interface.

use super::tests::{FIRST, PATIENCE_MS, is_open, sabotage, turn};
use super::{Change, DnsIo, Events, MAX_SOCKETS, SendFailure};
use crate::types::{DnsTransport, Random};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// A listening server, a driver that knows it, and the query 7 on its way to it.
struct Bench {
    io: DnsIo,
    random: Random,
    listener: TcpListener,
}

impl Bench {
    fn at(address: &str) -> Option<Bench> {
        let listener = TcpListener::bind(address).ok()?;
        let mut io = DnsIo::new();
        io.set_servers(&[listener.local_addr().unwrap()]);
        Some(Bench { io, random: Random::new(&[7; 32]), listener })
    }

    fn new() -> Bench {
        Bench::at("127.0.0.1:0").unwrap()
    }

    fn ask(&mut self, query: u64, bytes: &[u8]) -> Result<(), SendFailure> {
        self.io.send(query, FIRST, DnsTransport::Tcp, bytes, &mut self.random)
    }

    /// The server takes the connection of the query, and what the driver has to say on it.
    fn accept(&mut self, expected: &[u8]) -> TcpStream {
        let (mut stream, _) = self.listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(PATIENCE_MS as u64))).unwrap();
        while self.io.interest().any(|(_, events)| events == Events::WRITABLE) {
            assert!(turn(&mut self.io, PATIENCE_MS).is_empty());
        }
        assert_eq!(framed_in(&mut stream), expected);
        stream
    }

    fn turn(&mut self) -> Vec<String> {
        turn(&mut self.io, PATIENCE_MS)
    }

    fn fd(&self) -> i32 {
        self.io.interest().next().unwrap().0
    }
}

pub fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_be_bytes(), message].concat()
}

fn framed_in(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message).unwrap();
    message
}

pub fn set_option<T>(fd: i32, option: libc::c_int, value: &T) {
    let length = size_of::<T>() as libc::socklen_t;
    // SAFETY: the value outlives the call and has the length named.
    let done = unsafe { libc::setsockopt(fd, libc::SOL_SOCKET, option, (&raw const *value).cast(), length) };
    assert_eq!(done, 0);
}

/// The next `close` sends a reset.
fn reset_on_close(stream: &TcpStream) {
    set_option(stream.as_raw_fd(), libc::SO_LINGER, &libc::linger { l_onoff: 1, l_linger: 0 });
}

#[test]
fn an_answer_arrives_over_tcp() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        // A machine without IPv6 has nothing to show for it.
        let Some(mut bench) = Bench::at(address) else { continue };
        bench.ask(7, b"query").unwrap();
        let mut server = bench.accept(b"query");
        server.write_all(&framed(b"answer")).unwrap();
        assert_eq!(bench.turn(), ["7 server 0: answer"]);
        // Given up with the query.
        bench.io.release(7);
        assert_eq!(bench.io.interest().count(), 0);
        assert_eq!(server.read(&mut [0; 8]).unwrap(), 0, "closed");
    }
}

#[test]
fn an_answer_in_single_bytes_is_put_together() {
    let mut bench = Bench::new();
    bench.ask(7, b"query").unwrap();
    let mut server = bench.accept(b"query");
    let bytes = framed(b"answer");
    let (last, first) = bytes.split_last().unwrap();
    for byte in first {
        server.write_all(&[*byte]).unwrap();
        assert!(bench.turn().is_empty());
    }
    server.write_all(&[*last]).unwrap();
    assert_eq!(bench.turn(), ["7 server 0: answer"]);
}

#[test]
fn two_messages_in_one_segment_come_one_a_turn_and_the_end_after_them() {
    let mut bench = Bench::new();
    bench.ask(7, b"query").unwrap();
    let mut server = bench.accept(b"query");
    server.write_all(&[framed(b"one"), framed(b"two"), b"\x00".to_vec()].concat()).unwrap();
    drop(server);
    assert_eq!(bench.turn(), ["7 server 0: one"]);
    assert_eq!(bench.turn(), ["7 server 0: two"]);
    assert_eq!(bench.turn(), ["7 server 0: refused (TCP)"]);
    assert_eq!(bench.io.interest().count(), 0);
}

#[test]
fn a_message_of_the_greatest_length_arrives_whole() {
    let mut bench = Bench::new();
    bench.ask(7, b"query").unwrap();
    let mut server = bench.accept(b"query");
    let message = vec![b'x'; 65_535];
    let bytes = framed(&message);
    let sender = std::thread::spawn(move || server.write_all(&bytes).map(|()| server));
    let mut seen = Vec::new();
    while seen.is_empty() {
        seen = bench.turn();
    }
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].len(), "7 server 0: ".len() + message.len());
    sender.join().unwrap().unwrap();
}

#[test]
fn a_length_that_promises_more_than_comes_is_a_failure_and_costs_no_memory() {
    let mut bench = Bench::new();
    bench.ask(7, b"query").unwrap();
    let mut server = bench.accept(b"query");
    server.write_all(b"\xff\xffshort").unwrap();
    assert!(bench.turn().is_empty());
    drop(server);
    assert_eq!(bench.turn(), ["7 server 0: refused (TCP)"]);
}

#[test]
fn a_length_of_zero_is_no_dns() {
    let mut bench = Bench::new();
    bench.ask(7, b"query").unwrap();
    let mut server = bench.accept(b"query");
    server.write_all(&[0; 1000]).unwrap();
    assert_eq!(bench.turn(), ["7 server 0: refused (TCP)"]);
    assert_eq!(bench.io.interest().count(), 0);
}

#[test]
fn a_reset_in_the_middle_of_an_answer_is_a_failure() {
    let mut bench = Bench::new();
    bench.ask(7, b"query").unwrap();
    let mut server = bench.accept(b"query");
    server.write_all(&framed(b"answer")[..4]).unwrap();
    assert!(bench.turn().is_empty());
    reset_on_close(&server);
    drop(server);
    assert_eq!(bench.turn(), ["7 server 0: refused (TCP)"]);
}

#[test]
fn a_connection_closed_before_the_answer_is_a_failure() {
    let mut bench = Bench::new();
    bench.ask(7, b"query").unwrap();
    drop(bench.accept(b"query"));
    assert_eq!(bench.turn(), ["7 server 0: refused (TCP)"]);
    assert!(turn(&mut bench.io, 0).is_empty());
}

#[test]
fn a_closed_port_is_a_failure_at_once_or_with_the_next_turn() {
    let mut bench = Bench::new();
    // A socket that is bound and does not listen: nobody else can take the port meanwhile.
    let (_holder, closed) = bound_only();
    bench.io.set_servers(&[closed]);
    match bench.ask(7, b"query") {
        Err(failure) => assert_eq!(failure, SendFailure::Refused),
        Ok(()) => assert_eq!(bench.turn(), ["7 server 0: refused (TCP)"]),
    }
    assert_eq!(bench.io.interest().count(), 0);
}

/// A TCP socket that is bound to a port and does not listen.
fn bound_only() -> (super::sys::Fd, SocketAddr) {
    loop {
        // A number that is free for datagrams; mostly it is so for connections, too.
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let fd = super::sys::tcp_socket(&peer).unwrap();
        if super::sys::bind(&fd, &peer, port).is_ok() {
            return (fd, peer);
        }
    }
}

/// A server whose queue is full, so that connections to it do not come about, and those in the queue.
fn busy_listener() -> (TcpListener, SocketAddr, Vec<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let peer = listener.local_addr().unwrap();
    // SAFETY: takes no pointers; the descriptor is open.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
    let patience = Duration::from_millis(200);
    let queued = (0..10).map_while(|_| TcpStream::connect_timeout(&peer, patience).ok()).collect();
    (listener, peer, queued)
}

#[test]
fn a_connection_that_does_not_come_about_waits_for_room_to_write_until_released() {
    let mut bench = Bench::new();
    let (_listener, peer, _queued) = busy_listener();
    bench.io.set_servers(&[peer]);
    bench.ask(7, b"query").unwrap();
    let fd = bench.fd();
    assert_eq!(bench.io.next_change(), Some(Change { fd, events: Events::WRITABLE }));
    // A call that nothing calls for does no harm.
    assert!(bench.io.handle(fd, &mut |_| unreachable!()));
    assert!(turn(&mut bench.io, 50).is_empty());
    assert_eq!(bench.io.next_change(), None);
    bench.io.release(7);
    assert_eq!(bench.io.next_change(), Some(Change { fd, events: Events::NONE }));
    assert!(is_open(fd));
    assert_eq!(bench.io.next_change(), None);
}

#[test]
fn once_the_query_is_out_the_answer_is_waited_for() {
    let mut bench = Bench::new();
    let (listener, peer, queued) = busy_listener();
    bench.io.set_servers(&[peer]);
    bench.ask(7, b"query").unwrap();
    let connection = bench.fd();
    assert_eq!(bench.io.next_change(), Some(Change { fd: connection, events: Events::WRITABLE }));
    // Room in the queue: the next attempt of the kernel, a second later, succeeds.
    let _accepted: Vec<_> = queued.iter().map(|_| listener.accept().unwrap()).collect();
    assert!(bench.turn().is_empty());
    assert_eq!(bench.io.next_change(), Some(Change { fd: connection, events: Events::READABLE }));
    assert_eq!(bench.io.next_change(), None);
}

#[test]
fn a_query_longer_than_its_length_can_say_is_refused() {
    let mut bench = Bench::new();
    assert_eq!(bench.ask(7, &[0; 65_536]), Err(SendFailure::Other(libc::EMSGSIZE)));
    assert_eq!(bench.io.interest().count(), 0);
}

#[test]
fn a_further_try_gives_up_what_was_open_to_that_server() {
    let mut bench = Bench::new();
    bench.io.send(7, FIRST, DnsTransport::Udp, b"query", &mut bench.random).unwrap();
    bench.ask(7, b"over TCP").unwrap();
    assert_eq!(bench.io.interest().count(), 1);
    let mut first = bench.accept(b"over TCP");
    bench.ask(8, b"another").unwrap();
    let _another = bench.accept(b"another");
    bench.ask(7, b"once more").unwrap();
    assert_eq!(first.read(&mut [0; 8]).unwrap(), 0, "closed");
    let mut second = bench.accept(b"once more");
    second.write_all(&framed(b"answer")).unwrap();
    assert_eq!(bench.turn(), ["7 server 0: answer"]);
    assert_eq!(bench.io.interest().count(), 2);
}

#[test]
fn a_broken_connection_is_reported_and_given_up() {
    let mut bench = Bench::new();
    bench.ask(7, b"query").unwrap();
    let _server = bench.accept(b"query");
    let fd = bench.io.next_change().unwrap().fd;
    sabotage(fd);
    assert_eq!(bench.turn(), ["7 server 0: refused (TCP)"]);
    assert_eq!(bench.io.interest().count(), 0);
    assert_eq!(bench.io.next_change(), Some(Change { fd, events: Events::NONE }));
}

/// Whether a signal waits for this thread, which has it blocked.
fn is_pending(signal: libc::c_int) -> bool {
    // SAFETY: the set is a plain C struct that the call fills in; both outlive it.
    unsafe {
        let mut set = std::mem::zeroed();
        assert_eq!(libc::sigpending(&raw mut set), 0);
        libc::sigismember(&raw const set, signal) == 1
    }
}

// The write side is broken, too, once the server has reset the connection: that must not end the process. Rust programs
// ignore the signal, firmware does not; blocked, it would be kept.
#[test]
fn writing_to_a_connection_that_was_reset_raises_no_signal() {
    // SAFETY: the set is a plain C struct that the calls fill in and read; it outlives them. Only this thread changes.
    unsafe {
        let mut set = std::mem::zeroed();
        assert_eq!(libc::sigemptyset(&raw mut set), 0);
        assert_eq!(libc::sigaddset(&raw mut set, libc::SIGPIPE), 0);
        assert_eq!(libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()), 0);
    }
    let bench = Bench::new();
    let peer = bench.listener.local_addr().unwrap();
    let fd = super::sys::tcp_socket(&peer).unwrap();
    let _ = super::sys::connect(&fd, &peer);
    let (stream, _) = bench.listener.accept().unwrap();
    reset_on_close(&stream);
    drop(stream);
    // The reset as soon as it has arrived, the broken pipe from then on.
    let results: Vec<_> = (0..100)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(1));
            super::sys::write(&fd, b"x")
        })
        .collect();
    assert_eq!(results.last(), Some(&Err(super::sys::Errno(libc::EPIPE))));
    assert!(!is_pending(libc::SIGPIPE));
}

#[test]
fn connections_count_among_the_descriptors() {
    let mut bench = Bench::new();
    for query in 0..MAX_SOCKETS as u64 {
        bench.ask(query, b"query").unwrap();
    }
    assert_eq!(bench.ask(99, b"query"), Err(SendFailure::Full));
    bench.ask(5, b"again").unwrap();
    bench.io.release(6);
    bench.ask(99, b"query").unwrap();
}
