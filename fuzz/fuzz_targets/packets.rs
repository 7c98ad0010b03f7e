//! Packets, a JSON object a line, against a list.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::packets(data));
