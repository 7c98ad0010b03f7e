//! `dhcp` of a zone: a relay, and with it an opening to the servers (D22).
//!
//! In: the words, after the network. Out: [`Allow`]s marked `dhcp`, IPv4 only. Must not know: which device relays.

use super::Lower;
use super::collect::Parts;
use super::rules::opening;
use super::words;
use crate::base::{Diagnostic, Span};
use crate::model::{Addrs, Allow, At, Place, Session, Spot, Term, ZoneId};
use crate::net::proto::UDP;
use crate::net::{AddrRanges, Family, PortSet};
use crate::syntax::ast::{self, ZoneAttr};
use crate::text;
use std::collections::BTreeSet;
use std::net::IpAddr;

impl<'a> Lower<'a> {
    /// The openings derived from the `dhcp` of zones, each with the place of that word.
    pub(super) fn dhcp(&mut self, parts: &Parts<'a>) -> Vec<(Allow, Span)> {
        let mut out = Vec::new();
        for (index, (ast, _)) in parts.zones.iter().enumerate() {
            for attr in &ast.attrs {
                if let ZoneAttr::Dhcp(servers) = &attr.node {
                    out.extend(
                        self.relay(ZoneId(index), servers, attr.span)
                            .map(|allow| (allow, attr.span)),
                    );
                }
            }
        }
        out
    }

    fn relay(&mut self, zone: ZoneId, places: &ast::Places, span: Span) -> Option<Allow> {
        if !self.network.zone(zone).v4 {
            self.report(
                Diagnostic::error(text!("dhcp-ipv4"))
                    .at(span)
                    .help(text!("dhcp-ipv4-help")),
            );
            return None;
        }
        let v4 = |mut spot: Spot| {
            spot.addrs.v6 = AddrRanges::none(Family::V6);
            spot
        };
        let to: Vec<Spot> = self.spots(places, true)?.into_iter().map(v4).collect();
        let not_host = to
            .iter()
            .find(|spot| !matches!(spot.place, Place::Host(..)));
        if let Some(place) = not_host.map(|spot| spot.place) {
            self.not_here(places.span, place, text!("kind-host"));
            return None;
        }
        let servers: Vec<IpAddr> = to
            .iter()
            .flat_map(|spot| spot.addrs.v4.addrs().collect::<Vec<_>>())
            .collect();
        if to.is_empty() || to.iter().any(|spot| spot.addrs.v4.is_empty()) {
            self.report(
                Diagnostic::error(text!("dhcp-server"))
                    .at(places.span)
                    .help(text!("dhcp-server-help")),
            );
            return None;
        }
        if let [link] = self.network.zone(zone).links.as_slice()
            && let Some(near) = to.iter().find(|spot| spot.at == At::Link(zone, link.vlan))
        {
            let names = (
                self.network.zone(zone).label.name.clone(),
                self.network.name(near.place).to_owned(),
            );
            let headline = text!("same-link", from = names.0, to = names.1, vlan = link.vlan);
            self.report(
                Diagnostic::error(headline)
                    .at(places.span)
                    .help(text!("dhcp-same-link-help")),
            );
            return None;
        }
        let servers: BTreeSet<IpAddr> = servers.into_iter().collect();
        let of = &mut self.network.zones[zone.0];
        of.dhcp.extend(servers.iter().filter_map(|addr| match addr {
            IpAddr::V4(addr) => Some(*addr),
            IpAddr::V6(_) => None,
        }));
        let text = format!(
            "allow {} -> {} : std.dhcp",
            of.label.name,
            words::places(places)
        );
        let from: Vec<Spot> = of
            .links
            .iter()
            .map(|link| {
                v4(Spot {
                    at: At::Link(zone, link.vlan),
                    place: Place::Zone(zone),
                    addrs: Addrs::prefixes(&link.prefixes),
                })
            })
            .collect();
        let session = Session::Ports {
            protocol: UDP,
            dport: PortSet::one(67),
            from: Some((PortSet::one(68), false)),
        };
        let term = Term {
            session,
            name: "std.dhcp".to_owned(),
            encrypted: false,
            accepts: Vec::new(),
        };
        Some(Allow {
            dhcp: true,
            ..opening(from, to, vec![term], text, span)
        })
    }
}
