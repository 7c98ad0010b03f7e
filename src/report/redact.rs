//! Addresses as the names of the places that have them, in any text that is about to be printed.
//!
//! In: the places of a policy, and a text in whatever format. Out: the text with every address replaced: by the host that
//! has it, the switch, the zone, or a word for all others. Masks (`255...`, `0...`) stay, they say a size only. It works on
//! what is printed, not on what is known, so no field can be forgotten.

use crate::base::text::sanitise;
use crate::model::Network;
use crate::net::AddrRanges;
use crate::net::Family;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What stands for an address of no place.
const OTHER: &str = "※";

/// The names of addresses, the most particular first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redactor {
    names: Vec<(AddrRanges, String)>,
}

impl Redactor {
    /// The hosts, switches and zones of a network.
    #[must_use]
    pub fn new(network: &Network) -> Redactor {
        let mut names = Vec::new();
        let mut add = |addrs: &crate::model::Addrs, name: &str| {
            for family in Family::BOTH {
                let ranges = addrs.of(family).clone();
                if !ranges.is_empty() {
                    names.push((ranges, plain(name)));
                }
            }
        };
        for zone in &network.zones {
            zone.hosts
                .iter()
                .for_each(|host| add(&host.addrs, &host.label.name));
        }
        for switch in &network.switches {
            add(&switch.own_addrs(), &switch.label.name);
        }
        for zone in &network.zones {
            add(&zone.addrs(), &zone.label.name);
        }
        Redactor { names }
    }

    fn name(&self, addr: IpAddr) -> &str {
        let family = Family::of(addr);
        let mut mine = self.names.iter();
        mine.find(|(ranges, _)| ranges.family() == family && ranges.contains(addr))
            .map_or(OTHER, |(_, name)| name)
    }

    /// The text without addresses.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(c) = rest.chars().next() {
            let starts = (c.is_ascii_hexdigit() || c == ':') && before.is_none_or(is_edge);
            match starts.then(|| token(rest)).flatten() {
                Some((addr, length)) => {
                    out.push_str(self.name(addr));
                    before = rest.get(..length).and_then(|word| word.chars().next_back());
                    rest = rest.get(length..).unwrap_or_default();
                }
                None => {
                    out.push(c);
                    before = Some(c);
                    rest = rest.get(c.len_utf8()..).unwrap_or_default();
                }
            }
        }
        out
    }
}

/// A name that no format takes for markup.
fn plain(name: &str) -> String {
    let keep = |c: char| if r#"<>&"'`\|"#.contains(c) { '_' } else { c };
    sanitise(name).chars().map(keep).collect()
}

/// What may stand before and after an address.
fn is_edge(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '_'))
}

/// The address or prefix at the start of a text, and how long it is written.
fn token(text: &str) -> Option<(IpAddr, usize)> {
    let of = |more: fn(char) -> bool| text.find(|c: char| !more(c)).unwrap_or(text.len());
    let v6 = of(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    let v4 = of(|c| c.is_ascii_digit() || c == '.');
    let v6 = parsed::<Ipv6Addr>(text, v6).map(|(addr, length)| (IpAddr::V6(addr), length));
    let v4 =
        parsed::<Ipv4Addr>(text, v4).filter(|(addr, _)| !matches!(addr.octets(), [0 | 255, ..]));
    let v4 = v4.map(|(addr, length)| (IpAddr::V4(addr), length));
    let (addr, length) = v6.or(v4)?;
    let after = text.get(length..)?.strip_prefix('/');
    let digits = after.map_or(0, |after| {
        after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len())
    });
    Some((
        addr,
        if digits == 0 {
            length
        } else {
            length + 1 + digits
        },
    ))
}

/// An address as long as it can be read, but for a point or colon of the sentence, and before nothing that belongs to a word.
fn parsed<A: std::str::FromStr>(text: &str, length: usize) -> Option<(A, usize)> {
    let word = text.get(..length)?;
    let shorter = word.trim_end_matches(['.', ':']);
    let (addr, length) = [word, shorter]
        .into_iter()
        .find_map(|word| Some((word.parse().ok()?, word.len())))?;
    let after = text.get(length..)?.chars().next();
    (after.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_')).then_some((addr, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::IpNet;

    fn redactor() -> Redactor {
        let of = |net: &str, name: &str| {
            let net: IpNet = net.parse().unwrap();
            (AddrRanges::prefix(net), plain(name))
        };
        Redactor {
            names: vec![
                of("10.2.0.10/32", "GW"),
                of("10.1.0.0/16", "端末"),
                of("fd00::/8", "六<b>"),
            ],
        }
    }

    #[test]
    fn addresses_of_every_form_become_names() {
        for (text, expect) in [
            ("10.1.2.3:443 -> 10.2.0.10:22 tcp", "端末:443 -> GW:22 tcp"),
            (
                "permit tcp host 10.2.0.10 10.1.0.0 0.0.255.255",
                "permit tcp host GW 端末 0.0.255.255",
            ),
            ("10.1.0.0/16, fd00::1/64.", "端末, 六_b_."),
            ("fd00:1::/64 and fd00:1::2:", "六_b_ and 六_b_:"),
            ("[fd00:1:2::9]:443", "[六_b_]:443"),
            ("\"src\":\"192.0.2.1\"", "\"src\":\"※\""),
            ("::1 and ::", "※ and ※"),
            (
                "version 0.1.0, 1.2.3.4.5, a::after, 12:30:45, sha 00ff",
                "version 0.1.0, 1.2.3.4.5, a::after, 12:30:45, sha 00ff",
            ),
        ] {
            assert_eq!(redactor().text(text), expect);
        }
    }
}
