//! Certificates and files that were tampered with: none is accepted.
//!
//! A forger here knows the format and repairs the digest; what only a comparison by eye can find (the transcription of a line
//! rewritten together with all its cells) is stated in the checker's own documentation and is no case of these tests.

use crate::certificate::{check, forged, made, read};
use serde_json::{Value, json};

#[test]
fn a_changed_file_is_noticed() {
    let (dir, certificate) = made("certificate-files", |text| text);
    assert_eq!(check(&certificate).0, 0);
    for name in ["L3SW-CORE01.cfg", "L3SW-MYN01.cfg", "policy.acl"] {
        let path = dir.join(name);
        let held = std::fs::read(&path).unwrap();
        for bytes in edits(&held) {
            std::fs::write(&path, &bytes).unwrap();
            let (exit, said) = check(&certificate);
            assert_eq!(exit, 1, "{name}: {said}");
        }
        std::fs::write(&path, &held).unwrap();
    }
    assert_eq!(check(&certificate).0, 0);
}

/// A text with a byte of each class changed, one taken out, one put in, and the ends of its lines in another form.
fn edits(held: &[u8]) -> Vec<Vec<u8>> {
    let classes: [fn(&u8) -> bool; 7] = [
        u8::is_ascii_digit,
        u8::is_ascii_lowercase,
        u8::is_ascii_uppercase,
        u8::is_ascii_punctuation,
        |byte| *byte == b' ',
        |byte| *byte == b'\n',
        |byte| !byte.is_ascii(),
    ];
    let seed = 8;
    eprintln!("seed {seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut all = Vec::new();
    for class in classes {
        let at: Vec<usize> = (0..held.len()).filter(|&at| class(&held[at])).collect();
        if at.is_empty() {
            continue;
        }
        let at = at[rng.usize(..at.len())];
        let mut changed = held.to_vec();
        changed[at] ^= 1;
        let mut shorter = held.to_vec();
        shorter.remove(at);
        let mut longer = held.to_vec();
        longer.insert(at, held[at]);
        all.extend([changed, shorter, longer]);
    }
    let text = String::from_utf8(held.to_vec()).unwrap();
    all.extend(
        [
            text.replace('\n', "\r\n"),
            format!("{text}\n"),
            format!("\u{feff}{text}"),
            String::new(),
        ]
        .map(String::into_bytes),
    );
    all
}

/// A claim that is left out with all that argues for it, or that points at a line that says something else.
#[test]
fn a_claim_that_is_left_out_is_missed() {
    let (_, certificate) = made("certificate-claims", |text| text);
    let document = read(&certificate);
    let mut fewer = document.clone();
    fewer["claims"].as_array_mut().unwrap().remove(0);
    for case in fewer["cases"].as_array_mut().unwrap() {
        case["arguments"].as_array_mut().unwrap().remove(0);
    }
    let mut elsewhere = document.clone();
    elsewhere["claims"][0]["lines"] = json!([1]);
    let mut in_a_config = document.clone();
    in_a_config["claims"][0]["file"] = json!(1);
    for (tampered, says) in [
        (fewer, "left out"),
        (elsewhere, "claims nothing"),
        (in_a_config, "claims nothing"),
    ] {
        let file = certificate.with_file_name("claims.json");
        std::fs::write(&file, forged(tampered)).unwrap();
        let (exit, said) = check(&file);
        assert_eq!(exit, 1, "{says}: {said}");
        assert!(said.contains(says), "{says}: {said}");
    }
}

/// Every place of a document that holds no list or object, by its path.
fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(index, one)| leaves(one, &format!("{path}/{index}"), out)),
        Value::Object(object) => object
            .iter()
            .for_each(|(name, one)| leaves(one, &format!("{path}/{name}"), out)),
        _ => out.push(path.to_owned()),
    }
}

/// A path without its numbers.
fn kind(path: &str) -> String {
    let part = |part: &str| match part.parse::<usize>() {
        Ok(_) => "*".to_owned(),
        Err(_) => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A different value of the same type.
fn changed(value: &Value) -> Value {
    match value {
        Value::Null => json!(0),
        Value::Bool(yes) => json!(!yes),
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::String(text) => {
            // Another digit somewhere: a neighbouring address, port, prefix length or word.
            let at = text.rfind(|c: char| c.is_ascii_digit());
            match at {
                Some(at) => {
                    let digit = if &text[at..=at] == "1" { "2" } else { "1" };
                    json!(format!("{}{digit}{}", &text[..at], &text[at + 1..]))
                }
                None => json!(format!("{text}x")),
            }
        }
        other => panic!("no leaf: {other}"),
    }
}

#[test]
fn every_kind_of_value_is_under_the_digest() {
    let (dir, certificate) = made("certificate-leaves", |text| text);
    let document = read(&certificate);
    let mut all = Vec::new();
    leaves(&document, "", &mut all);
    let mut rng = fastrand::Rng::with_seed(11);
    rng.shuffle(&mut all);
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|path| seen.insert(kind(path)));
    assert!(all.len() > 50, "{} kinds", all.len());
    let file = dir.join("tampered.json");
    for path in all {
        let mut tampered = document.clone();
        let place = tampered.pointer_mut(&path).unwrap();
        *place = changed(place);
        std::fs::write(&file, tampered.to_string()).unwrap();
        let (exit, said) = check(&file);
        assert_eq!(exit, 1, "{path}: {said}");
    }
}

/// Kinds of values whose change makes another statement that may follow as well: what is said of the run, names that only
/// people read, and what the policy asks for, which is shown beside the policy's line (checker's documentation). Facts of a
/// device and cells of a reach set may be changed to something weaker that still carries the proof.
fn may_stand(kind: &str) -> bool {
    const FREE: &[&str] = &[
        "/version",
        "/at",
        "/facts",
        "/links/*",
        "/devices/*/name",
        "/claims/*/id",
        "/claims/*/text",
        "/claims/*/lines/*",
        "/claims/*/file",
        "/interfaces/*/vrf",
        "/devices/*/own/*/vrf",
        "/interfaces/*/up",
        "/routes/*/vrf",
        // A line that logs is said to, or it is weaker.
        "/lists/*/entries/*/log",
    ];
    const WEAKER: &[&str] = &[
        "/devices/*/forwards",
        "/devices/*/to_switch",
        "/devices/*/from_switch",
        "/devices/*/bridged",
        "/externals/",
        "/cases/*/reach/",
        "/cases/*/arguments/",
    ];
    FREE.contains(&kind) || WEAKER.iter().any(|start| kind.starts_with(start))
}

/// A forger who takes a value out, or writes one of another type: nothing is read as something it is not.
#[test]
fn a_value_that_is_missing_or_of_another_type_is_rejected() {
    let (dir, certificate) = made("certificate-types", |text| text);
    let document = read(&certificate);
    let mut all = Vec::new();
    leaves(&document, "", &mut all);
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|path| seen.insert(kind(path)));
    let file = dir.join("tampered.json");
    // A value that may be absent says the same as `null`; a set of addresses or a text may be empty or any other.
    let optional = ["/via", "/requests", "/sources", "/entry", "/question"];
    for path in all.iter().filter(|path| *path != "/digest") {
        let (parent, name) = path.rsplit_once('/').unwrap();
        for value in [json!({"a": 1}), json!([[]]), json!(-1), json!(1.5)] {
            let mut tampered = document.clone();
            *tampered.pointer_mut(path).unwrap() = value;
            std::fs::write(&file, forged(tampered)).unwrap();
            assert_eq!(check(&file).0, 1, "{path}");
        }
        let mut tampered = document.clone();
        let was_null = tampered.pointer(path).unwrap().is_null();
        if let Some(object) = tampered.pointer_mut(parent).unwrap().as_object_mut() {
            object.shift_remove(name);
            object.insert("other".to_owned(), json!(1));
            std::fs::write(&file, forged(tampered)).unwrap();
            let may = was_null || optional.iter().any(|end| path.ends_with(end));
            assert!(may || check(&file).0 == 1, "{path} left out");
            assert_eq!(check(&file).0, 1, "{path}: an unknown field");
        }
    }
}

#[test]
fn a_forger_who_repairs_the_digest_is_caught_at_every_transcribed_value() {
    let (dir, certificate) = made("certificate-forged", |text| text);
    let document = read(&certificate);
    let mut all = Vec::new();
    leaves(&document, "", &mut all);
    let mut rng = fastrand::Rng::with_seed(12);
    rng.shuffle(&mut all);
    let mut seen: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    // Entries that decide nothing (an earlier one takes all their packets) prove nothing either.
    let decides = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        let [_, "lists", list, "entries", entry, ..] = parts.as_slice() else {
            return true;
        };
        let groups = &document["cases"][0]["cells"][list.parse::<usize>().unwrap()];
        let entry: u64 = entry.parse().unwrap();
        let boxes = document.pointer(&parts[..5].join("/")).unwrap();
        let one = boxes["certain"]
            .as_array()
            .is_some_and(|boxes| boxes.len() == 1);
        let known = boxes["perhaps"].as_array().is_some_and(Vec::is_empty);
        one && known
            && groups
                .as_array()
                .is_some_and(|groups| groups.iter().any(|group| group["entry"] == entry))
    };
    all.retain(|path| {
        let kind = kind(path);
        let count = seen.entry(kind.clone()).or_default();
        *count += u32::from(decides(path));
        *count <= 2 && decides(path) && kind != "/digest"
    });
    let file = dir.join("tampered.json");
    let (mut caught, mut stood) = (0, Vec::new());
    for path in all {
        let mut tampered = document.clone();
        let place = tampered.pointer_mut(&path).unwrap();
        *place = changed(place);
        std::fs::write(&file, forged(tampered)).unwrap();
        let (exit, said) = check(&file);
        match exit {
            1 => caught += 1,
            _ if may_stand(&kind(&path)) => {}
            _ => stood.push(format!("{path}: {said}")),
        }
    }
    assert!(stood.is_empty(), "{}", stood.join("\n"));
    assert!(caught > 80, "{caught} were caught");
}

#[test]
fn leaving_out_any_part_of_the_argument_is_caught() {
    let (dir, certificate) = made("certificate-parts", |text| text);
    let document = read(&certificate);
    let file = dir.join("tampered.json");
    let mut rng = fastrand::Rng::with_seed(13);
    let lists = ["/lists", "/files", "/devices", "/interfaces", "/routes"];
    let bound: Vec<usize> = (0..document["lists"].as_array().unwrap().len())
        .filter(|&list| !document["cases"][0]["cells"][list].is_null())
        .collect();
    let groups = bound.iter().map(|list| format!("/cases/0/cells/{list}"));
    let cells = bound
        .iter()
        .map(|list| format!("/cases/0/cells/{list}/0/cells"));
    let sets = (0..document["cases"][0]["reach"].as_array().unwrap().len())
        .map(|at| format!("/cases/0/reach/{at}/sets"));
    // A cell of a set, too.
    let kept = (0..document["cases"][0]["reach"].as_array().unwrap().len()).flat_map(|at| {
        let sets = document["cases"][0]["reach"][at]["sets"]
            .as_array()
            .unwrap();
        let ends = [0, sets.len().saturating_sub(1)].into_iter();
        let ends = ends.filter(|&set| set < sets.len());
        ends.map(move |set| format!("/cases/0/reach/{at}/sets/{set}/cells"))
            .collect::<Vec<_>>()
    });
    let all = lists
        .iter()
        .map(|list| (*list).to_owned())
        .chain(groups)
        .chain(cells)
        .chain(sets)
        .chain(kept);
    for path in all {
        let mut tampered = document.clone();
        let list = tampered.pointer_mut(&path).unwrap().as_array_mut().unwrap();
        if list.is_empty() {
            continue;
        }
        list.remove(rng.usize(..list.len()));
        std::fs::write(&file, forged(tampered)).unwrap();
        let (exit, said) = check(&file);
        assert_eq!(exit, 1, "an element of {path} left out: {said}");
    }
}

#[test]
fn a_refuted_claim_cannot_be_certified() {
    let (_, certificate) = made("certificate-true", |text| text);
    let good = read(&certificate);
    let (dir, certificate) = made("certificate-false", |text| {
        let reply = " 20 permit tcp host 10.20.0.10 eq 443 10.10.17.0 0.0.0.255 range 1024 65535";
        let broken = text.replace(&format!("{reply} established"), reply);
        assert_ne!(broken, text);
        broken
    });
    let (exit, said) = check(&certificate);
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("refuted"), "{said}");
    let mut document = read(&certificate);
    let refuted = document["claims"].as_array().unwrap().iter();
    let at = refuted
        .into_iter()
        .position(|claim| claim["verdict"] == "refuted")
        .unwrap();
    // The argument of the sound network, over the entries of this one.
    document["claims"] = good["claims"].clone();
    for part in ["reach", "arguments"] {
        document["cases"][0][part] = good["cases"][0][part].clone();
    }
    assert_eq!(document["claims"][at]["verdict"], "proved");
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(document)).unwrap();
    let (exit, said) = check(&file);
    assert_eq!(exit, 1, "{said}");
    assert!(said.contains("arrives and is not listed"), "{said}");
}
