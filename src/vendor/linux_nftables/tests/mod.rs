//! Tests of the whole dialect: what texts mean, what is written, damaged texts, and what the kernel's own program says.

mod hostile;
mod kernel;
mod reading;
mod writing;

use super::LinuxNftables;
use crate::acl::{Acl, Direction, Fate, decide};
use crate::base::Source;
use crate::device::Device;
use crate::net::{Family, Flow, L4, PositionSet, TcpFlags};
use crate::vendor::{Dialect, Hint};

const CORPUS: [(&str, &str); 4] = [
    (
        "switch",
        include_str!("../../../../tests/corpus/linux-nftables/switch.cfg"),
    ),
    (
        "home",
        include_str!("../../../../tests/corpus/linux-nftables/home.nft"),
    ),
    (
        "aerleon",
        include_str!("../../../../tests/corpus/linux-nftables/aerleon.nft"),
    ),
    (
        "odd",
        include_str!("../../../../tests/corpus/linux-nftables/odd.nft"),
    ),
];

fn read(text: &str) -> Device {
    LinuxNftables.read(
        &Source::capture("test.cfg", text.as_bytes()),
        &Hint::default(),
    )
}

fn corpus(name: &str) -> Device {
    read(CORPUS.iter().find(|(n, _)| *n == name).unwrap().1)
}

/// The list on an interface.
fn list<'a>(device: &'a Device, interface: &str, family: Family, direction: Direction) -> &'a Acl {
    let interface = device.interfaces.iter().find(|i| i.name == interface);
    let binding = interface.and_then(|i| i.binding(family, direction));
    &device.acls[binding.unwrap().acl]
}

/// `SRC DST tcp SPORT DPORT FLAGS`, `SRC DST udp SPORT DPORT`, `SRC DST icmp TYPE CODE`, `SRC DST PROTOCOL`; behind it
/// `first`, `later`, `ext`.
fn flow(text: &str) -> Flow {
    let mut words: Vec<&str> = text.split(' ').collect();
    let ext = words.last() == Some(&"ext");
    words.truncate(words.len() - usize::from(ext));
    let position = match words.last() {
        Some(&"first") => PositionSet::FIRST,
        Some(&"later") => PositionSet::LATER,
        _ => PositionSet::WHOLE,
    };
    words.truncate(words.len() - usize::from(position != PositionSet::WHOLE));
    let (src, dst) = (words[0].parse().unwrap(), words[1].parse().unwrap());
    let number = |at: usize| words[at].parse::<u16>().unwrap();
    let (protocol, l4) = match words[2] {
        "tcp" if position != PositionSet::LATER => {
            let flags = words[5].split('+').filter_map(TcpFlags::named);
            let flags = flags.fold(TcpFlags::default(), TcpFlags::with);
            (
                6,
                L4::Tcp {
                    sport: number(3),
                    dport: number(4),
                    flags,
                },
            )
        }
        "udp" if position != PositionSet::LATER => (
            17,
            L4::Ports {
                sport: number(3),
                dport: number(4),
            },
        ),
        word @ ("icmp" | "icmpv6") => {
            let byte = |at: usize| u8::try_from(number(at)).unwrap();
            let protocol = if word == "icmp" { 1 } else { 58 };
            (
                protocol,
                L4::Icmp {
                    kind: byte(3),
                    code: byte(4),
                },
            )
        }
        "tcp" => (6, L4::None),
        "udp" => (17, L4::None),
        other => (other.parse().unwrap(), L4::None),
    };
    Flow::new(src, dst, protocol, l4, position, ext).unwrap()
}

/// `+`, `-`, `?` for packets.
fn fates(acl: &Acl, flows: &[&str]) -> String {
    let sign = |text: &&str| match decide(acl, &flow(text)).fate {
        Fate::Permit => '+',
        Fate::Deny => '-',
        Fate::Unknown => '?',
    };
    flows.iter().map(sign).collect()
}
