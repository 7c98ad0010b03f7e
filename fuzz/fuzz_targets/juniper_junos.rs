//! The reader of juniper-junos.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("juniper-junos", data));
