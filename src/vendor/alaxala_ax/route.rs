//! Static routes and routing protocols.
//!
//! In: one line. Out: a [`Route`], a mark that routes are learnt, or the effect that packets may go elsewhere (D23, D31).
//! Must not know: interfaces, lists.

use super::read::Reader;
use super::rules::Rules;
use crate::device::{EffectClass, NextHop, Route, Scope};
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::{self, Words};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::IpAddr;

impl Reader {
    pub(super) fn route(&mut self, line: &Line<'_>) {
        match route(&line.text, line.number) {
            Some(Some(route)) => self.routes.push((route, redact(&line.text))),
            Some(None) => return, // `noinstall`: not used for forwarding
            None => {
                self.effect(EffectClass::Redirects, Scope::Vrf(String::new()), line);
                self.gap(line, text!("ax-gap-route"));
                return;
            }
        }
        if self.rules.routes.must() {
            self.modelled.insert("static-route-form");
        } else {
            self.effect(EffectClass::Redirects, Scope::Vrf(String::new()), line);
        }
    }

    pub(super) fn routing_protocol(&mut self, mut words: Words<'_>, head: &Line<'_>) {
        if words.any(|word| word == "vrf") {
            self.unknown(head, text!("ax-gap-route"));
        } else {
            self.dynamic.push((String::new(), head.number));
        }
    }
}

/// `None`: not understood. `Some(None)`: understood, and no route.
fn route(text: &str, line: u32) -> Option<Option<Route>> {
    let mut words = Words::new(text);
    let v6 = words.eat("ipv6");
    if !v6 {
        words.eat("ip").then_some(())?;
    }
    words.eat("route").then_some(())?;
    let prefix = prefix(&mut words, v6)?.trunc();
    let via = next_hop(&mut words, v6)?;
    let mut route = Route {
        vrf: String::new(),
        prefix,
        via,
        distance: words.number().unwrap_or(Rules::default_distance()),
        conditional: false,
        line,
    };
    while let Some(word) = words.next() {
        match word {
            "weight" | "tag" => drop(words.number::<u32>()?),
            "noinstall" => return options_end(words).then_some(None),
            "reject" => route.via = NextHop::Null,
            "poll" => route.conditional = true, // on an answer to polling
            _ => return None,
        }
    }
    Some(Some(route))
}

/// Whether only known options follow.
fn options_end(mut words: Words<'_>) -> bool {
    words.all(|word| matches!(word, "poll" | "noresolve"))
}

fn prefix(words: &mut Words<'_>, v6: bool) -> Option<IpNet> {
    if v6 {
        return words.parse::<Ipv6Net>().map(IpNet::V6);
    }
    let addr = words.read(words::ipv4)?;
    let length = words::netmask_length(words.read(words::ipv4)?)?;
    // An address with bits beyond the mask is refused by devices; what such a text means is not known.
    let net = Ipv4Net::new(addr, length).ok()?;
    (net.network() == net.addr()).then_some(IpNet::V4(net))
}

fn next_hop(words: &mut Words<'_>, v6: bool) -> Option<NextHop> {
    if words.eat("null") {
        words.number::<u32>()?;
        return Some(NextHop::Null);
    }
    if let Some(name) = interface(words) {
        return Some(NextHop::Interface(name, None));
    }
    if !v6 {
        return words.read(words::ipv4).map(|a| NextHop::Via(IpAddr::V4(a)));
    }
    let addr = words.read(words::ipv6)?;
    if addr.is_unicast_link_local() {
        return interface(words).map(|name| NextHop::Interface(name, Some(IpAddr::V6(addr))));
    }
    Some(NextHop::Via(IpAddr::V6(addr)))
}

fn interface(words: &mut Words<'_>) -> Option<String> {
    words.attempt(|w| {
        w.eat("vlan").then_some(())?;
        w.number::<u16>().map(|id| format!("vlan {id}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_static_routes() {
        for (text, expect) in [
            (
                "ip route 0.0.0.0 0.0.0.0 10.1.254.1",
                "0.0.0.0/0 Via(10.1.254.1) 2 false",
            ),
            (
                "ip route 10.9.0.0 255.255.0.0 10.1.254.2 200 poll",
                "10.9.0.0/16 Via(10.1.254.2) 200 true",
            ),
            (
                "ip route 10.9.0.0 255.255.0.0 null 0",
                "10.9.0.0/16 Null 2 false",
            ),
            (
                "ip route 10.9.0.0 255.255.0.0 10.0.0.1 weight 2 tag 5 reject",
                "10.9.0.0/16 Null 2 false",
            ),
            ("ip route 10.9.0.0 255.255.0.0 10.0.0.1 noinstall", "none"),
            (
                "ipv6 route 2001:db8::/32 fe80::1 vlan 10 3",
                "2001:db8::/32 Interface(\"vlan 10\", Some(fe80::1)) 3 false",
            ),
            ("ipv6 route ::/0 fd00::1 noresolve", "unread"),
            ("ipv6 route ::/0 fe80::1", "unread"),
            ("ip route vrf 2 0.0.0.0 0.0.0.0 10.0.0.1", "unread"),
            ("ip route 10.0.0.0 255.0.255.0 10.0.0.1", "unread"),
            ("ip route 0.0.0.0 0.0.0.0 10.0.0.1 bfd", "unread"),
        ] {
            let shown = match route(text, 1) {
                None => "unread".to_owned(),
                Some(None) => "none".to_owned(),
                Some(Some(r)) => {
                    format!("{} {:?} {} {}", r.prefix, r.via, r.distance, r.conditional)
                }
            };
            assert_eq!(shown, expect, "{text}");
        }
    }
}
