//! The evidence as a workbook: a sheet per table, every cell a string, no formula, no clock.
//!
//! In: an outcome with what it rests on. Out: XLSX. What stands in which sheet is in [`evidence`] and [`change`].

mod change;
mod evidence;

use super::format::Outcome;
use super::redact::Redactor;
use crate::base::{Lang, Text};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

/// A table: its sheet's name, the heads with their widths, the rows.
type Table = (Text, Vec<(Text, u16)>, Vec<Vec<String>>);

/// The workbook; nothing for outcomes other than `verify` and `diff`.
#[must_use]
pub fn render(outcome: &Outcome<'_>, lang: Lang) -> Vec<u8> {
    let (tables, redactor) = match outcome {
        Outcome::Verify(verify) => match &verify.evidence {
            Some(found) => (evidence::tables(verify, found, lang), &found.redactor),
            None => return Vec::new(),
        },
        Outcome::Diff(diff) => (change::tables(diff, lang), &diff.redactor),
        Outcome::Check(_) | Outcome::Build(_) | Outcome::Lint(_) | Outcome::Plain => {
            return Vec::new();
        }
    };
    let book = Book {
        redactor: redactor.as_ref(),
        lang,
    };
    book.made(&tables)
        .expect("names and sizes of the sheets are within the limits of the format")
}

struct Book<'a> {
    redactor: Option<&'a Redactor>,
    lang: Lang,
}

impl Book<'_> {
    fn made(&self, tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // Not the time of the run: the same input makes the same bytes.
        let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let about = DocProperties::new()
            .set_author("aclc")
            .set_creation_datetime(&day);
        book.set_properties(&about);
        for (name, heads, rows) in tables {
            let sheet = book.add_worksheet();
            sheet.set_name(name.render(self.lang))?;
            self.fill(sheet, heads, rows)?;
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
            sheet.write_string_with_format(0, column, head.render(self.lang), &bold)?;
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
        let text = match self.redactor {
            Some(redactor) => redactor.text(text),
            None => text.to_owned(),
        };
        match text.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text,
        }
    }
}
