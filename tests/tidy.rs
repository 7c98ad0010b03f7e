//! The drawing stays true: who may name whom, and what every file has.

use crate::support::root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module and the modules it may name besides itself. Anything not in the row is a change of the architecture.
const MAY_USE: [(&str, &[&str]); 26] = [
    // Files, spans, words: no networks. `base::Text` turns addresses and ports into data, which is std and ipnet only.
    ("base", &[]),
    // The values of the field know nothing but themselves.
    ("net", &[]),
    // Policy text shipped inside.
    ("prelude", &[]),
    // What is written, not what a name means.
    ("syntax", &["base"]),
    // Cells of tables that people keep, as the statements they stand for; no files.
    ("sheet", &["base", "syntax"]),
    // What network and policy mean; no lists, no vendors.
    ("model", &["base", "net", "syntax", "prelude"]),
    // Filters of any vendor; no zones, no printing.
    ("acl", &["net"]),
    // What a text says besides lists; a hole in it is told in words (`Text`), a place in it is a span.
    ("device", &["base", "net", "acl"]),
    // What is known about a vendor, with the questions it leaves open. Its test reads the sheets through `vendor`.
    ("facts", &["base", "acl", "vendor"]),
    // Intent to filters: no packet sets, no device text.
    (
        "compile",
        &["base", "net", "model", "acl", "device", "facts"],
    ),
    // Renders and reads filters, not intent.
    ("vendor", &["base", "net", "acl", "device", "facts"]),
    // Sets of packets: no names, spans, vendors.
    ("pset", &["net", "acl"]),
    // Links and routes: no packet sets, no zones.
    ("topo", &["net", "acl", "device"]),
    // Where packets get to: no zones.
    ("reach", &["net", "acl", "device", "pset", "topo"]),
    // Claims against reach: no device text.
    (
        "verify",
        &[
            "base", "net", "model", "acl", "device", "pset", "topo", "reach",
        ],
    ),
    // A proof as data: what was read and what was proved, no wording.
    (
        "certificate",
        &[
            "base", "net", "model", "acl", "device", "pset", "topo", "reach", "verify",
        ],
    ),
    // Checks certificates: `crate` is the program itself there, and it names nothing of the engine (below).
    (
        "bin",
        &[
            "packets", "document", "bind", "routes", "clean", "lists", "network", "steps", "reach",
            "claims", "Reject", "Done", "at",
        ],
    ),
    // Filters against filters, link by link.
    ("diff", &["net", "acl", "device", "pset", "topo", "reach"]),
    // Configurations to a policy's text: no files, no dialects' words.
    (
        "import",
        &["base", "net", "prelude", "acl", "device", "pset", "topo"],
    ),
    // Steps between two configurations: no files, no wording; it types commands and has every state judged.
    (
        "plan",
        &["acl", "device", "diff", "net", "topo", "vendor", "verify"],
    ),
    // Findings in device text: no output formats.
    ("lint", &["base", "net", "acl", "device", "pset"]),
    // Everything joined: no files, clock, terminal, and no output formats.
    (
        "job",
        &[
            "base",
            "net",
            "syntax",
            "sheet",
            "model",
            "acl",
            "device",
            "facts",
            "compile",
            "vendor",
            "topo",
            "reach",
            "verify",
            "diff",
            "lint",
            "certificate",
            "import",
            "plan",
        ],
    ),
    // Real packets: devices and reach against the kernel. Rules come from the one printer of the nft dialect.
    (
        "lab",
        &[
            "net", "model", "acl", "device", "vendor", "pset", "topo", "reach", "verify",
        ],
    ),
    // Results into words and JSON: knows their types, not how they are computed; places have the model's names.
    (
        "report",
        &[
            "base", "net", "model", "acl", "facts", "pset", "reach", "verify", "diff", "job",
            "lab", "plan", "vendor",
        ],
    ),
    // The outside: files, clock, terminal.
    (
        "cli",
        &[
            "base", "syntax", "sheet", "model", "vendor", "reach", "verify", "diff", "job", "lab",
            "report",
        ],
    ),
    // Arguments in, exit code out.
    ("main", &["cli"]),
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

/// Every source file by its path below `src`, with its text.
fn files() -> BTreeMap<String, String> {
    let src = root().join("src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    let name = |path: &Path| {
        path.strip_prefix(&src)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/")
    };
    found
        .iter()
        .map(|path| (name(path), std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// The modules a line of code names: `crate::x`, and each head of `crate::{x, y::z}`.
fn named(line: &str) -> BTreeSet<String> {
    let code = line.split("//").next().unwrap_or_default();
    let word = |text: &str| {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut names = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(inner) => names.extend(inner.split(',').map(word)),
            None => names.extend([word(after)]),
        }
    }
    names.remove("");
    // `crate::text!` is a macro of `base`.
    names.remove("text");
    names
}

#[test]
fn modules_name_only_their_row() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let mut wrong = Vec::new();
    for (path, text) in files() {
        let module = path
            .split('/')
            .next()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned();
        // A test module may use what it needs to make its cases.
        if module == "lib" || path.ends_with("tests.rs") {
            continue;
        }
        let Some(row) = table.get(module.as_str()) else {
            wrong.push(format!("src/{path}: module `{module}` has no row"));
            continue;
        };
        for (number, line) in (1..).zip(text.lines()) {
            let not_in_row = named(line)
                .into_iter()
                .filter(|name| *name != module && !row.contains(&name.as_str()));
            wrong.extend(
                not_in_row.map(|name| format!("src/{path}:{number}: `{module}` names `{name}`")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_names_sees_them() {
    let names = |line| named(line).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(names("use crate::{base::Span, net};"), "base net");
    assert_eq!(
        names("fn f(a: crate::acl::Acl) -> crate::pset::Space {"),
        "acl pset"
    );
    assert_eq!(names("// crate::vendor, crate::text!"), "");
}

#[test]
fn every_file_opens_with_its_purpose_and_stays_short() {
    let mut wrong = Vec::new();
    for (path, text) in files() {
        // A file kept for tests to come has no purpose yet.
        if !text.starts_with("//!") && !text.trim().is_empty() {
            wrong.push(format!("src/{path}: opens without `//!`"));
        }
        let lines = text.lines().count();
        if lines > 900 {
            wrong.push(format!("src/{path}: {lines} lines"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_checker_shares_no_line_with_the_engine() {
    let checker = files()
        .into_iter()
        .filter(|(path, _)| path.starts_with("bin/aclc-check/"));
    let mut lines = 0;
    for (path, text) in checker {
        assert!(!text.contains("aclc::"), "src/{path} names the engine");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        lines += code.lines().filter(|line| !line.trim().is_empty()).count();
    }
    assert!(
        (300..2505).contains(&lines),
        "an afternoon's reading: {lines} lines"
    );
}
