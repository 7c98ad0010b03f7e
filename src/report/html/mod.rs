//! The report as one self-contained page: Japanese and English in one file, no request leaves it, it prints on A4.
//!
//! In: an outcome with its evidence, in both languages. Out: HTML. `maud` escapes every value; the page's own policy
//! (`Content-Security-Policy`) forbids any request and any script but the one below, so text of strangers stays text.
//! Without script everything is shown and printed; the script filters, switches the language and lights up a packet's way.

mod diagram;
mod sections;

use super::evidence::Evidence;
use super::format::Outcome;
use super::outcome::Verify;
use crate::base::{Lang, Text};
use crate::text;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page; nothing for outcomes other than `verify`.
#[must_use]
pub fn render(outcome: &Outcome<'_>, lang: Lang) -> Vec<u8> {
    let Outcome::Verify(verify) = outcome else {
        return Vec::new();
    };
    let Some(evidence) = &verify.evidence else {
        return Vec::new();
    };
    let twin = evidence.twin.as_deref();
    let (first, second) = (
        Page::new(verify, lang),
        twin.and_then(|twin| Page::new(twin, other(lang))),
    );
    let pages = [first, second];
    let title = pages[0].as_ref().map_or(String::new(), Page::title);
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
                @for page in pages.iter().flatten() { (page.main()) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let mut out = page.into_string().into_bytes();
    out.push(b'\n');
    out
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

    fn main(&self) -> Markup {
        let sections = sections::all(self);
        html! {
            main lang=(code(self.lang)) {
                nav.bar {
                    strong { (self.title()) }
                    label { (self.say(&text!("html-search"))) " " input type="search" data-search=""; }
                    button type="button" data-only="bad" aria-pressed="false" { (self.say(&text!("html-only-open"))) }
                    button type="button" data-switch=(code(other(self.lang))) lang=(code(other(self.lang))) {
                        @if self.lang == Lang::Ja { "English" } @else { "日本語" }
                    }
                    span.keys { (self.say(&text!("html-keys"))) }
                }
                (sections::cover(self))
                nav.contents aria-label=(self.say(&text!("html-contents"))) {
                    ol { @for (name, heading, _) in &sections {
                        li { a href={ "#" (self.id(name)) } { (self.say(heading)) } }
                    } }
                }
                @for (name, heading, body) in &sections {
                    section id=(self.id(name)) {
                        h2 { (self.say(heading)) }
                        (body)
                    }
                }
                footer { (self.say(&text!("report-run", at = &self.verify.at, version = self.verify.version, facts = self.verify.facts))) }
            }
        }
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
