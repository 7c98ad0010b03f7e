//! Integration tests: the program from its arguments to its output, one binary, a file per subject.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]
#![allow(clippy::print_stdout, reason = "a long run says what it did")]

mod support;

mod agreement;
mod bad_input;
mod certificate;
mod evidence;
mod formats;
mod golden;
mod lists;
mod mutation;
mod pair;
mod readme;
mod relay;
mod smt;
mod tidy;
mod twins;
