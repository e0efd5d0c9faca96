//! The servers of the system, from `/etc/resolv.conf` (resolv.conf(5)).

use super::server_text::parse_address;
use super::sys::{ErrnoGuard, interface_index};
use std::fmt;
use std::fs::OpenOptions;
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Where the file is on nearly every system.
pub const DEFAULT_PATH: &str = "/etc/resolv.conf";

/// Servers taken at most. C libraries take three; a fourth costs nothing and serves two of each address family.
pub const MAX_SERVERS: usize = 4;

/// Longest file read, in bytes. Real ones have a few hundred; the bound is for a path that leads somewhere else.
pub const MAX_FILE: u64 = 64 * 1024;

/// Why the file could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadFailure {
    /// The system refused: a value of `errno.h`, or 0 if it gave none.
    System(i32),
    /// It is longer than [`MAX_FILE`].
    TooLong,
}

impl fmt::Display for ReadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadFailure::System(errno) => write!(f, "{}", std::io::Error::from_raw_os_error(*errno)),
            ReadFailure::TooLong => f.write_str("the file is too long for a resolv.conf"),
        }
    }
}

impl std::error::Error for ReadFailure {}

/// The name servers in a file. None is a valid result.
///
/// # Errors
/// The file cannot be read, or is too long.
pub fn read(path: &Path) -> Result<Vec<SocketAddr>, ReadFailure> {
    let _errno = ErrnoGuard::new();
    let failure = |error: std::io::Error| ReadFailure::System(error.raw_os_error().unwrap_or(0));
    // O_NONBLOCK: opening a FIFO would otherwise wait for a writer.
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(failure)?;
    let mut bytes = Vec::new();
    // One byte more than allowed, to tell a file of just that length from a longer one.
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failure)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(ReadFailure::TooLong);
    }
    // A comment in some old encoding must not cost us the servers.
    Ok(parse(&String::from_utf8_lossy(&bytes), &interface_index))
}

/// The name servers in the text of a resolv.conf: port 53, each once, in their order, at most [`MAX_SERVERS`].
///
/// Anything that is not a usable `nameserver` line is skipped, as the C libraries do. `interface` finds the index of a
/// network interface by its name, for link-local addresses.
#[must_use]
pub fn parse(text: &str, interface: &dyn Fn(&str) -> Option<u32>) -> Vec<SocketAddr> {
    let mut servers = Vec::new();
    for line in text.lines() {
        // The keyword must start the line, and white space must follow it.
        let Some(value) = line.strip_prefix("nameserver").filter(|rest| rest.starts_with([' ', '\t'])) else {
            continue;
        };
        let value = value.trim_ascii_start();
        let end = value.find([' ', '\t', '\r', ';', '#']).unwrap_or(value.len());
        let Some(Ok(server)) = value.get(..end).map(|address| parse_address(address, interface)) else { continue };
        // Asking the same server again in place of another one only takes longer.
        if !servers.contains(&server) {
            servers.push(server);
        }
        if servers.len() == MAX_SERVERS {
            break;
        }
    }
    servers
}

#[cfg(test)]
mod tests {
    use super::{MAX_FILE, ReadFailure, parse, read};
    use std::path::PathBuf;

    fn texts(text: &str) -> Vec<String> {
        parse(text, &|name| (name == "eth0").then_some(7)).iter().map(ToString::to_string).collect()
    }

    /// A file of this test process with this content, removed when dropped.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str, content: &[u8]) -> Scratch {
            let path = std::env::temp_dir().join(format!("sipfailover-{}-{name}", std::process::id()));
            std::fs::write(&path, content).unwrap();
            Scratch(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn name_servers_in_order_and_nothing_else() {
        let text = "# generated\r\ndomain example.com\nsearch example.com 192.0.2.9\nnameserver 192.0.2.1\r\n\
                    nameserver\t2001:db8::1 # second\noptions timeout:1\nnameserver   192.0.2.2;third\n";
        assert_eq!(texts(text), ["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.2:53"]);
    }

    #[test]
    fn rubbish_is_skipped() {
        let text = "nameserver\nnameserver \nnameserverx 192.0.2.1\n nameserver 192.0.2.1\n;nameserver 192.0.2.1\n\
                    nameserver dns.example.com\nnameserver 192.0.2.1:53\nnameserver [::1]:53\nnameserver 0.0.0.0\n\
                    nameserver fe80::1\nnameserver fe80::1%wlan9\nNAMESERVER 192.0.2.1\n\u{fffd}\0\u{e9}\n\
                    nameserver \u{e9}\nnameserver fe80::1%eth0\nnameserver ::1";
        assert_eq!(texts(text), ["[fe80::1%7]:53", "[::1]:53"]);
        assert!(texts("").is_empty());
    }

    #[test]
    fn each_server_once_and_four_at_most() {
        let text: String = [1, 1, 2, 3, 2, 4, 5].iter().map(|n| format!("nameserver 192.0.2.{n}\n")).collect();
        assert_eq!(texts(&text), ["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53", "192.0.2.4:53"]);
    }

    #[test]
    fn files_are_read_up_to_a_length() {
        let mut content = b"# caf\xe9\nnameserver 192.0.2.1\n".to_vec();
        content.resize(MAX_FILE as usize, b'\n');
        let file = Scratch::new("fits", &content);
        assert_eq!(read(&file.0), Ok(vec!["192.0.2.1:53".parse().unwrap()]));
        content.push(b'\n');
        let file = Scratch::new("too-long", &content);
        assert_eq!(read(&file.0), Err(ReadFailure::TooLong));
        assert_eq!(read(&file.0.join("missing")), Err(ReadFailure::System(libc::ENOTDIR)));
        assert_eq!(read("/dev/zero".as_ref()), Err(ReadFailure::TooLong));
    }
}
