//! Top-level statements other than lists, as far as the dialects share them.

use super::FaceName;
use super::interface::Face;
use super::read::Reader;
use super::route;
use super::table::Place;
use crate::device::{EffectClass, Scope};
use crate::net::PortSet;
use crate::text;
use crate::vendor::capture::{Line, blocks};
use crate::vendor::words::{Words, number};

/// How many interfaces all heads together may name: a hostile text of ranges would otherwise unfold without end.
const MOST_FACES: usize = 200_000;

impl Reader {
    pub(in crate::vendor) fn statement(&mut self, head: &Line<'_>, body: &[Line<'_>]) {
        let words = Words::new(&head.text);
        if (self.kin.statement)(self, words, head, body) || self.shared(words, head, body) {
            return;
        }
        self.by_class(head);
    }

    /// What every dialect has.
    fn shared(&mut self, mut words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) -> bool {
        match words.next().unwrap_or_default() {
            "hostname" => {
                self.hostname = words.next().map(|name| name.trim_matches('"').to_owned())
            }
            "interface" => self.interface(words, head, body),
            "ip" => return self.ip(words, head, body),
            "ipv6" => return self.ipv6(words, head, body),
            "object-group" => {
                if !self.groups.read(&head.text, body) {
                    self.gap(head, text!("ios-line-unread"));
                }
            }
            "router" => self.router(words, head, body),
            "vlan" => return self.vlan(words, head, body),
            "policy-map" => self.policy_map(words, body),
            // Definitions: nothing happens until a line that is read elsewhere names them.
            "route-map" => {}
            "access-list" if words.number::<u32>().is_some() => {}
            _ => return false,
        }
        true
    }

    /// `no ...` at top level: what it takes back matters, if it was read. A route taken back leaves open where packets go.
    pub(in crate::vendor) fn no(&mut self, mut words: Words<'_>, head: &Line<'_>) {
        let text = words.rest();
        if self.routing_line(words, false) {
            return;
        }
        match text {
            text if self.forget_list(text) => {}
            _ if words.eat_all("ip forward-protocol udp") => {
                // A port that is not known stays: more is sent on than may be.
                self.forward_udp(words, false);
            }
            _ if words.eat_all("ip route") || words.eat_all("ipv6 route") => {
                self.effect(EffectClass::Redirects, Scope::Device, head)
            }
            _ => {}
        }
    }

    /// `ip routing`, `ipv6 unicast-routing`, where the dialect has it with `vrf V`.
    fn routing_line(&mut self, mut words: Words<'_>, on: bool) -> bool {
        let [v4, v6] = &mut self.routing;
        let lines = if words.eat_all("ip routing") {
            v4
        } else if words.eat_all("ipv6 unicast-routing") {
            v6
        } else {
            return false;
        };
        let vrf = if self.kin.routing_per_vrf && words.eat("vrf") {
            words.next().unwrap_or_default()
        } else {
            ""
        };
        let whole = words.is_end();
        if whole {
            lines.insert(vrf.to_owned(), on);
        }
        whole
    }

    fn ip(&mut self, mut words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) -> bool {
        match words.next().unwrap_or_default() {
            "routing" => return self.routing_line(Words::new(&head.text), true),
            "route" => self.route(route::v4(words, head.number, self.kin), head),
            "vrf" => self.vrf(words, body),
            "forward-protocol" if words.eat("udp") => return self.forward_udp(words, true),
            _ => return false,
        }
        true
    }

    /// `ip forward-protocol udp [PORT]`, or what takes it back: which broadcasts `ip helper-address` sends on besides those of
    /// DHCP clients. False if the port is none that is known, or relays of the dialect send on nothing else.
    fn forward_udp(&mut self, mut words: Words<'_>, on: bool) -> bool {
        if self.kin.relayed.is_empty() {
            return false;
        }
        let usual = PortSet::from_ranges(self.kin.relayed.iter().map(|port| (*port, *port)));
        let ports = match words.next() {
            // Without a port: what is usual, and all of UDP taken back.
            None if on => usual,
            None => PortSet::full(),
            Some(word) => {
                let known = number(word).or_else(|| self.kin.data.names.port(word));
                match known.filter(|_| words.is_end()) {
                    Some(port) => PortSet::one(port),
                    None => return false,
                }
            }
        };
        self.relayed = match on {
            true => self.relayed.union(&ports),
            false => self.relayed.intersect(&ports.complement()),
        };
        true
    }

    fn ipv6(&mut self, mut words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) -> bool {
        match words.next().unwrap_or_default() {
            "unicast-routing" => return self.routing_line(Words::new(&head.text), true),
            "route" => self.route(route::v6(words, head.number, self.kin), head),
            "router" => self.router(words, head, body),
            _ => return false,
        }
        true
    }

    /// A static route, or the VRF in which packets may go elsewhere because the line was not understood.
    pub(in crate::vendor) fn route(
        &mut self,
        read: Result<Option<route::Read>, String>,
        head: &Line<'_>,
    ) {
        match read {
            Ok(None) => {}
            Ok(Some(read)) => {
                if read.leaks {
                    self.effect(
                        EffectClass::Redirects,
                        Scope::Vrf(read.route.vrf.clone()),
                        head,
                    );
                }
                self.routes.push(read.route);
            }
            Err(vrf) => {
                self.effect(EffectClass::Redirects, Scope::Vrf(vrf), head);
                self.gap(head, text!("ios-route-unread"));
            }
        }
    }

    /// A dynamic protocol runs in the VRF of the head, or else in the global table, and in those its address families name. What
    /// it brings from other VRFs, and filters that neighbours send (RFC 8955), are in the table.
    fn router(&mut self, words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) {
        let vrf = |mut words: Words<'_>| -> Option<String> {
            words.find(|word| *word == "vrf")?;
            words.next().map(str::to_owned)
        };
        self.runs_dynamic(vrf(words).unwrap_or_default(), head.number);
        for line in body {
            let words = Words::new(&line.text);
            if let Some(class) = self.kin.data.tables.class(Place::Router, &line.text) {
                self.effect(class, Scope::Device, line);
            }
            if matches!(words.peek(), Some("address-family" | "vrf"))
                && let Some(name) = vrf(words)
            {
                self.runs_dynamic(name, line.number);
            }
        }
    }

    pub(in crate::vendor) fn runs_dynamic(&mut self, vrf: String, line: u32) {
        self.dynamic.push((vrf, line));
    }

    pub(in crate::vendor) fn vrf(&mut self, mut words: Words<'_>, body: &[Line<'_>]) {
        let name = words.next().unwrap_or_default().to_owned();
        for line in body {
            let mut words = Words::new(&line.text);
            if self.is_irrelevant(Place::Vrf, line) || self.vrf_by_class(&name, line) {
                continue;
            }
            let leaks = words.eat("route-target")
                || words.eat("import")
                || words.eat("route-replicate")
                || words.eat("export");
            if leaks {
                self.effect(EffectClass::Redirects, Scope::Vrf(name.clone()), line);
            } else {
                self.unknown(line, text!("ios-line-unread"));
            }
        }
    }

    /// A line of a VRF whose effect is known by class only (D23).
    pub(in crate::vendor) fn vrf_by_class(&mut self, vrf: &str, line: &Line<'_>) -> bool {
        let class = self.kin.data.tables.class(Place::Vrf, &line.text);
        if let Some(class) = class {
            self.effect(class, Scope::Vrf(vrf.to_owned()), line);
        }
        class.is_some()
    }

    fn interface(&mut self, words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) {
        if self.named_faces > MOST_FACES {
            self.unknown(head, text!("ios-interface-unknown"));
            return;
        }
        let names = (self.kin.range)(words.rest());
        self.named_faces += names.len();
        for name in names {
            let Some(named) = (self.kin.face)(&name) else {
                self.unknown(head, text!("ios-interface-unknown"));
                return;
            };
            self.one_interface(named, head, body);
        }
    }

    fn one_interface(&mut self, named: FaceName, head: &Line<'_>, body: &[Line<'_>]) {
        let mut face = Face::new(named, head.number);
        face.interface.shutdown = !self.kin.svi_is_up && face.is_svi();
        // The same interface may be printed twice (`show running-config interface` behind the whole).
        let known = self.face_index.get(&face.name).copied();
        if let Some(known) = known.and_then(|at| self.faces.get_mut(at)) {
            face = std::mem::replace(known, face);
        }
        let says = |line: &Line<'_>| matches!(line.text.as_ref(), "shutdown" | "no shutdown");
        if self.ports_are_down && face.is_port() && !body.iter().any(says) {
            face.effect(EffectClass::Narrows, None, head);
        }
        for (line, inner) in blocks(body) {
            self.interface_line(&mut face, line, inner);
        }
        match known.and_then(|at| self.faces.get_mut(at)) {
            Some(known) => *known = face,
            None => {
                self.face_index.insert(face.name.clone(), self.faces.len());
                self.faces.push(face);
            }
        }
    }
}
