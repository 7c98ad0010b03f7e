//! What we don't know (D1), as data: every open question has one name, and one answer everywhere.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// An open question. Two places that hang on the same question carry equal values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// A vendor fact that is open: "yes" is the wider reading of what the place carries.
    Fact {
        /// Dialect id.
        dialect: &'static str,
        /// Id of the fact, as `aclc facts` prints it.
        id: String,
    },
    /// A line that was not understood; the same canonical text in the same dialect is the same question.
    Gap {
        /// Dialect id.
        dialect: &'static str,
        /// Canonical text: blanks folded, no sequence number, secrets masked.
        text: String,
    },
    /// A condition on something that is not in the header of D6 (D7): may hold for a packet or not.
    Condition {
        /// Dialect id.
        dialect: &'static str,
        /// The words of the condition.
        text: String,
    },
    /// A configuration line whose effect on packets is not modelled (D23).
    Effect {
        /// Device it stands on.
        device: String,
        /// Line in its file.
        line: u32,
        /// The line, secrets masked.
        text: String,
    },
    /// Which routes a device has learnt (D31).
    Routes {
        /// Device.
        device: String,
        /// VRF; empty for the global table.
        vrf: String,
    },
    /// Which of several routers the hosts of a link use; a `gateway` in the policy settles it (D26).
    Gateway {
        /// VLAN of the link.
        vlan: u16,
    },
    /// Who sits on a link that no zone names (D32).
    UnnamedLink {
        /// Device with the interface.
        device: String,
        /// Interface.
        interface: String,
    },
    /// Whether frames on a link cross a switch whose list there sees bridged frames (D25).
    Cables {
        /// The switch.
        device: String,
        /// Its interface on the link.
        interface: String,
    },
    /// Whether a router answers on a link for addresses that are not on it (proxy ARP).
    Proxy {
        /// The router.
        device: String,
        /// Its interface on the link.
        interface: String,
    },
    /// What a next hop does with a packet that no place of the policy stands for (D28): it may hand it back (D29).
    NextHop {
        /// The link, as it is called.
        link: String,
        /// The next hop.
        addr: IpAddr,
    },
    /// A limit (`--max-nodes`, `--timeout`) was reached.
    Limit,
}

/// One answer to some questions (D1, D5): `true` is the wider reading.
pub type Reading = BTreeMap<Question, bool>;

/// A yes-or-no fact that may be open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// Settled: yes.
    Yes,
    /// Settled: no.
    No,
    /// Open.
    Open(Question),
}

impl Known {
    /// Whether "yes" is possible.
    #[must_use]
    pub fn may(&self) -> bool {
        !matches!(self, Known::No)
    }

    /// Whether "yes" is certain.
    #[must_use]
    pub fn must(&self) -> bool {
        matches!(self, Known::Yes)
    }

    /// The question, if it is open.
    #[must_use]
    pub fn question(&self) -> Option<&Question> {
        match self {
            Known::Open(question) => Some(question),
            Known::Yes | Known::No => None,
        }
    }

    /// The fact under a reading; still open if the reading does not answer it.
    #[must_use]
    pub fn under(&self, reading: &Reading) -> Known {
        match self {
            Known::Open(question) => match reading.get(question) {
                Some(true) => Known::Yes,
                Some(false) => Known::No,
                None => self.clone(),
            },
            known => known.clone(),
        }
    }
}
