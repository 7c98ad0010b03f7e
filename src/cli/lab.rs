//! `aclc lab up|test|down POLICY`
//!
//! The work is done by the same program inside namespaces of its own (`unshare`): what it makes ends with it. `up` leaves
//! that program running, and its number in a file; `down` ends it.

use super::Exit;
use super::args::Lab;
use super::session::{Outcome, Session};
use crate::base::Diagnostic;
use crate::job::Options;
use crate::text;

#[cfg(not(target_os = "linux"))]
pub(super) fn run(_: &mut Session<'_, '_>, _: &Lab, _: &Options) -> Outcome {
    Err(vec![Diagnostic::error(text!("lab-not-linux"))])
}

#[cfg(target_os = "linux")]
pub(super) use linux::run;

#[cfg(target_os = "linux")]
mod linux {
    use super::super::args::Action;
    use super::super::input;
    use super::super::verify::configs;
    use super::{Diagnostic, Exit, Lab, Options, Outcome, Session, text};
    use crate::base::Source;
    use crate::job::lab::subject;
    use crate::lab::plan::{Plan, plan};
    use crate::lab::run::{Amount, Failure};
    use crate::report::{convert, text};
    use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    pub(in super::super) fn run(
        session: &mut Session<'_, '_>,
        args: &Lab,
        options: &Options,
    ) -> Outcome {
        match (args.action, args.inside) {
            (Action::Down, _) => down(session, args),
            (_, false) => outside(session, args),
            (Action::Test, true) => test(session, args, options),
            (Action::Up, true) => hold(session, args, options),
        }
    }

    fn failed(failure: &Failure) -> Vec<Diagnostic> {
        vec![Diagnostic::error(text!(
            "lab-failed",
            why = failure.to_string()
        ))]
    }

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

    /// The same command again, inside.
    fn outside(session: &mut Session<'_, '_>, args: &Lab) -> Outcome {
        let options = unshare()?;
        let this = std::env::current_exe();
        let this = this.map_err(|error| failed(&Failure::Start(error)))?;
        let mut command = Command::new("unshare");
        command
            .args(options)
            .arg(this)
            .args(std::env::args_os().skip(1))
            .arg("--inside");
        let started = |error| failed(&Failure::Start(error));
        if args.action == Action::Test {
            let status = command.status().map_err(started)?;
            return Ok(match status.code() {
                Some(0) => Exit::Clean,
                Some(1) => Exit::Findings,
                Some(3) => Exit::Unknown,
                _ => Exit::CannotRun,
            });
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(started)?;
        let mut ready = String::new();
        if let Some(stdout) = child.stdout.take() {
            let _ = BufReader::new(stdout).read_line(&mut ready); // no line: it did not come up
        }
        if ready.trim() != "up" {
            let _ = child.wait();
            return Ok(Exit::CannotRun);
        }
        let pid = child.id();
        std::fs::write(note(session, args), pid.to_string()).map_err(started)?;
        session.result(&format!(
            "{}\n{}\n",
            text!("lab-up", pid = pid).render(session.lang),
            text!("lab-up-help", pid = pid).render(session.lang)
        ));
        Ok(Exit::Clean)
    }

    /// Where the number of the process is kept, by the policy's full path.
    fn note(session: &Session<'_, '_>, args: &Lab) -> PathBuf {
        let path = session.io.root.join(&args.policy);
        let path = path.canonicalize().unwrap_or(path);
        let digest = Source::capture("", path.to_string_lossy().as_bytes()).sha256;
        let name = format!("aclc-lab-{}", digest.get(..16).unwrap_or_default());
        std::env::temp_dir().join(name)
    }

    fn down(session: &mut Session<'_, '_>, args: &Lab) -> Outcome {
        let note = note(session, args);
        let pid = std::fs::read_to_string(&note).ok();
        let pid = pid.and_then(|text| text.trim().parse::<u32>().ok());
        let said = |pid: u32| std::fs::read(format!("/proc/{pid}/cmdline"));
        let ours = pid.filter(|&pid| said(pid).is_ok_and(|line| is_ours(&line)));
        let message = match ours {
            Some(pid) => {
                let killed = Command::new("kill").arg(pid.to_string()).status();
                killed.map_err(|error| failed(&Failure::Start(error)))?;
                text!("lab-down")
            }
            None => text!("lab-not-up"),
        };
        let _ = std::fs::remove_file(note); // gone already is gone
        session.result(&format!("{}\n", message.render(session.lang)));
        Ok(Exit::Clean)
    }

    /// Whether a command line is that of a network that is held up.
    fn is_ours(line: &[u8]) -> bool {
        let words: Vec<&[u8]> = line.split(|&byte| byte == 0).collect();
        words.contains(&b"lab".as_slice()) && words.contains(&b"--inside".as_slice())
    }

    fn with_plan<T>(
        session: &mut Session<'_, '_>,
        args: &Lab,
        options: &Options,
        run: impl FnOnce(&mut Session<'_, '_>, &Plan<'_>) -> Result<T, Failure>,
    ) -> Result<T, Vec<Diagnostic>> {
        let policy = input::policy(session, &args.policy)?;
        let configs = configs(session, args.configs.as_deref())?;
        let subject = subject(&session.sources, policy, configs.as_deref(), options)?;
        session.remark(&subject.diagnostics);
        let plan = plan(&subject.policy, options.at, &subject.devices);
        crate::lab::run::build(&plan).map_err(|failure| failed(&failure))?;
        run(session, &plan).map_err(|failure| failed(&failure))
    }

    fn test(session: &mut Session<'_, '_>, args: &Lab, options: &Options) -> Outcome {
        let amount = Amount {
            per_link: args.per_link,
            at_random: args.random,
            seed: args.seed,
            max_nodes: options.max_nodes,
        };
        let lang = session.lang;
        let report = with_plan(session, args, options, |session, plan| {
            let mut progress = |done: usize, all: usize| {
                if std::io::stderr().is_terminal() {
                    let words = text!("lab-progress", done = done, all = all).render(lang);
                    let end = if done == all {
                        "\r\u{1b}[K"
                    } else {
                        "\u{1b}[K"
                    };
                    // A bar that cannot be drawn is no reason to stop.
                    let _ = write!(std::io::stderr(), "\r{words}{end}");
                }
            };
            let outcome = crate::lab::run::run(plan, amount, &mut progress)?;
            Ok(convert::lab(
                session.words(),
                &outcome,
                amount.seed,
                plan.left_out,
            ))
        })?;
        session.print(&report, text::lab);
        Ok(match report.verdict {
            "equal" => Exit::Clean,
            "different" => Exit::Findings,
            _ => Exit::Unknown,
        })
    }

    /// Builds the network, says so, and stays until it is ended.
    fn hold(session: &mut Session<'_, '_>, args: &Lab, options: &Options) -> Outcome {
        with_plan(session, args, options, |session, _| {
            session.result("up\n");
            loop {
                std::thread::park();
            }
        })
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
}
