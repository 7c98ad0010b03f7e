//! What a policy asks of a device and its dialect does not have: option keys, port bindings, outbound lists. Refused by name,
//! never approximated (language, `switch`).

use super::{Options, attest};
use crate::base::{Diagnostic, suggest};
use crate::model::{Policy, Switch};
use crate::text;
use crate::vendor::{Dialect, by_id};

/// Everything that no text can say, whatever the device's facts.
#[must_use]
pub(super) fn check(policy: &Policy) -> Vec<Diagnostic> {
    let known = |switch: &Switch| by_id(&switch.dialect);
    let managed = policy.network.managed();
    let each = managed.filter_map(|(_, switch)| Some((switch, known(switch)?)));
    each.flat_map(|(switch, dialect)| {
        let mut found = unknown_options(switch, dialect);
        found.extend(ports(switch, dialect));
        found
    })
    .collect()
}

fn unknown_options(switch: &Switch, dialect: &dyn Dialect) -> Vec<Diagnostic> {
    let keys = dialect.options();
    let unknown = switch.option_spans.iter();
    let unknown = unknown.filter(|(key, _)| !keys.contains(&key.as_str()));
    unknown
        .map(|(key, span)| {
            let headline = text!("unknown-option", key = key, dialect = dialect.id());
            let diagnostic = Diagnostic::error(headline).at(*span);
            let help = match suggest::nearest(key, keys.iter().copied()) {
                Some(near) => text!("nearest-name", name = near),
                None if keys.is_empty() => text!("no-options", dialect = dialect.id()),
                None => text!("known-options", keys = keys.join(", ")),
            };
            diagnostic.help(help)
        })
        .collect()
}

fn ports(switch: &Switch, dialect: &dyn Dialect) -> Option<Diagnostic> {
    let has_svi = |zone| switch.svis.iter().any(|svi| svi.zones.contains(&zone));
    let mut stated = switch.ports_at.iter();
    if !dialect.binds_to_ports() {
        let headline = text!("ports-unused", dialect = dialect.id());
        return Some(Diagnostic::error(headline).at(stated.next()?.span));
    }
    let stray = stated.find(|at| !has_svi(at.zone))?;
    let headline = text!("ports-without-svi", switch = &switch.label.name);
    Some(Diagnostic::error(headline).at(stray.span))
}

/// Lists on a side that the dialect does not have.
#[must_use]
pub(super) fn sides(policy: &Policy, options: &Options) -> Vec<Diagnostic> {
    let out = policy
        .network
        .managed()
        .filter(|(_, switch)| switch.bind_out);
    let lacking = out.filter(|(id, _)| !attest::capabilities(policy, *id, options).outbound);
    lacking
        .map(|(_, switch)| {
            let (name, dialect) = (&switch.label.name, &switch.dialect);
            let headline = text!("no-outbound", switch = name, dialect = dialect);
            Diagnostic::error(headline).at(switch.dialect_span)
        })
        .collect()
}
