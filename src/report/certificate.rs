//! A certificate as a file: an element of its lists per line, closed by a digest of all of it.

use serde_json::Value;

/// The text of the file. The digest is of everything else as one line of JSON: who changes a value must also change this one,
/// and the checker looks at it before anything else.
#[must_use]
pub fn sealed(mut certificate: Value) -> String {
    let body = certificate.to_string();
    if let Some(fields) = certificate.as_object_mut() {
        fields.insert("digest".to_owned(), Value::from(super::digest_of(&body)));
    }
    let parts = certificate.as_object().into_iter().flatten();
    let lines =
        parts.map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), part(value)));
    format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
}

fn part(value: &Value) -> String {
    match value.as_array() {
        Some(list) if !list.is_empty() => {
            let lines: Vec<String> = list.iter().map(ToString::to_string).collect();
            format!("[\n{}\n]", lines.join(",\n"))
        }
        _ => value.to_string(),
    }
}
