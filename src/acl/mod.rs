//! Vendor-neutral filters.
//!
//! What is read from a device is an [`Acl`]: entries with certain and possible matches (D10). What is to be written is a
//! [`Draft`]: entries in words every vendor has. [`eval`] walks one packet down a list (D12).
//! Must not know: vendors, zones, text of configurations.
#![warn(missing_docs)]

pub mod draft;
pub mod eval;
pub mod ir;
pub mod question;

pub use draft::{Draft, DraftEntry, DraftLine};
pub use eval::{Decided, Fate, decide, decide_among};
pub use ir::{Ace, Acl, AclState, Action, Direction, Open};
pub use question::{Known, Question, Reading};
