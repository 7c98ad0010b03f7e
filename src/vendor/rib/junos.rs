//! `show route`: sections per table, the active entry of a prefix marked with `*`.

use super::{Origin, Reader, addr, interface, prefix, words};
use crate::net::Family;

pub(super) fn line(reader: &mut Reader, line: &str) -> Option<()> {
    let words = words(line.trim());
    let first = *words.first()?;
    if words
        .get(2)
        .is_some_and(|word| word.starts_with("destinations"))
    {
        return section(reader, first.strip_suffix(':')?);
    }
    if reader.legend {
        return Some(());
    }
    if reader.skipped && !words.iter().any(|word| word.contains('[')) {
        return Some(());
    }
    if line.starts_with("+ =") || line.starts_with("@ =") || first == "AS" {
        return Some(());
    }
    if let Some(net) = prefix(first, None) {
        reader.begin(net, Origin::Learnt, 1);
        reader.skipped = true;
        return words.get(1).map_or(Some(()), |entry| active(reader, entry));
    }
    if first.contains('[') {
        return active(reader, first);
    }
    hop(reader, &words)
}

/// `inet.0`, `RED.inet6.0`; tables of other families are of no interest.
fn section(reader: &mut Reader, name: &str) -> Option<()> {
    let (vrf, table) = match name.rsplit_once(".inet") {
        Some((vrf, rest)) => (vrf, format!("inet{rest}")),
        None => ("", name.to_owned()),
    };
    reader.enter(vrf);
    let family = match table.as_str() {
        "inet.0" => Some(Family::V4),
        "inet6.0" => Some(Family::V6),
        _ => None,
    };
    reader.legend = family.is_none();
    reader.skipped = family.is_none();
    if let Some(family) = family {
        reader.rib(family);
    }
    Some(())
}

/// `*[OSPF/10]` is in use; `[Static/5]` is not.
fn active(reader: &mut Reader, entry: &str) -> Option<()> {
    reader.skipped = true;
    let Some(inner) = entry.strip_prefix(['*', '+']) else {
        return entry.starts_with(['[', '-']).then_some(());
    };
    let (proto, preference) = inner
        .strip_prefix('[')?
        .strip_suffix(']')?
        .split_once('/')?;
    let row = reader.row()?;
    row.origin = match proto {
        "Direct" => Origin::Connected,
        "Local" => Origin::Own,
        "Static" => Origin::Static,
        _ => Origin::Learnt,
    };
    // Preferences are wider than distances elsewhere; only their order counts, and the active entry has won.
    row.distance = preference.parse::<u32>().ok()?.min(254) as u8;
    reader.skipped = false;
    Some(())
}

fn hop(reader: &mut Reader, words: &[&str]) -> Option<()> {
    let words = match words {
        [">", rest @ ..] => rest,
        all => all,
    };
    match words {
        ["to", next, "via", out, ..] => {
            let next = addr(next)?;
            reader.hop(Some(next), Some(interface(out)?))
        }
        ["via", out, ..] => reader.hop(None, Some(interface(out)?)),
        ["Local", "via", out, ..] => reader.hop(None, Some(interface(out)?)),
        ["Discard" | "Reject"] => reader.hop(None, Some("null")),
        ["Receive" | "MultiRecv"] => {
            reader.row()?.origin = Origin::Own;
            reader.hop(None, Some("null"))
        }
        _ => None,
    }
}
