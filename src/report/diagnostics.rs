//! Diagnostics as text with the underlined source, and as the JSON of the contract (`aclc/error/1`).
//!
//! In: findings and the sources they lie in. Out: a string, or JSON values.
//! Source lines come from anyone: control characters are replaced and long lines are cut before they are shown.

use crate::base::text::sanitise;
use crate::base::{Diagnostic, FileId, Label, Lang, Severity, Source, SourceMap, Text};
use crate::text;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

/// Characters of one source line that are shown.
const WIDTH: usize = 200;
/// Of these, before the first mark.
const LEAD: usize = 60;
/// Lines without a mark that are shown between two marked ones.
const GAP: u32 = 4;
/// Columns the renderer may use; lines are cut to `WIDTH` before.
const COLUMNS: usize = 4 * WIDTH;

/// All findings for a person, one below the other; empty if there are none.
#[must_use]
pub fn render(findings: &[Diagnostic], sources: &SourceMap, lang: Lang, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(COLUMNS);
    let mut out = String::new();
    for finding in findings {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&renderer.render(&[group(finding, sources, lang)]));
        out.push('\n');
    }
    out
}

/// `{"schema":"aclc/error/1","diagnostics":[...]}`.
#[must_use]
pub fn error_json(findings: &[Diagnostic], sources: &SourceMap, lang: Lang) -> Value {
    json!({ "schema": "aclc/error/1", "diagnostics": to_json(findings, sources, lang) })
}

/// The findings in the fields of the contract; `file` and the positions are null if no text is at fault.
#[must_use]
pub fn to_json(findings: &[Diagnostic], sources: &SourceMap, lang: Lang) -> Vec<Value> {
    findings
        .iter()
        .map(|finding| one_json(finding, sources, lang))
        .collect()
}

fn one_json(finding: &Diagnostic, sources: &SourceMap, lang: Lang) -> Value {
    let place = finding.labels.first().map(|label| {
        let source = sources.get(label.span.file);
        let (start, end) = (
            source.position(label.span.start),
            source.position(label.span.end),
        );
        (source.path.as_str(), start, end)
    });
    let render = |text: &Text| text.render(lang);
    json!({
        "code": finding.code,
        "severity": finding.severity.word(),
        "message": render(&finding.message),
        "file": place.map(|(path, ..)| path),
        "line": place.map(|(_, start, _)| start.0),
        "column": place.map(|(_, start, _)| start.1),
        "end_line": place.map(|(.., end)| end.0),
        "end_column": place.map(|(.., end)| end.1),
        "label": finding.labels.first().and_then(|label| label.text.as_ref()).map(render),
        "notes": finding.notes.iter().map(render).collect::<Vec<_>>(),
        "help": finding.help.as_ref().map(render),
    })
}

fn level(severity: Severity, lang: Lang) -> Level<'static> {
    let (level, name) = match severity {
        Severity::Error => (Level::ERROR, text!("severity-error")),
        Severity::Warning => (Level::WARNING, text!("severity-warning")),
        Severity::Info => (Level::INFO, text!("severity-info")),
    };
    level.with_name(name.render(lang))
}

fn group(finding: &Diagnostic, sources: &SourceMap, lang: Lang) -> Group<'static> {
    let title = level(finding.severity, lang)
        .primary_title(finding.message.render(lang))
        .id(finding.code);
    let mut group = Group::with_title(title);
    for excerpt in excerpts(&finding.labels, sources) {
        let path = sanitise(&sources.get(excerpt.file).path).into_owned();
        let (snippet, cut_at) = snippet(&excerpt, finding, sources, lang);
        // the renderer would count the columns of a cut line from the cut
        group = match cut_at {
            Some((line, column)) => {
                let origin = Origin::path(path).line(line as usize);
                group
                    .element(origin.char_column(column as usize))
                    .element(snippet)
            }
            None => group.element(snippet.path(path)),
        };
    }
    for note in &finding.notes {
        let note = Level::NOTE
            .with_name(text!("heading-note").render(lang))
            .message(note.render(lang));
        group = group.element(note);
    }
    if let Some(help) = &finding.help {
        let help = Level::HELP
            .with_name(text!("heading-help").render(lang))
            .message(help.render(lang));
        group = group.element(help);
    }
    group
}

/// Some lines of a file with the marks on them; marks are indices into the labels, the first label is the primary one.
struct Excerpt {
    file: FileId,
    first: u32,
    last: u32,
    marks: Vec<(u32, usize)>,
}

/// The labels by nearness: those of one file with few lines between them stand in one excerpt, the primary one's first.
fn excerpts(labels: &[Label], sources: &SourceMap) -> Vec<Excerpt> {
    let line = |label: &Label| sources.get(label.span.file).position(label.span.start).0;
    let mut order: Vec<(FileId, u32, usize)> = labels
        .iter()
        .enumerate()
        .map(|(index, label)| (label.span.file, line(label), index))
        .collect();
    order.sort_unstable();
    let mut out: Vec<Excerpt> = Vec::new();
    for (file, line, index) in order {
        match out.last_mut() {
            Some(last) if last.file == file && line - last.last <= GAP => {
                last.last = line;
                last.marks.push((line, index));
            }
            _ => out.push(Excerpt {
                file,
                first: line,
                last: line,
                marks: vec![(line, index)],
            }),
        }
    }
    out.sort_by_key(|excerpt| excerpt.marks.iter().all(|&(_, index)| index != 0));
    out
}

fn snippet(
    excerpt: &Excerpt,
    finding: &Diagnostic,
    sources: &SourceMap,
    lang: Lang,
) -> (Snippet<'static, Annotation<'static>>, Option<(u32, u32)>) {
    let source = sources.get(excerpt.file);
    let mut shown = String::new();
    let mut annotations = Vec::new();
    let mut cut_at = None;
    for number in excerpt.first..=excerpt.last {
        let marks = excerpt.marks.iter().filter(|(line, _)| *line == number);
        let labels = marks.filter_map(|&(_, index)| Some((index, finding.labels.get(index)?)));
        let labels: Vec<_> = labels.collect();
        let line = Line::new(source, excerpt.file, number, &labels);
        for (index, label) in labels {
            let (start, end) = line.mark(label, shown.len());
            let kind = if index == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            if line.cut && cut_at.is_none() {
                cut_at = Some(source.position(label.span.start));
            }
            let words = label.text.as_ref().map(|text| text.render(lang));
            annotations.push(kind.span(start..end).label(words));
        }
        shown.push_str(&line.shown);
        shown.push('\n');
    }
    let snippet = Snippet::source(shown).line_start(excerpt.first as usize);
    (snippet.annotations(annotations), cut_at)
}

/// One source line as it is shown.
struct Line {
    shown: String,
    /// Whether it begins with a cut.
    cut: bool,
    /// For each character that is shown, its offset in the file and in `shown`; one more for the end.
    offsets: Vec<(u32, usize)>,
}

impl Line {
    fn new(source: &Source, file: FileId, number: u32, labels: &[(usize, &Label)]) -> Line {
        let span = source.line_span(file, number);
        let text = source
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default();
        let first = labels
            .iter()
            .map(|(_, label)| label.span.start)
            .min()
            .unwrap_or(span.start);
        let before = text
            .get(..first.saturating_sub(span.start) as usize)
            .unwrap_or_default();
        // only the characters near the mark are ever looked at: a line may be a megabyte
        let lead: usize = before.chars().rev().take(LEAD).map(char::len_utf8).sum();
        let start = if before.len() <= WIDTH {
            0
        } else {
            before.len() - lead
        };
        let mut shown = if start > 0 {
            "…".to_owned()
        } else {
            String::new()
        };
        let mut offsets = Vec::new();
        let mut end = start;
        for (at, c) in text
            .get(start..)
            .unwrap_or_default()
            .char_indices()
            .take(WIDTH)
        {
            offsets.push((span.start + offset(start + at), shown.len()));
            shown.push_str(&sanitise(c.encode_utf8(&mut [0; 4])));
            end = start + at + c.len_utf8();
        }
        offsets.push((span.start + offset(end), shown.len()));
        if end < text.len() {
            shown.push('…');
        }
        Line {
            shown,
            cut: start > 0,
            offsets,
        }
    }

    /// Where a label lies in the shown text that begins at `base`; what goes beyond the line is cut.
    fn mark(&self, label: &Label, base: usize) -> (usize, usize) {
        let place = |offset: u32| {
            let index = self.offsets.partition_point(|(at, _)| *at < offset);
            let (_, shown) = self
                .offsets
                .get(index)
                .or(self.offsets.last())
                .copied()
                .unwrap_or_default();
            base + shown
        };
        let (start, end) = (place(label.span.start), place(label.span.end));
        (start, end.max(start))
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;
    use unicode_width::UnicodeWidthStr as _;

    fn map(text: &str) -> (SourceMap, FileId) {
        let mut sources = SourceMap::default();
        let file = sources.add(Source::utf8("市/policy.acl", text.as_bytes()).unwrap());
        (sources, file)
    }

    fn finding(file: FileId, text: &str, word: &str) -> Diagnostic {
        let at = text.find(word).unwrap();
        Diagnostic::error(text!("unclosed-text", mark = "\""))
            .label(
                Span::new(file, at, at + word.len()),
                text!("expected-here", wanted = "x"),
            )
            .note(text!("more-findings", count = 3_u32))
            .help(text!("unclosed-text-help"))
    }

    #[test]
    fn the_underline_stands_below_full_width_words() {
        let text = "版 1\nゾーン 端末_取扱 識別 ＴＥＲＭ\n";
        let (sources, file) = map(text);
        let shown = render(&[finding(file, text, "識別")], &sources, Lang::Ja, false);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("エラー[unclosed-text]: "), "{shown}");
        assert!(shown.contains("--> 市/policy.acl:2:11"), "{shown}");
        let source = lines
            .iter()
            .position(|line| line.contains("端末_取扱"))
            .unwrap();
        let column = |line: &str, mark: &str| line.split(mark).next().unwrap().width();
        assert_eq!(
            column(lines[source], "識別"),
            column(lines[source + 1], "^"),
            "{shown}"
        );
        assert!(lines[source + 1].contains("^^^^"), "{shown}");
        assert!(
            shown.contains("補足: ") && shown.contains("対処: "),
            "{shown}"
        );
    }

    #[test]
    fn hostile_text_reaches_no_terminal() {
        let text = "a\u{1b}[2Jb\u{202e}c\u{7}\u{9b}1m bad\n";
        let (sources, file) = map(text);
        let shown = render(&[finding(file, text, "bad")], &sources, Lang::En, false);
        assert!(
            !shown.contains(['\u{1b}', '\u{202e}', '\u{7}', '\u{9b}']),
            "{shown:?}"
        );
        assert!(shown.contains("^^^"), "{shown}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let text = format!("{}bad{}", "あ".repeat(300_000), "x".repeat(300_000));
        let (sources, file) = map(&text);
        let shown = render(&[finding(file, &text, "bad")], &sources, Lang::En, false);
        assert!(shown.len() < 4000, "{}", shown.len());
        assert!(shown.contains("あbadx") && shown.contains("^^^"), "{shown}");
        assert!(shown.contains(":1:300001"), "{shown}");
    }

    #[test]
    fn far_labels_stand_in_excerpts_of_their_own() {
        let text = format!("one{}two", "\n".repeat(100_000));
        let (sources, file) = map(&text);
        let both =
            finding(file, &text, "two").label(Span::new(file, 0, 3), text!("unclosed-block-open"));
        let shown = render(&[both], &sources, Lang::En, false);
        assert!(
            shown.lines().count() < 20 && shown.contains("one") && shown.contains("two"),
            "{shown}"
        );
    }

    #[test]
    fn each_error_has_the_fields_of_the_contract() {
        let text = "a\n端末 bad";
        let (sources, file) = map(text);
        let value = error_json(&[finding(file, text, "bad")], &sources, Lang::En);
        assert_eq!(value["schema"], "aclc/error/1");
        let one = &value["diagnostics"][0];
        assert_eq!(
            (&one["code"], &one["severity"]),
            (&json!("unclosed-text"), &json!("error"))
        );
        assert_eq!((&one["line"], &one["column"]), (&json!(2), &json!(4)));
        assert_eq!(
            (&one["end_line"], &one["end_column"]),
            (&json!(2), &json!(7))
        );
        assert_eq!(one["file"], "市/policy.acl");
        assert!(one["help"].is_string() && one["message"].is_string());
    }

    #[test]
    fn a_finding_reads_like_this() {
        let text = "版 1\n許可 端末 -> dc1 : std.ad 申請R7-1\n\n許可 端末\n";
        let (sources, file) = map(text);
        let both = finding(file, text, "申請R7-1")
            .label(Span::new(file, 0, 3), text!("unclosed-block-open"));
        let expected = "\
error[unclosed-text]: the text that begins with `\"` is not closed on its line
 --> 市/policy.acl:2:23
  |
1 | 版 1
  | -- opened here
2 | 許可 端末 -> dc1 : std.ad 申請R7-1
  |                           ^^^^^^^^ expected x
  |
  = note: 3 more findings of this file are not shown
  = help: close it on the same line, with a pair of \" \" or 「」
";
        assert_eq!(render(&[both], &sources, Lang::En, false), expected);
    }
}
