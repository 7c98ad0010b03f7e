//! A guideline as text: who plays which role, then each measure with what is proved, what logs show, what people confirm.

use super::table::aligned;
use super::{Look, Page, Tone};
use crate::report::outcome::{Guideline, Part};
use crate::report::words;
use crate::text;

/// All of them.
pub(super) fn guidelines(page: &mut Page, look: Look, guidelines: &[Guideline]) {
    for guideline in guidelines {
        one(page, look, guideline);
    }
}

fn one(page: &mut Page, look: Look, guideline: &Guideline) {
    let heading = text!(
        "guideline-heading",
        name = &guideline.name,
        edition = &guideline.edition,
        title = &guideline.title
    );
    let roles: Vec<Vec<String>> = guideline
        .roles
        .iter()
        .map(|role| {
            let none = || look.say(&text!("guideline-none"));
            let places = role.places.clone().unwrap_or_else(none);
            vec![role.role.clone(), places, role.text.clone()]
        })
        .collect();
    page.list(look, &heading, &aligned(&roles));
    if !guideline.others.is_empty() {
        let others = guideline.others.join(", ");
        page.line(format!(
            "  {}",
            look.say(&text!("guideline-others", names = others))
        ));
    }
    for measure in &guideline.measures {
        let title = format!("{} {}", measure.measure, measure.title);
        page.line(format!("  {}", look.paint(Tone::Title, &title)));
        for part in &measure.parts {
            page.line(format!("    {}", row(look, part)));
        }
    }
    for clause in &guideline.clauses {
        let words = match clause.confirmed {
            true => text!("guideline-clause", text = &clause.text),
            false => text!("guideline-clause-unconfirmed", text = &clause.text),
        };
        let measures = match clause.measures.len() == guideline.measures.len() {
            true => String::new(),
            false => format!("{} ", clause.measures.concat()),
        };
        page.line(format!("  {measures}{}", look.say(&words)));
    }
}

/// What it is worth, what is said, and the claims or the box for a name and a date.
fn row(look: Look, part: &Part) -> String {
    let word = match words::part(part) {
        Err(verdict) => look.verdict(verdict),
        Ok(words) if !part.applies => {
            return look.paint(Tone::Quiet, &format!("{}  {}", look.say(&words), part.text));
        }
        Ok(words) if part.class == "proved" => look.paint(Tone::Doubt, &look.say(&words)),
        Ok(words) => look.say(&words),
    };
    let tail = match part.class {
        "proved" => by(part),
        "log" => String::new(),
        _ => look.say(&text!("guideline-sign")),
    };
    format!("{word}  {}  {tail}", part.text)
}

fn by(part: &Part) -> String {
    format!("({})", part.claims.join(", "))
}
