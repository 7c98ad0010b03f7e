//! `aclc`: from a policy to switch configurations to a proof.
//!
//! ```text
//! source text -> syntax -> model -> compile -> acl -> vendor (write) -> device text
//!                            |                                              |
//!                            |        reach <- topo, pset <- acl <- vendor (read)
//!                            |          |
//!                            +--> verify, diff --> verdicts --> report
//! ```

pub mod base;

pub mod net;

pub mod acl;
pub mod device;

pub mod facts;

pub mod syntax;

pub mod prelude;

pub mod model;

pub mod compile;

pub mod vendor;

pub mod pset;

pub mod topo;

pub mod reach;
pub mod verify;

pub mod diff;
pub mod lint;

pub mod job;

pub mod report;

pub mod cli;
