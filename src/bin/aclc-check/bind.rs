//! The document held to the files it names: every hash, every line that was transcribed, every address and route.

use crate::boxes::Family;
use crate::document::{Action, Address, Document, Entry, Interface, List, sha256};
use crate::{Done, Reject, at};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;

/// The lines of the files, in the order of the document.
pub(crate) struct Files(Vec<Vec<String>>);

impl Files {
    /// Reads the files below `root`; each must have its hash.
    pub(crate) fn read(document: &Document, root: &Path) -> Result<Files, Reject> {
        let one = |file: &crate::document::FileName| {
            let path = &file.path;
            let bytes =
                std::fs::read(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
            match sha256(&bytes) == file.sha256 {
                true => Ok(lines(&bytes)),
                false => Err(format!(
                    "{path}: it is not the file the certificate is about"
                )),
            }
        };
        let files: Result<Vec<_>, Reject> = document.files.iter().map(one).collect();
        files.map(Files)
    }

    /// The lines of a file.
    pub(crate) fn of(&self, file: usize) -> Result<&[String], Reject> {
        at(&self.0, file, "file").map(Vec::as_slice)
    }

    fn of_device(&self, document: &Document, device: usize) -> Result<&[String], Reject> {
        let device = at(&document.devices, device, "device")?;
        let none = || format!("`{}` has no file", device.name);
        self.of(device.file.ok_or_else(none)?)
    }
}

/// A 1-based line.
pub(crate) fn line(lines: &[String], number: usize) -> Result<&str, Reject> {
    at(lines, number.wrapping_sub(1), "line before").map(String::as_str)
}

/// Lines end with LF, CRLF or a lone CR; captures may be in another encoding than UTF-8.
fn lines(bytes: &[u8]) -> Vec<String> {
    let marked = encoding_rs::Encoding::for_bom(bytes);
    let text = match (marked, std::str::from_utf8(bytes)) {
        (Some((encoding, _)), _) => encoding.decode_with_bom_removal(bytes).0,
        (None, Ok(text)) => text.into(),
        (None, Err(_)) => encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0,
    };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(str::to_owned).collect()
}

/// Holds everything to the files.
pub(crate) fn check(document: &Document, files: &Files) -> Done {
    bind_claims(document, files)?;
    for list in &document.lists {
        let file = files.of_device(document, list.device);
        if let Some(header) = list.line {
            mentions(line(file.clone()?, header)?, &list.name)?;
        }
        for entry in &list.entries {
            if let Some(number) = entry.line {
                bind_entry(list, entry, file.clone()?, number)
                    .map_err(|why| format!("list `{}`, line {number}: {why}", list.name))?;
            }
        }
    }
    for (number, device) in document.devices.iter().enumerate() {
        // A router without a text has only what the policy declares of it.
        if device.file.is_none() {
            continue;
        }
        let text = files.of_device(document, number)?;
        let here = addresses(&text.join("\n"));
        let nets: Vec<Address> = text.iter().flat_map(|line| prefixes(line)).collect();
        let stands = |a: &&Address| match a.ends.0 == a.ends.1 {
            true => here.contains(&(a.family, a.addr)),
            false => nets.contains(a),
        };
        let mut own = device.own.iter().flat_map(|own| &own.addresses);
        if let Some(lost) = own.find(|a| !stands(a)) {
            let (name, addr) = (&device.name, lost.addr);
            return Err(format!(
                "`{name}`: its address {addr:#x} does not stand in its file"
            ));
        }
        for effect in &device.effects {
            bind_text(text, effect.line, &effect.text)?;
        }
    }
    for one in &document.interfaces {
        bind_interface(document, files, one).map_err(|why| format!("`{}`: {why}", one.name))?;
    }
    Ok(())
}

/// A line says what is stated of it, where nothing of that was masked.
fn bind_text(lines: &[String], number: usize, text: &str) -> Done {
    match said(line(lines, number)?) == said(text) || text.contains(MASKED) {
        true => Ok(()),
        false => Err(format!("line {number}: the file has another text there")),
    }
}

/// What stands in place of a secret.
const MASKED: &str = "<masked>";

/// The words of a line, without what only sets them apart.
fn said(line: &str) -> Vec<String> {
    let apart = |c: char| c.is_whitespace() || "{}()[];,".contains(c);
    let words = line.split(apart).filter(|word| !word.is_empty());
    words.map(crate::clean).collect()
}

/// The entry stands at its line, and where an entry has several lines, at those that follow: they say what the text beside
/// the transcription says, and nothing else.
fn bind_entry(list: &List, entry: &Entry, lines: &[String], number: usize) -> Done {
    let stated = said(&entry.text);
    let mut here = said(line(lines, number)?);
    let other = || Err("the file has another text there".to_owned());
    if let Some(at) = stated.iter().position(|word| word.contains(MASKED)) {
        if here.len() < at || here[..at] != stated[..at] {
            return other();
        }
    } else if here != stated {
        let name = list.name.as_str();
        let frame = ["set", "firewall", "family", "inet", "inet6", "filter", name];
        let known = |word: &String| stated.contains(word) || frame.contains(&word.as_str());
        let run = lines.iter().skip(number - 1).map(|line| said(line));
        let run = run.take_while(|words| words.iter().all(known));
        here = run.flatten().collect();
        if !stated.iter().all(|word| here.contains(word)) {
            return other();
        }
    }
    let says = |words: &[&str]| here.iter().any(|word| words.contains(&word.as_str()));
    let yes = says(&["permit", "accept"]);
    let no = says(&["deny", "drop", "discard"]);
    match entry.action {
        Action::Permit if no && !yes => Err("the line says the opposite".to_owned()),
        Action::Deny if yes && !no => Err("the line says the opposite".to_owned()),
        _ if entry.log && !here.iter().any(|word| word.contains("log")) => {
            Err("the line does not log".to_owned())
        }
        _ => Ok(()),
    }
}

/// A word stands in a line.
fn mentions(line: &str, word: &str) -> Done {
    let is_end = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "\"'/,;:[]{}".contains(c));
    let found = line.match_indices(word).any(|(start, _)| {
        let (before, after) = (line.get(..start), line.get(start + word.len()..));
        is_end(before.and_then(|t| t.chars().next_back()))
            && is_end(after.and_then(|t| t.chars().next()))
    });
    match found && !word.is_empty() {
        true => Ok(()),
        false => Err(format!("`{word}` does not stand in `{}`", line.trim())),
    }
}

/// Every address that stands in a text.
pub(crate) fn addresses(text: &str) -> BTreeSet<(Family, u128)> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':'));
    let read = words.filter_map(|word| Address::try_from(word.to_owned()).ok());
    read.map(|one| (one.family, one.addr)).collect()
}

/// An interface's name stands in a line: with or without a blank before its number, or as `unit 0` of one named before.
pub(crate) fn names(line: &str, name: &str) -> bool {
    let joined = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let unit = name
        .rsplit_once('.')
        .map(|(_, unit)| ["unit".to_owned(), unit.to_owned()]);
    joined(line).contains(&joined(name))
        || unit.is_some_and(|unit| said(line).windows(2).any(|two| two == unit))
}

/// An interface's line names it, its lists' lines name them, and all its addresses are its device's own.
fn bind_interface(document: &Document, files: &Files, one: &Interface) -> Done {
    let device = at(&document.devices, one.device, "device")?;
    let text = device.file.map(|file| files.of(file)).transpose()?;
    if let Some(text) = text
        && !names(line(text, one.line)?, &one.name)
    {
        return Err("its name does not stand in its line".to_owned());
    }
    for (both, family) in [&one.inward, &one.outward]
        .into_iter()
        .flat_map(|both| Family::BOTH.map(|family| (both, family)))
    {
        let Some(binding) = both.of(family) else {
            continue;
        };
        let list = at(&document.lists, binding.list, "list")?;
        if (list.device, list.family) != (one.device, family) {
            return Err(format!("list `{}` is bound where it cannot be", list.name));
        }
        if let Some(text) = text {
            mentions(line(text, binding.line)?, &list.name)?;
        }
    }
    for relay in &one.relays {
        let text = text.ok_or("its device has no file")?;
        bind_text(text, relay.line, &relay.text)?;
        if !addresses(&relay.text).contains(&(relay.to.family, relay.to.addr)) {
            return Err("a relay leads elsewhere".to_owned());
        }
    }
    let own = |a: &Address| {
        let mine = device.own.iter().filter(|own| own.vrf == one.vrf);
        mine.flat_map(|own| &own.addresses).any(|own| own == a)
    };
    if !one.addresses.iter().chain(&one.shared).all(own) || one.link >= document.links.len() {
        return Err("its addresses or its link are not those of its device".to_owned());
    }
    // An interface that is shut has no families at all.
    let carried = |a: &Address| one.families.is_empty() || one.families.contains(&a.family);
    match one.addresses.iter().all(carried) {
        true => Ok(()),
        false => Err("it has an address of a family that it does not carry".to_owned()),
    }
}

/// The addresses that stand in a line with a length or a mask, and the default.
pub(crate) fn prefixes(line: &str) -> Vec<Address> {
    let words = said(line);
    let read = |text: &str| Address::try_from(text.to_owned()).ok();
    let mut all = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", String::as_str);
        let mask = next.parse::<Ipv4Addr>();
        let length = mask.map(|mask| mask.to_bits().leading_ones().to_string());
        let both = read(&format!("{word}/{}", length.unwrap_or(next.to_owned())));
        all.extend(both.or_else(|| read(word).filter(|_| word.contains('/'))));
        let default = ["0.0.0.0/0", "::/0"]
            .into_iter()
            .filter(|_| word == "default");
        all.extend(default.filter_map(read));
    }
    all
}

/// Masks stand beside addresses and are none.
pub(crate) fn is_mask((family, addr): (Family, u128)) -> bool {
    let ones = (addr as u32).leading_ones();
    family == Family::V4 && addr as u32 == u32::MAX.checked_shl(32 - ones).unwrap_or(0)
}

/// Everything that stands at a line of a file, wherever in the document it stands.
fn told(
    document: &Document,
    value: &Value,
    (file, line): (Option<usize>, usize),
    take: &mut dyn FnMut(Option<usize>, usize, String),
) {
    let Some(object) = value.as_object() else {
        let each = value.as_array().into_iter().flatten();
        return each.for_each(|one| told(document, one, (file, line), take));
    };
    let number = |value: &Value| {
        value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
    };
    let device = number(&value["device"]).and_then(|at| document.devices.get(at));
    let learnt = value["learnt"] == true;
    let own = device.map(|one| if learnt { one.table } else { one.file });
    let file = own.unwrap_or(number(&value["file"]).or(file));
    let mut shown = object.clone();
    shown.shift_remove("entries");
    let shown = Value::Object(shown).to_string();
    // What stands in no line, as the end of a list, is shown where the list begins.
    let line = number(&value["line"]).unwrap_or(line);
    if object.contains_key("line") {
        take(file, line, shown.clone());
    }
    let lines = value["lines"].as_array().into_iter().flatten();
    lines
        .filter_map(number)
        .for_each(|line| take(file, line, shown.clone()));
    let each = object.values();
    each.for_each(|one| told(document, one, (file, line), take));
}

/// Words that begin a statement from which a claim comes.
const STATEMENTS: [&str; 6] = ["prove", "証明", "forbid", "禁止", "guideline", "指針"];

/// Each claim stands at a statement that makes one, and each line of a policy that begins with `prove` has a claim: one that
/// was left out would be missed by nobody.
fn bind_claims(document: &Document, files: &Files) -> Done {
    let captures = document.devices.iter().flat_map(|d| [d.file, d.table]);
    let configs: BTreeSet<usize> = captures.flatten().collect();
    for claim in &document.claims {
        let line = plain(line(files.of(claim.file)?, claim.line)?);
        if configs.contains(&claim.file) || !STATEMENTS.iter().any(|word| line.contains(word)) {
            return Err(format!("claim {}: its line claims nothing", claim.id));
        }
    }
    let policies = files.0.iter().enumerate();
    for (file, lines) in policies.filter(|(file, _)| !configs.contains(file)) {
        for (number, line) in (1..).zip(lines) {
            let claims = document.claims.iter();
            let mut here = claims.filter(|claim| (claim.file, claim.line) == (file, number));
            if proves(&plain(line)) && here.next().is_none() {
                return Err(format!("line {number} `{}` was left out", line.trim()));
            }
        }
    }
    Ok(())
}

/// Whether a line begins with the word `prove`.
fn proves(line: &str) -> bool {
    let words = ["prove", "証明"].iter();
    let mut rests = words.filter_map(|word| line.strip_prefix(word));
    rests.any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "_-・".contains(c)))
}

/// A line as it is compared: without blanks in front, wide letters as narrow ones, in lower case.
fn plain(line: &str) -> String {
    let narrow = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    };
    let narrow: String = line
        .trim_start_matches('\u{feff}')
        .chars()
        .map(narrow)
        .collect();
    narrow.trim().to_lowercase()
}

/// How many lines of each file were transcribed; with `show`, every line of the configurations beside its transcription.
pub(crate) fn report(document: &Document, files: &Files, show: bool) -> String {
    let mut taken: Vec<BTreeMap<usize, Vec<String>>> = vec![BTreeMap::new(); files.0.len()];
    let mut take = |file: Option<usize>, line: usize, text: String| {
        let of = file.and_then(|file| taken.get_mut(file));
        if let Some(all) = of.filter(|_| line > 0) {
            all.entry(line).or_default().push(text);
        }
    };
    for part in ["devices", "interfaces", "routes", "lists", "claims"] {
        told(document, document.shown(part), (None, 0), &mut take);
    }
    let mut out = String::new();
    for (number, (name, lines)) in document.files.iter().zip(&files.0).enumerate() {
        let (path, taken) = (&name.path, &taken[number]);
        let total = lines.iter().filter(|line| !line.trim().is_empty()).count();
        let _ = writeln!(out, "{path}: {total} lines, {} transcribed", taken.len());
        let mut devices = document.devices.iter();
        let config = devices.any(|one| [one.file, one.table].contains(&Some(number)));
        for (number, line) in (1..).zip(lines).filter(|_| show && config) {
            let of = taken.get(&number);
            if of.is_some() || !line.trim().is_empty() {
                let mark = if of.is_some() { '=' } else { ' ' };
                let _ = writeln!(out, "{number:>6} {mark} {line}");
            }
            for text in of.into_iter().flatten() {
                let _ = writeln!(out, "         {text}");
            }
        }
    }
    out
}
