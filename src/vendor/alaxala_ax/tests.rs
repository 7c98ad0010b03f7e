//! Tests of the whole dialect.
