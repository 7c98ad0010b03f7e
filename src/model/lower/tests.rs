//! The tour's numbers, a bad policy for each finding, and policies with lines lost or doubled.

use super::lower;
use crate::base::{Diagnostic, FileId, Lang};
use crate::model::{Addrs, ClaimKind, Policy, ZoneId};
use ipnet::IpNet;

pub(super) const DIALECTS: &[&str] = &["cisco-ios-xe", "alaxala-ax"];
const TOUR: &str = include_str!("../../../golden/p1_wired/policy.acl");

fn read(text: &str) -> (Option<Policy>, Vec<Diagnostic>) {
    let (file, diags) = crate::syntax::parse(FileId(0), text);
    assert!(diags.is_empty(), "{}\n{text}", show(&diags));
    lower(&[(FileId(0), file)], DIALECTS)
}

pub(super) fn show(diags: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| {
        format!(
            "{} {:?} {}",
            d.code,
            d.labels.first().map(|l| l.span),
            d.message.render(Lang::En)
        )
    };
    diags.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn tour() -> Policy {
    let (policy, diags) = read(TOUR);
    assert!(diags.is_empty(), "{}", show(&diags));
    policy.unwrap()
}

fn nets(list: &[&str]) -> Vec<IpNet> {
    list.iter().map(|net| net.parse().unwrap()).collect()
}

#[test]
fn the_tour_has_the_expected_places() {
    let network = tour().network;
    assert_eq!(network.zones.len(), 12);
    let links: Vec<u16> = network.links().into_keys().collect();
    assert_eq!(
        links,
        [
            111, 112, 113, 120, 200, 210, 290, 300, 310, 320, 340, 350, 900
        ]
    );
    let term_g = &network.zones[1];
    assert_eq!(
        (term_g.label.id.as_str(), term_g.segment.as_deref()),
        ("TERM_G", Some("LGWAN接続系"))
    );
    assert_eq!(
        term_g.links[1].prefixes,
        nets(&["10.10.19.0/24", "fd7a:1c2b:0:113::/64"])
    );
    let dual: Vec<&str> = network
        .zones
        .iter()
        .filter(|z| z.v6)
        .map(|z| z.label.id.as_str())
        .collect();
    assert_eq!(dual, ["TERM_H", "TERM_G", "INFRA"]);
    let dc2 = &network.zones[4].hosts[1];
    assert_eq!(
        dc2.addrs,
        Addrs::prefixes(&nets(&["10.10.33.12/32", "fd7a:1c2b:0:210::12/128"]))
    );
    assert_eq!(network.zones[0].dhcp.len(), 2);
    let sxfer = &network.zones[6];
    assert_eq!(
        sxfer
            .gateways
            .iter()
            .map(|g| g.addr.to_string())
            .collect::<Vec<_>>(),
        ["10.20.0.2", "10.20.0.1"]
    );
    // LGWAN接続系: seven links and the external.
    let only_for = sxfer
        .gateways
        .iter()
        .map(|g| g.only_for.as_ref().map(Vec::len));
    assert_eq!(only_for.collect::<Vec<_>>(), [None, Some(8)]);
}

#[test]
fn the_rest_is_what_nobody_else_has() {
    let network = tour().network;
    let [lgwan] = network.externals.as_slice() else {
        panic!("one external")
    };
    assert!(lgwan.rest && lgwan.addrs.v6.is_empty());
    assert_eq!((lgwan.zone(), lgwan.vlan), (Some(ZoneId(5)), 290));
    for (addr, inside) in [
        ("10.10.17.5", false),
        ("10.20.48.15", false),
        ("10.20.48.16", true),
        ("0.0.0.0", true),
        ("203.0.113.9", true),
    ] {
        assert_eq!(
            lgwan.addrs.contains(addr.parse().unwrap()),
            inside,
            "{addr}"
        );
    }
}

#[test]
fn the_tour_has_the_expected_switches() {
    let network = tour().network;
    let [core, myn] = network.switches.as_slice() else {
        panic!("two switches")
    };
    assert_eq!(
        core.svis.iter().map(|s| s.vlan).collect::<Vec<_>>(),
        [111, 112, 113, 120, 200, 210, 290, 300, 900]
    );
    assert_eq!(
        core.svi(210).unwrap().addrs,
        nets(&["10.10.33.1/24", "fd7a:1c2b:0:210::1/64"])
    );
    assert_eq!(core.svi(120).unwrap().addrs, nets(&["10.10.24.1/25"]));
    let routes = |list: &[crate::model::StaticRoute]| {
        list.iter()
            .map(|route| format!("{} {}", route.prefix, route.via))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        routes(&core.routes),
        [
            "10.20.8.0/22 10.20.0.2",
            "10.20.32.0/24 10.20.0.2",
            "10.20.16.0/24 10.20.0.2",
            "10.20.48.0/28 10.20.0.2",
            "0.0.0.0/0 10.10.254.2"
        ]
    );
    assert_eq!(myn.routes.len(), 8);
    assert_eq!(routes(&myn.routes[7..]), ["0.0.0.0/0 10.20.0.1"]);
    assert_eq!(myn.options["flow-detection-mode"], "layer3-6");
    assert!(core.bind_in && !core.bind_out && core.twin.is_none());
}

#[test]
fn the_tour_has_the_expected_sessions_and_claims() {
    let policy = tour();
    assert_eq!(policy.allows.len(), 13);
    assert_eq!(policy.allows.iter().filter(|a| a.dhcp).count(), 2);
    let ad = policy
        .allows
        .iter()
        .find(|a| a.text.ends_with("std.ad"))
        .unwrap();
    // dns 2, ntp 1, kerberos 2, ldap 2, smb 1, rpc 1
    assert_eq!((ad.from.len(), ad.to.len(), ad.terms.len()), (3, 2, 9));
    let screen = policy.allows.iter().find(|a| a.log).unwrap();
    assert!(
        screen
            .terms
            .iter()
            .all(|t| t.encrypted && t.name == "画面転送")
            && screen.terms.len() == 2
    );
    assert_eq!(
        (screen.ticket.as_deref(), screen.owner.as_deref()),
        (Some("R7-0123"), Some("市民課"))
    );
    let wsus = policy.allows.iter().find(|a| a.until.is_some()).unwrap();
    assert!(
        wsus.in_force(jiff::civil::date(2027, 3, 31))
            && !wsus.in_force(jiff::civil::date(2027, 4, 1))
    );
    assert_eq!(policy.claims.len(), 7);
    assert!(policy.claims[6].id.starts_with("F_") && policy.claims[1].strict);
    let ClaimKind::Only {
        to,
        exceptions: true,
        ..
    } = &policy.claims[6].kind
    else {
        panic!("a forbid is `only exceptions`")
    };
    // 画面転送GW is cut out of its zone, which keeps its name.
    assert_eq!(to.len(), 5);
    assert!(
        !to[0].addrs.contains("10.20.0.10".parse().unwrap())
            && to[0].addrs.contains("10.20.0.11".parse().unwrap())
    );
    let ClaimKind::Filtered { of } = &policy.claims[4].kind else {
        panic!("filtered")
    };
    assert_eq!(of.len(), 2);
}

/// P1 on one switch with a redundant pair (language section 2), with the gateways the pair needs.
fn twin() -> String {
    let start = TOUR.find("スイッチ L3SW-CORE01").unwrap();
    let end = TOUR.find("# --- 何を許すか").unwrap();
    let block = r#"
switch L3SW-CORE01, L3SW-CORE02 : cisco-ios-xe "C9300-48T" {
  svi 端末_取扱, 共通基盤 .2, ::2 | .3, ::3  vrrp .1, ::1
  svi 端末_一般 10.10.18.2, fd7a:1c2b:0:112::2, 10.10.19.2, fd7a:1c2b:0:113::2 | 10.10.18.3, fd7a:1c2b:0:112::3, 10.10.19.3, fd7a:1c2b:0:113::3
    vrrp 10.10.18.1, fd7a:1c2b:0:112::1, 10.10.19.1, fd7a:1c2b:0:113::1
  svi 業務サーバ, 機器管理 .3 | .4  vrrp .1
  svi 複合機 10.10.24.2 | 10.10.24.3 vrrp .1
  svi LGWAN接続 .3 | .4 vrrp .1
  svi 画面転送ネットワーク .3 | .4  vrrp vrid 30 .1
  svi 仮想化端末, 専用端末, 保守端末, 業務システム .2 | .3  hsrp vrid 32 .1
  own 10.99.1.201 | 10.99.1.202
  bind in, out
  limit in ipv4 2000
  route any via LGWAN-FW
}
"#
    .replace("\n    vrrp", " vrrp");
    let text = format!("{}{block}{}", &TOUR[..start], &TOUR[end..]);
    text.replace("ゲートウェイ .2  ゲートウェイ .1 宛先 LGWAN接続系", "")
        .replace("L3SW-MYN01", "L3SW-CORE02")
}

#[test]
fn a_session_with_a_member_of_a_pair_needs_its_own_address_on_that_link() {
    use crate::model::{At, Place, Spot, SwitchId, ZoneId};
    let network = read(&twin()).0.unwrap().network;
    let member = SwitchId(0);
    let spot = Spot {
        at: At::Switch(member),
        place: Place::Switch(member),
        addrs: network.switch(member).own_addrs(),
    };
    let near = network.needed(&spot, At::Link(ZoneId(0), 112));
    let far = network.needed(&spot, At::Link(ZoneId(0), 4000));
    let has = |set: &Addrs, addr: &str| set.contains(addr.parse().unwrap());
    assert!(has(&near, "10.10.18.2") && has(&near, "fd7a:1c2b:0:112::2"));
    assert!(!has(&near, "10.10.19.2") && has(&far, "10.10.19.2"));
    for (own, virtual_one) in [(&near, "10.20.0.1"), (&far, "10.20.0.1")] {
        assert!(
            !has(own, virtual_one),
            "{virtual_one} is whoever's is active"
        );
    }
}

#[test]
fn a_pair_is_two_switches_with_one_policy() {
    let (policy, diags) = read(&twin());
    assert!(diags.is_empty(), "{}", show(&diags));
    let network = policy.unwrap().network;
    let [left, right] = network.switches.as_slice() else {
        panic!("two members")
    };
    assert_eq!(
        (left.twin, right.twin),
        (
            Some(crate::model::SwitchId(1)),
            Some(crate::model::SwitchId(0))
        )
    );
    assert_eq!(
        left.svi(112).unwrap().addrs,
        nets(&["10.10.18.2/24", "fd7a:1c2b:0:112::2/64"])
    );
    assert_eq!(
        right.svi(113).unwrap().addrs,
        nets(&["10.10.19.3/24", "fd7a:1c2b:0:113::3/64"])
    );
    assert_eq!(left.svi(300).unwrap().redundancy, Some((false, 30)));
    assert_eq!(right.svi(310).unwrap().redundancy, Some((true, 32)));
    assert_eq!(
        right.svi(300).unwrap().virtuals,
        left.svi(300).unwrap().virtuals
    );
    assert_eq!(
        (left.own.len(), right.own[0].to_string().as_str()),
        (1, "10.99.1.202")
    );
    assert!(left.bind_out && left.limits["ipv4-in"] == 2000);
    assert_eq!(left.routes, right.routes);
    let own = left.own_addrs();
    assert!(
        own.contains("10.20.0.1".parse().unwrap()) && !own.contains("10.20.0.4".parse().unwrap())
    );
}

#[test]
fn statements_of_claims_and_attestations_resolve() {
    let more = "
allow 複合機 <-> 業務サーバ : tcp+udp 52300-52314, std.pmtu
exception LGWAN -> 画面転送GW : tcp 443 ticket R1 owner 市民課 because \"x\" until 2027-01-01
assume authentic 端末_一般 because \"WLC\"
assume no-hairpin LGWAN because \"FW\"
prove 端末_一般, 端末_取扱, 複合機 isolated as ISO
prove 端末_一般 <-> 端末_取扱 none as BOTH
prove any except マイナンバー利用事務系, switches -> マイナンバー利用事務系 only { exceptions; 端末_取扱 -> 画面転送GW : encrypted }
prove 端末 -> dc1 : std.dns works
prove any no-spoof
";
    let (policy, diags) = read(&format!("{TOUR}{more}"));
    assert!(diags.is_empty(), "{}", show(&diags));
    let policy = policy.unwrap();
    assert!(policy.network.externals[0].no_hairpin);
    assert_eq!(policy.assumptions.len(), 2);
    assert_eq!(policy.allows.len(), 13 + 3);
    assert_eq!(policy.allows.iter().filter(|a| a.exception).count(), 1);
    let ids: Vec<&str> = policy
        .claims
        .iter()
        .map(|c| c.id.as_str())
        .filter(|id| !id.contains("P_"))
        .collect();
    assert_eq!(
        ids[..8],
        [
            "ISO_1", "ISO_2", "ISO_3", "ISO_4", "ISO_5", "ISO_6", "BOTH", "BOTH_R"
        ]
    );
    let listed = policy.claims.iter().find_map(|claim| match &claim.kind {
        ClaimKind::Only {
            from,
            flows,
            exceptions: true,
            ..
        } if flows.len() == 1 => Some((from.len(), &flows[0], &claim.text)),
        _ => None,
    });
    let (from, flow, text) = listed.unwrap();
    // Eight links outside マイナンバー利用事務系 and LGWAN; 画面転送 and 表示 are encrypted.
    assert_eq!((from, flow.terms.as_ref().unwrap().len()), (9, 3));
    assert!(
        text.ends_with("only { exceptions; 端末_取扱 -> 画面転送GW : encrypted }"),
        "{text}"
    );
}

#[test]
fn lines_lost_or_doubled_never_panic_and_findings_are_stable() {
    let seed = 20_261_123;
    let mut rng = fastrand::Rng::with_seed(seed);
    let lines: Vec<&str> = TOUR.lines().collect();
    for round in 0..200 {
        let mut mutated = lines.clone();
        for _ in 0..rng.usize(1..4) {
            let at = rng.usize(..mutated.len());
            match rng.bool() {
                true => drop(mutated.remove(at)),
                false => mutated.insert(rng.usize(..mutated.len()), mutated[at]),
            }
        }
        let text = mutated.join("\n");
        let (file, _) = crate::syntax::parse(FileId(0), &text);
        let files = [(FileId(0), file)];
        let (first, second) = (lower(&files, DIALECTS), lower(&files, DIALECTS));
        assert_eq!(first, second, "seed {seed} round {round}");
        let spans = first
            .1
            .iter()
            .flat_map(|d| &d.labels)
            .map(|label| label.span);
        for span in spans {
            assert!(
                text.get(span.start as usize..span.end as usize).is_some(),
                "seed {seed} round {round} {span:?}"
            );
        }
    }
}

#[test]
fn a_hostile_chain_of_groups_ends() {
    let mut text = "site S { ipv4-only }\nzone Z vlan 1 10.0.0.0/24\nswitch SW : cisco-ios-xe { svi Z }\ngroup G0 = Z\n".to_owned();
    for i in 1..500 {
        text.push_str(&format!("group G{i} = G{}, G{}\n", i - 1, i - 1));
    }
    // Defined before it is used, a chain costs nothing; backwards it is too deep.
    assert!(read(&text).0.is_some());
    let backwards: Vec<&str> = text.lines().collect();
    let backwards = backwards.into_iter().rev().collect::<Vec<_>>().join("\n");
    assert_eq!(read(&backwards).1.first().map(|d| d.code), Some("too-deep"));
}

#[test]
fn the_catalogue_is_whole() {
    let names = "dns ntp kerberos ldap smb rpc ad kms wsus print proxy http https ssh telnet rdp winrm snmp snmp-trap \
                 syslog radius radius-coa capwap dhcp ping pmtu management device-admin takeout";
    let list = names
        .split_whitespace()
        .map(|name| format!("std.{name}"))
        .collect::<Vec<_>>()
        .join(", ");
    let (policy, diags) = read(&format!(
        "{TOUR}\nservice all-of-it = {list}\nallow 複合機 -> 業務サーバ : all-of-it\n"
    ));
    assert!(diags.is_empty(), "{}", show(&diags));
    let policy = policy.unwrap();
    // The same session by two names is one term.
    let terms = &policy.allows.last().unwrap().terms;
    assert!(terms.len() > 25 && terms.iter().all(|t| t.name == "all-of-it"));
    let sessions: std::collections::BTreeSet<_> = terms.iter().map(|t| &t.session).collect();
    assert_eq!(sessions.len(), terms.len());
}

#[test]
fn every_finding_has_words_in_both_languages() {
    let (file, _) = crate::syntax::parse(
        FileId(0),
        &TOUR.replace(".11", ".211").replace("端末_一般,", "端末,"),
    );
    let (_, diags) = lower(&[(FileId(0), file)], DIALECTS);
    assert!(diags.len() > 1);
    for d in &diags {
        let labels = d.labels.iter().filter_map(|label| label.text.as_ref());
        for text in std::iter::once(&d.message)
            .chain(labels)
            .chain(&d.notes)
            .chain(&d.help)
        {
            for words in [text.render(Lang::Ja), text.render(Lang::En)] {
                assert!(!words.contains(['{', '}', '[']), "{words}");
            }
        }
    }
}
