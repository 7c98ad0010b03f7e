//! `aclc-check CERTIFICATE`: whether what a certificate transcribed from configurations implies the verdict it states.
//!
//! This program shares no line with the engine that wrote the certificate: no solver, no reader of device text. It is meant
//! to be read in an afternoon, in this order:
//! - [`lists`], [`reach`], [`claims`]: what decides. First match; induction over steps; what each claim asks of that.
//! - [`steps`], [`network`]: what the network does with packets, as one relation; addresses and routes behind it.
//! - [`packets`]: sets of integers and boxes of them, with difference and counting.
//! - [`bind`], [`routes`]: the document held to the lines of the files it names.
//! - [`document`]: what may stand in a certificate.
//!
//! # What it checks
//! - Every file has the hash stated, and the document has the digest stated.
//! - Every line of a configuration or captured table is transcribed, or is one of those that the document says it does not
//!   transcribe: how those begin is printed. None of them may be a route, an entry, a binding of a list that is bound
//!   nowhere, or an address that no interface has.
//! - The lines of an entry permit where the transcription permits, and log where it says so; entries stand in the order of
//!   their numbers or lines where that matters; what stands in no line matches nothing for certain before the end of a list.
//! - The names, addresses and lengths of interfaces stand in the file. The lines of a route have its prefix and its next
//!   hops, and no others; where a next hop leads is found out here, through the subnets and the other routes.
//! - Each list's cells are a partition of all packets, and each cell is decided by the entry stated: inside what that entry
//!   matches, outside what every earlier entry with another effect may match (first match).
//! - The sets of packets per interface are closed: they hold everything that may be sent from where packets start, and
//!   whatever one step or several make of what they hold.
//! - Each claim follows: all that arrives is listed, or a reply that opens nothing; what is required arrives on every way it
//!   may take; interfaces that must have a list have one with entries; hosts that can be opened open nothing they must not;
//!   nothing asked about is dropped without a log.
//! - Each line of a policy that begins with `prove` has its claim, and each claim a line that makes one.
//! - Where that hangs on open facts about a device, it follows in every case, and all combinations of answers are there.
//!
//! # What is believed
//! - **That a transcription says what its line means**: what an entry matches, what a line that is not modelled may do, what
//!   an interface carries and on which link it is, the facts about a device. That is what the reader of device text is for;
//!   here a person compares, with `--show`, each line with its transcription.
//! - That lines which are not transcribed change no packet's fate by themselves, as the report says how they begin.
//! - That the listed packets and requirements are what the policy's statement means: `--show` prints them with its line.
//! - Assumptions: links, hosts that do not forward, fragments, wires (they are in the report). A refuted claim needs no
//!   certificate: its packet can be followed by hand; an unknown claim certifies nothing.
//!
//! Exit codes: 0 all claims are proved and certified · 1 the certificate is rejected · 2 could not run · 3 it holds, but some
//! claim is not certified.

mod bind;
mod claims;
mod document;
mod lists;
mod network;
mod packets;
mod reach;
mod routes;
mod steps;

use bind::Files;
use document::{Case, Document};
use lists::Permits;
use network::Network;
use packets::Family;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Why a certificate is rejected.
type Reject = String;
/// It holds, or why not.
type Done = Result<(), Reject>;

/// What is referred to by its place in a list.
fn at<'a, T>(all: &'a [T], number: usize, what: &str) -> Result<&'a T, Reject> {
    all.get(number).ok_or_else(|| format!("no {what} {number}"))
}

const USAGE: &str = "usage: aclc-check [--show] [--root DIR] CERTIFICATE\n\
    checks a certificate of `aclc verify --certificate` against the files it names\n\
    --show      print every line beside its transcription, and what each claim asks\n\
    --root DIR  where the paths of the certificate start (default: the current directory)\n";

fn main() -> ExitCode {
    let (mut show, mut root, mut file) = (false, PathBuf::new(), None);
    let mut args = std::env::args_os().skip(1);
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("--show") => show = true,
            Some("--root") => root = args.next().map(PathBuf::from).unwrap_or_default(),
            Some("--help" | "-h") => return print(USAGE, 0),
            Some(other) if other.starts_with("--") => return print(USAGE, 2),
            _ => file = Some(arg),
        }
    }
    let Some(file) = file else {
        return print(USAGE, 2);
    };
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) => return print(&format!("{}: {error}\n", file.display()), 2),
    };
    match check(&text, &root, show) {
        Ok((report, complete)) => print(&report, if complete { 0 } else { 3 }),
        Err(why) => print(&format!("REJECTED: {}\n", clean(&why)), 1),
    }
}

fn print(text: &str, code: u8) -> ExitCode {
    use std::io::Write as _;
    // A reader that has gone away changes nothing of the answer; a full disk loses it.
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(2),
        _ => ExitCode::from(code),
    }
}

/// The report and whether every claim is proved and certified.
fn check(text: &[u8], root: &Path, show: bool) -> Result<(String, bool), Reject> {
    let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
    let document = Document::read(text)?;
    let files = Files::read(&document, root)?;
    bind::check(&files)?;
    routes::check(&document, &files)?;
    let certified = certified(&document)?;
    let mut report = bind::report(&files, show);
    let mut complete = true;
    for (number, (claim, certified)) in document.claims.iter().zip(certified).enumerate() {
        let word = match (claim.verdict.as_str(), certified) {
            ("proved", true) => "certified 確認済",
            ("proved", false) => "not certified 証明書なし",
            ("refuted", false) => "refuted 不成立",
            ("unknown", false) => "unknown 不明",
            (verdict, _) => {
                return Err(format!("claim {}: `{verdict}` with an argument", claim.id));
            }
        };
        complete &= certified;
        let statement = files.line(claim.file, claim.lines[0]).trim();
        let (id, line) = (&claim.id, claim.lines[0]);
        let kind = document.kind(number);
        let _ = writeln!(report, "{word}  {id}  {line}: {statement}  ({kind})");
    }
    let Document {
        at, version, facts, ..
    } = &document;
    let _ = writeln!(
        report,
        "at {at}, made by aclc {version} with the vendor facts {facts}"
    );
    if show {
        report.push_str(&document.unlined());
    }
    Ok((clean(&report), complete))
}

/// Which claims follow: from what holds however the questions are answered, or in every case.
fn certified(document: &Document) -> Result<Vec<bool>, Reject> {
    let Some((first, cases)) = document
        .cases
        .split_first()
        .filter(|(first, _)| first.answers.is_empty())
    else {
        return Err("there is no case without answers".to_owned());
    };
    let permits = lists::check(document, first, None)?;
    let open = argued(document, first, &permits)?;
    let (mut seen, mut answered) = (BTreeSet::new(), Vec::new());
    for case in cases {
        if case.answers.len() != document.questions.len() || !seen.insert(&case.answers) {
            return Err("a case does not answer each question, or stands twice".to_owned());
        }
        let permits = lists::check(document, case, Some(&permits))?;
        answered.push(argued(document, case, &permits)?);
    }
    // Every combination of answers is there, or the cases show nothing.
    let questions = u32::try_from(document.questions.len()).ok();
    let combinations = questions.and_then(|many| 1usize.checked_shl(many));
    let all = !seen.is_empty() && combinations == Some(seen.len());
    let always = |claim: usize| all && answered.iter().all(|case| case[claim]);
    let each = open.iter().enumerate();
    Ok(each.map(|(claim, open)| *open || always(claim)).collect())
}

/// Which claims are argued for in a case: all that is argued follows.
fn argued(
    document: &Document,
    case: &Case,
    permits: &[Option<Permits>],
) -> Result<Vec<bool>, Reject> {
    let [v4, v6] =
        Family::BOTH.map(|family| Network::new(document, family, &case.answers, permits));
    let claims = document.claims.iter();
    let ids: Vec<&str> = claims.map(|claim| claim.id.as_str()).collect();
    claims::check(case, &[v4?, v6?], &ids)
}

/// Lines of strangers' files must not move a terminal's cursor.
fn clean(text: &str) -> String {
    let bad = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if bad(c) { '\u{FFFD}' } else { c })
        .collect()
}
