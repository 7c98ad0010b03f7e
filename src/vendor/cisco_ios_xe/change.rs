//! How a list is changed on a live switch with IOS-XE: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::net::Family;
use crate::vendor::live::{self, Form, Frame, Meanwhile, Mechanism, Rebind, Running, Transient};

/// One command replaces a binding, so a new list is written under a new name and bound in place of the old one. Whether the
/// hardware drops or passes packets meanwhile is an open fact.
pub(super) static MECHANISM: Mechanism = Mechanism {
    form: Form::Lines,
    normal: live::as_it_is,
    place: "interface ",
    list: |family| match family {
        Family::V4 => "ip access-list extended ",
        Family::V6 => "ipv6 access-list ",
    },
    bind: |family| match family {
        Family::V4 => "ip access-group",
        Family::V6 => "ipv6 traffic-filter",
    },
    ways: ["in", "out"],
    sequence: |family| match family {
        Family::V4 => "",
        Family::V6 => "sequence ",
    },
    deny_all: |family| match family {
        Family::V4 => "deny ip any any",
        Family::V6 => "deny ipv6 any any",
    },
    no: "no",
    marks: ["!", "end"],
    rebind: Rebind::Replaces,
    readdress: Rebind::Replaces,
    transient: |_| Transient {
        fact: "rebind-hitless",
        meanwhile: Meanwhile::EitherList,
    },
    leans: &[],
    holds_both: false,
    frame: |text| if archives(text) { &TIMED } else { &PLAIN },
    show_interface: |name| format!("show running-config interface {name}"),
    show_list: |family, name| match family {
        Family::V4 => format!("show ip access-lists {name}"),
        Family::V6 => format!("show ipv6 access-list {name}"),
    },
    show: "show running-config",
    managed: &[
        "ip address ",
        "ipv6 address ",
        "ipv6 enable",
        "ip helper-address ",
        "shutdown",
    ],
    single: &["ip address "],
    managed_top: &[
        "ip route ",
        "ipv6 route ",
        "ip routing",
        "ipv6 unicast-routing",
    ],
};

/// Typed as it comes.
static PLAIN: Frame = Frame {
    before: &["configure terminal"],
    after: &["end"],
    confirm: &[],
};

/// Taken back by the device itself after ten minutes (S21, S22).
static TIMED: Frame = Frame {
    before: &["configure terminal revert timer 10"],
    after: &["end"],
    confirm: &["configure confirm"],
};

/// Whether the device keeps configurations, without which it cannot go back to one.
fn archives(text: &Running) -> bool {
    let archive = text.block("archive");
    archive.is_some_and(|block| block.lines.iter().any(|line| line.starts_with("path ")))
}
