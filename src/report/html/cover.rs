//! The first sheet: title, classification, the verdict in one line, boxes to sign.

use super::{Page, tone};
use crate::base::{Lang, Text};
use crate::report::words;
use crate::text;
use maud::{Markup, html};

/// The cover of a verification.
pub(super) fn cover(page: &Page<'_>) -> Markup {
    let flows = page.evidence.flows.iter();
    let tickets = words::once(flows.map(|flow| flow.notes[0].as_str()));
    let devices = words::once(page.evidence.interfaces.iter().map(|i| i.device.as_str()));
    let counts = words::counts(&page.verify.claims);
    let verdict = html! {
        div.verdict.(tone(page.verify.verdict)) {
            (page.say(&words::verdict(page.verify.verdict))) " — " (page.say(&counts))
        }
    };
    let mut rows = vec![
        (text!("html-subject"), String::new()),
        (text!("html-tickets"), tickets),
        (text!("html-devices"), devices),
        (text!("html-work-day"), String::new()),
        (text!("html-at"), page.verify.at.clone()),
    ];
    let effect = page.verify.effect.as_ref();
    rows.extend(effect.map(|diff| (text!("html-effect"), page.say(&words::changed(diff)))));
    sheet(
        page.lang,
        (&page.title(), text!("html-subtitle")),
        &verdict,
        &rows,
    )
}

/// Title, verdict, three boxes to sign, and rows of what it is about; an empty row is filled in by hand.
pub(super) fn sheet(
    lang: Lang,
    (title, subtitle): (&str, Text),
    verdict: &Markup,
    rows: &[(Text, String)],
) -> Markup {
    let boxes = [
        text!("html-made-by"),
        text!("html-checked-by"),
        text!("html-approved-by"),
    ];
    html! {
        header.cover {
            span.mark { (text!("html-confidential").render(lang)) }
            h1 { (title) }
            p { (subtitle.render(lang)) }
            (verdict)
            p { (text!("html-scope").render(lang)) }
            div.boxes { @for one in &boxes { div { (one.render(lang)) } } }
            p.small { (text!("html-boxes-words").render(lang)) }
            table.about { tbody { @for (head, value) in rows {
                tr { th scope="row" { (head.render(lang)) } td { (value) } }
            } } }
        }
    }
}
