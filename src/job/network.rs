//! From files to the things the other jobs ask: a policy, what `build` would write for it, devices read back.

use super::learnt::{self, Settled};
use super::{Capture, FileGap, Options, abilities, attest, read, remarks};
use crate::acl::Known;
use crate::base::{Diagnostic, FileId, Lang, Severity, Source, SourceMap, Span, Text};
use crate::compile::{Ability, compile, skeleton};
use crate::device::{Device, Interface, InterfaceKind};
use crate::model::{Network, Policy, Switch, SwitchId, ZoneLink, lower};
use crate::syntax::ast::File;
use crate::syntax::keywords::{self, language_of};
use crate::text;
use crate::topo::Named;
use crate::vendor::{DIALECTS, Dialect, Hint, by_id, detect};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// A policy with everything that was remarked on the way.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Its meaning.
    pub policy: Policy,
    /// Warnings and remarks.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses and resolves a policy, with the files it mentions (which the sources must hold, [`SourceMap::attach`]).
///
/// # Errors
/// All findings, if one of them is an error.
pub fn policy(sources: &SourceMap, file: FileId) -> Result<Loaded, Vec<Diagnostic>> {
    let (policy, diagnostics) = findings(sources, file);
    match policy {
        Some(policy) => Ok(Loaded {
            policy,
            diagnostics,
        }),
        None => Err(diagnostics),
    }
}

/// The meaning of a policy, if it has one, and all findings.
#[must_use]
pub fn findings(sources: &SourceMap, file: FileId) -> (Option<Policy>, Vec<Diagnostic>) {
    let (mut files, mut diagnostics) = trees(sources, file);
    if diagnostics.is_empty() && files.iter().all(|(_, tree)| tree.items.is_empty()) {
        // A proof of nothing would look like a proof (D44).
        let empty = Diagnostic::error(text!("policy-empty"));
        diagnostics.push(
            empty
                .at(Span::new(file, 0, 0))
                .help(text!("policy-empty-help")),
        );
    }
    for (file, tree) in &mut files {
        diagnostics.extend(crate::sheet::expand(tree, *file, sources));
    }
    let broken = !diagnostics.is_empty();
    let ids: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.id()).collect();
    let (policy, found) = lower(&files, &ids);
    // After a syntax error names may be missing only because their definition could not be read: those findings stay
    // out, or one typo would be reported at every use.
    diagnostics.extend(
        found
            .into_iter()
            .filter(|d| !broken || !matches!(d.code, "unknown-name")),
    );
    diagnostics.extend(policy.iter().flat_map(attest::check));
    diagnostics.extend(policy.iter().flat_map(abilities::check));
    let wrong = diagnostics.iter().any(|d| d.severity == Severity::Error);
    let mut policy = policy.filter(|_| !broken && !wrong);
    if let Some(policy) = policy
        .as_mut()
        .filter(|_| language_of(&sources.get(file).text) == Lang::Ja)
    {
        in_japanese(policy);
    }
    (policy, diagnostics)
}

/// A statement in English keywords, in the keywords of a language.
pub(super) fn spelt(text: &str, lang: Lang) -> String {
    let table: BTreeMap<&str, &str> = keywords::all()
        .map(|keyword| (keyword.en, keyword.spelt(lang)))
        .collect();
    let words = text.split(' ').map(|word| translated(&table, word));
    words.collect::<Vec<_>>().join(" ")
}

/// The trees of a policy and of all it imports, each file once, and what is wrong with their words.
fn trees(sources: &SourceMap, main: FileId) -> (Vec<(FileId, File)>, Vec<Diagnostic>) {
    let mut waiting = VecDeque::from([main]);
    let (mut files, mut diagnostics): (Vec<(FileId, File)>, _) = (Vec::new(), Vec::new());
    while let Some(file) = waiting.pop_front() {
        if files.iter().any(|(known, _)| *known == file) {
            continue;
        }
        let (tree, found) = crate::syntax::parse(file, &sources.get(file).text);
        diagnostics.extend(found);
        for import in crate::syntax::references(&tree).iter().filter(|r| r.policy) {
            match sources.attached(file, &import.file.node, None) {
                Some(imported) => waiting.push_back(imported),
                None => {
                    let unread = text!("mentioned-unreadable", path = &import.file.node);
                    let unread = Diagnostic::error(unread).at(import.file.span);
                    diagnostics.push(unread.help(text!("mentioned-help")));
                }
            }
        }
        files.push((file, tree));
    }
    (files, diagnostics)
}

/// Statements are quoted with the keywords the file is written in.
fn in_japanese(policy: &mut Policy) {
    let said = |text: &mut String| *text = spelt(text, Lang::Ja);
    policy
        .claims
        .iter_mut()
        .for_each(|claim| said(&mut claim.text));
    policy
        .allows
        .iter_mut()
        .for_each(|allow| said(&mut allow.text));
    policy
        .forbids
        .iter_mut()
        .for_each(|forbid| said(&mut forbid.text));
    let roles = policy.guidelines.iter_mut().flat_map(|g| &mut g.roles);
    roles.filter_map(|role| role.places.as_mut()).for_each(said);
}

/// A word with the punctuation around it.
fn translated(table: &BTreeMap<&str, &str>, word: &str) -> String {
    let open = word.len() - word.trim_start_matches('(').len();
    let (before, rest) = word.split_at(open);
    let bare = rest.trim_end_matches([')', ';', ',']);
    let after = &rest[bare.len()..];
    let said = table.get(bare).copied().unwrap_or(bare);
    format!("{before}{said}{after}")
}

pub(super) fn dialect_of(switch: &Switch) -> &'static dyn Dialect {
    by_id(&switch.dialect).expect("INVARIANT: lowering accepts registered dialects only")
}

/// How a comment line starts on a switch.
#[must_use]
pub fn comment(switch: &Switch) -> &'static str {
    dialect_of(switch).comment()
}

pub(super) fn hint(switch: &Switch, options: &Options) -> Hint {
    Hint {
        model: switch.model.clone(),
        options: switch.options.clone(),
        confirmed_only: options.confirmed_only,
    }
}

/// The text of one switch.
#[derive(Clone, Debug)]
pub struct Written {
    /// Switch name.
    pub switch: String,
    /// Its configuration.
    pub text: String,
}

/// What `build` would write, in the order of the policy.
///
/// # Errors
/// What a dialect cannot express, as findings at the switch.
pub fn write(policy: &Policy, options: &Options) -> Result<Vec<Written>, Vec<Diagnostic>> {
    let network = &policy.network;
    let abilities: Vec<Ability> = network
        .switches
        .iter()
        .enumerate()
        .map(|(index, switch)| {
            if switch.opaque {
                return Ability {
                    bridged_in: Known::No,
                    bridged_out: Known::No,
                    from_switch: Known::No,
                    log: false,
                };
            }
            let able = attest::capabilities(policy, SwitchId(index), options);
            Ability {
                bridged_in: able.sees.bridged_in,
                bridged_out: able.sees.bridged_out,
                from_switch: able.sees.from_switch,
                log: able.log,
            }
        })
        .collect();
    let mut refused = remarks::lapsed(policy, options.at);
    refused.extend(abilities::sides(policy, options));
    let configs = compile(policy, options.at, &abilities);
    let mut written = Vec::new();
    for (id, switch) in network.managed() {
        let config = &configs[id.0];
        let wide = remarks::wide_returns(policy, id, config, options);
        if let Some(wide) = wide {
            refused.push(wide);
            continue;
        }
        match dialect_of(switch).write(config) {
            Ok(text) => written.push(Written {
                switch: switch.label.name.clone(),
                text,
            }),
            Err(reasons) => refused.extend(reasons.into_iter().map(|reason| {
                Diagnostic::error(text!(
                    "cannot-express",
                    switch = &switch.label.name,
                    dialect = &switch.dialect
                ))
                .at(switch.dialect_span)
                .note(reason)
            })),
        }
    }
    if refused.is_empty() {
        Ok(written)
    } else {
        Err(refused)
    }
}

/// Devices as read, with the lines that were not understood.
#[derive(Clone, Debug, Default)]
pub struct Devices {
    /// By the policy's order, then others.
    pub named: Vec<Arc<Named>>,
    /// Gaps of all files.
    pub gaps: Vec<FileGap>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic>,
    /// Devices that were settled by a captured routing table: which, as they are without it, and what is assumed (D31).
    pub tables: Vec<(usize, Arc<Named>, Text)>,
}

impl Devices {
    /// Adds a device, with its routing table if that holds.
    fn add(&mut self, name: &str, device: Device, settled: Option<Settled>) {
        let named = |device| {
            Arc::new(Named {
                name: name.to_owned(),
                device,
            })
        };
        let plain = named(device);
        let Some(settled) = settled else {
            return self.named.push(plain);
        };
        self.diagnostics.extend(settled.remark);
        match settled.device {
            None => self.named.push(plain),
            Some(device) => {
                self.tables.push((self.named.len(), plain, settled.words));
                self.named.push(named(device));
            }
        }
    }

    /// The devices as they are without some of their routing tables.
    #[must_use]
    pub fn without(&self, tables: &[(usize, Arc<Named>, Text)]) -> Vec<Arc<Named>> {
        let mut named = self.named.clone();
        for (index, device, _) in tables {
            named[*index] = Arc::clone(device);
        }
        named
    }
}

/// Reads back what was written.
#[must_use]
pub fn read_back(policy: &Policy, written: &[Written], options: &Options) -> Vec<Arc<Named>> {
    let each = written.iter();
    let devices = each.map(|written| read_again(policy, written, options));
    devices.chain(opaques(&policy.network)).collect()
}

/// Reads back the text of one switch.
///
/// # Panics
/// If it is no switch of the policy.
#[must_use]
pub fn read_again(policy: &Policy, written: &Written, options: &Options) -> Arc<Named> {
    let mut switches = policy.network.managed();
    let (id, switch) = switches
        .find(|(_, switch)| switch.label.name == written.switch)
        .expect("INVARIANT: what is written is written for a switch of the policy");
    let source = Source::capture(&format!("{}.cfg", written.switch), written.text.as_bytes());
    let mut device = attest::read(policy, id, dialect_of(switch), &source, options);
    // The protocol itself is configured elsewhere; what it learns is not known (D31).
    let learnt = switch
        .dynamic
        .iter()
        .map(|dynamic| (dynamic.vrf.clone(), 0));
    device.dynamic.extend(learnt);
    Arc::new(Named {
        name: written.switch.clone(),
        device,
    })
}

/// The routers that have no text.
pub(super) fn opaques(network: &Network) -> impl Iterator<Item = Arc<Named>> + '_ {
    let opaque = network.switches.iter().filter(|switch| switch.opaque);
    opaque.map(|switch| {
        let mut config = skeleton(network, switch);
        crate::compile::add_externals(network, switch, &mut config);
        Arc::new(Named {
            name: switch.label.name.clone(),
            device: Device::opaque(config.interfaces, config.routes),
        })
    })
}

/// Reads captures (D32): every switch of the policy needs exactly one; a file of another device takes part if it has an
/// interface on a link of the policy.
///
/// # Errors
/// Missing and doubled captures, text of no known dialect.
pub fn read_captures(
    sources: &SourceMap,
    policy: &Policy,
    captures: &[Capture],
    options: &Options,
) -> Result<Devices, Vec<Diagnostic>> {
    let mut devices = Devices::default();
    let mut errors = remarks::lapsed(policy, options.at);
    for (id, switch) in policy.network.managed() {
        let mine: Vec<&Capture> = captures
            .iter()
            .filter(|capture| capture.name == switch.label.name)
            .collect();
        match mine.as_slice() {
            [capture] => {
                let source = sources.get(capture.file);
                devices.diagnostics.extend(other_dialect(source, switch));
                let dialect = options.dialect.unwrap_or(dialect_of(switch));
                let device = attest::read(policy, id, dialect, source, options);
                devices.diagnostics.extend(not_learnt(switch, &device));
                devices.gaps.extend(read::gaps(capture.file, &device));
                let of = (capture.file, capture.name.as_str());
                let settled = learnt::settle(sources, of, dialect, &device);
                devices.add(&capture.name, device, settled);
            }
            [] => errors.push(
                Diagnostic::error(text!("missing-capture", switch = &switch.label.name))
                    .at(switch.label.span)
                    .help(text!(
                        "missing-capture-help",
                        file = format!("{}.cfg", switch.label.name)
                    )),
            ),
            _ => errors.push(
                Diagnostic::error(text!("doubled-capture", switch = &switch.label.name))
                    .at(switch.label.span),
            ),
        }
    }
    let named = |capture: &&Capture| {
        policy
            .network
            .managed()
            .any(|(_, switch)| switch.label.name == capture.name)
    };
    for capture in captures.iter().filter(|capture| !named(capture)) {
        other(sources, policy, capture, options, &mut devices);
    }
    devices.named.extend(opaques(&policy.network));
    if errors.is_empty() {
        Ok(devices)
    } else {
        Err(errors)
    }
}

/// The policy says that routes are learnt, and the text does not: the text decides (D31).
fn not_learnt(switch: &Switch, device: &Device) -> impl Iterator<Item = Diagnostic> {
    let missing = switch.dynamic.iter().filter(|dynamic| {
        let mut learnt = device.dynamic.iter();
        !learnt.any(|(vrf, _)| *vrf == dynamic.vrf)
    });
    missing.map(|dynamic| {
        let headline = text!("dynamic-not-in-text", switch = &switch.label.name);
        Diagnostic::warning(headline).at(dynamic.span)
    })
}

/// A text that looks like another dialect than the policy states.
fn other_dialect(source: &Source, switch: &Switch) -> Option<Diagnostic> {
    let likely = detect(&source.text).filter(|likely| likely.id() != switch.dialect)?;
    let found = text!(
        "other-dialect",
        path = &source.path,
        stated = &switch.dialect,
        likely = likely.id()
    );
    Some(Diagnostic::warning(found).at(switch.dialect_span))
}

/// A file of a device that the policy does not name.
fn other(
    sources: &SourceMap,
    policy: &Policy,
    capture: &Capture,
    options: &Options,
    devices: &mut Devices,
) {
    let path = &sources.get(capture.file).path;
    let Ok(mut device) = read::device(sources, capture.file, options) else {
        devices
            .diagnostics
            .push(Diagnostic::info(text!("ignored-file", path = path)));
        return;
    };
    let links = policy.network.links();
    for interface in &mut device.interfaces {
        join(&policy.network, interface);
    }
    let on_link = device
        .interfaces
        .iter()
        .any(|interface| match interface.kind {
            InterfaceKind::Svi(vlan) => {
                links.contains_key(&vlan) && (interface.ipv6 || !interface.addrs.is_empty())
            }
            _ => false,
        });
    if on_link {
        devices.gaps.extend(read::gaps(capture.file, &device));
        devices
            .diagnostics
            .push(Diagnostic::warning(text!("unnamed-router", path = path)));
        devices.named.push(Arc::new(Named {
            name: capture.name.clone(),
            device,
        }));
    } else {
        devices
            .diagnostics
            .push(Diagnostic::info(text!("ignored-file", path = path)));
    }
}

/// A routed port of a stranger with an address in a zone sits on that zone's link: cables are not in its text, and what
/// could be a second router there must not be left out (D32).
fn join(network: &Network, interface: &mut Interface) {
    if interface.kind != InterfaceKind::Routed {
        return;
    }
    let zone_links = network.zones.iter().flat_map(|zone| &zone.links);
    let holds = |link: &&ZoneLink| {
        let has = |addr| link.prefixes.iter().any(|net| net.contains(&addr));
        interface.addrs.iter().any(|net| has(net.addr()))
    };
    if let Some(link) = zone_links.into_iter().find(holds) {
        interface.kind = InterfaceKind::Svi(link.vlan);
    }
}

/// The devices a job is about: captures, or what `build` would write.
///
/// # Errors
/// As [`read_captures`] and [`write`].
pub fn devices(
    sources: &SourceMap,
    policy: &Policy,
    configs: Option<&[Capture]>,
    options: &Options,
) -> Result<Devices, Vec<Diagnostic>> {
    Texts::of(policy, configs, options)?.read(sources, policy, options)
}

/// The texts a job is about.
pub(super) enum Texts<'c> {
    /// What `build` would write.
    Written(Vec<Written>),
    /// Captures.
    Captured(&'c [Capture]),
}

impl<'c> Texts<'c> {
    /// The captures, or what `build` would write.
    pub(super) fn of(
        policy: &Policy,
        configs: Option<&'c [Capture]>,
        options: &Options,
    ) -> Result<Texts<'c>, Vec<Diagnostic>> {
        match configs {
            Some(captures) => Ok(Texts::Captured(captures)),
            None => write(policy, options).map(Texts::Written),
        }
    }

    /// The devices, under the assumptions of a policy.
    pub(super) fn read(
        &self,
        sources: &SourceMap,
        policy: &Policy,
        options: &Options,
    ) -> Result<Devices, Vec<Diagnostic>> {
        match self {
            Texts::Captured(captures) => read_captures(sources, policy, captures, options),
            Texts::Written(written) => Ok(Devices {
                named: read_back(policy, written, options),
                ..Devices::default()
            }),
        }
    }
}

/// The options of the verifier.
#[must_use]
pub fn verify_options(options: &Options, equality: bool) -> crate::verify::Options {
    crate::verify::Options {
        limits: options.limits,
        equality,
        words: super::question::words,
        modelled: super::question::modelled,
    }
}

/// Our own bug as a finding (exit 2).
#[must_use]
pub fn our_bug(bug: &crate::verify::replay::OurBug) -> Vec<Diagnostic> {
    vec![Diagnostic::error(text!(
        "replay-disagrees",
        claim = &bug.claim,
        packet = &bug.flow
    ))]
}
