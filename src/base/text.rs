//! Everything a person reads, as a key and its arguments; words are chosen at the edge, from one catalogue.
//!
//! The catalogue is `src/base/text/*.toml`: one table per key with a `ja` and an `en` string, `{name}` where an
//! argument goes. A test holds that every key used in the code exists, that both languages use the same names, and
//! that no key is unused.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Language of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// Japanese, the default.
    #[default]
    Ja,
    /// English.
    En,
}

/// A sentence to be: catalogue key and arguments. Arguments are data (names, numbers, packets), never words of one language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text {
    /// Key in the catalogue.
    pub key: &'static str,
    /// Values for the placeholders.
    pub args: Vec<(&'static str, Arg)>,
}

/// The value of a placeholder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arg {
    /// Data, printed as it is after [`sanitise`].
    Data(String),
    /// Another catalogue entry.
    Text(Text),
    /// A sentence that the vendor data has in both languages; printed like data.
    Both {
        /// Japanese.
        ja: String,
        /// English.
        en: String,
    },
}

impl Arg {
    /// The value in a language, safe to print.
    #[must_use]
    pub fn render(&self, lang: Lang) -> Cow<'_, str> {
        match (self, lang) {
            (Arg::Text(text), _) => Cow::Owned(text.render(lang)),
            (Arg::Data(data), _) => sanitise(data),
            (Arg::Both { ja, .. }, Lang::Ja) => sanitise(ja),
            (Arg::Both { en, .. }, Lang::En) => sanitise(en),
        }
    }
}

impl From<Text> for Arg {
    fn from(text: Text) -> Arg {
        Arg::Text(text)
    }
}

macro_rules! arg_from {
    ($($t:ty),*) => {$(
        impl From<$t> for Arg {
            fn from(value: $t) -> Arg {
                Arg::Data(value.to_string())
            }
        }
    )*};
}
arg_from!(
    &str,
    String,
    &String,
    u8,
    u16,
    u32,
    u64,
    usize,
    i64,
    std::net::IpAddr,
    ipnet::IpNet,
    std::net::Ipv4Addr,
    std::net::Ipv6Addr
);

/// `text!("key", name = value, ...)`: a [`Text`].
#[macro_export]
macro_rules! text {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::base::Text { key: $key, args: vec![$((stringify!($name), $crate::base::text::Arg::from($value))),*] }
    };
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    ja: String,
    en: String,
}

const FILES: &[&str] = &[
    include_str!("text/base.toml"),
    include_str!("text/syntax.toml"),
    include_str!("text/model.toml"),
    include_str!("text/guideline.toml"),
    include_str!("text/sheet.toml"),
    include_str!("text/vendor.toml"),
    include_str!("text/verify.toml"),
    include_str!("text/lint.toml"),
    include_str!("text/report.toml"),
    include_str!("text/cli.toml"),
    include_str!("text/change.toml"),
];

static CATALOGUE: LazyLock<BTreeMap<String, Entry>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for file in FILES {
        let table: BTreeMap<String, Entry> =
            toml::from_str(file).expect("the catalogue is valid TOML (tested)");
        for (key, entry) in table {
            let old = all.insert(key, entry);
            assert!(old.is_none(), "a catalogue key stands once");
        }
    }
    all
});

impl Text {
    /// The sentence in a language. Data is sanitised: control characters never reach a terminal.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        let Some(entry) = CATALOGUE.get(self.key) else {
            return format!("[{}]", self.key);
        };
        let mut rest = match lang {
            Lang::Ja => entry.ja.as_str(),
            Lang::En => entry.en.as_str(),
        };
        let mut out = String::with_capacity(rest.len() + 16);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                break;
            };
            match self.args.iter().find(|(key, _)| *key == name) {
                Some((_, arg)) => out.push_str(&arg.render(lang)),
                None => {
                    out.push('{');
                    out.push_str(name);
                    out.push('}');
                }
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

/// Whether the catalogue has a key.
#[must_use]
pub fn has_key(key: &str) -> bool {
    CATALOGUE.contains_key(key)
}

/// All keys with both sentences (for the catalogue's own test).
pub fn entries() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    CATALOGUE
        .iter()
        .map(|(key, entry)| (key.as_str(), entry.ja.as_str(), entry.en.as_str()))
}

/// Data made safe to print: control characters (C0 but tab, DEL, C1) and bidirectional overrides become U+FFFD.
#[must_use]
pub fn sanitise(data: &str) -> Cow<'_, str> {
    let bad = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if data.chars().any(bad) {
        Cow::Owned(
            data.chars()
                .map(|c| if bad(c) { '\u{FFFD}' } else { c })
                .collect(),
        )
    } else {
        Cow::Borrowed(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    /// A packet in JSON, as help shows one, is no placeholder.
    fn is_name(word: &str) -> bool {
        !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_')
    }

    /// Names between braces, sorted.
    fn placeholders(sentence: &str) -> BTreeSet<&str> {
        let parts = sentence.split('{').skip(1);
        let names = parts.filter_map(|part| part.split_once('}').map(|(name, _)| name));
        names.filter(|name| is_name(name)).collect()
    }

    fn rust_files(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rust_files(&path, out);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                out.push(path);
            }
        }
    }

    /// All code of the library without comments.
    fn code() -> Vec<(String, String)> {
        let mut files = Vec::new();
        rust_files(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut files,
        );
        files.sort();
        let without_comments = |path: &PathBuf| {
            let text = std::fs::read_to_string(path).unwrap();
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            (
                path.display().to_string(),
                lines.collect::<Vec<_>>().join("\n"),
            )
        };
        files.iter().map(without_comments).collect()
    }

    /// Each use of the macro: its key and the names of its arguments.
    fn uses(code: &str) -> Vec<(&str, BTreeSet<&str>)> {
        // Not in one piece, or this line would be found as well.
        let start = concat!("text", "!(");
        let calls = code.match_indices(start);
        calls
            .filter_map(|(at, _)| {
                let call = code.get(at + start.len()..)?.trim_start();
                let (key, rest) = call.strip_prefix('"')?.split_once('"')?;
                Some((key, names(rest)))
            })
            .collect()
    }

    /// Identifiers before a `=` at the top level of an argument list, up to its closing bracket.
    fn names(list: &str) -> BTreeSet<&str> {
        let (mut depth, mut quoted, mut start) = (0, false, 0);
        let mut out = BTreeSet::new();
        let mut before = ' ';
        for (at, c) in list.char_indices() {
            match c {
                '"' if before != '\\' => quoted = !quoted,
                _ if quoted => {}
                '(' | '[' | '{' => depth += 1,
                ')' if depth == 0 => break,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => start = at + 1,
                '=' if depth == 0 => {
                    out.insert(list.get(start..at).unwrap_or_default().trim());
                }
                _ => {}
            }
            before = c;
        }
        out.retain(|name| is_name(name));
        out
    }

    #[test]
    fn both_languages_use_the_same_names() {
        for (key, ja, en) in entries() {
            assert_eq!(placeholders(ja), placeholders(en), "{key}");
            assert!(!ja.is_empty() && !en.is_empty(), "{key}");
        }
    }

    #[test]
    fn every_key_in_the_code_is_in_the_catalogue_with_its_names() {
        let known: BTreeMap<&str, &str> = entries().map(|(key, ja, _)| (key, ja)).collect();
        let mut seen = 0;
        for (path, code) in code() {
            for (key, names) in uses(&code) {
                let sentence = known.get(key);
                let sentence = sentence.unwrap_or_else(|| panic!("{path}: no entry `{key}`"));
                let wanted = placeholders(sentence);
                assert!(
                    wanted.is_subset(&names),
                    "{path}: `{key}` wants {wanted:?}, is given {names:?}"
                );
                seen += 1;
            }
        }
        assert!(seen > 100, "the scan finds the uses: {seen}");
    }

    #[test]
    fn every_key_in_the_catalogue_is_used() {
        let code: String = code().into_iter().map(|(_, code)| code).collect();
        let unused: Vec<&str> = entries()
            .map(|(key, ..)| key)
            .filter(|key| !code.contains(&format!("\"{key}\"")))
            .collect();
        assert_eq!(unused, Vec::<&str>::new());
    }

    #[test]
    fn an_argument_of_two_languages_follows_the_sentence() {
        let (ja, en) = ("端末\u{7}".to_owned(), "terminal".to_owned());
        let text = text!("our-bug", why = Arg::Both { ja, en });
        let (ja, en) = (text.render(Lang::Ja), text.render(Lang::En));
        assert!(ja.ends_with("端末\u{fffd}"), "{ja}");
        assert!(en.ends_with("terminal"), "{en}");
    }

    #[test]
    fn data_cannot_carry_escape_sequences() {
        let text = Text {
            key: "no such key",
            args: Vec::new(),
        };
        assert_eq!(text.render(Lang::Ja), "[no such key]");
        assert_eq!(
            sanitise("a\u{1b}[31m\u{9b}\u{202e}b"),
            "a\u{fffd}[31m\u{fffd}\u{fffd}b"
        );
    }
}
