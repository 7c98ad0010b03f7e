//! Every human mistake M01-M25 against every network pattern: a twin by hand (a folder under `twins/`), or one that is made
//! here by the same edit in every pattern. None may come out proved.
//!
//! `golden/mistakes.md` is the table of both: which mistake is held against which pattern, and what it means where it is not.

use crate::support::{AT, aclc, root, scratch};
use crate::twins::PATTERNS;
use aclc::cli::Exit;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// An edit that makes a mistake in the text of the core switch; `None` where the text gives no occasion for it.
type Make = fn(&str) -> Option<String>;

/// The mistakes that can be made anywhere, in the text of an IOS switch.
const MADE: [(&str, Make); 12] = [
    ("M01", |text| drop_line(text, " ip access-group ")),
    ("M02", |text| {
        change(text, " ip access-group ", " in", " out")
    }),
    ("M03", permit_behind_the_deny),
    ("M05", |text| on_top(text, "permit ip any any")),
    ("M08", |text| {
        let new = "interface Vlan999\n ip address 10.99.99.1 255.255.255.0\n!\nip route ";
        text.contains("\nip route ")
            .then(|| text.replacen("ip route ", new, 1))
    }),
    ("M09", |text| {
        on_top(text, "permit ip any 10.0.0.0 0.255.255.255")
    }),
    ("M11", |text| {
        text.contains(" established")
            .then(|| text.replace(" established", ""))
    }),
    ("M12", ports_exchanged),
    ("M13", |text| on_top(text, "permit ip any host 10.20.0.10")),
    ("M17", ipv6_without_list),
    ("M18", |text| on_top(text, "permit tcp any any eq 22")),
    ("M25", |text| {
        drop_line(text, "permit udp host 0.0.0.0 eq 68")
    }),
];

/// All mistakes, with what is wrong.
const MISTAKES: [(&str, &str); 25] = [
    ("M01", "一覧の掛け忘れ"),
    ("M02", "in と out の取り違え"),
    ("M03", "deny の後ろに書いた許可"),
    ("M04", "広い許可が狭い拒否を隠す"),
    ("M05", "調査用の permit ip any any の消し忘れ"),
    ("M06", "ワイルドカードとネットマスクの取り違え"),
    ("M07", "ブロックの一つずれ"),
    ("M08", "一覧のない新しい VLAN"),
    ("M09", "10.0.0.0/8 を「内部」とみなす"),
    ("M10", "TCP だけ、または UDP だけ"),
    ("M11", "established のない返信"),
    ("M12", "送信元と宛先のポートの取り違え"),
    ("M13", "全ポートの許可"),
    ("M14", "古い許可の残り、VIP の隣のノード"),
    ("M15", "両方のネットワークで使う共用機器"),
    ("M16", "主系と待機系の差"),
    ("M17", "IPv6 の一覧の掛け忘れ"),
    ("M18", "機器の管理の開放"),
    ("M19", "拒否に記録がない"),
    ("M20", "説明と中身のずれ、申請番号なし"),
    ("M21", "期限を過ぎた許可"),
    ("M22", "全角や紛らわしい字"),
    ("M23", "装置の収容条件の超過"),
    ("M24", "保存されていない変更、手直し"),
    ("M25", "DHCP、VRRP、ND の遮断"),
];

fn drop_line(text: &str, start: &str) -> Option<String> {
    let hit = text.lines().position(|line| line.contains(start))?;
    let kept = text.lines().enumerate().filter(|(at, _)| *at != hit);
    Some(kept.map(|(_, line)| format!("{line}\n")).collect())
}

fn change(text: &str, start: &str, old: &str, new: &str) -> Option<String> {
    let line = text.lines().find(|line| line.contains(start))?;
    Some(text.replacen(line, &line.replace(old, new), 1))
}

/// An interface gets IPv6 in place of its IPv6 list.
fn ipv6_without_list(text: &str) -> Option<String> {
    let list = text
        .lines()
        .find(|line| line.starts_with(" ipv6 traffic-filter "))?;
    let on = " ipv6 address FD7A:1C2B:0:999::1/64";
    let routed = "ip routing\n!\nipv6 unicast-routing";
    Some(text.replacen(list, on, 1).replacen("ip routing", routed, 1))
}

/// A line in front of all others of the list that comes first.
fn on_top(text: &str, entry: &str) -> Option<String> {
    let head = text
        .lines()
        .find(|line| line.starts_with("ip access-list extended "))?;
    Some(text.replacen(head, &format!("{head}\n 5 {entry}"), 1))
}

/// The first permit of TCP moves behind the final deny.
fn permit_behind_the_deny(text: &str) -> Option<String> {
    let permit = text.lines().find(|line| line.contains(" permit tcp "))?;
    let (_, entry) = permit.trim_start().split_once(' ')?;
    let without = drop_line(text, permit)?;
    let deny = without
        .lines()
        .find(|line| line.contains("deny   ip any any"))?;
    let moved = format!("{deny}\n 9000 {entry}");
    Some(without.replacen(deny, &moved, 1))
}

/// The first permit of one TCP port has it on the side of the client.
fn ports_exchanged(text: &str) -> Option<String> {
    let line = text
        .lines()
        .find(|line| line.contains(" permit tcp ") && line.contains(" eq "))?;
    let (before, port) = line.split_once(" eq ")?;
    let (source, host) = before.split_once(" host ")?;
    let port = port.split(' ').next()?;
    Some(text.replacen(line, &format!("{source} eq {port} host {host}"), 1))
}

fn patterns() -> impl Iterator<Item = &'static str> {
    std::iter::once("p1_wired").chain(PATTERNS.iter().map(|(name, _)| *name))
}

/// The mistakes a pattern has folders for.
fn by_hand(pattern: &str) -> BTreeSet<String> {
    let home = root().join("golden").join(pattern).join("twins");
    let names = std::fs::read_dir(home).unwrap();
    let names = names.map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names
        .filter_map(|name| name.get(..3).map(str::to_owned))
        .collect()
}

/// The files of a pattern with another text of the core switch.
fn with_core(pattern: &str, mistake: &str, text: &str) -> std::path::PathBuf {
    let out = scratch(&format!("mistake-{pattern}-{mistake}"));
    for entry in std::fs::read_dir(root().join("golden").join(pattern)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ext| ext != "cfg") {
            continue;
        }
        let to = out.join(path.file_name().unwrap());
        match mistake {
            // Whoever leaves the word out leaves it out everywhere: one switch that still looks is enough.
            "M11" => {
                let text = std::fs::read_to_string(&path).unwrap();
                std::fs::write(to, text.replace(" established", "")).unwrap();
            }
            _ => drop(std::fs::copy(&path, to).unwrap()),
        }
    }
    std::fs::write(out.join("L3SW-CORE01.cfg"), text).unwrap();
    out
}

/// The mistakes made in every pattern that has no folder for them; what was made, by pattern.
fn made(wrong: &mut Vec<String>) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut made: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for pattern in patterns() {
        let held = by_hand(pattern);
        let core = root().join("golden").join(pattern).join("L3SW-CORE01.cfg");
        let core = std::fs::read_to_string(core).unwrap();
        for (mistake, make) in MADE.iter().filter(|(mistake, _)| !held.contains(*mistake)) {
            let Some(text) = make(&core) else { continue };
            assert_ne!(text, core, "{pattern} {mistake}: nothing was changed");
            let configs = with_core(pattern, mistake, &text);
            let policy = format!("golden/{pattern}/policy.acl");
            let configs = configs.to_str().unwrap();
            let ran = aclc(&[
                "verify",
                &policy,
                "--configs",
                configs,
                "--at",
                AT,
                "--format",
                "json",
            ]);
            if !matches!(ran.exit, Exit::Findings | Exit::Unknown) {
                wrong.push(format!("{pattern} {mistake}: {:?} {}", ran.exit, ran.err));
            }
            made.entry(pattern).or_default().insert(mistake);
        }
    }
    made
}

#[test]
fn every_mistake_is_seen_in_every_pattern() {
    let mut wrong = Vec::new();
    let made = made(&mut wrong);
    let mut table = String::from(
        "# 誤りと構成の表\n\nM01-M25 の誤りを各構成に入れ、`verify` などが見つけることを試験で確かめている。\n● 手で作った対の例(`twins/`)、○ 同じ変更を自動で入れた例、空欄はその構成では起こしていない。\n\n",
    );
    let names: Vec<&str> = patterns().collect();
    writeln!(table, "| 誤り | 内容 | {} |", names.join(" | ")).unwrap();
    writeln!(table, "|---|---|{}", "---|".repeat(names.len())).unwrap();
    for (mistake, says) in MISTAKES {
        let marks: Vec<&str> = names
            .iter()
            .map(|pattern| match made.get(pattern) {
                _ if by_hand(pattern).contains(mistake) => "●",
                Some(made) if made.contains(mistake) => "○",
                _ => "",
            })
            .collect();
        if marks.iter().all(|mark| mark.is_empty()) {
            wrong.push(format!("{mistake} has no twin at all"));
        }
        writeln!(table, "| {mistake} | {says} | {} |", marks.join(" | ")).unwrap();
    }
    let path = root().join("golden/mistakes.md");
    if std::env::var_os("ACLC_UPDATE").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    if std::fs::read_to_string(&path).unwrap_or_default() != table {
        wrong.push(
            "golden/mistakes.md is not the table of today (ACLC_UPDATE=1 writes it)".to_owned(),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
