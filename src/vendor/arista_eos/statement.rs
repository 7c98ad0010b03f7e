//! Top-level statements that only EOS has.

use super::interface::QOS_PROFILE;
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
        // Of ports that do not say it themselves; whether bundles are meant was not read.
        "interface" if words.eat("defaults") => {
            reader.ports_are_down = body.iter().any(|line| line.text == "shutdown");
        }
        "qos" if words.eat("profile") => qos_profile(reader, words, body),
        _ => return false,
    }
    true
}

/// A profile without a policy marks and queues. That of one with a policy may be defined behind it: it may drop.
fn qos_profile(reader: &mut Reader, words: Words<'_>, body: &[Line<'_>]) {
    let policy = body
        .iter()
        .any(|line| line.text.starts_with("service-policy"));
    let classes = policy.then_some(EffectClass::Narrows);
    let name = format!("{QOS_PROFILE} {}", words.rest());
    reader.policies.insert(name, classes.into_iter().collect());
}

/// The factory list of the control plane is not printed; any line here may drop what is meant for the switch.
fn control_plane(reader: &mut Reader, body: &[Line<'_>]) {
    for (line, _) in blocks(body) {
        if !line.text.starts_with("no ") && line.text != "exit" {
            reader.effect(EffectClass::Narrows, Scope::Own(None, None), line);
        }
    }
}
