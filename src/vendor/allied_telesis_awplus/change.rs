//! How a list is changed on a live switch with AlliedWare Plus: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::net::Family;
use crate::vendor::live::{self, Form, Frame, Meanwhile, Mechanism, Rebind, Transient};

/// The new list is put into the access-map behind the old one, which decides until it is taken out (K10): what passes meanwhile
/// passed before.
pub(super) static MECHANISM: Mechanism = Mechanism {
    form: Form::Lines,
    normal: live::as_it_is,
    place: "vlan access-map ",
    list: |family| match family {
        Family::V4 => "access-list hardware ",
        Family::V6 => "ipv6 access-list ",
    },
    bind: |family| match family {
        Family::V4 => "match access-group",
        Family::V6 => "match ipv6 access-group",
    },
    ways: ["", ""],
    sequence: |_| "",
    deny_all: |family| match family {
        Family::V4 => "deny ip any any",
        Family::V6 => "deny ipv6 any any",
    },
    no: "no",
    marks: ["!", "end"],
    rebind: Rebind::Beside,
    readdress: Rebind::UnbindFirst,
    transient: |_| Transient {
        fact: "map-edit-hitless",
        meanwhile: Meanwhile::EitherList,
    },
    leans: &["map-match-removable"],
    holds_both: false,
    frame: |_| &FRAME,
    show_interface: |_| "show running-config".to_owned(),
    show_list: |_, _| "show running-config".to_owned(),
    show: "show running-config",
    managed: &["ip address ", "ip dhcp-relay ", "shutdown"],
    single: &["ip address "],
    managed_top: &["ip route ", "vlan filter "],
};

static FRAME: Frame = Frame {
    before: &["enable", "configure terminal"],
    after: &["end"],
    confirm: &[],
};
