//! The document: parsed strictly, and bound to the files it names.

use crate::Reject;
use crate::boxes::{Box, Boxes, FIELDS, Family};
use crate::set::Set;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;

/// What an entry does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Permit,
    Deny,
    /// Nobody knows.
    Unread,
}

/// An entry: what it matches for certain, and what besides perhaps.
pub(crate) struct Entry {
    line: Option<usize>,
    text: String,
    pub(crate) action: Action,
    pub(crate) certain: Boxes,
    pub(crate) perhaps: Boxes,
    /// The transcription as it stands in the document.
    shown: String,
}

/// The cells of a partition that an entry decides; `None`: none does for certain.
pub(crate) type Group = (Option<usize>, Boxes);

/// A list.
pub(crate) struct List {
    device: usize,
    pub(crate) name: String,
    line: Option<usize>,
    pub(crate) family: Family,
    pub(crate) entries: Vec<Entry>,
    /// `None` if it is bound nowhere.
    pub(crate) groups: Option<Vec<Group>>,
}

/// A file that was read.
pub(crate) struct File {
    path: String,
    lines: Vec<String>,
}

/// A certificate with its files.
pub(crate) struct Certificate {
    files: Vec<File>,
    /// Everything that is not about lists, for [`crate::network`] and [`crate::claims`].
    pub(crate) document: Value,
    pub(crate) lists: Vec<List>,
}

/// A field of an object that must be there.
pub(crate) fn get<'v>(value: &'v Value, name: &str) -> Result<&'v Value, Reject> {
    value
        .get(name)
        .ok_or_else(|| format!("no `{name}` in {}", short(value)))
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(200).collect()
}

pub(crate) fn array<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], Reject> {
    let list = get(value, name)?.as_array();
    list.map(Vec::as_slice)
        .ok_or_else(|| format!("`{name}` is no list in {}", short(value)))
}

pub(crate) fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, Reject> {
    let text = get(value, name)?.as_str();
    text.ok_or_else(|| format!("`{name}` is no text in {}", short(value)))
}

pub(crate) fn number(value: &Value, name: &str) -> Result<usize, Reject> {
    plain(get(value, name)?)
}

pub(crate) fn plain(value: &Value) -> Result<usize, Reject> {
    let number = value.as_u64().and_then(|n| usize::try_from(n).ok());
    number.ok_or_else(|| format!("{} is no number", short(value)))
}

pub(crate) fn family(value: &Value) -> Result<Family, Reject> {
    match text(value, "family")? {
        "4" => Ok(Family::V4),
        "6" => Ok(Family::V6),
        other => Err(format!("no family `{other}`")),
    }
}

/// An object with these fields and no others.
pub(crate) fn fields(value: &Value, names: &[&str]) -> Result<(), Reject> {
    let object = value
        .as_object()
        .ok_or_else(|| format!("{} is no object", short(value)))?;
    let wrong = object.keys().find(|key| !names.contains(&key.as_str()));
    match (
        wrong,
        names.iter().find(|name| !object.contains_key(**name)),
    ) {
        (Some(key), _) => Err(format!("`{key}` is unknown in {}", short(value))),
        (None, Some(name)) => Err(format!("no `{name}` in {}", short(value))),
        (None, None) => Ok(()),
    }
}

/// An address as a number, with its family.
pub(crate) fn address(text: &str) -> Result<(Family, u128), Reject> {
    match text.parse() {
        Ok(IpAddr::V4(addr)) => Ok((Family::V4, u128::from(addr.to_bits()))),
        Ok(IpAddr::V6(addr)) => Ok((Family::V6, addr.to_bits())),
        Err(_) => Err(format!("`{text}` is no address")),
    }
}

/// `10.0.0.0/8` as a range; host bits must be zero unless `host` is set.
pub(crate) fn prefix(text: &str) -> Result<(Family, u128, u128), Reject> {
    let wrong = || format!("`{text}` is no prefix");
    let (addr, len) = text.split_once('/').ok_or_else(wrong)?;
    let (family, addr) = address(addr)?;
    let bits = if family == Family::V4 { 32 } else { 128 };
    let len: u32 = len
        .parse()
        .ok()
        .filter(|len| *len <= bits)
        .ok_or_else(wrong)?;
    let host = match bits - len {
        128 => u128::MAX,
        free => (1 << free) - 1,
    };
    Ok((family, addr & !host, addr | host))
}

/// `10.0.0.0/8,10.1.0.1-10.1.0.9` or `80,8000-8010`: values of a field.
pub(crate) fn values(family: Family, field: usize, text: &str) -> Result<Set, Reject> {
    let wrong = || format!("`{text}` is no list of values of `{}`", FIELDS[field].0);
    let one = |word: &str| -> Result<u128, Reject> {
        if field > crate::boxes::DST {
            return word.parse().map_err(|_| wrong());
        }
        let (own, addr) = address(word)?;
        (own == family).then_some(addr).ok_or_else(wrong)
    };
    let mut ranges = Vec::new();
    for part in text.split(',').filter(|_| !text.is_empty()) {
        let (low, high) = match (part.contains('/'), part.split_once('-')) {
            (true, _) => match prefix(part)? {
                (own, low, high) if own == family => (low, high),
                _ => return Err(wrong()),
            },
            (false, Some((low, high))) => (one(low)?, one(high)?),
            (false, None) => (one(part)?, one(part)?),
        };
        if low > high || high > family.last(field) {
            return Err(wrong());
        }
        ranges.push((low, high));
    }
    Ok(Set::of(ranges))
}

/// A list of boxes.
pub(crate) fn boxes(family: Family, value: &Value) -> Result<Boxes, Reject> {
    let list = value
        .as_array()
        .ok_or_else(|| format!("{} is no list", short(value)))?;
    list.iter().map(|one| of_box(family, one)).collect()
}

fn of_box(family: Family, value: &Value) -> Result<Box, Reject> {
    let object = value
        .as_object()
        .ok_or_else(|| format!("{} is no box", short(value)))?;
    let mut out = Box::any(family);
    for (name, set) in object {
        let field = FIELDS.iter().position(|(field, _)| field == name);
        let field = field.ok_or_else(|| format!("no field `{name}`"))?;
        let set = set.as_str().ok_or_else(|| format!("`{name}` is no text"))?;
        out = out.with(field, values(family, field, set)?);
    }
    tidy(family, &out)?;
    Ok(out)
}

/// A box that tests a field must ask for packets that have it, or it would hold half of a packet.
fn tidy(family: Family, one: &Box) -> Result<(), Reject> {
    let free = |field: usize| one.0[field] == Set::upto(family.last(field));
    let asks = |protocols: &[u128]| {
        let set = Set::of(protocols.iter().map(|&p| (p, p)).collect());
        one.0[2].is_subset(&set) && !one.0[8].contains(2)
    };
    let icmp = if family == Family::V4 { 1 } else { 58 };
    let ports = (free(3) && free(4)) || asks(&[6, 17, 132]);
    let flags = free(5) || asks(&[6]);
    let messages = (free(6) && free(7)) || asks(&[icmp]);
    match ports && flags && messages {
        true => Ok(()),
        false => Err("a box tests a field that its packets do not have".to_owned()),
    }
}

impl List {
    /// Whether it has an entry that stands in the file.
    pub(crate) fn has_entries(&self) -> bool {
        self.line.is_some() && self.entries.iter().any(|entry| entry.line.is_some())
    }
}

impl Certificate {
    /// Parses a certificate and reads its files below `root`.
    pub(crate) fn read(source: &str, root: &Path) -> Result<Certificate, Reject> {
        let document: Value =
            serde_json::from_str(source).map_err(|error| format!("it is no JSON: {error}"))?;
        let names = [
            "schema",
            "version",
            "at",
            "facts",
            "files",
            "devices",
            "links",
            "interfaces",
            "routes",
            "externals",
            "lists",
            "reach",
            "claims",
            "digest",
        ];
        fields(&document, &names)?;
        if text(&document, "schema")? != "aclc/certificate/1" {
            return Err("its schema is not `aclc/certificate/1`".to_owned());
        }
        digest(&document)?;
        let files = array(&document, "files")?.iter().map(|one| file(one, root));
        let files = files.collect::<Result<Vec<File>, Reject>>()?;
        let lists = array(&document, "lists")?.iter().map(list);
        let lists = lists.collect::<Result<Vec<List>, Reject>>()?;
        Ok(Certificate {
            files,
            document,
            lists,
        })
    }

    /// The lines of a device's file.
    pub(crate) fn lines(&self, device: usize) -> Result<&[String], Reject> {
        let devices = array(&self.document, "devices")?;
        let device = devices
            .get(device)
            .ok_or_else(|| format!("no device {device}"))?;
        let file = number(device, "file")?;
        let file = self
            .files
            .get(file)
            .ok_or_else(|| format!("no file {file}"))?;
        Ok(&file.lines)
    }

    /// A line of the policy.
    pub(crate) fn policy_line(&self, line: usize) -> Result<&str, Reject> {
        let policy = self.files.first().ok_or("no files")?;
        at(&policy.lines, line)
    }

    /// Every entry stands at its line. With `show`, each is printed beside its transcription.
    pub(crate) fn bind(&self, show: bool, report: &mut String) -> Result<(), Reject> {
        for list in &self.lists {
            let lines = self.lines(list.device)?;
            if let Some(header) = list.line {
                mentions(at(lines, header)?, &list.name)?;
            }
            for entry in &list.entries {
                self.bind_entry(list, entry, lines)?;
            }
        }
        for (index, file) in self.files.iter().enumerate() {
            let taken = self.taken(index)?;
            let total = file
                .lines
                .iter()
                .filter(|line| !line.trim().is_empty())
                .count();
            let of = taken.len();
            let _ = writeln!(report, "{}: {total} lines, {of} transcribed", file.path);
            if show && index > 0 {
                show_file(file, &taken, report);
            }
        }
        Ok(())
    }

    fn bind_entry(&self, list: &List, entry: &Entry, lines: &[String]) -> Result<(), Reject> {
        let Some(number) = entry.line else {
            return Ok(());
        };
        let line = at(lines, number)?;
        let wrong = |what: &str| format!("list `{}`, line {number}: {what}", list.name);
        let folded = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let (stated, masked) = match entry.text.split_once("<masked>") {
            Some((before, _)) => (before, true),
            None => (entry.text.as_str(), false),
        };
        let same = match masked {
            true => folded.starts_with(stated),
            false => clean(&folded) == stated,
        };
        if !same {
            return Err(wrong("the file has another text there"));
        }
        let says = |words: &[&str]| line.split_whitespace().any(|word| words.contains(&word));
        let (yes, no) = (
            says(&["permit", "accept"]),
            says(&["deny", "drop", "discard"]),
        );
        match (entry.action, yes, no) {
            (Action::Permit, false, true) | (Action::Deny, true, false) => {
                Err(wrong("the line says the opposite"))
            }
            _ => Ok(()),
        }
    }

    /// The lines of a file that have a transcription, with it.
    fn taken(&self, file: usize) -> Result<Vec<(usize, String)>, Reject> {
        let devices = array(&self.document, "devices")?;
        let mine = |device: &Value, name: &str| -> Result<bool, Reject> {
            let device = devices.get(number(device, name)?).ok_or("no such device")?;
            Ok(number(device, "file")? == file)
        };
        let mut out = Vec::new();
        for list in &self.lists {
            let device = devices.get(list.device).ok_or("no such device")?;
            if number(device, "file")? == file {
                let entries = list.entries.iter();
                out.extend(entries.filter_map(|e| e.line.map(|line| (line, e.shown.clone()))));
                out.extend(list.line.map(|line| (line, format!("list {}", list.name))));
            }
        }
        for interface in array(&self.document, "interfaces")? {
            if mine(interface, "device")? {
                out.push((number(interface, "line")?, interface.to_string()));
            }
        }
        for route in array(&self.document, "routes")? {
            if mine(route, "device")? {
                for line in array(route, "lines")? {
                    out.push((plain(line)?, route.to_string()));
                }
            }
        }
        for claim in array(&self.document, "claims")?
            .iter()
            .filter(|_| file == 0)
        {
            out.push((number(claim, "line")?, text(claim, "id")?.to_owned()));
        }
        out.retain(|(line, _)| *line > 0);
        out.sort();
        Ok(out)
    }
}

fn show_file(file: &File, taken: &[(usize, String)], report: &mut String) {
    for (number, line) in (1..).zip(&file.lines) {
        let of: Vec<&String> = taken
            .iter()
            .filter(|(at, _)| *at == number)
            .map(|(_, t)| t)
            .collect();
        if of.is_empty() && line.trim().is_empty() {
            continue;
        }
        let mark = if of.is_empty() { " " } else { "=" };
        let _ = writeln!(report, "{number:>6} {mark} {line}");
        for of in of {
            let _ = writeln!(report, "         {of}");
        }
    }
}

/// A 1-based line of a file.
pub(crate) fn at(lines: &[String], number: usize) -> Result<&str, Reject> {
    let line = number.checked_sub(1).and_then(|index| lines.get(index));
    line.map(String::as_str)
        .ok_or_else(|| format!("the file has no line {number}"))
}

/// A word stands in a line.
pub(crate) fn mentions(line: &str, word: &str) -> Result<(), Reject> {
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

/// Control characters as the transcription writes them.
fn clean(text: &str) -> String {
    let bad =
        |c: char| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| if bad(c) { '\u{FFFD}' } else { c })
        .collect()
}

fn digest(document: &Value) -> Result<(), Reject> {
    let stated = text(document, "digest")?;
    let rest: Map<String, Value> = document
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "digest")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    match sha256(Value::Object(rest).to_string().as_bytes()) == stated {
        true => Ok(()),
        false => Err("its digest is not that of its content".to_owned()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn file(value: &Value, root: &Path) -> Result<File, Reject> {
    fields(value, &["path", "sha256"])?;
    let path = text(value, "path")?;
    let bytes = std::fs::read(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
    if sha256(&bytes) != text(value, "sha256")? {
        return Err(format!(
            "{path}: it is not the file the certificate is about"
        ));
    }
    // Lines end with LF, CRLF or a lone CR; captures may be in another encoding than UTF-8.
    let marked = encoding_rs::Encoding::for_bom(&bytes);
    let content = match (marked, std::str::from_utf8(&bytes)) {
        (Some((encoding, _)), _) => encoding.decode_with_bom_removal(&bytes).0,
        (None, Ok(text)) => text.into(),
        (None, Err(_)) => encoding_rs::SHIFT_JIS.decode_without_bom_handling(&bytes).0,
    };
    let lines = content.replace("\r\n", "\n").replace('\r', "\n");
    Ok(File {
        path: path.to_owned(),
        lines: lines.split('\n').map(str::to_owned).collect(),
    })
}

fn list(value: &Value) -> Result<List, Reject> {
    fields(
        value,
        &["device", "name", "line", "family", "entries", "cells"],
    )?;
    let family = family(value)?;
    let group = |one: &Value| -> Result<Group, Reject> {
        fields(one, &["entry", "cells"])?;
        let entry = get(one, "entry")?;
        let entry = (!entry.is_null()).then(|| plain(entry)).transpose()?;
        Ok((entry, boxes(family, get(one, "cells")?)?))
    };
    let groups = match get(value, "cells")? {
        Value::Null => None,
        _ => Some(
            array(value, "cells")?
                .iter()
                .map(group)
                .collect::<Result<_, _>>()?,
        ),
    };
    let entries = array(value, "entries")?
        .iter()
        .map(|one| entry(family, one));
    Ok(List {
        device: number(value, "device")?,
        name: text(value, "name")?.to_owned(),
        line: optional(value, "line")?,
        family,
        entries: entries.collect::<Result<_, _>>()?,
        groups,
    })
}

fn optional(value: &Value, name: &str) -> Result<Option<usize>, Reject> {
    let value = get(value, name)?;
    (!value.is_null()).then(|| plain(value)).transpose()
}

fn entry(family: Family, value: &Value) -> Result<Entry, Reject> {
    fields(value, &["line", "text", "action", "certain", "perhaps"])?;
    let action = match text(value, "action")? {
        "permit" => Action::Permit,
        "deny" => Action::Deny,
        "unread" => Action::Unread,
        other => return Err(format!("no action `{other}`")),
    };
    let (certain, perhaps) = (get(value, "certain")?, get(value, "perhaps")?);
    Ok(Entry {
        line: optional(value, "line")?,
        text: text(value, "text")?.to_owned(),
        action,
        certain: boxes(family, certain)?,
        perhaps: boxes(family, perhaps)?,
        shown: format!(
            "{} certain {certain} perhaps {perhaps}",
            text(value, "action")?
        ),
    })
}
