//! What entries match: tables, and a model that is independent of the code under test.

use super::*;

/// One entry against packets: `p` certain, `?` perhaps, `-` no.
#[test]
fn entries_match_certainly_perhaps_or_not() {
    let flags = TcpFlags::from_bits;
    let (syn, ack, rst) = (TcpFlags::SYN, TcpFlags::ACK, TcpFlags::RST);
    let web = |f: TcpFlags| tcp("10.0.0.1", 1, "10.0.0.2", 80, f);
    let at = |protocol, position| {
        Flow::new(
            v4("10.0.0.1"),
            v4("10.0.0.2"),
            protocol,
            L4::None,
            position,
            false,
        )
        .unwrap()
    };
    let (later_tcp, whole_ah) = (at(TCP, PositionSet::LATER), at(51, PositionSet::WHOLE));
    for (model, entry, flow, expect) in [
        ("AX3660S", "tcp any any eq http", web(syn), 'p'),
        ("AX3660S", "tcp any any eq http", later_tcp, '-'),
        ("AX3660S", "tcp any any range 0 65535", web(syn), 'p'),
        ("AX3660S", "tcp any any range 0 65535", later_tcp, '-'),
        ("AX3660S", "tcp any any", web(syn), 'p'),
        ("AX3660S", "tcp any any", later_tcp, '?'),
        ("AX3660S", "6 any any", later_tcp, '?'),
        ("AX3660S", "ip any any", later_tcp, 'p'),
        ("AX3660S", "tcp any any ack", web(ack), 'p'),
        ("AX3660S", "tcp any any ack", web(syn), '-'),
        ("AX3660S", "tcp any any ack", later_tcp, '-'),
        ("AX3640S", "tcp any any ack", web(ack), 'p'),
        ("AX3640S", "tcp any any ack", web(syn), '-'),
        ("AX3660S", "tcp any any syn ack", web(syn.with(ack)), 'p'),
        ("AX3660S", "tcp any any syn ack", web(syn), '?'),
        ("AX3660S", "tcp any any syn ack", web(rst), '-'),
        ("AX3660S", "tcp any any established", web(ack), 'p'),
        ("AX3660S", "tcp any any established", web(rst), '?'),
        ("AX3660S", "tcp any any established", web(flags(0)), '-'),
        ("AX3660S", "ah any any", whole_ah, '?'),
        ("AX3660S", "51 any any", whole_ah, '?'),
        ("AX3660S", "ip any any dscp 46", web(syn), '?'),
        ("AX3660S", "ip any any vlan 10", later_tcp, '?'),
        ("AX3660S", "tcp any any eq www", web(syn), '?'),
        ("AX3660S", "tcp any host 10.9.9.9 eq www", web(syn), '-'),
        ("AX3660S", "ip any any fragments", web(syn), '?'),
        ("AX3660S", "udp any any", web(syn), '-'),
    ] {
        let text = format!("ip access-list extended A\n  10 permit {entry}\n");
        let device = read(text.as_bytes(), model);
        let shown = match fate(list(&device, "A"), &flow).0 {
            Fate::Permit => 'p',
            Fate::Unknown => '?',
            Fate::Deny => '-',
        };
        assert_eq!(shown, expect, "{model} {entry} {flow}");
    }
}

#[test]
fn extension_headers_and_fragments_of_ipv6() {
    let at = |l4, position, ext| {
        let (a, b) = (Ipv6Addr::LOCALHOST, Ipv6Addr::UNSPECIFIED);
        Flow::new(a.into(), b.into(), UDP, l4, position, ext).unwrap()
    };
    let ports = L4::Ports {
        sport: 1,
        dport: 53,
    };
    let plain = at(ports, PositionSet::WHOLE, false);
    let ext = at(ports, PositionSet::WHOLE, true);
    let first = at(ports, PositionSet::FIRST, false);
    let later = at(L4::None, PositionSet::LATER, false);
    let later_ext = at(L4::None, PositionSet::LATER, true);
    let all = [plain, ext, first, later, later_ext];
    for (model, entry, expect) in [
        ("AX3660S", "udp any any eq 53", "p-p--"),
        ("AX2600S", "udp any any eq 53", "p?p--"),
        ("AX3660S", "udp any any", "p?p??"),
        ("AX3660S", "ipv6 any any", "ppppp"),
        ("AX3660S", "60 any any", "?????"),
    ] {
        let text = format!("ipv6 access-list A\n  10 permit {entry}\n");
        let device = read(text.as_bytes(), model);
        let shown: String = all
            .iter()
            .map(|flow| match fate(list(&device, "A"), flow).0 {
                Fate::Permit => 'p',
                Fate::Unknown => '?',
                Fate::Deny => '-',
            })
            .collect();
        assert_eq!(shown, expect, "{model} {entry}");
    }
}

type Predicate = Box<dyn Fn(&Flow) -> Hit>;

/// An address as text and as a test on bits, made without the code under test.
fn side(rng: &mut fastrand::Rng, family: Family) -> (String, Box<dyn Fn(IpAddr) -> bool>) {
    let addr = random_addr(rng, family);
    match (rng.u8(0..7), addr) {
        (0..=3, _) => ("any".to_owned(), Box::new(|_| true)),
        (4, _) => (format!("host {addr}"), Box::new(move |a| a == addr)),
        (_, IpAddr::V4(addr)) => {
            let free = *rng
                .choice([255, 0xFFFF, 0x0000_0100, 0x0001_0003].iter())
                .unwrap();
            let test = move |a: IpAddr| match a {
                IpAddr::V4(a) => (a.to_bits() ^ addr.to_bits()) & !free == 0,
                IpAddr::V6(_) => false,
            };
            (
                format!("{addr} {}", Ipv4Addr::from_bits(free)),
                Box::new(test),
            )
        }
        (_, IpAddr::V6(addr)) => {
            let length = rng.u32(1..128);
            let test = move |a: IpAddr| match a {
                IpAddr::V6(a) => (a.to_bits() ^ addr.to_bits()) >> (128 - length) == 0,
                IpAddr::V4(_) => false,
            };
            (format!("{addr}/{length}"), Box::new(test))
        }
    }
}

/// A port condition as text and as a test.
fn ports(rng: &mut fastrand::Rng) -> (String, Option<(u16, u16)>) {
    match rng.u8(0..4) {
        0 => (" eq http".to_owned(), Some((80, 80))),
        1 => (" eq finger".to_owned(), Some((79, 79))),
        2 => (" range 78 81".to_owned(), Some((78, 81))),
        _ => (String::new(), None),
    }
}

/// The flag words of an entry: a set of bits that must be 1, or `established`.
fn flag_words(rng: &mut fastrand::Rng) -> (&'static str, fn(TcpFlags) -> Hit) {
    fn any_of(flags: TcpFlags, words: u8) -> Hit {
        match flags.bits() & words {
            0 => Hit::No,
            all if all == words => Hit::Yes,
            _ => Hit::Perhaps,
        }
    }
    match rng.u8(0..5) {
        0 => (" ack", |f| any_of(f, 16)),
        1 => (" syn ack", |f| any_of(f, 18)),
        2 => (" fin psh urg", |f| any_of(f, 41)),
        3 => (" established", |f| match (f.bits() & 16, f.bits() & 4) {
            (16, _) => Hit::Yes,
            (_, 4) => Hit::Perhaps,
            _ => Hit::No,
        }),
        _ => ("", |_| Hit::Yes),
    }
}

fn random_entry(rng: &mut fastrand::Rng, family: Family) -> (String, bool, Predicate) {
    let six = family == Family::V6;
    let (src, src_test) = side(rng, family);
    let (dst, dst_test) = side(rng, family);
    let permit = rng.u8(0..3) > 0;
    let choices: &[(&str, Option<u8>)] = if six {
        &[
            ("ipv6", None),
            ("tcp", Some(6)),
            ("udp", Some(17)),
            ("icmp", Some(58)),
            ("gre", Some(47)),
            ("1", Some(1)),
        ]
    } else {
        &[
            ("ip", None),
            ("tcp", Some(6)),
            ("udp", Some(17)),
            ("icmp", Some(1)),
            ("51", Some(51)),
            ("132", Some(132)),
        ]
    };
    let (word, protocol) = *rng.choice(choices.iter()).unwrap();
    let (mut sport, mut dport) = ((String::new(), None), (String::new(), None));
    let mut flags: (&str, fn(TcpFlags) -> Hit) = ("", |_| Hit::Yes);
    let mut icmp = (String::new(), None::<(u8, Option<u8>)>);
    match protocol {
        Some(6) => (sport, dport, flags) = (ports(rng), ports(rng), flag_words(rng)),
        Some(17) if rng.bool() => dport = (" eq 80".to_owned(), Some((80, 80))),
        Some(1) if !six => icmp = (" 1 0".to_owned(), Some((1, Some(0)))),
        Some(58) => icmp = (" 2".to_owned(), Some((2, None))),
        _ => {}
    }
    let narrow = rng.u8(0..6) == 0;
    let condition = if narrow { " user-priority 3" } else { "" };
    let action = if permit { "permit" } else { "deny" };
    let text = format!(
        "{action} {word} {src}{} {dst}{}{}{}{condition}",
        sport.0, dport.0, flags.0, icmp.0
    );
    let l4 = sport.1.is_some() || dport.1.is_some() || !flags.0.is_empty() || icmp.1.is_some();
    let within = |range: Option<(u16, u16)>, port: u16| match range {
        Some((a, b)) => (a..=b).contains(&port),
        None => true,
    };
    let (sport, dport, icmp, flag_test) = (sport.1, dport.1, icmp.1, flags.1);
    let predicate = move |flow: &Flow| {
        if !src_test(flow.src()) || !dst_test(flow.dst()) {
            return Hit::No;
        }
        if protocol.is_some_and(|p| p != flow.protocol()) {
            return Hit::No;
        }
        let later = flow.position() == PositionSet::LATER;
        let mut hit = match protocol {
            None => Hit::Yes,
            Some(_) if l4 && (later || flow.ext()) => Hit::No,
            Some(_) if l4 => match flow.l4() {
                L4::Tcp {
                    sport: s,
                    dport: d,
                    flags,
                } if within(sport, s) && within(dport, d) => flag_test(flags),
                L4::Ports { sport: s, dport: d } if within(sport, s) && within(dport, d) => {
                    Hit::Yes
                }
                L4::Icmp { kind, code }
                    if icmp.is_some_and(|(k, c)| k == kind && (c.is_none() || c == Some(code))) =>
                {
                    Hit::Yes
                }
                _ => Hit::No,
            },
            Some(51) if !six => Hit::Perhaps,
            Some(_) if later || flow.ext() => Hit::Perhaps,
            Some(_) => Hit::Yes,
        };
        if narrow && hit == Hit::Yes {
            hit = Hit::Perhaps;
        }
        hit
    };
    (text, permit, Box::new(predicate))
}

#[test]
fn an_independent_model_agrees_on_twenty_thousand_packets() {
    let seed = 20_260_324;
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut fates = [0u32; 3];
    for round in 0..400 {
        let family = Family::BOTH[round % 2];
        let header = ["ip access-list extended A", "ipv6 access-list A"][round % 2];
        let entries: Vec<_> = (0..rng.usize(1..10))
            .map(|_| random_entry(&mut rng, family))
            .collect();
        let mut lines: Vec<String> = entries
            .iter()
            .enumerate()
            .map(|(i, (text, ..))| format!("  {} {text}\r\n", (i + 1) * 10))
            .collect();
        rng.shuffle(&mut lines); // numbers decide, not the order of the text
        let text = format!("{header}\r\n{}!\r\n", lines.concat());
        let device = read(text.as_bytes(), "AX3660S");
        for _ in 0..50 {
            let flow = random_flow(&mut rng, family);
            let expect = first_match(
                entries
                    .iter()
                    .map(|(_, permit, test)| (*permit, test(&flow))),
            );
            let got = decide(&device.acls[0], &flow).fate;
            assert_eq!(got, expect, "seed {seed}: {flow}\n{text}");
            fates[got as usize] += 1;
        }
    }
    assert!(fates.iter().all(|&n| n > 1000), "{fates:?}");
}
