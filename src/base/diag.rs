//! One diagnostic type for every stage that reads what a person wrote.
//!
//! A diagnostic has a headline that can stand alone, a primary label that says what is the matter *here*, secondary
//! labels for the other party, notes with facts, and help as an action (style, "The types that hold it together").

use super::{Span, Text};

/// How bad a finding is. `Info` changes no exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input has no meaning, or the result would be wrong.
    Error,
    /// Worth a look; counts as a finding.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// The word of the contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

/// A marked range and what is the matter there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; an empty headline is not allowed, a label without words is.
    pub text: Option<Text>,
}

/// A finding about text a person wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name, kebab case, reads as "allow ...".
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Headline.
    pub message: Text,
    /// Where; the first is the primary one. Empty if no text is at fault (a missing file).
    pub labels: Vec<Label>,
    /// Facts, best of all a packet.
    pub notes: Vec<Text>,
    /// What to write instead.
    pub help: Option<Text>,
}

impl Diagnostic {
    /// An error with its headline. The code is the key of the headline by convention.
    #[must_use]
    pub fn error(message: Text) -> Diagnostic {
        Diagnostic::new(Severity::Error, message)
    }

    /// A warning with its headline.
    #[must_use]
    pub fn warning(message: Text) -> Diagnostic {
        Diagnostic::new(Severity::Warning, message)
    }

    /// A remark with its headline.
    #[must_use]
    pub fn info(message: Text) -> Diagnostic {
        Diagnostic::new(Severity::Info, message)
    }

    fn new(severity: Severity, message: Text) -> Diagnostic {
        Diagnostic {
            code: message.key,
            severity,
            message,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Marks a place without words; the first place marked is the primary one.
    #[must_use]
    pub fn at(mut self, span: Span) -> Diagnostic {
        self.labels.push(Label { span, text: None });
        self
    }

    /// Marks a place with words.
    #[must_use]
    pub fn label(mut self, span: Span, text: Text) -> Diagnostic {
        self.labels.push(Label {
            span,
            text: Some(text),
        });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, text: Text) -> Diagnostic {
        self.notes.push(text);
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, text: Text) -> Diagnostic {
        self.help = Some(text);
        self
    }
}
