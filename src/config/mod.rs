//! First floor: provisioning keys, their parser, and the settings that come out of them.

mod settings;

pub use settings::*;
