//! What each claim asks, and whether it follows.

use crate::Reject;
use crate::boxes::{self, Box, Boxes, DST, Family, SRC};
use crate::certificate::{Certificate, array, family, fields, get, number, plain, text, values};
use crate::network::{Arrived, Goal, Network, Walk};
use crate::set::Set;
use serde_json::Value;
use std::fmt::Write as _;

/// Checks every claim. Whether all are proved and certified.
pub(crate) fn check(
    certificate: &Certificate,
    network: &Network,
    show: bool,
    report: &mut String,
) -> Result<bool, Reject> {
    let document = &certificate.document;
    let reach = array(document, "reach")?
        .iter()
        .map(|one| network.arrived(one));
    let reach = reach.collect::<Result<Vec<Arrived>, Reject>>()?;
    let mut complete = true;
    for claim in array(document, "claims")? {
        fields(claim, &["id", "text", "line", "verdict", "argument"])?;
        let id = text(claim, "id")?;
        let line = number(claim, "line")?;
        let statement = certificate.policy_line(line)?;
        let argument = get(claim, "argument")?;
        let word = match (text(claim, "verdict")?, argument) {
            ("proved", Value::Null) => "not certified 証明書なし",
            ("proved", _) => {
                certify(certificate, network, &reach, argument)
                    .map_err(|why| format!("claim {id}: {why}"))?;
                "certified 確認済"
            }
            ("refuted", Value::Null) => "refuted 不成立",
            ("unknown", Value::Null) => "unknown 不明",
            (verdict, _) => return Err(format!("claim {id}: `{verdict}` with an argument")),
        };
        complete &= word.starts_with("certified");
        let _ = writeln!(report, "{word}  {id}  {line}: {}", statement.trim());
        if show {
            let _ = writeln!(report, "    {argument}");
        }
    }
    let at = text(document, "at")?;
    let (facts, version) = (text(document, "facts")?, text(document, "version")?);
    let _ = writeln!(
        report,
        "at {at}, made by aclc {version} with the vendor facts {facts}"
    );
    Ok(complete)
}

fn certify(
    certificate: &Certificate,
    network: &Network,
    reach: &[Arrived],
    argument: &Value,
) -> Result<(), Reject> {
    let object = argument.as_object().filter(|object| object.len() == 1);
    let kind = object
        .and_then(|object| object.keys().next())
        .map(String::as_str);
    let parts = |name: &str| {
        let parts = array(argument, name)?;
        match parts.is_empty() {
            true => Err("it asks for nothing".to_owned()),
            false => Ok(parts),
        }
    };
    match kind {
        Some("nothing_but") => {
            let mut each = parts("nothing_but")?.iter();
            each.try_for_each(|part| nothing_but(network, reach, part))
        }
        Some("carried") => {
            let mut each = parts("carried")?.iter();
            each.try_for_each(|part| carried(network, part))
        }
        Some("filtered") => {
            let mut each = parts("filtered")?.iter();
            each.try_for_each(|part| filtered(certificate, network, part))
        }
        _ => Err("it has no argument that is known".to_owned()),
    }
}

/// All that arrives is listed, or a reply that opens nothing.
fn nothing_but(network: &Network, reach: &[Arrived], part: &Value) -> Result<(), Reject> {
    let names = [
        "reach", "sources", "requests", "into", "listed", "replies", "strict",
    ];
    fields(part, &names)?;
    let reach = reach.get(number(part, "reach")?).ok_or("no such set")?;
    let family = reach.family;
    let mut arrived = into(network, reach, get(part, "into")?)?;
    if let Some(sources) = get(part, "sources")?.as_str() {
        arrived = boxes::and(
            &arrived,
            &boxes::only(family, SRC, &values(family, SRC, sources)?),
        );
    }
    if !get(part, "requests")?.is_null() {
        arrived = boxes::and(
            &arrived,
            &crate::certificate::boxes(family, &part["requests"])?,
        );
    }
    let strict = get(part, "strict")?
        .as_bool()
        .ok_or("`strict` is yes or no")?;
    if !strict {
        arrived = boxes::and(&arrived, &openings(family));
    }
    let mut excused = crate::certificate::boxes(family, get(part, "listed")?)?;
    let replies = crate::certificate::boxes(family, get(part, "replies")?)?;
    // A TCP segment that opens a connection is no reply, whatever the certificate lists as one.
    excused.extend(boxes::minus(&replies, &tcp_openings(family)));
    match boxes::outside(&arrived, &excused) {
        None => Ok(()),
        Some(packet) => Err(format!("this arrives and is not listed: {packet:?}")),
    }
}

/// SYN without ACK and RST (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32).
fn tcp_openings(family: Family) -> Boxes {
    let flags = (0..64u128).filter(|flags| flags & 2 != 0 && flags & (4 | 16) == 0);
    let flags = Set::of(flags.map(|flags| (flags, flags)).collect());
    let tcp = Box::any(family).with(2, Set::of(vec![(6, 6)]));
    vec![tcp.with(5, flags).with(8, Set::of(vec![(0, 1)]))]
}

/// What may open something: those, and every packet of another protocol that is no later fragment.
fn openings(family: Family) -> Boxes {
    let others = Set::of(vec![(0, 5), (7, 255)]);
    let others = Box::any(family)
        .with(2, others)
        .with(8, Set::of(vec![(0, 1)]));
    let mut all = tcp_openings(family);
    all.push(others);
    all
}

/// What arrives at a place. Neighbour discovery that crossed a router is thrown away by every receiver (RFC 4861).
fn into(network: &Network, reach: &Arrived, into: &Value) -> Result<Boxes, Reject> {
    let family = reach.family;
    let to = |name: &str| -> Result<Boxes, Reject> {
        Ok(boxes::only(
            family,
            DST,
            &values(family, DST, text(into, name)?)?,
        ))
    };
    let has = |name: &str| into.get(name).is_some();
    let link = |name: &str| -> Result<usize, Reject> {
        let link = number(into, name)?;
        (link < reach.delivered.len())
            .then_some(link)
            .ok_or_else(|| "no such link".to_owned())
    };
    if has("neighbour") {
        let pair = &into["neighbour"];
        let side = |field, name| values(family, field, text(pair, name)?);
        let both = Box::any(family)
            .with(SRC, side(SRC, "src")?)
            .with(DST, side(DST, "dst")?);
        return Ok(vec![both]
            .into_iter()
            .filter(|one| !one.is_empty())
            .collect());
    }
    let mut all: Boxes = Vec::new();
    if has("own") {
        fields(into, &["link", "dst", "own"])?;
        let at = link("link")?;
        all.extend(boxes::and(&reach.delivered[at], &to("dst")?));
        // A next hop of the place that no external is behind: what it is handed has arrived (D28).
        let places = values(family, DST, text(into, "dst")?)?;
        let strangers = reach.handed.iter().filter(|((on, host), _)| {
            *on == at && places.contains(*host) && network.hands_back(family, at, *host).is_none()
        });
        all.extend(strangers.flat_map(|(_, packets)| packets.iter().cloned()));
        let own = to("own")?;
        all.extend(reach.local.iter().flat_map(|local| boxes::and(local, &own)));
    } else if has("hosts") {
        fields(into, &["link", "hosts"])?;
        let hosts = values(family, DST, text(into, "hosts")?)?;
        let link = link("link")?;
        let mine = reach
            .handed
            .iter()
            .filter(|((at, host), _)| *at == link && hosts.contains(*host));
        all.extend(mine.flat_map(|(_, packets)| packets.iter().cloned()));
    } else if has("elsewhere") {
        fields(into, &["elsewhere"])?;
        let home = link("elsewhere")?;
        let links = reach
            .delivered
            .iter()
            .enumerate()
            .filter(|(link, _)| *link != home);
        all.extend(links.flat_map(|(_, packets)| packets.iter().cloned()));
        let handed = reach.handed.iter().filter(|((link, _), _)| *link != home);
        all.extend(handed.flat_map(|(_, packets)| packets.iter().cloned()));
    } else {
        fields(into, &["device"])?;
        let device = number(into, "device")?;
        if !network.has(device) {
            return Err(format!("no device {device}"));
        }
        all.extend(reach.local[device].iter().cloned());
    }
    let discovery = Box::any(family)
        .with(2, Set::of(vec![(58, 58)]))
        .with(6, Set::of(vec![(133, 137)]))
        .with(8, Set::of(vec![(0, 1)]));
    Ok(match family {
        Family::V4 => all,
        Family::V6 => boxes::minus(&all, &[discovery]),
    })
}

/// Packets get to where they must.
fn carried(network: &Network, part: &Value) -> Result<(), Reject> {
    fields(part, &["family", "start", "packets", "goal"])?;
    let family = family(part)?;
    let packets = crate::certificate::boxes(family, get(part, "packets")?)?;
    if packets.is_empty() || packets.iter().any(Box::is_empty) {
        return Err("it asks for no packet".to_owned());
    }
    let start = get(part, "start")?;
    let starts = || -> Result<Vec<usize>, Reject> {
        let all: Vec<usize> = array(start, "interfaces")?
            .iter()
            .map(plain)
            .collect::<Result<_, _>>()?;
        match all.is_empty() {
            true => Err("there is no first hop".to_owned()),
            false => Ok(all),
        }
    };
    let goal = get(part, "goal")?;
    if goal.as_str() == Some("entered") {
        let mut all = starts()?.into_iter();
        return all.try_for_each(|one| Walk::entered(network, family, one, &packets));
    }
    if let Some(port) = goal.get("left") {
        return Walk::left(network, family, plain(port)?, &packets);
    }
    let walk = Walk {
        network,
        family,
        goal: goal_of(family, goal)?,
    };
    match start.get("interfaces") {
        Some(_) => {
            let mut all = starts()?.into_iter();
            all.try_for_each(|one| walk.leaves_interface(one, &packets))
        }
        None => {
            fields(start, &["device", "vrf"])?;
            walk.leaves_device(number(start, "device")?, text(start, "vrf")?, &packets)
        }
    }
}

fn goal_of(family: Family, goal: &Value) -> Result<Goal, Reject> {
    if goal.get("device").is_some() {
        fields(goal, &["device"])?;
        return number(goal, "device").map(Goal::Device);
    }
    if goal.get("hosts").is_some() {
        fields(goal, &["link", "hosts"])?;
        let hosts = values(family, DST, text(goal, "hosts")?)?;
        return Ok(Goal::Hosts(number(goal, "link")?, hosts));
    }
    fields(goal, &["link"])?;
    number(goal, "link").map(Goal::Link)
}

/// An interface has a list with entries of its own.
fn filtered(certificate: &Certificate, network: &Network, part: &Value) -> Result<(), Reject> {
    fields(part, &["interface", "family"])?;
    let interface = number(part, "interface")?;
    let list = network.filtered(interface, family(part)?)?;
    let list = list.and_then(|list| certificate.lists.get(list));
    match list.is_some_and(crate::certificate::List::has_entries) {
        true => Ok(()),
        false => Err(format!("interface {interface} has no list with entries")),
    }
}
