//! What every dialect of the registry must do, tested on its corpus (`tests/corpus/<id>/`) and on drafts made at random.
//!
//! A dialect that is added to the registry is held to all of it without a line here. What only one dialect has is tested
//! beside its code.

mod effects;
mod meaning;
mod names;
mod points;
mod reading;
mod sees;
mod stated;
mod writing;

use super::{DIALECTS, Dialect, Hint};
use crate::base::{Lang, Source};
use crate::device::Device;
use crate::net::{Flow, L4, PositionSet, TcpFlags};
use std::net::IpAddr;

/// A packet as `tcp 10.0.0.1:40000 10.0.0.2:443 syn`, `icmp 10.0.0.1 10.0.0.2 8/0`, `udp 10.0.0.1 10.0.0.2 later`.
pub(super) fn packet(text: &str) -> Flow {
    let words: Vec<&str> = text.split(' ').collect();
    let end = |word: &str| -> (IpAddr, u16) {
        if let Ok(addr) = word.parse() {
            return (addr, 0);
        }
        let (addr, port) = word.rsplit_once(':').unwrap();
        (
            addr.trim_matches(['[', ']']).parse().unwrap(),
            port.parse().unwrap(),
        )
    };
    let ((src, sport), (dst, dport)) = (end(words[1]), end(words[2]));
    let rest = &words[3..];
    let later = rest.contains(&"later");
    let ext = rest.contains(&"ext");
    let flags = rest
        .iter()
        .filter_map(|w| TcpFlags::named(w))
        .fold(TcpFlags::default(), TcpFlags::with);
    let protocol = match words[0] {
        "tcp" => 6,
        "udp" => 17,
        "icmp" if src.is_ipv4() => 1,
        "icmp" => 58,
        digits => digits.parse().unwrap(),
    };
    let l4 = match protocol {
        _ if later => L4::None,
        6 => L4::Tcp {
            sport,
            dport,
            flags,
        },
        17 | 132 => L4::Ports { sport, dport },
        1 | 58 => {
            let (kind, code) = rest[0].split_once('/').unwrap();
            L4::Icmp {
                kind: kind.parse().unwrap(),
                code: code.parse().unwrap(),
            }
        }
        _ => L4::None,
    };
    let position = if later {
        PositionSet::LATER
    } else {
        PositionSet::WHOLE
    };
    Flow::new(src, dst, protocol, l4, position, ext).unwrap()
}

/// The files of a dialect's corpus: name and text.
fn corpus(dialect: &dyn Dialect) -> Vec<(String, Vec<u8>)> {
    let dir = format!(
        "{}/tests/corpus/{}",
        env!("CARGO_MANIFEST_DIR"),
        dialect.id()
    );
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(&dir)
        .unwrap_or_else(|_| panic!("{dir} holds the corpus"))
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn read(dialect: &dyn Dialect, bytes: &[u8]) -> Device {
    dialect.read(&Source::capture("test.cfg", bytes), &Hint::default())
}

/// What was not understood, line and reason.
fn whys(device: &Device) -> Vec<(u32, String)> {
    let why = |gap: &crate::device::Gap| (gap.line, gap.why.render(Lang::En));
    device.gaps.iter().map(why).collect()
}

/// The device without what depends on how the file is laid out.
fn shape(device: &Device) -> String {
    let mut device = device.clone();
    for face in &mut device.interfaces {
        face.line = 0;
        face.bindings.iter_mut().for_each(|b| b.line = 0);
        face.broadcasts.iter_mut().for_each(|b| b.line = 0);
    }
    device.routes.iter_mut().for_each(|r| r.line = 0);
    for acl in &mut device.acls {
        acl.line = None;
        acl.entries.iter_mut().for_each(|ace| ace.line = None);
    }
    format!(
        "{:?}",
        (
            &device.interfaces,
            &device.routes,
            &device.acls,
            device.gaps.len(),
            device.effects.len()
        )
    )
}
