//! One rule: its tests, what it does, and what of it was not understood.
//!
//! In: the tokens of a rule, the sets of its table. Out: a [`Rule`]. Must not know: chains, interfaces of a device.

use super::cond::{Cond, condition, gap};
use super::fragment;
use super::ruleset::{Iface, Rule, Set, Test, Verdict};
use super::token::Token;
use super::value::{Field, Values, conds, flag_bits, number, value};
use crate::net::{ByteSet, Family, FlagSet};
use crate::vendor::redact::redact;
use std::collections::BTreeMap;

/// Words between two blanks of a rule that is read; a cursor.
struct Cursor<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.tokens.get(self.at).map(|token| token.text.as_str())
    }

    fn next(&mut self) -> Option<&'t str> {
        let text = self.peek()?;
        self.at += 1;
        Some(text)
    }

    fn eat(&mut self, word: &str) -> bool {
        let hit = self.tokens.get(self.at).is_some_and(|token| token.is(word));
        self.at += usize::from(hit);
        hit
    }

    fn is_quoted(&self) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.quoted)
    }

    /// What stands in the braces that open here, without them.
    fn braces(&mut self) -> Option<&'t [Token]> {
        if !self.eat("{") {
            return None;
        }
        let start = self.at;
        let mut depth = 1usize;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            depth = match () {
                () if token.is("{") => depth + 1,
                () if token.is("}") => depth - 1,
                () => depth,
            };
            if depth == 0 {
                return self.tokens.get(start..self.at - 1);
            }
        }
        self.tokens.get(start..)
    }

    /// Takes a value that is not looked at: an operator, then words joined by marks.
    fn skip_value(&mut self) {
        while ["!=", "==", "<", ">", "<=", ">=", "!"]
            .iter()
            .any(|op| self.eat(op))
        {}
        loop {
            if self.braces().is_none() {
                self.next();
            }
            let joined = [",", "|", "&", ".", "/", "==", "!=", "^", "<<", ">>", ":"];
            if !joined.iter().any(|mark| self.eat(mark)) {
                return;
            }
        }
    }
}

/// What the reader of rules looks things up in.
pub(super) struct Names<'t> {
    pub(super) sets: &'t BTreeMap<String, Set>,
    /// Family of the table: what `meta l4proto` and the like may meet.
    pub(super) families: [bool; 2],
}

/// A rule being read.
struct Reading<'t> {
    names: &'t Names<'t>,
    cursor: Cursor<'t>,
    test: Test,
    outcomes: Vec<(Test, Verdict)>,
    log: bool,
    rewrites: bool,
    redirects: bool,
    offloads: bool,
    tracked: bool,
    /// Something was not understood.
    unread: bool,
}

/// Reads a rule; also says whether it makes the kernel track connections.
pub(super) fn rule(tokens: &[Token], names: &Names<'_>) -> (Rule, bool) {
    let text = redact(&shown(tokens));
    let mut reading = Reading {
        names,
        cursor: Cursor { tokens, at: 0 },
        test: Test::any(),
        outcomes: Vec::new(),
        log: false,
        rewrites: false,
        redirects: false,
        offloads: false,
        tracked: false,
        unread: false,
    };
    for (header, seen) in reading.test.header.iter_mut().zip(names.families) {
        if !seen {
            *header = Cond::none(header.family);
        }
    }
    while reading.cursor.peek().is_some() {
        let before = reading.cursor.at;
        if !reading.statement() {
            reading.unread = true;
            reading.cursor.at = reading.cursor.at.max(before + 1);
        }
    }
    if reading.unread {
        let question = gap(text.clone());
        reading.test.header = reading.test.header.map(|cond| cond.perhaps(&question));
        if reading.outcomes.is_empty() {
            reading.outcomes.push((Test::any(), Verdict::Unread));
        }
    }
    let rule = Rule {
        line: tokens.first().map_or(0, |token| token.line),
        text,
        test: reading.test,
        outcomes: reading.outcomes,
        log: reading.log,
        rewrites: reading.rewrites,
        redirects: reading.redirects,
        offloads: reading.offloads,
    };
    (rule, reading.tracked)
}

/// Tokens as one line.
pub(super) fn shown(tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens.iter().filter(|token| token.text != "\n") {
        let close = !token.quoted && matches!(token.text.as_str(), "," | ";");
        if !out.is_empty() && !close {
            out.push(' ');
        }
        match token.quoted {
            true => out.extend(["\"", &token.text, "\""]),
            false => out.push_str(&token.text),
        }
    }
    out
}

impl Reading<'_> {
    /// One test or statement. False: not understood.
    fn statement(&mut self) -> bool {
        if self.cursor.is_quoted() {
            self.cursor.next();
            return false;
        }
        let start = self.cursor.at;
        let Some(word) = self.cursor.next() else {
            return true;
        };
        match word {
            "accept" | "drop" | "return" | "continue" | "jump" | "goto" | "reject" | "queue" => {
                let verdict = self.verdict(word);
                self.outcomes.push((Test::any(), verdict));
            }
            "counter" => self.counter(),
            "comment" => drop(self.cursor.next()),
            "log" => self.logged(),
            "notrack" => {}
            "limit" => self.limit(),
            "quota" => self.narrow("quota"),
            "masquerade" | "snat" | "dnat" | "redirect" | "tproxy" | "synproxy" => {
                (self.rewrites, self.tracked) = (true, true);
                self.cursor.at = self.cursor.tokens.len();
                self.outcomes.push((Test::any(), Verdict::Accept));
            }
            "dup" | "fwd" => {
                self.redirects = true;
                self.cursor.at = self.cursor.tokens.len();
                if word == "fwd" {
                    self.outcomes.push((Test::any(), Verdict::Unread));
                }
            }
            "flow" => {
                (self.offloads, self.tracked) = (true, true);
                self.cursor.at = self.cursor.tokens.len();
            }
            // Changes the contents of a set, not the packet.
            "set" | "add" | "update" | "delete" | "meter" => self.skip_to_verdict(),
            _ => {
                self.cursor.at = start;
                return self.test();
            }
        }
        true
    }

    fn verdict(&mut self, word: &str) -> Verdict {
        let mut target = || self.cursor.next().unwrap_or_default().to_owned();
        match word {
            "accept" => Verdict::Accept,
            "drop" => Verdict::Drop,
            "return" => Verdict::Return,
            "continue" => Verdict::Continue,
            "jump" => Verdict::Jump(target()),
            "goto" => Verdict::Goto(target()),
            "reject" => {
                if self.cursor.eat("with") {
                    self.skip_to(&["comment"]);
                }
                Verdict::Drop
            }
            _ => {
                self.skip_to(&["comment"]);
                Verdict::Unread
            }
        }
    }

    fn skip_to(&mut self, words: &[&str]) {
        while self
            .cursor
            .peek()
            .is_some_and(|word| !words.contains(&word))
        {
            self.cursor.next();
        }
    }

    fn skip_to_verdict(&mut self) {
        let verdicts = [
            "accept", "drop", "return", "continue", "jump", "goto", "reject", "queue", "comment",
            "counter", "log",
        ];
        self.skip_to(&verdicts);
    }

    fn counter(&mut self) {
        if self.cursor.eat("name") {
            self.cursor.next();
        }
        for word in ["packets", "bytes"] {
            if self.cursor.eat(word) {
                self.cursor.next();
            }
        }
    }

    fn logged(&mut self) {
        self.log = true;
        let options = [
            "prefix",
            "level",
            "group",
            "snaplen",
            "queue-threshold",
            "flags",
        ];
        while let Some(option) = options.iter().find(|option| self.cursor.eat(option)) {
            self.cursor.next();
            if *option == "flags" {
                // `flags tcp sequence,options`, `flags ip options`, `flags all`
                while [",", "sequence", "options"]
                    .iter()
                    .any(|word| self.cursor.eat(word))
                {}
            }
        }
    }

    fn limit(&mut self) {
        if self.cursor.eat("name") {
            self.cursor.next();
        } else {
            self.cursor.eat("rate");
            self.cursor.eat("over");
            self.cursor.next();
            // `10/second` is one word; `400 kbytes/second` is two.
            let unit = |word: &str| word.contains('/') && !word.starts_with('@');
            if self.cursor.peek().is_some_and(unit) {
                self.cursor.next();
            }
            if self.cursor.eat("burst") {
                self.cursor.next();
                for unit in ["packets", "bytes", "kbytes", "mbytes"] {
                    self.cursor.eat(unit);
                }
            }
        }
        self.and_question("limit");
    }

    fn narrow(&mut self, words: &str) {
        self.cursor.skip_value();
        self.and_question(words);
    }

    /// A test on something that is not in the header of D6 (D7).
    fn and_question(&mut self, words: &str) {
        self.and(Family::BOTH.map(|family| Cond::maybe(family, condition(words))));
    }

    fn and(&mut self, conds: [Cond; 2]) {
        for (mine, cond) in self.test.header.iter_mut().zip(conds) {
            *mine = mine.and(&cond);
        }
    }

    /// `FIELD VALUE`, `FIELD . FIELD { ... }`, `FIELD vmap { ... }`. False: not understood.
    fn test(&mut self) -> bool {
        let mut fields = Vec::new();
        loop {
            match self.field() {
                Some(field) => fields.push(field),
                None => return false,
            }
            if !self.cursor.eat(".") {
                break;
            }
        }
        if let [Field::Outside(words)] = fields.as_slice()
            && self.cursor.eat("set")
        {
            // A mark is no field of the header; anything else that is set is.
            let harmless = ["meta", "ct", "dscp", "ecn", "ttl", "hoplimit", "tcp option"];
            let harmless = harmless.iter().any(|word| words.contains(word));
            self.rewrites |= !harmless;
            self.skip_to_verdict();
            return true;
        }
        if self.cursor.eat("set") {
            self.rewrites = true;
            self.skip_to_verdict();
            return true;
        }
        if self.cursor.eat("vmap") {
            return self.verdict_map(&fields);
        }
        match fields.as_slice() {
            [field] => self.compare(field),
            _ => {
                let negated = self.cursor.eat("!=");
                self.cursor.eat("==");
                let elements = self.elements();
                match elements.map(|elements| joined(&fields, &elements)) {
                    Some(Some(test)) if !negated => self.meet(test),
                    Some(_) => return false,
                    None => self.and_question("contents of a set"),
                }
                true
            }
        }
    }

    fn meet(&mut self, test: Test) {
        self.and(test.header);
        self.test.ifaces.extend(test.ifaces);
    }

    /// Elements of `{ ... }` or `@set`; `None` where the contents are not in the text.
    fn elements(&mut self) -> Option<Vec<Vec<&[Token]>>> {
        if let Some(tokens) = self.cursor.braces() {
            return Some(split(tokens));
        }
        let name = self.cursor.next()?.strip_prefix('@')?;
        let set = self.names.sets.get(name)?;
        (!set.dynamic).then(|| split(&set.elements))
    }

    /// `FIELD [op] VALUE`.
    fn compare(&mut self, field: &Field) -> bool {
        if let Field::Outside(words) = field {
            self.narrow(words);
            return true;
        }
        match field {
            Field::Flags => return self.flags(),
            Field::FragmentBits | Field::FragmentOffset => return self.fragment(field),
            _ => {}
        }
        if let (Field::Addr(family, _), true) = (field, self.cursor.eat("&")) {
            return self.masked(field, *family);
        }
        let op = ["!=", "==", "<=", ">=", "<", ">", "!"];
        let op = op
            .into_iter()
            .find(|op| self.cursor.eat(op))
            .unwrap_or("==");
        let by_name = self.cursor.peek().is_some_and(|word| word.starts_with('@'));
        let listed = by_name || self.cursor.peek() == Some("{");
        let values = if listed {
            let Some(elements) = self.elements() else {
                self.and_question("contents of a set");
                return true;
            };
            union(field, &elements)
        } else {
            let word = self.cursor.next().unwrap_or_default();
            match op {
                "<" | ">" | "<=" | ">=" => compared(field, op, word),
                _ => value(field, &[word]),
            }
        };
        let negated = matches!(op, "!=" | "!");
        let Some(values) = values else {
            return false;
        };
        if let (Field::Iface(out), Values::Names(names)) = (field, &values) {
            self.test.ifaces.push(Iface {
                out: *out,
                negated,
                names: names.clone(),
            });
            return true;
        }
        // A negated test of one family's field still asks for that family: `conds` sees to it.
        let values = if negated { values.not() } else { Some(values) };
        match values.and_then(|values| conds(field, &values)) {
            Some(conds) => self.and(conds),
            None => return false,
        }
        true
    }

    /// `ip saddr & MASK == VALUE`.
    fn masked(&mut self, field: &Field, family: Family) -> bool {
        let addr = |words: &mut Cursor<'_>| {
            let addr: std::net::IpAddr = words.next()?.parse().ok()?;
            (Family::of(addr) == family).then(|| crate::net::addr::bits_of(addr))
        };
        let Some(mask) = addr(&mut self.cursor) else {
            return false;
        };
        let negated = self.cursor.eat("!=");
        self.cursor.eat("==");
        let Some(bits) = addr(&mut self.cursor) else {
            return false;
        };
        if bits & !mask != 0 {
            return false; // never met, or always: not what was meant
        }
        let free = family.ones() & !mask;
        let set = Values::Addrs(crate::net::Wildcard::new(family, bits, free).into());
        let set = if negated { set.not() } else { Some(set) };
        match set.and_then(|set| conds(field, &set)) {
            Some(conds) => self.and(conds),
            None => return false,
        }
        true
    }

    fn number(&mut self) -> Option<u32> {
        number(self.cursor.next()?)
    }

    fn fragment(&mut self, field: &Field) -> bool {
        let mask = if self.cursor.eat("&") {
            self.number()
        } else {
            None
        };
        let equal = !self.cursor.eat("!=");
        self.cursor.eat("==");
        let Some(bits) = self.number() else {
            return false;
        };
        let cond = match (field, mask) {
            (Field::FragmentBits, mask) => fragment::bits(mask.unwrap_or(0xffff), bits, equal),
            (_, None | Some(0x1fff)) => fragment::offset(bits, equal),
            _ => None,
        };
        match cond {
            Some(cond) if cond.family == Family::V4 => self.and([cond, Cond::none(Family::V6)]),
            Some(cond) => self.and([Cond::none(Family::V4), cond]),
            None => return false,
        }
        true
    }

    /// The words of a flag expression up to something else.
    fn flag_words(&mut self) -> Option<u32> {
        let mut words = Vec::new();
        while let Some(word) = self.cursor.peek() {
            let mark = matches!(word, "|" | "," | "(" | ")");
            if !mark && flag_bits(&[word]).is_none() {
                break;
            }
            // Two words without a mark between them: the second belongs to something else.
            let last: Option<&&str> = words.last();
            if !mark && last.is_some_and(|last| !matches!(*last, "|" | "," | "(")) {
                break;
            }
            words.push(word);
            self.cursor.next();
        }
        if words.is_empty() {
            None
        } else {
            flag_bits(&words)
        }
    }

    fn flags(&mut self) -> bool {
        let values = self.flag_values();
        match values.and_then(|values| conds(&Field::Flags, &values)) {
            Some(conds) => self.and(conds),
            None => return false,
        }
        true
    }

    fn flag_values(&mut self) -> Option<Values> {
        let exactly = |mask: u32, value: u32| {
            FlagSet::filter(|flags| u32::from(flags.bits()) & mask == value & mask)
        };
        if self.cursor.eat("&") {
            let mask = self.flag_words()?;
            let negated = self.cursor.eat("!=");
            self.cursor.eat("==");
            if let Some(tokens) = self.cursor.braces() {
                let mut set = FlagSet::EMPTY;
                for element in split(tokens) {
                    let [part] = element.as_slice() else {
                        return None;
                    };
                    let words: Vec<&str> = part.iter().map(|t| t.text.as_str()).collect();
                    set = set.union(exactly(mask, flag_bits(&words)?));
                }
                return settled(set, mask, negated);
            }
            let value = self.flag_words()?;
            return settled(exactly(mask, value), mask, negated);
        }
        let negated = self.cursor.eat("!=") || self.cursor.eat("!");
        let equal = self.cursor.eat("==");
        if self.cursor.peek() == Some("{") || self.cursor.peek().is_some_and(|w| w.starts_with('@'))
        {
            let elements = self.elements()?;
            let set = union(&Field::Flags, &elements)?;
            return if negated { set.not() } else { Some(set) };
        }
        let value = self.flag_words()?;
        if self.cursor.eat("/") {
            let mask = self.flag_words()?;
            return settled(exactly(mask, value), mask, negated);
        }
        if negated && !equal {
            // Of one flag: another combination. Of several: none of them; which one it is differs by release.
            let none = exactly(value, 0);
            let possible = FlagSet::filter(|flags| u32::from(flags.bits()) != value & 63);
            return Some(Values::Flags(none, possible.union(none)));
        }
        if equal {
            let one = exactly(63, value);
            return Some(Values::Flags(FlagSet::EMPTY, one));
        }
        let any = FlagSet::filter(|flags| u32::from(flags.bits()) & value != 0);
        settled(any, value, negated)
    }

    /// `FIELD vmap { VALUE : VERDICT, ... }`.
    fn verdict_map(&mut self, fields: &[Field]) -> bool {
        self.tracked |= fields
            .iter()
            .any(|field| matches!(field, Field::Outside(words) if words.starts_with("ct ")));
        let Some(elements) = self.elements().map(|elements| {
            let owned = |parts: &Vec<&[Token]>| parts.iter().map(|part| part.to_vec()).collect();
            elements.iter().map(owned).collect::<Vec<Vec<Vec<Token>>>>()
        }) else {
            self.outcomes.push((Test::any(), Verdict::Unread));
            self.and_question("contents of a map");
            return true;
        };
        for element in &elements {
            let Some((keys, verdict)) = key_and_verdict(element) else {
                return false;
            };
            let outside = fields.iter().find_map(|field| match field {
                Field::Outside(words) => Some(words.clone()),
                _ => None,
            });
            let test = match outside {
                Some(words) => {
                    let question =
                        condition(format!("{words} {}", shown(keys.concat().as_slice())));
                    Test {
                        header: Family::BOTH.map(|f| Cond::maybe(f, question.clone())),
                        ifaces: Vec::new(),
                    }
                }
                None => {
                    let keys: Vec<&[Token]> = keys.iter().map(Vec::as_slice).collect();
                    match joined(fields, &[keys]) {
                        Some(test) => test,
                        None => return false,
                    }
                }
            };
            self.outcomes.push((test, verdict));
        }
        true
    }

    /// The words of a field.
    fn field(&mut self) -> Option<Field> {
        let word = self.cursor.next()?;
        let outside = |words: &str| Some(Field::Outside(words.to_owned()));
        match word {
            "iifname" | "iif" => return Some(Field::Iface(false)),
            "oifname" | "oif" => return Some(Field::Iface(true)),
            "iifgroup" | "oifgroup" | "iiftype" | "oiftype" | "mark" | "pkttype" | "cpu"
            | "skuid" | "skgid" | "cgroup" | "rtclassid" | "nftrace" | "priority" => {
                return outside(word);
            }
            _ if word.starts_with('@') => return self.raw(word),
            _ => {}
        }
        let sub = self.cursor.next()?;
        let family = if matches!(word, "ip" | "icmp") {
            Family::V4
        } else {
            Family::V6
        };
        match (word, sub) {
            ("ip" | "ip6", "saddr") => Some(Field::Addr(family, true)),
            ("ip" | "ip6", "daddr") => Some(Field::Addr(family, false)),
            ("ip", "protocol") => Some(Field::Protocol(Some(Family::V4))),
            ("ip", "frag-off") => Some(Field::FragmentBits),
            ("ip6", "nexthdr") => Some(Field::NextHeader),
            ("frag", "frag-off") => Some(Field::FragmentOffset),
            ("tcp" | "udp" | "sctp" | "dccp" | "udplite" | "th", "sport" | "dport") => {
                let proto = match word {
                    "tcp" => Some(6),
                    "udp" => Some(17),
                    "sctp" => Some(132),
                    "dccp" => Some(33),
                    "udplite" => Some(136),
                    _ => None,
                };
                Some(Field::Port(proto, sub == "sport"))
            }
            ("tcp", "flags") => Some(Field::Flags),
            ("icmp" | "icmpv6", "type") => Some(Field::Icmp(family, true)),
            ("icmp" | "icmpv6", "code") => Some(Field::Icmp(family, false)),
            ("exthdr", "frag") => Some(Field::Fragment),
            ("exthdr", _) => Some(Field::Header),
            ("meta", "nfproto" | "protocol") | ("ether", "type") => Some(Field::Family),
            ("meta", "l4proto") => Some(Field::Protocol(None)),
            ("meta", "iifname" | "iif") => Some(Field::Iface(false)),
            ("meta", "oifname" | "oif") => Some(Field::Iface(true)),
            ("ct", _) => {
                self.tracked = true;
                if matches!(sub, "original" | "reply") {
                    let more = self.cursor.next().unwrap_or_default();
                    if matches!(more, "ip" | "ip6") {
                        self.cursor.next();
                    }
                }
                outside(&format!("ct {sub}"))
            }
            ("tcp", "option") => {
                self.cursor.next();
                if self
                    .cursor
                    .peek()
                    .is_some_and(|w| matches!(w, "size" | "count" | "kind" | "length"))
                {
                    self.cursor.next();
                }
                outside("tcp option")
            }
            ("fib", _) => {
                // `fib saddr . iif oif missing`
                while self.cursor.eat(".") {
                    self.cursor.next();
                }
                self.cursor.next();
                outside("fib")
            }
            (
                "ip" | "ip6" | "tcp" | "udp" | "sctp" | "meta" | "ether" | "vlan" | "socket" | "rt"
                | "ah" | "esp" | "comp" | "hbh" | "dst" | "mh" | "srh" | "frag" | "icmp" | "icmpv6"
                | "osf" | "arp" | "dccp" | "udplite" | "igmp",
                _,
            ) => {
                let upper = match word {
                    "tcp" => Some((Field::Protocol(None), 6)),
                    "udp" => Some((Field::Protocol(None), 17)),
                    "icmp" => Some((Field::Protocol(Some(Family::V4)), 1)),
                    "icmpv6" => Some((Field::Protocol(Some(Family::V6)), 58)),
                    _ => None,
                };
                if let Some((field, number)) = upper {
                    // The protocol is asked for as well.
                    let conds = conds(&field, &Values::Bytes(ByteSet::one(number)))?;
                    self.and(conds);
                }
                outside(&format!("{word} {sub}"))
            }
            _ => None,
        }
    }

    /// `@th,16,16`: raw bytes.
    fn raw(&mut self, word: &str) -> Option<Field> {
        while self.cursor.eat(",") {
            self.cursor.next();
        }
        Some(Field::Outside(word.to_owned()))
    }
}

/// A set of combinations under a mask; bits that are not in the header of D6 leave nothing certain.
fn settled(set: FlagSet, mask: u32, negated: bool) -> Option<Values> {
    let set = if negated { FlagSet(!set.0) } else { set };
    Some(match mask & !63 {
        0 => Values::Flags(set, FlagSet::EMPTY),
        _ => Values::Flags(FlagSet::EMPTY, FlagSet::FULL),
    })
}

/// Elements, each split into the parts between dots. What follows a value (timeout, comment) is left out.
fn split(tokens: &[Token]) -> Vec<Vec<&[Token]>> {
    let mut depth = 0usize;
    let parts = tokens.split(move |token| {
        depth = match () {
            () if token.is("{") => depth + 1,
            () if token.is("}") => depth.saturating_sub(1),
            () => depth,
        };
        token.is(",") && depth == 0
    });
    let mut out = Vec::new();
    for part in parts {
        let part = trimmed(part);
        if part.is_empty() {
            continue;
        }
        // A set inside a set, from a definition.
        if let [open, inner @ .., close] = part
            && open.is("{")
            && close.is("}")
        {
            out.extend(split(inner));
            continue;
        }
        out.push(part.split(|token| token.is(".")).map(trimmed).collect());
    }
    out
}

fn trimmed(mut tokens: &[Token]) -> &[Token] {
    while let [first, rest @ ..] = tokens
        && first.text == "\n"
    {
        tokens = rest;
    }
    while let [rest @ .., last] = tokens
        && last.text == "\n"
    {
        tokens = rest;
    }
    tokens
}

/// The words of one value, without what may follow it.
fn value_words(tokens: &[Token]) -> Vec<&str> {
    let ends = ["timeout", "expires", "comment", "counter"];
    tokens
        .iter()
        .take_while(|token| token.quoted || !ends.contains(&token.text.as_str()))
        .filter(|token| token.text != "\n")
        .map(|token| token.text.as_str())
        .collect()
}

/// All values of a list; `None` if one of them was not understood.
fn union(field: &Field, elements: &[Vec<&[Token]>]) -> Option<Values> {
    let mut all = Values::none(field)?;
    let mut addrs = Vec::new();
    for element in elements {
        let [part] = element.as_slice() else {
            return None;
        };
        match value(field, &value_words(part))? {
            // Sets of thousands of addresses are joined once.
            Values::Addrs(set) => addrs.extend(set.parts().iter().copied()),
            other => all = all.or(other)?,
        }
    }
    match (field, addrs.is_empty()) {
        (Field::Addr(family, _), false) => {
            Some(Values::Addrs(crate::net::AddrSet::new(*family, addrs)))
        }
        _ => Some(all),
    }
}

/// `< 1024` and the like.
fn compared(field: &Field, op: &str, word: &str) -> Option<Values> {
    let last = match field {
        Field::Port(..) => u64::from(u16::MAX),
        Field::Icmp(..) | Field::Protocol(_) | Field::NextHeader => 255,
        _ => return None,
    };
    let bound: u64 = number(word)?;
    let (low, high) = match op {
        "<" => (0, bound.checked_sub(1)?),
        "<=" => (0, bound),
        ">" => (bound.checked_add(1)?, last),
        _ => (bound, last),
    };
    value(field, &[&format!("{low}-{}", high.min(last))])
}

/// Elements of several fields: any of them, each with all its parts.
fn joined(fields: &[Field], elements: &[Vec<&[Token]>]) -> Option<Test> {
    let mut any = Family::BOTH.map(Cond::none);
    let mut ifaces = Vec::new();
    for element in elements {
        if element.len() != fields.len() {
            return None;
        }
        let mut one = Family::BOTH.map(Cond::all);
        for (field, part) in fields.iter().zip(element) {
            let values = value(field, &value_words(part))?;
            if let (Field::Iface(out), Values::Names(names)) = (field, &values) {
                ifaces.push(Iface {
                    out: *out,
                    negated: false,
                    names: names.clone(),
                });
                continue;
            }
            for (mine, cond) in one.iter_mut().zip(conds(field, &values)?) {
                *mine = mine.and(&cond);
            }
        }
        for (all, cond) in any.iter_mut().zip(one) {
            all.certain.extend(cond.certain);
            for open in cond.open {
                *all = all.clone().or_open(open.question, open.boxes);
            }
        }
    }
    // Several interfaces in one list of pairs cannot be told apart here.
    (ifaces.is_empty() || elements.len() == 1).then_some(Test {
        header: any,
        ifaces,
    })
}

/// `KEY . KEY : VERDICT`, split at dots before.
fn key_and_verdict(element: &[Vec<Token>]) -> Option<(Vec<Vec<Token>>, Verdict)> {
    let (last, first) = element.split_last()?;
    let colon = last.iter().position(|token| token.is(":"))?;
    let mut keys = first.to_vec();
    keys.push(last.get(..colon)?.to_vec());
    let words: Vec<&str> = last
        .get(colon + 1..)?
        .iter()
        .map(|t| t.text.as_str())
        .collect();
    let verdict = match words.as_slice() {
        ["accept", ..] => Verdict::Accept,
        ["drop", ..] => Verdict::Drop,
        ["return", ..] => Verdict::Return,
        ["continue", ..] => Verdict::Continue,
        ["jump", target, ..] => Verdict::Jump((*target).to_owned()),
        ["goto", target, ..] => Verdict::Goto((*target).to_owned()),
        _ => return None,
    };
    Some((keys, verdict))
}
