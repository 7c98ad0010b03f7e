//! A capture -> one [`Device`]: lists on interfaces, out of chains that see every packet.
//!
//! A forward chain is cut into what looks at the incoming interface and what looks at the outgoing one: a rule that never
//! accepts is one more condition, so such rules become an in-list and an out-list, as on a switch. From the first rule that
//! may accept on, the chain stays whole. What an input chain does to packets for own addresses stands at the front of the
//! in-lists (D18, D19). Must not know: the policy.

use super::chains::{Entries, Program, Way, asked, entries, hooked, looks};
use super::cond::Cond;
use super::parse::Parser;
use super::ruleset::{Rule, Ruleset, Verdict};
use super::system::System;
use super::token::{Token, tokens};
use super::{FACTS, ID};
use crate::acl::{Acl, AclState, Direction, Known};
use crate::base::text::sanitise;
use crate::base::{Source, Text};
use crate::device::{
    Binding, Device, Effect, EffectClass, Forwarding, Gap, Interface, InterfaceKind, Scope, Sees,
};
use crate::net::{AddrSet, Family, Match};
use crate::text;
use crate::vendor::Hint;
use crate::vendor::capture::lines;
use crate::vendor::redact::redact;
use ipnet::IpNet;
use std::collections::BTreeSet;

/// Reads a capture.
pub(super) fn device(source: &Source, hint: &Hint) -> Device {
    let mut reader = Reader {
        system: System::default(),
        gaps: Vec::new(),
        effects: Vec::new(),
        acls: Vec::new(),
        modelled: BTreeSet::new(),
        confirmed_only: hint.confirmed_only,
    };
    let ruleset = reader.text(source);
    reader.finish(&ruleset, hint)
}

struct Reader {
    system: System,
    gaps: Vec<Gap>,
    effects: Vec<Effect>,
    acls: Vec<Acl>,
    modelled: BTreeSet<&'static str>,
    confirmed_only: bool,
}

/// The rules of a base chain that become lists of one direction.
#[derive(Default)]
struct Cut<'r> {
    inward: Vec<Program<'r>>,
    outward: Vec<Program<'r>>,
}

const COMMANDS: [&str; 15] = [
    "table", "add", "create", "insert", "flush", "delete", "destroy", "define", "redefine",
    "include", "nft", "chain", "rule", "element", "}",
];

/// Hooks of packets whose chains become lists.
const HOOKS: [&str; 5] = ["prerouting", "input", "forward", "output", "postrouting"];

impl Reader {
    /// Sorts the lines into rules and the rest.
    fn text(&mut self, source: &Source) -> Ruleset {
        let mut all: Vec<Token> = Vec::new();
        let (mut depth, mut joined) = (0usize, false);
        for line in lines(source) {
            let inside = depth > 0 || joined;
            if let Some(said) = line.text.strip_prefix("#@").filter(|_| !inside) {
                if !self.system.line(said.trim_start(), 0, line.number) {
                    self.unknown(line.number, said);
                }
                continue;
            }
            if let Some(host) = shell_prompt(&line.text).filter(|_| !inside) {
                let named = || sanitise(host).into_owned();
                self.system.hostname.get_or_insert_with(named);
                continue;
            }
            if line.text.starts_with('#') || (line.prompt && !inside) {
                continue;
            }
            let first = line.text.split([' ', '\t', '{']).next().unwrap_or_default();
            if inside || COMMANDS.contains(&first) {
                let from = all.len();
                tokens(&line.text, line.number, &mut all);
                let new = all.get(from..).unwrap_or_default();
                for token in new {
                    depth = match () {
                        () if token.is("{") => depth + 1,
                        () if token.is("}") => depth.saturating_sub(1),
                        () => depth,
                    };
                }
                joined = new.last().is_some_and(|token| !token.is("\n"));
            } else if !self.system.line(&line.text, line.indent, line.number) {
                self.unknown(line.number, &line.text);
            }
        }
        let mut parser = Parser::new(all);
        parser.run();
        for unread in std::mem::take(&mut parser.unread) {
            self.gap(unread.line, &unread.text, text!("nft-gap-statement"));
            self.effect(EffectClass::Rewrites, unread.line, &unread.text);
        }
        parser.ruleset
    }

    fn gap(&mut self, line: u32, text: &str, why: Text) {
        self.gaps.push(Gap {
            line,
            text: text.to_owned(),
            why,
        });
    }

    fn effect(&mut self, class: EffectClass, line: u32, text: &str) {
        self.effects.push(Effect {
            class,
            scope: Scope::Device,
            line,
            text: text.to_owned(),
        });
    }

    /// A line that is none of what we know (D23, X).
    fn unknown(&mut self, line: u32, text: &str) {
        let shown = redact(text);
        self.gap(line, &shown, text!("nft-gap-line"));
        self.effect(EffectClass::Rewrites, line, &shown);
    }

    fn finish(mut self, ruleset: &Ruleset, hint: &Hint) -> Device {
        self.other_chains(ruleset);
        self.rule_effects(ruleset);
        self.name_interfaces(ruleset);
        self.system.enable_ipv6();
        self.kernel_switches();
        for (class, line, text) in std::mem::take(&mut self.system.effects) {
            self.effect(class, line, &text);
        }
        let sees_local = self.bind(ruleset);
        self.unbound(ruleset);
        self.gaps.sort_by_key(|gap| gap.line);
        self.effects.sort_by_key(|effect| effect.line);
        let fact = |id: &str| FACTS.known(id, self.confirmed_only);
        let forwards =
            |key: &str, other: &str| match self.system.is_on(key).or(self.system.is_on(other)) {
                Some(true) => Known::Yes,
                Some(false) => Known::No,
                None => fact("forwards-without-line"),
            };
        let bridged = fact("forward-chain-sees-bridged");
        Device {
            hostname: self.system.hostname.clone(),
            dialect: ID,
            model: hint.model.clone(),
            forwards: Forwarding {
                v4: forwards("net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding"),
                v6: forwards(
                    "net.ipv6.conf.all.forwarding",
                    "net.ipv6.conf.all.forwarding",
                ),
            },
            sees: Sees {
                bridged_in: bridged.clone(),
                bridged_out: bridged,
                to_switch: if sees_local { Known::Yes } else { Known::No },
                from_switch: Known::No,
            },
            routes: self.system.ranked(),
            dynamic: self
                .system
                .dynamic
                .map(|line| (String::new(), line))
                .into_iter()
                .collect(),
            interfaces: self.system.interfaces,
            acls: self.acls,
            settled: Vec::new(),
            effects: self.effects,
            gaps: self.gaps,
            relays_from_either: false,
            modelled: self.modelled.into_iter().map(str::to_owned).collect(),
            asides: Vec::new(),
            beneath: Default::default(),
            parts: BTreeSet::new(),
        }
    }

    /// Chains that filter frames, or packets of an interface before everything else.
    fn other_chains(&mut self, ruleset: &Ruleset) {
        for ((family, _), table) in &ruleset.tables {
            let frames = matches!(family.as_str(), "arp" | "bridge" | "netdev");
            for chain in &table.chains {
                let Some(base) = &chain.base else { continue };
                let quiet = chain.rules.is_empty() && base.accept == Some(true);
                if !quiet && (frames || !HOOKS.contains(&base.hook.as_str())) {
                    let text = format!("table {family} chain {}", sanitise(&chain.name));
                    self.effect(EffectClass::Narrows, chain.line, &text);
                }
            }
        }
    }

    /// What rules do besides filtering; what was not understood of them.
    fn rule_effects(&mut self, ruleset: &Ruleset) {
        let chains = ruleset.tables.values().flat_map(|table| &table.chains);
        let mut found = Vec::new();
        for chain in chains {
            let nat = chain.base.as_ref().is_some_and(|base| base.kind == "nat");
            for rule in &chain.rules {
                if rule.rewrites {
                    found.push((EffectClass::Rewrites, rule));
                } else if rule.redirects || (rule.offloads && !nat) {
                    found.push((EffectClass::Redirects, rule));
                }
                if nat && rule.outcomes.iter().any(|(_, to)| *to == Verdict::Drop) {
                    found.push((EffectClass::Narrows, rule));
                }
                if is_unread(rule) {
                    self.gap(rule.line, &rule.text, text!("nft-gap-rule"));
                }
            }
        }
        for (class, rule) in found {
            self.effect(class, rule.line, &rule.text);
        }
        for family in Family::BOTH {
            for (_, table, chain) in hooked(ruleset, "output", family) {
                let policy = chain
                    .base
                    .as_ref()
                    .is_some_and(|base| base.accept == Some(true));
                let drops = chain.rules.iter().any(|rule| looks(table, rule).drops);
                if !policy || drops {
                    // What the device sends itself may stay there (D20).
                    let text = format!("chain {}", sanitise(&chain.name));
                    let known = self
                        .effects
                        .iter()
                        .any(|e| e.line == chain.line && e.text == text);
                    if !known {
                        self.effect(EffectClass::Narrows, chain.line, &text);
                    }
                }
            }
        }
    }

    /// Interfaces that only rules speak of.
    fn name_interfaces(&mut self, ruleset: &Ruleset) {
        let chains = ruleset.tables.values().flat_map(|table| &table.chains);
        for rule in chains.flat_map(|chain| &chain.rules) {
            let tests = std::iter::once(&rule.test).chain(rule.outcomes.iter().map(|(t, _)| t));
            for iface in tests
                .flat_map(|test| &test.ifaces)
                .filter(|iface| !iface.negated)
            {
                for name in iface.names.iter().filter(|name| !name.ends_with('*')) {
                    if *name != "lo" {
                        self.system.interface(name, rule.line);
                    }
                }
            }
        }
    }

    /// Reverse-path filters may drop what lists let through; where the text does not say that there is none, perhaps.
    fn kernel_switches(&mut self) {
        let filters: Vec<(String, bool, u32)> = self
            .system
            .switches
            .iter()
            .filter(|(key, _)| key.ends_with(".rp_filter"))
            .map(|(key, (value, line))| (format!("{key} = {value}"), value != "0", *line))
            .collect();
        if let Some((text, _, line)) = filters.iter().find(|(_, on, _)| *on) {
            self.effect(EffectClass::Narrows, *line, text);
        } else if filters.is_empty() && self.system.interfaces.iter().any(|i| !i.addrs.is_empty()) {
            self.effect(EffectClass::Narrows, 0, "net.ipv4.conf.all.rp_filter = ?");
        }
        let off: Vec<(String, u32)> = self
            .system
            .switches
            .iter()
            .filter(|(key, (value, _))| {
                let one = key.ends_with(".forwarding") && !key.contains(".conf.all.");
                one && !key.contains(".conf.default.") && value == "0"
            })
            .map(|(key, (_, line))| (format!("{key} = 0"), *line))
            .collect();
        for (text, line) in off {
            self.effect(EffectClass::Narrows, line, &text);
        }
    }

    /// Gives every interface its lists. Whether packets to own addresses meet the in-lists.
    fn bind(&mut self, ruleset: &Ruleset) -> bool {
        let local = Family::BOTH.iter().any(|family| {
            ["prerouting", "input"]
                .iter()
                .any(|hook| !hooked(ruleset, hook, *family).is_empty())
        });
        for family in Family::BOTH {
            let forward = cut(ruleset, family);
            let input = whole(ruleset, &["prerouting", "input"], family);
            let own = own_addresses(&self.system.interfaces, family);
            let names: Vec<String> = self
                .system
                .interfaces
                .iter()
                .filter(|interface| interface.kind != InterfaceKind::Loopback)
                .map(|interface| interface.name.clone())
                .collect();
            for name in names {
                let (iif, oif) = (Some(name.as_str()), Some(name.as_str()));
                let inward = Way { iif, oif: None };
                let outward = Way { iif: None, oif };
                let own = local.then_some(&own);
                let lists = [
                    self.inward(&forward.inward, &input, family, inward, own, ruleset),
                    self.list(&forward.outward, family, outward, ruleset),
                ];
                for (direction, acl) in [Direction::In, Direction::Out].into_iter().zip(lists) {
                    let Some((acl, line)) = acl else { continue };
                    let binding = Binding {
                        family,
                        direction,
                        acl: self.index_of(acl),
                        line,
                    };
                    self.system.interface(&name, 0).bindings.push(binding);
                }
            }
        }
        local
    }

    /// An equal list of the same name is the same list.
    fn index_of(&mut self, acl: Acl) -> usize {
        match self.acls.iter().position(|known| *known == acl) {
            Some(index) => index,
            None => {
                self.acls.push(acl);
                self.acls.len() - 1
            }
        }
    }

    /// The in-list of an interface, with what input chains do to packets for own addresses at its front.
    fn inward(
        &self,
        programs: &[Program<'_>],
        input: &[Program<'_>],
        family: Family,
        way: Way<'_>,
        own: Option<&Vec<IpNet>>,
        ruleset: &Ruleset,
    ) -> Option<(Acl, u32)> {
        let forward = self.list(programs, family, way, ruleset);
        let Some(own) = own else {
            return forward;
        };
        let local = self.list(input, family, way, ruleset);
        let same = |a: &Acl, b: &Acl| a.entries == b.entries && a.tail == b.tail;
        match (&forward, &local) {
            (None, None) => return None,
            (Some((a, _)), Some((b, _))) if same(a, b) => return forward,
            _ => {}
        }
        let to_own = Match {
            dst: AddrSet::from_prefixes(family, own),
            ..Match::any(family)
        };
        let guard = Cond::exact(family, vec![to_own]);
        let programs: Vec<Program<'_>> = relevant(input, family, way);
        let mut front = entries(&programs, family, way, ruleset.tracked, &guard).entries;
        let open = match forward {
            Some((acl, line)) => {
                front.extend(acl.entries.clone());
                (
                    Acl {
                        entries: front,
                        ..acl
                    },
                    line,
                )
            }
            None => {
                let (acl, line) = local?;
                let tail = crate::acl::Ace::implicit(
                    crate::acl::Action::Permit,
                    vec![Match::any(family)],
                    "accept",
                );
                (
                    Acl {
                        entries: front,
                        tail: vec![tail],
                        ..acl
                    },
                    line,
                )
            }
        };
        Some(open)
    }

    /// The list that programs make for one interface; `None` if they say nothing about it.
    fn list(
        &self,
        programs: &[Program<'_>],
        family: Family,
        way: Way<'_>,
        ruleset: &Ruleset,
    ) -> Option<(Acl, u32)> {
        let programs = relevant(programs, family, way);
        let silent = |p: &Program<'_>| p.rules.is_empty() && p.accept == Some(true);
        if programs.iter().all(silent) {
            return None;
        }
        let guard = Cond::all(family);
        let Entries { entries, tail } = entries(&programs, family, way, ruleset.tracked, &guard);
        let speaking: Vec<&Program<'_>> = programs.iter().filter(|p| !silent(p)).collect();
        let (name, line) = title(&speaking, family, way);
        let bound_at = speaking
            .iter()
            .find_map(|p| p.rules.first().map(|rule| rule.line));
        let acl = Acl {
            name: sanitise(&name).into_owned(),
            family,
            state: AclState::Defined,
            entries,
            tail,
            line: Some(line),
        };
        Some((acl, bound_at.unwrap_or(line)))
    }

    /// Base chains that no interface shows: for `trace --acl` and the like.
    fn unbound(&mut self, ruleset: &Ruleset) {
        for family in Family::BOTH {
            for hook in ["forward", "input", "output"] {
                for (_, table, chain) in hooked(ruleset, hook, family) {
                    let shown =
                        hook != "output" && self.acls.iter().any(|acl| acl.family == family);
                    let program = Program {
                        table,
                        chain,
                        rules: chain.rules.iter().collect(),
                        accept: chain.base.as_ref().and_then(|base| base.accept),
                    };
                    if shown || (program.rules.is_empty() && program.accept == Some(true)) {
                        continue;
                    }
                    let made = self.list(&[program], family, Way::default(), ruleset);
                    if let Some((acl, _)) = made
                        && !self
                            .acls
                            .iter()
                            .any(|known| (known.family, &known.name) == (family, &acl.name))
                    {
                        self.acls.push(acl);
                    }
                }
            }
        }
    }
}

/// The host of `root@r1:~# ip address` or `[root@r1 ~]$ ip address`.
fn shell_prompt(text: &str) -> Option<&str> {
    let (prompt, _) = text.split_once(['#', '$'])?;
    let (user, place) = prompt.trim_start_matches('[').split_once('@')?;
    let plain = |text: &str| !text.is_empty() && !text.contains([' ', '"', '{', ',']);
    let host = place.split([':', ' ']).next()?;
    let at_end = prompt.ends_with(']') || place.contains(':');
    (plain(user) && plain(host) && at_end).then_some(host)
}

fn is_unread(rule: &Rule) -> bool {
    let gap = |cond: &Cond| {
        let asks =
            |open: &crate::acl::Open| matches!(open.question, crate::acl::Question::Gap { .. });
        cond.open.iter().any(asks)
    };
    let verdict = rule
        .outcomes
        .iter()
        .any(|(_, verdict)| *verdict == Verdict::Unread);
    verdict || rule.test.header.iter().any(gap)
}

/// All chains of some hooks, uncut.
fn whole<'r>(ruleset: &'r Ruleset, hooks: &[&str], family: Family) -> Vec<Program<'r>> {
    let chains = hooks.iter().flat_map(|hook| hooked(ruleset, hook, family));
    let program = |(_, table, chain): (_, _, &'r super::ruleset::Chain)| Program {
        table,
        chain,
        rules: chain.rules.iter().collect(),
        accept: chain.base.as_ref().and_then(|base| base.accept),
    };
    chains.map(program).collect()
}

/// The chains that a forwarded packet meets, cut by direction.
fn cut<'r>(ruleset: &'r Ruleset, family: Family) -> Cut<'r> {
    let mut all = Cut {
        inward: whole(ruleset, &["prerouting"], family),
        outward: Vec::new(),
    };
    for program in whole(ruleset, &["forward"], family) {
        let (mut inward, mut outward, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        let mut whole = false;
        for &rule in &program.rules {
            let looks = looks(program.table, rule);
            whole |= looks.accepts || (looks.iif && looks.oif);
            match (whole, looks.oif) {
                (true, _) => rest.push(rule),
                (false, true) => outward.push(rule),
                (false, false) => inward.push(rule),
            }
        }
        let looked = rest.iter().map(|rule| looks(program.table, rule));
        let (iif, oif) = looked.fold((false, false), |(i, o), l| (i || l.iif, o || l.oif));
        let of = |rules: Vec<&'r Rule>, accept| Program {
            rules,
            accept,
            ..program.clone()
        };
        // The cut-off front first: it may only drop. Then what must stay together, on the side that it looks at.
        all.inward.push(of(inward, Some(true)));
        all.outward.push(of(outward, Some(true)));
        let rest = of(rest, program.accept);
        match oif && !iif {
            true => all.outward.push(rest),
            false => all.inward.push(rest),
        }
    }
    all.outward.extend(whole(ruleset, &["postrouting"], family));
    all
}

/// The programs without the rules that ask for another interface or family.
fn relevant<'r>(programs: &[Program<'r>], family: Family, way: Way<'_>) -> Vec<Program<'r>> {
    let kept = programs.iter().map(|program| {
        let meets = |rule: &&&'r Rule| {
            let outcome = |(test, _): &(_, _)| !asked(test, family, way).is_none();
            !asked(&rule.test, family, way).is_none() && rule.outcomes.iter().any(outcome)
        };
        Program {
            rules: program.rules.iter().filter(meets).copied().collect(),
            ..program.clone()
        }
    });
    kept.collect()
}

/// Name and line of a list: the one chain that its only rule jumps to, else the base chain, with the interface if another
/// interface has another list.
fn title(programs: &[&Program<'_>], family: Family, way: Way<'_>) -> (String, u32) {
    if let [program] = programs
        && let [rule] = program.rules.as_slice()
    {
        let targets: Vec<&String> = rule
            .outcomes
            .iter()
            .filter(|(test, _)| !asked(test, family, way).is_none())
            .filter_map(|(_, verdict)| match verdict {
                Verdict::Jump(name) => Some(name),
                _ => None,
            })
            .collect();
        let plain = asked(&rule.test, family, way).is_all();
        if let [target] = targets.as_slice()
            && let Some(chain) = program.table.find(target)
            && plain
        {
            return (chain.name.clone(), chain.line);
        }
    }
    let named = programs.iter().flat_map(|p| &p.rules).any(|rule| {
        let tests = std::iter::once(&rule.test).chain(rule.outcomes.iter().map(|(t, _)| t));
        tests.flat_map(|test| &test.ifaces).next().is_some()
    });
    let names: BTreeSet<&str> = programs.iter().map(|p| p.chain.name.as_str()).collect();
    let mut name = names.into_iter().collect::<Vec<_>>().join("+");
    if let (true, Some(interface)) = (named, way.iif.or(way.oif)) {
        name = format!("{name}@{interface}");
    }
    (name, programs.first().map_or(0, |p| p.chain.line))
}

/// Addresses that go to the input hook (D19).
fn own_addresses(interfaces: &[Interface], family: Family) -> Vec<IpNet> {
    let addrs = interfaces.iter().flat_map(|interface| &interface.addrs);
    let mut own: Vec<IpNet> = addrs
        .filter(|net| Family::of_net(net) == family)
        .map(|net| IpNet::from(net.addr()))
        .collect();
    if family == Family::V6 {
        own.extend("fe80::/10".parse::<IpNet>());
    }
    own.sort_unstable();
    own.dedup();
    own
}
