//! The reader of allied-telesis-awplus.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("allied-telesis-awplus", data));
