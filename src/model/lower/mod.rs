//! Trees -> meaning: every name resolved, every address computed, every service spelled out.
//!
//! In: the trees of a main file and of the files it imports, and the ids of the dialects that exist. Out: a [`Policy`] and
//! all findings; no policy if one of them is an error. Each stage keeps going after an error and marks what it could not
//! read as poisoned, so that one slip is one finding. Dates are kept, not judged (D48).
//! Must not know: lists, vendors, packet sets, files.

mod accepts;
mod addrs;
mod assume;
mod checks;
mod claims;
mod collect;
mod dhcp;
mod externals;
mod gateways;
mod guideline;
mod ids;
mod names;
mod notes;
mod overlap;
mod pack;
mod places;
mod routes;
mod rules;
mod services;
mod svis;
mod switches;
mod words;
mod zones;

#[cfg(test)]
mod bad;
#[cfg(test)]
mod tests;

use super::{Network, Policy, Site, Spot, SwitchId, ZoneId};
use crate::base::{Diagnostic, FileId, Severity, Span};
use crate::syntax::ast;
use collect::Parts;
use ipnet::{IpNet, Ipv6Net};
use names::Names;
use std::collections::BTreeMap;

/// The meaning of a policy, or every finding that says why it has none. The main file comes first.
#[must_use]
pub fn lower(
    files: &[(FileId, ast::File)],
    dialects: &[&str],
) -> (Option<Policy>, Vec<Diagnostic>) {
    let (parts, diags) = collect::collect(files);
    let mut lower = Lower::new(&parts, dialects, diags);
    for accept in &parts.accepts {
        lower.accept(accept, None);
    }
    lower.site(&parts);
    lower.declare(&parts);
    lower.zones(&parts);
    lower.switches(&parts);
    lower.externals(&parts);
    lower.check_groups();
    lower.check_services();
    lower.routes(&parts);
    let assumptions = lower.assumptions(&parts);
    lower.gateways(&parts);
    lower.check_externals(&parts);
    lower.check_network();
    lower.unsure = lower.has_error();
    let mut allows = lower.dhcp(&parts);
    allows.extend(lower.allows(&parts));
    let forbids = lower.forbids(&parts);
    lower.check_forbids(&allows, &forbids);
    let (pack, guidelines) = lower.guidelines(&parts);
    let claims = lower.claims(&parts, &forbids, pack);
    let accepts = std::mem::take(&mut lower.accepts);
    lower.finish(|network| Policy {
        network,
        accepts,
        allows: allows.into_iter().map(|(allow, _)| allow).collect(),
        forbids: forbids.into_iter().map(|(forbid, _)| forbid).collect(),
        claims,
        assumptions,
        guidelines,
    })
}

/// What is being put together.
struct Lower<'a> {
    diags: Vec<Diagnostic>,
    dialects: &'a [&'a str],
    names: Names<'a>,
    network: Network,
    /// `ipv6 P by-vlan` of the site.
    by_vlan: Option<Ipv6Net>,
    /// The site's own `ipv4-only`.
    v4_only: Option<Span>,
    /// `bind` of the site: inbound, outbound.
    bind: (bool, bool),
    /// Members of each segment.
    segments: Vec<Segment>,
    group_asts: Vec<&'a ast::Group>,
    service_asts: Vec<collect::At<'a, ast::Service>>,
    /// What is accepted, of every scope.
    accepts: super::Accepts,
    /// Places of each group, resolved when first asked for.
    groups: Vec<Lazy<Vec<Spot>>>,
    /// Terms of each service of the site, resolved when first asked for.
    services: Vec<Lazy<Vec<super::Term>>>,
    /// Each prefix that a zone or an external was given.
    prefixes: Vec<Stated>,
    /// Each address that a host or a switch was given.
    owned: Vec<Stated>,
    /// Where an SVI was stated, and whether its addresses were.
    svis: BTreeMap<(SwitchId, u16), (Span, bool)>,
    /// Zones with an error: what does not fit them is no further finding.
    poisoned: Vec<bool>,
    /// What the words of a guideline's claims stand for, while they are read.
    played: BTreeMap<String, Vec<Spot>>,
    /// An SVI was refused: what it would have served is no further finding.
    svi_trouble: bool,
    /// The network has an error: a place without addresses is no further finding.
    unsure: bool,
    /// How many spots were made; a bound on what a hostile file can ask for.
    spots: usize,
}

/// What a definition comes to, computed on demand; `Known(None)` was refused and reported.
#[derive(Clone)]
enum Lazy<T> {
    Waiting,
    Running,
    Known(Option<T>),
}

/// Members of a segment.
#[derive(Clone, Default)]
struct Segment {
    v4_only: Option<Span>,
    zones: Vec<ZoneId>,
    externals: Vec<super::ExternalId>,
}

/// Addresses that someone stated, for the checks across statements.
#[derive(Clone, Debug)]
struct Stated {
    first: std::net::IpAddr,
    last: std::net::IpAddr,
    owner: Owner,
    span: Span,
}

/// Whose they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// A zone, host or external by name.
    Place(String),
    /// A switch.
    Switch(SwitchId),
    /// A redundancy group on a VLAN, of HSRP if true.
    Group(u16, bool, u32),
}

impl Stated {
    fn net(net: IpNet, owner: Owner, span: Span) -> Stated {
        Stated {
            first: net.network(),
            last: net.broadcast(),
            owner,
            span,
        }
    }
}

impl<'a> Lower<'a> {
    fn new(parts: &Parts<'a>, dialects: &'a [&'a str], diags: Vec<Diagnostic>) -> Lower<'a> {
        Lower {
            diags,
            dialects,
            names: Names::default(),
            network: Network {
                site: Site {
                    label: None,
                    ephemeral: (1024, u16::MAX),
                    log_denied: false,
                },
                zones: Vec::new(),
                externals: Vec::new(),
                switches: Vec::new(),
            },
            by_vlan: None,
            v4_only: None,
            bind: (true, false),
            segments: Vec::new(),
            group_asts: parts.groups.clone(),
            service_asts: parts.services.clone(),
            accepts: super::Accepts::default(),
            groups: vec![Lazy::Waiting; parts.groups.len()],
            services: vec![Lazy::Waiting; parts.services.len()],
            prefixes: Vec::new(),
            owned: Vec::new(),
            svis: BTreeMap::new(),
            poisoned: Vec::new(),
            played: BTreeMap::new(),
            svi_trouble: false,
            unsure: false,
            spots: 0,
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diags.push(diagnostic);
    }

    fn has_error(&self) -> bool {
        self.diags.iter().any(|d| d.severity == Severity::Error)
    }

    /// Findings in the order of the text, each once: both members of a pair share their statements.
    fn finish(self, policy: impl FnOnce(Network) -> Policy) -> (Option<Policy>, Vec<Diagnostic>) {
        let mut diags = self.diags;
        diags.sort_by_key(|d| d.labels.first().map(|label| label.span));
        let mut seen = std::collections::BTreeSet::new();
        diags.retain(|d| {
            let spans: Vec<Span> = d.labels.iter().map(|label| label.span).collect();
            seen.insert((spans, d.message.clone()))
        });
        let fine = diags.iter().all(|d| d.severity != Severity::Error);
        (fine.then(|| policy(self.network)), diags)
    }
}
