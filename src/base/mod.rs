//! What every stage needs and no stage owns: source files, spans, texts in two languages, diagnostics.
//!
//! In: bytes of files, catalogue keys. Out: [`Source`], [`Span`], [`Text`], [`Diagnostic`].
//! Must not know: networks, policies, vendors.
#![warn(missing_docs, clippy::indexing_slicing, clippy::string_slice)]

pub mod diag;
pub mod source;
pub mod suggest;
pub mod text;

pub use diag::{Diagnostic, Label, Severity};
pub use source::{FileId, Source, SourceMap, Span};
pub use text::{Lang, Text};
