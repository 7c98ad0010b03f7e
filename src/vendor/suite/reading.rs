//! Reading: detection, the whole configuration, noise of terminals, damage, secrets, size.

use super::{DIALECTS, corpus, read, shape, whys};
use crate::acl::decide;
use crate::base::Source;
use crate::device::{Effect, Scope};
use crate::net::{Family, Flow, L4, PositionSet, TcpFlags};
use crate::vendor::{Dialect, Hint, detect};

#[test]
fn each_corpus_is_detected_as_its_dialect() {
    for dialect in DIALECTS {
        for (name, bytes) in corpus(*dialect) {
            let text = Source::capture("a", &bytes).text;
            let found = detect(&text).map(Dialect::id);
            assert_eq!(found, Some(dialect.id()), "{}/{name}", dialect.id());
        }
    }
}

#[test]
fn what_an_archiver_noted_comes_first() {
    let of = |text: &str| detect(text).map(Dialect::id);
    let bgp = "hostname A\nrouter bgp 1\n";
    assert_eq!(of(bgp), None);
    let noted = format!("!RANCID-CONTENT-TYPE: arista\n!\n{bgp}");
    assert_eq!(of(&noted), Some("arista-eos"));
    let other = format!("!RANCID-CONTENT-TYPE: force10\n!\n{bgp}");
    assert_eq!(of(&other), None);
}

/// `core.cfg` is a whole configuration of a device that aclc understands.
fn core(dialect: &dyn Dialect) -> Vec<u8> {
    let mut files = corpus(dialect).into_iter();
    let core = files.find(|(name, _)| name == "core.cfg");
    core.unwrap_or_else(|| panic!("{} has a core.cfg", dialect.id()))
        .1
}

#[test]
fn lines_that_laboratories_print_are_no_gaps() {
    let files = [
        ("cisco-ios-xe", "lab-router.cfg"),
        ("cisco-ios-xe", "show-ipv6-access-list.cfg"),
        ("arista-eos", "standard.cfg"),
        ("juniper-junos", "management.cfg"),
    ];
    for (id, wanted) in files {
        let dialect = crate::vendor::by_id(id).unwrap();
        let mut corpus = corpus(dialect).into_iter();
        let (_, text) = corpus.find(|(name, _)| name == wanted).unwrap();
        let device = read(dialect, &text);
        assert!(device.gaps.is_empty(), "{id}/{wanted}: {:?}", device.gaps);
    }
}

#[test]
fn a_whole_configuration_reads_without_gaps_and_effects() {
    // The text for Junos has terms that are bounded, an `apply-path` and a policer.
    for dialect in DIALECTS.iter().filter(|d| d.id() != "juniper-junos") {
        let device = read(*dialect, &core(*dialect));
        // The box models of ALAXALA say nothing of IPv6 lists in one of their modes.
        if dialect.id() != "alaxala-ax" {
            assert_eq!(whys(&device), [], "{}", dialect.id());
        }
        // Lists on terminal lines and SNMP concern the switch itself only.
        let own = |effect: &&Effect| matches!(effect.scope, Scope::Own(..));
        let others: Vec<_> = device.effects.iter().filter(|e| !own(e)).collect();
        assert!(others.is_empty(), "{}: {others:?}", dialect.id());
        assert!(device.hostname.is_some() && device.interfaces.len() > 1);
        assert!(device.interfaces.iter().any(|i| !i.bindings.is_empty()));
        assert!(device.acls.iter().all(|acl| acl.line.is_some()));
    }
}

/// What stands before the configuration in a log of a terminal. A ruleset is one of several captures in a file, which the tests
/// of its dialect look at.
fn prompt(id: &str) -> Option<&'static str> {
    match id {
        "linux-nftables" => None,
        "juniper-junos" => Some("ops@CORE> show configuration | no-more"),
        "hpe-comware" => Some("<CORE>display current-configuration"),
        _ => Some("CORE#show running-config"),
    }
}

#[test]
fn noise_of_terminals_changes_nothing() {
    for dialect in DIALECTS {
        let bytes = core(*dialect);
        let text = String::from_utf8(bytes).unwrap();
        let clean = shape(&read(*dialect, text.as_bytes()));
        let again = |text: &str, what: &str| {
            let id = dialect.id();
            assert_eq!(
                shape(&read(*dialect, text.as_bytes())),
                clean,
                "{id}: {what}"
            );
        };
        again(&text.replace('\n', "\r\n"), "CRLF");
        again(&text.replace('\n', "  \n"), "trailing blanks");
        if let Some(prompt) = prompt(dialect.id()) {
            again(&format!("{prompt}\n{text}{prompt}\n"), "prompts");
        }
        let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(&text);
        if !lossy {
            assert_eq!(
                shape(&read(*dialect, &bytes)),
                clean,
                "{}: CP932",
                dialect.id()
            );
        }
        let wipe = format!("{0}        {0}", "\u{8}".repeat(9));
        let paged: String = text
            .lines()
            .enumerate()
            .map(|(n, line)| match n % 24 {
                23 => format!(" --More-- {wipe}{line}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        again(&paged, "pager");
    }
}

fn packet(family: Family) -> Flow {
    let (src, dst) = match family {
        Family::V4 => ("10.0.0.1", "10.0.0.2"),
        Family::V6 => ("2001:db8::1", "2001:db8::2"),
    };
    let l4 = L4::Tcp {
        sport: 1,
        dport: 2,
        flags: TcpFlags::SYN,
    };
    let (src, dst) = (src.parse().unwrap(), dst.parse().unwrap());
    Flow::new(src, dst, 6, l4, PositionSet::WHOLE, family == Family::V6).unwrap()
}

#[test]
fn damaged_texts_never_panic_and_never_hang() {
    const SEED: u64 = 20_261_123;
    let mut rng = fastrand::Rng::with_seed(SEED);
    for dialect in DIALECTS {
        let files = corpus(*dialect);
        for round in 0..150 {
            let mut bytes = files[round % files.len()].1.clone();
            for _ in 0..rng.usize(1..30) {
                if bytes.is_empty() {
                    break;
                }
                let at = rng.usize(..bytes.len());
                match rng.u8(..4) {
                    0 => bytes[at] = rng.u8(..),
                    1 => drop(bytes.remove(at)),
                    2 => bytes.insert(at, *rng.choice(b" \n\r\t\x08^!/.-,\"0a\x1b\xe3").unwrap()),
                    _ => drop(bytes.drain(at..(at + rng.usize(..200)).min(bytes.len()))),
                }
            }
            let device = read(*dialect, &bytes);
            for acl in &device.acls {
                let index = decide(acl, &packet(acl.family)).index;
                assert!(index < acl.all().len(), "seed {SEED} {round}");
            }
        }
    }
}

#[test]
fn no_secret_leaves_a_reader() {
    const SECRETS: [&str; 9] = [
        "password 0 hogefuga",
        "enable secret 9 $9$hogefuga$abc",
        "snmp-server community hogefuga rw",
        "mystery key 7 hogefuga",
        "mystery pre-shared-key ascii hogefuga",
        "tacacs-server host 10.0.0.1 key hogefuga",
        "mystery authentication md5 hogefuga",
        "username a cipher hogefuga",
        "mystery token hogefuga",
    ];
    for dialect in DIALECTS {
        let mut text = String::from_utf8_lossy(&core(*dialect)).into_owned();
        for (n, secret) in SECRETS.iter().enumerate() {
            text.push_str(&format!("{secret}\ninterface vlan {}\n {secret}\n", n + 2));
        }
        let device = read(*dialect, text.as_bytes());
        assert!(
            !format!("{device:?}").contains("hogefuga"),
            "{}",
            dialect.id()
        );
    }
}

#[test]
fn a_name_that_no_list_has_is_no_list_without_entries() {
    use crate::acl::{AclState, Direction};
    for dialect in DIALECTS {
        let text = String::from_utf8(core(*dialect)).unwrap();
        // The list that is bound in the corpus everywhere, under another name where it is bound.
        let unbound = text.replace("V111_IN in", "NOWHERE in");
        if unbound == text {
            continue; // bound by other words
        }
        let hint = Hint::default();
        let device = dialect.read(&Source::capture("a", unbound.as_bytes()), &hint);
        let face = device.interfaces.iter().find(|i| {
            let bound = i.binding(Family::V4, Direction::In);
            bound.is_some_and(|b| device.acls[b.acl].name == "NOWHERE")
        });
        let bound = face.and_then(|face| face.binding(Family::V4, Direction::In));
        let acl = &device.acls[bound.unwrap().acl];
        assert_eq!(acl.state, AclState::Undefined, "{}", dialect.id());
        assert!(acl.entries.is_empty() && !acl.tail.is_empty());
    }
}
