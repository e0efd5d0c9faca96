//! Address families.

use core::net::IpAddr;

/// Which address families have a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Families {
    /// IPv4.
    pub v4: bool,
    /// IPv6.
    pub v6: bool,
}

impl Families {
    /// True if an address of this family can be reached.
    #[must_use]
    pub const fn contains(self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(_) => self.v4,
            IpAddr::V6(_) => self.v6,
        }
    }
}

impl Default for Families {
    /// Both: only the firmware knows better.
    fn default() -> Self {
        Families { v4: true, v6: true }
    }
}
