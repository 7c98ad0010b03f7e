//! Ways that are easily overlooked: next hops that nobody named, tunnels, standby routers, lists on services of a switch.

use super::{DEFAULT, Edit, LIST, POLICY, S1, S2, edited, is, open, verdicts};
use crate::verify::Verdict::{self, Proved, Refuted, Unknown};

/// The verdict of one claim more, on changed texts.
fn claim(more: &str, s1: &[Edit], s2: &[Edit]) -> Verdict {
    let policy = format!("{POLICY}\n{more} as P-MORE");
    let files = [("S1", edited(S1, s1)), ("S2", edited(S2, s2))];
    let (verdict, said) = verdicts(&policy, &files)["P-MORE"];
    assert!(said || verdict != Unknown, "unknown without a word");
    verdict
}

#[test]
fn a_next_hop_that_nobody_named_is_a_host_of_its_zone() {
    // D28: what a route hands to a machine in B has arrived in B, whatever its destination.
    let route = (DEFAULT, "ip route 10.50.0.0 255.255.0.0 10.2.0.77");
    let list = (LIST, " 15 permit tcp any 10.50.0.0 0.0.255.255 eq 22");
    is(&open(&[route, list], &[], None), "P-B", Refuted);
    // So does what it hands to an address that no zone has, for every zone there.
    let stranger = (
        " ip address 10.2.0.1 255.255.255.0",
        " ip address 10.77.0.1 255.255.255.0 secondary",
    );
    let route = (DEFAULT, "ip route 10.50.0.0 255.255.0.0 10.77.0.9");
    is(&open(&[stranger, route, list], &[], None), "P-B", Refuted);
}

#[test]
fn a_next_hop_that_nobody_named_may_hand_packets_back() {
    // D29 says so of externals; of a router that the policy does not know nothing better is known.
    let route = (DEFAULT, "ip route 10.4.0.11 255.255.255.255 10.3.0.4");
    let list = (LIST, " 15 permit tcp any host 10.4.0.11 eq 80");
    let far = (
        " 10 permit tcp host 10.3.0.5 host 10.4.0.11 eq 22",
        " 20 permit tcp any any eq 80",
    );
    is(&open(&[route, list], &[far], None), "P-C", Unknown);
    is(&open(&[route, list], &[], None), "P-C", Proved);
}

#[test]
fn what_comes_out_of_a_tunnel_may_be_for_the_switch() {
    // D23, X: it passed no list on its way out of the tunnel.
    let tunnel = (
        "ip routing",
        "interface Tunnel0\n ip address 10.99.0.1 255.255.255.252\n tunnel source Vlan20",
    );
    is(&open(&[tunnel], &[], None), "P-OWN", Unknown);
}

#[test]
fn a_standby_router_sends_on_to_the_active_one() {
    // D2, D19: which of the two has the address is a state.
    let one = (
        " ip address 10.3.0.1 255.255.255.248",
        " standby 1 ip 10.3.0.6",
    );
    let two = (
        " ip address 10.3.0.2 255.255.255.248",
        " standby 1 ip 10.3.0.6",
    );
    let near = (LIST, " 15 permit tcp any host 10.3.0.6 eq 22");
    let far = (
        " 10 permit tcp host 10.3.0.5 host 10.4.0.11 eq 22",
        " 20 permit tcp any host 10.3.0.6 eq 22",
    );
    let on_s2 = "prove A -> S2 none";
    assert_eq!(claim(on_s2, &[one, near], &[two, far]), Refuted);
    assert_eq!(claim(on_s2, &[one, near], &[two]), Proved);
    // What only S1 has, nobody else is handed.
    assert_eq!(claim(on_s2, &[near], &[far]), Proved);
}

#[test]
fn a_list_on_a_service_of_the_switch_is_not_certain_to_let_anybody_in() {
    // D19: lists on terminal lines and the like are further conjuncts.
    let near = (LIST, " 15 permit tcp 10.1.0.0 0.0.0.255 any eq 22");
    let works = "prove A -> S1 : tcp 22 works";
    let none = "prove A -> S1 : tcp 22 none";
    let vty = ("hostname S1", "line vty 0 4\n access-class 10 in");
    assert_eq!(claim(works, &[near], &[]), Proved);
    assert_eq!(claim(works, &[near, vty], &[]), Unknown);
    assert_eq!(claim(none, &[near], &[]), Refuted);
    assert_eq!(claim(none, &[near, vty], &[]), Unknown);
    // It stands behind the in-list, and concerns no other service.
    let snmp = ("hostname S1", "snmp-server community x RO 10");
    assert_eq!(claim(works, &[near, snmp], &[]), Proved);
    assert_eq!(claim("prove A -> b1 : tcp 443 works", &[vty], &[]), Proved);
}

#[test]
fn glbp_is_redundancy_like_the_others() {
    let one = (
        " ip address 10.3.0.1 255.255.255.248",
        " glbp 1 ip 10.3.0.6\n glbp 1 priority 110",
    );
    let two = (
        " ip address 10.3.0.2 255.255.255.248",
        " glbp 1 ip 10.3.0.6",
    );
    let near = (LIST, " 15 permit tcp any host 10.3.0.6 eq 22");
    let far = (
        " 10 permit tcp host 10.3.0.5 host 10.4.0.11 eq 22",
        " 20 permit tcp any host 10.3.0.6 eq 22",
    );
    assert_eq!(
        claim("prove A -> S2 none", &[one, near], &[two, far]),
        Refuted
    );
    is(&open(&[one], &[two], None), "P-C", Proved);
    // Who learns the address from others says nothing of it.
    let learnt = (" ip address 10.3.0.1 255.255.255.248", " glbp 1 ip");
    is(&open(&[learnt], &[], None), "P-C", Unknown);
}

#[test]
fn an_address_that_a_router_took_from_a_host_is_still_the_hosts() {
    // D42 asks nothing of own addresses of routers, but what the policy calls a host is one.
    let taken = (
        " ip address 10.9.0.1 255.255.255.248",
        " ip address 10.2.0.11 255.255.255.255 secondary",
    );
    is(&open(&[taken], &[], None), "P-WORKS", Refuted);
    let nobodys = (
        " ip address 10.9.0.1 255.255.255.248",
        " ip address 10.2.0.99 255.255.255.255 secondary",
    );
    is(&open(&[nobodys], &[], None), "P-WORKS", Proved);
}
