//! How a list is changed on a live switch with NX-OS: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::net::Family;
use crate::vendor::live::{self, Form, Frame, Meanwhile, Mechanism, Rebind, Running, Transient};

/// A bound list is edited entry by entry: no source says what a second binding does. The hardware holds the list before and
/// after an edit, and swaps them at once, unless the text says otherwise (N7 p. 222).
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
        Family::V6 => "ipv6 traffic-filter",
    },
    ways: ["in", "out"],
    sequence: |_| "",
    deny_all: |family| match family {
        Family::V4 => "deny ip any any",
        Family::V6 => "deny ipv6 any any",
    },
    no: "no",
    marks: ["!", ""],
    rebind: Rebind::UnbindFirst,
    readdress: Rebind::UnbindFirst,
    transient,
    leans: &[],
    holds_both: true,
    frame: |_| &FRAME,
    show_interface: |name| format!("show running-config interface {name}"),
    show_list: |family, name| match family {
        Family::V4 => format!("show ip access-lists {name}"),
        Family::V6 => format!("show ipv6 access-lists {name}"),
    },
    show: "show running-config",
    managed: &[
        "ip address ",
        "ipv6 address ",
        "ip dhcp relay address ",
        "no shutdown",
        "shutdown",
    ],
    single: &["ip address "],
    managed_top: &["ip route ", "ipv6 route "],
};

static FRAME: Frame = Frame {
    before: &["configure terminal"],
    after: &["end"],
    confirm: &[],
};

/// What the switch does while it writes a list.
fn transient(text: &Running) -> Transient {
    let atomic = !text.has("no hardware access-list update atomic");
    let permits = text.has("hardware access-list update default-result permit");
    let (fact, meanwhile) = match (atomic, permits) {
        (true, _) => ("update-atomic", Meanwhile::EitherList),
        (false, false) => ("update-drops", Meanwhile::Discard),
        (false, true) => ("update-permits", Meanwhile::Anything),
    };
    Transient { fact, meanwhile }
}
