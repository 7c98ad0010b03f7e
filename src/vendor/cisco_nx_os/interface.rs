//! Names of interfaces, and the lines inside them that only NX-OS has.

use crate::device::EffectClass;
use crate::net::Family;
use crate::vendor::capture::Line;
use crate::vendor::ios_like::FaceName;
use crate::vendor::ios_like::interface::{Face, FaceWords, named};
use crate::vendor::ios_like::interface_line::{address, address4, vrf};
use crate::vendor::ios_like::read::Reader;
use crate::vendor::words::{Words, ipv4, ipv6};
use ipnet::{IpNet, Ipv6Net};
use std::net::IpAddr;

/// An interface by its name.
pub(super) fn face(name: &str) -> Option<FaceName> {
    const WORDS: FaceWords = FaceWords {
        ports: &["Ethernet", "port-channel"],
        loopback: "loopback",
        management: "mgmt",
    };
    named(name, &WORDS)
}

/// VRF, relay, HSRP and VRRP lines, and port lists.
pub(super) fn line(
    _: &mut Reader,
    face: &mut Face,
    mut words: Words<'_>,
    line: &Line<'_>,
    inner: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "vrf" => words.eat("member") && vrf(face, words),
        "hsrp" if words.eat("version") => true,
        "hsrp" => group(face, words, inner, true),
        "vrrp" | "vrrpv3" => group(face, words, inner, false),
        "ip" if words.eat_all("dhcp relay address") => relay(face, words),
        "ip" if words.eat("address") => without_tag(words).is_some_and(|w| address4(face, w)),
        "ip" if words.eat("forward") => {
            face.effect(EffectClass::Redirects, None, line);
            true
        }
        "ipv6" if words.eat("link-local") => link_local(face, words),
        "ipv6" if words.eat_all("address use-link-local-only") => {
            face.interface.ipv6 = true;
            words.is_end()
        }
        _ => false,
    }
}

/// `A/L [secondary] [route-preference N] [tag N]`: how the connected route is redistributed.
fn without_tag(words: Words<'_>) -> Option<Words<'_>> {
    let text = words.rest();
    let starts = [" route-preference ", " tag "].map(|word| text.find(word));
    let Some(at) = starts.into_iter().flatten().min() else {
        return Some(words);
    };
    let (before, mut behind) = (text.get(..at)?, Words::new(text.get(at..)?));
    while behind.eat("route-preference") || behind.eat("tag") {
        behind.number::<u32>()?;
    }
    behind.is_end().then(|| Words::new(before))
}

/// `A [use-vrf V]`: where the server is sought does not change who sends.
fn relay(face: &mut Face, mut words: Words<'_>) -> bool {
    let Some(addr) = words.read(ipv4) else {
        return false;
    };
    if words.eat("use-vrf") {
        words.next();
    }
    face.interface.helpers.push(addr);
    words.is_end()
}

fn link_local(face: &mut Face, mut words: Words<'_>) -> bool {
    let addr = words.read(ipv6);
    if let Some(addr) = addr {
        face.add(IpNet::V6(Ipv6Net::from(addr)), false);
    }
    addr.is_some() && words.is_end()
}

/// `N [ipv4|ipv6]` or `N address-family F`, with `ip A [secondary]` or `address A [primary|secondary]` below.
fn group(face: &mut Face, mut words: Words<'_>, inner: &[Line<'_>], hsrp: bool) -> bool {
    let Some(number) = words.number::<u32>() else {
        return false;
    };
    words.eat("address-family");
    let family = if words.eat("ipv6") {
        Family::V6
    } else {
        words.eat("ipv4");
        Family::V4
    };
    let mut all = words.is_end();
    for line in inner {
        let mut words = Words::new(&line.text);
        let is_address = words.eat(if hsrp { "ip" } else { "address" });
        if !is_address {
            continue;
        }
        let addr: Option<IpAddr> = words
            .read(address)
            .filter(|addr| Family::of(*addr) == family);
        if let Some(addr) = addr {
            face.interface.share(hsrp, number, addr);
        }
        // `ip autoconfig`: derived from the MAC address.
        all &= addr.is_some();
    }
    all
}
