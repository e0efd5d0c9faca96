//! Identities of what lives in an engine.

/// An account: the X of `account.X.`, starting at 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountId(pub u32);

/// A request: what is to be delivered. Never reused within one run; 0 is no request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestId(pub u64);

/// An attempt: one SIP transaction of a request to one target. Never reused within one run; 0 is no attempt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AttemptId(pub u64);

/// A dialog that the firmware told of. Never reused within one run; 0 is no dialog.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DialogId(pub u64);

/// Position of a DNS server in the configured order, starting at 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DnsServerIndex(pub u32);

/// One of the two configured servers of an account (with an outbound proxy: of the two proxies).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Server {
    /// Server 1, the working server.
    Working,
    /// Server 2, the fallback server.
    Fallback,
}

impl Server {
    /// Both servers, in configured order.
    pub const BOTH: [Server; 2] = [Server::Working, Server::Fallback];

    /// Position in an array of two: 0 or 1.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Server::Working => 0,
            Server::Fallback => 1,
        }
    }

    /// The number in the provisioning keys: 1 or 2.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.index() as u32 + 1
    }

    /// The other one of the two.
    #[must_use]
    pub const fn other(self) -> Server {
        match self {
            Server::Working => Server::Fallback,
            Server::Fallback => Server::Working,
        }
    }
}
