//! Not part of the library: a device that calls the C functions as a script says, from outside and from callbacks, and holds
//! what must be true whatever it calls. For tests, Miri and the fuzzer; the script is a source of decisions.

use super::calls::{self, Call};
use super::dialog::NO_DIALOG;
use super::engine::NO_CALLBACKS;
use super::request::{NO_REQUEST, NO_RESPONSE};
use super::*;
use core::cell::{Cell, RefCell};
use core::ffi::c_void;
use core::ptr::{null, null_mut};
use std::collections::BTreeSet;

mod callbacks;
mod dns;
mod dns_answers;
mod network;
mod posts;
mod queries;
mod steps;

/// Calls of one life: more would only be more of the same.
const MOST_CALLS: u32 = 300;
/// How deep a call from a callback may cause others. Callbacks do not nest, so one call is as deep as it gets.
const DEEPEST: u32 = 1;

const TEXT: &[u8] = b"account.1.enable = 1\naccount.1.user_name = 1\n\
    account.1.sip_server.1.address = 192.0.2.1\naccount.1.sip_server.2.address = 192.0.2.2\n\
    account.2.enable = 1\naccount.2.sip_server.1.address = sip.example\n";

/// Where the decisions come from.
pub trait Script {
    /// A number below this one.
    fn below(&mut self, count: usize) -> usize;
    /// Some bytes.
    fn bytes(&mut self, count: usize) -> Vec<u8>;
    /// False when nothing is left: then the life ends.
    fn has_more(&self) -> bool;
}

/// What became of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Open,
    /// It may end or be cancelled: a cancel has been posted.
    Either,
    Cancelled,
    Done,
}

struct Device<'a> {
    script: RefCell<&'a mut dyn Script>,
    engine: Cell<*mut sfo_engine>,
    config: *mut sfo_config,
    now_ms: Cell<u64>,
    calls: Cell<u32>,
    depth: Cell<u32>,
    is_freed: Cell<bool>,
    is_destroyed: Cell<bool>,
    // Where sfo_request_start() writes the id to, before callbacks about it run.
    starting: Cell<u64>,
    requests: RefCell<Vec<(u64, Fate)>>,
    attempts: RefCell<Vec<u64>>,
    // With whether it has been closed.
    dialogs: RefCell<Vec<(u64, bool)>>,
    snapshot: RefCell<Vec<u8>>,
    dns: dns::Dns,
    // The functions that were called.
    called: RefCell<BTreeSet<&'static str>>,
}

/// Lives one life, and says which functions it has called. Panics where a promise is broken.
pub fn live(script: &mut dyn Script) -> BTreeSet<&'static str> {
    let mut config = null_mut();
    // SAFETY: the pointer is good.
    assert_eq!(unsafe { sfo_config_new(4, &raw mut config) }, SFO_OK);
    // SAFETY: the configuration lives, and so does the text.
    assert_eq!(unsafe { sfo_config_load_text(config, TEXT.as_ptr().cast(), TEXT.len()) }, SFO_OK);
    let dns = dns::Dns::new(script);
    let device = Device {
        script: RefCell::new(script),
        engine: Cell::new(null_mut()),
        config,
        now_ms: Cell::new(1_000),
        calls: Cell::new(0),
        depth: Cell::new(0),
        is_freed: Cell::new(false),
        is_destroyed: Cell::new(false),
        starting: Cell::new(0),
        requests: RefCell::default(),
        attempts: RefCell::default(),
        dialogs: RefCell::default(),
        snapshot: RefCell::default(),
        dns,
        called: RefCell::default(),
    };
    device.open();
    while !device.is_freed.get() && device.may_go_on() {
        device.step();
        device.check_descriptors();
    }
    if !device.is_freed.get() {
        device.free();
    }
    device.check_descriptors();
    assert!(device.is_destroyed.get());
    let open = device.requests.borrow().iter().filter(|(_, fate)| *fate == Fate::Open).count();
    assert_eq!(open, 0, "requests without an end");
    // SAFETY: made above, released once.
    unsafe { sfo_config_free(config) };
    device.called.into_inner()
}

impl Device<'_> {
    fn open(&self) {
        let table = sfo_callbacks {
            send_sip: Some(callbacks::send_sip),
            set_timer: Some(callbacks::set_timer),
            dns_send: if self.dns.is_driven() { None } else { Some(callbacks::dns_send) },
            dns_watch: Some(callbacks::dns_watch),
            cancel_sip: Some(callbacks::cancel_sip),
            request_done: Some(callbacks::request_done),
            event: Some(callbacks::event),
            log: Some(callbacks::log),
            destroyed: Some(callbacks::destroyed),
            posted: Some(callbacks::posted),
            wake: Some(callbacks::wake),
            ..NO_CALLBACKS
        };
        let user = (&raw const *self).cast_mut().cast();
        let mut engine = null_mut();
        // SAFETY: all pointers are good.
        let made =
            unsafe { sfo_engine_new(self.config, null(), &raw const table, user, self.now_ms.get(), &raw mut engine) };
        assert_eq!(made, SFO_OK);
        self.engine.set(engine);
    }

    fn free(&self) {
        self.is_freed.set(true);
        // SAFETY: it lives, and `is_freed` sees to it that this was the only time.
        unsafe { sfo_engine_free(self.engine.get()) };
    }

    fn pick(&self, count: usize) -> usize {
        self.script.borrow_mut().below(count)
    }

    fn number(&self, most: u32) -> u32 {
        self.pick(most as usize + 1) as u32
    }

    fn may_go_on(&self) -> bool {
        self.calls.get() < MOST_CALLS && self.script.borrow().has_more()
    }

    /// Within a callback: another call, sometimes.
    fn calls_back(&self) {
        assert!(!self.is_destroyed.get(), "a callback after `destroyed`");
        assert!(self.depth.get() < DEEPEST, "a callback within a callback");
        self.note_start();
        self.depth.set(self.depth.get() + 1);
        if self.may_go_on() && self.pick(3) == 0 {
            self.step();
        }
        self.depth.set(self.depth.get() - 1);
    }

    fn begin(&self, id: u64) {
        assert!(id != 0 && self.requests.borrow().iter().all(|(other, _)| *other != id), "an id came twice");
        self.requests.borrow_mut().push((id, Fate::Open));
    }

    /// The request that is being started, as soon as its id is there.
    fn note_start(&self) {
        let id = self.starting.replace(0);
        if id != 0 {
            self.begin(id);
        }
    }

    fn end(&self, id: u64, fate: Fate) {
        self.note_start();
        let mut requests = self.requests.borrow_mut();
        let request = requests.iter_mut().find(|(other, _)| *other == id).expect("an id that was never given");
        assert!(matches!(request.1, Fate::Open | Fate::Either), "{:?}, then {fate:?}", request.1);
        request.1 = fate;
    }

    fn begin_dialog(&self, id: u64) {
        assert!(id != 0 && self.dialogs.borrow().iter().all(|(other, _)| *other != id), "an id came twice");
        self.dialogs.borrow_mut().push((id, false));
    }

    fn end_dialog(&self, id: u64) {
        let mut dialogs = self.dialogs.borrow_mut();
        let dialog = dialogs.iter_mut().find(|(other, _)| *other == id).expect("an id that was never given");
        assert!(!core::mem::replace(&mut dialog.1, true), "a dialog was closed twice");
    }

    fn some_dialog(&self) -> u64 {
        let dialogs = self.dialogs.borrow();
        dialogs.get(self.pick(dialogs.len().clamp(1, 256))).map_or(7, |dialog| dialog.0)
    }

    fn some_request(&self) -> u64 {
        let requests = self.requests.borrow();
        requests.get(self.pick(requests.len().clamp(1, 256))).map_or(7, |request| request.0)
    }

    fn some_attempt(&self) -> u64 {
        let attempts = self.attempts.borrow();
        let from = attempts.len().saturating_sub(8);
        attempts.get(from + self.pick(8)).or(attempts.last()).copied().unwrap_or(7)
    }
}
