//! What may talk to whom: sessions with their notes.

use super::{Accept, Accepts, Claim, Network, Spot, SwitchId};
use crate::base::Span;
use crate::net::{Family, PortSet};
use jiff::civil::Date;

/// A policy with every name resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Places and switches.
    pub network: Network,
    /// `allow` and `exception` statements, and those derived from `dhcp`, in order; `<->` is two.
    pub allows: Vec<Allow>,
    /// `forbid` statements.
    pub forbids: Vec<Forbid>,
    /// `prove` statements, then the claims of guidelines, then those of the forbids (`forbid` (d)).
    pub claims: Vec<Claim>,
    /// What people attest.
    pub assumptions: Vec<Assumption>,
    /// Guideline packs; their claims are among the claims.
    pub guidelines: Vec<super::guideline::Guideline>,
    /// Findings and widenings that are kept knowingly, of every scope.
    pub accepts: Accepts,
}

/// What one service term is on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Session {
    /// TCP, UDP or SCTP.
    Ports {
        /// Protocol number.
        protocol: u8,
        /// Server ports.
        dport: PortSet,
        /// Client ports if the service says `from`: the fixed ones, and whether `ephemeral` is among them.
        from: Option<(PortSet, bool)>,
    },
    /// An ICMP message of one family; echo is answered, other types are one-way.
    Icmp {
        /// Family.
        family: Family,
        /// Type.
        kind: u8,
        /// Code; `None` is any.
        code: Option<u8>,
        /// It is an ICMP error (D37): source any, both ways.
        error: bool,
    },
    /// Another protocol, both directions with addresses swapped.
    Protocol(u8),
}

impl Session {
    /// Whether it takes every port of a protocol: no service, but all of them.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Session::Ports { dport, .. } => dport.is_full(),
            Session::Protocol(number) => matches!(number, 1 | 6 | 17 | 58 | 132),
            Session::Icmp { .. } => false,
        }
    }
}

/// A term of a service list, with the name it came by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// On the wire.
    pub session: Session,
    /// The service's name, or the term as typed.
    pub name: String,
    /// The service is marked `encrypted`.
    pub encrypted: bool,
    /// What its service accepts, the innermost first.
    pub accepts: Vec<Accept>,
}

/// An `allow` or `exception` (D34).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// Who opens.
    pub from: Vec<Spot>,
    /// Who is opened.
    pub to: Vec<Spot>,
    /// With what.
    pub terms: Vec<Term>,
    /// 特定通信.
    pub exception: bool,
    /// Derived from the `dhcp` of a zone (D22).
    pub dhcp: bool,
    /// `ticket`.
    pub ticket: Option<String>,
    /// `owner`.
    pub owner: Option<String>,
    /// `because`.
    pub because: Option<String>,
    /// Last day in force.
    pub until: Option<Date>,
    /// Matches are logged.
    pub log: bool,
    /// What the statement accepts.
    pub accepts: Vec<Accept>,
    /// Id, if stated.
    pub id: Option<String>,
    /// The statement in names, on one line.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Allow {
    /// Whether it is in force on a day (D48).
    #[must_use]
    pub fn in_force(&self, at: Date) -> bool {
        self.until.is_none_or(|until| at <= until)
    }
}

/// A `forbid`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbid {
    /// From.
    pub from: Vec<Spot>,
    /// To.
    pub to: Vec<Spot>,
    /// Only these; `None` is everything.
    pub terms: Option<Vec<Term>>,
    /// Denies are logged.
    pub log: bool,
    /// `ticket`.
    pub ticket: Option<String>,
    /// `because`.
    pub because: Option<String>,
    /// The statement in names, on one line.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// What people attest (`assume`), printed with each verdict that leans on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assumption {
    /// Source addresses are not forged on a VLAN.
    Authentic {
        /// The VLAN.
        vlan: u16,
        /// Reason.
        because: String,
    },
    /// A device's line has no effect on packets (D23).
    Irrelevant {
        /// The switch.
        switch: SwitchId,
        /// The line, blanks folded.
        line: String,
        /// Reason.
        because: String,
        /// The statement.
        span: Span,
    },
    /// A vendor fact that the site has tested on its devices (D1).
    Fact {
        /// The dialect, if the id names it.
        dialect: Option<String>,
        /// Id of the fact.
        id: String,
        /// Only these switches; none named is all of the dialect.
        switches: Vec<SwitchId>,
        /// The answer.
        value: bool,
        /// Reason.
        because: String,
        /// The id in the statement.
        span: Span,
    },
}

impl Assumption {
    /// Whether it is about the text of devices: such a one acts where that is read.
    #[must_use]
    pub fn is_of_devices(&self) -> bool {
        matches!(
            self,
            Assumption::Irrelevant { .. } | Assumption::Fact { .. }
        )
    }
}
