//! What must hold: data only.

use super::{Spot, Term};
use crate::base::Span;

/// A claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// `as`, or `P_` and a hash of the text in names.
    pub id: String,
    /// The statement in names, on one line.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Packet level decides.
    pub strict: bool,
    /// What is claimed.
    pub kind: ClaimKind,
    /// Measures ①-⑫ it serves.
    pub measures: Vec<String>,
}

/// The forms of language section 4.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimKind {
    /// `only` (D38), and `none` (D39) with no flows.
    Only {
        /// Whose links packets are injected on.
        from: Vec<Spot>,
        /// Where they must not arrive.
        to: Vec<Spot>,
        /// `: S` of `none`: only requests of these count.
        services: Option<Vec<Term>>,
        /// What is listed.
        flows: Vec<FlowSpec>,
        /// `exceptions` is listed.
        exceptions: bool,
    },
    /// `works` (D42).
    Works {
        /// Clients.
        from: Vec<Spot>,
        /// Servers.
        to: Vec<Spot>,
        /// Services.
        terms: Vec<Term>,
    },
    /// `allows works`: the same for each `allow` and `exception` in force.
    AllowsWork,
    /// `filtered`: each SVI of these has a list in each family it has an address in.
    Filtered {
        /// Zones and switches asked about.
        of: Vec<Spot>,
    },
    /// `no-relay` (D41).
    NoRelay {
        /// Who opens.
        from: Vec<Spot>,
        /// What must not be opened by someone who was.
        to: Vec<Spot>,
        /// Declared gateways.
        except: Vec<Spot>,
    },
    /// `logged` (D41): what is dropped is dropped by an entry that logs.
    Logged {
        /// Whose links packets are injected on.
        from: Vec<Spot>,
        /// Where they were to go.
        to: Vec<Spot>,
        /// `: S`: only requests of these.
        services: Option<Vec<Term>>,
    },
    /// `no-spoof` (INV-12).
    NoSpoof {
        /// Whose links.
        from: Vec<Spot>,
    },
}

/// A listed flow of `only`.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowSpec {
    /// Source; `None` is free (D38: the claim is about where to).
    pub from: Option<Vec<Spot>>,
    /// Destination.
    pub to: Vec<Spot>,
    /// Services; `None` is everything.
    pub terms: Option<Vec<Term>>,
}
