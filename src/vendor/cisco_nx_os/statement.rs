//! Top-level statements that only NX-OS has.

use crate::device::{EffectClass, Scope};
use crate::text;
use crate::vendor::capture::{Line, blocks};
use crate::vendor::ios_like::read::Reader;
use crate::vendor::ios_like::route;
use crate::vendor::ios_like::table::Place;
use crate::vendor::words::Words;

/// VRF contexts and the control plane.
pub(super) fn statement(
    reader: &mut Reader,
    mut words: Words<'_>,
    _: &Line<'_>,
    body: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "vrf" if words.eat("context") => context(reader, words, body),
        "control-plane" => control_plane(reader, body),
        // Policies of all ports.
        "system" if words.eat("qos") => {
            for line in body {
                reader.vlan_line(&[], line);
            }
        }
        _ => return false,
    }
    true
}

/// `vrf context NAME` holds the static routes of the VRF.
fn context(reader: &mut Reader, mut words: Words<'_>, body: &[Line<'_>]) {
    let name = words.next().unwrap_or_default().to_owned();
    for (line, inner) in blocks(body) {
        let mut words = Words::new(&line.text);
        if reader.is_irrelevant(Place::Vrf, line) {
            for line in inner.iter().filter(|line| leaks(&line.text)) {
                reader.effect(EffectClass::Redirects, Scope::Vrf(name.clone()), line);
            }
            continue;
        }
        if reader.vrf_by_class(&name, line) {
            continue;
        }
        let read = if words.eat_all("ip route") {
            route::v4(words, line.number, reader.kin)
        } else if words.eat_all("ipv6 route") {
            route::v6(words, line.number, reader.kin)
        } else {
            if leaks(&line.text) {
                reader.effect(EffectClass::Redirects, Scope::Vrf(name.clone()), line);
            } else {
                reader.unknown(line, text!("ios-line-unread"));
            }
            continue;
        };
        let own = |mut read: route::Read| {
            read.route.vrf.clone_from(&name);
            read
        };
        reader.route(read.map(|r| r.map(own)).map_err(|_| name.clone()), line);
    }
}

/// A target of both directions imports too; what `auto` makes is of one VRF alone.
fn leaks(text: &str) -> bool {
    if text.starts_with("route-target both auto") {
        return false;
    }
    [
        "route-target import",
        "route-target both",
        "import ",
        "export ",
        "ip multicast",
        "ip pim",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}

/// The factory policy limits rates to the CPU; any other may drop what is meant for the switch.
fn control_plane(reader: &mut Reader, body: &[Line<'_>]) {
    for (line, _) in blocks(body) {
        if !line.text.starts_with("service-policy input copp-system-") && line.text != "exit" {
            reader.effect(EffectClass::Narrows, Scope::Own(None, None), line);
        }
    }
}
