//! A second opinion: reads the two dialects as emitted, evaluates lists and walks packets. Uses nothing of `aclc`.
//!
//! Where a vendor fact or the cabling is open, it takes *one* admissible reading: the kindest to a violation. What breaks
//! a claim under one reading must not be proved (semantics D1-D3). Text it does not know is an error, never a guess.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const SYN: u8 = 2;
pub(crate) const RST: u8 = 4;
pub(crate) const ACK: u8 = 16;

/// A family and a number.
pub(crate) type Addr = (bool, u128);

pub(crate) fn addr(text: &str) -> Addr {
    match text.parse().unwrap_or_else(|_| panic!("address {text}")) {
        IpAddr::V4(a) => (false, u32::from(a).into()),
        IpAddr::V6(a) => (true, a.into()),
    }
}

pub(crate) fn show(a: Addr) -> String {
    match a {
        (false, bits) => Ipv4Addr::from(bits as u32).to_string(),
        (true, bits) => Ipv6Addr::from(bits).to_string(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Position {
    #[default]
    Whole,
    First,
    Later,
}

/// One header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Packet {
    pub(crate) v6: bool,
    pub(crate) src: u128,
    pub(crate) dst: u128,
    pub(crate) proto: u8,
    pub(crate) position: Position,
    pub(crate) sport: u16,
    pub(crate) dport: u16,
    pub(crate) flags: u8,
    pub(crate) icmp: (u8, u8),
    pub(crate) ext: bool,
}

impl Packet {
    /// An opening packet (D35).
    pub(crate) fn opens(&self) -> bool {
        self.position != Position::Later
            && (self.proto != TCP || self.flags & (SYN | RST | ACK) == SYN)
    }

    pub(crate) fn icmp_applies(&self) -> bool {
        self.proto == if self.v6 { 58 } else { 1 }
    }
}

/// Base and don't-care bits.
pub(crate) type Place = (u128, u128);

/// One entry.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) order: (u32, u32),
    pub(crate) line: u32,
    pub(crate) permit: bool,
    pub(crate) v6: bool,
    pub(crate) proto: Option<u8>,
    pub(crate) src: Place,
    pub(crate) dst: Place,
    pub(crate) sport: Option<(u16, u16)>,
    pub(crate) dport: Option<(u16, u16)>,
    pub(crate) flags: u8,
    pub(crate) icmp: Option<u8>,
    alaxala: bool,
}

fn inside(place: Place, a: u128) -> bool {
    (place.0 ^ a) & !place.1 == 0
}

impl Entry {
    /// Whether it matches, and whether that is an open fact.
    fn matches(&self, p: &Packet) -> (bool, bool) {
        let l4 =
            self.sport.is_some() || self.dport.is_some() || self.flags != 0 || self.icmp.is_some();
        if self.proto.is_some_and(|n| n != p.proto)
            || !inside(self.src, p.src)
            || !inside(self.dst, p.dst)
        {
            return (false, false);
        }
        if p.position == Position::Later && l4 {
            return (
                !self.alaxala && self.permit,
                p.ext && !self.alaxala && self.permit,
            );
        }
        let ok =
            |range: Option<(u16, u16)>, port| range.is_none_or(|(lo, hi)| lo <= port && port <= hi);
        let but_flags = !l4
            || ok(self.sport, p.sport)
                && ok(self.dport, p.dport)
                && self.icmp.is_none_or(|n| n == p.icmp.0);
        let flagged = self.flags == 0 || p.flags & self.flags != 0;
        // Without a model in the text it is open what a flag word of ALAXALA tests.
        let word = self.alaxala && self.flags != 0;
        let later = self.alaxala && p.position == Position::Later;
        let open = word || (p.ext || later) && self.proto.is_some();
        (but_flags && flagged, but_flags && open)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    pub(crate) entries: Vec<Entry>,
}

impl List {
    /// Permitted or not, the deciding line, and whether an open fact plays a part. No entries: everything passes.
    pub(crate) fn decide(&self, p: &Packet) -> (bool, Option<u32>, bool) {
        let mut open = false;
        for entry in self.entries.iter().filter(|entry| entry.v6 == p.v6) {
            let (hit, unsure) = entry.matches(p);
            open |= unsure;
            if hit {
                return (entry.permit, Some(entry.line), open);
            }
        }
        (self.entries.is_empty(), None, open)
    }
}

/// A VLAN interface. Lists are by (IPv6, out).
#[derive(Clone, Debug, Default)]
pub(crate) struct Svi {
    pub(crate) vlan: u16,
    pub(crate) addrs: Vec<(bool, u128, u32)>,
    pub(crate) enable6: bool,
    pub(crate) bound: BTreeMap<(bool, bool), String>,
    pub(crate) helpers: BTreeSet<u128>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Device {
    pub(crate) alaxala: bool,
    pub(crate) routes_v4: bool,
    pub(crate) svis: Vec<Svi>,
    pub(crate) lists: BTreeMap<(bool, String), List>,
    pub(crate) statics: Vec<(u128, u32, u128, u32)>,
}

pub(crate) fn mask(v6: bool, len: u32) -> u128 {
    let width = if v6 { 128 } else { 32 };
    let all = if v6 { u128::MAX } else { 0xffff_ffff };
    if len == 0 {
        0
    } else {
        all & (all << (width - len))
    }
}

fn length(text: &str) -> Option<u32> {
    let bits = u32::from(text.parse::<Ipv4Addr>().ok()?);
    (bits.leading_ones() + bits.trailing_zeros() >= 32).then(|| bits.leading_ones())
}

fn v4(text: &str) -> Option<u128> {
    text.parse::<Ipv4Addr>().ok().map(|a| u32::from(a).into())
}

/// `Err` is the line it does not know.
pub(crate) fn read(text: &str, alaxala: bool) -> Result<Device, (u32, String)> {
    let mut device = Device {
        alaxala,
        routes_v4: alaxala,
        ..Device::default()
    };
    let mut svi: Option<usize> = None;
    let mut list: Option<(bool, String)> = None;
    for (number, line) in (1u32..).zip(text.lines()) {
        let unknown = || (number, line.to_owned());
        let words: Vec<&str> = line.split_whitespace().collect();
        let nested = line.starts_with(' ');
        if !nested && line != "!" {
            (svi, list) = (None, None);
        }
        match (words.as_slice(), nested) {
            ([] | ["!"] | ["end"] | ["hostname", _] | ["ipv6", "unicast-routing"], _) => {}
            (["flow", "detection", "mode", "layer3-6"], false) => {}
            (["ip", "routing"], false) => device.routes_v4 = true,
            (["interface", rest @ ..], false) => {
                let name = rest.concat().to_ascii_lowercase();
                let vlan = name
                    .strip_prefix("vlan")
                    .and_then(|n| n.parse().ok())
                    .ok_or_else(unknown)?;
                let known = device.svis.iter().position(|svi| svi.vlan == vlan);
                svi = Some(known.unwrap_or_else(|| {
                    device.svis.push(Svi {
                        vlan,
                        ..Svi::default()
                    });
                    device.svis.len() - 1
                }));
            }
            (["ip", "access-list", "extended", name], false) => {
                list = Some((false, name.to_string()))
            }
            (["ipv6", "access-list", name], false) => list = Some((true, name.to_string())),
            (["ip", "route", net, mask, hop], false) => {
                let route = || Some((v4(net)?, length(mask)?, v4(hop)?, number));
                device.statics.push(route().ok_or_else(unknown)?);
            }
            (words, true) if svi.is_some() => {
                let at = svi.expect("just tested");
                interface_line(&mut device.svis[at], words).ok_or_else(unknown)?;
            }
            (words, true) if list.is_some() => {
                let key = list.clone().expect("just tested");
                let into = device.lists.entry(key.clone()).or_default();
                if !words.contains(&"remark") {
                    let last = into.entries.last().map_or((0, 0), |e| e.order);
                    let entry = entry(words, key.0, alaxala, number, last).ok_or_else(unknown)?;
                    into.entries.push(entry);
                }
            }
            _ => return Err(unknown()),
        }
        if let Some(key) = &list {
            device.lists.entry(key.clone()).or_default();
        }
    }
    for list in device.lists.values_mut() {
        list.entries.sort_by_key(|entry| entry.order);
        if let Some(pair) = list
            .entries
            .windows(2)
            .find(|pair| pair[0].order == pair[1].order)
        {
            return Err((pair[1].line, "number used twice".to_owned()));
        }
    }
    Ok(device)
}

fn interface_line(svi: &mut Svi, words: &[&str]) -> Option<()> {
    match words {
        ["ip", "address", a, m] => {
            svi.addrs.retain(|(v6, ..)| *v6);
            svi.addrs.push((false, v4(a)?, length(m)?));
        }
        ["ipv6", "address", net] => {
            let (a, len) = net.split_once('/')?;
            svi.addrs.push((
                true,
                a.parse::<Ipv6Addr>().ok()?.into(),
                len.parse().ok().filter(|n| *n <= 128)?,
            ));
        }
        ["ipv6", "enable"] => svi.enable6 = true,
        ["ip", "helper-address", a] => {
            svi.helpers.insert(v4(a)?);
        }
        [
            family @ ("ip" | "ipv6"),
            "access-group" | "traffic-filter",
            name,
            way @ ("in" | "out"),
        ] => {
            svi.bound
                .insert((*family == "ipv6", *way == "out"), name.to_string());
        }
        _ => return None,
    }
    Some(())
}

/// An entry; without a number it stands where it is written.
pub(crate) fn entry(
    words: &[&str],
    v6: bool,
    alaxala: bool,
    line: u32,
    last: (u32, u32),
) -> Option<Entry> {
    let words = words.strip_prefix(&["sequence"]).unwrap_or(words);
    let (order, words) = match words.split_first()? {
        (first, rest) if first.starts_with(|c: char| c.is_ascii_digit()) => {
            ((first.parse().ok()?, 0), rest)
        }
        _ => ((last.0, last.1 + 1), words),
    };
    let mut words = words.iter().copied();
    let permit = match words.next()? {
        "permit" => true,
        "deny" => false,
        _ => return None,
    };
    let proto = match words.next()? {
        "ip" if !v6 => None,
        "ipv6" if v6 => None,
        "tcp" => Some(TCP),
        "udp" => Some(UDP),
        "icmp" => Some(if v6 { 58 } else { 1 }),
        _ => return None,
    };
    let ports = proto.is_some_and(|n| n == TCP || n == UDP);
    let mut words = words.peekable();
    let src = place(&mut words, v6)?;
    let sport = port(&mut words, ports)?;
    let dst = place(&mut words, v6)?;
    let dport = port(&mut words, ports)?;
    let (mut flags, mut icmp) = (0, None);
    for word in words {
        match word {
            "established" if proto == Some(TCP) && !alaxala => flags = ACK | RST,
            "ack" if proto == Some(TCP) && alaxala => flags = ACK,
            "log" if !alaxala => {}
            number if !ports && proto.is_some() && icmp.is_none() => {
                icmp = Some(number.parse().ok()?)
            }
            _ => return None,
        }
    }
    Some(Entry {
        order,
        line,
        permit,
        v6,
        proto,
        src,
        dst,
        sport,
        dport,
        flags,
        icmp,
        alaxala,
    })
}

fn place<'a>(words: &mut impl Iterator<Item = &'a str>, v6: bool) -> Option<Place> {
    let number = |text: &str| match v6 {
        true => text.parse::<Ipv6Addr>().ok().map(u128::from),
        false => v4(text),
    };
    match words.next()? {
        "any" => Some((0, !0)),
        "host" => Some((number(words.next()?)?, 0)),
        net if v6 => {
            let (a, len) = net.split_once('/')?;
            Some((
                number(a)?,
                !mask(true, len.parse().ok().filter(|n| *n <= 128)?),
            ))
        }
        base => Some((v4(base)?, v4(words.next()?)?)),
    }
}

/// Outer `None`: not readable. Inner: no condition.
#[allow(clippy::option_option, reason = "two different kinds of nothing")]
fn port<'a, I: Iterator<Item = &'a str>>(
    words: &mut std::iter::Peekable<I>,
    ports: bool,
) -> Option<Option<(u16, u16)>> {
    let number = |text: &str| {
        if text == "https" {
            Some(443)
        } else {
            text.parse().ok()
        }
    };
    match words.peek() {
        Some(&"eq") if ports => {
            words.next();
            number(words.next()?).map(|n| Some((n, n)))
        }
        Some(&"range") if ports => {
            words.next();
            let (lo, hi) = (number(words.next()?)?, number(words.next()?)?);
            (lo <= hi).then_some(Some((lo, hi)))
        }
        _ => Some(None),
    }
}
