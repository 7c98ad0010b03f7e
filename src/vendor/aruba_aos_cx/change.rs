//! How a list is changed on a live switch with AOS-CX: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::net::Family;
use crate::vendor::live::{self, Form, Frame, Meanwhile, Mechanism, Rebind, Running, Transient};

/// Another list is applied in place of the one that is (K3); what happens meanwhile hangs on the release.
pub(super) static MECHANISM: Mechanism = Mechanism {
    form: Form::Lines,
    normal: live::as_it_is,
    place: "interface ",
    list: |family| match family {
        Family::V4 => "access-list ip ",
        Family::V6 => "access-list ipv6 ",
    },
    bind: |family| match family {
        Family::V4 => "apply access-list ip",
        Family::V6 => "apply access-list ipv6",
    },
    ways: ["routed-in", "routed-out"],
    sequence: |_| "",
    deny_all: |_| "deny any any any",
    no: "no",
    marks: ["!", ""],
    rebind: Rebind::Replaces,
    readdress: Rebind::UnbindFirst,
    transient,
    leans: &[],
    holds_both: false,
    frame: |_| &FRAME,
    show_interface: |_| "show running-config".to_owned(),
    show_list: |_, _| "show running-config".to_owned(),
    show: "show running-config",
    managed: &[
        "ip address ",
        "ipv6 address ",
        "ip helper-address ",
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

/// From 10.13 on all is denied meanwhile, unless that is switched off; before, what was blocked may pass (K3, K6). A text
/// without its release leaves it open.
fn transient(text: &Running) -> Transient {
    let headers = text.blocks.iter().map(|block| block.header.as_str());
    let release = headers.clone().find_map(release);
    let off = headers
        .into_iter()
        .any(|line| line == "no access-list secure-update");
    match (off, release) {
        (true, _) => Transient {
            fact: "update-leaks",
            meanwhile: Meanwhile::Anything,
        },
        (false, Some(release)) if release < SECURE_UPDATE => Transient {
            fact: "update-leaks",
            meanwhile: Meanwhile::Anything,
        },
        (false, Some(_)) => Transient {
            fact: "secure-update",
            meanwhile: Meanwhile::Discard,
        },
        (false, None) => Transient {
            fact: "release-has-secure-update",
            meanwhile: Meanwhile::Discard,
        },
    }
}

/// The first release that denies while it writes a list (K3).
const SECURE_UPDATE: (u32, u32) = (10, 13);

/// `!Version ArubaOS-CX FL.10.13.1000`: 10 and 13.
fn release(line: &str) -> Option<(u32, u32)> {
    let version = line.strip_prefix("!Version ArubaOS-CX ")?.trim();
    let mut parts = version
        .split('.')
        .skip_while(|part| part.parse::<u32>().is_err());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
