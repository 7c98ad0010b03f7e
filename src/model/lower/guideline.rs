//! `guideline`: a pack of claims over the roles that the policy's places play (language section 4).
//!
//! In: the statement, after the network. Out: claims tied to the measures ①-⑫, and the measures with what stands behind each.
//! A role that is `none` drops out of every list; a claim that has nothing left on one side does not arise, and the measure
//! says so. What a pack's text says beyond roles is derived by fixed rules: `network` (the zones the gateway is in), `declared`
//! (what the policy opens to switches by name) and `relayed` (the DHCP servers of the zones asked about).
//! Must not know: how a claim is checked.

use super::collect::Parts;
use super::names::Def;
use super::pack::{PACKS, Pack, PackClaim, PackRole, Services};
use super::places::all_addrs;
use super::{Lower, words};
use crate::base::{Diagnostic, Span, suggest};
use crate::model::guideline::{Guideline, Measure, Part, Role};
use crate::model::{Claim, Place, Spot};
use crate::syntax::ast::{
    self, FlowItem, Name, Places, Ref, Spanned, Subject, Term, Verdict, ZoneAttr,
};
use crate::text;
use std::collections::BTreeMap;

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
                out.push(guideline(pack, &cast, &own));
                claims.extend(own);
            }
        }
        (claims, out)
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

    /// Who plays what; `None` if a role is missing or wrong.
    fn cast(&mut self, ast: &ast::Guideline, pack: &'static Pack) -> Option<Cast> {
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
        self.apart(&stated, &cast);
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
    fn apart(&mut self, stated: &BTreeMap<&str, &Spanned<ast::Role>>, cast: &Cast) {
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
        let mut zones: Vec<crate::model::ZoneId> = Vec::new();
        let mut spots: Vec<Spot> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for spot in &gateway.spots {
            let zone = match spot.place {
                Place::Zone(zone) | Place::Host(zone, _) => zone,
                Place::External(id) => self.network.external(id).zone,
                Place::Switch(_) => continue,
            };
            if !zones.contains(&zone) {
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
    fn set(&mut self, places: &Places, cast: &Cast, to: bool) -> Option<Played> {
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
    fn fill(&mut self, places: &Places, cast: &Cast) -> Option<Places> {
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

    fn fill_place(&mut self, place: &ast::Place, cast: &Cast) -> Option<ast::Place> {
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
    fn stand_in(&mut self, said: &str, spots: &[Spot], span: Span) -> ast::Place {
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

    fn pack_claims(&mut self, parts: &Parts<'a>, pack: &Pack, cast: &Cast) -> Vec<Claim> {
        let span = cast.span;
        let mut out = Vec::new();
        for claim in &pack.claims {
            let Some(prove) = self.instance(parts, claim, cast) else {
                continue;
            };
            self.claim_id(&claim.id, span);
            let before = out.len();
            self.prove(&prove, span, &mut out);
            for made in out.iter_mut().skip(before) {
                made.measures.clone_from(&claim.measures);
            }
        }
        self.played.clear();
        out
    }

    /// A claim of the pack about this policy; `None` if it has nothing to be about.
    fn instance(
        &mut self,
        parts: &Parts<'a>,
        claim: &PackClaim,
        cast: &Cast,
    ) -> Option<ast::Prove> {
        let span = cast.span;
        let mut prove = claim.prove.clone();
        prove.id = Some(Spanned {
            node: claim.id.clone(),
            span,
        });
        prove.verdict.span = span;
        let (from, to) = match &mut prove.subject {
            Subject::Allows(at) => {
                *at = span;
                return Some(prove);
            }
            Subject::Places { from, to } => (from, to),
        };
        let asked = self.set(from, cast, false)?;
        *from = self.fill(from, cast)?;
        let mut about_services = false;
        if let Some(target) = to {
            self.set(&target.places, cast, true)?;
            target.places = self.fill(&target.places, cast)?;
            about_services = target.services.is_some();
            target
                .services
                .iter_mut()
                .flatten()
                .for_each(|term| move_to(term, span));
        }
        match &mut prove.verdict.node {
            Verdict::Only(flows) => {
                let listed = std::mem::take(flows);
                for flow in listed {
                    flows.extend(self.flow_of(parts, &flow, cast, &asked, about_services));
                }
                if flows.is_empty() {
                    prove.verdict.node = Verdict::None;
                }
            }
            Verdict::NoRelay { except } => {
                let listed = std::mem::take(except);
                except.extend(
                    listed
                        .iter()
                        .filter_map(|place| self.fill_place(place, cast)),
                );
            }
            _ => {}
        }
        Some(prove)
    }

    /// What a listed flow of a pack comes to.
    fn flow_of(
        &mut self,
        parts: &Parts<'a>,
        flow: &Spanned<FlowItem>,
        cast: &Cast,
        asked: &Played,
        about_services: bool,
    ) -> Vec<Spanned<FlowItem>> {
        let span = cast.span;
        let FlowItem::Flow { from, to, services } = &flow.node else {
            let node = flow.node.clone();
            return vec![Spanned { node, span }];
        };
        match words::places(to).as_str() {
            "declared" => return self.declared(parts, span),
            "relayed" => return self.relayed(parts, asked, span),
            _ => {}
        }
        let role = services
            .as_deref()
            .and_then(|services| role_services(services, cast));
        let services = match (services, role) {
            (_, Some(Some(own))) => Some(own),
            (_, Some(None)) if about_services => return Vec::new(),
            (_, Some(None)) => None,
            (services, None) => {
                let mut own = services.clone();
                own.iter_mut()
                    .flatten()
                    .for_each(|term| move_to(term, span));
                own
            }
        };
        let from = match from {
            None => Some(None),
            Some(from) => self.fill(from, cast).map(Some),
        };
        let (Some(from), Some(to)) = (from, self.fill(to, cast)) else {
            return Vec::new();
        };
        let node = FlowItem::Flow { from, to, services };
        vec![Spanned { node, span }]
    }

    /// What the policy opens to switches, which it must name for that.
    fn declared(&mut self, parts: &Parts<'a>, span: Span) -> Vec<Spanned<FlowItem>> {
        let mut out = Vec::new();
        for &(allow, _) in parts.allows.iter().filter(|(allow, _)| !allow.exception) {
            let ways = [(&allow.from, &allow.to), (&allow.to, &allow.from)];
            for (from, to) in ways.into_iter().take(1 + usize::from(allow.both)) {
                let mut spots = self.spots(to, true).unwrap_or_default();
                spots.retain(|spot| matches!(spot.place, Place::Switch(_)));
                if spots.is_empty() {
                    continue;
                }
                let names: Vec<&str> = spots.iter().map(|s| self.network.name(s.place)).collect();
                let names = names.join(", ");
                let to = Places {
                    list: vec![self.stand_in(&names, &spots, span)],
                    except: Vec::new(),
                    span,
                };
                let node = FlowItem::Flow {
                    from: Some(from.clone()),
                    to,
                    services: Some(allow.services.clone()),
                };
                out.push(Spanned { node, span });
            }
        }
        out
    }

    /// The DHCP servers that the zones asked about are relayed to, whose clients renew with them directly (D22).
    fn relayed(&mut self, parts: &Parts<'a>, asked: &Played, span: Span) -> Vec<Spanned<FlowItem>> {
        let mut out: Vec<Spanned<FlowItem>> = Vec::new();
        for spot in &asked.spots {
            let crate::model::At::Link(zone, _) = spot.at else {
                continue;
            };
            let attrs = parts.zones.get(zone.0).map(|(zone, _)| &zone.attrs);
            for attr in attrs.into_iter().flatten() {
                let ZoneAttr::Dhcp(servers) = &attr.node else {
                    continue;
                };
                let node = FlowItem::Flow {
                    from: None,
                    to: servers.clone(),
                    services: Some(vec![std_service("dhcp", span)]),
                };
                let flow = Spanned { node, span };
                if !out.contains(&flow) {
                    out.push(flow);
                }
            }
        }
        out
    }
}

/// The services of a role, if a list is the name of one; the inner `None` is a role without services.
#[allow(
    clippy::option_option,
    reason = "the outer one says whether a role is meant"
)]
fn role_services(services: &[Spanned<Term>], cast: &Cast) -> Option<Option<Vec<Spanned<Term>>>> {
    let [
        Spanned {
            node: Term::Ref(name),
            ..
        },
    ] = services
    else {
        return None;
    };
    let role = cast.players.get(&name.name.node);
    Some(
        role.filter(|_| name.scope.is_none())?
            .as_ref()
            .and_then(|played| played.services.clone()),
    )
}

/// A term of the pack's own, said by the statement.
fn move_to(term: &mut Spanned<Term>, span: Span) {
    term.span = span;
    if let Term::Ref(reference) = &mut term.node {
        reference.span = span;
        reference.name.span = span;
        reference
            .scope
            .iter_mut()
            .for_each(|scope| scope.span = span);
    }
}

fn std_service(name: &str, span: Span) -> Spanned<Term> {
    let word = |node: &str| Spanned {
        node: node.to_owned(),
        span,
    };
    let reference = Ref {
        scope: Some(word("std")),
        name: word(name),
        span,
    };
    Spanned {
        node: Term::Ref(reference),
        span,
    }
}

/// What the pack says about the measures, with the claims that arose.
fn guideline(pack: &Pack, cast: &Cast, claims: &[Claim]) -> Guideline {
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
        measures: measures.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{lower, tests::DIALECTS};
    use crate::base::{Diagnostic, FileId, Lang};
    use crate::model::Policy;

    /// The tour of the language with its guideline block.
    const TOUR: &str = concat!(
        include_str!("../../../golden/p1_wired/policy.acl"),
        "指針 画面転送 \"R7.1\" {\n\
           terminals = 端末_取扱; others = 端末_一般\n\
           gateway = 画面転送GW : 画面転送; desktops = 仮想化端末; systems = 業務システム\n\
           dedicated = 専用端末; maintenance = 保守端末; remote = なし; wireless = なし\n\
         }\n"
    );

    fn read(text: &str) -> (Option<Policy>, Vec<Diagnostic>) {
        let (file, diags) = crate::syntax::parse(FileId(0), text);
        assert!(diags.is_empty());
        lower(&[(FileId(0), file)], DIALECTS)
    }

    fn text_of(policy: &Policy, id: &str) -> Option<String> {
        let claim = policy.claims.iter().find(|claim| claim.id == id);
        claim.map(|claim| claim.text.clone())
    }

    #[test]
    fn claims_speak_of_the_policys_own_places() {
        let policy = read(TOUR).0.unwrap();
        assert_eq!(
            text_of(&policy, "INV-02").unwrap(),
            "prove 端末_取扱 -> 画面転送ネットワーク only 画面転送GW : 画面転送 strict"
        );
        assert_eq!(
            text_of(&policy, "INV-04").unwrap(),
            "prove マイナンバー利用事務系 -> (any except マイナンバー利用事務系, switches) only exceptions"
        );
        assert!(
            text_of(&policy, "REMOTE").is_none(),
            "nobody connects from outside"
        );
        let measures: Vec<&str> = policy
            .claims
            .iter()
            .filter(|c| c.id == "INV-02")
            .flat_map(|c| &c.measures)
            .map(String::as_str)
            .collect();
        assert_eq!(measures, ["①", "⑪"]);
    }

    #[test]
    fn a_measure_without_claims_is_void_and_one_of_people_never_proved() {
        let guideline = read(TOUR).0.unwrap().guidelines.remove(0);
        let measure = |number: &str| {
            guideline
                .measures
                .iter()
                .find(|m| m.number == number)
                .unwrap()
        };
        assert!(
            measure("⑨").parts.iter().all(|part| part.void),
            "no wireless LAN"
        );
        assert!(
            measure("④")
                .parts
                .iter()
                .all(|part| !part.void && part.claims.is_empty())
        );
        assert_eq!(guideline.measures.len(), 12);
    }

    #[test]
    fn each_role_is_asked_for_with_its_measure() {
        for role in [
            "terminals",
            "others",
            "gateway",
            "desktops",
            "systems",
            "dedicated",
            "maintenance",
            "remote",
            "wireless",
        ] {
            let text = TOUR
                .replace(&format!("{role} = "), "jump = ")
                .replace("jump = 画面転送GW : 画面転送", "jump = 画面転送GW");
            let (policy, diags) = read(&text);
            assert!(policy.is_none());
            let missing = diags.iter().find(|d| d.code == "missing-role").unwrap();
            let words = missing.message.render(Lang::En);
            assert!(
                words.contains(role) && words.contains(|c| ('①'..='⑫').contains(&c)),
                "{words}"
            );
        }
    }

    #[test]
    fn an_answer_none_drops_out() {
        let text = TOUR
            .replace("others = 端末_一般", "others = なし")
            .replace("maintenance = 保守端末", "maintenance = none");
        let policy = read(&text).0.unwrap();
        assert!(text_of(&policy, "INV-03").is_none());
        let all = text_of(&policy, "INV-13").unwrap();
        assert!(
            all.starts_with("prove any -> switches : std.device-admin only"),
            "{all}"
        );
    }

    #[test]
    fn a_role_with_an_exception_keeps_it() {
        let text = TOUR.replace("others = 端末_一般", "others = LGWAN接続系 除く 端末_取扱");
        let policy = read(&text).0.unwrap();
        assert_eq!(
            text_of(&policy, "INV-03").unwrap(),
            "prove (LGWAN接続系 except 端末_取扱) -> 画面転送ネットワーク none strict"
        );
        let claim = policy
            .claims
            .iter()
            .find(|claim| claim.id == "INV-03")
            .unwrap();
        let crate::model::ClaimKind::Only { from, .. } = &claim.kind else {
            panic!("a forbidding claim")
        };
        assert!(
            from.iter()
                .all(|spot| !spot.addrs.contains("10.10.17.9".parse().unwrap()))
        );
    }
}
