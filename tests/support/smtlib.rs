//! Lists as formulas over bit-vectors, for the solver `z3`: written from the boxes alone, without packet sets.
//!
//! A packet is ten variables (D6). A field that does not apply has any value and is never asked: a box that constrains a
//! field first asks for a packet that has it, so the formula does not lean on [`Match::tidy`].

use aclc::acl::{Ace, Acl, Action};
use aclc::net::proto::{SCTP, TCP, UDP};
use aclc::net::{Family, FlagSet, Flow, L4, Match, PositionSet, TcpFlags, Wildcard};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Whether the solver is there. Without it a test has nothing to say; in CI that is a failure.
#[allow(
    clippy::print_stderr,
    reason = "whoever runs the tests must see what was not run"
)]
pub(crate) fn found() -> bool {
    let runs = Command::new("z3").arg("--version").output().is_ok();
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(runs || !ci, "the program `z3` is missing");
    if !runs {
        eprintln!("SKIPPED: the program `z3` is missing, nothing was compared");
    }
    runs
}

/// The variables of one packet and the functions about them.
pub(crate) fn prelude(family: Family) -> String {
    let width = family.bits();
    let icmp = Match::icmp_of(family);
    let ext = match family {
        Family::V4 => "(assert (not ext))\n",
        Family::V6 => "",
    };
    format!(
        "(set-logic QF_BV)\n\
         (declare-const src (_ BitVec {width}))\n(declare-const dst (_ BitVec {width}))\n\
         (declare-const proto (_ BitVec 8))\n(declare-const pos (_ BitVec 3))\n(declare-const ext Bool)\n\
         (declare-const sport (_ BitVec 16))\n(declare-const dport (_ BitVec 16))\n\
         (declare-const flags (_ BitVec 6))\n(declare-const kind (_ BitVec 8))\n(declare-const code (_ BitVec 8))\n\
         {ext}(assert (or (= pos #b001) (= pos #b010) (= pos #b100)))\n\
         (define-fun l4 () Bool (not (= pos #b100)))\n\
         (define-fun istcp () Bool (and l4 (= proto (_ bv{TCP} 8))))\n\
         (define-fun ports () Bool (and l4 (or (= proto (_ bv{TCP} 8)) (= proto (_ bv{UDP} 8)) (= proto (_ bv{SCTP} 8)))))\n\
         (define-fun isicmp () Bool (and l4 (= proto (_ bv{icmp} 8))))\n"
    )
}

fn wildcard(field: &str, w: &Wildcard) -> String {
    let bits = w.family().bits();
    let care = w.family().ones() & !w.free();
    format!(
        "(= (bvand {field} (_ bv{care} {bits})) (_ bv{} {bits}))",
        w.value()
    )
}

fn any_of(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    format!("(or false {})", parts.join(" "))
}

fn between(field: &str, width: u32, first: u32, last: u32) -> String {
    format!("(and (bvule (_ bv{first} {width}) {field}) (bvule {field} (_ bv{last} {width})))")
}

/// A field with its condition: `None` if it is free.
fn bytes(field: &str, allowed: impl Fn(u8) -> bool) -> Option<String> {
    let one = |byte: u8| between(field, 8, byte.into(), byte.into());
    let inside = (0..=u8::MAX).filter(|&byte| allowed(byte)).count();
    match inside {
        256 => None,
        0..128 => Some(any_of((0..=u8::MAX).filter(|&b| allowed(b)).map(one))),
        _ => {
            let outside = any_of((0..=u8::MAX).filter(|&b| !allowed(b)).map(one));
            Some(format!("(not {outside})"))
        }
    }
}

fn box_of(m: &Match) -> String {
    let mut all = vec![
        any_of(m.src.parts().iter().map(|w| wildcard("src", w))),
        any_of(m.dst.parts().iter().map(|w| wildcard("dst", w))),
    ];
    all.extend(bytes("proto", |byte| m.protocol.contains(byte)));
    for (field, set) in [("sport", &m.sport), ("dport", &m.dport)] {
        if !set.is_full() {
            let ranges = set.ranges().iter();
            let inside = ranges.map(|&(a, b)| between(field, 16, a.into(), b.into()));
            all.push(format!("ports {}", any_of(inside)));
        }
    }
    if m.flags != FlagSet::FULL {
        let value = |bits: &u8| format!("(= flags (_ bv{bits} 6))");
        let inside = (0..64u8).filter(|&bits| m.flags.contains(TcpFlags::from_bits(bits)));
        all.push(format!("istcp {}", any_of(inside.map(|b| value(&b)))));
    }
    for (field, set) in [("kind", m.icmp_type), ("code", m.icmp_code)] {
        all.extend(bytes(field, |byte| set.contains(byte)).map(|is| format!("isicmp {is}")));
    }
    if m.position != PositionSet::FULL {
        all.push(format!(
            "(not (= (bvand pos (_ bv{} 3)) #b000))",
            m.position.0
        ));
    }
    // In IPv4 `ext` is asserted to be false.
    all.extend((m.ext.0 & 1 == 0).then(|| "ext".to_owned()));
    all.extend((m.ext.0 & 2 == 0).then(|| "(not ext)".to_owned()));
    format!("(and {})", all.join(" "))
}

/// C or P of an entry (D10).
fn ace_of(ace: &Ace, possible: bool) -> String {
    any_of(ace.boxes(possible).map(box_of))
}

/// Declares `{name}-c{i}` and `{name}-p{i}` for each entry, and `{name}-must` and `{name}-may` for the list (D12).
pub(crate) fn list(name: &str, acl: &Acl) -> String {
    let mut out = String::new();
    let (mut must, mut may) = ("false".to_owned(), "false".to_owned());
    for (i, ace) in acl.all().enumerate() {
        let (certain, possible) = (ace_of(ace, false), ace_of(ace, true));
        let _ = writeln!(out, "(define-fun {name}-c{i} () Bool {certain})");
        let _ = writeln!(out, "(define-fun {name}-p{i} () Bool {possible})");
    }
    for (i, ace) in acl.all().enumerate().rev() {
        let (c, p) = (format!("{name}-c{i}"), format!("{name}-p{i}"));
        match ace.action {
            Action::Permit => {
                must = format!("(or {c} {must})");
                may = format!("(or {p} {may})");
            }
            Action::Deny => {
                must = format!("(and (not {p}) {must})");
                may = format!("(and (not {c}) {may})");
            }
            Action::Unread => {
                must = format!("(and (not {p}) {must})");
                may = format!("(or {p} {may})");
            }
        }
    }
    for (side, formula) in [("must", must), ("may", may)] {
        let _ = writeln!(out, "(define-fun {name}-{side} () Bool {formula})");
    }
    out
}

/// Declares `{name}-chosen`: what the list permits under free choices of whether the possible part of each entry matches
/// and what an entry that was not understood does. The bounds of D12 are the bounds of this.
pub(crate) fn chosen(name: &str, acl: &Acl) -> String {
    let mut out = String::new();
    let mut formula = "false".to_owned();
    for i in 0..acl.all().len() {
        for part in ["matches", "permits"] {
            let _ = writeln!(out, "(declare-const {name}-{part}{i} Bool)");
        }
    }
    for (i, ace) in acl.all().enumerate().rev() {
        let hit = format!("(or {name}-c{i} (and {name}-p{i} {name}-matches{i}))");
        let effect = match ace.action {
            Action::Permit => "true".to_owned(),
            Action::Deny => "false".to_owned(),
            Action::Unread => format!("{name}-permits{i}"),
        };
        formula = format!("(ite {hit} {effect} {formula})");
    }
    let _ = writeln!(out, "(define-fun {name}-chosen () Bool {formula})");
    out
}

/// Asks, for each formula, for a packet that makes it true.
pub(crate) fn solve(family: Family, context: &str, formulas: &[String]) -> Vec<Option<Flow>> {
    let mut script = prelude(family) + context;
    for formula in formulas {
        let _ = writeln!(
            script,
            "(push)\n(assert {formula})\n(check-sat)\n\
             (get-value (src dst proto pos ext sport dport flags kind code))\n(echo \"next\")\n(pop)"
        );
    }
    let answer = run(&script);
    let answers: Vec<Option<Flow>> = answer
        .split("next\n")
        .take_while(|part| !part.trim().is_empty())
        .map(|part| read(family, part))
        .collect();
    assert_eq!(answers.len(), formulas.len(), "{answer}");
    answers
}

fn run(script: &str) -> String {
    let mut z3 = Command::new("z3")
        .arg("-in")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("z3 starts");
    let mut stdin = z3.stdin.take().expect("piped");
    let script = script.to_owned();
    // A thread of its own, or both sides wait for each other once the answers fill the pipe.
    let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
    let output = z3.wait_with_output().expect("z3 ends");
    writer.join().expect("no panic").expect("z3 reads");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// `unsat`, or `sat` and the values.
fn read(family: Family, answer: &str) -> Option<Flow> {
    let (verdict, values) = answer.trim_start().split_once('\n')?;
    match verdict {
        "unsat" => return None,
        "sat" => {}
        other => panic!("z3 answers {other}: {values}"),
    }
    let value = |name: &str| -> u128 {
        let (_, after) = values.split_once(&format!("({name} ")).expect(name);
        let word = after.split(')').next().expect("a value");
        match (word.strip_prefix("#x"), word.strip_prefix("#b")) {
            (Some(digits), _) => u128::from_str_radix(digits, 16).expect("hexadecimal"),
            (_, Some(digits)) => u128::from_str_radix(digits, 2).expect("binary"),
            _ => u128::from(word == "true"),
        }
    };
    let byte = |name: &str| u8::try_from(value(name)).expect("a byte");
    let port = |name: &str| u16::try_from(value(name)).expect("a port");
    let (proto, position) = (byte("proto"), PositionSet(byte("pos")));
    let (sport, dport) = (port("sport"), port("dport"));
    let l4 = match proto {
        _ if position == PositionSet::LATER => L4::None,
        TCP => L4::Tcp {
            sport,
            dport,
            flags: TcpFlags::from_bits(byte("flags")),
        },
        UDP | SCTP => L4::Ports { sport, dport },
        number if number == Match::icmp_of(family) => L4::Icmp {
            kind: byte("kind"),
            code: byte("code"),
        },
        _ => L4::None,
    };
    let (src, dst) = (family.addr(value("src")), family.addr(value("dst")));
    let flow = Flow::new(src, dst, proto, l4, position, value("ext") == 1);
    Some(flow.expect("z3 was asked for consistent packets only"))
}
