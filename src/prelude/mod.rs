//! Policy text shipped inside: the `std` catalogue of language 1.
//!
//! In: nothing. Out: text for our own parser. Must not know: anything else.

/// The services of `std.`, as a policy of `service` statements that name each other without the prefix.
pub const SERVICES: &str = include_str!("services.acl");

/// Guideline packs, an edition each: roles, claims in policy text, measures with the words for them.
pub const GUIDELINES: &[&str] = &[include_str!("screen_transfer_r7_1.toml")];
