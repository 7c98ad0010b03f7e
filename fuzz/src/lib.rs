//! What each fuzz target holds a text to: no panic, no hang, and a gap or a result.
//!
//! In: bytes. A broken promise is a panic, which libFuzzer keeps as a case. The targets themselves are a line each, so that
//! `.ci/fuzz`, `cargo fuzz` and the tests of the corpus mean the same by "reads".

use aclc::acl::decide;
use aclc::base::{FileId, Source, SourceMap};
use aclc::device::Device;
use aclc::job::{Limits, Options, check, coverage, trace_acl::Tracer};
use aclc::net::{Family, Flow, L4, PositionSet, TcpFlags};
use aclc::report::packet;
use aclc::sheet;
use aclc::vendor::{Dialect, Hint, by_id, detect};
use std::time::{Duration, Instant};

/// How long a text of at most [`SHORT`] bytes, written [`OFTEN`] times in a row, may take. What is quadratic takes minutes.
const PATIENCE: Duration = Duration::from_secs(30);
const SHORT: usize = 2048;
const OFTEN: usize = 100;

/// A capture of a known dialect.
pub fn reader(id: &str, data: &[u8]) {
    let dialect = by_id(id).expect("INVARIANT: targets are named after dialects");
    let source = Source::capture("fuzz.cfg", data);
    let device = dialect.read(&source, &Hint::default());
    lists_decide(&device);
    lines_exist(&device, &source);
    covered(source, dialect);
    // What costs more than one reading is looked at for some texts, always the same ones.
    let lot = data.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    if lot % 16 == 0 {
        line_ends_say_nothing(data, &device, dialect);
    }
    if lot == 0 && data.len() <= SHORT {
        let start = Instant::now();
        dialect.read(
            &Source::capture("long.cfg", &data.repeat(OFTEN)),
            &Hint::default(),
        );
        assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    }
}

/// A capture of whatever it looks like.
pub fn detected(data: &[u8]) {
    let source = Source::capture("fuzz.cfg", data);
    if let Some(dialect) = detect(&source.text) {
        lists_decide(&dialect.read(&source, &Hint::default()));
    }
}

/// A policy: any text has findings or a meaning.
pub fn policy(data: &[u8]) {
    if let Ok(source) = Source::utf8("fuzz.acl", data) {
        let mut sources = SourceMap::default();
        let file = sources.add(source);
        let outcome = check::check(&sources, file, &options(None));
        assert!(outcome.is_ok(), "a policy can always be looked at");
    }
}

/// Packets against a list: an answer or a reason for each line.
pub fn packets(data: &[u8]) {
    const LIST: &[u8] =
        b"ip access-list extended L\n 10 permit tcp any any eq 443\n 20 permit icmp any any echo\n";
    let dialect = by_id("cisco-ios-xe").expect("INVARIANT: in the registry");
    let device = dialect.read(&Source::capture("l.cfg", LIST), &Hint::default());
    let tracer = Tracer::new(&device, "l.cfg", "L").expect("INVARIANT: the list is there");
    for line in String::from_utf8_lossy(data).lines() {
        if let Ok(given) = packet::parse(line) {
            let _ = tracer.answer(&given.flow);
        }
    }
}

/// A policy that reads the same table as hosts and as zones.
const POLICY: &str = "版 1\n団体 A市 識別 CITYA { IPv4のみ }\n\
    区分 LGWAN接続系 識別 LGW { ゾーン 端末 識別 T VLAN 111 10.10.64.0/22 { ホスト表 \"fuzz.csv\" } }\n\
    区分 支所 識別 BR { ゾーン表 \"fuzz.csv\" }\n";

/// A table: cells or a reason.
pub fn table(data: &[u8]) {
    if let Ok(source) = sheet::source("fuzz.csv", data, None) {
        let mut sources = SourceMap::default();
        let policy = Source::utf8("fuzz.acl", POLICY.as_bytes());
        let policy = sources.add(policy.expect("INVARIANT: UTF-8"));
        let table = sources.add(source);
        sources.attach(policy, "fuzz.csv", None, table);
        let _ = check::check(&sources, policy, &options(None));
    }
}

fn options(dialect: Option<&'static dyn Dialect>) -> Options {
    Options {
        at: jiff::civil::date(2026, 11, 23),
        limits: Limits::default(),
        dialect,
        confirmed_only: false,
    }
}

/// Some entry or the end of the list decides every packet (D12).
fn lists_decide(device: &Device) {
    for acl in &device.acls {
        let index = decide(acl, &packet_of(acl.family)).index;
        assert!(index < acl.all().count(), "nothing decides in {}", acl.name);
    }
}

fn packet_of(family: Family) -> Flow {
    let (src, dst) = match family {
        Family::V4 => ("10.0.0.1", "10.0.0.2"),
        Family::V6 => ("2001:db8::1", "2001:db8::2"),
    };
    let addr = |text: &str| text.parse().expect("INVARIANT: an address");
    let l4 = L4::Tcp {
        sport: 40_000,
        dport: 443,
        flags: TcpFlags::SYN,
    };
    let flow = Flow::new(addr(src), addr(dst), 6, l4, PositionSet::WHOLE, false);
    flow.expect("INVARIANT: a packet")
}

/// What was found stands in a line that the text has.
fn lines_exist(device: &Device, source: &Source) {
    let last = u32::try_from(source.lines().count()).unwrap_or(u32::MAX);
    let gaps = device.gaps.iter().map(|gap| gap.line);
    let effects = device.effects.iter().map(|effect| effect.line);
    let entries = device.acls.iter().flat_map(|acl| &acl.entries);
    let entries = entries.filter_map(|ace| ace.line);
    for line in gaps.chain(effects).chain(entries) {
        assert!(line <= last, "line {line} of {last}");
    }
}

/// Every line has one state.
fn covered(source: Source, dialect: &'static dyn Dialect) {
    let mut sources = SourceMap::default();
    let file: FileId = sources.add(source);
    let outcome = coverage::coverage(&sources, file, &options(Some(dialect)));
    assert!(
        outcome.is_ok(),
        "a capture of a given dialect is always read"
    );
}

/// Terminal programs write CR LF: the same device.
fn line_ends_say_nothing(data: &[u8], device: &Device, dialect: &dyn Dialect) {
    if data.iter().any(|byte| *byte < b' ' && *byte != b'\n') || std::str::from_utf8(data).is_err()
    {
        return;
    }
    let text = String::from_utf8_lossy(data).replace('\n', "\r\n");
    let again = dialect.read(
        &Source::capture("fuzz.cfg", text.as_bytes()),
        &Hint::default(),
    );
    assert_eq!(format!("{device:?}"), format!("{again:?}"), "CR LF");
}
