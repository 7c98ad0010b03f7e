//! How a list is changed on a device that carries traffic, and what a text is after some commands.
//!
//! In: a text and commands as they are typed. Out: the text that the device would then print, to be read like any other.
//! What a dialect does differently is data ([`Mechanism`]); one without it cannot be planned for, and says so.

use crate::acl::Direction;
use crate::net::Family;

/// What becomes of the list that was bound when another is bound in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebind {
    /// One command replaces the binding.
    Replaces,
    /// The old binding must be taken away first; in between nothing is filtered.
    UnbindFirst,
}

/// What packets meet while the hardware is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transient {
    /// The fact of this id says that it is either the old list or the new one; while it is open, nobody knows.
    None(&'static str),
    /// The fact of this id says that any other entry, or the discard, may decide.
    AnyEntryOrDiscard(&'static str),
}

/// The safest way to change a list, and its words.
#[derive(Debug)]
pub struct Mechanism {
    /// First words of a list, by family.
    pub list: fn(Family) -> &'static str,
    /// First words of a binding, by family.
    pub bind: fn(Family) -> &'static str,
    /// Words between a sequence number and the start of the line (`sequence`), by family.
    pub sequence: fn(Family) -> &'static str,
    /// Rebinding.
    pub rebind: Rebind,
    /// While hardware is rewritten.
    pub transient: Transient,
    /// Typed before and after the commands.
    pub frame: (&'static [&'static str], &'static [&'static str]),
    /// Shows an interface.
    pub show_interface: fn(&str) -> String,
    /// Shows a list.
    pub show_list: fn(Family, &str) -> String,
    /// Beginnings of lines inside an interface that a plan may add and take away.
    pub managed: &'static [&'static str],
    /// The same at the top level.
    pub managed_top: &'static [&'static str],
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

    /// As it is typed.
    #[must_use]
    pub fn typed(&self) -> Vec<String> {
        let below = self.lines.iter().map(|line| format!(" {line}"));
        std::iter::once(self.header.clone()).chain(below).collect()
    }
}

/// A text as blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// In order; separators left out.
    pub blocks: Vec<Block>,
}

/// Why commands cannot be applied to a text: our own plan is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannotApply(pub String);

impl Running {
    /// Cuts a text into blocks.
    #[must_use]
    pub fn of(text: &str) -> Running {
        let mut blocks: Vec<Block> = Vec::new();
        // What stands deeper than the first line of a block belongs to that line, and keeps its blanks.
        let mut indent = 0;
        for line in text.lines() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed == "!" || trimmed == "end" {
                continue;
            }
            match (line.starts_with([' ', '\t']), blocks.last_mut()) {
                (true, Some(block)) => {
                    let blanks = line.len() - line.trim_start().len();
                    if block.lines.is_empty() {
                        indent = blanks;
                    }
                    let deeper = " ".repeat(blanks.saturating_sub(indent).min(8));
                    block.lines.push(format!("{deeper}{trimmed}"));
                }
                _ => blocks.push(Block::line(trimmed)),
            }
        }
        Running { blocks }
    }

    /// A block by its header.
    #[must_use]
    pub fn block(&self, header: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.header == header)
    }

    /// The text of it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            out.push_str(&block.typed().join("\n"));
            out.push_str("\n!\n");
        }
        out.push_str("end\n");
        out
    }

    /// The blocks with order only where it means something: inside lists.
    #[must_use]
    pub fn canonical(&self, mechanism: &Mechanism) -> Vec<Block> {
        let mut blocks = self.blocks.clone();
        for block in &mut blocks {
            if !is_list(mechanism, &block.header) {
                block.lines.sort();
            }
        }
        blocks.retain(|block| !(block.lines.is_empty() && block.header.starts_with("interface ")));
        blocks.sort();
        blocks
    }

    /// Types some commands.
    ///
    /// # Errors
    /// What the device would refuse.
    pub fn apply(&mut self, mechanism: &Mechanism, commands: &[Block]) -> Result<(), CannotApply> {
        commands
            .iter()
            .try_for_each(|block| self.one(mechanism, block))
    }

    fn one(&mut self, mechanism: &Mechanism, command: &Block) -> Result<(), CannotApply> {
        if let Some(header) = command.header.strip_prefix("no ") {
            let before = self.blocks.len();
            self.blocks.retain(|block| block.header != header);
            return match self.blocks.len() < before {
                true => Ok(()),
                false => Err(CannotApply(command.header.clone())),
            };
        }
        let at = match self.blocks.iter().position(|b| b.header == command.header) {
            Some(at) => at,
            None => self.insert(&command.header),
        };
        let list = is_list(mechanism, &command.header);
        let Some(block) = self.blocks.get_mut(at) else {
            return Err(CannotApply(command.header.clone()));
        };
        command.lines.iter().try_for_each(|line| match list {
            true => entry(block, line),
            false => setting(mechanism, block, line),
        })
    }

    /// Puts a block after the last of its kind.
    fn insert(&mut self, header: &str) -> usize {
        let kind = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
        let same = self
            .blocks
            .iter()
            .rposition(|b| kind(&b.header) == kind(header));
        let at = same.map_or(self.blocks.len(), |at| at + 1);
        self.blocks.insert(at, Block::line(header));
        at
    }
}

fn is_list(mechanism: &Mechanism, header: &str) -> bool {
    Family::BOTH
        .iter()
        .any(|&family| header.starts_with((mechanism.list)(family)))
}

/// The number of an entry, and what follows.
#[must_use]
pub fn numbered(line: &str) -> Option<(u32, &str)> {
    let line = line.strip_prefix("sequence ").unwrap_or(line);
    let (number, rest) = line.split_once(' ')?;
    Some((number.parse().ok()?, rest))
}

/// A line typed inside a list.
fn entry(block: &mut Block, line: &str) -> Result<(), CannotApply> {
    if let Some(gone) = line.strip_prefix("no ") {
        let number: Option<u32> = gone.trim_start_matches("sequence ").parse().ok();
        let before = block.lines.len();
        let is = |line: &String| numbered(line).map(|(n, _)| n) == number && number.is_some();
        block.lines.retain(|line| !is(line));
        return match block.lines.len() < before {
            true => Ok(()),
            false => Err(CannotApply(line.to_owned())),
        };
    }
    let Some((number, _)) = numbered(line) else {
        block.lines.push(line.to_owned());
        return Ok(());
    };
    // A remark may carry the number of the entry below it.
    let later = |line: &String| numbered(line).is_some_and(|(n, _)| n > number);
    let at = block.lines.iter().position(later);
    block
        .lines
        .insert(at.unwrap_or(block.lines.len()), line.to_owned());
    Ok(())
}

/// A line typed inside an interface.
fn setting(mechanism: &Mechanism, block: &mut Block, line: &str) -> Result<(), CannotApply> {
    if let Some(gone) = line.strip_prefix("no ") {
        let before = block.lines.len();
        block.lines.retain(|line| line != gone);
        return match block.lines.len() < before {
            true => Ok(()),
            false => Err(CannotApply(line.to_owned())),
        };
    }
    if block.lines.iter().any(|known| known == line) {
        return Ok(());
    }
    let binding = |line: &str| {
        Family::BOTH.into_iter().find_map(|family| {
            let rest = line.strip_prefix((mechanism.bind)(family))?;
            Some((family, rest.rsplit(' ').next()?.to_owned()))
        })
    };
    if let Some(key) = binding(line)
        && let Some(old) = block
            .lines
            .iter_mut()
            .find(|l| binding(l).as_ref() == Some(&key))
    {
        if mechanism.rebind == Rebind::UnbindFirst {
            return Err(CannotApply(line.to_owned()));
        }
        line.clone_into(old);
        return Ok(());
    }
    block.lines.push(line.to_owned());
    Ok(())
}

/// The command that binds a list.
#[must_use]
pub fn binding(mechanism: &Mechanism, family: Family, list: &str, direction: Direction) -> String {
    format!("{} {list} {}", (mechanism.bind)(family), direction.word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendor::by_id;

    const TEXT: &str = "interface Vlan1\n ip access-group A in\n shutdown\n!\nip access-list extended A\n 10 permit ip any any\n 20 deny ip any any\n!\nip route 0.0.0.0 0.0.0.0 10.0.0.1\nend\n";

    fn block(header: &str, lines: &[&str]) -> Block {
        Block {
            header: header.to_owned(),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    #[test]
    fn commands_and_their_undoing_restore_the_text() {
        let ios = by_id("cisco-ios-xe").unwrap().mechanism().unwrap();
        let mut running = Running::of(TEXT);
        assert_eq!(Running::of(&running.text()), running);
        let new = block(
            "ip access-list extended B",
            &["5 deny tcp any any", "10 permit ip any any"],
        );
        let there = [
            new,
            block("interface Vlan1", &["ip access-group B in", "no shutdown"]),
            block("no ip route 0.0.0.0 0.0.0.0 10.0.0.1", &[]),
        ];
        let before = running.canonical(ios);
        running.apply(ios, &there).unwrap();
        let face = running.block("interface Vlan1").unwrap();
        assert_eq!(
            face.lines,
            ["ip access-group B in"],
            "one command replaces the binding"
        );
        let back = [
            block("ip route 0.0.0.0 0.0.0.0 10.0.0.1", &[]),
            block("interface Vlan1", &["shutdown", "ip access-group A in"]),
            block("no ip access-list extended B", &[]),
        ];
        running.apply(ios, &back).unwrap();
        assert_eq!(running.canonical(ios), before);
        assert!(
            running.apply(ios, &back[2..]).is_err(),
            "what is not there cannot be removed"
        );
    }

    #[test]
    fn where_a_binding_cannot_be_replaced_the_device_refuses() {
        let ax = by_id("alaxala-ax").unwrap().mechanism().unwrap();
        let mut running = Running::of("interface vlan 1\n  ip access-group A in\n");
        let rebind = block("interface vlan 1", &["ip access-group B in"]);
        assert!(running.apply(ax, std::slice::from_ref(&rebind)).is_err());
        let unbind = block("interface vlan 1", &["no ip access-group A in"]);
        running.apply(ax, &[unbind, rebind]).unwrap();
    }

    #[test]
    fn entries_go_where_their_number_says() {
        let ax = by_id("alaxala-ax").unwrap().mechanism().unwrap();
        let mut running = Running::of(
            "ip access-list extended A\n  remark \"x\"\n  10 permit ip any any\n  20 deny ip any any\n",
        );
        let edit = block(
            "ip access-list extended A",
            &["15 permit tcp any any", "no 10"],
        );
        running.apply(ax, &[edit]).unwrap();
        let lines = &running.block("ip access-list extended A").unwrap().lines;
        assert_eq!(
            *lines,
            [
                "remark \"x\"",
                "15 permit tcp any any",
                "20 deny ip any any"
            ]
        );
    }
}
