//! Every command in README.md is run and what it shows is compared, byte for byte.
//!
//! A ```console block holds commands (`$ ...`) and what they print. `ACLC_UPDATE_README=1` writes what they print now.

use std::path::Path;
use std::process::Command;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn commands_print_what_the_readme_shows() {
    if cfg!(windows) {
        assert!(
            std::env::var_os("CI").is_none(),
            "the README's commands need a POSIX shell under CI"
        );
        eprintln!("SKIPPED: the README's commands need a POSIX shell");
        return;
    }
    let shown = std::fs::read_to_string(README).expect("README.md");
    let printed = rerun(&shown);
    if std::env::var_os("ACLC_UPDATE_README").is_some() {
        std::fs::write(README, &printed).expect("README.md is writable");
    }
    assert!(
        shown == printed || std::env::var_os("ACLC_UPDATE_README").is_some(),
        "README.md differs from what its commands print; run with ACLC_UPDATE_README=1 and look at the difference\n{}",
        difference(&shown, &printed)
    );
}

/// The first line that differs.
fn difference(shown: &str, printed: &str) -> String {
    let pair = shown.lines().zip(printed.lines()).find(|(a, b)| a != b);
    pair.map_or("one is longer".to_owned(), |(a, b)| {
        format!("shown:   {a}\nprinted: {b}")
    })
}

/// The text with the output of each console block replaced by what its commands print.
fn rerun(text: &str) -> String {
    let mut out = String::new();
    let mut console = false;
    for line in text.lines() {
        match (console, line) {
            (false, "```console") => console = true,
            (true, "```") => console = false,
            (true, _) if !line.starts_with("$ ") => continue,
            _ => {}
        }
        out.push_str(line);
        out.push('\n');
        if console && let Some(command) = line.strip_prefix("$ ") {
            out.push_str(&run(command));
        }
    }
    out
}

/// What a command prints, standard error after standard output. The test suite's own run is not repeated.
fn run(command: &str) -> String {
    if command.starts_with("cargo test") {
        return String::new();
    }
    let binary = env!("CARGO_BIN_EXE_aclc");
    let checker = env!("CARGO_BIN_EXE_aclc-check");
    let command = command.replace("cargo run -q --release --bin aclc-check --", checker);
    let command = command.replace("cargo run -q --release --", binary);
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env_remove("LANG")
        .output()
        .expect("a shell");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut all = text(&output.stdout);
    all.push_str(&text(&output.stderr));
    if !all.is_empty() && !all.ends_with('\n') {
        all.push('\n');
    }
    all
}
