//! The DNS of the device: a transport of its own, or the driver of the library with servers that refuse, lie or are silent.

use super::dns_answers::answer;
use super::*;
use core::ffi::{CStr, c_char};
use std::ffi::CString;
use std::net::UdpSocket;

/// Nobody listens there: ICMP refuses datagrams, RST connections.
const REFUSING: &CStr = c"127.0.0.1:1";

/// What is known of DNS.
pub(super) struct Dns {
    /// With the driver: a server of this process, so that nothing leaves the machine.
    server: Option<UdpSocket>,
    address: CString,
    /// Id, server and transport of what was sent, and the last message.
    queries: RefCell<Vec<(u64, u32, u32)>>,
    message: RefCell<Vec<u8>>,
    /// Descriptors that the device has been told to watch.
    watched: RefCell<BTreeSet<i32>>,
}

impl Dns {
    /// Half of the devices use the driver; none under Miri, which knows no sockets.
    pub fn new(script: &mut dyn Script) -> Dns {
        let is_driven = script.below(2) == 1 && !cfg!(miri);
        let server = is_driven.then(|| UdpSocket::bind("127.0.0.1:0").expect("a socket of this machine"));
        let address = server.as_ref().map_or("192.0.2.53".to_owned(), |server| {
            server.set_nonblocking(true).expect("a socket that does not block");
            server.local_addr().expect("its address").to_string()
        });
        let address = CString::new(address).expect("a text");
        Dns { server, address, queries: RefCell::default(), message: RefCell::default(), watched: RefCell::default() }
    }

    pub fn is_driven(&self) -> bool {
        self.server.is_some()
    }

    /// Texts for a list of servers: two good ones, then others.
    pub fn servers(&self) -> [*const c_char; 4] {
        [self.address.as_ptr(), REFUSING.as_ptr(), c"no address".as_ptr(), null()]
    }

    pub fn note_query(&self, query: &sfo_dns_query, message: &[u8]) {
        assert!(message.len() >= 12);
        self.queries.borrow_mut().push((query.query, query.server_index, query.transport));
        self.message.replace(message.to_vec());
    }

    pub fn watch(&self, fd: i32, events: u32) {
        let mut watched = self.watched.borrow_mut();
        if events == 0 {
            assert!(watched.remove(&fd), "a descriptor is forgotten that was never watched");
        } else {
            assert!(fd >= 0);
            watched.insert(fd);
        }
    }

    /// Answers what the driver has sent to the server of this process.
    fn serve(&self, script: &mut dyn Script) {
        let mut buffer = [0; 1_500];
        while let Some((server, (length, from))) =
            self.server.as_ref().and_then(|server| Some((server, server.recv_from(&mut buffer).ok()?)))
        {
            if let Some(reply) = answer(&buffer[..length], script) {
                // Nobody waits any more, perhaps.
                let _ = server.send_to(&reply, from);
            }
        }
    }
}

impl Device<'_> {
    /// A query that was sent, or none.
    pub(super) fn some_query(&self) -> (u64, u32, u32) {
        let queries = self.dns.queries.borrow();
        let from = queries.len().saturating_sub(4);
        let known = queries.get(from + self.pick(5)).copied();
        known.unwrap_or((u64::from(self.number(9)), self.number(2), self.number(3)))
    }

    /// A message that answers the last query more or less, or just bytes.
    pub(super) fn some_message(&self) -> (u32, Vec<u8>) {
        let server = self.number(2);
        let mut script = self.script.borrow_mut();
        let bytes = match script.below(4) {
            0 => None,
            _ => answer(&self.dns.message.borrow(), &mut **script),
        };
        (server, bytes.unwrap_or_else(|| script.bytes(40)))
    }

    pub(super) fn dns(&self) -> (Call, sfo_status) {
        let (engine, now) = (self.engine.get(), self.now_ms.get());
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(5) {
                0 | 1 if self.dns.is_driven() => {
                    self.dns.serve(&mut **self.script.borrow_mut());
                    let fds = self.descriptors();
                    let fd = fds.get(self.pick(fds.len().clamp(1, 64))).copied().unwrap_or(-1);
                    (calls::DNS_IO_HANDLE, sfo_dns_io_handle(engine, now, fd))
                }
                0 => {
                    assert_eq!(sfo_dns_io_fds(engine, null_mut(), 0), 0);
                    (calls::DNS_IO_HANDLE, sfo_dns_io_handle(engine, now, 3))
                }
                1 | 2 => {
                    let (server, bytes) = self.some_message();
                    let status = sfo_engine_handle_dns(engine, now, server, bytes.as_ptr(), bytes.len());
                    (calls::ENGINE_HANDLE_DNS, status)
                }
                3 => {
                    let (query, server, transport) = self.some_query();
                    (calls::ENGINE_DNS_FAILED, sfo_engine_dns_failed(engine, now, query, server, transport))
                }
                // Not the file of this machine: what it names is asked then.
                _ => {
                    let path = if cfg!(miri) { c"\xff" } else { [c"/nonexistent", c"/", c"\xff"][self.pick(3)] };
                    (calls::DNS_IO_USE_RESOLV_CONF, sfo_dns_io_use_resolv_conf(engine, now, path.as_ptr()))
                }
            }
        }
    }

    fn descriptors(&self) -> Vec<i32> {
        let mut out = [sfo_dns_fd { fd: -1, events: 0 }; 64];
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; the array is good.
        let count = unsafe { sfo_dns_io_fds(self.engine.get(), out.as_mut_ptr(), out.len()) };
        assert!(count <= out.len());
        self.called.borrow_mut().insert(calls::DNS_IO_FDS.name);
        assert!(out[..count].iter().all(|one| one.fd >= 0 && one.events != 0));
        out[..count].iter().map(|one| one.fd).collect()
    }

    /// Between the calls: who watches what dns_watch has said watches what there is.
    pub(super) fn check_descriptors(&self) {
        if self.dns.is_driven() && !self.is_freed.get() {
            let listed: BTreeSet<i32> = self.descriptors().into_iter().collect();
            assert_eq!(listed, *self.dns.watched.borrow());
        }
        if self.is_freed.get() {
            assert!(self.dns.watched.borrow().is_empty(), "descriptors that nobody forgot");
        }
    }
}
