//! How a list is changed on a live switch with EOS: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::net::Family;
use crate::vendor::live::{self, Form, Frame, Meanwhile, Mechanism, Rebind, Running, Transient};

/// Another list is bound in place of the one that is; while the hardware is written, the switch blocks or, if the text says so,
/// lets through (A1). A session takes a step back by itself unless it is confirmed (A10, A11).
pub(super) static MECHANISM: Mechanism = Mechanism {
    form: Form::Lines,
    normal: live::as_it_is,
    place: "interface ",
    list: |family| match family {
        Family::V4 => "ip access-list ",
        Family::V6 => "ipv6 access-list ",
    },
    bind: |family| match family {
        Family::V4 => "ip access-group",
        Family::V6 => "ipv6 access-group",
    },
    ways: ["in", "out"],
    sequence: |_| "",
    deny_all: |family| match family {
        Family::V4 => "deny ip any any",
        Family::V6 => "deny ipv6 any any",
    },
    no: "no",
    marks: ["!", "end"],
    rebind: Rebind::Replaces,
    readdress: Rebind::UnbindFirst,
    transient,
    leans: &[],
    holds_both: false,
    frame: |_| &FRAME,
    show_interface: |name| format!("show running-config interfaces {name}"),
    show_list: |family, name| match family {
        Family::V4 => format!("show ip access-lists {name}"),
        Family::V6 => format!("show ipv6 access-lists {name}"),
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

static FRAME: Frame = Frame {
    before: &["configure session {step}"],
    after: &["show session-config diffs", "commit timer 00:10:00"],
    confirm: &["configure session {step} commit"],
};

/// What the switch does while it writes a list.
fn transient(text: &Running) -> Transient {
    match text.has("hardware access-list update default-result permit") {
        true => Transient {
            fact: "update-permits",
            meanwhile: Meanwhile::Anything,
        },
        false => Transient {
            fact: "update-blocks",
            meanwhile: Meanwhile::Discard,
        },
    }
}
