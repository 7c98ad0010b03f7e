//! Meaning of a policy.
