//! What outlives a restart of the device, and which address families have a route.

use super::account::status;
use super::calls;
use super::constants::*;
use super::handle::sfo_engine;
use crate::types::Families;

/// SFO_FAMILY_... bits.
pub(super) fn families_of(bits: u32) -> Option<Families> {
    let is_known = bits & !(SFO_FAMILY_IPV4 | SFO_FAMILY_IPV6) == 0;
    is_known.then_some(Families { v4: bits & SFO_FAMILY_IPV4 != 0, v6: bits & SFO_FAMILY_IPV6 != 0 })
}

/// Says which address families have a route, whenever that changes. Addresses of the others are neither used nor asked
/// for, and a registration there is made anew elsewhere. At first both count as having one.
///
/// engine: the engine.
/// now_ms: your clock.
/// families: SFO_FAMILY_IPV4, SFO_FAMILY_IPV6, both, or 0.
/// Returns SFO_OK; SFO_ERR_INVALID: engine is NULL, or another bit is set; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_set_families(engine: *mut sfo_engine, now_ms: u64, families: u32) -> sfo_status {
    let Some(families) = families_of(families) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_SET_FAMILIES, engine, Some(now_ms), |core| {
            core.engine.set_families(now_ms, families);
            SFO_OK
        })
    }
}

/// Writes down what a restart should not cost: answers of DNS, target lists and registrations, with their ages. Keep it
/// where it survives a power cut, for example once an hour and before an orderly restart; a phone that boots while DNS is
/// down registers with it. It contains no password.
///
/// engine: the engine.
/// now_ms: your clock.
/// unix_ms: the time of day, milliseconds since 1970 UTC, or 0 if it is unknown.
/// buffer, capacity: receives the bytes if they fit, else nothing; may be NULL with capacity 0.
/// length: receives the number of bytes that are needed. Some kilobytes; 4 MiB at the most with the largest cache.
/// Returns SFO_OK; SFO_ERR_LIMIT: they do not fit; SFO_ERR_INVALID: engine or length is NULL, or buffer is NULL with a
/// capacity; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_snapshot_export(
    engine: *mut sfo_engine,
    now_ms: u64,
    unix_ms: u64,
    buffer: *mut u8,
    capacity: usize,
    length: *mut usize,
) -> sfo_status {
    if length.is_null() || (buffer.is_null() && capacity > 0) {
        return SFO_ERR_INVALID;
    }
    // SAFETY: the caller vouches for the pointers; `buffer` has room for `capacity` bytes.
    unsafe {
        sfo_engine::run(&calls::ENGINE_SNAPSHOT_EXPORT, engine, None, |core| {
            let bytes = core.engine.export(now_ms, unix_ms);
            *length = bytes.len();
            if bytes.len() > capacity {
                return SFO_ERR_LIMIT;
            }
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len());
            SFO_OK
        })
    }
}

/// Bytes of a snapshot that are looked at: twice the longest that is ever written.
const LONGEST_SNAPSHOT: usize = 8 << 20;

/// Takes over what sfo_engine_snapshot_export() gave before a restart. To be called before the first account is started,
/// with the configuration loaded: lists and registrations of servers that are configured in another way now are left
/// out. Ages are counted on the time of day; if that was or is unknown, or runs backwards, everything counts as expired
/// and serves only as long as DNS is silent.
///
/// engine: the engine.
/// now_ms: your clock.
/// unix_ms: the time of day, milliseconds since 1970 UTC, or 0 if it is unknown.
/// bytes, length: the snapshot; read before the call returns.
/// Returns SFO_OK; SFO_ERR_DATA: damaged, not a snapshot, or of another version, and nothing was taken over;
/// SFO_ERR_STATE: an account has been started already, or the engine is being released; SFO_ERR_INVALID: engine or bytes is
/// NULL; SFO_ERR_BUSY; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_snapshot_import(
    engine: *mut sfo_engine,
    now_ms: u64,
    unix_ms: u64,
    bytes: *const u8,
    length: usize,
) -> sfo_status {
    if bytes.is_null() {
        return SFO_ERR_INVALID;
    }
    // SAFETY: the caller vouches for the pointers; `bytes` has `length` bytes.
    unsafe {
        sfo_engine::run(&calls::ENGINE_SNAPSHOT_IMPORT, engine, None, |core| {
            if length > LONGEST_SNAPSHOT {
                return SFO_ERR_DATA;
            }
            let bytes = core::slice::from_raw_parts(bytes, length);
            status(core.engine.import(now_ms, unix_ms, bytes))
        })
    }
}
