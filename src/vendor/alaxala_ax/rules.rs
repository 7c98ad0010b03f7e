//! The facts that decide what an entry matches, settled or open for one model.
//!
//! In: the model a person named, and whether modelled facts count. Out: [`Rules`]. Must not know: text, entries.

use super::{FACTS, ID};
use crate::acl::{Known, Question};
use crate::device::{Forwarding, Sees};
use crate::vendor::Hint;

/// Software family of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// AX3660S: the model that was read.
    Ax3660s,
    /// Another box model, or one that nobody named.
    Box,
    /// AX6000S, AX8000: the implicit discard can be switched off.
    Chassis,
}

impl Kind {
    /// The family of a model as people write it.
    pub(super) fn of(model: Option<&str>) -> Kind {
        let model = model.unwrap_or_default().trim().to_ascii_uppercase();
        let starts = |heads: &[&str]| heads.iter().any(|head| model.starts_with(head));
        if starts(&["AX3660S", "AX-3660S"]) {
            Kind::Ax3660s
        } else if starts(&["AX6", "AX8", "AX7"]) {
            Kind::Chassis
        } else {
            Kind::Box
        }
    }
}

/// The facts, looked up once per text.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) kind: Kind,
    confirmed_only: bool,
    /// Entries have the conditions that we read.
    pub(super) grammar: Known,
    /// Bare protocol entries and later fragments, extension headers, both.
    pub(super) later: Known,
    pub(super) ext: Known,
    pub(super) later_ext: Known,
    /// Address-only entries and extension headers.
    pub(super) address_ext: Known,
    /// L4 entries and extension headers; IPv6 first fragments.
    pub(super) l4_ext: Known,
    pub(super) first: Known,
    /// Flag words.
    pub(super) flag: Known,
    pub(super) several_flags: Known,
    pub(super) established: Known,
    /// IPv4 protocol 51.
    pub(super) ah: Known,
    /// Static routes are printed and used as read.
    pub(super) routes: Known,
}

impl Rules {
    pub(super) fn new(model: Option<&str>, confirmed_only: bool) -> Rules {
        let kind = Kind::of(model);
        let fact = |id: &str| FACTS.known(id, confirmed_only);
        let by_model = |id: &str| FACTS.known(&for_kind(kind, id), confirmed_only);
        Rules {
            kind,
            confirmed_only,
            grammar: fact("entry-grammar"),
            later: fact("protocol-entry-matches-later"),
            ext: fact("protocol-entry-matches-ext"),
            later_ext: fact("protocol-entry-matches-later-ext"),
            address_ext: fact("address-entry-matches-ext"),
            l4_ext: by_model("l4-entry-matches-ext"),
            first: fact("l4-entry-matches-first"),
            flag: by_model("flag-word-ack"),
            several_flags: fact("several-flags"),
            established: fact("established-is-ack-or-rst"),
            ah: fact("ah-entry-matches"),
            routes: fact("static-route-form"),
        }
    }

    /// Names of the sibling's port table count as known.
    pub(super) fn siblings(&self) -> bool {
        FACTS
            .known("sibling-port-names", self.confirmed_only)
            .must()
    }

    /// Modelled facts are open too.
    pub(super) fn confirmed_only(&self) -> bool {
        self.confirmed_only
    }

    /// A list that is only named by a binding lets everything through.
    pub(super) fn undefined_permits(&self) -> Known {
        FACTS.known("undefined-list-permits", self.confirmed_only)
    }

    /// A bound list without entries lets everything through.
    pub(super) fn empty_permits(&self) -> Known {
        FACTS.known("empty-list-permits", self.confirmed_only)
    }

    /// What no entry matches goes through: only chassis models can be told so.
    pub(super) fn rest_permits(&self) -> Known {
        match self.kind {
            Kind::Chassis => FACTS.known("implicit-discard-suppressed", self.confirmed_only),
            Kind::Ax3660s | Kind::Box => Known::No,
        }
    }

    /// Neighbour discovery passes before the implicit discard of an IPv6 list.
    pub(super) fn nd_permits(&self) -> Known {
        FACTS.known("implicit-nd-permit", self.confirmed_only)
    }

    /// What lists on VLAN interfaces see (D18).
    pub(super) fn sees(&self) -> Sees {
        let fact = |id: &str| FACTS.known(&for_kind(self.kind, id), self.confirmed_only);
        Sees {
            bridged_in: fact("list-sees-bridged"),
            bridged_out: fact("list-sees-bridged"),
            to_switch: fact("list-sees-to-switch"),
            from_switch: fact("out-list-sees-own"),
        }
    }

    /// The distance of a static route that does not state one.
    pub(super) fn default_distance() -> u8 {
        u8::try_from(FACTS.limit("static-distance")).unwrap_or(u8::MAX)
    }

    /// Both families are routed without a line that says so.
    pub(super) fn forwards(&self) -> Forwarding {
        let known = FACTS.known("forwarding-needs-no-line", self.confirmed_only);
        Forwarding {
            v4: known.clone(),
            v6: known,
        }
    }

    /// Whether IPv6 lists can be bound in a flow detection mode. The facts are worded the other way round, because "yes" is
    /// the wider reading where a list may filter nothing.
    pub(super) fn ipv6_lists(&self, outbound: bool, mode: Option<&str>) -> Known {
        let fact = |id: &str| FACTS.known(id, self.confirmed_only);
        let Some(mode) = mode else {
            return fact("flow-mode-default-lacks-ipv6");
        };
        if self.kind != Kind::Ax3660s {
            return fact("flow-mode-lacks-ipv6-other-models");
        }
        let listed = modes_with_ipv6(outbound).any(|m| m == mode);
        if listed { Known::Yes } else { Known::No }
    }
}

/// AX3660S modes with IPv6 lists, in the order of the data.
pub(super) fn modes_with_ipv6(outbound: bool) -> impl Iterator<Item = &'static str> {
    let table = if outbound { "ipv6-out" } else { "ipv6-in" };
    FACTS
        .tables
        .iter()
        .filter(move |row| row.table == table && row.available != Some(0))
        .map(|row| row.mode.as_str())
}

/// The mode lines of a person's options.
pub(super) fn option_mode(hint: &Hint, outbound: bool) -> Option<&str> {
    let key = if outbound {
        super::OUT_MODE
    } else {
        super::IN_MODE
    };
    hint.options.get(key).map(String::as_str)
}

fn for_kind(kind: Kind, id: &str) -> String {
    match kind {
        Kind::Ax3660s => id.to_owned(),
        Kind::Box | Kind::Chassis => format!("{id}-other-models"),
    }
}

/// The question whether a condition on something outside the header holds (D7).
pub(super) fn condition(text: &str) -> Known {
    Known::Open(Question::Condition {
        dialect: ID,
        text: text.to_owned(),
    })
}

/// The question what a line means that was not understood (D10).
pub(super) fn gap(text: String) -> Known {
    Known::Open(Question::Gap { dialect: ID, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_decides_what_is_open() {
        let open = |model: Option<&str>| {
            let sees = Rules::new(model, false).sees();
            [
                &sees.bridged_in,
                &sees.bridged_out,
                &sees.to_switch,
                &sees.from_switch,
            ]
            .map(|known| known.must())
        };
        assert_eq!(open(Some("AX3660S-24T4X")), [true; 4]);
        assert_eq!(open(Some("AX3650S-24T6XW")), [false; 4]);
        assert_eq!(open(None), [false; 4]);
        assert!(!Rules::new(Some("AX3660S"), true).sees().to_switch.must());
    }

    #[test]
    fn modes_have_ipv6_lists_or_not() {
        let rules = Rules::new(Some("AX3660S"), false);
        for (outbound, mode, expect) in [
            (false, "layer3-6", true),
            (false, "layer3-mirror-5", true),
            (false, "custom", true),
            (false, "layer3-2", false),
            (false, "layer3-dhcp-1", false),
            (true, "layer3-2-out", true),
            (true, "layer3-1-out", false),
        ] {
            let known = rules.ipv6_lists(outbound, Some(mode));
            assert_eq!((known.must(), known.may()), (expect, expect), "{mode}");
        }
        assert!(rules.ipv6_lists(false, None).question().is_some());
        let other = Rules::new(Some("AX3640S"), false);
        assert!(
            other
                .ipv6_lists(false, Some("layer3-6"))
                .question()
                .is_some()
        );
    }

    #[test]
    fn every_fact_of_the_code_is_in_the_data() {
        for model in ["AX3660S", "AX3640S", "AX8600S"] {
            for confirmed_only in [false, true] {
                let rules = Rules::new(Some(model), confirmed_only);
                let _ = (rules.sees(), rules.forwards(), rules.rest_permits());
                let _ = (rules.undefined_permits(), rules.empty_permits());
                let _ = rules.ipv6_lists(true, Some("x"));
            }
        }
    }
}
