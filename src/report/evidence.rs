//! What the page and the workbook show besides the claims, as strings that are safe to print.

use super::convert::{self, Words};
use super::outcome::{Finding, Verify};
use super::redact::Redactor;
use crate::base::text::sanitise;
use crate::job::evidence as job;
use crate::job::lint::LintOutcome;
use crate::text;
use crate::verify::survey::Opens;

/// A zone or an external.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name.
    pub name: String,
    /// Segment, or nothing.
    pub segment: String,
    /// VLANs.
    pub vlans: Vec<u16>,
    /// Prefixes, or the zone it is behind.
    pub where_: String,
}

/// An interface with its lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Device.
    pub device: String,
    /// Name.
    pub name: String,
    /// VLAN.
    pub vlan: Option<u16>,
    /// Addresses.
    pub addresses: Vec<String>,
    /// Lists: `in` or `out`, name with family and entries.
    pub lists: Vec<(&'static str, String)>,
    /// Families without a list for what comes in.
    pub unfiltered: Vec<String>,
}

/// A pair of places that can open something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Index of the place it is opened from.
    pub from: usize,
    /// Index of the place that is opened.
    pub to: usize,
    /// What.
    pub opens: Opens,
    /// The statements that list it.
    pub allows: Vec<String>,
}

/// A required flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The statement and its line.
    pub text: String,
    /// Line.
    pub line: u32,
    /// Ticket, owner, last day; empty if not stated.
    pub notes: [String; 3],
    /// Past its last day.
    pub expired: bool,
    /// Verdicts of requests and replies.
    pub works: [Option<&'static str>; 2],
}

/// A table of a switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Switch.
    pub switch: String,
    /// Table.
    pub table: String,
    /// Entries used.
    pub used: u32,
    /// Entries there are, if known.
    pub available: Option<u32>,
}

/// When a configuration was captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// The switch.
    pub switch: String,
    /// Its file.
    pub path: String,
    /// As the person who captured it states.
    pub stated: Option<String>,
    /// As its own lines say, with their numbers.
    pub says: Vec<(u32, String)>,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Name of the site.
    pub site: String,
    /// Places.
    pub places: Vec<Place>,
    /// Interfaces.
    pub interfaces: Vec<Interface>,
    /// Pairs that can open something.
    pub pairs: Vec<Pair>,
    /// The pairs say nothing.
    pub cut: bool,
    /// Each claim in a sentence.
    pub sentences: Vec<String>,
    /// Required flows.
    pub flows: Vec<Flow>,
    /// Findings in the captures.
    pub findings: Vec<Finding>,
    /// Capacity.
    pub capacity: Vec<Capacity>,
    /// The command that makes the same page again.
    pub command: String,
    /// When each configuration was captured.
    pub captured: Vec<Captured>,
    /// What becomes of a change that is taken back: verdict and words; nothing if no state before was given.
    pub rollback: Option<(&'static str, String)>,
    /// The certificate that was written, with its digest.
    pub certificate: Option<(String, String)>,
    /// Names in place of addresses, if that was asked for.
    pub redactor: Option<Redactor>,
    /// The outcome in the other language.
    pub twin: Option<Box<Verify>>,
}

fn safe(text: &str) -> String {
    sanitise(text).into_owned()
}

fn or_empty(text: Option<&String>) -> String {
    text.map_or_else(String::new, |text| safe(text))
}

/// The evidence in words.
#[must_use]
pub fn convert(words: Words<'_>, evidence: &job::Evidence) -> Evidence {
    let lint = LintOutcome {
        findings: evidence.findings.clone(),
        limited: false,
    };
    Evidence {
        site: or_empty(evidence.site.as_ref()),
        places: evidence.places.iter().map(place).collect(),
        interfaces: evidence.interfaces.iter().map(interface).collect(),
        pairs: evidence.pairs.iter().map(pair).collect(),
        cut: evidence.cut,
        sentences: evidence
            .sentences
            .iter()
            .map(|text| safe(&text.render(words.lang)))
            .collect(),
        flows: evidence.flows.iter().map(flow).collect(),
        findings: convert::lint(words, &lint).findings,
        capacity: evidence.capacity.iter().map(capacity).collect(),
        captured: evidence
            .captures
            .iter()
            .map(|one| captured(words, one))
            .collect(),
        rollback: evidence.rollback.as_ref().map(|one| rollback(words, one)),
        command: String::new(),
        certificate: None,
        redactor: None,
        twin: None,
    }
}

fn captured(words: Words<'_>, capture: &job::EvidenceCapture) -> Captured {
    Captured {
        switch: safe(&capture.switch),
        path: words.path(capture.file),
        stated: None,
        says: capture.stamps.clone(),
    }
}

fn rollback(words: Words<'_>, rollback: &job::Rollback) -> (&'static str, String) {
    let (verdict, text) = match rollback {
        job::Rollback::Restores(steps) => ("proved", text!("rollback-restores", steps = *steps)),
        job::Rollback::Differs => ("refuted", text!("rollback-differs")),
        job::Rollback::Partial => ("unknown", text!("rollback-partial")),
        job::Rollback::NoPlan(why) => ("unknown", text!("rollback-no-plan", why = why.clone())),
    };
    (verdict, words.say(&text))
}

fn place(place: &job::EvidencePlace) -> Place {
    let behind = place
        .behind
        .as_ref()
        .map(|zone| format!("→ {}", safe(zone)));
    Place {
        name: safe(&place.name),
        segment: or_empty(place.segment.as_ref()),
        vlans: place.vlans.clone(),
        where_: behind.unwrap_or_else(|| place.prefixes.join(", ")),
    }
}

fn interface(interface: &job::EvidenceInterface) -> Interface {
    let list = |(direction, family, name, entries): &(_, crate::net::Family, String, usize)| {
        let direction: &crate::acl::Direction = direction;
        let words = format!("{} (IPv{}, {entries})", safe(name), family.digit());
        (direction.word(), words)
    };
    let bare = interface.unfiltered.iter();
    Interface {
        device: safe(&interface.device),
        name: safe(&interface.name),
        vlan: interface.vlan,
        addresses: interface.addresses.clone(),
        lists: interface.lists.iter().map(list).collect(),
        unfiltered: bare
            .map(|family| format!("IPv{}", family.digit()))
            .collect(),
    }
}

fn pair((from, to, opens, allows): &(usize, usize, Opens, Vec<String>)) -> Pair {
    Pair {
        from: *from,
        to: *to,
        opens: *opens,
        allows: allows.iter().map(|text| safe(text)).collect(),
    }
}

fn flow(flow: &job::EvidenceFlow) -> Flow {
    Flow {
        text: safe(&flow.text),
        line: flow.line,
        notes: [&flow.ticket, &flow.owner, &flow.until].map(|note| or_empty(note.as_ref())),
        expired: flow.expired,
        works: [flow.forward, flow.back].map(|verdict| verdict.map(|verdict| verdict.word())),
    }
}

fn capacity((switch, table): &(String, crate::job::build::TableUse)) -> Capacity {
    Capacity {
        switch: safe(switch),
        table: safe(&table.table),
        used: table.used,
        available: table.available,
    }
}
