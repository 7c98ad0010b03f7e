//! The changes of one line that a claim should notice: the line gone, its action turned round, an address block one bit wider
//! or narrower, a port moved.
//!
//! In: a line of any dialect. Out: what could stand there instead. The words are those that the dialects share; what a dialect
//! makes of a changed line is read by its reader, and a change that it does not understand is no change.
//! Must not know: dialects.

use ipnet::{IpNet, Ipv4Net};
use std::net::{IpAddr, Ipv4Addr};

/// What was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The line was taken out.
    Removed,
    /// Permit into deny, or the other way round.
    Action,
    /// An address block has twice as many addresses.
    Wider,
    /// An address block has half as many addresses.
    Narrower,
    /// A port is another one.
    Port,
}

impl Kind {
    /// The word of the output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Removed => "removed",
            Kind::Action => "action",
            Kind::Wider => "wider",
            Kind::Narrower => "narrower",
            Kind::Port => "port",
        }
    }
}

/// All changes of a line; `None` takes it out.
pub(super) fn edits(line: &str) -> Vec<(Kind, Option<String>)> {
    let words = words(line);
    let mut all = vec![(Kind::Removed, None)];
    all.extend(turned(line, &words).map(|text| (Kind::Action, Some(text))));
    all.extend(
        blocks(line, &words)
            .into_iter()
            .map(|(kind, text)| (kind, Some(text))),
    );
    all.extend(ports(line, &words).map(|text| (Kind::Port, Some(text))));
    all
}

/// Words with the byte they start at, without the punctuation of statements and sets.
fn words(line: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut rest = 0;
    for part in line.split([' ', '\t', ';', ',', '{', '}']) {
        if !part.is_empty() {
            words.push((rest, part));
        }
        rest += part.len() + 1;
    }
    words
}

/// The line with the bytes of some words replaced.
fn replaced(line: &str, from: usize, to: usize, new: &str) -> String {
    let (before, after) = (line.get(..from), line.get(to..));
    format!(
        "{}{new}{}",
        before.unwrap_or_default(),
        after.unwrap_or_default()
    )
}

fn turned(line: &str, words: &[(usize, &str)]) -> Option<String> {
    // Statements of Junos end with a semicolon, and it has another word for what a packet filter of Linux drops.
    let drop = if line.trim_end().ends_with(';') {
        "discard"
    } else {
        "drop"
    };
    let actions = [
        ("permit", "deny"),
        ("deny", "permit"),
        ("accept", drop),
        ("drop", "accept"),
        ("discard", "accept"),
        ("reject", "accept"),
    ];
    words.iter().find_map(|(at, word)| {
        let (old, new) = actions.iter().find(|(old, _)| old == word)?;
        Some(replaced(line, *at, at + old.len(), new))
    })
}

fn blocks(line: &str, words: &[(usize, &str)]) -> Vec<(Kind, String)> {
    let mut all = Vec::new();
    for (index, &(at, word)) in words.iter().enumerate() {
        let next = words.get(index + 1).copied();
        let (end, [wider, narrower]) = if let Ok(net) = word.parse::<IpNet>() {
            (
                at + word.len(),
                resized(net).map(|net| net.map(|net| net.to_string())),
            )
        } else if let ("host", Some((start, addr))) = (word, next)
            && let Ok(addr) = addr.parse::<IpAddr>()
        {
            let text = match addr {
                IpAddr::V4(addr) => format!("{} 0.0.0.1", masked(addr, 31)),
                IpAddr::V6(_) => match IpNet::new(addr, 127) {
                    Ok(net) => net.trunc().to_string(),
                    Err(_) => continue,
                },
            };
            (
                start + next.map_or(0, |(_, word)| word.len()),
                [Some(text), None],
            )
        } else if let (Ok(addr), Some((start, mask))) = (word.parse::<Ipv4Addr>(), next)
            && let Ok(mask) = mask.parse::<Ipv4Addr>()
        {
            (
                start + next.map_or(0, |(_, word)| word.len()),
                pair(addr, mask),
            )
        } else {
            continue;
        };
        let mut put = |kind, text: Option<String>| {
            all.extend(text.map(|text| (kind, replaced(line, at, end, &text))));
        };
        put(Kind::Wider, wider);
        put(Kind::Narrower, narrower);
    }
    all
}

/// A prefix one bit shorter and one bit longer.
fn resized(net: IpNet) -> [Option<IpNet>; 2] {
    let of = |length: Option<u8>| {
        let net = IpNet::new(net.addr(), length?).ok()?;
        Some(net.trunc())
    };
    [
        of(net.prefix_len().checked_sub(1)),
        of(net.prefix_len().checked_add(1)),
    ]
}

fn masked(addr: Ipv4Addr, length: u8) -> Ipv4Addr {
    Ipv4Net::new(addr, length).map_or(addr, |net| net.network())
}

/// An address with a wildcard, or with a netmask.
fn pair(addr: Ipv4Addr, mask: Ipv4Addr) -> [Option<String>; 2] {
    let bits = u32::from(mask);
    let wildcard = bits & (bits.wrapping_add(1)) == 0 && bits != u32::MAX;
    let free = if wildcard { bits } else { !bits };
    if free & free.wrapping_add(1) != 0 {
        return [None, None];
    }
    let length = 32 - u8::try_from(free.count_ones()).unwrap_or(32);
    let text = |length: Option<u8>| {
        let net = Ipv4Net::new(addr, length?).ok()?;
        let mask = if wildcard {
            net.hostmask()
        } else {
            net.netmask()
        };
        // An interface keeps its own address, a list or route names the block.
        let addr = if masked(addr, net.prefix_len()) == addr || wildcard {
            net.network()
        } else {
            addr
        };
        Some(format!("{addr} {mask}"))
    };
    [text(length.checked_sub(1)), text(length.checked_add(1))]
}

/// Each port one further.
fn ports<'l>(line: &'l str, words: &'l [(usize, &'l str)]) -> impl Iterator<Item = String> + 'l {
    const BEFORE: [&str; 9] = [
        "eq",
        "gt",
        "lt",
        "range",
        "port",
        "dport",
        "sport",
        "destination-port",
        "source-port",
    ];
    words.windows(2).filter_map(move |pair| {
        let [(_, word), (at, port)] = pair else {
            return None;
        };
        if !BEFORE.contains(word) || BEFORE.contains(port) || port.contains('-') {
            return None;
        }
        let moved = match port.parse::<u16>() {
            Ok(u16::MAX) => u16::MAX - 1,
            Ok(port) => port + 1,
            // A name: discard is nobody's.
            Err(_) => 9,
        };
        Some(replaced(line, *at, at + port.len(), &moved.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<String> {
        let each = edits(line).into_iter();
        each.map(|(kind, text)| format!("{} {}", kind.word(), text.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_line_of_a_list_is_changed_in_every_part() {
        assert_eq!(
            of(" 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443"),
            [
                "removed ",
                "action  10 deny tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443",
                "wider  10 permit tcp 10.1.0.0 0.0.1.255 host 10.2.0.11 eq 443",
                "narrower  10 permit tcp 10.1.0.0 0.0.0.127 host 10.2.0.11 eq 443",
                "wider  10 permit tcp 10.1.0.0 0.0.0.255 10.2.0.10 0.0.0.1 eq 443",
                "port  10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 444",
            ]
        );
        assert_eq!(
            of(" 20 deny   ip any any log")[1],
            "action  20 permit   ip any any log"
        );
    }

    #[test]
    fn other_forms_are_changed_too() {
        let six = of("sequence 10 permit tcp FD00::/64 host FD01::B range 5000 6000");
        assert!(
            six.contains(
                &"wider sequence 10 permit tcp fd00::/63 host FD01::B range 5000 6000".to_owned()
            ),
            "{six:?}"
        );
        assert!(six.contains(
            &"port sequence 10 permit tcp FD00::/64 host FD01::B range 5001 6000".to_owned()
        ));
        let route = of("ip route 10.4.0.0 255.255.255.0 10.3.0.2");
        assert_eq!(route[1], "wider ip route 10.4.0.0 255.255.254.0 10.3.0.2");
        assert_eq!(
            route[2],
            "narrower ip route 10.4.0.0 255.255.255.128 10.3.0.2"
        );
        assert_eq!(of("            accept;")[1], "action             discard;");
        assert_eq!(
            of("ip saddr 10.0.0.0/8 tcp dport 22 accept")[1],
            "action ip saddr 10.0.0.0/8 tcp dport 22 drop"
        );
        assert_eq!(of(" ip access-group V10_IN in"), ["removed "]);
    }

    #[test]
    fn hostile_lines_are_left_in_one_piece() {
        for line in [
            "host ",
            "host é 255.255.255.255",
            "0.0.0.0 255.255.255.255",
            "eq",
            "/",
            "::/0 eq eq 65535",
            "、10.0.0.0/8",
        ] {
            for (_, text) in edits(line) {
                assert!(text.is_none_or(|text| text.len() < line.len() + 40));
            }
        }
    }
}
