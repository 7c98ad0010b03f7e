//! How a list is changed on a device that carries traffic, and what a text is after some commands.
//!
//! In: a text and commands as they are typed. Out: the text that the device would then print, to be read like any other.
//! What a dialect does differently is data ([`Mechanism`]); one without it cannot be planned for, and says so.

mod candidate;
mod lines;
mod ruleset;
mod running;

pub use candidate::unit;
pub use lines::{is_remark, numbered};
pub use ruleset::{LOAD, reversed};
pub use running::{CannotApply, Running};

use crate::acl::Direction;
use crate::net::Family;

/// How a device takes commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Each line takes effect as it is entered.
    Lines,
    /// `set` and `delete` lines edit a candidate, and all of it takes effect at once.
    Candidate,
    /// Rules are loaded as one transaction; what stands around them is set by commands of the system.
    Ruleset,
    /// The device as a whole is put in or taken out.
    Exchange,
}

/// What becomes of what was there when another takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebind {
    /// One command replaces it.
    Replaces,
    /// The old one must be taken away first; in between there is none.
    UnbindFirst,
    /// Another can be bound beside it and is asked after it.
    Beside,
}

/// What packets meet while the hardware is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meanwhile {
    /// The old list or the new one.
    EitherList,
    /// Any entry of either list, or the discard.
    AnyEntryOrDiscard,
    /// The discard.
    Discard,
    /// No list at all.
    Anything,
}

/// What packets meet while the hardware is rewritten, if the fact of this id holds; while it is open, nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transient {
    /// Id of the fact.
    pub fact: &'static str,
    /// What it says.
    pub meanwhile: Meanwhile,
}

/// What is typed around the commands of a step; `{step}` stands for a name of its own.
#[derive(Debug)]
pub struct Frame {
    /// Before them.
    pub before: &'static [&'static str],
    /// After them.
    pub after: &'static [&'static str],
    /// When the check was seen; until then the device takes the step back by itself.
    pub confirm: &'static [&'static str],
}

/// The safest way to change a list, and its words.
#[derive(Debug)]
pub struct Mechanism {
    /// How commands take effect.
    pub form: Form,
    /// A text in the form in which commands change it; `None` if part of it cannot be told.
    pub normal: fn(&str) -> Option<String>,
    /// First words of a block that lists are bound in.
    pub place: &'static str,
    /// First words of a list, by family.
    pub list: fn(Family) -> &'static str,
    /// First words of a binding, by family.
    pub bind: fn(Family) -> &'static str,
    /// Last word of a binding, inwards and outwards; empty if there is none.
    pub ways: [&'static str; 2],
    /// Words between a sequence number and the start of the line (`sequence`), by family.
    pub sequence: fn(Family) -> &'static str,
    /// An entry that denies everything, without its number.
    pub deny_all: fn(Family) -> &'static str,
    /// Word that takes a line away.
    pub no: &'static str,
    /// What stands alone on a line between blocks, and the last line.
    pub marks: [&'static str; 2],
    /// Rebinding.
    pub rebind: Rebind,
    /// Another of what there can be one of ([`Mechanism::single`]).
    pub readdress: Rebind,
    /// While hardware is rewritten, on a device with this text.
    pub transient: fn(&Running) -> Transient,
    /// Facts that the commands themselves lean on.
    pub leans: &'static [&'static str],
    /// Before and after any change of a list both are known to be held at the same time; if not, they may be while one takes
    /// the place of the other.
    pub holds_both: bool,
    /// Typed around the commands, on a device with this text.
    pub frame: fn(&Running) -> &'static Frame,
    /// Shows an interface.
    pub show_interface: fn(&str) -> String,
    /// Shows a list.
    pub show_list: fn(Family, &str) -> String,
    /// Shows everything.
    pub show: &'static str,
    /// Beginnings of lines inside an interface that a plan may add and take away.
    pub managed: &'static [&'static str],
    /// Beginnings of lines of which an interface has one, but for secondary ones.
    pub single: &'static [&'static str],
    /// The same at the top level. In a candidate: beginnings of statements, each with how many words name a unit.
    pub managed_top: &'static [&'static str],
}

impl Mechanism {
    /// The command that binds a list.
    #[must_use]
    pub fn binding(&self, family: Family, list: &str, direction: Direction) -> String {
        let line = format!("{} {list} {}", (self.bind)(family), self.way(direction));
        line.trim_end().to_owned()
    }

    /// What a line binds.
    #[must_use]
    pub fn bound<'l>(&self, line: &'l str) -> Option<(Family, &'l str, Direction)> {
        Family::BOTH.into_iter().find_map(|family| {
            let rest = line.strip_prefix((self.bind)(family))?.strip_prefix(' ')?;
            let (name, way) = match self.ways[0].is_empty() {
                true => (rest, ""),
                false => rest.rsplit_once(' ')?,
            };
            let directions = [Direction::In, Direction::Out];
            let direction = directions.into_iter().find(|&d| self.way(d) == way)?;
            (!name.contains(' ')).then_some((family, name, direction))
        })
    }

    fn way(&self, direction: Direction) -> &'static str {
        match direction {
            Direction::In => self.ways[0],
            Direction::Out => self.ways[1],
        }
    }

    /// The first line of a list.
    #[must_use]
    pub fn header(&self, family: Family, list: &str) -> String {
        format!("{}{list}", (self.list)(family))
    }

    /// The line that takes another away.
    #[must_use]
    pub fn without(&self, line: &str) -> String {
        format!("{} {line}", self.no)
    }

    /// The beginning of a line of which an interface has one.
    #[must_use]
    pub fn only(&self, line: &str) -> Option<&'static str> {
        let mut starts = self.single.iter();
        let start = starts.find(|start| line.starts_with(**start))?;
        (!line.ends_with(" secondary") && !line.ends_with(" sub")).then_some(*start)
    }

    fn is_list(&self, header: &str) -> bool {
        let starts = Family::BOTH.map(|family| (self.list)(family));
        starts.iter().any(|start| header.starts_with(start))
    }

    /// What a line takes away, if it takes anything away.
    fn gone<'l>(&self, line: &'l str) -> Option<&'l str> {
        line.strip_prefix(self.no)?.strip_prefix(' ')
    }
}

/// A text that commands change as it is.
#[must_use]
pub fn as_it_is(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A line and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// The line, without blanks at its end.
    pub header: String,
    /// Lines below, trimmed.
    pub lines: Vec<String>,
}

impl Block {
    /// A line with nothing below it.
    #[must_use]
    pub fn line(header: &str) -> Block {
        Block {
            header: header.to_owned(),
            lines: Vec::new(),
        }
    }

    /// As it is typed. What a loader reads from its input is typed as it is.
    #[must_use]
    pub fn typed(&self) -> Vec<String> {
        let loaded = self.header == LOAD;
        let indent = if loaded { "" } else { " " };
        let below = self.lines.iter().map(|line| format!("{indent}{line}"));
        let end = loaded.then(|| ruleset::LOADED.to_owned());
        let all = std::iter::once(self.header.clone()).chain(below);
        all.chain(end).collect()
    }
}

/// A device that is put in or taken out as a whole; its texts are [`OUT`] and names of sides that the caller reads.
pub static EXCHANGE: Mechanism = Mechanism {
    form: Form::Exchange,
    normal: as_it_is,
    place: "",
    list: |_| "",
    bind: |_| "",
    ways: ["", ""],
    sequence: |_| "",
    deny_all: |_| "",
    no: "",
    marks: ["", ""],
    rebind: Rebind::Replaces,
    readdress: Rebind::Replaces,
    transient: |_| Transient {
        fact: "",
        meanwhile: Meanwhile::EitherList,
    },
    leans: &[],
    holds_both: false,
    frame: |_| &NO_FRAME,
    show_interface: |_| String::new(),
    show_list: |_, _| String::new(),
    show: "",
    managed: &[],
    single: &[],
    managed_top: &[],
};

/// Nothing is typed around the commands.
pub static NO_FRAME: Frame = Frame {
    before: &[],
    after: &[],
    confirm: &[],
};

/// The text of a device that is not there.
pub const OUT: &str = "out";
