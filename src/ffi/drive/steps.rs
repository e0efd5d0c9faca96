//! The calls of the device: which function is next, and with what.

use super::*;

impl Device<'_> {
    /// One call, chosen by the script.
    pub(super) fn step(&self) {
        self.calls.set(self.calls.get() + 1);
        self.now_ms.set(self.now_ms.get() + [0, 1, 500, 4_000, 40_000, 4_000_000][self.pick(6)]);
        let (call, status) = match self.pick(6) {
            0 => self.input(),
            1 => self.report(),
            2 => self.network(),
            3 => self.post(),
            4 => self.dns(),
            _ => self.query(),
        };
        self.called.borrow_mut().insert(call.name);
        let known = matches!(call.returns, calls::Returns::Status(_));
        assert!(!known || call.statuses().any(|can| can == status), "{}: {status}", call.name);
        assert_ne!(status, SFO_ERR_FAULT);
    }

    fn input(&self) -> (Call, sfo_status) {
        let (engine, now) = (self.engine.get(), self.now_ms.get());
        let account = self.number(4);
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(9) {
                0 => (calls::ENGINE_HANDLE_TIMER, sfo_engine_handle_timer(engine, now)),
                1 => (calls::ACCOUNT_START, sfo_account_start(engine, now, account)),
                2 => (calls::ACCOUNT_STOP, sfo_account_stop(engine, now, account)),
                3 => (calls::ACCOUNT_SET_BUSY, sfo_account_set_busy(engine, now, account, self.number(2))),
                4 => {
                    let lines = self.some_lines();
                    assert_eq!(sfo_config_load_text(self.config, lines.as_ptr().cast(), lines.len()), SFO_OK);
                    (calls::ENGINE_RECONFIGURE, sfo_engine_reconfigure(engine, now, self.config))
                }
                5 => self.open_dialog(),
                6 => {
                    let dialog = self.some_dialog();
                    let status = sfo_dialog_close(engine, now, dialog);
                    if status == SFO_OK {
                        self.end_dialog(dialog);
                    }
                    (calls::DIALOG_CLOSE, status)
                }
                7 => (calls::ENGINE_PROCESS, sfo_engine_process(engine, now)),
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
        let request = self.some_request_to_start();
        let status = [200, 302, 401, 403, 423, 486, 503, 199][self.pick(8)];
        let response = sfo_response { status, granted_expires_s: 60, retry_after_s: 5, ..NO_RESPONSE };
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(6) {
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
                _ => (calls::ATTEMPT_FAILED, sfo_attempt_failed(engine, now, attempt, self.number(8))),
            }
        }
    }

    pub(super) fn some_request_to_start(&self) -> sfo_request {
        let (account, method) = (self.number(3), self.number(11));
        let flags = [0, SFO_REQUEST_URGENT, SFO_REQUEST_IN_DIALOG, 4][self.pick(4)];
        let dialog = if flags == SFO_REQUEST_IN_DIALOG { self.some_dialog() } else { 0 };
        sfo_request { account, method, flags, dialog, ..NO_REQUEST }
    }

    /// Its text is static.
    pub(super) fn some_dialog_to_open(&self) -> sfo_dialog {
        let account = self.number(3);
        match self.pick(4) {
            0 | 1 => sfo_dialog { account, attempt: self.some_attempt(), ..NO_DIALOG },
            2 => {
                let source_text = SOURCES[self.pick(SOURCES.len())].as_ptr();
                sfo_dialog { account, method: self.number(11), source_text, ..NO_DIALOG }
            }
            _ => NO_DIALOG,
        }
    }

    fn open_dialog(&self) -> (Call, sfo_status) {
        let (engine, now, dialog) = (self.engine.get(), self.now_ms.get(), self.some_dialog_to_open());
        let mut id = 0;
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        let status = unsafe { sfo_dialog_open(engine, now, &raw const dialog, &raw mut id) };
        assert_eq!(status == SFO_OK, id != 0);
        if status == SFO_OK {
            self.begin_dialog(id);
        }
        (calls::DIALOG_OPEN, status)
    }

    /// Lines of a provisioning text: those that change much, or any.
    fn some_lines(&self) -> Vec<u8> {
        let known = self.pick(LINES.len() + 1);
        LINES.get(known).map_or_else(|| self.script.borrow_mut().bytes(24), |line| line.as_bytes().to_vec())
    }
}

/// Settings that change what an account does.
const LINES: [&str; 9] = [
    "account.1.enable = 0",
    "account.1.enable = 1",
    "account.1.fallback.redundancy_type = 1",
    "account.1.sip_server.2.address = 192.0.2.3",
    "account.2.sip_server.1.transport_type = 3",
    "account.2.sip_server.1.port = 5070",
    "account.3.enable = 1\naccount.3.sip_server.1.address = sip.example",
    "sip.dns_transport_type = 1",
    "sip.dns_transport_type = 0",
];

/// Where an incoming request may come from.
pub(super) const SOURCES: [&core::ffi::CStr; 6] =
    [c"192.0.2.1", c"192.0.2.2:5060", c"[2001:db8::1]:5060", c"192.0.2.77", c"::ffff:192.0.2.1", c"nowhere"];
