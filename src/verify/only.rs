//! `only` and `none` (D38-D40): everything that arrives is listed, or a reply.

use super::spec::{Half, companions, ephemeral};
use super::view::{Origin, View};
use super::{Level, Verdict};
use crate::model::{At, ClaimKind, FlowSpec, Session, Spot, Term};
use crate::net::{AddrRanges, ByteSet, ExtSet, Match, PortSet, PositionSet};
use crate::pset::PacketSet;
use crate::reach::Side;

/// Parts of an `only` claim.
pub(super) struct Only<'c> {
    pub(super) from: &'c [Spot],
    pub(super) to: &'c [Spot],
    pub(super) services: Option<&'c [Term]>,
    pub(super) flows: &'c [FlowSpec],
    pub(super) exceptions: bool,
}

impl<'c> Only<'c> {
    /// The parts of a claim of this form.
    pub(super) fn of(kind: &'c ClaimKind) -> Option<Only<'c>> {
        match kind {
            ClaimKind::Only {
                from,
                to,
                services,
                flows,
                exceptions,
            } => Some(Only {
                from,
                to,
                services: services.as_deref(),
                flows,
                exceptions: *exceptions,
            }),
            ClaimKind::Works { .. }
            | ClaimKind::AllowsWork
            | ClaimKind::Filtered { .. }
            | ClaimKind::NoRelay { .. }
            | ClaimKind::Logged { .. }
            | ClaimKind::NoSpoof { .. } => None,
        }
    }
}

/// What breaks the claim, from one link into one spot.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    /// Where it starts.
    pub(super) origin: Origin,
    /// Whose neighbours they are: the spot of the claim on that link; `None` for a link nobody named (D32).
    pub(super) from: Option<Spot>,
    /// Where it arrives.
    pub(super) to: Spot,
    /// Under some reading.
    pub(super) may: PacketSet,
    /// Under every reading.
    pub(super) must: PacketSet,
    /// The two are on one link (D25).
    pub(super) inseparable: bool,
    /// Breaks it at connection level, not only at packet level.
    pub(super) opening: bool,
}

/// The answer for one family.
pub(super) struct Answer {
    pub(super) level: Level,
    pub(super) broken: Vec<Broken>,
    /// Stateless replies that were excused (D36): indices into the view's halves.
    pub(super) holes: Vec<usize>,
    /// Whether anything was asked: some source link and some target exist.
    pub(super) asked: bool,
}

/// Evaluates the claim in one family.
pub(super) fn check(view: &View<'_>, claim: &Only<'_>, unnamed: &[usize]) -> Answer {
    let space = view.space();
    let mut answer = Answer {
        level: Level {
            connection: Verdict::Proved,
            packet: Verdict::Proved,
        },
        broken: Vec::new(),
        holes: Vec::new(),
        asked: false,
    };
    for from in claim.from {
        let Some(origin) = view.origin(from.at) else {
            continue;
        };
        for to in claim.to {
            let text_decides = matches!(to.at, At::Switch(_));
            if to.addrs.of(view.family).is_empty() && !text_decides && !may_have_strangers(view, to)
            {
                continue;
            }
            match beside(view, from, to) {
                Beside::Inside => continue,
                Beside::OneLink => {
                    answer.asked = true;
                    inseparable(view, claim, from, to, origin, &mut answer);
                    continue;
                }
                Beside::Apart => {}
            }
            if matches!(origin, Origin::Link(link) if view.topo.ports_of(link, view.family).next().is_none())
            {
                continue;
            }
            answer.asked |= may_lead(view, origin, to);
            let excuse = excuse(view, claim, origin, (Some(from), to));
            let sources = sources(view, from);
            let arrived = |side| {
                let all = view.arrivals(&view.spread_of(origin, side), to);
                let all = space.intersect(all, sources);
                space.intersect(all, requests(view, claim))
            };
            let may = arrived(Side::May);
            note_holes(view, origin, to, may, &mut answer.holes);
            let broken = Broken {
                origin,
                from: Some(from.clone()),
                to: to.clone(),
                may: space.minus(may, excuse),
                must: space.minus(arrived(Side::Must), excuse),
                inseparable: false,
                opening: false,
            };
            settle(view, broken, &mut answer);
        }
    }
    for &link in unnamed {
        for to in claim.to {
            let arrived = view.arrivals(&view.spread(link, Side::May), to);
            let arrived = space.intersect(arrived, requests(view, claim));
            let origin = Origin::Link(link);
            let may = space.minus(arrived, excuse(view, claim, origin, (None, to)));
            let broken = Broken {
                origin,
                from: None,
                to: to.clone(),
                may,
                must: space.empty(),
                inseparable: false,
                opening: false,
            };
            settle(view, broken, &mut answer);
        }
    }
    answer
}

/// Whether anything but lists could keep packets from a place (D44): two links that nothing joins, a link that nobody routes
/// from, unless the switch itself sits on it.
fn may_lead(view: &View<'_>, origin: Origin, to: &Spot) -> bool {
    let Origin::Link(link) = origin else {
        return true;
    };
    let routed = view.topo.routers_of(link, view.family).next().is_some();
    let here = |&port: &usize| Some(view.topo.ports[port].device) == view.device_of(to.at);
    match view.link_of(to.at) {
        Some(other) => routed && view.topo.joined(link, other),
        None => routed || view.topo.links[link].ports.iter().any(here),
    }
}

/// Addresses nobody named count as part of every zone on the link (D28), also in the family the zone does not have.
pub(super) fn may_have_strangers(view: &View<'_>, to: &Spot) -> bool {
    matches!(
        (to.at, to.place),
        (At::Link(..), crate::model::Place::Zone(_))
    ) && view
        .link_of(to.at)
        .is_some_and(|link| view.topo.ports_of(link, view.family).next().is_some())
}

fn settle(view: &View<'_>, broken: Broken, answer: &mut Answer) {
    let (space, openings) = (view.space(), view.sets.openings);
    let judge = |may: PacketSet, must: PacketSet| match () {
        () if !space.is_empty(must) => Verdict::Refuted,
        () if space.is_empty(may) => Verdict::Proved,
        () => Verdict::Unknown,
    };
    let may = space.intersect(broken.may, openings);
    let must = space.intersect(broken.must, openings);
    let connection = judge(may, must);
    let packet = judge(broken.may, broken.must);
    answer.level.connection = answer.level.connection.max(connection);
    answer.level.packet = answer.level.packet.max(packet);
    if connection != Verdict::Proved {
        answer.broken.push(Broken {
            may,
            must,
            opening: true,
            ..broken
        });
    } else if packet != Verdict::Proved {
        answer.broken.push(broken);
    }
}

pub(super) enum Beside {
    /// One zone of one link, or one external: no claim's business.
    Inside,
    /// Two places on one link: nothing separates them (D25).
    OneLink,
    /// Different links.
    Apart,
}

pub(super) fn beside(view: &View<'_>, from: &Spot, to: &Spot) -> Beside {
    let vlan = |spot: &Spot| view.policy.network.vlan_of(spot.at);
    match (from.at, to.at) {
        (a, b) if a == b => Beside::Inside,
        (At::Switch(_), _) | (_, At::Switch(_)) => Beside::Apart,
        _ if vlan(from) == vlan(to) => Beside::OneLink,
        _ => Beside::Apart,
    }
}

fn inseparable(
    view: &View<'_>,
    claim: &Only<'_>,
    from: &Spot,
    to: &Spot,
    origin: Origin,
    answer: &mut Answer,
) {
    let space = view.space();
    let (src, dst) = (from.addrs.of(view.family), to.addrs.of(view.family));
    if src.is_empty() || dst.is_empty() {
        return;
    }
    let all = space.of_match(&Match::between(src.to_set(), dst.to_set()));
    let all = space.intersect(all, requests(view, claim));
    let broken = space.minus(all, excuse(view, claim, origin, (Some(from), to)));
    // Port lists, VLAN maps, private VLANs and the like could keep them apart; they are not modelled (D25).
    let separable = matches!(origin, Origin::Link(link) if view.topo.may_separate(link));
    let broken = Broken {
        origin,
        from: Some(from.clone()),
        to: to.clone(),
        may: broken,
        must: if separable { space.empty() } else { broken },
        inseparable: true,
        opening: false,
    };
    settle(view, broken, answer);
}

/// Any source, or only the spot's own where people attest that addresses are not forged on the link (D40).
pub(super) fn sources(view: &View<'_>, from: &Spot) -> PacketSet {
    if view
        .link_of(from.at)
        .is_some_and(|link| view.authentic(link))
    {
        view.from(from.addrs.of(view.family))
    } else {
        view.space().full()
    }
}

/// `: S` of `none`: only requests of S count.
pub(super) fn requests(view: &View<'_>, claim: &Only<'_>) -> PacketSet {
    match request_boxes(view, claim) {
        None => view.space().full(),
        Some(boxes) => view.space().of_matches(&boxes),
    }
}

/// The same as boxes; `None` is every packet.
pub(super) fn request_boxes(view: &View<'_>, claim: &Only<'_>) -> Option<Vec<Match>> {
    let terms = claim.services?;
    Some(
        terms
            .iter()
            .filter_map(|term| request_box(view, term, &any_client(view)))
            .collect(),
    )
}

/// Ports from which any client asks that a service holds to its `ephemeral` ones (D34): whoever sits on a link may be one.
pub(super) fn any_client(view: &View<'_>) -> PortSet {
    let network = &view.policy.network;
    let zones = network.zones.iter().map(|zone| zone.ephemeral);
    let each = zones.chain([network.site.ephemeral]);
    each.fold(PortSet::empty(), |all, (low, high)| {
        all.union(&PortSet::range(low, high))
    })
}

/// The same of each of some clients, so that all of them may.
fn every_client(view: &View<'_>, clients: &[Spot]) -> PortSet {
    let network = &view.policy.network;
    let (low, high) = network.site.ephemeral;
    let each = clients.iter().map(|spot| ephemeral(network, spot));
    let each = each.map(|(low, high)| PortSet::range(low, high));
    each.reduce(|all, one| all.intersect(&one))
        .unwrap_or_else(|| PortSet::range(low, high))
}

/// The request of a term between any two addresses, with and without extension headers; `open` are the ports of its clients.
pub(super) fn request_box(view: &View<'_>, term: &Term, open: &PortSet) -> Option<Match> {
    let base = Match {
        position: PositionSet::L4,
        ext: ExtSet::FULL,
        ..Match::any(view.family)
    };
    let m = match &term.session {
        Session::Ports {
            protocol,
            dport,
            from,
        } => {
            let sport = from.as_ref().map(|(fixed, too)| match too {
                true => fixed.union(open),
                false => fixed.clone(),
            });
            Match {
                protocol: ByteSet::one(*protocol),
                dport: dport.clone(),
                sport: sport.unwrap_or_else(PortSet::full),
                ..base
            }
        }
        Session::Icmp { family, .. } if *family != view.family => return None,
        Session::Icmp { kind, code, .. } => Match {
            protocol: ByteSet::one(Match::icmp_of(view.family)),
            icmp_type: ByteSet::one(*kind),
            icmp_code: code.map_or(ByteSet::FULL, ByteSet::one),
            ..base
        },
        Session::Protocol(number) => Match {
            protocol: ByteSet::one(*number),
            ..base
        },
    };
    Some(m.tidy())
}

/// What is listed or a reply (D38).
fn excuse(
    view: &View<'_>,
    claim: &Only<'_>,
    origin: Origin,
    (from, to): (Option<&Spot>, &Spot),
) -> PacketSet {
    let listed = view.space().of_matches(&listed_boxes(view, claim, from));
    view.space().union(listed, replies(view, origin, to))
}

/// What is listed for a client, as boxes: Req and Com of the flows and of the exceptions.
pub(super) fn listed_boxes(view: &View<'_>, claim: &Only<'_>, from: Option<&Spot>) -> Vec<Match> {
    let mut boxes: Vec<Match> = Vec::new();
    for flow in claim.flows {
        boxes.extend(flow_boxes(view, flow, from));
    }
    if claim.exceptions {
        let listed = view
            .halves
            .iter()
            .filter(|half| !half.reply && view.policy.allows[half.allow].exception);
        boxes.extend(listed.flat_map(Half::with_companions));
    }
    boxes
}

/// Req and Com of a listed flow.
fn flow_boxes(view: &View<'_>, flow: &FlowSpec, from: Option<&Spot>) -> Vec<Match> {
    let family = view.family;
    let union = |spots: &[Spot]| {
        let all = spots.iter().fold(AddrRanges::none(family), |all, spot| {
            all.union(spot.addrs.of(family))
        });
        all.to_set()
    };
    let src = flow
        .from
        .as_deref()
        .map_or_else(|| AddrRanges::any(family).to_set(), union);
    let dst = union(&flow.to);
    match &flow.terms {
        None => vec![Match::between(src, dst)],
        Some(terms) => {
            let clients = flow.from.as_deref().or(from.map(std::slice::from_ref));
            let open = every_client(view, clients.unwrap_or_default());
            let core = terms
                .iter()
                .filter_map(|term| request_box(view, term, &open));
            let core: Vec<Match> = core
                .map(|m| Match {
                    src: src.clone(),
                    dst: dst.clone(),
                    ..m
                })
                .collect();
            companions(&core)
        }
    }
}

/// The reply halves that this claim excuses: of allows from the target to someone where the packets start.
fn reply_halves<'v>(
    view: &'v View<'_>,
    origin: Origin,
    to: &'v Spot,
) -> impl Iterator<Item = (usize, &'v Half)> {
    let sent: Vec<usize> = match origin {
        Origin::Link(link) => view.replies[link].clone(),
        Origin::Device(_) => (0..view.halves.len())
            .filter(|&index| {
                let half = &view.halves[index];
                half.reply && view.origin(half.to.at) == Some(origin)
            })
            .collect(),
    };
    sent.into_iter()
        .map(|index| (index, &view.halves[index]))
        .filter(|(_, half)| {
            let client = half.from.addrs.of(view.family);
            client.overlaps(to.addrs.of(view.family))
        })
}

/// Rep and Com of the allows in the other direction; never an opening TCP packet.
pub(super) fn replies(view: &View<'_>, origin: Origin, to: &Spot) -> PacketSet {
    let all = view.space().of_matches(&reply_boxes(view, origin, to));
    view.space().minus(all, view.sets.opening_tcp)
}

/// The same as boxes, opening TCP packets among them.
pub(super) fn reply_boxes(view: &View<'_>, origin: Origin, to: &Spot) -> Vec<Match> {
    reply_halves(view, origin, to)
        .flat_map(|(_, half)| half.with_companions())
        .collect()
}

pub(super) fn note_holes(
    view: &View<'_>,
    origin: Origin,
    to: &Spot,
    arrived: PacketSet,
    holes: &mut Vec<usize>,
) {
    for (index, half) in reply_halves(view, origin, to).filter(|(_, half)| half.stateless) {
        if !view
            .space()
            .disjoint(arrived, view.space().of_matches(&half.core))
            && !holes.contains(&index)
        {
            holes.push(index);
        }
    }
}
