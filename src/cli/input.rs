//! Reading files: a path becomes a source, or a diagnostic that says why not.

use super::session::Session;
use crate::base::{Diagnostic, FileId, Source};
use crate::job::{Capture, TABLE};
use crate::text;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Largest input (contract, "Limits").
pub(super) const LIMIT: u64 = 64 << 20;

type Read1<T> = Result<T, Box<Diagnostic>>;

/// A path as it is printed: as given, with `/`.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Opens one file.
pub(super) fn open(session: &Session<'_, '_>, path: &Path) -> Read1<File> {
    let full = session.io.root.join(path);
    let failed = |error: &std::io::Error| Box::new(cannot_read(path, error));
    let file = File::open(&full).map_err(|error| failed(&error))?;
    let meta = file.metadata().map_err(|error| failed(&error))?;
    match meta.is_dir() {
        true => Err(Box::new(is_directory(path))),
        false => Ok(file),
    }
}

/// The bytes of one file, or of standard input for `-`.
pub(super) fn bytes(session: &mut Session<'_, '_>, path: &Path) -> Read1<Vec<u8>> {
    let mut out = Vec::new();
    let read = if path == Path::new("-") {
        claim_stdin(session)?;
        (&mut *session.io.stdin)
            .take(LIMIT + 1)
            .read_to_end(&mut out)
    } else {
        open(session, path)?.take(LIMIT + 1).read_to_end(&mut out)
    };
    read.map_err(|error| Box::new(cannot_read(path, &error)))?;
    match out.len() as u64 > LIMIT {
        true => Err(Box::new(too_large(path))),
        false => Ok(out),
    }
}

/// Standard input can be meant once.
pub(super) fn claim_stdin(session: &mut Session<'_, '_>) -> Read1<()> {
    match std::mem::replace(&mut session.stdin_used, true) {
        true => Err(Box::new(Diagnostic::error(text!("stdin-twice")))),
        false => Ok(()),
    }
}

/// A policy with all files it mentions.
pub(super) fn policy(
    session: &mut Session<'_, '_>,
    path: &Path,
) -> Result<FileId, Vec<Diagnostic>> {
    let main = policy_file(session, path).map_err(|error| vec![*error])?;
    super::mentioned::read(session, path, main)?;
    Ok(main)
}

/// One policy file: strictly UTF-8.
pub(super) fn policy_file(session: &mut Session<'_, '_>, path: &Path) -> Read1<FileId> {
    let bytes = bytes(session, path)?;
    let path = shown(path);
    let source = Source::utf8(&path, &bytes)
        .map_err(|error| Box::new(crate::syntax::not_utf8(&path, error)))?;
    Ok(session.sources.add(source))
}

/// A captured configuration.
pub(super) fn capture(session: &mut Session<'_, '_>, path: &Path) -> Read1<Capture> {
    let bytes = bytes(session, path)?;
    let file = session.sources.add(Source::capture(&shown(path), &bytes));
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    Ok(Capture {
        name: stem.to_string_lossy().into_owned(),
        file,
    })
}

/// Every `*.cfg` of a directory, in order of names.
pub(super) fn directory(
    session: &mut Session<'_, '_>,
    dir: &Path,
) -> Result<Vec<Capture>, Vec<Diagnostic>> {
    let failed = |error: &std::io::Error| match error.kind() {
        ErrorKind::NotADirectory => vec![Diagnostic::error(text!(
            "not-a-directory",
            path = shown(dir)
        ))],
        _ => vec![cannot_read(dir, error)],
    };
    let entries = std::fs::read_dir(session.io.root.join(dir)).map_err(|error| failed(&error))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| failed(&error))?.file_name();
        let is_cfg = |ext: &std::ffi::OsStr| ext.eq_ignore_ascii_case("cfg");
        if Path::new(&name).extension().is_some_and(is_cfg) {
            names.push(name);
        }
    }
    names.sort_unstable();
    let mut captures = Vec::new();
    let mut errors = Vec::new();
    for name in names {
        match capture(session, &dir.join(name)) {
            Ok(capture) => captures.push(capture),
            Err(error) => errors.push(*error),
        }
    }
    match errors.is_empty() {
        true => Ok(captures),
        false => Err(errors),
    }
}

/// The routing tables captured beside the configurations of a directory: `<switch>.routes`.
pub(super) fn tables(session: &mut Session<'_, '_>, dir: &Path, captures: &[Capture]) -> Read1<()> {
    for capture in captures {
        let path = dir.join(format!("{}.routes", capture.name));
        if session.io.root.join(&path).is_file() {
            let bytes = bytes(session, &path)?;
            let file = session.sources.add(Source::capture(&shown(&path), &bytes));
            session.sources.attach(capture.file, TABLE, None, file);
        }
    }
    Ok(())
}

/// A configuration file, or a directory of them that must not be empty.
pub(super) fn captures(
    session: &mut Session<'_, '_>,
    path: &Path,
) -> Result<Vec<Capture>, Vec<Diagnostic>> {
    if !session.io.root.join(path).is_dir() {
        return Ok(vec![capture(session, path).map_err(|error| vec![*error])?]);
    }
    let all = directory(session, path)?;
    match all.is_empty() {
        true => Err(vec![Diagnostic::error(text!(
            "no-configs",
            path = shown(path)
        ))]),
        false => Ok(all),
    }
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Diagnostic {
    let path = shown(path);
    match error.kind() {
        ErrorKind::NotFound => Diagnostic::error(text!("file-missing", path = path)),
        ErrorKind::PermissionDenied => Diagnostic::error(text!("file-forbidden", path = path)),
        ErrorKind::IsADirectory => Diagnostic::error(text!("file-is-directory", path = path)),
        _ => Diagnostic::error(text!(
            "file-unreadable",
            path = path,
            why = error.to_string()
        )),
    }
}

fn is_directory(path: &Path) -> Diagnostic {
    Diagnostic::error(text!("file-is-directory", path = shown(path)))
}

fn too_large(path: &Path) -> Diagnostic {
    Diagnostic::error(text!("file-too-large", path = shown(path)))
}
