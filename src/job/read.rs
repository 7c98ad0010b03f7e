//! Device text -> [`Device`]: the dialect is given or detected, then its reader runs.

use super::{Capture, FileGap, Options};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::device::Device;
use crate::model::Policy;
use crate::text;
use crate::vendor::{DIALECTS, Hint, detect};

/// Reads a capture.
///
/// # Errors
/// If no dialect was given and none fits the text.
pub fn device(
    sources: &SourceMap,
    file: FileId,
    options: &Options,
) -> Result<Device, Box<Diagnostic>> {
    let source = sources.get(file);
    let dialect = options
        .dialect
        .or_else(|| detect(&source.text))
        .ok_or_else(|| Box::new(unknown_dialect(&source.path)))?;
    let hint = Hint {
        confirmed_only: options.confirmed_only,
        ..Hint::default()
    };
    Ok(dialect.read(source, &hint))
}

/// Reads the capture of a switch, with what a policy says of its model and modes if it names the switch.
///
/// # Errors
/// If no dialect was given or stated and none fits the text.
pub fn device_of(
    sources: &SourceMap,
    capture: &Capture,
    policy: Option<&Policy>,
    options: &Options,
) -> Result<Device, Box<Diagnostic>> {
    let switches = policy.iter().flat_map(|policy| &policy.network.switches);
    let stated = switches
        .into_iter()
        .find(|switch| switch.label.name == capture.name);
    let source = sources.get(capture.file);
    // The text decides what it is written in: the same name may be another vendor's device on the other side.
    let likely = options.dialect.or_else(|| detect(&source.text));
    match (stated, likely) {
        (Some(switch), Some(dialect)) if dialect.id() == switch.dialect => {
            Ok(dialect.read(source, &super::network::hint(switch, options)))
        }
        _ => device(sources, capture.file, options),
    }
}

pub(super) fn unknown_dialect(path: &str) -> Diagnostic {
    let ids: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.id()).collect();
    Diagnostic::error(text!("dialect-unclear", path = path))
        .help(text!("dialect-unclear-help", ids = ids.join(", ")))
}

/// The lines of a device that were not understood.
#[must_use]
pub fn gaps(file: FileId, device: &Device) -> Vec<FileGap> {
    let gap = |gap: &crate::device::Gap| FileGap {
        file,
        gap: gap.clone(),
    };
    device.gaps.iter().map(gap).collect()
}
