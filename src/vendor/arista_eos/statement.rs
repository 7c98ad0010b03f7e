//! Top-level statements that only EOS has.

use crate::device::{EffectClass, Scope};
use crate::vendor::capture::{Line, blocks};
use crate::vendor::ios_like::read::Reader;
use crate::vendor::words::Words;

/// VRF instances and the control plane.
pub(super) fn statement(
    reader: &mut Reader,
    mut words: Words<'_>,
    _: &Line<'_>,
    body: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "vrf" if words.eat("instance") || words.eat("definition") => reader.vrf(words, body),
        "system" if words.eat("control-plane") => control_plane(reader, body),
        "control-plane" => control_plane(reader, body),
        _ => return false,
    }
    true
}

/// The factory list of the control plane is not printed; any line here may drop what is meant for the switch.
fn control_plane(reader: &mut Reader, body: &[Line<'_>]) {
    for (line, _) in blocks(body) {
        if !line.text.starts_with("no ") && line.text != "exit" {
            reader.effect(EffectClass::Narrows, Scope::Own(None, None), line);
        }
    }
}
