//! The files a policy mentions: imports and tables, relative to the file that says so, inside the folder of the main file.
//!
//! Each file is read once, however often and in whatever circle it is mentioned. What a link of the file system leads out of
//! the folder is outside like any other.

use super::input;
use super::session::Session;
use crate::base::{Diagnostic, FileId};
use crate::syntax::{Reference, may_refer, references};
use crate::text;
use std::collections::{BTreeMap, VecDeque};
use std::path::{Component, Path, PathBuf};

/// Files of one policy at most.
const MOST: usize = 1000;

/// Reads all that `main` mentions, and what that mentions, and attaches it.
pub(super) fn read(
    session: &mut Session<'_, '_>,
    path: &Path,
    main: FileId,
) -> Result<(), Vec<Diagnostic>> {
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let name = PathBuf::from(path.file_name().unwrap_or(path.as_os_str()));
    let stdin = path == Path::new("-");
    let mut run = Run {
        session,
        folder,
        stdin,
        known: BTreeMap::from([((name.clone(), None), main)]),
        waiting: VecDeque::from([(name, main)]),
        findings: Vec::new(),
    };
    while let Some((path, file)) = run.waiting.pop_front() {
        run.file(&path, file);
    }
    match run.findings.is_empty() {
        true => Ok(()),
        false => Err(run.findings),
    }
}

/// A file within the folder, and the sheet of it.
type Known = (PathBuf, Option<String>);

struct Run<'r, 'a, 'io> {
    session: &'r mut Session<'a, 'io>,
    folder: PathBuf,
    stdin: bool,
    known: BTreeMap<Known, FileId>,
    waiting: VecDeque<(PathBuf, FileId)>,
    findings: Vec<Diagnostic>,
}

impl Run<'_, '_, '_> {
    fn file(&mut self, path: &Path, file: FileId) {
        let text = self.session.sources.get(file).text.clone();
        if !may_refer(&text) {
            return;
        }
        // What is wrong with its words is told when it is given a meaning.
        let (tree, _) = crate::syntax::parse(file, &text);
        for reference in references(&tree) {
            let sheet = reference.sheet.map(|sheet| sheet.node.as_str());
            if let Some(mentioned) = self.mentioned(path, &reference) {
                let name = &reference.file.node;
                self.session.sources.attach(file, name, sheet, mentioned);
            }
        }
    }

    fn mentioned(&mut self, by: &Path, reference: &Reference<'_>) -> Option<FileId> {
        let outside = |name: &str| {
            let diagnostic = Diagnostic::error(text!("file-outside", path = name));
            diagnostic
                .at(reference.file.span)
                .help(text!("file-outside-help"))
        };
        let name = &reference.file.node;
        if self.stdin {
            let refused = Diagnostic::error(text!("import-of-stdin")).at(reference.file.span);
            self.findings
                .push(refused.help(text!("import-of-stdin-help")));
            return None;
        }
        let Some(within) = within(by, name) else {
            self.findings.push(outside(name));
            return None;
        };
        let sheet = reference.sheet.map(|sheet| sheet.node.clone());
        let key = (within.clone(), sheet);
        if let Some(&file) = self.known.get(&key) {
            return Some(file);
        }
        if self.leads_out(&within) {
            self.findings.push(outside(name));
            return None;
        }
        let loaded = match self.known.len() < MOST {
            true => self.load(&within, reference),
            false => {
                let headline = text!("too-many-files", most = MOST);
                Err(Box::new(
                    Diagnostic::error(headline).at(reference.file.span),
                ))
            }
        };
        match loaded {
            Ok(file) => {
                self.known.insert(key, file);
                if reference.policy {
                    self.waiting.push_back((within, file));
                }
                Some(file)
            }
            Err(diagnostic) => {
                self.findings.push(*diagnostic);
                None
            }
        }
    }

    /// Whether the file system takes this path out of the folder.
    fn leads_out(&self, within: &Path) -> bool {
        let folder = self.session.io.root.join(&self.folder);
        let folder = match folder.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => folder,
        };
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        match (real(&folder), real(&folder.join(within))) {
            (Some(folder), Some(file)) => !file.starts_with(folder),
            // A file that is not there leads nowhere; reading it says so.
            _ => false,
        }
    }

    fn load(
        &mut self,
        within: &Path,
        reference: &Reference<'_>,
    ) -> Result<FileId, Box<Diagnostic>> {
        let path = self.folder.join(within);
        let told = |diagnostic: Box<Diagnostic>| {
            let help = text!("mentioned-help");
            Box::new(diagnostic.at(reference.file.span).help(help))
        };
        if reference.policy {
            return input::policy_file(self.session, &path).map_err(told);
        }
        let bytes = input::bytes(self.session, &path).map_err(told)?;
        let sheet = reference.sheet.map(|sheet| sheet.node.as_str());
        let shown = input::shown(&path);
        let source = crate::sheet::source(&shown, &bytes, sheet).map_err(|why| {
            let headline = text!("table-unreadable", path = &shown, why = why);
            told(Box::new(Diagnostic::error(headline)))
        })?;
        Ok(self.session.sources.add(source))
    }
}

/// A name as a path within the folder of the main file; `None` if it leads out of it.
fn within(by: &Path, name: &str) -> Option<PathBuf> {
    // Windows would read these as a drive or a separator, others as part of a name.
    if name.contains(['\\', ':', '\0']) || name.is_empty() {
        return None;
    }
    let mut path = by.parent().unwrap_or(Path::new("")).to_path_buf();
    for part in Path::new(name).components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_the_folder() {
        let ok = |by: &str, name: &str| within(Path::new(by), name).map(|p| input::shown(&p));
        assert_eq!(ok("main.acl", "a.csv").as_deref(), Some("a.csv"));
        assert_eq!(ok("支所/b.acl", "a.csv").as_deref(), Some("支所/a.csv"));
        assert_eq!(ok("支所/b.acl", "../a.csv").as_deref(), Some("a.csv"));
        for name in [
            "../a.csv",
            "/etc/passwd",
            "c:a.csv",
            "a\\b.csv",
            "",
            "支所/../../a.csv",
        ] {
            assert_eq!(ok("main.acl", name), None, "{name}");
        }
    }
}
