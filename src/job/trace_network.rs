//! `trace` of a network: one packet, hop by hop (D17-D33).

use super::{Capture, Job, Options, network, places};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::{Network, Spot};
use crate::net::Flow;
use crate::reach::Trace;
use crate::text;

/// A walk and where it ended.
#[derive(Clone, Debug)]
pub struct TraceOutcome {
    /// The walk.
    pub trace: Trace,
    /// Zone, external or pseudo-zone it arrived in.
    pub zone: Option<String>,
    /// Findings about the inputs; printed to standard error.
    pub diagnostics: Vec<Diagnostic>,
}

/// Follows a packet. Without `from` it starts in the zone that holds its source.
///
/// # Errors
/// Wrong input (exit 2): no zone or two hold the source, `from` is unknown.
pub fn trace(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    flow: &Flow,
    from: Option<&str>,
    options: &Options,
) -> Job<TraceOutcome> {
    let loaded = network::policy(sources, policy)?;
    let net = &loaded.policy.network;
    let start = start(net, flow, from).map_err(|error| vec![*error])?;
    let devices = network::devices(sources, &loaded.policy, configs, options)?;
    let (trace, zone) =
        crate::verify::query::follow(&loaded.policy, options.at, &devices.named, &start, flow);
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(devices.diagnostics);
    Ok(TraceOutcome {
        trace,
        zone,
        diagnostics,
    })
}

/// Where the packet starts: the place named, or the one zone (failing that, external) that holds its source.
fn start(network: &Network, flow: &Flow, from: Option<&str>) -> Result<Spot, Box<Diagnostic>> {
    let mut found = match from {
        Some(name) => places::named(network, name)?,
        None => places::holding(network, flow.family(), flow.src()),
    };
    // A zone with several links: the one that holds the source, if one does.
    if found.len() > 1 && found.iter().any(|spot| spot.addrs.contains(flow.src())) {
        found.retain(|spot| spot.addrs.contains(flow.src()));
    }
    match found.as_slice() {
        [spot] => Ok(spot.clone()),
        [] => Err(Box::new(
            Diagnostic::error(text!("no-zone-holds", addr = flow.src())).help(text!("say-from")),
        )),
        many => {
            let names: Vec<&str> = many.iter().map(|spot| network.name(spot.place)).collect();
            let names = names.join(", ");
            let found = text!("several-zones-hold", addr = flow.src(), names = names);
            Err(Box::new(Diagnostic::error(found).help(text!("say-from"))))
        }
    }
}
