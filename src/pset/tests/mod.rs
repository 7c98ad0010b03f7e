//! Packet sets against their definitions: bitmasks, the first-match interpreter, brute force.

mod exhaustive;
mod laws;
mod lists;
mod random;

use super::{Field, Layout};
use crate::net::Family;

/// Layouts that differ in everything a layout may differ in.
fn layouts(family: Family) -> Vec<Layout> {
    use Field::{Dport, Dst, Position, Protocol, Sport, Src};
    vec![
        Layout::usual(family),
        Layout::canonical(family, 32),
        Layout::new(family, &[Src, Dst, Dport, Sport, Protocol], 8),
        Layout::new(family, &[Position, Protocol, Dport, Sport, Dst, Src], 16),
    ]
}
