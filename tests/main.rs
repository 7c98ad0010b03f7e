//! Integration tests: the program from its arguments to its output, one binary, a file per subject.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]
#![allow(clippy::print_stdout, reason = "a long run says what it did")]
#![allow(clippy::print_stderr, reason = "what was skipped is said loudly")]

mod support;

mod accept;
mod adopt;
mod agreement;
mod assume;
mod bad_input;
mod certificate;
mod certificate_forms;
mod certificate_tables;
mod certificate_ways;
mod change;
mod classes;
mod dialects;
mod effects;
mod every_format;
mod evidence;
mod fit;
mod forged;
mod forged_ways;
mod formats;
mod golden;
mod guideline;
mod hostile;
mod lab;
mod lists;
mod logged;
mod matrix;
mod mechanisms;
mod mistakes;
mod mutation;
mod over_time;
mod page;
mod page_change;
mod pair;
mod plan;
mod reach;
mod readme;
mod relay;
mod routes;
mod secrets;
mod session;
mod smt;
mod tables;
mod tampered;
mod tidy;
mod twins;
mod universes;
