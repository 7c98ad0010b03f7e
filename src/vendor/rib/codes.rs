//! A code letter in front of each prefix: IOS XE, EOS, AlliedWare Plus.

use super::{Origin, Reader, addr, distance, interface, is_age, prefix, words};

pub(super) fn line(reader: &mut Reader, line: &str) -> Option<()> {
    let words = words(line);
    let first = *words.first()?;
    if header(reader, line.trim(), &words) {
        return Some(());
    }
    if first == "via" || first.starts_with('[') {
        return hops(reader, &words);
    }
    // Codes of one or two letters, with marks: `S*`, `O E2`, `O*IA`, `i L1`.
    let at = words
        .iter()
        .position(|word| prefix(word, reader.length).is_some())?;
    let (code, rest) = (words.get(..at)?, words.get(at..)?);
    let (shown, rest) = rest.split_first()?;
    if rest.contains(&"subnetted,") && code.is_empty() {
        reader.length = shown
            .split_once('/')
            .and_then(|(_, length)| length.parse().ok());
        return Some(());
    }
    let is_code = |word: &&str| word.len() <= 4 && !word.contains('.');
    if code.is_empty() || code.len() > 3 || !code.iter().all(is_code) {
        return None;
    }
    reader.legend = false;
    let origin = match code.first()?.trim_matches(['*', '>', '%', '+', '&']) {
        "C" => Origin::Connected,
        "L" => Origin::Own,
        "S" => Origin::Static,
        _ => Origin::Learnt,
    };
    reader.begin(
        prefix(shown, reader.length)?,
        origin,
        u8::from(origin == Origin::Static),
    );
    if rest.is_empty() {
        Some(())
    } else {
        hops(reader, rest)
    }
}

/// Headers, the legend, and lines that sum up what follows.
fn header(reader: &mut Reader, line: &str, words: &[&str]) -> bool {
    if let Some(name) = line
        .strip_prefix("Routing Table:")
        .or(line.strip_prefix("VRF:"))
    {
        reader.enter(name.trim());
    } else if let Some(name) = line.strip_prefix("[VRF:") {
        reader.enter(name.trim().trim_end_matches(']'));
    } else if let Some(rest) = line.strip_prefix("IPv6 Routing Table") {
        let name = rest.split(" - ").nth(1).unwrap_or("default");
        reader.enter(name.trim());
        reader.rib(crate::net::Family::V6);
    } else if line.starts_with("Codes:") {
        reader.legend = true;
    } else if line.starts_with("Gateway of last resort") {
        reader.legend = false;
    } else if words
        .windows(2)
        .any(|pair| matches!(pair, ["variably", "subnetted,"]))
    {
        reader.length = None;
    } else {
        let routed = words.iter().any(|word| prefix(word, None).is_some());
        return reader.legend && !routed && line.contains(" - ");
    }
    true
}

/// `[110/2] via 10.0.0.3, 00:01:02, Vlan10`, `is directly connected, Vlan10`, `via Vlan10, directly connected`.
fn hops(reader: &mut Reader, words: &[&str]) -> Option<()> {
    let mut words = words;
    if let Some((first, rest)) = words.split_first()
        && let Some(known) = distance(first)
    {
        reader.row()?.distance = known;
        words = rest;
    }
    let (first, rest) = match words {
        [] => return Some(()),
        ["via", first, rest @ ..] => (Some(*first), rest),
        ["is", "directly", "connected,", rest @ ..] => (None, rest),
        ["is", "a", "summary,", rest @ ..] => (None, rest),
        _ => return None,
    };
    let next = first.and_then(addr);
    let named = first.filter(|_| next.is_none()).and_then(interface);
    let mut out = named;
    for word in rest.iter().map(|word| word.trim_end_matches(',')) {
        match word {
            "directly" | "connected" => {}
            "receive" => reader.row()?.origin = Origin::Own,
            _ if is_age(word) => {}
            _ if out.is_none() => out = Some(interface(word)?),
            _ => return None,
        }
    }
    reader.hop(next, out)
}
