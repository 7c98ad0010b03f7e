//! `aclc`: from a policy to switch configurations to a proof.
//!
//! ```text
//! source text -> syntax -> model -> compile -> acl -> vendor (write) -> device text
//!                            |                                              |
//!                            |        reach <- topo, pset <- acl <- vendor (read)
//!                            |          |
//!                            +--> verify, diff --> verdicts --> report
//! ```
//!
//! Three things are kept apart: a [`net::Flow`] is a point (one header), a [`net::Match`] a box, a [`pset::PacketSet`] any
//! union of boxes. And **the proof reads the device text back**: `verify` never takes the compiler's word, so a bug in
//! `compile` or in a writer shows as a claim that fails, with a packet.
//!
//! # Invariants
//! - A reader never fails and never skips: a line it does not understand is a gap (D10) or an effect (D23).
//! - Uncertain sets travel as [`pset::Bounds`], must inside may; negation swaps them, and the type does the swapping (D4).
//! - `reach::walk` and `acl::eval` know no packet set; they replay every witness before it is shown (D43). If they disagree
//!   with the sets there is no verdict, only the sentence that this is our bug.
//! - `compile` knows no packet set and `pset` no policy: neither can repeat the other's mistake.
//! - Past a limit every set is empty, and every answer is `unknown` with that reason (`verify::evaluate`).
//! - Words are chosen in `report` and in the catalogue `src/base/text/*.toml`, one sentence per key in both languages.
//! - Only `cli` touches files, clock, environment and terminal; `lab` alone touches the kernel. Same input, same bytes.
//! - Who may use whom is the table in `tests/tidy.rs`.
//!
//! # Where the house differs from its models
//! - Device text is read by word cursors (`vendor::words`), not by a grammar: a line is a list of blank-separated words, what
//!   was read so far is the bound of what the entry may match (D10), and 10,000 lines have 50 ms. The policy language, which
//!   people write and need to be told about, has a grammar (`grammar/policy.pest`).
//! - What is to be written ([`acl::Draft`]) and what was read ([`acl::Acl`]) are two types: the first says what every vendor can
//!   say, the second has certain and possible matches. Equality is judged on the second only.

pub mod base;

pub mod net;

pub mod acl;
pub mod device;

pub mod facts;

pub mod syntax;

pub mod sheet;

pub mod prelude;

pub mod model;

pub mod compile;

pub mod vendor;

pub mod pset;

pub mod topo;

pub mod reach;
pub mod verify;

pub mod certificate;

pub mod diff;
pub mod import;
pub mod lint;
pub mod plan;

pub mod job;

pub mod lab;

pub mod report;

pub mod cli;
