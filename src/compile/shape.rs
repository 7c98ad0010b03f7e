//! Entries without their addresses: what a service asks and what it answers (D34, D35, D37).
//!
//! In: terms of services. Out: [`Shape`]s. Must not know: places, lists.

use crate::acl::DraftEntry;
use crate::model::{Session, Term};
use crate::net::proto::{TCP, UDP};
use crate::net::{Family, PortSet, Wildcard};

/// An entry without its addresses.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) protocol: Option<u8>,
    pub(super) sport: Option<(u16, u16)>,
    pub(super) dport: Option<(u16, u16)>,
    pub(super) established: bool,
    pub(super) icmp: Option<(u8, Option<u8>)>,
    /// ICMP errors come from anywhere (D37).
    pub(super) any_source: bool,
}

impl Shape {
    pub(super) fn protocol(protocol: u8) -> Shape {
        Shape {
            protocol: Some(protocol),
            sport: None,
            dport: None,
            established: false,
            icmp: None,
            any_source: false,
        }
    }

    pub(super) fn entry(&self, src: Wildcard, dst: Wildcard, log: bool) -> DraftEntry {
        DraftEntry {
            permit: true,
            protocol: self.protocol,
            src: if self.any_source {
                Wildcard::any(src.family())
            } else {
                src
            },
            sport: self.sport,
            dst,
            dport: self.dport,
            established: self.established,
            icmp: self.icmp,
            log,
        }
    }
}

fn ranges(ports: &PortSet) -> Vec<Option<(u16, u16)>> {
    if ports.is_full() {
        vec![None]
    } else {
        ports.ranges().iter().copied().map(Some).collect()
    }
}

/// The client ports of a request and of a reply (D34).
fn clients(from: Option<&(PortSet, bool)>, ephemeral: Option<(u16, u16)>) -> (PortSet, PortSet) {
    let range = ephemeral.map_or_else(PortSet::full, |(a, b)| PortSet::range(a, b));
    match from {
        None => (PortSet::full(), range),
        Some((fixed, true)) => (fixed.union(&range), fixed.union(&range)),
        Some((fixed, false)) => (fixed.clone(), fixed.clone()),
    }
}

pub(super) fn request_shapes(
    term: &Term,
    family: Family,
    ephemeral: Option<(u16, u16)>,
) -> Vec<Shape> {
    match &term.session {
        Session::Ports {
            protocol,
            dport,
            from,
        } => {
            let (request, _) = clients(from.as_ref(), ephemeral);
            cross(&ranges(&request), &ranges(dport), *protocol, false)
        }
        Session::Icmp {
            family: f,
            kind,
            code,
            error,
        } if *f == family => vec![Shape {
            icmp: Some((*kind, *code)),
            any_source: *error,
            ..Shape::protocol(crate::net::Match::icmp_of(family))
        }],
        Session::Icmp { .. } => Vec::new(),
        Session::Protocol(number) => vec![Shape::protocol(*number)],
    }
}

fn cross(
    sports: &[Option<(u16, u16)>],
    dports: &[Option<(u16, u16)>],
    protocol: u8,
    established: bool,
) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for &sport in sports {
        for &dport in dports {
            shapes.push(Shape {
                sport,
                dport,
                established,
                ..Shape::protocol(protocol)
            });
        }
    }
    shapes
}

/// Request and reply of a term (D34, D35, D37).
pub(super) fn shapes(
    term: &Term,
    family: Family,
    ephemeral: (u16, u16),
) -> (Vec<Shape>, Vec<Shape>) {
    let request = request_shapes(term, family, Some(ephemeral));
    let reply = match &term.session {
        Session::Ports {
            protocol,
            dport,
            from,
        } => {
            let (_, reply) = clients(from.as_ref(), Some(ephemeral));
            let established = *protocol == TCP;
            cross(&ranges(dport), &ranges(&reply), *protocol, established)
        }
        Session::Icmp {
            family: f,
            kind: 8,
            error: false,
            ..
        } if *f == family && family == Family::V4 => {
            vec![Shape {
                icmp: Some((0, Some(0))),
                ..Shape::protocol(1)
            }]
        }
        Session::Icmp {
            family: f,
            kind: 128,
            error: false,
            ..
        } if *f == family && family == Family::V6 => {
            vec![Shape {
                icmp: Some((129, Some(0))),
                ..Shape::protocol(58)
            }]
        }
        Session::Icmp { error: true, .. } => request.clone(),
        Session::Icmp { .. } => Vec::new(),
        Session::Protocol(number) => vec![Shape::protocol(*number)],
    };
    (request, reply)
}

/// UDP with fixed ports at both ends, for control traffic.
pub(super) fn udp(sport: u16, dport: u16) -> Shape {
    Shape {
        sport: Some((sport, sport)),
        dport: Some((dport, dport)),
        ..Shape::protocol(UDP)
    }
}
