//! Texts, versions, and a clock for devices without 64 bits.

use super::constants::*;
use super::convert;
use crate::types::Cause;
use core::ffi::{CStr, c_char};

/// The meaning of a status in a few words.
///
/// status: the result of a call.
/// Returns a text that lives as long as the library is loaded, never NULL; "unknown status" for a number that this
/// version does not know.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn sfo_status_text(status: sfo_status) -> *const c_char {
    let text: &'static CStr = match status {
        SFO_OK => c"ok",
        SFO_LATE => c"the attempt had been left",
        SFO_ERR_INVALID => c"invalid argument",
        SFO_ERR_NOT_FOUND => c"not found",
        SFO_ERR_BUSY => c"another thread is inside",
        SFO_ERR_LIMIT => c"a table is full",
        SFO_ERR_CONFIG => c"configuration value refused",
        SFO_ERR_STATE => c"not possible now",
        SFO_ERR_FAULT => c"internal fault",
        SFO_ERR_IO => c"file cannot be read",
        SFO_ERR_DATA => c"damaged, or not a snapshot of this version",
        _ => c"unknown status",
    };
    text.as_ptr()
}

/// The meaning of a cause in a few words.
///
/// cause: SFO_CAUSE_...
/// Returns a text that lives as long as the library is loaded, never NULL; "unknown cause" for a number that this
/// version does not know.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn sfo_cause_text(cause: u32) -> *const c_char {
    convert::cause_of(cause).map_or(c"unknown cause", Cause::c_text).as_ptr()
}

/// Widens a 32-bit millisecond tick, which wraps after 49.7 days, to the 64-bit clock that the library wants. Call it at
/// least once in 49 days.
///
/// last_ms: the last result; 0 at first.
/// tick_ms: the tick now.
/// Returns the clock now: never below last_ms.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn sfo_tick_extend(last_ms: u64, tick_ms: u32) -> u64 {
    let passed = tick_ms.wrapping_sub(last_ms as u32);
    last_ms.wrapping_add(u64::from(passed))
}

/// The version of the library as loaded: major * 65536 + minor * 256 + patch.
///
/// Returns the version.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn sfo_version() -> u32 {
    let number = |text: &str| text.bytes().fold(0, |n, digit| n * 10 + u32::from(digit.wrapping_sub(b'0')));
    number(env!("CARGO_PKG_VERSION_MAJOR")) << 16
        | number(env!("CARGO_PKG_VERSION_MINOR")) << 8
        | number(env!("CARGO_PKG_VERSION_PATCH"))
}

/// The version of the binary interface as loaded. Compare with SFO_ABI_VERSION of the header you were compiled with.
///
/// Returns the version.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn sfo_abi_version() -> u32 {
    SFO_ABI_VERSION
}
