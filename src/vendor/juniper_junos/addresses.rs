//! Address conditions: prefixes with `except`, masks with holes, prefix lists.
//!
//! Inside one condition the longest match decides, and what nothing matches is not meant (an except-only list matches
//! nothing). In: the words of the condition and the prefix lists. Out: the addresses meant for certain, and those meant
//! perhaps with the question. Must not know: what else a term tests.

use super::ID;
use super::filter::Context;
use super::tree::At;
use crate::acl::{Known, Question};
use crate::net::addr::{bits_of, range_to_prefixes};
use crate::net::{AddrSet, Family, Wildcard};
use crate::vendor::redact::redact;
use crate::vendor::words::{ipv4, netmask_length, wildcard4};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// Members of a prefix list.
#[derive(Debug, Default)]
pub(super) struct PrefixList {
    nets: Vec<IpNet>,
    /// Members that are not in the text (`apply-path`) or were not understood.
    unread: Option<String>,
}

/// Prefix lists by name.
pub(super) type PrefixLists = BTreeMap<String, PrefixList>;

/// Reads `policy-options prefix-list`.
pub(super) fn prefix_lists(options: At<'_>, lists: &mut PrefixLists) {
    for named in options
        .child("prefix-list")
        .into_iter()
        .flat_map(At::children)
    {
        let list = lists.entry(named.word().to_owned()).or_default();
        for member in named.children() {
            match net(member.word()).filter(|_| member.is_leaf()) {
                Some(Place::Net(net)) => list.nets.push(net),
                _ => {
                    let text = redact(&format!(
                        "prefix-list {} {}",
                        named.word(),
                        member.text(200)
                    ));
                    list.unread.get_or_insert(text);
                }
            }
        }
        if named.is_broken() {
            let text = redact(&format!(
                "prefix-list {} (line {})",
                named.word(),
                named.line()
            ));
            list.unread.get_or_insert(text);
        }
    }
}

/// A word of an address condition.
enum Place {
    Net(IpNet),
    /// `10.0.1.0/255.0.255.0`.
    Mask(Wildcard),
}

/// A prefix, an address, or an address with a mask.
fn net(word: &str) -> Option<Place> {
    if let Ok(addr) = word.parse::<IpAddr>() {
        return Some(Place::Net(IpNet::from(addr)));
    }
    let (addr, length) = word.split_once('/')?;
    if addr.contains(':') {
        let net = Ipv6Net::new(addr.parse().ok()?, length.parse().ok()?).ok()?;
        return Some(Place::Net(IpNet::V6(net.trunc())));
    }
    let addr = ipv4(addr)?;
    let length = match ipv4(length) {
        None => length.parse::<u8>().ok()?,
        Some(mask) => match netmask_length(mask) {
            Some(length) => length,
            None => {
                let free = Ipv4Addr::from_bits(!mask.to_bits());
                return Some(Place::Mask(wildcard4(addr, free)));
            }
        },
    };
    Some(Place::Net(IpNet::V4(
        Ipv4Net::new(addr, length).ok()?.trunc(),
    )))
}

/// One address condition (`source-address` with `source-prefix-list`) while it is read.
#[derive(Debug)]
pub(super) struct Places {
    family: Family,
    /// Prefixes and whether they are meant: those of the term first, then those of each prefix list.
    parts: Vec<Vec<(IpNet, bool)>>,
    masks: Vec<Wildcard>,
    /// A mask with holes stands behind `except`, or beside one: what the longest match is there was not read.
    hole: bool,
    /// Only prefix lists, and all of them behind `except`.
    only_except_lists: bool,
    /// Includes, and excludes, that were not read.
    unread: [Option<String>; 2],
    /// A prefix list has members of the other family, or none at all.
    questions: Vec<&'static str>,
}

/// What is meant for certain, and perhaps.
pub(super) struct Meant {
    pub(super) sure: AddrSet,
    pub(super) more: Option<(Question, AddrSet)>,
}

impl Places {
    pub(super) fn new(family: Family) -> Places {
        Places {
            family,
            parts: vec![Vec::new()],
            masks: Vec::new(),
            hole: false,
            only_except_lists: true,
            unread: [None, None],
            questions: Vec::new(),
        }
    }

    /// Adds a word of `source-address` and the like; `false` if it is not understood.
    pub(super) fn address(&mut self, at: At<'_>) -> bool {
        let Some(include) = include(at) else {
            return false;
        };
        self.only_except_lists = false;
        match net(at.word()) {
            Some(Place::Net(net)) if Family::of_net(&net) == self.family => {
                self.own((net, include));
            }
            Some(Place::Mask(mask)) if self.family == Family::V4 => {
                self.hole |= !include;
                if include {
                    self.masks.push(mask);
                }
            }
            _ => return false,
        }
        true
    }

    /// Adds a prefix list; `false` if the words behind its name are not understood.
    pub(super) fn list(&mut self, at: At<'_>, lists: &PrefixLists) -> bool {
        let Some(include) = include(at) else {
            return false;
        };
        self.only_except_lists &= !include;
        let empty = PrefixList::default();
        let list = lists.get(at.word()).unwrap_or(&empty);
        if list.nets.is_empty() && list.unread.is_none() {
            self.questions.push("empty-prefix-list-matches-nothing");
        }
        if let Some(text) = &list.unread {
            let side = self.unread.get_mut(usize::from(!include));
            side.into_iter().for_each(|side| {
                side.get_or_insert_with(|| text.clone());
            });
        }
        let family = |net: &IpNet| Family::of_net(net) == self.family;
        if !list.nets.iter().all(family) {
            self.questions.push("prefix-list-ignores-other-family");
        }
        let nets = list.nets.iter().copied().filter(family);
        self.parts.push(nets.map(|net| (net, include)).collect());
        true
    }

    /// Adds a prefix of the term itself.
    fn own(&mut self, net: (IpNet, bool)) {
        if let Some(own) = self.parts.first_mut() {
            own.push(net);
        }
    }

    /// Whether a member was not understood.
    pub(super) fn is_unread(&self) -> bool {
        self.unread.iter().any(Option::is_some)
    }

    /// A member was not understood: it may be any addresses, with or without `except`.
    pub(super) fn set_unread(&mut self, text: &str) {
        for side in &mut self.unread {
            side.get_or_insert_with(|| redact(text));
        }
    }

    /// The addresses.
    pub(super) fn meant(mut self, context: &mut Context<'_>) -> Meant {
        let family = self.family;
        let mut nets = self.parts.iter().flatten();
        let has_include = nets.any(|(_, include)| *include) || !self.masks.is_empty();
        self.hole |= self.has_except() && !self.masks.is_empty();
        if self.only_except_lists && !has_include {
            let known = context.ask("except-only-prefix-list-matches-nothing");
            if let Known::Open(question) = known {
                self.own((any(family), true));
                return Meant {
                    sure: AddrSet::none(family),
                    more: Some((question, self.longest())),
                };
            }
        }
        let (sure, more) = self.joined(context);
        let wide = more.as_ref().map_or(&sure, |(_, wide)| wide).clone();
        let [include, except] = self.unread.each_ref().map(Option::is_some);
        // The wider reading of these facts is that the condition is what was read.
        self.questions.dedup();
        for id in &self.questions {
            if let Known::Open(question) = context.ask(id) {
                let may = if include {
                    AddrSet::any(family)
                } else {
                    wider(id, wide)
                };
                return Meant {
                    sure: AddrSet::none(family),
                    more: Some((question, may)),
                };
            }
        }
        let unread = self.unread.into_iter().flatten().next();
        let gap = unread.map_or_else(
            || Question::Condition {
                dialect: ID,
                text: "longest match of a mask with holes".to_owned(),
            },
            |text| Question::Gap { dialect: ID, text },
        );
        let (sure, more) = match (include, except || self.hole) {
            (false, false) => (sure, more),
            (true, false) => (sure, Some((gap, AddrSet::any(family)))),
            (false, true) => (AddrSet::none(family), Some((gap, wide))),
            (true, true) => (AddrSet::none(family), Some((gap, AddrSet::any(family)))),
        };
        Meant { sure, more }
    }

    /// What is meant by all prefixes together. That they are one list is said of the prefixes of a term; of prefix lists
    /// beside them, or of several, it is a fact of its own whether an `except` of one reaches into the other.
    fn joined(&self, context: &mut Context<'_>) -> (AddrSet, Option<(Question, AddrSet)>) {
        let several = self.parts.iter().filter(|part| !part.is_empty()).count() > 1;
        if several
            && self.has_except()
            && let Known::Open(question) = context.ask("prefix-lists-join-longest-match")
        {
            let apart = self.parts.iter().map(|part| self.of(part));
            let wide = apart.flat_map(|set| set.parts().to_vec());
            let wide = AddrSet::new(self.family, wide.collect::<Vec<_>>());
            return (self.of(&self.spared()), Some((question, wide)));
        }
        (self.longest(), None)
    }

    fn has_except(&self) -> bool {
        self.parts.iter().flatten().any(|(_, include)| !include)
    }

    /// All prefixes, without those that an `except` of another part covers.
    fn spared(&self) -> Vec<(IpNet, bool)> {
        let parts = self.parts.iter().enumerate();
        let nets = parts.flat_map(|(at, part)| part.iter().map(move |net| (at, net)));
        let mut excepts: BTreeMap<IpNet, BTreeSet<usize>> = BTreeMap::new();
        for (at, (net, _)) in nets.clone().filter(|(_, (_, include))| !include) {
            excepts.entry(net.trunc()).or_default().insert(at);
        }
        let covered = |at: usize, net: IpNet| {
            let mut above = std::iter::successors(Some(net), IpNet::supernet);
            above.any(|net| {
                let parts = excepts.get(&net);
                parts.is_some_and(|parts| parts.iter().any(|part| *part != at))
            })
        };
        nets.filter(|(at, (net, include))| !include || !covered(*at, net.trunc()))
            .map(|(_, net)| *net)
            .collect()
    }

    /// Prefixes by longest match, and the masks.
    fn longest(&self) -> AddrSet {
        self.of(&self.parts.concat())
    }

    fn of(&self, nets: &[(IpNet, bool)]) -> AddrSet {
        let family = self.family;
        let masks = self.masks.iter().copied();
        if nets.iter().all(|(_, include)| *include) {
            let nets = nets.iter().map(|(net, _)| Wildcard::from_prefix(*net));
            return AddrSet::new(family, nets.chain(masks));
        }
        let prefixes = longest_match(nets)
            .into_iter()
            .flat_map(|(a, b)| range_to_prefixes(family.addr(a), family.addr(b)))
            .map(Wildcard::from_prefix);
        AddrSet::new(family, prefixes.chain(masks))
    }
}

/// An empty list may also mean anything; another family's members may spoil the condition, no more.
fn wider(id: &str, read: AddrSet) -> AddrSet {
    if id == "empty-prefix-list-matches-nothing" {
        AddrSet::any(read.family())
    } else {
        read
    }
}

fn any(family: Family) -> IpNet {
    let text = match family {
        Family::V4 => "0.0.0.0/0",
        Family::V6 => "::/0",
    };
    text.parse().expect("a literal prefix")
}

/// Whether a word stands without `except`; `None` if something else stands behind it.
fn include(at: At<'_>) -> Option<bool> {
    let mut behind = at.children();
    match (behind.next(), behind.next()) {
        (None, _) => Some(true),
        (Some(word), None) if word.word() == "except" && word.is_leaf() => Some(false),
        _ => None,
    }
}

/// Ranges of the addresses whose longest prefix is an include. Prefixes nest or are apart, so one sweep with a stack does.
fn longest_match(nets: &[(IpNet, bool)]) -> Vec<(u128, u128)> {
    let mut sorted: Vec<(u128, std::cmp::Reverse<u128>, bool)> = nets
        .iter()
        .map(|(net, include)| {
            let end = std::cmp::Reverse(bits_of(net.broadcast()));
            (bits_of(net.network()), end, !include)
        })
        .collect();
    sorted.sort_unstable();
    let mut out: Vec<(u128, u128)> = Vec::new();
    let mut emit = |from: u128, to: u128, include: bool| {
        if include && from <= to {
            out.push((from, to));
        }
    };
    let mut stack: Vec<(u128, bool)> = Vec::new();
    let mut next = Some(0u128);
    for (start, std::cmp::Reverse(end), except) in sorted {
        while let Some(&(inner, include)) = stack.last().filter(|(e, _)| *e < start) {
            if let Some(from) = next {
                emit(from, inner, include);
            }
            next = inner.checked_add(1);
            stack.pop();
        }
        if let (Some(&(_, include)), Some(from)) = (stack.last(), next)
            && let Some(to) = start.checked_sub(1)
        {
            emit(from, to, include);
        }
        next = Some(start);
        stack.push((end, !except));
    }
    while let (Some((end, include)), Some(from)) = (stack.pop(), next) {
        emit(from, end, include);
        next = end.checked_add(1);
    }
    out
}

/// Addresses in both; `None` past a size that no configuration has.
pub(super) fn intersect(a: &AddrSet, b: &AddrSet) -> Option<AddrSet> {
    const MOST: usize = 65_536;
    if a.is_any() {
        return Some(b.clone());
    }
    if b.is_any() {
        return Some(a.clone());
    }
    if a.parts().len() * b.parts().len() > MOST {
        return None;
    }
    let family = a.family();
    let mut parts = Vec::new();
    for x in a.parts() {
        for y in b.parts().iter().filter(|y| x.overlaps(y)) {
            let free = x.free() & y.free();
            parts.push(Wildcard::new(family, x.value() | y.value(), free));
        }
    }
    Some(AddrSet::new(family, parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(text: &str) -> String {
        let nets: Vec<(IpNet, bool)> = text
            .split(' ')
            .map(|word| match word.strip_prefix('!') {
                Some(word) => (word.parse().unwrap(), false),
                None => (word.parse().unwrap(), true),
            })
            .collect();
        let family = Family::of_net(&nets[0].0);
        let shown = |(a, b): &(u128, u128)| format!("{}-{}", family.addr(*a), family.addr(*b));
        longest_match(&nets)
            .iter()
            .map(shown)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn the_longest_prefix_decides() {
        for (text, expect) in [
            (
                "0.0.0.0/0 !10.0.0.0/30",
                "0.0.0.0-9.255.255.255 10.0.0.4-255.255.255.255",
            ),
            (
                "!10.0.0.0/24 10.0.0.4/30 10.0.0.0/16",
                "10.0.0.4-10.0.0.7 10.0.1.0-10.0.255.255",
            ),
            ("!10.0.0.0/24", ""),
            (
                "10.0.0.0/32 !0.0.0.0/0 255.255.255.255/32",
                "10.0.0.0-10.0.0.0 255.255.255.255-255.255.255.255",
            ),
            (
                "::/0 !ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
                "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
            ),
        ] {
            assert_eq!(ranges(text), expect, "{text}");
        }
    }

    #[test]
    fn the_sweep_agrees_with_the_definition() {
        let mut rng = fastrand::Rng::with_seed(7);
        for round in 0..500 {
            let nets: Vec<(IpNet, bool)> = (0..rng.usize(1..8))
                .map(|_| {
                    let addr = Ipv4Addr::from_bits(rng.u32(..16));
                    let net = Ipv4Net::new(addr, rng.u8(28..=32)).unwrap().trunc();
                    (IpNet::V4(net), rng.bool())
                })
                .collect();
            let ranges = longest_match(&nets);
            for bits in 0..16u32 {
                let addr = IpAddr::V4(Ipv4Addr::from_bits(bits));
                let best = nets.iter().filter(|(net, _)| net.contains(&addr));
                let longest = best.clone().map(|(net, _)| net.prefix_len()).max();
                // The same prefix with and without `except` is not meant.
                let mut deciding = best.filter(|(net, _)| Some(net.prefix_len()) == longest);
                let expect = longest.is_some() && deciding.all(|(_, include)| *include);
                let bits = u128::from(bits);
                let found = ranges.iter().any(|&(a, b)| (a..=b).contains(&bits));
                assert_eq!(found, expect, "round {round} {nets:?} {addr}");
            }
        }
    }

    #[test]
    fn words_of_addresses() {
        for (word, expect) in [
            ("10.0.0.1", "10.0.0.1/32"),
            ("10.0.0.1/24", "10.0.0.0/24"),
            ("10.0.0.0/255.255.0.0", "10.0.0.0/16"),
            ("10.0.1.0/255.0.255.0", "10.0.1.0 0.255.0.255"),
            ("2001:db8::5/64", "2001:db8::/64"),
            ("::1", "::1/128"),
            ("10.0.0.0/33", "-"),
            ("10.0.0/8", "-"),
            ("any", "-"),
        ] {
            let shown = match net(word) {
                None => "-".to_owned(),
                Some(Place::Net(net)) => net.to_string(),
                Some(Place::Mask(mask)) => mask.to_string(),
            };
            assert_eq!(shown, expect, "{word}");
        }
    }
}
