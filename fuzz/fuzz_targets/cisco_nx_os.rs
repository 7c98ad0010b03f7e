//! The reader of cisco-nx-os.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("cisco-nx-os", data));
