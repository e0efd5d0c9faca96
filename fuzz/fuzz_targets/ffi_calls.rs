#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sipfailover::fuzzing::ffi_calls(input));
