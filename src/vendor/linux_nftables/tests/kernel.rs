//! What `nft` itself says to what is written: it loads, and comes back as the same text.
//!
//! Needs `nft`, and root or an unprivileged user namespace. Elsewhere the test says that it did not run; in CI it must.

use super::*;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs a shell script in a network namespace of its own; `None` if that is not possible here.
fn namespace(script: &str, stdin: &str) -> Option<String> {
    let works = |args: &[&str]| {
        let run = Command::new("unshare")
            .args(args)
            .args(["nft", "list", "ruleset"])
            .output();
        run.is_ok_and(|out| out.status.success())
    };
    let options: [&[&str]; 2] = [&["-n"], &["-Urn"]];
    let Some(args) = options.into_iter().find(|args| works(args)) else {
        let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(
            !ci,
            "in CI nft must run in a network namespace: install nftables, allow namespaces"
        );
        return None;
    };
    let mut child = Command::new("unshare")
        .args(args)
        .args(["sh", "-ec", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(stdin.as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(out.status.success(), "{}\n{stdin}", text(&out.stderr));
    Some(text(&out.stdout))
}

#[test]
fn what_is_written_loads_and_is_printed_back() {
    let text = LinuxNftables.write(&writing::config()).unwrap();
    // Twice: it replaces itself.
    let Some(printed) = namespace(
        "f=$(mktemp); cat > $f; nft -c -f $f; nft -f $f; nft -f $f; nft -s list ruleset; rm $f",
        &text,
    ) else {
        eprintln!("SKIPPED: no `nft` in a network namespace here, so nothing was loaded");
        return;
    };
    let written = text.split_once("delete table inet aclc\n").unwrap().1;
    assert_eq!(printed, written);
    // What it prints means the same as what was written.
    let (was, is) = (read(&text), read(&printed));
    let lists = |device: &Device| {
        let mut lists: Vec<String> = device
            .acls
            .iter()
            .map(|acl| {
                let entries = acl
                    .entries
                    .iter()
                    .map(|ace| format!("{:?} {:?}\n", ace.action, ace.certain));
                format!("{} {}", acl.name, entries.collect::<String>())
            })
            .collect();
        lists.sort();
        lists
    };
    assert_eq!(lists(&was), lists(&is));
}
