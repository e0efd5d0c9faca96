//! The system calls, wrapped: the only file of this folder with `unsafe` in it.
//!
//! Nothing here decides anything. Every wrapper takes and returns safe types, and every failure is an [`Errno`].

use libc::{c_int, c_void, socklen_t};
use std::ffi::CString;
use std::mem;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

// The address of the calling thread's errno has a different name on each family of systems.
#[cfg(any(target_os = "solaris", target_os = "illumos"))]
use libc::___errno as errno_location;
#[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd", target_os = "cygwin"))]
use libc::__errno as errno_location;
#[cfg(any(
    target_os = "linux",
    target_os = "emscripten",
    target_os = "fuchsia",
    target_os = "l4re",
    target_os = "hurd",
    target_os = "dragonfly",
    target_os = "redox"
))]
use libc::__errno_location as errno_location;
#[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
use libc::__error as errno_location;
#[cfg(target_os = "nto")]
use libc::__get_errno_ptr as errno_location;
#[cfg(target_os = "aix")]
use libc::_Errno as errno_location;
#[cfg(target_os = "haiku")]
use libc::_errnop as errno_location;

/// Why a system call failed: a value of `errno.h`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub c_int);

impl Errno {
    /// The error of the system call that has just failed.
    pub fn last() -> Errno {
        // SAFETY: the C library returns a valid, aligned pointer to the calling thread's own errno.
        Errno(unsafe { *errno_location() })
    }

    fn restore(self) {
        // SAFETY: as in `last`; the object is thread-local, so nobody else accesses it meanwhile.
        unsafe { *errno_location() = self.0 }
    }
}

/// Keeps `errno` as it was: takes its value now and puts it back when dropped.
///
/// A C caller may look at `errno` of an earlier call of its own after calling us.
#[derive(Debug)]
pub struct ErrnoGuard(Errno);

impl ErrnoGuard {
    /// Remembers the present value.
    #[must_use = "errno is restored when the guard is dropped"]
    pub fn new() -> ErrnoGuard {
        ErrnoGuard(Errno::last())
    }
}

impl Default for ErrnoGuard {
    fn default() -> ErrnoGuard {
        ErrnoGuard::new()
    }
}

impl Drop for ErrnoGuard {
    fn drop(&mut self) {
        self.0.restore();
    }
}

/// A descriptor that is closed when dropped.
///
/// Not `std::os::fd::OwnedFd`: in builds with debug assertions that one aborts the process when the firmware has
/// closed the descriptor by mistake.
#[derive(Debug)]
pub struct Fd(c_int);

impl Fd {
    /// The number, for the caller's event loop.
    pub fn raw(&self) -> c_int {
        self.0
    }
}

impl Drop for Fd {
    fn drop(&mut self) {
        let _errno = ErrnoGuard::new();
        // The result is of no use: after EINTR the descriptor is closed on most systems, and trying again could close
        // one that another thread has just opened.
        // SAFETY: the descriptor was opened by this type and is closed nowhere else.
        unsafe { libc::close(self.0) };
    }
}

/// Turns the result of a call that returns 0 for success into a `Result`.
fn check(result: c_int) -> Result<(), Errno> {
    if result == 0 { Ok(()) } else { Err(Errno::last()) }
}

/// Room for a socket address of either family, laid out as the kernel wants it.
#[repr(C)]
union Address {
    v4: libc::sockaddr_in,
    v6: libc::sockaddr_in6,
    any: libc::sockaddr_storage,
}

const fn length_of<T>() -> socklen_t {
    mem::size_of::<T>() as socklen_t
}

impl Address {
    fn empty() -> Address {
        // SAFETY: these are plain C structs of integers and byte arrays; all bits zero is a value of each of them.
        unsafe { mem::zeroed() }
    }

    // The length byte of the BSD systems stays 0: their kernels fill it in from the length passed beside it.
    fn of(address: &SocketAddr) -> (Address, socklen_t) {
        let mut raw = Address::empty();
        match address {
            SocketAddr::V4(address) => {
                // SAFETY: every field of the union is initialized (zeroed) and made of integers only.
                let v4 = unsafe { &mut raw.v4 };
                v4.sin_family = libc::AF_INET as libc::sa_family_t;
                v4.sin_port = address.port().to_be();
                v4.sin_addr.s_addr = u32::from_ne_bytes(address.ip().octets());
                (raw, length_of::<libc::sockaddr_in>())
            }
            SocketAddr::V6(address) => {
                // SAFETY: as above.
                let v6 = unsafe { &mut raw.v6 };
                v6.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                v6.sin6_port = address.port().to_be();
                v6.sin6_addr.s6_addr = address.ip().octets();
                v6.sin6_scope_id = address.scope_id();
                (raw, length_of::<libc::sockaddr_in6>())
            }
        }
    }

    /// The address, or `None` if the kernel left nothing of either family.
    fn get(&self) -> Option<SocketAddr> {
        // SAFETY: every field of the union is initialized (zeroed, then perhaps overwritten by the kernel) and made of
        // integers only, so each may be read whatever was written; the family says which one means something.
        let (family, v4, v6) = unsafe { (c_int::from(self.any.ss_family), self.v4, self.v6) };
        match family {
            libc::AF_INET => {
                let ip = Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes());
                Some(SocketAddr::V4(SocketAddrV4::new(ip, u16::from_be(v4.sin_port))))
            }
            libc::AF_INET6 => {
                let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
                Some(SocketAddr::V6(SocketAddrV6::new(ip, u16::from_be(v6.sin6_port), 0, v6.sin6_scope_id)))
            }
            _ => None,
        }
    }
}

/// Opens a UDP socket for the family of `peer`: non-blocking, and not inherited by programs the firmware starts.
pub fn udp_socket(peer: &SocketAddr) -> Result<Fd, Errno> {
    socket(peer, libc::SOCK_DGRAM)
}

/// Opens a TCP socket for the family of `peer`, with the same properties. Writing to it raises no signal.
pub fn tcp_socket(peer: &SocketAddr) -> Result<Fd, Errno> {
    let fd = socket(peer, libc::SOCK_STREAM)?;
    #[cfg(target_vendor = "apple")]
    without_signal(&fd)?;
    Ok(fd)
}

fn socket(peer: &SocketAddr, kind: c_int) -> Result<Fd, Errno> {
    let family = if peer.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    // One call where the system can do it: between two calls another thread could fork and leak the descriptor.
    #[cfg(any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "dragonfly",
        target_os = "netbsd",
        target_os = "openbsd"
    ))]
    match open_socket(family, kind | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC) {
        // A kernel older than these flags (Linux before 2.6.27) refuses them like this.
        Err(Errno(libc::EINVAL | libc::EPROTOTYPE | libc::EPROTONOSUPPORT)) => {}
        result => return result,
    }
    let fd = open_socket(family, kind)?;
    add_flag(&fd, libc::F_GETFD, libc::F_SETFD, libc::FD_CLOEXEC)?;
    add_flag(&fd, libc::F_GETFL, libc::F_SETFL, libc::O_NONBLOCK)?;
    Ok(fd)
}

fn open_socket(family: c_int, kind: c_int) -> Result<Fd, Errno> {
    // SAFETY: takes no pointers; the descriptor it returns is new and owned by nobody else.
    let fd = unsafe { libc::socket(family, kind, 0) };
    if fd < 0 { Err(Errno::last()) } else { Ok(Fd(fd)) }
}

fn add_flag(fd: &Fd, get: c_int, set: c_int, flag: c_int) -> Result<(), Errno> {
    // SAFETY: the descriptor is open for the lifetime of `fd`; `get` is F_GETFD or F_GETFL, which take no argument.
    let flags = unsafe { libc::fcntl(fd.0, get) };
    if flags < 0 {
        return Err(Errno::last());
    }
    // SAFETY: as above; `set` is F_SETFD or F_SETFL, which take an int.
    if unsafe { libc::fcntl(fd.0, set, flags | flag) } < 0 { Err(Errno::last()) } else { Ok(()) }
}

/// Binds to `port` on every local address of the family of `peer`.
pub fn bind(fd: &Fd, peer: &SocketAddr, port: u16) -> Result<(), Errno> {
    let local = match peer {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
    };
    let (address, length) = Address::of(&local);
    // SAFETY: `address` outlives the call and holds at least `length` initialized bytes of a socket address.
    check(unsafe { libc::bind(fd.0, (&raw const address).cast(), length) })
}

// SIGPIPE ends a process that does not expect it, and the firmware's signals are not ours to change: each write, or the
// socket where the system has no such flag, says that none is wanted.
#[cfg(not(target_vendor = "apple"))]
const WITHOUT_SIGNAL: c_int = libc::MSG_NOSIGNAL;
#[cfg(target_vendor = "apple")]
const WITHOUT_SIGNAL: c_int = 0;

#[cfg(target_vendor = "apple")]
fn without_signal(fd: &Fd) -> Result<(), Errno> {
    let on: c_int = 1;
    let value = (&raw const on).cast::<c_void>();
    // SAFETY: `on` outlives the call, and its true length stands beside it.
    check(unsafe { libc::setsockopt(fd.0, libc::SOL_SOCKET, libc::SO_NOSIGPIPE, value, length_of::<c_int>()) })
}

/// Connects to `peer`. For UDP that only sets the address and never waits; for TCP it begins, and `EINPROGRESS` says
/// that it goes on without us.
pub fn connect(fd: &Fd, peer: &SocketAddr) -> Result<(), Errno> {
    let (address, length) = Address::of(peer);
    // SAFETY: `address` outlives the call and holds at least `length` initialized bytes of a socket address.
    check(unsafe { libc::connect(fd.0, (&raw const address).cast(), length) })
}

/// Sends one datagram to the connected peer.
pub fn send(fd: &Fd, bytes: &[u8]) -> Result<(), Errno> {
    // SAFETY: pointer and length come from one slice, which outlives the call.
    let sent = unsafe { libc::send(fd.0, bytes.as_ptr().cast::<c_void>(), bytes.len(), 0) };
    // A datagram is sent whole or not at all, so there is no short count to look at.
    if sent < 0 { Err(Errno::last()) } else { Ok(()) }
}

/// Writes to the connected peer as much as there is room for, and returns how much that was.
pub fn write(fd: &Fd, bytes: &[u8]) -> Result<usize, Errno> {
    // SAFETY: pointer and length come from one slice, which outlives the call.
    let written = unsafe { libc::send(fd.0, bytes.as_ptr().cast::<c_void>(), bytes.len(), WITHOUT_SIGNAL) };
    // Negative is the only value that does not fit.
    usize::try_from(written).map(|written| written.min(bytes.len())).map_err(|_| Errno::last())
}

/// Reads what has arrived on a connection, as far as it fits, and returns its length; 0 is the end of the connection.
pub fn read(fd: &Fd, buffer: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: pointer and length come from one slice, which is writable, outlives the call and is not accessed through
    // another path during it.
    let read = unsafe { libc::recv(fd.0, buffer.as_mut_ptr().cast::<c_void>(), buffer.len(), 0) };
    usize::try_from(read).map(|read| read.min(buffer.len())).map_err(|_| Errno::last())
}

/// A datagram that has been read.
pub struct Received {
    /// Bytes of it in the buffer.
    pub length: usize,
    /// It was longer than the buffer; the rest is lost.
    pub truncated: bool,
    /// Who sent it, where the system tells (on a connected socket it need not).
    pub source: Option<SocketAddr>,
}

/// Reads one datagram.
pub fn receive(fd: &Fd, buffer: &mut [u8]) -> Result<Received, Errno> {
    let mut source = Address::empty();
    let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast::<c_void>(), iov_len: buffer.len() };
    // Zeroed and then filled in, because some systems have padding fields in it.
    // SAFETY: a plain C struct of integers and pointers; all bits zero is a value of it.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_name = (&raw mut source).cast();
    message.msg_namelen = length_of::<Address>();
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    // SAFETY: `message` refers to one part, and that to `buffer`, with its true length; name, part and buffer are
    // writable, outlive the call and are not accessed through another path during it.
    let read = unsafe { libc::recvmsg(fd.0, &raw mut message, 0) };
    // Negative is the only value that does not fit.
    let Ok(read) = usize::try_from(read) else { return Err(Errno::last()) };
    Ok(Received {
        length: read.min(buffer.len()),
        truncated: message.msg_flags & libc::MSG_TRUNC != 0,
        source: source.get(),
    })
}

/// The index of the network interface with this name, as it stands behind the `%` of a link-local address.
#[must_use]
pub fn interface_index(name: &str) -> Option<u32> {
    let _errno = ErrnoGuard::new();
    let name = CString::new(name).ok()?;
    // SAFETY: `name` is NUL-terminated and outlives the call.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    if index == 0 { None } else { Some(index) }
}

#[cfg(test)]
mod tests {
    use super::{Address, Errno, ErrnoGuard, Fd, add_flag, open_socket, tcp_socket, udp_socket};
    use std::net::SocketAddr;

    /// Flags of the descriptor: does not block, is not inherited.
    fn flags(fd: &Fd) -> (bool, bool) {
        // SAFETY: the descriptor is open; both commands take no argument.
        let (status, descriptor) = unsafe { (libc::fcntl(fd.0, libc::F_GETFL), libc::fcntl(fd.0, libc::F_GETFD)) };
        (status & libc::O_NONBLOCK != 0, descriptor & libc::FD_CLOEXEC != 0)
    }

    #[test]
    fn an_address_survives_the_way_to_the_kernel_layout_and_back() {
        for text in ["192.0.2.1:53", "[2001:db8::1]:5353", "[fe80::1%7]:53"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(Address::of(&address).0.get(), Some(address));
        }
        assert_eq!(Address::empty().get(), None);
    }

    #[test]
    fn sockets_neither_block_nor_are_inherited() {
        for open in [udp_socket, tcp_socket] {
            assert_eq!(flags(&open(&"127.0.0.1:53".parse().unwrap()).unwrap()), (true, true));
        }
    }

    #[test]
    fn systems_without_the_socket_flags_get_them_by_fcntl() {
        let fd = open_socket(libc::AF_INET, libc::SOCK_DGRAM).unwrap();
        assert_eq!(flags(&fd), (false, false));
        add_flag(&fd, libc::F_GETFD, libc::F_SETFD, libc::FD_CLOEXEC).unwrap();
        add_flag(&fd, libc::F_GETFL, libc::F_SETFL, libc::O_NONBLOCK).unwrap();
        assert_eq!(flags(&fd), (true, true));
    }

    #[test]
    fn the_guard_puts_errno_back() {
        Errno(libc::EDOM).restore();
        {
            let _errno = ErrnoGuard::new();
            Errno(libc::EBADF).restore();
        }
        assert_eq!(Errno::last(), Errno(libc::EDOM));
    }
}
