//! Tables of hosts, CSV and XLSX.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| aclc_fuzz::table(data));
