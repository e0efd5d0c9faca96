//! Whole resolutions against DNS servers that do as they like.
//!
//! The script says what is configured, which jobs start, and what each DNS server does with each query. Time is
//! virtual. `world` plays the firmware and the network, `scenario` draws the configuration, `server` the mischief;
//! `ledger` keeps what was said by whom and when, and `verdict` judges every list by it.

mod ledger;
mod scenario;
mod server;
mod verdict;
pub mod world;

use super::input::Input;

/// Runs the script twice: what comes out has to be justified, and the same.
pub fn resolution(input: &[u8]) {
    let first = world::run(Input::new(input));
    let second = world::run(Input::new(input));
    assert_eq!(first, second, "the same input gives different results");
}
