//! Random one-line edits of the golden text, as a tired hand makes them.

use super::oracle::{Entry, entry};
use super::{SWITCHES, p1};
use fastrand::Rng;

/// An edited pair of texts.
pub(crate) struct Edit {
    pub(crate) texts: [String; 2],
    pub(crate) what: String,
    /// The entries that were there and are there now, to sample around.
    pub(crate) near: Vec<Entry>,
    /// The VLAN whose interface or list it is.
    pub(crate) vlan: Option<u16>,
}

/// What stands around a line.
fn context(lines: &[String], at: usize) -> (String, Option<u16>) {
    let head = lines[..=at]
        .iter()
        .rev()
        .find(|line| !line.starts_with(' '))
        .cloned()
        .unwrap_or_default();
    let words: Vec<&str> = head.split_whitespace().collect();
    let digits: String = match words.as_slice() {
        [.., "access-list", "extended", name] | ["ipv6", "access-list", name] => name
            .chars()
            .skip(1)
            .take_while(char::is_ascii_digit)
            .collect(),
        ["interface", rest @ ..] => rest.concat().chars().filter(char::is_ascii_digit).collect(),
        _ => String::new(),
    };
    let vlan = digits.parse().ok().filter(|vlan| p1::VLANS.contains(vlan));
    (head, vlan)
}

fn read_entry(head: &str, line: &str, alaxala: bool) -> Option<Entry> {
    let words: Vec<&str> = line.split_whitespace().collect();
    entry(
        &words,
        head.starts_with("ipv6 access-list"),
        alaxala,
        0,
        (0, 0),
    )
}

/// A random edit; `None` if this draw does not apply to the line it hit.
pub(crate) fn draw(golden: &[String; 2], rng: &mut Rng) -> Option<Edit> {
    let file = usize::from(rng.u8(..3) == 0);
    let mut lines: Vec<String> = golden[file].lines().map(str::to_owned).collect();
    let at = rng.usize(..lines.len());
    let (head, vlan) = context(&lines, at);
    let old = lines[at].clone();
    if matches!(old.trim(), "!" | "end") || old.contains("remark") || old.starts_with("hostname") {
        return None;
    }
    let in_list = head.contains("access-list") && old.starts_with(' ');
    let kind = rng.u8(..16);
    let mut near: Vec<Entry> = read_entry(&head, &old, file == 1)
        .filter(|_| in_list)
        .into_iter()
        .collect();
    let done = match kind {
        0 | 1 => {
            lines.remove(at);
            "delete".to_owned()
        }
        2 if in_list => {
            let (from, to) = if old.contains("permit") {
                ("permit", "deny")
            } else {
                ("deny", "permit")
            };
            lines[at] = old.replacen(from, to, 1);
            "turn".to_owned()
        }
        3..=5 => {
            lines[at] = change_number(&old, rng)?;
            "number".to_owned()
        }
        6 if in_list => {
            lines[at] = drop_words(&old, rng)?;
            "drop".to_owned()
        }
        7 if in_list => {
            let other = at + 1;
            let (a, b) = (body(&old)?, body(lines.get(other)?)?);
            if lines[other].contains("remark") || a == b {
                return None;
            }
            near.extend(read_entry(&head, &lines[other], file == 1));
            let next = lines[other].replacen(&b, &a, 1);
            lines[at] = old.replacen(&a, &b, 1);
            lines[other] = next;
            "exchange with the next".to_owned()
        }
        8 if at > 0 && lines[at - 1].starts_with(' ') && old.starts_with(' ') => {
            lines.swap(at, at - 1);
            "swap lines".to_owned()
        }
        9 if in_list => {
            let all = if head.starts_with("ipv6") {
                "ipv6"
            } else {
                "ip"
            };
            let sequence = if head.starts_with("ipv6") {
                "sequence "
            } else {
                ""
            };
            let start = lines.iter().position(|line| *line == head)? + 1;
            let text = match rng.u8(..3) {
                0 => format!(" permit {all} any any"),
                1 => format!(" {sequence}5 permit {all} any any"),
                _ => format!(" {sequence}{} permit {all} any any", 5 + 10 * rng.u32(..8)),
            };
            near.extend(read_entry(&head, &text, file == 1));
            lines.insert(start, text);
            "insert".to_owned()
        }
        10 if in_list => {
            lines[at] = swap_ends(&old)?;
            "swap ends".to_owned()
        }
        11 if in_list => {
            let (from, to) = *rng.choice(&[
                (" tcp ", " udp "),
                (" udp ", " tcp "),
                (" tcp ", " ip "),
                (" ip ", " tcp "),
                (" host ", " any "),
            ])?;
            if !old.contains(from) {
                return None;
            }
            lines[at] = old.replacen(from, to, 1);
            "protocol".to_owned()
        }
        12 => {
            let binding = old.contains("access-group") || old.contains("traffic-filter");
            if binding && rng.bool() {
                lines[at] = old
                    .trim_end()
                    .strip_suffix(" in")
                    .map(|line| format!("{line} out"))?;
            } else if binding || old.contains("access-list") {
                lines[at] = change_number(&old, rng)?;
            } else {
                return None;
            }
            "rebind".to_owned()
        }
        // An entry of one list in another, as pasted.
        13 if in_list => {
            let targets: Vec<usize> = (0..lines.len())
                .filter(|i| {
                    lines[*i].contains("access-list")
                        && lines[*i] != head
                        && lines[*i].starts_with("ipv6") == head.starts_with("ipv6")
                })
                .collect();
            let start = *rng.choice(&targets)?;
            let number = if head.starts_with("ipv6") {
                "sequence 3"
            } else {
                "3"
            };
            let text = format!(" {number} {}", body(&old)?);
            let vlan = context(&lines, start).1;
            lines.insert(start + 1, text.clone());
            let what = format!(
                "{} {}: paste below `{}`: {text}",
                SWITCHES[file],
                at + 1,
                lines[start]
            );
            let mut texts = golden.clone();
            texts[file] = joined(&lines);
            return Some(Edit {
                texts,
                what,
                near,
                vlan,
            });
        }
        14 if old.contains("address") => {
            lines[at] = change_number(&old, rng)?;
            "address".to_owned()
        }
        15 if old.contains("route ") => {
            lines[at] = change_number(&old, rng)?;
            "route".to_owned()
        }
        _ => return None,
    };
    let new = lines.get(at).cloned().unwrap_or_default();
    near.extend(read_entry(&head, &new, file == 1).filter(|_| in_list));
    let what = format!(
        "{} line {} (`{head}`): {done}: `{old}` -> `{new}`",
        SWITCHES[file],
        at + 1
    );
    let mut texts = golden.clone();
    texts[file] = joined(&lines);
    (texts != *golden).then_some(Edit {
        texts,
        what,
        near,
        vlan,
    })
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// An entry without its number.
fn body(line: &str) -> Option<String> {
    let at = line.find("permit").or_else(|| line.find("deny"))?;
    Some(line[at..].to_owned())
}

/// Another number in the place of one of the numbers that are no sequence number.
fn change_number(line: &str, rng: &mut Rng) -> Option<String> {
    let start = line
        .find("permit")
        .or_else(|| line.find("deny"))
        .unwrap_or(0);
    let bytes = line.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let starts: Vec<usize> = (start..line.len())
        .filter(|i| digit(*i) && (*i == 0 || !digit(i - 1)))
        .collect();
    let from = *rng.choice(&starts)?;
    let to = (from..).find(|i| !digit(*i))?;
    let old: u32 = line[from..to].parse().ok()?;
    let new = match rng.u8(..6) {
        0 => old.saturating_sub(1),
        1 | 2 => old + 1,
        3 => old ^ (1 << rng.u32(..8)),
        4 => *rng.choice(&[
            0, 1, 3, 7, 15, 31, 63, 127, 128, 192, 240, 255, 64, 48, 443, 22, 80,
        ])?,
        _ => rng.u32(..256),
    };
    Some(format!("{}{new}{}", &line[..from], &line[to..])).filter(|new| new != line)
}

/// Without `established`, `ack`, `log` or a port condition.
fn drop_words(line: &str, rng: &mut Rng) -> Option<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let can: Vec<(usize, usize)> = words
        .iter()
        .enumerate()
        .filter_map(|(i, word)| match *word {
            "established" | "ack" | "log" => Some((i, i + 1)),
            "eq" => Some((i, i + 2)),
            "range" => Some((i, i + 3)),
            _ => None,
        })
        .collect();
    let (from, to) = *rng.choice(&can)?;
    Some([&words[..from], &words[to..]].concat().join(" "))
}

/// Source and destination port conditions exchanged: `eq N` moves to the other side.
fn swap_ends(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let at = words
        .iter()
        .position(|word| matches!(*word, "tcp" | "udp" | "ip" | "ipv6"))?
        + 1;
    let place = |from: usize| match *words.get(from)? {
        "any" => Some(from + 1),
        word if word.contains('/') => Some(from + 1),
        _ => Some(from + 2),
    };
    let port = |from: usize| match words.get(from).copied() {
        Some("eq") => from + 2,
        Some("range") => from + 3,
        _ => from,
    };
    let a = place(at)?;
    let b = port(a);
    let c = place(b)?;
    let d = port(c);
    let parts = [
        &words[..a],
        words.get(c..d)?,
        words.get(b..c)?,
        words.get(a..b)?,
        words.get(d..)?,
    ];
    let new = format!(" {}", parts.concat().join(" "));
    (b != a || d != c).then_some(new)
}
