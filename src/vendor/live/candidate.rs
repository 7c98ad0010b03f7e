//! A text of `set` lines, changed by `set` and `delete` lines that take effect together.

use super::{Block, CannotApply};

const SET: &str = "set ";
const DELETE: &str = "delete ";

/// One statement a block.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    text.lines().map(Block::line).collect()
}

/// The statements.
pub(super) fn text(blocks: &[Block]) -> String {
    blocks.iter().map(|b| format!("{}\n", b.header)).collect()
}

/// Types one line. What is deleted takes along what stands below it.
pub(super) fn apply(blocks: &mut Vec<Block>, command: &Block) -> Result<(), CannotApply> {
    let wrong = || Err(CannotApply(command.header.clone()));
    if let Some(path) = command.header.strip_prefix(DELETE) {
        let before = blocks.len();
        blocks.retain(|block| !below(block, path));
        return if blocks.len() < before {
            Ok(())
        } else {
            wrong()
        };
    }
    if !command.header.starts_with(SET) || !command.lines.is_empty() {
        return wrong();
    }
    if blocks.iter().all(|block| block.header != command.header) {
        blocks.push(command.clone());
    }
    Ok(())
}

fn below(block: &Block, path: &str) -> bool {
    let words = block.header.strip_prefix(SET).unwrap_or_default();
    let rest = words.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The statements that belong together: a filter, a unit of an interface, else by their first two words.
#[must_use]
pub fn unit(line: &str) -> Vec<&str> {
    let words: Vec<&str> = line.split(' ').skip(1).collect();
    let several = match words.as_slice() {
        ["firewall", "family", _, "filter", ..] => 5,
        ["firewall", "filter", ..] => 3,
        ["interfaces", _, "unit", ..] => 4,
        _ => 2,
    };
    words.into_iter().take(several).collect()
}

/// Terms keep their order inside a filter; nothing else has one.
pub(super) fn order(a: &Block, b: &Block) -> std::cmp::Ordering {
    let (left, right) = (unit(&a.header), unit(&b.header));
    let ordered = left.first() == Some(&"firewall");
    left.cmp(&right).then_with(|| match ordered {
        true => std::cmp::Ordering::Equal,
        false => a.header.cmp(&b.header),
    })
}
