//! What is built: namespaces, pairs of virtual interfaces, addresses, routes and rules, as text for `sh`, `ip` and `nft`.
//!
//! In: devices as read back. Out: a [`Plan`]: the network under one reading, and the script that makes it. A namespace per
//! switch and VRF; each VLAN interface is one end of a pair whose other end is held by the test, which is the wire and
//! every host on it. Must not know: packets.

use crate::acl::{Acl, Action, Direction, Known, Question, Reading};
use crate::device::{Device, Interface};
use crate::model::Policy;
use crate::net::Family;
use crate::topo::{Named, Target, Topo};
use crate::vendor::linux_nftables::print::{Step, chains};
use crate::verify::world::World;
use ipnet::IpNet;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;

/// A network that can be built.
pub struct Plan<'p> {
    /// Devices and links under the reading that is run.
    pub world: World<'p>,
    /// The script that makes it, for `sh`.
    pub script: String,
    /// What each namespace of a switch is set to, as the script does it.
    pub settings: Vec<Settings>,
    /// Lists of rules that are loaded as they are, where something is open: what hangs on it cannot be asked.
    pub unsure: Vec<Acl>,
    /// Ports that exist: their interface is up. In order of [`Topo::ports`].
    pub live: Vec<bool>,
    /// Lines of configurations whose effect is not modelled and which are therefore not run.
    pub left_out: usize,
}

/// What a namespace of a switch is set to: lines of `ip`, kernel switches, rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The namespace.
    pub space: String,
    /// Files below `/proc/sys/net`, with their values.
    pub switches: Vec<(String, u8)>,
    /// Interfaces and addresses.
    pub addresses: Vec<String>,
    /// Other own addresses.
    pub others: Vec<String>,
    /// Routes.
    pub routes: Vec<String>,
    /// The lists, as nft takes them.
    pub lists: String,
}

/// The net between a switch and the observer of what reaches the switch itself: benchmark addresses (RFC 2544, RFC 5180).
const MIRROR: [(&str, &str, &str); 2] = [
    ("198.18.255.253/30", "198.18.255.254", "198.18.255.252/30"),
    (
        "2001:2:0:ffff::1/126",
        "2001:2:0:ffff::2",
        "2001:2:0:ffff::/126",
    ),
];

/// The prefixes that the lab itself uses.
#[must_use]
pub fn own_prefixes(family: Family) -> IpNet {
    let (_, _, net) = MIRROR[usize::from(family == Family::V6)];
    net.parse().expect("a constant prefix")
}

/// The address of a port's interface on the wire.
#[must_use]
pub fn mac_of(port: usize) -> [u8; 6] {
    let [.., high, low] = port.to_be_bytes();
    [2, 0, 0, 0, high, low]
}

/// The plan for devices as read back. Where `native` has the rules of a device in the language of nft, by its name, these
/// are loaded as they are; else they are made from the lists.
#[must_use]
pub fn plan<'p>(
    policy: &'p Policy,
    at: Date,
    devices: &[Arc<Named>],
    native: &BTreeMap<String, String>,
) -> Plan<'p> {
    let left_out = devices
        .iter()
        .map(|named| named.device.effects.len() + named.device.dynamic.len())
        .sum();
    let modelled = devices.iter().map(|named| {
        Arc::new(Named {
            name: named.name.clone(),
            device: Device {
                effects: Vec::new(),
                dynamic: Vec::new(),
                settled: Vec::new(),
                ..named.device.clone()
            },
        })
    });
    let modelled: Vec<Arc<Named>> = modelled.collect();
    let world = World::new(policy, at, &modelled, &reading(&modelled));
    let topo = &world.topo;
    let live = (0..topo.ports.len())
        .map(|port| !topo.interface(port).shutdown)
        .collect();
    let mut builder = Builder {
        topo,
        out: String::new(),
        virtuals: BTreeSet::new(),
        native,
        settings: Vec::new(),
    };
    builder.script();
    let (script, settings) = (builder.out, builder.settings);
    let unsure = devices
        .iter()
        .filter(|named| native.contains_key(&named.name))
        .flat_map(|named| &named.device.acls)
        .filter(|acl| !acl.is_settled());
    Plan {
        unsure: unsure.cloned().collect(),
        script,
        settings,
        live,
        left_out,
        world,
    }
}

/// One answer to everything that is open (D1): what may forward does, and entries match what they match for certain.
fn reading(devices: &[Arc<Named>]) -> Reading {
    let mut reading = Reading::new();
    for named in devices {
        let device = &named.device;
        let questions = device.acls.iter().flat_map(Acl::questions);
        reading.extend(questions.map(|question| (question, false)));
        let sees = &device.sees;
        let facts = [
            &sees.bridged_in,
            &sees.bridged_out,
            &sees.to_switch,
            &sees.from_switch,
        ];
        let open = facts.into_iter().filter_map(Known::question);
        reading.extend(open.map(|question| (question.clone(), false)));
        let forwards = [&device.forwards.v4, &device.forwards.v6];
        let open = forwards.into_iter().filter_map(Known::question);
        reading.extend(open.map(|question: &Question| (question.clone(), true)));
    }
    reading
}

struct Builder<'a> {
    topo: &'a Topo,
    out: String,
    /// Virtual addresses that some router has: who is active is a state (D2); here it is the first.
    virtuals: BTreeSet<(usize, IpAddr)>,
    native: &'a BTreeMap<String, String>,
    settings: Vec<Settings>,
}

/// Name of the namespace of a device's VRF.
fn namespace(topo: &Topo, device: usize, vrf: &str) -> String {
    let place = topo.vrfs(device).iter().position(|name| *name == vrf);
    format!("s{device}x{}", place.unwrap_or_default())
}

impl Builder<'_> {
    /// The rules of a device in the language of nft, if they can be loaded as they are.
    fn own_rules(&self, device: usize) -> Option<&str> {
        let named = &self.topo.devices[device];
        let global = self.topo.vrfs(device).len() == 1;
        let text = self.native.get(&named.name).filter(|_| global)?;
        Some(text.as_str())
    }

    /// The interface of a port: by its own name where rules of its own speak of it.
    fn name(&self, port: usize) -> String {
        match self.own_rules(self.topo.ports[port].device) {
            Some(_) => self.topo.interface(port).name.clone(),
            None => format!("v{port}"),
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn script(&mut self) {
        let topo = self.topo;
        for device in 0..topo.devices.len() {
            for vrf in topo.vrfs(device) {
                self.line(&format!("ip netns add {}", namespace(topo, device, vrf)));
            }
        }
        self.pairs();
        for device in 0..topo.devices.len() {
            for vrf in topo.vrfs(device) {
                self.switch(device, vrf);
            }
        }
    }

    /// The pairs of interfaces: `vN` in the switch, `wN` at the wire; `mir` and `mD` for the observer.
    fn pairs(&mut self) {
        let topo = self.topo;
        let mut ours = Vec::new();
        // Our ends have no addresses of their own.
        self.line("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
        self.line("ip -batch - <<'EOF'");
        for port in 0..topo.ports.len() {
            let device = topo.ports[port].device;
            let space = namespace(topo, device, &topo.interface(port).vrf);
            let mac = mac_of(port).map(|byte| format!("{byte:02x}")).join(":");
            ours.push(format!("w{port}"));
            let name = self.name(port);
            self.line(&format!(
                "link add w{port} type veth peer name {name} address {mac} netns {space}"
            ));
        }
        for device in 0..topo.devices.len() {
            for (index, vrf) in topo.vrfs(device).into_iter().enumerate() {
                let space = namespace(topo, device, vrf);
                ours.push(format!("m{device}x{index}"));
                self.line(&format!(
                    "link add m{device}x{index} type veth peer name mir netns {space}"
                ));
            }
        }
        self.line("EOF");
        // `/sys` shows the interfaces of the namespace that mounted it, which is another.
        self.line("ip -batch - <<'EOF'");
        for name in &ours {
            self.line(&format!("link set {name} up"));
        }
        self.line("EOF");
    }

    fn switch(&mut self, device: usize, vrf: &str) {
        let topo = self.topo;
        let space = namespace(topo, device, vrf);
        let ports: Vec<usize> = (0..topo.ports.len())
            .filter(|&port| topo.ports[port].device == device && topo.interface(port).vrf == vrf)
            .collect();
        let settings = Settings {
            switches: self.switches(device, &ports),
            addresses: ports
                .iter()
                .flat_map(|&port| self.addresses(port))
                .collect(),
            others: self.others(device, vrf, &ports),
            routes: Family::BOTH
                .iter()
                .flat_map(|&f| self.routes(device, vrf, f))
                .collect(),
            lists: self.lists(device, &ports),
            space,
        };
        self.set(&settings);
        self.settings.push(settings);
    }

    /// Sets a namespace to something for the first time.
    fn set(&mut self, settings: &Settings) {
        let space = &settings.space;
        self.line(&format!("ip netns exec {space} sh -e <<'EOF'"));
        for (key, value) in &settings.switches {
            self.line(&format!("echo {value} > /proc/sys/net/{key}"));
        }
        self.line("EOF");
        self.line(&format!("ip -n {space} -batch - <<'EOF'"));
        self.line("link set lo up");
        self.line("link set mir up");
        for (own, other, _) in MIRROR {
            self.line(&format!("address add {own} dev mir nodad"));
            self.line(&format!(
                "neigh add {other} lladdr 02:aa:00:00:00:01 dev mir nud permanent"
            ));
        }
        settings.addresses.iter().for_each(|line| self.line(line));
        self.line("EOF");
        for line in &settings.others {
            self.line(&format!("ip -n {space} {line} 2>/dev/null || true"));
        }
        self.line(&format!("ip -n {space} -force -batch - <<'EOF'"));
        settings.routes.iter().for_each(|line| self.line(line));
        self.line("EOF");
        self.line(&format!("ip netns exec {space} nft -f - <<'EOF'"));
        self.out.push_str(&settings.lists);
        self.out.push_str(&observer());
        self.line("EOF");
    }

    /// Other own addresses of the switch, up or not (D19): on interfaces that are on no link, or down.
    fn others(&self, device: usize, vrf: &str, ports: &[usize]) -> Vec<String> {
        let topo = self.topo;
        let on_link = |interface: &Interface| {
            let up = |&&port: &&usize| topo.interface(port).name == interface.name;
            !interface.shutdown && ports.iter().any(|port| up(&port))
        };
        let interfaces = topo.devices[device].device.interfaces.iter();
        let off = interfaces.filter(|interface| interface.vrf == vrf && !on_link(interface));
        let addrs = off.flat_map(|interface| &interface.addrs);
        addrs
            .map(|net| format!("address add {} dev lo nodad", net.addr()))
            .collect()
    }

    /// Kernel switches: forward, take any source, answer nothing by itself.
    fn switches(&self, device: usize, ports: &[usize]) -> Vec<(String, u8)> {
        let mut set: Vec<(String, u8)> = Vec::new();
        let forwards = |family| u8::from(self.topo.forwards(device, family).must());
        for name in ["all", "default"] {
            set.extend([
                (format!("ipv4/conf/{name}/rp_filter"), 0),
                (format!("ipv4/conf/{name}/accept_local"), 1),
                (format!("ipv4/conf/{name}/send_redirects"), 0),
                (format!("ipv4/conf/{name}/forwarding"), forwards(Family::V4)),
                (format!("ipv6/conf/{name}/accept_dad"), 0),
                (format!("ipv6/conf/{name}/forwarding"), forwards(Family::V6)),
            ]);
        }
        for &port in ports {
            let name = self.name(port);
            let off = !self.topo.interface(port).carries(Family::V6);
            set.extend([
                (format!("ipv4/conf/{name}/rp_filter"), 0),
                (format!("ipv4/conf/{name}/send_redirects"), 0),
                (format!("ipv6/conf/{name}/accept_dad"), 0),
                (format!("ipv6/conf/{name}/disable_ipv6"), u8::from(off)),
            ]);
        }
        set
    }

    fn addresses(&mut self, port: usize) -> Vec<String> {
        let topo = self.topo;
        let interface = topo.interface(port);
        if interface.shutdown {
            return Vec::new();
        }
        let link = topo.ports[port].link;
        let name = self.name(port);
        let nodad = |addr: IpAddr| if addr.is_ipv6() { " nodad" } else { "" };
        let mut lines = vec![format!("link set {name} up")];
        for net in &interface.addrs {
            lines.push(format!("address add {net} dev {name}{}", nodad(net.addr())));
        }
        for &addr in &interface.virtuals {
            if self.virtuals.insert((link, addr)) {
                lines.push(format!("address add {addr} dev {name}{}", nodad(addr)));
            }
        }
        lines
    }

    fn routes(&self, device: usize, vrf: &str, family: Family) -> Vec<String> {
        let mut lines = Vec::new();
        for entry in self.topo.fib(device, vrf, family).entries {
            let prefix: IpNet = entry.prefix;
            let mut hops = Vec::new();
            let (mut null, mut connected) = (false, false);
            for target in &entry.targets {
                match target {
                    Target::Null => null = true,
                    Target::Connected(port) => {
                        let own = &self.topo.interface(*port).addrs;
                        connected |= own.iter().any(|net| net.trunc() == prefix.trunc());
                        hops.push(format!("nexthop dev {}", self.name(*port)));
                    }
                    Target::Via(port, addr) => {
                        let name = self.name(*port);
                        hops.push(format!("nexthop via {addr} dev {name} onlink"));
                    }
                }
            }
            match (null, hops.as_slice()) {
                _ if connected => {} // the kernel's own, from the address
                (_, [one]) => {
                    let hop = one.trim_start_matches("nexthop ").to_owned();
                    lines.push(format!("route replace {prefix} {hop}"));
                }
                (_, [_, _, ..]) => lines.push(format!("route replace {prefix} {}", hops.join(" "))),
                (true, []) => lines.push(format!("route replace blackhole {prefix}")),
                (false, []) => {}
            }
        }
        lines
    }

    /// The lists of a switch.
    fn lists(&self, device: usize, ports: &[usize]) -> String {
        match self.own_rules(device) {
            Some(text) => text.to_owned(),
            None => self.translated(device, ports),
        }
    }

    /// Rules made from the lists that were read.
    fn translated(&self, device: usize, ports: &[usize]) -> String {
        let this = &self.topo.devices[device].device;
        let mut bound = BTreeSet::new();
        let mut jumps: BTreeMap<Direction, String> = BTreeMap::new();
        for &port in ports {
            for family in Family::BOTH {
                for direction in [Direction::In, Direction::Out] {
                    let Some(binding) = self.topo.interface(port).binding(family, direction) else {
                        continue;
                    };
                    bound.insert(binding.acl);
                    let (word, six) = match (direction, family) {
                        (Direction::In, Family::V4) => ("iifname", "ipv4"),
                        (Direction::In, Family::V6) => ("iifname", "ipv6"),
                        (Direction::Out, Family::V4) => ("oifname", "ipv4"),
                        (Direction::Out, Family::V6) => ("oifname", "ipv6"),
                    };
                    let _ = writeln!(
                        jumps.entry(direction).or_default(),
                        "meta nfproto {six} {word} \"{}\" jump acl_{}",
                        self.name(port),
                        binding.acl
                    ); // writing to a string cannot fail
                }
            }
        }
        let of = |direction| jumps.get(&direction).cloned().unwrap_or_default();
        let (inward, outward) = (of(Direction::In), of(Direction::Out));
        let local = if this.sees.to_switch.must() {
            inward.as_str()
        } else {
            ""
        };
        let lists: String = bound
            .iter()
            .filter_map(|&index| Some(list(index, this.acls.get(index)?)))
            .collect();
        format!(
            "table inet aclc {{\n{lists}\
             chain forward {{\ntype filter hook forward priority 0; policy accept;\n{inward}{outward}}}\n\
             chain input {{\ntype filter hook input priority 0; policy accept;\n{DISCOVERY}\n{local}}}\n}}\n"
        )
    }
}

/// Neighbour discovery with the routers themselves always works here; whether lists let it through is not asked (D21).
const DISCOVERY: &str = "icmpv6 type { 133, 134, 135, 136 } accept";

/// Behind the lists: a copy of what reaches the machine goes to the observer, and nothing is answered.
fn observer() -> String {
    let mut out = String::new();
    for (family, (_, to, _), first) in [("ip", MIRROR[0], ""), ("ip6", MIRROR[1], DISCOVERY)] {
        let _ = write!(
            out,
            "table {family} aclc_lab {{\nchain input {{\ntype filter hook input priority 100; policy drop;\n\
             {first}\niifname != \"lo\" iifname != \"mir\" dup to {to} device \"mir\"\n}}\n}}\n"
        );
    }
    out
}

/// A list as rules: each entry by the boxes that it certainly matches, its line as the comment.
fn list(index: usize, acl: &Acl) -> String {
    let steps: Vec<Step> = acl
        .all()
        .filter(|ace| ace.action != Action::Unread)
        .map(|ace| Step {
            boxes: ace.certain.clone(),
            permit: ace.action == Action::Permit,
            log: false,
            comment: Some(match ace.line {
                Some(line) => format!("line {line}"),
                None => "end of the list".to_owned(),
            }),
            counted: true,
        })
        .collect();
    chains(&format!("acl_{index}"), acl.family, &steps)
}
