//! Static routes, VPN instances and routing protocols.
//!
//! In: one line. Out: a [`Route`], a mark that routes are learnt, or the effect that packets may go elsewhere (D23, D31).
//! Must not know: interfaces, lists.

use super::read::Reader;
use super::rule::mask;
use super::{FACTS, is_irrelevant};
use crate::device::{EffectClass, NextHop, Route, Scope};
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::words::{Words, ipv4, ipv6};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::IpAddr;

/// Preference of a static route that names none (the fact `static-preference`).
pub(super) fn default_preference() -> u8 {
    u8::try_from(FACTS.limit("static-preference")).unwrap_or(u8::MAX)
}

impl Reader {
    pub(super) fn route(&mut self, line: &Line<'_>) {
        match route(&line.text, line.number) {
            Some((route, leaks)) => {
                if leaks {
                    let scope = Scope::Vrf(route.vrf.clone());
                    self.effect(EffectClass::Redirects, scope, line);
                }
                self.routes.push(route);
            }
            None => {
                self.effect(EffectClass::Redirects, Scope::Device, line);
                self.gap(line, text!("comware-route"));
            }
        }
    }

    /// A dynamic protocol runs in the VPN instance of the line, or else in the public one.
    pub(super) fn protocol(&mut self, mut words: Words<'_>, line: &Line<'_>) {
        let named = words.any(|word| word == "vpn-instance");
        let name = words.next().filter(|_| named).unwrap_or_default();
        self.dynamic.push((name.to_owned(), line.number));
    }

    /// A line below `ip vpn-instance NAME`.
    pub(super) fn vpn_line(&mut self, mut head: Words<'_>, line: &Line<'_>) {
        let name = head.next().unwrap_or_default();
        let text = line.text.as_ref();
        let leaks = ["vpn-target", "import", "export", "route-replicate"];
        if leaks.iter().any(|start| Words::new(text).eat(start)) {
            self.effect(EffectClass::Redirects, Scope::Vrf(name.to_owned()), line);
        } else if !is_irrelevant("vpn", text) {
            self.unknown(line, text!("comware-line-unread"));
        }
    }
}

/// A route, and whether its next hop is in another instance.
fn route(text: &str, line: u32) -> Option<(Route, bool)> {
    let mut words = Words::new(text);
    let v6 = words.next()? == "ipv6";
    words.eat("route-static").then_some(())?;
    let vrf = match words.eat("vpn-instance") {
        true => words.next()?.to_owned(),
        false => String::new(),
    };
    let prefix = prefix(&mut words, v6)?;
    let mut leaks = false;
    if words.eat("vpn-instance") {
        leaks = words.next()? != vrf;
    }
    let via = next_hop(&mut words, v6)?;
    if words.eat("public") {
        leaks = !vrf.is_empty();
    }
    let mut route = Route {
        vrf,
        prefix,
        via,
        distance: default_preference(),
        conditional: false,
        line,
    };
    while let Some(word) = words.next() {
        match word {
            "preference" => route.distance = words.number()?,
            "tag" => drop(words.number::<u32>()?),
            "permanent" => {}
            "description" => break,
            "track" | "bfd" => {
                route.conditional = true;
                while words.peek().is_some_and(|w| {
                    !matches!(w, "preference" | "tag" | "description" | "permanent")
                }) {
                    words.next();
                }
            }
            _ => return None,
        }
    }
    Some((route, leaks))
}

fn prefix(words: &mut Words<'_>, v6: bool) -> Option<IpNet> {
    let net = if v6 {
        let word = words.next()?;
        match word.parse::<Ipv6Net>() {
            Ok(net) => IpNet::V6(net),
            Err(_) => IpNet::V6(Ipv6Net::new(ipv6(word)?, words.number()?).ok()?),
        }
    } else {
        let addr = words.read(ipv4)?;
        IpNet::V4(Ipv4Net::new(addr, mask(words)?).ok()?)
    };
    // An address with bits beyond the mask: what such a text means is not known.
    (net.trunc() == net).then_some(net)
}

fn next_hop(words: &mut Words<'_>, v6: bool) -> Option<NextHop> {
    let address = |words: &mut Words<'_>| {
        words.read(|word| match v6 {
            true => ipv6(word).map(IpAddr::V6),
            false => ipv4(word).map(IpAddr::V4),
        })
    };
    if let Some(addr) = address(words) {
        return Some(NextHop::Via(addr));
    }
    let name = words.next()?;
    if name == "NULL0" || (name == "NULL" && words.eat("0")) {
        return Some(NextHop::Null);
    }
    name.starts_with(|c: char| c.is_ascii_uppercase())
        .then(|| NextHop::Interface(name.to_owned(), address(words)))
}
