//! The tour's numbers, a bad policy for each finding, and policies with lines lost or doubled.

use super::lower;
use crate::base::{Diagnostic, FileId, Lang};
use crate::model::{Addrs, ClaimKind, Policy};
use ipnet::IpNet;

const DIALECTS: &[&str] = &["cisco-ios-xe", "alaxala-ax"];
const TOUR: &str = include_str!("../../../golden/p1_wired/policy.acl");

fn read(text: &str) -> (Option<Policy>, Vec<Diagnostic>) {
    let (file, diags) = crate::syntax::parse(FileId(0), text);
    assert!(diags.is_empty(), "{}\n{text}", show(&diags));
    lower(&[(FileId(0), file)], DIALECTS)
}

fn show(diags: &[Diagnostic]) -> String {
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
    assert_eq!((lgwan.zone.0, lgwan.vlan), (5, 290));
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
    let routes = |list: &[(IpNet, std::net::IpAddr)]| {
        list.iter()
            .map(|(net, hop)| format!("{net} {hop}"))
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
