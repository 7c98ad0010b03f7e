//! The reader of cisco-ios-xe.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("cisco-ios-xe", data));
