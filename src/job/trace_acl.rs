//! `trace --acl`: one list, many packets (D12, D13). Binding, routes and effects play no part (D23).

use super::question::words;
use crate::acl::{Ace, Acl, Decided, Fate, decide_among};
use crate::base::suggest::nearest;
use crate::base::{Diagnostic, Text};
use crate::device::Device;
use crate::net::addr::bits_of;
use crate::net::{AddrSet, Flow, Match};
use crate::text;

/// A list that is asked about: at most one per family, of the same name.
#[derive(Clone, Debug)]
pub struct Tracer {
    name: String,
    lists: Vec<Indexed>,
}

/// A list with what its entries can match at most, so that most entries cost two comparisons per packet.
#[derive(Clone, Debug)]
struct Indexed {
    acl: Acl,
    hulls: Vec<Hull>,
}

/// First and last address of all boxes of an entry; the first is after the last if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hull {
    src: (u128, u128),
    dst: (u128, u128),
}

impl Hull {
    fn of(ace: &Ace) -> Hull {
        let span = |pick: fn(&Match) -> &AddrSet| {
            let parts = ace.boxes(true).flat_map(|m| pick(m).parts());
            parts.fold((u128::MAX, 0), |(low, high), part| {
                let last = part.value() | part.free();
                (low.min(part.value()), high.max(last))
            })
        };
        Hull {
            src: span(|m| &m.src),
            dst: span(|m| &m.dst),
        }
    }

    fn admits(&self, src: u128, dst: u128) -> bool {
        let within = |(low, high): (u128, u128), bits| low <= bits && bits <= high;
        within(self.dst, dst) && within(self.src, src)
    }
}

impl Indexed {
    fn new(acl: &Acl) -> Indexed {
        Indexed {
            acl: acl.clone(),
            hulls: acl.all().map(Hull::of).collect(),
        }
    }

    fn decide(&self, flow: &Flow) -> Decided {
        let (src, dst) = (bits_of(flow.src()), bits_of(flow.dst()));
        let near = self.hulls.iter().enumerate();
        let near = near.filter(|(_, hull)| hull.admits(src, dst));
        decide_among(
            near.filter_map(|(index, _)| Some((index, self.acl.ace(index)?))),
            flow,
        )
    }
}

/// What the list does with a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Permit, deny or unknown.
    pub fate: Fate,
    /// Line of the deciding entry; `None` for implicit entries and the end of the list.
    pub line: Option<u32>,
    /// The deciding entry as read.
    pub text: String,
    /// For unknown: the questions it hangs on.
    pub because: Vec<Text>,
}

impl Tracer {
    /// The lists of a name.
    ///
    /// # Errors
    /// If there is none; the nearest name is proposed.
    pub fn new(device: &Device, path: &str, name: &str) -> Result<Tracer, Box<Diagnostic>> {
        let lists: Vec<Indexed> = device
            .acls
            .iter()
            .filter(|acl| acl.name == name)
            .map(Indexed::new)
            .collect();
        if lists.is_empty() {
            return Err(Box::new(unknown_list(device, path, name)));
        }
        Ok(Tracer {
            name: name.to_owned(),
            lists,
        })
    }

    /// The fate of a packet.
    ///
    /// # Errors
    /// If the name belongs to a list of the other family only.
    pub fn answer(&self, flow: &Flow) -> Result<Answer, Text> {
        let family = flow.family();
        let list = self
            .lists
            .iter()
            .find(|list| list.acl.family == family)
            .ok_or_else(|| {
                text!(
                    "acl-other-family",
                    acl = &self.name,
                    family = family.digit().to_string()
                )
            })?;
        let decided = list.decide(flow);
        let ace = list.acl.ace(decided.index);
        Ok(Answer {
            fate: decided.fate,
            line: ace.and_then(|ace| ace.line),
            text: ace.map(|ace| ace.text.clone()).unwrap_or_default(),
            because: decided.because.iter().map(words).collect(),
        })
    }
}

fn unknown_list(device: &Device, path: &str, name: &str) -> Diagnostic {
    let names = device.acls.iter().map(|acl| acl.name.as_str());
    let error = Diagnostic::error(text!("acl-unknown", acl = name, path = path));
    match nearest(name, names.clone()) {
        Some(near) => error.help(text!("acl-unknown-near", near = near)),
        None => {
            let mut all: Vec<&str> = names.collect();
            all.sort_unstable();
            all.dedup();
            match all.is_empty() {
                true => error.help(text!("acl-unknown-none")),
                false => error.help(text!("acl-unknown-all", names = shortened(&all))),
            }
        }
    }
}

/// The first names of many.
fn shortened(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let head: Vec<&str> = names.iter().copied().take(SHOWN).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", head.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acl::{AclState, Action, Open, Question, decide};
    use crate::net::{Family, L4, PositionSet, Wildcard};

    #[test]
    fn the_index_changes_no_answer() {
        const SEED: u64 = 12;
        let mut rng = fastrand::Rng::with_seed(SEED);
        for round in 0..500 {
            let acl = random_list(&mut rng);
            let indexed = Indexed::new(&acl);
            for _ in 0..20 {
                let addr = |rng: &mut fastrand::Rng| Family::V4.addr(u128::from(rng.u8(0..16)));
                let (src, dst) = (addr(&mut rng), addr(&mut rng));
                let flow = Flow::new(src, dst, 4, L4::None, PositionSet::WHOLE, false).unwrap();
                assert_eq!(
                    indexed.decide(&flow),
                    decide(&acl, &flow),
                    "seed {SEED} round {round} {flow}"
                );
            }
        }
    }

    fn random_list(rng: &mut fastrand::Rng) -> Acl {
        let any = || vec![Match::any(Family::V4)];
        let wildcard = |rng: &mut fastrand::Rng| {
            Wildcard::new(
                Family::V4,
                u128::from(rng.u8(0..16)),
                u128::from(rng.u8(0..16)),
            )
        };
        let entries = (0..8).map(|_| {
            let boxes = vec![Match::pair(wildcard(rng), wildcard(rng))];
            let action = [Action::Permit, Action::Deny][rng.usize(0..2)];
            let mut ace = Ace::implicit(action, boxes, "");
            if rng.bool() {
                ace.open = vec![Open {
                    question: Question::Limit,
                    boxes: vec![Match::pair(wildcard(rng), wildcard(rng))],
                }];
            }
            ace
        });
        Acl {
            name: String::new(),
            family: Family::V4,
            state: AclState::Defined,
            entries: entries.collect(),
            tail: vec![Ace::implicit(Action::Deny, any(), "")],
            line: None,
        }
    }
}
