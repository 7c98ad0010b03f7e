//! Rules that are loaded as one transaction, and commands of the system that stand around them in comments (`#@`).

use super::{Block, CannotApply};

/// Loads the rules that follow, up to [`LOADED`].
pub const LOAD: &str = "nft -f - <<'EOF'";
/// Ends them.
pub(super) const LOADED: &str = "EOF";

const COMMENT: &str = "#@ ";
const RULES: &str = "rules";

/// A block per command of the system, then one with all rules.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rules = Block::line(RULES);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    for line in lines {
        match line.strip_prefix(COMMENT) {
            Some(command) => blocks.push(Block::line(command.trim())),
            None => rules.lines.push(line.to_owned()),
        }
    }
    rules.lines = bare(&rules.lines);
    blocks.push(rules);
    blocks
}

/// Rules without what makes room for them when they are loaded: tables that are named without rules, and deleted.
fn bare(lines: &[String]) -> Vec<String> {
    let makes_room = |line: &String| {
        let top = line.starts_with("table ") && !line.contains('{');
        top || line.starts_with("delete table ") || line.starts_with("#!")
    };
    lines.iter().filter(|l| !makes_room(l)).cloned().collect()
}

/// The text of it.
pub(super) fn text(blocks: &[Block]) -> String {
    let (rules, system): (Vec<&Block>, Vec<&Block>) =
        blocks.iter().partition(|b| b.header == RULES);
    let commands = system.iter().map(|b| format!("{COMMENT}{}\n", b.header));
    let rules = rules.iter().flat_map(|block| &block.lines);
    let rules = rules.map(|line| format!("{line}\n"));
    let first = "#!/usr/sbin/nft -f\n".to_owned();
    std::iter::once(first)
        .chain(commands)
        .chain(rules)
        .collect()
}

/// Types one command.
pub(super) fn apply(blocks: &mut Vec<Block>, command: &Block) -> Result<(), CannotApply> {
    let wrong = || CannotApply(command.header.clone());
    if command.header == LOAD {
        let mut rules = blocks.iter_mut().filter(|block| block.header == RULES);
        let rules = rules.next().ok_or_else(wrong)?;
        rules.lines = bare(&command.lines);
        return Ok(());
    }
    let typed = &command.header;
    let at = |blocks: &[Block], line: &str| blocks.iter().position(|b| b.header == line);
    if let Some((key, _)) = setting(typed) {
        let is = |block: &&mut Block| setting(&block.header).is_some_and(|(k, _)| k == key);
        match blocks.iter_mut().find(is) {
            Some(known) => typed.clone_into(&mut known.header),
            None => blocks.insert(0, command.clone()),
        }
        return Ok(());
    }
    if typed.contains(" del ") {
        let there = reversed(typed).ok_or_else(wrong)?;
        let index = at(blocks, &there).ok_or_else(wrong)?;
        blocks.remove(index);
        return Ok(());
    }
    // What is there cannot be added, and what is not known cannot be typed.
    if reversed(typed).is_none() || at(blocks, typed).is_some() {
        return Err(wrong());
    }
    blocks.insert(blocks.len().saturating_sub(1), command.clone());
    Ok(())
}

/// Key and value of a kernel switch that is set.
fn setting(command: &str) -> Option<(&str, &str)> {
    command.strip_prefix("sysctl -w ")?.split_once('=')
}

/// Whether a command sets what the kernel has by itself (ip-sysctl of its documentation): it says nothing.
pub(super) fn says_nothing(block: &Block) -> bool {
    setting(&block.header).is_some_and(|(key, value)| key.ends_with(OFF_BY_ITSELF) && value == "0")
}

/// The end of a switch that is 0 for a new interface.
const OFF_BY_ITSELF: &str = ".disable_ipv6";

/// The command that takes another back, for those of which there is one where nothing was said before.
#[must_use]
pub fn reversed(command: &str) -> Option<String> {
    if let Some((key, _)) = setting(command) {
        return key
            .ends_with(OFF_BY_ITSELF)
            .then(|| format!("sysctl -w {key}=0"));
    }
    let known = ["ip address ", "ip route ", "ip -6 route "];
    let start = known.iter().find(|start| command.starts_with(**start))?;
    let rest = command.strip_prefix(start)?;
    match (rest.strip_prefix("add "), rest.strip_prefix("del ")) {
        (Some(rest), _) => Some(format!("{start}del {rest}")),
        (None, Some(rest)) => Some(format!("{start}add {rest}")),
        (None, None) => None,
    }
}

/// The rules of a text, as they are loaded in place of those of another: every table of either is made, so that it can be
/// deleted, deleted, and made again, in one transaction.
pub(super) fn load(from: &[Block], to: &[Block]) -> Block {
    let rules = |blocks: &[Block]| -> Vec<String> {
        let all = blocks.iter().filter(|block| block.header == RULES);
        all.flat_map(|block| block.lines.clone()).collect()
    };
    let (before, after) = (rules(from), rules(to));
    let mut tables: Vec<&str> = Vec::new();
    for line in before.iter().chain(&after) {
        let table = line.strip_suffix('{').map(str::trim_end);
        let table = table.filter(|line| line.starts_with("table "));
        tables.extend(table.filter(|name| !tables.contains(name)));
    }
    let room = tables
        .iter()
        .flat_map(|table| [(*table).to_owned(), format!("delete {table}")]);
    Block {
        header: LOAD.to_owned(),
        lines: room.chain(after.iter().cloned()).collect(),
    }
}
