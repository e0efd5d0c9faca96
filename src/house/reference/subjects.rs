//! The subjects of the C interface: one manual page and one chapter of the reference each.

use crate::house::header::Item;

/// Functions, types and constants that are used together.
pub(super) struct Subject {
    /// The manual page is called `sipfailover_NAME`.
    name: &'static str,
    /// The heading of the chapter.
    pub(super) title: &'static str,
    /// What it is for, in a sentence.
    pub(super) purpose: &'static str,
    /// What belongs here: names that begin like this. The longest prefix of all subjects wins.
    pub(super) prefixes: &'static [&'static str],
}

impl Subject {
    /// The name of its manual page.
    pub(super) fn manual(&self) -> String {
        format!("sipfailover_{}", self.name)
    }
}

pub(super) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "config",
        title: "Configuration",
        purpose: "Settings, from a provisioning text or key by key, and what is wrong with them.",
        prefixes: &[
            "sfo_config",
            "sfo_diagnostic",
            "sfo_key_info",
            "SFO_DIAGNOSTIC_INIT",
            "SFO_KEY_INFO_INIT",
            "SFO_SEVERITY_",
            "SFO_TYPE_",
        ],
    },
    Subject {
        name: "engine",
        title: "Engine",
        purpose: "All accounts of a device: made, fed by the timer, given new settings, released.",
        prefixes: &["sfo_engine", "sfo_options", "sfo_callbacks", "SFO_OPTIONS_INIT", "SFO_CALLBACKS_INIT", "SFO_LOG_"],
    },
    Subject {
        name: "account",
        title: "Accounts",
        purpose: "Start, stop, calls that are up, and the state of the registrations.",
        prefixes: &["sfo_account", "sfo_target", "SFO_ACCOUNT_INFO_INIT", "SFO_TARGET_INIT", "SFO_REG_"],
    },
    Subject {
        name: "request",
        title: "Requests",
        purpose: "A request that is to be routed, and its end.",
        prefixes: &["sfo_request", "sfo_done", "sfo_outcome", "SFO_REQUEST_", "SFO_DONE_", "SFO_METHOD_"],
    },
    Subject {
        name: "attempt",
        title: "Attempts",
        purpose: "One SIP transaction to one target: what the library hands out, and what the stack reports.",
        prefixes: &[
            "sfo_attempt",
            "sfo_send",
            "sfo_cancel",
            "sfo_response",
            "SFO_RESPONSE_",
            "SFO_CANCEL_",
            "SFO_PURPOSE_",
            "SFO_TRANSPORT_",
        ],
    },
    Subject {
        name: "dialog",
        title: "Dialogs",
        purpose: "Calls and subscriptions whose later requests go to the server that set them up.",
        prefixes: &["sfo_dialog", "SFO_DIALOG_INIT"],
    },
    Subject {
        name: "event",
        title: "Events",
        purpose: "What the library tells about registrations and servers.",
        prefixes: &["sfo_event", "SFO_EVENT_"],
    },
    Subject {
        name: "network",
        title: "Network",
        purpose: "Links, address families, lost connections, and where incoming requests come from.",
        prefixes: &[
            "sfo_engine_set_link",
            "sfo_engine_set_families",
            "sfo_engine_flow_lost",
            "sfo_engine_heard_from",
            "sfo_engine_accepts_source",
            "SFO_LINK_",
            "SFO_FAMILY_",
        ],
    },
    Subject {
        name: "dns",
        title: "DNS",
        purpose: "DNS servers, the built-in driver, and a DNS transport of your own.",
        prefixes: &[
            "sfo_dns_",
            "sfo_engine_handle_dns",
            "sfo_engine_dns_failed",
            "sfo_engine_set_dns_servers",
            "SFO_DNS_",
        ],
    },
    Subject {
        name: "post",
        title: "Other threads",
        purpose: "Inputs from worker threads, put into the inbox of the engine.",
        prefixes: &["sfo_post", "sfo_engine_process", "SFO_POSTED_"],
    },
    Subject {
        name: "snapshot",
        title: "Restart",
        purpose: "What a restart should not cost.",
        prefixes: &["sfo_engine_snapshot"],
    },
    Subject {
        name: "insight",
        title: "Insight",
        purpose: "Where a request would go, what happened, and how often.",
        prefixes: &[
            "sfo_engine_explain",
            "sfo_engine_trace",
            "sfo_engine_counters",
            "sfo_counters",
            "SFO_COUNTERS_INIT",
            "SFO_FORMAT_",
        ],
    },
    Subject {
        name: "status",
        title: "Statuses, causes, time, versions",
        purpose: "Results of calls, causes of failures, and small helpers.",
        prefixes: &[
            "sfo_status",
            "sfo_cause_text",
            "sfo_engine_last_error",
            "sfo_tick_extend",
            "sfo_version",
            "sfo_abi_version",
            "SFO_OK",
            "SFO_LATE",
            "SFO_ERR_",
            "SFO_CAUSE_",
            "SFO_TIME_NEVER",
            "SFO_ABSENT",
            "SFO_VERSION_",
            "SFO_ABI_VERSION",
        ],
    },
];

/// The subject that an item belongs to.
pub(super) fn of(name: &str) -> Option<usize> {
    let fits = |subject: &Subject| {
        subject.prefixes.iter().filter(|prefix| name.starts_with(**prefix)).map(|prefix| prefix.len()).max()
    };
    let lengths = SUBJECTS.iter().enumerate().filter_map(|(at, subject)| Some((fits(subject)?, at)));
    lengths.max().map(|(_, at)| at)
}

/// What an item of the header declares.
pub(super) fn name_of(item: &Item) -> &str {
    if let Some(function) = item.function().filter(|_| !item.is_member) {
        return function;
    }
    let words: Vec<&str> = item.code.split_whitespace().collect();
    match words.as_slice() {
        ["#define", name, ..] => name,
        ["typedef", "struct", name, ..] => name,
        _ if item.code.contains("(*") => {
            item.code.split_once("(*").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(name, _)| name)
        }
        _ => words.last().map_or("", |name| name.trim_start_matches('*').split(['[', ';']).next().unwrap_or_default()),
    }
}
