//! What each claim asks, and whether it follows.

use crate::Reject;
use crate::boxes::{self, Box, Boxes, DST, Family, SRC};
use crate::document::{
    Argument, Carried, Case, Filtered, Goal, Into, Logged, NoRelay, NothingBut, Origin, Start,
};
use crate::network::{Arrived, Network, Walk};
use crate::set::Set;

/// Everything that a case argues follows: which claims have an argument.
pub(crate) fn check(case: &Case, network: &Network, ids: &[&str]) -> Result<Vec<bool>, Reject> {
    if case.arguments.len() != ids.len() {
        return Err("the arguments are not those of the claims".to_owned());
    }
    let logged = |number: usize| {
        let asks = |argument: &Argument| matches!(argument, Argument::Logged(parts) if parts.iter().any(|p| p.reach == number));
        case.arguments.iter().flatten().any(asks)
    };
    let sets = case.reach.iter().enumerate();
    let reach = sets.map(|(number, one)| network.arrived(one, logged(number)));
    let reach = reach.collect::<Result<Vec<Arrived>, Reject>>()?;
    let check = Check {
        network,
        reach: &reach,
    };
    for (id, argument) in ids.iter().zip(&case.arguments) {
        if let Some(argument) = argument {
            check
                .argument(argument)
                .map_err(|why| format!("claim {id}: {why}"))?;
        }
    }
    Ok(case.arguments.iter().map(Option::is_some).collect())
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
    [tcp_openings(family), vec![others]].concat()
}

/// Neighbour discovery that crossed a router is thrown away by every receiver (RFC 4861).
fn without_discovery(family: Family, all: Boxes) -> Boxes {
    let field = |low, high| Set::of(vec![(low, high)]);
    let discovery = Box::any(family)
        .with(2, field(58, 58))
        .with(6, field(133, 137))
        .with(8, field(0, 1));
    match family {
        Family::V4 => all,
        Family::V6 => boxes::minus(&all, &[discovery]),
    }
}

struct Check<'c, 'd> {
    network: &'c Network<'d>,
    reach: &'c [Arrived],
}

impl Check<'_, '_> {
    fn argument(&self, argument: &Argument) -> Result<(), Reject> {
        match argument {
            Argument::NothingBut(parts) => each(parts, |part| self.nothing_but(part, None)),
            Argument::Carried(parts) => each(parts, |part| self.carried(part)),
            Argument::Filtered(parts) => each(parts, |part| self.filtered(part)),
            Argument::NoRelay(parts) => each(parts, |part| self.no_relay(part)),
            Argument::Logged(parts) => each(parts, |part| self.logged(part)),
        }
    }

    fn reach(&self, number: usize) -> Result<&Arrived, Reject> {
        self.reach
            .get(number)
            .ok_or_else(|| format!("no set {number}"))
    }

    /// All that arrives is listed, or a reply that opens nothing. `senders` are the only ones that count, if given.
    fn nothing_but(&self, part: &NothingBut, senders: Option<&Set>) -> Result<(), Reject> {
        let reach = self.reach(part.reach)?;
        let family = reach.family;
        let mut arrived = self.into(reach, &part.into)?;
        let stated = part
            .sources
            .as_ref()
            .map(|set| set.of(family))
            .transpose()?;
        for sources in stated.iter().chain(senders) {
            arrived = boxes::and(&arrived, &boxes::only(family, SRC, sources));
        }
        if let Some(requests) = &part.requests {
            arrived = boxes::and(&arrived, &requests.of(family)?);
        }
        if !part.strict {
            arrived = boxes::and(&arrived, &openings(family));
        }
        // A TCP segment that opens a connection is no reply, whatever the certificate lists as one.
        let replies = boxes::minus(&part.replies.of(family)?, &tcp_openings(family));
        let excused = [part.listed.of(family)?, replies].concat();
        match boxes::outside(&arrived, &excused) {
            None => Ok(()),
            Some(packet) => Err(format!("this arrives and is not listed: {packet:?}")),
        }
    }

    /// What arrives at a place.
    fn into(&self, reach: &Arrived, into: &Into) -> Result<Boxes, Reject> {
        let family = reach.family;
        let mut all = Boxes::new();
        match into {
            Into::Neighbour { src, dst } => {
                let both = Box::any(family)
                    .with(SRC, src.of(family)?)
                    .with(DST, dst.of(family)?);
                return Ok(vec![both]
                    .into_iter()
                    .filter(|one| !one.is_empty())
                    .collect());
            }
            Into::Link { link, dst, own } => {
                let to = |set| boxes::only(family, DST, &set);
                let (link, places) = (self.network.has_link(*link)?, dst.of(family)?);
                // A next hop of the place that no external is behind: what it is handed has arrived (D28).
                for ((at, host), packets) in &reach.handed {
                    let there = *at == link && places.contains(*host);
                    if there && self.network.hands_back(family, link, *host)?.is_none() {
                        all.extend(packets.iter().cloned());
                    }
                }
                all.extend(boxes::and(&reach.delivered[link], &to(places)));
                let own = to(own.of(family)?);
                all.extend(reach.local.iter().flat_map(|local| boxes::and(local, &own)));
            }
            Into::Handed { link, hosts } => {
                let (link, hosts) = (self.network.has_link(*link)?, hosts.of(family)?);
                let mine = reach
                    .handed
                    .iter()
                    .filter(|((at, host), _)| *at == link && hosts.contains(*host));
                all.extend(mine.flat_map(|(_, packets)| packets.iter().cloned()));
            }
            Into::Device(device) => all.extend(
                reach.local[self.network.has_device(*device)?]
                    .iter()
                    .cloned(),
            ),
            Into::Elsewhere(home) => {
                let home = self.network.has_link(*home)?;
                let puts = [&reach.delivered, &reach.crossing].into_iter();
                let links = puts
                    .flat_map(|links| links.iter().enumerate())
                    .filter(|(link, _)| *link != home);
                all.extend(links.flat_map(|(_, packets)| packets.iter().cloned()));
                let handed = reach.handed.iter().filter(|((link, _), _)| *link != home);
                all.extend(handed.flat_map(|(_, packets)| packets.iter().cloned()));
            }
        }
        Ok(without_discovery(family, all))
    }

    /// Packets get to where they must.
    fn carried(&self, part: &Carried) -> Result<(), Reject> {
        let packets = part.packets.of(part.family)?;
        if packets.is_empty() || packets.iter().any(Box::is_empty) {
            return Err("it asks for no packet".to_owned());
        }
        let walk = Walk {
            network: self.network,
            family: part.family,
            goal: &part.goal,
        };
        match (&part.start, &part.goal) {
            (Start::Interfaces(_), Goal::Left(_)) | (Start::Device { .. }, Goal::Entered) => {
                Err("its goal is not one of its start".to_owned())
            }
            (Start::Interfaces(first), _) => {
                each(first, |&one| walk.leaves_interface(one, &packets))
            }
            (Start::Device { device, vrf }, _) => walk.leaves_device(*device, vrf, &packets),
        }
    }

    /// An interface has a list with entries of its own.
    fn filtered(&self, part: &Filtered) -> Result<(), Reject> {
        let list = self.network.filter_of(part.interface, part.family)?;
        let own = |list: &crate::document::List| {
            list.line.is_some() && list.entries.iter().any(|entry| entry.line.is_some())
        };
        match list.is_some_and(own) {
            true => Ok(()),
            false => Err(format!(
                "interface {} has no list with entries",
                part.interface
            )),
        }
    }

    /// Nobody opens a host of the link but the hosts stated, and those open nothing further.
    fn no_relay(&self, part: &NoRelay) -> Result<(), Reject> {
        let family = part.family;
        let (hosts, spared) = (part.hosts.of(family)?, part.spared.of(family)?);
        let known = hosts.or(&spared);
        if !part.beside.of(family)?.is_subset(&known) {
            return Err("a neighbour opens a host that is not stated".to_owned());
        }
        if let Some(opened) = &part.opened {
            let reach = self.reach(opened.reach)?;
            let link = self.network.has_link(part.link)?;
            let mut arrived = without_discovery(
                family,
                boxes::and(&reach.delivered[link], &openings(family)),
            );
            if let Some(sources) = &opened.sources {
                arrived = boxes::and(&arrived, &boxes::only(family, SRC, &sources.of(family)?));
            }
            let replies = boxes::minus(&opened.replies.of(family)?, &tcp_openings(family));
            let excused = [boxes::only(family, DST, &known), replies].concat();
            if let Some(packet) = boxes::outside(&arrived, &excused) {
                return Err(format!("this opens a host that is not stated: {packet:?}"));
            }
            if reach.family != family {
                return Err("two families".to_owned());
            }
        }
        if hosts.is_empty() {
            return Ok(());
        }
        each(&part.onward, |onward| {
            let here =
                matches!(self.reach(onward.reach)?.origin, Origin::Link(link) if link == part.link);
            match here && self.reach(onward.reach)?.family == family {
                true => self.nothing_but(onward, Some(&hosts)),
                false => Err("its hosts send from another link".to_owned()),
            }
        })
    }

    /// None of the packets is dropped by what does not log.
    fn logged(&self, part: &Logged) -> Result<(), Reject> {
        let reach = self.reach(part.reach)?;
        let packets = part.packets.of(reach.family)?;
        match boxes::and(&packets, &reach.silent).first() {
            _ if packets.is_empty() => Err("it asks for no packet".to_owned()),
            None => Ok(()),
            Some(packet) => Err(format!("this may be dropped without a log: {packet:?}")),
        }
    }
}

/// All of some parts, of which there must be one.
fn each<T>(parts: &[T], check: impl Fn(&T) -> Result<(), Reject>) -> Result<(), Reject> {
    match parts.is_empty() {
        true => Err("it asks for nothing".to_owned()),
        false => parts.iter().try_for_each(check),
    }
}
