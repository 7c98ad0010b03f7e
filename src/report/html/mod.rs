//! The report as one self-contained page: Japanese and English in one file, no request leaves it, it prints on A4.
//!
//! In: an outcome with its evidence, in both languages. Out: HTML. `maud` escapes every value; the page's own policy
//! (`Content-Security-Policy`) forbids any request and any script but the one below, so text of strangers stays text.
//! Without script everything is shown and printed; the script filters, switches the language and lights up a packet's way.

mod basis;
mod claims;
mod cover;
mod diagram;
mod effect;
mod guideline;
mod places;
mod review;

use super::evidence::Evidence;
use super::format::Outcome;
use super::outcome::{Diff, Verify};
use super::words;
use crate::base::{Lang, Text};
use crate::text;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A part of a page: the name of its anchor, its heading, its body.
type Section = (&'static str, Text, Markup);

/// The page; nothing for outcomes other than `verify` and `diff`.
#[must_use]
pub fn render(outcome: &Outcome<'_>, lang: Lang) -> Vec<u8> {
    match outcome {
        Outcome::Verify(verify) => of_claims(verify, lang),
        Outcome::Diff(diff) => of_change(diff, lang),
        Outcome::Check(_) | Outcome::Build(_) | Outcome::Lint(_) | Outcome::Plain => Vec::new(),
    }
}

/// The report of a verification.
fn of_claims(verify: &Verify, lang: Lang) -> Vec<u8> {
    let Some(evidence) = &verify.evidence else {
        return Vec::new();
    };
    let twin = evidence.twin.as_deref();
    let pages = [
        Page::new(verify, lang),
        twin.and_then(|twin| Page::new(twin, other(lang))),
    ];
    let title = pages[0].as_ref().map_or(String::new(), Page::title);
    let mains = pages.iter().flatten().map(Page::main);
    document(lang, &title, mains.collect())
}

/// The page of a change.
fn of_change(diff: &Diff, lang: Lang) -> Vec<u8> {
    let title = |lang| text!("html-change-title").render(lang);
    let both = [(lang, Some(diff)), (other(lang), diff.twin.as_deref())];
    let sheets = both.into_iter().filter_map(|(lang, diff)| {
        let diff = diff?;
        let sections = [
            (
                "effect",
                text!("html-effect"),
                effect::section(lang, code(lang), diff),
            ),
            ("inputs", text!("report-inputs"), inputs_of(lang, diff)),
        ];
        let run = text!(
            "html-change-run",
            version = diff.version,
            facts = diff.facts
        );
        Some(sheet(
            lang,
            &title(lang),
            &effect::cover(lang, diff),
            &sections,
            &run,
        ))
    });
    document(lang, &title(lang), sheets.collect())
}

fn inputs_of(lang: Lang, diff: &Diff) -> Markup {
    html! {
        table {
            (heads(lang, &[text!("column-file"), text!("column-sha256")]))
            tbody { @for input in &diff.inputs { tr { td.mono { (input.path) } td.mono { (input.sha256) } } } }
        }
    }
}

/// A file that holds everything it needs, and a policy that lets it ask for nothing.
fn document(lang: Lang, title: &str, mains: Vec<Markup>) -> Vec<u8> {
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(SCRIPT.as_bytes()))
    );
    let page = html! {
        (DOCTYPE)
        html lang=(code(lang)) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body data-lang=(code(lang)) {
                @for main in &mains { (main) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let mut out = page.into_string().into_bytes();
    out.push(b'\n');
    out
}

/// One language of a page: a bar with what can be done, the cover, contents, the sections.
fn sheet(lang: Lang, title: &str, cover: &Markup, sections: &[Section], run: &Text) -> Markup {
    let say = |text: Text| text.render(lang);
    let id = |name: &str| format!("{}-{name}", code(lang));
    html! {
        main lang=(code(lang)) {
            nav.bar {
                strong { (title) }
                label { (say(text!("html-search"))) " " input type="search" data-search=""; }
                button type="button" data-only="bad" aria-pressed="false" { (say(text!("html-only-open"))) }
                button type="button" data-switch=(code(other(lang))) lang=(code(other(lang))) {
                    @if lang == Lang::Ja { "English" } @else { "日本語" }
                }
                span.keys { (say(text!("html-keys"))) }
                span.found role="status" data-found=(say(text!("html-found"))) {}
            }
            (cover)
            nav.contents aria-label=(say(text!("html-contents"))) {
                ol { @for (name, heading, _) in sections {
                    li { a href={ "#" (id(name)) } { (heading.render(lang)) } }
                } }
            }
            @for (name, heading, body) in sections {
                section class={ "part-" (name) } id=(id(name)) {
                    h2 { (heading.render(lang)) }
                    (body)
                }
            }
            footer { (run.render(lang)) }
        }
    }
}

/// The tone of a verdict.
fn tone(verdict: &str) -> &'static str {
    match verdict {
        "proved" => "good",
        "refuted" => "bad",
        _ => "doubt",
    }
}

fn row_of(verdict: &str) -> &'static str {
    if verdict == "proved" { "good" } else { "open" }
}

fn verdict(lang: Lang, verdict: &str) -> Markup {
    html! { span.nowrap.(tone(verdict)) { (words::verdict(verdict).render(lang)) } }
}

fn heads(lang: Lang, heads: &[Text]) -> Markup {
    html! { thead { tr { @for head in heads { th scope="col" { (head.render(lang)) } } } } }
}

fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Ja => Lang::En,
        Lang::En => Lang::Ja,
    }
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Ja => "ja",
        Lang::En => "en",
    }
}

/// The page in one language.
struct Page<'a> {
    verify: &'a Verify,
    evidence: &'a Evidence,
    lang: Lang,
}

impl<'a> Page<'a> {
    fn new(verify: &'a Verify, lang: Lang) -> Option<Page<'a>> {
        let evidence = verify.evidence.as_ref()?;
        Some(Page {
            verify,
            evidence,
            lang,
        })
    }

    fn say(&self, text: &Text) -> String {
        text.render(self.lang)
    }

    /// An id that stands once in the file.
    fn id(&self, name: &str) -> String {
        format!("{}-{name}", code(self.lang))
    }

    fn title(&self) -> String {
        self.say(&text!("html-title", site = &self.evidence.site))
    }

    /// Every section, in the order in which an officer, then an auditor reads them.
    fn sections(&self) -> Vec<Section> {
        let effect = match &self.verify.effect {
            Some(diff) => effect::section(self.lang, code(self.lang), diff),
            None => html! { p { (self.say(&text!("html-no-effect"))) } },
        };
        vec![
            ("verdicts", text!("html-verdicts"), claims::verdicts(self)),
            (
                "guideline",
                text!("html-guideline"),
                guideline::guidelines(self),
            ),
            ("matrix", text!("html-matrix"), places::matrix(self)),
            ("network", text!("html-network"), places::network(self)),
            ("details", text!("html-details"), claims::details(self)),
            ("flows", text!("html-flows"), review::flows(self)),
            ("effect", text!("html-effect"), effect),
            ("entries", text!("html-entries"), review::entries(self)),
            ("capacity", text!("html-capacity"), review::capacity(self)),
            (
                "assumptions",
                text!("html-assumptions"),
                basis::assumptions(self),
            ),
            ("attest", text!("html-attest"), basis::attest(self)),
            ("inputs", text!("html-inputs"), basis::inputs(self)),
        ]
    }

    fn main(&self) -> Markup {
        let run = text!(
            "report-run",
            at = &self.verify.at,
            version = self.verify.version,
            facts = self.verify.facts
        );
        let cover = cover::cover(self);
        sheet(self.lang, &self.title(), &cover, &self.sections(), &run)
    }
}

/// Base 64 (RFC 4648): the digest of the script as the page's policy wants it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let at = |index: usize| three.get(index).copied().map_or(0, u32::from);
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit) & 63) as usize;
            let known = DIGITS.get(value).filter(|_| digit <= three.len());
            out.push(known.map_or('=', |&byte| char::from(byte)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_written_as_browsers_read_them() {
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(base64(b"foob"), "Zm9vYg==");
    }

    #[test]
    fn nothing_of_the_page_asks_for_anything_outside() {
        for text in [STYLE, SCRIPT] {
            for word in [
                "http:",
                "https:",
                "url(",
                "@import",
                "fetch",
                "XMLHttpRequest",
                "innerHTML",
                "eval",
            ] {
                assert!(!text.contains(word), "{word}");
            }
        }
    }
}
