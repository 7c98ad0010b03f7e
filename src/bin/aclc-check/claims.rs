//! What each claim asks, and whether it follows.

use crate::document::{
    Argument, Case, Direction, Filtered, Into, Logged, NoRelay, NothingBut, Origin,
};
use crate::network::Network;
use crate::packets::{
    self as set, Box, Boxes, DST, FLAGS, Family, ICMP_TYPE, POSITION, PROTOCOL, SRC, Set, with,
};
use crate::reach::Ends;
use crate::steps::Place;
use crate::{Done, Reject, at};

/// Everything that a case argues follows: which claims have an argument. There is a network for each family.
pub(crate) fn check(
    case: &Case,
    networks: &[Network; 2],
    ids: &[&str],
) -> Result<Vec<bool>, Reject> {
    let each = case.reach.iter().map(|reach| {
        let network = of(networks, reach.family);
        Ok(Arrived {
            family: reach.family,
            origin: &reach.origin,
            ends: network.arrived(reach)?,
        })
    });
    let reach = each.collect::<Result<Vec<Arrived>, Reject>>()?;
    let check = Check {
        networks,
        reach: &reach,
    };
    for (id, argument) in ids.iter().zip(&case.arguments) {
        if let Some(argument) = argument {
            let done = check.argument(argument);
            done.map_err(|why| format!("claim {id}: {why}"))?;
        }
    }
    Ok(case.arguments.iter().map(Option::is_some).collect())
}

fn of<'n, 'd>(networks: &'n [Network<'d>; 2], family: Family) -> &'n Network<'d> {
    &networks[usize::from(family == Family::V6)]
}

/// Where packets of an origin may get to.
struct Arrived<'d> {
    family: Family,
    origin: &'d Origin,
    ends: Ends<'d>,
}

/// Whole packets and first fragments.
fn beginnings() -> Box {
    Box::any().with(POSITION, Set::upto(1))
}

/// SYN without ACK and RST (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32).
fn tcp_openings() -> Box {
    let flags = (0..64).filter(|flags| flags & 2 != 0 && flags & (4 | 16) == 0);
    beginnings()
        .with(PROTOCOL, Set::each([6]))
        .with(FLAGS, Set::each(flags))
}

/// What may open something: those, and every packet of another protocol that is no later fragment.
fn openings() -> Boxes {
    let others = beginnings().with(PROTOCOL, Set::of([(0, 5), (7, 255)]));
    vec![tcp_openings(), others]
}

/// Neighbour discovery that crossed a router is thrown away by every receiver (RFC 4861).
fn discovery() -> Box {
    let icmp = beginnings().with(PROTOCOL, Set::each([58]));
    icmp.with(ICMP_TYPE, Set::of([(133, 137)]))
}

struct Check<'c, 'd> {
    networks: &'c [Network<'d>; 2],
    reach: &'c [Arrived<'d>],
}

impl<'d> Check<'_, 'd> {
    fn argument(&self, argument: &'d Argument) -> Done {
        match argument {
            Argument::NothingBut(parts) if !parts.iter().any(asks) => {
                Err("it asks for nothing".to_owned())
            }
            Argument::NothingBut(parts) => each(parts, |part| self.nothing_but(part, None)),
            Argument::Carried(parts) => {
                each(parts, |part| of(self.networks, part.family).carried(part))
            }
            Argument::Filtered(parts) => each(parts, |part| self.filtered(part)),
            Argument::NoRelay(parts) => each(parts, |part| self.no_relay(part)),
            Argument::Logged(parts) => each(parts, |part| self.logged(part)),
        }
    }

    fn reach(&self, number: usize) -> Result<&Arrived<'d>, Reject> {
        at(self.reach, number, "set")
    }

    /// All that arrives is listed, or a reply that opens nothing. `senders` are the only ones that count, if given.
    fn nothing_but(&self, part: &NothingBut, senders: Option<&Set>) -> Done {
        let reach = self.reach(part.reach)?;
        let mut arrived = self.into(reach, &part.into)?;
        for sources in part.sources.iter().chain(senders) {
            arrived = set::and(&arrived, &with(SRC, sources.clone()));
        }
        if let Some(requests) = &part.requests {
            arrived = set::and(&arrived, requests);
        }
        if !part.strict {
            arrived = set::and(&arrived, &openings());
        }
        excused(&arrived, &part.listed, &part.replies)
    }

    /// What arrives at a place.
    fn into(&self, reach: &Arrived, into: &Into) -> Result<Boxes, Reject> {
        let network = of(self.networks, reach.family);
        let document = network.document;
        let mut all = Boxes::new();
        match into {
            Into::Neighbour { src, dst } => {
                let both = Box::any().with(SRC, src.clone()).with(DST, dst.clone());
                return Ok(set::and(&[both], &[reach.family.all()]));
            }
            Into::Device(device) => at(&document.devices, *device, "device").map(drop)?,
            Into::Link { link, .. } | Into::Handed { link, .. } | Into::Elsewhere(link) => {
                at(&document.links, *link, "link").map(drop)?;
            }
        }
        for (&place, packets) in &reach.ends {
            let to = |dst: &Set| set::and(packets, &with(DST, dst.clone()));
            all.extend(match (into, place) {
                (Into::Link { own, .. }, Place::Device(_)) => to(own),
                (Into::Link { link, dst, .. }, Place::Link(at) | Place::Owner(at))
                    if at == *link =>
                {
                    to(dst)
                }
                // A next hop of the place that no external is behind: what it is handed has arrived (D28).
                (Into::Link { link, dst, .. }, Place::Host(at, host)) if at == *link => {
                    let named = network.externals(at).any(|(hosts, _)| hosts.contains(host));
                    let here = dst.contains(host) && !named;
                    if here { packets.clone() } else { Boxes::new() }
                }
                (Into::Handed { link, hosts }, Place::Host(at, host)) => {
                    let here = at == *link && hosts.contains(host);
                    if here { packets.clone() } else { Boxes::new() }
                }
                (Into::Device(device), Place::Device(at)) if at == *device => packets.clone(),
                (Into::Elsewhere(home), place) => left(*home, place, packets),
                _ => Boxes::new(),
            });
        }
        Ok(crossed(reach.family, all))
    }

    /// An interface has a list with entries of its own.
    fn filtered(&self, part: &Filtered) -> Done {
        let document = self.networks[0].document;
        let one = at(&document.interfaces, part.interface, "interface")?;
        let binding = one.binding(part.family, &Direction::In);
        let list = binding.map(|binding| &document.lists[binding.list]);
        let mut entries = list.iter().flat_map(|list| &list.entries);
        let own = entries.any(|entry| !entry.lines.is_empty());
        match own && list.is_some_and(|list| !list.lines.is_empty()) {
            true => Ok(()),
            false => Err(format!("`{}` has no list with entries", one.name)),
        }
    }

    /// Nobody opens a host of the link but the hosts stated, and those open nothing further.
    fn no_relay(&self, part: &NoRelay) -> Done {
        let known = part.hosts.or(&part.spared);
        if !part.beside.is_subset(&known) {
            return Err("a neighbour opens a host that is not stated".to_owned());
        }
        if let Some(opened) = &part.opened {
            let reach = self.reach(opened.reach)?;
            at(&self.networks[0].document.links, part.link, "link")?;
            let ends = [Place::Link(part.link), Place::Owner(part.link)];
            let ends = ends.iter().filter_map(|place| reach.ends.get(place));
            let delivered = crossed(part.family, ends.flatten().cloned().collect());
            let mut arrived = set::and(&delivered, &openings());
            if let Some(sources) = &opened.sources {
                arrived = set::and(&arrived, &with(SRC, sources.clone()));
            }
            excused(&arrived, &with(DST, known), &opened.replies)?;
            if reach.family != part.family {
                return Err("two families".to_owned());
            }
        }
        if part.hosts.is_empty() {
            return Ok(());
        }
        each(&part.onward, |onward| {
            let reach = self.reach(onward.reach)?;
            match *reach.origin == Origin::Link(part.link) && reach.family == part.family {
                true => self.nothing_but(onward, Some(&part.hosts)),
                false => Err("its hosts send from another link".to_owned()),
            }
        })
    }

    /// None of the packets is dropped by what does not log.
    fn logged(&self, part: &Logged) -> Done {
        let ends = &self.reach(part.reach)?.ends;
        // What becomes of a packet that may be rewritten, nobody tells.
        let is =
            |place: &Place| matches!(place, Place::Dropped { silently: true } | Place::Changed(_));
        let silent = ends.iter().filter(|(place, _)| is(place));
        let silent: Boxes = silent.flat_map(|(_, packets)| packets).cloned().collect();
        let dropped = set::and(&part.packets, &silent);
        match dropped.iter().find(|one| !one.is_empty()) {
            _ if part.packets.iter().all(Box::is_empty) => Err("it asks for no packet".to_owned()),
            None => Ok(()),
            Some(packet) => Err(format!("this may be dropped without a log: {packet:?}")),
        }
    }
}

/// What has left a link: also what is for another router, whatever that one does with it.
fn left(home: usize, place: Place, packets: &[Box]) -> Boxes {
    use Place::{Host, Link, Owner, Router};
    match place {
        Link(at) | Owner(at) | Router(at) | Host(at, _) if at != home => packets.to_vec(),
        _ => Boxes::new(),
    }
}

/// Whether any packet could be meant.
fn asks(part: &NothingBut) -> bool {
    let requests = part.requests.as_deref().unwrap_or_default();
    let requests = part.requests.is_none() || !requests.iter().all(Box::is_empty);
    let into = match &part.into {
        Into::Link { dst, own, .. } => !dst.is_empty() || !own.is_empty(),
        Into::Handed { hosts, .. } => !hosts.is_empty(),
        Into::Neighbour { src, dst } => !src.is_empty() && !dst.is_empty(),
        Into::Device(_) | Into::Elsewhere(_) => true,
    };
    let sources = part.sources.as_ref().is_some_and(Set::is_empty);
    requests && into && !sources
}

/// What arrived is listed, or a reply: a TCP segment that opens a connection is none, whatever the certificate lists as one.
fn excused(arrived: &[Box], listed: &[Box], replies: &[Box]) -> Done {
    let replies = set::minus(replies, &[tcp_openings()]);
    match set::outside(arrived, &[listed, &replies].concat()) {
        None => Ok(()),
        Some(packet) => Err(format!("this arrives and is not listed: {packet:?}")),
    }
}

/// What crossed a router without what every receiver throws away then.
fn crossed(family: Family, packets: Boxes) -> Boxes {
    match family {
        Family::V4 => packets,
        Family::V6 => set::minus(&packets, &[discovery()]),
    }
}

/// All of some parts, of which there must be one.
fn each<'a, T>(parts: &'a [T], check: impl Fn(&'a T) -> Done) -> Done {
    match parts.is_empty() {
        true => Err("it asks for nothing".to_owned()),
        false => parts.iter().try_for_each(check),
    }
}
