//! Names of interfaces, and the lines inside them that only IOS has.

use crate::device::EffectClass;
use crate::vendor::capture::Line;
use crate::vendor::ios_like::FaceName;
use crate::vendor::ios_like::interface::{Face, FaceWords, named};
use crate::vendor::ios_like::interface_line::vrf;
use crate::vendor::ios_like::read::Reader;
use crate::vendor::ios_like::redundancy::{glbp, standby, vrrp};
use crate::vendor::words::Words;

/// Names that physical ports and their bundles begin with.
const PORTS: &[&str] = &[
    "Ethernet",
    "FastEthernet",
    "GigabitEthernet",
    "TwoGigabitEthernet",
    "FiveGigabitEthernet",
    "TenGigabitEthernet",
    "TwentyFiveGigE",
    "TwentyFiveGigabitEthernet",
    "FortyGigabitEthernet",
    "FiftyGigE",
    "HundredGigE",
    "HundredGigabitEthernet",
    "TwoHundredGigE",
    "FourHundredGigE",
    "AppGigabitEthernet",
    "Port-channel",
];

/// An interface by its name; a VRF tells management ports.
pub(super) fn face(name: &str) -> Option<FaceName> {
    const WORDS: FaceWords = FaceWords {
        ports: PORTS,
        loopback: "Loopback",
        management: "",
    };
    named(name, &WORDS)
}

/// VRF, HSRP and VRRP lines.
pub(super) fn line(
    _: &mut Reader,
    face: &mut Face,
    mut words: Words<'_>,
    line: &Line<'_>,
    inner: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "vrf" => words.eat("forwarding") && vrf(face, words),
        "ip" => words.eat_all("vrf forwarding") && vrf(face, words),
        "standby" => standby(face, words),
        "glbp" => glbp(face, words),
        "vrrp" => vrrp(face, words, inner),
        "exit-vrrp" => words.is_end(),
        "source" if words.eat("template") => {
            face.effect(EffectClass::Narrows, None, line);
            true
        }
        _ => false,
    }
}
