//! What the library would do, and what it did.

use super::calls::{self, Call};
use super::constants::*;
use super::convert;
use super::handle::{Core, sfo_engine};
use super::memory::copy_out;
use crate::engine::TraceFormat;
use crate::types::AccountId;
use core::ffi::c_char;

/// Where would a request go now, and why? Lists the servers, then the targets in the order in which a request started at this
/// moment would ask them, should each be silent; for each where its address comes from (DNS, with the rest of its TTL; static
/// record; configured address), how it does (failed, in quarantine, asked for a pause), whether the account is registered
/// there, how long the request would wait there, and which rule puts it there. Targets that are known but would not be asked
/// follow, with the reason. Nothing is asked and nothing changes: no DNS query, no timer, no count.
///
/// engine: the engine.
/// now_ms: your clock.
/// account: X.
/// method: SFO_METHOD_..., except REGISTER.
/// format: SFO_FORMAT_TEXT or SFO_FORMAT_JSON (times in it are milliseconds from now). The words and the members may become
/// more in later versions.
/// buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0. 4 KiB hold
/// what most accounts have to tell.
/// Returns the full length without NUL, as snprintf() would; 0 if there is nothing to tell: engine is NULL or cannot be
/// entered now (another thread is inside, a fault, being freed), or, with sfo_engine_last_error(), no such account, or an
/// unknown method or format.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_explain(
    engine: *mut sfo_engine,
    now_ms: u64,
    account: u32,
    method: u32,
    format: u32,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        tell(&calls::ENGINE_EXPLAIN, engine, buffer, capacity, |core| explain(core, now_ms, account, method, format))
    }
}

fn explain(core: &mut Core, now_ms: u64, account: u32, method: u32, format: u32) -> Result<String, &'static str> {
    let method = convert::startable_method(method).ok_or("no method that a request can have")?;
    let write: fn(&crate::engine::Explanation) -> String = match format {
        SFO_FORMAT_TEXT => ToString::to_string,
        SFO_FORMAT_JSON => crate::engine::Explanation::to_json,
        _ => return Err("unknown format"),
    };
    let explanation = core.engine.explain(now_ms, AccountId(account), method).map_err(|_| "no such account")?;
    Ok(write(&explanation))
}

/// What happened and what was decided, oldest first: attempts and how they ended, changes of server, registrations, returns to
/// the primary, DNS, lists of targets, the network, calls of the firmware; as much of it as sfo_options.trace_entries keeps. Each
/// with its reason: what an administrator needs to be told why a phone went to server 2 at 14:03.
///
/// engine: the engine.
/// now_ms: your clock: every fact is told with its distance from now.
/// unix_ms: the time of day, milliseconds since 1970 UTC: every fact is told with its time of day (UTC). 0 if it is unknown.
/// format: SFO_FORMAT_TEXT, SFO_FORMAT_JSON (one object per line) or SFO_FORMAT_LADDER.
/// buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0. Some 100
/// bytes for each fact.
/// Returns the full length without NUL, as snprintf() would; 0 if there is nothing to tell: nothing has happened, engine is NULL
/// or cannot be entered now, or, with sfo_engine_last_error(), an unknown format.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_trace(
    engine: *mut sfo_engine,
    now_ms: u64,
    unix_ms: u64,
    format: u32,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        tell(&calls::ENGINE_TRACE, engine, buffer, capacity, |core| {
            let format = match format {
                SFO_FORMAT_TEXT => TraceFormat::Text,
                SFO_FORMAT_JSON => TraceFormat::JsonLines,
                SFO_FORMAT_LADDER => TraceFormat::Ladder,
                _ => return Err("unknown format"),
            };
            Ok(core.engine.trace(now_ms, unix_ms, format))
        })
    }
}

/// Copies out what `work` has to say; what it has against the call goes where sfo_engine_last_error() finds it.
///
/// # Safety
/// `engine` is NULL or a live handle; `buffer` has room for `capacity` bytes.
unsafe fn tell(
    call: &'static Call,
    engine: *mut sfo_engine,
    buffer: *mut c_char,
    capacity: usize,
    work: impl FnOnce(&mut Core) -> Result<String, &'static str>,
) -> usize {
    let mut length = 0;
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        sfo_engine::run(call, engine, None, |core| {
            match work(core) {
                Ok(text) => length = copy_out(&text, buffer, capacity),
                Err(error) => core.last_error = error.to_owned(),
            }
            SFO_OK
        });
    }
    length
}
