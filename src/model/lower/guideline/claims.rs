//! The claims of a pack about one policy: roles become the policy's places, and what the pack lists becomes flows.
//!
//! In: a [`Cast`] and the pack's claims. Out: claims tied to their measures. Must not know: how a claim is checked.

use super::super::Lower;
use super::super::collect::Parts;
use super::super::pack::{Pack, PackClaim};
use super::super::words;
use super::{Cast, Played};
use crate::base::Span;
use crate::model::{Claim, Place};
use crate::syntax::ast::{self, FlowItem, Places, Ref, Spanned, Subject, Term, Verdict, ZoneAttr};

impl<'a> Lower<'a> {
    pub(super) fn pack_claims(
        &mut self,
        parts: &Parts<'a>,
        pack: &Pack,
        cast: &Cast,
    ) -> Vec<Claim> {
        let span = cast.span;
        let mut out = Vec::new();
        for claim in &pack.claims {
            let Some(prove) = self.instance(parts, claim, cast) else {
                continue;
            };
            self.claim_id(&claim.id, span);
            let before = out.len();
            self.prove(&prove, span, &mut out);
            for made in out.iter_mut().skip(before) {
                made.measures.clone_from(&claim.measures);
            }
        }
        self.played.clear();
        out
    }

    /// A claim of the pack about this policy; `None` if it has nothing to be about.
    fn instance(
        &mut self,
        parts: &Parts<'a>,
        claim: &PackClaim,
        cast: &Cast,
    ) -> Option<ast::Prove> {
        let span = cast.span;
        let mut prove = claim.prove.clone();
        prove.id = Some(Spanned {
            node: claim.id.clone(),
            span,
        });
        prove.verdict.span = span;
        let (from, to) = match &mut prove.subject {
            Subject::Allows(at) => {
                *at = span;
                return Some(prove);
            }
            Subject::Places { from, to } => (from, to),
        };
        let asked = self.set(from, cast, false)?;
        *from = self.fill(from, cast)?;
        let mut about_services = false;
        if let Some(target) = to {
            self.set(&target.places, cast, true)?;
            target.places = self.fill(&target.places, cast)?;
            about_services = target.services.is_some();
            target
                .services
                .iter_mut()
                .flatten()
                .for_each(|term| move_to(term, span));
        }
        match &mut prove.verdict.node {
            Verdict::Only(flows) => {
                let listed = std::mem::take(flows);
                for flow in listed {
                    flows.extend(self.flow_of(parts, &flow, cast, &asked, about_services));
                }
                if flows.is_empty() {
                    prove.verdict.node = Verdict::None;
                }
            }
            Verdict::NoRelay { except } => {
                let listed = std::mem::take(except);
                except.extend(
                    listed
                        .iter()
                        .filter_map(|place| self.fill_place(place, cast)),
                );
            }
            _ => {}
        }
        Some(prove)
    }

    /// What a listed flow of a pack comes to.
    fn flow_of(
        &mut self,
        parts: &Parts<'a>,
        flow: &Spanned<FlowItem>,
        cast: &Cast,
        asked: &Played,
        about_services: bool,
    ) -> Vec<Spanned<FlowItem>> {
        let span = cast.span;
        let FlowItem::Flow { from, to, services } = &flow.node else {
            let node = flow.node.clone();
            return vec![Spanned { node, span }];
        };
        match words::places(to).as_str() {
            "declared" => return self.declared(parts, span),
            "relayed" => return self.relayed(parts, asked, span),
            _ => {}
        }
        let role = services
            .as_deref()
            .and_then(|services| role_services(services, cast));
        let services = match (services, role) {
            (_, Some(Some(own))) => Some(own),
            (_, Some(None)) if about_services => return Vec::new(),
            (_, Some(None)) => None,
            (services, None) => {
                let mut own = services.clone();
                own.iter_mut()
                    .flatten()
                    .for_each(|term| move_to(term, span));
                own
            }
        };
        let from = match from {
            None => Some(None),
            Some(from) => self.fill(from, cast).map(Some),
        };
        let (Some(from), Some(to)) = (from, self.fill(to, cast)) else {
            return Vec::new();
        };
        let node = FlowItem::Flow { from, to, services };
        vec![Spanned { node, span }]
    }

    /// What the policy opens to switches, which it must name for that.
    fn declared(&mut self, parts: &Parts<'a>, span: Span) -> Vec<Spanned<FlowItem>> {
        let mut out = Vec::new();
        for &(allow, _) in parts.allows.iter().filter(|(allow, _)| !allow.exception) {
            let ways = [(&allow.from, &allow.to), (&allow.to, &allow.from)];
            for (from, to) in ways.into_iter().take(1 + usize::from(allow.both)) {
                let mut spots = self.spots(to, true).unwrap_or_default();
                spots.retain(|spot| matches!(spot.place, Place::Switch(_)));
                if spots.is_empty() {
                    continue;
                }
                let names: Vec<&str> = spots.iter().map(|s| self.network.name(s.place)).collect();
                let names = names.join(", ");
                let to = Places {
                    list: vec![self.stand_in(&names, &spots, span)],
                    except: Vec::new(),
                    span,
                };
                let node = FlowItem::Flow {
                    from: Some(from.clone()),
                    to,
                    services: Some(allow.services.clone()),
                };
                out.push(Spanned { node, span });
            }
        }
        out
    }

    /// The DHCP servers that the zones asked about are relayed to, whose clients renew with them directly (D22).
    fn relayed(&mut self, parts: &Parts<'a>, asked: &Played, span: Span) -> Vec<Spanned<FlowItem>> {
        let mut out: Vec<Spanned<FlowItem>> = Vec::new();
        for spot in &asked.spots {
            let crate::model::At::Link(zone, _) = spot.at else {
                continue;
            };
            let attrs = parts.zones.get(zone.0).map(|(zone, _)| &zone.attrs);
            for attr in attrs.into_iter().flatten() {
                let ZoneAttr::Dhcp(servers) = &attr.node else {
                    continue;
                };
                let node = FlowItem::Flow {
                    from: None,
                    to: servers.clone(),
                    services: Some(vec![std_service("dhcp", span)]),
                };
                let flow = Spanned { node, span };
                if !out.contains(&flow) {
                    out.push(flow);
                }
            }
        }
        out
    }
}

/// The services of a role, if a list is the name of one; the inner `None` is a role without services.
#[allow(
    clippy::option_option,
    reason = "the outer one says whether a role is meant"
)]
fn role_services(services: &[Spanned<Term>], cast: &Cast) -> Option<Option<Vec<Spanned<Term>>>> {
    let [
        Spanned {
            node: Term::Ref(name),
            ..
        },
    ] = services
    else {
        return None;
    };
    let role = cast.players.get(&name.name.node);
    Some(
        role.filter(|_| name.scope.is_none())?
            .as_ref()
            .and_then(|played| played.services.clone()),
    )
}

/// A term of the pack's own, said by the statement.
fn move_to(term: &mut Spanned<Term>, span: Span) {
    term.span = span;
    if let Term::Ref(reference) = &mut term.node {
        reference.span = span;
        reference.name.span = span;
        reference
            .scope
            .iter_mut()
            .for_each(|scope| scope.span = span);
    }
}

fn std_service(name: &str, span: Span) -> Spanned<Term> {
    let word = |node: &str| Spanned {
        node: node.to_owned(),
        span,
    };
    let reference = Ref {
        scope: Some(word("std")),
        name: word(name),
        span,
    };
    Spanned {
        node: Term::Ref(reference),
        span,
    }
}
