//! The certificate as a document: what may stand in it, field by field. Nothing else is accepted.
//!
//! Devices, interfaces, lists and all else are named by their place in the list of those, from 0; lines of files from 1.

use crate::packets::{Boxes, Family, Set};
use crate::{Done, Reject};
use ipnet::IpNet;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
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

/// Words, or objects of one field.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $word:ident $(($($of:ty),*))? $({$($field:ident: $type:ty),*})?,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        pub(crate) enum $name { $($(#[$attr])* $word $(($($of),*))? $({$($field: $type),*})?,)* }
    )*};
}

form! {
    Document {
        schema: String, version: String, at: String, facts: String,
        /// The policy first.
        files: Vec<FileName>,
        /// Open facts about devices that the cases answer.
        questions: Vec<String>,
        devices: Vec<Device>, links: Vec<String>, interfaces: Vec<Interface>, effects: Vec<Effect>,
        routes: Vec<Route>, externals: Vec<External>, lists: Vec<List>, claims: Vec<Claim>,
        cases: Vec<Case>, digest: String,
        /// As it stands there: what a person compares.
        #[serde(skip)]
        source: Map<String, Value>,
    }

    FileName {
        path: String, sha256: String,
        /// Lines that nothing in the document transcribes.
        others: Set,
    }

    Device {
        name: String,
        /// None: a router that the policy declares and that has no text.
        file: Option<usize>,
        /// The routing table captured beside it.
        table: Option<usize>,
        /// IPv4, IPv6.
        forwards: [Known; 2], to_switch: Known, from_switch: Known, bridged_in: Known,
        bridged_out: Known,
    }

    Interface {
        device: usize, name: String, lines: Vec<usize>, vrf: String,
        /// None: it has its addresses, and no packet passes.
        link: Option<usize>,
        /// If not, packets for its addresses may go on.
        up: bool,
        families: Vec<Family>, addresses: Vec<IpNet>,
        #[serde(rename = "virtual")]
        shared: Vec<IpAddr>,
        /// What comes in in IPv4, goes out in IPv4, and both in IPv6.
        lists: [Option<Binding>; 4],
        relays: Vec<Relay>,
    }

    /// Broadcasts to some UDP ports become packets to a server.
    Relay { lines: Vec<usize>, to: IpAddr, ports: Set, }

    Binding { list: usize, lines: Vec<usize>, }

    /// Lines whose effect on packets is not modelled: what it may do, and where (no interface and no VRF: the whole device).
    Effect {
        device: usize,
        #[serde(rename = "lines")]
        _lines: Vec<usize>,
        may: May, interface: Option<usize>, direction: Option<Direction>,
        vrf: Option<String>,
        /// It meets only these packets, and only once they have arrived at the device itself.
        own: Option<Boxes>,
    }

    /// Lines that say where packets to a prefix go: all of them are states that may hold.
    Route {
        device: usize, vrf: String, prefix: IpNet, hops: Vec<Hop>, lines: Vec<usize>,
        /// The lines are those of the captured table.
        learnt: bool,
    }

    /// Out of an interface, to an address, to that address wherever it is, or (neither) dropped.
    Hop { out: Option<usize>, via: Option<IpAddr>, }

    /// Hosts behind which there are other networks.
    External {
        family: Family, link: usize, hosts: Set,
        /// They may hand packets back.
        hairpin: bool,
    }

    List {
        device: usize, name: String, lines: Vec<usize>, family: Family, entries: Vec<Entry>,
    }

    /// Without lines it is what the device does at the end of a list.
    Entry {
        lines: Vec<usize>, action: Action, log: bool, certain: Boxes, perhaps: Vec<Perhaps>,
    }

    /// What an entry matches if the answer to a question is yes; without a number nobody answers it.
    Perhaps { question: Option<usize>, boxes: Boxes, }

    Claim {
        id: String,
        #[serde(rename = "text")]
        _text: String,
        file: usize, lines: [usize; 1], verdict: String,
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
    Group { entry: Option<usize>, cells: Boxes, }

    /// What may be presented to each interface.
    Reach { family: Family, origin: Origin, sets: Vec<Present>, }

    Present { interface: usize, cells: Boxes, }

    /// All that gets somewhere is listed, or a reply.
    NothingBut {
        reach: usize, sources: Option<Set>, requests: Option<Boxes>, into: Into, listed: Boxes,
        replies: Boxes, strict: bool,
    }

    /// Packets get where they must, from each of the places.
    Carried { family: Family, start: Vec<Start>, packets: Boxes, goal: Goal, }

    /// An interface has a list for what comes in.
    Filtered { interface: usize, family: Family, }

    /// No host of a link can be opened and itself open what must not be opened so.
    NoRelay {
        family: Family, link: usize,
        /// Hosts that may be opened.
        hosts: Set,
        /// Declared gateways and routers.
        spared: Set,
        /// Who opens them from another link.
        opened: Option<Opened>,
        /// Hosts that neighbours open.
        beside: Set,
        /// What the hosts open.
        onward: Vec<NothingBut>,
    }

    Opened { reach: usize, sources: Option<Set>, replies: Boxes, }

    /// None of these packets is dropped by what does not log.
    Logged { reach: usize, packets: Boxes, }
}

words! {
    /// A fact about a device.
    Known {
        Yes, No, Open,
        /// As this question is answered.
        Question(usize),
    }

    May {
        Drop,
        /// Send anywhere.
        Redirect,
        /// Make another packet of it, and send that anywhere.
        Rewrite,
        /// Know routes that no text states.
        Learn,
    }

    Direction { In, Out, }

    Action {
        Permit, Deny,
        /// Nobody knows.
        Unread,
    }

    Origin { Link(usize), Device(usize), }

    /// Presented to an interface, sent out of it by its device, or made by a device in a VRF.
    Start { In(usize), Out(usize), Made(usize, String), }

    Goal {
        Link(usize),
        Hosts { link: usize, hosts: Set },
        Device(usize),
        /// Past the list of an interface for what comes in, or for what goes out.
        Entered(usize),
        Left(usize),
    }

    Into {
        /// Delivered on a link to one of `dst`, or taken by a device as one of its `own` addresses.
        Link { link: usize, dst: Set, own: Set },
        Handed { link: usize, hosts: Set },
        Device(usize),
        /// Any link but this one.
        Elsewhere(usize),
        /// The two are on one link, where everything passes.
        Neighbour { src: Set, dst: Set },
    }
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

impl Known {
    /// The fact where some questions are answered.
    pub(crate) fn under(&self, answers: &[bool]) -> Known {
        match self {
            Known::Question(number) => match answers.get(*number) {
                Some(true) => Known::Yes,
                Some(false) => Known::No,
                None => Known::Open,
            },
            settled => settled.clone(),
        }
    }
}

impl Interface {
    pub(crate) fn binding(&self, family: Family, way: &Direction) -> Option<&Binding> {
        let place = 2 * usize::from(family == Family::V6) + usize::from(*way == Direction::Out);
        self.lists[place].as_ref()
    }
}

impl Document {
    /// Parses a certificate, whose digest must be that of its content.
    pub(crate) fn read(source: &str) -> Result<Document, Reject> {
        let mut value: Map<String, Value> =
            serde_json::from_str(source).map_err(|error| format!("it is no JSON: {error}"))?;
        let parsed = serde_json::from_value(Value::Object(value.clone()));
        let mut document: Document =
            parsed.map_err(|error| format!("it is not in its form: {error}"))?;
        if document.schema != "aclc/certificate/4" {
            return Err("its schema is not `aclc/certificate/4`".to_owned());
        }
        value.shift_remove("digest");
        if sha256(Value::Object(value.clone()).to_string().as_bytes()) != document.digest {
            return Err("its digest is not that of its content".to_owned());
        }
        document.source = value;
        document.refers()?;
        Ok(document)
    }

    /// Whatever is named by its place is there, and belongs where it is named.
    fn refers(&self) -> Done {
        let file = |number: Option<usize>| number.is_none_or(|one| one < self.files.len());
        let device = |number| number < self.devices.len();
        let link = |number| number < self.links.len();
        let mine = |of: usize, number: Option<usize>| {
            let one = number.map(|number| self.interfaces.get(number));
            device(of) && one.is_none_or(|one| one.is_some_and(|one| one.device == of))
        };
        let interface = |one: &Interface| {
            let fits = |(place, binding): (usize, &Option<Binding>)| {
                let list = binding.as_ref().map(|binding| self.lists.get(binding.list));
                let place = (one.device, Family::BOTH[place / 2]);
                list.is_none_or(|of| of.is_some_and(|of| (of.device, of.family) == place))
            };
            let bound = one.lists.iter().enumerate().all(fits);
            let has = |net: &IpNet| one.families.contains(&Family::of(net));
            // An interface that is shut has no families at all.
            let carried = one.families.is_empty() || one.addresses.iter().all(has);
            device(one.device) && one.link.is_none_or(link) && bound && carried
        };
        let route = |route: &Route| {
            let leads = |hop: &Hop| {
                let v4 = route.prefix.addr().is_ipv4();
                let out = hop.out.and_then(|out| self.interfaces.get(out));
                let vrf = out.is_none_or(|out| out.vrf == route.vrf);
                mine(route.device, hop.out) && vrf && hop.via.is_none_or(|via| via.is_ipv4() == v4)
            };
            device(route.device) && route.hops.iter().all(leads)
        };
        let case = |case: &Case| {
            let reach = |reach: &Reach| {
                let sets = reach.sets.iter().map(|set| set.interface);
                let sets: BTreeSet<usize> =
                    sets.filter(|one| *one < self.interfaces.len()).collect();
                let origin = match reach.origin {
                    Origin::Link(number) => link(number),
                    Origin::Device(number) => device(number),
                };
                origin && sets.len() == reach.sets.len()
            };
            let sizes = (case.cells.len(), case.arguments.len());
            sizes == (self.lists.len(), self.claims.len()) && case.reach.iter().all(reach)
        };
        let mut fine = self
            .devices
            .iter()
            .all(|one| file(one.file) && file(one.table));
        fine &= self.claims.iter().all(|claim| file(Some(claim.file)));
        fine &= self.interfaces.iter().all(interface);
        fine &= self
            .effects
            .iter()
            .all(|one| mine(one.device, one.interface));
        fine &= self.routes.iter().all(route);
        fine &= self.externals.iter().all(|one| link(one.link));
        fine &= self.lists.iter().all(|list| device(list.device));
        fine &= self.cases.iter().all(case);
        let wrong = "it names what is not there, or does not belong there";
        if fine { Ok(()) } else { Err(wrong.to_owned()) }
    }

    /// What kind of argument a claim has in some case.
    pub(crate) fn kind(&self, claim: usize) -> &str {
        let mut cases = each(&self.source["cases"]);
        let argument = cases.find_map(|case| case["arguments"][claim].as_object()?.keys().next());
        argument.map_or("no argument", String::as_str)
    }

    /// The interfaces of a device.
    pub(crate) fn of(&self, device: usize) -> impl Iterator<Item = &Interface> {
        self.interfaces
            .iter()
            .filter(move |one| one.device == device)
    }

    /// Whether a list is bound to an interface.
    pub(crate) fn is_bound(&self, list: usize) -> bool {
        let mut bound = self
            .interfaces
            .iter()
            .flat_map(|one| one.lists.iter().flatten());
        bound.any(|binding| binding.list == list)
    }

    /// A part as it stands in the document.
    pub(crate) fn shown(&self, part: &str) -> &Value {
        &self.source[part]
    }

    /// What stands in no line, and what each claim asks, as it stands in the document.
    pub(crate) fn unlined(&self) -> String {
        let mut out = String::new();
        for part in ["questions", "devices", "links", "externals"] {
            for (number, one) in each(&self.source[part]).enumerate() {
                out += &format!("{part} {number}: {one}\n");
            }
        }
        for case in each(&self.source["cases"]) {
            for (claim, argument) in self.claims.iter().zip(each(&case["arguments"])) {
                out += &format!("{} where {}: {argument}\n", claim.id, case["answers"]);
            }
        }
        out
    }
}

/// The parts of a list.
pub(crate) fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
