//! `guideline`: a pack of claims over the roles that the policy's places play (language section 4).
//!
//! In: the statement, after the network. Out: claims tied to the measures ①-⑫, and the measures with what stands behind each.
//! A role that is `none` drops out of every list; a claim that has nothing left on one side does not arise, and the measure
//! says so. What a pack's text says beyond roles is derived by fixed rules: `network` (the zones the gateway is in), `declared`
//! (what the policy opens to switches by name) and `relayed` (the DHCP servers of the zones asked about).
//! Must not know: how a claim is checked.

mod cast;
mod claims;
#[cfg(test)]
mod tests;

use super::Lower;
use super::collect::Parts;
use super::pack::{PACKS, Pack};
use super::words;
use crate::base::{Diagnostic, Span};
use crate::model::guideline::{Guideline, Measure, Part, Role};
use crate::model::{Claim, ExternalId, Place, Spot, ZoneId};
use crate::syntax::ast::{self, Spanned, Term};
use crate::text;
use std::collections::{BTreeMap, BTreeSet};

/// What a role or set word of a pack stands for.
#[derive(Clone)]
struct Played {
    /// In names.
    words: String,
    spots: Vec<Spot>,
    services: Option<Vec<Spanned<Term>>>,
}

/// Roles and sets by word; `None` is `none`.
struct Cast {
    players: BTreeMap<String, Option<Played>>,
    /// The statement, which stands for every place in the pack's text.
    span: Span,
}

impl Cast {
    fn get(&self, word: &str) -> Option<&Played> {
        self.players.get(word)?.as_ref()
    }
}

impl<'a> Lower<'a> {
    /// The claims of all guideline statements, and what they mean for the measures.
    pub(super) fn guidelines(&mut self, parts: &Parts<'a>) -> (Vec<Claim>, Vec<Guideline>) {
        let (mut claims, mut out) = (Vec::new(), Vec::new());
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for &(ast, _) in &parts.guidelines {
            let Some(pack) = self.pack(ast) else { continue };
            if let Some(&first) = seen.get(pack.name.as_str()) {
                self.repeated("repeated-name", &pack.name, ast.name.span, first);
                continue;
            }
            seen.insert(&pack.name, ast.name.span);
            if !parts.services.iter().any(|(service, _)| service.encrypted) {
                let diagnostic = Diagnostic::error(text!("nothing-encrypted")).at(ast.name.span);
                self.report(diagnostic.help(text!("nothing-encrypted-help")));
                continue;
            }
            if let Some(cast) = self.cast(ast, pack) {
                let own = self.pack_claims(parts, pack, &cast);
                out.push(guideline(pack, &cast, &own, self.without_role(&cast)));
                claims.extend(own);
            }
        }
        (claims, out)
    }

    /// Zones and externals that play no role.
    fn without_role(&self, cast: &Cast) -> Vec<String> {
        // `outside` is made of everybody else.
        let players = cast.players.iter().filter(|(word, _)| *word != "outside");
        let played = players
            .filter_map(|(_, played)| played.as_ref())
            .flat_map(|played| &played.spots);
        let playing: BTreeSet<Place> = played
            .map(|spot| match spot.place {
                Place::Host(zone, _) => Place::Zone(zone),
                place => place,
            })
            .collect();
        let zones = (0..self.network.zones.len()).map(|i| Place::Zone(ZoneId(i)));
        let externals = (0..self.network.externals.len()).map(|i| Place::External(ExternalId(i)));
        let out = zones
            .chain(externals)
            .filter(|place| !playing.contains(place));
        out.map(|place| self.network.name(place).to_owned())
            .collect()
    }

    fn pack(&mut self, ast: &ast::Guideline) -> Option<&'static Pack> {
        let called: Vec<&Pack> = PACKS
            .iter()
            .filter(|pack| pack.name == ast.name.node || pack.alias == ast.name.node)
            .collect();
        if called.is_empty() {
            let known = PACKS
                .iter()
                .map(|pack| pack.name.as_str())
                .collect::<Vec<_>>();
            let headline = text!("unknown-guideline", name = &ast.name.node);
            let help = text!("unknown-guideline-help", known = known.join(", "));
            self.report(Diagnostic::error(headline).at(ast.name.span).help(help));
            return None;
        }
        let edition = called.iter().find(|pack| pack.edition == ast.edition.node);
        if edition.is_none() {
            let known = called.iter().map(|pack| format!("\"{}\"", pack.edition));
            let known = known.collect::<Vec<_>>().join(", ");
            let headline = text!("unknown-edition", edition = &ast.edition.node);
            let help = text!("unknown-edition-help", known = known);
            self.report(Diagnostic::error(headline).at(ast.edition.span).help(help));
        }
        edition.copied()
    }
}

/// What the pack says about the measures, with the claims that arose.
fn guideline(pack: &Pack, cast: &Cast, claims: &[Claim], others: Vec<String>) -> Guideline {
    let given = |role: &str| cast.get(role).is_some();
    let made = |ids: &[String]| -> Vec<String> {
        let there = |id: &&String| claims.iter().any(|claim| claim.id == **id);
        ids.iter().filter(there).cloned().collect()
    };
    let roles = pack.roles.iter().map(|role| Role {
        id: role.id.clone(),
        says: role.says.clone(),
        places: cast.get(&role.id).map(|played| {
            let services = played.services.as_deref().map(words::terms);
            let services = services.map_or(String::new(), |services| format!(" : {services}"));
            format!("{}{services}", played.words)
        }),
    });
    let measures = pack.measures.iter().map(|measure| {
        let out = measure.unless.as_deref().is_some_and(|role| !given(role));
        let parts = measure.parts.iter().map(|part| {
            let claims = made(&part.claims);
            Part {
                class: part.class,
                says: part.says.clone(),
                void: out && claims.is_empty() || claims.is_empty() != part.claims.is_empty(),
                claims,
            }
        });
        Measure {
            number: measure.number.clone(),
            says: measure.says.clone(),
            parts: parts.collect(),
        }
    });
    Guideline {
        name: pack.name.clone(),
        edition: pack.edition.clone(),
        title: pack.title.clone(),
        clauses: pack.clauses.clone(),
        roles: roles.collect(),
        others,
        measures: measures.collect(),
    }
}
