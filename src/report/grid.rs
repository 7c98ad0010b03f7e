//! Tables for spreadsheets: CSV and XLSX, in which no cell is ever a formula.
//!
//! In: heads and rows of text. Out: bytes. A cell that begins with `=`, `+`, `-` or `@` is text: XLSX cells are written as
//! strings, CSV cells get an apostrophe, which spreadsheets hide and the reader of tables
//! (`sheet`) takes off again.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Name of the sheet.
    pub name: String,
    /// Titles of the columns.
    pub heads: Vec<String>,
    /// Rows, as wide as the heads.
    pub rows: Vec<Vec<String>>,
}

/// How a CSV is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 with a byte order mark.
    Utf8,
    /// CP932, as Excel on Japanese Windows writes it.
    Cp932,
}

/// A cell that spreadsheets would take for a formula.
fn is_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@'])
}

/// The table as CSV with CRLF.
///
/// # Errors
/// The first cell that the encoding cannot hold: its name and what it holds.
pub fn csv(grid: &Grid, encoding: Encoding) -> Result<Vec<u8>, (String, String)> {
    let mut text = String::new();
    for row in std::iter::once(&grid.heads).chain(&grid.rows) {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    if encoding == Encoding::Utf8 {
        return Ok(format!("\u{feff}{text}").into_bytes());
    }
    for (row, cells) in (1..).zip(std::iter::once(&grid.heads).chain(&grid.rows)) {
        for (column, cell) in cells.iter().enumerate() {
            if encoding_rs::SHIFT_JIS.encode(cell).2 {
                return Err((cell_name(row, column), cell.clone()));
            }
        }
    }
    Ok(encoding_rs::SHIFT_JIS.encode(&text).0.into_owned())
}

fn quoted(cell: &str) -> String {
    let guarded = match is_formula(cell) || cell.starts_with('\'') {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    match guarded.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

/// The table as XLSX: every cell a string, no clock.
///
/// # Errors
/// What the format cannot hold (a sheet has 1,048,576 rows, a cell 32,767 characters).
pub fn xlsx(grids: &[Grid]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let head = Format::new().set_bold().set_text_wrap();
    let text = Format::new().set_num_format("@").set_text_wrap();
    for grid in grids {
        let sheet = book.add_worksheet();
        sheet.set_name(&grid.name)?;
        for (column, title) in (0u16..).zip(&grid.heads) {
            sheet.write_string_with_format(0, column, title, &head)?;
        }
        for (row, cells) in (1u32..).zip(&grid.rows) {
            for (column, cell) in (0u16..).zip(cells) {
                sheet.write_string_with_format(row, column, cell, &text)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    book.save_to_buffer()
}

/// The name of a cell: `C5`. Rows count from 1, with the heads; columns from 0.
#[must_use]
pub fn cell_name(row: usize, column: usize) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    format!("{letters}{row}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        Grid {
            name: "t".to_owned(),
            heads: row(["機器名", "b", "c"]),
            rows: vec![
                row(["=1+1", "-x", "@a, \"b\"\nc"]),
                row(["+0", "'quoted", "10.0.0.0/8"]),
                row(["", " =late", ""]),
            ],
        }
    }

    #[test]
    fn no_cell_of_a_csv_is_a_formula() {
        for encoding in [Encoding::Utf8, Encoding::Cp932] {
            let bytes = csv(&grid(), encoding).unwrap();
            for cell in bytes.split(|b| b",\n\"".contains(b)) {
                let formula = cell.first().is_some_and(|b| b"=+-".contains(b));
                assert!(!formula, "{cell:?}");
            }
        }
        let utf8 = csv(&grid(), Encoding::Utf8).unwrap();
        assert!(utf8.starts_with(b"\xef\xbb\xbf"));
        let mut strange = grid();
        strange.rows[0][1] = "\u{1f600}".to_owned();
        let named = ("B2".to_owned(), "\u{1f600}".to_owned());
        assert_eq!(csv(&strange, Encoding::Cp932), Err(named));
    }

    #[test]
    fn xlsx_is_the_same_bytes_every_time() {
        let one = xlsx(&[grid()]).unwrap();
        assert!(one.starts_with(b"PK"));
        assert_eq!(one, xlsx(&[grid()]).unwrap());
    }

    #[test]
    fn cells_are_named_as_spreadsheets_do() {
        assert_eq!(cell_name(1, 0), "A1");
        assert_eq!(cell_name(12, 27), "AB12");
    }
}
