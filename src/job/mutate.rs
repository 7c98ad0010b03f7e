//! `verify --mutate`: which lines of the configurations no claim notices.
//!
//! Each line is changed in turn, in every way of [`Kind`], and what hangs on it is verified anew. A line whose change leaves
//! every verdict as it was is one that the claims do not look after: it is not needed, or a claim is missing. A change after
//! which the device filters and routes as before, or which its reader does not understand, says nothing and does not count.

mod edits;

pub use edits::Kind;

use super::network::Written;
use super::{Capture, Job, Options, attest, learnt, network};
use crate::base::{Diagnostic, FileId, Source, SourceMap};
use crate::device::Device;
use crate::model::{Policy, SwitchId};
use crate::topo::Named;
use crate::vendor::redact::redact;
use crate::verify::Verdict;
use crate::verify::replay::OurBug;
use crate::verify::session::Session;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the claims do not notice.
#[derive(Clone, Debug, Default)]
pub struct MutateOutcome {
    /// Lines that were changed.
    pub lines: usize,
    /// Changes that were made.
    pub changes: usize,
    /// Those changes that nothing noticed.
    pub unnoticed: Vec<Line>,
    /// Findings about the inputs.
    pub diagnostics: Vec<Diagnostic>,
}

/// A line that no claim notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The file: a capture's path, or what `build` would call it.
    pub file: String,
    /// Its number.
    pub line: u32,
    /// Its text.
    pub text: String,
    /// What was changed.
    pub kind: Kind,
    /// What stood there instead; `None` if it was taken out.
    pub instead: Option<String>,
}

impl Line {
    /// Without secrets.
    fn shown(&self) -> Line {
        Line {
            text: redact(&self.text),
            instead: self.instead.as_deref().map(redact),
            ..self.clone()
        }
    }
}

/// Stack of a worker: as large as that of the program.
const STACK: usize = 64 << 20;

/// The text of a switch of the policy.
struct Text {
    switch: SwitchId,
    /// Its place among the devices.
    device: usize,
    source: Source,
    /// The capture; `None` for what `build` would write.
    file: Option<FileId>,
}

impl Text {
    /// The switch with another text, read as this one was: with what the site attests and what was captured beside it.
    fn read(
        &self,
        (sources, policy): (&SourceMap, &Policy),
        source: &Source,
        options: &Options,
    ) -> Arc<Named> {
        let switch = policy.network.switch(self.switch);
        let name = &switch.label.name;
        let Some(file) = self.file else {
            let written = Written {
                switch: name.clone(),
                text: source.text.clone(),
            };
            return network::read_again(policy, &written, options);
        };
        let dialect = options.dialect.unwrap_or(network::dialect_of(switch));
        let device = attest::read(policy, self.switch, dialect, source, options);
        let settled = learnt::settle(sources, (file, name), dialect, &device);
        let settled = settled.and_then(|settled| settled.device);
        Arc::new(Named {
            name: name.clone(),
            device: settled.unwrap_or(device),
        })
    }
}

/// A change of one line.
struct Mutation {
    text: usize,
    line: Line,
}

/// Changes every line in turn.
///
/// # Errors
/// As [`super::verify::verify`].
pub fn mutate(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
) -> Job<MutateOutcome> {
    let loaded = network::policy(sources, policy)?;
    let policy = &loaded.policy;
    let devices = network::devices(sources, policy, configs, options)?;
    let texts = texts(sources, policy, (configs, &devices.named), options)?;
    let mutations: Vec<Mutation> = (0..texts.len())
        .flat_map(|i| mutations(i, &texts[i].source))
        .collect();
    let bug = |bug: OurBug| network::our_bug(&bug);
    let before = verdicts(&mut session(policy, options), &devices.named).map_err(bug)?;
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, bool)>, OurBug> {
        let mut session = session(policy, options);
        let mut own = devices.named.clone();
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(mutation) = mutations.get(index) else {
                return Ok(done);
            };
            let text = &texts[mutation.text];
            let named = text.read((sources, policy), &changed(text, mutation), options);
            let rewritten = mutation.line.kind != Kind::Removed;
            if rewritten && says_nothing(&own[text.device].device, &named.device) {
                continue;
            }
            let whole = std::mem::replace(&mut own[text.device], named);
            done.push((index, verdicts(&mut session, &own)? == before));
            own[text.device] = whole;
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let found = std::thread::scope(|scope| {
        let spawn = || {
            std::thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work)
        };
        let running: Vec<_> = (0..workers).filter_map(|_| spawn().ok()).collect();
        let mut all = match running.is_empty() {
            true => work()?,
            false => Vec::new(),
        };
        for worker in running {
            match worker.join() {
                Ok(same) => all.extend(same?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, OurBug>(all)
    });
    let mut found = found.map_err(bug)?;
    found.sort_unstable();
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(devices.diagnostics.iter().cloned());
    let lines = found.iter().map(|(index, _)| &mutations[*index]);
    let lines: BTreeSet<(usize, u32)> = lines.map(|m| (m.text, m.line.line)).collect();
    let same = found.iter().filter(|(_, same)| *same);
    Ok(MutateOutcome {
        lines: lines.len(),
        changes: found.len(),
        unnoticed: same
            .map(|(index, _)| mutations[*index].line.shown())
            .collect(),
        diagnostics,
    })
}

/// What hangs on one changed line is all that is proved again.
fn session<'p>(policy: &'p Policy, options: &Options) -> Session<'p> {
    Session::new(policy, options.at, network::verify_options(options, false))
}

fn verdicts(session: &mut Session<'_>, devices: &[Arc<Named>]) -> Result<Vec<Verdict>, OurBug> {
    let report = session.verify(devices)?;
    Ok(report.claims.iter().map(|claim| claim.verdict).collect())
}

/// The texts of the policy's switches, in its order.
fn texts(
    sources: &SourceMap,
    policy: &Policy,
    (configs, devices): (Option<&[Capture]>, &[Arc<Named>]),
    options: &Options,
) -> Result<Vec<Text>, Vec<Diagnostic>> {
    let written = match configs {
        None => network::write(policy, options)?,
        Some(_) => Vec::new(),
    };
    let text = |(id, switch): (SwitchId, &crate::model::Switch)| {
        let name = &switch.label.name;
        let device = devices.iter().position(|named| named.name == *name)?;
        let mut captures = configs.into_iter().flatten();
        let file = captures
            .find(|capture| capture.name == *name)
            .map(|c| c.file);
        let source = match file {
            Some(file) => sources.get(file).clone(),
            None => {
                let text = &written.iter().find(|written| written.switch == *name)?.text;
                Source::capture(&format!("{name}.cfg"), text.as_bytes())
            }
        };
        Some(Text {
            switch: id,
            device,
            source,
            file,
        })
    };
    Ok(policy.network.managed().filter_map(text).collect())
}

fn mutations(text: usize, source: &Source) -> Vec<Mutation> {
    let lines = source.lines().filter(|(_, line)| says_something(line));
    let each = lines.flat_map(|(number, line)| {
        let edits = edits::edits(line).into_iter();
        edits.map(move |(kind, instead)| Line {
            file: source.path.clone(),
            line: number,
            text: line.to_owned(),
            kind,
            instead,
        })
    });
    each.map(|line| Mutation { text, line }).collect()
}

/// Whether a changed text is the same to packets, or was not understood where it was changed.
fn says_nothing(before: &Device, after: &Device) -> bool {
    let bound = |device: &Device| -> Vec<_> {
        let each = device.interfaces.iter().map(|face| &face.bindings);
        each.flatten()
            .map(|b| (b.family, b.direction, b.acl))
            .collect()
    };
    let lists = before.acls.iter().zip(&after.acls);
    let alike =
        before.acls.len() == after.acls.len() && lists.into_iter().all(|(a, b)| a.same_filter(b));
    let same = before.same_frame(after) && alike && bound(before) == bound(after);
    same || after.gaps.len() > before.gaps.len() || after.effects.len() > before.effects.len()
}

/// Comments, remarks, descriptions and names change nothing.
fn says_something(line: &str) -> bool {
    let line = line.trim();
    let comment = line.starts_with(['!', '#']) || line.is_empty();
    let number = |word: &&str| *word == "sequence" || word.chars().all(|c| c.is_ascii_digit());
    let first = line.split_whitespace().find(|word| !number(word));
    !comment && !matches!(first, Some("remark" | "description" | "hostname"))
}

fn changed(text: &Text, mutation: &Mutation) -> Source {
    let lines = text.source.lines().filter_map(|(number, line)| {
        let hit = number == mutation.line.line;
        match (hit, &mutation.line.instead) {
            (false, _) => Some(line),
            (true, Some(instead)) => Some(instead.as_str()),
            (true, None) => None,
        }
    });
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    Source::capture(&mutation.line.file, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_remarks_are_left() {
        assert!(
            !says_something(" 10 remark permit the printers")
                && !says_something("!")
                && says_something("ip routing")
        );
    }
}
