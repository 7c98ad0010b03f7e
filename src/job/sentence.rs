//! A claim in a sentence, for people who do not read the policy language.
//!
//! In: a claim and the names of its network. Out: what it says, no more than is proved (D38-D42): who sends, from which links,
//! and what is excused. Must not know: verdicts.

use crate::base::Text;
use crate::model::{Claim, ClaimKind, FlowSpec, Network, Spot, Term};
use crate::text;

/// Names that a sentence lists; the rest are counted.
const MOST_NAMES: usize = 8;

/// What a claim says.
#[must_use]
pub(super) fn sentence(network: &Network, claim: &Claim) -> Text {
    let names = |spots: &[Spot]| names(network, spots);
    match &claim.kind {
        ClaimKind::Only {
            from,
            to,
            services,
            flows,
            exceptions,
        } => {
            let (from, to) = (names(from), names(to));
            let listed: Vec<String> = flows.iter().map(|flow| flow_of(network, flow)).collect();
            let flows = listed.join(", ");
            match (services, listed.is_empty(), claim.strict) {
                (Some(terms), none, _) => {
                    let services = terms_of(terms);
                    match (none, exceptions) {
                        (true, false) => {
                            text!(
                                "sentence-none-services",
                                from = from,
                                to = to,
                                services = services
                            )
                        }
                        (true, true) => {
                            text!(
                                "sentence-exceptions-services",
                                from = from,
                                to = to,
                                services = services
                            )
                        }
                        (false, false) => {
                            text!(
                                "sentence-only-services",
                                from = from,
                                to = to,
                                services = services,
                                flows = flows
                            )
                        }
                        (false, true) => {
                            text!(
                                "sentence-only-exceptions-services",
                                from = from,
                                to = to,
                                services = services,
                                flows = flows
                            )
                        }
                    }
                }
                (None, true, _) if *exceptions => {
                    text!("sentence-exceptions", from = from, to = to)
                }
                (None, false, _) if *exceptions => {
                    text!(
                        "sentence-only-exceptions",
                        from = from,
                        to = to,
                        flows = flows
                    )
                }
                (None, true, false) => text!("sentence-none", from = from, to = to),
                (None, true, true) => text!("sentence-none-strict", from = from, to = to),
                (None, false, false) => text!("sentence-only", from = from, to = to, flows = flows),
                (None, false, true) => {
                    text!("sentence-only-strict", from = from, to = to, flows = flows)
                }
            }
        }
        ClaimKind::Works { from, to, terms } => {
            text!(
                "sentence-works",
                from = names(from),
                to = names(to),
                services = terms_of(terms)
            )
        }
        ClaimKind::AllowsWork => text!("sentence-allows-work"),
        ClaimKind::Filtered { of } => text!("sentence-filtered", of = names(of)),
        ClaimKind::NoRelay { from, to, except } if except.is_empty() => {
            text!("sentence-no-relay", from = names(from), to = names(to))
        }
        ClaimKind::NoRelay { from, to, except } => {
            let (from, to) = (names(from), names(to));
            text!(
                "sentence-no-relay-except",
                from = from,
                to = to,
                except = names(except)
            )
        }
        ClaimKind::Logged {
            from,
            to,
            services: None,
        } => {
            text!("sentence-logged", from = names(from), to = names(to))
        }
        ClaimKind::Logged {
            from,
            to,
            services: Some(terms),
        } => {
            let (from, to) = (names(from), names(to));
            text!(
                "sentence-logged-services",
                from = from,
                to = to,
                services = terms_of(terms)
            )
        }
        ClaimKind::NoSpoof { from } => text!("sentence-no-spoof", from = names(from)),
    }
}

/// The places of some spots, each once.
fn names(network: &Network, spots: &[Spot]) -> String {
    let mut all: Vec<&str> = Vec::new();
    for spot in spots {
        let name = network.name(spot.place);
        if !all.contains(&name) {
            all.push(name);
        }
    }
    short(&all)
}

fn terms_of(terms: &[Term]) -> String {
    let mut all: Vec<&str> = Vec::new();
    for term in terms {
        if !all.contains(&term.name.as_str()) {
            all.push(&term.name);
        }
    }
    short(&all)
}

fn short(all: &[&str]) -> String {
    let shown = all
        .iter()
        .take(MOST_NAMES)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match all.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} (+{more})"),
    }
}

/// A listed flow: where to, with what, and from whom if that is said.
fn flow_of(network: &Network, flow: &FlowSpec) -> String {
    let from = flow.from.as_ref().map_or(String::new(), |from| {
        format!("{} -> ", names(network, from))
    });
    let terms = flow
        .terms
        .as_ref()
        .map_or(String::new(), |terms| format!(" : {}", terms_of(terms)));
    format!("{from}{}{terms}", names(network, &flow.to))
}
