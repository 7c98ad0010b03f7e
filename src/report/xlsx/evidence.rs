//! The sheets of a verification.

use super::Table;
use crate::base::{Lang, Text};
use crate::report::evidence::{Evidence, Pair};
use crate::report::outcome::{PacketClasses, Verify};
use crate::report::words;
use crate::text;

/// All of them.
pub(super) fn tables(verify: &Verify, evidence: &Evidence, lang: Lang) -> Vec<Table> {
    let book = Book {
        verify,
        evidence,
        lang,
    };
    book.tables()
}

struct Book<'a> {
    verify: &'a Verify,
    evidence: &'a Evidence,
    lang: Lang,
}

impl Book<'_> {
    fn say(&self, text: &Text) -> String {
        text.render(self.lang)
    }

    fn tables(&self) -> Vec<Table> {
        let heads = |heads: &[(Text, u16)]| heads.to_vec();
        let verdict = |word: &str| self.say(&words::verdict(word));
        let claims = self.verify.claims.iter().map(|claim| {
            let mut why = words::why(claim, self.lang);
            let hops = claim.trace.as_deref().unwrap_or_default();
            why.extend(hops.iter().map(|hop| words::hop(hop, self.lang)));
            let classes = |of: fn(&PacketClasses) -> usize| {
                let all = claim.packet_classes.as_ref();
                all.map_or(String::new(), |all| of(all).to_string())
            };
            vec![
                claim.id.clone(),
                verdict(claim.verdict),
                claim.text.clone(),
                claim.measures.join(" "),
                if claim.verdict == "proved" {
                    String::new()
                } else {
                    why.join("\n")
                },
                claim.holes.join("\n"),
                classes(|all| all.ipv4),
                classes(|all| all.ipv6),
            ]
        });
        let flows = self.evidence.flows.iter().map(|flow| {
            let way = |works: Option<&str>| works.map_or("—".to_owned(), verdict);
            let [ticket, owner, until] = flow.notes.clone();
            vec![
                flow.text.clone(),
                flow.line.to_string(),
                way(flow.works[0]),
                way(flow.works[1]),
                ticket,
                owner,
                until,
            ]
        });
        let interfaces = self.evidence.interfaces.iter().map(|one| {
            let lists = |wanted: &str| {
                let all = one
                    .lists
                    .iter()
                    .filter(|(direction, _)| *direction == wanted);
                all.map(|(_, words)| words.clone())
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            vec![
                one.device.clone(),
                one.name.clone(),
                one.addresses.join("\n"),
                lists("in"),
                lists("out"),
            ]
        });
        let findings = self.evidence.findings.iter().map(|one| {
            let line = one.line.map_or(String::new(), |line| line.to_string());
            vec![
                one.file.clone(),
                line,
                self.say(&words::finding(one.code)),
                one.acl.clone().unwrap_or_default(),
                one.message.clone(),
            ]
        });
        let capacity = self.evidence.capacity.iter().map(|one| {
            let available = one.available.map_or("？".to_owned(), |n| n.to_string());
            vec![
                one.switch.clone(),
                one.table.clone(),
                one.used.to_string(),
                available,
            ]
        });
        let captured = self.evidence.captured.iter().map(|one| {
            let says = one.says.iter().map(|(_, text)| text.as_str());
            vec![
                one.switch.clone(),
                one.path.clone(),
                one.stated.clone().unwrap_or_default(),
                says.collect::<Vec<_>>().join("\n"),
            ]
        });
        let rollback = self.evidence.rollback.iter();
        let rollback = rollback.map(|(word, says)| {
            let heading = self.say(&text!("html-rollback"));
            vec![heading, format!("{} {says}", verdict(word))]
        });
        let assumptions = (1..).zip(&self.verify.assumptions);
        let assumptions = assumptions.map(|(n, text)| vec![n.to_string(), text.clone()]);
        let classes = vec![String::new(), self.say(&text!("packet-classes-words"))];
        let inputs = self
            .verify
            .inputs
            .iter()
            .map(|one| vec![one.path.clone(), one.sha256.clone()]);
        let run = text!(
            "report-run",
            at = &self.verify.at,
            version = self.verify.version,
            facts = self.verify.facts
        );
        let inputs = inputs.chain(rollback);
        let inputs = inputs.chain([vec![self.evidence.command.clone(), self.say(&run)]]);
        vec![
            (
                text!("sheet-claims"),
                heads(&[
                    (text!("column-id"), 14),
                    (text!("column-verdict"), 12),
                    (text!("column-claim"), 60),
                    (text!("column-measures"), 8),
                    (text!("column-why"), 70),
                    (text!("heading-holes"), 50),
                    (text!("column-classes-4"), 12),
                    (text!("column-classes-6"), 12),
                ]),
                claims.collect(),
            ),
            (
                text!("workbook-flows"),
                heads(&[
                    (text!("column-statement"), 60),
                    (text!("column-line"), 6),
                    (text!("column-forward"), 12),
                    (text!("column-back"), 12),
                    (text!("column-ticket"), 12),
                    (text!("column-owner"), 12),
                    (text!("column-until"), 12),
                ]),
                flows.collect(),
            ),
            (
                text!("sheet-pairs"),
                heads(&[
                    (text!("column-from"), 24),
                    (text!("column-to"), 24),
                    (text!("column-opens"), 40),
                    (text!("column-statements"), 60),
                ]),
                self.pairs(),
            ),
            (
                text!("sheet-interfaces"),
                heads(&[
                    (text!("column-device"), 20),
                    (text!("column-interface"), 16),
                    (text!("column-addresses"), 30),
                    (text!("column-in"), 30),
                    (text!("column-out"), 30),
                ]),
                interfaces.collect(),
            ),
            self.effect(),
            (
                text!("sheet-findings"),
                heads(&[
                    (text!("column-file"), 40),
                    (text!("column-line"), 6),
                    (text!("column-code"), 20),
                    (text!("column-list"), 20),
                    (text!("column-message"), 80),
                ]),
                findings.collect(),
            ),
            (
                text!("sheet-capacity"),
                heads(&[
                    (text!("column-device"), 20),
                    (text!("column-table"), 14),
                    (text!("column-used"), 10),
                    (text!("column-available"), 10),
                ]),
                capacity.collect(),
            ),
            (
                text!("sheet-captured"),
                heads(&[
                    (text!("column-device"), 20),
                    (text!("column-file"), 40),
                    (text!("column-captured"), 24),
                    (text!("column-says"), 70),
                ]),
                captured.collect(),
            ),
            (
                text!("sheet-assumptions"),
                heads(&[
                    (text!("column-number"), 6),
                    (text!("report-assumptions"), 120),
                ]),
                assumptions.chain([classes]).collect(),
            ),
            (
                text!("sheet-inputs"),
                heads(&[(text!("column-file"), 50), (text!("column-sha256"), 80)]),
                inputs.collect(),
            ),
        ]
    }

    /// What changes since the state before, if one was given.
    fn effect(&self) -> Table {
        match &self.verify.effect {
            Some(diff) => super::change::effect(diff, self.lang),
            None => {
                let none = vec![vec![self.say(&text!("html-no-effect"))]];
                (text!("sheet-effect"), super::change::heads(), none)
            }
        }
    }

    fn pairs(&self) -> Vec<Vec<String>> {
        let name = |at: usize| {
            self.evidence
                .places
                .get(at)
                .map_or(String::new(), |place| place.name.clone())
        };
        if self.evidence.cut {
            return vec![vec![self.say(&text!("html-matrix-cut"))]];
        }
        let pairs = self.evidence.pairs.iter();
        let row = |pair: &Pair| {
            vec![
                name(pair.from),
                name(pair.to),
                self.say(&words::opens(pair.opens)),
                pair.allows.join("\n"),
            ]
        };
        pairs.map(row).collect()
    }
}
