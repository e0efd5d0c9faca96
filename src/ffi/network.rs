//! The network around the accounts: the link, connections, signs of life, where requests come from.

use super::account::status;
use super::calls;
use super::constants::*;
use super::convert;
use super::handle::sfo_engine;
use super::memory::text;
use crate::engine::Engine;
use crate::types::{AccountId, Server};
use core::ffi::c_char;
use core::net::IpAddr;

/// True for a state of the network that can be told.
pub(super) fn is_link(link: u32) -> bool {
    matches!(link, SFO_LINK_UP | SFO_LINK_CHANGED | SFO_LINK_DOWN)
}

/// The servers of an account that a number stands for.
pub(super) fn servers_of(server: u32) -> Option<&'static [Server]> {
    match server {
        0 => Some(&Server::BOTH),
        1 => Some(&[Server::Working]),
        2 => Some(&[Server::Fallback]),
        _ => None,
    }
}

/// Whoever something was heard from.
pub(crate) struct Source {
    pub account: Option<AccountId>,
    pub ip: IpAddr,
    pub port: Option<u16>,
}

impl Source {
    /// `None` where the text is no address.
    ///
    /// # Safety
    /// `address_text` is NULL or a text.
    pub unsafe fn new(account: u32, address_text: *const c_char) -> Option<Source> {
        // SAFETY: the caller vouches for the text.
        let (ip, port) = unsafe { text(address_text) }.and_then(convert::source)?;
        Some(Source { account: (account != 0).then_some(AccountId(account)), ip, port })
    }

    pub fn tell(&self, engine: &mut Engine, now_ms: u64) -> sfo_status {
        status(engine.heard_from(now_ms, self.account, self.ip, self.port))
    }
}

/// Tells an engine about the network.
pub(super) fn tell_link(engine: &mut Engine, now_ms: u64, link: u32) {
    match link {
        SFO_LINK_DOWN => engine.network_down(now_ms),
        _ => engine.network_changed(now_ms),
    }
}

/// The device's own network went down, came up, or changed.
///
/// SFO_LINK_DOWN: nothing is sent any more, and no server is blamed for silence. Attempts without a response are left
/// (cancel_sip); their requests, and new ones, wait for the network. Attempts with a provisional response stay open, and
/// their time stands still. A request that has waited for 64*T1 (32 s with T1 = 500 ms) fails with SFO_CAUSE_LOCAL.
/// Registrations under way are dropped; the lifetime of those granted goes on.
///
/// SFO_LINK_UP, SFO_LINK_CHANGED (also without SFO_LINK_DOWN before): what was learned about servers is forgotten, DNS is
/// asked anew (queries under way begin anew, as other queries and from other ports), and every running account registers
/// again. Waiting requests go on where they were, as new attempts; attempts that stayed open get the time of a new
/// provisional response; other requests under way go on as they are.
///
/// A firmware that cannot tell that its network is down returns SFO_CAUSE_LOCAL from send_sip: that blames no server either,
/// but ends the request.
///
/// engine: the engine.
/// now_ms: your clock.
/// link: SFO_LINK_DOWN, SFO_LINK_UP or SFO_LINK_CHANGED.
/// Returns SFO_OK; SFO_ERR_INVALID: engine is NULL, or link unknown; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_set_link(engine: *mut sfo_engine, now_ms: u64, link: u32) -> sfo_status {
    if !is_link(link) {
        return SFO_ERR_INVALID;
    }
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_SET_LINK, engine, Some(now_ms), |core| {
            tell_link(&mut core.engine, now_ms, link);
            SFO_OK
        })
    }
}

/// The connection was lost over which an account is registered (TCP or TLS; or, over UDP, a keep-alive got no answer): its
/// server cannot reach the phone any more. Within 2 seconds, at random (at once without sfo_options.jitter), the account
/// registers again with the same target; if that fails, with the next one, like any refresh. Nothing happens where a
/// REGISTER is under way already, or the account holds no registration that it maintains. An attempt that was under way
/// on the connection is reported by sfo_attempt_failed() besides.
///
/// engine: the engine.
/// now_ms: your clock.
/// account: X.
/// server: 1 or 2 (sfo_send.server of the REGISTER); 0 for whichever the account is registered with.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_INVALID: engine is NULL, or server above 2; SFO_ERR_BUSY;
/// SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_flow_lost(
    engine: *mut sfo_engine,
    now_ms: u64,
    account: u32,
    server: u32,
) -> sfo_status {
    let Some(servers) = servers_of(server) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_FLOW_LOST, engine, Some(now_ms), |core| {
            status(core.engine.flow_lost(now_ms, AccountId(account), servers))
        })
    }
}

/// Something was received from a server without the library asking for it: a request, a keep-alive. It is alive: that
/// counts for the key options_interval, and ends its quarantine. Responses to attempts need not be reported here. Report
/// only what really comes from the server, best after sfo_engine_accepts_source().
///
/// engine: the engine.
/// now_ms: your clock.
/// account: X; 0 for all accounts.
/// address_text: the source, "192.0.2.1", "192.0.2.1:5060", "2001:db8::1" or "[2001:db8::1]:5060"; without a port it stands
/// for all targets at the address.
/// Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or no address; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_BUSY;
/// SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_heard_from(
    engine: *mut sfo_engine,
    now_ms: u64,
    account: u32,
    address_text: *const c_char,
) -> sfo_status {
    // SAFETY: the caller vouches for the text.
    let Some(source) = (unsafe { Source::new(account, address_text) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_HEARD_FROM, engine, Some(now_ms), |core| source.tell(&mut core.engine, now_ms))
    }
}

/// Whether an incoming request comes from a server of the account: any known target of either server, or, with
/// `account.X.accept_only_registered` = 1, a target that holds a registration; and any target that a dialog is open with
/// (sfo_dialog_open()). Only the address counts, as TCP and TLS connections come from any port; an IPv4 address in IPv6 form
/// ("::ffff:192.0.2.1") is the IPv4 address.
///
/// engine: the engine.
/// account: X.
/// address_text: the source, "192.0.2.1" or "2001:db8::1", with or without a port.
/// out: receives 1 or 0.
/// Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or no address; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_BUSY;
/// SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_accepts_source(
    engine: *mut sfo_engine,
    account: u32,
    address_text: *const c_char,
    out: *mut u32,
) -> sfo_status {
    // SAFETY: the caller vouches for the text.
    let source = unsafe { text(address_text) }.and_then(convert::source);
    let (Some((address, _)), false) = (source, out.is_null()) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointers; `out` is not NULL.
    unsafe {
        sfo_engine::run(&calls::ENGINE_ACCEPTS_SOURCE, engine, None, |core| {
            match core.engine.accepts_source(AccountId(account), address) {
                Some(accepted) => {
                    *out = u32::from(accepted);
                    SFO_OK
                }
                None => SFO_ERR_NOT_FOUND,
            }
        })
    }
}
