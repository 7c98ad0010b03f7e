//! Cisco IOS-XE on layer-3 switches (Catalyst 9000 family), both ways.
//!
//! ```text
//! read:  text -> lines -> read/statement/interface/route -> Device
//!                           lists/entry/groups -> native -> convert -> Acl
//! write: Draft -> draft -> native -> write -> text
//! ```
//!
//! What the device does is data: `vendors/cisco-ios-xe/`. Sources are listed in the README there.

mod boxes;
mod convert;
mod draft;
mod entry;
#[cfg(test)]
mod forms;
mod groups;
mod interface;
mod interface_line;
mod lines;
mod lists;
mod names;
mod native;
#[cfg(test)]
mod oracle;
mod read;
mod redundancy;
mod route;
mod statement;
mod table;
#[cfg(test)]
mod tests;
mod write;

use super::live::{Mechanism, Rebind, Transient};
use super::words::Words;
use super::{Capabilities, Dialect, Hint};
use crate::acl::Known;
use crate::base::{Source, Text};
use crate::device::{Config, Device};
use crate::facts::Facts;
use crate::net::Family;
use std::sync::LazyLock;

/// Id in policies and files.
pub(super) const ID: &str = "cisco-ios-xe";

/// The data files, for the digest.
pub(super) const DATA: [&str; 3] = [
    include_str!("../../../vendors/cisco-ios-xe/profile.toml"),
    include_str!("../../../vendors/cisco-ios-xe/names.toml"),
    include_str!("../../../vendors/cisco-ios-xe/models.toml"),
];

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let [profile, names, models] = DATA;
    Facts::load(ID, profile, names, models)
});

/// One command replaces a binding, so a new list is written under a new name and bound in place of the old one. Whether the
/// hardware drops or passes packets meanwhile is an open fact.
static MECHANISM: Mechanism = Mechanism {
    list: |family| match family {
        Family::V4 => "ip access-list extended ",
        Family::V6 => "ipv6 access-list ",
    },
    bind: |family| match family {
        Family::V4 => "ip access-group",
        Family::V6 => "ipv6 traffic-filter",
    },
    sequence: |family| match family {
        Family::V4 => "",
        Family::V6 => "sequence ",
    },
    rebind: Rebind::Replaces,
    transient: Transient::None("rebind-hitless"),
    frame: (&["configure terminal"], &["end"]),
    show_interface: |name| format!("show running-config interface {name}"),
    show_list: |family, name| match family {
        Family::V4 => format!("show ip access-lists {name}"),
        Family::V6 => format!("show ipv6 access-list {name}"),
    },
    managed: &[
        "ip address ",
        "ipv6 address ",
        "ipv6 enable",
        "ip helper-address ",
        "ip access-group ",
        "ipv6 traffic-filter ",
        "shutdown",
    ],
    single: &["ip address "],
    managed_top: &[
        "ip route ",
        "ipv6 route ",
        "ip routing",
        "ipv6 unicast-routing",
    ],
};

/// The dialect.
#[derive(Debug)]
pub struct CiscoIosXe;

impl Dialect for CiscoIosXe {
    fn id(&self) -> &'static str {
        ID
    }

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn score(&self, text: &str) -> u32 {
        score(text)
    }

    fn capabilities(&self, hint: &Hint) -> Capabilities {
        Capabilities {
            sees: read::sees(hint.confirmed_only),
            established: true,
            log: true,
            ipv6_lists: Known::Yes,
            outbound: true,
        }
    }

    fn mechanism(&self) -> Option<&'static Mechanism> {
        Some(&MECHANISM)
    }

    fn read(&self, source: &Source, hint: &Hint) -> Device {
        read::device(source, hint)
    }

    fn write(&self, config: &Config) -> Result<String, Vec<Text>> {
        write::config(config)
    }
}

/// Points for lines that only IOS-XE prints like this, or nearly so. Sub-lines have one blank; kin dialects use two.
fn score(text: &str) -> u32 {
    const LINES: usize = 20_000;
    let mut points = 0u32;
    for line in text.lines().take(LINES) {
        let mut words = Words::new(line);
        let indented = line.starts_with(' ');
        let one_blank = indented && !line.starts_with("  ");
        points += match words.next().unwrap_or_default() {
            "ip" if words.eat_all("access-list extended")
                || words.eat_all("access-list standard") =>
            {
                3
            }
            "ip" if one_blank && words.eat("access-group") => 4,
            "ipv6" if one_blank && words.eat("traffic-filter") => 6,
            "interface" if words.rest().starts_with("Vlan") => 4,
            "interface"
                if words.rest().contains("GigabitEthernet") || words.rest().contains("GigE") =>
            {
                4
            }
            "ipv6" if words.eat("unicast-routing") => 3,
            "ipv6" if words.eat("access-list") => 1,
            "Building" if words.eat("configuration...") => 3,
            "Extended" | "Standard" if words.eat_all("IP access list") => 6,
            "access-list" if !indented && words.number::<u32>().is_some() => 3,
            "permit" | "deny" | "remark" | "sequence" if one_blank => 1,
            word if one_blank && word.bytes().all(|b| b.is_ascii_digit()) => 1,
            _ => 0,
        };
    }
    points
}
