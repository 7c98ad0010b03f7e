//! One rule of a list: text -> [`Rule`].
//!
//! A rule line with the id of an earlier one adds its criteria to that rule, so each criterion is a slot of its own.
//! Must not know: what a rule matches, other rules.

use super::FACTS;
use crate::net::proto::{TCP, UDP};
use crate::net::{Family, PortSet, TcpFlags, Wildcard};
use crate::vendor::words::{Words, ipv4, ipv6, netmask_length, number, wildcard4};
use ipnet::{IpNet, Ipv6Net};

/// Where from or where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Is(Wildcard),
    /// An object group: its members are not read.
    Group(String),
}

/// Criteria of a rule. `None`: not tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) permit: bool,
    /// `ip`, `ipv6`: every protocol.
    pub(super) protocol: Option<u8>,
    pub(super) src: Option<Place>,
    pub(super) dst: Option<Place>,
    pub(super) sport: Option<PortSet>,
    pub(super) dport: Option<PortSet>,
    /// Flags that must be 1, and that must be 0.
    pub(super) flags: Option<(TcpFlags, TcpFlags)>,
    pub(super) established: bool,
    pub(super) icmp: Option<(u8, Option<u8>)>,
    pub(super) fragment: bool,
    /// Words on what is not in the header of D6 (D7).
    pub(super) conditions: Vec<String>,
    /// `vpn-instance`: the list does not take effect.
    pub(super) vpn: bool,
    pub(super) log: bool,
    /// A name stands for a number.
    pub(super) named: bool,
    /// The first word that was not understood.
    pub(super) unread: Option<String>,
}

impl Rule {
    pub(super) fn new(permit: bool) -> Rule {
        Rule {
            permit,
            protocol: None,
            src: None,
            dst: None,
            sport: None,
            dport: None,
            flags: None,
            established: false,
            icmp: None,
            fragment: false,
            conditions: Vec::new(),
            vpn: false,
            log: false,
            named: false,
            unread: None,
        }
    }

    /// Whether it looks behind the IP header.
    pub(super) fn has_l4(&self) -> bool {
        self.sport.is_some()
            || self.dport.is_some()
            || self.flags.is_some()
            || self.established
            || self.icmp.is_some()
    }
}

/// What a line behind `rule [N]` is.
pub(super) enum Read {
    Remark,
    Rule(Box<Rule>),
    Unread,
}

/// Words that narrow, with how many values they have.
const NARROWING: [(&str, usize); 9] = [
    ("dscp", 1),
    ("precedence", 1),
    ("tos", 1),
    ("time-range", 1),
    ("flow-label", 1),
    ("hop-by-hop", 0),
    ("routing", 0),
    ("qos-local-id", 1),
    ("user-group", 1),
];

fn lookup(table: &str, name: &str) -> Option<i64> {
    FACTS.names.get(table)?.get(name)?.as_integer()
}

/// Reads what stands behind `rule [N]`; `known` is the rule of that id so far. `basic`: no protocol, no destination.
pub(super) fn read(
    mut words: Words<'_>,
    family: Family,
    basic: bool,
    known: Option<&Rule>,
) -> Read {
    if words.eat("comment") || words.eat("remark") {
        return Read::Remark;
    }
    let permit = match words.next() {
        Some("permit") => true,
        Some("deny") => false,
        _ => return Read::Unread,
    };
    let mut rule = known.cloned().unwrap_or_else(|| Rule::new(permit));
    if rule.permit != permit {
        rule.unread.get_or_insert_with(|| "permit, deny".to_owned());
    }
    if !basic {
        match protocol(&mut words, family, &mut rule.named) {
            Some(protocol) if known.is_some() && protocol != rule.protocol => {
                rule.unread.get_or_insert_with(|| "protocol".to_owned());
                rule.protocol = None;
            }
            Some(protocol) => rule.protocol = protocol,
            None => {
                rule.unread.get_or_insert_with(|| words.rest().to_owned());
                return Read::Rule(Box::new(rule));
            }
        }
    }
    while let Some(word) = words.peek() {
        if criterion(&mut words, family, &mut rule).is_none() {
            rule.unread.get_or_insert_with(|| word.to_owned());
            break;
        }
    }
    Read::Rule(Box::new(rule))
}

fn protocol(words: &mut Words<'_>, family: Family, named: &mut bool) -> Option<Option<u8>> {
    let table = match family {
        Family::V4 => "protocols",
        Family::V6 => "protocols6",
    };
    words.read(|word| match (word, family) {
        ("ip", Family::V4) | ("ipv6", Family::V6) => Some(None),
        _ => match number::<u8>(word) {
            Some(number) => Some(Some(number)),
            None => {
                *named |= !matches!(word, "tcp" | "udp" | "icmp" | "icmpv6");
                u8::try_from(lookup(table, word)?).ok().map(Some)
            }
        },
    })
}

/// Takes one criterion; `None` if it is not understood.
fn criterion(words: &mut Words<'_>, family: Family, rule: &mut Rule) -> Option<()> {
    let word = words.next()?;
    match word {
        "source" => {
            let place = place(words, family)?;
            set(&mut rule.src, place)
        }
        "destination" => {
            let place = place(words, family)?;
            set(&mut rule.dst, place)
        }
        "source-port" => {
            let ports = ports(words, rule)?;
            set(&mut rule.sport, ports)
        }
        "destination-port" => {
            let ports = ports(words, rule)?;
            set(&mut rule.dport, ports)
        }
        "ack" | "fin" | "psh" | "rst" | "syn" | "urg" if rule.protocol == Some(TCP) => {
            let flag = TcpFlags::named(word)?;
            let (mut one, mut zero) = rule.flags.unwrap_or_default();
            match words.next()? {
                "1" => one = one.with(flag),
                "0" => zero = zero.with(flag),
                _ => return None,
            }
            (one.bits() & zero.bits() == 0).then_some(())?;
            rule.flags = Some((one, zero));
            Some(())
        }
        "established" if rule.protocol == Some(TCP) => {
            rule.established = true;
            Some(())
        }
        "icmp-type" if family == Family::V4 && rule.protocol == Some(1) => {
            icmp(words, family, rule)
        }
        "icmp6-type" if family == Family::V6 && rule.protocol == Some(58) => {
            icmp(words, family, rule)
        }
        "fragment" => {
            rule.fragment = true;
            Some(())
        }
        "counting" => Some(()),
        "logging" | "flow-logging" => {
            rule.log = true;
            Some(())
        }
        "vpn-instance" => {
            words.next()?;
            rule.vpn = true;
            Some(())
        }
        _ => {
            let (name, values) = NARROWING.iter().find(|(name, _)| *name == word)?;
            let mut text = (*name).to_owned();
            for _ in 0..*values {
                text.push(' ');
                text.push_str(words.next()?);
            }
            rule.conditions.push(text);
            Some(())
        }
    }
}

/// Fills a slot; a slot that held something else is not tested any more, since what the two mean together was not read.
fn set<T: PartialEq>(slot: &mut Option<T>, value: T) -> Option<()> {
    match slot.take() {
        Some(old) if old != value => None,
        _ => {
            *slot = Some(value);
            Some(())
        }
    }
}

fn place(words: &mut Words<'_>, family: Family) -> Option<Place> {
    if words.eat("any") {
        return Some(Place::Is(Wildcard::any(family)));
    }
    if words.eat("object-group") {
        return words.next().map(|name| Place::Group(name.to_owned()));
    }
    let wildcard = match family {
        Family::V4 => {
            let addr = words.read(ipv4)?;
            let free = words.read(|word| match word {
                "0" => Some(std::net::Ipv4Addr::UNSPECIFIED),
                word => ipv4(word),
            })?;
            wildcard4(addr, free)
        }
        Family::V6 => {
            let word = words.next()?;
            let net = match word.contains('/') {
                true => word.parse::<Ipv6Net>().ok()?,
                false => Ipv6Net::new(ipv6(word)?, words.number()?).ok()?,
            };
            Wildcard::from_prefix(IpNet::V6(net))
        }
    };
    Some(Place::Is(wildcard))
}

fn ports(words: &mut Words<'_>, rule: &mut Rule) -> Option<PortSet> {
    let table = match rule.protocol? {
        TCP => "tcp-ports",
        UDP => "udp-ports",
        _ => return None,
    };
    let operator = words.next()?;
    let named = &mut rule.named;
    let mut port = || {
        words.read(|word| {
            number(word).or_else(|| {
                *named = true;
                u16::try_from(lookup(table, word)?).ok()
            })
        })
    };
    let first: u16 = port()?;
    match operator {
        "eq" => Some(PortSet::one(first)),
        "neq" => Some(PortSet::one(first).complement()),
        "lt" => first.checked_sub(1).map(|last| PortSet::range(0, last)),
        "gt" => first
            .checked_add(1)
            .map(|next| PortSet::range(next, u16::MAX)),
        "range" => {
            let last: u16 = port()?;
            (first <= last).then(|| PortSet::range(first, last))
        }
        _ => None,
    }
}

fn icmp(words: &mut Words<'_>, family: Family, rule: &mut Rule) -> Option<()> {
    let kind = match words.number::<u8>() {
        Some(kind) => (kind, words.number::<u8>()),
        None => {
            let table = match family {
                Family::V4 => "icmp",
                Family::V6 => "icmpv6",
            };
            rule.named = true;
            let pair = FACTS.names.get(table)?.get(words.next()?)?.as_array()?;
            let byte = |at: usize| u8::try_from(pair.get(at)?.as_integer()?).ok();
            (byte(0)?, Some(byte(1)?))
        }
    };
    set(&mut rule.icmp, kind)
}

/// `A M` of an interface or a route: the mask dotted or as a length.
pub(super) fn mask(words: &mut Words<'_>) -> Option<u8> {
    words.read(|word| match number::<u8>(word) {
        Some(length) => (length <= 32).then_some(length),
        None => netmask_length(ipv4(word)?),
    })
}
