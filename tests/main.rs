//! Integration tests: the program from its arguments to its output, one binary, a file per subject.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

mod bad_input;
mod golden;
mod lists;
mod mutation;
mod pair;
mod readme;
mod relay;
mod tidy;
mod twins;
