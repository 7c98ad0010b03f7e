//! Tests of the fragment fields: `ip frag-off & MASK`, `frag frag-off`, `frag more-fragments`.
//!
//! In: mask, operator, value. Out: positions of D6 that certainly and possibly meet it. Must not know: text.

use super::cond::Cond;
use super::value::at;
use crate::net::{Family, PositionSet};

/// Bits of the fragment offset.
const OFFSET: u32 = 0x1fff;
/// More fragments follow.
const MORE: u32 = 0x2000;

/// `ip frag-off & mask == value` (or `!=`).
pub(super) fn bits(mask: u32, value: u32, equal: bool) -> Option<Cond> {
    if (mask, value) == (OFFSET | MORE, MORE) {
        let others = PositionSet(PositionSet::WHOLE.0 | PositionSet::LATER.0);
        let position = if equal { PositionSet::FIRST } else { others };
        return Some(at(Family::V4, position, PositionSet(0)));
    }
    (value == 0).then_some(())?;
    // What is known of the masked bits: certainly zero, certainly not zero.
    let known = |position: PositionSet| -> (bool, bool) {
        let foreign = mask & !(OFFSET | MORE) != 0;
        match position {
            PositionSet::WHOLE => (!foreign, false),
            PositionSet::FIRST => (!foreign && mask & MORE == 0, mask & MORE != 0),
            _ => (mask == 0, mask & OFFSET == OFFSET),
        }
    };
    let (mut certain, mut possible) = (0, 0);
    for position in [PositionSet::WHOLE, PositionSet::FIRST, PositionSet::LATER] {
        let (zero, set) = known(position);
        match (zero, set) {
            (true, _) if equal => certain |= position.0,
            (_, true) if !equal => certain |= position.0,
            (false, false) => possible |= position.0,
            _ => {}
        }
    }
    Some(at(Family::V4, PositionSet(certain), PositionSet(possible)))
}

/// `frag frag-off == 0` (or `!= 0`): the header is there.
pub(super) fn offset(value: u32, equal: bool) -> Option<Cond> {
    (value == 0).then_some(())?;
    let position = if equal {
        PositionSet::FIRST
    } else {
        PositionSet::LATER
    };
    Some(at(Family::V6, position, PositionSet(0)))
}
