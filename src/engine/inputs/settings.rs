//! Inputs that bring settings: a new configuration, and the DNS servers.

use super::{DEVICE, Engine};
use crate::account::{Account, What};
use crate::config::{AccountSettings, Settings};
use crate::types::{AccountId, Time};
use core::net::SocketAddr;
use std::sync::Arc;

/// DNS servers that are used.
const MAX_DNS_SERVERS: usize = 8;
/// Port of DNS servers whose configuration names none.
const DNS_PORT: u16 = 53;

impl Engine {
    /// The DNS servers, best first. They replace those of the configuration, until the end of the engine.
    pub fn set_dns_servers(&mut self, now_ms: u64, servers: &[SocketAddr]) {
        let now = self.clock.read(now_ms);
        self.dns_servers_given = true;
        self.replace_dns_servers(now, servers.to_vec());
        for place in 0..self.accounts.len() {
            self.with_account(now, AccountId(place as u32 + 1), |account, ctx| account.on_dns_changed(ctx));
        }
        self.settle(now);
    }

    /// The DNS servers in use; a [`DnsServerIndex`](crate::types::DnsServerIndex) is a position in here.
    #[must_use]
    pub fn dns_servers(&self) -> &[SocketAddr] {
        &self.dns_servers
    }

    /// New settings, as a whole. Accounts whose settings stayed the same are not touched.
    pub fn reconfigure(&mut self, now_ms: u64, settings: &Settings) {
        let now = self.clock.read(now_ms);
        self.shared.trace.note(now, DEVICE, What::Reloaded);
        if self.device != settings.device {
            self.device = settings.device.clone();
            self.shared.directory.configure(settings.device.clone());
            if !self.dns_servers_given {
                self.use_configured_dns_servers();
            }
        }
        for place in 0..self.accounts.len() {
            let id = AccountId(place as u32 + 1);
            let found = settings.accounts.binary_search_by_key(&id, |account| account.id);
            let new = found.ok().and_then(|position| settings.accounts.get(position));
            self.reconfigure_account(now, id, new);
        }
        for account in &settings.accounts {
            if self.account(account.id).is_none() {
                self.add_account(account.clone());
            }
        }
        self.settle(now);
    }

    fn reconfigure_account(&mut self, now: Time, id: AccountId, new: Option<&Arc<AccountSettings>>) {
        self.with_account(now, id, |account, ctx| account.reconfigure(ctx, new.cloned()));
    }

    pub(super) fn add_account(&mut self, settings: Arc<AccountSettings>) {
        let Some(place) = (settings.id.0 as usize).checked_sub(1) else { return };
        if self.accounts.len() <= place {
            self.accounts.resize_with(place + 1, || None);
        }
        self.accounts[place] = Some(Box::new(Account::new(settings)));
    }

    pub(super) fn use_configured_dns_servers(&mut self) {
        let servers = self.device.dns_servers.iter().map(|ip| SocketAddr::new(*ip, DNS_PORT)).collect();
        self.replace_dns_servers(self.clock.now(), servers);
    }

    fn replace_dns_servers(&mut self, now: Time, mut servers: Vec<SocketAddr>) {
        servers.truncate(MAX_DNS_SERVERS);
        if servers == self.dns_servers {
            return;
        }
        self.dns_servers = servers;
        let count = self.dns_servers.len();
        self.shared.trace.note(now, DEVICE, What::DnsServers(count as u8));
        let (resolver, out) = self.shared.directory.resolver();
        resolver.set_servers(now, count, out);
        self.shared.directory.expire();
    }
}
