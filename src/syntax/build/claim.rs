//! What must be shown: `prove`, `assume`, `guideline`.

use super::super::ast::{
    Assume, AssumeFact, AssumeKind, FlowItem, Guideline, Prove, Role, Spanned, Stmt, Subject,
    Target, Verdict,
};
use super::{Builder, Pair, Rule, first, kids};

impl Builder<'_> {
    pub(super) fn prove(&mut self, pair: Pair<'_>) -> Prove {
        let mut parts = kids(pair);
        let subject = self.subject(parts.one(Rule::subject));
        let verdict = parts.one(Rule::verdict);
        let span = self.span(&verdict);
        let node = self.verdict(first(verdict));
        Prove {
            subject,
            verdict: Spanned { node, span },
            strict: parts.flag(Rule::strict),
            id: self.id(&mut parts),
        }
    }

    fn subject(&mut self, pair: Pair<'_>) -> Subject {
        let span = self.span(&pair);
        let mut parts = kids(pair);
        if parts.flag(Rule::allows) {
            return Subject::Allows(span);
        }
        let from = self.places(parts.one(Rule::places));
        let both = parts.flag(Rule::both);
        let to = parts.opt(Rule::places).map(|places| Target {
            both,
            places: self.places(places),
            services: self.optional_services(&mut parts),
        });
        Subject::Places { from, to }
    }

    fn verdict(&mut self, pair: Pair<'_>) -> Verdict {
        match pair.as_rule() {
            Rule::none => Verdict::None,
            Rule::works => Verdict::Works,
            Rule::no_spoof => Verdict::NoSpoof,
            Rule::filtered => Verdict::Filtered,
            Rule::logged => Verdict::Logged,
            Rule::isolated => Verdict::Isolated,
            Rule::no_relay => Verdict::NoRelay {
                except: self.optional_list(&mut kids(pair)),
            },
            Rule::only => self.only(pair),
            other => unreachable!("`verdict` has no {other:?}"),
        }
    }

    fn only(&mut self, pair: Pair<'_>) -> Verdict {
        let mut parts = kids(pair);
        let flows = match parts.opt(Rule::flow) {
            Some(flow) => vec![flow],
            None => self
                .block(&mut parts, Rule::flow_block, Rule::flow_item)
                .into_iter()
                .map(first)
                .collect(),
        };
        Verdict::Only(self.spanned(flows, Self::flow))
    }

    fn flow(&mut self, pair: Pair<'_>) -> FlowItem {
        let mut parts = kids(pair);
        if parts.flag(Rule::exceptions) {
            return FlowItem::Exceptions;
        }
        let left = self.places(parts.one(Rule::places));
        let right = parts.opt(Rule::places).map(|right| self.places(right));
        let (from, to) = match right {
            Some(right) => (Some(left), right),
            None => (None, left),
        };
        let services = self.optional_services(&mut parts);
        FlowItem::Flow { from, to, services }
    }

    pub(super) fn assume(&mut self, pair: Pair<'_>) -> Stmt {
        let mut parts = kids(pair);
        if let Some(fact) = parts.opt(Rule::fact) {
            let notes = parts.one(Rule::notes);
            return Stmt::AssumeFact(self.fact(fact, notes));
        }
        let kind = parts.one(Rule::assumed);
        let span = self.span(&kind);
        let node = match first(kind).as_rule() {
            Rule::k_authentic => AssumeKind::Authentic,
            Rule::k_no_hairpin => AssumeKind::NoHairpin,
            _ => AssumeKind::Irrelevant,
        };
        Stmt::Assume(Assume {
            kind: Spanned { node, span },
            places: self.places(parts.one(Rule::places)),
            text: parts.opt(Rule::text).map(|text| self.literal(&text)),
            notes: self.notes(parts.one(Rule::notes)),
        })
    }

    fn fact(&mut self, pair: Pair<'_>, notes: Pair<'_>) -> AssumeFact {
        let mut parts = kids(pair);
        let id = self.word(&parts.one(Rule::word));
        let switches = parts.many(Rule::reference).into_iter();
        let switches = switches.map(|name| self.reference(name)).collect();
        let answer = parts.one(Rule::answer);
        let span = self.span(&answer);
        let node = first(answer).as_rule() == Rule::k_yes;
        AssumeFact {
            id,
            switches,
            value: Spanned { node, span },
            notes: self.notes(notes),
        }
    }

    pub(super) fn guideline(&mut self, pair: Pair<'_>) -> Guideline {
        let mut parts = kids(pair);
        let name = self.name(&parts.one(Rule::name));
        let edition = self.literal(&parts.one(Rule::text));
        let roles = self.block(&mut parts, Rule::role_block, Rule::role);
        let roles = self.spanned(roles, Self::role);
        Guideline {
            name,
            edition,
            roles,
        }
    }

    fn role(&mut self, pair: Pair<'_>) -> Role {
        let mut parts = kids(pair);
        let name = self.name(&parts.one(Rule::name));
        let places = parts.opt(Rule::places).map(|places| self.places(places));
        let services = self.optional_services(&mut parts);
        Role {
            name,
            places,
            services,
        }
    }
}
