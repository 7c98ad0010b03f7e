//! The page: every part that a report to an officer and an auditor must have, the effect of a change, keys, contrast, and a
//! network of 500 zones; looked at in a browser.

use crate::evidence::{HOSTILE, addresses, browser, captures, open, page, refuted, unzipped};
use crate::support::{AT, POLICY, SWITCHES, aclc, golden_texts, root, scratch};
use aclc::cli::Exit;
use std::path::{Path, PathBuf};

/// The parts, by their anchors, with a word that each must hold in Japanese and in English. The cover has no anchor.
const PARTS: [(&str, &str, &str); 12] = [
    // A verdict per claim, with the measure it serves and its class.
    ("verdicts", "判定", "verdict"),
    ("guideline", "対策", "measure"),
    ("matrix", "複合機", "複合機"),
    ("network", "<svg", "<svg"),
    // A packet with its way and a remedy for each ×; for each ○ what was proved.
    ("details", "対処の案", "suggested remedy"),
    ("flows", "行き", "forward"),
    ("effect", "変更前", "before the change"),
    ("entries", "所管のない文", "without an owner"),
    ("capacity", "5120", "5120"),
    ("assumptions", "対象外", "not covered"),
    ("attest", "⑫", "⑫"),
    ("inputs", "SHA-256", "SHA-256"),
];

/// The body of a part.
fn part<'p>(page: &'p str, lang: &str, name: &str) -> &'p str {
    let start = page
        .find(&format!("id=\"{lang}-{name}\""))
        .unwrap_or_else(|| panic!("no part {lang}-{name}"));
    let end = page[start..].find("</section>").unwrap();
    &page[start..start + end]
}

#[test]
fn every_part_of_the_report_is_there_in_both_languages() {
    let page = page(&refuted("page-parts"), &["--lang", "ja"]);
    for (name, ja, en) in PARTS {
        assert!(part(&page, "ja", name).contains(ja), "{name}: {ja}");
        assert!(part(&page, "en", name).contains(en), "{name}: {en}");
    }
    let parts = page.matches("<section class=\"part-").count();
    assert_eq!(parts, 2 * PARTS.len(), "a new part needs a line above");
    for word in [
        "作成",
        "確認",
        "承認",
        "申請番号",
        "作業日",
        "取扱注意",
        "aclc verify",
        "made by",
        "tickets",
    ] {
        assert!(page.contains(word), "{word}");
    }
    // Inputs, capture digests and the way to make it again.
    let inputs = part(&page, "ja", "inputs");
    let hashed = inputs.split("<h3>").next().unwrap();
    assert_eq!(hashed.matches(".cfg").count(), SWITCHES.len(), "{inputs}");
    for word in ["設定を採取した時刻", "切り戻し", "再検証のしかた"] {
        assert!(inputs.contains(word), "{word}");
    }
    let entries = part(&page, "en", "entries");
    for word in ["without a ticket", "expired", "findings"] {
        assert!(entries.contains(word), "{word}");
    }
}

#[test]
fn measures_of_a_guideline_have_their_class_in_words() {
    let dir = scratch("page-guideline");
    let out = dir.join("out");
    let (policy, configs) = ("golden/p2_radius_vlan/policy.acl", "golden/p2_radius_vlan");
    let args = [
        "verify",
        policy,
        "--configs",
        configs,
        "--at",
        AT,
        "--format",
        "html",
        "--lang",
        "ja",
        "-o",
        out.to_str().unwrap(),
    ];
    assert_eq!(aclc(&args).exit, Exit::Clean);
    let page = std::fs::read_to_string(out).unwrap();
    let guideline = part(&page, "ja", "guideline");
    for word in [
        "①",
        "⑫",
        "証明済",
        "ログ確認",
        "要確認",
        "確認者",
        "INV-05-DESKTOPS",
    ] {
        assert!(guideline.contains(word), "{word}");
    }
    for code in [">attest<", ">log<", ">proved<"] {
        assert!(
            !guideline.contains(code),
            "a class is said in words: {code}"
        );
    }
    assert!(part(&page, "en", "guideline").contains("log evidence"));
    // A claim says which clauses the measures it serves are about, and no sentence says more than its claim: what is
    // listed may be opened.
    let details = part(&page, "ja", "details");
    let claim = |id: &str| {
        let start = details.find(&format!("id=\"ja-{id}\"")).unwrap();
        details[start..].split("</article>").next().unwrap()
    };
    let managed = claim("INV-06");
    assert!(
        managed.contains("<p class=\"small\">根拠: 番号法第12条"),
        "{managed}"
    );
    let sentence = managed.split("</h3>").next().unwrap();
    assert!(!sentence.contains("開始できない"), "{sentence}");
    for word in ["std.management で開始できるのは、", "std.ssh", "特定通信"] {
        assert!(sentence.contains(word), "{word}: {sentence}");
    }
}

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

/// The command of a page, as it is typed.
fn command(page: &str) -> Vec<String> {
    let inputs = part(page, "ja", "inputs");
    let typed = inputs.split("<p class=\"mono\">aclc verify ").nth(1);
    let typed = typed.unwrap_or_else(|| panic!("{inputs}"));
    let typed = typed.split("</p>").next().unwrap().replace("&quot;", "\"");
    // Words in quotes are those at odd places.
    let words = typed
        .split('"')
        .enumerate()
        .flat_map(|(at, text)| match at % 2 {
            0 => text.split(' ').map(str::to_owned).collect(),
            _ => vec![text.to_owned()],
        });
    std::iter::once("verify".to_owned())
        .chain(words.filter(|word| !word.is_empty()))
        .collect()
}

#[test]
fn the_command_of_a_page_makes_the_same_page() {
    let dir = scratch("page with a blank");
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        std::fs::write(dir.join(format!("{switch}.cfg")), text).unwrap();
    }
    let certificate = dir.join("c.json");
    let certificate = certificate.to_str().unwrap();
    for extra in [
        &["--lang", "ja"][..],
        &["--lang", "en", "--redact", "--dialect", "cisco-ios-xe"],
        &[
            "--lang",
            "ja",
            "--max-nodes",
            "9000000",
            "--facts",
            "confirmed",
        ],
        &[
            "--before",
            "golden/p1_wired",
            "--captured",
            "2026-11-23T18:05",
        ],
        &["--lang", "ja", "--certificate", certificate],
    ] {
        let first = page(&dir, extra);
        let typed = command(&first);
        let again = aclc(&typed);
        assert_ne!(again.exit, Exit::CannotRun, "{typed:?}: {}", again.err);
        assert!(first == again.out, "{typed:?}");
        let inputs = part(&first, "en", "inputs");
        assert!(inputs.contains(aclc::facts::digest()), "{inputs}");
        let checker = inputs.contains(&format!("aclc-check {certificate}"));
        assert_eq!(checker, extra.contains(&"--certificate"), "{inputs}");
        assert_eq!(inputs.contains("no certificate was written"), !checker);
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
fn what_was_not_looked_at_is_not_said_to_be_none() {
    let args = [
        "verify", POLICY, "--at", AT, "--format", "html", "--lang", "ja",
    ];
    let page = aclc(&args).out;
    let entries = part(&page, "ja", "entries");
    assert!(entries.contains("行ごとの指摘は調べていない"), "{entries}");
    assert!(!entries.contains("設定の指摘 (0)"), "{entries}");
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

/// The page with the browser's leave to run a test's script: the page's own policy would forbid it.
fn scripted(page: &str, script: &str) -> String {
    let start = page.find("<meta http-equiv").unwrap();
    let end = start + page[start..].find('>').unwrap() + 1;
    let free = format!("{}{}", &page[..start], &page[end..]);
    free.replace("</body>", &format!("<script>{script}</script></body>"))
}

#[test]
fn the_page_is_used_by_keys_alone() {
    let Some(browser) = browser() else { return };
    let dir = refuted("page-keys");
    let script = "function key(k) { document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true })); }\
        var seen = []; key('l'); seen.push(document.body.dataset.lang); key('n'); seen.push(document.activeElement.id);\
        key('n'); key('p'); seen.push(document.activeElement.id); key('/'); seen.push(document.activeElement.type);\
        document.activeElement.value = 'V300_IN'; document.activeElement.dispatchEvent(new Event('input', { bubbles: true }));\
        seen.push(document.querySelectorAll('.out').length > 20); key('Escape'); seen.push(document.querySelectorAll('.out').length);\
        document.body.dataset.seen = seen.join(' ');";
    let html = dir.join("keys.html");
    std::fs::write(&html, scripted(&page(&dir, &["--lang", "ja"]), script)).unwrap();
    let dom = open(
        browser,
        &dir.join("profile"),
        "--dump-dom",
        &format!("file://{}", html.display()),
    );
    let seen = dom
        .split("data-seen=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let words: Vec<&str> = seen.unwrap_or_default().split(' ').collect();
    let [lang, first, back, search, filtered, cleared] = words.as_slice() else {
        panic!("{words:?}");
    };
    assert_eq!(
        (*lang, *search, *filtered, *cleared),
        ("en", "search", "true", "0")
    );
    assert!(first.starts_with("en-") && first == back, "{first} {back}");
}

/// Relative luminance (WCAG 2.2).
fn luminance(hex: &str) -> f64 {
    let long = match hex.len() {
        4 => hex.chars().skip(1).flat_map(|c| [c, c]).collect::<String>(),
        _ => hex[1..].to_owned(),
    };
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&long[at..at + 2], 16).unwrap()) / 255.0;
        match value <= 0.04045 {
            true => value / 12.92,
            false => ((value + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

#[test]
fn every_text_has_contrast_enough() {
    let css = std::fs::read_to_string(root().join("src/report/html/page.css")).unwrap();
    let colours = |property: &str| -> Vec<String> {
        let all = css.split(&[';', '{', '}'][..]).map(str::trim);
        let values = all.filter_map(|one| one.strip_prefix(property).map(str::trim));
        values
            .filter(|value| value.starts_with('#'))
            .map(str::to_owned)
            .collect()
    };
    let mut inks = colours("color:");
    inks.extend(
        ["--ink:", "--good:", "--bad:", "--doubt:", "--link:"]
            .iter()
            .flat_map(|name| colours(name)),
    );
    inks.retain(|ink| ink != "#fff");
    assert!(inks.len() > 6, "{inks:?}");
    for ink in inks {
        let ratio = (1.05) / (luminance(&ink) + 0.05);
        assert!(ratio >= 4.5, "{ink} on white: {ratio:.1}");
    }
    // Signs in the matrix are in the colour of the text.
    let ink = luminance("#1a1a1a");
    for paper in colours("background:")
        .iter()
        .filter(|paper| *paper != "#888")
    {
        let ratio = (luminance(paper) + 0.05) / (ink + 0.05);
        assert!(ratio >= 4.5, "text on {paper}: {ratio:.1}");
    }
}

#[test]
fn five_hundred_zones_are_no_trouble() {
    let Some(browser) = browser() else { return };
    let dir = scratch("page-big");
    let mut policy = "site BIG { ipv4-only }\n".to_owned();
    let zones = 0..500;
    for zone in zones.clone() {
        let (a, b) = (10 + zone / 250, zone % 250);
        policy.push_str(&format!(
            "zone Z{zone} vlan {} 10.{a}.{b}.0/24 {{ host h{zone} .11 }}\n",
            100 + zone
        ));
    }
    let names: Vec<String> = zones.clone().map(|zone| format!("Z{zone}")).collect();
    policy.push_str(&format!(
        "switch SW : cisco-ios-xe \"C9300\" {{ svi {} }}\n",
        names.join(", ")
    ));
    for zone in zones.step_by(2) {
        policy.push_str(&format!(
            "allow Z{zone} -> h{} : tcp 443 ticket R{zone}\n",
            zone + 1
        ));
        policy.push_str(&format!("prove Z{zone} -> Z{} none\n", (zone + 3) % 500));
    }
    let (path, out) = (dir.join("policy.acl"), dir.join("big.html"));
    std::fs::write(&path, policy).unwrap();
    let args = [
        "verify",
        path.to_str().unwrap(),
        "--at",
        AT,
        "--format",
        "html",
        "-o",
        out.to_str().unwrap(),
    ];
    let ran = aclc(&args);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
    let page = std::fs::read_to_string(&out).unwrap();
    assert!(page.len() < 4 << 20, "{} bytes", page.len());
    let script = "var start = performance.now(); var field = document.querySelector('[data-search]'); field.value = 'Z77';\
        field.dispatchEvent(new Event('input', { bubbles: true })); document.body.dataset.took = Math.round(performance.now() - start);";
    std::fs::write(&out, scripted(&page, script)).unwrap();
    let dom = open(
        browser,
        &dir.join("profile"),
        "--dump-dom",
        &format!("file://{}", out.display()),
    );
    let took = dom
        .split("data-took=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let took: u32 = took
        .unwrap_or_default()
        .parse()
        .expect("the page was filtered");
    eprintln!("filtered 500 zones in {took} ms");
    assert!(took < 1000, "{took} ms");
}
