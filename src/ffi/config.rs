//! Settings under construction.

use super::constants::*;
use super::guard::guarded;
use super::memory::{c_string, copy_out, text, write_struct};
use super::types::sfo_diagnostic;
use crate::config::{Config, Diagnostic, KeyError, Severity};
use crate::io::ErrnoGuard;
use core::ffi::c_char;
use core::mem::{offset_of, size_of};
use std::ffi::CString;

/// Accounts of a device whose firmware does not say how many it has: the largest phone of the vendor guide.
const DEFAULT_ACCOUNTS: u32 = 16;
/// Most accounts of a device: a gateway.
const MAX_ACCOUNTS: u32 = 100_000;

/// Settings under construction: what provisioning files say, line by line or key by key. Made by sfo_config_new(),
/// released by sfo_config_free(). Belongs to one thread at a time; an engine copies what it needs.
pub struct sfo_config {
    pub(super) config: Config,
    // With their key, value and sentence as C reads them.
    diagnostics: Vec<(Diagnostic, [CString; 3])>,
    last_error: String,
}

impl sfo_config {
    /// What there is to say about the last text, or the last check.
    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.iter().map(|(diagnostic, _)| diagnostic.clone()).collect()
    }

    fn show(&mut self, diagnostics: Vec<Diagnostic>) {
        let texts = |d: &Diagnostic| [c_string(&d.key), c_string(&d.value), c_string(&d.message)];
        self.diagnostics = diagnostics.into_iter().map(|diagnostic| (diagnostic.clone(), texts(&diagnostic))).collect();
    }
}

/// Works on a configuration; a panic is an error, and leaves the configuration as far as it got.
///
/// # Safety
/// `config` is NULL or a live configuration.
unsafe fn with(config: *mut sfo_config, work: impl FnOnce(&mut sfo_config) -> sfo_status) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    let Some(config) = (unsafe { config.as_mut() }) else { return SFO_ERR_INVALID };
    let _errno = ErrnoGuard::new();
    guarded(|| work(config)).unwrap_or(SFO_ERR_FAULT)
}

fn key_error(config: &mut sfo_config, error: &KeyError) -> sfo_status {
    config.last_error = error.to_string();
    match error {
        KeyError::Unknown { .. } | KeyError::Index { .. } => SFO_ERR_NOT_FOUND,
        KeyError::Value { .. } | KeyError::NotAnInteger => SFO_ERR_CONFIG,
    }
}

/// Makes an empty configuration: every key has its default.
///
/// max_accounts: accounts of the device, so the largest X of account.X keys, 1..100000; 0 = 16.
/// out: receives the configuration; release it with sfo_config_free().
/// Returns SFO_OK; SFO_ERR_INVALID: out is NULL, or max_accounts too large; SFO_ERR_FAULT: an internal fault, nothing was
/// made.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_new(max_accounts: u32, out: *mut *mut sfo_config) -> sfo_status {
    if out.is_null() || max_accounts > MAX_ACCOUNTS {
        return SFO_ERR_INVALID;
    }
    let accounts = if max_accounts == 0 { DEFAULT_ACCOUNTS } else { max_accounts };
    let _errno = ErrnoGuard::new();
    let made = guarded(|| {
        let config = Config::new(accounts);
        Box::into_raw(Box::new(sfo_config { config, diagnostics: Vec::new(), last_error: String::new() }))
    });
    let Some(config) = made else { return SFO_ERR_FAULT };
    // SAFETY: `out` is not NULL.
    unsafe { *out = config };
    SFO_OK
}

/// Releases a configuration. Engines made from it are not affected.
///
/// config: NULL is allowed.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_free(config: *mut sfo_config) {
    if !config.is_null() {
        // free() of some C libraries changes errno.
        let _errno = ErrnoGuard::new();
        // SAFETY: made by sfo_config_new, and released once: the caller vouches for that.
        let config = unsafe { Box::from_raw(config) };
        let _ = guarded(|| drop(config));
    }
}

/// Loads a whole provisioning text over what the configuration says already: one `key = value` per line, `#` begins a
/// comment, later lines win. Every line that is wrong or without effect yields one diagnostic; all others are loaded.
///
/// config: the configuration.
/// text, length: the text, need not end in NUL; may be NULL if length is 0.
/// Returns SFO_OK, with or without diagnostics: see sfo_config_diagnostic_count(); SFO_ERR_INVALID: a pointer is NULL;
/// SFO_ERR_FAULT: an internal fault, the configuration is as far as it got.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_load_text(
    config: *mut sfo_config,
    text: *const c_char,
    length: usize,
) -> sfo_status {
    if text.is_null() && length > 0 || isize::try_from(length).is_err() {
        return SFO_ERR_INVALID;
    }
    let bytes: &[u8] = match length {
        0 => &[],
        // SAFETY: not NULL, and the caller vouches for the length.
        _ => unsafe { core::slice::from_raw_parts(text.cast::<u8>(), length) },
    };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        with(config, |config| {
            config.config.load_text(bytes);
            let diagnostics = config.config.diagnostics().to_vec();
            config.show(diagnostics);
            SFO_OK
        })
    }
}

/// Sets one key.
///
/// config: the configuration.
/// key: for example "account.1.sip_server.1.address".
/// value: as in a provisioning text; "" resets the key to its default.
/// Returns SFO_OK, also if the value was corrected: then sfo_config_last_error() says how, else it is empty;
/// SFO_ERR_NOT_FOUND: no such key; SFO_ERR_CONFIG: not a value of this key, the old one stays; SFO_ERR_INVALID: a pointer
/// is NULL, or not UTF-8; SFO_ERR_FAULT. sfo_config_last_error() says what was expected.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_set(
    config: *mut sfo_config,
    key: *const c_char,
    value: *const c_char,
) -> sfo_status {
    // SAFETY: the caller vouches for both texts.
    let (Some(key), Some(value)) = (unsafe { text(key) }, unsafe { text(value) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        with(config, |config| match config.config.set(key, value) {
            Ok(remark) => {
                config.last_error = remark.map(|remark| remark.message).unwrap_or_default();
                SFO_OK
            }
            Err(error) => key_error(config, &error),
        })
    }
}

/// Reads one key as text: its value, or its default.
///
/// config: the configuration.
/// key: the key.
/// buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0.
/// length: receives the full length without NUL, as snprintf() would return it; may be NULL.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such key; SFO_ERR_INVALID: config or key is NULL; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_get(
    config: *const sfo_config,
    key: *const c_char,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> sfo_status {
    // SAFETY: the caller vouches for the text.
    let Some(key) = (unsafe { text(key) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        with(config.cast_mut(), |config| match config.config.get(key) {
            Ok(value) => {
                let full = copy_out(&value, buffer, capacity);
                if !length.is_null() {
                    *length = full;
                }
                SFO_OK
            }
            Err(error) => key_error(config, &error),
        })
    }
}

/// Reads one key as a number: its value, or its default.
///
/// config: the configuration.
/// key: the key.
/// out: receives the number.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such key; SFO_ERR_CONFIG: its values are no numbers; SFO_ERR_INVALID: a pointer is
/// NULL; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_get_int(
    config: *const sfo_config,
    key: *const c_char,
    out: *mut i64,
) -> sfo_status {
    // SAFETY: the caller vouches for the text.
    let Some(key) = (unsafe { text(key) }) else { return SFO_ERR_INVALID };
    if out.is_null() {
        return SFO_ERR_INVALID;
    }
    // SAFETY: the caller vouches for the pointers; `out` is not NULL.
    unsafe {
        with(config.cast_mut(), |config| match config.config.get_int(key) {
            Ok(value) => {
                *out = value;
                SFO_OK
            }
            Err(error) => key_error(config, &error),
        })
    }
}

/// Resets one key to its default.
///
/// config: the configuration.
/// key: the key.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such key; SFO_ERR_INVALID: a pointer is NULL; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_reset(config: *mut sfo_config, key: *const c_char) -> sfo_status {
    // SAFETY: the caller vouches for the text.
    let Some(key) = (unsafe { text(key) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        with(config, |config| match config.config.reset(key) {
            Ok(()) => SFO_OK,
            Err(error) => key_error(config, &error),
        })
    }
}

/// Looks for settings that contradict each other or have no effect, for firmware that sets single keys:
/// sfo_config_load_text() has looked already. Its diagnostics replace those of the last text, and carry line 0.
///
/// config: the configuration.
/// Returns SFO_OK, with or without diagnostics: see sfo_config_diagnostic_count(); SFO_ERR_INVALID: config is NULL;
/// SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_check(config: *mut sfo_config) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        with(config, |config| {
            let diagnostics = config.config.check();
            config.show(diagnostics);
            SFO_OK
        })
    }
}

/// Number of diagnostics of the last sfo_config_load_text() or sfo_config_check().
///
/// config: the configuration; NULL has none.
/// Returns the number.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_diagnostic_count(config: *const sfo_config) -> u32 {
    // SAFETY: the caller vouches for the pointer.
    unsafe { config.as_ref() }.map_or(0, |config| u32::try_from(config.diagnostics.len()).unwrap_or(u32::MAX))
}

/// One diagnostic of the last sfo_config_load_text() or sfo_config_check(), in the order of the lines.
///
/// config: the configuration.
/// index: from 0.
/// out: set its struct_size before; receives the diagnostic, whose texts live until the configuration changes.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such index; SFO_ERR_INVALID: a pointer is NULL, or struct_size too small;
/// SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_diagnostic(
    config: *const sfo_config,
    index: u32,
    out: *mut sfo_diagnostic,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointers, and for the size of `out`.
    unsafe {
        with(config.cast_mut(), |config| {
            let Some(found) = config.diagnostics.get(index as usize) else { return SFO_ERR_NOT_FOUND };
            let minimum = offset_of!(sfo_diagnostic, text) + size_of::<*const c_char>();
            if write_struct(out, minimum, &shown(found)) { SFO_OK } else { SFO_ERR_INVALID }
        })
    }
}

fn shown((diagnostic, [key, value, text]): &(Diagnostic, [CString; 3])) -> sfo_diagnostic {
    sfo_diagnostic {
        struct_size: size_of::<sfo_diagnostic>(),
        line: diagnostic.line,
        severity: match diagnostic.severity {
            Severity::Error => SFO_SEVERITY_ERROR,
            Severity::Warning => SFO_SEVERITY_WARNING,
        },
        key: key.as_ptr(),
        value: value.as_ptr(),
        text: text.as_ptr(),
    }
}

/// What was wrong with the last refused key or value, in one sentence of plain English.
///
/// config: the configuration; NULL has no text.
/// buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0.
/// Returns the full length without NUL, as snprintf() would.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_config_last_error(
    config: *const sfo_config,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    // SAFETY: the caller vouches for the pointer.
    let text = unsafe { config.as_ref() }.map_or("", |config| &config.last_error);
    // SAFETY: the caller vouches for buffer and capacity.
    unsafe { copy_out(text, buffer, capacity) }
}
