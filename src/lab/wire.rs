//! The wire and every host on it: raw frames in and out of the ends of the pairs.
//!
//! In: frames for a port. Out: where packets of ours were seen. Questions for addresses (ARP, neighbour discovery) are
//! answered for every address: with the router that has it, else with a host that is made up on the spot. Frames for
//! another router on the link are carried to it. Must not know: lists, what should happen.

use super::frame::{Mac, Seen, answer, seen};
use super::plan::mac_of;
use crate::reach::End;
use crate::topo::Topo;
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, recvfrom, sendto,
    setsockopt, socket, sockopt,
};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::time::Duration;

/// A packet of ours that came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) number: u32,
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    pub(super) end: End,
}

/// What stands behind an interface of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    Port(usize),
    /// What reached a device itself.
    Mirror(usize),
}

pub(super) struct Wire<'a> {
    topo: &'a Topo,
    /// What it was a moment ago, while the network is changed.
    before: &'a Topo,
    socket: OwnedFd,
    /// Our end of each port.
    ends: BTreeMap<usize, LinkAddr>,
    behind: BTreeMap<usize, Behind>,
    /// Hosts that were made up: link and address, by the number in their MAC.
    hosts: Vec<(usize, IpAddr)>,
    known: BTreeMap<(usize, IpAddr), u32>,
    /// Which packets routers have put on which links, since we last began to listen.
    crossed: BTreeSet<(u32, usize)>,
}

/// How often a frame is tried, and what lies between.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(1);
/// Packet type of frames that we sent ourselves.
const OUTGOING: u8 = 4;
/// Bytes of frames that may wait for us.
const ROOM: usize = 8 << 20;
/// The MAC of whoever sends our packets.
pub(super) const SENDER: Mac = [2, 0xff, 0, 0, 0, 1];

impl<'a> Wire<'a> {
    /// Opens the ends that the plan's script has made.
    pub(super) fn open(topo: &'a Topo) -> nix::Result<Wire<'a>> {
        let socket = socket(
            AddressFamily::Packet,
            SockType::Raw,
            SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC,
            SockProtocol::EthAll,
        )?;
        // As much room as we may have; with less, packets are asked about again.
        let _ = setsockopt(&socket, sockopt::RcvBufForce, &ROOM);
        let (mut ends, mut behind) = (BTreeMap::new(), BTreeMap::new());
        for interface in getifaddrs()? {
            let Some(link) = interface.address.as_ref().and_then(|a| a.as_link_addr()) else {
                continue;
            };
            let name = interface.interface_name.as_str();
            let number = |prefix: char| name.strip_prefix(prefix)?.split('x').next()?.parse().ok();
            if let Some(port) = number('w') {
                ends.insert(port, *link);
                behind.insert(link.ifindex(), Behind::Port(port));
            } else if let Some(device) = number('m') {
                behind.insert(link.ifindex(), Behind::Mirror(device));
            }
        }
        Ok(Wire {
            topo,
            before: topo,
            socket,
            ends,
            behind,
            hosts: Vec::new(),
            known: BTreeMap::new(),
            crossed: BTreeSet::new(),
        })
    }

    /// The network is about to be another, on the same wires.
    pub(super) fn moves(&mut self, to: &'a Topo) {
        self.before = std::mem::replace(&mut self.topo, to);
    }

    /// Puts a frame before a router port.
    pub(super) fn send(&self, port: usize, frame: &[u8]) -> nix::Result<()> {
        let Some(end) = self.ends.get(&port) else {
            return Err(Errno::ENODEV);
        };
        let send = || sendto(self.socket.as_raw_fd(), frame, end, MsgFlags::empty()).map(drop);
        // A queue may be full for a moment. The one of a wire that was unplugged stays so: what is sent into it is lost.
        for _ in 0..TRIES {
            match send() {
                Err(Errno::ENOBUFS) => std::thread::sleep(PAUSE),
                sent => return sent,
            }
        }
        Ok(())
    }

    /// Carries what moves until nothing has moved for some milliseconds; what came to an end.
    pub(super) fn settle(&mut self, quiet: u16) -> nix::Result<Vec<Sighting>> {
        self.crossed.clear();
        let mut found = Vec::new();
        let mut buffer = [0u8; 2048];
        loop {
            match recvfrom::<LinkAddr>(self.socket.as_raw_fd(), &mut buffer) {
                Ok((length, Some(from))) if from.pkttype() != OUTGOING => {
                    let Some(&behind) = self.behind.get(&from.ifindex()) else {
                        continue;
                    };
                    self.frame(behind, &buffer[..length], &mut found)?;
                }
                Ok(_) | Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    let mut waits = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
                    match poll(&mut waits, PollTimeout::from(quiet)) {
                        Ok(0) => return Ok(found),
                        Ok(_) | Err(Errno::EINTR) => {}
                        Err(error) => return Err(error),
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The links that routers have put a packet on, since we last began to listen.
    pub(super) fn crossed(&self, number: u32) -> impl Iterator<Item = usize> + '_ {
        let mine = self.crossed.range((number, 0)..=(number, usize::MAX));
        mine.map(|(_, link)| *link)
    }

    fn frame(
        &mut self,
        behind: Behind,
        bytes: &[u8],
        found: &mut Vec<Sighting>,
    ) -> nix::Result<()> {
        let port = match behind {
            Behind::Port(port) => port,
            Behind::Mirror(device) => {
                if let Seen::Ours(_, src, dst, number) = seen(bytes) {
                    let end = End::Local(device);
                    found.push(Sighting {
                        number,
                        src,
                        dst,
                        end,
                    });
                }
                return Ok(());
            }
        };
        let link = self.topo.ports[port].link;
        match seen(bytes) {
            Seen::Other => Ok(()),
            Seen::Asked(asker, from, addr) => {
                let mac = self.owner(link, port, addr);
                self.send(port, &answer(asker, from, addr, mac))
            }
            Seen::Ours(to, src, dst, number) => {
                self.crossed.insert((number, link));
                let next = self.topo.links[link]
                    .ports
                    .iter()
                    .find(|&&p| mac_of(p) == to);
                if let Some(&next) = next {
                    return self.send(next, bytes);
                }
                let host = self.host_of(to);
                if let Some((link, addr)) = host {
                    let end = match addr == dst {
                        true => End::Delivered(link),
                        false => End::Handed(link, addr),
                    };
                    found.push(Sighting {
                        number,
                        src,
                        dst,
                        end,
                    });
                }
                Ok(())
            }
        }
    }

    /// Who answers for an address on a link: a router, else a host that is made up.
    fn owner(&mut self, link: usize, asking: usize, addr: IpAddr) -> Mac {
        let owners = self.topo.owners(link, addr);
        let mut owners = owners.chain(self.before.owners(link, addr));
        let router = owners.find(|&port| port != asking);
        if let Some(port) = router {
            return mac_of(port);
        }
        let next = u32::try_from(self.hosts.len()).unwrap_or(u32::MAX);
        let number = *self.known.entry((link, addr)).or_insert(next);
        if number == next {
            self.hosts.push((link, addr));
        }
        let [a, b, c, d] = number.to_be_bytes();
        [6, 0, a, b, c, d]
    }

    fn host_of(&self, mac: Mac) -> Option<(usize, IpAddr)> {
        let [6, 0, a, b, c, d] = mac else {
            return None;
        };
        let number = u32::from_be_bytes([a, b, c, d]);
        self.hosts.get(usize::try_from(number).ok()?).copied()
    }
}
