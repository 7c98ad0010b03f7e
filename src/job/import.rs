//! `import`: running configurations to a policy, proved equal to them for routed traffic (D45).

use super::{Capture, FileGap, Job, Options, network, read};
use crate::base::{Diagnostic, FileId, Lang, Source, SourceMap, Text};
use crate::device::InterfaceKind;
use crate::import::{Captured, Leftover, leftovers, propose};
use crate::model::Policy;
use crate::syntax::respell;
use crate::text;
use crate::topo::Named;
use crate::verify::{ClaimResult, Verdict, spec};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The policy and what is known of it.
#[derive(Clone, Debug)]
pub struct ImportOutcome {
    /// Its text.
    pub policy: String,
    /// Whether it equals the configurations; unknown if the text has no meaning.
    pub equality: Verdict,
    /// If not proved: how.
    pub unequal: Option<ClaimResult>,
    /// Claims that hold and stand in the text.
    pub claims: usize,
    /// What the policy does not explain, the riskiest first.
    pub leftovers: Vec<Leftover>,
    /// A limit was reached: there may be more.
    pub limited: bool,
    /// What else is not in the policy, or was supposed and should be confirmed.
    pub notes: Vec<Text>,
    /// Lines that were not understood.
    pub gaps: Vec<FileGap>,
    /// Findings about the policy that was written.
    pub diagnostics: Vec<Diagnostic>,
}

/// Proposes a policy for captures, with the keywords of a language. `models` says what a text does not: the model of a
/// switch.
///
/// # Errors
/// Captures whose dialect is unclear.
pub fn import(
    sources: &mut SourceMap,
    captures: &[Capture],
    models: &BTreeMap<String, String>,
    lang: Lang,
    options: &Options,
) -> Job<ImportOutcome> {
    let (mut all, mut gaps, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for capture in captures {
        match captured(sources, capture, models, options) {
            Ok(one) => {
                gaps.extend(read::gaps(capture.file, &one.device));
                all.push(one);
            }
            Err(error) => errors.push(*error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let said = propose(&all);
    let devices: Vec<Arc<Named>> = all
        .iter()
        .map(|one| {
            Arc::new(Named {
                name: one.name.clone(),
                device: one.device.clone(),
            })
        })
        .collect();
    let mut outcome = ImportOutcome {
        policy: respell(&format!("language 1\n\n{}", said.text), lang),
        equality: Verdict::Unknown,
        unequal: None,
        claims: 0,
        leftovers: Vec::new(),
        limited: false,
        notes: notes(&all, &said),
        gaps,
        diagnostics: Vec::new(),
    };
    let Some(policy) = meaning(sources, &mut outcome) else {
        return Ok(outcome);
    };
    let sessions = spec::halves(&policy, options.at);
    let sessions: Vec<_> = sessions.iter().flat_map(|h| h.with_companions()).collect();
    match leftovers(&all, &sessions, options.limits) {
        Some(found) => outcome.leftovers = found,
        None => outcome.limited = true,
    }
    let claims = proposals(&policy, &said.zones);
    let claims: Vec<String> = claims.iter().map(|claim| respell(claim, lang)).collect();
    let bare = outcome.policy.clone();
    let _ = write!(outcome.policy, "\n{}", claims.concat());
    let Some(policy) = meaning(sources, &mut outcome) else {
        outcome.policy = bare;
        return Ok(outcome);
    };
    let asked = network::verify_options(options, true);
    let report = crate::verify::verify(&policy, options.at, &devices, &asked)
        .map_err(|bug| network::our_bug(&bug))?;
    let equality = report.equality.expect("INVARIANT: equality was asked for");
    outcome.equality = equality.verdict;
    outcome.unequal = (equality.verdict != Verdict::Proved).then_some(equality);
    keep_proved(&mut outcome, &bare, &claims, &report.claims);
    Ok(outcome)
}

fn meaning(sources: &mut SourceMap, outcome: &mut ImportOutcome) -> Option<Policy> {
    let source = Source::utf8("imported.acl", outcome.policy.as_bytes());
    let file: FileId = sources.add(source.expect("INVARIANT: our own text is UTF-8"));
    let (policy, found) = network::findings(sources, file);
    if policy.is_none() {
        outcome.diagnostics = found;
    }
    policy
}

/// The claims that hold stay; the others are named.
fn keep_proved(outcome: &mut ImportOutcome, bare: &str, claims: &[String], found: &[ClaimResult]) {
    let mut text = format!("{bare}\n");
    for (claim, result) in claims.iter().zip(found) {
        if result.verdict == Verdict::Proved {
            text.push_str(claim);
            outcome.claims += 1;
        } else {
            let claim = claim.trim_end();
            outcome.notes.push(match result.verdict {
                Verdict::Refuted => text!("import-claim-refuted", claim = claim),
                Verdict::Unknown | Verdict::Proved => text!("import-claim-unknown", claim = claim),
            });
        }
    }
    outcome.policy = text;
}

/// What a site of this shape usually wants to hold.
fn proposals(policy: &Policy, zones: &[String]) -> Vec<String> {
    let mut claims = Vec::new();
    if !policy.allows.is_empty() {
        claims.push("prove allows works\n".to_owned());
    }
    claims.push("prove switches filtered\n".to_owned());
    let network = &policy.network;
    let zone_of = |at| match at {
        crate::model::At::Link(zone, _) => Some(zone.0),
        crate::model::At::External(id) => network.external(id).zone().map(|zone| zone.0),
        crate::model::At::Switch(_) => None,
    };
    for (from, name) in zones.iter().enumerate() {
        let open = |to: usize| {
            policy.allows.iter().any(|allow| {
                let here = |spots: &[crate::model::Spot], zone| {
                    spots.iter().any(|spot| zone_of(spot.at) == Some(zone))
                };
                here(&allow.from, from) && here(&allow.to, to)
            })
        };
        let closed = zones.iter().enumerate();
        let closed = closed.filter(|(to, _)| *to != from && !open(*to));
        let closed: Vec<&str> = closed.map(|(_, name)| name.as_str()).collect();
        if !closed.is_empty() {
            claims.push(format!("prove {name} -> {} none\n", closed.join(", ")));
        }
    }
    claims
}

/// What the language or this tool has no place for, and what was supposed.
fn notes(all: &[Captured], said: &crate::import::Said) -> Vec<Text> {
    let mut notes = Vec::new();
    for (vlan, addr) in &said.gateways {
        notes.push(text!("import-gateway", vlan = *vlan, addr = *addr));
    }
    for what in &said.unsaid {
        notes.push(text!("import-unsaid", what = what));
    }
    for one in all {
        let device = &one.device;
        for face in &device.interfaces {
            let vlan = matches!(face.kind, InterfaceKind::Svi(_));
            if !vlan && !face.bindings.is_empty() {
                notes.push(text!(
                    "import-port",
                    device = &one.name,
                    interface = &face.name
                ));
            }
            if face.vrf != *"" {
                let vrf = &face.vrf;
                notes.push(text!(
                    "import-vrf",
                    device = &one.name,
                    interface = &face.name,
                    vrf = vrf
                ));
            }
        }
        for effect in &device.effects {
            notes.push(text!(
                "import-effect",
                device = &one.name,
                line = effect.line,
                what = &effect.text
            ));
        }
        for (_, line) in &device.dynamic {
            notes.push(text!("import-dynamic", device = &one.name, line = *line));
        }
    }
    notes
}

/// A capture with what its text says beside its meaning.
fn captured(
    sources: &SourceMap,
    capture: &Capture,
    models: &BTreeMap<String, String>,
    options: &Options,
) -> Result<Captured, Box<Diagnostic>> {
    let source = sources.get(capture.file);
    let dialect = match options
        .dialect
        .or_else(|| crate::vendor::detect(&source.text))
    {
        Some(dialect) => dialect,
        None => return Err(Box::new(read::unknown_dialect(&source.path, &source.text))),
    };
    let (vlans, remarks, mut stated) = beside(&source.text);
    let plain = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    stated.retain(|key, value| dialect.options().contains(&key.as_str()) && plain(value));
    let hint = crate::vendor::Hint {
        model: models.get(&capture.name).cloned(),
        options: stated.clone(),
        confirmed_only: options.confirmed_only,
    };
    let flags = dialect.capabilities(&hint).established;
    let mut device = dialect.read(source, &hint);
    device.model = device.model.or(hint.model);
    Ok(Captured {
        name: capture.name.clone(),
        device,
        vlans,
        remarks,
        flags,
        options: stated,
    })
}

type Beside = (
    BTreeMap<u16, String>,
    BTreeMap<u32, String>,
    BTreeMap<String, String>,
);

/// Names of VLANs, remarks by the line of the entry below, and modes. Each holds for the entries up to the next remark.
fn beside(text: &str) -> Beside {
    let (mut vlans, mut remarks, mut options) = Beside::default();
    let (mut vlan, mut remark): (Option<u16>, Option<String>) = (None, None);
    for (number, line) in (1u32..).zip(text.lines()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if !line.starts_with(' ') {
            vlan = None;
            remark = None;
        }
        match words.as_slice() {
            ["vlan", id] if !line.starts_with(' ') => vlan = id.parse().ok(),
            ["name", ..] => {
                let name = line.trim_start().strip_prefix("name").unwrap_or_default();
                let name = name.trim().trim_matches('"').trim();
                if let (Some(vlan), false) = (vlan, name.is_empty()) {
                    vlans.insert(vlan, name.to_owned());
                }
            }
            ["flow", "detection", "mode", mode] => {
                options.insert("flow-detection-mode".to_owned(), (*mode).to_owned());
            }
            ["platform", "hwfilter-size", size] => {
                options.insert("hwfilter-size".to_owned(), (*size).to_owned());
            }
            words => {
                let at = words.iter().take(4).position(|word| *word == "remark");
                match at {
                    Some(at) => {
                        let said = words.get(at + 1..).unwrap_or_default().join(" ");
                        remark = Some(said.trim_matches('"').to_owned());
                    }
                    None => {
                        if let Some(remark) = &remark {
                            remarks.insert(number, remark.clone());
                        }
                    }
                }
            }
        }
    }
    (vlans, remarks, options)
}
