//! `aclc-check CERTIFICATE`: whether what a certificate transcribed from configurations implies the verdict it states.
//!
//! This program shares no line with the engine that wrote the certificate: no solver, no packet sets, no reader of device
//! text. It is meant to be read, top to bottom, in an afternoon: [`set`] (sets of integers as ranges), [`boxes`] (a box is a set
//! per header field; difference, containment, counting), [`document`] (what may stand in a certificate), [`bind`] (held to the
//! files it names), [`lists`] (first match), [`network`] (where packets can and must go), [`claims`] (what each claim asks).
//!
//! # What it checks
//! - Every file named has the hash stated, and the document has the digest stated.
//! - Every transcribed entry stands at its line: the words there are those of the text beside the transcription (what looks
//!   like a secret was masked and is compared up to there); the line says permit where the transcription permits, and `log`
//!   where it says that a match is logged. An entry of several lines has all its words there, and those lines no other words.
//! - Every address of an interface, every next hop and route prefix occurs in its device's file, or in its own line.
//! - Each list's cells are a partition of the whole header space, and each cell is decided by the entry stated: inside what
//!   that entry matches, outside what every earlier entry with another effect may match (first match).
//! - The sets of packets per interface are closed: they hold everything that can be sent from where the packets start, and
//!   whatever passes a list, is not taken as an own address, and follows a route (longest prefix first), or is sent anywhere
//!   by a line that may do so, or is answered for by another router, is again inside the set of the interface it reaches.
//! - Each `prove` of a policy has its claim, and each follows: all that arrives is listed, or a reply that opens nothing; what
//!   is required is permitted by every list and route on every way it may take; interfaces that must have a list have one with
//!   entries; hosts that can be opened open nothing they must not; nothing asked about is dropped without a log.
//! - Where that hangs on open facts about a device, it follows in every case, and all combinations of answers are there.
//!
//! # What it does not check
//! - **That a transcription says what its line means.** That is what the reader of device text is for; here a person compares,
//!   with `--show`, each line with its transcription. A person who changes a transcription, its cells and the digest alike makes
//!   another certificate about another network, and only that comparison, or making the certificate anew, shows it.
//! - That nothing else was left out than a line that begins with `ip route` or `ipv6 route`: lines without a transcription are
//!   counted, and with `--show` printed without a mark.
//! - That the listed packets and requirements are what the policy's statement means: they are shown with its line.
//! - Assumptions: links, hosts that do not forward, fragments, wires (they are in the report). A refuted claim needs no
//!   certificate: its packet can be followed by hand; an unknown claim certifies nothing.
//!
//! Exit codes: 0 all claims are proved and certified · 1 the certificate is rejected · 2 could not run · 3 it holds, but some
//! claim is not certified.

mod bind;
mod boxes;
mod claims;
mod document;
mod lists;
mod network;
mod set;

use bind::Files;
use document::Document;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Why a certificate is rejected.
type Reject = String;

const USAGE: &str = "usage: aclc-check [--show] [--root DIR] CERTIFICATE\n\
    checks a certificate of `aclc verify --certificate` against the files it names\n\
    --show      print every line that was transcribed beside its transcription\n\
    --root DIR  where the paths of the certificate start (default: the current directory)\n";

fn main() -> ExitCode {
    let mut show = false;
    let mut root = PathBuf::new();
    let mut file = None;
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
    // A reader that has gone away changes nothing of the answer.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::from(code)
}

/// The report and whether every claim is proved and certified.
fn check(text: &[u8], root: &Path, show: bool) -> Result<(String, bool), Reject> {
    let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
    let document = Document::read(text)?;
    let files = Files::read(&document, root)?;
    bind::check(&document, &files)?;
    let certified = certified(&document)?;
    let mut report = bind::report(&document, &files, show);
    let mut complete = true;
    for (claim, certified) in document.claims.iter().zip(certified) {
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
        let statement = files.line(claim.file, claim.line)?.trim();
        let _ = writeln!(report, "{word}  {}  {}: {statement}", claim.id, claim.line);
    }
    let (at, version, facts) = (&document.at, &document.version, &document.facts);
    let _ = writeln!(
        report,
        "at {at}, made by aclc {version} with the vendor facts {facts}"
    );
    if show {
        report.push_str(&document.argued());
    }
    Ok((clean(&report), complete))
}

/// Which claims follow: from what holds however the questions are answered, or in every case.
fn certified(document: &Document) -> Result<Vec<bool>, Reject> {
    let ids: Vec<&str> = document
        .claims
        .iter()
        .map(|claim| claim.id.as_str())
        .collect();
    let Some((first, cases)) = document
        .cases
        .split_first()
        .filter(|(first, _)| first.answers.is_empty())
    else {
        return Err("there is no case without answers".to_owned());
    };
    let permits = lists::check(document, first, None)?;
    let mut certified = claims::check(
        first,
        &network::Network::new(document, &[], permits.clone())?,
        &ids,
    )?;
    let mut seen = BTreeSet::new();
    let mut always = vec![true; ids.len()];
    for case in cases {
        if case.answers.len() != document.questions.len() || !seen.insert(&case.answers) {
            return Err("a case does not answer each question, or stands twice".to_owned());
        }
        let permits = lists::check(document, case, Some(&permits))?;
        let argued = claims::check(
            case,
            &network::Network::new(document, &case.answers, permits)?,
            &ids,
        )?;
        always
            .iter_mut()
            .zip(argued)
            .for_each(|(all, one)| *all &= one);
    }
    // Every combination of answers is there, or the cases show nothing.
    if !seen.is_empty()
        && u32::try_from(document.questions.len())
            .ok()
            .and_then(|n| 1usize.checked_shl(n))
            == Some(seen.len())
    {
        certified
            .iter_mut()
            .zip(always)
            .for_each(|(one, always)| *one |= always);
    }
    Ok(certified)
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
