//! `plan` as text, and as the two documents of the night: what is done, and how it is taken back.

use super::{Look, Page, Tone};
use crate::report::outcome::{Plan, PlanStep};
use crate::text;
use std::fmt::Write as _;

/// The report.
#[must_use]
pub fn plan(look: Look, outcome: &Plan) -> String {
    let mut page = Page::default();
    for step in &outcome.steps {
        let heading = format!("{}. {}  {}", step.number, step.device, step.what);
        page.line(look.paint(Tone::Title, &heading));
        for line in &step.commands {
            page.line(format!("    {line}"));
        }
        if !step.expect.is_empty() && step.expect.len() <= FEW {
            page.line(format!(
                "  {}",
                look.say(&text!("plan-check", command = &step.check))
            ));
            for line in &step.expect {
                page.line(format!("    {line}"));
            }
        }
        if !step.confirm.is_empty() {
            let lines = step.confirm.join("; ");
            page.line(format!(
                "  {}",
                look.say(&text!("plan-confirm", lines = lines))
            ));
        }
        states(&mut page, look, step);
    }
    page.line("");
    for because in &outcome.because {
        page.line(format!("  {because}"));
    }
    for note in &outcome.notes {
        page.line(format!("  {note}"));
    }
    page.inputs(look, &outcome.inputs);
    page.line("");
    page.line(summary(look, outcome));
    page.out
}

/// Lines that are shown as expected output; longer ones are in the documents.
const FEW: usize = 4;

/// What is known of the states of a step, if it has any.
fn states(page: &mut Page, look: Look, step: &PlanStep) {
    if !step.effect {
        return;
    }
    let each = [
        (text!("plan-safe"), step.safe),
        (text!("plan-live"), step.live),
        (text!("plan-manageable"), step.manageable),
        (text!("plan-fits"), step.fits),
    ];
    let words: Vec<String> = each
        .iter()
        .map(|(name, verdict)| format!("{} {}", look.say(name), look.verdict(verdict)))
        .collect();
    page.line(format!("  {}", words.join("  ")));
    if let Some(compromise) = &step.compromise {
        let why = text!("plan-compromise", why = &compromise.why);
        page.line(format!("  {}", look.paint(Tone::Bad, &look.say(&why))));
        if let Some(witness) = &compromise.witness {
            let example = text!("diff-example", packet = &witness.shown);
            page.line(format!("    {}", look.say(&example)));
        }
    }
}

fn summary(look: Look, outcome: &Plan) -> String {
    let compromises = outcome
        .steps
        .iter()
        .filter(|step| step.compromise.is_some())
        .count();
    let words = match (outcome.verdict, outcome.steps.is_empty()) {
        (_, true) => text!("plan-nothing"),
        ("proved", _) => text!("plan-proved", steps = outcome.steps.len()),
        _ if outcome.end != "equal" => text!("plan-end"),
        _ if outcome.rollback != "proved" => text!("plan-no-rollback"),
        ("refuted", _) => text!("plan-with-compromise", count = compromises),
        _ => text!("plan-unknown"),
    };
    format!("{}  {}", look.verdict(outcome.verdict), look.say(&words))
}

/// The documents as Markdown: 作業手順書 and 切り戻し手順書.
#[must_use]
pub fn procedures(look: Look, outcome: &Plan) -> (String, String) {
    let mut work = format!(
        "# {}\n\n{}\n",
        look.say(&text!("plan-title-work")),
        summary(plain(look), outcome)
    );
    let mut back = format!(
        "# {}\n\n{}\n",
        look.say(&text!("plan-title-back")),
        look.say(&text!("plan-back-how"))
    );
    for step in &outcome.steps {
        section(&mut work, look, step, &step.typed);
        if !step.check.is_empty() {
            let check = look.say(&text!("plan-check", command = &step.check));
            let _ = writeln!(work, "\n- [ ] {check}");
        }
        fenced(&mut work, &step.expect);
        confirm(&mut work, look, &step.confirm);
        if let Some(compromise) = &step.compromise {
            let why = text!("plan-compromise", why = &compromise.why);
            let _ = writeln!(work, "\n**{}**", look.say(&why));
        }
    }
    for step in outcome.steps.iter().rev() {
        section(&mut back, look, step, &step.undo_typed);
        confirm(&mut back, look, &step.undo_confirm);
    }
    (work, back)
}

/// What is typed when the check was seen.
fn confirm(out: &mut String, look: Look, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n- [ ] {}", look.say(&text!("plan-then-confirm")));
    fenced(out, lines);
}

fn plain(look: Look) -> Look {
    Look {
        colour: false,
        ..look
    }
}

fn section(out: &mut String, look: Look, step: &PlanStep, typed: &[String]) {
    let _ = writeln!(out, "\n## {} {} {}\n", step.number, step.device, step.what);
    let _ = writeln!(
        out,
        "- [ ] {}",
        look.say(&text!("plan-type", device = &step.device))
    );
    fenced(out, typed);
}

/// Lines as they are, whatever they hold.
fn fenced(out: &mut String, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let longest = lines
        .iter()
        .flat_map(|l| l.split(|c| c != '`'))
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(out, "\n{fence}text\n{}\n{fence}", lines.join("\n"));
}
