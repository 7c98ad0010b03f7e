//! `query`: everything that gets from one zone to another.

use super::{Capture, FileGap, Job, Options, network, places};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::Network;
use crate::net::proto::name;
use crate::net::{ByteSet, Flow, PortSet};
use crate::verify::Verdict;

/// What gets through, as a short disjoint list.
#[derive(Clone, Debug)]
pub struct QueryOutcome {
    /// Proved if the list is complete and every flow is certain, else unknown.
    pub verdict: Verdict,
    /// The flows.
    pub flows: Vec<QueryFlow>,
    /// Lines that were not understood.
    pub gaps: Vec<FileGap>,
    /// Findings about the inputs; printed to standard error.
    pub diagnostics: Vec<Diagnostic>,
}

/// Packets of one kind that get through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryFlow {
    /// Name or prefixes of the source.
    pub from: String,
    /// Name or prefixes of the destination.
    pub to: String,
    /// Protocol.
    pub protocol: String,
    /// Source ports; empty if there are none.
    pub sport: String,
    /// Destination ports; empty if there are none.
    pub dport: String,
    /// Reply rather than request.
    pub reply: bool,
    /// Under every reading.
    pub certain: bool,
    /// One of them.
    pub witness: Flow,
}

/// Regions printed per pair of places, at most.
const MOST: usize = 2_000;

/// What gets from `from` to `to`.
///
/// # Errors
/// Wrong input (exit 2), unknown zones among it.
pub fn query(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    from: &str,
    to: &str,
    options: &Options,
) -> Job<QueryOutcome> {
    let loaded = network::policy(sources, policy)?;
    let net = &loaded.policy.network;
    let (from, to) = match (places::named(net, from), places::named(net, to)) {
        (Ok(from), Ok(to)) => (from, to),
        (from, to) => {
            return Err(from
                .err()
                .into_iter()
                .chain(to.err())
                .map(|error| *error)
                .collect());
        }
    };
    let devices = network::devices(sources, &loaded.policy, configs, options)?;
    let found = crate::verify::query::flows(
        &loaded.policy,
        options.at,
        &devices.named,
        &from,
        &to,
        options.limits,
        MOST,
    );
    let flows: Vec<QueryFlow> = found.flows.iter().map(|flow| said(net, flow)).collect();
    let complete = !found.cut && flows.iter().all(|flow| flow.certain);
    let verdict = if complete {
        Verdict::Proved
    } else {
        Verdict::Unknown
    };
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(devices.diagnostics);
    Ok(QueryOutcome {
        verdict,
        flows,
        gaps: devices.gaps,
        diagnostics,
    })
}

fn said(network: &Network, flow: &crate::verify::query::Through) -> QueryFlow {
    let m = &flow.region;
    let ports = |set: &PortSet| {
        if m.has_l4() || !set.is_full() {
            set.to_string()
        } else {
            String::new()
        }
    };
    let names: Vec<String> = match m.protocol.is_full() {
        true => vec!["any".to_owned()],
        false => m
            .protocol
            .ranges()
            .into_iter()
            .map(|(a, b)| if a == b { name(a) } else { format!("{a}-{b}") })
            .collect(),
    };
    let carries_ports =
        !m.protocol.is_empty() && m.protocol.intersect(ByteSet::with_ports()) == m.protocol;
    QueryFlow {
        from: places::words(network, &m.src),
        to: places::words(network, &m.dst),
        protocol: names.join(", "),
        sport: if carries_ports {
            ports(&m.sport)
        } else {
            String::new()
        },
        dport: if carries_ports {
            ports(&m.dport)
        } else {
            String::new()
        },
        reply: flow.reply,
        certain: flow.certain,
        witness: flow.witness,
    }
}
