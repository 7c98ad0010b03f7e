//! Integration tests: the program from its arguments to its output, one binary, a file per subject.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]
#![allow(clippy::print_stdout, reason = "a long run says what it did")]

mod support;

mod agreement;
mod bad_input;
mod golden;
mod guideline;
mod lists;
mod mutation;
mod over_time;
mod pair;
mod readme;
mod relay;
mod smt;
mod tables;
mod tidy;
mod twins;
