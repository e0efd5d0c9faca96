//! Every function of the interface, with what it is and from where it may be called. Written down here and nowhere else.
//!
//! The gate reads its row at every call. `docs/calls.md`, the C program that calls every function from every callback, and
//! what the header says about each function are compared with this table by the house tests: who adds a function adds a row.

use super::constants::*;

/// What a function is for: that decides which callbacks it runs, and which threads may call it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Tells the engine something. Any callback may run.
    Input,
    /// Reads from the engine, or writes into it what causes nothing. No callback runs.
    Query,
    /// Puts an input into the engine's inbox, for sfo_engine_process(). Only `wake` may run.
    Post,
    /// Makes or releases an object.
    Lifetime,
    /// Works on a configuration. No callback runs.
    Config,
    /// Works on nothing but its parameters. No callback runs.
    Helper,
}

/// Which threads may call a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Threads {
    /// One at a time; a second one is refused with SFO_ERR_BUSY, or gets 0 where a number is returned.
    OneAtATime,
    /// One at a time, and the caller sees to that: nothing can be asked of an object that is being made or released.
    CallerSeesToIt,
    /// Any thread at any time.
    Any,
}

/// What a function returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Returns {
    /// One of the statuses that all functions of its kind have, or one of these.
    Status(&'static [sfo_status]),
    /// A number, a length or a text; 0 if it is refused.
    Value,
    /// Nothing.
    Nothing,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call {
    /// The function.
    pub name: &'static str,
    /// What it is for.
    pub kind: Kind,
    /// Whether it may be called from a callback. Refused there with SFO_ERR_STATE if not.
    pub from_callbacks: bool,
    /// What it returns.
    pub returns: Returns,
}

impl Kind {
    /// Which threads may call functions of this kind.
    #[must_use]
    pub const fn threads(self) -> Threads {
        match self {
            Kind::Input | Kind::Query => Threads::OneAtATime,
            Kind::Lifetime | Kind::Config => Threads::CallerSeesToIt,
            Kind::Post | Kind::Helper => Threads::Any,
        }
    }

    /// Statuses of every function of this kind that returns one.
    const fn statuses(self) -> &'static [sfo_status] {
        match self {
            Kind::Input | Kind::Query => &[SFO_OK, SFO_ERR_INVALID, SFO_ERR_BUSY, SFO_ERR_STATE, SFO_ERR_FAULT],
            Kind::Post => &[SFO_OK, SFO_ERR_INVALID, SFO_ERR_LIMIT, SFO_ERR_STATE, SFO_ERR_FAULT],
            Kind::Lifetime | Kind::Config => &[SFO_OK, SFO_ERR_INVALID, SFO_ERR_FAULT],
            Kind::Helper => &[],
        }
    }
}

impl Call {
    /// Every status that the function can return; none if it returns something else.
    pub fn statuses(&self) -> impl Iterator<Item = sfo_status> {
        let (common, own): (&[_], &[_]) = match self.returns {
            Returns::Status(own) => (self.kind.statuses(), own),
            Returns::Value | Returns::Nothing => (&[], &[]),
        };
        common.iter().chain(own).copied()
    }
}

/// One constant for each row, and the list of all.
macro_rules! calls {
    ($($row:ident: $name:ident, $kind:ident, from callbacks: $from:ident, $returns:expr;)*) => {
        $(
            #[doc = stringify!($name)]
            pub const $row: Call = Call {
                name: stringify!($name),
                kind: Kind::$kind,
                from_callbacks: calls!(@ $from),
                returns: $returns,
            };
        )*
        /// The table.
        pub const ALL: &[Call] = &[$($row),*];
    };
    (@ yes) => { true };
    (@ no) => { false };
}

use Returns::{Nothing, Status, Value};

calls! {
    CONFIG_NEW: sfo_config_new, Lifetime, from callbacks: yes, Status(&[]);
    CONFIG_FREE: sfo_config_free, Lifetime, from callbacks: yes, Nothing;
    CONFIG_LOAD_TEXT: sfo_config_load_text, Config, from callbacks: yes, Status(&[]);
    CONFIG_SET: sfo_config_set, Config, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND, SFO_ERR_CONFIG]);
    CONFIG_GET: sfo_config_get, Config, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    CONFIG_GET_INT: sfo_config_get_int, Config, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND, SFO_ERR_CONFIG]);
    CONFIG_RESET: sfo_config_reset, Config, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    CONFIG_CHECK: sfo_config_check, Config, from callbacks: yes, Status(&[]);
    CONFIG_DIAGNOSTIC_COUNT: sfo_config_diagnostic_count, Config, from callbacks: yes, Value;
    CONFIG_DIAGNOSTIC: sfo_config_diagnostic, Config, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    CONFIG_LAST_ERROR: sfo_config_last_error, Config, from callbacks: yes, Value;
    CONFIG_KEY_COUNT: sfo_config_key_count, Helper, from callbacks: yes, Value;
    CONFIG_KEY_INFO: sfo_config_key_info, Helper, from callbacks: yes,
        Status(&[SFO_OK, SFO_ERR_INVALID, SFO_ERR_NOT_FOUND, SFO_ERR_FAULT]);
    ENGINE_NEW: sfo_engine_new, Lifetime, from callbacks: yes, Status(&[]);
    ENGINE_FREE: sfo_engine_free, Lifetime, from callbacks: yes, Nothing;
    ENGINE_RECONFIGURE: sfo_engine_reconfigure, Input, from callbacks: yes, Status(&[]);
    ENGINE_HANDLE_TIMER: sfo_engine_handle_timer, Input, from callbacks: yes, Status(&[]);
    ENGINE_PROCESS: sfo_engine_process, Input, from callbacks: yes, Status(&[]);
    ENGINE_HANDLE_DNS: sfo_engine_handle_dns, Input, from callbacks: yes, Status(&[]);
    ENGINE_DNS_FAILED: sfo_engine_dns_failed, Input, from callbacks: yes, Status(&[]);
    ENGINE_SET_DNS_SERVERS: sfo_engine_set_dns_servers, Input, from callbacks: yes, Status(&[SFO_ERR_LIMIT]);
    ENGINE_SET_LINK: sfo_engine_set_link, Input, from callbacks: yes, Status(&[]);
    ENGINE_SET_FAMILIES: sfo_engine_set_families, Input, from callbacks: yes, Status(&[]);
    ENGINE_ACCEPTS_SOURCE: sfo_engine_accepts_source, Query, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ENGINE_FLOW_LOST: sfo_engine_flow_lost, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ENGINE_HEARD_FROM: sfo_engine_heard_from, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ENGINE_EXPLAIN: sfo_engine_explain, Query, from callbacks: yes, Value;
    ENGINE_TRACE: sfo_engine_trace, Query, from callbacks: yes, Value;
    DIALOG_OPEN: sfo_dialog_open, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND, SFO_ERR_LIMIT]);
    DIALOG_CLOSE: sfo_dialog_close, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ENGINE_COUNTERS: sfo_engine_counters, Query, from callbacks: yes, Status(&[]);
    ENGINE_LAST_ERROR: sfo_engine_last_error, Query, from callbacks: yes, Value;
    ENGINE_SNAPSHOT_EXPORT: sfo_engine_snapshot_export, Query, from callbacks: yes, Status(&[SFO_ERR_LIMIT]);
    ENGINE_SNAPSHOT_IMPORT: sfo_engine_snapshot_import, Query, from callbacks: yes, Status(&[SFO_ERR_DATA]);
    ACCOUNT_START: sfo_account_start, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ACCOUNT_STOP: sfo_account_stop, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ACCOUNT_SET_BUSY: sfo_account_set_busy, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ACCOUNT_STATE: sfo_account_state, Query, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ACCOUNT_CURRENT_TARGET: sfo_account_current_target, Query, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    REQUEST_START: sfo_request_start, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND, SFO_ERR_LIMIT]);
    REQUEST_CANCEL: sfo_request_cancel, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    ATTEMPT_PROVISIONAL: sfo_attempt_provisional, Input, from callbacks: yes, Status(&[SFO_LATE, SFO_ERR_NOT_FOUND]);
    ATTEMPT_RESPONSE: sfo_attempt_response, Input, from callbacks: yes, Status(&[SFO_LATE, SFO_ERR_NOT_FOUND]);
    ATTEMPT_FAILED: sfo_attempt_failed, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    DNS_IO_FDS: sfo_dns_io_fds, Query, from callbacks: yes, Value;
    DNS_IO_HANDLE: sfo_dns_io_handle, Input, from callbacks: yes, Status(&[SFO_ERR_NOT_FOUND]);
    DNS_IO_USE_RESOLV_CONF: sfo_dns_io_use_resolv_conf, Input, from callbacks: yes, Status(&[SFO_ERR_IO]);
    POST_ATTEMPT_PROVISIONAL: sfo_post_attempt_provisional, Post, from callbacks: yes, Status(&[]);
    POST_ATTEMPT_RESPONSE: sfo_post_attempt_response, Post, from callbacks: yes, Status(&[]);
    POST_ATTEMPT_FAILED: sfo_post_attempt_failed, Post, from callbacks: yes, Status(&[]);
    POST_REQUEST_START: sfo_post_request_start, Post, from callbacks: yes, Status(&[]);
    POST_REQUEST_CANCEL: sfo_post_request_cancel, Post, from callbacks: yes, Status(&[]);
    POST_DIALOG_OPEN: sfo_post_dialog_open, Post, from callbacks: yes, Status(&[]);
    POST_DIALOG_CLOSE: sfo_post_dialog_close, Post, from callbacks: yes, Status(&[]);
    POST_ACCOUNT_START: sfo_post_account_start, Post, from callbacks: yes, Status(&[]);
    POST_ACCOUNT_STOP: sfo_post_account_stop, Post, from callbacks: yes, Status(&[]);
    POST_SET_BUSY: sfo_post_set_busy, Post, from callbacks: yes, Status(&[]);
    POST_FLOW_LOST: sfo_post_flow_lost, Post, from callbacks: yes, Status(&[]);
    POST_HEARD_FROM: sfo_post_heard_from, Post, from callbacks: yes, Status(&[]);
    POST_SET_LINK: sfo_post_set_link, Post, from callbacks: yes, Status(&[]);
    POST_SET_FAMILIES: sfo_post_set_families, Post, from callbacks: yes, Status(&[]);
    POST_SET_DNS_SERVERS: sfo_post_set_dns_servers, Post, from callbacks: yes, Status(&[]);
    POST_HANDLE_DNS: sfo_post_handle_dns, Post, from callbacks: yes, Status(&[]);
    POST_DNS_FAILED: sfo_post_dns_failed, Post, from callbacks: yes, Status(&[]);
    STATUS_TEXT: sfo_status_text, Helper, from callbacks: yes, Value;
    CAUSE_TEXT: sfo_cause_text, Helper, from callbacks: yes, Value;
    TICK_EXTEND: sfo_tick_extend, Helper, from callbacks: yes, Value;
    VERSION: sfo_version, Helper, from callbacks: yes, Value;
    ABI_VERSION: sfo_abi_version, Helper, from callbacks: yes, Value;
}
