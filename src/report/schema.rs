//! JSON Schema of each result, generated from the types that are printed; beyond the contract's page this is the authority.

use super::outcome::{
    Build, Diagnostic, Diff, Facts, Import, Lab, Lint, Plan, Query, Trace, TraceLine, Verify,
};
use schemars::Schema;

/// The commands that have one, in the order of the help.
pub const NAMES: [&str; 13] = [
    "check",
    "build",
    "verify",
    "diff",
    "trace",
    "trace-acl",
    "query",
    "lint",
    "plan",
    "import",
    "facts",
    "lab",
    "error",
];

/// What `check` and exit 2 print.
#[derive(schemars::JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Diagnostics {
    schema: String,
    diagnostics: Vec<Diagnostic>,
}

/// The schema of a command's result.
#[must_use]
pub fn of(command: &str) -> Option<Schema> {
    Some(match command {
        "check" | "error" => schemars::schema_for!(Diagnostics),
        "build" => schemars::schema_for!(Build),
        "verify" => schemars::schema_for!(Verify),
        "diff" => schemars::schema_for!(Diff),
        "trace" => schemars::schema_for!(Trace),
        "trace-acl" => schemars::schema_for!(TraceLine),
        "query" => schemars::schema_for!(Query),
        "lint" => schemars::schema_for!(Lint),
        "plan" => schemars::schema_for!(Plan),
        "import" => schemars::schema_for!(Import),
        "facts" => schemars::schema_for!(Facts),
        "lab" => schemars::schema_for!(Lab),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_one_with_its_fields() {
        for name in NAMES {
            let text = serde_json::to_string(&of(name).unwrap()).unwrap();
            assert!(text.contains("properties"), "{name}");
        }
        let verify = serde_json::to_string(&of("verify").unwrap()).unwrap();
        for field in [
            "claims",
            "gaps",
            "assumptions",
            "inputs",
            "at",
            "facts",
            "version",
        ] {
            assert!(verify.contains(&format!("\"{field}\"")), "{field}");
        }
        assert!(
            !verify.contains("shown"),
            "what is not printed is in no schema"
        );
        assert!(of("verfy").is_none());
    }
}
