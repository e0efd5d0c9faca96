//! The calls of the device: which function is next, and with what.

use super::*;

impl Device<'_> {
    /// One call, chosen by the script.
    pub(super) fn step(&self) {
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
