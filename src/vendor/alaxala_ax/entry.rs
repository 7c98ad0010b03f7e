//! The words behind a sequence number -> an [`Entry`].
//!
//! In: the words of one line of a list. Out: a [`Line`]. Words are those of the flow detection conditions (K22); a word that
//! is none of them leaves the rest open and marks the entry unread (D10). Must not know: what an entry matches.

use super::native::{self, Entry};
use crate::net::proto::{ICMP, ICMPV6, TCP, UDP};
use crate::net::{Family, TcpFlags, Wildcard};
use crate::vendor::words::{self, Words};

/// What a line of a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A comment.
    Remark,
    /// An entry, wholly or partly read.
    Entry(Entry),
    /// Neither `permit` nor `deny`.
    Unread,
}

/// How entries of a list are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Family of its packets.
    pub(super) family: Family,
    /// `ip access-list standard`: source addresses only.
    pub(super) standard: bool,
    /// Take names of the sibling's port table (not with `--facts confirmed`).
    pub(super) siblings: bool,
}

/// Reads what stands behind the sequence number.
pub(super) fn line(mut words: Words<'_>, form: Form) -> Line {
    if words.eat("remark") {
        return Line::Remark;
    }
    let permit = if words.eat("permit") {
        true
    } else if words.eat("deny") {
        false
    } else {
        return Line::Unread;
    };
    let mut entry = Entry::any(permit, form.family);
    let whole = if form.standard {
        source_only(&mut words, &mut entry)
    } else {
        conditions(&mut words, form, &mut entry)
    };
    entry.unread |= whole.is_none() || !words.is_end();
    Line::Entry(entry)
}

fn source_only(words: &mut Words<'_>, entry: &mut Entry) -> Option<()> {
    entry.src = words.wildcard4()?;
    tail(words, entry)
}

/// Fills the entry from left to right and stops with `None` at the first word that it cannot place.
fn conditions(words: &mut Words<'_>, form: Form, entry: &mut Entry) -> Option<()> {
    let family = form.family;
    match words.next()? {
        word if word == native::any_word(family) => {}
        word => {
            let number = words::number(word);
            entry.protocol = number.or_else(|| native::protocol(family, word));
            entry.unread = entry.protocol.is_none();
        }
    }
    let ports = matches!(entry.protocol, Some(TCP | UDP));
    entry.src = address(words, family)?;
    if ports {
        entry.sport = port(words, form, entry)?;
    }
    entry.dst = address(words, family)?;
    if ports {
        entry.dport = port(words, form, entry)?;
    }
    match (family, entry.protocol) {
        (_, Some(TCP)) => flags(words, entry),
        (Family::V4, Some(ICMP)) | (Family::V6, Some(ICMPV6)) => icmp(words, family, entry),
        _ => {}
    }
    tail(words, entry)
}

fn address(words: &mut Words<'_>, family: Family) -> Option<Wildcard> {
    match family {
        Family::V4 => words.wildcard4(),
        Family::V6 => words.wildcard6(),
    }
}

/// A port condition, if one comes next. A name that is not in the table leaves it open and goes on behind it.
fn port(words: &mut Words<'_>, form: Form, entry: &mut Entry) -> Option<Option<(u16, u16)>> {
    let udp = entry.protocol == Some(UDP);
    let mut one = |words: &mut Words<'_>| {
        let word = words.next()?;
        let mut found = words::number(word).or_else(|| native::port(udp, word));
        if found.is_none() && form.siblings && !udp {
            found = native::sibling_port(word);
            entry.sibling_name |= found.is_some();
        }
        entry.unread |= found.is_none();
        Some(found)
    };
    if words.eat("eq") {
        return Some(one(words)?.map(|port| (port, port)));
    }
    if !words.eat("range") {
        return Some(None);
    }
    let (first, last) = (one(words)?, one(words)?);
    let range = first.zip(last).filter(|(first, last)| first <= last);
    entry.unread |= range.is_none();
    Some(range)
}

fn flags(words: &mut Words<'_>, entry: &mut Entry) {
    loop {
        if let Some(flag) = words.read(TcpFlags::named) {
            entry.flags = entry.flags.with(flag);
        } else if words.eat("established") {
            entry.established = true;
        } else {
            // `established` beside flag words is in no grammar that was read.
            entry.unread |= entry.established && entry.flags != TcpFlags::default();
            return;
        }
    }
}

fn icmp(words: &mut Words<'_>, family: Family, entry: &mut Entry) {
    entry.icmp = match words.number() {
        Some(kind) => Some((kind, words.number())),
        None => words.read(|word| native::icmp(family, word)),
    };
}

/// Conditions on what is not in the header, then a redirection, to the end of the line.
fn tail(words: &mut Words<'_>, entry: &mut Entry) -> Option<()> {
    const OPEN: [&str; 6] = [
        "tos",
        "precedence",
        "dscp",
        "traffic-class",
        "vlan",
        "user-priority",
    ];
    while let Some(word) = words.peek() {
        if word == "action" || word == "policy-list" {
            entry.redirect = true;
            while words.next().is_some() {}
            return Some(());
        }
        let name = words.read(|word| OPEN.into_iter().find(|open| *open == word))?;
        let value = words.next()?;
        if !entry.condition.is_empty() {
            entry.condition.push(' ');
        }
        entry.condition.push_str(name);
        entry.condition.push(' ');
        entry.condition.push_str(value);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, family: Family, standard: bool) -> String {
        let form = Form {
            family,
            standard,
            siblings: true,
        };
        let Line::Entry(e) = line(Words::new(text), form) else {
            return "-".to_owned();
        };
        let or = |x: Option<String>| x.unwrap_or_else(|| "-".to_owned());
        let ports = |p: Option<(u16, u16)>| or(p.map(|(a, b)| format!("{a}-{b}")));
        let icmp = or(e
            .icmp
            .map(|(t, c)| format!("{t}/{}", or(c.map(|c| c.to_string())))));
        format!(
            "{} {} {}:{} {}:{} {}{} {icmp} [{}]{}{}",
            e.permit,
            or(e.protocol.map(|p| p.to_string())),
            e.src,
            ports(e.sport),
            e.dst,
            ports(e.dport),
            e.flags,
            if e.established { " est" } else { "" },
            e.condition,
            if e.redirect { " redirect" } else { "" },
            if e.unread { " unread" } else { "" },
        )
    }

    #[test]
    fn ipv4_entries() {
        for (text, expect) in [
            (
                "deny tcp any any eq telnet",
                "false 6 any:- any:23-23 - - []",
            ),
            (
                "permit tcp 10.1.0.0 0.0.255.255 range 1024 65535 host 10.2.0.10 eq https ack",
                "true 6 10.1.0.0/16:1024-65535 10.2.0.10:443-443 ack - []",
            ),
            (
                "permit ip 10.0.1.0 0.0.254.255 any",
                "true - 10.0.1.0 0.0.254.255:- any:- - - []",
            ),
            (
                "permit icmp any any 8 0 vlan 10",
                "true 1 any:- any:- - 8/0 [vlan 10]",
            ),
            ("permit icmp any any 3", "true 1 any:- any:- - 3/- []"),
            (
                "permit icmp any any echo",
                "true 1 any:- any:- - - [] unread",
            ),
            (
                "permit udp any eq bootps any dscp 46",
                "true 17 any:- any:- - - [dscp 46] unread",
            ),
            (
                "permit tcp any eq nowhere host 10.0.0.1 eq 80",
                "true 6 any:- 10.0.0.1:80-80 - - [] unread",
            ),
            (
                "permit foo any host 10.0.0.1",
                "true - any:- 10.0.0.1:- - - [] unread",
            ),
            ("deny 41 any any", "false 41 any:- any:- - - []"),
            ("deny 256 any any", "false - any:- any:- - - [] unread"),
            (
                "permit tcp any any range 9 2",
                "true 6 any:- any:- - - [] unread",
            ),
            (
                "permit tcp any any established",
                "true 6 any:- any:- - est - []",
            ),
            (
                "permit tcp any any ack established",
                "true 6 any:- any:- ack est - [] unread",
            ),
            (
                "permit ip any any action policy-list 3",
                "true - any:- any:- - - [] redirect",
            ),
            ("permit ip any any log", "true - any:- any:- - - [] unread"),
            (
                "permit udp any any gt 1023",
                "true 17 any:- any:- - - [] unread",
            ),
            ("permit igmp any any", "true 2 any:- any:- - - []"),
            ("permit", "true - any:- any:- - - [] unread"),
            ("qos ip any any", "-"),
        ] {
            assert_eq!(show(text, Family::V4, false), expect, "{text}");
        }
    }

    #[test]
    fn ipv6_and_standard_entries() {
        for (text, expect) in [
            (
                "permit icmp 2001:db8::/32 any 135",
                "true 58 2001:db8::/32:- any:- - 135/- []",
            ),
            ("deny ipv6 any any", "false - any:- any:- - - []"),
            ("deny ip any any", "false - any:- any:- - - [] unread"),
            (
                "permit tcp any host fd00::1 eq http syn ack traffic-class 3",
                "true 6 any:- fd00::1:80-80 syn+ack - [traffic-class 3]",
            ),
        ] {
            assert_eq!(show(text, Family::V6, false), expect, "{text}");
        }
        for (text, expect) in [
            (
                "permit 192.168.0.0 0.0.0.255",
                "true - 192.168.0.0/24:- any:- - - []",
            ),
            ("deny host 10.0.0.1", "false - 10.0.0.1:- any:- - - []"),
            ("deny 10.0.0.1", "false - any:- any:- - - [] unread"),
        ] {
            assert_eq!(show(text, Family::V4, true), expect, "{text}");
        }
    }
}
