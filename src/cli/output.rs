//! Writing files: all or none. What lay there before stays as it was if anything goes wrong.
//!
//! Every text is first written under a temporary name in the target directory; only when all are on disk are they renamed,
//! older files being set aside until the last rename has succeeded.

use super::input::shown;
use crate::base::Diagnostic;
use crate::text;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file to be: its name within the directory, and its text.
pub(super) type NewFile<'a> = (String, &'a str);

/// Writes files into a directory, which is made if need be. `dir` is printed, `root` is where it starts from.
pub(super) fn write_all(
    root: &Path,
    dir: &Path,
    files: &[NewFile<'_>],
) -> Result<(), Box<Diagnostic>> {
    let bytes = files
        .iter()
        .map(|(name, text)| (name.clone(), text.as_bytes()));
    write_bytes(root, dir, &bytes.collect::<Vec<_>>())
}

/// [`write_all`] of files that are no text.
pub(super) fn write_bytes(
    root: &Path,
    dir: &Path,
    files: &[(String, &[u8])],
) -> Result<(), Box<Diagnostic>> {
    if let Some((name, _)) = files.iter().find(|(name, _)| !is_plain(name)) {
        return Err(Box::new(Diagnostic::error(text!(
            "name-unsafe",
            name = name
        ))));
    }
    let target = root.join(dir);
    let made = !target.exists();
    let outcome = fs::create_dir_all(&target).and_then(|()| replace(&target, files));
    outcome.map_err(|error| {
        if made {
            // Only succeeds if it is empty, that is, if it is as we made it.
            let _ = fs::remove_dir(&target);
        }
        Box::new(Diagnostic::error(text!(
            "cannot-write",
            path = shown(dir),
            why = error.to_string()
        )))
    })
}

/// Writes one file, whole or not at all; its directory is made if need be. What is no file (`/dev/stdout`, a pipe) is
/// written to as it is, and a link stays one.
pub(super) fn write_file(root: &Path, path: &Path, bytes: &[u8]) -> Result<(), Vec<Diagnostic>> {
    let target = root.join(path);
    let special = fs::metadata(&target).is_ok_and(|known| !known.is_file() && !known.is_dir());
    let written = match special {
        true => fs::write(&target, bytes),
        false => replace_one(&fs::canonicalize(&target).unwrap_or(target), bytes),
    };
    written.map_err(|error| {
        let why = error.to_string();
        vec![Diagnostic::error(text!(
            "cannot-write",
            path = shown(path),
            why = why
        ))]
    })
}

fn replace_one(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = target.parent().unwrap_or(Path::new(""));
    if !dir.as_os_str().is_empty() {
        fs::create_dir_all(dir)?;
    }
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let temporary = target.with_file_name(name);
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, target));
    written.inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// Whether a name stays inside its directory on every system.
fn is_plain(name: &str) -> bool {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let bad = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = |kind: &str| {
        let number = stem.strip_prefix(kind);
        number.is_some_and(|n| n.len() == 1 && n.chars().all(|c| c.is_ascii_digit()))
    };
    !name.contains(bad)
        && !stem.is_empty()
        && !name.ends_with(['.', ' '])
        && !DEVICES.contains(&stem.as_str())
        && !numbered("com")
        && !numbered("lpt")
}

/// One file on its way.
struct Move {
    temporary: PathBuf,
    aside: PathBuf,
    target: PathBuf,
}

fn replace(dir: &Path, files: &[(String, &[u8])]) -> io::Result<()> {
    let own = std::process::id();
    let moves: Vec<Move> = files
        .iter()
        .map(|(name, _)| Move {
            temporary: dir.join(format!(".{name}.{own}.new")),
            aside: dir.join(format!(".{name}.{own}.old")),
            target: dir.join(name),
        })
        .collect();
    let written = moves.iter().zip(files).try_for_each(|(one, (_, bytes))| {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&one.temporary)?;
        file.write_all(bytes)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| rename(&moves));
    if moved.is_err() {
        for one in &moves {
            let _ = fs::remove_file(&one.temporary);
        }
    }
    moved
}

fn rename(moves: &[Move]) -> io::Result<()> {
    if let Some(one) = moves.iter().find(|one| one.target.is_dir()) {
        let name = one.target.display().to_string();
        return Err(io::Error::new(io::ErrorKind::IsADirectory, name));
    }
    for (done, one) in moves.iter().enumerate() {
        if let Err(error) = put(one) {
            undo(&moves[..done]);
            return Err(error);
        }
    }
    for one in moves {
        let _ = fs::remove_file(&one.aside);
    }
    Ok(())
}

/// Puts one file in place; on failure its target is as before.
fn put(one: &Move) -> io::Result<()> {
    let existed = one.target.exists();
    if existed {
        fs::rename(&one.target, &one.aside)?;
    }
    fs::rename(&one.temporary, &one.target).inspect_err(|_| {
        if existed {
            let _ = fs::rename(&one.aside, &one.target);
        }
    })
}

fn undo(done: &[Move]) {
    for one in done {
        if one.aside.exists() {
            let _ = fs::rename(&one.aside, &one.target);
        } else {
            let _ = fs::remove_file(&one.target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("aclc-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn all_are_written_and_nothing_else_is_left() {
        let dir = scratch("write");
        fs::write(dir.join("a.cfg"), "old").unwrap();
        let files = [("a.cfg".to_owned(), "new"), ("b.cfg".to_owned(), "b")];
        write_all(&dir, Path::new(""), &files).unwrap();
        assert_eq!(names(&dir), ["a.cfg", "b.cfg"]);
        assert_eq!(fs::read_to_string(dir.join("a.cfg")).unwrap(), "new");
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_failure_leaves_everything_as_it_was() {
        let dir = scratch("undo");
        fs::write(dir.join("a.cfg"), "old").unwrap();
        fs::create_dir(dir.join("b.cfg")).unwrap();
        let files = [("a.cfg".to_owned(), "new"), ("b.cfg".to_owned(), "b")];
        assert!(write_all(&dir, Path::new(""), &files).is_err());
        assert_eq!(names(&dir), ["a.cfg", "b.cfg"]);
        assert_eq!(fs::read_to_string(dir.join("a.cfg")).unwrap(), "old");
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn renames_that_were_done_are_taken_back() {
        let dir = scratch("back");
        for (name, text) in [("a.cfg", "old"), (".a.new", "new")] {
            fs::write(dir.join(name), text).unwrap();
        }
        let one = |name: &str| Move {
            temporary: dir.join(format!(".{name}.new")),
            aside: dir.join(format!(".{name}.old")),
            target: dir.join(format!("{name}.cfg")),
        };
        assert!(rename(&[one("a"), one("missing")]).is_err());
        assert_eq!(fs::read_to_string(dir.join("a.cfg")).unwrap(), "old");
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn one_file_is_whole_or_not_there_and_its_directory_is_made() {
        let dir = scratch("one");
        write_file(&dir, Path::new("new/a.html"), b"a").unwrap();
        assert_eq!(fs::read(dir.join("new/a.html")).unwrap(), b"a");
        assert!(write_file(&dir, Path::new("new"), b"a").is_err());
        assert_eq!(names(&dir), ["new"]);
        fs::remove_dir_all(&dir).unwrap();
    }

    /// `-o` of a device writes to the device, and to a link what it stands for.
    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_replaced_by_one() {
        use std::os::unix::fs::FileTypeExt as _;
        let dir = scratch("device");
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, dir.join(name)).unwrap();
        link("/dev/null", "null");
        link("there.txt", "link");
        fs::write(dir.join("there.txt"), "old").unwrap();
        for name in ["null", "link"] {
            write_file(&dir, Path::new(name), b"new").unwrap();
            assert!(fs::symlink_metadata(dir.join(name)).unwrap().is_symlink());
        }
        assert!(
            fs::metadata("/dev/null")
                .unwrap()
                .file_type()
                .is_char_device()
        );
        assert_eq!(fs::read(dir.join("there.txt")).unwrap(), b"new");
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn names_cannot_leave_the_directory() {
        for bad in [
            "../a.cfg", "a/b.cfg", r"a\b.cfg", "c:a.cfg", ".cfg", "NUL.cfg", "com1.cfg", "a\n.cfg",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
        for good in ["core01.cfg", "中央.cfg", "SW-2F-03.cfg", "comet.cfg"] {
            assert!(is_plain(good), "{good}");
        }
    }
}
