//! How a list is changed on a live switch with nftables: the mechanism, and what packets meet meanwhile. Data for
//! [`crate::vendor::live`]; must not know what is changed.

use crate::vendor::live::{self, Form, Meanwhile, Mechanism, Rebind, Transient};

/// Rules are loaded as one kernel transaction: every packet meets the rules before or after (documentation of netfilter on atomic
/// rule replacement).
pub(super) static MECHANISM: Mechanism = Mechanism {
    form: Form::Ruleset,
    normal: rules_as_text,
    place: "",
    list: |_| "chain ",
    bind: |_| "",
    ways: ["", ""],
    sequence: |_| "",
    deny_all: |_| "",
    no: "",
    marks: ["", ""],
    rebind: Rebind::Replaces,
    readdress: Rebind::Replaces,
    transient: |_| Transient {
        fact: "load-atomic",
        meanwhile: Meanwhile::EitherList,
    },
    leans: &[],
    holds_both: false,
    frame: |_| &live::NO_FRAME,
    show_interface: |_| "ip address show".to_owned(),
    show_list: |_, _| "nft -s list ruleset".to_owned(),
    show: "nft -s list ruleset",
    managed: &[],
    single: &[],
    managed_top: &["ip address add ", "ip route add ", "sysctl -w "],
};

/// Rules that are printed as JSON are not what a loader is given.
fn rules_as_text(text: &str) -> Option<String> {
    let first = text.trim_start();
    (!first.starts_with(['{', '['])).then(|| text.to_owned())
}
