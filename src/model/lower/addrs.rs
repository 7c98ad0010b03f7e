//! Addresses as typed -> addresses: `.11` and `::11` stand for the last part in the zone's only prefix (language section 4).
//!
//! In: an address and the zone it is said for. Out: one address, a range, or a prefix without host bits.
//! Must not know: whose address it is.

use super::Lower;
use crate::base::{Diagnostic, Span};
use crate::model::ZoneId;
use crate::net::Family;
use crate::syntax::ast::{Addr, AddrKind};
use crate::text;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

impl Lower<'_> {
    /// A prefix; host bits are refused with the prefix that was meant.
    pub(super) fn prefix(&mut self, addr: &Addr) -> Option<IpNet> {
        let AddrKind::Prefix(net) = addr.node else {
            let diagnostic = Diagnostic::error(text!("not-a-prefix")).at(addr.span);
            let help = match addr.node {
                AddrKind::Full(full) => text!("not-a-prefix-host", net = IpNet::from(full)),
                _ => text!("not-a-prefix-help"),
            };
            self.report(diagnostic.help(help));
            return None;
        };
        if net.addr() != net.network() {
            let diagnostic = Diagnostic::error(text!("host-bits", net = net)).at(addr.span);
            self.report(diagnostic.help(text!("host-bits-help", net = net.trunc())));
            return None;
        }
        Some(net)
    }

    /// One address; the short forms are filled in from `zone`.
    pub(super) fn one_addr(&mut self, addr: &Addr, zone: Option<ZoneId>) -> Option<IpAddr> {
        match &addr.node {
            AddrKind::Full(full) => Some(*full),
            AddrKind::Tail4(tail) => self.fill4(tail, addr.span, zone),
            AddrKind::Tail6(tail) => self.fill6(*tail, addr.span, zone),
            AddrKind::Prefix(_)
            | AddrKind::Span(..)
            | AddrKind::TailSpan4(..)
            | AddrKind::TailSpan6(..) => {
                self.report(Diagnostic::error(text!("one-address")).at(addr.span));
                None
            }
        }
    }

    /// One address or several in a row, each in full.
    pub(super) fn whole_range(&mut self, addr: &Addr) -> Option<(IpAddr, IpAddr)> {
        self.range(addr, None)
    }

    /// One address or several in a row.
    pub(super) fn addr_range(&mut self, addr: &Addr, zone: ZoneId) -> Option<(IpAddr, IpAddr)> {
        self.range(addr, Some(zone))
    }

    fn range(&mut self, addr: &Addr, zone: Option<ZoneId>) -> Option<(IpAddr, IpAddr)> {
        let (first, last) = match &addr.node {
            AddrKind::Span(first, last) => (*first, *last),
            AddrKind::Prefix(_) => {
                let net = self.prefix(addr)?;
                (net.network(), net.broadcast())
            }
            AddrKind::TailSpan4(a, b) => (
                self.fill4(a, addr.span, zone)?,
                self.fill4(b, addr.span, zone)?,
            ),
            AddrKind::TailSpan6(a, b) => (
                self.fill6(*a, addr.span, zone)?,
                self.fill6(*b, addr.span, zone)?,
            ),
            AddrKind::Full(_) | AddrKind::Tail4(_) | AddrKind::Tail6(_) => {
                let one = self.one_addr(addr, zone)?;
                (one, one)
            }
        };
        if Family::of(first) != Family::of(last) || first > last {
            self.report(
                Diagnostic::error(text!("range-order", first = first, last = last)).at(addr.span),
            );
            return None;
        }
        Some((first, last))
    }

    /// The zone's only prefix of a family, which the short forms need.
    fn only_prefix(&mut self, family: Family, span: Span, zone: Option<ZoneId>) -> Option<IpNet> {
        let Some(zone) = zone.map(|id| (id, self.network.zone(id))) else {
            let diagnostic = Diagnostic::error(text!("short-address-here")).at(span);
            self.report(diagnostic.help(text!("short-address-help")));
            return None;
        };
        let prefixes = zone.1.links.iter().flat_map(|link| &link.prefixes);
        let found: Vec<IpNet> = prefixes
            .filter(|net| Family::of_net(net) == family)
            .copied()
            .collect();
        if let [only] = found.as_slice() {
            return Some(*only);
        }
        if !self.is_poisoned(zone.0) {
            let headline = text!(
                "short-address",
                name = &zone.1.label.name,
                count = found.len(),
                family = family.digit().to_string()
            );
            let diagnostic = Diagnostic::error(headline)
                .at(span)
                .label(zone.1.label.span, text!("defined-here"));
            let help = if found.is_empty() {
                text!("short-address-none")
            } else {
                text!("short-address-help")
            };
            self.report(diagnostic.help(help));
        }
        None
    }

    fn fill4(&mut self, tail: &[u8], span: Span, zone: Option<ZoneId>) -> Option<IpAddr> {
        match self.only_prefix(Family::V4, span, zone)?.network() {
            IpAddr::V4(base) => Some(IpAddr::V4(replace_tail(base, tail))),
            IpAddr::V6(_) => None,
        }
    }

    fn fill6(&mut self, tail: Ipv6Addr, span: Span, zone: Option<ZoneId>) -> Option<IpAddr> {
        let net = self.only_prefix(Family::V6, span, zone)?;
        match (net.network(), net.hostmask()) {
            (IpAddr::V6(base), IpAddr::V6(hosts)) if tail.to_bits() & !hosts.to_bits() == 0 => {
                Some(IpAddr::V6(Ipv6Addr::from_bits(
                    base.to_bits() | tail.to_bits(),
                )))
            }
            _ => {
                let diagnostic =
                    Diagnostic::error(text!("interface-part", addr = tail, net = net)).at(span);
                self.report(diagnostic.help(text!("short-address-help")));
                None
            }
        }
    }
}

/// `base` with its last octets replaced.
fn replace_tail(base: Ipv4Addr, tail: &[u8]) -> Ipv4Addr {
    let mut octets = base.octets();
    octets
        .iter_mut()
        .rev()
        .zip(tail.iter().rev())
        .for_each(|(octet, new)| *octet = *new);
    Ipv4Addr::from(octets)
}

/// The subnet of the site's prefix whose hexadecimal digits read like the VLAN number.
pub(super) fn by_vlan(site: ipnet::Ipv6Net, vlan: u16) -> Option<IpNet> {
    let digits = u128::from(u16::from_str_radix(&vlan.to_string(), 16).ok()?);
    let base = site.network().to_bits() | digits << 64;
    ipnet::Ipv6Net::new(Ipv6Addr::from_bits(base), 64)
        .ok()
        .map(IpNet::V6)
}
