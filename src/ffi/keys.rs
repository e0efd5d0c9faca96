//! The provisioning keys, for settings pages.

use super::constants::*;
use super::guard::guarded;
use super::memory::{c_string, write_struct};
use super::types::sfo_key_info;
use crate::config::{KeyType, key_count, key_info};
use crate::io::ErrnoGuard;
use core::ffi::c_char;
use core::mem::{offset_of, size_of};
use once_cell::sync::Lazy;
use std::ffi::CString;

/// One key, with texts that C can read.
struct KeyTexts {
    name: CString,
    default_text: CString,
    unit: CString,
    help: CString,
    since: CString,
}

/// Made once from the table of keys, which never changes.
static KEYS: Lazy<Vec<KeyTexts>> = Lazy::new(|| {
    let texts = |index| {
        let info = key_info(index)?;
        Some(KeyTexts {
            name: c_string(info.pattern),
            default_text: c_string(info.default),
            unit: c_string(info.unit),
            help: c_string(info.help),
            since: c_string(info.since),
        })
    };
    (0..key_count()).map_while(texts).collect()
});

/// Number of provisioning keys the library knows.
///
/// Returns the number.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn sfo_config_key_count() -> u32 {
    u32::try_from(key_count()).unwrap_or(u32::MAX)
}

/// What there is to know about one provisioning key. Settings pages of a firmware can be made from this.
///
/// index: from 0 to sfo_config_key_count() - 1.
/// out: set its struct_size before; receives the information, whose texts live as long as the library is loaded.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such index; SFO_ERR_INVALID: out is NULL, or struct_size too small;
/// SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_key_info(index: u32, out: *mut sfo_key_info) -> sfo_status {
    let _errno = ErrnoGuard::new();
    let index = index as usize;
    let Some(found) = guarded(|| key_info(index).zip(KEYS.get(index))) else { return SFO_ERR_FAULT };
    let Some((info, texts)) = found else { return SFO_ERR_NOT_FOUND };
    let value = sfo_key_info {
        struct_size: size_of::<sfo_key_info>(),
        value_type: match info.key_type {
            KeyType::Flag => SFO_TYPE_SWITCH,
            KeyType::Integer => SFO_TYPE_INTEGER,
            KeyType::Text => SFO_TYPE_TEXT,
            KeyType::Secret => SFO_TYPE_SECRET,
            KeyType::Host => SFO_TYPE_HOST,
            KeyType::IpAddress => SFO_TYPE_IP,
            KeyType::DomainName => SFO_TYPE_NAME,
            KeyType::Codes => SFO_TYPE_CODES,
        },
        minimum: info.min,
        maximum: info.max,
        name: texts.name.as_ptr(),
        default_text: texts.default_text.as_ptr(),
        unit: texts.unit.as_ptr(),
        help: texts.help.as_ptr(),
        since: texts.since.as_ptr(),
    };
    let minimum = offset_of!(sfo_key_info, since) + size_of::<*const c_char>();
    // SAFETY: the caller vouches for the pointer and its size.
    if unsafe { write_struct(out, minimum, &value) } { SFO_OK } else { SFO_ERR_INVALID }
}
