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
const DEVICE: usize = 410;
const DEVICE_WIDTH: usize = 150;
const RIGHT: usize = 710;
const FAR: usize = 1010;
/// A drawing that is taller could be read on no sheet: it is not printed, the table below it is.
const MOST_ON_A_SHEET: usize = 1600;

/// A link with its interfaces.
struct Link {
    key: String,
    title: String,
    note: String,
    ports: Vec<usize>,
}

/// Where a switch stands, and the rows of its wires to shared links.
struct Top {
    y: usize,
    tall: usize,
    wires: BTreeMap<String, usize>,
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
    let mut tops: BTreeMap<&str, Top> = BTreeMap::new();
    let mut places: Vec<Option<Placed>> = (0..links.len()).map(|_| None).collect();
    let mut y = 10;
    for device in &devices {
        let (own, others): (Vec<usize>, Vec<usize>) = (0..links.len())
            .filter(|&at| is_on(page, &links, at, device))
            .partition(|&at| only_on(page, &links, at, device));
        for (order, &at) in own.iter().enumerate() {
            if let Some(place) = places.get_mut(at) {
                let x = if order % 2 == 0 { LEFT } else { RIGHT };
                let y = y + order / 2 * ROW;
                *place = Some(Placed { x, y });
            }
        }
        // A wire to a shared link has a row of its own, where no box stands in its way.
        let rows = own.len().div_ceil(2);
        let keys = others.iter().filter_map(|&at| links.get(at));
        let wires = keys.enumerate().map(|(order, link)| {
            let y = y + (rows + order) * ROW + 17;
            (link.key.clone(), y)
        });
        let wires = wires.collect();
        let tall = (rows + others.len()).max(1) * ROW - 10;
        tops.insert(device, Top { y, tall, wires });
        y += tall + 24;
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
        svg.tall[height > MOST_ON_A_SHEET] role="img" aria-label=(label) viewBox={ "0 0 " (width) " " (height) } width=(width) xmlns="http://www.w3.org/2000/svg" {
            @for (at, link) in links.iter().enumerate() {
                @if let Some(Some(place)) = places.get(at) { (link_of(page, link, place, &tops)) }
            }
            @for (name, top) in &tops {
                g data-part={ "d:" (name) } {
                    rect.dev x=(DEVICE) y=(top.y) width=(DEVICE_WIDTH) height=(top.tall) rx="4" {}
                    text x=(DEVICE + DEVICE_WIDTH / 2) y=(top.y + top.tall / 2 + 4) text-anchor="middle" font-weight="700" { (name) }
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
        let port = name.trim_start_matches("p:").replacen(':', " ", 1);
        let link = vlan.map_or(port, |vlan| format!("VLAN {vlan}"));
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

fn is_on(page: &Page<'_>, links: &[Link], at: usize, device: &str) -> bool {
    let ports = links.get(at).map_or(&[][..], |link| &link.ports);
    let mut of = ports
        .iter()
        .filter_map(|&port| page.evidence.interfaces.get(port));
    of.any(|interface| interface.device == device)
}

fn only_on(page: &Page<'_>, links: &[Link], at: usize, device: &str) -> bool {
    let ports = links.get(at).map_or(&[][..], |link| &link.ports);
    let mut of = ports
        .iter()
        .filter_map(|&port| page.evidence.interfaces.get(port));
    !ports.is_empty() && of.all(|interface| interface.device == device)
}

fn link_of(page: &Page<'_>, link: &Link, place: &Placed, tops: &BTreeMap<&str, Top>) -> Markup {
    let left = place.x < DEVICE;
    let middle = place.y + 17;
    let edge = if left { place.x + BOX } else { place.x };
    let ports = link
        .ports
        .iter()
        .filter_map(|&port| page.evidence.interfaces.get(port));
    let wires: Vec<(&Interface, usize, usize)> = ports
        .filter_map(|interface| {
            let top = tops.get(interface.device.as_str())?;
            let y = top.wires.get(&link.key).copied().unwrap_or(middle);
            let x = if left { DEVICE } else { DEVICE + DEVICE_WIDTH };
            Some((interface, x, y))
        })
        .collect();
    html! {
        @for (interface, x, y) in &wires {
            g data-part={ "i:" (interface.device) ":" (interface.name) } {
                polyline.wire fill="none" points=(bend(*x, *y, edge, middle)) {}
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

/// A wire that goes straight past the boxes before it turns to its link.
fn bend(x: usize, y: usize, edge: usize, middle: usize) -> String {
    match edge == FAR {
        true => format!("{x},{y} {},{y} {edge},{middle}", FAR - 40),
        false => format!("{x},{y} {edge},{middle}"),
    }
}

/// The lists of an interface, beside its switch: ▶ into the switch, ◀ out of it; a dashed tag where nothing filters.
fn tags(interface: &Interface, x: usize, y: usize, left: bool) -> Markup {
    const WIDE: usize = 88;
    let at = if left { x - WIDE - 6 } else { x + 6 };
    let name = |words: &str| words.split(' ').next().unwrap_or_default().to_owned();
    let mut names: Vec<(&str, String, usize)> = Vec::new();
    for (direction, words) in &interface.lists {
        let arrow = match (*direction == "in") == left {
            true => "▶",
            false => "◀",
        };
        match names.iter_mut().find(|(a, ..)| *a == arrow) {
            Some((.., more)) => *more += 1,
            None => names.push((arrow, name(words), 0)),
        }
    }
    let words: Vec<String> = interface
        .lists
        .iter()
        .map(|(direction, words)| format!("{direction}: {words}"))
        .collect();
    let one = |(arrow, name, more): &(&str, String, usize)| match more {
        0 => format!("{arrow}{name}"),
        more => format!("{arrow}{name} +{more}"),
    };
    let shown: Vec<String> = names.iter().map(one).collect();
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
