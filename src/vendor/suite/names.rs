//! Names of ports and of ICMP messages in the data files, against the registries of IANA: a second source for each number.

use crate::vendor::DIALECTS;

/// Names of the service-name registry of IANA, and the spellings of vendors for the same services.
const PORTS: &[(&str, u16)] = &[
    ("tcpmux", 1),
    ("echo", 7),
    ("discard", 9),
    ("systat", 11),
    ("daytime", 13),
    ("qotd", 17),
    ("chargen", 19),
    ("ftp-data", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("time", 37),
    ("nameserver", 42),
    ("nicname", 43),
    ("whois", 43),
    ("tacacs", 49),
    ("dns", 53),
    ("domain", 53),
    ("bootps", 67),
    ("dhcp", 67),
    ("bootpc", 68),
    ("tftp", 69),
    ("gopher", 70),
    ("finger", 79),
    ("http", 80),
    ("www", 80),
    ("kerberos-sec", 88),
    ("hostname", 101),
    ("pop2", 109),
    ("pop3", 110),
    ("sunrpc", 111),
    ("auth", 113),
    ("ident", 113),
    ("nntp", 119),
    ("ntp", 123),
    ("netbios-ns", 137),
    ("netbios-dgm", 138),
    ("netbios-ss", 139),
    ("netbios-ssn", 139),
    ("imap", 143),
    ("snmp", 161),
    ("snmp-trap", 162),
    ("snmptrap", 162),
    ("xdmcp", 177),
    ("bgp", 179),
    ("irc", 194),
    ("dnsix", 195),
    ("imap3", 220),
    ("ldap", 389),
    ("mobile-ip", 434),
    ("mobilip-ag", 434),
    ("https", 443),
    ("microsoft-ds", 445),
    ("pim-auto-rp", 496),
    ("isakmp", 500),
    ("biff", 512),
    ("exec", 512),
    ("login", 513),
    ("who", 513),
    ("cmd", 514),
    ("shell", 514),
    ("syslog", 514),
    ("lpd", 515),
    ("printer", 515),
    ("talk", 517),
    ("rip", 520),
    ("router", 520),
    ("uucp", 540),
    ("klogin", 543),
    ("kshell", 544),
    ("rtsp", 554),
    ("ldaps", 636),
    ("msdp", 639),
    ("ldp", 646),
    ("l2tp", 1701),
    ("pptp", 1723),
    ("radius", 1812),
    ("radacct", 1813),
    ("radius-acct", 1813),
    ("nfs", 2049),
    ("bfd", 3784),
    ("non500-isakmp", 4500),
    ("sip", 5060),
];

/// Comware calls the mail attribute map of DNSIX (90) what others call its audit (195).
const OTHERWISE: [(&str, &str, u16); 1] = [("hpe-comware", "dnsix", 90)];

/// Names of messages, with type and, where the name means one, code: the ICMP parameters of IANA.
const ICMP: &[(&str, u8, Option<u8>)] = &[
    ("echo-reply", 0, None),
    ("destination-unreachable", 3, None),
    ("net-unreachable", 3, Some(0)),
    ("unreachable", 3, None),
    ("host-unreachable", 3, Some(1)),
    ("protocol-unreachable", 3, Some(2)),
    ("port-unreachable", 3, Some(3)),
    ("packet-too-big", 3, Some(4)),
    ("source-route-failed", 3, Some(5)),
    ("network-unknown", 3, Some(6)),
    ("host-unknown", 3, Some(7)),
    ("host-isolated", 3, Some(8)),
    ("dod-net-prohibited", 3, Some(9)),
    ("dod-host-prohibited", 3, Some(10)),
    ("net-tos-unreachable", 3, Some(11)),
    ("host-tos-unreachable", 3, Some(12)),
    ("administratively-prohibited", 3, Some(13)),
    ("host-precedence-unreachable", 3, Some(14)),
    ("precedence-unreachable", 3, Some(15)),
    ("source-quench", 4, None),
    ("net-redirect", 5, Some(0)),
    ("redirect", 5, None),
    ("host-redirect", 5, Some(1)),
    ("net-tos-redirect", 5, Some(2)),
    ("host-tos-redirect", 5, Some(3)),
    ("alternate-address", 6, None),
    ("echo", 8, None),
    ("echo-request", 8, None),
    ("router-advertisement", 9, None),
    ("router-solicit", 10, None),
    ("router-solicitation", 10, None),
    ("time-exceeded", 11, None),
    ("ttl-exceeded", 11, Some(0)),
    ("reassembly-timeout", 11, Some(1)),
    ("general-parameter-problem", 12, Some(0)),
    ("parameter-problem", 12, None),
    ("option-missing", 12, Some(1)),
    ("no-room-for-option", 12, Some(2)),
    ("timestamp", 13, None),
    ("timestamp-request", 13, None),
    ("timestamp-reply", 14, None),
    ("info-request", 15, None),
    ("information-request", 15, None),
    ("info-reply", 16, None),
    ("information-reply", 16, None),
    ("address-mask-request", 17, None),
    ("mask-request", 17, None),
    ("address-mask-reply", 18, None),
    ("mask-reply", 18, None),
    ("traceroute", 30, None),
    ("conversion-error", 31, None),
    ("mobile-redirect", 32, None),
];

/// The same of ICMPv6.
const ICMPV6: &[(&str, u8, Option<u8>)] = &[
    ("destination-unreachable", 1, None),
    ("network-unreachable", 1, Some(0)),
    ("no-route", 1, Some(0)),
    ("unreachable", 1, None),
    ("host-admin-prohib", 1, Some(1)),
    ("no-admin", 1, Some(1)),
    ("beyond-scope", 1, Some(2)),
    ("host-unreachable", 1, Some(3)),
    ("port-unreachable", 1, Some(4)),
    ("packet-too-big", 2, None),
    ("hop-limit", 3, Some(0)),
    ("hop-limit-exceeded", 3, Some(0)),
    ("time-exceeded", 3, None),
    ("frag-time-exceeded", 3, Some(1)),
    ("reassembly-timeout", 3, Some(1)),
    ("err-Header-field", 4, Some(0)),
    ("header", 4, Some(0)),
    ("parameter-problem", 4, None),
    ("next-header", 4, Some(1)),
    ("unknown-next-hdr", 4, Some(1)),
    ("parameter-option", 4, Some(2)),
    ("unknown-ipv6-opt", 4, Some(2)),
    ("echo-request", 128, None),
    ("echo-reply", 129, None),
    ("membership-query", 130, None),
    ("mld-listener-query", 130, None),
    ("mld-query", 130, None),
    ("membership-report", 131, None),
    ("mld-listener-report", 131, None),
    ("mld-report", 131, None),
    ("membership-termination", 132, None),
    ("mld-listener-done", 132, None),
    ("mld-listener-reduction", 132, None),
    ("mld-reduction", 132, None),
    ("nd-router-solicit", 133, None),
    ("router-solicit", 133, None),
    ("router-solicitation", 133, None),
    ("nd-router-advert", 134, None),
    ("router-advertisement", 134, None),
    ("nd-neighbor-solicit", 135, None),
    ("nd-ns", 135, None),
    ("neighbor-solicit", 135, None),
    ("neighbor-solicitation", 135, None),
    ("nd-na", 136, None),
    ("nd-neighbor-advert", 136, None),
    ("neighbor-advertisement", 136, None),
    ("nd-redirect", 137, None),
    ("redirect", 137, None),
    ("router-renumbering", 138, None),
    ("ind-neighbor-solicit", 141, None),
    ("ind-neighbor-advert", 142, None),
    ("mld2-listener-report", 143, None),
    ("mldv2-report", 143, None),
];

/// The numbers of a value in a table of names: one, or type and code.
fn numbers(value: &toml::Value) -> Vec<i64> {
    match value {
        toml::Value::Array(all) => all.iter().filter_map(toml::Value::as_integer).collect(),
        one => one.as_integer().into_iter().collect(),
    }
}

#[test]
fn names_of_ports_mean_what_the_registry_says() {
    let mut seen = 0;
    for dialect in DIALECTS {
        let tables = dialect.facts().names.iter();
        for (table, names) in tables.filter(|(table, _)| table.contains("port")) {
            for (name, port) in PORTS {
                let Some(value) = names.get(*name) else {
                    continue;
                };
                let other =
                    |(id, own, _): &&(&str, &str, u16)| (*id, *own) == (dialect.id(), *name);
                let port = OTHERWISE
                    .iter()
                    .find(other)
                    .map_or(*port, |(.., port)| *port);
                assert_eq!(
                    numbers(value),
                    [i64::from(port)],
                    "{} {table} {name}",
                    dialect.id()
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 350, "{seen}");
}

#[test]
fn names_of_messages_mean_what_the_registry_says() {
    let mut seen = 0;
    for dialect in DIALECTS {
        let tables = dialect.facts().names.iter();
        let messages = |table: &str| table.starts_with("icmp") && !table.contains("code");
        for (table, names) in tables.filter(|(table, _)| messages(table)) {
            let known = if table.contains('6') { ICMPV6 } else { ICMP };
            for (name, kind, code) in known {
                let Some(value) = names.get(*name) else {
                    continue;
                };
                let expected: Vec<i64> =
                    std::iter::once(*kind).chain(*code).map(i64::from).collect();
                let found = numbers(value);
                // Comware names a message with the code 0 where others name the type.
                let zero = code.is_none() && found == [i64::from(*kind), 0];
                assert!(
                    found == expected || zero,
                    "{} {table} {name}: {found:?}",
                    dialect.id()
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 200, "{seen}");
}
