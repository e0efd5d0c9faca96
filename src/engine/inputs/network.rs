//! Inputs about the network around the accounts: the link, connections, signs of life, where requests come from, dialogs.

use super::{DEVICE, Engine, InputError};
use crate::account::{Account, Context, DialogError, NewDialog, What};
use crate::config::Host;
use crate::target::TargetKey;
use crate::types::{AccountId, DialogId, Server, Time};
use core::net::{IpAddr, SocketAddr};

impl Engine {
    /// The network came up, or the device's own address changed: nothing learned before is trusted.
    pub fn network_changed(&mut self, now_ms: u64) {
        let now = self.clock.read(now_ms);
        self.shared.frozen = false;
        self.shared.trace.note(now, DEVICE, What::Network);
        self.shared.health.clear();
        // Answers to the old address are lost, and servers that were out of reach may be in reach now.
        self.shared.directory.start_anew(now);
        self.for_each_account(now, |account, ctx| account.on_network_changed(ctx));
        self.settle(now);
    }

    /// The network is down: nothing is sent until it changes, and nobody is blamed.
    pub fn network_down(&mut self, now_ms: u64) {
        let now = self.clock.read(now_ms);
        if !core::mem::replace(&mut self.shared.frozen, true) {
            self.for_each_account(now, |account, ctx| account.on_link_down(ctx));
        }
        self.settle(now);
    }

    /// The connection was lost over which an account is registered with one of its servers, or with both.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: no such account.
    pub fn flow_lost(&mut self, now_ms: u64, id: AccountId, servers: &[Server]) -> Result<(), InputError> {
        self.on_account(now_ms, id, |account, ctx| {
            for server in servers {
                account.on_flow_lost(ctx, *server);
            }
        })
    }

    /// Something was received from this address: whoever is there is alive. It concerns one account, or all of them.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: no such account.
    pub fn heard_from(
        &mut self,
        now_ms: u64,
        id: Option<AccountId>,
        ip: IpAddr,
        port: Option<u16>,
    ) -> Result<(), InputError> {
        let now = self.clock.read(now_ms);
        if id.is_some_and(|id| self.account(id).is_none()) {
            return Err(InputError::NotFound);
        }
        self.shared.health.heard_from(ip, port);
        match id {
            Some(id) => {
                self.with_account(now, id, |account, ctx| account.on_heard_from(ctx, ip, port));
            }
            None => self.for_each_account(now, |account, ctx| account.on_heard_from(ctx, ip, port)),
        }
        self.settle(now);
        Ok(())
    }

    /// Whether an incoming request from this address comes from a server of the account.
    #[must_use]
    pub fn accepts_source(&self, id: AccountId, ip: IpAddr) -> Option<bool> {
        let account = self.account(id)?;
        let is_from = |address: SocketAddr| address.ip().to_canonical() == ip.to_canonical();
        let is_registrar = |server: Server| {
            account.binding_address(server).is_some_and(is_from)
                || account.target_beside(self.clock.now(), server).is_some_and(|key: TargetKey| is_from(key.address))
        };
        let is_known = |server: Server| {
            // A numeric server is known before anything was asked of it.
            let configured = account.settings().server(server).map(|settings| &settings.host);
            let is_named = matches!(configured, Some(Host::Address(own)) if own.to_canonical() == ip.to_canonical());
            !account.settings().accept_only_registered && (is_named || self.shared.directory.knows(id, server, ip))
        };
        let is_server = Server::BOTH.into_iter().any(|server| is_registrar(server) || is_known(server));
        // A call goes on where it began, wherever the account is by now.
        Some(is_server || account.has_dialog_with(&self.shared.dialogs, ip.to_canonical()))
    }

    /// The firmware tells of a dialog.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: no such account or attempt, or no target at that address; [`InputError::State`]: the
    /// account is not running, or the attempt has had no response; [`InputError::Limit`]: too many dialogs at once.
    pub fn open_dialog(&mut self, now_ms: u64, id: AccountId, new: NewDialog) -> Result<DialogId, InputError> {
        let now = self.clock.read(now_ms);
        let opened = self.with_account(now, id, |account, ctx| account.open_dialog(ctx, new));
        self.settle(now);
        opened.ok_or(InputError::NotFound)?.map_err(|error| match error {
            DialogError::NotFound => InputError::NotFound,
            DialogError::State => InputError::State,
            DialogError::TooMany => InputError::Limit,
        })
    }

    /// The firmware tells that a dialog is over.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: there is no such dialog, or none any more.
    pub fn close_dialog(&mut self, now_ms: u64, id: DialogId) -> Result<(), InputError> {
        let now = self.clock.read(now_ms);
        let account = self.shared.dialogs.get(id.0).map(|dialog| dialog.account).ok_or(InputError::NotFound)?;
        let closed = self.with_account(now, account, |account, ctx| account.close_dialog(ctx, id));
        self.settle(now);
        if closed == Some(true) { Ok(()) } else { Err(InputError::NotFound) }
    }

    fn for_each_account(&mut self, now: Time, mut input: impl FnMut(&mut Account, &mut Context<'_>)) {
        for place in 0..self.accounts.len() {
            self.with_account(now, AccountId(place as u32 + 1), &mut input);
        }
    }
}
