//! Commands to the kernel: the plan's script, and the rules as the kernel counts them.
//!
//! In: scripts for `sh`. Out: what they said, or why they failed. Must not know: packets.

use super::plan::Plan;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Why a lab could not be run.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A command of the script failed.
    #[error("{0}")]
    Command(String),
    /// A socket.
    #[error("{0}")]
    Socket(#[from] nix::Error),
    /// Starting a program.
    #[error("{0}")]
    Start(#[from] std::io::Error),
    /// Nobody waits for the result any more.
    #[error("nobody waits for the result any more")]
    Abandoned,
}

/// Makes what the plan says, in the namespace that we are in.
///
/// # Errors
/// What a command said.
pub fn build(plan: &Plan<'_>) -> Result<(), Failure> {
    // The names of namespaces live in a file system of our own.
    let own = "mount -t tmpfs aclc /run\nmkdir -p /run/netns\n";
    sh(&format!("{own}{}", plan.script)).map(drop)
}

/// Takes away what [`build`] made, so that another network can be made in the same place.
///
/// # Errors
/// What a command said.
pub fn clear() -> Result<(), Failure> {
    let script = "for n in /run/netns/*; do [ -e \"$n\" ] && ip netns del ${n##*/}; done\n\
        for l in $(ip -o link | sed -n 's/^[0-9]*: \\([wm][0-9x]*\\)@.*/\\1/p'); do\n\
        ip link del $l 2>/dev/null || true\ndone\n\
        umount /run 2>/dev/null || true\n";
    sh(script).map(drop)
}

pub(super) fn sh(script: &str) -> Result<String, Failure> {
    let mut child = Command::new("sh")
        .arg("-e")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child
        .stdin
        .take()
        .ok_or_else(|| Failure::Command("sh".to_owned()))?;
    let script = script.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
    let out = child.wait_with_output()?;
    let _ = writer.join(); // a script that ended early has said so itself
    match out.status.success() {
        true => Ok(String::from_utf8_lossy(&out.stdout).into_owned()),
        false => Err(Failure::Command(
            String::from_utf8_lossy(&out.stderr).trim().to_owned(),
        )),
    }
}

/// Routers forget who answered for addresses: whoever did may be gone.
pub(super) fn forget() -> Result<(), Failure> {
    let states = "reachable stale failed delay probe incomplete";
    let states: Vec<String> = states
        .split(' ')
        .map(|state| format!("nud {state}"))
        .collect();
    sh(&format!(
        "for n in /run/netns/s*; do ip -n ${{n##*/}} neigh flush {} 2>/dev/null || true; done",
        states.join(" ")
    ))
    .map(drop)
}

/// The rules of the lists that matched what `send` sends, with their counters.
pub(super) fn rules_hit(
    send: &mut dyn FnMut() -> Result<(), Failure>,
) -> Result<Vec<String>, Failure> {
    let list = "for n in /run/netns/s*; do ip netns exec ${n##*/} nft list ruleset; done";
    let before = counted(&sh(list)?);
    send()?;
    let after = counted(&sh(list)?).into_iter();
    let changed = after.filter(|(line, count)| before.get(line) != Some(count));
    Ok(changed.map(|(line, _)| line).collect())
}

/// How often each line with a counter stands there.
fn counted(text: &str) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for line in text.lines().filter(|line| line.contains("counter packets")) {
        *all.entry(line.trim().to_owned()).or_default() += 1;
    }
    all
}
