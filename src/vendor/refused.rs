//! Device families that are recognised and refused, with the reason.
//!
//! In: a text. Out: which family it looks like, and why there is no reader for it. What is known of them is too little to
//! read a list without guessing; a guess would be worse than a refusal. Must not know: how a dialect is read.

use crate::base::Text;
use crate::text;
use crate::vendor::likeness::points;
use crate::vendor::words::Words;

/// A family without a reader.
pub struct Refused {
    /// Id, as a dialect would have it.
    pub id: &'static str,
    score: fn(&str) -> u32,
    why: fn() -> Text,
}

impl Refused {
    /// Why it is not read, in words.
    #[must_use]
    pub fn why(&self) -> Text {
        (self.why)()
    }
}

static FAMILIES: [Refused; 9] = [
    Refused {
        id: "apresia-np",
        score: apresia_np,
        why: || text!("refused-apresia-np"),
    },
    Refused {
        id: "apresia-aeos",
        score: apresia_aeos,
        why: || text!("refused-apresia-aeos"),
    },
    Refused {
        id: "yamaha-swx",
        score: yamaha_swx,
        why: || text!("refused-yamaha-swx"),
    },
    stranger("cisco-ios-xr", ios_xr),
    stranger("cisco-asa", |text| of_heads(text, &ASA)),
    stranger("nokia-sr-os", |text| of_heads(text, &SR_OS)),
    stranger("palo-alto-pan-os", |text| of_heads(text, &PAN_OS)),
    stranger("fortinet-fortios", |text| of_heads(text, &FORTIOS)),
    stranger("f5-big-ip", |text| of_heads(text, &BIG_IP)),
];

/// A family that is no L3 switch of ours, but whose texts are near enough to one to be mistaken for it.
const fn stranger(id: &'static str, score: fn(&str) -> u32) -> Refused {
    Refused {
        id,
        score,
        why: || text!("refused-stranger"),
    }
}

/// How a line of the family begins, blanks aside, and what it is worth.
type Heads<const N: usize> = [(&'static str, u32); N];

const IOS_XR: Heads<7> = [
    ("!! IOS XR Configuration", 200),
    ("!RANCID-CONTENT-TYPE: cisco-xr", 200),
    ("ipv4 access-list ", 20),
    ("ipv4 access-group ", 20),
    ("interface MgmtEth", 20),
    ("end-policy", 20),
    ("end-set", 20),
];

const ASA: Heads<4> = [
    ("ASA Version ", 200),
    ("PIX Version ", 200),
    ("nameif ", 40),
    ("same-security-traffic ", 40),
];

const SR_OS: Heads<5> = [
    ("# TiMOS-", 200),
    ("admin-state ", 20),
    ("card-type ", 20),
    ("router \"Base\" {", 40),
    ("/configure ", 20),
];

const PAN_OS: Heads<10> = [
    ("!RANCID-CONTENT-TYPE: paloalto", 200),
    ("deviceconfig {", 200),
    ("mgt-config {", 200),
    ("set deviceconfig ", 20),
    ("set rulebase ", 20),
    ("set network ", 20),
    ("set mgt-config ", 20),
    ("set vsys ", 20),
    ("set device-group ", 20),
    ("set shared ", 20),
];

const FORTIOS: Heads<4> = [
    ("#config-version=F", 200),
    ("config system ", 20),
    ("config firewall ", 20),
    ("config router ", 20),
];

const BIG_IP: Heads<6> = [
    ("#TMSH-VERSION", 200),
    ("cm device", 20),
    ("ltm ", 20),
    ("net route", 20),
    ("net self ", 20),
    ("net vlan ", 20),
];

/// EOS has lines of `ipv4 address` as well, without a mask.
fn ios_xr(text: &str) -> u32 {
    let address = |line: &str| {
        let mut words = Words::new(line);
        let masked = words.eat_all("ipv4 address") && words.next().is_some() && !words.is_end();
        20 * u32::from(masked)
    };
    of_heads(text, &IOS_XR) + points(text, address)
}

fn of_heads(text: &str, heads: &[(&str, u32)]) -> u32 {
    points(text, |line| {
        let line = line.trim_start();
        let head = heads.iter().find(|(head, _)| line.starts_with(head));
        head.map_or(0, |(_, worth)| *worth)
    })
}

/// The family that a text looks like more than like anything that scores `others`.
#[must_use]
pub fn recognise(text: &str, others: u32) -> Option<&'static Refused> {
    let scored = FAMILIES.iter().map(|family| ((family.score)(text), family));
    scored
        .filter(|(score, _)| *score > others)
        .max_by_key(|(score, _)| *score)
        .map(|(_, family)| family)
}

/// The family of an id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Refused> {
    FAMILIES.iter().find(|family| family.id == id)
}

/// Lists with an id behind their name, ports such as `1/0/1` behind the word `port`.
fn apresia_np(text: &str) -> u32 {
    points(text, |line| {
        let mut words = Words::new(line);
        let list =
            words.eat_all("ip access-list extended") || words.eat_all("ip access-list standard");
        let numbered = list && words.next().is_some() && words.number::<u32>().is_some();
        let shown = line.contains("access-list") && line.contains("(ID: ");
        let port = line.starts_with("interface port 1/0/");
        40 * u32::from(numbered) + 60 * u32::from(shown) + 40 * u32::from(port)
    })
}

fn apresia_aeos(text: &str) -> u32 {
    points(text, |line| {
        let mut words = Words::new(line);
        let filter = words.eat("packet-filter2");
        let mut words = Words::new(line);
        let profile = (words.eat("create") || words.eat("config")) && words.eat("access_profile");
        60 * u32::from(filter || profile)
    })
}

/// Ports named `port1.1`: AlliedWare Plus has three numbers.
fn yamaha_swx(text: &str) -> u32 {
    points(text, |line| {
        let name = line.strip_prefix("interface port").unwrap_or_default();
        let numbers: Vec<&str> = name.split('.').collect();
        let digits = |n: &&str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
        let port = numbers.len() == 2 && numbers.iter().all(digits);
        let model = line.contains("SWX") && line.contains("Rev.");
        40 * u32::from(port) + 60 * u32::from(model)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_by_what_only_they_print() {
        let id = |text: &str| recognise(text, 0).map(|family| family.id);
        assert_eq!(
            id("interface port1.3\n access-group 1 in\n"),
            Some("yamaha-swx")
        );
        assert_eq!(id("interface port1.0.3\n access-group X\n"), None);
        assert_eq!(id("packet-filter2\n 1 1 condition\n"), Some("apresia-aeos"));
        assert_eq!(
            id("create access_profile ip profile_id 1\n"),
            Some("apresia-aeos")
        );
        assert_eq!(id("ip access-list extended A 2001\n"), Some("apresia-np"));
        assert_eq!(id("ip access-list extended A\n"), None);
        assert!(recognise("interface port1.3\n", 40).is_none());
    }

    #[test]
    fn strangers_are_told_from_the_dialects_they_resemble() {
        let id = |text: &str| {
            crate::vendor::detect(text)
                .map(crate::vendor::Dialect::id)
                .or_else(|| recognise(text, 0).map(|family| family.id))
        };
        let xr = "interface GigabitEthernet0/0/0/0\n ipv4 address 10.0.0.1 255.255.255.0\n!\n";
        assert_eq!(id(xr), Some("cisco-ios-xr"));
        let asa = "!RANCID-CONTENT-TYPE: cisco\ninterface GigabitEthernet0/0\n nameif inside\n security-level 100\n";
        assert_eq!(id(asa), Some("cisco-asa"));
        let nokia =
            "configure {\n    port 1/1/1 {\n        admin-state enable\n    }\n    system {\n";
        assert_eq!(id(nokia), Some("nokia-sr-os"));
        let palo = "set deviceconfig system hostname fw\nset network interface ethernet ethernet1/1 layer3\n";
        assert_eq!(id(palo), Some("palo-alto-pan-os"));
        assert_eq!(
            id("ltm pool /Common/p {\n    members { }\n}\n"),
            Some("f5-big-ip")
        );
        let forti = "config system global\n    set hostname \"fw\"\nend\n";
        assert_eq!(id(forti), Some("fortinet-fortios"));
    }
}
