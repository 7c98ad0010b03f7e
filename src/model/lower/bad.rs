//! A bad policy for each finding: code, underlined text, line.

use super::lower;
use super::tests::{DIALECTS, show};
use crate::base::{FileId, Severity};

const BASE: &str = r#"site CITY { ipv4-only }
zone A vlan 10 10.0.10.0/24 { host a1 .11; host a2 .12 }
zone B vlan 20 10.0.20.0/24 { host b1 .11 }
zone C vlan 40 10.0.40.0/24
zone T vlan 30 10.0.30.0/29 gateway .1 { host fw .5 }
external X behind fw = rest
group G = A, B
service web = tcp 443 encrypted
switch S1 : cisco-ios-xe {
  svi A, B
  svi T .1
  route any via fw
  route C via S2
}
switch S2 : alaxala-ax {
  svi C
  svi T .2
  route any via S1
}
allow A -> b1 : web
forbid X -> A, B
prove A -> C none
"#;

/// Replace, with what, code, underlined text, line.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    usize,
);

const PACK_LESS: &str = "guideline screen-transfer \"R7.1\" { others = B; gateway = b1 : web; desktops = none; systems = C
  dedicated = none; maintenance = none; remote = none; wireless = none }";
const PACK_MORE: &str = "guideline screen-transfer \"R7.1\" { terminals = A; others = none; gateway = b1 : web; desktops = none
  systems = C; dedicated = none; maintenance = none; remote = none; wireless = none
  wirless = A }";
const PACK_BOTH: &str = "guideline screen-transfer \"R7.1\" { terminals = A; others = a1; gateway = b1 : web; desktops = none
  systems = C; dedicated = none; maintenance = none; remote = none; wireless = none }";
const PACK_BARE: &str = "guideline screen-transfer \"R7.1\" { terminals = A; others = none; gateway = b1; desktops = none
  systems = C; dedicated = none; maintenance = none; remote = none; wireless = none }";
const PACK_OPEN: &str =
    "service web = tcp 443\nguideline screen-transfer \"R7.1\" { terminals = A }";

#[rustfmt::skip] // a line per case
const CASES: &[Case] = &[
    // names
    ("prove A -> C", "prove A -> CX", "unknown-name", "CX", 22),
    ("allow A -> b1", "allow A -> bl", "unknown-name", "bl", 20),
    ("allow A -> b1 : web", "allow A -> A.b1 : web", "unknown-name", "b1", 20),
    ("allow A -> b1", "allow A -> web", "service-not-place", "web", 20),
    ("b1 : web", "b1 : std.htps", "unknown-name", "htps", 20),
    ("b1 : web", "b1 : wep", "unknown-name", "wep", 20),
    ("zone C vlan", "zone A vlan", "repeated-name", "A", 4),
    ("group G =", "group a1 =", "repeated-name", "a1", 2),
    ("host a2", "host a1", "repeated-name", "a1", 2),
    ("zone C vlan", "zone C as a vlan", "repeated-id", "a", 4),
    ("zone C vlan", "zone C as ABCDEFGHIJKLMNOPQRSTU vlan", "id-too-long", "ABCDEFGHIJKLMNOPQRSTU", 4),
    ("zone C vlan", "zone C as A/B vlan", "id-not-ascii", "A/B", 4),
    ("prove A -> C none", "prove A -> C none as A", "repeated-id", "A", 22),
    ("prove A -> C none", "prove A -> C none\nprove A -> C none", "repeated-id", "prove A -> C none", 23),
    ("behind fw", "behind T", "wrong-kind", "T", 6),
    // addresses
    ("10.0.20.0/24", "10.0.10.128/25", "overlap", "10.0.10.128/25", 3),
    ("10.0.40.0/24", "10.0.40.1/24", "host-bits", "10.0.40.1/24", 4),
    ("10.0.40.0/24", "10.0.40.1", "not-a-prefix", "10.0.40.1", 4),
    ("host b1 .11", "host b1 10.0.10.12", "host-outside", "10.0.10.12", 3),
    ("host b1 .11", "host b1 ::11", "short-address", "::11", 3),
    ("host a2 .12", "host a2 .11", "address-collision", ".11", 2),
    ("host a2 .12", "host a2 .1", "address-collision", "A", 10),
    ("svi T .2", "svi T .1", "address-collision", ".1", 17),
    ("40 10.0.40.0/24", "40 10.0.40.0/24, 10.0.41.0/24 { host c .9 }", "short-address", ".9", 4),
    ("host a2 .12", "host a2 .12; host a3 10.0.10.0/30", "address-collision", "A", 10),
    // zones
    ("zone C vlan 40 10.0.40.0/24", "zone C", "zone-without-vlan", "C", 4),
    ("zone C vlan 40 10.0.40.0/24", "zone C vlan 40 10.0.40.0/24 { vlan 40 10.0.41.0/24 }", "repeated-vlan", "40", 4),
    ("ipv4-only }", "log-denied }", "missing-family", "vlan 10 10.0.10.0/24", 2),
    ("10.0.40.0/24", "fd00::/64", "family-ruled-out", "fd00::/64", 4),
    ("zone C vlan 40 10.0.40.0/24", "zone C vlan 40 fd00::/64 ipv6-only", "no-family-left", "ipv6-only", 4),
    ("ipv4-only }", "ipv6 fd00::/56 by-vlan }", "site-prefix", "fd00::/56", 1),
    ("  svi C\n", "", "zone-without-svi", "vlan 40 10.0.40.0/24", 4),
    ("zone C vlan 40", "zone C vlan 10", "shared-vlan", "C", 4),
    ("gateway .1", "gateway .3", "no-such-router", ".3", 5),
    ("gateway .1", "", "several-routers", "T", 5),
    // externals
    ("= rest", "= 10.0.10.0/25", "overlap", "10.0.10.0/25", 6),
    ("external X behind fw = rest", "zone Z ipv4-only { vlan 50 10.0.50.0/24; vlan 51 10.0.51.0/24; host z 10.0.50.5, 10.0.51.5 }\nswitch S9 : cisco-ios-xe { svi Z }\nexternal X behind z = rest", "behind-two-links", "z", 8),
    ("= rest", "= fd00::/64", "external-family", "fd00::/64", 6),
    ("group G", "external Y behind fw = rest\ngroup G", "second-rest", "Y", 7),
    ("group G", "zone Y vlan 60 10.0.60.0/29\nopaque R { svi Y; route any via 10.0.60.2 }\nexternal Q behind R = rest\ngroup G", "behind-routed-elsewhere", "R", 9),
    ("group G", "external Q behind A = 10.9.0.0/16\ngroup G", "wrong-kind", "A", 7),
    // groups and services
    ("group G = A, B", "group G = A, H\ngroup H = G", "group-circle", "G", 8),
    ("group G = A, B", "group G = A except A", "empty-place", "A except A", 7),
    ("service web = tcp 443", "service web = tcp 443, api\nservice api = web", "service-circle", "web", 9),
    ("web = tcp 443 encrypted\n", "web = tcp 443\nservice none-yet = encrypted\n", "empty-service", "none-yet", 9),
    ("svi T .1", "svi T", "second-router", "T", 11),
    ("svi T .1", "svi T .9", "svi-outside", ".9", 11),
    ("svi T .1", "svi T .1 | .3", "no-pair", "T", 11),
    ("switch S1 :", "switch S1, S3 :", "pair-one-side", "T", 11),
    ("zone C vlan 40 10.0.40.0/24", "zone C vlan 40 10.0.40.64/26", "svi-default", "C", 16),
    ("svi A, B", "svi A, B, A", "repeated-name", "A", 10),
    ("svi A, B", "svi A, G", "wrong-kind", "G", 10),
    ("  svi T .1\n", "  option k v\n  option k w\n  svi T .1\n", "repeated-option", "k", 12),
    ("  svi T .1\n", "  limit in ipv9 3\n  svi T .1\n", "unknown-table", "ipv9", 11),
    ("  svi T .1\n", "  bind out\n  svi T .1\n", "bind-in", "bind out", 11),
    ("  svi T .1\n", "  ports X \"1-8\"\n  svi T .1\n", "wrong-kind", "X", 11),
    // routes
    ("  svi T .1\n", "", "far-next-hop", "fw", 11),
    ("route C via S2", "route C via 10.9.9.9", "far-next-hop", "10.9.9.9", 13),
    ("route C via S2", "route C via S1", "no-shared-link", "S1", 13),
    ("route C via S2", "route A via S2", "empty-route", "route A via S2", 13),
    ("host fw .5", "host fw .4, .5", "several-next-hops", "fw", 12),
    ("route any via fw", "route any except C via fw", "route-any-except", "any except C", 12),
    ("route any via fw", "route any via X", "wrong-kind", "X", 12),
    // rules
    ("forbid X -> A, B", "forbid A -> B", "allow-in-forbid", "allow A -> b1 : web", 20),
    ("forbid X -> A, B", "forbid C, a1 -> b1 : tcp 400-500", "allow-in-forbid", "allow A -> b1 : web", 20),
    ("allow A ->", "allow any ->", "only-named", "any", 20),
    ("allow A -> b1", "allow A -> a1", "same-link", "A -> a1", 20),
    ("allow A -> b1", "allow A -> b1 except B", "empty-place", "b1 except B", 20),
    ("b1 : web", "b1 : tcp any", "all-ports", "tcp any", 20),
    ("b1 : web", "b1 : ip 6", "all-ports", "ip 6", 20),
    ("allow A -> b1 : web", "exception a1 -> b1 : web ticket R1", "exception-notes", "exception a1 -> b1 : web", 20),
    ("allow A -> b1 : web", "exception A -> b1 : web ticket R1 owner o because \"b\" until 2027-01-01", "wrong-kind", "A", 20),
    ("b1 : web", "b1 : web ticket R1 ticket R2", "repeated-note", "ticket R2", 20),
    ("zone C vlan 40 10.0.40.0/24", "zone C vlan 40 10.0.40.0/24 dhcp A", "wrong-kind", "A", 4),
    ("{ host a1 .11; host a2 .12 }", "dhcp a1 { host a1 .11; host a2 .12 }", "same-link", "a1", 2),
    // claims
    ("prove A -> C none", "prove A -> A except A none", "vacuous", "A except A", 22),
    ("prove A -> C none", "prove A -> C works", "works-services", "works", 22),
    ("prove A -> C none", "prove A -> C filtered", "claim-shape", "filtered", 22),
    ("prove A -> C none", "prove allows none", "claim-shape", "allows", 22),
    ("prove A -> C none", "assume authentic A", "assume-because", "authentic", 22),
    ("prove A -> C none", "prove A -> C : web no-relay", "claim-shape", "no-relay", 22),
    ("prove A -> C none", "prove A no-relay", "claim-shape", "no-relay", 22),
    ("prove A -> C none", "prove A logged", "claim-shape", "logged", 22),
    ("prove A -> C none", "accept wide-retrun because \"x\"", "unknown-accept", "wide-retrun", 22),
    ("prove A -> C none", "accept no-log because \"x\"\naccept no-log because \"y\"", "repeated-note", "no-log", 23),
    ("service web = tcp 443 encrypted", "service web = tcp any encrypted { accept wide-return because \"x\" }", "all-ports", "web", 20),
    // guidelines
    ("prove A -> C none", "guideline screen \"R7\" { terminals = A }", "unknown-guideline", "screen", 22),
    ("prove A -> C none", "guideline screen-transfer \"R7\" { terminals = A }", "unknown-edition", "\"R7\"", 22),
    ("prove A -> C none", PACK_LESS, "missing-role", "screen-transfer", 22),
    ("prove A -> C none", PACK_MORE, "unknown-name", "wirless", 24),
    ("prove A -> C none", PACK_BOTH, "roles-overlap", "others = a1", 22),
    ("prove A -> C none", PACK_BARE, "role-without-services", "gateway", 22),
    ("service web = tcp 443 encrypted", PACK_OPEN, "nothing-encrypted", "screen-transfer", 9),
    ("prove A -> C none", "zone Z vlan 50 10.0.50.0/24\nopaque O { svi Z }\nprove O -> C none", "wrong-kind", "O", 24),
    ("prove A -> C none", "zone Z vlan 50 10.0.50.0/24 { host z .9 }\nexternal Y behind z = rest\nswitch S3 : cisco-ios-xe { svi Z }\nprove Y -> C none", "", "", 0),
    ("prove A -> C none", "zone Z vlan 50 10.0.50.0/24 { host z .9 }\nexternal Y behind z = rest\nswitch S3 : cisco-ios-xe { svi Z; vrf V { svi Z } }", "repeated-name", "Z", 24),
    ("  svi C\n", "  svi C\n  dynamic rip on T\n", "unknown-protocol", "rip", 17),
    ("  svi C\n", "  svi C\n  dynamic ospf on A\n", "dynamic-no-svi", "A", 17),
    ("  svi C\n", "  svi C\n  dynamic ospf on S1\n", "wrong-kind", "S1", 17),
    ("  svi C\n", "  svi C\n  vrf V { svi C }\n", "repeated-name", "C", 17),
    ("  svi C\n", "  vrf V { svi C }\n  vrf V { route 10.9.0.0/16 via .3 }\n", "repeated-name", "V", 17),
    ("  svi C\n", "  vrf V { svi C; route any via S1 }\n", "no-shared-link", "S1", 16),
    ("site CITY", "language 2\nsite CITY", "language-newer", "2", 1),
    ("zone A vlan", "site B { log-denied }\nzone A vlan", "second-site", "B", 2),
];

const DUAL: &str = "zone A vlan 1 10.0.0.0/24 ipv4-only { host a .9 }\n\
    zone B vlan 2 fd00::/64 ipv6-only { host b ::9 }\n\
    zone D vlan 3 10.0.3.0/24, fd00:3::/64\n\
    switch SW : cisco-ios-xe { svi A, B, D }\n";

/// What is added to a small policy of both families, code, underlined text.
const MIXED: &[(&str, &str, &str)] = &[
    ("allow A -> B : std.ssh", "no-common-family", "A -> B"),
    ("allow D -> A, B : std.ssh", "", ""),
    ("allow D, A -> b : std.ssh", "no-common-family", "D, A -> b"),
    (
        "zone E vlan 5 fd00:5::/64 ipv6-only dhcp a\nswitch S5 : cisco-ios-xe { svi E }",
        "dhcp-ipv4",
        "dhcp a",
    ),
    (
        "zone E vlan 5 10.0.5.0/24 ipv4-only dhcp b\nswitch S5 : cisco-ios-xe { svi E }",
        "dhcp-server",
        "b",
    ),
    (
        "zone E vlan 5 10.0.5.0/24, fd00:5::/64\nswitch S5 : cisco-ios-xe { svi E .1 }",
        "link-without-family",
        "vlan 5 10.0.5.0/24, fd00:5::/64",
    ),
    (
        "zone E vlan 5 10.0.5.0/24\nswitch S5 : cisco-ios-xe { svi E }",
        "missing-family",
        "vlan 5 10.0.5.0/24",
    ),
    (
        "zone E vlan 5 10.0.5.0/24 ipv4-only\nswitch S5 : cisco-ios-xe { svi E .1, ::1 }",
        "short-address",
        "::1",
    ),
    (
        "zone E vlan 5 fd00:5::/64 ipv6-only { host e ::1:0:0:0:9 }\nswitch S5 : cisco-ios-xe { svi E }",
        "interface-part",
        "::1:0:0:0:9",
    ),
    (
        "external X behind a = fd00:9::/64",
        "external-family",
        "fd00:9::/64",
    ),
    (
        "prove D -> A none\nprove D端 -> B none",
        "unknown-name",
        "D端",
    ),
];

#[test]
fn families_are_held_apart() {
    for &(more, code, marked) in MIXED {
        let text = format!("{DUAL}{more}\n");
        let (file, diags) = crate::syntax::parse(FileId(0), &text);
        assert!(diags.is_empty(), "{more}: {}", show(&diags));
        let (_, diags) = lower(&[(FileId(0), file)], DIALECTS);
        let found: Vec<(&str, &str)> = diags
            .iter()
            .map(|d| {
                (
                    d.code,
                    &text[d.labels[0].span.start as usize..d.labels[0].span.end as usize],
                )
            })
            .collect();
        let expect: Vec<(&str, &str)> = [(code, marked)]
            .into_iter()
            .filter(|(code, _)| !code.is_empty())
            .collect();
        assert_eq!(found, expect, "{more}");
    }
}

#[test]
fn the_base_is_fine() {
    let (file, diags) = crate::syntax::parse(FileId(0), BASE);
    assert!(diags.is_empty(), "{}", show(&diags));
    let (policy, diags) = lower(&[(FileId(0), file)], DIALECTS);
    assert!(policy.is_some() && diags.is_empty(), "{}", show(&diags));
}

/// What is wrong with the finding of a case, if anything.
fn judge(&(from, to, code, marked, line): &Case) -> Option<String> {
    let text = BASE.replacen(from, to, 1);
    let (file, diags) = crate::syntax::parse(FileId(0), &text);
    if !diags.is_empty() || text == BASE {
        return Some(format!("{to}: the case itself: {}", show(&diags)));
    }
    let (policy, diags) = lower(&[(FileId(0), file)], DIALECTS);
    if code.is_empty() {
        return (!diags.is_empty()).then(|| format!("{to}:\n{}\n", show(&diags)));
    }
    let error = diags.iter().any(|d| d.severity == Severity::Error);
    let found = diags.iter().filter(|d| d.code == code).any(|d| {
        let (start, end) = (
            d.labels[0].span.start as usize,
            d.labels[0].span.end as usize,
        );
        &text[start..end] == marked && text[..start].matches('\n').count() + 1 == line
    });
    // One slip is one finding, but where it really moved or took away what several statements use.
    let several = [
        "repeated-name",
        "overlap",
        "missing-family",
        "shared-vlan",
        "far-next-hop",
        "site-prefix",
        "pair-one-side",
    ];
    let alone = diags.len() == 1 || several.contains(&code);
    let fine = found && alone && policy.is_none() == error;
    (!fine).then(|| format!("{code} `{marked}` line {line} of {to}:\n{}\n", show(&diags)))
}

#[test]
fn each_slip_is_found_where_it_is() {
    let wrong: Vec<String> = CASES.iter().filter_map(judge).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_host_of_two_zones_needs_its_zone() {
    let text = BASE
        .replace("host b1 .11", "host b1 .11; host a1 .12")
        .replace("prove A", "prove a1");
    let (file, _) = crate::syntax::parse(FileId(0), &text);
    let (_, diags) = lower(&[(FileId(0), file)], DIALECTS);
    assert_eq!(diags.len(), 1, "{}", show(&diags));
    assert_eq!(
        (diags[0].code, diags[0].labels.len()),
        ("ambiguous-host", 3)
    );
    let help = diags[0]
        .help
        .as_ref()
        .unwrap()
        .render(crate::base::Lang::En);
    assert!(help.ends_with("A.a1, B.a1"), "{help}");
}
