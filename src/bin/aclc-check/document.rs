//! The certificate as a document: what may stand in it, field by field, and the digest over all of it. Nothing else is accepted.
//!
//! Everything that belongs to one device, interface, list or file is named by its place in the list of those, from 0.

use crate::Reject;
use crate::boxes::{Boxes, DPORT, DST, FIELDS, Family};
use crate::set::Set;
use ipnet::IpNet;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// JSON objects that have these fields and no others.
macro_rules! form {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $($(#[$attr])* pub(crate) $field: $type,)* }
    )*};
}

form! {
    Document {
        schema: String, version: String, at: String, facts: String,
        /// The policy first.
        files: Vec<FileName>,
        /// Open facts about devices that the cases answer.
        questions: Vec<String>,
        devices: Vec<Device>, links: Vec<String>, interfaces: Vec<Interface>, routes: Vec<Route>,
        externals: Vec<External>, lists: Vec<List>, claims: Vec<Claim>, cases: Vec<Case>,
        digest: String,
        /// As it stands there: what a person compares.
        #[serde(skip)]
        source: Map<String, Value>,
    }

    FileName { path: String, sha256: String, }

    Device {
        name: String,
        /// None: a router that the policy declares and that has no text.
        file: Option<usize>,
        /// The routing table captured beside it.
        table: Option<usize>,
        forwards: Both<Known>, to_switch: Known, from_switch: Known, bridged_in: Known,
        bridged_out: Known, own: Vec<Own>, effects: Vec<Effect>,
    }

    Own { vrf: String, up: bool, addresses: Vec<Address>, }

    /// A line whose effect on packets is not modelled: what it may do, and where (no interface and no VRF: the whole device).
    Effect {
        line: usize, text: String, may: May, interface: Option<usize>, direction: Option<Direction>,
        vrf: Option<String>,
        /// It meets only these packets, and only once they have arrived at the device itself.
        own: Option<Cells>,
    }

    Interface {
        device: usize, name: String, line: usize, vrf: String, link: usize, families: Vec<Family>,
        addresses: Vec<Address>,
        #[serde(rename = "virtual")]
        shared: Vec<Address>,
        #[serde(rename = "in")]
        inward: Both<Option<Binding>>,
        #[serde(rename = "out")]
        outward: Both<Option<Binding>>,
        relays: Vec<Relay>,
    }

    /// Broadcasts to some UDP ports become packets to a server.
    Relay { line: usize, text: String, to: Address, ports: Values, }

    Binding { list: usize, line: usize, }

    /// Lines that say where packets to a prefix go: all of them are states that may hold.
    Route {
        device: usize, vrf: String, prefix: Address, hops: Vec<Hop>, lines: Vec<usize>,
        /// The lines are those of the captured table.
        learnt: bool,
    }

    /// Hosts behind which there are other networks.
    External {
        family: Family, link: usize, hosts: Values,
        /// They may hand packets back.
        hairpin: bool,
    }

    List {
        device: usize, name: String, line: Option<usize>, family: Family, entries: Vec<Entry>,
    }

    Entry {
        line: Option<usize>, text: String, action: Action, log: bool, certain: Cells,
        perhaps: Vec<Perhaps>,
    }

    /// What an entry matches if the answer to a question is yes; without a number nobody answers it.
    Perhaps { question: Option<usize>, boxes: Cells, }

    Claim {
        id: String,
        #[serde(rename = "text")]
        _text: String,
        file: usize, line: usize, verdict: String,
    }

    /// One way all questions may be answered, or, without answers, what holds however they are.
    Case {
        answers: Vec<bool>,
        /// Per list, if it is bound and not as without answers.
        cells: Vec<Option<Vec<Group>>>,
        reach: Vec<Reach>,
        /// Per claim.
        arguments: Vec<Option<Argument>>,
    }

    /// Cells that an entry decides; `null`: none does for certain.
    Group { entry: Option<usize>, cells: Cells, }

    Reach { family: Family, origin: Origin, sets: Vec<Present>, }

    /// What may be presented to an interface.
    Present { interface: usize, cells: Cells, }

    /// All that gets somewhere is listed, or a reply.
    NothingBut {
        reach: usize, sources: Option<Values>, requests: Option<Cells>, into: Into,
        listed: Cells, replies: Cells, strict: bool,
    }

    /// Packets get where they must.
    Carried { family: Family, start: Start, packets: Cells, goal: Goal, }

    /// An interface has a list for what comes in.
    Filtered { interface: usize, family: Family, }

    /// No host of a link can be opened and itself open what must not be opened so.
    NoRelay {
        family: Family, link: usize,
        /// Hosts that may be opened.
        hosts: Values,
        /// Declared gateways and routers.
        spared: Values,
        /// Who opens them from another link.
        opened: Option<Opened>,
        /// Hosts that neighbours open.
        beside: Values,
        /// What the hosts open.
        onward: Vec<NothingBut>,
    }

    Opened { reach: usize, sources: Option<Values>, replies: Cells, }

    /// None of these packets is dropped by what does not log.
    Logged { reach: usize, packets: Cells, }
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

/// A fact about a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Known {
    Yes,
    No,
    Open,
    /// As this question is answered.
    Question(usize),
}

impl Known {
    /// The fact where some questions are answered.
    pub(crate) fn under(self, answers: &[bool]) -> Known {
        match self {
            Known::Question(number) => match answers.get(number) {
                Some(true) => Known::Yes,
                Some(false) => Known::No,
                None => Known::Open,
            },
            settled => settled,
        }
    }
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
        let host = || text.parse::<IpAddr>().map(IpNet::from);
        let net: Result<IpNet, _> = text.parse().or_else(|_| host());
        let net = net.map_err(|_| format!("`{text}` is no address"))?;
        let bits = |addr| match addr {
            IpAddr::V4(addr) => u128::from(addr.to_bits()),
            IpAddr::V6(addr) => addr.to_bits(),
        };
        let family = match net {
            IpNet::V4(_) => Family::V4,
            IpNet::V6(_) => Family::V6,
        };
        let ends = (bits(net.network()), bits(net.broadcast()));
        Ok(Address {
            family,
            addr: bits(net.addr()),
            ends,
        })
    }
}

/// Out of an interface, to an address, to that address wherever it is, or (neither) dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hop {
    pub(crate) out: Option<usize>,
    pub(crate) via: Option<Address>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Permit,
    Deny,
    /// Nobody knows.
    Unread,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    Link(usize),
    Device(usize),
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

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Into {
    Link {
        link: usize,
        dst: Values,
        own: Values,
    },
    Handed {
        link: usize,
        hosts: Values,
    },
    Device(usize),
    Elsewhere(usize),
    Neighbour {
        src: Values,
        dst: Values,
    },
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
        hosts: Values,
    },
    Device(usize),
    /// Past the in-list of the interface where it started.
    Entered,
    /// Past the out-list of an interface.
    Left(usize),
}

/// `10.0.0.0/8,10.1.0.1-10.1.0.9`, or `80,8000-8010`.
#[derive(Deserialize)]
pub(crate) struct Values(String);

impl Values {
    /// As addresses.
    pub(crate) fn of(&self, family: Family) -> Result<Set, Reject> {
        values(family, DST, &self.0)
    }

    pub(crate) fn ports(&self) -> Result<Set, Reject> {
        values(Family::V4, DPORT, &self.0)
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
        if document.schema != "aclc/certificate/3" {
            return Err("its schema is not `aclc/certificate/3`".to_owned());
        }
        value.shift_remove("digest");
        if sha256(Value::Object(value.clone()).to_string().as_bytes()) != document.digest {
            return Err("its digest is not that of its content".to_owned());
        }
        document.source = value;
        Ok(document)
    }

    /// A part as it stands in the document.
    pub(crate) fn shown(&self, part: &str) -> &Value {
        &self.source[part]
    }

    /// What each claim asks, as it stands in the document.
    pub(crate) fn argued(&self) -> String {
        let mut out = String::new();
        for case in self.source["cases"].as_array().into_iter().flatten() {
            let arguments = case["arguments"].as_array().into_iter().flatten();
            for (claim, argument) in self.claims.iter().zip(arguments) {
                out += &format!("{} where {}: {argument}\n", claim.id, case["answers"]);
            }
        }
        for (number, one) in self.questions.iter().enumerate() {
            out += &format!("question {number}: {one}\n");
        }
        out
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
