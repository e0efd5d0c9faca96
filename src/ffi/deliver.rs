//! From an entry of the action queue to a callback.

use super::convert;
use super::handle::{Core, sfo_engine};
use super::memory::c_string;
use super::post::sfo_posted;
use super::types::{sfo_cancel, sfo_dns_query, sfo_done, sfo_event, sfo_outcome, sfo_send};
use crate::account::{Action, CancelSip, DoneReport, Event, FailedAttempt};
use crate::target::TargetList;
use crate::types::{AttemptId, DnsServerIndex, DnsTransport, RequestId, Server, TransportFailure};
use core::mem::size_of;
use std::ffi::CString;
use std::sync::Arc;

/// A DNS message on its way to a server.
struct DnsMessage {
    query: u64,
    server: DnsServerIndex,
    transport: DnsTransport,
    bytes: Vec<u8>,
}

/// An action with everything a callback needs, taken out of the engine. It lives for one callback on the stack, so its
/// size does not matter; a box would be an allocation for every request.
#[allow(clippy::large_enum_variant)]
enum Ready {
    Send(sfo_send, Arc<TargetList>, AttemptId),
    Cancel(CancelSip),
    Done(RequestId, DoneReport),
    Event(Box<Event>, u64),
    Dns(DnsMessage),
    Log(u32, String),
    Posted(sfo_posted),
    Nothing,
}

/// Runs the callback of the next action. False if there is none.
pub fn next(handle: &sfo_engine) -> bool {
    let dns_by_firmware = handle.callbacks.dns_send.is_some();
    // Filled in place: what comes back from behind the guard would be copied at every step of the way.
    let mut ready = Ready::Nothing;
    let found = handle.guarded(|core| {
        // Before what the posted inputs caused: that is about ids which the firmware learns here.
        if let Some(posted) = core.posted.pop_front() {
            ready = Ready::Posted(posted);
            return true;
        }
        match core.engine.next_action() {
            Some(action) => {
                prepare(core, action, dns_by_firmware, &mut ready);
                true
            }
            None => false,
        }
    });
    if found != Some(true) {
        return false;
    }
    match ready {
        Ready::Send(send, list, attempt) => send_sip(handle, &send, list, attempt),
        Ready::Cancel(cancel) => cancel_sip(handle, &cancel),
        Ready::Done(request, report) => request_done(handle, request, &report),
        Ready::Event(event, at_ms) => tell(handle, &event, at_ms),
        Ready::Dns(message) => dns_send(handle, &message),
        Ready::Log(level, line) => log(handle, level, &line),
        Ready::Posted(posted) => tell_posted(handle, &posted),
        Ready::Nothing => {}
    }
    true
}

fn prepare(core: &mut Core, action: Action, dns_by_firmware: bool, ready: &mut Ready) {
    *ready = match action {
        Action::Send(id) => return prepare_send(core, id, ready),
        Action::Cancel(cancel) => Ready::Cancel(cancel),
        Action::Done(id) => core.engine.take_done(id).map_or(Ready::Nothing, |report| Ready::Done(id, report)),
        Action::Event(event) => {
            let at_ms = core.engine.to_caller(event.at);
            Ready::Event(event, at_ms)
        }
        Action::DnsSend { query, server, transport, bytes } => {
            let message = DnsMessage { query, server, transport, bytes };
            if dns_by_firmware {
                Ready::Dns(message)
            } else {
                send_by_driver(core, &message);
                Ready::Nothing
            }
        }
        Action::DnsReleased(query) => {
            if let Some(io) = &mut core.io {
                io.release(query);
            }
            Ready::Nothing
        }
        Action::Log(level, line) => Ready::Log(convert::log_level(level), line),
    };
}

fn send_by_driver(core: &mut Core, message: &DnsMessage) {
    let DnsMessage { query, server, transport, ref bytes } = *message;
    let sent = match &mut core.io {
        Some(io) => {
            io.set_servers(core.engine.dns_servers());
            io.send(query, server, transport, bytes, &mut core.port_random).is_ok()
        }
        None => false,
    };
    if !sent {
        core.engine.dns_send_failed(core.now_ms, query, server, transport);
    }
}

fn prepare_send(core: &mut Core, id: AttemptId, ready: &mut Ready) {
    let Some(account) = core.engine.attempt(id).map(|attempt| attempt.account) else { return };
    let through_proxy = core.engine.account(account).is_some_and(|account| account.settings().through_proxy);
    let Some(attempt) = core.engine.take_send(id) else { return };
    let target = attempt.target();
    let list = attempt.list.clone();
    let (family, address) = convert::address(target.key);
    let send = sfo_send {
        struct_size: size_of::<sfo_send>(),
        request: attempt.request.0,
        attempt: id.0,
        user_token: attempt.token,
        binding_key: (u64::from(account.0) << 8) | u64::from(attempt.server.number()),
        account: account.0,
        server: attempt.server.number(),
        method: convert::method(attempt.method),
        purpose: convert::purpose(attempt.purpose),
        transport: convert::transport(target.key.transport),
        family,
        port: u32::from(target.key.address.port()),
        address,
        retransmissions: u32::from(attempt.budget.retransmissions),
        budget_ms: u32::try_from(attempt.budget.ms).unwrap_or(u32::MAX),
        ordinal: attempt.ordinal,
        expires_s: attempt.expires_s,
        route_on_wire: u32::from(through_proxy),
        method_name: attempt.method.name().as_ptr(),
        address_text: target.address_text().as_ptr(),
        target_text: target.text().as_ptr(),
        route: target.route().as_ptr(),
        tls_name: list.tls_name().as_ptr(),
        srv_target: target.host().as_ptr(),
        registrar: list.registrar().as_ptr(),
    };
    *ready = Ready::Send(send, list, id);
}

fn send_sip(handle: &sfo_engine, send: &sfo_send, list: Arc<TargetList>, attempt: AttemptId) {
    let Some(callback) = handle.callbacks.send_sip else { return };
    // SAFETY: the firmware's callback, called as its type says, with no lock held; `list` keeps the texts alive.
    let status = unsafe { callback(handle.user, send) };
    drop(list);
    if status != 0 {
        let reported = u32::try_from(status).ok().and_then(convert::transport_failure);
        let failure = reported.unwrap_or(TransportFailure::Send);
        let _ = handle.guarded(|core| core.engine.transport_failed(core.now_ms, attempt, failure));
    }
}

fn cancel_sip(handle: &sfo_engine, cancel: &CancelSip) {
    let Some(callback) = handle.callbacks.cancel_sip else { return };
    let (cause, sip_status) = convert::cause(cancel.cause);
    let (list, index) = (&cancel.list, usize::from(cancel.index));
    let cancel = sfo_cancel {
        struct_size: size_of::<sfo_cancel>(),
        request: cancel.request.0,
        attempt: cancel.attempt.0,
        user_token: cancel.token,
        account: cancel.account.0,
        server: cancel.server.number(),
        method: convert::method(cancel.method),
        mode: convert::cancel_mode(cancel.mode),
        cause,
        sip_status,
        target_text: list.targets().get(index).map_or(c"".as_ptr(), |target| target.text().as_ptr()),
    };
    // SAFETY: the firmware's callback, called as its type says, with no lock held; `list` keeps the text alive.
    unsafe { callback(handle.user, &raw const cancel) };
}

fn request_done(handle: &sfo_engine, request: RequestId, report: &DoneReport) {
    let Some(callback) = handle.callbacks.request_done else { return };
    let outcome = |failed: &FailedAttempt| {
        let (cause, sip_status) = convert::cause(failed.cause);
        sfo_outcome { server: failed.server.number(), cause, sip_status, target_text: failed.target.as_ptr() }
    };
    let outcomes: Vec<sfo_outcome> = report.failed.iter().map(outcome).collect();
    let (cause, sip_status) = convert::cause(report.cause);
    let done = sfo_done {
        struct_size: size_of::<sfo_done>(),
        request: request.0,
        attempt: report.attempt.map_or(0, |attempt| attempt.0),
        user_token: report.token,
        account: report.account.0,
        method: convert::method(report.method),
        result: convert::result(report.result),
        cause,
        sip_status,
        outcome_count: u32::try_from(outcomes.len()).unwrap_or(u32::MAX),
        outcomes: outcomes.as_ptr(),
    };
    // SAFETY: the firmware's callback, called as its type says, with no lock held; `report` and `outcomes` live.
    unsafe { callback(handle.user, &raw const done) };
}

fn tell(handle: &sfo_engine, event: &Event, at_ms: u64) {
    let Some(callback) = handle.callbacks.event else { return };
    let texts: [CString; 3] = [&event.from, &event.to, &event.text].map(|text| c_string(text));
    let (cause, sip_status) = convert::cause(event.cause);
    let event = sfo_event {
        struct_size: size_of::<sfo_event>(),
        at_ms,
        kind: convert::event(event.kind),
        account: event.account.0,
        server: event.server.map_or(0, Server::number),
        state: convert::registration(event.state),
        cause,
        sip_status,
        from: texts[0].as_ptr(),
        to: texts[1].as_ptr(),
        text: texts[2].as_ptr(),
    };
    // SAFETY: the firmware's callback, called as its type says, with no lock held; `texts` live.
    unsafe { callback(handle.user, &raw const event) };
}

fn dns_send(handle: &sfo_engine, message: &DnsMessage) {
    let Some(callback) = handle.callbacks.dns_send else { return };
    let DnsMessage { query, server, transport, ref bytes } = *message;
    let message = sfo_dns_query {
        struct_size: size_of::<sfo_dns_query>(),
        query,
        server_index: server.0,
        length: u32::try_from(bytes.len()).unwrap_or(0),
        data: bytes.as_ptr(),
        transport: convert::dns_transport(transport),
    };
    // SAFETY: the firmware's callback, called as its type says, with no lock held; `bytes` live.
    let status = unsafe { callback(handle.user, &raw const message) };
    if status != 0 {
        let _ = handle.guarded(|core| core.engine.dns_send_failed(core.now_ms, query, server, transport));
    }
}

fn log(handle: &sfo_engine, level: u32, line: &str) {
    let Some(callback) = handle.callbacks.log else { return };
    let line = c_string(line);
    // SAFETY: the firmware's callback, called as its type says, with no lock held; `line` lives.
    unsafe { callback(handle.user, level, line.as_ptr()) };
}

fn tell_posted(handle: &sfo_engine, posted: &sfo_posted) {
    let Some(callback) = handle.callbacks.posted else { return };
    // SAFETY: the firmware's callback, called as its type says, with no lock held.
    unsafe { callback(handle.user, posted) };
}

/// Tells an epoll-style firmware about the next change of what to watch. False if there is none. Poll-style firmware asks
/// instead.
pub fn next_dns_change(handle: &sfo_engine) -> bool {
    let Some(callback) = handle.callbacks.dns_watch else { return false };
    let change = handle.guarded(|core| core.io.as_mut().and_then(crate::io::DnsIo::next_change));
    let Some(Some(change)) = change else { return false };
    // SAFETY: the firmware's callback, called as its type says, with no lock held.
    unsafe { callback(handle.user, change.fd, change.events.bits()) };
    true
}
