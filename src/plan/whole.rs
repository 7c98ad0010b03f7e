//! Changes that take effect as a whole: a candidate that is committed, rules that are loaded, a device that is exchanged.
//!
//! A candidate and rules go from OLD to NEW in one step; the switch has no state between. Where that leaves no order over
//! several switches, a candidate is committed unit by unit.

use super::changes::{ADDS, CLOSES, Changes, MIXED, OPENS, TAKES, Unit};
use super::{Site, Step, What};
use crate::net::Family;
use crate::vendor::live::{Block, LOAD, OUT, Running, reversed, unit};

/// The statements that one commit changes: those of OLD and of NEW.
struct Part {
    words: Vec<String>,
    gone: Vec<String>,
    come: Vec<String>,
}

/// A commit for everything, or with `apart` one for each unit.
pub(super) fn candidate(index: usize, site: &Site<'_>, apart: bool) -> Changes {
    let parts = parts(site);
    let mut out = Changes::default();
    if parts.is_empty() {
        return out;
    }
    if !apart {
        let step = commit(index, site, &parts.iter().collect::<Vec<_>>());
        out.units.push(Unit::of(vec![step], MIXED));
        return out;
    }
    for part in &parts {
        let rank = match (part.gone.is_empty(), part.come.is_empty()) {
            // A filter that nobody names yet, or none any more.
            (true, false) if is_filter(&part.words) => CLOSES,
            (false, true) if is_filter(&part.words) => TAKES + 1,
            (true, _) => ADDS,
            (false, true) => TAKES,
            (false, false) => OPENS,
        };
        let step = commit(index, site, &[part]);
        out.units.push(Unit::of(vec![step], rank));
    }
    out
}

fn is_filter(words: &[String]) -> bool {
    words.first().is_some_and(|word| word == "firewall")
}

/// The units that differ, in the order of OLD, then of NEW.
fn parts(site: &Site<'_>) -> Vec<Part> {
    let statements = |running: &Running| -> Vec<(Vec<String>, String)> {
        let managed = |path: &str| {
            let mut starts = site.mechanism.managed_top.iter();
            starts.any(|start| path.starts_with(start))
        };
        let all = running.blocks.iter().filter(|block| {
            let path = block.header.strip_prefix("set ");
            path.is_some_and(managed)
        });
        let named = all.map(|block| {
            let words = unit(&block.header).into_iter().map(str::to_owned);
            (words.collect(), block.header.clone())
        });
        named.collect()
    };
    let (old, new) = (statements(&site.old), statements(&site.new));
    let mut units: Vec<&Vec<String>> = Vec::new();
    for (words, _) in old.iter().chain(&new) {
        if !units.contains(&words) {
            units.push(words);
        }
    }
    let of = |side: &[(Vec<String>, String)], words: &Vec<String>| -> Vec<String> {
        let mine = side.iter().filter(|(of, _)| of == words);
        mine.map(|(_, line)| line.clone()).collect()
    };
    let part = |words: &Vec<String>| {
        let (before, after) = (of(&old, words), of(&new, words));
        if before == after {
            return None;
        }
        // The order of terms decides: a filter is made again as a whole. Elsewhere only what differs is touched.
        let (gone, come) = match is_filter(words) {
            true => (before, after),
            false => {
                let not_in = |a: &[String], b: &[String]| -> Vec<String> {
                    a.iter().filter(|line| !b.contains(line)).cloned().collect()
                };
                (not_in(&before, &after), not_in(&after, &before))
            }
        };
        let nothing = gone.is_empty() && come.is_empty();
        (!nothing).then(|| Part {
            words: words.clone(),
            gone,
            come,
        })
    };
    units.into_iter().filter_map(part).collect()
}

fn commit(index: usize, site: &Site<'_>, parts: &[&Part]) -> Step {
    let edit = |part: &Part, gone: &[String], come: &[String]| -> Vec<Block> {
        let deleted: Vec<String> = match is_filter(&part.words) && !gone.is_empty() {
            true => vec![part.words.join(" ")],
            false => gone
                .iter()
                .filter_map(|line| Some(line.strip_prefix("set ")?.to_owned()))
                .collect(),
        };
        let deleted = deleted.iter().map(|path| format!("delete {path}"));
        let lines = deleted.chain(come.iter().cloned());
        lines.map(|line| Block::line(&line)).collect()
    };
    let there = parts.iter().flat_map(|p| edit(p, &p.gone, &p.come));
    let back = parts.iter().flat_map(|p| edit(p, &p.come, &p.gone));
    let seen = parts.iter().flat_map(|part| part.come.clone()).collect();
    let filters = parts.iter().flat_map(|part| filters(part));
    let (show, what) = match parts {
        [one] => {
            let name = one.words.join(" ");
            let show = format!("run show configuration {name} | display set");
            (show, What::Line(name))
        }
        _ => (site.mechanism.show.to_owned(), What::Commit),
    };
    Step {
        site: index,
        what,
        commands: there.collect(),
        undo: back.collect(),
        check: (show, seen),
        rewrites: filters.collect(),
    }
}

/// The filters that hardware writes: those that are made again, and those that are bound.
fn filters(part: &Part) -> Vec<(Family, String)> {
    let words: Vec<&str> = part.words.iter().map(String::as_str).collect();
    let of = |line: &str| {
        let (above, rest) = line.split_once(" filter ")?;
        let family = match above.ends_with("inet6") {
            true => Family::V6,
            false => Family::V4,
        };
        Some((family, rest.split(' ').nth(1)?.to_owned()))
    };
    match words.as_slice() {
        ["firewall", "family", "inet6", "filter", name] => vec![(Family::V6, (*name).to_owned())],
        ["firewall", .., name] => vec![(Family::V4, (*name).to_owned())],
        _ => part.come.iter().filter_map(|line| of(line)).collect(),
    }
}

/// Rules in one transaction; around them one command after the other.
pub(super) fn ruleset(index: usize, site: &Site<'_>) -> Changes {
    let mut out = Changes::default();
    let step = |what, there: Block, back: Block, check| Step {
        site: index,
        what,
        commands: vec![there],
        undo: vec![back],
        check,
        rewrites: vec![(Family::V4, String::new())],
    };
    let is_rules = |block: &&Block| reversed(&block.header).is_none() && !block.lines.is_empty();
    let rules = |running: &Running| running.blocks.iter().find(is_rules).cloned();
    if rules(&site.old) != rules(&site.new) {
        let (there, back) = (site.old.load(&site.new), site.new.load(&site.old));
        debug_assert_eq!(there.header, LOAD);
        let check = (site.mechanism.show.to_owned(), Vec::new());
        let load = step(What::Load, there, back, check);
        out.units.push(Unit::of(vec![load], MIXED));
    }
    let commands = |running: &Running| -> Vec<String> {
        let known = |line: &&String| {
            let mut starts = site.mechanism.managed_top.iter();
            starts.any(|start| line.starts_with(start))
        };
        let all = running.blocks.iter().map(|block| &block.header);
        all.filter(known).cloned().collect()
    };
    let (old, new) = (commands(&site.old), commands(&site.new));
    let key = |line: &str| {
        Some(
            line.strip_prefix("sysctl -w ")?
                .split_once('=')?
                .0
                .to_owned(),
        )
    };
    let line = |line: &str, back: &str| {
        let check = (line_check(line).to_owned(), Vec::new());
        step(
            What::Line(line.to_owned()),
            Block::line(line),
            Block::line(back),
            check,
        )
    };
    for come in new.iter().filter(|line| !old.contains(line)) {
        let before = old
            .iter()
            .find(|line| key(line).is_some() && key(line) == key(come));
        let back = before.cloned().or_else(|| reversed(come));
        if let Some(back) = back {
            out.units.push(Unit::of(vec![line(come, &back)], ADDS));
        }
    }
    let replaced = |line: &str| {
        let same = |come: &&String| key(come).is_some() && key(come) == key(line);
        new.iter().any(|come| same(&come))
    };
    for gone in old
        .iter()
        .filter(|line| !new.contains(line) && !replaced(line))
    {
        if let Some(there) = reversed(gone) {
            out.units.push(Unit::of(vec![line(&there, gone)], TAKES));
        }
    }
    out
}

fn line_check(line: &str) -> &'static str {
    match line {
        line if line.starts_with("sysctl") => "sysctl -a",
        line if line.starts_with("ip route") => "ip route show",
        _ => "ip address show",
    }
}

/// The device is taken out, then the other one put in.
pub(super) fn exchange(index: usize, site: &Site<'_>) -> Changes {
    let mut out = Changes::default();
    let (old, new) = (site.old.text(), site.new.text());
    let step = |what, there: &str, back: &str| Step {
        site: index,
        what,
        commands: vec![Block::line(there)],
        undo: vec![Block::line(back)],
        check: (String::new(), Vec::new()),
        rewrites: Vec::new(),
    };
    let mut steps = Vec::new();
    if old != OUT {
        steps.push(step(What::Out, OUT, &old));
    }
    if new != OUT {
        steps.push(step(What::In, &new, OUT));
    }
    let rank = if old == OUT { ADDS } else { TAKES };
    out.units.push(Unit::of(steps, rank));
    out
}
