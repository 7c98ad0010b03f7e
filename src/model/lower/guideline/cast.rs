//! Who plays which role of a pack, and what the sets made of roles come to.
//!
//! In: the statement and its pack. Out: a [`Cast`], or findings. Must not know: what a pack claims of its roles.

use super::super::names::Def;
use super::super::pack::{Pack, PackRole, Services};
use super::super::places::all_addrs;
use super::super::{Lower, words};
use super::{Cast, Played};
use crate::base::{Diagnostic, Span, suggest};
use crate::model::{Place, Spot, ZoneId};
use crate::syntax::ast::{self, Name, Places, Ref, Spanned};
use crate::text;
use std::collections::BTreeMap;

impl Lower<'_> {
    /// Who plays what; `None` if a role is missing or wrong.
    pub(super) fn cast(&mut self, ast: &ast::Guideline, pack: &'static Pack) -> Option<Cast> {
        let mut stated: BTreeMap<&str, &Spanned<ast::Role>> = BTreeMap::new();
        let mut whole = true;
        for role in &ast.roles {
            let name = &role.node.name;
            let is =
                |known: &&PackRole| known.id == name.node || known.aliases.contains(&name.node);
            let Some(known) = pack.roles.iter().find(is) else {
                self.unknown_role(pack, name);
                whole = false;
                continue;
            };
            match stated.get(known.id.as_str()) {
                Some(first) => {
                    self.repeated("repeated-name", &name.node, name.span, first.node.name.span);
                    whole = false;
                }
                None => drop(stated.insert(&known.id, role)),
            }
        }
        let mut cast = Cast {
            players: BTreeMap::new(),
            span: ast.name.span.to(ast.edition.span),
        };
        for role in &pack.roles {
            let played = match stated.get(role.id.as_str()) {
                Some(stated) => self.played(role, &stated.node),
                None if role.optional => Some(None),
                None => {
                    self.missing_role(role, ast.name.span);
                    None
                }
            };
            whole &= played.is_some();
            cast.players.insert(role.id.clone(), played.flatten());
        }
        if !whole {
            return None;
        }
        self.kept_apart(&stated, &cast);
        let network = cast
            .get("gateway")
            .and_then(|gateway| self.network_of(gateway));
        cast.players.insert("network".to_owned(), network);
        for set in &pack.sets {
            let played = self.set(&set.places, &cast, false);
            cast.players.insert(set.id.clone(), played);
        }
        Some(cast)
    }

    fn unknown_role(&mut self, pack: &Pack, name: &Name) {
        let known = pack
            .roles
            .iter()
            .flat_map(|role| std::iter::once(&role.id).chain(&role.aliases));
        let near = suggest::nearest(&name.node, known.map(String::as_str)).map(str::to_owned);
        if let Some(near) = near {
            return self.unknown(text!("kind-role"), name, Some(near));
        }
        let known = pack
            .roles
            .iter()
            .map(|role| role.id.as_str())
            .collect::<Vec<_>>();
        let headline = text!("unknown-name", kind = text!("kind-role"), name = &name.node);
        let help = text!("unknown-role-help", known = known.join(", "));
        self.report(Diagnostic::error(headline).at(name.span).help(help));
    }

    fn missing_role(&mut self, role: &PackRole, span: Span) {
        let headline = text!(
            "missing-role",
            role = &role.id,
            measures = role.measures.concat(),
            says = role.says.arg()
        );
        let help = text!("missing-role-help", role = &role.id);
        self.report(Diagnostic::error(headline).at(span).help(help));
    }

    /// The places of one role; `Some(None)` is `none`, `None` was refused.
    #[allow(
        clippy::option_option,
        reason = "the outer one says whether the role was understood"
    )]
    fn played(&mut self, role: &PackRole, stated: &ast::Role) -> Option<Option<Played>> {
        let Some(places) = &stated.places else {
            return Some(None);
        };
        if stated.services.is_none() && role.services == Services::Required
            || stated.services.is_some() && role.services == Services::None
        {
            let wants = role.services == Services::Required;
            let headline = match wants {
                true => text!("role-without-services", role = &role.id),
                false => text!("role-with-services", role = &role.id),
            };
            let help = match wants {
                true => text!("role-without-services-help", role = &role.id),
                false => text!("role-with-services-help"),
            };
            self.report(Diagnostic::error(headline).at(stated.name.span).help(help));
            return None;
        }
        let services = stated.services.as_deref();
        let known = services.is_none_or(|services| self.terms(services).is_some());
        let spots = self.some_spots(places, false)?;
        known.then(|| {
            Some(Played {
                words: words::places(places),
                spots,
                services: stated.services.clone(),
            })
        })
    }

    /// Nobody is a handler and not one (①): the comparison of the two lists.
    fn kept_apart(&mut self, stated: &BTreeMap<&str, &Spanned<ast::Role>>, cast: &Cast) {
        let spots = |role: &str| cast.get(role).map(|played| all_addrs(&played.spots));
        let (Some(terminals), Some(others)) = (spots("terminals"), spots("others")) else {
            return;
        };
        let both = terminals.minus(&terminals.minus(&others));
        let nets = both
            .v4
            .to_prefixes()
            .into_iter()
            .chain(both.v6.to_prefixes());
        let nets: Vec<String> = nets.map(|net| net.to_string()).collect();
        if let (Some(first), Some(a), Some(b)) =
            (nets.first(), stated.get("terminals"), stated.get("others"))
        {
            let headline = text!("roles-overlap", net = first, count = nets.len());
            let diagnostic = Diagnostic::error(headline).at(b.span);
            let diagnostic = diagnostic.label(a.span, text!("first-here"));
            self.report(diagnostic.help(text!("roles-overlap-help")));
        }
    }

    /// The zones a place of the gateway is in, and itself if it lies behind one (a cloud at the end of a closed line).
    fn network_of(&self, gateway: &Played) -> Option<Played> {
        let mut zones: Vec<ZoneId> = Vec::new();
        let mut spots: Vec<Spot> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for spot in &gateway.spots {
            let zone = match spot.place {
                Place::Zone(zone) | Place::Host(zone, _) => Some(zone),
                Place::External(id) => self.network.external(id).zone(),
                Place::Switch(_) => continue,
            };
            if let Some(zone) = zone.filter(|zone| !zones.contains(zone)) {
                zones.push(zone);
                names.push(self.network.zone(zone).label.name.clone());
                spots.extend(self.zone_spots(zone));
            }
            if let Place::External(id) = spot.place {
                names.push(self.network.external(id).label.name.clone());
                spots.push(spot.clone());
            }
        }
        (!spots.is_empty()).then(|| Played {
            words: names.join(", "),
            spots,
            services: None,
        })
    }

    /// A list of roles and sets; `None` if nothing is left of it.
    pub(super) fn set(&mut self, places: &Places, cast: &Cast, to: bool) -> Option<Played> {
        let mut places = self.fill(places, cast)?;
        let mut spots = self.spots(&places, to)?;
        self.plainer(&mut places, &spots, to);
        spots.retain(|spot| !spot.addrs.is_empty());
        (!spots.is_empty()).then(|| Played {
            words: self
                .segment_of(&spots)
                .unwrap_or_else(|| words::places(&places)),
            spots,
            services: None,
        })
    }

    /// Leaves an `except` out that takes nothing away.
    fn plainer(&mut self, places: &mut Places, spots: &[Spot], to: bool) {
        let whole = Places {
            except: Vec::new(),
            ..places.clone()
        };
        if self.spots(&whole, to).is_some_and(|all| all == spots) {
            *places = whole;
        }
    }

    /// The segment that has exactly these places: one word for a reader instead of a list.
    fn segment_of(&self, spots: &[Spot]) -> Option<String> {
        let shape = |spots: &[Spot]| -> BTreeMap<crate::model::At, crate::model::Addrs> {
            let mut all: BTreeMap<_, crate::model::Addrs> = BTreeMap::new();
            for spot in spots {
                let addrs = all.entry(spot.at).or_insert_with(crate::model::Addrs::none);
                *addrs = addrs.union(&spot.addrs);
            }
            all
        };
        let wanted = shape(spots);
        let (name, _) = self.names.places().find(|(_, def)| {
            matches!(def, Def::Segment(index) if shape(&self.segment_spots(*index)) == wanted)
        })?;
        Some(name.to_owned())
    }

    /// Places of a pack with the policy's own in place of roles.
    pub(super) fn fill(&mut self, places: &Places, cast: &Cast) -> Option<Places> {
        let mut list = |list: &[ast::Place]| -> Vec<ast::Place> {
            list.iter()
                .filter_map(|place| self.fill_place(place, cast))
                .collect()
        };
        let filled = Places {
            list: list(&places.list),
            except: list(&places.except),
            span: cast.span,
        };
        (!filled.list.is_empty()).then_some(filled)
    }

    pub(super) fn fill_place(&mut self, place: &ast::Place, cast: &Cast) -> Option<ast::Place> {
        match place {
            ast::Place::Any(_) => Some(ast::Place::Any(cast.span)),
            ast::Place::Switches(_) => Some(ast::Place::Switches(cast.span)),
            ast::Place::Rest(_) => Some(ast::Place::Rest(cast.span)),
            ast::Place::Ref(reference) => {
                let played = cast.players.get(&reference.name.node);
                let played = played.expect("INVARIANT: packs name their roles and sets (tested)");
                let played = played.as_ref()?;
                Some(self.stand_in(&played.words, &played.spots, cast.span))
            }
        }
    }

    /// A place that stands for these spots and reads as these words.
    pub(super) fn stand_in(&mut self, said: &str, spots: &[Spot], span: Span) -> ast::Place {
        let mut name = said.to_owned();
        if name.contains(" except ") {
            name = format!("({name})");
        }
        while self.played.get(&name).is_some_and(|known| known != spots) {
            name.push('*');
        }
        self.played.insert(name.clone(), spots.to_vec());
        let name = Spanned { node: name, span };
        ast::Place::Ref(Ref {
            scope: None,
            name,
            span,
        })
    }
}
