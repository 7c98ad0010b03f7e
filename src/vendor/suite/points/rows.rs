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
