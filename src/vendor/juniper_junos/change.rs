//! How a list is changed on a live switch with Junos: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::net::Family;
use crate::vendor::live::{Form, Frame, Meanwhile, Mechanism, Rebind, Transient};

/// All changes of a switch are one candidate: it takes effect as a whole, and is taken back by the switch itself unless a second
/// commit follows.
pub(super) static MECHANISM: Mechanism = Mechanism {
    form: Form::Candidate,
    normal: super::text::set_lines,
    place: "",
    list: |family| match family {
        Family::V4 => "firewall family inet filter ",
        Family::V6 => "firewall family inet6 filter ",
    },
    bind: |family| match family {
        Family::V4 => "family inet filter",
        Family::V6 => "family inet6 filter",
    },
    ways: ["input", "output"],
    sequence: |_| "",
    deny_all: |_| "",
    no: "delete",
    marks: ["", ""],
    rebind: Rebind::Replaces,
    readdress: Rebind::Replaces,
    transient: |_| Transient {
        fact: "commit-hitless",
        meanwhile: Meanwhile::EitherList,
    },
    leans: &[],
    holds_both: false,
    frame: |_| &FRAME,
    show_interface: |name| format!("run show configuration {name} | display set"),
    show_list: |family, name| {
        let word = if family == Family::V4 {
            "inet"
        } else {
            "inet6"
        };
        format!("run show configuration firewall family {word} filter {name} | display set")
    },
    show: "run show configuration | display set",
    managed: &[],
    single: &[],
    managed_top: &[
        "firewall ",
        "interfaces ",
        "policy-options prefix-list ",
        "routing-options ",
        "forwarding-options dhcp-relay ",
        "vlans ",
    ],
};

static FRAME: Frame = Frame {
    before: &["configure exclusive"],
    after: &["show | compare", "commit check", "commit confirmed 10"],
    confirm: &["commit", "exit"],
};
