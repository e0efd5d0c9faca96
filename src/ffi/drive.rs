//! Not part of the library: a device that calls the C functions as a script says, from outside and from callbacks, and holds
//! what must be true whatever it calls. For tests, Miri and the fuzzer; the script is a source of decisions.

use super::calls::{self, Call};
use super::engine::NO_CALLBACKS;
use super::request::{NO_REQUEST, NO_RESPONSE};
use super::*;
use core::cell::{Cell, RefCell};
use core::ffi::{c_char, c_void};
use core::ptr::{null, null_mut};

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
    snapshot: RefCell<Vec<u8>>,
}

/// Lives one life. Panics where a promise is broken.
pub fn live(script: &mut dyn Script) {
    let mut config = null_mut();
    // SAFETY: the pointer is good.
    assert_eq!(unsafe { sfo_config_new(4, &raw mut config) }, SFO_OK);
    // SAFETY: the configuration lives, and so does the text.
    assert_eq!(unsafe { sfo_config_load_text(config, TEXT.as_ptr().cast(), TEXT.len()) }, SFO_OK);
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
        snapshot: RefCell::default(),
    };
    device.open();
    while !device.is_freed.get() && device.may_go_on() {
        device.step();
    }
    if !device.is_freed.get() {
        device.free();
    }
    assert!(device.is_destroyed.get());
    let open = device.requests.borrow().iter().filter(|(_, fate)| *fate == Fate::Open).count();
    assert_eq!(open, 0, "requests without an end");
    // SAFETY: made above, released once.
    unsafe { sfo_config_free(config) };
}

/// The device behind the pointer of a callback.
///
/// # Safety
/// `user` is the device that made the engine.
unsafe fn device<'a>(user: *mut c_void) -> &'a Device<'a> {
    // SAFETY: the caller vouches for it, and a device outlives its engine.
    unsafe { &*user.cast::<Device<'a>>() }
}

/// The callbacks: called by the library, as their types say.
mod callbacks {
    use super::*;

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
        assert!(query.length >= 12);
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
        device.calls_back();
    }

    /// # Safety
    /// `user` is the device, and what comes with it is good.
    pub unsafe extern "C" fn destroyed(user: *mut c_void) {
        // SAFETY: the library keeps that.
        let device = unsafe { device(user) };
        assert!(!device.is_destroyed.replace(true));
    }
}

impl Device<'_> {
    fn open(&self) {
        let table = sfo_callbacks {
            send_sip: Some(callbacks::send_sip),
            set_timer: Some(callbacks::set_timer),
            dns_send: Some(callbacks::dns_send),
            cancel_sip: Some(callbacks::cancel_sip),
            request_done: Some(callbacks::request_done),
            event: Some(callbacks::event),
            log: Some(callbacks::log),
            destroyed: Some(callbacks::destroyed),
            posted: Some(callbacks::posted),
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

    fn some_request(&self) -> u64 {
        let requests = self.requests.borrow();
        requests.get(self.pick(requests.len().clamp(1, 256))).map_or(7, |request| request.0)
    }

    fn some_attempt(&self) -> u64 {
        let attempts = self.attempts.borrow();
        let from = attempts.len().saturating_sub(8);
        attempts.get(from + self.pick(8)).or(attempts.last()).copied().unwrap_or(7)
    }

    /// One call, chosen by the script.
    fn step(&self) {
        self.calls.set(self.calls.get() + 1);
        self.now_ms.set(self.now_ms.get() + [0, 1, 500, 4_000, 40_000, 4_000_000][self.pick(6)]);
        let (call, status) = match self.pick(4) {
            0 => self.input(),
            1 => self.report(),
            2 => self.post(),
            _ => self.query(),
        };
        let known = matches!(call.returns, calls::Returns::Status(_));
        assert!(!known || call.statuses().any(|can| can == status), "{}: {status}", call.name);
        assert_ne!(status, SFO_ERR_FAULT);
    }

    fn input(&self) -> (Call, sfo_status) {
        let (engine, now) = (self.engine.get(), self.now_ms.get());
        let account = self.number(4);
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(10) {
                0 => (calls::ENGINE_HANDLE_TIMER, sfo_engine_handle_timer(engine, now)),
                1 => (calls::ACCOUNT_START, sfo_account_start(engine, now, account)),
                2 => (calls::ACCOUNT_STOP, sfo_account_stop(engine, now, account)),
                3 => (calls::ACCOUNT_SET_BUSY, sfo_account_set_busy(engine, now, account, self.number(2))),
                4 => (calls::ENGINE_SET_LINK, sfo_engine_set_link(engine, now, self.number(3))),
                5 => (calls::ENGINE_SET_FAMILIES, sfo_engine_set_families(engine, now, self.number(4))),
                6 => {
                    let servers = [c"192.0.2.53".as_ptr(), c"no address".as_ptr(), null()];
                    let count = self.pick(4);
                    (calls::ENGINE_SET_DNS_SERVERS, sfo_engine_set_dns_servers(engine, now, servers.as_ptr(), count))
                }
                7 => {
                    let text = self.script.borrow_mut().bytes(24);
                    assert_eq!(sfo_config_load_text(self.config, text.as_ptr().cast(), text.len()), SFO_OK);
                    (calls::ENGINE_RECONFIGURE, sfo_engine_reconfigure(engine, now, self.config))
                }
                8 => (calls::ENGINE_PROCESS, sfo_engine_process(engine, now)),
                _ if self.pick(8) == 7 && !self.is_freed.get() => {
                    self.free();
                    (calls::ENGINE_FREE, SFO_OK)
                }
                _ => (calls::ENGINE_HANDLE_TIMER, sfo_engine_handle_timer(null_mut(), now)),
            }
        }
    }

    fn report(&self) -> (Call, sfo_status) {
        let (engine, now, attempt) = (self.engine.get(), self.now_ms.get(), self.some_attempt());
        let request = sfo_request { account: self.number(3), method: self.number(11), ..NO_REQUEST };
        let status = [200, 302, 401, 403, 423, 486, 503, 199][self.pick(8)];
        let response = sfo_response { status, granted_expires_s: 60, retry_after_s: 5, ..NO_RESPONSE };
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(7) {
                0 => {
                    let status = sfo_request_start(engine, now, &raw const request, self.starting.as_ptr());
                    self.note_start();
                    (calls::REQUEST_START, status)
                }
                1 => {
                    let id = self.some_request();
                    let status = sfo_request_cancel(engine, now, id);
                    if status == SFO_OK {
                        self.end(id, Fate::Cancelled);
                    }
                    (calls::REQUEST_CANCEL, status)
                }
                2 | 3 => (calls::ATTEMPT_RESPONSE, sfo_attempt_response(engine, now, attempt, &raw const response)),
                4 => (calls::ATTEMPT_PROVISIONAL, sfo_attempt_provisional(engine, now, attempt, 180)),
                5 => (calls::ATTEMPT_FAILED, sfo_attempt_failed(engine, now, attempt, self.number(8))),
                _ => {
                    let bytes = self.script.borrow_mut().bytes(40);
                    let (data, length) = (bytes.as_ptr(), bytes.len());
                    (calls::ENGINE_HANDLE_DNS, sfo_engine_handle_dns(engine, now, self.number(2), data, length))
                }
            }
        }
    }

    fn post(&self) -> (Call, sfo_status) {
        let (engine, attempt) = (self.engine.get(), self.some_attempt());
        let request = sfo_request { account: self.number(3), method: self.number(11), ..NO_REQUEST };
        let response = sfo_response { status: 200, granted_expires_s: 60, ..NO_RESPONSE };
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(8) {
                0 => (calls::POST_REQUEST_START, sfo_post_request_start(engine, &raw const request)),
                1 => {
                    let id = self.some_request();
                    let mut requests = self.requests.borrow_mut();
                    let open = requests.iter_mut().find(|request| request.0 == id && request.1 == Fate::Open);
                    open.into_iter().for_each(|request| request.1 = Fate::Either);
                    drop(requests);
                    (calls::POST_REQUEST_CANCEL, sfo_post_request_cancel(engine, id))
                }
                2 => (calls::POST_ATTEMPT_PROVISIONAL, sfo_post_attempt_provisional(engine, attempt, 180)),
                3 => (calls::POST_ATTEMPT_RESPONSE, sfo_post_attempt_response(engine, attempt, &raw const response)),
                4 => (calls::POST_ATTEMPT_FAILED, sfo_post_attempt_failed(engine, attempt, self.number(8))),
                5 => (calls::POST_SET_BUSY, sfo_post_set_busy(engine, self.number(3), self.number(2))),
                6 => (calls::POST_SET_LINK, sfo_post_set_link(engine, self.number(3))),
                _ => {
                    let bytes = self.script.borrow_mut().bytes(40);
                    (calls::POST_HANDLE_DNS, sfo_post_handle_dns(engine, 0, bytes.as_ptr(), bytes.len()))
                }
            }
        }
    }

    fn query(&self) -> (Call, sfo_status) {
        let (engine, now, account) = (self.engine.get(), self.now_ms.get(), self.number(3));
        let mut snapshot = self.snapshot.take();
        let mut text = [0; 16];
        let (mut length, mut accepted) = (0, 0);
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        let result = unsafe {
            match self.pick(5) {
                0 => {
                    let address = [c"192.0.2.1", c"x"][self.pick(2)].as_ptr();
                    let status = sfo_engine_accepts_source(engine, account, address, &raw mut accepted);
                    (calls::ENGINE_ACCEPTS_SOURCE, status)
                }
                1 => {
                    let needed = sfo_engine_last_error(engine, text.as_mut_ptr(), self.pick(17));
                    assert!(needed < 4_096);
                    (calls::ENGINE_LAST_ERROR, SFO_OK)
                }
                2 => {
                    snapshot.resize(4_096, 0);
                    let (buffer, room) = (snapshot.as_mut_ptr(), snapshot.len());
                    let status = sfo_engine_snapshot_export(engine, now, 5_000, buffer, room, &raw mut length);
                    snapshot.truncate(length);
                    (calls::ENGINE_SNAPSHOT_EXPORT, status)
                }
                3 => {
                    if let Some(byte) = snapshot.get_mut(self.pick(256)) {
                        *byte ^= 1 << self.pick(8);
                    }
                    let (bytes, length) = (snapshot.as_ptr(), snapshot.len());
                    (calls::ENGINE_SNAPSHOT_IMPORT, sfo_engine_snapshot_import(engine, now, 6_000, bytes, length))
                }
                _ => {
                    assert_eq!(sfo_dns_io_fds(engine, null_mut(), 0), 0);
                    (calls::DNS_IO_HANDLE, sfo_dns_io_handle(engine, now, 3))
                }
            }
        };
        self.snapshot.replace(snapshot);
        result
    }
}
