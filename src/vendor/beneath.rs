//! What a configuration says only in its text: the maps, classes and policies that unmodelled lines name, and which ports carry
//! which VLANs.
//!
//! ```text
//! interface Vlan30
//!  ip policy route-map OUT      <- may send elsewhere (D23)
//! route-map OUT permit 10       <- decides what and where
//! ```
//!
//! Nothing here is understood; two texts that differ in it must not be called the same. Secrets are masked, and differ in nothing.
//! In: a device as read, and its text. Out: the device. Must not know: any dialect.

use super::capture::{self, Line};
use super::redact::redact;
use crate::base::Source;
use crate::device::{Beneath, Device};
use std::collections::{BTreeMap, BTreeSet};

/// Words that begin a line about the VLANs of a port.
const WIRES: &[&[&str]] = &[
    &["switchport"],
    &["port", "access"],
    &["port", "trunk"],
    &["port", "hybrid"],
    &["port", "link-type"],
    &["vlan", "access"],
    &["vlan", "trunk"],
    &["vlan", "members"],
    &["members"],
    &["interface-mode"],
    &["native-vlan-id"],
    &["untagged"],
    &["tagged"],
];

/// Adds what stands in the text only.
pub(super) fn note(device: &mut Device, source: &Source) {
    let lines = capture::lines(source);
    device.beneath = Beneath {
        named: named(device, &lines),
        wires: wires(&lines),
    };
}

/// Ports of one header that are told apart, at most.
const MOST_PORTS: u32 = 512;

/// The ports of a header: those of a range (`port1.0.1-1.0.4`) one by one, for others write them so.
fn ports(header: &str) -> impl Iterator<Item = String> {
    let number = |text: &str| {
        let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (stem, digits) = text.split_at(text.len() - digits);
        digits
            .parse::<u32>()
            .ok()
            .map(|number| (stem.to_owned(), number))
    };
    let range = header.split_once('-').and_then(|(first, last)| {
        let ((stem, first), (same, last)) = (number(first)?, number(last)?);
        let fits = stem.ends_with(&same) && first <= last && last - first < MOST_PORTS;
        fits.then_some((stem, first, last))
    });
    let (stem, span) = match range {
        Some((stem, first, last)) => (stem, Some(first..=last)),
        None => (header.to_owned(), None),
    };
    let each = span.map(|span| span.map(|n| n.to_string()).collect());
    let each: Vec<String> = each.unwrap_or_else(|| vec![String::new()]);
    each.into_iter().map(move |port| format!("{stem}{port}"))
}

/// The lines that say which VLANs a port carries, each behind the line that it stands under.
fn wires(lines: &[Line<'_>]) -> BTreeSet<String> {
    let mut above: Vec<&Line<'_>> = Vec::new();
    let mut found = BTreeSet::new();
    for line in lines {
        while above.last().is_some_and(|last| last.indent >= line.indent) {
            above.pop();
        }
        let says = |words: &&[&str]| starts(&line.text, words);
        if WIRES.iter().any(says) {
            let outer = above.last().map_or("", |line| line.text.as_ref());
            let said = redact(&line.text);
            found.extend(ports(outer).map(|port| format!("{port} / {said}")));
        }
        above.push(line);
    }
    found
}

fn starts(text: &str, words: &[&str]) -> bool {
    let mut said = text.split_whitespace();
    words.iter().all(|word| said.next() == Some(word))
}

/// The blocks that unmodelled lines name, and those that these name in turn, in the order of the text. Lists stay out: what
/// they let through is compared.
fn named<'l>(device: &'l Device, lines: &'l [Line<'_>]) -> Vec<String> {
    if device.effects.is_empty() {
        return Vec::new();
    }
    let lists: BTreeSet<&str> = device.acls.iter().map(|acl| acl.name.as_str()).collect();
    let braces = lines
        .iter()
        .any(|line| line.indent == 0 && line.text.ends_with('{'));
    // What begins lines, and numbers, are no names.
    let words = |line: &'l Line<'_>| line.text.split_whitespace();
    let keywords: BTreeSet<&str> = lines.iter().filter_map(|line| words(line).next()).collect();
    let is_name = |word: &&str| {
        !keywords.contains(word) && !lists.contains(word) && word.parse::<u64>().is_err()
    };
    let mut heads: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        let defines_list = words(line).any(|word| lists.contains(word));
        if (braces || line.indent == 0) && !defines_list {
            let names = words(line).skip(1).filter(is_name);
            names.for_each(|word| heads.entry(word).or_default().push(at));
        }
    }
    let effects = device.effects.iter();
    let mut fresh: Vec<&str> = effects
        .flat_map(|effect| effect.text.split_whitespace())
        .collect();
    let mut inside: BTreeSet<usize> = BTreeSet::new();
    while let Some(name) = fresh.pop() {
        for at in heads.remove(name).unwrap_or_default() {
            for (at, line) in block(lines, at) {
                if inside.insert(at) {
                    fresh.extend(words(line));
                }
            }
        }
    }
    let inside = inside.into_iter().filter_map(|at| lines.get(at));
    inside.map(|line| redact(&line.text)).collect()
}

/// A line and those below it, with their numbers.
fn block<'l>(lines: &'l [Line<'l>], at: usize) -> impl Iterator<Item = (usize, &'l Line<'l>)> {
    let mut rest = lines.iter().enumerate().skip(at);
    let head = rest.next();
    let indent = head.map_or(0, |(_, head)| head.indent);
    head.into_iter()
        .chain(rest.take_while(move |(_, line)| line.indent > indent))
}

#[cfg(test)]
mod tests {
    use crate::base::Source;
    use crate::vendor::{Hint, by_id};

    fn named(text: &str) -> Vec<String> {
        let source = Source::capture("a.cfg", text.as_bytes());
        let dialect = by_id("cisco-ios-xe").unwrap();
        dialect.read(&source, &Hint::default()).beneath.named
    }

    #[test]
    fn names_lead_on_from_block_to_block() {
        let text = "interface Vlan10\n ip address 10.0.0.1 255.255.255.0\n service-policy input PM\npolicy-map PM\n class CM\n  drop\n\
                    class-map match-all CM\n match access-group name L\nip access-list extended L\n 10 permit ip any any\nip route 0.0.0.0 0.0.0.0 10.0.0.2\n";
        let head = ["policy-map PM", "class CM", "drop"];
        let rest = ["class-map match-all CM", "match access-group name L"];
        assert_eq!(named(text), [&head[..], &rest].concat());
    }

    #[test]
    fn many_names_do_not_take_long() {
        let mut text = String::from(
            "interface Vlan10\n ip address 10.0.0.1 255.255.255.0\n ip policy route-map M0\n",
        );
        for n in 0..3000 {
            text += &format!("route-map M{n} permit 10\n match some M{}\n", n + 1);
        }
        let start = std::time::Instant::now();
        assert_eq!(named(&text).len(), 6000);
        assert!(start.elapsed().as_secs() < 5);
    }
}
