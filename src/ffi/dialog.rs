//! Dialogs.

use super::account::status;
use super::calls;
use super::constants::*;
use super::convert;
use super::handle::sfo_engine;
use super::memory::{read_struct, text};
use super::types::sfo_dialog;
use crate::account::NewDialog;
use crate::engine::{Engine, InputError};
use crate::types::{AccountId, AttemptId, DialogId};
use core::mem::size_of;

pub(super) const NO_DIALOG: sfo_dialog = sfo_dialog {
    struct_size: size_of::<sfo_dialog>(),
    account: 0,
    method: 0,
    attempt: 0,
    source_text: core::ptr::null(),
};

/// Tells of a dialog, so that requests inside it find their server: those started with SFO_REQUEST_IN_DIALOG go to the
/// target that set it up, whatever the account does meanwhile. For an outgoing call that is the target of its attempt, for
/// an incoming one the server at the address that the request came from.
///
/// A dialog of an INVITE counts as a call: while it is open the account is not idle, so that new settings and the return to
/// a primary (failback) wait. It adds to sfo_account_set_busy(): an account is idle when that says 0 and no such dialog is
/// open. A firmware that opens a dialog for each of its calls needs only this one; one that has calls without the library
/// needs the other for those.
///
/// Dialogs end by sfo_dialog_close(), and with their account (stopped, or removed from the configuration) or engine. A change
/// of servers does not end them.
///
/// engine: the engine.
/// now_ms: your clock.
/// dialog: copied. Begin with SFO_DIALOG_INIT.
/// id: receives the dialog; ids are never reused, 0 is none.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account, no such attempt (any more: open the dialog within 64*T1 after the
/// attempt's end), or no target of the account has that address; SFO_ERR_STATE: the account is not running, or the attempt
/// has had no response; SFO_ERR_LIMIT: too many dialogs at once; SFO_ERR_INVALID: a pointer is NULL, struct_size too small,
/// neither or both of attempt and source_text set, no address, or method unknown, missing or out of place; SFO_ERR_BUSY;
/// SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_dialog_open(
    engine: *mut sfo_engine,
    now_ms: u64,
    dialog: *const sfo_dialog,
    id: *mut u64,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointer, its size and its text.
    let (Some(opening), false) = (unsafe { opening_of(dialog) }, id.is_null()) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointers; `id` is not NULL.
    unsafe {
        sfo_engine::run(&calls::DIALOG_OPEN, engine, Some(now_ms), |core| {
            match opening.apply(&mut core.engine, now_ms) {
                Ok(opened) => {
                    *id = opened.0;
                    SFO_OK
                }
                Err(error) => status(Err(error)),
            }
        })
    }
}

/// A dialog that is to be opened. Its numbers have been checked.
pub(crate) struct Opening {
    pub account: AccountId,
    pub new: NewDialog,
}

impl Opening {
    /// The attempt that set it up; 0 for an incoming one.
    pub fn attempt(&self) -> u64 {
        match self.new {
            NewDialog::Outgoing(attempt) => attempt.0,
            NewDialog::Incoming(..) => 0,
        }
    }

    pub fn apply(self, engine: &mut Engine, now_ms: u64) -> Result<DialogId, InputError> {
        engine.open_dialog(now_ms, self.account, self.new)
    }
}

/// # Safety
/// `dialog` is NULL or as large as it says, with a `source_text` that is NULL or a text.
pub(super) unsafe fn opening_of(dialog: *const sfo_dialog) -> Option<Opening> {
    // SAFETY: the caller vouches for the pointer and its size.
    let dialog = unsafe { read_struct(dialog, size_of::<sfo_dialog>(), NO_DIALOG) }?;
    // SAFETY: the caller vouches for the text.
    let new = unsafe { new_dialog(&dialog) }?;
    Some(Opening { account: AccountId(dialog.account), new })
}

/// # Safety
/// `source_text` is NULL or a text.
unsafe fn new_dialog(dialog: &sfo_dialog) -> Option<NewDialog> {
    match (dialog.attempt, dialog.source_text.is_null(), dialog.method) {
        (0, false, method) => {
            // SAFETY: the caller vouches for the text.
            let (ip, port) = convert::source(unsafe { text(dialog.source_text) }?)?;
            Some(NewDialog::Incoming(ip.to_canonical(), port, convert::startable_method(method)?))
        }
        (0, true, _) | (_, false, _) => None,
        (attempt, true, 0) => Some(NewDialog::Outgoing(AttemptId(attempt))),
        (_, true, _) => None,
    }
}

/// Tells that a dialog is over. Requests under way inside it (a BYE, mostly) go on to their end.
///
/// engine: the engine.
/// now_ms: your clock.
/// dialog: the id.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: there is no such dialog (any more); SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY;
/// SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_dialog_close(engine: *mut sfo_engine, now_ms: u64, dialog: u64) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::DIALOG_CLOSE, engine, Some(now_ms), |core| {
            status(core.engine.close_dialog(now_ms, DialogId(dialog)))
        })
    }
}
