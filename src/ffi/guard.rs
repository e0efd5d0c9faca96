//! Panics stay inside, and stay silent.
//!
//! A panic is a mistake of this library. It is caught here, and the engine it happened in does nothing any more. Before the
//! stack is unwound, however, the standard library calls its panic hook, and the hook that it comes with prints to
//! standard error and reads RUST_BACKTRACE. A library does neither, so that hook is replaced, once, when the
//! first guarded call is made. The standard library is linked into this library: the hook belongs to this copy of it, and
//! Rust code elsewhere in the process has its own. (A Rust program that uses the crate as a Rust library shares it.)

use crate::types::faults;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(not(any(test, fuzzing)))]
mod hook {
    use parking_lot::Mutex;
    use std::panic::{PanicHookInfo, set_hook};
    use std::sync::Once;

    static REPLACED: Once = Once::new();
    /// Where the last panic was, until somebody asks. Of two engines that fault at the same moment one goes without.
    static PLACE: Mutex<Option<String>> = Mutex::new(None);

    fn note(info: &PanicHookInfo<'_>) {
        // Tried only: whoever panics must not wait.
        if let (Some(mut place), Some(location)) = (PLACE.try_lock(), info.location()) {
            *place = Some(format!("{}:{}", location.file(), location.line()));
        }
    }

    pub fn replace() {
        REPLACED.call_once(|| set_hook(Box::new(note)));
    }

    pub fn take_place() -> Option<String> {
        PLACE.lock().take()
    }
}

/// In tests and under a fuzzer, panics are for people to read.
#[cfg(any(test, fuzzing))]
mod hook {
    pub fn replace() {}

    pub fn take_place() -> Option<String> {
        None
    }
}

/// Does the work. `None` if it panicked.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    hook::replace();
    let guarded = || {
        faults::point();
        work()
    };
    catch_unwind(AssertUnwindSafe(guarded)).ok()
}

/// The last panic in a sentence for a log.
pub fn fault_text() -> String {
    match hook::take_place() {
        Some(place) => format!("internal fault at {place}; the engine does nothing any more"),
        None => "internal fault; the engine does nothing any more".to_owned(),
    }
}
