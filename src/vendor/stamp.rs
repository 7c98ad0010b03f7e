//! What a capture says of its own time, word for word.
//!
//! In: a [`Source`]. Out: the lines at its head with which a device dates its configuration. Nothing is reckoned with these
//! times: a report shows them to people. Must not know: any clock, and what else stands in a text.

use super::redact::redact;
use crate::base::Source;
use crate::base::text::sanitise;

/// How such lines begin, in lower case and without blanks at their ends. `!Time:` (NX-OS) dates the display, the others the
/// last change: IOS XE, NX-OS, ALAXALA, Junos.
const BEGIN: [&str; 6] = [
    "!time:",
    "! last configuration change at",
    "!running configuration last done at:",
    "#last modified by",
    "## last commit:",
    "## last changed:",
];

/// A dialect dates its text in its first lines; further down only a banner would.
const HEAD: usize = 40;

/// The lines with their numbers.
#[must_use]
pub fn stamps(source: &Source) -> Vec<(u32, String)> {
    let head = source.lines().take(HEAD);
    let dated = head.filter(|(_, line)| {
        let line = line.trim().to_lowercase();
        BEGIN.iter().any(|begin| line.starts_with(begin))
    });
    dated
        .map(|(number, line)| (number, sanitise(&redact(line.trim())).into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_capture_says_when() {
        let text = "hostname A\n! Last configuration change at 09:12:44 JST Mon Oct 5 2026 by x\n!Time: Mon Oct  5\n! other\n";
        let found = stamps(&Source::capture("a.cfg", text.as_bytes()));
        assert_eq!(found[0].0, 2);
        assert_eq!(
            found[0].1,
            "! Last configuration change at 09:12:44 JST Mon Oct 5 2026 by x"
        );
        assert_eq!(found.len(), 2);
        let late = format!("{}!Time: now\n", "!\n".repeat(HEAD));
        assert!(stamps(&Source::capture("a.cfg", late.as_bytes())).is_empty());
    }

    #[test]
    fn a_secret_behind_a_date_is_masked() {
        let text = "!Time: password hush\n";
        let found = stamps(&Source::capture("a.cfg", text.as_bytes()));
        assert!(!found[0].1.contains("hush"), "{found:?}");
    }
}
