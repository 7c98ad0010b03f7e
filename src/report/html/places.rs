//! Who can open what, zone by zone, and the network with its lists where they are attached.

use super::{Page, diagram, heads};
use crate::base::Text;
use crate::report::evidence::{Interface, Pair};
use crate::report::words;
use crate::text;
use crate::verify::survey::Opens;
use maud::{Markup, html};

/// Zones of a matrix that can be looked at; above, the pairs stand in a list.
const MOST_IN_MATRIX: usize = 60;

/// The class and the sign of a cell, with its words.
fn opens_words(opens: Opens) -> (&'static str, &'static str, Text) {
    let (class, sign) = match opens {
        Opens::Nothing => ("", ""),
        Opens::Listed => ("s", "●"),
        Opens::Holes => ("h", "◐"),
        Opens::Unlisted => ("u", "×"),
        Opens::Neighbours => ("n", "＝"),
    };
    (class, sign, words::opens(opens))
}

pub(super) fn matrix(page: &Page<'_>) -> Markup {
    let places = &page.evidence.places;
    if page.evidence.cut {
        return html! { p { (page.say(&text!("html-matrix-cut"))) } };
    }
    let find = |from: usize, to: usize| {
        page.evidence
            .pairs
            .iter()
            .find(|p| (p.from, p.to) == (from, to))
    };
    let states = [
        Opens::Listed,
        Opens::Holes,
        Opens::Unlisted,
        Opens::Neighbours,
        Opens::Nothing,
    ];
    html! {
        p { (page.say(&text!("html-matrix-words"))) }
        ul.legend { @for state in states { @let (class, sign, words) = opens_words(state); li class=(class) { (if sign.is_empty() { "・" } else { sign }) " " (page.say(&words)) } } }
        @if places.len() <= MOST_IN_MATRIX {
            div.scroll tabindex="0" { table.matrix {
                thead { tr { td {} @for place in places { th scope="col" { (place.name) } } } }
                tbody { @for (from, place) in places.iter().enumerate() { tr {
                    th scope="row" { (place.name) }
                    @for to in 0..places.len() { (cell(page, from, to, find(from, to))) }
                } } }
            } }
        }
        table {
            caption { (page.say(&text!("html-pairs"))) }
            (heads(page.lang, &[text!("column-from"), text!("column-to"), text!("column-opens"), text!("column-statements")]))
            tbody { @for pair in &page.evidence.pairs { (pair_row(page, pair)) } }
        }
    }
}

fn cell(page: &Page<'_>, from: usize, to: usize, pair: Option<&Pair>) -> Markup {
    if from == to {
        return html! { td.x {} };
    }
    let (class, sign, words) = opens_words(pair.map_or(Opens::Nothing, |pair| pair.opens));
    match pair {
        None => html! { td {} },
        Some(pair) => {
            html! { td class=(class) title=(format!("{}: {}", page.say(&words), pair.allows.join(" / "))) { (sign) } }
        }
    }
}

fn pair_row(page: &Page<'_>, pair: &Pair) -> Markup {
    let name = |at: usize| {
        page.evidence
            .places
            .get(at)
            .map_or("", |place| place.name.as_str())
    };
    let (_, sign, words) = opens_words(pair.opens);
    let row = match pair.opens {
        Opens::Unlisted | Opens::Neighbours => "open",
        _ => "good",
    };
    html! {
        tr data-row=(row) {
            td { (name(pair.from)) } td { (name(pair.to)) } td { (sign) " " (page.say(&words)) }
            td { @for allow in &pair.allows { div { (allow) } } }
        }
    }
}

pub(super) fn network(page: &Page<'_>) -> Markup {
    html! {
        p { (page.say(&text!("html-diagram-words"))) }
        div.scroll tabindex="0" { (diagram::draw(page)) }
        table {
            caption { (page.say(&text!("html-interfaces"))) }
            (heads(page.lang, &[text!("column-device"), text!("column-interface"), text!("column-addresses"), text!("column-in"), text!("column-out")]))
            tbody { @for interface in &page.evidence.interfaces { (interface_row(page, interface)) } }
        }
        table {
            caption { (page.say(&text!("html-places"))) }
            (heads(page.lang, &[text!("column-segment"), text!("column-zone"), text!("column-vlan"), text!("column-addresses")]))
            tbody { @for place in &page.evidence.places {
                tr data-row="good" {
                    td { (place.segment) } td { (place.name) }
                    td { (place.vlans.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) } td.mono { (place.where_) }
                }
            } }
        }
    }
}

fn interface_row(page: &Page<'_>, interface: &Interface) -> Markup {
    let lists = |wanted: &str| {
        let all = interface
            .lists
            .iter()
            .filter(|(direction, _)| *direction == wanted);
        all.map(|(_, words)| words.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let bare = !interface.unfiltered.is_empty();
    html! {
        tr data-row=(if bare { "open" } else { "good" }) {
            td { (interface.device) } td { (interface.name) } td.mono { (interface.addresses.join(", ")) }
            td { (lists("in"))
                @if bare { " " span.bad { (page.say(&text!("html-unfiltered", families = interface.unfiltered.join(", ")))) } }
            }
            td { (lists("out")) }
        }
    }
}
