//! Markdown for merge requests: the verdict first, a table, then each packet with its way, folded.
//!
//! Names and lines come from anyone: outside code everything that Markdown or HTML would take for markup is escaped, inside
//! code the fence is longer than any run of backticks in it.

use super::format::Outcome;
use super::outcome::{Build, Change, Claim, Diff, Finding, Gap, Input, Lint, Side, Verify};
use super::words;
use crate::base::{Lang, Text};
use crate::text;

/// The comment.
#[must_use]
pub fn render(outcome: &Outcome<'_>, lang: Lang) -> Vec<u8> {
    let mut page = Page {
        lang,
        out: String::new(),
    };
    match outcome {
        Outcome::Verify(verify) => page.verify(verify),
        Outcome::Build(build) => page.build(build),
        Outcome::Diff(diff) => page.diff(diff),
        Outcome::Lint(lint) => page.lint(lint),
        Outcome::Check(_) | Outcome::Plain => {}
    }
    page.out.into_bytes()
}

struct Page {
    lang: Lang,
    out: String,
}

impl Page {
    fn say(&self, text: &Text) -> String {
        plain(&text.render(self.lang))
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn heading(&mut self, verdict: &str, rest: &Text) {
        let verdict = self.say(&words::verdict(verdict));
        let rest = self.say(rest);
        self.line(&format!("## {verdict} — {rest}\n"));
    }

    fn row(&mut self, cells: &[String]) {
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    fn table(&mut self, heads: &[Text]) {
        let cells: Vec<String> = heads.iter().map(|head| self.say(head)).collect();
        self.row(&cells);
        self.row(&vec!["---".to_owned(); cells.len()]);
    }

    fn verify(&mut self, verify: &Verify) {
        self.heading(verify.verdict, &words::counts(&verify.claims));
        self.claims(&verify.claims);
        if let Some(effect) = &verify.effect {
            self.diff(effect);
        }
        self.gaps(&verify.gaps);
        self.list(&text!("report-assumptions"), &verify.assumptions);
        self.inputs(&verify.inputs);
        let run = text!(
            "report-run",
            at = &verify.at,
            version = verify.version,
            facts = verify.facts
        );
        let run = self.say(&run);
        self.line(&run);
    }

    fn build(&mut self, build: &Build) {
        self.heading(build.verdict, &words::counts(&build.claims));
        self.claims(&build.claims);
        if build.files.is_empty() {
            return;
        }
        self.table(&[
            text!("column-file"),
            text!("column-sha256"),
            text!("column-entries"),
        ]);
        for file in &build.files {
            let use_of = |table: &super::outcome::Table| {
                let available = table.available.map_or("?".to_owned(), |n| n.to_string());
                format!("{} {} / {available}", plain(&table.table), table.used)
            };
            let entries: Vec<String> = file.entries.iter().map(use_of).collect();
            self.row(&[plain(&file.path), code(&file.sha256), entries.join(", ")]);
        }
        self.line("");
        self.made(build.version, build.facts);
    }

    fn claims(&mut self, claims: &[Claim]) {
        let counted = claims.iter().any(|claim| claim.packet_classes.is_some());
        let mut heads = vec![
            text!("column-verdict"),
            text!("column-claim"),
            text!("column-measures"),
        ];
        if counted {
            heads.push(text!("column-classes"));
        }
        self.table(&heads);
        for claim in claims {
            let verdict = self.say(&words::verdict(claim.verdict));
            let text = format!("{} {}", code(&claim.id), plain(&claim.text));
            let mut cells = vec![verdict, text, plain(&claim.measures.join(" "))];
            if counted {
                let classes = claim.packet_classes.as_ref();
                let classes = classes.map(|all| format!("{} / {}", all.ipv4, all.ipv6));
                cells.push(classes.unwrap_or_default());
            }
            self.row(&cells);
        }
        self.line("");
        if counted {
            let words = self.say(&text!("packet-classes-words"));
            self.line(&format!("{words}\n"));
        }
        for claim in claims.iter().filter(|claim| claim.verdict != "proved") {
            self.details(claim);
        }
        let holes: Vec<String> = claims
            .iter()
            .flat_map(|c| c.holes.iter().cloned())
            .collect();
        self.list(&text!("heading-holes"), &holes);
    }

    fn details(&mut self, claim: &Claim) {
        let title = self.say(&words::verdict(claim.verdict));
        self.line(&format!(
            "### {title} {} {}\n",
            code(&claim.id),
            plain(&claim.text)
        ));
        for why in words::why(claim, self.lang) {
            self.line(&format!("- {}", plain(&why)));
        }
        let hops = claim.trace.as_deref().unwrap_or_default();
        for (number, hop) in hops.iter().enumerate() {
            let words = words::hop(hop, self.lang);
            self.line(&format!("  {}. {}", number + 1, code(&words)));
        }
        self.line("");
    }

    fn list(&mut self, heading: &Text, items: &[String]) {
        if items.is_empty() {
            return;
        }
        let heading = self.say(heading);
        self.line(&format!("<details><summary>{heading}</summary>\n"));
        for item in items {
            self.line(&format!("- {}", plain(item)));
        }
        self.line("\n</details>\n");
    }

    fn gaps(&mut self, gaps: &[Gap]) {
        let item = |gap: &Gap| format!("{}:{}  {}  ({})", gap.file, gap.line, gap.text, gap.why);
        let items: Vec<String> = gaps.iter().map(item).collect();
        self.list(&text!("report-gaps"), &items);
    }

    fn inputs(&mut self, inputs: &[Input]) {
        let item = |input: &Input| format!("{}  {}", input.sha256, input.path);
        let items: Vec<String> = inputs.iter().map(item).collect();
        self.list(&text!("report-inputs"), &items);
    }

    fn diff(&mut self, diff: &Diff) {
        self.heading(diff.verdict, &words::changed(diff));
        for change in &diff.changes {
            self.change(change);
        }
        self.list(&text!("diff-not-compared"), &diff.not_compared);
        self.gaps(&diff.gaps);
        self.inputs(&diff.inputs);
        self.made(diff.version, diff.facts);
    }

    /// By what a run is made again.
    fn made(&mut self, version: &str, facts: &str) {
        let made = self.say(&text!("report-made", version = version, facts = facts));
        self.line(&made);
    }

    fn change(&mut self, change: &Change) {
        let place = [change.attachment.as_deref(), change.direction];
        let place: Vec<&str> = place.into_iter().flatten().collect();
        let effect = self.say(&words::effect(change.effect));
        self.line(&format!(
            "### {effect}: {} {} {}\n",
            plain(&change.device),
            plain(&place.join(" ")),
            code(&change.acl)
        ));
        for flow in &change.shown {
            let words = format!("{} -> {} {}", flow.from, flow.to, flow.service);
            self.line(&format!("- {}", code(&words)));
        }
        if change.more > 0 {
            let more = self.say(&text!("diff-more", count = change.more));
            self.line(&format!("- {more}"));
        }
        for statement in &change.statements {
            let statement = self.say(&words::behind(statement));
            self.line(&format!("- {statement}"));
        }
        if change.unstated == Some(true) {
            let unstated = self.say(&text!("diff-unstated"));
            self.line(&format!("- {unstated}"));
        }
        let example = self.say(&text!("diff-example", packet = &change.witness.shown));
        self.line(&format!("- {example}"));
        for (heading, side) in [
            (text!("diff-old"), &change.old),
            (text!("diff-new"), &change.new),
        ] {
            let heading = self.say(&heading);
            self.line(&format!("- {heading}{}", self.side(side)));
        }
        self.line("");
    }

    fn side(&self, side: &Side) -> String {
        match side.line {
            Some(line) => {
                let line = self.say(&text!("report-line", line = line));
                format!("{line} {}", code(&side.text))
            }
            None => plain(&side.text),
        }
    }

    fn lint(&mut self, lint: &Lint) {
        let count = |severity| {
            lint.findings
                .iter()
                .filter(|f| f.severity == severity)
                .count()
        };
        let words = match lint.findings.is_empty() {
            true => text!("lint-clean"),
            false => text!(
                "lint-summary",
                errors = count("error"),
                warnings = count("warning"),
                infos = count("info")
            ),
        };
        let words = self.say(&words);
        self.line(&format!("## {words}\n"));
        if lint.findings.is_empty() {
            return;
        }
        self.table(&[
            text!("column-place"),
            text!("column-code"),
            text!("column-message"),
        ]);
        let row = |page: &Page, finding: &Finding| {
            let line = finding
                .line
                .map_or(String::new(), |line| format!(":{line}"));
            let acl = finding
                .acl
                .as_ref()
                .map_or(String::new(), |acl| format!("{acl}: "));
            [
                format!("{}{line}", plain(&finding.file)),
                format!(
                    "{} {}",
                    page.say(&words::severity(finding.severity)),
                    code(finding.code)
                ),
                format!("{}{}", plain(&acl), plain(&finding.message)),
            ]
        };
        for finding in &lint.findings {
            let cells = row(self, finding);
            self.row(&cells);
        }
        self.line("");
        self.made(lint.version, lint.facts);
    }
}

/// Text that stays text: every character that starts markup is escaped.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '@' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A code span; a cell of a table is split at a bar even there, so text with a bar is no code.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let text = text.replace(['\n', '\r'], " ");
    if text.is_empty() {
        return String::new();
    }
    if text.contains('|') {
        return plain(&text);
    }
    let fence = "`".repeat(longest + 1);
    match longest {
        0 => format!("{fence}{text}{fence}"),
        _ => format!("{fence} {text} {fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        assert_eq!(
            plain("<img src=x>|[a](b)`"),
            "&lt;img src=x&gt;\\|\\[a\\](b)\\`"
        );
        assert_eq!(code("a``b"), "``` a``b ```");
        assert_eq!(code("a|<b>"), "a\\|&lt;b&gt;");
    }
}
