//! Lines that guard a switch's own services (D19): lists on terminal lines, on ssh, web and SNMP.
//!
//! In: a line and the head it stands below, of any dialect. Out: the packets to own addresses that it may drop, as protocol and
//! port. Such a list is not read: what it lets through is open, and that it stands there is enough for nothing to be certain.
//! Must not know: interfaces, lists.

use super::words::Words;

/// Words that name a list behind a service.
const LIST: [&str; 9] = [
    "access-class",
    "access-group",
    "access-list",
    "access",
    "acl",
    "use-acl",
    "use-ipv4acl",
    "use-ipv6acl",
    "client-list",
];

/// First words of lines about services, with their protocol and port. Sessions of administrators may be on any TCP port.
const SERVICES: [(&str, (u8, Option<u16>)); 19] = [
    ("line", (6, None)),
    ("vty", (6, None)),
    ("user-interface", (6, None)),
    ("management", (6, None)),
    ("ssh", (6, None)),
    ("telnet", (6, None)),
    ("ip ssh", (6, None)),
    ("ip telnet", (6, None)),
    ("ip http", (6, None)),
    ("ip https", (6, None)),
    ("http", (6, None)),
    ("https", (6, None)),
    ("http-server", (6, None)),
    ("netconf", (6, None)),
    ("restconf", (6, None)),
    ("snmp", (17, Some(161))),
    ("snmp-server", (17, Some(161))),
    ("snmp-agent", (17, Some(161))),
    ("ntp", (17, Some(123))),
];

/// What a line below a head (or the head itself) may drop of the packets to own addresses.
#[must_use]
pub(super) fn guard(head: &str, line: &str) -> Option<(u8, Option<u16>)> {
    let about = |(start, _): &&(&str, _)| Words::new(head).eat_all(start);
    let (_, service) = SERVICES.iter().find(about)?;
    // `access-class 10 out` is about sessions that start on the switch.
    let outward = Words::new(line).last() == Some("out");
    let named = Words::new(line).any(|word| LIST.contains(&word)) || community(line);
    (named && !outward).then_some(*service)
}

/// `snmp-server community TEXT [view V] [group G] [ro|rw] LIST`.
fn community(line: &str) -> bool {
    let mut words = Words::new(line);
    if !words.eat_all("snmp-server community") || words.next().is_none() {
        return false;
    }
    let mut left = words;
    while let Some(word) = left.next() {
        match word.to_ascii_lowercase().as_str() {
            "view" | "group" => drop(left.next()),
            "ro" | "rw" | "v1" | "v2c" => {}
            _ => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_on_services_are_seen() {
        let tcp = Some((6, None));
        assert_eq!(guard("line vty 0 4", "access-class 10 in vrf-also"), tcp);
        assert_eq!(guard("line vty 0 63", "acl 2000 inbound"), tcp);
        assert_eq!(
            guard("vty access-class 10 in", "vty access-class 10 in"),
            tcp
        );
        assert_eq!(guard("management ssh", "ip access-group MGMT in"), tcp);
        let snmp = Some((17, Some(161)));
        let line = "snmp-server community secret view V RO 10";
        assert_eq!(guard(line, line), snmp);
    }

    #[test]
    fn other_lines_guard_nothing() {
        assert_eq!(guard("line vty 0 4", "transport input ssh"), None);
        assert_eq!(guard("line vty 0 4", "access-class 10 out"), None);
        let line = "snmp-server community secret RO";
        assert_eq!(guard(line, line), None);
        assert_eq!(
            guard("class-map match-all C", "match access-group name X"),
            None
        );
    }
}
