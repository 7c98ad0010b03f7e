//! Names of interfaces, and the lines inside them that only EOS has.

use crate::device::EffectClass;
use crate::net::Family;
use crate::vendor::capture::Line;
use crate::vendor::ios_like::FaceName;
use crate::vendor::ios_like::interface::{Face, FaceWords, named};
use crate::vendor::ios_like::interface_line::{address, address4, binding, vrf};
use crate::vendor::ios_like::read::Reader;
use crate::vendor::ios_like::redundancy::vrrp;
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, ipv4};
use ipnet::IpNet;

/// The head of a block of settings for ports, and the word before its name among policies.
pub(super) const QOS_PROFILE: &str = "qos profile";

/// An interface by its name.
pub(super) fn face(name: &str) -> Option<FaceName> {
    const WORDS: FaceWords = FaceWords {
        ports: &["Ethernet", "Port-Channel"],
        loopback: "Loopback",
        management: "Management",
    };
    named(name, &WORDS)
}

/// VRF, relay, virtual router and VRRP lines.
pub(super) fn line(
    reader: &mut Reader,
    face: &mut Face,
    mut words: Words<'_>,
    line: &Line<'_>,
    inner: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "vrf" => {
            words.eat("forwarding");
            vrf(face, words)
        }
        "vrrp" => vrrp(face, words, inner) || ignored_vrrp(words),
        "service-policy" if words.eat_all("type pbr") => {
            face.effect(EffectClass::Redirects, None, line);
            true
        }
        "ip" | "ipv6" if words.eat_all("virtual-router address") => virtual_router(face, words),
        "ip" if words.eat_all("address virtual") => address4(face, words),
        "ipv6" if words.eat_all("address virtual") => address6(face, words),
        "ip" if words.eat("helper-address") => {
            if Words::new(words.rest()).any(|word| word == "source-interface") {
                reader.relay_uncertain(line);
            }
            relay(face, words)
        }
        "service-profile" => {
            let name = format!("{QOS_PROFILE} {}", words.rest());
            let policy = (name, None, line.number, redact(&line.text));
            face.policies.push(policy);
            true
        }
        "ipv6" if words.eat("access-group") => binding(face, Family::V6, words, line),
        "ip" | "ipv6" if words.eat_all("ospf area") || words.eat_all("ospf network") => {
            reader.runs_dynamic(face.interface.vrf.clone(), line.number);
            true
        }
        _ => false,
    }
}

/// Lines of a group that say who is active, which is a state in any case.
fn ignored_vrrp(mut words: Words<'_>) -> bool {
    words.number::<u32>().is_some()
        && matches!(
            words.next(),
            Some(
                "priority-level"
                    | "advertisement"
                    | "session"
                    | "tracked-object"
                    | "mac-address"
                    | "bfd"
                    | "peer"
            )
        )
}

/// Both routers of a pair answer for the address, whoever sends: it belongs to no group.
fn virtual_router(face: &mut Face, mut words: Words<'_>) -> bool {
    let addr = words.read(address);
    face.interface.virtuals.extend(addr);
    addr.is_some() && words.is_end()
}

fn address6(face: &mut Face, mut words: Words<'_>) -> bool {
    let net = words.parse();
    if let Some(net) = net {
        face.add(IpNet::V6(net), false);
    }
    net.is_some() && words.is_end()
}

/// `A [vrf V] [source-interface I]`: where the server is sought does not change who sends; another source address does, and with
/// it no leg is certain (D22).
fn relay(face: &mut Face, mut words: Words<'_>) -> bool {
    let Some(addr) = words.read(ipv4) else {
        return false;
    };
    face.interface.helpers.push(addr);
    while words.eat("vrf") || words.eat("source-interface") {
        if words.next().is_none() {
            return false;
        }
    }
    words.is_end()
}
