//! Reading the store by account and server, with inheritance and old spellings followed.
//!
//! Both the settings and the warnings about combinations read through here, so that a warning never says anything
//! else than what the settings do.

use super::host;
use super::keys::Key;
use super::lookup::Slot;
use super::row::INHERIT;
use super::settings::Host;
use super::store::Config;
use std::sync::Arc;

/// Y of both servers.
pub(super) const BOTH: [u8; 2] = [1, 2];

/// One account.
#[derive(Clone, Copy)]
pub(super) struct Account<'a> {
    pub(super) config: &'a Config,
    pub(super) x: u32,
}

impl<'a> Account<'a> {
    /// The place of an account key without Y.
    pub(super) fn slot(self, key: Key) -> Slot {
        self.slot_of(key, 0)
    }

    /// The place of an account key with Y.
    pub(super) fn slot_of(self, key: Key, y: u8) -> Slot {
        Slot { account: self.x, key, index: y }
    }

    pub(super) fn int(self, key: Key) -> i64 {
        self.config.int(self.slot(key))
    }

    pub(super) fn flag(self, key: Key) -> bool {
        self.int(key) == 1
    }

    pub(super) fn text(self, key: Key) -> Option<&'a Arc<str>> {
        self.config.text(self.slot(key))
    }

    pub(super) fn server_address(self, y: u8) -> Option<&'a Arc<str>> {
        self.config.text(self.slot_of(Key::ServerAddress, y))
    }

    /// True if the account has a registrar.
    pub(super) fn has_server(self) -> bool {
        BOTH.iter().any(|&y| self.server_address(y).is_some())
    }

    /// True if requests go through an outbound proxy. Switched on without an address, it is off.
    pub(super) fn through_proxy(self) -> bool {
        self.flag(Key::ProxyEnable) && BOTH.iter().any(|&y| self.endpoint(true, y).address().is_some())
    }

    /// Where requests go: the two SIP servers, or the two outbound proxies.
    pub(super) fn endpoints(self) -> [Endpoint<'a>; 2] {
        let proxy = self.through_proxy();
        BOTH.map(|y| self.endpoint(proxy, y))
    }

    fn endpoint(self, proxy: bool, y: u8) -> Endpoint<'a> {
        Endpoint { account: self, proxy, y }
    }
}

/// One SIP server, or one outbound proxy.
#[derive(Clone, Copy)]
pub(super) struct Endpoint<'a> {
    pub(super) account: Account<'a>,
    pub(super) proxy: bool,
    pub(super) y: u8,
}

impl<'a> Endpoint<'a> {
    /// The place of the address.
    pub(super) fn address_slot(self) -> Slot {
        self.own_slot(if self.proxy { Key::ProxyAddress } else { Key::ServerAddress })
    }

    pub(super) fn address(self) -> Option<&'a Arc<str>> {
        self.account.config.text(self.address_slot())
    }

    pub(super) fn host(self) -> Option<Host> {
        host::parse_host(self.address()?).ok()
    }

    pub(super) fn is_numeric(self) -> bool {
        matches!(self.host(), Some(Host::Address(_)))
    }

    /// The place of the port.
    pub(super) fn port_slot(self) -> Slot {
        self.own_slot(if self.proxy { Key::ProxyPort } else { Key::ServerPort })
    }

    pub(super) fn port(self) -> i64 {
        self.account.config.int(self.port_slot())
    }

    /// The place of a key that only this endpoint has: under its old name, if only that was given.
    fn own_slot(self, key: Key) -> Slot {
        let config = self.account.config;
        let slot = self.account.slot_of(key, self.y);
        if config.is_given(slot) {
            return slot;
        }
        let old = key.alias(self.y).map(|old| self.account.slot(old));
        old.filter(|old| config.is_given(*old)).unwrap_or(slot)
    }

    /// The SIP server whose values a proxy inherits: the one with its own number, or server 1 where that one has no
    /// address, because an unused block of keys is no place to look for the settings of a working proxy.
    pub(super) fn base(self) -> u8 {
        if !self.proxy || self.account.server_address(self.y).is_some() { self.y } else { 1 }
    }

    /// The place that provides the value of a `sip_server.Y` key here: its own, or for a proxy the twin's unless that
    /// inherits.
    pub(super) fn origin(self, key: Key) -> Slot {
        let config = self.account.config;
        if self.proxy
            && let Some(twin) = key.twin()
        {
            let slot = self.account.slot_of(twin, self.y);
            if config.int(slot) != INHERIT {
                return slot;
            }
        }
        self.account.slot_of(key, self.base())
    }

    /// The value of a `sip_server.Y` key here.
    pub(super) fn int(self, key: Key) -> i64 {
        self.account.config.int(self.origin(key))
    }

    pub(super) fn flag(self, key: Key) -> bool {
        self.int(key) == 1
    }

    /// The failback mode in effect: a numeric address has no list to move along, so it has mode 0.
    pub(super) fn failback_mode(self) -> i64 {
        if self.is_numeric() { 0 } else { self.int(Key::FailbackMode) }
    }

    /// Whether only the registered server is used, which needs both other settings.
    pub(super) fn only_signal(self) -> bool {
        self.flag(Key::OnlySignal) && self.flag(Key::RegisterOnEnable) && self.failback_mode() != 0
    }

    /// Whether subscriptions are renewed after a move, which mode 0 has no use for.
    pub(super) fn failback_subscribe(self) -> bool {
        self.flag(Key::FailbackSubscribe) && self.failback_mode() != 0
    }
}
