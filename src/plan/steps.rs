//! Steps that are the same wherever they are needed: a list is written, bound or taken off; an interface goes down or comes up.

use super::{Site, Step, What};
use crate::acl::Direction;
use crate::net::Family;
use crate::vendor::live::Block;

/// The name of what a block configures, without the word for its kind.
pub(super) fn place<'h>(site: &Site<'_>, header: &'h str) -> &'h str {
    header.strip_prefix(site.mechanism.place).unwrap_or(header)
}

/// A list is written; it is bound nowhere yet.
pub(super) fn write(
    index: usize,
    site: &Site<'_>,
    family: Family,
    name: &str,
    lines: Vec<String>,
) -> Step {
    let header = site.mechanism.header(family, name);
    Step {
        site: index,
        what: What::Write(name.to_owned()),
        check: ((site.mechanism.show_list)(family, name), lines.clone()),
        undo: vec![Block::line(&site.mechanism.without(&header))],
        commands: vec![Block { header, lines }],
        rewrites: Vec::new(),
    }
}

/// A binding is set, replaced or taken away.
pub(super) fn bind(
    index: usize,
    site: &Site<'_>,
    header: &str,
    family: Family,
    direction: Direction,
    from: Option<&str>,
    to: Option<&str>,
) -> Step {
    let name = place(site, header);
    let line = |list: &str| site.mechanism.binding(family, list, direction);
    let inside = |line: String| Block {
        header: header.to_owned(),
        lines: vec![line],
    };
    let go = |from: Option<&str>, to: Option<&str>| match (from, to) {
        (_, Some(to)) => inside(line(to)),
        (Some(from), None) => inside(site.mechanism.without(&line(from))),
        (None, None) => Block::line(header),
    };
    let what = match (from, to) {
        (before, Some(list)) => What::Bind {
            interface: name.to_owned(),
            list: list.to_owned(),
            before: before.map(str::to_owned),
        },
        (list, None) => What::Unbind(name.to_owned(), list.unwrap_or_default().to_owned()),
    };
    Step {
        site: index,
        what,
        commands: vec![go(from, to)],
        undo: vec![go(to, from)],
        check: (
            (site.mechanism.show_interface)(name),
            to.map(line).into_iter().collect(),
        ),
        rewrites: to.map(|to| (family, to.to_owned())).into_iter().collect(),
    }
}

/// An interface goes down or comes up.
pub(super) fn power(index: usize, site: &Site<'_>, header: &str, up: bool) -> Step {
    let name = place(site, header).to_owned();
    let inside = |line: &str| {
        vec![Block {
            header: header.to_owned(),
            lines: vec![line.to_owned()],
        }]
    };
    let (down, back) = (
        inside("shutdown"),
        inside(&site.mechanism.without("shutdown")),
    );
    let (commands, undo) = if up { (back, down) } else { (down, back) };
    Step {
        site: index,
        check: ((site.mechanism.show_interface)(&name), Vec::new()),
        what: if up { What::Up(name) } else { What::Down(name) },
        commands,
        undo,
        rewrites: Vec::new(),
    }
}
