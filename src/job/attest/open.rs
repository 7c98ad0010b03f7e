//! Open facts that claims hang on: what a test of the device would settle, and the statement for it.

use super::network;
use crate::acl::Question;
use crate::base::Lang;
use crate::base::text::Arg;
use crate::model::{Policy, Switch};
use crate::syntax::quoted;
use crate::topo::Named;
use crate::vendor::by_id;
use crate::verify::ClaimResult;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A vendor fact that claims hang on and a site could settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFact {
    /// `dialect/fact`.
    pub id: String,
    /// The question in words.
    pub says: Arg,
    /// What would settle it for good.
    pub settle: Option<String>,
    /// Claims that it alone decides.
    pub decides: Vec<String>,
    /// Claims that hang on more than this.
    pub together: Vec<String>,
    /// The statement that would settle it, in the spelling of the policy.
    pub line: String,
}

/// Claims that a fact alone decides, and those that hang on more.
type Hanging = (Vec<String>, Vec<String>);

/// The open facts among the questions of claims.
#[must_use]
pub(in crate::job) fn open_facts(
    policy: &Policy,
    devices: &[Arc<Named>],
    claims: &[ClaimResult],
    lang: Lang,
) -> Vec<OpenFact> {
    let mut found: BTreeMap<(&str, &str), Hanging> = BTreeMap::new();
    for claim in claims {
        for question in &claim.questions {
            if let Question::Fact { dialect, id } = question {
                let (decides, together) = found.entry((dialect, id)).or_default();
                let alone = claim.questions.len() == 1 && claim.reason.is_none();
                let list = if alone { decides } else { together };
                list.push(claim.id.clone());
            }
        }
    }
    let open = |((dialect, id), (decides, together))| {
        let facts = by_id(dialect)?.facts();
        let fact = facts.facts.get(id)?;
        Some(OpenFact {
            id: format!("{dialect}/{id}"),
            says: fact.words(),
            settle: fact.settle.clone(),
            decides,
            together,
            line: line(policy, devices, dialect, id, lang),
        })
    };
    found.into_iter().filter_map(open).collect()
}

/// `assume fact ID [switch NAMES] = yes because "..."`
fn line(policy: &Policy, devices: &[Arc<Named>], dialect: &str, id: &str, lang: Lang) -> String {
    let asks = |named: &Named| {
        named.device.dialect == dialect
            && named
                .device
                .questions()
                .iter()
                .any(|q| matches!(q, Question::Fact { id: other, .. } if other == id))
    };
    let of = policy
        .network
        .switches
        .iter()
        .filter(|s| s.dialect == dialect);
    let (asked, others): (Vec<&Switch>, Vec<&Switch>) = of.partition(|switch| {
        let name = &switch.label.name;
        devices
            .iter()
            .any(|named| named.name == *name && asks(named))
    });
    let models: BTreeSet<&Option<String>> = asked.iter().map(|switch| &switch.model).collect();
    let names = asked.iter().map(|s| quoted(&s.label.name));
    let names = names.collect::<Vec<_>>().join(", ");
    let switches = match !others.is_empty() && !asked.is_empty() || models.len() > 1 {
        true => format!(" switch {names}"),
        false => String::new(),
    };
    let said = format!("assume fact {dialect}/{id}{switches} = yes because");
    format!("{} \"...\"", network::spelt(&said, lang))
}
