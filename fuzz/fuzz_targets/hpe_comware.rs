//! The reader of hpe-comware.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("hpe-comware", data));
