//! What a policy means: zones, links, switches, sessions, claims, with every name resolved.
//!
//! In: the trees of [`crate::syntax`]. Out: a [`Policy`], or the findings that say why there is none.
//! Must not know: lists, vendors, packet sets, device text.

pub mod accept;
pub mod claim;
pub mod eval;
pub mod guideline;
pub mod lower;
pub mod network;
pub mod policy;

pub use accept::{Accept, Accepts};
pub use claim::{Claim, ClaimKind, FlowSpec};
pub use lower::lower;
pub use network::{
    Addrs, At, Before, Dynamic, External, ExternalId, Gateway, Host, Label, NEAR_END, Network,
    Place, PortsAt, STUBS, Site, Spot, StaticRoute, Svi, Switch, SwitchId, Zone, ZoneId, ZoneLink,
    far_end, near_end,
};
pub use policy::{Allow, Assumption, Forbid, Policy, Session, Term};
