//! Rows of a 通信要件一覧: which column holds what, and what each row says.

use crate::base::{Diagnostic, FileId, Lang, Span, Text};
use crate::job::Job;
use crate::sheet::{Cell, Row, reference, rows};
use crate::text;
use unicode_normalization::UnicodeNormalization as _;

/// A cell of the table.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) span: Span,
}

/// The columns, in the order in which [`super::sheet::Flow`] has them.
pub(super) const COLUMNS: usize = 9;
pub(super) const FROM: usize = 0;
pub(super) const TO: usize = 1;
pub(super) const SERVICES: usize = 2;
pub(super) const TICKET: usize = 3;
pub(super) const OWNER: usize = 4;
pub(super) const BECAUSE: usize = 5;
pub(super) const UNTIL: usize = 6;
pub(super) const LOG: usize = 7;
pub(super) const EXCEPTION: usize = 8;

pub(super) fn titles() -> [Text; COLUMNS] {
    [
        text!("sheet-source"),
        text!("sheet-destination"),
        text!("sheet-service"),
        text!("sheet-ticket"),
        text!("sheet-owner"),
        text!("sheet-because"),
        text!("sheet-until"),
        text!("sheet-log"),
        text!("sheet-exception"),
    ]
}

/// One row: what each column says, and where.
pub(super) struct Line {
    cells: [Option<(Cell, String)>; COLUMNS],
}

impl Line {
    pub(super) fn said(&self, column: usize) -> &str {
        let cell = self.cells.get(column).and_then(Option::as_ref);
        cell.map_or("", |(cell, _)| cell.said.as_str())
    }

    pub(super) fn place(&self, column: usize) -> Option<Place> {
        let (cell, name) = self.cells.get(column)?.as_ref()?;
        Some(Place {
            name: name.clone(),
            span: cell.span,
        })
    }

    pub(super) fn key(&self) -> Key {
        std::array::from_fn(|column| match column {
            LOG | EXCEPTION => (!self.said(column).is_empty()).to_string(),
            UNTIL => date(self.said(UNTIL)).unwrap_or_else(|| self.said(UNTIL).to_owned()),
            _ => plain(self.said(column)),
        })
    }
}

/// What makes two rows the same.
pub(super) type Key = [String; COLUMNS];

pub(super) fn plain(said: &str) -> String {
    let folded: String = said.nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A date as the language writes it; spreadsheets and people also write slashes.
pub(super) fn date(said: &str) -> Option<String> {
    let parts: Vec<&str> = said.split(['-', '/']).collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let date = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    Some(date.ok()?.to_string())
}

/// The rows below the titles.
pub(super) fn lines(table: FileId, text: &str) -> Job<Vec<Line>> {
    let all = rows(table, text).map_err(|(why, span)| vec![Diagnostic::error(why).at(span)])?;
    /// Rows above the titles, at most.
    const ABOVE: usize = 30;
    let tried = all.iter().enumerate().take(ABOVE);
    let heads = tried
        .filter_map(|(index, row)| Some((index, columns(row)?)))
        .next();
    let Some((first, columns)) = heads else {
        let names = titles().map(|title| title.render(Lang::Ja));
        let headline = text!("matrix-heads", titles = names.join(", "));
        return Err(vec![Diagnostic::error(headline).at(Span::new(table, 0, 0))]);
    };
    let line = |row: &Row| Line {
        cells: columns.map(|column| {
            let column = column?;
            Some((row.cell(column), reference(row.number, column)))
        }),
    };
    let says = |line: &Line| (FROM..=SERVICES).any(|column| !line.said(column).is_empty());
    Ok(all.iter().skip(first + 1).map(line).filter(says).collect())
}

/// Which column holds what; `None` if the row has no titles.
fn columns(row: &Row) -> Option<[Option<usize>; COLUMNS]> {
    let found = titles().map(|title| {
        let known = [Lang::Ja, Lang::En].map(|lang| plain(&title.render(lang)).to_lowercase());
        let mut cells = row.cells.iter();
        cells.position(|cell| known.contains(&plain(&cell.said).to_lowercase()))
    });
    let needed = found.iter().take(SERVICES + 1).all(Option::is_some);
    needed.then_some(found)
}

/// What a row lacks.
pub(super) fn incomplete(line: &Line) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut wrong = |column: usize, headline: fn(String, String, Text) -> Text| {
        let title = titles().into_iter().nth(column);
        if let (Some(place), Some(title)) = (line.place(column), title) {
            let said = line.said(column).to_owned();
            errors.push(Diagnostic::error(headline(place.name, said, title)).at(place.span));
        }
    };
    for column in [FROM, TO, SERVICES] {
        if line.said(column).is_empty() {
            wrong(column, |cell, _, title| {
                text!("matrix-needs", cell = cell, title = title)
            });
        }
    }
    for column in [LOG, EXCEPTION] {
        if !["", "○", "o", "O", "〇"].contains(&line.said(column)) {
            wrong(column, |cell, said, _| {
                text!("matrix-mark", cell = cell, said = said)
            });
        }
    }
    if !line.said(UNTIL).is_empty() && date(line.said(UNTIL)).is_none() {
        wrong(UNTIL, |cell, said, _| {
            text!("matrix-date", cell = cell, said = said)
        });
    }
    errors
}
