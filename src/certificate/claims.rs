//! What each claim asks, and where packets get to: sets that are closed under every step, as cells per port.

use super::Budget;
use super::boxes;
use crate::base::Text;
use crate::model::Claim;
use crate::reach::{Goal, Side};
use crate::verify::argument::{End, Into, Journey, Need, NothingBut, Relay, Start, need};
use crate::verify::view::{Origin, View};
use crate::verify::world::World;
use serde_json::{Value, json};

/// The sets that were written so far; claims share them.
#[derive(Default)]
pub(super) struct Reach {
    known: Vec<(crate::net::Family, Origin)>,
    values: Vec<Value>,
}

impl Reach {
    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// Where the set of an origin stands.
    fn of(&mut self, view: &View<'_>, origin: Origin, budget: &mut Budget) -> Result<usize, Text> {
        let key = (view.family, origin);
        if let Some(known) = self.known.iter().position(|one| *one == key) {
            return Ok(known);
        }
        let spread = view.spread_of(origin, Side::May);
        let mut sets = Vec::new();
        for (port, &set) in spread.at.iter().enumerate() {
            if !view.space().is_empty(set) {
                let cells = boxes::cells(view.space(), set, budget)?;
                sets.push(json!({ "interface": port, "cells": cells }));
            }
        }
        let from = match origin {
            Origin::Link(link) => json!({ "link": link }),
            Origin::Device(device) => json!({ "device": device }),
        };
        let family = view.family.digit().to_string();
        self.values
            .push(json!({ "family": family, "origin": from, "sets": sets }));
        self.known.push(key);
        Ok(self.known.len() - 1)
    }
}

/// The argument of a claim; null if it has none in this form.
pub(super) fn argument(
    world: &World<'_>,
    views: &[View<'_>],
    claim: &Claim,
    reach: &mut Reach,
    budget: &mut Budget,
) -> Result<Value, Text> {
    Ok(match need(world, views, claim) {
        None => Value::Null,
        Some(Need::Filtered(ports)) => {
            let one = |(port, family): (usize, crate::net::Family)| json!({ "interface": port, "family": family.digit().to_string() });
            json!({ "filtered": ports.into_iter().map(one).collect::<Vec<_>>() })
        }
        Some(Need::Nothing(parts)) => {
            let mut all = Vec::new();
            for part in &parts {
                let view = view(views, part.family);
                let from = reach.of(view, part.origin, budget)?;
                all.push(nothing_but(part, from)?);
            }
            json!({ "nothing_but": all })
        }
        Some(Need::Carried(journeys)) => {
            let mut all = Vec::new();
            for journey in &journeys {
                all.push(carried(view(views, journey.family), journey, budget)?);
            }
            json!({ "carried": all })
        }
        Some(Need::NoRelay(parts)) => {
            let mut all = Vec::new();
            for part in &parts {
                all.push(no_relay(view(views, part.family), part, reach, budget)?);
            }
            json!({ "no_relay": all })
        }
        Some(Need::Logged(parts)) => {
            let mut all = Vec::new();
            for part in &parts {
                let view = view(views, part.family);
                let from = reach.of(view, part.origin, budget)?;
                let packets = boxes::cells(view.space(), part.packets, budget)?;
                all.push(json!({ "reach": from, "packets": packets }));
            }
            json!({ "logged": all })
        }
    })
}

fn no_relay(
    view: &View<'_>,
    part: &Relay,
    reach: &mut Reach,
    budget: &mut Budget,
) -> Result<Value, Text> {
    let opened = match &part.opened {
        None => Value::Null,
        Some(opened) => json!({
            "reach": reach.of(view, opened.origin, budget)?,
            "sources": opened.sources.as_ref().map(boxes::addrs),
            "replies": boxes::all(&opened.replies)?,
        }),
    };
    let mut onward = Vec::new();
    for one in &part.onward {
        let from = reach.of(view, one.origin, budget)?;
        onward.push(nothing_but(one, from)?);
    }
    Ok(json!({
        "family": part.family.digit().to_string(),
        "link": part.link,
        "hosts": boxes::addr_set(&part.hosts)?,
        "spared": boxes::addrs(&part.spared),
        "opened": opened,
        "beside": boxes::addrs(&part.beside),
        "onward": onward,
    }))
}

fn view<'v, 'a>(views: &'v [View<'a>], family: crate::net::Family) -> &'v View<'a> {
    &views[usize::from(family == crate::net::Family::V6)]
}

fn nothing_but(part: &NothingBut, reach: usize) -> Result<Value, Text> {
    let into = match &part.into {
        Into::Link { link, dst, local } => {
            json!({ "link": { "link": link, "dst": boxes::addrs(dst), "own": boxes::addrs(local) } })
        }
        Into::Handed { link, hosts } => {
            json!({ "handed": { "link": link, "hosts": boxes::addrs(hosts) } })
        }
        Into::Device(device) => json!({ "device": device }),
        Into::Elsewhere(link) => json!({ "elsewhere": link }),
        Into::Neighbour { src, dst } => {
            json!({ "neighbour": { "src": boxes::addrs(src), "dst": boxes::addrs(dst) } })
        }
    };
    Ok(json!({
        "reach": reach,
        "sources": part.sources.as_ref().map(boxes::addrs),
        "requests": part.requests.as_deref().map(boxes::all).transpose()?,
        "into": into,
        "listed": boxes::all(&part.listed)?,
        "replies": boxes::all(&part.replies)?,
        "strict": part.strict,
    }))
}

fn carried(view: &View<'_>, journey: &Journey, budget: &mut Budget) -> Result<Value, Text> {
    let goal = match &journey.goal {
        End::Entered(port) => json!({ "entered": port }),
        End::Left(port) => json!({ "left": port }),
        End::Goal(goal) => of_goal(goal),
    };
    let start = match (&journey.start, &journey.goal) {
        (Start::Ports(ports), _) => ports.iter().map(|port| json!({ "in": port })).collect(),
        (Start::Device(..), End::Left(port)) => vec![json!({ "out": port })],
        (Start::Device(device, vrf), _) => vec![json!({ "made": [device, vrf] })],
    };
    Ok(json!({
        "family": view.family.digit().to_string(),
        "start": start,
        "packets": boxes::cells(view.space(), journey.packets, budget)?,
        "goal": goal,
    }))
}

fn of_goal(goal: &Goal) -> Value {
    match (goal.local, goal.handed.first(), goal.links.first()) {
        (Some(device), ..) => json!({ "device": device }),
        (_, Some(beyond), _) => {
            json!({ "hosts": { "link": beyond.link, "hosts": boxes::addrs(&beyond.hosts) } })
        }
        (_, _, link) => json!({ "link": link }),
    }
}
