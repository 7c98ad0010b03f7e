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
    case("external", "", std::slice::from_ref(&open)).is("CNET", "refuted");
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

/// How two sides compare, with the policy; and how a plan between them ends.
fn changed(name: &str, before: &[(usize, &str, String)], after: (&str, &str)) -> (i32, bool, i32) {
    let old = case(&format!("{name}-old"), "", before);
    let new = case(&format!("{name}-new"), "", before);
    let path = |case: &Case, name: &str| case.dir.join(name).to_str().unwrap().to_owned();
    let file = path(&new, "out/S1.cfg");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(after.0), "{text}");
    std::fs::write(&file, text.replace(after.0, after.1)).unwrap();
    let sides = [path(&old, "out"), path(&new, "out")];
    let policy = path(&old, "policy.acl");
    let ran = |command: &str| {
        aclc(&[
            command, &sides[0], &sides[1], "--policy", &policy, "--lang", "en",
        ])
    };
    let diff = ran("diff");
    let nothing = diff.out.contains("no packet's fate");
    (diff.exit as i32, nothing, ran("plan").exit as i32)
}

/// A line of unknown effect names a block that changes; it stays the same itself.
#[test]
fn what_an_unmodelled_line_names_is_compared_as_well() {
    let below = |more: &str| (0, "!\nip route ", format!("!\n{more}!\nip route "));
    let under = |line: &str| {
        (
            0,
            "interface Vlan30\n",
            format!("interface Vlan30\n {line}\n"),
        )
    };
    let open = from_c("ip any any");
    let map = "route-map RM permit 10\n match ip address V30_IN\n set ip next-hop 10.0.99.6\n";
    let routed = [open.clone(), under("ip policy route-map RM"), below(map)];
    for after in ["route-map RM deny 10", "route-map RM permit 11"] {
        let found = changed("route-map", &routed, ("route-map RM permit 10", after));
        assert_eq!(found, (3, false, 3));
    }
    let class = "class-map match-all CM\n match access-group name V30_IN\npolicy-map PM\n class CM\n  drop\n";
    let classed = [open.clone(), under("service-policy input PM"), below(class)];
    let found = changed("class-map", &classed, ("name V30_IN", "name V10_IN"));
    assert_eq!(found, (3, false, 3));
    let found = changed("policy-map", &classed, ("  drop\n", "  set dscp 0\n"));
    assert_eq!(found, (3, false, 3));
    let filter = "vlan access-map VM 10\n match ip address V30_IN\n action drop\nvlan filter VM vlan-list 30\n";
    let filtered = [open, below(filter)];
    let found = changed("vlan-map", &filtered, ("action drop", "action forward"));
    assert_eq!(found, (3, false, 3));
    assert_eq!(
        changed("name-only", &filtered, ("hostname S1", "hostname S9")),
        (0, true, 0)
    );
}

/// A port has moved to another VLAN: the lists do the same, and whoever sits there gets elsewhere.
#[test]
fn a_port_that_changes_its_vlan_is_no_change_of_text_alone() {
    let port = "interface GigabitEthernet1/0/1\n switchport access vlan 30\n";
    let port = (0, "!\nip route ", format!("!\n{port}!\nip route "));
    let found = changed(
        "port",
        std::slice::from_ref(&port),
        ("access vlan 30", "access vlan 10"),
    );
    assert_eq!(found, (0, false, 3));
    let found = changed("ports-alike", &[port], ("hostname S1", "hostname S9"));
    assert_eq!(found, (0, true, 0));
}

/// A zone whose clients ask from more ports than the site's do: a request from one of those is a request as well.
#[test]
fn a_service_that_holds_its_clients_to_ports_means_those_of_every_zone() {
    let narrow = POLICY.replace("ipv4-only }", "ipv4-only; ephemeral 49152-65535 }");
    let zone = "zone C vlan 30 10.0.30.0/24";
    let wide = narrow.replace(zone, &format!("{zone} ephemeral 1024-65535"));
    let claims = "prove C -> B : std.ntp none as NTP\nprove C -> B only B : std.ntp as LISTED\nprove A -> B only { B : std.ntp; B : tcp 443 } as OTHERS\n";
    let ntp = "udp any range 1024 49151 any eq 123";
    let case = case("ntp", "", &[from_c(ntp), into_s2(ntp)]);
    let ask = |policy: &str, id: &str| {
        std::fs::write(&case.policy, format!("{policy}{claims}")).unwrap();
        case.verdict(id).0
    };
    assert_eq!(ask(&wide, "NTP"), "refuted");
    assert_eq!(ask(&narrow, "NTP"), "proved");
    assert_eq!(ask(&wide, "LISTED"), "proved");
    assert_eq!(ask(&narrow, "LISTED"), "refuted");
    assert_eq!(ask(&wide, "OTHERS"), "proved");
}

/// A routed port of S1 has an address of zone B: it may be cabled to B's VLAN, and is no way that is certain.
#[test]
fn a_routed_port_in_a_subnet_of_a_zone_may_lead_there() {
    let port = "GigabitEthernet1/0/5\n no switchport\n ip address 10.0.20.7 255.255.255.0\n ip access-group V99_IN in";
    let route = (
        0,
        "ip route 10.0.20.0 255.255.255.0 10.0.99.2\n",
        String::new(),
    );
    let ssh = from_c("tcp any host 10.0.20.11 eq 22");
    let inside = case("routed-port", "", &[ssh.clone(), interface(port), route]);
    inside.is("CB", "unknown");
    inside.is("WORKS", "unknown");
    let transit = "interface GigabitEthernet1/0/9\n no switchport\n";
    let transit = (0, "interface Vlan99\n", transit.to_owned());
    let between = [ssh, into_s2("tcp any host 10.0.20.11 eq 22"), transit];
    let between = case("routed-transit", "", &between);
    assert_eq!(between.verdict("CB"), ("unknown".to_owned(), None));
    between.is("WORKS", "unknown");
}
