//! Tests of the whole dialect, and the corpus and packets that they share.

mod hostile;
mod reading;
mod written;

use super::JuniperJunos;
use crate::acl::{Acl, Fate, Known, Question, decide};
use crate::base::{Lang, Source};
use crate::device::{Device, Scope};
use crate::net::proto::{ICMP, ICMPV6, TCP, UDP};
use crate::net::{Flow, L4, PositionSet, TcpFlags};
use crate::vendor::{Dialect, Hint};
use std::fmt::Write as _;
use std::net::IpAddr;

const CORPUS: [(&str, &str); 3] = [
    (
        "core",
        include_str!("../../../../tests/corpus/juniper-junos/core.cfg"),
    ),
    (
        "set",
        include_str!("../../../../tests/corpus/juniper-junos/set.cfg"),
    ),
    (
        "odd",
        include_str!("../../../../tests/corpus/juniper-junos/odd.cfg"),
    ),
];

pub(super) fn read(text: &str) -> Device {
    JuniperJunos.read(
        &Source::capture("test.cfg", text.as_bytes()),
        &Hint::default(),
    )
}

fn corpus(name: &str) -> &'static str {
    CORPUS.iter().find(|(n, _)| *n == name).unwrap().1
}

fn list<'a>(device: &'a Device, name: &str) -> &'a Acl {
    device.acls.iter().find(|acl| acl.name == name).unwrap()
}

/// `tcp 10.0.0.1 1 10.0.0.2 22 syn ack`, `icmp A B 8 0`, `47 A B`; `first`, `later` and `ext` may stand behind.
fn packet(text: &str) -> Flow {
    let words: Vec<&str> = text.split(' ').collect();
    let number = |word: &str| word.parse::<u16>().ok();
    let addr = |word: Option<&&str>| word.and_then(|w| w.parse::<IpAddr>().ok());
    let protocol = match words[0] {
        "tcp" => TCP,
        "udp" => UDP,
        "icmp" => ICMP,
        "icmp6" => ICMPV6,
        other => other.parse().unwrap(),
    };
    let later = words.contains(&"later");
    let position = match (later, words.contains(&"first")) {
        (true, _) => PositionSet::LATER,
        (_, true) => PositionSet::FIRST,
        _ => PositionSet::WHOLE,
    };
    let ported = addr(words.get(2)).is_none();
    let src = addr(words.get(1)).unwrap();
    let dst = addr(words.get(if ported { 3 } else { 2 })).unwrap();
    let at = |index: usize| words.get(index).copied().and_then(number).unwrap_or(0);
    let flags = words
        .iter()
        .filter_map(|word| TcpFlags::named(word))
        .fold(TcpFlags::default(), TcpFlags::with);
    let byte = |value: u16| u8::try_from(value).unwrap();
    let l4 = match protocol {
        _ if later => L4::None,
        TCP => L4::Tcp {
            sport: at(2),
            dport: at(4),
            flags,
        },
        UDP => L4::Ports {
            sport: at(2),
            dport: at(4),
        },
        ICMP | ICMPV6 => L4::Icmp {
            kind: byte(at(3)),
            code: byte(at(4)),
        },
        _ => L4::None,
    };
    Flow::new(src, dst, protocol, l4, position, words.contains(&"ext")).unwrap()
}

/// Fate and line of a packet.
fn fate(acl: &Acl, text: &str) -> (Fate, Option<u32>) {
    let decided = decide(acl, &packet(text));
    (decided.fate, acl.ace(decided.index).unwrap().line)
}

/// The fates of packets by a filter of one text.
fn fates(terms: &str, packets: &[&str]) -> Vec<Fate> {
    let text: String = terms
        .lines()
        .map(|line| format!("set firewall family {}\n", line.trim()))
        .collect();
    let device = read(&text);
    packets
        .iter()
        .map(|text| {
            let v6 = packet(text).src().is_ipv6();
            let of_family = |acl: &&Acl| (acl.family == crate::net::Family::V6) == v6;
            let acl = device.acls.iter().find(of_family).unwrap();
            fate(acl, text).0
        })
        .collect()
}

fn question(question: &Question) -> String {
    match question {
        Question::Fact { id, .. } => id.clone(),
        Question::Gap { text, .. } => format!("gap {text}"),
        Question::Condition { text, .. } => text.clone(),
        other => format!("{other:?}"),
    }
}

/// All that was read, a line each.
fn summary(device: &Device) -> String {
    let mut out = format!("host {:?}\n", device.hostname);
    for i in &device.interfaces {
        let bound: Vec<String> = i
            .bindings
            .iter()
            .map(|b| {
                format!(
                    "{:?} {} {}",
                    b.family,
                    b.direction.word(),
                    device.acls[b.acl].name
                )
            })
            .collect();
        let _ = writeln!(
            out,
            "interface {} {:?} vrf={:?} down={} {:?} virtual={:?} ipv6={} relay={:?} {bound:?} @{}",
            i.name, i.kind, i.vrf, i.shutdown, i.addrs, i.virtuals, i.ipv6, i.helpers, i.line
        );
    }
    for r in &device.routes {
        let _ = writeln!(
            out,
            "route {:?} {} {:?} {} @{}",
            r.vrf, r.prefix, r.via, r.distance, r.line
        );
    }
    for (vrf, line) in &device.dynamic {
        let _ = writeln!(out, "dynamic {vrf:?} @{line}");
    }
    for acl in &device.acls {
        let _ = writeln!(out, "list {} {:?} {:?}", acl.name, acl.family, acl.state);
        for ace in acl.all() {
            let open: Vec<String> = ace.open.iter().map(|o| question(&o.question)).collect();
            let log = if ace.log { " log" } else { "" };
            let _ = writeln!(
                out,
                "  {:?} {} boxes{log} @{:?} {} {open:?}",
                ace.action,
                ace.certain.len(),
                ace.line,
                ace.text
            );
        }
    }
    for effect in &device.effects {
        let scope = match &effect.scope {
            Scope::Interface(index, way) => format!("{} {way:?}", device.interfaces[*index].name),
            other => format!("{other:?}"),
        };
        let _ = writeln!(
            out,
            "effect {:?} {scope} @{} {}",
            effect.class, effect.line, effect.text
        );
    }
    for gap in &device.gaps {
        let _ = writeln!(
            out,
            "gap @{} {} ({})",
            gap.line,
            gap.text,
            gap.why.render(Lang::En)
        );
    }
    let known = |known: &Known| known.question().is_none();
    let _ = writeln!(
        out,
        "settled {} {:?}",
        known(&device.forwards.v4),
        device.modelled
    );
    out
}

#[test]
fn the_corpus_reads_like_this() {
    for (name, text) in CORPUS {
        insta::assert_snapshot!(name, summary(&read(text)));
    }
}

#[test]
fn the_text_is_recognised() {
    for (name, text) in CORPUS {
        let found = crate::vendor::detect(text).map(Dialect::id);
        assert_eq!(found, Some("juniper-junos"), "{name}");
    }
    for other in crate::vendor::DIALECTS {
        if other.id() != "juniper-junos" {
            assert!(other.score(corpus("core")) < JuniperJunos.score(corpus("core")));
        }
    }
    assert_eq!(
        JuniperJunos.score("ip access-list extended A\n 10 permit ip any any\n"),
        0
    );
}
