//! Not part of the library: harnesses for fuzzing, compiled only for tests and with `--cfg fuzzing`.
//!
//! Purpose: say what must hold *whatever* arrives, in a form that a fuzzer can run a million times. Each harness is a
//! function of bytes that returns when all is well and panics when something is wrong. The programs in `fuzz/` hand them
//! what libFuzzer invents; `cargo test` hands them the regression corpus, without a nightly compiler.
//!
//! * [`dns_message`]: reading and writing DNS messages, against hickory's encoder and decoder as a second opinion.
//! * [`resolution`]: whole resolutions against DNS servers that lie, forge, cut, stall and repeat themselves.
//! * [`provisioning_text`]: loading a provisioning text, and what can be read back afterwards.
//! * [`ffi_calls`]: random calls of the C functions, from outside and from callbacks.
//!
//! Three of the harnesses do not take their bytes as a message or a text but as a *script*: [`input::Input`] hands them
//! out as small decisions. An exhausted script makes the dullest decision everywhere, so every input ends.
//!
//! A harness repeats no code of what it checks: it restates the promise from the outside (which names could the
//! records have led to? which lines were complained about?), so that one mistake cannot hide in both.

mod dns_message;
mod ffi_calls;
mod input;
mod provisioning_text;
mod resolution;

pub use dns_message::dns_message;
pub use ffi_calls::ffi_calls;
pub use provisioning_text::provisioning_text;
pub use resolution::resolution;

#[cfg(test)]
mod replay;
#[cfg(test)]
mod seeds;
