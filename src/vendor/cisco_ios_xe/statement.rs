//! Top-level statements that only IOS has.

use crate::device::{EffectClass, Scope};
use crate::vendor::capture::{Line, blocks};
use crate::vendor::ios_like::read::Reader;
use crate::vendor::words::Words;

/// VRF definitions and the control plane.
pub(super) fn statement(
    reader: &mut Reader,
    mut words: Words<'_>,
    _: &Line<'_>,
    body: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "vrf" if words.eat("definition") => reader.vrf(words, body),
        "control-plane" => control_plane(reader, body),
        _ => return false,
    }
    true
}

/// The factory policy limits rates to the CPU; any other may drop what is meant for the switch.
fn control_plane(reader: &mut Reader, body: &[Line<'_>]) {
    for (line, _) in blocks(body) {
        if line.text != "service-policy input system-cpp-policy" && line.text != "exit" {
            reader.effect(EffectClass::Narrows, Scope::Own(None, None), line);
        }
    }
}
