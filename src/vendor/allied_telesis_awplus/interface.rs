//! Names and ranges of interfaces, and the lines inside them that only AlliedWare Plus has.

use crate::acl::Direction;
use crate::device::{EffectClass, InterfaceKind};
use crate::net::Family;
use crate::vendor::capture::Line;
use crate::vendor::ios_like::FaceName;
use crate::vendor::ios_like::interface::Face;
use crate::vendor::ios_like::interface_line::vrf;
use crate::vendor::ios_like::read::Reader;
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, ipv4, number};

/// Most interfaces that one head may name.
const MOST: u32 = 4096;

/// `vlan10`, `port1.0.1`, `po1`, `sa1`, `lo`, `eth0`.
pub(super) fn face(name: &str) -> Option<FaceName> {
    let name: String = name.split_whitespace().collect();
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let digits = name.get(stem.len()..)?;
    let kind = match stem {
        "vlan" => InterfaceKind::Svi(number(digits).filter(|vlan| (1..=4094).contains(vlan))?),
        "lo" => InterfaceKind::Loopback,
        "eth" => InterfaceKind::Management,
        "port" | "po" | "sa" if !digits.is_empty() => InterfaceKind::Routed,
        _ => return None,
    };
    Some(FaceName {
        is_port: kind == InterfaceKind::Routed,
        sub: false,
        name,
        kind,
    })
}

/// `port1.0.1-1.0.4`, `port1.0.1-port1.0.24`, `vlan2-100,vlan4090`, `po1-2`: each of them. What is no range stands for itself.
pub(super) fn range(names: &str) -> Vec<String> {
    let mut all = Vec::new();
    for part in names.split(',') {
        match part.trim().split_once('-').and_then(|(a, b)| between(a, b)) {
            Some(names) => all.extend(names),
            None => all.push(part.trim().to_owned()),
        }
        all.truncate(MOST as usize);
    }
    all
}

fn between(first: &str, last: &str) -> Option<Vec<String>> {
    let end = |name: &str| -> Option<(usize, u32)> {
        let start = name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        Some((start, number(name.get(start..)?)?))
    };
    let ((start, from), (_, to)) = (end(first)?, end(last)?);
    let stem = first.get(..start)?;
    (from <= to && to - from < MOST).then(|| (from..=to).map(|n| format!("{stem}{n}")).collect())
}

/// Port lists, VRF, relay.
pub(super) fn line(
    _: &mut Reader,
    face: &mut Face,
    mut words: Words<'_>,
    line: &Line<'_>,
    _: &[Line<'_>],
) -> bool {
    super::ports::carries(face, words);
    match words.next().unwrap_or_default() {
        "access-group" => narrows(face, line),
        "ip" | "mac" if words.eat("access-group") => narrows(face, line),
        "ipv6" if words.eat("traffic-filter") => list6(face, words, line),
        "ip" if words.eat_all("vrf forwarding") => vrf(face, words),
        "ip" if words.eat_all("dhcp-relay server-address") => match words.read(ipv4) {
            Some(addr) => {
                face.interface.helpers.push(addr);
                words.is_end()
            }
            None => false,
        },
        _ => false,
    }
}

/// `NAME`: a list of a port; which VLANs it holds for is known when all is read.
fn list6(face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
    let (Some(name), true) = (words.next(), words.is_end()) else {
        return false;
    };
    let wanted = ((Family::V6, name.to_owned()), Direction::In, line.number);
    face.bindings.push((wanted, redact(&line.text)));
    true
}

/// Lists of ports filter what enters their VLANs, whatever the VLAN interface says (D16).
fn narrows(face: &mut Face, line: &Line<'_>) -> bool {
    face.effect(EffectClass::Narrows, None, line);
    true
}
