//! The document held to the files it names: every hash, every line that was transcribed, every address and route.

use crate::Reject;
use crate::boxes::Family;
use crate::document::{
    Action, Address, Both, Document, Entry, Interface, List, Route, Target, sha256,
};
use crate::set::Set;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
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

    /// A 1-based line of a file.
    pub(crate) fn line(&self, file: usize, number: usize) -> Result<&str, Reject> {
        let lines = self.0.get(file).ok_or_else(|| format!("no file {file}"))?;
        let line = number.checked_sub(1).and_then(|index| lines.get(index));
        line.map(String::as_str)
            .ok_or_else(|| format!("file {file} has no line {number}"))
    }

    fn of_device(&self, document: &Document, device: usize) -> Result<(usize, &[String]), Reject> {
        let device = document.devices.get(device).ok_or("no such device")?;
        let file = device
            .file
            .ok_or_else(|| format!("`{}` has no file", device.name))?;
        let lines = self.0.get(file).ok_or_else(|| format!("no file {file}"))?;
        Ok((file, lines))
    }
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
pub(crate) fn check(document: &Document, files: &Files) -> Result<(), Reject> {
    bind_claims(document, files)?;
    for list in &document.lists {
        if let Some(header) = list.line {
            let (file, _) = files.of_device(document, list.device)?;
            mentions(files.line(file, header)?, &list.name)?;
        }
        for entry in &list.entries {
            if let Some(line) = entry.line {
                let (_, lines) = files.of_device(document, list.device)?;
                bind_entry(list, entry, lines, line)
                    .map_err(|why| format!("list `{}`, line {line}: {why}", list.name))?;
            }
        }
    }
    for (number, device) in document.devices.iter().enumerate() {
        // A router without a text has only what the policy declares of it.
        if device.file.is_none() {
            continue;
        }
        let (_, text) = files.of_device(document, number)?;
        let here = addresses(&text.join("\n"));
        let own = device.own.iter().flat_map(|own| &own.addresses);
        if let Some(lost) = own
            .into_iter()
            .find(|a| !here.contains(&(a.family, a.addr)))
        {
            return Err(format!(
                "`{}`: its address {:#x} does not stand in its file",
                device.name, lost.addr
            ));
        }
        for effect in &device.effects {
            let line = text
                .get(effect.line.wrapping_sub(1))
                .ok_or("no such line")?;
            if said(line) != said(&effect.text) && !effect.text.contains(MASKED) {
                return Err(format!(
                    "line {}: the file has another text there",
                    effect.line
                ));
            }
        }
    }
    for one in &document.interfaces {
        bind_interface(document, files, one)?;
    }
    bind_routes(document, files)
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
fn bind_entry(list: &List, entry: &Entry, lines: &[String], number: usize) -> Result<(), Reject> {
    let first = lines
        .get(number.wrapping_sub(1))
        .ok_or("the file has no such line")?;
    let stated = said(&entry.text);
    let mut here = said(first);
    if let Some(at) = stated.iter().position(|word| word.contains(MASKED)) {
        if here.len() < at || here[..at] != stated[..at] {
            return Err("the file has another text there".to_owned());
        }
    } else if here != stated {
        let frame = [
            "set", "firewall", "family", "inet", "inet6", "filter", &list.name,
        ];
        let known = |word: &String| stated.contains(word) || frame.contains(&word.as_str());
        let run = lines.iter().skip(number - 1).map(|line| said(line));
        here = run
            .take_while(|words| words.iter().all(known))
            .flatten()
            .collect();
        if !stated.iter().all(|word| here.contains(word)) {
            return Err("the file has another text there".to_owned());
        }
    }
    let says = |words: &[&str]| here.iter().any(|word| words.contains(&word.as_str()));
    let (yes, no) = (
        says(&["permit", "accept"]),
        says(&["deny", "drop", "discard"]),
    );
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
fn mentions(line: &str, word: &str) -> Result<(), Reject> {
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
fn addresses(text: &str) -> BTreeSet<(Family, u128)> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':'));
    let read = words.filter_map(|word| Address::try_from(word.to_owned()).ok());
    read.map(|one| (one.family, one.addr)).collect()
}

/// An interface's name stands in a line: with or without a blank before its number, or as `unit 0` of one named before.
fn names(line: &str, name: &str) -> bool {
    let joined = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let unit = name
        .rsplit_once('.')
        .map(|(_, unit)| ["unit".to_owned(), unit.to_owned()]);
    joined(line).contains(&joined(name))
        || unit.is_some_and(|unit| said(line).windows(2).any(|two| two == unit))
}

/// An interface's line names it, its lists' lines name them, and all its addresses are its device's own.
fn bind_interface(document: &Document, files: &Files, one: &Interface) -> Result<(), Reject> {
    let wrong = |what: &str| Err(format!("`{}`: {what}", one.name));
    let device = document.devices.get(one.device).ok_or("no such device")?;
    let line = |number: usize| match device.file {
        Some(file) => files.line(file, number).map(Some),
        None => Ok(None),
    };
    if line(one.line)?.is_some_and(|line| !names(line, &one.name)) {
        return wrong("its name does not stand in its line");
    }
    let bound = |both: &Both<Option<crate::document::Binding>>| -> Result<(), Reject> {
        for family in Family::BOTH {
            let Some(binding) = both.of(family) else {
                continue;
            };
            let list = document.lists.get(binding.list).ok_or("no such list")?;
            if (list.device, list.family) != (one.device, family) {
                return Err(format!("list `{}` is bound where it cannot be", list.name));
            }
            line(binding.line)?.map_or(Ok(()), |line| mentions(line, &list.name))?;
        }
        Ok(())
    };
    bound(&one.inward)?;
    bound(&one.outward)?;
    let own = |a: &Address| {
        let mine = device.own.iter().filter(|own| own.vrf == one.vrf);
        mine.flat_map(|own| &own.addresses)
            .any(|b| (b.family, b.addr) == (a.family, a.addr))
    };
    if !one.addresses.iter().chain(&one.shared).all(own) || one.link >= document.links.len() {
        return wrong("its addresses or its link are not those of its device");
    }
    // An interface that is shut has no families at all.
    let carried = |a: &Address| one.families.is_empty() || one.families.contains(&a.family);
    match one.addresses.iter().all(carried) {
        true => Ok(()),
        false => wrong("it has an address of a family that it does not carry"),
    }
}

/// Connected rows are those of the interfaces; each line of another row says its prefix and leads to one of its targets; no
/// subnet and no line that says a route is left out.
fn bind_routes(document: &Document, files: &Files) -> Result<(), Reject> {
    let mut seen = BTreeSet::new();
    for row in &document.routes {
        let wrong = |what: &str| format!("route {:x?}: {what}", row.prefix.ends);
        if !seen.insert((row.device, &row.vrf, row.prefix.family, row.prefix.ends)) {
            return Err(wrong("it stands twice"));
        }
        for target in row.targets.iter().flatten() {
            let out = document
                .interfaces
                .get(target.out)
                .ok_or("no such interface")?;
            if (out.device, &out.vrf) != (row.device, &row.vrf) {
                return Err(wrong("its target is not on its device"));
            }
        }
        let file = document
            .devices
            .get(row.device)
            .and_then(|device| device.file);
        match file {
            _ if row.lines.is_empty() && is_connected(document, row) => {}
            Some(file) if !row.lines.is_empty() => {
                bind_row(document, files, file, row).map_err(|why| wrong(&why))?
            }
            None if !row.lines.is_empty() => {}
            _ => return Err(wrong("its interfaces are not those of the subnet")),
        }
    }
    for (number, one) in document.interfaces.iter().enumerate() {
        for subnet in one
            .addresses
            .iter()
            .filter(|a| one.families.contains(&a.family))
        {
            let rows = document.routes.iter();
            let mine = rows.filter(|row| {
                (row.device, &row.vrf, row.prefix.family) == (one.device, &one.vrf, subnet.family)
            });
            let inside = |row: &&Route| {
                row.prefix.ends.0 >= subnet.ends.0 && row.prefix.ends.1 <= subnet.ends.1
            };
            let direct = Some(Target {
                out: number,
                via: None,
            });
            let (same, longer): (Vec<_>, Vec<_>) = mine
                .filter(inside)
                .partition(|row| row.prefix.ends == subnet.ends);
            let longer = Set::of(longer.iter().map(|row| row.prefix.ends).collect());
            // Longer prefixes may take all of it.
            if !same.iter().any(|row| row.targets.contains(&direct))
                && !Set::of(vec![subnet.ends]).is_subset(&longer)
            {
                return Err(format!("`{}`: its subnet has no route", one.name));
            }
        }
    }
    for (number, device) in document.devices.iter().enumerate() {
        let stated = document.routes.iter().filter(|row| row.device == number);
        let stated: BTreeSet<usize> = stated.flat_map(|row| row.lines.iter().copied()).collect();
        let lines = device
            .file
            .and_then(|file| files.0.get(file))
            .map_or(&[][..], Vec::as_slice);
        let says = |line: &str| {
            let mut words = line.split_whitespace();
            matches!(
                (words.next(), words.next()),
                (Some("ip" | "ipv6"), Some("route"))
            )
        };
        let mut left = (1..)
            .zip(lines)
            .filter(|(number, line)| says(line) && !stated.contains(number));
        if let Some((number, line)) = left.next() {
            return Err(format!("line {number} is left out: {}", line.trim()));
        }
    }
    Ok(())
}

/// A row leads to exactly the interfaces whose subnet it is.
fn is_connected(document: &Document, row: &Route) -> bool {
    let here = |one: &Interface| {
        (one.device, &one.vrf) == (row.device, &row.vrf)
            && one.families.contains(&row.prefix.family)
            && one
                .addresses
                .iter()
                .any(|a| (a.family, a.ends) == (row.prefix.family, row.prefix.ends))
    };
    let interfaces = document.interfaces.iter().enumerate();
    let mine: BTreeSet<usize> = interfaces
        .filter(|(_, one)| here(one))
        .map(|(number, _)| number)
        .collect();
    let direct = |target: &Option<Target>| target.filter(|t| t.via.is_none()).map(|t| t.out);
    let stated: Option<BTreeSet<usize>> = row.targets.iter().map(direct).collect();
    !mine.is_empty() && stated == Some(mine)
}

fn bind_row(document: &Document, files: &Files, file: usize, row: &Route) -> Result<(), Reject> {
    let null = ["null", "discard", "reject", "blackhole"];
    let names = |line: &str, out: usize| names(line, &document.interfaces[out].name);
    let near = |out: usize, via: &Address| {
        let subnets = document.interfaces[out].addresses.iter();
        subnets
            .into_iter()
            .any(|a| a.family == via.family && a.ends.0 <= via.addr && via.addr <= a.ends.1)
    };
    let leads = |line: &str, target: &Option<Target>| match target {
        None => null.iter().any(|word| line.to_lowercase().contains(word)),
        Some(Target { out, via: None }) => names(line, *out),
        Some(Target {
            out,
            via: Some(via),
        }) => {
            addresses(line).contains(&(via.family, via.addr))
                && (near(*out, via) || names(line, *out))
        }
    };
    let lines: Result<Vec<&str>, Reject> = row
        .lines
        .iter()
        .map(|&line| files.line(file, line))
        .collect();
    let lines = lines?;
    for line in &lines {
        if !addresses(line).contains(&(row.prefix.family, row.prefix.ends.0))
            && !line.contains("default")
        {
            return Err(format!("its prefix does not stand in `{}`", line.trim()));
        }
        if !row.targets.iter().any(|target| leads(line, target)) {
            return Err(format!("`{}` leads to none of its targets", line.trim()));
        }
    }
    match row
        .targets
        .iter()
        .all(|target| lines.iter().any(|line| leads(line, target)))
    {
        true => Ok(()),
        false => Err("a target stands in none of its lines".to_owned()),
    }
}

/// Each line of a policy that begins with `prove` has a claim.
fn bind_claims(document: &Document, files: &Files) -> Result<(), Reject> {
    let configs: BTreeSet<usize> = document.devices.iter().filter_map(|d| d.file).collect();
    let claimed: BTreeSet<_> = document.claims.iter().map(|c| (c.file, c.line)).collect();
    for (file, lines) in files.0.iter().enumerate() {
        for (number, line) in (1..).zip(lines) {
            let asked = !configs.contains(&file) && proves(line);
            if asked && !claimed.contains(&(file, number)) {
                return Err(format!("line {number} `{}` was left out", line.trim()));
            }
        }
    }
    Ok(())
}

/// Whether a line begins with the word.
fn proves(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    let name = |c: char| c.is_alphanumeric() || "_-・".contains(c);
    let first = line.split(|c| !name(c)).next().unwrap_or_default();
    first.eq_ignore_ascii_case("prove") || first == "証明"
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
    let file_of = |device: usize| document.devices.get(device).and_then(|device| device.file);
    let shown = |part: &str, number: usize| document.shown(part, number).to_string();
    for (number, list) in document.lists.iter().enumerate() {
        let file = file_of(list.device);
        take(file, list.line.unwrap_or(0), format!("list {}", list.name));
        for (at, entry) in list.entries.iter().enumerate() {
            // What stands in no line, as the end of a list, is shown where the list begins.
            let line = entry.line.or(list.line).unwrap_or(0);
            let text = document.shown("lists", number)["entries"][at].to_string();
            take(file, line, text);
        }
    }
    for (number, one) in document.interfaces.iter().enumerate() {
        take(file_of(one.device), one.line, shown("interfaces", number));
    }
    for (number, row) in document.routes.iter().enumerate() {
        row.lines
            .iter()
            .for_each(|&line| take(file_of(row.device), line, shown("routes", number)));
    }
    for device in &document.devices {
        let each = device.effects.iter();
        each.for_each(|effect| take(device.file, effect.line, format!("may {:?}", effect.may)));
    }
    for claim in &document.claims {
        take(Some(claim.file), claim.line, claim.id.clone());
    }
    let mut out = String::new();
    for (number, (name, lines)) in document.files.iter().zip(&files.0).enumerate() {
        let (path, taken) = (&name.path, &taken[number]);
        let total = lines.iter().filter(|line| !line.trim().is_empty()).count();
        let _ = writeln!(out, "{path}: {total} lines, {} transcribed", taken.len());
        let mut devices = document.devices.iter();
        let config = devices.any(|device| device.file == Some(number));
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
