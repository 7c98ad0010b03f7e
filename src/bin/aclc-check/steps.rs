//! What the network does with packets, as one relation: which packets get from a place to which place next (D17 to D33).
//!
//! Whatever may happen is a step, so a packet may take several: to each of several routers, into a list that may drop it and
//! past it. No step changes a packet, but where a line may rewrite it. What is asked of the steps stands in [`crate::reach`].

use crate::document::{Direction, Known, May};
use crate::network::{Network, Via};
use crate::packets::{self as set, Box, Boxes, DPORT, DST, Family, POSITION, PROTOCOL, Set, with};

/// Where packets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place<'d> {
    /// Made by anybody on a link.
    Anybody(usize),
    /// Put on a link for an interface there.
    For(usize),
    /// Presented to an interface.
    In(usize),
    /// Past its list for what comes in.
    Entered(usize),
    /// To be routed in a VRF of a device, which made them itself, or did not.
    Routed(usize, &'d str, bool),
    /// To be sent out of an interface.
    Out(usize, Via, bool),
    /// Past its list for what goes out.
    Left(usize, Via),
    /// Perhaps rewritten by a device, which may do with them what it likes.
    Changed(usize),
    /// Put on a link for the destination itself.
    Link(usize),
    /// Put on a link for the destination itself, which is a router of the document.
    Owner(usize),
    /// Put on a link for a router of the document that is to send them on.
    Router(usize),
    /// Handed to a next hop on a link that is no router of the document.
    Host(usize, u128),
    /// Taken by a device as its own.
    Device(usize),
    /// Dropped, or perhaps dropped: and nothing tells of it.
    Dropped { silently: bool },
}

/// Packets, and the places they may get to next.
struct Steps<'n, 'd> {
    network: &'n Network<'d>,
    next: Vec<(Place<'d>, Boxes)>,
}

impl<'d> Network<'d> {
    /// Where packets at a place may get to next.
    pub(crate) fn steps(&self, place: Place<'d>, packets: &[Box]) -> Vec<(Place<'d>, Boxes)> {
        let mut steps = Steps {
            network: self,
            next: Vec::new(),
        };
        match place {
            Place::Anybody(link) => steps.injected(link, packets),
            Place::For(number) => steps.present(None, number, packets.to_vec()),
            Place::In(number) => steps.presented(number, packets),
            Place::Entered(number) => steps.entered(number, packets),
            Place::Routed(device, vrf, own) => steps.routed((device, vrf), own, packets),
            Place::Out(out, via, own) => steps.sent(out, via, own, packets),
            Place::Left(out, via) => steps.left(out, via, packets),
            Place::Changed(device) => steps.changed(device),
            Place::Host(link, host) => steps.handed(link, host, packets),
            Place::Link(_)
            | Place::Owner(_)
            | Place::Router(_)
            | Place::Device(_)
            | Place::Dropped { .. } => {}
        }
        steps.next.retain(|(_, packets)| !packets.is_empty());
        steps.next
    }
}

impl<'d> Steps<'_, 'd> {
    fn go(&mut self, place: Place<'d>, packets: Boxes) {
        self.next.push((place, packets));
    }

    fn lose(&mut self, packets: Boxes) {
        self.go(Place::Dropped { silently: true }, packets);
    }

    fn stop(&mut self, packets: Boxes) {
        self.go(Place::Dropped { silently: false }, packets);
    }

    /// Whoever sits on a link may send to every router there, or broadcast what a relay makes into one of these packets.
    fn injected(&mut self, link: usize, packets: &[Box]) {
        let network = self.network;
        for number in network.on_link(link) {
            self.go(Place::For(number), packets.to_vec());
        }
        let here = network
            .interfaces()
            .filter(|(_, one)| one.link == Some(link));
        for (number, one) in here.filter(|_| network.family == Family::V4) {
            let everyone = network.broadcasts(network.nets(one));
            let udp = Box::any()
                .with(PROTOCOL, Set::each([17]))
                .with(DST, everyone);
            let udp = udp.with(POSITION, Set::upto(1));
            for relay in &one.relays {
                let heard = udp.clone().with(DPORT, relay.ports.clone());
                let heard = self.pass(number, &Direction::In, &[heard]);
                let to = Set::each([set::bits(relay.to)]);
                let sent = heard.into_iter().map(|one| one.with(DST, to.clone()));
                let sent = set::and(packets, &sent.collect::<Boxes>());
                self.go(Place::Routed(one.device, &one.vrf, false), sent);
            }
        }
    }

    /// The part of some packets that may pass an interface: all of them where there is no list.
    fn pass(&self, number: usize, way: &Direction, packets: &[Box]) -> Boxes {
        match self.network.list(number, way) {
            None => packets.to_vec(),
            Some(list) => set::and(packets, &list.may),
        }
    }

    /// What of some packets a list, or a line that may drop anything, drops at an interface.
    fn drop_at(&mut self, number: usize, way: &Direction, packets: &[Box]) {
        if self.network.narrowed(number, way) {
            self.lose(packets.to_vec());
        }
        if let Some(list) = self.network.list(number, way) {
            self.lose(set::and(packets, &list.silent));
            self.stop(set::and(packets, &list.logged));
        }
    }

    /// Frames on a link may cross switches whose lists there see bridged frames; not those who send and who take them.
    fn cross(&mut self, link: usize, ends: [Option<usize>; 2], packets: &[Box]) {
        let network = self.network;
        let here = network
            .interfaces()
            .filter(|(_, one)| one.link == Some(link));
        for (number, one) in here.filter(|(number, _)| !ends.contains(&Some(*number))) {
            let device = &network.document.devices[one.device];
            for (way, fact) in [
                (Direction::In, &device.bridged_in),
                (Direction::Out, &device.bridged_out),
            ] {
                if network.known(fact) != Known::No {
                    self.drop_at(number, &way, packets);
                }
            }
        }
    }

    /// To the device itself, or past the list.
    fn presented(&mut self, number: usize, packets: &[Box]) {
        let (network, one) = (self.network, self.network.interface(number));
        let own = with(DST, network.own(one.device, &one.vrf));
        let passed = self.pass(number, &Direction::In, packets);
        // Whether the list sees what is for the device itself.
        let seen = network.known(&network.document.devices[one.device].to_switch);
        let taken = set::and(if seen == Known::Yes { &passed } else { packets }, &own);
        let always = with(DST, network.always_own(one.device, &one.vrf));
        let asked = match seen {
            Known::No => set::minus(packets, &always),
            _ => packets.to_vec(),
        };
        self.drop_at(number, &Direction::In, &asked);
        for effect in network.effects(one.device, &[May::Drop]) {
            let guarded = effect.own.as_deref().unwrap_or_default();
            self.lose(set::and(&taken, guarded));
        }
        self.go(Place::Device(one.device), taken);
        self.go(Place::Entered(number), passed);
    }

    /// What is not for the device itself is routed, if it forwards at all.
    fn entered(&mut self, number: usize, packets: &[Box]) {
        let (network, one) = (self.network, self.network.interface(number));
        let (device, vrf) = (one.device, one.vrf.as_str());
        let may = |may| network.effects(device, may).next().is_some();
        let onward = set::minus(packets, &with(DST, network.always_own(device, vrf)));
        if may(&[May::Rewrite]) {
            self.lose(onward);
            return self.go(Place::Changed(device), packets.to_vec());
        }
        let unrouted = network.unrouted(device, vrf);
        self.stop(set::and(&onward, &unrouted));
        let mut routed = set::minus(&onward, &unrouted);
        let forwards = network.forwards(device);
        if forwards != Known::Yes {
            self.lose(routed.clone());
        }
        if forwards == Known::No {
            return;
        }
        // What sends packets elsewhere may send on broadcasts too, and to an address of another VRF.
        if may(&[May::Redirect]) {
            routed = set::minus(&onward, &network.stuck());
            for vrf in network.vrfs(device) {
                let own = with(DST, network.own(device, vrf));
                self.go(Place::Device(device), set::and(packets, &own));
            }
        }
        self.go(Place::Routed(device, vrf, false), routed);
    }

    /// Longest prefix first; every target of a route is a state that may hold.
    fn routed(&mut self, (device, vrf): (usize, &'d str), own: bool, packets: &[Box]) {
        let network = self.network;
        let mut learn = network.effects(device, &[May::Learn]);
        let redirects = network.effects(device, &[May::Redirect]).next().is_some();
        if redirects || learn.any(|one| one.vrf.as_deref().is_none_or(|of| of == vrf)) {
            self.lose(packets.to_vec());
            self.scattered(device, Some(vrf).filter(|_| !redirects), packets);
        }
        let ends = with(DST, network.linkless(device, vrf));
        self.lose(set::and(packets, &ends));
        let mut left = packets.to_vec();
        let rows = network.rows.iter();
        for row in rows.filter(|row| (row.device, row.vrf) == (device, vrf)) {
            let here = with(DST, Set::of([row.ends]));
            let part = set::and(&left, &here);
            if part.is_empty() {
                continue;
            }
            left = set::minus(&left, &here);
            for target in &row.targets {
                match target {
                    None => self.lose(part.clone()),
                    Some((out, via)) => self.go(Place::Out(*out, *via, own), part.clone()),
                }
            }
        }
        self.lose(left);
    }

    /// Out of every interface of a device (in a VRF) to anyone there.
    fn scattered(&mut self, device: usize, vrf: Option<&str>, packets: &[Box]) {
        let mine = self
            .network
            .interfaces()
            .filter(|(_, one)| one.device == device);
        for (out, _) in mine.filter(|(_, one)| vrf.is_none_or(|vrf| one.vrf == vrf)) {
            self.go(Place::Out(out, Via::Anyone, false), packets.to_vec());
        }
    }

    /// Any packet may come out of any interface, past every list, or be for the device itself.
    fn changed(&mut self, device: usize) {
        let all = vec![self.network.family.all()];
        let mine = self
            .network
            .interfaces()
            .filter(|(_, one)| one.device == device);
        for (out, _) in mine {
            self.go(Place::Left(out, Via::Anyone), all.clone());
        }
        self.go(Place::Device(device), all);
    }

    /// Past the list for what goes out, which may not see what its device made itself.
    fn sent(&mut self, out: usize, via: Via, own: bool, packets: &[Box]) {
        let device = &self.network.document.devices[self.network.interface(out).device];
        let sees = match own {
            true => self.network.known(&device.from_switch),
            false => Known::Yes,
        };
        if sees != Known::No {
            self.drop_at(out, &Direction::Out, packets);
        }
        let passed = match sees {
            Known::Yes => self.pass(out, &Direction::Out, packets),
            _ => packets.to_vec(),
        };
        self.go(Place::Left(out, via), passed);
    }

    /// Onto the link: to the destination or the next hop.
    fn left(&mut self, out: usize, via: Via, packets: &[Box]) {
        let network = self.network;
        let Some(link) = network.interface(out).link else {
            return;
        };
        if let Via::Address(addr) = via {
            let mut owners: Vec<usize> = network.on_link(link).collect();
            owners.retain(|&one| network.addressed(one).contains(addr));
            for &owner in &owners {
                self.present(Some(out), owner, packets.to_vec());
            }
            return match owners.is_empty() {
                true => self.hand(link, out, addr, packets),
                false => self.go(Place::Router(link), packets.to_vec()),
            };
        }
        // To a router that has the address, or that may answer for an address elsewhere (proxy ARP).
        let mut rest = packets.to_vec();
        for other in network.on_link(link).filter(|&other| other != out) {
            let here = with(DST, network.addressed(other));
            let near = Set::of(network.nets(network.interface(other)).map(set::ends));
            let far = set::minus(packets, &with(DST, near));
            let taken = match via {
                Via::Anyone => packets.to_vec(),
                _ => [set::and(packets, &here), far].concat(),
            };
            self.present(Some(out), other, taken);
            self.go(Place::Owner(link), set::and(packets, &here));
            rest = set::minus(&rest, &here);
        }
        self.cross(link, [Some(out), None], &rest);
        self.go(Place::Link(link), rest);
        // Hosts before externals may answer for what is not on the link as well.
        let near = Set::of(network.nets(network.interface(out)).map(set::ends));
        let far = match via {
            Via::Anyone => packets.to_vec(),
            _ => set::minus(packets, &with(DST, near)),
        };
        for (hosts, _) in network.externals(link) {
            if let Some((first, _)) = hosts.ranges().first() {
                self.hand(link, out, *first, &far);
            }
        }
    }

    fn present(&mut self, out: Option<usize>, to: usize, packets: Boxes) {
        if let Some(link) = self.network.interface(to).link {
            self.cross(link, [out, Some(to)], &packets);
            self.go(Place::In(to), packets);
        }
    }

    fn hand(&mut self, link: usize, out: usize, host: u128, packets: &[Box]) {
        self.cross(link, [Some(out), None], packets);
        self.go(Place::Host(link, host), packets.to_vec());
    }

    /// An external may hand packets back (D29), and so may a next hop that nobody named: what it does is open (D28).
    fn handed(&mut self, link: usize, host: u128, packets: &[Box]) {
        let all = self.network.externals(link);
        let mine = all.filter(|(hosts, _)| hosts.contains(host));
        let back: Vec<bool> = mine.map(|(_, hairpin)| hairpin).collect();
        if back.is_empty() || back.contains(&true) {
            self.go(Place::Anybody(link), packets.to_vec());
        }
    }
}
