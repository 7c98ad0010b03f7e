//! `aclc sheet FILE... [-o TABLE] [--check TABLE | --read TABLE]`: entries of configurations, or sessions of a policy, as a
//! table; whether a table that people kept is still true; and a policy with the sessions of a table.

use super::args::{Charset, Sheet};
use super::session::{Outcome, Session};
use super::{Exit, diff, input, output};
use crate::base::{Diagnostic, FileId, Source};
use crate::job::{self, Options};
use crate::report::grid::{self, Encoding, Grid};
use crate::report::sheets;
use crate::sheet;
use crate::text;
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Sheet, options: &Options) -> Outcome {
    if let Some(table) = &args.read {
        return read(session, args, table);
    }
    let grid = table(session, args, options)?;
    if let Some(kept) = &args.check {
        return check(session, kept, &grid);
    }
    let encoding = match args.charset {
        Charset::Utf8 => Encoding::Utf8,
        Charset::Cp932 => Encoding::Cp932,
    };
    let csv = || {
        let bytes = grid::csv(&grid, encoding);
        bytes.map_err(|(cell, said)| {
            let headline = text!("sheet-cp932", cell = cell, said = said);
            vec![Diagnostic::error(headline)]
        })
    };
    let Some(path) = &args.table else {
        let bytes = grid::csv(&grid, Encoding::Utf8).unwrap_or_default();
        session.result(&String::from_utf8_lossy(&bytes));
        return Ok(Exit::Clean);
    };
    let is_xlsx = path
        .extension()
        .is_some_and(|ext| ext.eq_ignore_ascii_case("xlsx"));
    let bytes = match is_xlsx {
        true => xlsx(std::slice::from_ref(&grid))?,
        false => csv()?,
    };
    output::write_file(&session.io.root, path, &bytes)?;
    Ok(Exit::Clean)
}

/// XLSX bytes, or what the format cannot hold.
pub(super) fn xlsx(grids: &[Grid]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let failed = |error: rust_xlsxwriter::XlsxError| {
        vec![Diagnostic::error(text!(
            "sheet-xlsx",
            why = error.to_string()
        ))]
    };
    grid::xlsx(grids).map_err(failed)
}

fn table(
    session: &mut Session<'_, '_>,
    args: &Sheet,
    options: &Options,
) -> Result<Grid, Vec<Diagnostic>> {
    let lang = session.lang;
    if let [policy] = args.files.as_slice()
        && diff::is_policy(policy)
    {
        let (policy, _) = diff::meaning(session, policy)?;
        return Ok(sheets::flows(lang, &job::sheet::flows(&policy)));
    }
    let mut captures = Vec::new();
    for path in &args.files {
        captures.extend(input::captures(session, path)?);
    }
    let entries = job::sheet::entries(&session.sources, &captures, options)?;
    Ok(sheets::entries(lang, &entries))
}

/// Whether a table that people kept is still true, cell by cell.
fn check(session: &mut Session<'_, '_>, kept: &Path, grid: &Grid) -> Outcome {
    let file = kept_table(session, kept)?;
    let path = input::shown(kept);
    let rows = sheet::rows(file, &session.sources.get(file).text)
        .map_err(|(why, span)| vec![Diagnostic::error(why).at(span)])?;
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| row.cells.into_iter().map(|cell| cell.said).collect())
        .collect();
    let found = sheets::differences(&rows, grid);
    let lang = session.lang;
    let lines = found.iter().map(|(cell, held, so)| {
        text!(
            "sheet-differs",
            path = &path,
            cell = cell,
            held = held,
            so = so
        )
        .render(lang)
            + "\n"
    });
    let out: String = match found.is_empty() {
        true => text!("sheet-same", path = &path).render(lang) + "\n",
        false => lines.collect(),
    };
    session.result(&out);
    Ok(if found.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

/// A table that people kept, CSV or XLSX.
fn kept_table(session: &mut Session<'_, '_>, kept: &Path) -> Result<FileId, Vec<Diagnostic>> {
    let bytes = input::bytes(session, kept).map_err(|error| vec![*error])?;
    let path = input::shown(kept);
    let source = sheet::source(&path, &bytes, None).map_err(|why| {
        let headline = text!("table-unreadable", path = &path, why = why);
        vec![Diagnostic::error(headline)]
    })?;
    Ok(session.sources.add(source))
}

/// The policy with the sessions of a table in place of its own. Statements that the table has stay as they are written.
fn read(session: &mut Session<'_, '_>, args: &Sheet, kept: &Path) -> Outcome {
    let [path] = args.files.as_slice() else {
        return Err(vec![Diagnostic::error(text!("matrix-one-policy"))]);
    };
    let (policy, file) = diff::meaning(session, path)?;
    let table = kept_table(session, kept)?;
    let composed = job::matrix::compose(&session.sources, &policy, file, table)?;
    let source = Source::utf8(&input::shown(path), composed.text.as_bytes());
    let source = source.expect("INVARIANT: text made of texts is UTF-8");
    let again = session.sources.add(source);
    super::mentioned::read(session, path, again)?;
    let mut remarks = job::matrix::check(&session.sources, &composed, again)?;
    remarks.extend(composed.lost.iter().cloned());
    session.remark(&remarks);
    match &args.table {
        None => session.result(&composed.text),
        Some(out) => {
            output::write_file(&session.io.root, out, composed.text.as_bytes())?;
            let (kept, added, removed) = (composed.kept, composed.added, composed.removed);
            let said = text!("matrix-read", kept = kept, added = added, removed = removed);
            let line = said.render(session.lang) + "\n";
            session.result(&line);
        }
    }
    Ok(Exit::Clean)
}
