//! DNS, as far as the firmware has to do with it: which servers, and messages that it carries itself.

use super::calls;
use super::constants::*;
use super::convert;
use super::handle::sfo_engine;
use super::memory::text;
use crate::io::{interface_index, server_text};
use crate::types::DnsServerIndex;
use core::ffi::c_char;
use core::net::SocketAddr;

/// DNS servers that sfo_engine_set_dns_servers() takes.
const MAX_DNS_SERVERS: usize = 8;

/// A DNS message of the caller, if it can be one.
///
/// # Safety
/// `data` is NULL or has `length` bytes.
pub(super) unsafe fn dns_message<'a>(data: *const u8, length: usize) -> Option<&'a [u8]> {
    if data.is_null() || length > usize::from(u16::MAX) {
        return None;
    }
    // SAFETY: not NULL, and the caller vouches for the length.
    Some(unsafe { core::slice::from_raw_parts(data, length) })
}

/// A DNS message has arrived, for firmware that sends DNS itself; over TCP, without the two bytes of length. The id, the
/// server and the question tell which query it answers, whichever transport it took. Messages that are malformed or
/// answer nothing that was asked are ignored and counted.
///
/// engine: the engine.
/// now_ms: your clock.
/// server_index: the server that the message came from: check its address and port before.
/// data, length: the message, at most 65535 bytes.
/// Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or length too large; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_handle_dns(
    engine: *mut sfo_engine,
    now_ms: u64,
    server_index: u32,
    data: *const u8,
    length: usize,
) -> sfo_status {
    // SAFETY: the caller vouches for the message.
    let Some(bytes) = (unsafe { dns_message(data, length) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_HANDLE_DNS, engine, Some(now_ms), |core| {
            core.engine.handle_dns(now_ms, DnsServerIndex(server_index), bytes);
            SFO_OK
        })
    }
}

/// A DNS message that the dns_send callback has taken comes to nothing: an ICMP error, a connection that was refused or
/// reset, or that the server closed before it answered. The next try follows at once, instead of after the query timeout.
/// Nothing happens if the query is over, or if another server or transport is being asked by now. Report each message at
/// most once, and none that dns_send itself has refused. A silent server is not reported: the library has a timer for it.
///
/// engine: the engine.
/// now_ms: your clock.
/// query, server_index, transport: as in the sfo_dns_query of that message.
/// Returns SFO_OK; SFO_ERR_INVALID: engine is NULL, or transport neither SFO_TRANSPORT_UDP nor SFO_TRANSPORT_TCP;
/// SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_dns_failed(
    engine: *mut sfo_engine,
    now_ms: u64,
    query: u64,
    server_index: u32,
    transport: u32,
) -> sfo_status {
    let Some(transport) = convert::dns_transport_of(transport) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_DNS_FAILED, engine, Some(now_ms), |core| {
            core.engine.dns_send_failed(now_ms, query, DnsServerIndex(server_index), transport);
            SFO_OK
        })
    }
}

/// What speaks against a list of servers before it is looked at.
pub(super) fn refused_servers(servers: *const *const c_char, count: usize) -> Option<sfo_status> {
    if count > MAX_DNS_SERVERS {
        return Some(SFO_ERR_LIMIT);
    }
    (servers.is_null() && count > 0).then_some(SFO_ERR_INVALID)
}

/// The addresses of servers, or what is wrong with the first that has none.
///
/// # Safety
/// `servers` has `count` texts.
pub(super) unsafe fn server_addresses(servers: *const *const c_char, count: usize) -> Result<Vec<SocketAddr>, String> {
    let parse = |index: usize| {
        // SAFETY: the caller vouches for the texts and their number.
        let Some(text) = (unsafe { text(*servers.add(index)) }) else { return Err("a text is NULL".to_owned()) };
        server_text::parse(text, &interface_index).map_err(|error| format!("{text}: {error}"))
    };
    (0..count).map(parse).collect()
}

/// Names the DNS servers, best first, in place of those of the configuration. Without any, only static records and numeric
/// addresses work.
///
/// engine: the engine.
/// now_ms: your clock.
/// servers, count: texts like "192.0.2.1", "127.0.0.1:5353", "2001:db8::1", "[2001:db8::1]:53"; at most 8, may be NULL with
/// count 0. Copied.
/// Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or a text is no address (sfo_engine_last_error(); the servers
/// named before stay); SFO_ERR_LIMIT: more than 8; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_set_dns_servers(
    engine: *mut sfo_engine,
    now_ms: u64,
    servers: *const *const c_char,
    count: usize,
) -> sfo_status {
    if let Some(refused) = refused_servers(servers, count) {
        return refused;
    }
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_SET_DNS_SERVERS, engine, Some(now_ms), |core| {
            match server_addresses(servers, count) {
                Ok(addresses) => {
                    core.engine.set_dns_servers(now_ms, &addresses);
                    SFO_OK
                }
                Err(error) => {
                    core.last_error = error;
                    SFO_ERR_INVALID
                }
            }
        })
    }
}
