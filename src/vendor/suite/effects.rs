//! Lines that may change what passes, and are easily taken for settings without a meaning: each has its class (D23).
//!
//! A line that was once passed over gets a row here.

mod rows;

use super::read;
use crate::device::Scope;
use crate::vendor::by_id;
use rows::{LOUD, QUIET};

#[test]
fn lines_that_may_change_what_passes_are_not_passed_over() {
    for (id, text, class) in LOUD {
        let device = read(by_id(id).unwrap(), text.as_bytes());
        let last = u32::try_from(text.lines().count()).unwrap();
        let found = device.effects.iter().find(|effect| effect.line == last);
        let found = found.map(|effect| effect.class);
        assert_eq!(found, Some(*class), "{id}: {text}");
    }
}

#[test]
fn the_same_lines_where_they_change_nothing() {
    for (id, text) in QUIET {
        let device = read(by_id(id).unwrap(), text.as_bytes());
        assert_eq!(device.effects, [], "{id}: {text}");
    }
}

/// What may drop in some VLANs does so there, not everywhere.
#[test]
fn guards_of_vlans_act_in_them() {
    let text = "ip dhcp snooping vlan 10\ninterface Vlan10\n ip address 10.0.0.1 255.255.255.0\ninterface Vlan20\n ip address 10.0.1.1 255.255.255.0\n";
    let device = read(by_id("cisco-ios-xe").unwrap(), text.as_bytes());
    let scopes: Vec<&Scope> = device.effects.iter().map(|effect| &effect.scope).collect();
    assert_eq!(scopes, [&Scope::Interface(0, None)]);
}
