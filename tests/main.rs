//! Integration tests: the program from its arguments to its output, one binary, a file per subject.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]
#![allow(clippy::print_stdout, reason = "a long run says what it did")]

mod support;

mod accept;
mod agreement;
mod assume;
mod bad_input;
mod fit;
mod golden;
mod lists;
mod logged;
mod mutation;
mod pair;
mod readme;
mod relay;
mod smt;
mod tidy;
mod twins;
mod universes;
