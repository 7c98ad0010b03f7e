//! The text of a device, and what it is after some commands.

use super::{Block, Form, Mechanism, candidate, lines, ruleset};

/// A text as blocks.
#[derive(Clone, Debug)]
pub struct Running {
    mechanism: &'static Mechanism,
    /// In order; separators left out.
    pub blocks: Vec<Block>,
}

impl PartialEq for Running {
    fn eq(&self, other: &Running) -> bool {
        self.blocks == other.blocks
    }
}

/// Why commands cannot be applied to a text: our own plan is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannotApply(pub String);

impl Running {
    /// Cuts a text into blocks; `None` if part of it has no place in them.
    #[must_use]
    pub fn of(mechanism: &'static Mechanism, text: &str) -> Option<Running> {
        let text = (mechanism.normal)(text)?;
        let blocks = match mechanism.form {
            Form::Lines => lines::blocks(mechanism, &text),
            Form::Candidate => candidate::blocks(&text),
            Form::Ruleset => ruleset::blocks(&text),
            Form::Exchange => vec![Block::line(&text)],
        };
        Some(Running { mechanism, blocks })
    }

    /// A block by its header.
    #[must_use]
    pub fn block(&self, header: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.header == header)
    }

    /// Whether a line stands at the top.
    #[must_use]
    pub fn has(&self, header: &str) -> bool {
        self.block(header).is_some()
    }

    /// Whether a line outside of a block has a name among its words.
    #[must_use]
    pub fn names(&self, header: &str, name: &str) -> bool {
        let outside = self.blocks.iter().filter(|block| block.header != header);
        let mut lines =
            outside.flat_map(|block| std::iter::once(&block.header).chain(&block.lines));
        lines.any(|line| line.split_whitespace().any(|word| word == name))
    }

    /// The text of it.
    #[must_use]
    pub fn text(&self) -> String {
        match self.mechanism.form {
            Form::Lines => lines::text(self.mechanism, &self.blocks),
            Form::Candidate => candidate::text(&self.blocks),
            Form::Ruleset => ruleset::text(&self.blocks),
            Form::Exchange => self.blocks.iter().map(|b| b.header.clone()).collect(),
        }
    }

    /// The blocks with order only where it means something: inside lists.
    #[must_use]
    pub fn canonical(&self) -> Vec<Block> {
        let mut blocks = self.blocks.clone();
        match self.mechanism.form {
            Form::Lines => {
                for block in &mut blocks {
                    if !self.mechanism.is_list(&block.header) {
                        block.lines.sort();
                    }
                }
                let place = self.mechanism.place;
                blocks.retain(|b| !(b.lines.is_empty() && b.header.starts_with(place)));
                blocks.sort();
            }
            // Filters keep the order of their terms; filters among each other have none.
            Form::Candidate => blocks.sort_by(candidate::order),
            Form::Ruleset => {
                blocks.retain(|block| !ruleset::says_nothing(block));
                blocks.sort_by(|a, b| a.header.cmp(&b.header));
            }
            Form::Exchange => {}
        }
        blocks
    }

    /// Types some commands.
    ///
    /// # Errors
    /// What the device would refuse.
    pub fn apply(&mut self, commands: &[Block]) -> Result<(), CannotApply> {
        let mechanism = self.mechanism;
        commands
            .iter()
            .try_for_each(|command| match mechanism.form {
                Form::Lines => lines::apply(&mut self.blocks, mechanism, command),
                Form::Candidate => candidate::apply(&mut self.blocks, command),
                Form::Ruleset => ruleset::apply(&mut self.blocks, command),
                Form::Exchange => {
                    self.blocks = vec![command.clone()];
                    Ok(())
                }
            })
    }

    /// The rules of another text, as they are loaded in place of these in one transaction.
    #[must_use]
    pub fn load(&self, other: &Running) -> Block {
        ruleset::load(&self.blocks, &other.blocks)
    }
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
        let mut running = Running::of(ios, TEXT).unwrap();
        assert_eq!(Running::of(ios, &running.text()).unwrap(), running);
        let new = block(
            "ip access-list extended B",
            &["5 deny tcp any any", "10 permit ip any any"],
        );
        let there = [
            new,
            block("interface Vlan1", &["ip access-group B in", "no shutdown"]),
            block("no ip route 0.0.0.0 0.0.0.0 10.0.0.1", &[]),
        ];
        let before = running.canonical();
        running.apply(&there).unwrap();
        let face = running.block("interface Vlan1").unwrap();
        assert_eq!(
            face.lines,
            ["ip access-group B in"],
            "one command replaces the binding"
        );
        let mut address =
            Running::of(ios, "interface Vlan1\n ip address 10.0.0.1 255.255.255.0\n").unwrap();
        let another = block("interface Vlan1", &["ip address 10.0.0.2 255.255.255.0"]);
        address.apply(&[another]).unwrap();
        assert_eq!(address.blocks[0].lines.len(), 1, "so does an address");
        let back = [
            block("ip route 0.0.0.0 0.0.0.0 10.0.0.1", &[]),
            block("interface Vlan1", &["shutdown", "ip access-group A in"]),
            block("no ip access-list extended B", &[]),
        ];
        running.apply(&back).unwrap();
        assert_eq!(running.canonical(), before);
        assert!(
            running.apply(&back[2..]).is_err(),
            "what is not there cannot be removed"
        );
    }

    #[test]
    fn where_a_binding_cannot_be_replaced_the_device_refuses() {
        let ax = by_id("alaxala-ax").unwrap().mechanism().unwrap();
        let mut running = Running::of(ax, "interface vlan 1\n  ip access-group A in\n").unwrap();
        let rebind = block("interface vlan 1", &["ip access-group B in"]);
        assert!(running.apply(std::slice::from_ref(&rebind)).is_err());
        let unbind = block("interface vlan 1", &["no ip access-group A in"]);
        running.apply(&[unbind, rebind]).unwrap();
    }

    #[test]
    fn entries_go_where_their_number_says() {
        let ax = by_id("alaxala-ax").unwrap().mechanism().unwrap();
        let mut running = Running::of(ax,
            "ip access-list extended A\n  remark \"x\"\n  10 permit ip any any\n  20 deny ip any any\n",
        ).unwrap();
        let edit = block(
            "ip access-list extended A",
            &["15 permit tcp any any", "no 10"],
        );
        running.apply(&[edit]).unwrap();
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
