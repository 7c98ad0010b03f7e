//! Entries that a terminal window broke into two lines.
//!
//! ```text
//!  10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 80
//! 80
//! ```
//!
//! The first half reads as an entry of its own, and says something else than the whole: `eq 80` for `eq 8080`. So where an
//! indented entry is followed by a line at the left edge that is not understood, the entry is not believed either (D10).
//! The halves are not joined: whether a blank stood between them is lost.
//! In: a device as read, and its text. Out: the device. Must not know: any dialect.

use super::capture::{self, Line};
use super::redact::{canonical, redact};
use crate::acl::{Ace, Action, Open, Question};
use crate::base::Source;
use crate::device::{Device, Gap};
use crate::net::{Family, Match};
use crate::text;
use std::collections::{BTreeMap, BTreeSet};

/// Takes back entries whose other half seems to stand on the next line.
pub(super) fn doubt(device: &mut Device, source: &Source) {
    let gaps: BTreeSet<u32> = device.gaps.iter().map(|gap| gap.line).collect();
    if gaps.is_empty() {
        return;
    }
    let lines = capture::lines(source);
    let broken: BTreeMap<u32, &Line<'_>> = lines
        .windows(2)
        .filter_map(|pair| match pair {
            [first, second] => is_broken(first, second, &gaps).then_some((first.number, first)),
            _ => None,
        })
        .collect();
    let dialect = device.dialect;
    let mut found = BTreeSet::new();
    for acl in &mut device.acls {
        for ace in &mut acl.entries {
            if let Some(line) = ace.line.and_then(|line| broken.get(&line)) {
                *ace = unread(ace, line, dialect, acl.family);
                found.insert(line.number);
            }
        }
    }
    let new = found.into_iter().filter(|line| !gaps.contains(line));
    device.gaps.extend(new.filter_map(|number| {
        let line = broken.get(&number)?;
        Some(Gap {
            line: number,
            text: redact(&line.text),
            why: text!("entry-wrapped"),
        })
    }));
    device.gaps.sort_by_key(|gap| gap.line);
}

fn is_broken(first: &Line<'_>, second: &Line<'_>, gaps: &BTreeSet<u32>) -> bool {
    first.indent > 0
        && second.indent == 0
        && second.number == first.number + 1
        && gaps.contains(&second.number)
}

/// The entry as one that may do anything.
fn unread(ace: &Ace, line: &Line<'_>, dialect: &'static str, family: Family) -> Ace {
    let question = Question::Gap {
        dialect,
        text: canonical(&line.text, line.number),
    };
    Ace {
        action: Action::Unread,
        certain: Vec::new(),
        open: vec![Open {
            question,
            boxes: vec![Match::any(family)],
        }],
        ..ace.clone()
    }
}

#[cfg(test)]
mod tests {
    use crate::acl::{Fate, decide};
    use crate::base::Source;
    use crate::vendor::suite::packet;
    use crate::vendor::{Hint, by_id};

    #[test]
    fn half_an_entry_is_not_believed() {
        for (id, text) in [
            (
                "cisco-ios-xe",
                "ip access-list extended L\n 10 permit tcp any any eq 80\n80\n 20 permit udp any any\n",
            ),
            (
                "cisco-nx-os",
                "ip access-list L\n  10 permit tcp any any eq 80\nestablished\n  20 permit udp any any\n",
            ),
            (
                "alaxala-ax",
                "ip access-list extended \"L\"\n  10 permit tcp any any eq 80\n80\n",
            ),
            (
                "hpe-comware",
                "#\nacl advanced name L\n rule 0 permit tcp destination-port eq 80\n80\n#\n",
            ),
        ] {
            let dialect = by_id(id).unwrap();
            let fate = |text: &str| {
                let source = Source::capture("a", text.as_bytes());
                let device = dialect.read(&source, &Hint::default());
                let acl = device.acls.iter().find(|acl| acl.name == "L").unwrap();
                let http = packet("tcp 10.0.0.1:40000 10.0.0.2:80 syn");
                let gaps: Vec<u32> = device.gaps.iter().map(|gap| gap.line).collect();
                (decide(acl, &http).fate, gaps)
            };
            let (broken, gaps) = fate(text);
            assert_eq!(broken, Fate::Unknown, "{id}");
            assert!(gaps.is_sorted() && gaps.len() >= 2, "{id}: {gaps:?}");
            let whole = text
                .replace("\n80\n", "\n")
                .replace("\nestablished\n", "\n");
            assert_eq!(fate(&whole), (Fate::Permit, vec![]), "{id}");
        }
    }
}
