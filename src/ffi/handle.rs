//! The engine behind its handle: who may enter, and how callbacks run.
//!
//! One thread at a time is inside an engine. The outermost call of that thread runs the callbacks, one after the other,
//! with no lock held; calls made from a callback only add to the queue. A panic in the library is caught here and makes
//! the engine faulty; it never crosses into C.

use super::callbacks::sfo_callbacks;
use super::calls::{Call, Kind};
use super::constants::{
    SFO_ERR_BUSY, SFO_ERR_FAULT, SFO_ERR_INVALID, SFO_ERR_STATE, SFO_LOG_ERROR, SFO_OK, sfo_status,
};
use super::deliver;
use super::guard;
use super::inbox::Inbox;
use super::memory::c_string;
use super::posted::{Input, sfo_posted};
use crate::engine::Engine;
use crate::io::{DnsIo, ErrnoGuard};
use crate::types::Random;
use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use parking_lot::Mutex;
use std::collections::VecDeque;

/// Callbacks run by one call. A firmware that starts a new request in every completion gets its event loop back after
/// this many; the rest runs at once when its timer fires.
const MAX_CALLBACKS_PER_CALL: u32 = 10_000;

/// Running instance: all accounts of a device. Made by sfo_engine_new(), released by sfo_engine_free().
pub struct sfo_engine {
    gate: Gate,
    core: Mutex<Core>,
    pub(super) callbacks: sfo_callbacks,
    pub(super) user: *mut c_void,
    pub(super) inbox: Inbox<Input>,
    faulty: AtomicBool,
    fault_told: AtomicBool,
    free_wanted: AtomicBool,
    releasing: AtomicBool,
}

/// Who is inside. No lock: a thread that is turned away must not get into the way of the one inside, not even for the
/// moment of looking.
#[derive(Default)]
struct Gate {
    // See this_thread(); 0 = nobody.
    thread: AtomicUsize,
    // Calls within calls; only the thread inside touches it.
    depth: AtomicU32,
}

/// What the firmware's timer is set to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Armed {
    /// It is not set.
    Never,
    /// It fires at this moment.
    At(u64),
    /// It has fired. What follows is always told: a periodic timer would fire for ever otherwise.
    Fired,
}

/// What a call works on.
pub struct Core {
    /// The engine.
    pub engine: Engine,
    /// Sockets for DNS, where the firmware has none.
    pub io: Option<DnsIo>,
    /// Source ports come from here: their number depends on what the system grants, so the engine's own generator, which
    /// replays exactly, is left alone.
    pub port_random: Random,
    /// The caller's clock at the last call.
    pub now_ms: u64,
    /// What was wrong with the last refused call.
    pub last_error: String,
    /// The deadline the firmware knows.
    pub armed: Armed,
    /// What came of posted inputs and has not been told yet.
    pub posted: VecDeque<sfo_posted>,
}

/// A thread that may be inside.
struct Entered<'a> {
    handle: &'a sfo_engine,
    outermost: bool,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let gate = &self.handle.gate;
        if gate.depth.fetch_sub(1, Ordering::Relaxed) == 1 {
            gate.thread.store(0, Ordering::Release);
        }
    }
}

/// A number for the calling thread that is not 0. (std's thread handle would leave a block of memory behind in threads
/// that C has made.)
fn this_thread() -> usize {
    // SAFETY: pthread_self has no preconditions.
    let thread = unsafe { libc::pthread_self() };
    // An address, or a small number that may be 0.
    (thread as usize).wrapping_add(1)
}

impl sfo_engine {
    /// A handle around an engine.
    pub(super) fn new(core: Core, callbacks: sfo_callbacks, user: *mut c_void) -> sfo_engine {
        sfo_engine {
            gate: Gate::default(),
            core: Mutex::new(core),
            callbacks,
            user,
            inbox: Inbox::new(),
            faulty: AtomicBool::new(false),
            fault_told: AtomicBool::new(false),
            free_wanted: AtomicBool::new(false),
            releasing: AtomicBool::new(false),
        }
    }

    fn enter(&self) -> Option<Entered<'_>> {
        let me = this_thread();
        // Nobody but this thread itself writes its number, so seeing it is proof enough.
        if self.gate.thread.load(Ordering::Relaxed) != me {
            self.gate.thread.compare_exchange(0, me, Ordering::Acquire, Ordering::Relaxed).ok()?;
        }
        let depth = self.gate.depth.fetch_add(1, Ordering::Relaxed);
        Some(Entered { handle: self, outermost: depth == 0 })
    }

    /// One call into the engine: `work` first, then, in the outermost call, the callbacks, if the function is an input. With
    /// a time stamp the engine's clock moves.
    ///
    /// # Safety
    /// `this` is NULL or a live handle.
    pub(super) unsafe fn run(
        call: &'static Call,
        this: *const sfo_engine,
        now_ms: Option<u64>,
        work: impl FnOnce(&mut Core) -> sfo_status,
    ) -> sfo_status {
        // Also what callbacks do to it is put right: the caller of this function cannot know of them.
        let _errno = ErrnoGuard::new();
        // SAFETY: the caller vouches for the pointer.
        let Some(handle) = (unsafe { this.as_ref() }) else { return SFO_ERR_INVALID };
        let Some(entered) = handle.enter() else { return SFO_ERR_BUSY };
        let outermost = entered.outermost;
        let status = match handle.refusal() {
            Some(refused) => refused,
            None if !outermost && !call.from_callbacks => SFO_ERR_STATE,
            None => handle.work(now_ms, outermost && call.kind == Kind::Input, work),
        };
        if outermost && handle.faulty.load(Ordering::Relaxed) {
            handle.tell_fault();
        }
        drop(entered);
        if outermost && handle.free_wanted.load(Ordering::Relaxed) {
            // SAFETY: the outermost call is over, so nobody uses the handle any more.
            unsafe { sfo_engine::destroy(this.cast_mut()) };
        }
        status
    }

    /// The work of one call, and the callbacks if it is the one that runs them.
    fn work(&self, now_ms: Option<u64>, calls_back: bool, work: impl FnOnce(&mut Core) -> sfo_status) -> sfo_status {
        let worked = self.guarded(|core| {
            if let Some(now_ms) = now_ms {
                core.now_ms = now_ms;
            }
            work(core)
        });
        if calls_back && !self.run_callbacks(MAX_CALLBACKS_PER_CALL) {
            self.go_on_later();
        }
        // A callback may have run into the fault after this call's own work was done.
        match worked {
            Some(status) if status < SFO_OK || !self.faulty.load(Ordering::Relaxed) => status,
            _ => SFO_ERR_FAULT,
        }
    }

    /// Why nothing can be done with this engine any more.
    pub(super) fn refusal(&self) -> Option<sfo_status> {
        if self.faulty.load(Ordering::Relaxed) {
            return Some(SFO_ERR_FAULT);
        }
        let is_ending = self.free_wanted.load(Ordering::Relaxed) || self.releasing.load(Ordering::Relaxed);
        is_ending.then_some(SFO_ERR_STATE)
    }

    /// Works on the core; a panic makes the engine faulty.
    pub(super) fn guarded<T>(&self, work: impl FnOnce(&mut Core) -> T) -> Option<T> {
        if self.faulty.load(Ordering::Relaxed) {
            return None;
        }
        let result = guard::guarded(|| work(&mut self.core.lock()));
        if result.is_none() {
            self.fault();
        }
        result
    }

    /// The engine is faulty from now on.
    pub(super) fn fault(&self) -> sfo_status {
        self.faulty.store(true, Ordering::Relaxed);
        SFO_ERR_FAULT
    }

    /// The last thing a faulty engine says before it is freed: the log of a device in the field is all that its maker
    /// will get to see.
    #[cold]
    fn tell_fault(&self) {
        if !self.faulty.load(Ordering::Relaxed) || self.fault_told.swap(true, Ordering::Relaxed) {
            return;
        }
        if let (Some(callback), Some(text)) = (self.callbacks.log, guard::guarded(|| c_string(&guard::fault_text()))) {
            // SAFETY: the firmware's callback, called as its type says, with no lock held; `text` lives.
            unsafe { callback(self.user, SFO_LOG_ERROR, text.as_ptr()) };
        }
    }

    /// True while the engine is being freed.
    pub(super) fn is_releasing(&self) -> bool {
        self.releasing.load(Ordering::Relaxed)
    }

    /// Runs callbacks until nothing is left to tell, at most this many. False if something may be left.
    fn run_callbacks(&self, most: u32) -> bool {
        (0..most).any(|_| self.free_wanted.load(Ordering::Relaxed) || !deliver::next(self))
    }

    /// The firmware gets its event loop back, and its timer fires at once.
    #[cold]
    fn go_on_later(&self) {
        let now_ms = self.guarded(|core| {
            core.armed = Armed::At(core.now_ms);
            core.now_ms
        });
        if let (Some(now_ms), false) = (now_ms, self.free_wanted.load(Ordering::Relaxed)) {
            deliver::set_timer(self, now_ms);
        }
    }

    /// The timer has fired: the firmware knows no deadline any more.
    pub(super) fn disarm(core: &mut Core) {
        core.armed = Armed::Fired;
    }

    /// Releases an engine, or notes that it is to be released when the outermost call returns.
    ///
    /// # Safety
    /// `this` is NULL or a live handle, not used afterwards.
    pub(super) unsafe fn free(this: *mut sfo_engine) {
        let _errno = ErrnoGuard::new();
        // SAFETY: the caller vouches for the pointer.
        let Some(handle) = (unsafe { this.as_ref() }) else { return };
        if handle.gate.thread.load(Ordering::Acquire) != 0 {
            handle.free_wanted.store(true, Ordering::Relaxed);
            return;
        }
        // SAFETY: nobody is inside.
        unsafe { sfo_engine::destroy(this) };
    }

    /// # Safety
    /// `this` is a live handle that nobody uses any more.
    unsafe fn destroy(this: *mut sfo_engine) {
        // SAFETY: the caller vouches for the pointer; it was made by Box::into_raw.
        let handle = unsafe { Box::from_raw(this) };
        handle.releasing.store(true, Ordering::Relaxed);
        handle.free_wanted.store(false, Ordering::Relaxed);
        if let Some(entered) = handle.enter() {
            let _ = handle.guarded(|core| {
                handle.refuse_posted(core);
                core.engine.release(core.now_ms);
            });
            handle.run_callbacks(u32::MAX);
            let _ = handle.guarded(|core| {
                if let Some(io) = &mut core.io {
                    io.set_servers(&[]);
                }
            });
            handle.run_callbacks(u32::MAX);
            handle.tell_fault();
            drop(entered);
        }
        let (callback, user) = (handle.callbacks.destroyed, handle.user);
        // What a fault has left behind may not even be fit for being released.
        let _ = guard::guarded(|| drop(handle));
        if let Some(callback) = callback {
            // SAFETY: the firmware's callback, called as its type says, with no lock held.
            unsafe { callback(user) };
        }
    }
}
