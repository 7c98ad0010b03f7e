//! A third list between two: one that permits what both permit, or nothing, so that everything closes before anything opens.

use super::changes::{CLOSES, Changes, MIXED, OPENS, Swap, Unit};
use super::steps::{bind, write};
use super::{Site, Step};
use crate::device::Device;
use crate::diff::{Effect, compare};
use crate::vendor::live::{Running, numbered};
use crate::verify::Limits;
use std::collections::BTreeSet;

/// Lists that permit what both permit, and the units by way of them. With `shut`, lists that permit nothing.
pub(super) fn by_way(
    sites: &[Site<'_>],
    written: &[Running],
    units: &[Unit],
    all: &mut [Changes],
    shut: bool,
) -> (Vec<Step>, Vec<Unit>) {
    let mut writes = Vec::new();
    let mut out = Vec::new();
    for unit in units {
        let Some(swap) = unit.swap.as_ref().filter(|_| shut || unit.rank == MIXED) else {
            out.push(unit.clone());
            continue;
        };
        let site = &sites[swap.site];
        let lines = match shut {
            true => Some(vec![deny_all(site, swap)]),
            false => between(site, &written[swap.site], swap),
        };
        let Some(lines) = lines else {
            out.push(unit.clone());
            continue;
        };
        let name = all[swap.site].fresh(&swap.to);
        writes.push(write(swap.site, site, swap.family, &name, lines));
        let step = |from: &str, to: &str| {
            bind(
                swap.site,
                site,
                &swap.interface,
                swap.family,
                swap.direction,
                Some(from),
                Some(to),
            )
        };
        out.push(Unit::of(vec![step(&swap.from, &name)], CLOSES));
        out.push(Unit::of(vec![step(&name, &swap.to)], OPENS));
    }
    (writes, out)
}

/// The new list without the permits that open something.
fn between(site: &Site<'_>, written: &Running, swap: &Swap) -> Option<Vec<String>> {
    let header = |name: &str| site.mechanism.header(swap.family, name);
    let mut text = written.clone();
    let device = (site.read)(&text.text());
    let find = |device: &Device, name: &str| {
        let mut lists = device.acls.iter();
        lists
            .find(|acl| acl.family == swap.family && acl.name == name)
            .cloned()
    };
    let old = find(&device, &swap.from)?;
    const ROUNDS: usize = 8;
    for _ in 0..ROUNDS {
        let device = (site.read)(&text.text());
        let acl = find(&device, &swap.to)?;
        let found = compare(&old, &acl, Limits::default());
        let opens = found
            .changes
            .iter()
            .filter(|c| c.effect == Effect::NewlyPermitted);
        let numbers: BTreeSet<u32> = opens.filter_map(|c| acl.ace(c.new)?.seq).collect();
        let block = text
            .blocks
            .iter_mut()
            .find(|block| block.header == header(&swap.to))?;
        if numbers.is_empty() {
            return Some(block.lines.clone());
        }
        block
            .lines
            .retain(|line| numbered(line).is_none_or(|(n, _)| !numbers.contains(&n)));
    }
    None
}

/// An entry that denies everything.
fn deny_all(site: &Site<'_>, swap: &Swap) -> String {
    let word = (site.mechanism.sequence)(swap.family);
    format!("{word}10 {}", (site.mechanism.deny_all)(swap.family))
}
