//! `build`: a policy to one configuration per switch, read back and compared (D45).

use super::attest::{self, OpenFact};
use super::network::Devices;
use super::{Job, Options, network, remarks};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::Policy;
use crate::syntax::keywords::language_of;
use crate::verify::{ClaimResult, Verdict};

/// The configurations and what is known of them. Nothing is written here; the command line asks [`BuildOutcome::may_write`].
#[derive(Clone, Debug)]
pub struct BuildOutcome {
    /// One per switch, in order of names.
    pub files: Vec<BuiltFile>,
    /// Whether what was written, read back, equals the policy.
    pub equality: Verdict,
    /// Equality as a claim if it is not proved, then the claims of the policy.
    pub claims: Vec<ClaimResult>,
    /// Vendor facts that unknown claims hang on and the site could settle.
    pub open_facts: Vec<OpenFact>,
    /// Findings, warnings and remarks only; printed to standard error.
    pub diagnostics: Vec<Diagnostic>,
}

impl BuildOutcome {
    /// Refuted before unknown before proved, equality included (D43).
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let claims = self.claims.iter().map(|claim| claim.verdict);
        Verdict::worst(claims.chain([self.equality]))
    }

    /// Whether the files may be written: equality proved, no claim refuted, and none unknown unless that is allowed.
    #[must_use]
    pub fn may_write(&self, allow_unproved: bool) -> bool {
        let claims = Verdict::worst(self.claims.iter().map(|claim| claim.verdict));
        let enough = match claims {
            Verdict::Proved => true,
            Verdict::Unknown => allow_unproved,
            Verdict::Refuted => false,
        };
        self.equality == Verdict::Proved && enough
    }
}

/// The configuration of one switch.
#[derive(Clone, Debug)]
pub struct BuiltFile {
    /// The switch; the file is `<switch>.cfg`.
    pub switch: String,
    /// How a comment line starts in its dialect (`!`).
    pub comment: &'static str,
    /// The text.
    pub text: String,
    /// What it takes of the device's tables.
    pub entries: Vec<TableUse>,
}

/// Entries used of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableUse {
    /// Name of the table.
    pub table: String,
    /// Entries used.
    pub used: u32,
    /// Entries there are, if known.
    pub available: Option<u32>,
}

/// Compiles a policy and proves the result.
///
/// # Errors
/// Wrong input (exit 2), and each thing a dialect cannot express.
pub fn build(sources: &SourceMap, policy: FileId, options: &Options) -> Job<BuildOutcome> {
    let loaded = network::policy(sources, policy)?;
    let lang = language_of(&sources.get(policy).text);
    let policy = &loaded.policy;
    let written = network::write(policy, options)?;
    let devices = network::read_back(policy, &written, options);
    let tables: Vec<Vec<TableUse>> = policy
        .network
        .managed()
        .zip(&devices)
        .map(|((_, switch), device)| super::capacity::used(switch, &device.device))
        .collect();
    let over = policy.network.managed().zip(&tables);
    let over: Vec<Diagnostic> = over
        .flat_map(|((_, switch), tables)| super::capacity::exceeded(switch, tables))
        .collect();
    if !over.is_empty() {
        return Err(over);
    }
    let mut report = crate::verify::verify(
        policy,
        options.at,
        &devices,
        &network::verify_options(options, true),
    )
    .map_err(|bug| network::our_bug(&bug))?;
    let named = |named| Devices {
        named,
        ..Devices::default()
    };
    let again = |policy: &Policy| named(network::read_back(policy, &written, options));
    let read = named(devices.clone());
    let unused = attest::lean(policy, &read, &again, &mut report, options)?;
    let equality = report.equality.expect("INVARIANT: equality was asked for");
    let verdict = equality.verdict;
    let mut claims = report.claims;
    if verdict != Verdict::Proved {
        claims.insert(0, equality);
    }
    let open_facts = attest::open_facts(policy, &devices, &claims, lang);
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(unused);
    diagnostics.extend(remarks::remarks(policy, options));
    remarks::settle(policy, options.at, &mut diagnostics);
    let files = written
        .into_iter()
        .zip(policy.network.managed())
        .zip(tables)
        .map(|((written, (_, switch)), entries)| BuiltFile {
            comment: network::comment(switch),
            entries,
            switch: written.switch,
            text: written.text,
        });
    Ok(BuildOutcome {
        files: files.collect(),
        equality: verdict,
        claims,
        open_facts,
        diagnostics,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unproved_claims_may_be_waived_and_equality_may_not() {
        let outcome = |equality| BuildOutcome {
            files: Vec::new(),
            equality,
            claims: Vec::new(),
            open_facts: Vec::new(),
            diagnostics: Vec::new(),
        };
        assert!(outcome(Verdict::Proved).may_write(false));
        assert!(!outcome(Verdict::Unknown).may_write(true));
        assert!(!outcome(Verdict::Refuted).may_write(true));
    }
}
