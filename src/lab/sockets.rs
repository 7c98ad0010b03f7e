//! Sessions by the kernel's own sockets, from machine to machine: handshakes, data both ways, datagrams, echoes.
//!
//! In: a network that is built, and its machines. Out: how many sessions were tried and opened, and each that got further, or
//! less far, than solver and interpreter say. A session that is odd is tried again alone before it is believed.
//! Must not know: formats of output.

use super::hosts::{Host, hosts, namespace, script, unscript};
use super::opinion::Opinions;
use super::outcome::{Disagreement, MOST_WRONG, Outcome};
use super::plan::Plan;
use super::run::{Amount, shown};
use super::sessions::{Expected, Kind, Leg, Try, expected, tries};
use super::shell::{Failure, forget, rules_hit, sh};
use crate::net::Family;
use crate::reach::End;
use fastrand::Rng;
use nix::errno::Errno;
use nix::sched::{CloneFlags, setns};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockProtocol, SockType, SockaddrStorage, bind, connect,
    listen, setsockopt, socket, sockopt,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

/// Sessions under way at a time.
const BATCH: usize = 60;
/// How long the sockets of a batch are watched, and of a session that is tried again alone.
const PATIENCE: [Duration; 3] = [
    Duration::from_millis(150),
    Duration::from_millis(500),
    Duration::from_millis(2500),
];
const THERE: &[u8] = b"there";
const BACK: &[u8] = b"back";

/// Puts the machines on their links; they stay until the network is cleared.
///
/// # Errors
/// What a command said.
pub fn place(plan: &Plan<'_>) -> Result<Vec<Host>, Failure> {
    let hosts = hosts(plan);
    sh(&script(plan, &hosts))?;
    forget()?;
    Ok(hosts)
}

/// Has the machines of a network try sessions, and takes the machines away again.
///
/// # Errors
/// Sockets and commands.
pub fn sessions(plan: &Plan<'_>, amount: Amount, outcome: &mut Outcome) -> Result<(), Failure> {
    let hosts = place(plan)?;
    let mut rng = Rng::with_seed(amount.seed);
    for family in Family::BOTH {
        let space = plan.world.space(family, amount.limits);
        let opinions = Opinions::new(&plan.world.topo, family, &space);
        let tried = tries(plan, &hosts, family, amount.sessions, &mut rng);
        let mut work = Work {
            plan,
            hosts: &hosts,
            opinions: &opinions,
            seed: amount.seed,
        };
        for batch in tried.chunks(BATCH) {
            work.batch(batch, outcome)?;
        }
        outcome.exhausted |= space.exhausted();
    }
    sh(&unscript(plan, &hosts)).map(drop)
}

struct Work<'a> {
    plan: &'a Plan<'a>,
    hosts: &'a [Host],
    opinions: &'a Opinions<'a>,
    seed: u64,
}

/// How far a session is expected to get: the step that must not be passed, and what is expected of the packets up to it.
struct Forecast {
    /// Steps that are certainly reached, and steps that may be.
    steps: (usize, usize),
    legs: Vec<Vec<(Leg, Expected)>>,
}

impl Work<'_> {
    fn batch(&mut self, batch: &[Try], outcome: &mut Outcome) -> Result<(), Failure> {
        let found = attempt(batch, PATIENCE[0])?;
        for (one, reached) in batch.iter().zip(found) {
            // A port that something else holds: no session.
            let Some(mut reached) = reached else { continue };
            outcome.sessions += 1;
            let forecast = self.forecast(one);
            let fits = |reached: usize| (forecast.steps.0..=forecast.steps.1).contains(&reached);
            for patience in &PATIENCE[1..] {
                if fits(reached) {
                    break;
                }
                outcome.asked_again += 1;
                let again = attempt(&[*one], *patience)?;
                reached = again.first().copied().flatten().unwrap_or(reached);
            }
            outcome.opened += usize::from(reached == forecast.legs.len());
            if fits(reached) {
                continue;
            }
            outcome.wrong_in_all += 1;
            if outcome.wrong.len() < MOST_WRONG {
                outcome
                    .wrong
                    .push(self.disagreement(one, reached, &forecast)?);
            }
        }
        Ok(())
    }

    fn forecast(&self, one: &Try) -> Forecast {
        let expect = |leg: Leg| {
            let told = expected(self.plan, self.opinions, self.hosts, one, &leg);
            (leg, told)
        };
        let steps = one.steps().into_iter();
        let legs: Vec<Vec<(Leg, Expected)>> = steps
            .map(|step| step.into_iter().map(expect).collect())
            .collect();
        let until = |stops: fn(Option<bool>) -> bool| {
            let first = legs
                .iter()
                .position(|step| step.iter().any(|(_, told)| stops(told.arrives)));
            first.unwrap_or(legs.len())
        };
        Forecast {
            steps: (
                until(|arrives| arrives != Some(true)),
                until(|arrives| arrives == Some(false)),
            ),
            legs,
        }
    }

    /// The packet of the step that is odd: one that should not have arrived, or the first that should have.
    fn disagreement(
        &self,
        one: &Try,
        reached: usize,
        forecast: &Forecast,
    ) -> Result<Disagreement, Failure> {
        let further = reached > forecast.steps.1;
        let step = if further { forecast.steps.1 } else { reached };
        let legs = &forecast.legs[step.min(forecast.legs.len() - 1)];
        let odd = legs.iter().find(|(_, told)| told.arrives == Some(false));
        let ((flow, back), told) = odd.unwrap_or(&legs[0]);
        let sender = &self.hosts[if *back { one.to.0 } else { one.from.0 }];
        let target = &self.hosts[if *back { one.from.0 } else { one.to.0 }];
        let words = |ends: &BTreeSet<End>| {
            let ends = ends.iter().filter(|end| **end != End::Dropped);
            ends.map(|end| shown(self.plan, end)).collect()
        };
        let topo = &self.plan.world.topo;
        let at = told.port.map_or_else(String::new, |port| {
            format!(" {} {}", topo.device_name(port), topo.interface(port).name)
        });
        let port = told.port.unwrap_or_default();
        Ok(Disagreement {
            seed: self.seed,
            flow: *flow,
            at: format!("{}{at}", sender.name),
            kernel: match further {
                true => vec![topo.link_name(target.link)],
                false => Vec::new(),
            },
            solver: words(&told.ends[0]),
            interpreter: words(&told.ends[1]),
            trace: self.opinions.interpreter(port, flow).1,
            rules: rules_hit(&mut || attempt(&[*one], PATIENCE[0]).map(drop))?,
        })
    }
}

/// The sockets of one session, and how far it has got.
struct Running {
    client: Client,
    reached: usize,
    steps: usize,
}

enum Client {
    Tcp(TcpStream),
    /// The address it sends to.
    Datagrams(UdpSocket, SocketAddr),
    /// The port is held by something else.
    Taken,
}

/// What answers: by machine, address and port.
#[derive(Default)]
struct Servers {
    tcp: BTreeMap<(usize, SocketAddr), TcpListener>,
    udp: BTreeMap<(usize, SocketAddr), UdpSocket>,
    accepted: Vec<TcpStream>,
}

/// Tries some sessions at once; how many steps each got, or `None` if its ports are taken.
fn attempt(batch: &[Try], patience: Duration) -> Result<Vec<Option<usize>>, Failure> {
    let mut servers = Servers::default();
    let machines: BTreeSet<usize> = batch.iter().flat_map(|t| [t.from.0, t.to.0]).collect();
    for machine in &machines {
        let mine = batch.iter().filter(|one| one.to.0 == *machine);
        inside(*machine, || {
            mine.into_iter().try_for_each(|one| servers.open(one))
        })?;
    }
    let mut running: Vec<Option<Running>> = batch.iter().map(|_| None).collect();
    for machine in &machines {
        inside(*machine, || {
            for (one, slot) in batch.iter().zip(&mut running) {
                if one.from.0 == *machine {
                    *slot = Some(start(one)?);
                }
            }
            Ok(())
        })?;
    }
    let mut running: Vec<Running> = running.into_iter().flatten().collect();
    let end = Instant::now() + patience;
    while Instant::now() < end && running.iter().any(|one| one.reached < one.steps) {
        servers.answer(batch, &mut running);
        running.iter_mut().for_each(Running::look);
        std::thread::sleep(Duration::from_millis(2));
    }
    let reached = running.into_iter().map(|one| match one.client {
        Client::Taken => None,
        _ => Some(one.reached),
    });
    Ok(reached.collect())
}

/// Runs something in the network namespace of a machine: sockets stay where they were made.
fn inside(
    machine: usize,
    work: impl FnOnce() -> Result<(), Failure> + Send,
) -> Result<(), Failure> {
    let path = format!("/run/netns/{}", namespace(machine));
    let space = File::open(path)?;
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            // Only this thread goes there, and ends there.
            setns(space, CloneFlags::CLONE_NEWNET)?;
            work()
        });
        match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// A socket that does not wait, bound to an address; `None` if that is taken.
fn bound(addr: SocketAddr, kind: Kind) -> Result<Option<OwnedFd>, Failure> {
    let (family, echo) = match addr {
        SocketAddr::V4(_) => (AddressFamily::Inet, SockProtocol::Icmp),
        SocketAddr::V6(_) => (AddressFamily::Inet6, SockProtocol::IcmpV6),
    };
    let (socket_type, protocol) = match kind {
        Kind::Tcp => (SockType::Stream, None),
        Kind::Udp => (SockType::Datagram, None),
        Kind::Echo => (SockType::Datagram, Some(echo)),
    };
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let fd = socket(family, socket_type, flags, protocol)?;
    if kind == Kind::Tcp {
        setsockopt(&fd, sockopt::ReuseAddr, &true)?;
    }
    match bind(fd.as_raw_fd(), &SockaddrStorage::from(addr)) {
        Ok(()) => Ok(Some(fd)),
        Err(Errno::EADDRINUSE) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn start(one: &Try) -> Result<Running, Failure> {
    let to = SocketAddr::new(one.to.1, one.to.2);
    let client = match bound(SocketAddr::new(one.from.1, one.from.2), one.kind)? {
        None => Client::Taken,
        Some(fd) if one.kind == Kind::Tcp => {
            match connect(fd.as_raw_fd(), &SockaddrStorage::from(to)) {
                Ok(()) | Err(Errno::EINPROGRESS) => Client::Tcp(TcpStream::from(fd)),
                Err(Errno::EADDRNOTAVAIL | Errno::EADDRINUSE) => Client::Taken,
                // No route: a session that opens nothing.
                Err(Errno::ENETUNREACH | Errno::EHOSTUNREACH) => Client::Tcp(TcpStream::from(fd)),
                Err(error) => return Err(error.into()),
            }
        }
        Some(fd) => {
            let socket = UdpSocket::from(fd);
            let bytes = match (one.kind, one.to.1) {
                (Kind::Echo, IpAddr::V4(_)) => [&[8, 0, 0, 0, 0, 0, 0, 1], THERE].concat(),
                (Kind::Echo, IpAddr::V6(_)) => [&[128, 0, 0, 0, 0, 0, 0, 1], THERE].concat(),
                _ => THERE.to_vec(),
            };
            let _ = socket.send_to(&bytes, to); // what cannot be sent does not arrive
            Client::Datagrams(socket, to)
        }
    };
    Ok(Running {
        client,
        reached: 0,
        steps: one.steps().len(),
    })
}

impl Running {
    /// What the client sees of its session.
    fn look(&mut self) {
        let mut buffer = [0u8; 64];
        match &mut self.client {
            Client::Tcp(stream) => {
                if self.reached == 0 && stream.peer_addr().is_ok() {
                    self.reached = 1;
                    let _ = stream.write_all(THERE); // as above
                }
                let read = stream.read(&mut buffer).unwrap_or(0);
                if buffer.get(..read) == Some(BACK) {
                    self.reached = self.steps;
                }
            }
            Client::Datagrams(socket, to) => {
                if let Ok((_, from)) = socket.recv_from(&mut buffer)
                    && from.ip() == to.ip()
                {
                    self.reached = self.steps;
                }
            }
            Client::Taken => self.reached = self.steps,
        }
    }
}

impl Servers {
    fn open(&mut self, one: &Try) -> Result<(), Failure> {
        let addr = SocketAddr::new(one.to.1, one.to.2);
        let key = (one.to.0, addr);
        match one.kind {
            Kind::Tcp if !self.tcp.contains_key(&key) => {
                if let Some(fd) = bound(addr, Kind::Tcp)? {
                    listen(&fd, Backlog::new(64)?)?;
                    self.tcp.insert(key, TcpListener::from(fd));
                }
            }
            Kind::Udp if !self.udp.contains_key(&key) => {
                if let Some(fd) = bound(addr, Kind::Udp)? {
                    self.udp.insert(key, UdpSocket::from(fd));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes what came, notes which sessions got there, and answers.
    fn answer(&mut self, batch: &[Try], running: &mut [Running]) {
        let mut note = |kind: Kind, from: SocketAddr, to: SocketAddr| {
            let is = |one: &Try| {
                one.kind == kind
                    && SocketAddr::new(one.from.1, one.from.2) == from
                    && SocketAddr::new(one.to.1, one.to.2) == to
            };
            for (_, run) in batch
                .iter()
                .zip(running.iter_mut())
                .filter(|(one, _)| is(one))
            {
                run.reached = run.reached.max(run.steps - 1);
            }
        };
        for listener in self.tcp.values() {
            while let Ok((stream, _)) = listener.accept() {
                let _ = stream.set_nonblocking(true); // one that waits would only be slow
                self.accepted.push(stream);
            }
        }
        let mut buffer = [0u8; 64];
        for stream in &mut self.accepted {
            let read = stream.read(&mut buffer).unwrap_or(0);
            if buffer.get(..read) == Some(THERE)
                && let (Ok(from), Ok(to)) = (stream.peer_addr(), stream.local_addr())
            {
                note(Kind::Tcp, from, to);
                let _ = stream.write_all(BACK); // what cannot be sent does not arrive
            }
        }
        for ((_, to), socket) in &self.udp {
            while let Ok((_, from)) = socket.recv_from(&mut buffer) {
                note(Kind::Udp, from, *to);
                let _ = socket.send_to(BACK, from); // as above
            }
        }
    }
}
