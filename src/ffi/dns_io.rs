//! The built-in DNS driver: sockets of the library, for firmware without a DNS transport of its own.

use super::calls;
use super::constants::*;
use super::handle::{Core, sfo_engine};
use super::memory::text;
use super::types::sfo_dns_fd;
use crate::io::{DnsIo, Event, resolv_conf};
use core::ffi::c_char;
use std::path::Path;

/// Lists the descriptors to poll now, and for what. Ask before every poll() or select(); with epoll, use the dns_watch
/// callback instead. Usually there are none: a descriptor lives as long as its query. (select() can watch descriptors below
/// FD_SETSIZE only, and FD_SET() with a larger one writes past the set: skip such a descriptor, its query goes on by its
/// timeout; or use poll().)
///
/// engine: the engine.
/// out, capacity: receives at most capacity entries; may be NULL with capacity 0.
/// Returns how many there are; 0 with a dns_send callback. Room for 64 is always enough.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_dns_io_fds(engine: *mut sfo_engine, out: *mut sfo_dns_fd, capacity: usize) -> usize {
    let mut count = 0;
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        sfo_engine::run(&calls::DNS_IO_FDS, engine, None, |core| {
            for (fd, events) in core.io.iter().flat_map(DnsIo::interest) {
                if count < capacity && !out.is_null() {
                    out.add(count).write(sfo_dns_fd { fd, events: events.bits() });
                }
                count += 1;
            }
            SFO_OK
        });
    }
    count
}

/// A descriptor of the driver is ready, or has an error or hang-up. Never blocks.
///
/// engine: the engine.
/// now_ms: your clock.
/// fd: the descriptor.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: not a descriptor of the driver (any more), which is harmless; SFO_ERR_INVALID: engine
/// is NULL; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_dns_io_handle(engine: *mut sfo_engine, now_ms: u64, fd: i32) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::DNS_IO_HANDLE, engine, Some(now_ms), |core| {
            let Core { engine, io, .. } = core;
            let Some(io) = io else { return SFO_ERR_NOT_FOUND };
            let known = io.handle(fd, &mut |event| match event {
                Event::Message { server, bytes, .. } => engine.handle_dns(now_ms, server, bytes),
                Event::Refused { query, server, transport } => {
                    engine.dns_send_failed(now_ms, query, server, transport);
                }
            });
            if known { SFO_OK } else { SFO_ERR_NOT_FOUND }
        })
    }
}

/// Takes the DNS servers from a resolv.conf file, as sfo_engine_set_dns_servers() would. Reads the file, which is the only
/// file access of the library.
///
/// engine: the engine.
/// now_ms: your clock.
/// path: the file; NULL stands for /etc/resolv.conf.
/// Returns SFO_OK; SFO_ERR_IO: the file cannot be read, the servers named before stay; SFO_ERR_INVALID: engine is NULL, or
/// path not UTF-8; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_dns_io_use_resolv_conf(
    engine: *mut sfo_engine,
    now_ms: u64,
    path: *const c_char,
) -> sfo_status {
    // SAFETY: the caller vouches for the text.
    let path = if path.is_null() { Some(resolv_conf::DEFAULT_PATH) } else { unsafe { text(path) } };
    let Some(path) = path else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::DNS_IO_USE_RESOLV_CONF, engine, Some(now_ms), |core| {
            match resolv_conf::read(Path::new(path)) {
                Ok(text_servers) => {
                    core.engine.set_dns_servers(now_ms, &text_servers);
                    SFO_OK
                }
                Err(error) => {
                    core.last_error = format!("{path}: {error}");
                    SFO_ERR_IO
                }
            }
        })
    }
}
