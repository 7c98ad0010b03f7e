//! The reader of aruba-aos-cx.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("aruba-aos-cx", data));
