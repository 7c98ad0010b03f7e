//! The network as transcribed, parsed strictly and held to the lines of the files.

use super::{Device, External, Interface, Known, Network, Row, Target};
use crate::Reject;
use crate::boxes::{DST, Family};
use crate::certificate::{
    Certificate, address, array, at, fields, get, mentions, number, plain, prefix, text, values,
};
use crate::lists::Permits;
use crate::set::Set;
use serde_json::Value;
use std::collections::BTreeSet;

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
        name: text(value, "name")?.to_owned(),
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

/// A name is printed with and without a blank before its number.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
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
        self.all_routes(certificate)?;
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

    /// No line that says a route is left out.
    fn all_routes(&self, certificate: &Certificate) -> Result<(), Reject> {
        let rows = array(&certificate.document, "routes")?;
        for device in 0..self.devices.len() {
            let mut stated = BTreeSet::new();
            for row in rows.iter().filter(|row| row["device"] == device) {
                for line in array(row, "lines")? {
                    stated.insert(plain(line)?);
                }
            }
            let says = |line: &str| {
                let mut words = line.split_whitespace();
                matches!(
                    (words.next(), words.next()),
                    (Some("ip" | "ipv6"), Some("route"))
                )
            };
            let lines = (1..).zip(certificate.lines(device)?);
            let mut left = lines.filter(|(number, line)| says(line) && !stated.contains(number));
            if let Some((number, line)) = left.next() {
                return Err(format!("line {number} is left out: {}", line.trim()));
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
        let names =
            |line: &str, out: usize| joined(line).contains(&joined(&self.interfaces[out].name));
        let leads = |line: &&str, target: &Target| match *target {
            Target::Via(out, via) => {
                let near = self.near(out, one.family).contains(via);
                addresses(line).contains(&(one.family, via)) && (near || names(line, out))
            }
            Target::Null => null(line),
            Target::Connected(out) => names(line, out),
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
}
