//! Secrets in configuration lines, for every dialect: masked before a line is kept anywhere.
//!
//! In: a line. Out: the same line with blanks folded and everything behind a word such as `password` masked. Too much is
//! masked rather than too little. Must not know: any dialect.

use super::words::{Words, folded};
use crate::base::text::sanitise;

/// What stands for a secret.
pub const MASK: &str = "<masked>";

/// Parts of a word that say that a secret follows.
const WORDS_WITH: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "community",
    "pre-shared",
    "key-string",
    "パスワード",
    "暗証",
];

/// Words that say that a secret follows, alone or behind a hyphen (`message-digest-key`).
const WORDS: &[&str] = &[
    "key",
    "keys",
    "md5",
    "sha",
    "sha1",
    "sha256",
    "sha384",
    "sha512",
    "auth",
    "authentication",
    "priv",
    "psk",
    "2c",
    "pass",
    "pw",
    "pwd",
    "encrypted",
    "cipher",
    "simple",
    "hash",
    "text-key",
    "ascii-key",
    "token",
    "credential",
    "pmk",
    "cak",
    "securityname",
    "ciphertext",
    "plaintext",
];

/// The line, blanks folded, secrets masked, control characters replaced.
#[must_use]
pub fn redact(line: &str) -> String {
    let line = folded(line);
    let masked = masked(&line).unwrap_or(line);
    sanitise(&masked).into_owned()
}

/// Whether the line holds a secret.
#[must_use]
pub fn has_secret(line: &str) -> bool {
    masked(&folded(line)).is_some()
}

/// The name under which a line that was not understood is a question (D1): the redacted line. Two lines that differ only
/// in a secret must not become one question, so a masked line is told apart by its number.
#[must_use]
pub fn canonical(line: &str, number: u32) -> String {
    if has_secret(line) {
        format!("{} @{number}", redact(line))
    } else {
        redact(line)
    }
}

/// The masked line, if anything had to be masked.
fn masked(line: &str) -> Option<String> {
    if is_dump(line) {
        return Some(MASK.to_owned());
    }
    let lower = line.to_ascii_lowercase(); // same length, so the columns agree
    let mut words = Words::new(&lower);
    // The community of a trap receiver stands behind the address without a word of its own.
    if words.eat_all("snmp-server host") || words.eat_all("snmp-server user") {
        words.next();
        return (!words.is_end()).then(|| cut(line, words.column()));
    }
    while let Some(word) = words.peek() {
        let start = words.column();
        if is_blob(word) {
            return Some(cut(line, start));
        }
        if let Some(user) = userinfo(word) {
            return Some(cut(line, start + user));
        }
        words.next();
        let name = word.split(['=', ':']).next().unwrap_or_default();
        let assigned = word.len() > name.len() && name.contains("auth");
        if !announces(name) && !assigned {
            continue;
        }
        if word.len() > name.len() + 1 {
            return Some(cut(line, start + name.len() + 1));
        }
        if !words.is_end() {
            return Some(cut(line, words.column()));
        }
    }
    None
}

fn cut(line: &str, at: usize) -> String {
    format!("{}{MASK}", line.get(..at).unwrap_or_default())
}

/// Where the user and password of an address begin: `scp://user:password@host/`.
fn userinfo(word: &str) -> Option<usize> {
    let start = word.find("://")? + "://".len();
    let authority = word.get(start..)?.split('/').next()?;
    authority.contains('@').then_some(start)
}

fn announces(name: &str) -> bool {
    let name = name.trim_matches(['"', '\'', '(', ')', '[', ']']);
    let last = name.rsplit('-').next().unwrap_or_default();
    WORDS.contains(&name)
        || WORDS.contains(&last)
        || WORDS_WITH.iter().any(|part| name.contains(part))
}

/// `$9$...`, long hexadecimal, long base64.
fn is_blob(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'', ';']);
    let hash = word.starts_with('$') && word.bytes().filter(|&b| b == b'$').count() >= 2;
    let hex = word.len() >= 16 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let base64 = word.len() >= 40
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    hash || hex || base64
}

/// A line of a hexadecimal dump (a certificate).
fn is_dump(line: &str) -> bool {
    let mut count = 0;
    Words::new(line).all(|word| {
        count += 1;
        word.len() >= 8 && word.bytes().all(|b| b.is_ascii_hexdigit())
    }) && count >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        for (line, expect) in [
            ("enable secret 9 $9$abc$def", "enable secret <masked>"),
            (
                " username a  privilege 15 password 0 hoge",
                "username a privilege 15 password <masked>",
            ),
            (
                "snmp-server community public RO 10",
                "snmp-server community <masked>",
            ),
            (
                "snmp-server host 10.0.0.1 version 2c public",
                "snmp-server host 10.0.0.1 <masked>",
            ),
            (
                "ntp authentication-key 1 md5 0822 7",
                "ntp authentication-key <masked>",
            ),
            (
                "ip ospf message-digest-key 1 md5 7 AB",
                "ip ospf message-digest-key <masked>",
            ),
            (" key 7 0102", "key <masked>"),
            (" key-string hoge", "key-string <masked>"),
            ("remark pw=hoge here", "remark pw=<masked>"),
            (
                "description パスワード: hoge",
                "description パスワード: <masked>",
            ),
            ("set x \"$8$abc$d\"", "set x <masked>"),
            ("blob 0123456789abcdef0123", "blob <masked>"),
            ("path scp://u:hoge@10.0.0.1/x", "path scp://<masked>"),
            (
                "exec A -ingestauth=key,hoge -b",
                "exec A -ingestauth=<masked>",
            ),
            (
                "params securityname hoge v2c",
                "params securityname <masked>",
            ),
            ("30820330 30820218 A0030201", "<masked>"),
            (
                "standby 1 authentication hoge",
                "standby 1 authentication <masked>",
            ),
        ] {
            assert_eq!(redact(line), expect);
        }
    }

    #[test]
    fn filters_stay_readable() {
        for line in [
            "permit tcp 10.0.0.0 0.0.0.255 host 10.2.0.10 eq 443 log",
            "sequence 10 permit icmp any 2001:db8:1111:2222:3333:4444:5555:6666/128 nd-ns",
            "ip address 10.1.1.1 255.255.255.0",
            "deny udp any any eq 161 time-range KEYHOLE",
            "boot system tftp://10.0.0.1/image.bin",
        ] {
            assert_eq!(redact(line), line);
        }
        assert_eq!(redact("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
    }

    #[test]
    fn lines_that_differ_in_a_secret_are_different_questions() {
        assert_ne!(canonical("permit key a", 1), canonical("permit key b", 2));
        assert_eq!(canonical("permit  foo", 1), canonical("permit foo", 2));
    }
}
