//! Which claims lean on what a site attests about its devices (D49): those that come out otherwise without it.

use super::Report;
use super::check::Options;
use super::evaluate::Asked;
use super::replay::OurBug;
use super::seen::Seen;
use super::world::World;
use crate::acl::Reading;
use crate::base::Text;
use crate::model::{ClaimKind, Policy};
use crate::topo::Named;
use jiff::civil::Date;
use std::sync::Arc;

/// An attestation, and the devices as they are without it.
#[derive(Clone, Debug)]
pub struct Without {
    /// In words.
    pub words: Text,
    /// Every claim about packets leans on it.
    pub everywhere: bool,
    /// The devices without it.
    pub devices: Vec<Arc<Named>>,
}

/// Adds to each claim the attestations that it leans on; `none` are the devices without any of them.
///
/// # Errors
/// [`OurBug`] if a witness does not replay.
pub fn lean(
    policy: &Policy,
    at: Date,
    (each, none): (&[Without], &[Arc<Named>]),
    report: &mut Report,
    options: &Options,
) -> Result<(), OurBug> {
    let everywhere = each.iter().filter(|without| without.everywhere);
    for without in everywhere {
        let about_packets = policy.claims.iter().zip(&mut report.claims);
        let about_packets =
            about_packets.filter(|(claim, _)| !matches!(claim.kind, ClaimKind::Filtered { .. }));
        about_packets.for_each(|(_, result)| result.assumptions.push(without.words.clone()));
    }
    let each: Vec<&Without> = each.iter().filter(|without| !without.everywhere).collect();
    if each.is_empty() {
        return Ok(());
    }
    let all: Vec<usize> = (0..policy.claims.len()).collect();
    let changed = changed(policy, at, none, &all, report, options)?;
    let alone = each
        .iter()
        .map(|without| changed_by(policy, at, without, &changed, report, options, each.len()));
    let alone: Vec<Vec<usize>> = alone.collect::<Result<_, _>>()?;
    for &claim in &changed {
        let by_any = alone.iter().any(|claims| claims.contains(&claim));
        for (without, claims) in each.iter().zip(&alone) {
            // What no single one decides, all of them hold up together.
            if claims.contains(&claim) || !by_any {
                let texts = &mut report.claims[claim].assumptions;
                texts.push(without.words.clone());
            }
        }
    }
    Ok(())
}

fn changed_by(
    policy: &Policy,
    at: Date,
    without: &Without,
    claims: &[usize],
    report: &Report,
    options: &Options,
    of: usize,
) -> Result<Vec<usize>, OurBug> {
    match of {
        1 => Ok(claims.to_vec()),
        _ => changed(policy, at, &without.devices, claims, report, options),
    }
}

/// The claims that come out otherwise on these devices.
fn changed(
    policy: &Policy,
    at: Date,
    devices: &[Arc<Named>],
    claims: &[usize],
    report: &Report,
    options: &Options,
) -> Result<Vec<usize>, OurBug> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let world = World::new(policy, at, devices, &Reading::new());
    let asked: Vec<(usize, Asked<'_>)> = claims
        .iter()
        .map(|&claim| (claim, Asked::Claim(&policy.claims[claim])))
        .collect();
    let mut seen = Seen::new(options.max_nodes);
    seen.look(world, &asked)?;
    let other = |&claim: &usize| {
        let (result, answer) = (&report.claims[claim], seen.answer(claim));
        (result.verdict, result.level) != (answer.verdict, answer.level)
    };
    Ok(claims.iter().copied().filter(other).collect())
}
