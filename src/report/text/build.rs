//! `build` as text: the files with what they take of the device, or the texts themselves, and the claims.

use super::table::aligned;
use super::verify::{claims, open_facts, summary};
use super::{Look, Page};
use crate::report::outcome::{Build, File};
use crate::text;

/// The report.
#[must_use]
pub fn build(look: Look, outcome: &Build) -> String {
    let mut page = Page::default();
    let assumptions = claims(&mut page, look, &outcome.claims);
    open_facts(&mut page, look, &outcome.open_facts);
    page.list(look, &text!("report-assumptions"), &assumptions);
    let rows: Vec<Vec<String>> = outcome.files.iter().flat_map(rows).collect();
    let heading = match outcome.written {
        true => text!("build-written"),
        false => text!("build-not-written"),
    };
    page.list(look, &heading, &aligned(&rows));
    page.made(look, outcome.version, outcome.facts);
    page.line(summary(look, outcome.verdict, &outcome.claims));
    page.out
}

fn rows(file: &File) -> Vec<Vec<String>> {
    let first = vec![file.path.clone(), file.sha256.clone()];
    let tables = file.entries.iter().map(|table| {
        let available = table.available.map_or("?".to_owned(), |n| n.to_string());
        vec![
            format!("  {}", table.table),
            format!("{} / {available}", table.used),
        ]
    });
    std::iter::once(first).chain(tables).collect()
}

/// The texts, each after a comment line with its file name: (file name, start of a comment, text).
#[must_use]
pub fn configs<'a>(files: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, comment, text) in files {
        out.push_str(&format!("{comment} {name}\n{text}"));
        if !text.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}
