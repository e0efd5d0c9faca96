#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sipfailover::fuzzing::dns_message(input));
