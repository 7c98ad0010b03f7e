//! Outside the namespaces: starts the same program inside, and ends what was left running.

use super::linux::failed;
use super::{Diagnostic, Exit, Outcome, Session, text};
use crate::base::Source;
use crate::lab::shell::Failure;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program that makes namespaces, with the options that work here.
fn unshare() -> Result<Vec<&'static str>, Vec<Diagnostic>> {
    const ROOT: &[&str] = &["--net", "--mount"];
    const USER: &[&str] = &["--net", "--mount", "--user", "--map-root-user"];
    for tool in ["unshare", "ip", "nft"] {
        let asked = Command::new(tool).arg("-V").output();
        if let Err(error) = asked {
            let error = text!("lab-no-tool", tool = tool, why = error.to_string());
            return Err(vec![Diagnostic::error(error).help(text!("lab-tools"))]);
        }
    }
    let mut why = String::new();
    for options in [ROOT, USER] {
        let tried = Command::new("unshare")
            .args(options)
            .args(["nft", "list", "ruleset"])
            .output();
        match tried {
            Ok(out) if out.status.success() => return Ok(options.to_vec()),
            Ok(out) => why = String::from_utf8_lossy(&out.stderr).trim().to_owned(),
            Err(error) => why = error.to_string(),
        }
    }
    let error = Diagnostic::error(text!("lab-no-namespace", why = why));
    Err(vec![error.help(text!("lab-no-namespace-help"))])
}

/// This program with the same words, inside.
fn same_inside() -> Result<Command, Vec<Diagnostic>> {
    let options = unshare()?;
    let this = std::env::current_exe().map_err(started)?;
    let mut command = Command::new("unshare");
    command
        .args(options)
        .arg(this)
        .args(std::env::args_os().skip(1))
        .arg("--inside");
    Ok(command)
}

fn started(error: std::io::Error) -> Vec<Diagnostic> {
    failed(&Failure::Start(error))
}

pub(super) fn test() -> Outcome {
    let status = same_inside()?.status().map_err(started)?;
    Ok(match status.code() {
        Some(0) => Exit::Clean,
        Some(1) => Exit::Findings,
        Some(3) => Exit::Unknown,
        _ => Exit::CannotRun,
    })
}

pub(super) fn up(session: &mut Session<'_, '_>, policy: &Path) -> Outcome {
    if let Some(pid) = held(&note(session, policy)) {
        let error = Diagnostic::error(text!("lab-already-up", pid = pid));
        return Err(vec![error.help(text!("lab-already-up-help"))]);
    }
    let mut command = same_inside()?;
    // The process stays: it must not hold on to streams of ours.
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(started)?;
    // Its machines, a line each, then that it is up.
    let mut lines = child
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines());
    let mut machines = String::new();
    let up = loop {
        match lines.next() {
            Some(Ok(line)) if line == "up" => break true,
            Some(Ok(line)) => machines += &format!("{line}\n"),
            _ => break false,
        }
    };
    if !up {
        let out = child.wait_with_output().map_err(started)?;
        let _ = session.io.stderr.write_all(&out.stderr); // nowhere to say it if that fails
        return Ok(Exit::CannotRun);
    }
    let pid = child.id();
    session.result(&format!(
        "{machines}{}\n{}\n",
        text!("lab-up", pid = pid).render(session.lang),
        text!("lab-up-help", pid = pid).render(session.lang)
    ));
    Ok(Exit::Clean)
}

pub(super) fn down(session: &mut Session<'_, '_>, policy: &Path) -> Outcome {
    let note = note(session, policy);
    let message = match held(&note) {
        Some(pid) => {
            let killed = Command::new("kill").arg(pid.to_string()).output();
            let killed = killed.map_err(started)?;
            if !killed.status.success() {
                let why = String::from_utf8_lossy(&killed.stderr).trim().to_owned();
                return Err(failed(&Failure::Command(why)));
            }
            text!("lab-down")
        }
        None => text!("lab-not-up"),
    };
    let _ = std::fs::remove_file(note); // gone already is gone
    session.result(&format!("{}\n", message.render(session.lang)));
    Ok(Exit::Clean)
}

/// Where the number of the process is kept, by the policy's full path.
fn note(session: &Session<'_, '_>, policy: &Path) -> PathBuf {
    let path = session.io.root.join(policy);
    let path = path.canonicalize().unwrap_or(path);
    let digest = Source::capture("", path.to_string_lossy().as_bytes()).sha256;
    let name = format!("aclc-lab-{}", digest.get(..16).unwrap_or_default());
    std::env::temp_dir().join(name)
}

/// Notes our own number before anything is made, so that `down` finds us even if whoever started us was killed.
pub(super) fn take_note(session: &Session<'_, '_>, policy: &Path) -> Result<(), Vec<Diagnostic>> {
    let note = note(session, policy);
    match std::fs::remove_file(&note) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(started(error)),
        _ => {}
    }
    // A new file: what others may have put at its place is not followed.
    let file = std::fs::File::create_new(note);
    let written = file.and_then(|mut file| write!(file, "{}", std::process::id()));
    written.map_err(started)
}

/// The process that a note speaks of, if it holds up a network.
fn held(note: &Path) -> Option<u32> {
    let pid: u32 = std::fs::read_to_string(note).ok()?.trim().parse().ok()?;
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    is_ours(&line).then_some(pid)
}

/// Whether a command line is that of a network that is held up.
fn is_ours(line: &[u8]) -> bool {
    let words: Vec<&[u8]> = line.split(|&byte| byte == 0).collect();
    ["lab", "up", "--inside"]
        .map(str::as_bytes)
        .iter()
        .all(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_a_network_that_is_held_up_is_ended() {
        let line = |text: &str| text.replace(' ', "\0").into_bytes();
        assert!(super::is_ours(&line("/usr/bin/aclc lab up a.acl --inside")));
        assert!(!super::is_ours(&line("/usr/bin/aclc lab up a.acl")));
        assert!(!super::is_ours(&line("sleep 100")));
    }
}
