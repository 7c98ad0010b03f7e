//! The network as a drawing: switches in the middle, their links left and right, lists as tags where they are attached.
//!
//! The layout is our own and needs no iteration: links of one switch stand beside it, in order of their VLANs, alternating
//! sides; links of several switches stand in a column of their own on the far right. The table below the drawing says the same.

use super::Page;
use crate::report::evidence::Interface;
use crate::text;
use maud::{Markup, html};
use std::collections::BTreeMap;

const ROW: usize = 46;
const BOX: usize = 250;
const LEFT: usize = 10;
const DEVICE: usize = 400;
const DEVICE_WIDTH: usize = 150;
const RIGHT: usize = 690;
const FAR: usize = 980;

/// A link with its interfaces.
struct Link {
    key: String,
    title: String,
    note: String,
    ports: Vec<usize>,
}

/// Where a link stands.
struct Placed {
    x: usize,
    y: usize,
}

/// The drawing.
pub(super) fn draw(page: &Page<'_>) -> Markup {
    let links = links(page);
    let devices = devices(page);
    let mut tops: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut places: Vec<Option<Placed>> = (0..links.len()).map(|_| None).collect();
    let mut y = 10;
    for device in &devices {
        let own: Vec<usize> = (0..links.len())
            .filter(|&at| only_on(page, &links, at, device))
            .collect();
        let rows = own.len().div_ceil(2).max(2);
        for (order, &at) in own.iter().enumerate() {
            if let Some(place) = places.get_mut(at) {
                let x = if order % 2 == 0 { LEFT } else { RIGHT };
                *place = Some(Placed {
                    x,
                    y: y + order / 2 * ROW,
                });
            }
        }
        tops.insert(device, (y, rows * ROW - 10));
        y += rows * ROW + 14;
    }
    let shared: Vec<usize> = (0..links.len())
        .filter(|&at| places.get(at).is_some_and(Option::is_none))
        .collect();
    let step = y.checked_div(shared.len() + 1).unwrap_or(ROW).max(ROW);
    for (order, &at) in shared.iter().enumerate() {
        if let Some(place) = places.get_mut(at) {
            *place = Some(Placed {
                x: FAR,
                y: 10 + step / 2 + order * step,
            });
        }
    }
    let height = y.max(10 + step / 2 + shared.len() * step);
    let width = if shared.is_empty() {
        RIGHT + BOX + 10
    } else {
        FAR + BOX + 10
    };
    let label = page.say(&text!(
        "html-diagram-label",
        devices = devices.len(),
        links = links.len()
    ));
    html! {
        svg role="img" aria-label=(label) viewBox={ "0 0 " (width) " " (height) } width=(width) xmlns="http://www.w3.org/2000/svg" {
            @for (at, link) in links.iter().enumerate() {
                @if let Some(Some(place)) = places.get(at) { (link_of(page, link, place, &tops)) }
            }
            @for (name, (top, tall)) in &tops {
                g data-part={ "d:" (name) } {
                    rect.dev x=(DEVICE) y=(top) width=(DEVICE_WIDTH) height=(tall) rx="4" {}
                    text x=(DEVICE + DEVICE_WIDTH / 2) y=(top + tall / 2 + 4) text-anchor="middle" font-weight="700" { (name) }
                }
            }
        }
    }
}

fn devices<'p>(page: &Page<'p>) -> Vec<&'p str> {
    let mut all: Vec<&str> = Vec::new();
    for interface in &page.evidence.interfaces {
        if !all.contains(&interface.device.as_str()) {
            all.push(&interface.device);
        }
    }
    all
}

/// What names the link of an interface in the drawing and in a packet's way.
pub(super) fn key(interface: &Interface) -> String {
    match interface.vlan {
        Some(vlan) => format!("v:{vlan}"),
        None => format!("p:{}:{}", interface.device, interface.name),
    }
}

fn links(page: &Page<'_>) -> Vec<Link> {
    let mut all: BTreeMap<(Option<u16>, String), Vec<usize>> = BTreeMap::new();
    for (at, interface) in page.evidence.interfaces.iter().enumerate() {
        let name = if interface.vlan.is_some() {
            String::new()
        } else {
            key(interface)
        };
        all.entry((interface.vlan, name)).or_default().push(at);
    }
    let title = |vlan: Option<u16>, name: &str| {
        let places = page.evidence.places.iter();
        let here = places.filter(|place| vlan.is_some_and(|vlan| place.vlans.contains(&vlan)));
        let names: Vec<&str> = here.map(|place| place.name.as_str()).collect();
        let link = vlan.map_or_else(|| name.to_owned(), |vlan| format!("VLAN {vlan}"));
        (link, names.join("、"))
    };
    let link = |((vlan, name), ports): ((Option<u16>, String), Vec<usize>)| {
        let (title, note) = title(vlan, &name);
        let key = vlan.map_or(name, |vlan| format!("v:{vlan}"));
        Link {
            key,
            title,
            note,
            ports,
        }
    };
    all.into_iter().map(link).collect()
}

fn only_on(page: &Page<'_>, links: &[Link], at: usize, device: &str) -> bool {
    let ports = links.get(at).map_or(&[][..], |link| &link.ports);
    let mut of = ports
        .iter()
        .filter_map(|&port| page.evidence.interfaces.get(port));
    !ports.is_empty() && of.all(|interface| interface.device == device)
}

fn link_of(
    page: &Page<'_>,
    link: &Link,
    place: &Placed,
    tops: &BTreeMap<&str, (usize, usize)>,
) -> Markup {
    let left = place.x < DEVICE;
    let middle = place.y + 17;
    let edge = if left { place.x + BOX } else { place.x };
    let ports = link
        .ports
        .iter()
        .filter_map(|&port| page.evidence.interfaces.get(port));
    let wires: Vec<(&Interface, usize, usize)> = ports
        .filter_map(|interface| {
            let &(top, tall) = tops.get(interface.device.as_str())?;
            let y = if place.x == FAR {
                (place.y + 17).clamp(top + 8, top + tall - 8)
            } else {
                middle
            };
            let x = if left { DEVICE } else { DEVICE + DEVICE_WIDTH };
            Some((interface, x, y))
        })
        .collect();
    html! {
        @for (interface, x, y) in &wires {
            g data-part={ "i:" (interface.device) ":" (interface.name) } {
                line.wire x1=(x) y1=(y) x2=(edge) y2=(middle) {}
            }
        }
        g data-part=(link.key) {
            rect.net x=(place.x) y=(place.y) width=(BOX) height="34" rx="3" {}
            text x=(place.x + 8) y=(place.y + 14) font-weight="700" { (short(&link.title, 34)) }
            text x=(place.x + 8) y=(place.y + 28) { (short(&link.note, 40)) }
        }
        @for (interface, x, y) in &wires { (tags(interface, *x, *y, left)) }
    }
}

/// The lists of an interface, beside its switch: ▶ into the switch, ◀ out of it; a dashed tag where nothing filters.
fn tags(interface: &Interface, x: usize, y: usize, left: bool) -> Markup {
    const WIDE: usize = 88;
    let at = if left { x - WIDE - 6 } else { x + 6 };
    let name = |words: &str| words.split(' ').next().unwrap_or_default().to_owned();
    let mut names: Vec<(&str, String)> = Vec::new();
    for (direction, words) in &interface.lists {
        let arrow = match (*direction == "in") == left {
            true => "▶",
            false => "◀",
        };
        if !names.iter().any(|(a, n)| *a == arrow && *n == name(words)) {
            names.push((arrow, name(words)));
        }
    }
    let words: Vec<String> = interface
        .lists
        .iter()
        .map(|(direction, words)| format!("{direction}: {words}"))
        .collect();
    let shown: Vec<String> = names
        .iter()
        .map(|(arrow, name)| format!("{arrow}{name}"))
        .collect();
    let class = if interface.unfiltered.is_empty() {
        "tag"
    } else {
        "none"
    };
    let shown = if shown.is_empty() {
        "—".to_owned()
    } else {
        shown.join(" ")
    };
    html! {
        g {
            title { (interface.device) " " (interface.name) ": " (words.join(", ")) }
            rect class=(class) x=(at) y=(y - 9) width=(WIDE) height="18" rx="2" {}
            text x=(at + 4) y=(y + 4) font-size="10" { (short(&shown, 17)) }
        }
    }
}

/// At most so many columns of text; full-width characters take two.
fn short(text: &str, most: usize) -> String {
    use unicode_width::UnicodeWidthChar as _;
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > most {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}
