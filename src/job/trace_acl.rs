//! `trace --acl`: one list, many packets (D12, D13). Binding, routes and effects play no part (D23).

use super::question::words;
use crate::acl::{Acl, Fate, decide};
use crate::base::suggest::nearest;
use crate::base::{Diagnostic, Text};
use crate::device::Device;
use crate::net::{Family, Flow};
use crate::text;

/// A list that is asked about: at most one per family, of the same name.
#[derive(Clone, Debug)]
pub struct Tracer {
    name: String,
    lists: Vec<Acl>,
}

/// What the list does with a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Permit, deny or unknown.
    pub fate: Fate,
    /// Line of the deciding entry; `None` for implicit entries and the end of the list.
    pub line: Option<u32>,
    /// The deciding entry as read.
    pub text: String,
    /// For unknown: the questions it hangs on.
    pub because: Vec<Text>,
}

impl Tracer {
    /// The lists of a name.
    ///
    /// # Errors
    /// If there is none; the nearest name is proposed.
    pub fn new(device: &Device, path: &str, name: &str) -> Result<Tracer, Box<Diagnostic>> {
        let lists: Vec<Acl> = device
            .acls
            .iter()
            .filter(|acl| acl.name == name)
            .cloned()
            .collect();
        if lists.is_empty() {
            return Err(Box::new(unknown_list(device, path, name)));
        }
        Ok(Tracer {
            name: name.to_owned(),
            lists,
        })
    }

    /// The fate of a packet.
    ///
    /// # Errors
    /// If the name belongs to a list of the other family only.
    pub fn answer(&self, flow: &Flow) -> Result<Answer, Text> {
        let family = flow.family();
        let acl = self
            .lists
            .iter()
            .find(|acl| acl.family == family)
            .ok_or_else(|| {
                text!(
                    "acl-other-family",
                    acl = &self.name,
                    family = family.digit().to_string()
                )
            })?;
        let decided = decide(acl, flow);
        let ace = acl.ace(decided.index);
        Ok(Answer {
            fate: decided.fate,
            line: ace.and_then(|ace| ace.line),
            text: ace.map(|ace| ace.text.clone()).unwrap_or_default(),
            because: decided.because.iter().map(words).collect(),
        })
    }

    /// The families of the lists, in order.
    #[must_use]
    pub fn families(&self) -> Vec<Family> {
        self.lists.iter().map(|acl| acl.family).collect()
    }
}

fn unknown_list(device: &Device, path: &str, name: &str) -> Diagnostic {
    let names = device.acls.iter().map(|acl| acl.name.as_str());
    let error = Diagnostic::error(text!("acl-unknown", acl = name, path = path));
    match nearest(name, names.clone()) {
        Some(near) => error.help(text!("acl-unknown-near", near = near)),
        None => {
            let mut all: Vec<&str> = names.collect();
            all.sort_unstable();
            all.dedup();
            match all.is_empty() {
                true => error.help(text!("acl-unknown-none")),
                false => error.help(text!("acl-unknown-all", names = shortened(&all))),
            }
        }
    }
}

/// The first names of many.
fn shortened(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let head: Vec<&str> = names.iter().copied().take(SHOWN).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", head.join(", "))
}
