//! The text of a table -> cells, each with its place (RFC 4180; tabs part the cells where the first row has tabs and no comma).

use crate::base::{FileId, Span, Text};
use crate::text;
use unicode_normalization::UnicodeNormalization as _;

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What it says: NFKC, without blanks around it.
    pub said: String,
    /// Where.
    pub span: Span,
}

/// A row of cells with its number as spreadsheets count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub number: usize,
    /// The cells.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell of a column; beyond the last it is empty and stands at the row's end.
    #[must_use]
    pub fn cell(&self, column: usize) -> Cell {
        let last = self.cells.last().expect("INVARIANT: a row has a cell");
        let end = Span {
            start: last.span.end,
            ..last.span
        };
        self.cells.get(column).cloned().unwrap_or(Cell {
            said: String::new(),
            span: end,
        })
    }

    /// All of it.
    #[must_use]
    pub fn span(&self) -> Span {
        let spans = self.cells.iter().map(|cell| cell.span);
        spans.reduce(Span::to).expect("INVARIANT: a row has a cell")
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.said.is_empty())
    }
}

/// Without the apostrophe that keeps a spreadsheet from taking a cell for a formula.
fn bare(said: &str) -> &str {
    match said.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'']) => rest,
        _ => said,
    }
}

/// `B7`: rows count from 1, columns from 0.
#[must_use]
pub fn reference(row: usize, column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).expect("a digit is below 26");
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{row}")
}

/// All rows.
///
/// # Errors
/// A quotation mark that is not closed, and the place of it.
pub fn rows(file: FileId, text: &str) -> Result<Vec<Row>, (Text, Span)> {
    let first = text.lines().next().unwrap_or_default();
    let comma = match first.contains('\t') && !first.contains(',') {
        true => '\t',
        false => ',',
    };
    let mut rows = Vec::new();
    let mut cells: Vec<Cell> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while chars.peek().is_some() {
        let start = chars.peek().map_or(text.len(), |(at, _)| *at);
        let mut said = String::new();
        let mut end = start;
        if chars.next_if(|(_, c)| *c == '"').is_some() {
            let mut closed = false;
            while let Some((at, c)) = chars.next() {
                end = at + c.len_utf8();
                if c != '"' {
                    said.push(c);
                } else if chars.next_if(|(_, c)| *c == '"').is_some() {
                    said.push('"');
                } else {
                    closed = true;
                    break;
                }
            }
            if !closed {
                let span = Span::new(file, start, start + 1);
                let cell = reference(rows.len() + 1, cells.len());
                return Err((text!("quote-not-closed", cell = cell), span));
            }
        }
        while let Some((at, c)) = chars.next_if(|(_, c)| *c != comma && !matches!(c, '\r' | '\n')) {
            end = at + c.len_utf8();
            said.push(c);
        }
        let said: String = said.nfkc().collect();
        cells.push(Cell {
            said: bare(said.trim()).to_owned(),
            span: Span::new(file, start, end),
        });
        let more = chars.next();
        if let Some((_, '\r')) = more {
            chars.next_if(|(_, c)| *c == '\n');
        }
        if more.is_none_or(|(_, c)| c != comma) {
            rows.push(Row {
                number: rows.len() + 1,
                cells: std::mem::take(&mut cells),
            });
        } else if chars.peek().is_none() {
            let span = Span::new(file, text.len(), text.len());
            let said = String::new();
            cells.push(Cell { said, span });
        }
    }
    if !cells.is_empty() {
        let number = rows.len() + 1;
        rows.push(Row { number, cells });
    }
    Ok(rows)
}
