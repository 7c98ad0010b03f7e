//! The states that a unit of steps goes through, and what each lacks.

use super::changes::Unit;
use super::search::{Outcome, Search};
use super::{Judged, Step, What};
use crate::acl::{Ace, Acl, Action};
use crate::device::Device;
use crate::net::{Family, Match};
use crate::topo::Named;
use crate::vendor::live::{Block, Form, Meanwhile, Running};
use crate::verify::Verdict;
use crate::verify::states::{Breach, Property};
use std::sync::Arc;

/// What a state takes of the devices' tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// It fits, or nobody knows how much there is.
    Enough,
    /// It does not.
    TooLittle,
}

/// Whether a state fits.
pub type Fits<'a> = &'a dyn Fn(&[Arc<Named>]) -> Room;

impl Search<'_, '_> {
    pub(super) fn devices(&self, texts: &[Running]) -> Vec<Arc<Named>> {
        let each = self.sites.iter().zip(texts);
        let read = |(site, text): (&super::Site<'_>, &Running)| {
            Arc::new(Named {
                name: site.name.clone(),
                device: (site.read)(&text.text()),
            })
        };
        each.map(read).collect()
    }

    /// Types a unit and judges every state it goes through.
    pub(super) fn unit(
        &mut self,
        texts: &mut [Running],
        unit: &Unit,
        unfinished: &[usize],
    ) -> Result<Vec<Judged>, Outcome> {
        let names: Vec<&str> = unfinished
            .iter()
            .map(|&site| self.sites[site].name.as_str())
            .collect();
        let mut out = Vec::new();
        for step in &unit.steps {
            let mut breaches: Vec<Breach> = Vec::new();
            let before = self.devices(texts);
            let (site, text) = (&self.sites[step.site], texts[step.site].clone());
            for commands in taking_effect(site.mechanism.form, &step.commands) {
                texts[step.site].apply(&commands)?;
                self.one_state(&self.devices(texts), &names, &mut breaches)?;
            }
            let after = self.devices(texts);
            self.both_held(step, &before, &after, &mut breaches);
            let outage = self.transient(step, &text, &before, &after, &names, &mut breaches)?;
            out.push(Judged {
                step: step.clone(),
                breaches,
                outage,
            });
        }
        Ok(out)
    }

    fn one_state(
        &mut self,
        state: &[Arc<Named>],
        unfinished: &[&str],
        breaches: &mut Vec<Breach>,
    ) -> Result<(), Outcome> {
        self.budget = self.budget.saturating_sub(1);
        for breach in self.judge.state(state, unfinished)? {
            if !breaches.contains(&breach) {
                breaches.push(breach);
            }
        }
        if (self.fits)(state) == Room::TooLittle {
            breaches.push(does_not_fit(Verdict::Refuted));
        }
        Ok(())
    }

    /// While a list takes the place of another, the hardware may hold both.
    fn both_held(
        &self,
        step: &Step,
        before: &[Arc<Named>],
        after: &[Arc<Named>],
        breaches: &mut Vec<Breach>,
    ) {
        let certain = self.sites[step.site].mechanism.holds_both;
        let edited = matches!(step.what, What::Edit(_)) && !certain;
        let told = breaches.iter().any(|b| b.property == Property::Fits);
        if step.rewrites.is_empty() || edited || told {
            return;
        }
        let mut both = after.to_vec();
        hold(
            &mut Arc::make_mut(&mut both[step.site]).device,
            &before[step.site].device,
        );
        if (self.fits)(&both) == Room::TooLittle {
            breaches.push(does_not_fit(match certain {
                true => Verdict::Refuted,
                false => Verdict::Unknown,
            }));
        }
    }

    /// While hardware is rewritten: as the fact says, any entry of the list before or after may decide, the discard, or nothing
    /// at all. Both ends of that are states; the discard is an outage by itself.
    fn transient(
        &mut self,
        step: &Step,
        text: &Running,
        before: &[Arc<Named>],
        after: &[Arc<Named>],
        unfinished: &[&str],
        breaches: &mut Vec<Breach>,
    ) -> Result<Option<&'static str>, Outcome> {
        let mechanism = self.sites[step.site].mechanism;
        if step.rewrites.is_empty() {
            return Ok(None);
        }
        let transient = (mechanism.transient)(text);
        let leans = mechanism.leans.iter().copied().chain([transient.fact]);
        let open = leans.filter(|id| !(self.settled)(step.site, id));
        let open: Vec<&'static str> = open.collect();
        self.open.extend(open.iter().map(|id| (step.site, *id)));
        if open.contains(&transient.fact) {
            return Ok(None);
        }
        let device = &after[step.site].device;
        let mut lists = step.rewrites.iter();
        let carried = lists.any(|(family, list)| carries(device, *family, list));
        let fact = carried.then_some(transient.fact);
        let instead: fn(&mut Acl, Option<&Acl>) = match transient.meanwhile {
            Meanwhile::EitherList => return Ok(None),
            Meanwhile::Discard => return Ok(fact),
            Meanwhile::AnyEntryOrDiscard => permits_first,
            Meanwhile::Anything => permits_all,
        };
        let mut leaky = after.to_vec();
        let old = &before[step.site].device;
        let device = &mut Arc::make_mut(&mut leaky[step.site]).device;
        for acl in &mut device.acls {
            let rewritten =
                |(family, list): &(Family, String)| acl.family == *family && acl.name == *list;
            if step.rewrites.iter().any(rewritten) {
                let earlier = old
                    .acls
                    .iter()
                    .find(|o| o.family == acl.family && o.name == acl.name);
                instead(acl, earlier);
            }
        }
        let mut found = Vec::new();
        self.one_state(&leaky, unfinished, &mut found)?;
        let unsafe_ones = found.into_iter().filter(|b| b.property == Property::Safe);
        breaches.extend(unsafe_ones);
        let outage = transient.meanwhile == Meanwhile::AnyEntryOrDiscard;
        Ok(fact.filter(|_| outage))
    }
}

fn does_not_fit(verdict: Verdict) -> Breach {
    Breach {
        property: Property::Fits,
        verdict,
        between: Default::default(),
        flow: None,
        because: Vec::new(),
    }
}

/// Commands in the groups in which they take effect: line by line, or all at once.
#[must_use]
pub fn taking_effect(form: Form, commands: &[Block]) -> Vec<Vec<Block>> {
    match form {
        Form::Lines => lines(commands).into_iter().map(|line| vec![line]).collect(),
        Form::Candidate | Form::Ruleset | Form::Exchange => vec![commands.to_vec()],
    }
}

/// Each line of some commands by itself.
fn lines(commands: &[Block]) -> Vec<Block> {
    let each =
        commands.iter().flat_map(
            |block| match block.lines.iter().any(|l| l.starts_with(' ')) {
                // A nested block is typed as one: its inner lines mean nothing by themselves.
                true => vec![block.clone()],
                false if block.lines.is_empty() => vec![block.clone()],
                false => {
                    let one = |line: &String| Block {
                        header: block.header.clone(),
                        lines: vec![line.clone()],
                    };
                    block.lines.iter().map(one).collect()
                }
            },
        );
    each.collect()
}

/// Whether a list is bound to an interface that is up and carries its family.
fn carries(device: &Device, family: Family, list: &str) -> bool {
    device.interfaces.iter().any(|interface| {
        let here = interface.bindings.iter().any(|binding| {
            let acl = device.acls.get(binding.acl);
            acl.is_some_and(|acl| acl.family == family && acl.name == list)
        });
        here && interface.carries(family)
    })
}

/// Every permit of a list, before and after, stands in front of its other entries.
fn permits_first(acl: &mut Acl, before: Option<&Acl>) {
    let old = before.into_iter().flat_map(|acl| &acl.entries);
    let all: Vec<Ace> = old.chain(&acl.entries).cloned().collect();
    let (permits, others): (Vec<Ace>, Vec<Ace>) =
        all.into_iter().partition(|ace| ace.action != Action::Deny);
    acl.entries = permits.into_iter().chain(others).collect();
    acl.tail = vec![Ace::implicit(
        Action::Deny,
        vec![Match::any(acl.family)],
        "",
    )];
}

/// Nothing is filtered.
fn permits_all(acl: &mut Acl, _before: Option<&Acl>) {
    acl.entries = Vec::new();
    acl.tail = vec![Ace::implicit(
        Action::Permit,
        vec![Match::any(acl.family)],
        "",
    )];
}

/// Binds beside each list the one that it takes the place of, or its own former text.
fn hold(device: &mut Device, before: &Device) {
    for interface in &mut device.interfaces {
        let was = before.interfaces.iter().find(|i| i.name == interface.name);
        for old in was.into_iter().flat_map(|i| &i.bindings) {
            let acl = &before.acls[old.acl];
            let now = interface.binding(old.family, old.direction);
            if now.is_none_or(|now| same(&device.acls[now.acl], acl)) {
                continue;
            }
            device.acls.push(acl.clone());
            let mut held = old.clone();
            held.acl = device.acls.len() - 1;
            interface.bindings.push(held);
        }
    }
}

/// The same entries, wherever they stand in their texts.
fn same(a: &Acl, b: &Acl) -> bool {
    let texts = |acl: &Acl| -> Vec<String> { acl.entries.iter().map(|e| e.text.clone()).collect() };
    texts(a) == texts(b)
}

#[cfg(test)]
mod tests;
