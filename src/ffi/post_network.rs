//! Inputs from the other threads of a stack about the network: who answers, what is reachable, DNS.

use super::calls;
use super::constants::*;
use super::convert;
use super::dns::{dns_message, refused_servers, server_addresses};
use super::handle::sfo_engine;
use super::network::{Source, is_link, servers_of};
use super::posted::Input;
use super::snapshot::families_of;
use crate::types::{AccountId, DnsServerIndex};
use core::ffi::c_char;

/// Posts what sfo_engine_flow_lost() says. The posted callback tells if there is no such account.
///
/// engine: the engine; see THREADS for how long it must live.
/// account: X.
/// server: 1 or 2; 0 for whichever the account is registered with.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or server above 2; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_flow_lost(engine: *mut sfo_engine, account: u32, server: u32) -> sfo_status {
    let Some(servers) = servers_of(server) else { return SFO_ERR_INVALID };
    let input = || Input::FlowLost(AccountId(account), servers);
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_FLOW_LOST, engine, input) }
}

/// Posts what sfo_engine_heard_from() says. The posted callback tells if there is no such account. One post for every packet
/// would fill the inbox: once in some seconds for each source is enough.
///
/// engine: the engine; see THREADS for how long it must live.
/// account: X; 0 for all accounts.
/// address_text: as for sfo_engine_heard_from(); copied.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: a pointer
/// is NULL, or no address; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_heard_from(
    engine: *mut sfo_engine,
    account: u32,
    address_text: *const c_char,
) -> sfo_status {
    // SAFETY: the caller vouches for the text.
    let Some(source) = (unsafe { Source::new(account, address_text) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_HEARD_FROM, engine, || Input::HeardFrom(source)) }
}

/// Posts what sfo_engine_set_link() says.
///
/// engine: the engine; see THREADS for how long it must live.
/// link: SFO_LINK_DOWN, SFO_LINK_UP or SFO_LINK_CHANGED.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or link unknown; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_set_link(engine: *mut sfo_engine, link: u32) -> sfo_status {
    if !is_link(link) {
        return SFO_ERR_INVALID;
    }
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_SET_LINK, engine, || Input::Link(link)) }
}

/// Posts what sfo_engine_set_families() says.
///
/// engine: the engine; see THREADS for how long it must live.
/// families: SFO_FAMILY_IPV4, SFO_FAMILY_IPV6, both, or 0.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or another bit is set; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_set_families(engine: *mut sfo_engine, families: u32) -> sfo_status {
    let Some(families) = families_of(families) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_SET_FAMILIES, engine, || Input::Families(families)) }
}

/// Posts what sfo_engine_set_dns_servers() does, for a thread that learns them from DHCP.
///
/// engine: the engine; see THREADS for how long it must live.
/// servers, count: as for sfo_engine_set_dns_servers(); copied.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting, or more than 8 servers;
/// SFO_ERR_INVALID: a pointer is NULL, or a text is no address; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_set_dns_servers(
    engine: *mut sfo_engine,
    servers: *const *const c_char,
    count: usize,
) -> sfo_status {
    if let Some(refused) = refused_servers(servers, count) {
        return refused;
    }
    // SAFETY: the caller vouches for the pointers and their number.
    unsafe {
        sfo_engine::try_post(&calls::POST_SET_DNS_SERVERS, engine, || {
            let addresses = server_addresses(servers, count).map_err(|_| SFO_ERR_INVALID)?;
            Ok(Input::DnsServers(addresses.into()))
        })
    }
}

/// Posts what sfo_engine_handle_dns() takes. Check the sender's address and port before: what waits is bounded, and forged
/// messages would take the room of good ones.
///
/// engine: the engine; see THREADS for how long it must live.
/// server_index: the server that the message came from.
/// data, length: the message, at most 65535 bytes; copied.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs, 128 DNS messages or 128 KiB of them
/// are waiting; SFO_ERR_INVALID: a pointer is NULL, or length too large; SFO_ERR_STATE: the engine is being freed;
/// SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_handle_dns(
    engine: *mut sfo_engine,
    server_index: u32,
    data: *const u8,
    length: usize,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointers.
    let (Some(handle), Some(bytes)) = (unsafe { (engine.as_ref(), dns_message(data, length)) }) else {
        return SFO_ERR_INVALID;
    };
    if let Some(status) = handle.refusal() {
        return status;
    }
    if handle.inbox.reserve_dns(length).is_err() {
        return SFO_ERR_LIMIT;
    }
    let input = || Input::Dns(DnsServerIndex(server_index), bytes.into());
    // SAFETY: the caller vouches for the pointer.
    let status = unsafe { sfo_engine::post(&calls::POST_HANDLE_DNS, engine, input) };
    if status != SFO_OK {
        handle.inbox.dns_taken(length);
    }
    status
}

/// Posts what sfo_engine_dns_failed() reports.
///
/// engine: the engine; see THREADS for how long it must live.
/// query, server_index, transport: as in the sfo_dns_query of that message.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or transport neither SFO_TRANSPORT_UDP nor SFO_TRANSPORT_TCP; SFO_ERR_STATE: the engine is being freed;
/// SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_dns_failed(
    engine: *mut sfo_engine,
    query: u64,
    server_index: u32,
    transport: u32,
) -> sfo_status {
    let Some(transport) = convert::dns_transport_of(transport) else { return SFO_ERR_INVALID };
    let input = || Input::DnsFailed(query, DnsServerIndex(server_index), transport);
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_DNS_FAILED, engine, input) }
}
