//! The callbacks of the device: called by the library, as their types say.

use super::*;
use core::ffi::c_char;

/// The device behind the pointer of a callback.
///
/// # Safety
/// `user` is the device that made the engine.
unsafe fn device<'a>(user: *mut c_void) -> &'a Device<'a> {
    // SAFETY: the caller vouches for it, and a device outlives its engine.
    unsafe { &*user.cast::<Device<'a>>() }
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn send_sip(user: *mut c_void, send: *const sfo_send) -> i32 {
    // SAFETY: the library keeps that.
    let (device, send) = unsafe { (device(user), &*send) };
    device.attempts.borrow_mut().push(send.attempt);
    device.calls_back();
    i32::from(device.pick(8) == 7) * SFO_CAUSE_LOCAL.cast_signed()
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn set_timer(user: *mut c_void, deadline_ms: u64) {
    // SAFETY: the library keeps that.
    let device = unsafe { device(user) };
    assert!(deadline_ms > 0);
    device.calls_back();
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn dns_send(user: *mut c_void, query: *const sfo_dns_query) -> i32 {
    // SAFETY: the library keeps that.
    let (device, query) = unsafe { (device(user), &*query) };
    // SAFETY: the library keeps that.
    let bytes = unsafe { core::slice::from_raw_parts(query.data, query.length as usize) };
    device.dns.note_query(query, bytes);
    device.calls_back();
    i32::from(device.pick(4) == 3)
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn cancel_sip(user: *mut c_void, _: *const sfo_cancel) {
    // SAFETY: the library keeps that.
    unsafe { device(user) }.calls_back();
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn request_done(user: *mut c_void, done: *const sfo_done) {
    // SAFETY: the library keeps that.
    let (device, done) = unsafe { (device(user), &*done) };
    device.end(done.request, Fate::Done);
    device.calls_back();
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn event(user: *mut c_void, _: *const sfo_event) {
    // SAFETY: the library keeps that.
    unsafe { device(user) }.calls_back();
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn log(user: *mut c_void, level: u32, _: *const c_char) {
    assert!((SFO_LOG_ERROR..=SFO_LOG_DEBUG).contains(&level));
    // SAFETY: the library keeps that.
    unsafe { device(user) }.calls_back();
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn posted(user: *mut c_void, posted: *const sfo_posted) {
    // SAFETY: the library keeps that.
    let (device, posted) = unsafe { (device(user), &*posted) };
    if posted.kind == SFO_POSTED_REQUEST_START && posted.status == SFO_OK {
        device.begin(posted.request);
    }
    if posted.kind == SFO_POSTED_DIALOG_OPEN && posted.status == SFO_OK {
        device.begin_dialog(posted.dialog);
    }
    device.calls_back();
}

/// # Safety
/// `user` is the device, and what comes with it is good.
pub unsafe extern "C" fn destroyed(user: *mut c_void) {
    // SAFETY: the library keeps that.
    let device = unsafe { device(user) };
    assert!(!device.is_destroyed.replace(true));
}

/// # Safety
/// `user` is the device.
pub unsafe extern "C" fn dns_watch(user: *mut c_void, fd: i32, events: u32) {
    // SAFETY: the library keeps that.
    let device = unsafe { device(user) };
    device.dns.watch(fd, events);
    device.calls_back();
}

/// Runs within a post: nothing is done here, and nothing is asked of the script.
///
/// # Safety
/// `user` is the device.
pub unsafe extern "C" fn wake(user: *mut c_void) {
    // SAFETY: the library keeps that.
    assert!(!unsafe { device(user) }.is_destroyed.get());
}
