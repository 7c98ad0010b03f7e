//! The document held to the files it names: every hash, every line, every address.

use crate::document::{Action, Document, Entry, Interface, List, Relay, each, sha256};
use crate::packets::{self, Boxes, bits, net};
use crate::{Done, Reject};
use ipnet::IpNet;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

/// The files of a document, and what it says of their lines.
pub(crate) struct Files<'d> {
    document: &'d Document,
    lines: Vec<Vec<String>>,
    /// What stands in the document beside which line.
    told: Vec<BTreeMap<usize, Vec<String>>>,
}

impl<'d> Files<'d> {
    /// Reads the files below `root`; each must have its hash.
    pub(crate) fn read(document: &'d Document, root: &Path) -> Result<Files<'d>, Reject> {
        let mut lines = Vec::new();
        for file in &document.files {
            let path = &file.path;
            let bytes = std::fs::read(root.join(path)).map_err(|why| format!("{path}: {why}"))?;
            if sha256(&bytes) != file.sha256 {
                return Err(format!("{path}: it is not the file of the certificate"));
            }
            lines.push(split(&bytes));
        }
        let mut told = vec![BTreeMap::new(); lines.len()];
        for part in ["interfaces", "effects", "routes", "lists", "claims"] {
            tell(document, document.shown(part), None, &mut told);
        }
        for (lines, told) in lines.iter().zip(&told) {
            let says =
                |number: usize| number > 0 && lines.get(number - 1).is_some_and(|l| is_said(l));
            if let Some(number) = told.keys().find(|number| !says(**number)) {
                return Err(format!("line {number} says nothing"));
            }
        }
        Ok(Files {
            document,
            lines,
            told,
        })
    }

    /// A line that something in the document has.
    pub(crate) fn line(&self, file: usize, number: usize) -> &str {
        &self.lines[file][number - 1]
    }

    /// The lines of a device's file with these numbers; `None` for a router that has no text.
    fn of_device(&self, device: usize, numbers: &[usize]) -> Option<Vec<&str>> {
        let file = self.document.devices[device].file?;
        let lines = numbers.iter().map(|&number| self.line(file, number));
        Some(lines.collect())
    }

    /// All lines of a file that say something.
    pub(crate) fn said(&self, file: usize) -> impl Iterator<Item = (usize, &str)> {
        let all = (1..).zip(self.lines[file].iter().map(String::as_str));
        all.filter(|(_, line)| is_said(line))
    }

    /// Those that nothing transcribes.
    fn others(&self, file: usize) -> impl Iterator<Item = (usize, &str)> {
        let told = &self.told[file];
        let all = self.said(file);
        all.filter(|(number, _)| !told.contains_key(number))
    }

    /// Which files are configurations and tables; the others are the policy.
    fn captures(&self) -> BTreeSet<usize> {
        let devices = self.document.devices.iter();
        let each = devices.flat_map(|one| [one.file, one.table]);
        each.flatten().collect()
    }
}

fn is_said(line: &str) -> bool {
    !line.trim().is_empty()
}

/// Lines end with LF, CRLF or a lone CR; captures may be in another encoding than UTF-8.
fn split(bytes: &[u8]) -> Vec<String> {
    let marked = encoding_rs::Encoding::for_bom(bytes);
    let text = match (marked, std::str::from_utf8(bytes)) {
        (Some((encoding, _)), _) => encoding.decode_with_bom_removal(bytes).0,
        (None, Ok(text)) => text.into(),
        (None, Err(_)) => encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0,
    };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(str::to_owned).collect()
}

/// Everything that has lines, beside these.
fn tell(
    document: &Document,
    value: &Value,
    file: Option<usize>,
    told: &mut [BTreeMap<usize, Vec<String>>],
) {
    let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let device = number(&value["device"]).map(|device| &document.devices[device]);
    let learnt = value["learnt"] == true;
    let own = device.and_then(|one| if learnt { one.table } else { one.file });
    let file = own.or(number(&value["file"])).or(file);
    let object = value.as_object().into_iter().flatten();
    let shown = object
        .clone()
        .filter(|(name, _)| !["entries", "relays"].contains(&name.as_str()));
    let shown = Value::from_iter(shown.map(|(name, one)| (name.clone(), one.clone()))).to_string();
    for line in each(&value["lines"]).filter_map(number) {
        if let Some(file) = file {
            told[file].entry(line).or_default().push(shown.clone());
        }
    }
    let parts = each(value).chain(object.map(|(_, part)| part));
    parts.for_each(|part| tell(document, part, file, told));
}

/// Holds everything to the files but routes.
pub(crate) fn check(files: &Files) -> Done {
    bind_claims(files)?;
    for list in &files.document.lists {
        bind_list(files, list).map_err(|why| format!("list `{}`: {why}", list.name))?;
    }
    for one in &files.document.interfaces {
        bind_interface(files, one).map_err(|why| format!("`{}`: {why}", one.name))?;
    }
    for (device, one) in files.document.devices.iter().enumerate() {
        bind_device(files, device).map_err(|why| format!("`{}`: {why}", one.name))?;
    }
    Ok(())
}

/// Whether a line begins as one that lets packets through, drops them, or says where they go; or binds another list than these.
fn is_telling(line: &str, bound: &[&str]) -> bool {
    let is_number = |word: &&str| word.parse::<u32>().is_ok();
    let mut words = words(line).skip_while(is_number);
    let binds = !bound.iter().any(|name| mentions(line, name));
    match (words.next(), words.next()) {
        (Some("permit" | "deny"), _) => true,
        (Some("ip" | "ipv6"), Some("route" | "route-static")) => true,
        (Some("ip" | "ipv6"), Some("access-group" | "traffic-filter")) => binds,
        (Some("packet-filter"), _) => binds,
        _ => false,
    }
}

/// Each line is transcribed, or is one of the others: those are shown, and do not begin as if they mattered.
fn bind_device(files: &Files, device: usize) -> Done {
    let document = files.document;
    let of = &document.devices[device];
    for file in of.file.into_iter().chain(of.table) {
        let stated = &document.files[file].others;
        let is = |(number, _): &(usize, &str)| stated.contains(*number as u128);
        if !files.said(file).filter(is).eq(files.others(file)) {
            let path = &document.files[file].path;
            return Err(format!("a line of {path} was left out, or only said to be"));
        }
    }
    let Some(file) = of.file else {
        return Ok(());
    };
    let mine = || document.of(device);
    let own: BTreeSet<IpNet> = mine().flat_map(|one| &one.addresses).copied().collect();
    let shared: BTreeSet<IpAddr> = mine().flat_map(|one| &one.shared).copied().collect();
    let bound = mine().flat_map(|one| one.lists.iter().flatten());
    let bound: Vec<&str> = bound
        .map(|one| document.lists[one.list].name.as_str())
        .collect();
    for (_, line) in files.others(file) {
        let gives = words(line).any(|word| word == "address");
        let given = nets(line).into_iter().next().filter(|_| gives);
        let known = given.is_none_or(|net| own.contains(&net) || shared.contains(&net.addr()));
        if is_telling(line, &bound) || !known {
            return Err(format!("a line was left out: {}", line.trim()));
        }
    }
    // And every address of its interfaces stands in it, with its length.
    let said = || files.said(file).map(|(_, line)| line);
    let with_length: BTreeSet<IpNet> = said().flat_map(nets).collect();
    let alone: BTreeSet<IpAddr> = said().flat_map(addresses).collect();
    let whole =
        |net: &IpNet| net.prefix_len() == net.max_prefix_len() && alone.contains(&net.addr());
    let stands = |net: &IpNet| with_length.contains(net) || whole(net);
    match own.iter().all(stands) && shared.is_subset(&alone) {
        true => Ok(()),
        false => Err("one of its addresses does not stand in its file".to_owned()),
    }
}

/// The lines of a list name it, and those of its entries say what they do, in this order. What stands in no line is the end
/// of the list, or is not certain.
fn bind_list(files: &Files, list: &List) -> Done {
    let Some(header) = files.of_device(list.device, &list.lines) else {
        return Ok(());
    };
    if !header.iter().all(|line| mentions(line, &list.name)) {
        return Err("its name does not stand in its line".to_owned());
    }
    let mut above: Vec<((Option<u32>, usize), &Boxes)> = Vec::new();
    for (number, entry) in list.entries.iter().enumerate() {
        let lines = files
            .of_device(list.device, &entry.lines)
            .unwrap_or_default();
        let (Some(first), Some(at)) = (lines.first(), entry.lines.first()) else {
            let end = number + 1 == list.entries.len();
            match !entry.log && (end || entry.certain.is_empty()) {
                true => continue,
                false => return Err("an entry that stands in no line".to_owned()),
            }
        };
        bind_entry(entry, &lines).map_err(|why| format!("{why}: {first}"))?;
        let (place, certain) = ((sequence(first), *at), &entry.certain);
        let mut later = above.iter().filter(|(one, _)| !precedes(*one, place));
        if later.any(|(_, one)| packets::meet(one, certain)) {
            return Err(format!("not the order of its lines: {first}"));
        }
        above.push((place, certain));
    }
    Ok(())
}

/// The number of an entry, before the word that says what it does.
fn sequence(line: &str) -> Option<u32> {
    let mut words = words(line).take_while(|word| !["permit", "deny"].contains(word));
    words.find_map(|word| word.parse().ok())
}

/// Entries stand in the order of their numbers, if they have some, and else in that of their lines.
fn precedes(one: (Option<u32>, usize), two: (Option<u32>, usize)) -> bool {
    match (one.0, two.0) {
        (Some(a), Some(b)) if a != b => a < b,
        _ => one.1 < two.1,
    }
}

/// The words of a line, without what only sets them apart.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| c.is_whitespace() || "{}()[];,".contains(c);
    line.split(apart).filter(|word| !word.is_empty())
}

/// The lines permit what the transcription permits, and log where it says so.
fn bind_entry(entry: &Entry, lines: &[&str]) -> Done {
    let all = || lines.iter().flat_map(|line| words(line));
    let yes = all().any(|word| ["permit", "accept"].contains(&word));
    let no = all().any(|word| ["deny", "drop", "discard"].contains(&word));
    let opposite = match entry.action {
        Action::Permit => no && !yes,
        Action::Deny => yes && !no,
        Action::Unread => false,
    };
    match entry.log && !all().any(|word| word.contains("log")) {
        _ if opposite => Err("the line says the opposite".to_owned()),
        true => Err("the line does not log".to_owned()),
        false => Ok(()),
    }
}

/// A name stands in a line.
fn mentions(line: &str, name: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "\"'/,;:[]{}".contains(c));
    let mut found = line.match_indices(name).filter(|_| !name.is_empty());
    found.any(|(at, _)| {
        apart(line[..at].chars().next_back()) && apart(line[at + name.len()..].chars().next())
    })
}

/// An interface's name stands in a line: with or without a blank before its number, or as `unit 0` of one named before.
pub(crate) fn names(line: &str, name: &str) -> bool {
    let joined = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let unit = name.rsplit_once('.').map(|(_, unit)| ["unit", unit]);
    let all: Vec<&str> = words(line).collect();
    joined(line).contains(&joined(name))
        || unit.is_some_and(|unit| all.windows(2).any(|two| two == unit))
}

/// An interface's line names it, its lists' lines name them, and the lines of relays their servers.
fn bind_interface(files: &Files, one: &Interface) -> Done {
    let all = |numbers: &[usize], stands: &dyn Fn(&str) -> bool| {
        let lines = files.of_device(one.device, numbers);
        lines.is_none_or(|lines| !lines.is_empty() && lines.iter().all(|line| stands(line)))
    };
    if !all(&one.lines, &|line| names(line, &one.name)) {
        return Err("its name does not stand in its line".to_owned());
    }
    for binding in one.lists.iter().flatten() {
        let name = &files.document.lists[binding.list].name;
        if !all(&binding.lines, &|line| mentions(line, name)) {
            return Err(format!("list `{name}` does not stand in its line"));
        }
    }
    // An interface of a VLAN is on the link of that VLAN.
    let links = &files.document.links;
    let number = one
        .name
        .rsplit(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    let vlan = format!("VLAN {}", number.trim_start_matches('0'));
    let elsewhere = one.link.is_none_or(|link| links[link] != vlan);
    if elsewhere && one.name.to_lowercase().contains("vlan") {
        return Err("it is not on the link of its VLAN".to_owned());
    }
    let silent = one.families.is_empty() && one.link.is_some() && !one.addresses.is_empty();
    if silent && !is_shut(files, one) {
        return Err("it carries nothing and is not shut".to_owned());
    }
    let leads = |relay: &Relay| all(&relay.lines, &|line| addresses(line).contains(&relay.to));
    match one.relays.iter().all(leads) {
        true => Ok(()),
        false => Err("a relay leads elsewhere".to_owned()),
    }
}

/// Whether a line says so before another interface begins.
fn is_shut(files: &Files, one: &Interface) -> bool {
    let all = || files.document.of(one.device).flat_map(|other| &other.lines);
    let header = one.lines.first().copied().unwrap_or(0);
    let next = all().copied().filter(|line| *line > header).min();
    let file = files.document.devices[one.device].file;
    let lines = file.into_iter().flat_map(|file| files.said(file));
    let below = |number: usize| number > header && next.is_none_or(|next| number < next);
    let says = |line: &str| mentions(line, "shutdown") || mentions(line, "disable");
    let mut below = lines.filter(|(number, _)| below(*number));
    below.any(|(_, line)| says(line) && !mentions(line, "no"))
}

/// Every address that stands in a text.
pub(crate) fn addresses(text: &str) -> BTreeSet<IpAddr> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':'));
    words.filter_map(|word| word.parse().ok()).collect()
}

/// A prefix in front of a line without its last bytes (`10.1/16`).
fn short(line: &str) -> Option<IpNet> {
    let (addr, length) = line.split_whitespace().next()?.split_once('/')?;
    let missing = 4usize
        .checked_sub(addr.split('.').count())
        .filter(|missing| *missing > 0)?;
    format!("{addr}{}/{length}", ".0".repeat(missing))
        .parse()
        .ok()
}

/// The addresses that stand in a line with a length or a mask, and the default.
pub(crate) fn nets(line: &str) -> Vec<IpNet> {
    let words: Vec<&str> = words(line).collect();
    let mut all: Vec<IpNet> = short(line).into_iter().collect();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let mask = next.parse::<Ipv4Addr>();
        let length = mask.map_or(next.to_owned(), |mask| {
            mask.to_bits().leading_ones().to_string()
        });
        let beside = format!("{word}/{length}").parse().ok();
        all.extend(beside.or_else(|| net(word).filter(|_| word.contains('/'))));
        // A VRF may have that name.
        let is_default = *word == "default" && (at == 0 || words.contains(&"route"));
        let default = ["0.0.0.0/0", "::/0"].into_iter().filter(|_| is_default);
        all.extend(default.filter_map(net));
    }
    all
}

/// Words that begin a statement from which a claim comes.
const STATEMENTS: [&str; 6] = ["prove", "証明", "forbid", "禁止", "guideline", "指針"];

/// Each claim stands at a statement that makes one, and each line of a policy that begins with `prove` has a claim: one that
/// was left out would be missed by nobody.
fn bind_claims(files: &Files) -> Done {
    let captures = files.captures();
    for claim in &files.document.claims {
        let line = plain(files.line(claim.file, claim.lines[0]));
        if captures.contains(&claim.file) || !STATEMENTS.iter().any(|word| line.contains(word)) {
            return Err(format!("claim {}: its line claims nothing", claim.id));
        }
    }
    let mut policies = (0..files.lines.len()).filter(|file| !captures.contains(file));
    let left = policies.find_map(|file| files.others(file).find(|(_, line)| proves(&plain(line))));
    match left {
        None => Ok(()),
        Some((number, line)) => Err(format!("line {number} `{}` was left out", line.trim())),
    }
}

/// Whether a line begins with the word `prove`.
fn proves(line: &str) -> bool {
    let mut rests = STATEMENTS[..2]
        .iter()
        .filter_map(|word| line.strip_prefix(word));
    rests.any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "_-・".contains(c)))
}

/// A line as it is compared: without blanks around it, wide letters as narrow ones, in lower case.
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

/// How many lines of each file are transcribed, and how the others begin; with `show`, every line beside its transcription.
pub(crate) fn report(files: &Files, show: bool) -> String {
    let (mut out, captures) = (String::new(), files.captures());
    for (number, file) in files.document.files.iter().enumerate() {
        let (told, total) = (&files.told[number], files.said(number).count());
        let _ = writeln!(
            out,
            "{}: {total} lines, {} transcribed",
            file.path,
            told.len()
        );
        let others = files.others(number).filter(|_| captures.contains(&number));
        let others: BTreeSet<String> = others.map(|(_, line)| beginning(line)).collect();
        if !others.is_empty() {
            let others: Vec<String> = others.into_iter().collect();
            let _ = writeln!(out, "  not transcribed: {}", others.join(" · "));
        }
        for (number, line) in files.said(number).filter(|_| show) {
            let mark = if told.contains_key(&number) { '=' } else { ' ' };
            let _ = writeln!(out, "{number:>6} {mark} {line}");
            for text in told.get(&number).into_iter().flatten() {
                let _ = writeln!(out, "         {text}");
            }
        }
    }
    out
}

/// The first word of a line that is no number, or two.
fn beginning(line: &str) -> String {
    let number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    let some: Vec<&str> = words(line).skip_while(number).take(2).collect();
    match some[..] {
        [first @ ("ip" | "ipv6" | "no" | "set"), second] => format!("{first} {second}"),
        _ => some.first().copied().unwrap_or_default().to_owned(),
    }
}

/// Masks stand beside addresses and are none.
pub(crate) fn is_mask(addr: &IpAddr) -> bool {
    let ones = (bits(*addr) as u32).leading_ones();
    addr.is_ipv4() && bits(*addr) == u32::MAX.checked_shl(32 - ones).unwrap_or(0).into()
}
