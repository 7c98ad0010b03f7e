//! `lab test --random N` without a policy: policies and networks are drawn until N packets were sent.

use super::inside::report;
use super::linux::failed;
use super::progress::Bar;
use super::{Diagnostic, Lab, Options, Outcome, Session, text};
use crate::base::{Source, SourceMap};
use crate::job::lab::{Subject, drawn};
use crate::lab::draw;
use crate::lab::outcome::Outcome as Counted;
use crate::lab::plan::plan;
use crate::lab::run::{Amount, run};
use crate::lab::shell::{Failure, build, clear};
use crate::lab::sockets::sessions;
use fastrand::Rng;
use std::path::Path;

/// Packets at random of one network, by family.
const AT_RANDOM: usize = 400;
/// Packets of the solver's regions, by link and family.
const PER_LINK: usize = 60;
/// Sessions of machines of one network, by family.
const SESSIONS: usize = 40;
/// Policies drawn for one network, until one has a meaning that its dialects can express.
const DRAWS: usize = 60;
/// Networks on which opinions differ, until the run ends.
const ENOUGH: usize = 10;
/// The name of a drawn policy.
const NAME: &str = "policy.acl";

/// A network that was drawn: its policy's text, what is run, and whether a hand was at its texts.
struct Network {
    policy: String,
    texts: Vec<(String, String)>,
    subject: Subject,
    edited: bool,
}

/// Network by network, each by a seed of its own, so that one that differs can be had again alone.
pub(super) fn test(session: &mut Session<'_, '_>, args: &Lab, options: &Options) -> Outcome {
    let wanted = args.random.unwrap_or_default();
    let bar = Bar::new(session.lang);
    let mut total = Counted::default();
    let (mut seed, mut left_out, mut differing) = (args.seed, 0, 0);
    while total.sent < wanted && differing < ENOUGH && bar.awaited() {
        let sent = total.sent;
        let mut progress = |done: usize, _: usize| {
            bar.show(sent + done, wanted);
            bar.awaited()
        };
        let amount = Amount {
            per_link: args.per_link.unwrap_or(PER_LINK),
            at_random: AT_RANDOM.min(wanted),
            sessions: SESSIONS,
            seed,
            limits: options.limits,
        };
        match one(amount, args.output.as_deref(), options, &mut progress) {
            Ok(Some((outcome, left))) => {
                differing += usize::from(outcome.wrong_in_all > 0);
                total.absorb(outcome);
                left_out += left;
            }
            Ok(None) => total.refused += 1,
            Err(errors) => {
                bar.clear();
                let seed = text!("lab-drawn-seed", seed = seed);
                return Err(errors.into_iter().map(|e| e.note(seed.clone())).collect());
            }
        }
        seed = seed.wrapping_add(1);
    }
    bar.clear();
    report(session, &total, args.seed, left_out)
}

/// One network; `None` if none could be drawn, or if the kernel does not take a text that a hand was at.
fn one(
    amount: Amount,
    output: Option<&Path>,
    options: &Options,
    progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Option<(Counted, usize)>, Vec<Diagnostic>> {
    let Some(network) = draw_one(amount.seed, options) else {
        return Ok(None);
    };
    let subject = &network.subject;
    let plan = plan(
        &subject.policy,
        options.at,
        &subject.devices,
        &subject.native,
    );
    clear().map_err(|failure| failed(&failure))?;
    match build(&plan) {
        Ok(()) => {}
        Err(Failure::Command(_)) if network.edited && !subject.native.is_empty() => {
            return Ok(None);
        }
        Err(failure) => return Err(failed(&failure)),
    }
    let mut outcome = run(&plan, amount, progress).map_err(|failure| failed(&failure))?;
    sessions(&plan, amount, &mut outcome).map_err(|failure| failed(&failure))?;
    if outcome.wrong_in_all > 0
        && let Some(dir) = output
    {
        keep(&dir.join(amount.seed.to_string()), &network)
            .map_err(|error| failed(&Failure::Start(error)))?;
    }
    Ok(Some((outcome, plan.left_out)))
}

fn draw_one(seed: u64, options: &Options) -> Option<Network> {
    let mut rng = Rng::with_seed(seed);
    let edits = rng.bool();
    (0..DRAWS).find_map(|_| {
        let policy = draw::policy(&mut rng);
        let mut sources = SourceMap::default();
        let file = sources.add(Source::utf8(NAME, policy.as_bytes()).ok()?);
        let mut texts = Vec::new();
        let mut edit = |switch: &str, text: String| {
            let text = match edits {
                true => draw::edited(&text, &mut rng),
                false => text,
            };
            texts.push((switch.to_owned(), text.clone()));
            text
        };
        let subject = drawn(&sources, file, &mut edit, options).ok()?;
        Some(Network {
            policy,
            texts,
            subject,
            edited: edits,
        })
    })
}

/// Leaves a network for people: a policy, and a configuration per switch.
fn keep(dir: &Path, network: &Network) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    std::fs::write(dir.join(NAME), &network.policy)?;
    network
        .texts
        .iter()
        .try_for_each(|(switch, text)| std::fs::write(dir.join(format!("{switch}.cfg")), text))
}
