//! What other threads of the device post. It is one thread here: what threads do to each other is looked at elsewhere.

use super::steps::SOURCES;
use super::*;

impl Device<'_> {
    pub(super) fn post(&self) -> (Call, sfo_status) {
        match self.pick(3) {
            0 => self.post_about_attempts(),
            1 => self.post_about_accounts(),
            _ => self.post_about_network(),
        }
    }

    fn post_about_attempts(&self) -> (Call, sfo_status) {
        let (engine, attempt) = (self.engine.get(), self.some_attempt());
        let response = sfo_response { status: 200, granted_expires_s: 60, ..NO_RESPONSE };
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(5) {
                0 => {
                    let request = self.some_request_to_start();
                    (calls::POST_REQUEST_START, sfo_post_request_start(engine, &raw const request))
                }
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
                _ => (calls::POST_ATTEMPT_FAILED, sfo_post_attempt_failed(engine, attempt, self.number(8))),
            }
        }
    }

    fn post_about_accounts(&self) -> (Call, sfo_status) {
        let (engine, account) = (self.engine.get(), self.number(3));
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(6) {
                0 => (calls::POST_ACCOUNT_START, sfo_post_account_start(engine, account)),
                1 => (calls::POST_ACCOUNT_STOP, sfo_post_account_stop(engine, account)),
                2 => (calls::POST_SET_BUSY, sfo_post_set_busy(engine, account, self.number(2))),
                3 => {
                    let dialog = self.some_dialog_to_open();
                    (calls::POST_DIALOG_OPEN, sfo_post_dialog_open(engine, &raw const dialog, 7))
                }
                4 => {
                    // Whoever closes it directly, too, is told that there is none, or is first.
                    (calls::POST_DIALOG_CLOSE, sfo_post_dialog_close(engine, self.some_dialog()))
                }
                _ => (calls::POST_FLOW_LOST, sfo_post_flow_lost(engine, account, self.number(3))),
            }
        }
    }

    fn post_about_network(&self) -> (Call, sfo_status) {
        let engine = self.engine.get();
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(6) {
                0 => (calls::POST_SET_LINK, sfo_post_set_link(engine, self.number(3))),
                1 => (calls::POST_SET_FAMILIES, sfo_post_set_families(engine, self.number(4))),
                2 => {
                    let (account, source) = (self.number(3), SOURCES[self.pick(SOURCES.len())].as_ptr());
                    (calls::POST_HEARD_FROM, sfo_post_heard_from(engine, account, source))
                }
                3 => {
                    let (servers, count) = (self.dns.servers(), self.pick(5));
                    (calls::POST_SET_DNS_SERVERS, sfo_post_set_dns_servers(engine, servers.as_ptr(), count))
                }
                4 => {
                    let (query, server, transport) = self.some_query();
                    (calls::POST_DNS_FAILED, sfo_post_dns_failed(engine, query, server, transport))
                }
                _ => {
                    let (server, bytes) = self.some_message();
                    (calls::POST_HANDLE_DNS, sfo_post_handle_dns(engine, server, bytes.as_ptr(), bytes.len()))
                }
            }
        }
    }
}
