//! How a list is changed on a live switch with AX: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::net::Family;
use crate::vendor::live::{self, Form, Frame, Meanwhile, Mechanism, Rebind, Transient};

/// A binding cannot be replaced, so a bound list is edited entry by entry; while an entry is applied, any other entry or the
/// discard may decide (K21, K29).
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
    sequence: |_| "",
    deny_all: |family| match family {
        Family::V4 => "deny ip any any",
        Family::V6 => "deny ipv6 any any",
    },
    no: "no",
    marks: ["!", "end"],
    rebind: Rebind::UnbindFirst,
    readdress: Rebind::UnbindFirst,
    transient: |_| Transient {
        fact: "edit-any-entry-or-discard",
        meanwhile: Meanwhile::AnyEntryOrDiscard,
    },
    leans: &[],
    holds_both: false,
    frame: |_| &FRAME,
    show_interface: |_| "show running-config".to_owned(),
    show_list: |_, _| "show running-config".to_owned(),
    show: "show running-config",
    managed: &[
        "ip address ",
        "ipv6 address ",
        "ipv6 enable",
        "ip helper-address ",
        "shutdown",
    ],
    single: &["ip address "],
    managed_top: &["ip route ", "ipv6 route "],
};

static FRAME: Frame = Frame {
    before: &["configure"],
    after: &["end"],
    confirm: &[],
};
