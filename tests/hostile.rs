//! Texts that are written to be believed too much: two switches that prove everything, and one thing changed at a time.

use crate::certificate::certified;
use crate::support::{aclc, scratch, verified};
use std::path::PathBuf;

const POLICY: &str = r#"
site X as X { ipv4-only }
zone A vlan 10 10.0.10.0/24
zone B vlan 20 10.0.20.0/24 { host srv .11 }
zone C vlan 30 10.0.30.0/24
zone T vlan 99 10.0.99.0/29 { host FW .6 }
external NET behind FW = rest
switch S1 : cisco-ios-xe "C9300-48T" { svi A, C; svi T .1; route B via S2; route any via FW }
switch S2 : cisco-ios-xe "C9300-48T" { svi B; svi T .2; route A, C via S1; route any via FW }
allow A -> srv : tcp 443
prove A -> B only srv : tcp 443 as AB
prove C -> B none as CB
prove C -> NET none as CNET
prove C -> S2 none as CS2
prove T -> S2 none as TS2
prove allows works as WORKS
"#;

/// The list of zone C on S1, and what crosses the transit link, as `build` writes them.
const C: &str = " 10 remark default deny\n 10 deny   ip any any\nip access-list extended V99_IN";
const ACROSS: &str = " 10 permit tcp 10.0.10.0 0.0.0.255 host 10.0.20.11 eq 443\n";

/// Zone C may send this.
fn from_c(entry: &str) -> (usize, &'static str, String) {
    let list = format!(" 10 permit {entry}\nip access-list extended V99_IN");
    (0, C, list)
}

/// S2 takes this from the transit link besides.
fn into_s2(entry: &str) -> (usize, &'static str, String) {
    (1, ACROSS, format!("{ACROSS} 11 permit {entry}\n"))
}

/// These lines of an interface stand in the text of S1 besides.
fn interface(lines: &str) -> (usize, &'static str, String) {
    let header = "interface Vlan10\n";
    (0, header, format!("interface {lines}\n!\n{header}"))
}

/// The policy, and the two texts with some changes.
struct Case {
    dir: PathBuf,
    policy: PathBuf,
}

fn case(name: &str, more: &str, changes: &[(usize, &str, String)]) -> Case {
    let dir = scratch(&format!("hostile-{name}"));
    let policy = dir.join("policy.acl");
    let place = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let out = dir.join("out");
    std::fs::write(&policy, POLICY).unwrap();
    let ran = aclc(&["build", &place(&policy), "-o", &place(&out)]);
    assert!(out.join("S2.cfg").exists(), "{}{}", ran.out, ran.err);
    for (switch, old, new) in changes {
        let file = out.join(["S1.cfg", "S2.cfg"][*switch]);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{name}: {old}");
        std::fs::write(&file, text.replacen(old, new, 1)).unwrap();
    }
    std::fs::write(&policy, format!("{POLICY}{more}\n")).unwrap();
    Case { dir, policy }
}

impl Case {
    /// The verdict of a claim, and the reason.
    fn verdict(&self, id: &str) -> (String, Option<String>) {
        let out = self.dir.join("out");
        let ran = verified(&self.policy, &["--configs", out.to_str().unwrap()]).json();
        let claims = ran["claims"].as_array().unwrap();
        let claim = claims.iter().find(|claim| claim["id"] == id).unwrap();
        let reason = claim["reason"].as_str().map(str::to_owned);
        (claim["verdict"].as_str().unwrap().to_owned(), reason)
    }

    fn is(&self, id: &str, verdict: &str) {
        let found = self.verdict(id).0;
        assert_eq!(found, verdict, "{id} in {}", self.dir.display());
    }

    /// What is still proved is proved to the checker too.
    fn certifies(&self, claims: &[&str]) {
        let out = self.dir.join("out");
        let places = [&self.policy, &out].map(|path| path.to_str().unwrap());
        let (_, said) = certified(places[0], places[1], &self.dir.join("c.json"));
        for id in claims {
            let line = said
                .lines()
                .find(|line| line.contains(&format!("  {id}  ")));
            let fine = line.is_some_and(|line| line.starts_with("certified"));
            assert!(fine, "{id}: {said}");
        }
    }
}

/// A route names a port only: the firewall there may answer for what lies behind it (proxy ARP), as any router may.
#[test]
fn a_host_before_an_external_may_answer_for_it() {
    let route = ["10.0.99.6", "Vlan99"].map(|via| format!("ip route 0.0.0.0 0.0.0.0 {via}\n"));
    let [named, bare] = route;
    let open = from_c("tcp any host 198.51.100.1 eq 443");
    case("external", "", &[open.clone()]).is("CNET", "refuted");
    let case = case("answers", "", &[open, (0, named.as_str(), bare)]);
    case.is("CNET", "unknown");
    case.is("AB", "proved");
    case.certifies(&["AB", "WORKS"]);
}

/// The subnet of a loopback is longer than the route to the zone: its hosts are not reached.
#[test]
fn a_subnet_without_a_link_takes_packets_away() {
    let loopback = |net: &str| interface(&format!("Loopback0\n ip address {net}"));
    let taken = case("loopback", "", &[loopback("10.0.20.9 255.255.255.128")]);
    taken.is("WORKS", "refuted");
    let beside = case(
        "loopback-beside",
        "",
        &[loopback("10.0.20.200 255.255.255.128")],
    );
    beside.is("WORKS", "proved");
    beside.certifies(&["AB", "WORKS"]);
}

/// A VLAN has moved to S2; S1 still has its old interface, which is down. S1 sends on what is for that address.
#[test]
fn the_address_of_an_interface_that_is_down_may_be_elsewhere() {
    let down = |addr: &str| interface(&format!("Vlan20\n ip address {addr}\n shutdown"));
    let ssh = "tcp any host 10.0.20.1 eq 22";
    let moved = [from_c(ssh), into_s2(ssh), down("10.0.20.1 255.255.255.0")];
    case("moved", "", &moved).is("CS2", "refuted");
    // The same of what would be the broadcast address of its subnet.
    let ssh = "tcp any host 10.0.20.15 eq 22";
    let subnet = down("10.0.20.2 255.255.255.240");
    let case = case("down-broadcast", "", &[from_c(ssh), into_s2(ssh), subnet]);
    case.is("CB", "refuted");
    case.is("AB", "proved");
    case.certifies(&["AB", "WORKS"]);
}

/// A switch that routes nothing still answers on its own addresses.
#[test]
fn a_switch_that_does_not_route_can_be_reached_itself() {
    let ssh = into_s2("tcp any host 10.0.99.2 eq 22");
    let routes = (1, "ip routing\n", "no ip routing\n".to_owned());
    let case = case("no-routing", "", &[ssh, routes]);
    case.is("TS2", "refuted");
    assert_eq!(case.verdict("CB").1.as_deref(), Some("vacuous"));
}
