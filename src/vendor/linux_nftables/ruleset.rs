//! Tables, chains, rules, sets: what stands in nft text, before any packet is asked about.
//!
//! In and out: plain data. Must not know: text, interfaces, lists.

use super::cond::Cond;
use super::token::Token;
use crate::net::Family;
use std::collections::BTreeMap;

/// Family and name of a table.
pub(super) type TableKey = (String, String);

/// Everything that was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Ruleset {
    pub(super) tables: BTreeMap<TableKey, Table>,
    /// Some expression makes the kernel track connections: datagrams are put together before they are filtered.
    pub(super) tracked: bool,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// In order of definition.
    pub(super) chains: Vec<Chain>,
    pub(super) sets: BTreeMap<String, Set>,
}

impl Table {
    /// A chain by name, made if it is missing.
    pub(super) fn chain(&mut self, name: &str, line: u32) -> &mut Chain {
        let known = self.chains.iter().position(|chain| chain.name == name);
        let index = known.unwrap_or_else(|| {
            self.chains.push(Chain {
                name: name.to_owned(),
                line,
                base: None,
                rules: Vec::new(),
            });
            self.chains.len() - 1
        });
        let chain = self.chains.get_mut(index);
        chain.expect("INVARIANT: found, or just pushed")
    }

    /// A chain by name.
    pub(super) fn find(&self, name: &str) -> Option<&Chain> {
        self.chains.iter().find(|chain| chain.name == name)
    }
}

/// A named set or map.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    /// Elements without the braces.
    pub(super) elements: Vec<Token>,
    /// Its contents come and go: what is in it is not in the text.
    pub(super) dynamic: bool,
}

/// A chain.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) name: String,
    pub(super) line: u32,
    /// Set if packets enter it by themselves.
    pub(super) base: Option<Base>,
    pub(super) rules: Vec<Rule>,
}

/// Where a base chain is hooked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) kind: String,
    pub(super) hook: String,
    pub(super) priority: i64,
    /// What happens at its end; `None` if that was not understood.
    pub(super) accept: Option<bool>,
}

/// What a rule does with a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accept,
    Drop,
    Return,
    Continue,
    Jump(String),
    Goto(String),
    /// Not modelled.
    Unread,
}

/// A condition on an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Iface {
    /// `oifname` rather than `iifname`.
    pub(super) out: bool,
    pub(super) negated: bool,
    /// Names; a trailing `*` stands for any rest.
    pub(super) names: Vec<String>,
}

impl Iface {
    /// Whether an interface of this name meets it.
    pub(super) fn meets(&self, name: &str) -> bool {
        let fits = |pattern: &String| match pattern.strip_suffix('*') {
            Some(head) => name.starts_with(head),
            None => name == pattern,
        };
        self.names.iter().any(fits) != self.negated
    }

    /// As printed, for questions.
    pub(super) fn shown(&self) -> String {
        let word = if self.out { "oifname" } else { "iifname" };
        let not = if self.negated { "!= " } else { "" };
        format!("{word} {not}{}", self.names.join(", "))
    }
}

/// Conditions that must all hold.
#[derive(Clone, Debug)]
pub(super) struct Test {
    /// On the header, by family.
    pub(super) header: [Cond; 2],
    pub(super) ifaces: Vec<Iface>,
}

impl Test {
    /// Met by every packet.
    pub(super) fn any() -> Test {
        Test {
            header: Family::BOTH.map(Cond::all),
            ifaces: Vec::new(),
        }
    }

    /// The condition on the header of a family.
    pub(super) fn of(&self, family: Family) -> &Cond {
        match family {
            Family::V4 => &self.header[0],
            Family::V6 => &self.header[1],
        }
    }
}

/// A rule: tests, then one outcome, or several for a verdict map.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) line: u32,
    /// As read, blanks folded, secrets masked.
    pub(super) text: String,
    pub(super) test: Test,
    pub(super) outcomes: Vec<(Test, Verdict)>,
    pub(super) log: bool,
    /// Changes addresses or ports (D23, class X).
    pub(super) rewrites: bool,
    /// Sends packets elsewhere (class R).
    pub(super) redirects: bool,
    /// A packet of a flow that met it once goes round the chains.
    pub(super) offloads: bool,
}
