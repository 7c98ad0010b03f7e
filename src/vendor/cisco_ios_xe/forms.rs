//! Every form of an entry: read, and written again.

use super::KIN;
use crate::base::Source;
use crate::net::Family;
use crate::vendor::capture;
use crate::vendor::ios_like::entry::read;
use crate::vendor::ios_like::lists::head;
use crate::vendor::ios_like::native::List;
use crate::vendor::ios_like::print::{entry, list};
use crate::vendor::words::Words;

/// The line as it is written again; ` !word` if it was not understood from there on.
fn again(line: &str, family: Family, standard: bool) -> String {
    let Some(read) = read(Words::new(line), family, standard, &KIN) else {
        return "-".to_owned();
    };
    let mut out = String::new();
    entry(&read, family, standard, &KIN, &mut out);
    match &read.unread {
        Some(word) => format!("{out} !{word}"),
        None => out,
    }
}

#[test]
fn ipv4_entries_in_all_forms() {
    for (line, expect) in [
        ("permit ip any any", "permit ip any any"),
        ("deny   ip any any log", "deny   ip any any log"),
        (
            "permit tcp 10.5.5.5 0.0.0.255 host 10.0.0.1 eq www 443",
            "permit tcp 10.5.5.0 0.0.0.255 host 10.0.0.1 eq 80 443",
        ),
        (
            "permit tcp 10.0.1.0 0.0.254.255 any",
            "permit tcp 10.0.1.0 0.0.254.255 any",
        ),
        (
            "permit tcp 10.0.0.1 0.0.0.0 1.2.3.4 255.255.255.255",
            "permit tcp host 10.0.0.1 any",
        ),
        (
            "permit udp any neq 53 54 any lt 1024",
            "permit udp any neq 53 54 any lt 1024",
        ),
        (
            "permit udp any gt 1023 any range tftp 100",
            "permit udp any gt 1023 any range 69 100",
        ),
        (
            "permit tcp any eq cmd any eq syslog",
            "permit tcp any eq 514 any eq 514",
        ),
        (
            "permit tcp any any established log-input",
            "permit tcp any any established log-input",
        ),
        ("permit tcp any any syn ack", "permit tcp any any syn ack"),
        (
            "permit tcp any any match-all +ack -fin -syn",
            "permit tcp any any match-all +ack -fin -syn",
        ),
        (
            "permit tcp any any match-any +rst",
            "permit tcp any any match-any +rst",
        ),
        ("permit icmp any any echo", "permit icmp any any echo"),
        ("permit icmp any any 10 66", "permit icmp any any 10 66"),
        ("permit 53 any any", "permit 53 any any"),
        (
            "permit 47 any any fragments",
            "permit gre any any fragments",
        ),
        (
            "permit object-group S object-group A object-group B",
            "permit object-group S object-group A object-group B",
        ),
        (
            "permit ip any any dscp ef ttl eq 1 log 0x1234",
            "permit ip any any dscp ef ttl eq 1 log",
        ),
        (
            "permit ip any any time-range N (inactive)",
            "permit ip any any time-range N",
        ),
        (
            "permit igmp any any host-report",
            "permit igmp any any host-report",
        ),
        (
            "permit ip any any option any-options",
            "permit ip any any option any-options",
        ),
    ] {
        assert_eq!(again(line, Family::V4, false), expect, "{line}");
    }
}

#[test]
fn what_is_not_understood_leaves_what_was_read() {
    for (line, expect) in [
        ("permit", "permit ip any any !"),
        ("permit foo any any", "permit ip any any !foo"),
        ("permit tcp nowhere any", "permit tcp any any !nowhere"),
        ("permit tcp any", "permit tcp any any !"),
        (
            "permit tcp any eq 80 foo host 1.2.3.4",
            "permit tcp any any !foo",
        ),
        (
            "permit tcp any range 1 5 foo",
            "permit tcp any range 1 5 any !foo",
        ),
        ("permit tcp any any eq foo", "permit tcp any any !eq"),
        ("permit tcp any any eq 80 foo", "permit tcp any any !foo"),
        (
            "permit tcp any any eq 80 log foo",
            "permit tcp any any eq 80 log !foo",
        ),
        (
            "permit tcp any any range 90 80",
            "permit tcp any any !range",
        ),
        ("permit tcp any any ack foo", "permit tcp any any !foo"),
        (
            "permit tcp any any established syn",
            "permit tcp any any !syn",
        ),
        (
            "permit tcp any any match-all",
            "permit tcp any any !match-all",
        ),
        (
            "permit tcp any any eq 80 fragments",
            "permit tcp any any !fragments",
        ),
        (
            "permit udp any any established",
            "permit udp any any !established",
        ),
        ("permit icmp any any nd-ns", "permit icmp any any !nd-ns"),
        (
            "permit icmp any any echo 8 0",
            "permit icmp any any echo !8",
        ),
        ("permit ip any any eq 80", "permit ip any any !eq"),
        ("permit ip any any dscp", "permit ip any any !dscp"),
        (
            "permit tcp any any reflect R",
            "permit tcp any any !reflect",
        ),
        ("evaluate R", "-"),
    ] {
        assert_eq!(again(line, Family::V4, false), expect, "{line}");
    }
}

#[test]
fn ipv6_and_standard_entries() {
    for (line, expect) in [
        ("deny   ipv6 any any log", "deny ipv6 any any log"),
        (
            "permit tcp 2001:db8::5/32 host 2001:db8::1 eq 443",
            "permit tcp 2001:DB8::/32 host 2001:DB8::1 eq 443",
        ),
        ("permit icmp any any nd-ns", "permit icmp any any nd-ns"),
        ("permit icmp any any 135", "permit icmp any any 135"),
        ("permit 58 any any", "permit icmp any any"),
        ("permit ipv6 any any routing", "permit ipv6 any any routing"),
        (
            "permit ipv6 any any undetermined-transport log",
            "permit ipv6 any any undetermined-transport log",
        ),
        ("permit ip any any", "permit ipv6 any any !ip"),
        (
            "permit tcp 10.0.0.0 0.0.0.255 any",
            "permit tcp any any !10.0.0.0",
        ),
    ] {
        assert_eq!(again(line, Family::V6, false), expect, "{line}");
    }
    for (line, expect) in [
        ("permit any", "permit any"),
        ("permit 10.0.0.1", "permit host 10.0.0.1"),
        ("deny host 10.0.0.1 log", "deny   host 10.0.0.1 log"),
        ("permit 10.0.0.9 0.0.0.255", "permit 10.0.0.0 0.0.0.255"),
        (
            "permit 10.0.0.0, wildcard bits 0.0.255.255",
            "permit 10.0.0.0 0.0.255.255",
        ),
        (
            "permit 10.0.0.0 0.0.0.255 any",
            "permit 10.0.0.0 0.0.0.255 !any",
        ),
    ] {
        assert_eq!(again(line, Family::V4, true), expect, "{line}");
    }
}

/// The lists of a text that holds nothing else.
fn natives(text: &str) -> Vec<List> {
    let source = Source::capture("a", text.as_bytes());
    let lines = capture::lines(&source);
    let read = |(top, body): (&capture::Line<'_>, &[capture::Line<'_>])| {
        let mut list = List::new(head(&top.text, &KIN).unwrap(), 0);
        body.iter()
            .for_each(|line| list.push(line, &line.text, false, &KIN));
        list.items
            .iter_mut()
            .for_each(|item| (item.line, item.text) = (0, String::new()));
        list
    };
    capture::blocks(&lines).map(read).collect()
}

#[test]
fn what_is_written_of_a_list_reads_as_the_same_list() {
    let text = "ip access-list extended A\n 10 remark x  y\n 10 permit tcp any neq 1 2 host 1.2.3.4 eq 5 match-any +ack -urg log\n \
        permit icmp 1.1.1.1 0.9.0.9 any packet-too-big dscp ef tos 3\n 30 deny object-group S object-group A any\n\
        ip access-list standard 10\n 10 permit 1.2.3.4\n 20 deny any log\nipv6 access-list A\n sequence 5 remark x\n \
        sequence 10 permit udp 2001:db8::/32 range 5 9 host ::1 log-input\n sequence 20 permit hbh any any\n";
    let read = natives(text);
    let mut written = String::new();
    read.iter().for_each(|l| list(l, &KIN, &mut written));
    let twice = natives(&written);
    assert_eq!(twice, read);
    let mut again = String::new();
    twice.iter().for_each(|l| list(l, &KIN, &mut again));
    assert_eq!(again, written);
}
