//! Device text -> [`Device`]: the dialect is given or detected, then its reader runs.

use super::{FileGap, Options};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::device::Device;
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

fn unknown_dialect(path: &str) -> Diagnostic {
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
