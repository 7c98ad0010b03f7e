//! Static routes whose order or way hangs on what was not read; for every dialect.

use crate::device::{Device, Effect, EffectClass, NextHop, Route, Scope};
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

/// A route over an interface that the text does not have may lead out of one that it has under another name (`Vl10`), or
/// nowhere: class R (D23).
pub(super) fn astray(device: &mut Device) {
    let faces: BTreeSet<&str> = device.interfaces.iter().map(|i| i.name.as_str()).collect();
    let effect = |route: &Route| {
        let NextHop::Interface(name, _) = &route.via else {
            return None;
        };
        let unknown = !faces.contains(name.as_str());
        unknown.then(|| Effect {
            class: EffectClass::Redirects,
            scope: Scope::Vrf(route.vrf.clone()),
            line: route.line,
            text: format!("route {} over {name}", route.prefix),
        })
    };
    let found: Vec<Effect> = device.routes.iter().filter_map(effect).collect();
    device.effects.extend(found);
}
