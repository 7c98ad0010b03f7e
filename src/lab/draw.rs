//! Policies and networks at random, for long runs of the comparison.
//!
//! In: a seeded generator. Out: a policy as text, and texts with a line changed as a tired hand changes it. One to three
//! switches of any dialect, in a row or around one transit link; VRFs, pairs, several zones on a VLAN, zones on several
//! links, second addresses, both families, an external behind a firewall. What has no meaning is for the caller to find out
//! and to draw again. Must not know: what any of it means.

use fastrand::Rng;
use std::fmt::Write as _;

/// Dialects with what a switch of each must say, and whether it has lists in the way out.
const DIALECTS: [(&str, &str, bool); 9] = [
    ("cisco-ios-xe \"C9300-48T\"", "", true),
    ("cisco-nx-os \"N9K-C93180YC-FX\"", "", true),
    ("arista-eos \"DCS-7050SX3-48YC8\"", "", true),
    ("juniper-junos \"EX4650-48Y\"", "", true),
    (
        "alaxala-ax \"AX3660S-24T4X\"",
        "option flow-detection-mode layer3-6",
        false,
    ),
    (
        "allied-telesis-awplus \"AT-x950-28XSQ\"",
        "accept wide-return because \"no flags in its lists\"",
        false,
    ),
    ("aruba-aos-cx \"8325-48Y8C\"", "", true),
    ("hpe-comware \"5940\"", "", true),
    ("linux-nftables", "", true),
];

/// Service terms.
const SERVICES: [&str; 16] = [
    "tcp 443",
    "tcp 80, 443",
    "tcp 8000-8099",
    "udp 161",
    "tcp+udp 53",
    "udp 123 from 123+ephemeral",
    "udp 5000-5003",
    "icmp echo",
    "icmpv6 echo",
    "ip 47",
    "std.ssh",
    "std.smb",
    "std.print",
    "std.dns",
    "std.ping",
    "tcp 1-1024",
];

/// A zone with what others must know of it.
struct Zone {
    name: String,
    /// Its switch; `None`: the transit link.
    at: Option<usize>,
    /// Universe: 0 is the global table.
    vrf: bool,
    text: String,
    hosts: Vec<String>,
}

/// What is drawn, before it is text.
struct Drawn {
    ipv6: bool,
    switches: usize,
    /// Every switch on one transit link, not each beside the next.
    star: bool,
    zones: Vec<Zone>,
    edge: bool,
}

/// A policy.
#[must_use]
pub fn policy(rng: &mut Rng) -> String {
    let mut drawn = Drawn {
        ipv6: rng.bool(),
        switches: rng.choice([1, 2, 2, 3, 3]).unwrap_or(1),
        star: rng.bool(),
        zones: Vec::new(),
        edge: rng.u8(..3) > 0,
    };
    drawn.leaves(rng);
    let mut out = String::from("language 1\n");
    let family = match drawn.ipv6 {
        true => "ipv6 fd00:10::/48 by-vlan",
        false => "ipv4-only",
    };
    let _ = writeln!(out, "site LAB as LAB {{ {family} }}"); // writing to a string cannot fail
    for zone in &drawn.zones {
        let _ = writeln!(out, "{}", zone.text);
    }
    drawn.transit(&mut out, rng);
    if drawn.edge {
        drawn.outside(&mut out, rng);
    }
    for index in 0..drawn.switches {
        drawn.switch(&mut out, index, rng);
    }
    drawn.rules(&mut out, rng);
    out
}

impl Drawn {
    /// Zones with hosts: some to each switch.
    fn leaves(&mut self, rng: &mut Rng) {
        let mut vlan = 10;
        for switch in 0..self.switches {
            let vrf = rng.u8(..4) == 0;
            let count = rng.usize(2..4) + if vrf { 2 } else { 0 };
            for place in 0..count {
                let in_vrf = vrf && place >= count - 2;
                self.leaf(vlan, switch, in_vrf, rng);
                vlan += 2;
            }
        }
    }

    fn leaf(&mut self, vlan: u16, switch: usize, vrf: bool, rng: &mut Rng) {
        let name = format!("Z{vlan}");
        let length = *[24, 24, 25, 26, 28].get(rng.usize(..5)).unwrap_or(&24);
        let family = if self.ipv6 && rng.u8(..3) > 0 {
            ""
        } else {
            " ipv4-only"
        };
        let hosts: Vec<String> = (0..rng.usize(..3))
            .map(|n| format!("h{vlan}_{n}"))
            .collect();
        let six = self.ipv6 && family.is_empty();
        let named = hosts.iter().enumerate().map(|(n, host)| {
            let four = n + 10;
            match six {
                true => format!("host {host} .{four}, ::{four}"),
                false => format!("host {host} .{four}"),
            }
        });
        let mut inside: Vec<String> = named.collect();
        let head = match rng.u8(..6) {
            // On two links, without hosts: which link they are on would be ambiguous.
            0 => {
                inside = vec![
                    format!("vlan {vlan} 10.1.{vlan}.0/{length}"),
                    format!("vlan {} 10.1.{}.0/24", vlan + 1, vlan + 1),
                ];
                String::new()
            }
            _ => format!(" vlan {vlan} 10.1.{vlan}.0/{length}"),
        };
        let hosts = if head.is_empty() { Vec::new() } else { hosts };
        let text = format!("zone {name}{head}{family} {{ {} }}", inside.join("; "));
        let zone = |name: String, text: String, hosts: Vec<String>| Zone {
            name,
            at: Some(switch),
            vrf,
            text,
            hosts,
        };
        let single = !head.is_empty();
        self.zones.push(zone(name, text, hosts));
        if single && rng.u8(..5) == 0 {
            // A neighbour on the same VLAN: a second address of the switch there.
            let text = format!("zone N{vlan} vlan {vlan} 10.2.{vlan}.0/24 ipv4-only");
            self.zones.push(zone(format!("N{vlan}"), text, Vec::new()));
        }
    }

    /// The links between switches.
    fn transit(&self, out: &mut String, rng: &mut Rng) {
        let links = match (self.switches, self.star) {
            (1, _) => 0,
            (_, true) => 1,
            (count, false) => count - 1,
        };
        for link in 0..links {
            let family = if self.ipv6 && rng.u8(..4) > 0 {
                ""
            } else {
                " ipv4-only"
            };
            let _ = writeln!(
                out,
                "zone T{link} vlan {} 10.9.{link}.0/28{family} gateway .1",
                300 + link
            );
        }
    }

    /// What lies behind a firewall: a host that hands packets on, or a router that nobody models.
    fn outside(&self, out: &mut String, rng: &mut Rng) {
        let zones = self.zones.iter().filter(|zone| !zone.vrf);
        let names: Vec<&str> = zones.map(|zone| zone.name.as_str()).collect();
        out.push_str("zone EDGE vlan 390 10.9.90.0/29 ipv4-only ");
        out.push_str(&match rng.u8(..3) {
            0 => format!(
                "gateway .1\nopaque FW {{ svi EDGE .6; route {} via SW0 }}\n",
                names.join(", ")
            ),
            _ => "{ host FW .6 }\n".to_owned(),
        });
        out.push_str("external OUT behind FW = rest\n");
    }

    /// The transit links of a switch, with the number it has there.
    fn transits(&self, switch: usize) -> Vec<(usize, usize)> {
        match (self.switches, self.star) {
            (1, _) => Vec::new(),
            (_, true) => vec![(0, switch + 1)],
            (count, false) => {
                let left = (switch > 0).then(|| (switch - 1, 2));
                let right = (switch + 1 < count).then_some((switch, 1));
                left.into_iter().chain(right).collect()
            }
        }
    }

    fn switch(&self, out: &mut String, index: usize, rng: &mut Rng) {
        let (head, line, both) = DIALECTS[rng.usize(..DIALECTS.len())];
        let pair = rng.u8(..6) == 0;
        let name = match pair {
            true => format!("SW{index}, SB{index}"),
            false => format!("SW{index}"),
        };
        let _ = writeln!(out, "switch {name} : {head} {{");
        if !line.is_empty() {
            let _ = writeln!(out, "  {line}");
        }
        if both && rng.u8(..3) == 0 {
            out.push_str("  bind in, out\n");
        }
        let mine = self.zones.iter().filter(|zone| zone.at == Some(index));
        let (inner, outer): (Vec<&Zone>, Vec<&Zone>) = mine.partition(|zone| zone.vrf);
        for zone in outer {
            let _ = writeln!(out, "  {}", svi(zone, pair));
        }
        if !inner.is_empty() {
            let lines: Vec<String> = inner.iter().map(|zone| svi(zone, pair)).collect();
            let _ = writeln!(out, "  vrf RED {{ {} }}", lines.join("; "));
        }
        for (link, own) in self.transits(index) {
            let addrs = match pair {
                true => format!(".{own} | .{} vrrp vrid {} .{}", own + 6, own + 20, own + 9),
                false => format!(".{own}"),
            };
            let _ = writeln!(out, "  svi T{link} {addrs}");
        }
        if index == 0 && self.edge {
            let addrs = if pair { ".1 | .2 vrrp vrid 9 .3" } else { ".1" };
            let _ = writeln!(out, "  svi EDGE {addrs}");
        }
        self.routes(out, index);
        out.push_str("}\n");
    }

    fn routes(&self, out: &mut String, index: usize) {
        for other in (0..self.switches).filter(|other| *other != index) {
            let zones = self.zones.iter();
            let theirs = zones.filter(|zone| zone.at == Some(other) && !zone.vrf);
            let names: Vec<&str> = theirs.map(|zone| zone.name.as_str()).collect();
            let next = match (self.star, other > index) {
                (true, _) => other,
                (false, true) => index + 1,
                (false, false) => index - 1,
            };
            if !names.is_empty() {
                let _ = writeln!(out, "  route {} via SW{next}", names.join(", "));
            }
        }
        let up = if self.star {
            0
        } else {
            index.saturating_sub(1)
        };
        match (self.edge, index) {
            (true, 0) => out.push_str("  route any via FW\n"),
            (true, _) => {
                let _ = writeln!(out, "  route any via SW{up}");
            }
            (false, _) => {}
        }
    }

    /// Who may talk to whom.
    fn rules(&self, out: &mut String, rng: &mut Rng) {
        for _ in 0..rng.usize(3..12) {
            let vrf = rng.u8(..4) == 0;
            let (Some(from), Some(to)) = (self.place(vrf, rng), self.place(vrf, rng)) else {
                continue;
            };
            if from.1 == to.1 {
                continue;
            }
            let count = rng.usize(1..3);
            let services: Vec<&str> = (0..count)
                .filter_map(|_| rng.choice(&SERVICES).copied())
                .collect();
            let word = if rng.u8(..9) == 0 { "forbid" } else { "allow" };
            let note = match (word, rng.u8(..4)) {
                ("forbid", _) => "",
                (_, 0) => "ticket R1 log",
                _ => "ticket R1",
            };
            let services = services.join(", ");
            let _ = writeln!(out, "{word} {} -> {} : {services} {note}", from.0, to.0);
        }
        for index in 0..self.switches {
            if rng.bool()
                && let Some((from, _)) = self.place(false, rng)
            {
                let _ = writeln!(out, "allow {from} -> SW{index} : std.ssh ticket R2");
            }
        }
    }

    /// A place and the zone it is of.
    fn place(&self, vrf: bool, rng: &mut Rng) -> Option<(String, usize)> {
        if self.edge && !vrf && rng.u8(..6) == 0 {
            return Some((rng.choice(["OUT", "FW"])?.to_owned(), usize::MAX));
        }
        let index = rng.usize(..self.zones.len());
        let zone = self.zones.get(index).filter(|zone| zone.vrf == vrf)?;
        let place = match (rng.u8(..3), rng.choice(&zone.hosts)) {
            (0, Some(host)) => host.clone(),
            _ => zone.name.clone(),
        };
        Some((place, index))
    }
}

fn svi(zone: &Zone, pair: bool) -> String {
    let two_links = zone.text.contains(" { vlan ");
    match (pair, two_links) {
        (true, false) => {
            let number = zone.name.trim_start_matches(['Z', 'N']);
            format!("svi {} .2 | .3 vrrp vrid {number} .1", zone.name)
        }
        _ => format!("svi {}", zone.name),
    }
}

/// A text with some lines changed that permit or deny: taken out, turned round, exchanged, or with another number.
#[must_use]
pub fn edited(text: &str, rng: &mut Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let acts = |line: &String| turned(line).is_some() && !line.contains("remark");
    let acting: Vec<usize> = (0..lines.len()).filter(|&at| acts(&lines[at])).collect();
    for _ in 0..rng.usize(1..4) {
        let (Some(&at), Some(&other)) = (rng.choice(&acting), rng.choice(&acting)) else {
            break;
        };
        match rng.u8(..4) {
            0 => lines[at].clear(),
            1 => lines[at] = turned(&lines[at]).unwrap_or_default(),
            2 => lines.swap(at, other),
            _ => lines[at] = renumbered(&lines[at], rng),
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The line with its action turned round, if it has one.
fn turned(line: &str) -> Option<String> {
    const ACTIONS: [(&str, &str); 6] = [
        ("permit", "deny"),
        ("deny", "permit"),
        ("accept", "discard"),
        ("discard", "accept"),
        ("drop", "return"),
        ("return", "drop"),
    ];
    let word = |text: &str| text.trim_end_matches(';').to_owned();
    let (old, new) = line.split_whitespace().find_map(|each| {
        let found = ACTIONS.iter().find(|(old, _)| *old == word(each));
        found.copied()
    })?;
    Some(line.replacen(old, new, 1))
}

/// The line with one of its numbers one more or less.
fn renumbered(line: &str, rng: &mut Rng) -> String {
    let bytes = line.as_bytes();
    let starts =
        |at: usize| bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit());
    let numbers: Vec<usize> = (0..bytes.len()).filter(|&at| starts(at)).collect();
    let Some(&at) = rng.choice(&numbers) else {
        return line.to_owned();
    };
    let digits = line[at..].bytes().take_while(u8::is_ascii_digit).count();
    let Ok(number) = line[at..at + digits].parse::<u32>() else {
        return line.to_owned();
    };
    let other = if rng.bool() {
        number.saturating_add(1)
    } else {
        number.saturating_sub(1)
    };
    format!("{}{other}{}", &line[..at], &line[at + digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |seed| policy(&mut Rng::with_seed(seed));
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn an_edit_touches_lines_that_act() {
        let text = "hostname A\n 10 permit tcp any any eq 22\n 20 deny ip any any\n";
        for seed in 0..50 {
            let text = edited(text, &mut Rng::with_seed(seed));
            assert!(text.starts_with("hostname A\n"), "{text}");
        }
        assert_eq!(turned("then discard;").as_deref(), Some("then accept;"));
        assert_eq!(turned("ip access-group V10_IN in"), None);
    }
}
