//! The switches of a change as they are on both sides: how their texts are read, and how they are changed.

use super::{Asked, Options};
use crate::base::{Diagnostic, Source, SourceMap};
use crate::device::Device;
use crate::job::{Capture, Job, attest, read};
use crate::model::{Policy, SwitchId};
use crate::text;
use crate::vendor::live::{EXCHANGE, Mechanism, OUT, Running};
use crate::vendor::{Dialect, Hint, by_id};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a text of one switch.
pub(super) type Reader<'a> = Box<dyn Fn(&str) -> Device + 'a>;

/// One switch on both sides.
pub(super) struct Both<'a> {
    pub(super) name: String,
    /// The dialect before, or after if there was none.
    pub(super) dialect: &'static dyn Dialect,
    pub(super) mechanism: &'static Mechanism,
    pub(super) old: Running,
    pub(super) new: Running,
    pub(super) read: Reader<'a>,
    /// Dialects before and after of a device that is exchanged.
    pub(super) exchanged: [Option<&'static str>; 2],
}

/// The text of a device as it is on a side, to [`EXCHANGE`].
const SIDES: [&str; 2] = ["old", "new"];

/// Every switch of either side, or why it cannot be planned for.
pub(super) fn pairs<'a>(
    sources: &SourceMap,
    asked: &'a Asked<'_>,
    options: &'a Options,
) -> Job<Vec<Both<'a>>> {
    let (mut errors, mut out) = (Vec::new(), Vec::new());
    let captures = asked.old.iter().chain(asked.new);
    let names: BTreeSet<&str> = captures.map(|c| c.name.as_str()).collect();
    for name in names {
        match both(sources, asked, options, name) {
            Ok(one) => out.push(one),
            Err(error) => errors.push(*error),
        }
    }
    match errors.is_empty() {
        true => Ok(out),
        false => Err(errors),
    }
}

/// A capture, its dialect, and the policy that knows the switch on this side.
struct Side<'a> {
    text: String,
    dialect: &'static dyn Dialect,
    policy: &'a Policy,
}

fn both<'a>(
    sources: &SourceMap,
    asked: &'a Asked<'_>,
    options: &'a Options,
    name: &str,
) -> Result<Both<'a>, Box<Diagnostic>> {
    let of = |side: &[Capture], policy: &'a Policy| -> Result<Option<Side<'a>>, Box<Diagnostic>> {
        let Some(capture) = side.iter().find(|c| c.name == name) else {
            return Ok(None);
        };
        let device = read::device_of(sources, capture, Some(policy), options)?;
        let dialect = by_id(device.dialect).expect("INVARIANT: a device has a registered dialect");
        Ok(Some(Side {
            text: sources.get(capture.file).text.clone(),
            dialect,
            policy,
        }))
    };
    let old = of(asked.old, asked.old_policy.unwrap_or(asked.policy))?;
    let new = of(asked.new, asked.policy)?;
    match (old, new) {
        (Some(old), Some(new)) if old.dialect.id() == new.dialect.id() => {
            changed(name, &old, &new, options)
        }
        (old, new) => Ok(exchanged(name, old, new, options)),
    }
}

/// A switch that is changed while it stands there.
fn changed<'a>(
    name: &str,
    old: &Side<'a>,
    new: &Side<'a>,
    options: &'a Options,
) -> Result<Both<'a>, Box<Diagnostic>> {
    let dialect = new.dialect;
    let refused = || {
        let headline = text!("plan-no-mechanism", device = name, dialect = dialect.id());
        Box::new(Diagnostic::error(headline).help(text!("plan-no-mechanism-help")))
    };
    let mechanism = dialect.mechanism().ok_or_else(refused)?;
    let running = |side: &Side<'_>| {
        let untold = || Box::new(Diagnostic::error(text!("plan-untold", device = name)));
        Running::of(mechanism, &side.text).ok_or_else(untold)
    };
    let (before, after) = (running(old)?, running(new)?);
    Ok(Both {
        name: name.to_owned(),
        dialect,
        mechanism,
        old: before,
        new: after,
        read: known(reader(name, dialect, new.policy, options)),
        exchanged: [None, None],
    })
}

/// A device that comes, goes, or makes room for one of another vendor: it is there as a whole or not at all.
fn exchanged<'a>(
    name: &str,
    old: Option<Side<'a>>,
    new: Option<Side<'a>>,
    options: &'a Options,
) -> Both<'a> {
    let sides = [old, new];
    let dialects = sides.each_ref().map(|side| Some(side.as_ref()?.dialect));
    let devices = sides.each_ref().map(|side| {
        let side = side.as_ref()?;
        Some(reader(name, side.dialect, side.policy, options)(&side.text))
    });
    let [before, after] = [0, 1].map(|at: usize| {
        let there = sides.get(at).is_some_and(Option::is_some);
        let text = if there { SIDES[at] } else { OUT };
        Running::of(&EXCHANGE, text).expect("INVARIANT: any text is one of a whole device")
    });
    let dialect = dialects[0].or(dialects[1]);
    let read = move |text: &str| {
        let of = |side: usize| devices[side].clone();
        let there = match text {
            text if text == SIDES[0] => of(0),
            text if text == SIDES[1] => of(1),
            _ => None,
        };
        there.unwrap_or_else(|| {
            let shape = of(0).or_else(|| of(1));
            down(shape.expect("INVARIANT: the switch is on a side"))
        })
    };
    Both {
        name: name.to_owned(),
        dialect: dialect.expect("INVARIANT: the switch is on a side"),
        mechanism: &EXCHANGE,
        old: before,
        new: after,
        read: Box::new(read),
        exchanged: dialects.map(|dialect| Some(dialect?.id())),
    }
}

/// The device without power: nothing comes in or goes out.
fn down(mut device: Device) -> Device {
    for interface in &mut device.interfaces {
        interface.shutdown = true;
    }
    device
}

/// Reads texts with what the policy says of the switch: model, modes, and what the site attests.
fn reader<'a>(
    name: &str,
    dialect: &'static dyn Dialect,
    policy: &'a Policy,
    options: &'a Options,
) -> Reader<'a> {
    let path = format!("{name}.cfg");
    let mut switches = policy.network.switches.iter();
    let stated = switches.position(|s| s.label.name == name && s.dialect == dialect.id());
    Box::new(move |text| {
        let source = Source::capture(&path, text.as_bytes());
        let bare = Hint {
            confirmed_only: options.confirmed_only,
            ..Hint::default()
        };
        match stated {
            Some(index) => attest::read(policy, SwitchId(index), dialect, &source, options),
            None => dialect.read(&source, &bare),
        }
    })
}

/// Each text is read once.
fn known(read: Reader<'_>) -> Reader<'_> {
    let known: RefCell<BTreeMap<String, Device>> = RefCell::default();
    Box::new(move |text| {
        if let Some(device) = known.borrow().get(text) {
            return device.clone();
        }
        let device = read(text);
        known.borrow_mut().insert(text.to_owned(), device.clone());
        device
    })
}
