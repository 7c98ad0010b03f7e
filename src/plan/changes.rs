//! What differs between two texts of a switch, as units of steps that are done together or not at all.

use super::edits::edits;
use super::steps::{bind, place, power, write};
use super::whole;
use super::{Site, Step, What};
use crate::acl::{Acl, Direction};
use crate::device::Device;
use crate::diff::{Effect, Verdict, compare};
use crate::net::Family;
use crate::vendor::live::{Block, Form, Rebind, Running};
use crate::verify::Limits;
use std::collections::{BTreeMap, BTreeSet};

/// Steps that belong together, and when they are best tried: what closes before what opens.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) steps: Vec<Step>,
    pub(super) rank: u8,
    /// A list in place of another: it may be done by way of a third that permits what both permit.
    pub(super) swap: Option<Swap>,
}

impl Unit {
    /// Steps that are tried at a rank.
    pub(super) fn of(steps: Vec<Step>, rank: u8) -> Unit {
        Unit {
            steps,
            rank,
            swap: None,
        }
    }
}

/// A list in place of another on one interface.
#[derive(Clone, Debug)]
pub(super) struct Swap {
    pub(super) site: usize,
    pub(super) interface: String,
    pub(super) family: Family,
    pub(super) direction: Direction,
    pub(super) from: String,
    pub(super) to: String,
}

/// The changes of one switch.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// Lists to be written first; bound nowhere.
    pub(super) write: Vec<Step>,
    /// What takes effect.
    pub(super) units: Vec<Unit>,
    /// Names that are in use on either side.
    pub(super) names: BTreeSet<String>,
}

pub(super) const CLOSES: u8 = 0;
pub(super) const MIXED: u8 = 1;
pub(super) const ADDS: u8 = 2;
pub(super) const OPENS: u8 = 3;
pub(super) const TAKES: u8 = 4;

/// A list as a text has it, by family, name.
type Key = (Family, String);

struct Work<'s, 'a> {
    window: bool,
    index: usize,
    site: &'s Site<'a>,
    old: Device,
    new: Device,
    /// Names that lists of NEW get.
    given: BTreeMap<Key, String>,
    out: Changes,
}

/// All changes of a switch. With `window`, bound lists are not edited: their interface goes down meanwhile.
pub(super) fn changes(index: usize, site: &Site<'_>, window: bool) -> Changes {
    match site.mechanism.form {
        Form::Lines => {}
        Form::Candidate => return whole::candidate(index, site, window),
        Form::Ruleset => return whole::ruleset(index, site),
        Form::Exchange => return whole::exchange(index, site),
    }
    let old = (site.read)(&site.old.text());
    let new = (site.read)(&site.new.text());
    let names = old.acls.iter().chain(&new.acls).map(|acl| acl.name.clone());
    let out = Changes {
        names: names.collect(),
        ..Changes::default()
    };
    let mut work = Work {
        window,
        index,
        site,
        old,
        new,
        given: BTreeMap::new(),
        out,
    };
    let starts = |header: &str| header.starts_with(site.mechanism.place);
    let headers = |running: &Running| -> Vec<String> {
        let faces = running.blocks.iter().map(|block| block.header.clone());
        faces
            .filter(|header| header.starts_with("interface ") || starts(header))
            .collect()
    };
    let mut all = headers(&site.old);
    for header in headers(&site.new) {
        if !all.contains(&header) {
            all.push(header);
        }
    }
    for header in &all {
        match (site.old.block(header), site.new.block(header)) {
            (Some(old), Some(new)) => work.interface(header, old, new),
            (None, Some(new)) => work.added(header, new),
            (Some(old), None) => work.removed(header, old),
            (None, None) => {}
        }
    }
    work.top();
    work.out
}

impl Work<'_, '_> {
    /// The list that a block binds.
    fn bound(&self, block: &Block, family: Family, direction: Direction) -> Option<String> {
        let mut lines = block.lines.iter().filter_map(|line| {
            let (of, name, way) = self.site.mechanism.bound(line)?;
            (of == family && way == direction).then(|| name.to_owned())
        });
        lines.next_back()
    }

    fn acl<'d>(device: &'d Device, family: Family, name: &str) -> Option<&'d Acl> {
        device
            .acls
            .iter()
            .find(|acl| acl.family == family && acl.name == name)
    }

    /// The name that a list of NEW gets on the device: its own if that is free or means the same, else a new one. The list is
    /// written if need be.
    fn give(&mut self, family: Family, name: &str) -> String {
        if let Some(given) = self.given.get(&(family, name.to_owned())) {
            return given.clone();
        }
        let old = Self::acl(&self.old, family, name);
        let new = Self::acl(&self.new, family, name);
        let same = match (old, new) {
            (Some(old), Some(new)) => {
                old.state == new.state
                    && compare(old, new, Limits::default()).verdict == Verdict::Equal
            }
            _ => false,
        };
        let mut given = name.to_owned();
        if !same && old.is_some() {
            given = self.out.fresh(name);
        }
        self.given.insert((family, name.to_owned()), given.clone());
        let header = self.site.mechanism.header(family, name);
        if !same && let Some(block) = self.site.new.block(&header) {
            let step = write(self.index, self.site, family, &given, block.lines.clone());
            self.out.write.push(step);
        }
        given
    }

    fn interface(&mut self, header: &str, old: &Block, new: &Block) {
        for family in Family::BOTH {
            for direction in [Direction::In, Direction::Out] {
                let before = self.bound(old, family, direction);
                let after = self.bound(new, family, direction);
                self.rebind(header, family, direction, before, after);
            }
        }
        let managed = |line: &&String| {
            let mut starts = self.site.mechanism.managed.iter();
            starts.any(|start| line.starts_with(start))
        };
        let added: Vec<&String> = new
            .lines
            .iter()
            .filter(managed)
            .filter(|l| !old.lines.contains(l))
            .collect();
        let gone: Vec<&String> = old
            .lines
            .iter()
            .filter(managed)
            .filter(|l| !new.lines.contains(l))
            .collect();
        let added: Vec<String> = added.into_iter().cloned().collect();
        let gone: Vec<String> = gone.into_iter().cloned().collect();
        let mechanism = self.site.mechanism;
        let (mut added, mut gone) = (added, gone);
        for start in mechanism.single {
            let is = |line: &String| mechanism.only(line) == Some(*start);
            let both = (gone.iter().position(is), added.iter().position(is));
            if let (Some(before), Some(after)) = both {
                self.instead(header, &gone.remove(before), &added.remove(after));
            }
        }
        for line in gone {
            let step = self.line(header, &mechanism.without(&line), &line);
            self.unit(vec![step], TAKES, None);
        }
        for line in added {
            let step = self.line(header, &line, &mechanism.without(&line));
            self.unit(vec![step], ADDS, None);
        }
    }

    /// A line in place of another of which there can be one: by one command, or where that is not known by two.
    fn instead(&mut self, header: &str, before: &str, after: &str) {
        let mechanism = self.site.mechanism;
        let steps = match mechanism.readdress {
            Rebind::Replaces => vec![self.line(header, after, before)],
            Rebind::UnbindFirst | Rebind::Beside => vec![
                self.line(header, &mechanism.without(before), before),
                self.line(header, after, &mechanism.without(after)),
            ],
        };
        self.unit(steps, ADDS, None);
    }

    /// One line of an interface.
    fn line(&self, header: &str, there: &str, back: &str) -> Step {
        let inside = |line: &str| Block {
            header: header.to_owned(),
            lines: vec![line.to_owned()],
        };
        let name = place(self.site, header);
        let takes = there.starts_with(&self.site.mechanism.without(""));
        let seen = (!takes).then(|| there.to_owned());
        Step {
            site: self.index,
            what: What::Line(there.to_owned()),
            commands: vec![inside(there)],
            undo: vec![inside(back)],
            check: (
                (self.site.mechanism.show_interface)(name),
                seen.into_iter().collect(),
            ),
            rewrites: Vec::new(),
        }
    }

    fn unit(&mut self, steps: Vec<Step>, rank: u8, swap: Option<Swap>) {
        self.out.units.push(Unit { steps, rank, swap });
    }

    fn rebind(
        &mut self,
        header: &str,
        family: Family,
        direction: Direction,
        before: Option<String>,
        after: Option<String>,
    ) {
        let (index, site) = (self.index, self.site);
        let step = |from: Option<&str>, to: Option<&str>| {
            bind(index, site, header, family, direction, from, to)
        };
        let (from, to) = match (before, after) {
            (None, None) => return,
            (Some(from), None) => {
                return self.unit(vec![step(Some(&from), None)], OPENS, None);
            }
            (None, Some(to)) => {
                let to = self.give(family, &to);
                return self.unit(vec![step(None, Some(&to))], CLOSES, None);
            }
            (Some(from), Some(to)) => (from, to),
        };
        let sides = [
            Self::acl(&self.old, family, &from).cloned(),
            Self::acl(&self.new, family, &to).cloned(),
        ];
        let [Some(old), Some(new)] = sides else {
            return;
        };
        let found = compare(&old, &new, Limits::default());
        if found.verdict == Verdict::Equal && old.state == new.state {
            return;
        }
        let has = |effect| found.changes.iter().any(|change| change.effect == effect);
        let rank = match (has(Effect::NewlyPermitted), has(Effect::NewlyDenied)) {
            (false, _) => CLOSES,
            (true, true) => MIXED,
            (true, false) => OPENS,
        };
        match self.site.mechanism.rebind {
            Rebind::Replaces => {}
            Rebind::UnbindFirst => {
                return self.in_place(header, family, direction, &from, &to, rank);
            }
            Rebind::Beside => {
                let to = self.give(family, &to);
                let steps = vec![step(None, Some(&to)), step(Some(&from), None)];
                return self.unit(steps, rank, None);
            }
        }
        let to = self.give(family, &to);
        let step = step(Some(&from), Some(&to));
        let swap = Swap {
            site: self.index,
            interface: header.to_owned(),
            family,
            direction,
            from,
            to,
        };
        self.unit(vec![step], rank, Some(swap));
    }

    /// A bound list edited entry by entry; each edit is a unit of its own. Without room, the interface goes down meanwhile.
    fn in_place(
        &mut self,
        header: &str,
        family: Family,
        direction: Direction,
        from: &str,
        to: &str,
        rank: u8,
    ) {
        let list = self.site.mechanism.header(family, to);
        let bindings = self.site.old.blocks.iter().map(|block| {
            let ways = [Direction::In, Direction::Out].into_iter();
            let mine = ways.filter(|&way| self.bound(block, family, way).as_deref() == Some(from));
            mine.count()
        });
        let shared = bindings.sum::<usize>() > 1;
        let target = self.site.new.block(&list).cloned();
        let steps = target.as_ref().filter(|_| !shared && !self.window);
        let steps = steps.and_then(|block| edits(self.index, self.site, family, from, block));
        if let Some(steps) = steps {
            // Their order is made already: closing edits first.
            for (closes, step) in steps {
                self.unit(vec![step], if closes { CLOSES } else { OPENS }, None);
            }
            return;
        }
        let to = self.give(family, to);
        let down = power(self.index, self.site, header, false);
        let off = bind(
            self.index,
            self.site,
            header,
            family,
            direction,
            Some(from),
            None,
        );
        let on = bind(
            self.index,
            self.site,
            header,
            family,
            direction,
            None,
            Some(&to),
        );
        let up = power(self.index, self.site, header, true);
        self.unit(vec![down, off, on, up], rank, None);
    }

    /// A new interface: lists first, then what makes packets come.
    fn added(&mut self, header: &str, new: &Block) {
        let mechanism = self.site.mechanism;
        let mut lines: Vec<String> = Vec::new();
        for line in &new.lines {
            let Some((family, list, direction)) = mechanism.bound(line) else {
                lines.push(line.clone());
                continue;
            };
            let list = self.give(family, list);
            lines.push(mechanism.binding(family, &list, direction));
        }
        let turn = |line: &String| match mechanism.bound(line).is_some() {
            _ if line.contains("vrf ") => 0,
            true => 1,
            false => 2,
        };
        // A stable sort: what belongs together in a nested block stays together.
        if !lines.iter().any(|line| line.starts_with(' ')) {
            lines.sort_by_key(turn);
        }
        let name = place(self.site, header);
        let step = Step {
            site: self.index,
            what: What::Interface(name.to_owned()),
            check: ((mechanism.show_interface)(name), lines.clone()),
            commands: vec![Block {
                header: header.to_owned(),
                lines,
            }],
            undo: vec![Block::line(&mechanism.without(header))],
            rewrites: Vec::new(),
        };
        self.unit(vec![step], ADDS, None);
    }

    fn removed(&mut self, header: &str, old: &Block) {
        let gone = self.site.mechanism.without(header);
        let step = Step {
            site: self.index,
            what: What::Line(gone.clone()),
            commands: vec![Block::line(&gone)],
            undo: vec![old.clone()],
            check: (self.site.mechanism.show.to_owned(), Vec::new()),
            rewrites: Vec::new(),
        };
        self.unit(vec![step], TAKES, None);
    }

    /// Routes and the like.
    fn top(&mut self) {
        let managed = |block: &&Block| {
            let starts = self.site.mechanism.managed_top.iter();
            let mut starts = starts.filter(|start| block.header.starts_with(**start));
            starts.next().is_some()
        };
        let missing = |from: &Running, of: &Running| -> Vec<String> {
            let lines = from
                .blocks
                .iter()
                .filter(managed)
                .map(|block| block.header.clone());
            lines.filter(|header| of.block(header).is_none()).collect()
        };
        let gone = missing(&self.site.old, &self.site.new);
        let come = missing(&self.site.new, &self.site.old);
        let step = |there: String, back: String, seen: Option<String>| Step {
            site: self.index,
            what: What::Line(there.clone()),
            commands: vec![Block::line(&there)],
            undo: vec![Block::line(&back)],
            check: (
                self.site.mechanism.show.to_owned(),
                seen.into_iter().collect(),
            ),
            rewrites: Vec::new(),
        };
        for line in come {
            let back = self.site.mechanism.without(&line);
            let one = step(line.clone(), back, Some(line));
            self.out.units.push(Unit {
                steps: vec![one],
                rank: ADDS,
                swap: None,
            });
        }
        for line in gone {
            let one = step(self.site.mechanism.without(&line), line, None);
            self.out.units.push(Unit {
                steps: vec![one],
                rank: TAKES,
                swap: None,
            });
        }
    }
}

impl Changes {
    /// A name nobody has, made from another.
    pub(super) fn fresh(&mut self, name: &str) -> String {
        // A name that was made like this before is counted on, not lengthened.
        let stem = match name.rsplit_once('_') {
            Some((stem, number)) if number.len() < 3 && number.parse::<u8>().is_ok() => stem,
            _ => name,
        };
        const LONGEST: usize = 31;
        let stem: String = stem.chars().take(LONGEST - 4).collect();
        let mut candidates = (2u32..).map(|number| format!("{stem}_{number}"));
        let free = candidates.find(|name| !self.names.contains(name));
        let free = free.expect("INVARIANT: there are more numbers than names");
        self.names.insert(free.clone());
        free
    }
}
