//! Whatever looks like a dialect, and what none claims.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::detected(data));
