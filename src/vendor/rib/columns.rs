//! Columns: Comware `display ip routing-table`, ALAXALA `show ip route`; and Comware's blocks for IPv6.

use super::{Origin, Reader, addr, interface, prefix, words};
use crate::device::NextHop;
use ipnet::IpNet;
use std::net::IpAddr;

pub(super) fn line(reader: &mut Reader, line: &str) -> Option<()> {
    let trimmed = line.trim();
    let words = words(trimmed);
    if header(reader, trimmed) {
        return Some(());
    }
    if let Some(known) = block(reader, trimmed) {
        return known;
    }
    let (first, rest) = words.split_first()?;
    match prefix(first, None).or_else(|| short(first)) {
        Some(net) => row(reader, net, rest),
        // A further next hop of the row above.
        None => further(reader, &words),
    }
}

fn header(reader: &mut Reader, line: &str) -> bool {
    if let Some((_, name)) = line
        .split_once("Routing Table :")
        .or_else(|| line.split_once("Routing Tables:"))
    {
        reader.enter(name.split_whitespace().next().unwrap_or_default());
        return true;
    }
    const STARTS: [&str; 6] = [
        "Destinations ",
        "Destination/Mask",
        "Destination ",
        "Total:",
        "Date ",
        "Summary count",
    ];
    let heads = STARTS.iter().any(|start| line.starts_with(start));
    heads && !line.starts_with("Destination :") && !line.starts_with("Destination: ")
}

/// Either `proto pre cost nexthop interface` (Comware) or `nexthop interface metric proto age` (ALAXALA).
fn row(reader: &mut Reader, net: IpNet, rest: &[&str]) -> Option<()> {
    match rest {
        [proto, pre, cost, next, out] if cost.parse::<u32>().is_ok() => {
            let host = net.prefix_len() == net.max_prefix_len();
            let origin = match *proto {
                "Direct" if host => Origin::Own,
                "Direct" => Origin::Connected,
                "Static" => Origin::Static,
                _ => Origin::Learnt,
            };
            reader.begin(net, origin, pre.parse().ok()?);
            put(reader, origin, addr(next)?, out)
        }
        [next, out, metric, proto, ..] if metric.contains('/') => {
            let origin = match *proto {
                "Connected" if *out == "localhost" => Origin::Own,
                "Connected" => Origin::Connected,
                "Static" => Origin::Static,
                _ => Origin::Learnt,
            };
            reader.begin(net, origin, 1);
            let next = if *next == "----" {
                None
            } else {
                Some(addr(next)?)
            };
            let out = interface(out)?;
            match origin {
                Origin::Connected | Origin::Own => reader.hop(None, Some(out)),
                Origin::Static | Origin::Learnt => reader.hop(next, Some(out)),
            }
        }
        _ => None,
    }
}

fn put(reader: &mut Reader, origin: Origin, next: IpAddr, out: &str) -> Option<()> {
    let out = interface(out)?;
    match origin {
        Origin::Connected | Origin::Own => reader.hop(None, Some(out)),
        Origin::Static | Origin::Learnt => reader.hop(Some(next), Some(out)),
    }
}

fn further(reader: &mut Reader, words: &[&str]) -> Option<()> {
    let [.., pre, cost, next, out] = words else {
        return None;
    };
    pre.parse::<u8>().ok()?;
    cost.parse::<u32>().ok()?;
    let origin = reader.row()?.origin;
    put(reader, origin, addr(next)?, out)
}

/// `10.10/16`: octets that are left out are zero.
fn short(word: &str) -> Option<IpNet> {
    let (octets, length) = word.split_once('/')?;
    let missing = 4_usize.checked_sub(octets.split('.').count())?;
    format!("{octets}{}/{length}", ".0".repeat(missing))
        .parse()
        .ok()
}

/// `Destination: ::/0   Protocol : Static`, `NextHop : ...`, `Interface : ...`.
fn block(reader: &mut Reader, line: &str) -> Option<Option<()>> {
    let value = |key: &str| -> Option<&str> {
        let (_, rest) = line.split_once(key)?;
        rest.trim_start()
            .strip_prefix(':')?
            .split_whitespace()
            .next()
    };
    if let (Some(net), Some(proto)) = (value("Destination"), value("Protocol")) {
        let net = prefix(net, None);
        let host = net.is_some_and(|net| net.prefix_len() == net.max_prefix_len());
        let origin = match proto {
            "Direct" if host => Origin::Own,
            "Direct" => Origin::Connected,
            "Static" => Origin::Static,
            _ => Origin::Learnt,
        };
        return Some(net.map(|net| reader.begin(net, origin, 1)));
    }
    if let (Some(next), Some(pre)) = (value("NextHop"), value("Preference")) {
        let known = addr(next).zip(pre.parse().ok()).zip(reader.row());
        return Some(known.map(|((next, pre), row)| {
            row.distance = pre;
            row.hops.push(NextHop::Via(next));
        }));
    }
    let out = value("Interface").filter(|_| line.contains("Cost"))?;
    let known = reader.row().and_then(|row| match row.hops.pop()? {
        NextHop::Via(next) => Some((row.origin, next)),
        NextHop::Interface(..) | NextHop::Null => None,
    });
    Some(known.and_then(|(origin, next)| put(reader, origin, next, out)))
}
