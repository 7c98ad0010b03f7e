//! Places and the switches between them. Facts as the policy states them; where text is verified, the text decides (D31).

use super::Accept;
use crate::base::Span;
use crate::net::{AddrRanges, Family};
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Index into [`Network::zones`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneId(pub usize);
/// Index into [`Network::externals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalId(pub usize);
/// Index into [`Network::switches`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SwitchId(pub usize);

/// A name as people say it, as devices can print it, and where it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// As compared (NFKC).
    pub name: String,
    /// ASCII id (language section 3), at most 20 characters.
    pub id: String,
    /// Where it was defined.
    pub span: Span,
}

/// Addresses of both families.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Addrs {
    /// IPv4.
    pub v4: AddrRanges,
    /// IPv6.
    pub v6: AddrRanges,
}

impl Addrs {
    /// No address.
    #[must_use]
    pub fn none() -> Addrs {
        Addrs {
            v4: AddrRanges::none(Family::V4),
            v6: AddrRanges::none(Family::V6),
        }
    }

    /// The addresses of prefixes of both families.
    #[must_use]
    pub fn prefixes<'a>(nets: impl IntoIterator<Item = &'a IpNet> + Clone) -> Addrs {
        Addrs {
            v4: AddrRanges::prefixes(Family::V4, nets.clone()),
            v6: AddrRanges::prefixes(Family::V6, nets),
        }
    }

    /// Those of one family.
    #[must_use]
    pub fn of(&self, family: Family) -> &AddrRanges {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    /// Addresses of either.
    #[must_use]
    pub fn union(&self, other: &Addrs) -> Addrs {
        Addrs {
            v4: self.v4.union(&other.v4),
            v6: self.v6.union(&other.v6),
        }
    }

    /// Addresses of `self` not in `other`.
    #[must_use]
    pub fn minus(&self, other: &Addrs) -> Addrs {
        Addrs {
            v4: self.v4.minus(&other.v4),
            v6: self.v6.minus(&other.v6),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, addr: IpAddr) -> bool {
        self.of(Family::of(addr)).contains(addr)
    }
}

/// The site's own settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Name and id; `None` without a `site` statement.
    pub label: Option<Label>,
    /// Reply ports of clients (D34), default 1024-65535.
    pub ephemeral: (u16, u16),
    /// The final deny logs.
    pub log_denied: bool,
}

/// A zone: addresses on one or more links (D24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Name.
    pub label: Label,
    /// Segment it is in.
    pub segment: Option<String>,
    /// It has an IPv4 side.
    pub v4: bool,
    /// It has an IPv6 side.
    pub v6: bool,
    /// Its links, at least one.
    pub links: Vec<ZoneLink>,
    /// Its named hosts.
    pub hosts: Vec<Host>,
    /// DHCP servers its SVIs relay to.
    pub dhcp: Vec<Ipv4Addr>,
    /// Next hops its hosts use, if stated (D26).
    pub gateways: Vec<Gateway>,
    /// Reply ports of its clients.
    pub ephemeral: (u16, u16),
}

impl Zone {
    /// All its addresses.
    #[must_use]
    pub fn addrs(&self) -> Addrs {
        self.links.iter().fold(Addrs::none(), |all, link| {
            all.union(&Addrs::prefixes(&link.prefixes))
        })
    }

    /// Whether it has a side of this family.
    #[must_use]
    pub fn has(&self, family: Family) -> bool {
        match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        }
    }
}

/// A zone's part of one VLAN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneLink {
    /// VLAN id, 1-4094.
    pub vlan: u16,
    /// Prefixes without host bits, of both families.
    pub prefixes: Vec<IpNet>,
    /// Where it was given.
    pub span: Span,
}

/// A named host of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Name.
    pub label: Label,
    /// Addresses, inside the zone.
    pub addrs: Addrs,
}

/// The next hop of a zone's hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Address of a router on the link.
    pub addr: IpAddr,
    /// Only towards these destinations; `None` is all others.
    pub only_for: Option<Vec<Spot>>,
}

/// The device before an external.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// A host of a zone.
    Host(ZoneId),
    /// A router without a text: what its routes send there leaves by a port that no zone is on.
    Opaque(SwitchId),
}

/// What lies behind a device and is not modelled (D29).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Name.
    pub label: Label,
    /// Segment it is in.
    pub segment: Option<String>,
    /// What it is behind.
    pub before: Before,
    /// The VLAN of that host; for a router a number past all VLANs that stands for its port.
    pub vlan: u16,
    /// Addresses of that host; for a router addresses that stand for whatever the port leads to.
    pub behind: Addrs,
    /// `rest`: all addresses in no other place.
    pub rest: bool,
    /// Its addresses; for `rest` already computed.
    pub addrs: Addrs,
    /// Hands nothing back unchanged (`assume no-hairpin`).
    pub no_hairpin: bool,
}

impl External {
    /// The zone of the host it is behind.
    #[must_use]
    pub fn zone(&self) -> Option<ZoneId> {
        match self.before {
            Before::Host(zone) => Some(zone),
            Before::Opaque(_) => None,
        }
    }

    /// The prefixes by which the device before it is asked for it; for `rest` the default routes, in its families.
    #[must_use]
    pub fn routed(&self) -> Vec<IpNet> {
        let families = Family::BOTH.into_iter();
        let families = families.filter(|family| !self.behind.of(*family).is_empty());
        let of = |family| match self.rest {
            true => AddrRanges::any(family).to_prefixes(),
            false => self.addrs.of(family).to_prefixes(),
        };
        families.flat_map(of).collect()
    }
}

/// Numbers of ports behind which externals lie start past the last VLAN (IEEE 802.1Q: 4094).
pub const STUBS: u16 = 4096;

/// What stands for whatever lies behind a port of a router without a text: the far end of a DS-Lite link (RFC 6333 5.7), a
/// link-local address.
#[must_use]
pub fn far_end(family: Family) -> IpAddr {
    match family {
        Family::V4 => Ipv4Addr::new(192, 0, 0, 1).into(),
        Family::V6 => Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1).into(),
    }
}

/// The router's own end of it, in IPv4; in IPv6 it needs none but a link-local address.
pub const NEAR_END: Ipv4Addr = Ipv4Addr::new(192, 0, 0, 2);

/// The address of [`NEAR_END`].
#[must_use]
pub fn near_end() -> Addrs {
    Addrs::prefixes(&[IpNet::from(IpAddr::from(NEAR_END))])
}

/// A switch as the policy states it. A redundant pair is two of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Name; also the file name of its configuration.
    pub label: Label,
    /// The other member of a redundant pair.
    pub twin: Option<SwitchId>,
    /// Dialect id.
    pub dialect: String,
    /// Where the dialect was named.
    pub dialect_span: Span,
    /// Model.
    pub model: Option<String>,
    /// Its VLAN interfaces, ascending by VLAN.
    pub svis: Vec<Svi>,
    /// Static routes: destinations without what is connected.
    pub routes: Vec<StaticRoute>,
    /// Where routes are learnt (D31).
    pub dynamic: Vec<Dynamic>,
    /// Nobody models its filter: it has no lists, and no text of its own (`opaque`).
    pub opaque: bool,
    /// Further own addresses (loopback, management port).
    pub own: Vec<IpAddr>,
    /// Dialect options.
    pub options: BTreeMap<String, String>,
    /// Where each option is stated.
    pub option_spans: BTreeMap<String, Span>,
    /// Which ports carry a zone (`ports`).
    pub ports_at: Vec<PortsAt>,
    /// Bind lists inbound / outbound.
    pub bind_in: bool,
    /// Bind lists outbound.
    pub bind_out: bool,
    /// Stated entry limits by table.
    pub limits: BTreeMap<String, u32>,
    /// Findings and widenings kept knowingly.
    pub accepts: Vec<Accept>,
}

/// Ports of a switch that carry a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortsAt {
    /// Zone.
    pub zone: ZoneId,
    /// As written: `port1.0.1-1.0.4, port1.0.9`.
    pub ports: String,
    /// Where.
    pub span: Span,
}

impl Switch {
    /// All its own addresses: of its interfaces (virtual ones too) and stated ones.
    #[must_use]
    pub fn own_addrs(&self) -> Addrs {
        let svis = self.svis.iter().flat_map(|svi| {
            svi.addrs
                .iter()
                .map(IpNet::addr)
                .chain(svi.virtuals.iter().copied())
        });
        let nets: Vec<IpNet> = svis
            .chain(self.own.iter().copied())
            .map(IpNet::from)
            .collect();
        Addrs::prefixes(&nets)
    }

    /// Its own addresses in one VRF; those of no interface are in the global table.
    #[must_use]
    pub fn own_in(&self, vrf: &str) -> Addrs {
        let svis = self.svis.iter().filter(|svi| svi.vrf == vrf);
        let addrs = svis.flat_map(|svi| svi.own().into_iter().chain(svi.virtuals.clone()));
        let global = vrf.is_empty().then_some(&self.own).into_iter().flatten();
        let nets: Vec<IpNet> = addrs.chain(global.copied()).map(IpNet::from).collect();
        Addrs::prefixes(&nets)
    }

    /// The VRFs it has interfaces in, and the global table; each a universe of its own.
    #[must_use]
    pub fn vrfs(&self) -> BTreeSet<&str> {
        let named = self.svis.iter().map(|svi| svi.vrf.as_str());
        named.chain([""]).collect()
    }

    /// Its interface on a VLAN.
    #[must_use]
    pub fn svi(&self, vlan: u16) -> Option<&Svi> {
        self.svis.iter().find(|svi| svi.vlan == vlan)
    }
}

/// A static route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StaticRoute {
    /// VRF; empty for the global table.
    pub vrf: String,
    /// Destination.
    pub prefix: IpNet,
    /// Next hop, on a link of the switch.
    pub via: IpAddr,
}

/// A routing protocol (OSPF) in one VRF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dynamic {
    /// VRF; empty for the global table.
    pub vrf: String,
    /// The VLANs it speaks on.
    pub vlans: BTreeSet<u16>,
    /// Where it is stated.
    pub span: Span,
}

/// A VLAN interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svi {
    /// VLAN id.
    pub vlan: u16,
    /// VRF as the device calls it; empty for the global table.
    pub vrf: String,
    /// Zones on that VLAN that this SVI was stated for.
    pub zones: Vec<ZoneId>,
    /// Addresses with the prefix length of the link.
    pub addrs: Vec<IpNet>,
    /// Virtual addresses of VRRP or HSRP.
    pub virtuals: Vec<IpAddr>,
    /// VRRP (`false`) or HSRP (`true`) and the group, if redundant.
    pub redundancy: Option<(bool, u32)>,
}

impl Svi {
    /// Its own addresses without the virtual ones.
    #[must_use]
    pub fn own(&self) -> Vec<IpAddr> {
        self.addrs.iter().map(IpNet::addr).collect()
    }
}

/// Where a spot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    /// On a zone's part of a VLAN.
    Link(ZoneId, u16),
    /// Behind a host.
    External(ExternalId),
    /// A switch's own addresses.
    Switch(SwitchId),
}

/// A named place, as it is printed in results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Zone.
    Zone(ZoneId),
    /// Host of a zone.
    Host(ZoneId, usize),
    /// External.
    External(ExternalId),
    /// Switch.
    Switch(SwitchId),
}

/// Addresses at one location: what a list of places comes down to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spot {
    /// Where.
    pub at: At,
    /// The place it was named by.
    pub place: Place,
    /// Which addresses there.
    pub addrs: Addrs,
}

/// The network of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Site settings.
    pub site: Site,
    /// Zones in order of definition.
    pub zones: Vec<Zone>,
    /// Externals in order of definition.
    pub externals: Vec<External>,
    /// Switches in order of definition; both members of a pair.
    pub switches: Vec<Switch>,
}

impl Network {
    /// A zone.
    #[must_use]
    pub fn zone(&self, id: ZoneId) -> &Zone {
        &self.zones[id.0]
    }

    /// An external.
    #[must_use]
    pub fn external(&self, id: ExternalId) -> &External {
        &self.externals[id.0]
    }

    /// A switch.
    #[must_use]
    pub fn switch(&self, id: SwitchId) -> &Switch {
        &self.switches[id.0]
    }

    /// Every VLAN a zone is on, with the zones on it, ascending; the ports behind which externals lie have none.
    #[must_use]
    pub fn links(&self) -> BTreeMap<u16, Vec<ZoneId>> {
        let mut links: BTreeMap<u16, Vec<ZoneId>> = BTreeMap::new();
        for (index, zone) in self.zones.iter().enumerate() {
            for link in &zone.links {
                let zones = links.entry(link.vlan).or_default();
                if !zones.contains(&ZoneId(index)) {
                    zones.push(ZoneId(index));
                }
            }
        }
        for external in &self.externals {
            links.entry(external.vlan).or_default();
        }
        links
    }

    /// The zone of the host, or the router, that an external is behind.
    #[must_use]
    pub fn before(&self, external: &External) -> &str {
        match external.before {
            Before::Host(zone) => &self.zone(zone).label.name,
            Before::Opaque(router) => &self.switch(router).label.name,
        }
    }

    /// The next hops that the hosts of a spot were told (D26). Whoever is behind a router was told none.
    #[must_use]
    pub fn gateways_at(&self, at: At) -> &[Gateway] {
        let zone = match at {
            At::Link(zone, _) => Some(zone),
            At::External(id) => self.external(id).zone(),
            At::Switch(_) => None,
        };
        zone.map_or(&[], |zone| &self.zone(zone).gateways)
    }

    /// The VLAN a spot's traffic enters at: its own, or that of the host an external is behind.
    #[must_use]
    pub fn vlan_of(&self, at: At) -> Option<u16> {
        match at {
            At::Link(_, vlan) => Some(vlan),
            At::External(id) => Some(self.external(id).vlan),
            At::Switch(_) => None,
        }
    }

    /// The addresses of a spot that a session with `other` needs. Only a member of a redundant pair has others besides:
    /// its virtual ones are whoever's is active (D2), so no state may be asked to bring a packet to this member; and if it
    /// has an address on the link of `other`, that one is meant, because its far ones would have to be opened on the lists
    /// of every link behind its twin, where anyone could forge the source.
    #[must_use]
    pub fn needed(&self, spot: &Spot, other: At) -> Addrs {
        let At::Switch(id) = spot.at else {
            return spot.addrs.clone();
        };
        let switch = self.switch(id);
        let there = self.addressed_from(id, other);
        let spot = Spot {
            addrs: spot.addrs.minus(&spot.addrs.minus(&there)),
            ..spot.clone()
        };
        if switch.twin.is_none() {
            return spot.addrs;
        }
        let near = self.vlan_of(other).and_then(|vlan| switch.svi(vlan));
        let meant = match near {
            Some(svi) => svi.own(),
            None => switch.svis.iter().flat_map(Svi::own).collect(),
        };
        let further = near.is_none().then_some(&switch.own).into_iter().flatten();
        let nets: Vec<IpNet> = meant
            .into_iter()
            .chain(further.copied())
            .map(IpNet::from)
            .collect();
        let meant = Addrs::prefixes(&nets);
        spot.addrs.minus(&spot.addrs.minus(&meant))
    }

    /// The own addresses of a switch that a place can address at all: those of the VRFs that some chain of links joins to it.
    fn addressed_from(&self, id: SwitchId, other: At) -> Addrs {
        let switch = self.switch(id);
        let Some(vlan) = self.vlan_of(other).filter(|_| switch.vrfs().len() > 1) else {
            return switch.own_addrs();
        };
        let joined = self.joined(vlan);
        let mine = switch.vrfs().into_iter();
        mine.filter(|vrf| joined.contains(&(id, (*vrf).to_owned())))
            .fold(Addrs::none(), |all, vrf| all.union(&switch.own_in(vrf)))
    }

    /// The tables that chains of links join to a VLAN, whatever routes they hold.
    #[must_use]
    pub fn joined(&self, vlan: u16) -> BTreeSet<(SwitchId, String)> {
        let mut on: BTreeMap<u16, Vec<(SwitchId, &str)>> = BTreeMap::new();
        for (index, switch) in self.switches.iter().enumerate() {
            for svi in &switch.svis {
                let table = (SwitchId(index), svi.vrf.as_str());
                on.entry(svi.vlan).or_default().push(table);
            }
        }
        let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::from([vlan]));
        let mut queue = vec![vlan];
        while let Some(vlan) = queue.pop() {
            for &(id, vrf) in on.get(&vlan).into_iter().flatten() {
                if !found.insert((id, vrf.to_owned())) {
                    continue;
                }
                let svis = self.switch(id).svis.iter().filter(|svi| svi.vrf == vrf);
                queue.extend(svis.map(|svi| svi.vlan).filter(|vlan| seen.insert(*vlan)));
            }
        }
        found
    }

    /// The switches that have a text: all but the opaque ones.
    pub fn managed(&self) -> impl Iterator<Item = (SwitchId, &Switch)> {
        let all = self.switches.iter().enumerate();
        all.map(|(index, switch)| (SwitchId(index), switch))
            .filter(|(_, switch)| !switch.opaque)
    }

    /// A place as people call it; hosts with their zone if the bare name is not unique.
    #[must_use]
    pub fn name(&self, place: Place) -> &str {
        &self.label(place).name
    }

    /// The label of a place.
    #[must_use]
    pub fn label(&self, place: Place) -> &Label {
        match place {
            Place::Zone(id) => &self.zone(id).label,
            Place::Host(id, host) => &self.zone(id).hosts[host].label,
            Place::External(id) => &self.external(id).label,
            Place::Switch(id) => &self.switch(id).label,
        }
    }
}
