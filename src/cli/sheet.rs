//! `aclc sheet FILE... [-o TABLE] [--check TABLE]`: entries of configurations, or sessions of a policy, as a table.

use super::args::{Charset, Sheet};
use super::session::{Outcome, Session};
use super::{Exit, diff, input, output};
use crate::base::Diagnostic;
use crate::job::{self, Options};
use crate::report::grid::{self, Encoding, Grid};
use crate::report::sheets;
use crate::text;
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Sheet, options: &Options) -> Outcome {
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
        bytes.map_err(|cell| vec![Diagnostic::error(text!("sheet-cp932", cell = cell))])
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
    write(session, path, &bytes)?;
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

fn write(session: &Session<'_, '_>, path: &Path, bytes: &[u8]) -> Result<(), Vec<Diagnostic>> {
    let dir = path.parent().unwrap_or(Path::new(""));
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    output::write_bytes(&session.io.root, dir, &[(name, bytes)]).map_err(|error| vec![*error])
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
    let bytes = input::bytes(session, kept).map_err(|error| vec![*error])?;
    let path = input::shown(kept);
    let rows = grid::parse(&bytes).map_err(|line| {
        vec![Diagnostic::error(text!(
            "sheet-broken",
            path = &path,
            line = line
        ))]
    })?;
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
