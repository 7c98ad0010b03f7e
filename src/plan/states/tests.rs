//! Which list may decide while another is being written.

use super::*;
use crate::acl::{AclState, Fate, decide};
use crate::net::{ByteSet, Flow, L4, PortSet, PositionSet, TcpFlags};

fn list(entries: &[(Action, Option<u16>)]) -> Acl {
    let ace = |(action, port): &(Action, Option<u16>)| {
        let tcp = Match {
            protocol: ByteSet::one(6),
            dport: port.map_or_else(PortSet::full, PortSet::one),
            ..Match::any(Family::V4)
        };
        Ace::implicit(*action, vec![tcp.tidy()], "")
    };
    Acl {
        name: "L".to_owned(),
        family: Family::V4,
        state: AclState::Defined,
        entries: entries.iter().map(ace).collect(),
        tail: Vec::new(),
        line: None,
    }
}

/// D47: while an entry is applied, one of the list before may still decide, and one of the new list already.
#[test]
fn entries_of_either_list_may_decide_first() {
    let old = list(&[(Action::Permit, Some(22))]);
    let mut new = list(&[(Action::Deny, None), (Action::Permit, Some(80))]);
    permits_first(&mut new, Some(&old));
    let fate = |dport| {
        let addr = |last| std::net::IpAddr::from([10, 0, 0, last]);
        let (sport, flags) = (1, TcpFlags::default());
        let l4 = L4::Tcp {
            sport,
            dport,
            flags,
        };
        let flow = Flow::new(addr(1), addr(2), 6, l4, PositionSet::WHOLE, false);
        decide(&new, &flow.unwrap()).fate
    };
    assert_eq!(fate(22), Fate::Permit);
    assert_eq!(fate(80), Fate::Permit);
    assert_eq!(fate(443), Fate::Deny);
}
