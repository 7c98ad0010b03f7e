//! Captured routing tables: what `show ip route` and its kin print, a form per family of dialects.
//!
//! In: the text of a capture. Out: per VRF and address family the rows of the table ([`Rib`]), and every line that was not
//! understood; a table with such a line must not be leant on (D31). What is read here is where packets go, nothing else.
//! Must not know: a configuration, whether it agrees with the table.
//!
//! Sources: the printed examples in the vendors' command references (Cisco IOS XE and NX-OS, Arista EOS, Allied Telesis
//! AlliedWare Plus, Aruba AOS-CX, HPE Comware, ALAXALA, Junos `show route`) and iproute2. The column forms of ALAXALA and
//! AOS-CX are read narrowly: a column in an unexpected place makes its line unread.

mod codes;
mod columns;
mod junos;
mod linux;
mod via;

#[cfg(test)]
mod tests;

use super::words::Words;
use crate::base::Source;
use crate::base::text::sanitise;
use crate::device::NextHop;
use crate::net::Family;
use ipnet::IpNet;
use std::net::IpAddr;

/// How the tables of a dialect look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A code letter in front of each prefix (IOS, EOS, AlliedWare Plus).
    Codes,
    /// A line per prefix, next hops indented below it (NX-OS, older AOS-CX), or columns (newer AOS-CX).
    Via,
    /// Columns (Comware, ALAXALA).
    Columns,
    /// `show route`.
    Junos,
    /// `ip route show`, `ip -6 route show`.
    Linux,
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The subnet of an interface.
    Connected,
    /// An own address.
    Own,
    /// A static route.
    Static,
    /// Anything else.
    Learnt,
}

/// A prefix and where its packets go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Destination.
    pub prefix: IpNet,
    /// Where it comes from.
    pub origin: Origin,
    /// Administrative distance; 1 where the form shows none.
    pub distance: u8,
    /// Next hops; several are equal-cost paths (D2).
    pub hops: Vec<NextHop>,
    /// Line in the file.
    pub line: u32,
}

/// The table of one VRF and family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rib {
    /// VRF; empty for the global table.
    pub vrf: String,
    /// Family.
    pub family: Family,
    /// Rows in file order.
    pub rows: Vec<Row>,
}

/// What a capture says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// Its tables.
    pub ribs: Vec<Rib>,
    /// The first line that was not understood, with its text.
    pub unread: Option<(u32, String)>,
}

/// Tables of one device, at most: each row looks for its own.
const MOST_TABLES: usize = 1_000;

/// Reads a capture.
#[must_use]
pub fn read(form: Form, source: &Source) -> Captured {
    let mut reader = Reader::default();
    let line = match form {
        Form::Codes => codes::line,
        Form::Via => via::line,
        Form::Columns => columns::line,
        Form::Junos => junos::line,
        Form::Linux => linux::line,
    };
    for (number, text) in source.lines() {
        reader.number = number;
        let read = is_noise(text) || line(&mut reader, text).is_some();
        if !read || reader.captured.ribs.len() > MOST_TABLES {
            // One such line is enough for the whole not to be leant on.
            reader.captured.unread = Some((number, sanitise(text.trim()).into_owned()));
            break;
        }
    }
    reader.captured
}

/// Commands and prompts that stand around a table. A command that asks for part of it (`| include`, one protocol, one prefix)
/// is none: what such a capture does not show may be there all the same.
fn is_noise(line: &str) -> bool {
    const COMMANDS: [&str; 6] = [
        "show ip route",
        "show ipv6 route",
        "show route",
        "display ip routing-table",
        "display ipv6 routing-table",
        "route show",
    ];
    let line = line.trim();
    let prompt = line.ends_with(['#', '>', '$']) && !line.contains(' ');
    let asked = |command: &&str| line.split_once(*command).map(|(_, rest)| rest);
    let whole = COMMANDS.iter().find_map(asked).is_some_and(is_whole);
    line.is_empty() || prompt || whole
}

/// Whether the words behind a command leave nothing of its table out.
fn is_whole(rest: &str) -> bool {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let words = match words.as_slice() {
        [words @ .., "|", "no-more"] => words,
        all => all,
    };
    let named = ["vrf", "table", "vpn-instance"];
    match words {
        [] | ["all-vpn-instance"] => true,
        [word, _] => named.contains(word),
        _ => false,
    }
}

/// A table under construction.
#[derive(Default)]
struct Reader {
    captured: Captured,
    /// Line under the cursor.
    number: u32,
    /// VRF of what follows.
    vrf: String,
    /// What follows is explained, not shown.
    legend: bool,
    /// What follows belongs to no table of interest, or to a route that is not in use.
    skipped: bool,
    /// The table and row that next hops belong to.
    current: Option<(usize, usize)>,
    /// Length of prefixes that are printed without one.
    length: Option<u8>,
}

impl Reader {
    /// Enters a VRF.
    fn enter(&mut self, vrf: &str) {
        let global = matches!(vrf, "default" | "global" | "Public" | "main");
        self.vrf = if global {
            String::new()
        } else {
            vrf.to_owned()
        };
        self.current = None;
    }

    /// The table of the VRF for a family, which a header may announce before its first row.
    fn rib(&mut self, family: Family) -> usize {
        let ribs = &mut self.captured.ribs;
        let known = |rib: &Rib| rib.vrf == self.vrf && rib.family == family;
        ribs.iter().position(known).unwrap_or_else(|| {
            ribs.push(Rib {
                vrf: self.vrf.clone(),
                family,
                rows: Vec::new(),
            });
            ribs.len() - 1
        })
    }

    /// Begins a row.
    fn begin(&mut self, prefix: IpNet, origin: Origin, distance: u8) {
        let rib = self.rib(Family::of_net(&prefix));
        let line = self.number;
        if let Some(table) = self.captured.ribs.get_mut(rib) {
            table.rows.push(Row {
                prefix: prefix.trunc(),
                origin,
                distance,
                hops: Vec::new(),
                line,
            });
            self.current = Some((rib, table.rows.len() - 1));
        }
    }

    /// The row that next hops belong to.
    fn row(&mut self) -> Option<&mut Row> {
        let (rib, row) = self.current?;
        self.captured.ribs.get_mut(rib)?.rows.get_mut(row)
    }

    /// Adds a next hop to the row.
    fn hop(&mut self, addr: Option<IpAddr>, interface: Option<&str>) -> Option<()> {
        let hop = match (addr, interface) {
            (_, Some(name)) if name.to_ascii_lowercase().starts_with("null") => NextHop::Null,
            (addr, Some(name)) => NextHop::Interface(name.to_owned(), addr),
            (Some(addr), None) => NextHop::Via(addr),
            (None, None) => return None,
        };
        self.row()?.hops.push(hop);
        Some(())
    }
}

/// A prefix as tables print it; `length` for those without one.
fn prefix(word: &str, length: Option<u8>) -> Option<IpNet> {
    let word = word.trim_end_matches(',');
    if word.contains('/') {
        return word.parse().ok();
    }
    IpNet::new(word.parse().ok()?, length?).ok()
}

/// `[110/20]`: the distance.
fn distance(word: &str) -> Option<u8> {
    let inner = word.trim_end_matches(',').strip_prefix('[')?;
    let (distance, metric) = inner.strip_suffix(']')?.split_once('/')?;
    metric.parse::<u32>().ok()?;
    distance.parse().ok()
}

/// An age: `00:01:02`, `1d02h`, `2w0d`, `never`, `1y3w`, `36m 10s` in one word.
fn is_age(word: &str) -> bool {
    let shape = |c: char| c.is_ascii_digit() || ":.wdhmsy".contains(c);
    word == "never" || (word.starts_with(|c: char| c.is_ascii_digit()) && word.chars().all(shape))
}

/// The name of an interface.
fn interface(word: &str) -> Option<&str> {
    let word = word.trim_end_matches(',');
    let named = word.starts_with(|c: char| c.is_ascii_alphabetic()) && !word.contains(['%', '(']);
    named.then_some(word)
}

fn addr(word: &str) -> Option<IpAddr> {
    word.trim_end_matches(',').parse().ok()
}

fn words(line: &str) -> Vec<&str> {
    Words::new(line).collect()
}
