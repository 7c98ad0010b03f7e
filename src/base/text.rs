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

/// A sentence to be: catalogue key and arguments. Arguments are data (names, numbers, packets), never words.
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
    include_str!("text/vendor.toml"),
    include_str!("text/verify.toml"),
    include_str!("text/lint.toml"),
    include_str!("text/cli.toml"),
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
                Some((_, Arg::Data(data))) => out.push_str(&sanitise(data)),
                Some((_, Arg::Text(text))) => out.push_str(&text.render(lang)),
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
