//! `prove`, and the claim that each `forbid` is (language section 4).
//!
//! In: their statements. Out: [`Claim`]s, data only. A claim about nothing is refused here (D44).
//! Must not know: how a claim is checked.

use super::collect::Parts;
use super::ids::hash8;
use super::rules::Forbidden;
use super::{Lower, words};
use crate::base::{Diagnostic, Span};
use crate::model::{At, Claim, ClaimKind, FlowSpec, Spot, Term};
use crate::syntax::ast::{self, FlowItem, Spanned, Subject, Verdict};
use crate::text;
use std::collections::BTreeMap;

/// Zones of one `isolated`: a claim for each ordered pair of them.
const MAX_ISOLATED: usize = 64;

impl<'a> Lower<'a> {
    /// All claims: those stated, then those of guidelines, then those of the forbids.
    pub(super) fn claims(
        &mut self,
        parts: &Parts<'a>,
        forbids: &[Forbidden],
        pack: Vec<Claim>,
    ) -> Vec<Claim> {
        let mut out = Vec::new();
        for &(prove, span) in &parts.proves {
            if let Some(word) = &prove.id {
                self.claim_id(&word.node, word.span);
            }
            self.prove(prove, span, &mut out);
        }
        out.extend(pack);
        let mut reverse: BTreeMap<&str, usize> = BTreeMap::new();
        for (forbid, id) in forbids {
            let id = match id {
                Some(id) => {
                    let count = reverse.entry(id).or_default();
                    *count += 1;
                    if *count == 1 {
                        id.clone()
                    } else {
                        format!("{id}_R")
                    }
                }
                None => self.hashed('F', &forbid.text, forbid.span),
            };
            let kind = ClaimKind::Only {
                from: forbid.from.clone(),
                to: forbid.to.clone(),
                services: forbid.terms.clone(),
                flows: Vec::new(),
                exceptions: true,
            };
            let (text, span) = (forbid.text.clone(), forbid.span);
            out.push(Claim {
                id,
                text,
                span,
                strict: false,
                kind,
                measures: Vec::new(),
            });
        }
        out
    }

    /// The id of a statement that states none; the same words twice are the same claim twice.
    fn hashed(&mut self, letter: char, text: &str, span: Span) -> String {
        let id = format!("{letter}_{}", hash8(text));
        self.claim_id(&id, span);
        id
    }

    pub(super) fn prove(&mut self, prove: &ast::Prove, span: Span, out: &mut Vec<Claim>) {
        let (from, target) = match &prove.subject {
            Subject::Allows(at) => return self.allows_work(prove, *at, span, out),
            Subject::Places { from, to } => (from, to.as_ref()),
        };
        let two_sided = matches!(
            prove.verdict.node,
            Verdict::None
                | Verdict::Works
                | Verdict::Logged
                | Verdict::Only(_)
                | Verdict::NoRelay { .. }
        );
        let both = target.is_some_and(|t| t.both);
        if two_sided != target.is_some() || both && prove.verdict.node != Verdict::None {
            let headline = text!("claim-shape", verdict = words::verdict(&prove.verdict.node));
            let help = match (two_sided, both) {
                (_, true) => text!("claim-shape-both"),
                (true, _) => text!("claim-shape-two"),
                (false, _) => text!("claim-shape-one"),
            };
            return self.report(
                Diagnostic::error(headline)
                    .at(prove.verdict.span)
                    .help(help),
            );
        }
        match target {
            None => self.one_sided(prove, from, span, out),
            Some(target) => {
                self.two_sided(
                    prove,
                    (from, &target.places),
                    target.services.as_deref(),
                    span,
                    false,
                    out,
                );
                if target.both {
                    self.two_sided(
                        prove,
                        (&target.places, from),
                        target.services.as_deref(),
                        span,
                        true,
                        out,
                    );
                }
            }
        }
    }

    fn allows_work(&mut self, prove: &ast::Prove, at: Span, span: Span, out: &mut Vec<Claim>) {
        if prove.verdict.node == Verdict::Works {
            out.extend(self.claim(prove, span, false, ClaimKind::AllowsWork));
        } else {
            let headline = text!("claim-shape", verdict = words::verdict(&prove.verdict.node));
            self.report(
                Diagnostic::error(headline)
                    .at(at)
                    .help(text!("claim-shape-allows")),
            );
        }
    }

    fn claim(
        &mut self,
        prove: &ast::Prove,
        span: Span,
        reverse: bool,
        kind: ClaimKind,
    ) -> Option<Claim> {
        let text = words::prove(prove, reverse);
        let id = match &prove.id {
            Some(word) if reverse => format!("{}_R", word.node),
            Some(word) => word.node.clone(),
            None => self.hashed('P', &text, span),
        };
        Some(Claim {
            id,
            text,
            span,
            strict: prove.strict,
            kind,
            measures: Vec::new(),
        })
    }

    fn one_sided(
        &mut self,
        prove: &ast::Prove,
        places: &ast::Places,
        span: Span,
        out: &mut Vec<Claim>,
    ) {
        let Some(spots) = self.some_spots(places, false) else {
            return;
        };
        match prove.verdict.node {
            Verdict::Filtered => {
                let of: Vec<Spot> = spots
                    .into_iter()
                    .filter(|spot| !matches!(spot.at, At::External(_)))
                    .collect();
                if of.is_empty() {
                    return self.vacuous(places.span);
                }
                out.extend(self.claim(prove, span, false, ClaimKind::Filtered { of }));
            }
            Verdict::NoSpoof => {
                out.extend(self.claim(prove, span, false, ClaimKind::NoSpoof { from: spots }))
            }
            _ => self.isolated(prove, &spots, places.span, span, out),
        }
    }

    /// `none` for each ordered pair of zones.
    fn isolated(
        &mut self,
        prove: &ast::Prove,
        spots: &[Spot],
        at: Span,
        span: Span,
        out: &mut Vec<Claim>,
    ) {
        let mut zones: BTreeMap<usize, Vec<Spot>> = BTreeMap::new();
        for spot in spots {
            if let At::Link(zone, _) = spot.at {
                zones.entry(zone.0).or_default().push(spot.clone());
            }
        }
        if zones.len() < 2 {
            return self.vacuous(at);
        }
        if zones.len() > MAX_ISOLATED {
            let headline = text!("too-many-places", limit = MAX_ISOLATED);
            return self.report(Diagnostic::error(headline).at(at));
        }
        let strict = if prove.strict { " strict" } else { "" };
        let mut count = 0;
        for (a, from) in &zones {
            for (_, to) in zones.iter().filter(|(b, _)| *b != a) {
                let name = |spots: &[Spot]| {
                    spots
                        .first()
                        .map_or(String::new(), |s| self.network.name(s.place).to_owned())
                };
                let text = format!("prove {} -> {} none{strict}", name(from), name(to));
                count += 1;
                let id = match &prove.id {
                    Some(word) => format!("{}_{count}", word.node),
                    None => self.hashed('P', &text, span),
                };
                let kind = ClaimKind::Only {
                    from: from.clone(),
                    to: to.clone(),
                    services: None,
                    flows: Vec::new(),
                    exceptions: false,
                };
                out.push(Claim {
                    id,
                    text,
                    span,
                    strict: prove.strict,
                    kind,
                    measures: Vec::new(),
                });
            }
        }
    }

    fn two_sided(
        &mut self,
        prove: &ast::Prove,
        (from, to): (&ast::Places, &ast::Places),
        services: Option<&[Spanned<ast::Term>]>,
        span: Span,
        reverse: bool,
        out: &mut Vec<Claim>,
    ) {
        let (from, to) = (self.some_spots(from, false), self.some_spots(to, true));
        let Some(services) = self.optional_terms(services) else {
            return;
        };
        let flows = match &prove.verdict.node {
            Verdict::Only(flows) => self.flows(flows),
            _ => Some((Vec::new(), false)),
        };
        let (Some(from), Some(to), Some((flows, exceptions))) = (from, to, flows) else {
            return;
        };
        if let Verdict::NoRelay { except } = &prove.verdict.node {
            return self.no_relay(prove, (from, to), services.is_some(), except, span, out);
        }
        let kind = match (&prove.verdict.node, services) {
            (Verdict::Works, Some(terms)) => ClaimKind::Works { from, to, terms },
            (Verdict::Works, None) => {
                let diagnostic = Diagnostic::error(text!("works-services")).at(prove.verdict.span);
                return self.report(diagnostic.help(text!("works-services-help")));
            }
            (Verdict::Logged, services) => ClaimKind::Logged { from, to, services },
            (_, services) => ClaimKind::Only {
                from,
                to,
                services,
                flows,
                exceptions,
            },
        };
        out.extend(self.claim(prove, span, reverse, kind));
    }

    /// `A -> B no-relay [except H]`: of whatever service.
    fn no_relay(
        &mut self,
        prove: &ast::Prove,
        (from, to): (Vec<Spot>, Vec<Spot>),
        services: bool,
        except: &[ast::Place],
        span: Span,
        out: &mut Vec<Claim>,
    ) {
        if services {
            let headline = text!("claim-shape", verdict = words::verdict(&prove.verdict.node));
            let diagnostic = Diagnostic::error(headline).at(prove.verdict.span);
            return self.report(diagnostic.help(text!("claim-shape-no-services")));
        }
        let gateways = ast::Places {
            list: except.to_vec(),
            except: Vec::new(),
            span: prove.verdict.span,
        };
        let except = if except.is_empty() {
            Some(Vec::new())
        } else {
            self.some_spots(&gateways, true)
        };
        if let Some(except) = except {
            let kind = ClaimKind::NoRelay { from, to, except };
            out.extend(self.claim(prove, span, false, kind));
        }
    }

    /// The flows of `only`, and whether `exceptions` is among them.
    fn flows(&mut self, items: &[Spanned<FlowItem>]) -> Option<(Vec<FlowSpec>, bool)> {
        let mut flows = Vec::new();
        let mut exceptions = false;
        let mut whole = true;
        for item in items {
            match &item.node {
                FlowItem::Exceptions => exceptions = true,
                FlowItem::Flow { from, to, services } => {
                    let from = match from {
                        None => Some(None),
                        Some(from) => self.some_spots(from, false).map(Some),
                    };
                    let to = self.some_spots(to, true);
                    let terms = self.optional_terms(services.as_deref());
                    match (from, to, terms) {
                        (Some(from), Some(to), Some(terms)) => {
                            flows.push(FlowSpec { from, to, terms })
                        }
                        _ => whole = false,
                    }
                }
            }
        }
        whole.then_some((flows, exceptions))
    }

    #[allow(
        clippy::option_option,
        reason = "the outer one says whether the names were understood"
    )]
    fn optional_terms(
        &mut self,
        services: Option<&[Spanned<ast::Term>]>,
    ) -> Option<Option<Vec<Term>>> {
        match services {
            None => Some(None),
            Some(services) => self.terms(services).map(Some),
        }
    }

    /// Spots that are not nothing (D44).
    pub(super) fn some_spots(&mut self, places: &ast::Places, to: bool) -> Option<Vec<Spot>> {
        let mut spots = self.spots(places, to)?;
        spots.retain(|spot| !spot.addrs.is_empty());
        if !spots.is_empty() {
            return Some(spots);
        }
        if !self.unsure {
            self.vacuous(places.span);
        }
        None
    }

    fn vacuous(&mut self, span: Span) {
        self.report(
            Diagnostic::error(text!("vacuous"))
                .at(span)
                .help(text!("vacuous-help")),
        );
    }
}
