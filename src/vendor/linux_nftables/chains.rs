//! Chains -> lists: what a path through base chains does with a packet, as entries in first-match order (D10).
//!
//! In: base chains in the order in which packets meet them, the interface. Out: entries and tail. `return`, `goto` and
//! `accept` before a later chain go on elsewhere; what comes there is repeated under the box of the rule that leads to it,
//! so each list decides by itself. Must not know: text.

use super::cond::{Cond, gap};
use super::ruleset::{Chain, Rule, Ruleset, Table, TableKey, Test, Verdict};
use crate::acl::{Ace, Action, Question};
use crate::net::{Family, Match};

/// Boxes in one list, at most.
const MOST: usize = 100_000;
/// Depth of jumps, at most; the kernel allows 16.
const DEEPEST: usize = 32;
/// Places to go on at, one inside the other, at most.
const NESTED: usize = 64;
/// Rules asked for one list, at most.
const STEPS: usize = 1_000_000;

/// Rules that packets meet one after another, and what happens at their end.
#[derive(Clone)]
pub(super) struct Program<'r> {
    pub(super) table: &'r Table,
    /// The base chain that they are from.
    pub(super) chain: &'r Chain,
    pub(super) rules: Vec<&'r Rule>,
    /// Policy: `None` is not understood.
    pub(super) accept: Option<bool>,
}

/// A list in the making.
pub(super) struct Entries {
    pub(super) entries: Vec<Ace>,
    pub(super) tail: Vec<Ace>,
}

/// What is known of a packet besides its header.
#[derive(Clone, Copy, Default)]
pub(super) struct Way<'a> {
    /// Interface it came in by; `None`: any.
    pub(super) iif: Option<&'a str>,
    /// Interface it goes out by.
    pub(super) oif: Option<&'a str>,
}

/// A place in the rules, with the places to go on at.
#[derive(Clone, Copy)]
struct Frame<'f> {
    rules: &'f [&'f Rule],
    /// Index of the program, for policy and table.
    program: usize,
    /// Where `return` and the end lead; `None`: to the policy of the program.
    next: Option<&'f Frame<'f>>,
    depth: usize,
}

struct Run<'a> {
    programs: &'a [Program<'a>],
    family: Family,
    way: Way<'a>,
    tracked: bool,
    out: Vec<Ace>,
    size: usize,
    steps: usize,
    nested: usize,
    /// Too much, or too deep: the list is one entry that nothing is known of.
    broken: Option<String>,
}

/// The list of a path.
pub(super) fn entries(
    programs: &[Program<'_>],
    family: Family,
    way: Way<'_>,
    tracked: bool,
    guard: &Cond,
) -> Entries {
    let mut run = Run {
        programs,
        family,
        way,
        tracked,
        out: Vec::new(),
        size: 0,
        steps: 0,
        nested: 0,
        broken: None,
    };
    run.program(0, guard, None);
    if let Some(why) = run.broken {
        return unreadable(family, &why);
    }
    let mut entries = run.out;
    let complete = |ace: &Ace| ace.certain.iter().any(|m| *m == Match::any(family));
    // What comes behind an entry that matches everything is never met.
    if let Some(last) = entries.iter().position(complete) {
        entries.truncate(last + 1);
    }
    let tail = match entries.pop() {
        Some(last) if complete(&last) && last.line.is_none() => vec![last],
        last => {
            entries.extend(last);
            vec![Ace::implicit(
                Action::Permit,
                vec![Match::any(family)],
                "accept",
            )]
        }
    };
    Entries { entries, tail }
}

/// A list of which nothing is known (D10).
pub(super) fn unreadable(family: Family, why: &str) -> Entries {
    let all = Cond::maybe(family, gap(why.to_owned()));
    let unread = Ace {
        action: Action::Unread,
        open: all.open,
        ..Ace::implicit(Action::Unread, Vec::new(), why)
    };
    let tail = Ace::implicit(Action::Deny, vec![Match::any(family)], "drop");
    Entries {
        entries: vec![unread],
        tail: vec![tail],
    }
}

/// What a test asks of a header, once it is known which interfaces the packet has.
pub(super) fn asked(test: &Test, family: Family, way: Way<'_>) -> Cond {
    let mut cond = test.of(family).clone();
    for iface in &test.ifaces {
        let name = if iface.out { way.oif } else { way.iif };
        match name {
            Some(name) if iface.meets(name) => {}
            Some(_) => return Cond::none(family),
            None => {
                let question = super::cond::condition(iface.shown());
                cond = cond.perhaps(&question);
            }
        }
    }
    cond
}

impl<'a> Run<'a> {
    fn program(&mut self, index: usize, guard: &Cond, by: Option<&Rule>) {
        let Some(program) = self.programs.get(index) else {
            // Past the last chain: accepted.
            return self.push(Action::Permit, guard, by);
        };
        let frame = Frame {
            rules: &program.rules,
            program: index,
            next: None,
            depth: 0,
        };
        self.rules(&frame, guard);
        self.leave(&frame, guard, by);
    }

    /// The end of the rules of a frame: what comes next decides all that is left.
    fn leave(&mut self, frame: &Frame<'_>, guard: &Cond, by: Option<&Rule>) {
        if self.broken.is_some() {
            return;
        }
        if let Some(next) = frame.next {
            self.rules(next, guard);
            return self.leave(next, guard, by);
        }
        match self
            .programs
            .get(frame.program)
            .map(|program| program.accept)
        {
            Some(Some(true)) => self.program(frame.program + 1, guard, by),
            Some(Some(false)) => self.push(Action::Deny, guard, by),
            _ => self.push(
                Action::Unread,
                &guard.clone().perhaps(&gap("policy".to_owned())),
                by,
            ),
        }
    }

    fn rules(&mut self, frame: &Frame<'_>, guard: &Cond) {
        self.nested += 1;
        if self.nested > NESTED {
            self.too_much();
        }
        for (index, rule) in frame.rules.iter().enumerate() {
            self.steps += 1;
            if self.steps > STEPS {
                self.too_much();
            }
            if self.broken.is_some() {
                break;
            }
            let cond = asked(&rule.test, self.family, self.way).and(guard);
            if cond.is_none() {
                continue;
            }
            let behind = Frame {
                rules: frame.rules.get(index + 1..).unwrap_or_default(),
                ..*frame
            };
            for (test, verdict) in &rule.outcomes {
                let cond = asked(test, self.family, self.way).and(&cond);
                if !cond.is_none() {
                    self.outcome(&behind, rule, verdict, &cond);
                }
            }
        }
        self.nested -= 1;
    }

    fn too_much(&mut self) {
        self.broken = Some("too many combinations of rules".to_owned());
    }

    fn outcome(&mut self, behind: &Frame<'_>, rule: &Rule, verdict: &Verdict, cond: &Cond) {
        match verdict {
            Verdict::Continue => {}
            Verdict::Drop => self.push(Action::Deny, cond, Some(rule)),
            Verdict::Unread => {
                let question = gap(rule.text.clone());
                self.push(Action::Unread, &cond.clone().perhaps(&question), Some(rule));
            }
            Verdict::Accept if behind.program + 1 >= self.programs.len() => {
                self.push(Action::Permit, cond, Some(rule));
            }
            Verdict::Accept => self.program(behind.program + 1, cond, Some(rule)),
            Verdict::Return => {
                let end = Frame {
                    rules: &[],
                    ..*behind
                };
                self.leave(&end, cond, Some(rule));
            }
            Verdict::Jump(name) => self.jump(behind, name, cond, false, rule),
            Verdict::Goto(name) => self.jump(behind, name, cond, true, rule),
        }
    }

    fn jump(&mut self, behind: &Frame<'_>, name: &str, cond: &Cond, goto: bool, rule: &Rule) {
        let chain = self
            .programs
            .get(behind.program)
            .and_then(|program| program.table.find(name));
        let Some(chain) = chain else {
            // Such a text is refused when it is loaded: this is not what the device has.
            return self.push(
                Action::Unread,
                &cond.clone().perhaps(&gap(rule.text.clone())),
                Some(rule),
            );
        };
        if behind.depth >= DEEPEST {
            self.broken = Some("jumps that do not end".to_owned());
            return;
        }
        let rules: Vec<&Rule> = chain.rules.iter().collect();
        let frame = Frame {
            rules: &rules,
            program: behind.program,
            next: if goto { behind.next } else { Some(behind) },
            depth: behind.depth + 1,
        };
        self.rules(&frame, cond);
        if goto {
            self.leave(
                &Frame {
                    rules: &[],
                    ..frame
                },
                cond,
                Some(rule),
            );
        }
        // Else what is left goes on behind the jump by itself.
    }

    fn push(&mut self, action: Action, cond: &Cond, rule: Option<&Rule>) {
        self.size += cond.size();
        if self.size > MOST {
            return self.too_much();
        }
        let cond = match (self.tracked, rule) {
            // The end of everything is certain for fragments too: no rule could match the datagram.
            (true, Some(_)) => reassembled(cond),
            _ => cond.clone(),
        };
        self.out.push(Ace {
            action,
            certain: cond.certain,
            open: cond.open,
            seq: None,
            line: rule.map(|rule| rule.line),
            text: rule.map_or_else(|| end_words(action), |rule| rule.text.clone()),
            log: rule.is_some_and(|rule| rule.log),
        });
    }
}

fn end_words(action: Action) -> String {
    let word = match action {
        Action::Permit => "policy accept",
        Action::Deny => "policy drop",
        Action::Unread => "policy",
    };
    word.to_owned()
}

/// With connection tracking the chains see whole datagrams: a fragment goes the way of a datagram of its addresses and
/// protocol, which we do not see.
fn reassembled(cond: &Cond) -> Cond {
    use crate::net::PositionSet;
    let pieces = PositionSet(PositionSet::FIRST.0 | PositionSet::LATER.0);
    let whole = |boxed: &Match| Match {
        position: boxed.position.intersect(PositionSet::WHOLE),
        ..boxed.clone()
    };
    let question: Question = super::cond::condition("fragments are put together first");
    let mut out = Cond::exact(cond.family, cond.certain.iter().map(whole).collect());
    let of_pieces = |boxes: &[Match]| {
        boxes
            .iter()
            .map(|m| m.clone().tidy().without_l4(pieces))
            .collect()
    };
    out = out.or_open(question.clone(), of_pieces(&cond.certain));
    for open in &cond.open {
        let boxes = open.boxes.iter().map(whole).collect();
        out = out.or_open(open.question.clone(), boxes);
        out = out.or_open(question.clone(), of_pieces(&open.boxes));
    }
    out
}

/// What a rule and all that it leads to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Looks {
    pub(super) iif: bool,
    pub(super) oif: bool,
    /// May end the base chain before later rules are asked.
    pub(super) accepts: bool,
    /// May drop.
    pub(super) drops: bool,
}

impl Looks {
    fn or(self, other: Looks) -> Looks {
        Looks {
            iif: self.iif || other.iif,
            oif: self.oif || other.oif,
            accepts: self.accepts || other.accepts,
            drops: self.drops || other.drops,
        }
    }
}

/// What a rule of a base chain looks at.
pub(super) fn looks(table: &Table, rule: &Rule) -> Looks {
    into_rule(table, rule, true, &mut Vec::new())
}

fn into_rule(table: &Table, rule: &Rule, base: bool, seen: &mut Vec<String>) -> Looks {
    let tests = std::iter::once(&rule.test).chain(rule.outcomes.iter().map(|(test, _)| test));
    let ifaces = tests.flat_map(|test| &test.ifaces);
    let mut looks = ifaces.fold(Looks::default(), |all, iface| Looks {
        iif: all.iif || !iface.out,
        oif: all.oif || iface.out,
        ..all
    });
    for (_, verdict) in &rule.outcomes {
        looks = looks.or(match verdict {
            Verdict::Accept => Looks {
                accepts: true,
                ..Looks::default()
            },
            Verdict::Drop => Looks {
                drops: true,
                ..Looks::default()
            },
            // `return` in a base chain ends it.
            Verdict::Return if base => Looks {
                accepts: true,
                ..Looks::default()
            },
            Verdict::Return | Verdict::Continue => Looks::default(),
            Verdict::Unread => Looks {
                accepts: true,
                drops: true,
                ..Looks::default()
            },
            Verdict::Jump(name) | Verdict::Goto(name) => {
                // A `goto` of a base chain never comes back to it.
                let leaves = base && matches!(verdict, Verdict::Goto(_));
                let inside = into_chain(table, name, seen);
                Looks {
                    accepts: inside.accepts || leaves,
                    ..inside
                }
            }
        });
    }
    looks
}

fn into_chain(table: &Table, name: &str, seen: &mut Vec<String>) -> Looks {
    if seen.iter().any(|known| known == name) || seen.len() > 1000 {
        return Looks::default();
    }
    let Some(chain) = table.find(name) else {
        return Looks {
            accepts: true,
            drops: true,
            ..Looks::default()
        };
    };
    seen.push(name.to_owned());
    let mut all = Looks::default();
    for rule in &chain.rules {
        all = all.or(into_rule(table, rule, false, seen));
    }
    all
}

/// Base chains of a hook that see a family, in the order in which packets meet them.
pub(super) fn hooked<'r>(
    ruleset: &'r Ruleset,
    hook: &str,
    family: Family,
) -> Vec<(&'r TableKey, &'r Table, &'r Chain)> {
    let own = match family {
        Family::V4 => "ip",
        Family::V6 => "ip6",
    };
    let sees = |key: &TableKey| key.0 == "inet" || key.0 == own;
    let mut all = Vec::new();
    for (key, table) in ruleset.tables.iter().filter(|(key, _)| sees(key)) {
        for chain in &table.chains {
            if let Some(base) = &chain.base
                && base.hook == hook
                && base.kind != "nat"
            {
                all.push((base.priority, chain.line, (key, table, chain)));
            }
        }
    }
    all.sort_by_key(|(priority, line, _)| (*priority, *line));
    all.into_iter().map(|(.., found)| found).collect()
}
