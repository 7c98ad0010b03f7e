//! The words of `--help` and of usage errors, from the catalogue, in the language that is asked for.

use super::args::Args;
use crate::base::{Diagnostic, Lang, Text};
use crate::text;
use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;

/// The language of `--lang`, looked up before anything is parsed, because the help text needs it.
pub(super) fn asked_language(args: &[OsString]) -> Option<Lang> {
    match value(args, "--lang")?.as_str() {
        "ja" => Some(Lang::Ja),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// Whether `--format json` is asked for, so that a usage error can be in that format too.
pub(super) fn asks_for_json(args: &[OsString]) -> bool {
    value(args, "--format").is_some_and(|format| format == "json")
}

/// The value of an option, as `--name value` or `--name=value`.
fn value(args: &[OsString], name: &str) -> Option<String> {
    let words = || args.iter().skip(1).map(|arg| arg.to_string_lossy());
    let joined = words().find_map(|word| {
        let value = word.strip_prefix(name)?.strip_prefix('=')?;
        Some(value.to_owned())
    });
    joined.or_else(|| {
        let at = words().position(|word| word == name)?;
        words().nth(at + 1).map(|word| word.into_owned())
    })
}

/// The command line with its help in one language.
pub(super) fn command(lang: Lang) -> clap::Command {
    let say = |text: Text| text.render(lang);
    let template = format!(
        "{{about-section}}{}: {{usage}}\n\n{{all-args}}{{after-help}}",
        say(text!("help-usage"))
    );
    let dress = |command: clap::Command, about: Text, after: Text| {
        command
            .about(say(about))
            .after_help(say(after))
            .help_template(template.clone())
            .subcommand_help_heading(say(text!("help-commands")))
            .disable_help_subcommand(true)
            .mut_args(|arg| argument(arg, lang))
    };
    let mut command = dress(Args::command(), text!("help-about"), text!("help-examples"));
    // Global options reach the subcommands only now; before, their arguments could not be told apart from the help flag.
    command = add_flags(command, lang, true);
    command.mut_subcommands(|sub| {
        let (about, after) = about(sub.get_name());
        add_flags(dress(sub, about, after), lang, false)
    })
}

/// `--help` and `--version` with words of ours.
fn add_flags(command: clap::Command, lang: Lang, version: bool) -> clap::Command {
    let heading = text!("help-options").render(lang);
    let help = clap::Arg::new("help")
        .short('h')
        .long("help")
        .help(text!("help-help").render(lang))
        .help_heading(heading.clone())
        .display_order(200)
        .action(clap::ArgAction::Help);
    let command = command.disable_help_flag(true).arg(help);
    if !version {
        return command;
    }
    let version = clap::Arg::new("version")
        .short('V')
        .long("version")
        .help(text!("help-version").render(lang))
        .help_heading(heading)
        .display_order(200)
        .action(clap::ArgAction::Version);
    command.disable_version_flag(true).arg(version)
}

fn argument(arg: clap::Arg, lang: Lang) -> clap::Arg {
    let heading = match arg.is_positional() {
        true => text!("help-arguments"),
        false => text!("help-options"),
    };
    let words = option(arg.get_id().as_str());
    // Options of the command come before those of every command.
    let order = if arg.is_global_set() { 100 } else { 1 };
    let valued = arg.get_action().takes_values();
    arg.help(words.map(|words| words.render(lang)).unwrap_or_default())
        .help_heading(heading.render(lang))
        .hide_possible_values(valued)
        .hide_default_value(valued)
        .display_order(order)
}

/// What a command does, and examples of it.
fn about(command: &str) -> (Text, Text) {
    match command {
        "check" => (text!("help-check"), text!("help-check-examples")),
        "build" => (text!("help-build"), text!("help-build-examples")),
        "verify" => (text!("help-verify"), text!("help-verify-examples")),
        "diff" => (text!("help-diff"), text!("help-diff-examples")),
        "trace" => (text!("help-trace"), text!("help-trace-examples")),
        "query" => (text!("help-query"), text!("help-query-examples")),
        "twins" => (text!("help-twins"), text!("help-twins-examples")),
        "sheet" => (text!("help-sheet"), text!("help-sheet-examples")),
        "plan" => (text!("help-plan"), text!("help-plan-examples")),
        "import" => (text!("help-import"), text!("help-import-examples")),
        "facts" => (text!("help-show-facts"), text!("help-show-facts-examples")),
        "lab" => (text!("help-lab"), text!("help-lab-examples")),
        "fmt" => (text!("help-fmt"), text!("help-fmt-examples")),
        "schema" => (text!("help-schema"), text!("help-schema-examples")),
        _ => (text!("help-lint"), text!("help-lint-examples")),
    }
}

/// What an argument is.
fn option(id: &str) -> Option<Text> {
    Some(match id {
        "format" => text!("help-format"),
        "lang" => text!("help-lang"),
        "color" => text!("help-color"),
        "at" => text!("help-at"),
        "max_nodes" => text!("help-max-nodes"),
        "timeout" => text!("help-timeout"),
        "dialect" => text!("help-dialect"),
        "facts" => text!("help-facts"),
        "policy" => text!("help-policy"),
        "coverage" => text!("help-coverage"),
        "words" => text!("help-words"),
        "output" => text!("help-output"),
        "allow_unproved" => text!("help-allow-unproved"),
        "between" => text!("help-between"),
        "mutate" => text!("help-mutate"),
        "before" => text!("help-before"),
        "configs" => text!("help-configs"),
        "redact" => text!("help-redact"),
        "captured" => text!("help-captured"),
        "approved" => text!("help-approved"),
        "attest" => text!("help-attest"),
        "documents" => text!("help-documents"),
        "files" => text!("help-files"),
        "table" => text!("help-table"),
        "check" => text!("help-check-table"),
        "read" => text!("help-read-table"),
        "charset" => text!("help-charset"),
        "policy_out" => text!("help-policy-out"),
        "models" => text!("help-models"),
        "class" => text!("help-class"),
        "report_output" => text!("help-report-output"),
        "certificate" => text!("help-certificate"),
        "old" => text!("help-old"),
        "new" => text!("help-new"),
        "file" => text!("help-file"),
        "acl" => text!("help-acl"),
        "packets" => text!("help-packets"),
        "packet" => text!("help-packet"),
        "from" => text!("help-from"),
        "to" => text!("help-to"),
        "action" => text!("help-action"),
        "random" => text!("help-random"),
        "per_link" => text!("help-per-link"),
        "claims" => text!("help-claims"),
        "seed" => text!("help-seed"),
        "which" => text!("help-which"),
        "command" => text!("help-command"),
        _ => return None,
    })
}

/// A usage error as a diagnostic.
pub(super) fn usage(error: &clap::Error) -> Diagnostic {
    let invalid = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => text!("usage-unknown", what = invalid),
        ErrorKind::InvalidSubcommand => {
            text!(
                "usage-command",
                what = context(error, ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            text!("usage-no-command")
        }
        ErrorKind::MissingRequiredArgument => text!("usage-missing", what = invalid),
        ErrorKind::InvalidValue if value.is_empty() => text!("usage-no-value", what = invalid),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            text!("usage-value", what = invalid, value = value)
        }
        ErrorKind::ArgumentConflict => {
            let other = context(error, ContextKind::PriorArg);
            text!("usage-conflict", what = invalid, other = other)
        }
        _ => text!("usage-other", why = error.kind().to_string()),
    };
    let diagnostic = Diagnostic {
        code: "usage",
        ..Diagnostic::error(message)
    };
    let near = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
        ContextKind::ValidValue,
    ];
    let near = near.into_iter().map(|kind| context(error, kind));
    match near.into_iter().find(|near| !near.is_empty()) {
        Some(near) => diagnostic.help(text!("usage-near", near = near)),
        None => diagnostic.help(text!("usage-help")),
    }
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(one)) => one.clone(),
        Some(ContextValue::Strings(all)) => all.join(", "),
        Some(ContextValue::StyledStr(one)) => one.to_string(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
