//! How many classes of packets a proof covers: the number of the report against one that somebody else counts, packet by
//! packet, from another reading of the same texts.

use crate::support::oracle::{ACK, Device, Packet, Position, TCP, UDP, addr, read};
use crate::support::{AT, aclc, scratch};
use aclc::base::{Source, SourceMap};
use aclc::cli::Exit;
use aclc::job::verify::{Verified, run};
use aclc::job::{Capture, Limits, Options};
use aclc::verify::classes::{Classes, classes};
use std::collections::BTreeSet;

/// Two switches, four links, one way between any two of them.
const POLICY: &str = r#"
language 1
site S { ipv6 fd00:1::/48 by-vlan }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11, ::11 }
zone T vlan 30 10.3.0.0/24 ipv4-only gateway .2 gateway .1 for B
zone C vlan 40 10.4.0.0/24 ipv4-only { host c1 .11 }
switch S1 : cisco-ios-xe "C9300-48T" { svi A, B; svi T .1; route C via S2 }
switch S2 : cisco-ios-xe "C9300-48T" { svi T .2; svi C; route A, B via S1 }
allow A -> b1 : tcp 443 ticket x
allow A -> c1 : tcp 443 ticket x
prove A -> C none as P-A
prove B -> C none as P-B
prove T -> C none as P-T
prove C -> A none as P-C
prove A, B -> C none as P-AB
prove A -> C : tcp 443 none as P-WEB
prove S2 -> A none as P-S2
prove A filtered as P-READ
prove allows works as P-WORKS
"#;

const VLANS: [(u16, &str); 4] = [(10, "A"), (20, "B"), (30, "T"), (40, "C")];

/// The texts of both switches; lists are named `V10_in`, `V10_out6` and so on.
fn texts(lists: &str) -> [String; 2] {
    let svi = |vlan: u16, last: u16| {
        let net = vlan / 10;
        let mut text =
            format!("interface Vlan{vlan}\n ip address 10.{net}.0.{last} 255.255.255.0\n");
        if vlan <= 20 {
            text.push_str(&format!(" ipv6 address fd00:1:0:{vlan}::1/64\n"));
        }
        for (direction, suffix) in [("in", "in"), ("out", "out")] {
            let named = |name: &str| lists.contains(&format!(" {name}\n"));
            // Both switches have a port on VLAN 30, and its lists are those of the first.
            let name = format!("V{vlan}{last}_{suffix}");
            if named(&name) {
                text.push_str(&format!(" ip access-group {name} {direction}\n"));
            }
            if named(&format!("{name}6")) {
                text.push_str(&format!(" ipv6 traffic-filter {name}6 {direction}\n"));
            }
        }
        text
    };
    let head = |name| format!("hostname {name}\nip routing\nipv6 unicast-routing\n");
    let one = [
        head("S1"),
        svi(10, 1),
        svi(20, 1),
        svi(30, 1),
        "ip route 10.4.0.0 255.255.255.0 10.3.0.2\n".to_owned(),
    ];
    let two = [
        head("S2"),
        svi(30, 2),
        svi(40, 1),
        "ip route 10.1.0.0 255.255.255.0 10.3.0.1\n".to_owned(),
        "ip route 10.2.0.0 255.255.255.0 10.3.0.1\n".to_owned(),
    ];
    [one.concat() + lists, two.concat() + lists]
}

/// A list of some entries from a few addresses and ports, in IPv4 or IPv6.
fn list(rng: &mut fastrand::Rng, name: &str, v6: bool) -> String {
    let mut pick = |all: &[&str]| all[rng.usize(..all.len())].to_owned();
    let places: &[&str] = match v6 {
        false => &[
            "any",
            "any",
            "10.1.0.0 0.0.0.255",
            "10.2.0.0 0.0.0.255",
            "10.4.0.0 0.0.0.255",
            "host 10.1.0.11",
            "host 10.2.0.11",
            "host 10.4.0.11",
        ],
        true => &[
            "any",
            "any",
            "fd00:1:0:10::/64",
            "fd00:1:0:20::/64",
            "host fd00:1:0:10::11",
            "host fd00:1:0:20::11",
        ],
    };
    let any = if v6 { "ipv6" } else { "ip" };
    let mut text = match v6 {
        false => format!("ip access-list extended {name}\n"),
        true => format!("ipv6 access-list {name}\n"),
    };
    for number in 1..=pick(&["3", "4", "5", "6"]).parse::<u32>().unwrap() {
        let action = pick(&["permit", "permit", "deny"]);
        // Whether an entry about ports matches behind extension headers is open, and the other count knows no open facts.
        let protocol = match v6 {
            true => any.to_owned(),
            false => pick(&[any, "tcp", "tcp", "udp"]),
        };
        let ports: &[&str] = match protocol.as_str() {
            "tcp" | "udp" => &["", "", " eq 443", " eq 53", " range 1024 65535"],
            _ => &[""],
        };
        let (src, sport) = (pick(places), pick(ports));
        let (dst, dport) = (pick(places), pick(ports));
        let flags = match protocol.as_str() {
            "tcp" => pick(&["", "", " established"]),
            _ => String::new(),
        };
        let order = match v6 {
            false => format!("{}0", number),
            true => format!("sequence {}0", number),
        };
        text.push_str(&format!(
            " {order} {action} {protocol} {src}{sport} {dst}{dport}{flags}\n"
        ));
    }
    match v6 {
        false => text,
        true => text + " sequence 900 deny ipv6 any any\n",
    }
}

fn verified(policy: &str, texts: &[String; 2]) -> (Verified, Options) {
    let mut sources = SourceMap::default();
    let policy = sources.add(Source::utf8("p.acl", policy.as_bytes()).unwrap());
    let captures: Vec<Capture> = ["S1", "S2"]
        .iter()
        .zip(texts)
        .map(|(name, text)| Capture {
            name: (*name).to_owned(),
            file: sources.add(Source::capture(&format!("{name}.cfg"), text.as_bytes())),
        })
        .collect();
    let options = Options {
        at: AT.parse().unwrap(),
        limits: Limits::default(),
        dialect: None,
        confirmed_only: false,
    };
    let verified = run(&sources, policy, Some(&captures), &options);
    (
        verified.unwrap_or_else(|findings| panic!("{findings:?}")),
        options,
    )
}

/// The count of every claim, by its id, proved or not.
fn counted(texts: &[String; 2], limits: Limits) -> Vec<(String, Option<Classes>)> {
    let (verified, options) = verified(POLICY, texts);
    let wanted = vec![true; verified.policy.claims.len()];
    let counts = classes(
        &verified.policy,
        options.at,
        &verified.devices,
        limits,
        &wanted,
    );
    let ids = verified.policy.claims.iter().map(|claim| claim.id.clone());
    ids.zip(counts).collect()
}

/// One packet for every way in which the entries above can tell packets apart.
fn packets(v6: bool) -> Vec<Packet> {
    let (sources, targets): (&[&str], &[&str]) = match v6 {
        false => (
            &[
                "10.1.0.11",
                "10.1.0.12",
                "10.2.0.11",
                "10.2.0.12",
                "10.4.0.11",
                "10.4.0.12",
                "172.16.0.1",
            ],
            &[
                "10.1.0.1", "10.2.0.1", "10.3.0.1", "10.3.0.2", "10.4.0.1", "10.3.0.5",
            ],
        ),
        true => (
            &[
                "fd00:1:0:10::11",
                "fd00:1:0:10::12",
                "fd00:1:0:20::11",
                "fd00:1:0:20::12",
                "fd00:2::1",
                "fe80::1",
            ],
            &["fd00:1:0:10::1", "fd00:1:0:20::1"],
        ),
    };
    let mut all = Vec::new();
    for src in sources {
        for dst in sources.iter().chain(targets) {
            let base = Packet {
                v6,
                src: addr(src).1,
                dst: addr(dst).1,
                proto: 47,
                position: Position::Whole,
                sport: 0,
                dport: 0,
                flags: 0,
                icmp: (0, 0),
                ext: false,
            };
            all.push(base);
            for proto in [TCP, UDP] {
                let later = Position::Later;
                all.push(Packet {
                    proto,
                    position: later,
                    ..base
                });
                for ports in 0..16 {
                    let port = |at: usize| [443, 53, 2000, 80][at % 4];
                    for flags in [0, ACK] {
                        all.push(Packet {
                            proto,
                            sport: port(ports),
                            dport: port(ports / 4),
                            flags: if proto == TCP { flags } else { 0 },
                            ..base
                        });
                    }
                }
            }
        }
    }
    all
}

/// A list that a packet meets: switch, VLAN, whether on the way out, line, whether it lets the packet through.
type Met = (usize, u16, bool, Option<u32>, bool);

/// All lists that a packet meets which somebody on a VLAN sends, with the line that decides.
fn met(devices: &[Device; 2], vlan: u16, p: &Packet) -> BTreeSet<Met> {
    let mut all = BTreeSet::new();
    let mut passes = |me: usize, vlan: u16, out: bool| {
        let svi = devices[me].svi(vlan).unwrap();
        let Some(name) = svi.bound.get(&(p.v6, out)) else {
            return true;
        };
        let (permit, line, _) = devices[me].lists[&(p.v6, name.clone())].decide(p);
        all.insert((me, vlan, out, line, permit));
        permit
    };
    let on = |vlan: u16| (0..2).filter(move |me| devices[*me].svi(vlan).is_some());
    let mut todo: Vec<(usize, u16)> = on(vlan).map(|me| (me, vlan)).collect();
    let mut seen = BTreeSet::new();
    while let Some((me, vlan)) = todo.pop() {
        let svi = devices[me].svi(vlan).unwrap();
        let carries = svi.addrs.iter().any(|addr| addr.0 == p.v6);
        if !seen.insert((me, vlan)) || !carries || !passes(me, vlan, false) {
            continue;
        }
        // Nobody routes what has a link-local source (D33).
        let stays = p.v6 && p.src >> 118 == 0x3fa;
        if stays || devices[me].owner(p.v6, p.dst).is_some() {
            continue;
        }
        let Some((out, hop)) = devices[me].route(p.v6, p.dst, 0) else {
            continue;
        };
        if passes(me, out, true) {
            let has = |other: &usize| {
                let svi = devices[*other].svi(out).unwrap();
                svi.addrs.iter().any(|a| (a.0, a.1) == (p.v6, hop))
            };
            todo.extend(on(out).filter(has).map(|other| (other, out)));
        }
    }
    all
}

#[test]
fn the_number_of_classes_is_what_a_count_of_packets_gives() {
    let all = [packets(false), packets(true)];
    let seed = crate::support::asked("ACLC_SEED", 1);
    let mut most = 0;
    for seed in seed..seed + crate::support::asked("ACLC_CLASSES", 8) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut lists = String::new();
        for (vlan, last) in [(10, 1), (20, 1), (30, 1), (30, 2), (40, 1)] {
            for (way, often) in [("in", 0.9), ("out", 0.5)] {
                for v6 in [false, true].into_iter().filter(|v6| !v6 || vlan <= 20) {
                    if rng.f64() < often {
                        let digit = if v6 { "6" } else { "" };
                        let name = format!("V{vlan}{last}_{way}{digit}");
                        lists.push_str(&list(&mut rng, &name, v6));
                    }
                }
            }
        }
        let texts = texts(&lists);
        let devices = [0, 1].map(|me| read(&texts[me], false).unwrap());
        let by_hand = VLANS.map(|(vlan, _)| {
            [0, 1].map(|v6| {
                if v6 == 1 && vlan > 20 {
                    return 0;
                }
                let classes: BTreeSet<_> = all[v6].iter().map(|p| met(&devices, vlan, p)).collect();
                classes.len()
            })
        });
        let counts = counted(&texts, Limits::default());
        let of = |id: &str| {
            let found = counts.iter().find(|(one, _)| one == id);
            match found.unwrap().1 {
                Some(Classes::Counted(count)) => count,
                other => panic!("{other:?}"),
            }
        };
        for ((_, zone), by_hand) in VLANS.iter().zip(by_hand) {
            assert_eq!(
                of(&format!("P-{zone}")),
                by_hand,
                "zone {zone}, seed {seed}\n{}",
                texts[0]
            );
        }
        // Two places: what each may send is counted by itself.
        let both = [0, 1].map(|v6| by_hand[0][v6] + by_hand[1][v6]);
        assert_eq!(of("P-AB"), both, "seed {seed}");
        assert!(
            of("P-WEB")[0] <= of("P-A")[0] && of("P-WEB")[0] > 0,
            "seed {seed}"
        );
        most = most.max(by_hand[0][0]);
    }
    assert!(most > 12, "the lists told {most} classes apart at most");
}

/// Lists that let through what the policy allows, and nothing else.
const PLAIN: &str = "\
ip access-list extended V101_in
 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443
 20 permit tcp 10.1.0.0 0.0.0.255 host 10.4.0.11 eq 443
 90 deny ip any any
ip access-list extended V201_in
 10 permit tcp host 10.2.0.11 eq 443 10.1.0.0 0.0.0.255 range 1024 65535 established
ip access-list extended V301_in
 10 permit tcp host 10.4.0.11 eq 443 10.1.0.0 0.0.0.255 range 1024 65535 established
ip access-list extended V302_in
 10 permit tcp 10.1.0.0 0.0.0.255 host 10.4.0.11 eq 443
ip access-list extended V401_in
 10 permit tcp host 10.4.0.11 eq 443 10.1.0.0 0.0.0.255 range 1024 65535 established
ipv6 access-list V101_in6
 sequence 10 permit tcp fd00:1:0:10::/64 host fd00:1:0:20::11 eq 443
 sequence 90 deny ipv6 any any
ipv6 access-list V201_in6
 sequence 10 permit tcp host fd00:1:0:20::11 eq 443 fd00:1:0:10::/64 range 1024 65535 established
 sequence 90 deny ipv6 any any
";

#[test]
fn the_classes_of_a_small_network_are_those_one_counts_by_hand() {
    let counts = counted(&texts(PLAIN), Limits::default());
    let of = |id: &str| counts.iter().find(|(one, _)| one == id).unwrap().1;
    // Lines 10, 20 and 90 of the list that what A sends meets; line 20 leads on to a list that has one line for all of it.
    assert_eq!(of("P-A"), Some(Classes::Counted([3, 2])));
    // Line 10 and the end of the list; in IPv6 line 10 and line 90.
    assert_eq!(of("P-B"), Some(Classes::Counted([2, 2])));
    // No interface of C carries IPv6.
    assert_eq!(of("P-C"), Some(Classes::Counted([2, 0])));
    assert_eq!(of("P-AB"), Some(Classes::Counted([5, 4])));
    // Requests to port 443 meet the same three lines; whoever sends them in IPv6 the same two.
    assert_eq!(of("P-WEB"), Some(Classes::Counted([3, 2])));
    // What S2 sends with its own addresses, of IPv4 only: the end of a list of S1, or no list.
    assert_eq!(of("P-S2"), Some(Classes::Counted([2, 0])));
    // Requests and replies of two sessions, of one in IPv6.
    assert_eq!(of("P-WORKS"), Some(Classes::Counted([4, 2])));
    assert_eq!(of("P-READ"), Some(Classes::Read));
}

#[test]
fn classes_that_are_too_many_are_not_counted() {
    let limits = Limits {
        nodes: Some(40),
        ..Limits::default()
    };
    let counts = counted(&texts(PLAIN), limits);
    let of = |id: &str| counts.iter().find(|(one, _)| one == id).unwrap().1;
    assert_eq!(of("P-A"), Some(Classes::Many));
    assert_eq!(of("P-READ"), Some(Classes::Read));
}

#[test]
fn the_classes_of_a_proof_stand_in_every_report_that_has_room_for_them() {
    let dir = scratch("classes");
    let policy = dir.join("p.acl");
    std::fs::write(&policy, POLICY).unwrap();
    for (name, text) in ["S1", "S2"].iter().zip(texts(PLAIN)) {
        std::fs::write(dir.join(format!("{name}.cfg")), text).unwrap();
    }
    let (policy, configs) = (policy.to_str().unwrap(), dir.to_str().unwrap());
    let of = |format: &str, lang: &str| {
        let args = ["verify", policy, "--configs", configs, "--at", AT];
        let ran = aclc(&[&args[..], &["--format", format, "--lang", lang]].concat());
        assert_ne!(ran.exit, Exit::CannotRun, "{}", ran.err);
        ran
    };
    // Pipelines want the verdict soon.
    for format in ["text", "json"] {
        let out = of(format, "en").out;
        assert!(!out.contains("packet classes") && !out.contains("packet_classes"));
    }
    let markdown = of("markdown", "en").out;
    assert!(markdown.contains("| 4 / 2 |"), "{markdown}");
    assert!(markdown.contains("each of which decides them by the same line"));
    let page = of("html", "ja").out;
    let claim = |id: &str| {
        let start = page.find(&format!("id=\"ja-{id}\"")).unwrap();
        page[start..].split("</article>").next().unwrap()
    };
    // What is not proved covers nothing, what is read off the text has no packets.
    for (id, proved) in [("P-A", false), ("P-READ", true)] {
        assert_eq!(claim(id).contains("○ 証明済"), proved, "{id}");
        assert!(!claim(id).contains("パケットの分類"), "{id}");
    }
    for (id, words) in [
        ("P-WORKS", "調べたパケットの分類: IPv4 4、IPv6 2"),
        ("P-C", "調べたパケットの分類: IPv4 2、IPv6 0"),
    ] {
        assert!(claim(id).contains(words), "{id}: {}", claim(id));
    }
    for words in [
        "packet classes covered: IPv4 2, IPv6 0",
        "どのリストも同じ行で判定する",
    ] {
        assert!(page.contains(words), "{words}");
    }
}
