//! How a list is changed on a live switch with Comware: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::net::Family;
use crate::vendor::live::{self, Form, Frame, Meanwhile, Mechanism, Rebind, Transient};

/// A bound list is edited rule by rule: taking a binding away opens the interface, and whether a second one takes its place is
/// not known. A rule is taken away before its number is used again, because a number that is used adds to its rule (K2, K7).
pub(super) static MECHANISM: Mechanism = Mechanism {
    form: Form::Lines,
    normal: live::as_it_is,
    place: "interface ",
    list: |family| match family {
        Family::V4 => "acl advanced name ",
        Family::V6 => "acl ipv6 advanced name ",
    },
    bind: |family| match family {
        Family::V4 => "packet-filter name",
        Family::V6 => "packet-filter ipv6 name",
    },
    ways: ["inbound", "outbound"],
    sequence: |_| "rule ",
    deny_all: |family| match family {
        Family::V4 => "deny ip",
        Family::V6 => "deny ipv6",
    },
    no: "undo",
    marks: ["#", "return"],
    rebind: Rebind::UnbindFirst,
    readdress: Rebind::UnbindFirst,
    transient: |_| Transient {
        fact: "rule-edit-hitless",
        meanwhile: Meanwhile::EitherList,
    },
    leans: &[],
    holds_both: false,
    frame: |_| &FRAME,
    show_interface: |name| format!("display current-configuration interface {name}"),
    show_list: |_, _| "display current-configuration".to_owned(),
    show: "display current-configuration",
    managed: &[
        "ip address ",
        "ipv6 address ",
        "dhcp select relay",
        "dhcp relay server-address ",
        "shutdown",
    ],
    single: &["ip address "],
    managed_top: &["ip route-static ", "ipv6 route-static "],
};

static FRAME: Frame = Frame {
    before: &["system-view"],
    after: &["return"],
    confirm: &[],
};
