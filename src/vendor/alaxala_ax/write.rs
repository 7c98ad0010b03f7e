//! A [`Config`] -> text in the form that the device prints, or every reason why not.
//!
//! In: interfaces, routes, drafts. Out: two-space indentation, `!` between blocks, bindings before lists, sequence numbers in
//! tens. Only the core of the grammar is written: `eq`, `range` inbound, the flag word `ack`, numbers for ICMP; never
//! `established`, never `log` (the device has none), one `remark` per list. Never a weaker filter.
//! Must not know: the policy.

use super::print::{entry_line, remark, route_line, shown};
use super::rules::{self, Rules};
use super::{FACTS, IN_MODE, OUT_MODE, convert, list};
use crate::acl::{Direction, Draft, Known};
use crate::base::Text;
use crate::device::{Binding, Config, Interface, InterfaceKind};
use crate::net::Family;
use crate::text;
use crate::vendor::words::netmask;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The step between sequence numbers.
const STEP: usize = 10;

/// Text and refusals on the way.
struct Writer<'a> {
    config: &'a Config,
    out: String,
    refused: Vec<Text>,
}

/// Writes a configuration.
///
/// # Errors
/// Everything that the dialect cannot say.
pub(super) fn text(config: &Config) -> Result<String, Vec<Text>> {
    let mut writer = Writer {
        config,
        out: String::new(),
        refused: Vec::new(),
    };
    writer.hostname();
    writer.modes();
    for interface in &config.interfaces {
        writer.interface(interface);
    }
    writer.routes();
    writer.names();
    for (index, draft) in config.acls.iter().enumerate() {
        let outbound = config.interfaces.iter().any(|i| {
            let out = |b: &Binding| b.acl == index && b.direction == Direction::Out;
            i.bindings.iter().any(out)
        });
        writer.list(draft, outbound);
    }
    if writer.refused.is_empty() {
        Ok(writer.out)
    } else {
        Err(writer.refused)
    }
}

/// A word that needs no quotes and no second thought.
fn is_plain(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    !word.is_empty() && word.bytes().all(plain)
}

impl Writer<'_> {
    fn line(&mut self, indent: usize, line: &str) {
        let _ = writeln!(self.out, "{:indent$}{line}", ""); // writing to a string cannot fail
    }

    fn end(&mut self) {
        self.line(0, "!");
    }

    fn refuse(&mut self, why: Text) {
        self.refused.push(why);
    }

    fn hostname(&mut self) {
        let name = &self.config.hostname;
        if !is_plain(name) {
            self.refuse(text!("ax-refuse-hostname", name = name));
        }
        self.line(0, &format!("hostname \"{name}\""));
        self.end();
    }

    fn modes(&mut self) {
        let lines = [(IN_MODE, "mode"), (OUT_MODE, "out mode")];
        let mut any = false;
        for (key, word) in lines {
            let Some(mode) = self.config.options.get(key) else {
                continue;
            };
            if !is_plain(mode) {
                self.refuse(text!("ax-refuse-mode", mode = mode));
            }
            self.line(0, &format!("flow detection {word} {mode}"));
            any = true;
        }
        if any {
            self.end();
        }
    }

    fn interface(&mut self, interface: &Interface) {
        let head = match interface.kind {
            InterfaceKind::Svi(id) => format!("vlan {id}"),
            InterfaceKind::Loopback => "loopback 0".to_owned(),
            InterfaceKind::Management => "mgmt 0".to_owned(),
            InterfaceKind::Routed => {
                self.refuse(text!("ax-refuse-routed", name = &interface.name));
                return;
            }
        };
        if !interface.vrf.is_empty() {
            self.refuse(text!("ax-refuse-vrf", name = &interface.name));
        }
        self.line(0, &format!("interface {head}"));
        self.addresses(interface);
        for helper in &interface.helpers {
            self.line(2, &format!("ip helper-address {helper}"));
        }
        self.redundancy(interface);
        for (index, binding) in interface.bindings.iter().enumerate() {
            let twice = interface
                .bindings
                .iter()
                .take(index)
                .any(|b| (b.family, b.direction) == (binding.family, binding.direction));
            if twice {
                self.refuse(text!("ax-refuse-second-binding", name = &interface.name));
            }
            self.binding(interface, binding);
        }
        if interface.shutdown {
            self.line(2, "shutdown");
        }
        self.end();
    }

    /// `vrrp N ip A`: the one form that is known, with one address to a group.
    fn redundancy(&mut self, interface: &Interface) {
        let mut written = 0;
        for group in &interface.redundancy {
            match group.addrs[..] {
                [addr] if addr.is_ipv4() && !group.hsrp => {
                    self.line(2, &format!("vrrp {} ip {addr}", group.group));
                    written += 1;
                }
                _ => self.refuse(text!("ax-refuse-virtual", name = &interface.name)),
            }
        }
        if interface.redundancy.len() == written && interface.virtuals.len() > written {
            self.refuse(text!("ax-refuse-virtual", name = &interface.name));
        }
    }

    fn addresses(&mut self, interface: &Interface) {
        let mut secondary = "";
        for net in &interface.addrs {
            match net {
                IpNet::V4(net)
                    if interface.kind == InterfaceKind::Loopback && net.prefix_len() == 32 =>
                {
                    self.line(2, &format!("ip address {}", net.addr()));
                }
                IpNet::V4(net) => {
                    let mask = netmask(net.prefix_len());
                    self.line(2, &format!("ip address {} {mask}{secondary}", net.addr()));
                    secondary = " secondary";
                }
                IpNet::V6(net) => self.line(2, &format!("ipv6 address {net}")),
            }
        }
        let has_v6 = interface.addrs.iter().any(|net| net.addr().is_ipv6());
        if interface.ipv6 || has_v6 {
            self.line(2, "ipv6 enable");
        }
    }

    fn binding(&mut self, interface: &Interface, binding: &Binding) {
        let Some(draft) = self.config.acls.get(binding.acl) else {
            self.refuse(text!("ax-refuse-binding", name = &interface.name));
            return;
        };
        if draft.family != binding.family {
            self.refuse(text!("ax-refuse-binding", name = &interface.name));
        }
        let command = match binding.family {
            Family::V4 => "ip access-group",
            Family::V6 => "ipv6 traffic-filter",
        };
        if binding.family == Family::V6 {
            self.mode_has_ipv6(&draft.name, binding.direction == Direction::Out);
        }
        let direction = binding.direction.word();
        self.line(2, &format!("{command} {} {direction}", draft.name));
    }

    /// An IPv6 list in a mode without IPv6 filters is a command that the device refuses: a hole.
    fn mode_has_ipv6(&mut self, list: &str, outbound: bool) {
        let key = if outbound { OUT_MODE } else { IN_MODE };
        let mode = self.config.options.get(key).map(String::as_str);
        let rules = Rules::new(self.config.model.as_deref(), false);
        let fits: Vec<_> = rules::modes_with_ipv6(outbound).collect();
        let fits = fits.join(", ");
        match mode {
            None => self.refuse(text!(
                "ax-refuse-no-mode",
                list = list,
                option = key,
                fits = fits,
                fact = "flow-mode-default-lacks-ipv6"
            )),
            Some(mode) if rules.ipv6_lists(outbound, Some(mode)) == Known::No => {
                self.refuse(text!(
                    "ax-refuse-ipv6-mode",
                    list = list,
                    option = key,
                    mode = mode,
                    fits = fits
                ));
            }
            Some(_) => {}
        }
    }

    fn routes(&mut self) {
        for route in &self.config.routes {
            match route_line(route) {
                Some(line) => self.line(0, &line),
                None => self.refuse(text!("ax-refuse-route", prefix = route.prefix)),
            }
        }
        if !self.config.routes.is_empty() {
            self.end();
        }
    }

    /// Names of lists: their form, and each once (one name cannot be used for two kinds of list).
    fn names(&mut self) {
        let limit = FACTS.limit("name");
        let mut count: BTreeMap<&str, u32> = BTreeMap::new();
        for draft in &self.config.acls {
            let name = draft.name.as_str();
            let digits = name.bytes().all(|b| b.is_ascii_digit());
            if !is_plain(name) || digits || name.len() > limit {
                self.refuse(text!("ax-refuse-name", name = name, limit = limit));
            }
            let count = count.entry(name).or_default();
            *count += 1;
            if *count == 2 {
                self.refuse(text!("ax-refuse-name-twice", name = name));
            }
        }
    }

    fn list(&mut self, draft: &Draft, outbound: bool) {
        if draft.entries().next().is_none() {
            self.refuse(text!(
                "ax-refuse-empty",
                name = &draft.name,
                fact = "empty-list-permits"
            ));
        }
        self.line(0, &format!("{} {}", list::header(draft.family), draft.name));
        if let Some(remark) = remark(draft) {
            self.line(2, &format!("remark \"{remark}\""));
        }
        for (index, entry) in draft.entries().enumerate() {
            let seq = (index + 1) * STEP;
            let family = draft.family;
            let whole = entry.src.family() == family && entry.dst.family() == family;
            let native = if whole {
                convert::entry(entry, outbound)
            } else {
                Err(text!("ax-refuse-family"))
            };
            match native {
                Ok(native) => {
                    let line = entry_line(&native, family);
                    self.line(2, &format!("{seq} {line}"));
                }
                Err(why) => self.refuse(text!(
                    "ax-refuse-entry",
                    list = &draft.name,
                    seq = seq,
                    entry = shown(entry),
                    why = why
                )),
            }
        }
        self.end();
    }
}
