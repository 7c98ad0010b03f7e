//! An `allow` inside a `forbid` is a contradiction, shown with one packet (language section 4, "forbid" (a)).
//!
//! In: openings and prohibitions. Out: findings. Overlap is computed on addresses and services; exceptions are exempt,
//! replies are no overlap. Must not know: devices.

use super::Lower;
use super::places::all_addrs;
use super::rules::Forbidden;
use crate::base::{Diagnostic, Span};
use crate::model::{Addrs, Allow, At, Forbid, Network, Session, Spot, Term};
use crate::net::proto::{TCP, UDP};
use crate::net::{AddrRanges, Family, Flow, L4, Match, PortSet, PositionSet, TcpFlags};
use crate::text;
use std::net::IpAddr;

impl Lower<'_> {
    /// Each opening against each prohibition.
    pub(super) fn check_forbids(&mut self, allows: &[(Allow, Span)], forbids: &[Forbidden]) {
        let sides: Vec<(Addrs, Addrs)> = forbids
            .iter()
            .map(|(f, _)| (all_addrs(&f.from), all_addrs(&f.to)))
            .collect();
        let mut found = Vec::new();
        let rests = self.network.externals.iter().filter(|e| e.rest).count();
        for (allow, at) in allows.iter().filter(|(allow, _)| !allow.exception) {
            let (from, to) = (all_addrs(&allow.from), all_addrs(&allow.to));
            for ((forbid, _), (forbid_from, forbid_to)) in forbids.iter().zip(&sides) {
                // The rests of two routing tables are the same addresses, and not the same place.
                if rests > 1 && self.only_rests_meet(allow, forbid) {
                    continue;
                }
                let pair = Family::BOTH.into_iter().find_map(|family| {
                    let src = meet(from.of(family), forbid_from.of(family))?;
                    let dst = meet(to.of(family), forbid_to.of(family))?;
                    request(&self.network, allow, forbid, src, dst)
                });
                if let Some(packet) = pair {
                    found.push((allow, *at, forbid, packet));
                }
            }
        }
        for (allow, at, forbid, packet) in found {
            let diagnostic = Diagnostic::error(text!(
                "allow-in-forbid",
                allow = &allow.text,
                forbid = &forbid.text
            ))
            .label(at, text!("allow-here"))
            .label(forbid.span, text!("forbid-here"))
            .note(text!("allow-in-forbid-packet", packet = packet.to_string()));
            self.report(diagnostic.help(text!("allow-in-forbid-help")));
        }
    }
}

impl Lower<'_> {
    /// Whether only rests of different tables have an address in common, on either side.
    fn only_rests_meet(&self, allow: &Allow, forbid: &Forbid) -> bool {
        let meets =
            |a: &[Spot], b: &[Spot]| a.iter().any(|a| b.iter().any(|b| self.may_be_one(a, b)));
        !(meets(&allow.from, &forbid.from) && meets(&allow.to, &forbid.to))
    }

    fn may_be_one(&self, a: &Spot, b: &Spot) -> bool {
        let rest = |spot: &Spot| match spot.at {
            At::External(id) => self.network.external(id).rest.then_some(id),
            At::Link(..) | At::Switch(_) => None,
        };
        let other_rest = matches!((rest(a), rest(b)), (Some(a), Some(b)) if a != b);
        !other_rest && (a.addrs.v4.overlaps(&b.addrs.v4) || a.addrs.v6.overlaps(&b.addrs.v6))
    }
}

/// An address of both, a host's if there is one: the first of a prefix is the network's own.
fn meet(a: &AddrRanges, b: &AddrRanges) -> Option<IpAddr> {
    let both = if a.overlaps(b) {
        a.intersect(b)
    } else {
        return None;
    };
    let first = both.first()?;
    let next = Family::of(first).addr(crate::net::addr::bits_of(first).wrapping_add(1));
    Some(if both.contains(next) { next } else { first })
}

/// A request of the opening that the prohibition names too.
fn request(
    network: &Network,
    allow: &Allow,
    forbid: &Forbid,
    src: IpAddr,
    dst: IpAddr,
) -> Option<Flow> {
    let ephemeral = ephemeral(network, &allow.from);
    let first = |mine: &Term| match &forbid.terms {
        None => packet(&mine.session, None, ephemeral, src, dst),
        Some(theirs) => theirs
            .iter()
            .find_map(|t| packet(&mine.session, Some(&t.session), ephemeral, src, dst)),
    };
    allow.terms.iter().find_map(first)
}

/// Reply ports of the first zone of a list.
fn ephemeral(network: &Network, from: &[Spot]) -> (u16, u16) {
    let zone = from.iter().find_map(|spot| match spot.at {
        At::Link(zone, _) => Some(network.zone(zone).ephemeral),
        At::External(_) | At::Switch(_) => None,
    });
    zone.unwrap_or(network.site.ephemeral)
}

/// A request that is of both sessions.
fn packet(
    mine: &Session,
    theirs: Option<&Session>,
    ephemeral: (u16, u16),
    src: IpAddr,
    dst: IpAddr,
) -> Option<Flow> {
    let family = Family::of(src);
    let make = |protocol, l4| Flow::new(src, dst, protocol, l4, PositionSet::WHOLE, false).ok();
    match (mine, theirs) {
        (
            Session::Ports {
                protocol,
                dport,
                from,
            },
            theirs,
        ) => {
            let mine = (dport.clone(), sources(from.as_ref(), ephemeral));
            let (dports, sports) = match theirs {
                Some(Session::Ports {
                    protocol: other,
                    dport,
                    from,
                }) if other == protocol => (
                    mine.0.intersect(dport),
                    mine.1.intersect(&sources(from.as_ref(), ephemeral)),
                ),
                Some(Session::Protocol(other)) if other == protocol => mine,
                None => mine,
                Some(_) => return None,
            };
            let (dport, sport) = (dports.ranges().first()?.0, pick(&sports)?);
            ported(*protocol, sport, dport).and_then(|l4| make(*protocol, l4))
        }
        (
            Session::Icmp {
                family: of,
                kind,
                code,
                ..
            },
            theirs,
        ) => {
            let wanted = match theirs {
                Some(Session::Icmp {
                    family,
                    kind: k,
                    code: c,
                    ..
                }) => {
                    let codes = code.is_none() || c.is_none() || code == c;
                    (family == of && k == kind && codes).then_some(code.or(*c).unwrap_or(0))
                }
                Some(Session::Protocol(other)) => {
                    (*other == Match::icmp_of(*of)).then_some(code.unwrap_or(0))
                }
                Some(Session::Ports { .. }) => None,
                None => Some(code.unwrap_or(0)),
            };
            let code = wanted.filter(|_| *of == family)?;
            make(Match::icmp_of(family), L4::Icmp { kind: *kind, code })
        }
        (Session::Protocol(number), None) => {
            whole(*number, family).and_then(|l4| make(*number, l4))
        }
        (Session::Protocol(number), Some(Session::Protocol(other))) if number == other => {
            whole(*number, family).and_then(|l4| make(*number, l4))
        }
        (
            mine @ Session::Protocol(_),
            Some(theirs @ (Session::Ports { .. } | Session::Icmp { .. })),
        ) => packet(theirs, Some(mine), ephemeral, src, dst),
        (Session::Protocol(_), Some(Session::Protocol(_))) => None,
    }
}

fn sources(from: Option<&(PortSet, bool)>, ephemeral: (u16, u16)) -> PortSet {
    match from {
        None => PortSet::full(),
        Some((fixed, false)) => fixed.clone(),
        Some((fixed, true)) => fixed.union(&PortSet::range(ephemeral.0, ephemeral.1)),
    }
}

/// A client port people expect.
fn pick(ports: &PortSet) -> Option<u16> {
    if ports.contains(50000) {
        Some(50000)
    } else {
        ports.ranges().first().map(|range| range.0)
    }
}

fn ported(protocol: u8, sport: u16, dport: u16) -> Option<L4> {
    match protocol {
        TCP => Some(L4::Tcp {
            sport,
            dport,
            flags: TcpFlags::SYN,
        }),
        UDP | crate::net::proto::SCTP => Some(L4::Ports { sport, dport }),
        _ => None,
    }
}

/// What a packet of a protocol named by number carries.
fn whole(protocol: u8, family: Family) -> Option<L4> {
    match protocol {
        number if number == Match::icmp_of(family) => Some(L4::Icmp { kind: 0, code: 0 }),
        number => Some(ported(number, 50000, 0).unwrap_or(L4::None)),
    }
}
