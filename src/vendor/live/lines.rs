//! A text of blocks, changed line by line: what IOS and its kin do.

use super::{Block, CannotApply, Mechanism, Rebind};

/// Cuts a text into blocks.
pub(super) fn blocks(mechanism: &Mechanism, text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let [mark, last] = mechanism.marks;
    // What stands deeper than the first line of a block belongs to that line, and keeps its blanks.
    let mut indent = 0;
    // After a mark of this kind a line stands for itself, whatever its blanks.
    let mut fresh = false;
    for line in text.lines() {
        let trimmed = line.trim();
        fresh |= line == "#";
        if trimmed.is_empty() || trimmed == mark || (!last.is_empty() && trimmed == last) {
            continue;
        }
        match (line.starts_with([' ', '\t']) && !fresh, blocks.last_mut()) {
            (true, Some(block)) => {
                let blanks = line.len() - line.trim_start().len();
                if block.lines.is_empty() {
                    indent = blanks;
                }
                let deeper = " ".repeat(blanks.saturating_sub(indent).min(8));
                block.lines.push(format!("{deeper}{trimmed}"));
            }
            _ => match mechanism.gone(trimmed) {
                // A text that is made to be loaded takes its lists away first.
                Some(list) if mechanism.is_list(list) => {
                    blocks.retain(|block| block.header != list);
                }
                _ => blocks.push(Block::line(trimmed)),
            },
        }
        fresh = false;
    }
    blocks
}

/// The text of blocks.
pub(super) fn text(mechanism: &Mechanism, blocks: &[Block]) -> String {
    let [mark, last] = mechanism.marks;
    let each = blocks.iter().flat_map(|block| {
        let mut lines = block.typed();
        lines.push(mark.to_owned());
        lines
    });
    let end = (!last.is_empty()).then(|| last.to_owned());
    each.chain(end).map(|line| line + "\n").collect()
}

/// Types a line with what stands below it.
pub(super) fn apply(
    blocks: &mut Vec<Block>,
    mechanism: &Mechanism,
    command: &Block,
) -> Result<(), CannotApply> {
    if let Some(header) = mechanism.gone(&command.header) {
        let before = blocks.len();
        blocks.retain(|block| block.header != header);
        return match blocks.len() < before {
            true => Ok(()),
            false => Err(CannotApply(command.header.clone())),
        };
    }
    let at = match blocks.iter().position(|b| b.header == command.header) {
        Some(at) => at,
        None => insert(blocks, &command.header),
    };
    let list = mechanism.is_list(&command.header);
    let Some(block) = blocks.get_mut(at) else {
        return Err(CannotApply(command.header.clone()));
    };
    command.lines.iter().try_for_each(|line| match list {
        true => entry(mechanism, block, line),
        false => setting(mechanism, block, line),
    })
}

/// Puts a block after the last of its kind.
fn insert(blocks: &mut Vec<Block>, header: &str) -> usize {
    let kind = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    let same = blocks.iter().rposition(|b| kind(&b.header) == kind(header));
    let at = same.map_or(blocks.len(), |at| at + 1);
    blocks.insert(at, Block::line(header));
    at
}

/// The number of an entry, and what follows.
#[must_use]
pub fn numbered(line: &str) -> Option<(u32, &str)> {
    let bare = ["sequence ", "rule "]
        .iter()
        .find_map(|word| line.strip_prefix(word));
    let (number, rest) = bare.unwrap_or(line).split_once(' ')?;
    Some((number.parse().ok()?, rest))
}

/// Whether an entry only says something to people.
#[must_use]
pub fn is_remark(body: &str) -> bool {
    ["remark", "comment"]
        .iter()
        .any(|word| body.starts_with(word))
}

/// A line typed inside a list.
fn entry(mechanism: &Mechanism, block: &mut Block, line: &str) -> Result<(), CannotApply> {
    if let Some(gone) = mechanism.gone(line) {
        let number = gone.rsplit(' ').next().and_then(|n| n.parse::<u32>().ok());
        let before = block.lines.len();
        let is = |line: &String| numbered(line).map(|(n, _)| n) == number && number.is_some();
        block.lines.retain(|line| !is(line));
        return match block.lines.len() < before {
            true => Ok(()),
            false => Err(CannotApply(line.to_owned())),
        };
    }
    let Some((number, body)) = numbered(line) else {
        block.lines.push(line.to_owned());
        return Ok(());
    };
    // A remark may carry the number of the entry beside it; another entry may not.
    let taken = |known: &String| {
        let other = numbered(known).filter(|(n, _)| *n == number);
        other.is_some_and(|(_, old)| !is_remark(old) && !is_remark(body))
    };
    if block.lines.iter().any(taken) {
        return Err(CannotApply(line.to_owned()));
    }
    let later = |line: &String| numbered(line).is_some_and(|(n, _)| n > number);
    let at = block.lines.iter().position(later);
    block
        .lines
        .insert(at.unwrap_or(block.lines.len()), line.to_owned());
    Ok(())
}

/// A line typed inside an interface.
fn setting(mechanism: &Mechanism, block: &mut Block, line: &str) -> Result<(), CannotApply> {
    if let Some(gone) = mechanism.gone(line) {
        let before = block.lines.len();
        block.lines.retain(|line| line != gone);
        // What is off by itself is switched on in words.
        if block.lines.len() == before && gone == "shutdown" {
            block.lines.push(line.to_owned());
        } else if block.lines.len() == before {
            return Err(CannotApply(line.to_owned()));
        }
        return Ok(());
    }
    if block.lines.iter().any(|known| known == line) {
        return Ok(());
    }
    let opposite = mechanism.without(line);
    if block.lines.contains(&opposite) {
        block.lines.retain(|known| *known != opposite);
        return Ok(());
    }
    let place = |line: &str| {
        let (family, _, direction) = mechanism.bound(line)?;
        Some((family, direction))
    };
    let same = |known: &str| place(line).is_some() && place(known) == place(line);
    if let Some(old) = block.lines.iter_mut().find(|known| same(known)) {
        match mechanism.rebind {
            Rebind::Replaces => line.clone_into(old),
            Rebind::UnbindFirst => return Err(CannotApply(line.to_owned())),
            Rebind::Beside => block.lines.push(line.to_owned()),
        }
        return Ok(());
    }
    let alike = |known: &String| {
        let start = mechanism.only(known);
        start.is_some() && mechanism.only(line) == start
    };
    if let Some(old) = block.lines.iter_mut().find(|known| alike(known)) {
        if mechanism.readdress != Rebind::Replaces {
            return Err(CannotApply(line.to_owned()));
        }
        line.clone_into(old);
        return Ok(());
    }
    block.lines.push(line.to_owned());
    Ok(())
}
