//! Bytes of a table -> text with a line per row.
//!
//! CSV is UTF-8 with or without a byte order mark, or CP932. Of an XLSX one sheet is written out as CSV; its rows keep their
//! numbers. Hostile files: what it unpacks to is measured before anything is read, and cells far out are refused.

use crate::base::{Source, Text};
use crate::text;
use calamine::{DataRef, Reader as _, Xlsx};
use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most an XLSX may unpack to (contract, "Limits").
const UNPACKED: u64 = 64 << 20;
/// Rows and columns beyond these are no list that a person keeps.
const MAX_ROWS: u32 = 200_000;
const MAX_COLUMNS: u32 = 1_000;

/// The table of a file; `sheet` is the one that was asked for.
///
/// # Errors
/// Why it cannot be read.
pub fn source(path: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Source, Text> {
    let text = match bytes.starts_with(b"PK\x03\x04") {
        true => workbook(bytes, sheet)?,
        false if sheet.is_some() => return Err(text!("sheet-of-csv")),
        false => plain(bytes)?,
    };
    Ok(Source::table(path, bytes, text))
}

fn plain(bytes: &[u8]) -> Result<String, Text> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(text!("table-utf16"));
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(text!("table-old-excel"));
    }
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(body) {
        return Ok(text.to_owned());
    }
    let (text, wrong) = encoding_rs::SHIFT_JIS.decode_without_bom_handling(body);
    match wrong {
        true => Err(text!("table-encoding")),
        false => Ok(text.into_owned()),
    }
}

fn workbook(bytes: &[u8], sheet: Option<&str>) -> Result<String, Text> {
    measure(bytes)?;
    // The reader is another project's: should it panic over a broken file, the file is what cannot be read.
    let read = catch_unwind(AssertUnwindSafe(|| rows(bytes, sheet)));
    read.unwrap_or_else(|_| Err(text!("xlsx-unreadable")))
}

/// Unpacks everything once, counting: what a header says of sizes proves nothing.
fn measure(bytes: &[u8]) -> Result<(), Text> {
    let broken = |_| text!("xlsx-unreadable");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut total = 0;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(broken)?;
        let mut left = file.take(UNPACKED + 1 - total);
        let copied = std::io::copy(&mut left, &mut std::io::sink());
        total += copied.map_err(|_| text!("xlsx-unreadable"))?;
        if total > UNPACKED {
            return Err(text!("xlsx-too-large", most = UNPACKED >> 20));
        }
    }
    Ok(())
}

fn rows(bytes: &[u8], sheet: Option<&str>) -> Result<String, Text> {
    let broken = |_| text!("xlsx-unreadable");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let names = book.sheet_names();
    let name = match sheet {
        Some(asked) => names.iter().find(|name| *name == asked),
        None => names.first(),
    };
    let Some(name) = name else {
        return Err(text!("no-such-sheet", known = names.join(", ")));
    };
    let mut cells = book.worksheet_cells_reader(name).map_err(broken)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let said = said(cell.get_value());
        if said.is_empty() {
            continue;
        }
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            let (rows, columns) = (MAX_ROWS, MAX_COLUMNS);
            return Err(text!("cell-far-out", rows = rows, columns = columns));
        }
        let (row, column) = (row as usize, column as usize);
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if let Some(row) = rows.get_mut(row) {
            if row.len() <= column {
                row.resize(column + 1, String::new());
            }
            row.splice(column..=column, [said]);
        }
    }
    let lines = rows.iter().map(|row| {
        let quoted = row.iter().map(|cell| quoted(cell));
        quoted.collect::<Vec<_>>().join(",") + "\n"
    });
    Ok(lines.collect())
}

/// A cell as people see it, on one line.
fn said(cell: &DataRef<'_>) -> String {
    let text = match cell {
        DataRef::Int(number) => number.to_string(),
        // A VLAN number is stored as 111.0.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string().to_uppercase(),
        DataRef::DateTime(date) => day(date.as_f64()).unwrap_or_else(|| date.to_string()),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    };
    text.replace(['\r', '\n'], " ")
}

/// A whole day as people write it; spreadsheets count days from the end of 1899.
fn day(number: f64) -> Option<String> {
    const FIRST: jiff::civil::Date = jiff::civil::date(1899, 12, 30);
    let whole = (61.0..2_958_466.0).contains(&number) && number.fract() == 0.0;
    // INVARIANT: the range fits; `as` only drops the fraction that is not there.
    let days = jiff::Span::new().try_days(number as i64);
    let date = FIRST.checked_add(days.ok().filter(|_| whole)?).ok()?;
    Some(date.to_string())
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\t']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}
