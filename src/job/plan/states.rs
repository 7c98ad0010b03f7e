//! The states that a plan goes through, one after the other, as devices: for running them.

use super::sides::pairs;
use super::{Asked, PlanOutcome, site};
use crate::base::{Diagnostic, SourceMap};
use crate::job::{Job, Options};
use crate::plan::{Judged, Site, taking_effect};
use crate::text;
use crate::topo::Named;
use crate::vendor::live::Running;
use crate::verify::states::Property;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A state of a change.
pub struct State {
    /// Its devices, in the same order in every state.
    pub devices: Vec<Arc<Named>>,
    /// Their texts, by name.
    pub texts: BTreeMap<String, String>,
    /// The plan says that packets may get through here.
    pub leaks: bool,
    /// The plan says that packets may be lost here.
    pub loses: bool,
}

/// Types the steps of a plan, command by command as they take effect; the first state is OLD.
///
/// # Errors
/// As [`super::plan`].
pub fn states(
    sources: &SourceMap,
    asked: &Asked<'_>,
    outcome: &PlanOutcome,
    options: &Options,
) -> Job<Vec<State>> {
    let both = pairs(sources, asked, options)?;
    let sites: Vec<Site<'_>> = both.iter().map(site).collect();
    let mut texts: Vec<Running> = sites.iter().map(|site| site.old.clone()).collect();
    let mut states = vec![state(&sites, &texts, None)];
    for judged in &outcome.steps {
        let here = judged.step.site;
        for commands in taking_effect(sites[here].mechanism.form, &judged.step.commands) {
            texts[here].apply(&commands).map_err(|wrong| {
                let wrong = text!("plan-cannot-type", line = wrong.0);
                vec![Diagnostic::error(wrong)]
            })?;
            states.push(state(&sites, &texts, Some(judged)));
        }
    }
    Ok(states)
}

fn state(sites: &[Site<'_>], texts: &[Running], judged: Option<&Judged>) -> State {
    let each = sites.iter().zip(texts);
    let devices = each.clone().map(|(site, text)| {
        Arc::new(Named {
            name: site.name.clone(),
            device: (site.read)(&text.text()),
        })
    });
    let lacks = |properties: &[Property]| {
        let mut breaches = judged.into_iter().flat_map(|one| &one.breaches);
        breaches.any(|breach| properties.contains(&breach.property))
    };
    State {
        devices: devices.collect(),
        texts: each
            .map(|(site, text)| (site.name.clone(), text.text()))
            .collect(),
        leaks: lacks(&[Property::Safe]),
        loses: lacks(&[Property::Live, Property::Manageable])
            || judged.is_some_and(|one| one.outage.is_some()),
    }
}
