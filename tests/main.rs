//! Integration tests: the program from its arguments to its output, one binary, a file per subject.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]
#![allow(clippy::print_stdout, reason = "a long run says what it did")]

mod support;

mod accept;
mod adopt;
mod agreement;
mod assume;
mod bad_input;
mod certificate;
mod change;
mod evidence;
mod formats;
mod golden;
mod guideline;
mod lists;
mod logged;
mod mutation;
mod pair;
mod readme;
mod relay;
mod session;
mod smt;
mod tables;
mod tidy;
mod twins;
