//! `aclc-check CERTIFICATE`: whether what a certificate transcribed from configurations implies the verdict it states.
//!
//! This program shares no line with the engine that wrote the certificate: no solver, no packet sets, no reader of device
//! text. It is meant to be read, top to bottom, in an afternoon: [`set`] (sets of integers as ranges), [`boxes`] (a box is a set
//! per header field; difference, containment, counting), [`certificate`] (the document, strictly parsed), [`lists`] (first
//! match), [`network`] (where packets can and must go), [`claims`] (what each claim asks).
//!
//! # What it checks
//! - Every file named has the hash stated, and the document has the digest stated.
//! - Every transcribed entry stands at its line: the line's text, blanks folded, is the text beside the transcription (what
//!   looks like a secret was masked and is compared up to there), and says permit where the transcription permits.
//! - Every address of an interface, every next hop and route prefix occurs in its device's file, or in its own line.
//! - Each list's cells are a partition of the whole header space, and each cell is decided by the entry stated: inside what
//!   that entry matches, outside what every earlier entry with another effect may match (first match).
//! - The sets of packets per interface are closed: they hold everything that can be sent from where the packets start, and
//!   whatever passes a list, is not taken as an own address, and follows a route (longest prefix first) or is answered for by
//!   another router, is again inside the set of the interface it reaches.
//! - Each claim follows: all that arrives is listed, or a reply that opens nothing; what is required is permitted by every
//!   list and route on every way it may take; interfaces that must have a list have one with entries.
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

mod boxes;
mod certificate;
mod claims;
mod lists;
mod network;
mod set;

use certificate::Certificate;
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
    let certificate = Certificate::read(text, root)?;
    let mut report = String::new();
    certificate.bind(show, &mut report)?;
    let permits = lists::check(&certificate)?;
    let network = network::Network::new(&certificate, permits)?;
    let complete = claims::check(&certificate, &network, show, &mut report)?;
    Ok((clean(&report), complete))
}

/// Lines of strangers' files must not move a terminal's cursor.
fn clean(text: &str) -> String {
    let keep = |c: char| c == '\n' || !(c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c));
    text.chars()
        .map(|c| if keep(c) { c } else { '\u{FFFD}' })
        .collect()
}
