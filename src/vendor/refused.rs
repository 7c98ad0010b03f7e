//! Device families that are recognised and refused, with the reason.
//!
//! In: a text. Out: which family it looks like, and why there is no reader for it. What is known of them is too little to
//! read a list without guessing; a guess would be worse than a refusal. Must not know: how a dialect is read.

use crate::base::Text;
use crate::text;
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

static FAMILIES: [Refused; 3] = [
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
];

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

fn points(text: &str, of_line: impl Fn(&str) -> u32) -> u32 {
    const LINES: usize = 20_000;
    text.lines().take(LINES).map(of_line).sum()
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
}
