//! What a change adds to the page: its effect, the differences of text, capture times, the rollback; and the page and workbook
//! of a change alone.

use crate::evidence::{HOSTILE, addresses, captures, page, unzipped};
use crate::page::part;
use crate::support::{AT, POLICY, SWITCHES, aclc, golden_texts, root, scratch};
use aclc::cli::Exit;
use std::path::{Path, PathBuf};

/// The golden captures, the first with one more permit.
fn changed(name: &str) -> PathBuf {
    let dir = scratch(name);
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        let header = "ip access-list extended V200_IN\n";
        let more = format!("{header} 1 permit tcp host 10.10.32.11 host 10.10.17.5 eq 22\n");
        std::fs::write(
            dir.join(format!("{switch}.cfg")),
            text.replace(header, &more),
        )
        .unwrap();
    }
    dir
}

#[test]
fn the_effect_of_a_change_stands_in_the_report() {
    let dir = changed("page-effect");
    let page = page(&dir, &["--lang", "ja", "--before", "golden/p1_wired"]);
    for (lang, words) in [
        ("ja", ["新たに通る", "端末_取扱"]),
        ("en", ["newly permitted", "端末_取扱"]),
    ] {
        let effect = part(&page, lang, "effect");
        for word in words {
            assert!(effect.contains(word), "{word}: {effect}");
        }
        // The deciding line on both sides, in their files, and one packet.
        for word in [
            "golden/p1_wired/L3SW-CORE01.cfg",
            "1 permit tcp host 10.10.32.11",
            "10.10.32.11:",
            "-&gt; 10.10.17.5:22",
        ] {
            assert!(effect.contains(word), "{word}: {effect}");
        }
    }
    assert!(part(&page, "ja", "inputs").contains("--before golden/p1_wired"));
    let configs = dir.to_str().unwrap();
    let args = [
        "verify",
        POLICY,
        "--configs",
        configs,
        "--before",
        "golden/p1_wired",
        "--at",
        AT,
    ];
    let text = aclc(&args).out;
    assert!(
        text.contains("newly permitted") && text.contains("effect of the change"),
        "{text}"
    );
    let json = aclc(&[&args[..], &["--format", "json"]].concat()).json();
    assert_eq!(json["effect"]["schema"], "aclc/diff/1");
    assert_eq!(json["effect"]["changes"][0]["effect"], "newly-permitted");
    // Nothing but text changes: it is said so.
    let same = aclc(&[
        "verify",
        POLICY,
        "--configs",
        "golden/p1_wired",
        "--before",
        "golden/p1_wired",
        "--at",
        AT,
        "--format",
        "markdown",
    ]);
    assert_eq!(same.exit, Exit::Clean);
    assert!(same.out.contains("equal"), "{}", same.out);
}

fn diff(new: &Path, extra: &[&str]) -> String {
    let args = [
        "diff",
        "golden/p1_wired",
        new.to_str().unwrap(),
        "--policy",
        POLICY,
        "--at",
        AT,
        "--format",
        "html",
    ];
    let ran = aclc(&[&args[..], extra].concat());
    assert_ne!(ran.exit, Exit::CannotRun, "{}", ran.err);
    ran.out
}

#[test]
fn a_change_has_a_page_of_its_own() {
    let page = diff(&changed("page-change"), &["--lang", "ja"]);
    for word in [
        "変更の効果 報告書",
        "作成",
        "承認",
        "新たに通る",
        "-&gt; 10.10.17.5:22",
        "<main lang=\"en\">",
        "SHA-256",
        aclc::facts::digest(),
    ] {
        assert!(page.contains(word), "{word}");
    }
    let hostile = diff(&captures("page-change-hostile"), &[]);
    assert!(!hostile.contains("<img") && !hostile.contains("hush"));
    assert!(
        hostile.contains("&lt;img src=x"),
        "what was not read is shown as text"
    );
    assert!(HOSTILE.contains("<img"));
    // A change with its approval: whether it fits stands on the cover.
    let approval = scratch("page-approval").join("R.acl");
    std::fs::write(
        &approval,
        "許可 業務サーバ -> 端末_取扱 : tcp 443 申請 R9\n",
    )
    .unwrap();
    let page = diff(
        &changed("page-approved"),
        &["--approved", approval.to_str().unwrap(), "--lang", "ja"],
    );
    assert!(
        page.contains("承認した内容との一致: × 不成立"),
        "the change is another than the approval"
    );
}

#[test]
fn the_annex_says_when_was_captured_and_what_taking_back_restores() {
    let dir = changed("page-annex");
    let core = dir.join("L3SW-CORE01.cfg");
    let dated = "! Last configuration change at 09:12:44 JST Mon Oct 5 2026 by netadmin\n";
    let text = std::fs::read_to_string(&core).unwrap();
    std::fs::write(&core, format!("{dated}{text}")).unwrap();
    let annex = |extra: &[&str]| {
        let page = page(&dir, &[&["--lang", "ja"], extra].concat());
        part(&page, "ja", "inputs").to_owned()
    };
    let shown = annex(&[
        "--before",
        "golden/p1_wired",
        "--captured",
        "2026-11-23T18:05",
        "--captured",
        "L3SW-MYN01=2026-11-23T18:20",
    ]);
    for word in [
        "<td>2026-11-23 18:05</td>",
        "<td>2026-11-23 18:20</td>",
        dated.trim(),
        "変更前の文言に戻る",
        "--captured L3SW-MYN01=2026-11-23T18:20",
    ] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    // A line that no step undoes: the text does not come back by the plan.
    let old = scratch("page-annex-old");
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        let text = text.replacen("hostname", "frobnicate packets\nhostname", 1);
        std::fs::write(old.join(format!("{switch}.cfg")), text).unwrap();
    }
    let partial = annex(&["--before", old.to_str().unwrap()]);
    assert!(partial.contains("手順に入らない変更"), "{partial}");
    assert!(!partial.contains("変更前の文言に戻る。"), "{partial}");
    // Nobody says when: nothing is said, and no clock is looked at.
    let silent = annex(&[]);
    assert!(
        silent.contains("<td>記載なし</td>") && !silent.contains("18:05"),
        "{silent}"
    );
    assert!(silent.contains("変更前の設定が与えられていない"));
    for (typed, code) in [
        ("yesterday", "bad-time"),
        ("SW9=2026-11-23T18:05", "captured-unknown"),
    ] {
        let dir = dir.to_str().unwrap();
        let ran = aclc(&["verify", POLICY, "--configs", dir, "--captured", typed]);
        assert_eq!(ran.exit, Exit::CannotRun);
        assert!(ran.err.contains(code), "{}", ran.err);
    }
}

#[test]
fn what_differs_in_the_text_stands_apart_from_what_that_does() {
    let effect = |dir: &Path| {
        let page = page(dir, &["--lang", "ja", "--before", "golden/p1_wired"]);
        (part(&page, "ja", "effect").to_owned(), page)
    };
    let (changed, cover) = effect(&changed("page-wording"));
    assert!(
        changed.contains("<tr><td>L3SW-CORE01</td><td>0</td><td>1</td><td>"),
        "{changed}"
    );
    assert!(
        !changed.contains("<tr><td>L3SW-MYN01</td><td>0"),
        "{changed}"
    );
    // What an officer signs says what the change comes to.
    let cover = cover.split("</header>").next().unwrap();
    assert!(
        cover.contains("変更の効果") && cover.contains("新たに通る"),
        "{cover}"
    );
    assert!(cover.contains("作成した人とは別の人"), "{cover}");
    // Remarks and their order change no packet's fate.
    let dir = scratch("page-wording-only");
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        let text = format!("! one\n! two\n{text}");
        std::fs::write(dir.join(format!("{switch}.cfg")), text).unwrap();
    }
    let (only, cover) = effect(&dir);
    for word in [
        "文言のみの変更（通信への影響なし）",
        "<tr><td>L3SW-CORE01</td><td>0</td><td>2</td><td>0</td></tr>",
        "<tr><td>L3SW-MYN01</td><td>0</td><td>2</td><td>0</td></tr>",
    ] {
        assert!(only.contains(word), "{word}: {only}");
    }
    assert!(
        cover
            .split("</header>")
            .next()
            .unwrap()
            .contains("文言のみの変更")
    );
    let dir = scratch("page-wording-same");
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        std::fs::write(dir.join(format!("{switch}.cfg")), text).unwrap();
    }
    let (same, _) = effect(&dir);
    assert!(same.contains("1バイトも違わない"), "{same}");
}

#[test]
fn a_change_without_a_plan_says_so_in_place_of_its_rollback() {
    // A block that has no end cannot be told as commands.
    let (old, new) = (scratch("page-no-plan"), "golden/p1_single/juniper-junos");
    let text = std::fs::read_to_string(root().join(new).join("L3SW-01.cfg")).unwrap();
    std::fs::write(old.join("L3SW-01.cfg"), text + "system {\n").unwrap();
    let policy = format!("{new}/policy.acl");
    let old = old.to_str().unwrap();
    let args = [
        "verify",
        &policy,
        "--configs",
        new,
        "--before",
        old,
        "--at",
        AT,
    ];
    let ran = aclc(&[&args[..], &["--format", "html", "--lang", "ja"]].concat());
    assert_ne!(ran.exit, Exit::CannotRun, "{}", ran.err);
    let page = ran.out;
    for (lang, words) in [
        ("ja", "手順を作れないため、切り戻しは確かめていない"),
        (
            "en",
            "there is no plan, so that its rollback was not checked",
        ),
    ] {
        let inputs = part(&page, lang, "inputs");
        assert!(inputs.contains(words), "{inputs}");
        assert!(inputs.contains("<p data-row=\"open\">"), "{inputs}");
    }
}

#[test]
fn a_change_is_written_as_a_workbook_and_without_addresses() {
    let dir = changed("page-change-book");
    let file = dir.join("change.xlsx");
    let args = |format, extra: &[&str]| {
        let new = dir.to_str().unwrap();
        let args = [
            "diff",
            "golden/p1_wired",
            new,
            "--at",
            AT,
            "--format",
            format,
        ];
        let ran = aclc(
            &[
                &args[..],
                &["--lang", "ja", "-o", file.to_str().unwrap()],
                extra,
            ]
            .concat(),
        );
        (ran.exit, ran.err)
    };
    let named = ["--policy", POLICY];
    let (exit, err) = args("xlsx", &named);
    assert_eq!(exit, Exit::Findings, "{err}");
    let first = std::fs::read(&file).unwrap();
    let text = unzipped(&file);
    for word in [
        "新たに通る",
        "-> 10.10.17.5:22",
        "未確認の点",
        "入力",
        aclc::facts::digest(),
    ] {
        assert!(
            text.is_empty() || text.replace("&gt;", ">").contains(word),
            "{word}"
        );
    }
    args("xlsx", &named);
    assert!(
        first == std::fs::read(&file).unwrap(),
        "same input, same bytes"
    );
    for format in ["text", "json", "sarif", "markdown", "html", "xlsx"] {
        assert_ne!(
            args(format, &[&named[..], &["--redact"]].concat()).0,
            Exit::CannotRun
        );
        let text = match format {
            "xlsx" => unzipped(&file),
            _ => std::fs::read_to_string(&file).unwrap(),
        };
        let left = addresses(&text);
        assert!(left.is_empty(), "{format}: {left:?}");
        assert!(
            format == "xlsx" && text.is_empty() || text.contains("端末_取扱"),
            "{format}"
        );
    }
    // Nobody names the places.
    let (exit, err) = args("text", &["--redact"]);
    assert!(
        exit == Exit::CannotRun && err.contains("redact-no-policy"),
        "{err}"
    );
}
