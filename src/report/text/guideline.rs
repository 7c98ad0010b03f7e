//! A guideline as text: who plays which role, then each measure with what is proved, what logs show, what people confirm.

use super::table::aligned;
use super::{Look, Page, Tone};
use crate::base::Text;
use crate::report::outcome::{Guideline, Part};
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
    let say = |text: Text| look.say(&text);
    let (word, tail) = match (part.class, part.verdict) {
        _ if !part.applies => {
            let word = say(text!("guideline-void"));
            return look.paint(Tone::Quiet, &format!("{word}  {}", part.text));
        }
        ("proved", Some("proved")) if part.attested => {
            let word = say(text!("guideline-attested"));
            (look.paint(Tone::Doubt, &word), by(part))
        }
        ("proved", verdict) => (look.verdict(verdict.unwrap_or("unknown")), by(part)),
        ("log", _) => (say(text!("guideline-log")), String::new()),
        _ => {
            let signed = say(text!("guideline-sign"));
            (say(text!("guideline-people")), signed)
        }
    };
    format!("{word}  {}  {tail}", part.text)
}

fn by(part: &Part) -> String {
    format!("({})", part.claims.join(", "))
}
