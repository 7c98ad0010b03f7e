//! Facts of devices: `switch`, `opaque`, and what stands in them.

use super::super::ast::{
    Opaque, Pair as AddrPair, Place, Places, Redundancy, RouteTo, Svi, Switch, SwitchItem, Via,
};
use super::{Builder, Pair, Rule, first, kids};
use crate::text;

impl Builder<'_> {
    pub(super) fn switch(&mut self, pair: Pair<'_>) -> Switch {
        let mut parts = kids(pair);
        let name = self.name(&parts.one(Rule::name));
        let twin = parts.opt(Rule::name).map(|twin| self.name(&twin));
        let dialect = self.word(&parts.one(Rule::word));
        let model = parts.opt(Rule::text).map(|model| self.literal(&model));
        let items = self.block(&mut parts, Rule::switch_block, Rule::switch_item);
        let items = self.spanned(items, |b, item| b.switch_item(first(item)));
        Switch {
            name,
            twin,
            dialect,
            model,
            items,
        }
    }

    pub(super) fn opaque(&mut self, pair: Pair<'_>) -> Opaque {
        let mut parts = kids(pair);
        let (name, id) = self.named(&mut parts);
        let items = self.block(&mut parts, Rule::opaque_block, Rule::opaque_item);
        let items = self.spanned(items, |b, item| b.switch_item(first(item)));
        Opaque { name, id, items }
    }

    pub(super) fn switch_item(&mut self, pair: Pair<'_>) -> SwitchItem {
        let rule = pair.as_rule();
        if rule == Rule::accept {
            return SwitchItem::Accept(self.accept(pair));
        }
        if rule == Rule::bind {
            return SwitchItem::Bind(self.bind(pair));
        }
        let mut parts = kids(pair);
        match rule {
            Rule::svi => {
                let zones = parts.many(Rule::reference);
                let zones = zones.into_iter().map(|zone| self.reference(zone)).collect();
                let addrs = parts.opt(Rule::pair).map(|addrs| self.pair(addrs));
                let redundancy = parts.opt(Rule::redundancy).map(|r| self.redundancy(r));
                SwitchItem::Svi(Svi {
                    zones,
                    addrs,
                    redundancy,
                })
            }
            Rule::vrf => {
                let name = self.name(&parts.one(Rule::name));
                let items = self.block(&mut parts, Rule::vrf_block, Rule::vrf_item);
                let items = self.spanned(items, |b, item| b.switch_item(first(item)));
                SwitchItem::Vrf { name, items }
            }
            Rule::route => {
                let to = self.route_to(parts.any());
                let via = parts.any();
                let via = match via.as_rule() {
                    Rule::addr => Via::Addr(self.addr(&via)),
                    _ => Via::Place(self.reference(via)),
                };
                SwitchItem::Route { to, via }
            }
            Rule::own => SwitchItem::Own(self.pair(parts.one(Rule::pair))),
            Rule::dynamic => SwitchItem::Dynamic {
                protocol: self.word(&parts.one(Rule::word)),
                on: self.places(parts.one(Rule::places)),
            },
            Rule::ports_at => SwitchItem::Ports {
                zone: self.reference(parts.one(Rule::reference)),
                ports: self.literal(&parts.one(Rule::text)),
            },
            Rule::limit => SwitchItem::Limit {
                direction: self.side(parts.one(Rule::side)),
                table: self.word(&parts.one(Rule::word)),
                count: self.num(&parts.one(Rule::num)),
            },
            Rule::option => SwitchItem::Option {
                key: self.word(&parts.one(Rule::word)),
                value: self.word(&parts.one(Rule::value)),
            },
            other => unreachable!("`switch_item` has no {other:?}"),
        }
    }

    fn route_to(&mut self, pair: Pair<'_>) -> RouteTo {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::addrs => RouteTo::Addrs(self.addrs(pair)),
            Rule::rest => RouteTo::Places(Places {
                list: vec![Place::Rest(span)],
                except: Vec::new(),
                span,
            }),
            _ => RouteTo::Places(self.places(pair)),
        }
    }

    fn pair(&mut self, pair: Pair<'_>) -> AddrPair {
        let mut parts = kids(pair);
        AddrPair {
            left: self.addrs(parts.one(Rule::addrs)),
            right: parts.opt(Rule::addrs).map(|right| self.addrs(right)),
        }
    }

    /// VRRP has virtual routers 1-255, HSRP version 2 groups 0-4095.
    fn redundancy(&mut self, pair: Pair<'_>) -> Redundancy {
        let hsrp = first(pair.clone()).as_rule() == Rule::k_hsrp;
        let (low, high) = if hsrp { (0, 4095) } else { (1, 255) };
        let mut parts = kids(pair);
        Redundancy {
            hsrp,
            vrid: parts
                .opt(Rule::num)
                .map(|num| self.num_within(&num, low, high, text!("what-vrid"))),
            addrs: self.addrs(parts.one(Rule::addrs)),
        }
    }
}
