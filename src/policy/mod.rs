//! Fourth floor: the tables and formulas by which the state machines decide.
//!
//! Pure functions only: an outcome gives a verdict, a retry count gives a budget, a number of failures gives a pause.
//! Nothing here has state, so each rule can be read, tested and changed on its own.
//!
//! * [`budget`]: how long an attempt may take before the server counts as not responding (RFC 3261 §17.1).
//! * [`verdict`]: what a response or a failure means for the walk.
//! * [`failback`]: when an account returns to the primary of a list, and by what.
//! * [`pause`]: how long to wait before the next registration (RFC 5626 §4.5), and when to refresh.

mod budget;
mod failback;
mod method;
mod pause;
mod verdict;

pub use budget::{Budget, TIMER_C_MS, full_budget, retry_budget, transaction_timeout_ms, urgent_patience_ms};
pub use failback::{FailbackStep, PROBE_SPACING_MS, failback_step, stay_ms};
pub use method::Method;
pub use pause::{earlier_by_up_to, refresh_lead_ms, refusal_pause_ms, retry_pause_ms, spread};
pub use verdict::{Report, Verdict, judge};
