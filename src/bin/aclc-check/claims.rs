//! What each claim asks, and whether it follows.

use crate::boxes::{self, Box, Boxes, DST, Family, SRC};
use crate::document::{Argument, Case, Filtered, Into, Logged, NoRelay, NothingBut, Origin};
use crate::flow::{Arrived, Place};
use crate::network::Network;
use crate::set::Set;
use crate::{Done, Reject, at};

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
    fn argument(&self, argument: &Argument) -> Done {
        match argument {
            Argument::NothingBut(parts) => each(parts, |part| self.nothing_but(part, None)),
            Argument::Carried(parts) => each(parts, |part| self.network.carried(part)),
            Argument::Filtered(parts) => each(parts, |part| self.filtered(part)),
            Argument::NoRelay(parts) => each(parts, |part| self.no_relay(part)),
            Argument::Logged(parts) => each(parts, |part| self.logged(part)),
        }
    }

    fn reach(&self, number: usize) -> Result<&Arrived, Reject> {
        at(self.reach, number, "set")
    }

    /// All that arrives is listed, or a reply that opens nothing. `senders` are the only ones that count, if given.
    fn nothing_but(&self, part: &NothingBut, senders: Option<&Set>) -> Done {
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
        let to = |set: &Set| boxes::only(family, DST, set);
        if let Into::Neighbour { src, dst } = into {
            let both = Box::any(family).with(SRC, src.of(family)?);
            all.extend(Some(both.with(DST, dst.of(family)?)).filter(|both| !both.is_empty()));
            return Ok(all);
        }
        match into {
            Into::Device(device) => self.network.has_device(*device)?,
            Into::Link { link, .. } | Into::Handed { link, .. } | Into::Elsewhere(link) => {
                self.network.has_link(*link)?
            }
            Into::Neighbour { .. } => 0,
        };
        for (&place, packets) in &reach.ends {
            match (into, place) {
                (Into::Link { link, dst, .. }, Place::Link(at)) if at == *link => {
                    all.extend(boxes::and(packets, &to(&dst.of(family)?)));
                }
                // A next hop of the place that no external is behind: what it is handed has arrived (D28).
                (Into::Link { link, dst, .. }, Place::Host(at, host)) if at == *link => {
                    let named = self.network.hands_back(family, at, host)?.is_some();
                    if dst.of(family)?.contains(host) && !named {
                        all.extend_from_slice(packets);
                    }
                }
                (Into::Link { own, .. }, Place::Device(_)) => {
                    all.extend(boxes::and(packets, &to(&own.of(family)?)));
                }
                (Into::Handed { link, hosts }, Place::Host(at, host))
                    if at == *link && hosts.of(family)?.contains(host) =>
                {
                    all.extend_from_slice(packets);
                }
                (Into::Device(device), Place::Device(at)) if at == *device => {
                    all.extend_from_slice(packets);
                }
                // What is put on a link for another router has left as well, whatever that one does with it.
                (
                    Into::Elsewhere(home),
                    Place::Link(at) | Place::Router(at) | Place::Host(at, _),
                ) if at != *home => all.extend_from_slice(packets),
                _ => {}
            }
        }
        Ok(without_discovery(family, all))
    }

    /// An interface has a list with entries of its own.
    fn filtered(&self, part: &Filtered) -> Done {
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
    fn no_relay(&self, part: &NoRelay) -> Done {
        let family = part.family;
        let (hosts, spared) = (part.hosts.of(family)?, part.spared.of(family)?);
        let known = hosts.or(&spared);
        if !part.beside.of(family)?.is_subset(&known) {
            return Err("a neighbour opens a host that is not stated".to_owned());
        }
        if let Some(opened) = &part.opened {
            let reach = self.reach(opened.reach)?;
            let link = Place::Link(self.network.has_link(part.link)?);
            let delivered = reach.ends.get(&link).map_or(&[][..], Vec::as_slice);
            let opening = boxes::and(delivered, &openings(family));
            let mut arrived = without_discovery(family, opening);
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
    fn logged(&self, part: &Logged) -> Done {
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
fn each<T>(parts: &[T], check: impl Fn(&T) -> Done) -> Done {
    match parts.is_empty() {
        true => Err("it asks for nothing".to_owned()),
        false => parts.iter().try_for_each(check),
    }
}
