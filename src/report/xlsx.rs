//! The evidence as a workbook: a sheet per table, every cell a string, no formula, no clock.

use super::evidence::Evidence;
use super::format::Outcome;
use super::outcome::{Change, Side, Verify};
use super::words;
use crate::base::{Lang, Text};
use crate::text;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

/// The workbook; nothing for outcomes other than `verify`.
#[must_use]
pub fn render(outcome: &Outcome<'_>, lang: Lang) -> Vec<u8> {
    let Outcome::Verify(verify) = outcome else {
        return Vec::new();
    };
    let Some(evidence) = &verify.evidence else {
        return Vec::new();
    };
    let book = Book {
        verify,
        evidence,
        lang,
    };
    book.made()
        .expect("names and sizes of the sheets are within the limits of the format")
}

struct Book<'a> {
    verify: &'a Verify,
    evidence: &'a Evidence,
    lang: Lang,
}

/// A table: its sheet's name, the heads with their widths, the rows.
type Table = (Text, Vec<(Text, u16)>, Vec<Vec<String>>);

impl Book<'_> {
    fn say(&self, text: &Text) -> String {
        text.render(self.lang)
    }

    fn made(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // Not the time of the run: the same input makes the same bytes.
        let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let about = DocProperties::new()
            .set_author("aclc")
            .set_creation_datetime(&day);
        book.set_properties(&about);
        for (name, heads, rows) in self.tables() {
            let sheet = book.add_worksheet();
            sheet.set_name(self.say(&name))?;
            self.fill(sheet, &heads, &rows)?;
        }
        book.save_to_buffer()
    }

    fn fill(
        &self,
        sheet: &mut Worksheet,
        heads: &[(Text, u16)],
        rows: &[Vec<String>],
    ) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        for (column, (head, width)) in (0u16..).zip(heads) {
            sheet.set_column_width(column, *width)?;
            sheet.write_string_with_format(0, column, self.say(head), &bold)?;
        }
        for (row, cells) in (1u32..).zip(rows) {
            for (column, cell) in (0u16..).zip(cells) {
                sheet.write_string_with_format(row, column, self.cell(cell), &wrapped)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        Ok(())
    }

    /// A cell holds so many characters and no more; what is cut says so.
    fn cell(&self, text: &str) -> String {
        const MOST: usize = 32_000;
        let text = match &self.evidence.redactor {
            Some(redactor) => redactor.text(text),
            None => text.to_owned(),
        };
        match text.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text,
        }
    }

    fn tables(&self) -> Vec<Table> {
        let heads = |heads: &[(Text, u16)]| heads.to_vec();
        let verdict = |word: &str| self.say(&words::verdict(word));
        let claims = self.verify.claims.iter().map(|claim| {
            let mut why = words::why(claim, self.lang);
            let hops = claim.trace.as_deref().unwrap_or_default();
            why.extend(hops.iter().map(|hop| words::hop(hop, self.lang)));
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
        let assumptions = (1..).zip(&self.verify.assumptions);
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
            (
                text!("sheet-effect"),
                heads(&[
                    (text!("column-effect"), 14),
                    (text!("column-device"), 18),
                    (text!("column-interface"), 16),
                    (text!("column-list"), 18),
                    (text!("column-flows"), 60),
                    (text!("column-packet"), 40),
                    (text!("diff-old"), 40),
                    (text!("diff-new"), 40),
                    (text!("column-statements"), 50),
                ]),
                self.effect(),
            ),
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
                text!("sheet-assumptions"),
                heads(&[
                    (text!("column-number"), 6),
                    (text!("report-assumptions"), 120),
                ]),
                assumptions
                    .map(|(n, text)| vec![n.to_string(), text.clone()])
                    .collect(),
            ),
            (
                text!("sheet-inputs"),
                heads(&[(text!("column-file"), 50), (text!("column-sha256"), 80)]),
                inputs.collect(),
            ),
        ]
    }

    /// What changes since the state before, if one was given.
    fn effect(&self) -> Vec<Vec<String>> {
        let Some(diff) = &self.verify.effect else {
            return vec![vec![self.say(&text!("html-no-effect"))]];
        };
        let side = |side: &Side| match side.line {
            Some(line) => format!("{} {}", self.say(&words::line(Some(line))), side.text),
            None => side.text.clone(),
        };
        let row = |change: &Change| {
            let flows = change.shown.iter();
            let flows = flows.map(|flow| format!("{} -> {} {}", flow.from, flow.to, flow.service));
            let statements = change.statements.iter();
            let statements = statements.map(|statement| self.say(&words::behind(statement)));
            let place = [change.attachment.as_deref(), change.direction];
            vec![
                self.say(&words::effect(change.effect)),
                change.device.clone(),
                place.into_iter().flatten().collect::<Vec<_>>().join(" "),
                change.acl.clone(),
                flows.collect::<Vec<_>>().join("\n"),
                change.witness.shown.clone(),
                side(&change.old),
                side(&change.new),
                statements.collect::<Vec<_>>().join("\n"),
            ]
        };
        diff.changes.iter().map(row).collect()
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
        let row = |pair: &super::evidence::Pair| {
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
