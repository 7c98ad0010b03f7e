//! `check --coverage`: which lines of a configuration are understood, and how well.
//!
//! In: a capture. Out: each of its lines in one of five states. The reader says what is a gap, what has an effect known by
//! class only (D23), and which entries match something for certain and something perhaps (D10); the dialect's data say which
//! lines change the fate of no packet. Readers skip nothing, so what is left was understood.
//! Must not know: any dialect.

use super::{Job, Options, read};
use crate::acl::Question;
use crate::base::{FileId, SourceMap};
use crate::device::Device;
use crate::facts::Facts;
use crate::vendor::capture::{self, Line};
use crate::vendor::words::Words;
use crate::vendor::{Dialect, by_id};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineState {
    /// Read, and its meaning is settled.
    Understood,
    /// Changes the fate of no packet.
    Irrelevant,
    /// May drop, redirect or rewrite; its effect is known by class only.
    Narrows,
    /// An entry that matches some packets only perhaps.
    Bounded,
    /// Not understood.
    Gap,
}

impl LineState {
    /// All of them, best first.
    pub const ALL: [LineState; 5] = [
        LineState::Understood,
        LineState::Irrelevant,
        LineState::Narrows,
        LineState::Bounded,
        LineState::Gap,
    ];

    /// The word of the report.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            LineState::Understood => "understood",
            LineState::Irrelevant => "irrelevant",
            LineState::Narrows => "narrows",
            LineState::Bounded => "bounded",
            LineState::Gap => "gap",
        }
    }
}

/// The lines of a configuration by state.
#[derive(Clone, Debug)]
pub struct CoverageOutcome {
    /// The file.
    pub file: FileId,
    /// Id of the dialect it was read as.
    pub dialect: &'static str,
    /// The state of every line that is no comment and no prompt, by number.
    pub lines: BTreeMap<u32, LineState>,
}

impl CoverageOutcome {
    /// The lines of a state as runs, first and last. A line that does not count stands between two of the same run.
    #[must_use]
    pub fn runs(&self, state: LineState) -> Vec<(u32, u32)> {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        let mut before = None;
        for (line, found) in &self.lines {
            if *found == state {
                match runs.last_mut().filter(|_| before == Some(state)) {
                    Some(run) => run.1 = *line,
                    None => runs.push((*line, *line)),
                }
            }
            before = Some(*found);
        }
        runs
    }

    /// How many lines are in a state.
    #[must_use]
    pub fn count(&self, state: LineState) -> usize {
        self.lines.values().filter(|found| **found == state).count()
    }
}

/// Reads a capture and sorts its lines.
///
/// # Errors
/// If no dialect was given and none fits the text.
pub fn coverage(sources: &SourceMap, file: FileId, options: &Options) -> Job<CoverageOutcome> {
    let device = read::device(sources, file, options).map_err(|error| vec![*error])?;
    let dialect = by_id(device.dialect).expect("INVARIANT: a device was read by a dialect");
    let source = sources.get(file);
    let lines = capture::lines(source);
    let known = known(&device);
    let tables = Tables::new(dialect.facts());
    let mut states = BTreeMap::new();
    for (head, body) in capture::blocks(&lines) {
        let whole = tables.has("top", &head.text);
        // Lines above this one that it belongs to, and that were not settled: what is below them is not better known.
        let mut above: Vec<(usize, LineState)> = Vec::new();
        for line in std::iter::once(head).chain(body) {
            if line.prompt || is_comment(line, dialect) {
                continue;
            }
            let inside = line.indent > head.indent;
            let irrelevant = whole || (inside && tables.has_anywhere(&line.text));
            above.retain(|(indent, _)| *indent < line.indent);
            let other = match (irrelevant, above.last()) {
                (true, _) => LineState::Irrelevant,
                (false, Some((_, state))) => *state,
                (false, None) => LineState::Understood,
            };
            let state = known.get(&line.number).copied().unwrap_or(other);
            if matches!(state, LineState::Narrows | LineState::Gap) {
                above.push((line.indent, state));
            }
            states.insert(line.number, state);
        }
    }
    Ok(CoverageOutcome {
        file,
        dialect: device.dialect,
        lines: states,
    })
}

fn is_comment(line: &Line<'_>, dialect: &dyn Dialect) -> bool {
    line.text.starts_with(dialect.comment()) || line.text.starts_with("/*")
}

/// What the reader says of lines: the worst, if it says more than one thing.
fn known(device: &Device) -> BTreeMap<u32, LineState> {
    let mut known: BTreeMap<u32, LineState> = BTreeMap::new();
    let mut say = |line: u32, state: LineState| {
        let worst = known.entry(line).or_insert(state);
        *worst = state.max(*worst);
    };
    for ace in device.acls.iter().flat_map(|acl| &acl.entries) {
        let Some(line) = ace.line else { continue };
        let gap = |open: &crate::acl::Open| matches!(open.question, Question::Gap { .. });
        say(
            line,
            match ace.is_settled() {
                true => LineState::Understood,
                false if ace.open.iter().any(gap) => LineState::Gap,
                false => LineState::Bounded,
            },
        );
    }
    for line in &device.asides {
        say(*line, LineState::Irrelevant);
    }
    for effect in &device.effects {
        say(effect.line, LineState::Narrows);
    }
    for gap in &device.gaps {
        say(gap.line, LineState::Gap);
    }
    let first: BTreeMap<u32, LineState> = known
        .iter()
        .filter(|(_, state)| **state > LineState::Irrelevant)
        .map(|(line, state)| (*line, *state))
        .collect();
    for (line, head) in &device.parts {
        if let Some(state) = first.get(head) {
            let worst = known.entry(*line).or_insert(*state);
            *worst = (*worst).max(*state);
        }
    }
    known
}

/// Beginnings of irrelevant lines by place, for look-ups of their first words.
struct Tables<'f> {
    places: BTreeMap<&'f str, BTreeSet<String>>,
    longest: usize,
}

impl<'f> Tables<'f> {
    fn new(facts: &'f Facts) -> Tables<'f> {
        let all = facts.irrelevant.values().flatten();
        let longest = all.map(|line| Words::new(line).count()).max();
        let set = |lines: &Vec<String>| lines.iter().map(|l| l.to_ascii_lowercase()).collect();
        let rows = facts.irrelevant.iter();
        Tables {
            places: rows
                .map(|(place, lines)| (place.as_str(), set(lines)))
                .collect(),
            longest: longest.unwrap_or(0),
        }
    }

    fn has(&self, place: &str, text: &str) -> bool {
        self.places
            .get(place)
            .is_some_and(|lines| self.begins(lines, text))
    }

    fn has_anywhere(&self, text: &str) -> bool {
        let inner = self.places.iter().filter(|(place, _)| **place != "top");
        inner.into_iter().any(|(_, lines)| self.begins(lines, text))
    }

    fn begins(&self, lines: &BTreeSet<String>, text: &str) -> bool {
        let mut start = String::new();
        Words::new(text).take(self.longest).any(|word| {
            if !start.is_empty() {
                start.push(' ');
            }
            start.push_str(&word.to_ascii_lowercase());
            lines.contains(&start)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Source;

    fn of(text: &str, dialect: &str) -> CoverageOutcome {
        let mut sources = SourceMap::default();
        let file = sources.add(Source::capture("a.cfg", text.as_bytes()));
        let options = Options {
            at: jiff::civil::date(2026, 11, 23),
            limits: super::super::Limits::default(),
            dialect: by_id(dialect),
            confirmed_only: false,
        };
        coverage(&sources, file, &options).unwrap()
    }

    #[test]
    fn every_line_is_in_one_state() {
        let text = "hostname A\n!\nlogging host 10.0.0.1\ninterface Vlan1\n description x\n ip address 10.0.0.1 255.0.0.0\n \
            ip policy route-map P\n mystery\nip access-list extended L\n 10 permit tcp any any eq 80\n \
            20 permit ip any any dscp ef\n 30 permit ip any any mystery\n";
        let outcome = of(text, "cisco-ios-xe");
        let runs: Vec<_> = LineState::ALL.map(|state| outcome.runs(state)).to_vec();
        assert_eq!(
            runs,
            [
                vec![(1, 1), (4, 4), (6, 6), (9, 10)],
                vec![(3, 3), (5, 5)],
                vec![(7, 7)],
                vec![(11, 11)],
                vec![(8, 8), (12, 12)],
            ]
        );
        let all: usize = LineState::ALL.iter().map(|s| outcome.count(*s)).sum();
        assert_eq!(all, 11);
    }

    #[test]
    fn what_belongs_to_a_line_is_not_better_known_than_the_line() {
        let text = "hostname A\ninterface Vlan1\n ip address 10.0.0.1 255.0.0.0\nzone-pair security A source B destination C\n \
            service-policy type inspect P\nmystery B\n  deeper\nip routing\n";
        let outcome = of(text, "cisco-ios-xe");
        assert_eq!(outcome.runs(LineState::Narrows), [(4, 5)]);
        assert_eq!(outcome.runs(LineState::Gap), [(6, 7)]);
        assert_eq!(outcome.runs(LineState::Understood), [(1, 3), (8, 8)]);
    }

    #[test]
    fn the_text_of_a_banner_is_no_filter() {
        let text = |end: &str| {
            format!(
                "hostname A\nbanner motd {end}\nip access-list extended L\n permit ip any any\n{end}\nip routing\n"
            )
        };
        for (dialect, text) in [
            ("cisco-ios-xe", text("^C")),
            ("cisco-nx-os", text("@")),
            ("allied-telesis-awplus", text("#")),
            ("aruba-aos-cx", text("^")),
            ("alaxala-ax", text("\"").replace("hostname A", "ip route 0.0.0.0 0.0.0.0 10.0.0.1")),
            ("hpe-comware", "sysname A\nheader motd %\nacl advanced 3000\n rule permit ip\n%\nip route-static 0.0.0.0 0 10.0.0.1\n".to_owned()),
        ] {
            let outcome = of(&text, dialect);
            assert_eq!(outcome.runs(LineState::Irrelevant), [(2, 5)], "{dialect}");
        }
        let text = "hostname A\nbanner login\nip access-list L\nEOF\nip routing\n";
        assert_eq!(of(text, "arista-eos").runs(LineState::Irrelevant), [(2, 4)]);
    }

    #[test]
    fn a_banner_without_an_end_hides_nothing() {
        let list = "ip access-list extended L\n permit ip any any";
        for text in [
            format!("hostname A\nbanner motd ^C\nwelcome\n{list}\n"),
            format!("hostname A\nbanner motd ^C\nwelcome\n{list}\nbanner login ^C\n^C\n"),
        ] {
            let outcome = of(&text, "cisco-ios-xe");
            assert_eq!(outcome.runs(LineState::Gap), [(2, 3)], "{text}");
            assert_eq!(outcome.runs(LineState::Understood), [(1, 1), (4, 5)]);
        }
    }

    /// Whatever its form: braces, or a line for each word.
    #[test]
    fn every_line_of_a_junos_term_is_marked() {
        let curly = "firewall {\n    family inet {\n        filter F {\n            term a {\n                from {\n                    \
            protocol tcp;\n                    dscp ef;\n                }\n                then {\n                    count C;\n                    \
            accept;\n                }\n            }\n            term b {\n                then {\n                    discard;\n                }\n            \
            }\n            term c {\n                from {\n                    wibble 3;\n                }\n                then accept;\n            \
            }\n        }\n    }\n}\n";
        let outcome = of(curly, "juniper-junos");
        assert_eq!(outcome.runs(LineState::Bounded), [(4, 13)]);
        assert_eq!(outcome.runs(LineState::Gap), [(19, 24)]);
        assert_eq!(
            outcome.runs(LineState::Understood),
            [(1, 3), (14, 18), (25, 27)]
        );
        let flat: String = curly
            .lines()
            .map(|line| format!("{}\n", line.trim()))
            .collect();
        assert_eq!(
            of(&flat, "juniper-junos").lines,
            outcome.lines,
            "without indentation"
        );
        let set = "set system host-name A\nset firewall family inet filter F term a from protocol tcp\nset firewall family inet filter F term b then discard\n\
            set firewall family inet filter F term a from dscp ef\nset firewall family inet filter F term a then accept\n";
        let outcome = of(set, "juniper-junos");
        assert_eq!(outcome.runs(LineState::Bounded), [(2, 2), (4, 5)]);
        assert_eq!(outcome.runs(LineState::Understood), [(1, 1), (3, 3)]);
    }

    #[test]
    fn a_run_goes_over_comments() {
        let outcome = of("hostname A\n!\nip routing\n!\n", "cisco-ios-xe");
        assert_eq!(outcome.runs(LineState::Understood), [(1, 3)]);
    }
}
