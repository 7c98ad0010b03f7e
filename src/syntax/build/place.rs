//! Where things are: site, segments, zones, hosts, groups, what lies outside; lists of places.

use super::super::ast::{
    Addr, Bind, External, Group, GroupBody, Host, Link, Name, Place, Places, Segment, SegmentItem,
    Site, SiteItem, Spanned, Table, Word, Zone, ZoneAttr,
};
use super::{Builder, Kids, Pair, Rule, first, kids};
use crate::text;

impl Builder<'_> {
    pub(super) fn site(&mut self, pair: Pair<'_>) -> Site {
        let mut parts = kids(pair);
        let (name, id) = self.named(&mut parts);
        let items = self.block(&mut parts, Rule::site_block, Rule::site_item);
        let items = self.spanned(items, Self::site_item);
        Site { name, id, items }
    }

    pub(super) fn site_item(&mut self, pair: Pair<'_>) -> SiteItem {
        let body = first(pair);
        match body.as_rule() {
            Rule::ipv4_only => SiteItem::Ipv4Only,
            Rule::log_denied => SiteItem::LogDenied,
            Rule::by_vlan => SiteItem::Ipv6ByVlan(self.addr(&kids(body).one(Rule::addr))),
            Rule::ephemeral => SiteItem::Ephemeral(self.port_range(&kids(body).one(Rule::range))),
            Rule::bind => SiteItem::Bind(self.bind(body)),
            other => unreachable!("`site_item` has no {other:?}"),
        }
    }

    pub(super) fn bind(&mut self, pair: Pair<'_>) -> Vec<Spanned<Bind>> {
        let sides = kids(pair).many(Rule::side);
        self.spanned(sides, |b, side| b.side(side))
    }

    pub(super) fn side(&mut self, pair: Pair<'_>) -> Bind {
        match first(pair).as_rule() {
            Rule::k_in => Bind::In,
            _ => Bind::Out,
        }
    }

    pub(super) fn segment(&mut self, pair: Pair<'_>) -> Segment {
        let mut parts = kids(pair);
        let (name, id) = self.named(&mut parts);
        let items = self.block(&mut parts, Rule::segment_block, Rule::segment_item);
        let items = self.spanned(items, Self::segment_item);
        Segment { name, id, items }
    }

    pub(super) fn segment_item(&mut self, pair: Pair<'_>) -> SegmentItem {
        let body = first(pair);
        match body.as_rule() {
            Rule::ipv4_only => SegmentItem::Ipv4Only,
            Rule::zones => SegmentItem::Zones(self.table(kids(body).one(Rule::table))),
            Rule::zone => SegmentItem::Zone(self.zone(body)),
            Rule::external => SegmentItem::External(self.external(body)),
            other => unreachable!("`segment_item` has no {other:?}"),
        }
    }

    pub(super) fn zone(&mut self, pair: Pair<'_>) -> Zone {
        let mut parts = kids(pair);
        let (name, id) = self.named(&mut parts);
        let mut zone = empty_zone(name, id);
        let head: Vec<_> = parts
            .opt(Rule::link)
            .into_iter()
            .chain(parts.many(Rule::zattr))
            .collect();
        let block = self.block(&mut parts, Rule::zone_block, Rule::zone_item);
        for item in head.into_iter().chain(block.into_iter().map(first)) {
            self.zone_item(&mut zone, item);
        }
        zone
    }

    pub(super) fn zone_item(&mut self, zone: &mut Zone, item: Pair<'_>) {
        let span = self.span(&item);
        match item.as_rule() {
            Rule::link => {
                let node = self.link(item);
                zone.links.push(Spanned { node, span });
            }
            Rule::zattr => {
                let node = self.zone_attr(first(item));
                zone.attrs.push(Spanned { node, span });
            }
            Rule::host => {
                let node = self.host(item);
                zone.hosts.push(Spanned { node, span });
            }
            Rule::hosts => {
                let node = self.table(kids(item).one(Rule::table));
                zone.tables.push(Spanned { node, span });
            }
            other => unreachable!("`zone` has no {other:?}"),
        }
    }

    fn link(&mut self, pair: Pair<'_>) -> Link {
        let mut parts = kids(pair);
        let vlan = self.num_within(&parts.one(Rule::num), 1, 4094, text!("what-vlan"));
        let addrs = self.addrs(parts.one(Rule::addrs));
        Link { vlan, addrs }
    }

    fn zone_attr(&mut self, pair: Pair<'_>) -> ZoneAttr {
        let rule = pair.as_rule();
        let mut parts = kids(pair);
        match rule {
            Rule::ipv4_only => ZoneAttr::Ipv4Only,
            Rule::ipv6_only => ZoneAttr::Ipv6Only,
            Rule::dhcp => ZoneAttr::Dhcp(self.places(parts.one(Rule::places))),
            Rule::gateway => ZoneAttr::Gateway {
                addr: self.addr(&parts.one(Rule::addr)),
                only_for: parts.opt(Rule::places).map(|places| self.places(places)),
            },
            Rule::ephemeral => ZoneAttr::Ephemeral(self.port_range(&parts.one(Rule::range))),
            other => unreachable!("`zattr` has no {other:?}"),
        }
    }

    fn host(&mut self, pair: Pair<'_>) -> Host {
        let mut parts = kids(pair);
        let (name, id) = self.named(&mut parts);
        let addrs = self.addrs(parts.one(Rule::addrs));
        Host { name, id, addrs }
    }

    pub(super) fn table(&mut self, pair: Pair<'_>) -> Table {
        let mut parts = kids(pair);
        let file = self.literal(&parts.one(Rule::text));
        let sheet = parts
            .opt(Rule::sheet)
            .map(|sheet| self.literal(&kids(sheet).one(Rule::text)));
        let only = parts.opt(Rule::filter).map(|filter| {
            let mut sides = kids(filter);
            (
                self.literal(&sides.one(Rule::text)),
                self.literal(&sides.one(Rule::text)),
            )
        });
        let mut columns = Vec::new();
        for column in parts.many(Rule::column) {
            let mut sides = kids(column);
            columns.push((
                self.literal(&sides.one(Rule::text)),
                self.word(&sides.one(Rule::word)),
            ));
        }
        Table {
            file,
            sheet,
            only,
            columns,
        }
    }

    pub(super) fn group(&mut self, pair: Pair<'_>) -> Group {
        let mut parts = kids(pair);
        let (name, id) = self.named(&mut parts);
        let body = match parts.opt(Rule::places) {
            Some(places) => GroupBody::Places(self.places(places)),
            None => GroupBody::Table(self.table(parts.one(Rule::table))),
        };
        Group { name, id, body }
    }

    pub(super) fn external(&mut self, pair: Pair<'_>) -> External {
        let mut parts = kids(pair);
        let (name, id) = self.named(&mut parts);
        let behind = self.reference(parts.one(Rule::reference));
        let addrs = parts.opt(Rule::addrs).map(|addrs| self.addrs(addrs));
        External {
            name,
            id,
            behind,
            addrs,
        }
    }

    pub(super) fn addrs(&mut self, pair: Pair<'_>) -> Vec<Addr> {
        let addrs = kids(pair).many(Rule::addr);
        addrs.iter().map(|addr| self.addr(addr)).collect()
    }

    pub(super) fn places(&mut self, pair: Pair<'_>) -> Places {
        let span = self.span(&pair);
        let mut parts = kids(pair);
        let list = self.list(parts.one(Rule::list));
        let except = self.optional_list(&mut parts);
        Places { list, except, span }
    }

    pub(super) fn optional_list(&mut self, parts: &mut Kids<'_>) -> Vec<Place> {
        parts
            .opt(Rule::list)
            .map(|list| self.list(list))
            .unwrap_or_default()
    }

    fn list(&mut self, pair: Pair<'_>) -> Vec<Place> {
        let mut out = Vec::new();
        for place in kids(pair).many(Rule::place) {
            let span = self.span(&place);
            let body = first(place);
            out.push(match body.as_rule() {
                Rule::any => Place::Any(span),
                Rule::switches => Place::Switches(span),
                _ => Place::Ref(self.reference(body)),
            });
        }
        out
    }
}

pub(super) fn empty_zone(name: Name, id: Option<Word>) -> Zone {
    Zone {
        name,
        id,
        links: Vec::new(),
        attrs: Vec::new(),
        hosts: Vec::new(),
        tables: Vec::new(),
    }
}
