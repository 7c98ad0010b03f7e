//! The texts of [`super`], and what becomes of packets in their list `X`. Data; must not know: how it is read.

use super::Row;
use crate::acl::Fate::{Deny, Permit, Unknown};

/// A packet to a TCP port.
macro_rules! tcp {
    ($port:literal) => {
        concat!("tcp 10.0.0.5:40000 10.0.0.9:", $port, " syn")
    };
}

/// A message of ICMP.
macro_rules! icmp {
    ($message:literal) => {
        concat!("icmp 10.0.0.5 10.0.0.9 ", $message)
    };
}

/// What becomes of three packets behind extension headers: to port 80, of UDP, between two hosts; and of one that nothing permits.
macro_rules! behind {
    ($web:expr, $udp:expr, $hosts:expr, $rest:expr) => {
        &[
            ($web, "tcp [2001:db8::6]:40000 [2001:db8::9]:80 syn ext"),
            ($udp, "udp [2001:db8::6]:40000 [2001:db8::9]:53 ext"),
            ($hosts, "47 2001:db8::5 2001:db8::9 ext"),
            ($rest, "47 2001:db8::6 2001:db8::9 ext"),
        ]
    };
}

const LATER: &str = "tcp 10.0.0.5 10.0.0.9 later";

/// No packet: the text has no list `X`.
const NO_LIST: &[(crate::acl::Fate, &str)] = &[];

pub(super) const ROWS: &[Row] = &[
    // Two entries that overlap, the larger number first.
    (
        "cisco-ios-xe",
        "order",
        "ip access-list extended X\n 20 permit ip any any\n 10 deny tcp any any eq 23\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    (
        "cisco-nx-os",
        "order",
        "ip access-list X\n  20 permit ip any any\n  10 deny tcp any any eq 23\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    (
        "arista-eos",
        "order",
        "ip access-list X\n   20 permit ip any any\n   10 deny tcp any any eq 23\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    (
        "aruba-aos-cx",
        "order",
        "access-list ip X\n    20 permit any any any\n    10 deny tcp any any eq 23\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    (
        "allied-telesis-awplus",
        "order",
        "access-list hardware X\n 20 permit ip any any\n 10 deny tcp any any eq 23\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    (
        "alaxala-ax",
        "order",
        "ip access-list extended X\n  20 permit ip any any\n  10 deny tcp any any eq 23\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    (
        "hpe-comware",
        "order",
        "acl advanced name X\n rule 20 permit ip\n rule 10 deny tcp destination-port eq 23\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    // Terms and rules have no numbers: as they stand.
    (
        "juniper-junos",
        "order",
        "firewall {\n family inet {\n  filter X {\n   term z { from { protocol tcp; destination-port 23; } then discard; }\n   term a { then accept; }\n  }\n }\n}\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    (
        "juniper-junos",
        "order",
        "set firewall family inet filter X term z then accept\nset firewall family inet filter X term a from protocol tcp\nset firewall family inet filter X term a then discard\n",
        &[(Permit, tcp!(23))],
    ),
    (
        "linux-nftables",
        "order",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\ttcp dport 23 drop\n\t\taccept\n\t}\n}\ninsert rule ip t X tcp dport 22 drop\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        &[(Deny, tcp!(23)), (Deny, tcp!(22)), (Permit, tcp!(80))],
    ),
    // `deny all` stands behind 10 and in front of what is numbered higher than it.
    (
        "cisco-ios-xe",
        "unnumbered",
        "ip access-list extended X\n 10 permit tcp any any eq 80\n deny ip any any\n 15 permit tcp any any eq 22\n 30 permit tcp any any eq 23\n",
        &[(Permit, tcp!(80)), (Permit, tcp!(22)), (Deny, tcp!(23))],
    ),
    (
        "cisco-nx-os",
        "unnumbered",
        "ip access-list X\n  10 permit tcp any any eq 80\n  deny ip any any\n  15 permit tcp any any eq 22\n  30 permit tcp any any eq 23\n",
        &[(Permit, tcp!(80)), (Permit, tcp!(22)), (Deny, tcp!(23))],
    ),
    (
        "arista-eos",
        "unnumbered",
        "ip access-list X\n   10 permit tcp any any eq 80\n   deny ip any any\n   15 permit tcp any any eq 22\n   30 permit tcp any any eq 23\n",
        &[(Permit, tcp!(80)), (Permit, tcp!(22)), (Deny, tcp!(23))],
    ),
    (
        "aruba-aos-cx",
        "unnumbered",
        "access-list ip X\n    10 permit tcp any any eq 80\n    deny any any any\n    15 permit tcp any any eq 22\n    30 permit tcp any any eq 23\n",
        &[(Permit, tcp!(80)), (Permit, tcp!(22)), (Deny, tcp!(23))],
    ),
    (
        "alaxala-ax",
        "unnumbered",
        "ip access-list extended X\n  10 permit tcp any any eq 80\n  deny ip any any\n  15 permit tcp any any eq 22\n  30 permit tcp any any eq 23\n",
        &[(Permit, tcp!(80)), (Permit, tcp!(22)), (Deny, tcp!(23))],
    ),
    // Steps of four or ten: 5 stands in front in any case, 15 perhaps, and nobody says so of 30.
    (
        "allied-telesis-awplus",
        "unnumbered",
        "access-list hardware X\n 10 permit tcp any any eq 80\n deny ip any any\n 15 permit tcp any any eq 22\n 5 deny tcp any any eq 80\n",
        &[(Deny, tcp!(80)), (Unknown, tcp!(22)), (Deny, tcp!(23))],
    ),
    (
        "hpe-comware",
        "unnumbered",
        "acl advanced name X\n step 10\n rule 10 permit tcp destination-port eq 80\n rule deny ip\n rule 15 permit tcp destination-port eq 22\n rule 30 permit tcp destination-port eq 23\n",
        &[(Permit, tcp!(80)), (Permit, tcp!(22)), (Deny, tcp!(23))],
    ),
    // Which of two with one number is there is not in the text; AOS-CX replaces, Comware adds.
    (
        "cisco-ios-xe",
        "twice",
        "ip access-list extended X\n 10 permit tcp any any eq 80\n 10 deny tcp any any eq 80\n 20 permit ip any any\n",
        &[(Unknown, tcp!(80)), (Permit, tcp!(22))],
    ),
    (
        "cisco-nx-os",
        "twice",
        "ip access-list X\n  10 permit tcp any any eq 80\n  10 deny tcp any any eq 80\n  20 permit ip any any\n",
        &[(Unknown, tcp!(80)), (Permit, tcp!(22))],
    ),
    (
        "arista-eos",
        "twice",
        "ip access-list X\n   10 permit tcp any any eq 80\n   10 deny tcp any any eq 80\n   20 permit ip any any\n",
        &[(Unknown, tcp!(80)), (Permit, tcp!(22))],
    ),
    (
        "aruba-aos-cx",
        "twice",
        "access-list ip X\n    10 permit tcp any any eq 80\n    10 deny tcp any any eq 80\n    20 permit any any any\n",
        &[(Deny, tcp!(80)), (Permit, tcp!(22))],
    ),
    (
        "allied-telesis-awplus",
        "twice",
        "access-list hardware X\n 10 permit tcp any any eq 80\n 10 deny tcp any any eq 80\n 20 permit ip any any\n",
        &[(Unknown, tcp!(80)), (Permit, tcp!(22))],
    ),
    (
        "alaxala-ax",
        "twice",
        "ip access-list extended X\n  10 permit tcp any any eq 80\n  10 deny tcp any any eq 80\n  20 permit ip any any\n",
        &[(Unknown, tcp!(80)), (Permit, tcp!(22))],
    ),
    (
        "hpe-comware",
        "twice",
        "acl advanced name X\n rule 10 deny tcp destination-port eq 80\n rule 10 deny tcp source 10.0.0.5 0\n",
        &[
            (Deny, tcp!(80)),
            (Permit, tcp!(22)),
            (Permit, "tcp 10.0.0.6:40000 10.0.0.9:80 syn"),
        ],
    ),
    (
        "juniper-junos",
        "twice",
        "set firewall family inet filter X term a from protocol tcp\nset firewall family inet filter X term a then discard\nset firewall family inet filter X term b then accept\nset firewall family inet filter X term a from destination-port 80\n",
        &[(Deny, tcp!(80)), (Permit, tcp!(22))],
    ),
    (
        "linux-nftables",
        "twice",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy drop;\n\t\ttcp dport 80 accept\n\t}\n}\ntable ip t {\n\tchain X {\n\t\ttcp dport { 80, 22 } drop\n\t\ttcp dport 23 accept\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        &[(Permit, tcp!(80)), (Deny, tcp!(22)), (Permit, tcp!(23))],
    ),
    // The word for later fragments, or none.
    (
        "cisco-ios-xe",
        "fragments",
        "ip access-list extended X\n 10 permit ip any any fragments\n 20 deny ip any any\n",
        &[(Permit, LATER), (Deny, tcp!(80))],
    ),
    (
        "cisco-nx-os",
        "fragments",
        "ip access-list X\n  10 permit ip any any fragments\n  20 deny ip any any\n",
        &[(Permit, LATER), (Deny, tcp!(80))],
    ),
    // How the line of the whole list ranks against entries is open.
    (
        "cisco-nx-os",
        "fragments",
        "ip access-list X\n  fragments permit-all\n  10 permit tcp any any eq 80\n  20 deny ip any any\n",
        &[(Permit, LATER), (Permit, tcp!(80)), (Deny, tcp!(22))],
    ),
    (
        "cisco-nx-os",
        "fragments",
        "ip access-list X\n  fragments deny-all\n  10 permit ip any any\n",
        &[(Unknown, LATER), (Permit, tcp!(80))],
    ),
    (
        "arista-eos",
        "fragments",
        "ip access-list X\n   10 permit ip any any fragments\n   20 deny ip any any\n",
        &[(Permit, LATER), (Deny, tcp!(80))],
    ),
    (
        "aruba-aos-cx",
        "fragments",
        "access-list ip X\n    10 permit any any any fragment\n    20 deny any any any\n",
        &[(Permit, LATER), (Deny, tcp!(80))],
    ),
    (
        "allied-telesis-awplus",
        "fragments",
        "access-list hardware X\n 10 permit ip any any fragments\n 20 deny ip any any\n",
        &[(Unknown, LATER), (Unknown, tcp!(80))],
    ),
    (
        "alaxala-ax",
        "fragments",
        "ip access-list extended X\n  10 permit ip any any fragments\n  20 deny ip any any\n",
        &[(Unknown, LATER), (Unknown, tcp!(80))],
    ),
    (
        "hpe-comware",
        "fragments",
        "acl advanced name X\n rule 10 permit ip fragment\n rule 20 deny ip\n",
        &[(Permit, LATER), (Deny, tcp!(80))],
    ),
    (
        "juniper-junos",
        "fragments",
        "set firewall family inet filter X term a from is-fragment\nset firewall family inet filter X term a then accept\nset firewall family inet filter X term b then discard\n",
        &[(Permit, LATER), (Deny, tcp!(80))],
    ),
    (
        "linux-nftables",
        "fragments",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy drop;\n\t\tip frag-off & 0x1fff != 0 accept\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        &[(Permit, LATER), (Deny, tcp!(80))],
    ),
    // Comparisons leave their port out, ranges take both ends.
    (
        "cisco-ios-xe",
        "ports",
        "ip access-list extended X\n 10 permit tcp any any lt 20\n 20 permit tcp any any gt 100\n 30 permit tcp any any range 40 50\n 40 deny tcp any any neq 80\n 50 permit ip any any\n",
        PORTS,
    ),
    (
        "cisco-nx-os",
        "ports",
        "ip access-list X\n  10 permit tcp any any lt 20\n  20 permit tcp any any gt 100\n  30 permit tcp any any range 40 50\n  40 deny tcp any any neq 80\n  50 permit ip any any\n",
        PORTS,
    ),
    (
        "arista-eos",
        "ports",
        "ip access-list X\n   10 permit tcp any any lt 20\n   20 permit tcp any any gt 100\n   30 permit tcp any any range 40 50\n   40 deny tcp any any neq 80\n   50 permit ip any any\n",
        PORTS,
    ),
    (
        "aruba-aos-cx",
        "ports",
        "access-list ip X\n    10 permit tcp any any lt 20\n    20 permit tcp any any gt 100\n    30 permit tcp any any range 40 50\n    40 permit tcp any any eq 80\n    50 deny any any any\n",
        PORTS,
    ),
    (
        "allied-telesis-awplus",
        "ports",
        "access-list hardware X\n 10 permit tcp any any lt 20\n 20 permit tcp any any gt 100\n 30 permit tcp any any range 40 50\n 40 deny tcp any any ne 80\n 50 permit ip any any\n",
        PORTS,
    ),
    (
        "alaxala-ax",
        "ports",
        "ip access-list extended X\n  10 permit tcp any any range 0 19\n  20 permit tcp any any range 101 65535\n  30 permit tcp any any range 40 50\n  40 permit tcp any any eq 80\n",
        PORTS,
    ),
    (
        "hpe-comware",
        "ports",
        "acl advanced name X\n rule 10 permit tcp destination-port lt 20\n rule 20 permit tcp destination-port gt 100\n rule 30 permit tcp destination-port range 40 50\n rule 40 deny tcp destination-port neq 80\n",
        PORTS,
    ),
    (
        "juniper-junos",
        "ports",
        "set firewall family inet filter X term a from protocol tcp\nset firewall family inet filter X term a from destination-port 0-19\nset firewall family inet filter X term a from destination-port 101-65535\nset firewall family inet filter X term a from destination-port 40-50\nset firewall family inet filter X term a then accept\nset firewall family inet filter X term b from protocol tcp\nset firewall family inet filter X term b from destination-port-except 80\nset firewall family inet filter X term b then discard\nset firewall family inet filter X term c then accept\n",
        PORTS,
    ),
    (
        "linux-nftables",
        "ports",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\ttcp dport < 20 accept\n\t\ttcp dport > 100 accept\n\t\ttcp dport 40-50 accept\n\t\ttcp dport != 80 drop\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        PORTS,
    ),
    (
        "cisco-ios-xe",
        "message",
        "ip access-list extended X\n 10 permit icmp any any 3 4\n 20 deny icmp any any 3\n 30 permit icmp any any\n",
        MESSAGES,
    ),
    (
        "cisco-nx-os",
        "message",
        "ip access-list X\n  10 permit icmp any any 3 4\n  20 deny icmp any any 3\n  30 permit icmp any any\n",
        MESSAGES,
    ),
    (
        "arista-eos",
        "message",
        "ip access-list X\n   10 permit icmp any any 3 4\n   20 deny icmp any any 3\n   30 permit icmp any any\n",
        MESSAGES,
    ),
    (
        "aruba-aos-cx",
        "message",
        "access-list ip X\n    10 permit icmp any any icmp-type 3 icmp-code 4\n    20 deny icmp any any icmp-type 3\n    30 permit icmp any any\n",
        MESSAGES,
    ),
    (
        "alaxala-ax",
        "message",
        "ip access-list extended X\n  10 permit icmp any any 3 4\n  20 deny icmp any any 3\n  30 permit icmp any any\n",
        MESSAGES,
    ),
    (
        "hpe-comware",
        "message",
        "acl advanced name X\n rule 10 permit icmp icmp-type 3 4\n rule 20 deny icmp icmp-type 3 0\n",
        &[
            (Permit, icmp!("3/4")),
            (Deny, icmp!("3/0")),
            (Permit, icmp!("8/0")),
        ],
    ),
    // There codes cannot be tested.
    (
        "allied-telesis-awplus",
        "message",
        "access-list hardware X\n 10 deny icmp any any icmp-type 3\n",
        &[
            (Deny, icmp!("3/4")),
            (Deny, icmp!("3/0")),
            (Permit, icmp!("8/0")),
        ],
    ),
    (
        "juniper-junos",
        "message",
        "set firewall family inet filter X term a from protocol icmp\nset firewall family inet filter X term a from icmp-type 3\nset firewall family inet filter X term a from icmp-code-except 4\nset firewall family inet filter X term a then discard\nset firewall family inet filter X term b then accept\n",
        MESSAGES,
    ),
    (
        "linux-nftables",
        "message",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\ticmp type 3 icmp code 4 accept\n\t\ticmp type 3 drop\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        MESSAGES,
    ),
    // What is not in the header of the model narrows an entry.
    (
        "cisco-ios-xe",
        "condition",
        "ip access-list extended X\n 10 permit tcp any any eq 80 dscp ef\n 20 deny ip any any\n",
        NARROWED,
    ),
    (
        "cisco-nx-os",
        "condition",
        "ip access-list X\n  10 permit tcp any any eq 80 dscp ef\n  20 deny ip any any\n",
        NARROWED,
    ),
    (
        "arista-eos",
        "condition",
        "ip access-list X\n   10 permit tcp any any eq 80 dscp ef\n   20 deny ip any any\n",
        NARROWED,
    ),
    (
        "aruba-aos-cx",
        "condition",
        "access-list ip X\n    10 permit tcp any any eq 80 dscp EF\n    20 deny any any any\n",
        NARROWED,
    ),
    (
        "allied-telesis-awplus",
        "condition",
        "access-list hardware X\n 10 permit tcp any any eq 80 vlan 10\n 20 deny ip any any\n",
        NARROWED,
    ),
    // What is sent elsewhere is neither permitted nor denied.
    (
        "allied-telesis-awplus",
        "condition",
        "access-list hardware X\n 10 send-to-cpu tcp any any eq 80\n 20 deny ip any any\n",
        NARROWED,
    ),
    (
        "alaxala-ax",
        "condition",
        "ip access-list extended X\n  10 permit tcp any any eq 80 user-priority 3\n  20 deny ip any any\n",
        NARROWED,
    ),
    (
        "hpe-comware",
        "condition",
        "acl advanced name X\n rule 10 permit tcp destination-port eq 80 dscp ef\n rule 20 deny ip\n",
        NARROWED,
    ),
    (
        "juniper-junos",
        "condition",
        "set firewall family inet filter X term a from protocol tcp\nset firewall family inet filter X term a from destination-port 80\nset firewall family inet filter X term a from dscp ef\nset firewall family inet filter X term a then accept\nset firewall family inet filter X term b then discard\n",
        NARROWED,
    ),
    (
        "linux-nftables",
        "condition",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy drop;\n\t\ttcp dport 80 ip dscp ef accept\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        NARROWED,
    ),
    // A word that nobody knows, behind what was read.
    (
        "cisco-ios-xe",
        "unread",
        "ip access-list extended X\n 10 permit tcp any any range 80 80 wibble 3\n 20 deny ip any any\n",
        NARROWED,
    ),
    (
        "cisco-nx-os",
        "unread",
        "ip access-list X\n  10 permit tcp any any range 80 80 wibble 3\n  20 deny ip any any\n",
        NARROWED,
    ),
    (
        "arista-eos",
        "unread",
        "ip access-list X\n   10 permit tcp any any range 80 80 wibble 3\n   20 deny ip any any\n",
        NARROWED,
    ),
    (
        "aruba-aos-cx",
        "unread",
        "access-list ip X\n    10 permit tcp any any range 80 80 wibble 3\n    20 deny any any any\n",
        NARROWED,
    ),
    (
        "allied-telesis-awplus",
        "unread",
        "access-list hardware X\n 10 permit tcp any any range 80 80 wibble 3\n 20 deny ip any any\n",
        NARROWED,
    ),
    (
        "alaxala-ax",
        "unread",
        "ip access-list extended X\n  10 permit tcp any any wibble 3\n  20 deny ip any any\n",
        &[(Unknown, tcp!(80)), (Deny, icmp!("8/0"))],
    ),
    (
        "hpe-comware",
        "unread",
        "acl advanced name X\n rule 10 permit tcp destination-port eq 80 wibble 3\n rule 20 deny ip\n",
        NARROWED,
    ),
    (
        "juniper-junos",
        "unread",
        "set firewall family inet filter X term a from protocol tcp\nset firewall family inet filter X term a from destination-port 80\nset firewall family inet filter X term a from wibble 3\nset firewall family inet filter X term a then accept\nset firewall family inet filter X term b then discard\n",
        NARROWED,
    ),
    (
        "linux-nftables",
        "unread",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy drop;\n\t\ttcp dport 80 wibble 3 accept\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        NARROWED,
    ),
    (
        "linux-nftables",
        "unread",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy drop;\n\t\ttcp dport 80 queue to 3\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        NARROWED,
    ),
    // A name for two lists, a head with more behind the name, what `show` says otherwise, a list taken back.
    (
        "cisco-ios-xe",
        "again",
        "ip access-list extended X\n 10 permit ip any any\nip access-list standard X\n 20 permit 10.0.0.5\n",
        DOUBTED,
    ),
    (
        "cisco-ios-xe",
        "again",
        "ip access-list extended X\n 10 permit ip any any\nExtended IP access list X\n    10 deny ip any any\n",
        DOUBTED,
    ),
    (
        "cisco-ios-xe",
        "again",
        "ip access-list extended X\n 10 permit ip any any\nno ip access-list extended X\n",
        NO_LIST,
    ),
    (
        "cisco-nx-os",
        "again",
        "ip access-list X wibble\n  10 permit ip any any\n",
        DOUBTED,
    ),
    (
        "cisco-nx-os",
        "again",
        "ip access-list X\n  10 permit ip any any\nIP access list X\n  10 deny ip any any\n",
        DOUBTED,
    ),
    (
        "cisco-nx-os",
        "again",
        "ip access-list X\n  10 permit ip any any\nno ip access-list X\n",
        NO_LIST,
    ),
    (
        "arista-eos",
        "again",
        "ip access-list X\n   10 permit ip any any\nip access-list standard X\n   20 permit host 10.0.0.5\n",
        DOUBTED,
    ),
    (
        "arista-eos",
        "again",
        "ip access-list X\n   10 permit ip any any\nIP Access List X\n   10 deny ip any any\n",
        DOUBTED,
    ),
    (
        "arista-eos",
        "again",
        "ip access-list X\n   10 permit ip any any\nno ip access-list X\n",
        NO_LIST,
    ),
    (
        "aruba-aos-cx",
        "again",
        "access-list ip X wibble\n    10 permit any any any\n",
        DOUBTED,
    ),
    (
        "aruba-aos-cx",
        "again",
        "access-list ip X\n    10 permit any any any\nno access-list ip X\n",
        NO_LIST,
    ),
    (
        "allied-telesis-awplus",
        "again",
        "access-list hardware X\n 10 permit ip any any\naccess-list extended X\n 20 permit ip any any\n",
        DOUBTED,
    ),
    (
        "allied-telesis-awplus",
        "again",
        "access-list hardware X\n 10 permit ip any any\nHardware IP access list X\n 10 deny ip any any\n",
        DOUBTED,
    ),
    (
        "allied-telesis-awplus",
        "again",
        "access-list hardware X\n 10 permit ip any any\nno access-list hardware X\n",
        NO_LIST,
    ),
    (
        "alaxala-ax",
        "again",
        "ip access-list extended X\n  10 permit ip any any\nip access-list standard X\n  20 permit any\n",
        DOUBTED,
    ),
    (
        "hpe-comware",
        "again",
        "acl advanced name X\n rule 10 permit ip\n#\nacl basic name X\n rule 20 permit\n",
        DOUBTED,
    ),
    (
        "hpe-comware",
        "again",
        "acl advanced name X\n rule 10 permit ip\n#\nundo acl advanced name X\n",
        NO_LIST,
    ),
    (
        "juniper-junos",
        "again",
        "set firewall filter X term a then accept\nset firewall family inet filter X term b then accept\n",
        DOUBTED,
    ),
    (
        "juniper-junos",
        "again",
        "set firewall family inet filter X term a then accept\ndelete firewall family inet filter X\n",
        NO_LIST,
    ),
    (
        "linux-nftables",
        "again",
        "table ip t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy drop;\n\t}\n}\nflush ruleset\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        NO_LIST,
    ),
    // Later lists do not see what an earlier one let by only to end there: all that a packet meets decides.
    (
        "linux-nftables",
        "several",
        "table ip a {\n\tchain X {\n\t\ttype filter hook prerouting priority -300; policy accept;\n\t\ttcp dport 23 drop\n\t}\n}\ntable ip b {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\ttcp dport 22 drop\n\t}\n}\ntable inet c {\n\tchain X {\n\t\ttype filter hook forward priority 10; policy drop;\n\t\ttcp dport 80 accept\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        &[
            (Deny, tcp!(23)),
            (Deny, tcp!(22)),
            (Permit, tcp!(80)),
            (Deny, tcp!(99)),
        ],
    ),
    (
        "linux-nftables",
        "several",
        "table ip a {\n\tchain X {\n\t\ttype filter hook postrouting priority 0; policy accept;\n\t\ttcp dport 23 drop\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        &[(Deny, tcp!(23)), (Permit, tcp!(22))],
    ),
    // Where a rule asks for both interfaces, a list of one of them leaves it open.
    (
        "linux-nftables",
        "several",
        "table ip a {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\tiifname \"vlan1\" oifname \"vlan2\" tcp dport 23 drop\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n#@ ip address add 10.0.1.1/24 dev vlan2\n",
        &[
            (Unknown, concat!("X@vlan1: ", tcp!(23))),
            (Permit, concat!("X@vlan1: ", tcp!(22))),
        ],
    ),
    (
        "linux-nftables",
        "several",
        "table ip a {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\tiifname != \"vlan2\" tcp dport 23 drop\n\t\tiifname \"vlan2\" tcp dport 22 drop\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n#@ ip address add 10.0.1.1/24 dev vlan2\n",
        &[
            (Deny, concat!("X@vlan1: ", tcp!(23))),
            (Permit, concat!("X@vlan1: ", tcp!(22))),
            (Permit, concat!("X@vlan2: ", tcp!(23))),
            (Deny, concat!("X@vlan2: ", tcp!(22))),
        ],
    ),
    (
        "linux-nftables",
        "several",
        "table ip a {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy wibble;\n\t\ttcp dport 23 drop\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan1\n",
        &[(Deny, tcp!(23)), (Unknown, tcp!(22))],
    ),
    // One long filter; a member that is not there may let everything by.
    (
        "juniper-junos",
        "several",
        "set firewall family inet filter X term a from protocol tcp\nset firewall family inet filter X term a from destination-port 23\nset firewall family inet filter X term a then discard\nset firewall family inet filter Y term a then accept\nset interfaces irb unit 10 family inet address 10.0.0.1/24\nset interfaces irb unit 10 family inet filter input-list [ X NOWHERE Y ]\nset vlans V vlan-id 10\nset vlans V l3-interface irb.10\n",
        &[
            (Deny, concat!("X + NOWHERE + Y: ", tcp!(23))),
            (Permit, concat!("X + NOWHERE + Y: ", tcp!(22))),
            (Permit, concat!("Y: ", tcp!(23))),
        ],
    ),
    (
        "juniper-junos",
        "several",
        "set firewall family inet filter X term a then discard\nset interfaces irb unit 10 family inet address 10.0.0.1/24\nset interfaces irb unit 10 family inet filter input-list [ NOWHERE X ]\nset vlans V vlan-id 10\nset vlans V l3-interface irb.10\n",
        &[(Unknown, concat!("NOWHERE + X: ", tcp!(23)))],
    ),
    // Behind extension headers: an entry with ports, with a bare protocol, with addresses.
    (
        "cisco-ios-xe",
        "extension",
        "ipv6 access-list X\n 10 permit tcp any any eq 80\n 20 permit udp any any\n 30 permit ipv6 host 2001:db8::5 host 2001:db8::9\n 40 deny ipv6 any any\n",
        EXT_CISCO_IOS_XE,
    ),
    (
        "cisco-nx-os",
        "extension",
        "ipv6 access-list X\n  10 permit tcp any any eq 80\n  20 permit udp any any\n  30 permit ipv6 2001:db8::5/128 2001:db8::9/128\n  40 deny ipv6 any any\n",
        EXT_CISCO_NX_OS,
    ),
    (
        "arista-eos",
        "extension",
        "ipv6 access-list X\n   10 permit tcp any any eq 80\n   20 permit udp any any\n   30 permit ipv6 host 2001:db8::5 host 2001:db8::9\n   40 deny ipv6 any any\n",
        EXT_ARISTA_EOS,
    ),
    (
        "aruba-aos-cx",
        "extension",
        "access-list ipv6 X\n    10 permit tcp any any eq 80\n    20 permit udp any any\n    30 permit any 2001:db8::5 2001:db8::9\n    40 deny any any any\n",
        EXT_ARUBA_AOS_CX,
    ),
    (
        "allied-telesis-awplus",
        "extension",
        "ipv6 access-list X\n 10 permit tcp any any eq 80\n 20 permit udp any any\n 30 permit ipv6 2001:db8::5/128 2001:db8::9/128\n 40 deny ipv6 any any\n",
        EXT_ALLIED_TELESIS_AWPLUS,
    ),
    (
        "alaxala-ax",
        "extension",
        "#configuration list for AX3660S-24T4X\nipv6 access-list X\n  10 permit tcp any any eq 80\n  20 permit udp any any\n  30 permit ipv6 host 2001:db8::5 host 2001:db8::9\n  40 deny ipv6 any any\n",
        EXT_ALAXALA_AX,
    ),
    (
        "hpe-comware",
        "extension",
        "acl ipv6 advanced name X\n rule 10 permit tcp destination-port eq 80\n rule 20 permit udp\n rule 30 permit ipv6 source 2001:db8::5/128 destination 2001:db8::9/128\n rule 40 deny ipv6\n",
        EXT_HPE_COMWARE,
    ),
    (
        "juniper-junos",
        "extension",
        "set firewall family inet6 filter X term a from next-header tcp\nset firewall family inet6 filter X term a from destination-port 80\nset firewall family inet6 filter X term a then accept\nset firewall family inet6 filter X term b from payload-protocol udp\nset firewall family inet6 filter X term b then accept\nset firewall family inet6 filter X term c from source-address 2001:db8::5/128\nset firewall family inet6 filter X term c from destination-address 2001:db8::9/128\nset firewall family inet6 filter X term c then accept\nset firewall family inet6 filter X term d then discard\n",
        EXT_JUNIPER_JUNOS,
    ),
    (
        "linux-nftables",
        "extension",
        "table ip6 t {\n\tchain X {\n\t\ttype filter hook forward priority 0; policy drop;\n\t\ttcp dport 80 accept\n\t\tmeta l4proto udp accept\n\t\tip6 saddr 2001:db8::5 ip6 daddr 2001:db8::9 accept\n\t}\n}\n#@ ip address add 2001:db8:1::1/64 dev vlan1\n",
        EXT_LINUX_NFTABLES,
    ),
];

/// Rows where only confirmed facts may be leant on.
pub(super) const MODELLED: &[Row] = &[
    // A term on either address, and one on the source below it: the device may put the second first.
    (
        "juniper-junos",
        "modelled",
        "set firewall family inet filter X term a from address 10.0.0.9/32\nset firewall family inet filter X term a then accept\nset firewall family inet filter X term b from source-address 10.0.0.0/24\nset firewall family inet filter X term b then discard\nset firewall family inet filter X term c then accept\n",
        &[
            (Unknown, tcp!(23)),
            (Permit, "tcp 10.1.0.5:40000 10.0.0.9:23 syn"),
        ],
    ),
    // What a flag word tests; whether neighbour discovery passes by itself.
    (
        "alaxala-ax",
        "modelled",
        "ip access-list extended X\n  10 permit tcp any any ack\n  20 deny ip any any\n",
        &[
            (Unknown, "tcp 10.0.0.5:40000 10.0.0.9:80 ack"),
            (Unknown, tcp!(80)),
        ],
    ),
    (
        "alaxala-ax",
        "modelled",
        "#configuration list for AX3660S-24T4X\nipv6 access-list X\n  10 permit tcp any any eq 80\n",
        &[
            (Unknown, "icmp 2001:db8::5 2001:db8::9 136/0"),
            (Deny, "icmp 2001:db8::5 2001:db8::9 128/0"),
        ],
    ),
];

const PORTS: &[(crate::acl::Fate, &str)] = &[
    (Permit, tcp!(19)),
    (Deny, tcp!(20)),
    (Deny, tcp!(39)),
    (Permit, tcp!(40)),
    (Permit, tcp!(50)),
    (Deny, tcp!(51)),
    (Permit, tcp!(80)),
    (Deny, tcp!(100)),
    (Permit, tcp!(101)),
];

const MESSAGES: &[(crate::acl::Fate, &str)] = &[
    (Permit, icmp!("3/4")),
    (Deny, icmp!("3/0")),
    (Permit, icmp!("8/0")),
];

const NARROWED: &[(crate::acl::Fate, &str)] = &[(Unknown, tcp!(80)), (Deny, tcp!(22))];

const DOUBTED: &[(crate::acl::Fate, &str)] = &[(Unknown, tcp!(80)), (Unknown, tcp!(22))];

const EXT_CISCO_IOS_XE: &[(crate::acl::Fate, &str)] = behind!(Unknown, Unknown, Permit, Deny);
const EXT_CISCO_NX_OS: &[(crate::acl::Fate, &str)] = behind!(Unknown, Unknown, Permit, Deny);
const EXT_ARISTA_EOS: &[(crate::acl::Fate, &str)] = behind!(Unknown, Unknown, Permit, Deny);
const EXT_ARUBA_AOS_CX: &[(crate::acl::Fate, &str)] = behind!(Unknown, Unknown, Permit, Deny);
const EXT_ALLIED_TELESIS_AWPLUS: &[(crate::acl::Fate, &str)] =
    behind!(Unknown, Unknown, Permit, Deny);
const EXT_ALAXALA_AX: &[(crate::acl::Fate, &str)] = behind!(Deny, Unknown, Permit, Deny);
const EXT_HPE_COMWARE: &[(crate::acl::Fate, &str)] = behind!(Unknown, Unknown, Permit, Deny);
const EXT_JUNIPER_JUNOS: &[(crate::acl::Fate, &str)] = behind!(Deny, Unknown, Permit, Deny);
const EXT_LINUX_NFTABLES: &[(crate::acl::Fate, &str)] = behind!(Permit, Permit, Permit, Deny);
