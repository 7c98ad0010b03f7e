//! One case that fires and one near miss per lint, on device text.

use super::{Finding, Subject, lint};
use crate::base::Source;
use crate::pset::Limits;
use crate::vendor::{Hint, by_id};

/// No line.
const NONE: [u32; 0] = [];

/// `code line` of each finding, in order.
fn found(text: &str) -> Vec<(&'static str, Option<u32>)> {
    all(text).iter().map(|f| (f.code, f.line)).collect()
}

fn all(text: &str) -> Vec<Finding> {
    let source = Source::capture("a.cfg", text.as_bytes());
    let dialect = by_id("cisco-ios-xe").unwrap();
    let device = dialect.read(&source, &Hint::default());
    lint(&Subject::new(&source, &device, Limits::default()))
}

/// Findings of one lint in a list that is bound and has a ticket; the first entry is on line 3.
fn in_list(code: &str, entries: &str) -> Vec<u32> {
    let text = format!(
        "ip access-list extended L\n remark REQ1\n{entries}\ninterface Vlan1\n ip address 10.0.0.1 255.255.255.0\n \
         ip access-group L in\n"
    );
    let findings = all(&text).into_iter().filter(|f| f.code == code);
    findings.filter_map(|f| f.line).collect()
}

#[test]
fn a_good_list_has_no_finding() {
    let text = "hostname A\nip access-list extended L\n remark REQ1\n permit tcp any host 10.0.0.5 eq 443\n deny ip any any\n\
                interface Vlan1\n ip address 10.0.0.1 255.255.255.0\n ip access-group L in\n";
    assert_eq!(found(text), []);
}

#[test]
fn unreachable_lines_name_their_blockers() {
    let text = "ip access-list extended L\n permit tcp any any\n deny tcp any host 10.0.0.5 eq 22\n deny ip any any\n";
    let findings = all(text);
    let finding = findings
        .iter()
        .find(|f| f.code == "unreachable-line")
        .unwrap();
    assert_eq!((finding.line, &finding.blockers[..]), (Some(3), &[2][..]));
    assert_eq!(finding.severity, crate::base::Severity::Error);
    let entries = " deny tcp any host 10.0.0.5 eq 22\n permit tcp any any\n deny ip any any";
    assert_eq!(in_list("unreachable-line", entries), NONE);
}

#[test]
fn redundant_lines_but_not_the_explicit_end() {
    let entries =
        " permit tcp any host 10.0.0.5 eq 443\n permit tcp any host 10.0.0.5\n deny ip any any";
    assert_eq!(in_list("redundant-line", entries), [3]);
    let entries = " permit tcp any host 10.0.0.5 eq 443\n deny tcp any host 10.0.0.5\n permit udp any any\n deny ip any any";
    assert_eq!(
        in_list("redundant-line", entries),
        [4],
        "the end denies it anyway"
    );
}

#[test]
fn lists_and_their_bindings() {
    let bound = "interface Vlan1\n ip address 10.0.0.1 255.255.255.0\n ip access-group L in\n";
    let list = "ip access-list extended L\n remark REQ1\n deny ip any any\n";
    assert_eq!(found(&format!("{list}{bound}")), []);
    assert_eq!(found(list), [("unbound-list", Some(1))]);
    let vty = format!("{list}line vty 0 4\n access-class L in\n");
    let finding = all(&vty).into_iter().find(|f| f.code == "unbound-list");
    assert_eq!(finding.unwrap().severity, crate::base::Severity::Info);
    assert_eq!(all(list)[0].severity, crate::base::Severity::Warning);
    assert_eq!(found(bound), [("undefined-list", Some(3))]);
    let empty = format!("ip access-list extended L\n{bound}");
    assert_eq!(found(&empty), [("empty-list", Some(1))]);
}

#[test]
fn wide_permits() {
    let entries = " permit ip any any";
    assert_eq!(in_list("permit-any-any", entries), [3]);
    assert_eq!(in_list("ip-only-permit", entries), NONE);
    let entries = " permit ip host 10.0.0.1 any\n permit tcp any any\n deny ip any any";
    assert_eq!(in_list("permit-any-any", entries), NONE);
    assert_eq!(in_list("ip-only-permit", entries), [3]);
}

#[test]
fn ends() {
    assert_eq!(in_list("implicit-end", " permit tcp any any eq 80"), [1]);
    assert_eq!(in_list("implicit-end", " deny ip any any log"), NONE);
}

#[test]
fn addresses() {
    let mask = |words: &str| format!(" permit tcp {words} any eq 80");
    assert_eq!(
        in_list("wildcard-as-netmask", &mask("10.1.1.0 255.255.255.0")),
        [3]
    );
    assert_eq!(
        in_list("wildcard-as-netmask", &mask("10.1.1.0 0.0.0.255")),
        NONE
    );
    assert_eq!(
        in_list("wildcard-as-netmask", &mask("10.1.1.0 0.0.254.0")),
        NONE
    );
    assert_eq!(
        in_list("misaligned-block", &mask("10.10.33.11 0.0.0.1")),
        [3]
    );
    assert_eq!(
        in_list("misaligned-block", &mask("10.10.33.10 0.0.0.1")),
        NONE
    );
}

#[test]
fn tickets() {
    let bound = "interface Vlan1\n ip address 10.0.0.1 255.255.255.0\n ip access-group L in\n";
    let list = |remark: &str| {
        format!(
            "ip access-list extended L\n{remark} permit tcp any any eq 80\n deny ip any any\n{bound}"
        )
    };
    assert_eq!(found(&list("")), [("no-ticket", Some(1))]);
    assert_eq!(
        found(&list(" remark screen transfer\n")),
        [("no-ticket", Some(1))]
    );
    assert_eq!(found(&list(" remark REQ2025-0123\n")), []);
}

#[test]
fn gaps_are_listed_with_their_list() {
    let text = "ip access-list extended L\n remark REQ1\n permit tcp any any frobnicate\n deny ip any any\n\
                interface Vlan1\n ip address 10.0.0.1 255.255.255.0\n ip access-group L in\n";
    let findings = all(text);
    let gap = findings.iter().find(|f| f.code == "gap").unwrap();
    assert_eq!((gap.line, gap.acl.as_deref()), (Some(3), Some("L")));
}
