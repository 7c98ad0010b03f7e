//! What a report to an officer and an auditor shows besides the claims (domain: the list of what such a report holds).
//!
//! In: what `verify` was computed from. Out: places, switches with their lists, who can open what, the required flows in both
//! directions, statements and entries that need somebody's eye, capacity. Nothing here is a claim or changes a verdict.

use super::build::TableUse;
use super::plan::{Asked, PlanOutcome, plan};
use super::sentence::sentence;
use super::verify::Verified;
use super::{Capture, Job, Options, capacity};
use crate::acl::{Acl, Direction};
use crate::base::{FileId, SourceMap, Text};
use crate::device::{Interface, InterfaceKind};
use crate::diff::Verdict as Difference;
use crate::lint::{Finding, Subject, lint};
use crate::model::{At, Before, Network, Place};
use crate::net::Family;
use crate::topo::MOST_VLAN;
use crate::vendor::stamp::stamps;
use crate::verify::Verdict;
use crate::verify::survey::{Opens, survey};

/// A zone or an external.
#[derive(Clone, Debug)]
pub struct EvidencePlace {
    /// Name.
    pub name: String,
    /// Segment.
    pub segment: Option<String>,
    /// VLANs.
    pub vlans: Vec<u16>,
    /// Prefixes; empty for an external.
    pub prefixes: Vec<String>,
    /// The zone that the external is behind.
    pub behind: Option<String>,
}

/// A layer-3 interface with its lists.
#[derive(Clone, Debug)]
pub struct EvidenceInterface {
    /// Device.
    pub device: String,
    /// Name.
    pub name: String,
    /// VLAN, if it has one.
    pub vlan: Option<u16>,
    /// Addresses.
    pub addresses: Vec<String>,
    /// Lists: direction, name, entries.
    pub lists: Vec<(Direction, Family, String, usize)>,
    /// Families that pass without a list for what comes in.
    pub unfiltered: Vec<Family>,
}

/// A required flow.
#[derive(Clone, Debug)]
pub struct EvidenceFlow {
    /// The statement.
    pub text: String,
    /// Its line in the policy.
    pub line: u32,
    /// `ticket`.
    pub ticket: Option<String>,
    /// `owner`.
    pub owner: Option<String>,
    /// Last day.
    pub until: Option<String>,
    /// Whether it is past that day.
    pub expired: bool,
    /// Requests arrive.
    pub forward: Option<Verdict>,
    /// Replies arrive.
    pub back: Option<Verdict>,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Name of the site.
    pub site: Option<String>,
    /// Places, in the order of the policy.
    pub places: Vec<EvidencePlace>,
    /// Interfaces of all devices.
    pub interfaces: Vec<EvidenceInterface>,
    /// Pairs that can open something: indices into `places`, what, and the statements.
    pub pairs: Vec<(usize, usize, Opens, Vec<String>)>,
    /// Too many pairs to look at, or a limit: `pairs` says nothing.
    pub cut: bool,
    /// Each claim in a sentence.
    pub sentences: Vec<Text>,
    /// The `allow`s that people wrote.
    pub flows: Vec<EvidenceFlow>,
    /// Findings in the captures.
    pub findings: Vec<(FileId, Finding)>,
    /// Tables of each switch.
    pub capacity: Vec<(String, TableUse)>,
    /// The captures.
    pub captures: Vec<EvidenceCapture>,
    /// What becomes of the state before if the change is taken back; nothing if no such state was given.
    pub rollback: Option<Rollback>,
}

/// A capture.
#[derive(Clone, Debug)]
pub struct EvidenceCapture {
    /// Of this switch.
    pub switch: String,
    /// Its file.
    pub file: FileId,
    /// The lines in which it dates itself.
    pub stamps: Vec<(u32, String)>,
}

/// The plan of a change, taken back.
#[derive(Clone, Debug)]
pub enum Rollback {
    /// Its commands, so many steps, restore the text.
    Restores(usize),
    /// They do not.
    Differs,
    /// Not all of the change is in the steps, or nobody can say: taking them back shows nothing about the rest.
    Partial,
    /// There is no plan.
    NoPlan(Text),
}

/// Plans the change and takes it back.
#[must_use]
pub fn rollback(sources: &SourceMap, asked: &Asked<'_>, options: &Options) -> Rollback {
    taken_back(plan(sources, asked, options))
}

/// What a plan says of its rollback: that the steps do not undo each other is certain, whatever else they leave out.
fn taken_back(plan: Job<PlanOutcome>) -> Rollback {
    match plan {
        Ok(plan) if !plan.restores => Rollback::Differs,
        Ok(plan) if plan.end != Difference::Equal => Rollback::Partial,
        Ok(plan) => Rollback::Restores(plan.steps.len()),
        Err(why) => {
            let first = why.into_iter().next();
            let first = first.expect("INVARIANT: what fails says why");
            Rollback::NoPlan(first.message)
        }
    }
}

/// Gathers the evidence of a verification.
#[must_use]
pub fn evidence(
    sources: &SourceMap,
    configs: Option<&[Capture]>,
    verified: &Verified,
    options: &Options,
) -> Evidence {
    let policy = &verified.policy;
    let network = &policy.network;
    let found = survey(policy, options.at, &verified.devices, options.limits);
    let place = |place: Place| found.places.iter().position(|one| *one == place);
    let pairs = found.pairs.iter().filter_map(|(from, to, opens, allows)| {
        let texts = allows
            .iter()
            .map(|&allow| policy.allows[allow].text.clone());
        Some((place(*from)?, place(*to)?, *opens, texts.collect()))
    });
    let flows = policy.allows.iter().zip(&found.allows);
    let flows = flows
        .filter(|(allow, _)| !allow.dhcp)
        .map(|(allow, works)| EvidenceFlow {
            text: allow.text.clone(),
            line: sources.get(allow.span.file).position(allow.span.start).0,
            ticket: allow.ticket.clone(),
            owner: allow.owner.clone(),
            until: allow.until.map(|until| until.to_string()),
            expired: !allow.in_force(options.at),
            forward: works[0],
            back: works[1],
        });
    let used = network.switches.iter().filter_map(|switch| {
        let named = verified
            .devices
            .iter()
            .find(|n| n.name == switch.label.name)?;
        let tables = capacity::used(switch, &named.device).into_iter();
        Some(tables.map(|table| (switch.label.name.clone(), table)))
    });
    let captured = |one: &Capture| EvidenceCapture {
        switch: one.name.clone(),
        file: one.file,
        stamps: stamps(sources.get(one.file)),
    };
    Evidence {
        site: network.site.label.as_ref().map(|label| label.name.clone()),
        places: found
            .places
            .iter()
            .map(|&one| of_place(network, one))
            .collect(),
        interfaces: interfaces(verified),
        pairs: pairs.collect(),
        cut: found.cut,
        sentences: policy
            .claims
            .iter()
            .map(|claim| sentence(network, claim))
            .collect(),
        flows: flows.collect(),
        findings: findings(sources, configs, verified, options),
        capacity: used.flatten().collect(),
        captures: configs.into_iter().flatten().map(captured).collect(),
        rollback: None,
    }
}

fn of_place(network: &Network, place: Place) -> EvidencePlace {
    let name = network.name(place).to_owned();
    match place {
        Place::External(id) => {
            let external = network.external(id);
            EvidencePlace {
                name,
                segment: external.segment.clone(),
                vlans: match external.before {
                    Before::Host(_) => network.vlan_of(At::External(id)).into_iter().collect(),
                    Before::Opaque(_) => Vec::new(),
                },
                prefixes: Vec::new(),
                behind: Some(network.before(external).to_owned()),
            }
        }
        Place::Zone(id) | Place::Host(id, _) => {
            let zone = network.zone(id);
            let prefixes = zone.links.iter().flat_map(|link| &link.prefixes);
            EvidencePlace {
                name,
                segment: zone.segment.clone(),
                vlans: zone.links.iter().map(|link| link.vlan).collect(),
                prefixes: prefixes.map(ToString::to_string).collect(),
                behind: None,
            }
        }
        Place::Switch(_) => EvidencePlace {
            name,
            segment: None,
            vlans: Vec::new(),
            prefixes: Vec::new(),
            behind: None,
        },
    }
}

fn interfaces(verified: &Verified) -> Vec<EvidenceInterface> {
    let mut all = Vec::new();
    for named in &verified.devices {
        let on_link = |interface: &&Interface| {
            matches!(
                interface.kind,
                InterfaceKind::Svi(_) | InterfaceKind::Routed
            )
        };
        for interface in named.device.interfaces.iter().filter(on_link) {
            all.push(of_interface(&named.name, interface, &named.device.acls));
        }
    }
    all
}

fn of_interface(device: &str, interface: &Interface, acls: &[Acl]) -> EvidenceInterface {
    let places = [Direction::In, Direction::Out].map(|d| Family::BOTH.map(|f| (d, f)));
    let bound = places
        .into_iter()
        .flatten()
        .filter_map(|(direction, family)| {
            let acl = &acls[interface.binding(family, direction)?.acl];
            Some((direction, family, acl.name.clone(), acl.entries.len()))
        });
    let bare = |family: &Family| {
        interface.carries(*family) && interface.binding(*family, Direction::In).is_none()
    };
    let addrs = interface.addrs.iter().map(ToString::to_string);
    EvidenceInterface {
        device: device.to_owned(),
        name: interface.name.clone(),
        vlan: match interface.kind {
            InterfaceKind::Svi(vlan) => Some(vlan).filter(|vlan| *vlan <= MOST_VLAN),
            _ => None,
        },
        addresses: addrs
            .chain(interface.virtuals.iter().map(ToString::to_string))
            .collect(),
        lists: bound.collect(),
        unfiltered: Family::BOTH.into_iter().filter(bare).collect(),
    }
}

fn findings(
    sources: &SourceMap,
    configs: Option<&[Capture]>,
    verified: &Verified,
    options: &Options,
) -> Vec<(FileId, Finding)> {
    let mut all = Vec::new();
    for named in &verified.devices {
        let capture = configs
            .into_iter()
            .flatten()
            .find(|one| one.name == named.name);
        let Some(capture) = capture else {
            continue;
        };
        let source = sources.get(capture.file);
        let subject = Subject::new(source, &named.device, options.limits);
        all.extend(
            lint(&subject)
                .into_iter()
                .map(|finding| (capture.file, finding)),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Diagnostic;
    use crate::text;

    /// A plan without steps.
    fn planned(end: Difference, restores: bool) -> Job<PlanOutcome> {
        Ok(PlanOutcome {
            verdict: Verdict::Proved,
            steps: Vec::new(),
            switches: Vec::new(),
            by_way: false,
            end,
            restores,
            because: Vec::new(),
            notes: Vec::new(),
        })
    }

    #[test]
    fn a_rollback_restores_the_text_only_if_all_of_the_change_is_undone() {
        use Difference::{Different, Equal, Unknown};
        let of = |end, restores| taken_back(planned(end, restores));
        assert!(matches!(of(Equal, true), Rollback::Restores(0)));
        for end in [Different, Unknown] {
            assert!(matches!(of(end, true), Rollback::Partial));
        }
        for end in [Equal, Different, Unknown] {
            assert!(matches!(of(end, false), Rollback::Differs));
        }
        let none = taken_back(Err(vec![Diagnostic::error(text!(
            "plan-untold",
            device = "S"
        ))]));
        assert!(matches!(none, Rollback::NoPlan(why) if why.key == "plan-untold"));
    }
}
