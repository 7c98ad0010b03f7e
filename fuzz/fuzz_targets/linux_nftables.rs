//! The reader of linux-nftables.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::reader("linux-nftables", data));
