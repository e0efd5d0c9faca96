//! For tests only: not in the header, and not in what ships.

use crate::types::faults;

/// Asks for a panic in the calling thread, at this point of its way through the library, counted from now; 0 for none. Says
/// how many points were left.
#[unsafe(no_mangle)]
pub extern "C" fn sfo_inject_fault(points: u32) -> u32 {
    faults::arm(points)
}
