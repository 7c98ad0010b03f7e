//! The words that name a field.
//!
//! In: tokens behind the cursor of a rule. Out: a [`Field`]. Must not know: values.

use super::Reading;
use crate::net::{ByteSet, Family};
use crate::vendor::linux_nftables::value::{Field, Values, conds};

impl Reading<'_> {
    /// The words of a field.
    pub(super) fn field(&mut self) -> Option<Field> {
        let word = self.cursor.next()?;
        let outside = |words: &str| Some(Field::Outside(words.to_owned()));
        match word {
            "iifname" | "iif" => return Some(Field::Iface(false)),
            "oifname" | "oif" => return Some(Field::Iface(true)),
            "iifgroup" | "oifgroup" | "iiftype" | "oiftype" | "mark" | "pkttype" | "cpu"
            | "skuid" | "skgid" | "cgroup" | "rtclassid" | "nftrace" | "priority" => {
                return outside(word);
            }
            _ if word.starts_with('@') => return self.raw(word),
            _ => {}
        }
        let sub = self.cursor.next()?;
        let family = if matches!(word, "ip" | "icmp") {
            Family::V4
        } else {
            Family::V6
        };
        match (word, sub) {
            ("ip" | "ip6", "saddr") => Some(Field::Addr(family, true)),
            ("ip" | "ip6", "daddr") => Some(Field::Addr(family, false)),
            ("ip", "protocol") => Some(Field::Protocol(Some(Family::V4))),
            ("ip", "frag-off") => Some(Field::FragmentBits),
            ("ip6", "nexthdr") => Some(Field::NextHeader),
            ("frag", "frag-off") => Some(Field::FragmentOffset),
            ("tcp" | "udp" | "sctp" | "dccp" | "udplite" | "th", "sport" | "dport") => {
                let proto = match word {
                    "tcp" => Some(6),
                    "udp" => Some(17),
                    "sctp" => Some(132),
                    "dccp" => Some(33),
                    "udplite" => Some(136),
                    _ => None,
                };
                Some(Field::Port(proto, sub == "sport"))
            }
            ("tcp", "flags") => Some(Field::Flags),
            ("icmp" | "icmpv6", "type") => Some(Field::Icmp(family, true)),
            ("icmp" | "icmpv6", "code") => Some(Field::Icmp(family, false)),
            ("exthdr", "frag") => Some(Field::Fragment),
            ("exthdr", _) => Some(Field::Header),
            ("meta", "nfproto" | "protocol") | ("ether", "type") => Some(Field::Family),
            ("meta", "l4proto") => Some(Field::Protocol(None)),
            ("meta", "iifname" | "iif") => Some(Field::Iface(false)),
            ("meta", "oifname" | "oif") => Some(Field::Iface(true)),
            ("ct", _) => {
                self.tracked = true;
                if matches!(sub, "original" | "reply") {
                    let more = self.cursor.next().unwrap_or_default();
                    if matches!(more, "ip" | "ip6") {
                        self.cursor.next();
                    }
                }
                outside(&format!("ct {sub}"))
            }
            ("tcp", "option") => {
                self.cursor.next();
                if self
                    .cursor
                    .peek()
                    .is_some_and(|w| matches!(w, "size" | "count" | "kind" | "length"))
                {
                    self.cursor.next();
                }
                outside("tcp option")
            }
            ("fib", _) => {
                // `fib saddr . iif oif missing`
                while self.cursor.eat(".") {
                    self.cursor.next();
                }
                self.cursor.next();
                outside("fib")
            }
            (
                "ip" | "ip6" | "tcp" | "udp" | "sctp" | "meta" | "ether" | "vlan" | "socket" | "rt"
                | "ah" | "esp" | "comp" | "hbh" | "dst" | "mh" | "srh" | "frag" | "icmp" | "icmpv6"
                | "osf" | "arp" | "dccp" | "udplite" | "igmp",
                _,
            ) => {
                let upper = match word {
                    "tcp" => Some((Field::Protocol(None), 6)),
                    "udp" => Some((Field::Protocol(None), 17)),
                    "icmp" => Some((Field::Protocol(Some(Family::V4)), 1)),
                    "icmpv6" => Some((Field::Protocol(Some(Family::V6)), 58)),
                    _ => None,
                };
                if let Some((field, number)) = upper {
                    // The protocol is asked for as well.
                    let conds = conds(&field, &Values::Bytes(ByteSet::one(number)))?;
                    self.and(conds);
                }
                outside(&format!("{word} {sub}"))
            }
            _ => None,
        }
    }

    /// `@th,16,16`: raw bytes.
    pub(super) fn raw(&mut self, word: &str) -> Option<Field> {
        while self.cursor.eat(",") {
            self.cursor.next();
        }
        Some(Field::Outside(word.to_owned()))
    }
}
