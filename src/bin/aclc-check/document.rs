//! The certificate as a document: what may stand in it, field by field, and the digest over all of it. Nothing else is accepted.
//!
//! Everything that belongs to one device, interface, list or file is named by its place in the list of those, from 0.

use crate::Reject;
use crate::boxes::{Boxes, DST, FIELDS, Family};
use crate::set::Set;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::net::IpAddr;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    schema: String,
    pub(crate) version: String,
    pub(crate) at: String,
    pub(crate) facts: String,
    /// The policy first.
    pub(crate) files: Vec<FileName>,
    /// Open facts about devices that the cases answer.
    pub(crate) questions: Vec<String>,
    pub(crate) devices: Vec<Device>,
    pub(crate) links: Vec<String>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) routes: Vec<Route>,
    pub(crate) externals: Vec<External>,
    pub(crate) lists: Vec<List>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) cases: Vec<Case>,
    digest: String,
    /// As it stands there: what a person compares.
    #[serde(skip)]
    source: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileName {
    pub(crate) path: String,
    pub(crate) sha256: String,
}

/// One value for each family.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Both<T> {
    #[serde(rename = "4")]
    v4: T,
    #[serde(rename = "6")]
    v6: T,
}

impl<T> Both<T> {
    pub(crate) fn of(&self, family: Family) -> &T {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }
}

/// A fact: `yes`, `no`, `open`, or `open N`, which the answer to question N settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Known {
    Yes,
    No,
    Open(Option<usize>),
}

impl TryFrom<String> for Known {
    type Error = Reject;
    fn try_from(text: String) -> Result<Known, Reject> {
        let number = text.strip_prefix("open ").map(str::parse);
        match (text.as_str(), number) {
            ("yes", _) => Ok(Known::Yes),
            ("no", _) => Ok(Known::No),
            ("open", _) => Ok(Known::Open(None)),
            (_, Some(Ok(number))) => Ok(Known::Open(Some(number))),
            _ => Err(format!("`{text}` is no fact")),
        }
    }
}

impl Known {
    /// The fact where some questions are answered.
    pub(crate) fn under(self, answers: &[bool]) -> Known {
        match self {
            Known::Open(Some(question)) => match answers.get(question) {
                Some(true) => Known::Yes,
                Some(false) => Known::No,
                None => self,
            },
            settled => settled,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Device {
    pub(crate) name: String,
    /// None: a router that the policy declares and that has no text.
    pub(crate) file: Option<usize>,
    pub(crate) forwards: Both<Known>,
    pub(crate) to_switch: Known,
    pub(crate) from_switch: Known,
    pub(crate) bridged_in: Known,
    pub(crate) bridged_out: Known,
    pub(crate) own: Vec<Own>,
    pub(crate) effects: Vec<Effect>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Own {
    pub(crate) vrf: String,
    pub(crate) addresses: Vec<Address>,
}

/// A line whose effect on packets is not modelled: what it may do, and where (no interface and no VRF: the whole device).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Effect {
    pub(crate) line: usize,
    pub(crate) text: String,
    pub(crate) may: May,
    pub(crate) interface: Option<usize>,
    pub(crate) direction: Option<Direction>,
    pub(crate) vrf: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum May {
    Drop,
    /// Send anywhere.
    Redirect,
    /// Make another packet of it, and send that anywhere.
    Rewrite,
    /// Know routes that no text states.
    Learn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    In,
    Out,
}

/// An address, with the ends of its subnet; alone without `/length`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Address {
    pub(crate) family: Family,
    pub(crate) addr: u128,
    pub(crate) ends: (u128, u128),
}

impl TryFrom<String> for Address {
    type Error = Reject;
    fn try_from(text: String) -> Result<Address, Reject> {
        let wrong = || format!("`{text}` is no address");
        let (word, length) = match text.split_once('/') {
            Some((word, length)) => (word, Some(length.parse::<u32>().map_err(|_| wrong())?)),
            None => (text.as_str(), None),
        };
        let (family, addr) = match word.parse().map_err(|_| wrong())? {
            IpAddr::V4(addr) => (Family::V4, u128::from(addr.to_bits())),
            IpAddr::V6(addr) => (Family::V6, addr.to_bits()),
        };
        let bits = if family == Family::V4 { 32 } else { 128 };
        let host = match bits - length.unwrap_or(bits).min(bits) {
            _ if length.is_some_and(|length| length > bits) => return Err(wrong()),
            128 => u128::MAX,
            free => (1 << free) - 1,
        };
        Ok(Address {
            family,
            addr,
            ends: (addr & !host, addr | host),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interface {
    pub(crate) device: usize,
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) vrf: String,
    pub(crate) link: usize,
    pub(crate) families: Vec<Family>,
    pub(crate) addresses: Vec<Address>,
    #[serde(rename = "virtual")]
    pub(crate) shared: Vec<Address>,
    #[serde(rename = "in")]
    pub(crate) inward: Both<Option<Binding>>,
    #[serde(rename = "out")]
    pub(crate) outward: Both<Option<Binding>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Binding {
    pub(crate) list: usize,
    pub(crate) line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    pub(crate) device: usize,
    pub(crate) vrf: String,
    pub(crate) prefix: Address,
    /// `null` drops.
    pub(crate) targets: Vec<Option<Target>>,
    pub(crate) lines: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    pub(crate) out: usize,
    pub(crate) via: Option<Address>,
}

/// Hosts behind which there are other networks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct External {
    pub(crate) family: Family,
    pub(crate) link: usize,
    pub(crate) hosts: Addresses,
    /// They may hand packets back.
    pub(crate) hairpin: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    pub(crate) device: usize,
    pub(crate) name: String,
    pub(crate) line: Option<usize>,
    pub(crate) family: Family,
    pub(crate) entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) line: Option<usize>,
    pub(crate) text: String,
    pub(crate) action: Action,
    pub(crate) log: bool,
    pub(crate) certain: Cells,
    pub(crate) perhaps: Vec<Perhaps>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Permit,
    Deny,
    /// Nobody knows.
    Unread,
}

/// What an entry matches if the answer to a question is yes; without a number nobody answers it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Perhaps {
    pub(crate) question: Option<usize>,
    pub(crate) boxes: Cells,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    pub(crate) id: String,
    #[serde(rename = "text")]
    _text: String,
    pub(crate) file: usize,
    pub(crate) line: usize,
    pub(crate) verdict: String,
}

/// One way all questions may be answered, or, without answers, what holds however they are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) answers: Vec<bool>,
    /// Per list, if it is bound and not as without answers.
    pub(crate) cells: Vec<Option<Vec<Group>>>,
    pub(crate) reach: Vec<Reach>,
    /// Per claim.
    pub(crate) arguments: Vec<Option<Argument>>,
}

/// Cells that an entry decides; `null`: none does for certain.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) entry: Option<usize>,
    pub(crate) cells: Cells,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reach {
    pub(crate) family: Family,
    pub(crate) origin: Origin,
    pub(crate) sets: Vec<Present>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    Link(usize),
    Device(usize),
}

/// What may be presented to an interface.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Present {
    pub(crate) interface: usize,
    pub(crate) cells: Cells,
}

/// Why a claim holds.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Argument {
    NothingBut(Vec<NothingBut>),
    Carried(Vec<Carried>),
    Filtered(Vec<Filtered>),
    NoRelay(Vec<NoRelay>),
    Logged(Vec<Logged>),
}

/// All that gets somewhere is listed, or a reply.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NothingBut {
    pub(crate) reach: usize,
    pub(crate) sources: Option<Addresses>,
    pub(crate) requests: Option<Cells>,
    pub(crate) into: Into,
    pub(crate) listed: Cells,
    pub(crate) replies: Cells,
    pub(crate) strict: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Into {
    Link {
        link: usize,
        dst: Addresses,
        own: Addresses,
    },
    Handed {
        link: usize,
        hosts: Addresses,
    },
    Device(usize),
    Elsewhere(usize),
    Neighbour {
        src: Addresses,
        dst: Addresses,
    },
}

/// Packets get where they must.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Carried {
    pub(crate) family: Family,
    pub(crate) start: Start,
    pub(crate) packets: Cells,
    pub(crate) goal: Goal,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Start {
    Interfaces(Vec<usize>),
    Device { device: usize, vrf: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Goal {
    Link(usize),
    Hosts {
        link: usize,
        hosts: Addresses,
    },
    Device(usize),
    /// Past the in-list of the interface where it started.
    Entered,
    /// Past the out-list of an interface.
    Left(usize),
}

/// An interface has a list for what comes in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filtered {
    pub(crate) interface: usize,
    pub(crate) family: Family,
}

/// No host of a link can be opened and itself open what must not be opened so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoRelay {
    pub(crate) family: Family,
    pub(crate) link: usize,
    /// Hosts that may be opened.
    pub(crate) hosts: Addresses,
    /// Declared gateways and routers.
    pub(crate) spared: Addresses,
    /// Who opens them from another link.
    pub(crate) opened: Option<Opened>,
    /// Hosts that neighbours open.
    pub(crate) beside: Addresses,
    /// What the hosts open.
    pub(crate) onward: Vec<NothingBut>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opened {
    pub(crate) reach: usize,
    pub(crate) sources: Option<Addresses>,
    pub(crate) replies: Cells,
}

/// None of these packets is dropped by what does not log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Logged {
    pub(crate) reach: usize,
    pub(crate) packets: Cells,
}

/// `10.0.0.0/8,10.1.0.1-10.1.0.9`.
#[derive(Deserialize)]
pub(crate) struct Addresses(String);

impl Addresses {
    pub(crate) fn of(&self, family: Family) -> Result<Set, Reject> {
        values(family, DST, &self.0)
    }
}

/// Boxes: a text of values per field, fields that are free left out.
#[derive(Deserialize)]
pub(crate) struct Cells(Vec<BTreeMap<String, String>>);

impl Cells {
    pub(crate) fn of(&self, family: Family) -> Result<Boxes, Reject> {
        self.0.iter().map(|one| of_box(family, one)).collect()
    }
}

fn of_box(family: Family, fields: &BTreeMap<String, String>) -> Result<crate::boxes::Box, Reject> {
    let mut out = crate::boxes::Box::any(family);
    for (name, text) in fields {
        let field = FIELDS.iter().position(|(field, _)| field == name);
        let field = field.ok_or_else(|| format!("no field `{name}`"))?;
        out = out.with(field, values(family, field, text)?);
    }
    match out.is_tidy(family) {
        true => Ok(out),
        false => Err("a box tests a field that its packets do not have".to_owned()),
    }
}

/// `10.0.0.0/8,10.1.0.1-10.1.0.9` or `80,8000-8010`: values of a field.
fn values(family: Family, field: usize, text: &str) -> Result<Set, Reject> {
    let wrong = || format!("`{text}` is no list of values of `{}`", FIELDS[field].0);
    let one = |word: &str| -> Result<(u128, u128), Reject> {
        if field > DST {
            return word.parse().map(|n| (n, n)).map_err(|_| wrong());
        }
        let address = Address::try_from(word.to_owned())?;
        (address.family == family)
            .then_some(address.ends)
            .ok_or_else(wrong)
    };
    let mut ranges = Vec::new();
    for part in text.split(',').filter(|_| !text.is_empty()) {
        let (low, high) = match part.split_once('-') {
            Some((low, high)) => (one(low)?.0, one(high)?.1),
            None => one(part)?,
        };
        if low > high || high > family.last(field) {
            return Err(wrong());
        }
        ranges.push((low, high));
    }
    Ok(Set::of(ranges))
}

impl Document {
    /// Parses a certificate, whose digest must be that of its content.
    pub(crate) fn read(source: &str) -> Result<Document, Reject> {
        let mut value: Map<String, Value> =
            serde_json::from_str(source).map_err(|error| format!("it is no JSON: {error}"))?;
        let parsed = serde_json::from_value(Value::Object(value.clone()));
        let mut document: Document =
            parsed.map_err(|error| format!("it is not in its form: {error}"))?;
        if document.schema != "aclc/certificate/2" {
            return Err("its schema is not `aclc/certificate/2`".to_owned());
        }
        value.shift_remove("digest");
        if sha256(Value::Object(value.clone()).to_string().as_bytes()) != document.digest {
            return Err("its digest is not that of its content".to_owned());
        }
        document.source = value;
        Ok(document)
    }

    /// A part as it stands in the document.
    pub(crate) fn shown(&self, list: &str, number: usize) -> &Value {
        &self.source[list][number]
    }

    /// What each claim asks, as it stands in the document.
    pub(crate) fn argued(&self) -> String {
        let mut out = String::new();
        for case in self.source["cases"].as_array().into_iter().flatten() {
            for (claim, argument) in self
                .claims
                .iter()
                .zip(case["arguments"].as_array().into_iter().flatten())
            {
                out.push_str(&format!(
                    "{} where {}: {argument}\n",
                    claim.id, case["answers"]
                ));
            }
        }
        let questions = self.questions.iter().enumerate();
        questions.for_each(|(number, one)| out.push_str(&format!("question {number}: {one}\n")));
        out
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
