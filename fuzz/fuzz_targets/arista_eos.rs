//! The reader of arista-eos.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("arista-eos", data));
