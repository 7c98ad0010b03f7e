//! [`Entry`] <-> vendor-neutral entries, both ways in one file so that they cannot drift.
//!
//! In: an entry and the [`Rules`] of the model, or a draft. Out: certain and possible boxes (D10), or an entry to print.
//! An entry with a port, flag or ICMP condition never matches a later fragment, permit and deny alike (D8); a bare protocol
//! word perhaps does. Must not know: text.

use super::native::Entry;
use super::rules::{Rules, condition, gap};
use crate::acl::{Ace, Action, DraftEntry, Known, Open, Question};
use crate::base::Text;
use crate::net::proto::{ICMP, ICMPV6, TCP, UDP};
use crate::net::{ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet, TcpFlags};
use crate::text;

/// AH: an IPv4 entry with it detects nothing (K21).
pub(super) const AH: u8 = 51;
/// Next-header values that are IPv6 extension headers; what an entry with such a protocol detects was not read.
const EXTENSION_HEADERS: [u8; 9] = [0, 43, 44, 51, 60, 135, 139, 140, 59];

/// Boxes sorted by the question that they hang on.
struct Boxes {
    certain: Vec<Match>,
    open: Vec<Open>,
}

impl Boxes {
    /// Adds a box that is matched if the fact holds.
    fn add(&mut self, known: &Known, boxed: Match) {
        if boxed.is_empty() {
            return;
        }
        match known {
            Known::Yes => self.certain.push(boxed),
            Known::No => {}
            Known::Open(question) => self.add_open(question, vec![boxed]),
        }
    }

    fn add_open(&mut self, question: &Question, boxes: Vec<Match>) {
        match self.open.iter_mut().find(|o| o.question == *question) {
            Some(open) => open.boxes.extend(boxes),
            None => self.open.push(Open {
                question: question.clone(),
                boxes,
            }),
        }
    }

    /// Makes everything hang on one fact; an open fact takes the place of the questions before it.
    fn hang_on(&mut self, known: &Known) {
        match known {
            Known::Yes => {}
            Known::No => {
                self.certain.clear();
                self.open.clear();
            }
            Known::Open(question) => {
                let open = std::mem::take(&mut self.open);
                let mut all = std::mem::take(&mut self.certain);
                all.extend(open.into_iter().flat_map(|open| open.boxes));
                if !all.is_empty() {
                    self.add_open(question, all);
                }
            }
        }
    }

    /// Makes what is certain hang on a fact, and leaves the rest as it is.
    fn certain_if(&mut self, known: &Known) {
        let certain = std::mem::take(&mut self.certain);
        for boxed in certain {
            self.add(known, boxed);
        }
    }
}

/// The boxes of an entry; `canonical` names the line in questions.
pub(super) fn ace(entry: &Entry, rules: &Rules, canonical: impl FnOnce() -> String) -> Ace {
    let mut boxes = matched(entry, rules);
    boxes.certain_if(&rules.grammar);
    if !entry.condition.is_empty() {
        boxes.hang_on(&condition(&entry.condition));
    }
    if entry.unread || entry.redirect {
        boxes.hang_on(&gap(canonical()));
    }
    Ace {
        action: match (entry.redirect, entry.permit) {
            (true, _) => Action::Unread, // what it permits goes elsewhere: not modelled on a match (D10, D23)
            (false, true) => Action::Permit,
            (false, false) => Action::Deny,
        },
        certain: boxes.certain,
        open: boxes.open,
        seq: None,
        line: None,
        text: String::new(),
        log: false,
    }
}

fn matched(entry: &Entry, rules: &Rules) -> Boxes {
    let family = entry.src.family();
    let mut boxes = Boxes {
        certain: Vec::with_capacity(1),
        open: Vec::new(),
    };
    let base = Match::pair(entry.src, entry.dst);
    let Some(protocol) = entry.protocol else {
        by_addresses(&base, rules, &mut boxes);
        return boxes;
    };
    if family == Family::V6 && EXTENSION_HEADERS.contains(&protocol) {
        boxes.add(&condition(&format!("protocol {protocol}")), base);
        return boxes;
    }
    let base = Match {
        protocol: ByteSet::one(protocol),
        ..base
    };
    if entry.has_l4() {
        by_l4(entry, &base, rules, &mut boxes);
    } else {
        by_protocol(&base, rules, &mut boxes);
    }
    if family == Family::V4 && protocol == AH {
        boxes.hang_on(&rules.ah);
    }
    boxes
}

fn by_addresses(base: &Match, rules: &Rules, boxes: &mut Boxes) {
    if base.family == Family::V4 || rules.address_ext == Known::Yes {
        boxes.certain.push(base.clone());
        return;
    }
    boxes.add(&Known::Yes, with(base, PositionSet::FULL, ExtSet::ABSENT));
    boxes.add(
        &rules.address_ext,
        with(base, PositionSet::FULL, ExtSet::PRESENT),
    );
}

fn by_protocol(base: &Match, rules: &Rules, boxes: &mut Boxes) {
    let later = PositionSet::LATER;
    if base.family == Family::V4 {
        boxes.add(&Known::Yes, with(base, PositionSet::L4, ExtSet::FULL));
        boxes.add(&rules.later, with(base, later, ExtSet::FULL));
        return;
    }
    without_ext(base, rules, boxes);
    boxes.add(&rules.later, with(base, later, ExtSet::ABSENT));
    boxes.add(&rules.ext, with(base, PositionSet::L4, ExtSet::PRESENT));
    boxes.add(&rules.later_ext, with(base, later, ExtSet::PRESENT));
}

fn by_l4(entry: &Entry, base: &Match, rules: &Rules, boxes: &mut Boxes) {
    let ports = |range: Option<(u16, u16)>| {
        range.map_or_else(PortSet::full, |(first, last)| PortSet::range(first, last))
    };
    let one = |byte: Option<u8>| byte.map_or(ByteSet::FULL, ByteSet::one);
    let base = Match {
        sport: ports(entry.sport),
        dport: ports(entry.dport),
        icmp_type: one(entry.icmp.map(|(kind, _)| kind)),
        icmp_code: one(entry.icmp.and_then(|(_, code)| code)),
        ..base.clone()
    };
    for (known, flags) in flag_sets(entry, rules) {
        let base = Match {
            flags,
            ..base.clone()
        };
        let mut part = Boxes {
            certain: Vec::with_capacity(1),
            open: Vec::new(),
        };
        if base.family == Family::V4 {
            part.add(&Known::Yes, with(&base, PositionSet::L4, ExtSet::FULL));
        } else {
            without_ext(&base, rules, &mut part);
            part.add(&rules.l4_ext, with(&base, PositionSet::L4, ExtSet::PRESENT));
        }
        part.hang_on(&known);
        boxes.certain.extend(part.certain);
        for open in part.open {
            boxes.add_open(&open.question, open.boxes);
        }
    }
}

/// Whole packets and first fragments of IPv6 without extension headers.
fn without_ext(base: &Match, rules: &Rules, boxes: &mut Boxes) {
    if rules.first == Known::Yes {
        boxes.add(&Known::Yes, with(base, PositionSet::L4, ExtSet::ABSENT));
        return;
    }
    boxes.add(&Known::Yes, with(base, PositionSet::WHOLE, ExtSet::ABSENT));
    boxes.add(&rules.first, with(base, PositionSet::FIRST, ExtSet::ABSENT));
}

fn with(base: &Match, position: PositionSet, ext: ExtSet) -> Match {
    Match {
        position,
        ext,
        ..base.clone()
    }
    .tidy()
}

/// Disjoint sets of flag combinations, each with the fact on which its match hangs.
fn flag_sets(entry: &Entry, rules: &Rules) -> Vec<(Known, FlagSet)> {
    let ack = FlagSet::all(TcpFlags::ACK, TcpFlags::default());
    if entry.established {
        let rst = FlagSet::all(TcpFlags::RST, TcpFlags::ACK);
        return vec![(Known::Yes, ack), (rules.established.clone(), rst)];
    }
    if entry.flags == TcpFlags::default() {
        return vec![(Known::Yes, FlagSet::FULL)];
    }
    let all = FlagSet::all(entry.flags, TcpFlags::default());
    let some =
        FlagSet::filter(|flags| flags.bits() & entry.flags.bits() != 0 && !all.contains(flags));
    let mut sets = vec![(rules.flag.clone(), all)];
    if some != FlagSet::EMPTY {
        sets.push((rules.several_flags.clone(), some));
    }
    if rules.flag.question().is_some() {
        // The word may mean something else altogether.
        let words: Vec<_> = entry.flags.names().collect();
        let none = FlagSet::filter(|flags| flags.bits() & entry.flags.bits() == 0);
        sets.push((condition(&words.join(" ")), none));
    }
    sets
}

/// A draft in words of this dialect.
///
/// # Errors
/// What it cannot say.
pub(super) fn entry(draft: &DraftEntry, outbound: bool) -> Result<Entry, Text> {
    let family = draft.src.family();
    let protocol = draft.protocol;
    let mut out = Entry {
        protocol,
        src: draft.src,
        dst: draft.dst,
        ..Entry::any(draft.permit, family)
    };
    match protocol {
        Some(AH) if family == Family::V4 => return Err(text!("ax-refuse-ah")),
        Some(number) if family == Family::V6 && EXTENSION_HEADERS.contains(&number) => {
            return Err(text!("ax-refuse-extension-header", protocol = number));
        }
        _ => {}
    }
    if family == Family::V6
        && [draft.src, draft.dst]
            .iter()
            .any(|w| w.as_prefix().is_none())
    {
        return Err(text!("ax-refuse-wildcard6"));
    }
    (out.sport, out.dport) = (draft.sport, draft.dport);
    let ranged = |range: Option<(u16, u16)>| range.is_some_and(|(first, last)| first != last);
    if (out.sport.is_some() || out.dport.is_some()) && !matches!(protocol, Some(TCP | UDP)) {
        return Err(text!("ax-refuse-ports"));
    }
    if outbound && (ranged(out.sport) || ranged(out.dport)) {
        return Err(text!("ax-refuse-range-out"));
    }
    if draft.established {
        if protocol != Some(TCP) {
            return Err(text!("ax-refuse-flags"));
        }
        out.flags = TcpFlags::ACK;
    }
    if draft.icmp.is_some() {
        let own = if family == Family::V4 { ICMP } else { ICMPV6 };
        if protocol != Some(own) {
            return Err(text!("ax-refuse-icmp"));
        }
        out.icmp = draft.icmp;
    }
    Ok(out)
}
