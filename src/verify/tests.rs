//! Device texts that tried to get past the proofs. Each case changes a network that is in order, and says which claims may
//! no longer be called proved.

mod ways;

use crate::base::{Source, SourceMap};
use crate::job::{Capture, Limits, Options, verify::verify};
use crate::verify::Verdict::{self, Proved, Refuted, Unknown};
use jiff::civil::date;
use std::collections::BTreeMap;

const POLICY: &str = r#"
language 1
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone T vlan 30 10.3.0.0/29 gateway .2 gateway .1 for B { host gw .5 }
zone C vlan 40 10.4.0.0/24 { host c1 .11 }
zone F vlan 90 10.9.0.0/29 { host FW .2, .3 }
external NET behind FW = rest
switch S1 : cisco-ios-xe "C9300-48T" { svi A, B, F; svi T .1; route C via S2; route any via 10.9.0.3 }
switch S2 : cisco-ios-xe "C9300-48T" { svi T .2; svi C; route any via S1 }
allow A -> b1 : tcp 443 ticket x
allow gw -> c1 : tcp 22 ticket x
prove A -> B only b1 : tcp 443 as P-B
prove A -> C none as P-C
prove A -> T none as P-T
prove A -> NET none as P-NET
prove A -> S1, S2 none as P-OWN
prove A no-spoof as P-SPOOF
prove A filtered as P-FILTER
prove S1 no-spoof as P-NOTHING
prove S1, A -> C none as P-SENDER
prove allows works as P-WORKS
"#;

const S1: &str = "\
hostname S1
ip routing
interface Vlan10
 ip address 10.1.0.1 255.255.255.0
 ip access-group V10_IN in
interface Vlan20
 ip address 10.2.0.1 255.255.255.0
 ip access-group V20_IN in
interface Vlan30
 ip address 10.3.0.1 255.255.255.248
 ip access-group DENY in
interface Vlan90
 ip address 10.9.0.1 255.255.255.248
 ip access-group DENY in
ip route 10.4.0.0 255.255.255.0 10.3.0.2
ip route 0.0.0.0 0.0.0.0 10.9.0.3
ip access-list extended V10_IN
 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443
 90 deny ip any any
ip access-list extended V20_IN
 10 permit tcp host 10.2.0.11 eq 443 10.1.0.0 0.0.0.255 range 1024 65535 established
 90 deny ip any any
ip access-list extended DENY
 90 deny ip any any
";

const S2: &str = "\
hostname S2
ip routing
interface Vlan30
 ip address 10.3.0.2 255.255.255.248
 ip access-group V30_IN in
interface Vlan40
 ip address 10.4.0.1 255.255.255.0
 ip access-group V40_IN in
ip route 0.0.0.0 0.0.0.0 10.3.0.1
ip access-list extended V30_IN
 10 permit tcp host 10.3.0.5 host 10.4.0.11 eq 22
 90 deny ip any any
ip access-list extended V40_IN
 10 permit tcp host 10.4.0.11 eq 22 host 10.3.0.5 range 1024 65535 established
 90 deny ip any any
";

/// Lines put behind a line of `S1`; `^` in front of the line replaces it.
type Edit = (&'static str, &'static str);

fn verdicts(policy: &str, files: &[(&str, String)]) -> BTreeMap<String, (Verdict, bool)> {
    let mut sources = SourceMap::default();
    let policy = sources.add(Source::utf8("p.acl", policy.as_bytes()).unwrap());
    let captures: Vec<Capture> = files
        .iter()
        .map(|(name, text)| Capture {
            name: (*name).to_owned(),
            file: sources.add(Source::capture(&format!("{name}.cfg"), text.as_bytes())),
        })
        .collect();
    let options = Options {
        at: date(2026, 11, 23),
        limits: Limits::default(),
        dialect: None,
        confirmed_only: false,
    };
    let outcome = verify(&sources, policy, Some(&captures), &options);
    let outcome = outcome.unwrap_or_else(|findings| panic!("{findings:?}"));
    let each = outcome.claims.into_iter();
    each.map(|claim| {
        let said = !claim.because.is_empty() || claim.reason.is_some();
        (claim.id, (claim.verdict, said))
    })
    .collect()
}

fn edited(text: &str, edits: &[Edit]) -> String {
    edits.iter().fold(text.to_owned(), |text, (line, more)| {
        let (line, keep) = line
            .strip_prefix('^')
            .map_or((*line, true), |line| (line, false));
        assert!(text.contains(line), "{line}");
        let kept = if keep {
            format!("{line}\n")
        } else {
            String::new()
        };
        text.replacen(&format!("{line}\n"), &format!("{kept}{more}\n"), 1)
    })
}

/// What is not proved. Whatever is unknown must say why.
fn open(s1: &[Edit], s2: &[Edit], stranger: Option<&str>) -> Vec<(String, Verdict)> {
    let mut files = vec![("S1", edited(S1, s1)), ("S2", edited(S2, s2))];
    files.extend(stranger.map(|text| ("R3", text.to_owned())));
    let all = verdicts(POLICY, &files);
    for (id, (verdict, said)) in &all {
        assert!(
            *said || *verdict != Unknown,
            "{id} is unknown and does not say why"
        );
    }
    let open = all
        .into_iter()
        .filter(|(_, (verdict, _))| *verdict != Proved);
    open.filter(|(id, _)| id != "P-NOTHING")
        .map(|(id, (verdict, _))| (id, verdict))
        .collect()
}

fn is(open: &[(String, Verdict)], id: &str, verdict: Verdict) {
    let found = open.iter().find(|(name, _)| name == id);
    assert_eq!(
        found.map_or(Proved, |(_, v)| *v),
        verdict,
        "{id} among {open:?}"
    );
}

const LIST: &str = " 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443";
const DEFAULT: &str = "ip route 0.0.0.0 0.0.0.0 10.9.0.3";

#[test]
fn the_network_is_in_order() {
    assert_eq!(open(&[], &[], None), []);
}

#[test]
fn a_line_that_is_not_understood_taints_the_packets_that_reach_it() {
    // D10: what was read of the line bounds what it may match; nothing else is in doubt.
    let gap = (
        LIST,
        " 15 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.12 eq 22 frobnicate",
    );
    let tainted = [("P-B".to_owned(), Unknown)];
    assert_eq!(open(&[gap], &[], None), tainted);
    // D12: a certain line above it takes its packets away.
    let above = (LIST, " 5 deny tcp any host 10.2.0.12");
    assert_eq!(open(&[gap, above], &[], None), []);
    // Behind a line that takes everything no packet reaches it.
    let below = (
        " 90 deny ip any any",
        " 95 permit tcp any any eq 22 frobnicate",
    );
    assert_eq!(open(&[below], &[], None), []);
}

#[test]
fn claims_about_nothing_are_not_proved() {
    // D44: nothing is injected at a switch.
    let all = verdicts(POLICY, &[("S1", S1.to_owned()), ("S2", S2.to_owned())]);
    assert_eq!(all["P-NOTHING"].0, Unknown);
    let open = open(&[("interface Vlan10", " shutdown")], &[], None);
    for id in ["P-B", "P-C", "P-NET", "P-OWN", "P-SPOOF", "P-FILTER"] {
        is(&open, id, Unknown);
    }
}

#[test]
fn every_address_of_the_host_before_an_external_leads_there() {
    // D29: .2 and .3 are one prefix, but two next hops.
    is(
        &open(&[(LIST, " 15 permit tcp any any eq 80")], &[], None),
        "P-NET",
        Refuted,
    );
}

#[test]
fn learnt_routes_lead_to_externals_that_hand_nothing_back() {
    // D31: also an external that is `no-hairpin` is somewhere.
    let policy = format!("{POLICY}\nassume no-hairpin NET because \"x\"");
    let s1 = edited(
        S1,
        &[
            (LIST, " 15 permit tcp any host 8.8.8.8 eq 80"),
            (
                "^ip route 0.0.0.0 0.0.0.0 10.9.0.3",
                "router ospf 1\n network 0.0.0.0 255.255.255.255 area 0",
            ),
        ],
    );
    let all = verdicts(&policy, &[("S1", s1), ("S2", S2.to_owned())]);
    assert_eq!(all["P-NET"].0, Unknown);
}

#[test]
fn a_tracked_route_may_be_gone() {
    // D31: then the next shorter one holds, or none.
    let null = (DEFAULT, "ip route 8.0.0.0 255.0.0.0 Null0 track 1");
    let open = open(
        &[(LIST, " 15 permit tcp any host 8.8.8.8 eq 80"), null],
        &[],
        None,
    );
    is(&open, "P-NET", Refuted);
}

#[test]
fn a_tracked_route_alone_carries_nothing_for_certain() {
    let tracked = (
        "^ip route 0.0.0.0 0.0.0.0 10.3.0.1",
        "ip route 10.3.0.0 255.255.255.0 10.3.0.1 track 1",
    );
    let _ = open(&[], &[tracked], None);
    let gone = (
        "^ip route 10.4.0.0 255.255.255.0 10.3.0.2",
        "ip route 10.4.0.0 255.255.255.0 10.3.0.2 track 1",
    );
    let list = (LIST, " 15 permit tcp any host 10.4.0.11 eq 22");
    // Over S2 it is dropped; over the default route it reaches the external.
    is(&open(&[gone, list], &[], None), "P-NET", Refuted);
}

#[test]
fn another_routers_own_address_is_an_arrival_and_replays() {
    // D27: put on the link with itself as next hop, although S2 drops it.
    let open = open(
        &[(LIST, " 15 permit tcp any host 10.3.0.2 eq 22")],
        &[],
        None,
    );
    is(&open, "P-T", Refuted);
    is(&open, "P-OWN", Proved);
}

#[test]
fn what_goes_to_another_router_has_left_its_link() {
    // D40: it crosses the link between the two, although S2 drops it and S1 lets nothing through to hosts there.
    let any = (LIST, " 15 permit tcp any 10.4.0.0 0.0.0.255");
    is(&open(&[any], &[], None), "P-SPOOF", Refuted);
    let own = (LIST, " 15 permit tcp 10.1.0.0 0.0.0.255 10.4.0.0 0.0.0.255");
    is(&open(&[own], &[], None), "P-SPOOF", Proved);
}

/// P-WORKS, where A also works on c1 behind the link between the switches.
fn works_across(s1: &[Edit], stranger: Option<&str>) -> Verdict {
    let there = " permit tcp 10.1.0.0 0.0.0.255 host 10.4.0.11 eq 22";
    let back = " permit tcp host 10.4.0.11 eq 22 10.1.0.0 0.0.0.255 range 1024 65535 established";
    let (first, second) = (format!(" 15{there}"), format!(" 20{there}"));
    let (third, fourth) = (format!(" 20{back}"), format!(" 10{back}"));
    let near = [
        &[(LIST, &*first), ("ip access-list extended DENY", &*fourth)],
        s1,
    ]
    .concat();
    let far = [
        (
            " 10 permit tcp host 10.3.0.5 host 10.4.0.11 eq 22",
            &*second,
        ),
        (
            " 10 permit tcp host 10.4.0.11 eq 22 host 10.3.0.5 range 1024 65535 established",
            &*third,
        ),
    ];
    let edit = |text: &str, edits: &[(&str, &str)]| {
        edits.iter().fold(text.to_owned(), |text, (line, more)| {
            assert!(text.contains(line), "{line}");
            text.replacen(&format!("{line}\n"), &format!("{line}\n{more}\n"), 1)
        })
    };
    let mut files = vec![("S1", edit(S1, &near)), ("S2", edit(S2, &far))];
    files.extend(stranger.map(|text| ("R3", text.to_owned())));
    let policy = format!("{POLICY}allow A -> c1 : tcp 22 ticket x\n");
    verdicts(&policy, &files)["P-WORKS"].0
}

#[test]
fn every_equal_path_and_every_owner_of_a_next_hop_must_carry() {
    // D2, D3: which of them is taken is a state.
    assert_eq!(works_across(&[], None), Proved);
    let route = "ip route 10.4.0.0 255.255.255.0 10.3.0.2";
    let dead = (route, "ip route 10.4.0.0 255.255.255.0 10.3.0.4");
    assert_ne!(works_across(&[dead], None), Proved, "an equal path");
    // R3 shares the address that S1 sends to, and has no way to C.
    let stranger = "hostname R3\nip routing\ninterface Vlan30\n ip address 10.3.0.6 255.255.255.248\n standby 1 ip 10.3.0.2\n";
    assert_ne!(works_across(&[], Some(stranger)), Proved, "an owner");
}

#[test]
fn what_is_sent_elsewhere_may_end_at_an_address_of_another_vrf() {
    // D23: leaks are of the class of policy routing.
    let other = (
        "ip routing",
        "interface Loopback7\n vrf forwarding Q\n ip address 10.77.0.1 255.255.255.255",
    );
    let list = (LIST, " 15 permit tcp any host 10.77.0.1 eq 22");
    is(&open(&[other, list], &[], None), "P-OWN", Proved);
    let sent = ("interface Vlan10", " ip policy route-map X");
    is(&open(&[other, list, sent], &[], None), "P-OWN", Unknown);
}

#[test]
fn own_addresses_are_those_of_the_text() {
    // D19, D31: a loopback, and IPv6, of which the policy knows nothing.
    let loopback = (
        "ip routing",
        "interface Loopback0\n ip address 10.99.9.9 255.255.255.255",
    );
    let list = (LIST, " 15 permit tcp any host 10.99.9.9 eq 22");
    is(&open(&[loopback, list], &[], None), "P-OWN", Refuted);
    let six = [
        ("ip routing", "ipv6 unicast-routing"),
        ("interface Vlan10", " ipv6 address 2001:db8::1/64"),
    ];
    is(&open(&six, &[], None), "P-OWN", Refuted);
}

#[test]
fn a_route_onto_a_link_may_be_answered_by_proxy() {
    let onto = (
        "^ip route 10.4.0.0 255.255.255.0 10.3.0.2",
        "ip route 10.4.0.0 255.255.255.0 Vlan30",
    );
    let list = (LIST, " 15 permit tcp any host 10.4.0.11 eq 22");
    let far = (
        " 10 permit tcp host 10.3.0.5 host 10.4.0.11 eq 22",
        " 20 permit tcp any any eq 22",
    );
    is(&open(&[onto, list], &[far], None), "P-C", Unknown);
}

#[test]
fn directed_broadcast_reaches_hosts() {
    // D33: broadcast is not routed unless this is configured; then the class is R.
    let cast = ("interface Vlan20", " ip directed-broadcast");
    let list = (LIST, " 15 permit udp any host 10.2.0.255 eq 9");
    is(&open(&[list], &[], None), "P-B", Proved);
    is(&open(&[cast, list], &[], None), "P-B", Unknown);
}

#[test]
fn a_relay_sends_broadcasts_of_some_services_on() {
    // `ip helper-address` turns them into packets to the server that no list in front of it has seen as such.
    let helper = ("interface Vlan10", " ip helper-address 10.2.0.11");
    let list = (LIST, " 15 permit udp any host 255.255.255.255 eq 53");
    is(&open(&[list], &[], None), "P-B", Proved);
    is(&open(&[helper], &[], None), "P-B", Proved);
    is(&open(&[helper, list], &[], None), "P-B", Unknown);
    let directed = (LIST, " 15 permit udp any host 10.1.0.255 eq 137");
    is(&open(&[helper, directed], &[], None), "P-B", Unknown);
    // Who sends it stays who it was.
    let own = (
        LIST,
        " 15 permit udp 10.1.0.0 0.0.0.255 host 255.255.255.255 eq 53",
    );
    is(&open(&[helper, own], &[], None), "P-SPOOF", Proved);
    is(&open(&[helper, own], &[], None), "P-B", Unknown);
    is(&open(&[helper, list], &[], None), "P-SPOOF", Unknown);
    // What the relay is for (D22), and a port that is none of them.
    let dhcp = (LIST, " 15 permit udp any host 255.255.255.255 eq 67");
    is(&open(&[helper, dhcp], &[], None), "P-B", Proved);
    let off = ("ip routing", "no ip forward-protocol udp domain");
    is(&open(&[helper, list, off], &[], None), "P-B", Proved);
    let all_off = ("ip routing", "no ip forward-protocol udp");
    is(&open(&[helper, list, all_off], &[], None), "P-B", Proved);
    let other = (LIST, " 15 permit udp any host 255.255.255.255 eq 9");
    let on = ("ip routing", "ip forward-protocol udp 9");
    is(&open(&[helper, other], &[], None), "P-B", Proved);
    is(&open(&[helper, other, on], &[], None), "P-B", Unknown);
    // Lists behind the relay see the packet with its new destination.
    let far = ("interface Vlan10", " ip helper-address 10.4.0.11");
    is(&open(&[far, list], &[], None), "P-C", Proved);
    let past = (
        " 10 permit tcp host 10.3.0.5 host 10.4.0.11 eq 22",
        " 20 permit udp any host 10.4.0.11 eq 53",
    );
    is(&open(&[far, list], &[past], None), "P-C", Unknown);
}

#[test]
fn a_leak_crosses_vrfs() {
    // D31: VRFs are apart, but not where routes leak.
    let red = ("interface Vlan10", " vrf forwarding RED");
    let list = (LIST, " 15 permit tcp any host 10.2.0.12 eq 22");
    is(&open(&[red, list], &[], None), "P-B", Proved);
    let leak = (
        "ip routing",
        "vrf definition RED\n address-family ipv4\n  route-target import 1:1",
    );
    is(&open(&[red, list, leak], &[], None), "P-B", Unknown);
}

#[test]
fn a_router_that_nobody_named_is_a_way() {
    // D32: by VLAN interfaces, routed ports, subinterfaces.
    let text = |one: &str, two: &str| {
        format!(
            "hostname R3\nip routing\ninterface {one}\n ip address 10.1.0.254 255.255.255.0\ninterface {two}\n ip address 10.2.0.254 255.255.255.0\n"
        )
    };
    for (one, two) in [
        ("Vlan10", "Vlan20"),
        (
            "GigabitEthernet0/0\n no switchport",
            "GigabitEthernet0/1\n no switchport",
        ),
        (
            "GigabitEthernet0/0.10\n encapsulation dot1Q 10",
            "GigabitEthernet0/0.20\n encapsulation dot1Q 20",
        ),
    ] {
        is(&open(&[], &[], Some(&text(one, two))), "P-B", Refuted);
    }
}

#[test]
fn link_local_sources_stay_on_their_link() {
    // D33: nothing is refuted by a packet that no router forwards.
    let six = [
        (
            "ip routing",
            "ipv6 unicast-routing\nipv6 access-list SIX\n permit udp fe80::/10 any\n deny ipv6 any any",
        ),
        (
            "interface Vlan10",
            " ipv6 address 2001:db8::1/64\n ipv6 traffic-filter SIX in",
        ),
        ("interface Vlan20", " ipv6 address 2001:db8:2::1/64"),
    ];
    let open = open(&six, &[], None);
    is(&open, "P-SPOOF", Proved);
}

#[test]
fn rewriting_says_what_is_open() {
    is(
        &open(&[("interface Vlan20", " ip nat inside")], &[], None),
        "P-C",
        Unknown,
    );
}

#[test]
fn a_switch_that_a_claim_names_sends() {
    // D20: S1 itself is dropped by the list of S2, until that permits its address.
    let line = " 10 permit tcp host 10.3.0.5 host 10.4.0.11 eq 22";
    let open = open(
        &[],
        &[(line, " 20 permit tcp host 10.3.0.1 any eq 22")],
        None,
    );
    is(&open, "P-SENDER", Refuted);
    is(&open, "P-C", Proved);
}

#[test]
fn filters_that_are_not_modelled_may_keep_a_link_apart() {
    // D25: then zones of one VLAN are unknown, not refuted.
    let policy = POLICY
        .replace(
            "zone B vlan 20",
            "zone A2 vlan 10 10.1.8.0/24\nzone B vlan 20",
        )
        .replace("svi A, B, F;", "svi A, A2 10.1.0.1, 10.1.8.1; svi B, F;")
        + "\nprove A -> A2 none as P-BESIDE";
    let s1 = |more| edited(S1, &[("ip routing", more)]);
    let beside = |more| verdicts(&policy, &[("S1", s1(more)), ("S2", S2.to_owned())])["P-BESIDE"];
    assert_eq!(beside("!"), (Refuted, true));
    assert_eq!(beside("vlan 10\n private-vlan isolated"), (Unknown, true));
}

/// D45 for what `build` would write.
fn equality(policy: &str) -> Verdict {
    use crate::job::network;
    let mut sources = SourceMap::default();
    let file = sources.add(Source::utf8("p.acl", policy.as_bytes()).unwrap());
    let options = Options {
        at: date(2026, 11, 23),
        limits: Limits::default(),
        dialect: None,
        confirmed_only: false,
    };
    let policy = network::policy(&sources, file).unwrap().policy;
    let devices = network::devices(&sources, &policy, None, &options).unwrap();
    let asked = network::verify_options(&options, true);
    let report = crate::verify::verify(&policy, options.at, &devices.named, &asked).unwrap();
    report.equality.unwrap().verdict
}

#[test]
fn networks_of_two_switches_can_be_built() {
    let with = |more: &str| equality(&format!("{POLICY}\n{more}"));
    // A session of a far switch is put on the link between the two, and answered from there (D20).
    let gateway = POLICY.replace("gateway .1 for B", "gateway .1 for A, B, S2");
    assert_eq!(
        equality(&format!("{gateway}\nallow A -> S2 : tcp 22 ticket x")),
        Proved
    );
    // Whoever sits between two zones can answer for one of them; no list can tell, so a build does not fail for it, and the
    // claims see it (D24, D45).
    assert_eq!(with("allow B -> c1 : tcp 22 ticket x"), Proved);
    let attested = "assume authentic T because \"no hosts\"";
    assert_eq!(
        with(&format!("{attested}\nallow B -> c1 : tcp 22 ticket x")),
        Proved
    );
    // Errors come from routers on the way (D37).
    assert_eq!(
        with(&format!("{attested}\nallow B <-> C : std.pmtu ticket x")),
        Proved
    );
}
