//! `accept`: findings and widenings that are kept knowingly (language section 4).
//!
//! In: what was stated. Out: the nearest statement of a code. Must not know: what the codes are about.

use super::{Allow, At, Network, Policy, SwitchId, Term};
use crate::base::{FileId, Span};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Replies lose the flag test (D35).
pub const WIDE_RETURN: &str = "wide-return";
/// A service of every port.
pub const ALL_PORTS: &str = "all-ports";

/// `accept CODE because "..." [until D]`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Accept {
    /// What is accepted.
    pub code: String,
    /// Reason.
    pub because: String,
    /// Last day.
    pub until: Option<Date>,
    /// The statement or block it stands in; `None` is the whole policy.
    pub scope: Option<Span>,
    /// Where it stands.
    pub span: Span,
}

impl Accept {
    /// Whether it is in force on a day (D48).
    #[must_use]
    pub fn in_force(&self, at: Date) -> bool {
        self.until.is_none_or(|until| at <= until)
    }
}

/// All that is accepted, by code and by where the statement or block begins that it is said in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepts(BTreeMap<(String, Option<(FileId, u32)>), Accept>);

impl Accepts {
    fn key(accept: &Accept) -> (String, Option<(FileId, u32)>) {
        let scope = accept.scope.map(|scope| (scope.file, scope.start));
        (accept.code.clone(), scope)
    }

    /// Adds a statement, unless the same scope has one of the code: then that one is returned.
    pub fn add(&mut self, accept: &Accept) -> Option<&Accept> {
        let key = Accepts::key(accept);
        match self.0.entry(key) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(free) => {
                free.insert(accept.clone());
                None
            }
        }
    }

    /// All statements, whatever their scope.
    pub fn iter(&self) -> impl Iterator<Item = &Accept> {
        self.0.values()
    }

    /// Whether a code is accepted for the whole policy, whatever the day.
    #[must_use]
    pub fn has_on_top(&self, code: &str) -> bool {
        self.on_top(code).is_some()
    }

    /// The statement about the whole policy.
    fn on_top(&self, code: &str) -> Option<&Accept> {
        self.0.get(&(code.to_owned(), None))
    }

    /// The statement about what stands at a place: scopes are statements, so one at most holds it.
    fn around(&self, code: &str, span: Span) -> Option<&Accept> {
        let from = (code.to_owned(), Some((span.file, 0)));
        let to = (code.to_owned(), Some((span.file, span.start)));
        let (_, accept) = self.0.range(from..=to).next_back()?;
        let scope = accept.scope?;
        (span.end <= scope.end).then_some(accept)
    }

    /// The statement that accepts a finding of a code at a place, on a day. The nearest one alone holds, also where its
    /// last day is over.
    #[must_use]
    pub fn of(&self, code: &str, span: Option<Span>, at: Date) -> Option<&Accept> {
        let near = span.and_then(|span| self.around(code, span));
        near.or_else(|| self.on_top(code))
            .filter(|accept| accept.in_force(at))
    }
}

impl Policy {
    /// The nearest statement of a code in some scopes, the whole policy last.
    fn nearest<'a>(&'a self, code: &str, scopes: &[&'a [Accept]]) -> Option<&'a Accept> {
        let of = |list: &&'a [Accept]| list.iter().find(|accept| accept.code == code);
        scopes
            .iter()
            .find_map(of)
            .or_else(|| self.accepts.on_top(code))
    }

    /// Whether every port may be a service of this opening on a day; `None` if nobody says so.
    #[must_use]
    pub fn all_ports(&self, allow: &Allow, term: &Term, at: Date) -> Option<bool> {
        let accept = self.nearest(ALL_PORTS, &[&allow.accepts, &term.accepts]);
        accept.map(|accept| accept.in_force(at))
    }

    /// Whether replies of a session may lack the flag test on the lists of a switch.
    #[must_use]
    pub fn wide_on(&self, allow: &Allow, term: &Term, switch: SwitchId, at: Date) -> bool {
        let switch = &self.network.switch(switch).accepts;
        let accept = self.nearest(WIDE_RETURN, &[&allow.accepts, &term.accepts, switch]);
        accept.is_some_and(|accept| accept.in_force(at))
    }

    /// Whether replies of a session may arrive at a client without the flag test: no list of the last switch on their way
    /// need make it. One before may; the bound is from above (D35, D45).
    #[must_use]
    pub fn answers_wide(&self, allow: &Allow, term: &Term, client: At, at: Date) -> bool {
        let mut last = near(&self.network, client).into_iter();
        last.any(|switch| self.wide_on(allow, term, switch, at))
    }
}

/// The switches with an interface where a spot is.
fn near(network: &Network, at: At) -> Vec<SwitchId> {
    let all = (0..network.switches.len()).map(SwitchId);
    match (at, network.vlan_of(at)) {
        (At::Switch(id), _) => vec![id],
        (_, Some(vlan)) => all
            .filter(|id| network.switch(*id).svi(vlan).is_some())
            .collect(),
        (_, None) => Vec::new(),
    }
}
