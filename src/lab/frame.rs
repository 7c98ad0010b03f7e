//! A flow as an Ethernet frame, and back.
//!
//! In: a [`Flow`], a number that is carried in its payload. Out: bytes; the number and addresses of a frame that was seen.
//! Later fragments carry bytes that look like an upper-layer header, as an attacker would send them.
//! Must not know: networks.

use crate::net::proto::{SCTP, TCP, UDP};
use crate::net::{Flow, L4, PositionSet, TcpFlags};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What marks our payload, in front of the number.
const MAGIC: [u8; 8] = *b"aclc lab";
const IPV4: [u8; 2] = [8, 0];
const IPV6: [u8; 2] = [0x86, 0xdd];
const ARP: [u8; 2] = [8, 6];

/// An address on the wire.
pub type Mac = [u8; 6];

/// The frame of a flow. `salt` chooses what the header of D6 does not say.
#[must_use]
pub fn frame(flow: &Flow, number: u32, salt: u64, to: Mac, from: Mac) -> Vec<u8> {
    let body = body(flow, number, salt);
    let mut out = Vec::with_capacity(120);
    out.extend(to);
    out.extend(from);
    match (flow.src(), flow.dst()) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => {
            out.extend(IPV4);
            ipv4(&mut out, flow, [src, dst], &body, number, salt);
        }
        (IpAddr::V6(src), IpAddr::V6(dst)) => {
            out.extend(IPV6);
            ipv6(&mut out, flow, [src, dst], &body, number, salt);
        }
        // INVARIANT of `Flow`: both addresses are of one family.
        _ => {}
    }
    out
}

fn ipv4(out: &mut Vec<u8>, flow: &Flow, ends: [Ipv4Addr; 2], body: &[u8], number: u32, salt: u64) {
    let length = u16::try_from(20 + body.len()).unwrap_or(u16::MAX);
    let more = 0x2000 * u16::from(salt.is_multiple_of(2));
    let fragment: u16 = match flow.position() {
        PositionSet::FIRST => 0x2000,
        PositionSet::LATER => offset(salt) | more,
        _ => 0,
    };
    let [.., high, low] = number.to_be_bytes();
    let mut header = [0u8; 20];
    header[0] = 0x45;
    header[2..4].copy_from_slice(&length.to_be_bytes());
    header[4..6].copy_from_slice(&[high, low]);
    header[6..8].copy_from_slice(&fragment.to_be_bytes());
    header[8] = 64;
    header[9] = flow.protocol();
    header[12..16].copy_from_slice(&ends[0].octets());
    header[16..20].copy_from_slice(&ends[1].octets());
    let sum = checksum(&header);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    out.extend(header);
    out.extend(body);
}

/// A fragment offset that is not zero, in units of eight bytes.
fn offset(salt: u64) -> u16 {
    [1, 3, 185, 0x1000, 0x1ff0][(salt % 5) as usize]
}

fn ipv6(out: &mut Vec<u8>, flow: &Flow, ends: [Ipv6Addr; 2], body: &[u8], number: u32, salt: u64) {
    const FRAGMENT: u8 = 44;
    const OPTIONS: [u8; 2] = [0, 60];
    let mut headers: Vec<(u8, [u8; 8])> = Vec::new();
    if flow.ext() {
        // Hop-by-hop or destination options: one that pads.
        headers.push((OPTIONS[(salt % 2) as usize], [0, 0, 1, 4, 0, 0, 0, 0]));
    }
    let more = u16::from(salt.is_multiple_of(2));
    let at = match flow.position() {
        PositionSet::FIRST => Some(1),
        PositionSet::LATER => Some(offset(salt) << 3 | more),
        _ => None,
    };
    if let Some(at) = at {
        let [a, b] = at.to_be_bytes();
        let [c, d, e, f] = number.to_be_bytes();
        headers.push((FRAGMENT, [0, 0, a, b, c, d, e, f]));
    }
    let length = u16::try_from(headers.len() * 8 + body.len()).unwrap_or(u16::MAX);
    let mut next = headers
        .iter()
        .map(|(number, _)| *number)
        .chain([flow.protocol()]);
    let mut header = [0u8; 40];
    header[0] = 0x60;
    header[4..6].copy_from_slice(&length.to_be_bytes());
    header[6] = next.next().unwrap_or(flow.protocol());
    header[7] = 64;
    header[8..24].copy_from_slice(&ends[0].octets());
    header[24..40].copy_from_slice(&ends[1].octets());
    out.extend(header);
    for (_, mut bytes) in headers.clone() {
        bytes[0] = next.next().unwrap_or(flow.protocol());
        out.extend(bytes);
    }
    out.extend(body);
}

/// Upper-layer header, mark, number; whole eights, so that it can be a fragment.
fn body(flow: &Flow, number: u32, salt: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(48);
    let ends = |out: &mut Vec<u8>, sport: u16, dport: u16| {
        out.extend(sport.to_be_bytes());
        out.extend(dport.to_be_bytes());
    };
    match flow.l4() {
        L4::Tcp {
            sport,
            dport,
            flags,
        } => {
            ends(&mut out, sport, dport);
            tcp_rest(&mut out, flags, number);
        }
        L4::Ports { sport, dport } if flow.protocol() == UDP => {
            ends(&mut out, sport, dport);
            out.extend([0, 24, 0, 0]);
        }
        L4::Ports { sport, dport } => {
            ends(&mut out, sport, dport);
            out.extend([0; 8]);
        }
        L4::Icmp { kind, code } => out.extend([kind, code, 0, 0, 0, 0, 0, 0]),
        L4::None => looks_like_a_header(&mut out, flow.protocol(), number, salt),
    }
    out.extend(MAGIC);
    out.extend(number.to_be_bytes());
    out.resize(out.len().next_multiple_of(8), 0);
    out
}

fn tcp_rest(out: &mut Vec<u8>, flags: TcpFlags, number: u32) {
    out.extend(number.to_be_bytes());
    out.extend([0, 0, 0, 1, 0x50, flags.bits(), 4, 0, 0, 0, 0, 0]);
}

/// Payload of a fragment that is not the first: ports and flags that lists like to permit.
fn looks_like_a_header(out: &mut Vec<u8>, protocol: u8, number: u32, salt: u64) {
    const PORTS: [u16; 6] = [443, 53, 22, 80, 40000, 1024];
    let port = |by: u64| PORTS[(by % 6) as usize].to_be_bytes();
    match protocol {
        TCP | UDP | SCTP => {
            out.extend(port(salt));
            out.extend(port(salt / 6));
            tcp_rest(out, TcpFlags::from_bits((salt / 36 % 64) as u8), number);
        }
        _ => {
            let kind = [8, 0, 3, 128, 129, 135][(salt % 6) as usize];
            out.extend([kind, 0, 0, 0, 0, 0, 0, 0]);
        }
    }
}

fn checksum(header: &[u8]) -> u16 {
    let words = header.chunks(2).map(|pair| match pair {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    });
    let mut sum: u32 = words.sum();
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// What a frame is to the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A packet of ours: destination on the wire, addresses, number.
    Ours(Mac, IpAddr, IpAddr, u32),
    /// Who has this address? Asked by this router, with the address it asks from.
    Asked(Mac, IpAddr, IpAddr),
    /// Anything else.
    Other,
}

/// Looks at a frame.
#[must_use]
pub fn seen(bytes: &[u8]) -> Seen {
    let Some((head, packet)) = bytes.split_at_checked(14) else {
        return Seen::Other;
    };
    let mac = |at: usize| -> Mac { std::array::from_fn(|i| head[at + i]) };
    let four = |at: usize| {
        packet
            .get(at..at + 4)
            .and_then(|b| <[u8; 4]>::try_from(b).ok())
    };
    let six = |at: usize| {
        packet
            .get(at..at + 16)
            .and_then(|b| <[u8; 16]>::try_from(b).ok())
    };
    match [head[12], head[13]] {
        ARP if packet.get(7) == Some(&1) => match (four(14), four(24)) {
            (Some(from), Some(to)) => Seen::Asked(mac(6), from.into(), to.into()),
            _ => Seen::Other,
        },
        IPV4 => match (four(12), four(16), numbered(packet.get(20..))) {
            (Some(src), Some(dst), Some(number)) => {
                Seen::Ours(mac(0), src.into(), dst.into(), number)
            }
            _ => Seen::Other,
        },
        // Neighbour solicitation: ICMPv6 type 135 right behind the header.
        IPV6 if packet.get(6) == Some(&58) && packet.get(40) == Some(&135) => {
            match (six(8), six(48), numbered(packet.get(40..))) {
                (Some(from), Some(to), None) => Seen::Asked(mac(6), from.into(), to.into()),
                _ => Seen::Other,
            }
        }
        IPV6 => match (six(8), six(24), numbered(packet.get(40..))) {
            (Some(src), Some(dst), Some(number)) => {
                Seen::Ours(mac(0), src.into(), dst.into(), number)
            }
            _ => Seen::Other,
        },
        _ => Seen::Other,
    }
}

/// The number behind the mark.
fn numbered(payload: Option<&[u8]>) -> Option<u32> {
    let payload = payload?;
    let at = payload
        .windows(MAGIC.len())
        .position(|window| window == MAGIC)?;
    let bytes = payload.get(at + MAGIC.len()..at + MAGIC.len() + 4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// The answer to a question for an address: `mac` has it.
#[must_use]
pub fn answer(asker: Mac, asked_from: IpAddr, addr: IpAddr, mac: Mac) -> Vec<u8> {
    let mut out = Vec::with_capacity(90);
    out.extend(asker);
    out.extend(mac);
    match (asked_from, addr) {
        (IpAddr::V4(from), IpAddr::V4(addr)) => {
            out.extend(ARP);
            out.extend([0, 1, 8, 0, 6, 4, 0, 2]);
            out.extend(mac);
            out.extend(addr.octets());
            out.extend(asker);
            out.extend(from.octets());
        }
        (IpAddr::V6(from), IpAddr::V6(addr)) => {
            out.extend(IPV6);
            let mut advert = vec![136, 0, 0, 0, 0x60, 0, 0, 0];
            advert.extend(addr.octets());
            advert.extend([2, 1]);
            advert.extend(mac);
            let mut pseudo = Vec::new();
            pseudo.extend(addr.octets());
            pseudo.extend(from.octets());
            pseudo.extend([0, 0, 0, 32, 0, 0, 0, 58]);
            pseudo.extend(&advert);
            let sum = checksum(&pseudo);
            advert[2..4].copy_from_slice(&sum.to_be_bytes());
            out.extend([0x60, 0, 0, 0, 0, 32, 58, 255]);
            out.extend(addr.octets());
            out.extend(from.octets());
            out.extend(advert);
        }
        _ => {}
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_tells_its_flow_and_number() {
        for (src, dst) in [("10.0.0.1", "10.0.1.2"), ("fd00::1", "fd00:1::2")] {
            let (src, dst): (IpAddr, IpAddr) = (src.parse().unwrap(), dst.parse().unwrap());
            for position in [PositionSet::WHOLE, PositionSet::FIRST, PositionSet::LATER] {
                for ext in [false, src.is_ipv6()] {
                    let later = position == PositionSet::LATER;
                    let flags = TcpFlags::SYN;
                    let tcp = L4::Tcp {
                        sport: 4,
                        dport: 5,
                        flags,
                    };
                    let l4 = if later { L4::None } else { tcp };
                    let flow = Flow::new(src, dst, TCP, l4, position, ext).unwrap();
                    let bytes = frame(&flow, 77, 3, [1; 6], [2; 6]);
                    assert_eq!(seen(&bytes), Seen::Ours([1; 6], src, dst, 77), "{flow}");
                    assert_eq!((bytes.len() - 14) % 4, 0);
                }
            }
        }
        assert_eq!(seen(&[0; 13]), Seen::Other);
        assert_eq!(
            checksum(&[
                0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0,
                0xc7
            ]),
            0xb861
        );
    }
}
