//! The files of a certificate: for captures, the lines that nothing in it transcribes.
//!
//! A line that is in neither class was left out, and the checker rejects the certificate.

use super::{File, Subject, boxes};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The files, held against what the rest of the document has lines of.
pub(super) fn all(subject: &Subject<'_>, document: &Value) -> Value {
    let tables = subject.tables.iter().flatten().map(|table| table.file);
    let captures: BTreeSet<usize> = subject
        .texts
        .iter()
        .flatten()
        .copied()
        .chain(tables)
        .collect();
    let mut told: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    for part in ["interfaces", "effects", "routes", "lists"] {
        tell(subject, &document[part], None, &mut told);
    }
    let one = |(number, file): (usize, &File)| {
        let told = told.get(&number).cloned().unwrap_or_default();
        let others = (1..=u64::from(file.lines)).filter(|line| !told.contains(line));
        let others = boxes::runs(others.filter(|_| captures.contains(&number)));
        json!({ "path": file.path, "sha256": file.sha256, "others": boxes::list(others) })
    };
    subject.files.iter().enumerate().map(one).collect()
}

/// The lines of everything that has some, by file: that of the device it belongs to, or its table.
fn tell(
    subject: &Subject<'_>,
    value: &Value,
    file: Option<usize>,
    told: &mut BTreeMap<usize, BTreeSet<u64>>,
) {
    let device = value["device"].as_u64();
    let device = device.and_then(|number| usize::try_from(number).ok());
    let own = |device: usize| match value["learnt"] == true {
        true => subject.tables[device].as_ref().map(|table| table.file),
        false => subject.texts[device],
    };
    let file = device.and_then(own).or(file);
    let lines = value["lines"].as_array().into_iter().flatten();
    if let Some(file) = file {
        told.entry(file)
            .or_default()
            .extend(lines.filter_map(Value::as_u64));
    }
    let parts = value
        .as_object()
        .into_iter()
        .flat_map(|object| object.values());
    let parts = parts.chain(value.as_array().into_iter().flatten());
    parts.for_each(|part| tell(subject, part, file, told));
}
