//! The reader of alaxala-ax.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("alaxala-ax", data));
