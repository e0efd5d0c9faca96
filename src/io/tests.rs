//! The driver against servers on the loopback interface.

use super::sys::Errno;
use super::{Change, DnsIo, Event, Events, MAX_DATAGRAMS, MAX_SOCKETS, SendFailure};
use crate::types::{DnsServerIndex, DnsTransport, Random};
use proptest::prelude::*;
use std::collections::HashMap;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

pub const FIRST: DnsServerIndex = DnsServerIndex(0);
const SECOND: DnsServerIndex = DnsServerIndex(1);
/// Longest wait for anything, in milliseconds. The loopback interface needs microseconds; the rest is for a machine
/// that is busy.
pub const PATIENCE_MS: i32 = 5_000;

/// A DNS server that the test plays itself.
fn server_at(address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(PATIENCE_MS as u64))).unwrap();
    socket
}

fn server() -> UdpSocket {
    server_at("127.0.0.1:0")
}

/// A server whose port is closed, yet cannot be taken by a test that runs beside this one: the socket is connected to
/// somebody else, so that the kernel refuses what comes from us.
fn closed_server() -> UdpSocket {
    let socket = server();
    socket.connect("127.0.0.1:9").unwrap();
    socket
}

/// Takes a query and returns where it came from.
fn take(server: &UdpSocket, expected: &[u8]) -> SocketAddr {
    let mut buffer = [0; 512];
    let (length, client) = server.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], expected);
    client
}

fn driver(servers: &[&UdpSocket]) -> (DnsIo, Random) {
    let mut io = DnsIo::new();
    let servers: Vec<SocketAddr> = servers.iter().map(|server| server.local_addr().unwrap()).collect();
    io.set_servers(&servers);
    // A seed of its own per driver: tests run side by side and would otherwise draw the same ports.
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&u64::from(servers.first().map_or(0, SocketAddr::port)).to_le_bytes());
    (io, Random::new(&seed))
}

/// Sends over UDP.
fn ask(
    io: &mut DnsIo,
    query: u64,
    server: DnsServerIndex,
    bytes: &[u8],
    random: &mut Random,
) -> Result<(), SendFailure> {
    io.send(query, server, DnsTransport::Udp, bytes, random)
}

/// A poll-style event loop: waits until something is ready, handles it, and returns the events as text.
pub fn turn(io: &mut DnsIo, wait_ms: i32) -> Vec<String> {
    let mut set: Vec<libc::pollfd> =
        io.interest().map(|(fd, events)| libc::pollfd { fd, events: poll_events(events), revents: 0 }).collect();
    // SAFETY: pointer and length come from one vector, which outlives the call.
    unsafe { libc::poll(set.as_mut_ptr(), set.len() as libc::nfds_t, wait_ms) };
    let mut seen = Vec::new();
    for entry in set.iter().filter(|entry| entry.revents != 0) {
        assert!(io.handle(entry.fd, &mut |event| seen.push(text_of(event))));
    }
    seen
}

fn poll_events(events: Events) -> i16 {
    [(Events::READABLE, libc::POLLIN), (Events::WRITABLE, libc::POLLOUT)]
        .into_iter()
        .filter(|(flag, _)| events.bits() & flag.bits() != 0)
        .fold(0, |set, (_, event)| set | event)
}

fn text_of(event: Event<'_>) -> String {
    match event {
        Event::Message { query, server, bytes } => {
            format!("{query} server {}: {}", server.0, String::from_utf8_lossy(bytes))
        }
        Event::Refused { query, server, transport } => {
            format!(
                "{query} server {}: refused{}",
                server.0,
                if transport == DnsTransport::Tcp { " (TCP)" } else { "" }
            )
        }
    }
}

pub fn is_open(fd: i32) -> bool {
    // SAFETY: takes no pointers; harmless for any number.
    unsafe { libc::fcntl(fd, libc::F_GETFD) >= 0 }
}

/// A local port that is in use cannot be bound to.
fn port_in_use(client: SocketAddr) -> bool {
    UdpSocket::bind(client).is_err()
}

fn errno() -> i32 {
    Errno::last().0
}

#[test]
fn an_answer_arrives() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        // A machine without IPv6 has nothing to show for it.
        let Ok(server) = UdpSocket::bind(address) else { continue };
        let (mut io, mut random) = driver(&[&server]);
        ask(&mut io, 7, FIRST, b"query", &mut random).unwrap();
        let client = take(&server, b"query");
        server.send_to(b"answer", client).unwrap();
        assert_eq!(turn(&mut io, PATIENCE_MS), ["7 server 0: answer"]);
        assert!(turn(&mut io, 0).is_empty());
    }
}

#[test]
fn queries_do_not_mix_and_a_retry_uses_the_same_socket() {
    let (one, two) = (server(), server());
    let (mut io, mut random) = driver(&[&one, &two]);
    ask(&mut io, 1, FIRST, b"a", &mut random).unwrap();
    ask(&mut io, 2, FIRST, b"b", &mut random).unwrap();
    ask(&mut io, 1, SECOND, b"c", &mut random).unwrap();
    assert_eq!(io.interest().count(), 3);
    assert!(io.interest().all(|(_, events)| events == Events::READABLE));
    let first = take(&one, b"a");
    let second = take(&one, b"b");
    assert_ne!(first, second);
    let third = take(&two, b"c");
    ask(&mut io, 1, FIRST, b"a again", &mut random).unwrap();
    assert_eq!(take(&one, b"a again"), first);
    assert_eq!(io.interest().count(), 3);
    two.send_to(b"to c", third).unwrap();
    assert_eq!(turn(&mut io, PATIENCE_MS), ["1 server 1: to c"]);
    one.send_to(b"to b", second).unwrap();
    assert_eq!(turn(&mut io, PATIENCE_MS), ["2 server 0: to b"]);
}

#[test]
fn a_datagram_from_another_port_is_not_delivered() {
    let (server, stranger) = (server(), server());
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 1, FIRST, b"query", &mut random).unwrap();
    let client = take(&server, b"query");
    stranger.send_to(b"forged", client).unwrap();
    assert!(turn(&mut io, 100).is_empty());
    server.send_to(b"true", client).unwrap();
    assert_eq!(turn(&mut io, PATIENCE_MS), ["1 server 0: true"]);
}

#[test]
fn a_closed_port_is_reported_once() {
    let server = closed_server();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 3, FIRST, b"query", &mut random).unwrap();
    assert_eq!(turn(&mut io, PATIENCE_MS), ["3 server 0: refused"]);
    assert!(turn(&mut io, 0).is_empty());
}

#[test]
fn a_closed_port_is_reported_by_a_retry_that_comes_first() {
    let server = closed_server();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 3, FIRST, b"query", &mut random).unwrap();
    assert_eq!(ask(&mut io, 3, FIRST, b"query", &mut random), Err(SendFailure::Refused));
    assert!(turn(&mut io, 0).is_empty());
    assert_eq!(io.interest().count(), 1);
}

#[test]
fn one_call_reads_a_bounded_number_and_the_rest_stays_readable() {
    let server = server();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 1, FIRST, b"query", &mut random).unwrap();
    let client = take(&server, b"query");
    for _ in 0..MAX_DATAGRAMS + 3 {
        server.send_to(b"x", client).unwrap();
    }
    assert_eq!(turn(&mut io, PATIENCE_MS).len(), MAX_DATAGRAMS);
    assert_eq!(turn(&mut io, PATIENCE_MS).len(), 3);
}

#[test]
fn an_oversized_datagram_is_counted_and_dropped() {
    let server = server();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 1, FIRST, b"query", &mut random).unwrap();
    let client = take(&server, b"query");
    server.send_to(&[b'x'; super::MAX_MESSAGE + 1], client).unwrap();
    server.send_to(&[b'y'; super::MAX_MESSAGE], client).unwrap();
    let seen = turn(&mut io, PATIENCE_MS);
    assert_eq!(seen.len(), 1);
    assert!(seen[0].ends_with('y'));
    assert_eq!(io.counters().oversized, 1);
}

#[test]
fn release_closes_at_once_when_nobody_takes_changes() {
    let server = server();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 1, FIRST, b"query", &mut random).unwrap();
    let client = take(&server, b"query");
    let (fd, _) = io.interest().next().unwrap();
    assert!(port_in_use(client));
    io.release(1);
    assert!(!port_in_use(client));
    assert_eq!(io.interest().count(), 0);
    assert!(!io.handle(fd, &mut |_| unreachable!()));
    assert_eq!(io.next_change(), None);
}

#[test]
fn release_announces_the_removal_before_it_closes() {
    let server = server();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 1, FIRST, b"query", &mut random).unwrap();
    let client = take(&server, b"query");
    let (fd, events) = io.interest().next().unwrap();
    assert_eq!(io.next_change(), Some(Change { fd, events }));
    assert_eq!(io.next_change(), None);
    io.release(1);
    // Out of use, still open, and not answered any more.
    assert_eq!(io.interest().count(), 0);
    assert!(!io.handle(fd, &mut |_| unreachable!()));
    assert!(port_in_use(client));
    assert_eq!(io.next_change(), Some(Change { fd, events: Events::NONE }));
    assert!(is_open(fd) && port_in_use(client));
    assert_eq!(io.next_change(), None);
    assert!(!port_in_use(client));
}

#[test]
fn changed_servers_lose_their_sockets() {
    let (one, two, three) = (server(), server(), server());
    let (mut io, mut random) = driver(&[&one, &two]);
    ask(&mut io, 1, FIRST, b"a", &mut random).unwrap();
    ask(&mut io, 1, SECOND, b"b", &mut random).unwrap();
    let kept = take(&one, b"a");
    let given_up = take(&two, b"b");
    io.set_servers(&[one.local_addr().unwrap(), three.local_addr().unwrap()]);
    assert!(port_in_use(kept) && !port_in_use(given_up));
    ask(&mut io, 1, SECOND, b"c", &mut random).unwrap();
    take(&three, b"c");
    io.set_servers(&[]);
    assert_eq!(io.interest().count(), 0);
    assert_eq!(ask(&mut io, 1, FIRST, b"d", &mut random), Err(SendFailure::NoServer));
}

#[test]
fn the_number_of_sockets_is_bounded() {
    let server = server();
    let (mut io, mut random) = driver(&[&server]);
    for query in 0..MAX_SOCKETS as u64 {
        ask(&mut io, query, FIRST, b"query", &mut random).unwrap();
        io.next_change();
    }
    assert_eq!(ask(&mut io, 99, FIRST, b"query", &mut random), Err(SendFailure::Full));
    ask(&mut io, 5, FIRST, b"again", &mut random).unwrap();
    io.release(5);
    // Announced, hence open until the change has been taken.
    assert_eq!(ask(&mut io, 99, FIRST, b"query", &mut random), Err(SendFailure::Full));
    assert_eq!(io.next_change().unwrap().events, Events::NONE);
    assert_eq!(ask(&mut io, 99, FIRST, b"query", &mut random), Err(SendFailure::Full));
    assert_eq!(io.next_change(), None);
    ask(&mut io, 99, FIRST, b"query", &mut random).unwrap();
}

#[test]
fn a_failed_send_leaves_nothing_open_and_errno_alone() {
    let mut io = DnsIo::new();
    // Multicast and broadcast cannot be reached without socket options that nobody sets here.
    io.set_servers(&["255.255.255.255:53".parse().unwrap()]);
    let mut random = Random::new(&[4; 32]);
    // A call that fails, for its errno.
    assert!(!is_open(-1));
    let before = errno();
    assert_eq!(ask(&mut io, 1, FIRST, b"query", &mut random), Err(SendFailure::Other(libc::EACCES)));
    io.release(1);
    io.handle(-1, &mut |_| {});
    assert_eq!(errno(), before);
    assert_eq!(io.interest().count(), 0);
    assert_eq!(io.next_change(), None);
}

/// Puts something that is no socket in the place of a descriptor.
pub fn sabotage(fd: i32) {
    let file = std::fs::File::open("/dev/null").unwrap();
    // SAFETY: takes no pointers; `fd` is an open descriptor of the driver under test and is replaced in one step, so
    // that no test running beside this one can get its number.
    assert_eq!(unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&file), fd) }, fd);
}

#[test]
fn a_broken_socket_is_reported_and_given_up() {
    let server = server();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 1, FIRST, b"query", &mut random).unwrap();
    let fd = io.next_change().unwrap().fd;
    sabotage(fd);
    assert_eq!(turn(&mut io, PATIENCE_MS), ["1 server 0: refused"]);
    assert_eq!(io.interest().count(), 0);
    assert_eq!(io.next_change(), Some(Change { fd, events: Events::NONE }));
}

#[test]
fn a_retry_on_a_socket_that_no_longer_sends_opens_another() {
    let server = server();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 1, FIRST, b"query", &mut random).unwrap();
    take(&server, b"query");
    sabotage(io.interest().next().unwrap().0);
    ask(&mut io, 1, FIRST, b"again", &mut random).unwrap();
    server.send_to(b"answer", take(&server, b"again")).unwrap();
    assert_eq!(turn(&mut io, PATIENCE_MS), ["1 server 0: answer"]);
}

/// Set for the process in which descriptors may run out.
const EXHAUST: &str = "SIPFAILOVER_TEST_EXHAUST";

// The limit is one of the whole process, so it runs in a process of its own: this very test, started anew.
#[test]
fn running_out_of_descriptors_is_survived() {
    if std::env::var_os(EXHAUST).is_some() {
        return run_out_of_descriptors();
    }
    let test = "io::tests::running_out_of_descriptors_is_survived";
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--test-threads=1", "--nocapture"])
        .env(EXHAUST, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("ran out"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

fn run_out_of_descriptors() {
    let (server, _listener) = server_of_both();
    let (mut io, mut random) = driver(&[&server]);
    ask(&mut io, 0, FIRST, b"query", &mut random).unwrap();
    let (highest, _) = io.interest().next().unwrap();
    let limit = libc::rlimit { rlim_cur: highest as libc::rlim_t + 8, rlim_max: 64 };
    // SAFETY: the struct is complete and outlives the call.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
    // Whoever started this process may have left it descriptors, above and below.
    let null = || std::fs::File::open("/dev/null").ok();
    let room = core::iter::from_fn(null).collect::<Vec<_>>().len();
    assert!((1..20).contains(&room));
    // Several rounds: a leak of one descriptor per failure would shrink the number that succeeds.
    for round in 0..10 {
        let transport = if round % 2 == 0 { DnsTransport::Udp } else { DnsTransport::Tcp };
        let mut send = |query| io.send(query, FIRST, transport, b"query", &mut random);
        let sent = (1..20).filter(|query| send(*query).is_ok()).count();
        assert_eq!(sent, room, "round {round}");
        assert_eq!(send(99), Err(SendFailure::Resources));
        // What is open goes on working.
        ask(&mut io, 0, FIRST, b"again", &mut random).unwrap();
        (1..20).for_each(|query| io.release(query));
    }
    println!("ran out");
}

#[derive(Clone, Debug)]
enum Step {
    Send(u64, u32, DnsTransport),
    /// What the TCP server does with its next connection: answer or close it at once.
    Serve(bool),
    Release(u64),
    Servers(Vec<usize>),
    Take(usize),
    Handle,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6u64, 0..3u32).prop_map(|(query, server)| Step::Send(query, server, DnsTransport::Udp)),
        4 => (0..6u64, 0..3u32).prop_map(|(query, server)| Step::Send(query, server, DnsTransport::Tcp)),
        2 => any::<bool>().prop_map(Step::Serve),
        3 => (0..6u64).prop_map(Step::Release),
        1 => proptest::collection::vec(0..3usize, 0..=3).prop_map(Step::Servers),
        4 => (1..6usize).prop_map(Step::Take),
        1 => Just(Step::Handle),
    ]
}

/// An event loop that keeps its own set, and insists that it makes sense.
#[derive(Default)]
struct Watched(HashMap<i32, u32>);

impl Watched {
    fn apply(&mut self, change: Change) {
        assert!(is_open(change.fd), "{change:?}");
        if change.events == Events::NONE {
            assert!(self.0.remove(&change.fd).is_some(), "removed but not watched: {change:?}");
        } else {
            let before = self.0.insert(change.fd, change.events.bits());
            assert_ne!(before, Some(change.events.bits()), "watched twice: {change:?}");
        }
    }

    fn catch_up(&mut self, io: &mut DnsIo) {
        while let Some(change) = io.next_change() {
            self.apply(change);
        }
        assert_eq!(self.0, io.interest().map(|(fd, events)| (fd, events.bits())).collect());
    }
}

/// A server that listens on one port over UDP and TCP.
fn server_of_both() -> (UdpSocket, TcpListener) {
    loop {
        let udp = server();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()) {
            tcp.set_nonblocking(true).unwrap();
            return (udp, tcp);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_are_paired_whatever_happens(steps in proptest::collection::vec(step(), 0..80)) {
        let (both, tcp) = server_of_both();
        let mut connections = Vec::new();
        let servers = [both, server(), closed_server()];
        let addresses = servers.each_ref().map(|server| server.local_addr().unwrap());
        let (mut io, mut random) = driver(&[]);
        io.set_servers(&addresses);
        let mut watched = Watched::default();
        for step in steps {
            match step {
                Step::Send(query, server, transport) => {
                    let _ = io.send(query, DnsServerIndex(server), transport, b"query", &mut random);
                }
                Step::Serve(answer) => {
                    if let Ok((mut connection, _)) = tcp.accept() && answer {
                        let _ = connection.write_all(b"\x00\x06answer\x00");
                        connections.push(connection);
                    }
                }
                Step::Release(query) => io.release(query),
                Step::Servers(places) => {
                    let servers: Vec<SocketAddr> = places.iter().map(|place| addresses[*place]).collect();
                    io.set_servers(&servers);
                }
                Step::Take(count) => {
                    (0..count).map_while(|_| io.next_change()).for_each(|change| watched.apply(change));
                }
                Step::Handle => {
                    turn(&mut io, 0);
                }
            }
        }
        watched.catch_up(&mut io);
        io.set_servers(&[]);
        watched.catch_up(&mut io);
        prop_assert!(watched.0.is_empty());
    }
}
