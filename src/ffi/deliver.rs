//! From what there is to tell to a callback: entries of the action queue, what came of posted inputs, sockets to watch, and
//! the deadline.

use super::callbacks::{sfo_cancel, sfo_dns_query, sfo_done, sfo_event, sfo_outcome, sfo_send};
use super::constants::SFO_TIME_NEVER;
use super::convert;
use super::handle::{Armed, Core, sfo_engine};
use super::memory::c_string;
use super::posted::sfo_posted;
use crate::account::{Action, CancelSip, DoneReport, Event, FailedAttempt};
use crate::io::Change;
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

/// What a callback tells, with everything it needs, taken out of the engine. It lives for one callback on the stack, so
/// its size does not matter; a box would be an allocation for every request.
#[allow(clippy::large_enum_variant)]
enum Ready {
    Send(sfo_send, Arc<TargetList>, AttemptId),
    Cancel(CancelSip),
    Done(RequestId, DoneReport),
    Event(Box<Event>, u64),
    Dns(DnsMessage),
    Log(u32, String),
    Posted(sfo_posted),
    Watch(Change),
    Timer(u64),
    Nothing,
}

/// Runs the callback for the next thing there is to tell. False if there is nothing.
pub fn next(handle: &sfo_engine) -> bool {
    // Filled in place: what comes back from behind the guard would be copied at every step of the way.
    let mut ready = Ready::Nothing;
    let found = handle.guarded(|core| take_next(handle, core, &mut ready));
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
        Ready::Watch(change) => watch(handle, change),
        Ready::Timer(deadline_ms) => set_timer(handle, deadline_ms),
        Ready::Nothing => {}
    }
    true
}

/// Takes the next thing to tell out of the engine. False if there is nothing.
fn take_next(handle: &sfo_engine, core: &mut Core, ready: &mut Ready) -> bool {
    // Before what the posted inputs caused: that is about ids which the firmware learns here.
    if let Some(posted) = core.posted.pop_front() {
        *ready = Ready::Posted(posted);
    } else if let Some(action) = core.engine.next_action() {
        prepare(core, action, handle.callbacks.dns_send.is_some(), ready);
    } else if let Some(change) = next_dns_change(handle, core) {
        *ready = Ready::Watch(change);
    } else if let Some(deadline_ms) = new_deadline(handle, core) {
        *ready = Ready::Timer(deadline_ms);
    } else {
        return false;
    }
    true
}

/// The next change of what to watch, for an epoll-style firmware. Poll-style firmware asks instead.
fn next_dns_change(handle: &sfo_engine, core: &mut Core) -> Option<Change> {
    handle.callbacks.dns_watch?;
    core.io.as_mut()?.next_change()
}

/// The deadline, when nothing else is left to tell, unless the firmware knows it. An engine that is being freed has none.
fn new_deadline(handle: &sfo_engine, core: &mut Core) -> Option<u64> {
    if handle.is_releasing() {
        return None;
    }
    let deadline = core.engine.next_deadline();
    let wanted = deadline.map_or(Armed::Never, Armed::At);
    let is_new = wanted != core.armed;
    core.armed = wanted;
    is_new.then_some(deadline.unwrap_or(SFO_TIME_NEVER))
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
    let Some((attempt, account)) = core.engine.take_send(id) else { return };
    let through_proxy = account.is_some_and(|account| account.settings().through_proxy);
    let target = attempt.target();
    let list = attempt.list.clone();
    let (family, address) = convert::address(target.key);
    let send = sfo_send {
        struct_size: size_of::<sfo_send>(),
        request: attempt.request.0,
        attempt: id.0,
        user_token: attempt.token,
        binding_key: (u64::from(attempt.account.0) << 8) | u64::from(attempt.server.number()),
        account: attempt.account.0,
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

fn watch(handle: &sfo_engine, change: Change) {
    let Some(callback) = handle.callbacks.dns_watch else { return };
    // SAFETY: the firmware's callback, called as its type says, with no lock held.
    unsafe { callback(handle.user, change.fd, change.events.bits()) };
}

/// Sets the firmware's timer.
pub fn set_timer(handle: &sfo_engine, deadline_ms: u64) {
    let Some(callback) = handle.callbacks.set_timer else { return };
    // SAFETY: the firmware's callback, called as its type says, with no lock held.
    unsafe { callback(handle.user, deadline_ms) };
}
