//! The places of a policy as machines: a namespace per zone and link with some of its addresses, and one per external.
//!
//! In: the network under the reading that is run. Out: the machines, and the script that puts them on their links: a bridge
//! per link joins them with the switches (D24). They send by the kernel's own sockets, through the next hop that the policy
//! names or the only one there is (D26). Must not know: packets, sockets.

use super::plan::Plan;
use crate::model::{Addrs, External, Network, Zone, ZoneLink};
use crate::net::{AddrRanges, Family};
use crate::topo::interface_addrs;
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

/// A machine on a link.
#[derive(Clone, Debug)]
pub struct Host {
    /// The place it stands for.
    pub name: String,
    /// Index into the links of the network.
    pub link: usize,
    /// Its addresses on the link.
    pub addrs: Vec<IpNet>,
    /// Addresses of what lies behind it (D29).
    pub behind: Vec<IpAddr>,
    /// Where it sends packets to: destinations, the router's address, its port.
    pub routes: Vec<(IpNet, IpAddr, usize)>,
    /// Ports that its clients use.
    pub ephemeral: (u16, u16),
}

impl Host {
    /// All addresses it answers for.
    pub fn all(&self) -> impl Iterator<Item = IpAddr> + '_ {
        let own = self.addrs.iter().map(IpNet::addr);
        own.chain(self.behind.iter().copied())
    }

    /// The port that it gives a packet to; `None` if it has no route.
    #[must_use]
    pub fn first_hop(&self, dst: IpAddr) -> Option<usize> {
        let fitting = self.routes.iter().filter(|(net, ..)| net.contains(&dst));
        let best = fitting.max_by_key(|(net, ..)| net.prefix_len());
        best.map(|(.., port)| *port)
    }
}

/// Addresses of one family that a machine has, at most.
const MOST: usize = 4;
/// Addresses for externals that say "the rest", tried in this order.
const OUTSIDE: [&str; 5] = [
    "203.0.113.7",
    "192.0.2.33",
    "100.65.1.1",
    "2001:db8:9::7",
    "2001:db8:77::1",
];

/// The machines of a network, in the order of the policy.
#[must_use]
pub fn hosts(plan: &Plan<'_>) -> Vec<Host> {
    let network = &plan.world.policy.network;
    let taken = taken(plan, network);
    let mut hosts = Vec::new();
    for (index, zone) in network.zones.iter().enumerate() {
        for part in &zone.links {
            hosts.extend(of_zone(plan, zone, part, &taken));
        }
        let mine = network.externals.iter();
        let mine: Vec<&External> = mine
            .filter(|external| external.zone() == Some(crate::model::ZoneId(index)))
            .collect();
        for (at, external) in mine.iter().enumerate() {
            let same =
                |other: &&&External| other.vlan == external.vlan && other.behind == external.behind;
            // Several behind one host are one machine.
            if !mine.iter().take(at).any(|other| same(&other)) {
                let all: Vec<&External> = mine.iter().filter(same).copied().collect();
                hosts.extend(of_externals(plan, zone, &all));
            }
        }
    }
    hosts.retain(|host| !host.addrs.is_empty() && !host.routes.is_empty());
    hosts
}

/// The host that some externals lie behind, with addresses of theirs.
fn of_externals(plan: &Plan<'_>, zone: &Zone, externals: &[&External]) -> Option<Host> {
    let first = externals.first()?;
    let part = zone.links.iter().find(|part| part.vlan == first.vlan)?;
    let names: Vec<&str> = externals
        .iter()
        .map(|external| external.label.name.as_str())
        .collect();
    let wanted = [&first.behind.v4, &first.behind.v6];
    let mut host = machine(plan, zone, part, &names.join(", "), &wanted)?;
    for family in Family::BOTH {
        let each = externals.iter().map(|external| external.addrs.of(family));
        host.behind
            .extend(each.flat_map(|addrs| sample(addrs, family)));
    }
    host.ephemeral = plan.world.policy.network.site.ephemeral;
    Some(host)
}

/// Addresses that no host of a zone may have: those of routers, and of hosts that externals lie behind.
fn taken(plan: &Plan<'_>, network: &Network) -> [AddrRanges; 2] {
    let topo = &plan.world.topo;
    Family::BOTH.map(|family| {
        let interfaces = topo
            .devices
            .iter()
            .flat_map(|named| &named.device.interfaces);
        let own = interfaces.map(|interface| interface_addrs(interface, family));
        let behind = network
            .externals
            .iter()
            .map(|external| external.behind.of(family).clone());
        own.chain(behind)
            .fold(AddrRanges::none(family), |all, some| all.union(&some))
    })
}

/// Some addresses of what lies behind a host.
fn sample(addrs: &AddrRanges, family: Family) -> Vec<IpAddr> {
    let known = OUTSIDE
        .iter()
        .filter_map(|text| text.parse::<IpAddr>().ok());
    let known = known.filter(|addr| Family::of(*addr) == family && addrs.contains(*addr));
    let mut found: Vec<IpAddr> = known.take(2).collect();
    if found.is_empty() {
        found.extend(addrs.addrs().nth(1).or_else(|| addrs.first()));
    }
    found
}

fn of_zone(plan: &Plan<'_>, zone: &Zone, part: &ZoneLink, taken: &[AddrRanges; 2]) -> Option<Host> {
    let free = |family: Family, set: &AddrRanges| {
        let mine = AddrRanges::prefixes(family, &part.prefixes);
        set.intersect(&mine)
            .minus(&taken[usize::from(family == Family::V6)])
    };
    let mut wanted: Vec<AddrRanges> = Vec::new();
    for family in Family::BOTH {
        let named = zone
            .hosts
            .iter()
            .map(|host| free(family, host.addrs.of(family)));
        wanted.extend(named.take(MOST - 1));
        // And one that has no name: the last but two of each prefix.
        for net in part
            .prefixes
            .iter()
            .filter(|net| Family::of_net(net) == family)
        {
            let all = AddrRanges::prefix(*net);
            let anybody = zone.hosts.iter().fold(free(family, &all), |rest, host| {
                rest.minus(host.addrs.of(family))
            });
            let last = anybody
                .ranges()
                .last()
                .map(|&(low, high)| high.saturating_sub(2).max(low));
            wanted.extend(last.map(|bits| AddrRanges::prefix(family.addr(bits).into())));
        }
    }
    let wanted: Vec<&AddrRanges> = wanted.iter().collect();
    machine(plan, zone, part, &zone.label.name, &wanted)
}

/// A machine with the first address of each set that lies in a subnet of the link.
fn machine(
    plan: &Plan<'_>,
    zone: &Zone,
    part: &ZoneLink,
    name: &str,
    wanted: &[&AddrRanges],
) -> Option<Host> {
    let topo = &plan.world.topo;
    let link = topo.vlan(part.vlan)?;
    let mut addrs: BTreeSet<IpNet> = BTreeSet::new();
    for set in wanted {
        let Some(addr) = set.first() else { continue };
        if topo.owners(link, addr).next().is_some() {
            // What lies behind a router is no machine of ours.
            continue;
        }
        let ports = topo
            .routers_of(link, Family::of(addr))
            .filter(|&port| plan.live[port]);
        let nets = ports.flat_map(|port| &topo.interface(port).addrs);
        let mut nets = nets.filter(|net| net.contains(&addr) && is_host(net, addr));
        let length = nets.next().map(IpNet::prefix_len);
        addrs.extend(length.and_then(|length| IpNet::new(addr, length).ok()));
    }
    let mut routes = Vec::new();
    for family in Family::BOTH {
        if addrs.iter().any(|net| Family::of_net(net) == family) {
            routes.extend(first_hops(plan, zone, link, family));
        }
    }
    // A router that is not in a subnet of ours cannot be a next hop of ours.
    routes.retain(|(_, via, _)| addrs.iter().any(|net| net.contains(via)));
    Some(Host {
        name: name.to_owned(),
        link,
        addrs: addrs.into_iter().collect(),
        behind: Vec::new(),
        routes,
        ephemeral: zone.ephemeral,
    })
}

/// Neither the network nor its broadcast.
fn is_host(net: &IpNet, addr: IpAddr) -> bool {
    addr != net.network() && (addr.is_ipv6() || addr != net.broadcast())
}

/// The next hops of a zone's hosts (D26): as stated; else the virtual address, else the first router there is.
fn first_hops(
    plan: &Plan<'_>,
    zone: &Zone,
    link: usize,
    family: Family,
) -> Vec<(IpNet, IpAddr, usize)> {
    let topo = &plan.world.topo;
    let any = IpNet::new(family.addr(0), 0).expect("a length of zero is one of every family");
    let owner = |addr: IpAddr| topo.owners(link, addr).find(|&port| plan.live[port]);
    let stated = zone
        .gateways
        .iter()
        .filter(|g| Family::of(g.addr) == family);
    let mut hops = Vec::new();
    for gateway in stated {
        let Some(port) = owner(gateway.addr) else {
            continue;
        };
        match &gateway.only_for {
            None => hops.push((any, gateway.addr, port)),
            Some(spots) => {
                let all = spots.iter().fold(AddrRanges::none(family), |all, spot| {
                    all.union(spot.addrs.of(family))
                });
                let nets = all.to_prefixes().into_iter();
                hops.extend(nets.map(|net| (net, gateway.addr, port)));
            }
        }
    }
    if hops.iter().all(|(net, ..)| *net != any) {
        let of = |addr: &IpAddr| Family::of(*addr) == family;
        let ports = || {
            topo.routers_of(link, family)
                .filter(|&port| plan.live[port])
        };
        let shared = ports().flat_map(|port| topo.interface(port).virtuals.iter().copied());
        let own = ports().flat_map(|port| topo.interface(port).addrs.iter().map(IpNet::addr));
        let first = shared.chain(own).find(|addr| of(addr));
        hops.extend(first.and_then(|addr| Some((any, addr, owner(addr)?))));
    }
    hops
}

/// The name of a machine's namespace.
#[must_use]
pub fn namespace(host: usize) -> String {
    format!("z{host}")
}

/// The script that puts machines on bridges, one per link, and the switches' wires as well.
#[must_use]
pub fn script(plan: &Plan<'_>, hosts: &[Host]) -> String {
    let topo = &plan.world.topo;
    let mut out = String::new();
    for index in 0..hosts.len() {
        let _ = writeln!(out, "ip netns add {}", namespace(index)); // writing to a string cannot fail
    }
    out.push_str("ip -batch - <<'EOF'\n");
    for (link, joined) in topo.links.iter().enumerate() {
        let _ = writeln!(out, "link add b{link} type bridge mcast_snooping 0");
        let _ = writeln!(out, "link set b{link} up");
        for port in &joined.ports {
            let _ = writeln!(out, "link set w{port} master b{link}");
        }
    }
    for (index, host) in hosts.iter().enumerate() {
        let space = namespace(index);
        let _ = writeln!(
            out,
            "link add h{index} type veth peer name e0 netns {space}"
        );
        let _ = writeln!(out, "link set h{index} master b{} up", host.link);
    }
    out.push_str("EOF\n");
    for (index, host) in hosts.iter().enumerate() {
        let space = namespace(index);
        let _ = writeln!(out, "ip netns exec {space} sh -e <<'EOF'");
        for name in ["all", "default", "e0"] {
            let _ = writeln!(out, "echo 0 > /proc/sys/net/ipv4/conf/{name}/rp_filter");
            let _ = writeln!(out, "echo 0 > /proc/sys/net/ipv6/conf/{name}/accept_dad");
            let _ = writeln!(out, "echo 0 > /proc/sys/net/ipv6/conf/{name}/disable_ipv6");
        }
        out.push_str("echo '0 0' > /proc/sys/net/ipv4/ping_group_range\nEOF\n");
        let _ = writeln!(
            out,
            "ip -n {space} -batch - <<'EOF'\nlink set lo up\nlink set e0 up"
        );
        for net in &host.addrs {
            let _ = writeln!(out, "address add {net} dev e0{}", nodad(net.addr()));
        }
        for addr in &host.behind {
            let _ = writeln!(out, "address add {addr} dev lo{}", nodad(*addr));
        }
        for (net, via, _) in &host.routes {
            let _ = writeln!(out, "route replace {net} via {via} dev e0");
        }
        out.push_str("EOF\n");
    }
    out
}

fn nodad(addr: IpAddr) -> &'static str {
    if addr.is_ipv6() { " nodad" } else { "" }
}

/// The script that takes machines and bridges away again.
#[must_use]
pub fn unscript(plan: &Plan<'_>, hosts: &[Host]) -> String {
    let mut out = String::new();
    for index in 0..hosts.len() {
        // Its end of the pair goes with it.
        let _ = writeln!(out, "ip netns del {}", namespace(index));
    }
    out.push_str("ip -batch - <<'EOF'\n");
    for link in 0..plan.world.topo.links.len() {
        let _ = writeln!(out, "link del b{link}");
    }
    out.push_str("EOF\n");
    out
}

/// The machines on a link that answer for addresses of a place, and these addresses.
#[must_use]
pub fn within(hosts: &[Host], link: usize, addrs: &Addrs) -> Vec<(usize, IpAddr)> {
    let on_link = hosts
        .iter()
        .enumerate()
        .filter(|(_, host)| host.link == link);
    on_link
        .flat_map(|(index, host)| host.all().map(move |addr| (index, addr)))
        .filter(|(_, addr)| addrs.contains(*addr))
        .collect()
}
