//! Devices, links and routes as transcribed, and how packets move: one step of what may happen, and the whole way of what must.

use crate::Reject;
use crate::boxes::{self, Box, Boxes, DST, Family, SRC};
use crate::certificate::{
    Certificate, address, array, at, fields, get, mentions, number, plain, prefix, text, values,
};
use crate::lists::Permits;
use crate::set::Set;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A fact that may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Yes,
    No,
    Open,
}

struct Device {
    forwards: [Known; 2],
    to_switch: Known,
    from_switch: Known,
    bridged_in: Known,
    bridged_out: Known,
    /// VRF and address with the ends of its subnet.
    own: Vec<(String, Family, u128, (u128, u128))>,
}

struct Interface {
    device: usize,
    vrf: String,
    link: usize,
    families: Vec<Family>,
    /// Addresses, virtual ones too.
    addresses: Vec<(Family, u128)>,
    subnets: Vec<(Family, u128, u128)>,
    /// Lists, by family.
    inward: [Option<usize>; 2],
    outward: [Option<usize>; 2],
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Connected(usize),
    Via(usize, u128),
    Null,
}

struct Row {
    device: usize,
    vrf: String,
    family: Family,
    range: (u128, u128),
    targets: Vec<Target>,
    /// Destinations, longer prefixes taken out.
    dst: Set,
}

struct External {
    family: Family,
    link: usize,
    hosts: Set,
    hairpin: bool,
}

/// The network.
pub(crate) struct Network {
    devices: Vec<Device>,
    interfaces: Vec<Interface>,
    links: usize,
    rows: Vec<Row>,
    externals: Vec<External>,
    permits: Vec<Option<Permits>>,
}

/// Where packets of an origin may get to.
pub(crate) struct Arrived {
    pub(crate) family: Family,
    pub(crate) delivered: Vec<Boxes>,
    pub(crate) handed: BTreeMap<(usize, u128), Boxes>,
    pub(crate) local: Vec<Boxes>,
}

/// Where packets must get to.
pub(crate) enum Goal {
    Link(usize),
    Hosts(usize, Set),
    Device(usize),
}

fn index(family: Family) -> usize {
    usize::from(family == Family::V6)
}

fn known(value: &Value, name: &str) -> Result<Known, Reject> {
    match text(value, name)? {
        "yes" => Ok(Known::Yes),
        "no" => Ok(Known::No),
        "open" => Ok(Known::Open),
        other => Err(format!("`{other}` is no fact")),
    }
}

/// An address, or an address with the length of its prefix.
fn with_subnet(word: &str) -> Result<(Family, u128, (u128, u128)), Reject> {
    match word.split_once('/') {
        None => address(word).map(|(family, addr)| (family, addr, (addr, addr))),
        Some((addr, _)) => {
            let (family, low, high) = prefix(word)?;
            Ok((family, address(addr)?.1, (low, high)))
        }
    }
}

fn words(value: &Value) -> Result<Vec<&str>, Reject> {
    let list = value.as_array().ok_or("no list of words")?;
    list.iter()
        .map(|word| word.as_str().ok_or_else(|| "no word".to_owned()))
        .collect()
}

/// Every address that stands in a text.
fn addresses(text: &str) -> BTreeSet<(Family, u128)> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':'));
    words.filter_map(|word| address(word).ok()).collect()
}

fn device(value: &Value) -> Result<Device, Reject> {
    let names = [
        "name",
        "file",
        "forwards",
        "to_switch",
        "from_switch",
        "bridged_in",
        "bridged_out",
        "own",
    ];
    fields(value, &names)?;
    let forwards = get(value, "forwards")?;
    let mut own = Vec::new();
    for one in array(value, "own")? {
        fields(one, &["vrf", "addresses"])?;
        for word in words(get(one, "addresses")?)? {
            let (family, addr, subnet) = with_subnet(word)?;
            own.push((text(one, "vrf")?.to_owned(), family, addr, subnet));
        }
    }
    Ok(Device {
        forwards: [known(forwards, "4")?, known(forwards, "6")?],
        to_switch: known(value, "to_switch")?,
        from_switch: known(value, "from_switch")?,
        bridged_in: known(value, "bridged_in")?,
        bridged_out: known(value, "bridged_out")?,
        own,
    })
}

fn interface(value: &Value) -> Result<Interface, Reject> {
    let names = [
        "device",
        "name",
        "line",
        "vrf",
        "link",
        "families",
        "addresses",
        "virtual",
        "in",
        "out",
    ];
    fields(value, &names)?;
    let families = words(get(value, "families")?)?
        .into_iter()
        .map(|word| match word {
            "4" => Ok(Family::V4),
            "6" => Ok(Family::V6),
            other => Err(format!("no family `{other}`")),
        });
    let mut addresses = Vec::new();
    let mut subnets = Vec::new();
    for word in words(get(value, "addresses")?)? {
        let (family, addr, (low, high)) = with_subnet(word)?;
        addresses.push((family, addr));
        subnets.push((family, low, high));
    }
    for word in words(get(value, "virtual")?)? {
        addresses.push(address(word)?);
    }
    let lists = |direction: &str| -> Result<[Option<usize>; 2], Reject> {
        let both = get(value, direction)?;
        let one = |family: &str| match get(both, family)? {
            Value::Null => Ok(None),
            bound => number(bound, "list").map(Some),
        };
        Ok([one("4")?, one("6")?])
    };
    Ok(Interface {
        device: number(value, "device")?,
        vrf: text(value, "vrf")?.to_owned(),
        link: number(value, "link")?,
        families: families.collect::<Result<_, _>>()?,
        addresses,
        subnets,
        inward: lists("in")?,
        outward: lists("out")?,
    })
}

fn row(value: &Value) -> Result<Row, Reject> {
    fields(value, &["device", "vrf", "prefix", "targets", "lines"])?;
    let (family, low, high) = prefix(text(value, "prefix")?)?;
    let target = |one: &Value| match one {
        Value::Null => Ok(Target::Null),
        _ => Ok(match one.get("via").and_then(Value::as_str) {
            Some(via) => Target::Via(number(one, "out")?, address(via)?.1),
            None => Target::Connected(number(one, "out")?),
        }),
    };
    let targets = array(value, "targets")?.iter().map(target);
    Ok(Row {
        device: number(value, "device")?,
        vrf: text(value, "vrf")?.to_owned(),
        family,
        range: (low, high),
        targets: targets.collect::<Result<_, Reject>>()?,
        dst: Set::empty(),
    })
}

fn external(value: &Value) -> Result<External, Reject> {
    fields(value, &["link", "hosts", "hairpin"])?;
    let hosts = text(value, "hosts")?;
    let family = if hosts.contains(':') {
        Family::V6
    } else {
        Family::V4
    };
    Ok(External {
        family,
        link: number(value, "link")?,
        hosts: values(family, DST, hosts)?,
        hairpin: get(value, "hairpin")?
            .as_bool()
            .ok_or("`hairpin` is yes or no")?,
    })
}

impl Network {
    /// Reads the network and holds it to the files.
    pub(crate) fn new(
        certificate: &Certificate,
        permits: Vec<Option<Permits>>,
    ) -> Result<Network, Reject> {
        let all = &certificate.document;
        let mut network = Network {
            devices: array(all, "devices")?
                .iter()
                .map(device)
                .collect::<Result<_, _>>()?,
            interfaces: array(all, "interfaces")?
                .iter()
                .map(interface)
                .collect::<Result<_, _>>()?,
            links: words(get(all, "links")?)?.len(),
            rows: array(all, "routes")?
                .iter()
                .map(row)
                .collect::<Result<_, _>>()?,
            externals: array(all, "externals")?
                .iter()
                .map(external)
                .collect::<Result<_, _>>()?,
            permits,
        };
        network.bind_devices(certificate)?;
        network.bind_interfaces(certificate)?;
        network.bind_rows(certificate)?;
        network.cut();
        Ok(network)
    }

    fn bind_devices(&self, certificate: &Certificate) -> Result<(), Reject> {
        for (number, device) in self.devices.iter().enumerate() {
            let here = addresses(&certificate.lines(number)?.join("\n"));
            let missing = device
                .own
                .iter()
                .find(|(_, family, addr, _)| !here.contains(&(*family, *addr)));
            if let Some((.., addr, _)) = missing {
                return Err(format!(
                    "device {number}: an address ({addr:#x}) does not stand in its file"
                ));
            }
        }
        Ok(())
    }

    /// An interface's line names it, its lists' lines name them, and all its addresses are its device's own.
    fn bind_interfaces(&self, certificate: &Certificate) -> Result<(), Reject> {
        let values = array(&certificate.document, "interfaces")?;
        for (one, value) in self.interfaces.iter().zip(values) {
            let device = self.devices.get(one.device).ok_or("no such device")?;
            let lines = certificate.lines(one.device)?;
            let name = text(value, "name")?;
            let header = at(lines, number(value, "line")?)?;
            // A name is printed with and without a blank before its number.
            let joined = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
            if !joined(header).contains(&joined(name)) {
                return Err(format!("`{name}` does not stand in `{}`", header.trim()));
            }
            for direction in ["in", "out"] {
                for family in ["4", "6"] {
                    self.bind_list(certificate, one.device, family, &value[direction][family])?;
                }
            }
            let own = |(family, addr): &(Family, u128)| {
                device
                    .own
                    .iter()
                    .any(|(vrf, f, a, _)| (vrf, f, a) == (&one.vrf, family, addr))
            };
            if !one.addresses.iter().all(own) || one.link >= self.links {
                return Err(format!(
                    "`{name}`: its addresses or its link are not those of its device"
                ));
            }
            let missing = [Family::V4, Family::V6].into_iter().any(|family| {
                one.subnets.iter().any(|(f, ..)| *f == family) && !one.families.contains(&family)
            });
            // An interface that is shut has no families at all.
            if missing && !one.families.is_empty() {
                return Err(format!(
                    "`{name}`: it has an address of a family that it does not carry"
                ));
            }
        }
        Ok(())
    }

    fn bind_list(
        &self,
        certificate: &Certificate,
        device: usize,
        family: &str,
        bound: &Value,
    ) -> Result<(), Reject> {
        if bound.is_null() {
            return Ok(());
        }
        fields(bound, &["list", "line"])?;
        let place = number(bound, "list")?;
        let list = certificate
            .lists
            .get(place)
            .ok_or_else(|| format!("no list {place}"))?;
        let stated = array(&certificate.document, "lists")?.get(place);
        let stated = stated.ok_or_else(|| format!("no list {place}"))?;
        if number(stated, "device")? != device || text(stated, "family")? != family {
            return Err(format!("list `{}` is bound where it cannot be", list.name));
        }
        if self.permits.get(place).is_none_or(Option::is_none) {
            return Err(format!("list `{}` is bound and has no cells", list.name));
        }
        mentions(
            at(certificate.lines(device)?, number(bound, "line")?)?,
            &list.name,
        )
    }

    /// Connected rows are those of the interfaces; each line of another row says its prefix and leads to one of its targets.
    fn bind_rows(&self, certificate: &Certificate) -> Result<(), Reject> {
        let mut seen = BTreeSet::new();
        for (one, value) in self
            .rows
            .iter()
            .zip(array(&certificate.document, "routes")?)
        {
            let wrong = |what: &str| Err(format!("route {}: {what}", value["prefix"]));
            if !seen.insert((one.device, &one.vrf, one.family, one.range)) {
                return wrong("it stands twice");
            }
            let outs = one.targets.iter().filter_map(|target| match target {
                Target::Connected(out) | Target::Via(out, _) => Some(*out),
                Target::Null => None,
            });
            for out in outs {
                let out = self.interfaces.get(out).ok_or("no such interface")?;
                if (out.device, &out.vrf) != (one.device, &one.vrf) {
                    return wrong("its target is not on its device");
                }
            }
            let lines = array(value, "lines")?;
            let connected: BTreeSet<Target> = self.connected(one).collect();
            if lines.is_empty() {
                let stated: BTreeSet<Target> = one.targets.iter().copied().collect();
                match stated == connected && !connected.is_empty() {
                    true => continue,
                    false => return wrong("its interfaces are not those of the subnet"),
                }
            }
            let all = certificate.lines(one.device)?;
            let lines = lines.iter().map(|line| at(all, plain(line)?));
            self.bind_row(one, &lines.collect::<Result<Vec<&str>, Reject>>()?)
                .or_else(|what| wrong(&what))?;
        }
        for (number, one) in self.interfaces.iter().enumerate() {
            for &(family, low, high) in one
                .subnets
                .iter()
                .filter(|(f, ..)| one.families.contains(f))
            {
                let mine = |row: &&Row| {
                    (row.device, &row.vrf, row.family) == (one.device, &one.vrf, family)
                };
                let is_it = |row: &Row| {
                    row.range == (low, high) && row.targets.contains(&Target::Connected(number))
                };
                let longer = self.rows.iter().filter(mine).filter(|row| {
                    row.range.0 >= low && row.range.1 <= high && row.range != (low, high)
                });
                let longer = Set::of(longer.map(|row| row.range).collect());
                let covered = Set::of(vec![(low, high)]).is_subset(&longer);
                if !covered && !self.rows.iter().filter(mine).any(is_it) {
                    return Err(format!("interface {number}: its subnet has no route"));
                }
            }
        }
        Ok(())
    }

    fn bind_row(&self, one: &Row, lines: &[&str]) -> Result<(), Reject> {
        let null = |line: &str| {
            let line = line.to_lowercase();
            ["null", "discard", "reject", "blackhole"]
                .iter()
                .any(|word| line.contains(word))
        };
        let leads = |line: &&str, target: &Target| match *target {
            Target::Via(_, via) => addresses(line).contains(&(one.family, via)),
            Target::Null => null(line),
            Target::Connected(_) => !null(line),
        };
        for line in lines {
            let start = addresses(line).contains(&(one.family, one.range.0));
            if !start && !line.contains("default") {
                return Err(format!("its prefix does not stand in `{}`", line.trim()));
            }
            if !one.targets.iter().any(|target| leads(line, target)) {
                return Err(format!("`{}` leads to none of its targets", line.trim()));
            }
        }
        match one
            .targets
            .iter()
            .all(|target| lines.iter().any(|line| leads(line, target)))
        {
            true => Ok(()),
            false => Err("a target stands in none of its lines".to_owned()),
        }
    }

    fn connected<'n>(&'n self, row: &'n Row) -> impl Iterator<Item = Target> + 'n {
        let here = |one: &Interface| {
            (one.device, &one.vrf) == (row.device, &row.vrf)
                && one.families.contains(&row.family)
                && one
                    .subnets
                    .contains(&(row.family, row.range.0, row.range.1))
        };
        let all = self.interfaces.iter().enumerate();
        all.filter(move |(_, one)| here(one))
            .map(|(number, _)| Target::Connected(number))
    }

    /// Longest prefix first: each row keeps the destinations that no longer one takes.
    fn cut(&mut self) {
        let inside = |a: &Row, b: &Row| {
            (a.device, &a.vrf, a.family) == (b.device, &b.vrf, b.family)
                && a.range != b.range
                && a.range.0 >= b.range.0
                && a.range.1 <= b.range.1
        };
        let dst = |row: &Row| {
            let longer = self.rows.iter().filter(|other| inside(other, row));
            let longer = Set::of(longer.map(|other| other.range).collect());
            Set::of(vec![row.range]).minus(&longer)
        };
        let all: Vec<Set> = self.rows.iter().map(dst).collect();
        for (row, dst) in self.rows.iter_mut().zip(all) {
            row.dst = dst;
        }
    }

    fn interface(&self, number: usize) -> Result<&Interface, Reject> {
        self.interfaces
            .get(number)
            .ok_or_else(|| format!("no interface {number}"))
    }

    /// Whether an interface has a list with entries for what comes in.
    pub(crate) fn filtered(&self, number: usize, family: Family) -> Result<Option<usize>, Reject> {
        Ok(self.interface(number)?.inward[index(family)])
    }

    pub(crate) fn has(&self, device: usize) -> bool {
        device < self.devices.len()
    }

    /// The interfaces of a link that may take and forward packets of a family.
    fn on_link(&self, link: usize, family: Family) -> impl Iterator<Item = usize> + '_ {
        let takes = move |one: &Interface| {
            one.link == link
                && one.families.contains(&family)
                && self.devices[one.device].forwards[index(family)] != Known::No
        };
        let all = self.interfaces.iter().enumerate();
        all.filter(move |(_, one)| takes(one))
            .map(|(number, _)| number)
    }

    fn owners(&self, link: usize, family: Family, addr: u128) -> Vec<usize> {
        let has = |&number: &usize| self.interfaces[number].addresses.contains(&(family, addr));
        self.on_link(link, family).filter(has).collect()
    }

    fn addressed(&self, number: usize, family: Family) -> Set {
        let mine = self.interfaces[number]
            .addresses
            .iter()
            .filter(|(f, _)| *f == family);
        Set::of(mine.map(|&(_, addr)| (addr, addr)).collect())
    }

    fn near(&self, number: usize, family: Family) -> Set {
        let mine = self.interfaces[number]
            .subnets
            .iter()
            .filter(|(f, ..)| *f == family);
        Set::of(mine.map(|&(_, low, high)| (low, high)).collect())
    }

    /// fe80::/10.
    fn link_local() -> (u128, u128) {
        (0xfe80 << 112, (0xfec0 << 112) - 1)
    }

    /// Own addresses of a device in a VRF; in IPv6 every link-local one.
    pub(crate) fn own(&self, device: usize, vrf: &str, family: Family) -> Set {
        let own = self.devices[device].own.iter();
        let mine = own.filter(|(v, f, ..)| v == vrf && *f == family);
        let mut ranges: Vec<(u128, u128)> = mine.map(|&(_, _, addr, _)| (addr, addr)).collect();
        if family == Family::V6 {
            ranges.push(Network::link_local());
        }
        Set::of(ranges)
    }

    /// Packets that no router forwards: to multicast and broadcast addresses, in IPv6 from link-local ones.
    fn unrouted(&self, device: usize, vrf: &str, family: Family) -> Boxes {
        if family == Family::V6 {
            let multicast = Set::of(vec![(0xff00 << 112, u128::MAX)]);
            let link_local = Set::of(vec![Network::link_local()]);
            return [(DST, multicast), (SRC, link_local)]
                .map(|(field, set)| Box::any(family).with(field, set))
                .to_vec();
        }
        let mut ranges = vec![(0xe000_0000, 0xefff_ffff), (0xffff_ffff, 0xffff_ffff)];
        let own = self.devices[device]
            .own
            .iter()
            .filter(|(v, f, ..)| v == vrf && *f == family);
        ranges.extend(
            own.filter(|(.., (low, high))| high - low > 1)
                .map(|(.., (_, high))| (*high, *high)),
        );
        boxes::only(family, DST, &Set::of(ranges))
    }

    /// The part of some packets that passes a list, or all of them where there is none.
    fn pass(&self, list: Option<usize>, packets: &[Box], may: bool) -> Boxes {
        match list.and_then(|list| self.permits[list].as_ref()) {
            None => packets.to_vec(),
            Some(permits) => boxes::and(packets, if may { &permits.may } else { &permits.must }),
        }
    }

    /// Whether all packets pass a list for certain.
    fn passes(&self, list: Option<usize>, packets: &[Box]) -> Result<(), Reject> {
        let Some(permits) = list.and_then(|list| self.permits[list].as_ref()) else {
            return Ok(());
        };
        match boxes::outside(packets, &permits.must) {
            None => Ok(()),
            Some(packet) => Err(format!("a list may drop {packet:?}")),
        }
    }

    /// Every device's VRFs, the global one among them.
    fn vrfs(&self, device: usize) -> BTreeSet<&str> {
        let mine = self.interfaces.iter().filter(|one| one.device == device);
        mine.map(|one| one.vrf.as_str()).chain([""]).collect()
    }

    /// Where packets may get to from an origin, if the sets stated per interface are closed under every step.
    pub(crate) fn arrived(&self, value: &Value) -> Result<Arrived, Reject> {
        fields(value, &["family", "origin", "sets"])?;
        let family = crate::certificate::family(value)?;
        let mut sets: BTreeMap<usize, Boxes> = BTreeMap::new();
        for set in array(value, "sets")? {
            fields(set, &["interface", "cells"])?;
            let number = number(set, "interface")?;
            self.interface(number)?;
            let cells = crate::certificate::boxes(family, get(set, "cells")?)?;
            if sets.insert(number, cells).is_some() {
                return Err(format!("interface {number} has two sets"));
            }
        }
        let mut step = Step {
            network: self,
            sets: &sets,
            out: Arrived {
                family,
                delivered: vec![Vec::new(); self.links],
                handed: BTreeMap::new(),
                local: vec![Vec::new(); self.devices.len()],
            },
        };
        let origin = get(value, "origin")?;
        match (origin.get("link"), origin.get("device")) {
            (Some(link), None) => step.inject(plain(link)?, &[Box::any(family)])?,
            (None, Some(device)) => step.send(plain(device)?)?,
            _ => return Err("an origin is a link or a device".to_owned()),
        }
        for (&number, packets) in &sets {
            step.enter(number, packets)?;
        }
        Ok(step.out)
    }
}

/// One step of every packet of some sets; each must end inside the sets again, or it has arrived somewhere.
struct Step<'n> {
    network: &'n Network,
    sets: &'n BTreeMap<usize, Boxes>,
    out: Arrived,
}

impl Step<'_> {
    fn present(&self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        let set = self.sets.get(&number).map_or(&[][..], Vec::as_slice);
        match boxes::outside(packets, set) {
            None => Ok(()),
            Some(packet) => Err(format!(
                "the set of interface {number} is not closed: {packet:?}"
            )),
        }
    }

    /// Whoever sits on a link may send to every router there.
    fn inject(&self, link: usize, packets: &[Box]) -> Result<(), Reject> {
        let mut all = self.network.on_link(link, self.out.family);
        all.try_for_each(|number| self.present(number, packets))
    }

    /// What a device sends itself: from its own addresses.
    fn send(&mut self, device: usize) -> Result<(), Reject> {
        if !self.network.has(device) {
            return Err(format!("no device {device}"));
        }
        for vrf in self.network.vrfs(device) {
            let own = self.network.own(device, vrf, self.out.family);
            let packets = boxes::only(self.out.family, SRC, &own);
            self.route(device, vrf, &packets, true)?;
        }
        Ok(())
    }

    fn enter(&mut self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let one = &network.interfaces[number];
        let device = &network.devices[one.device];
        let own = boxes::only(family, DST, &network.own(one.device, &one.vrf, family));
        let passed = network.pass(one.inward[index(family)], packets, true);
        let taken = match device.to_switch {
            Known::Yes => boxes::and(&passed, &own),
            Known::No | Known::Open => boxes::and(packets, &own),
        };
        self.out.local[one.device].extend(taken);
        if device.forwards[index(family)] == Known::No {
            return Ok(());
        }
        let routed = boxes::minus(&passed, &own);
        let routed = boxes::minus(&routed, &network.unrouted(one.device, &one.vrf, family));
        self.route(one.device, &one.vrf, &routed, false)
    }

    fn route(
        &mut self,
        device: usize,
        vrf: &str,
        packets: &[Box],
        own: bool,
    ) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let mine = |row: &&Row| (row.device, row.vrf.as_str(), row.family) == (device, vrf, family);
        for row in network.rows.iter().filter(mine) {
            let part = boxes::and(packets, &boxes::only(family, DST, &row.dst));
            for target in row.targets.iter().filter(|_| !part.is_empty()) {
                self.leave(target, &part, own)?;
            }
        }
        Ok(())
    }

    fn leave(&mut self, target: &Target, packets: &[Box], own: bool) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let (out, via) = match *target {
            Target::Null => return Ok(()),
            Target::Connected(out) => (out, None),
            Target::Via(out, via) => (out, Some(via)),
        };
        let one = &network.interfaces[out];
        let seen = !own || network.devices[one.device].from_switch == Known::Yes;
        let packets = match seen {
            true => network.pass(one.outward[index(family)], packets, true),
            false => packets.to_vec(),
        };
        let Some(via) = via else {
            return self.deliver(out, packets);
        };
        let owners = network.owners(one.link, family, via);
        for &owner in &owners {
            self.present(owner, &packets)?;
        }
        if owners.is_empty() {
            let back = |external: &External| {
                external.hairpin
                    && (external.family, external.link) == (family, one.link)
                    && external.hosts.contains(via)
            };
            if network.externals.iter().any(back) {
                self.inject(one.link, &packets)?;
            }
            self.out
                .handed
                .entry((one.link, via))
                .or_default()
                .extend(packets);
        }
        Ok(())
    }

    /// To the destination itself, or to a router that has its address, or that may answer for an address elsewhere.
    fn deliver(&mut self, out: usize, packets: Boxes) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let link = network.interfaces[out].link;
        for other in network.on_link(link, family).filter(|&other| other != out) {
            let here = network.addressed(other, family);
            let far = Set::upto(family.last(DST)).minus(&network.near(other, family));
            let taken = boxes::only(family, DST, &here.or(&far));
            self.present(other, &boxes::and(&packets, &taken))?;
        }
        self.out.delivered[link].extend(packets);
        Ok(())
    }
}

/// The whole way of packets that must get to a goal, whichever state holds.
pub(crate) struct Walk<'n> {
    pub(crate) network: &'n Network,
    pub(crate) family: Family,
    pub(crate) goal: Goal,
}

impl Walk<'_> {
    /// All packets, handed by a host to this interface, get there.
    pub(crate) fn from_interface(&self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        self.network.interface(number)?;
        self.enter(number, None, packets, &mut Vec::new())
    }

    /// All packets that a device makes get there.
    pub(crate) fn from_device(
        &self,
        device: usize,
        vrf: &str,
        packets: &[Box],
    ) -> Result<(), Reject> {
        match self.network.has(device) {
            true => self.route(device, vrf, packets, true, &mut Vec::new()),
            false => Err(format!("no device {device}")),
        }
    }

    /// Frames on a link may pass switches whose lists see bridged frames.
    fn across(&self, link: usize, ends: [Option<usize>; 2], packets: &[Box]) -> Result<(), Reject> {
        let network = self.network;
        let others = network.interfaces.iter().enumerate();
        for (_, one) in others.filter(|(n, one)| one.link == link && !ends.contains(&Some(*n))) {
            let device = &network.devices[one.device];
            if device.bridged_in != Known::No {
                network.passes(one.inward[index(self.family)], packets)?;
            }
            if device.bridged_out != Known::No {
                network.passes(one.outward[index(self.family)], packets)?;
            }
        }
        Ok(())
    }

    /// The in-list of the interface lets all packets through.
    pub(crate) fn entered(
        network: &Network,
        family: Family,
        number: usize,
        packets: &[Box],
    ) -> Result<(), Reject> {
        network.passes(network.interface(number)?.inward[index(family)], packets)
    }

    /// The out-list of the interface lets all packets through that its device makes.
    pub(crate) fn left(
        network: &Network,
        family: Family,
        number: usize,
        packets: &[Box],
    ) -> Result<(), Reject> {
        let one = network.interface(number)?;
        match network.devices[one.device].from_switch {
            Known::No => Ok(()),
            Known::Yes | Known::Open => network.passes(one.outward[index(family)], packets),
        }
    }

    fn enter(
        &self,
        number: usize,
        sender: Option<usize>,
        packets: &[Box],
        way: &mut Vec<usize>,
    ) -> Result<(), Reject> {
        let (network, family) = (self.network, self.family);
        if packets.is_empty() {
            return Ok(());
        }
        if way.contains(&number) {
            return Err("packets would go round for ever".to_owned());
        }
        let one = &network.interfaces[number];
        let device = &network.devices[one.device];
        self.across(one.link, [sender, Some(number)], packets)?;
        let own = boxes::only(family, DST, &network.own(one.device, &one.vrf, family));
        let taken = boxes::and(packets, &own);
        if !taken.is_empty() {
            if !matches!(self.goal, Goal::Device(goal) if goal == one.device) {
                return Err(format!("a switch takes {:?} as its own", taken[0]));
            }
            if device.to_switch != Known::No {
                network.passes(one.inward[index(family)], &taken)?;
            }
        }
        let rest = boxes::minus(packets, &own);
        if rest.is_empty() {
            return Ok(());
        }
        network.passes(one.inward[index(family)], &rest)?;
        let unrouted = network.unrouted(one.device, &one.vrf, family);
        if boxes::meet(&rest, &unrouted) || device.forwards[index(family)] != Known::Yes {
            return Err("a switch does not forward a packet".to_owned());
        }
        way.push(number);
        let done = self.route(one.device, &one.vrf, &rest, false, way);
        way.pop();
        done
    }

    fn route(
        &self,
        device: usize,
        vrf: &str,
        packets: &[Box],
        own: bool,
        way: &mut Vec<usize>,
    ) -> Result<(), Reject> {
        let mut left = packets.to_vec();
        let mine =
            |row: &&Row| (row.device, row.vrf.as_str(), row.family) == (device, vrf, self.family);
        for row in self.network.rows.iter().filter(mine) {
            let here = boxes::only(self.family, DST, &row.dst);
            let part = boxes::and(packets, &here);
            if part.is_empty() {
                continue;
            }
            left = boxes::minus(&left, &here);
            // Every target is a state that may hold, so all of them must carry.
            for target in &row.targets {
                self.leave(target, &part, own, way)?;
            }
        }
        match left.first() {
            None => Ok(()),
            Some(packet) => Err(format!("there is no route for {packet:?}")),
        }
    }

    fn leave(
        &self,
        target: &Target,
        packets: &[Box],
        own: bool,
        way: &mut Vec<usize>,
    ) -> Result<(), Reject> {
        let (network, family) = (self.network, self.family);
        let (out, via) = match *target {
            Target::Null => return Err("a route drops packets".to_owned()),
            Target::Connected(out) => (out, None),
            Target::Via(out, via) => (out, Some(via)),
        };
        let one = &network.interfaces[out];
        match own {
            true => Walk::left(network, family, out, packets)?,
            false => network.passes(one.outward[index(family)], packets)?,
        }
        let Some(via) = via else {
            return self.deliver(out, packets, way);
        };
        let owners = network.owners(one.link, family, via);
        if owners.is_empty() {
            return match &self.goal {
                Goal::Hosts(link, hosts) if *link == one.link && hosts.contains(via) => {
                    self.across(one.link, [Some(out), None], packets)
                }
                _ => Err("packets are handed to someone else".to_owned()),
            };
        }
        owners
            .into_iter()
            .try_for_each(|owner| self.enter(owner, Some(out), packets, way))
    }

    fn deliver(&self, out: usize, packets: &[Box], way: &mut Vec<usize>) -> Result<(), Reject> {
        let (network, family) = (self.network, self.family);
        let link = network.interfaces[out].link;
        let others: Vec<usize> = network
            .on_link(link, family)
            .filter(|&other| other != out)
            .collect();
        let mut rest = packets.to_vec();
        for &other in &others {
            let here = boxes::only(family, DST, &network.addressed(other, family));
            self.enter(other, Some(out), &boxes::and(packets, &here), way)?;
            rest = boxes::minus(&rest, &here);
        }
        if rest.is_empty() {
            return Ok(());
        }
        for &other in &others {
            let near = boxes::only(family, DST, &network.near(other, family));
            if boxes::outside(&rest, &near).is_some() {
                return Err("another router may answer for an address".to_owned());
            }
        }
        match self.goal {
            Goal::Link(goal) if goal == link => self.across(link, [Some(out), None], &rest),
            _ => Err("packets are delivered elsewhere".to_owned()),
        }
    }
}
