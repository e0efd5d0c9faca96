//! SIP methods, as far as routing tells them apart.

use core::ffi::CStr;

/// A SIP method. REGISTER is started by the library itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// RFC 3261 §10.
    Register,
    /// RFC 3261 §13.
    Invite,
    /// RFC 6665.
    Subscribe,
    /// RFC 3903.
    Publish,
    /// RFC 3261 §11.
    Options,
    /// RFC 3428.
    Message,
    /// RFC 3515.
    Refer,
    /// RFC 6665, outside a dialog.
    Notify,
    /// RFC 6086.
    Info,
    /// Any other method outside a dialog.
    Other,
}

impl Method {
    /// Methods with the numbers they have in the C interface.
    pub const ALL: [(u32, Method); 10] = [
        (1, Method::Register),
        (2, Method::Invite),
        (3, Method::Subscribe),
        (4, Method::Publish),
        (5, Method::Options),
        (6, Method::Message),
        (7, Method::Refer),
        (8, Method::Notify),
        (9, Method::Info),
        (10, Method::Other),
    ];

    /// The method's name in a request line; "OTHER" where only the firmware knows it.
    #[must_use]
    pub const fn name(self) -> &'static CStr {
        match self {
            Method::Register => c"REGISTER",
            Method::Invite => c"INVITE",
            Method::Subscribe => c"SUBSCRIBE",
            Method::Publish => c"PUBLISH",
            Method::Options => c"OPTIONS",
            Method::Message => c"MESSAGE",
            Method::Refer => c"REFER",
            Method::Notify => c"NOTIFY",
            Method::Info => c"INFO",
            Method::Other => c"OTHER",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.name().to_str().unwrap_or_default()
    }
}
