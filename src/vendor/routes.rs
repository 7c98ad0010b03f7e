//! Static routes whose order hangs on a distance that was not read; for every dialect.

use crate::device::{Effect, EffectClass, Route, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Where the default distance is open, a written one that meets an unwritten one may win or lose: class R (D23).
#[must_use]
pub fn unordered(routes: &[Route]) -> Vec<Effect> {
    let mut distances: BTreeMap<_, BTreeSet<u8>> = BTreeMap::new();
    for route in routes {
        let key = (&route.vrf, route.prefix);
        distances.entry(key).or_default().insert(route.distance);
    }
    let several = |route: &&Route| {
        let of_prefix = distances.get(&(&route.vrf, route.prefix));
        of_prefix.is_some_and(|distances| distances.len() > 1)
    };
    let effect = |route: &Route| Effect {
        class: EffectClass::Redirects,
        scope: Scope::Vrf(route.vrf.clone()),
        line: route.line,
        text: format!("static route {}", route.prefix),
    };
    routes.iter().filter(several).map(effect).collect()
}
