//! The page: every part that a report to an officer and an auditor must have, the command that makes it again, keys, contrast,
//! and a network of 500 zones; looked at in a browser.

use crate::evidence::{browser, open, page, refuted};
use crate::support::{AT, POLICY, SWITCHES, aclc, root, scratch};
use aclc::cli::Exit;

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
pub(crate) fn part<'p>(page: &'p str, lang: &str, name: &str) -> &'p str {
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

/// A small network, with its policy.
const SMALL: [&str; 2] = [
    "golden/p1_single/juniper-junos/policy.acl",
    "golden/p1_single/juniper-junos",
];

#[test]
fn the_command_of_a_page_makes_the_same_page() {
    let dir = scratch("page with a blank");
    let text = std::fs::read_to_string(root().join(SMALL[1]).join("L3SW-01.cfg")).unwrap();
    std::fs::write(dir.join("L3SW-01.cfg"), text).unwrap();
    let certificate = dir.join("c.json");
    let certificate = certificate.to_str().unwrap();
    let configs = dir.to_str().unwrap();
    let first = ["verify", SMALL[0], "--configs", configs, "--format", "html"];
    for extra in [
        &["--lang", "ja"][..],
        &["--lang", "en", "--redact", "--dialect", "juniper-junos"],
        &["--max-nodes", "9000000", "--facts", "confirmed"],
        &["--before", SMALL[1], "--captured", "2026-11-23T18:05"],
        &["--lang", "ja", "--certificate", certificate],
    ] {
        let first = aclc(&[&first[..], extra].concat()).out;
        let typed = command(&first);
        let again = aclc(&typed);
        assert_ne!(again.exit, Exit::CannotRun, "{typed:?}: {}", again.err);
        assert!(first == again.out, "{typed:?}");
        for word in extra {
            assert!(typed.iter().any(|one| one == word), "{word}: {typed:?}");
        }
        let inputs = part(&first, "en", "inputs");
        assert!(inputs.contains(aclc::facts::digest()), "{inputs}");
        let checker = inputs.contains(&format!("aclc-check {certificate}"));
        assert_eq!(checker, extra.contains(&"--certificate"), "{inputs}");
        assert_eq!(inputs.contains("no certificate was written"), !checker);
    }
}

#[test]
fn exceptions_and_what_a_test_would_settle_stand_in_the_page() {
    let page = |policy: &str, more: &[&str]| {
        let args = ["verify", policy, "--at", AT, "--format", "html"];
        let ran = aclc(&[&args[..], &["--lang", "ja"], more].concat());
        assert_ne!(ran.exit, Exit::CannotRun, "{}", ran.err);
        ran.out
    };
    let tokutei = page("golden/tokutei/policy.acl", &[]);
    let entries = part(&tokutei, "ja", "entries");
    let exceptions = entries.split("<h3>特定通信").nth(1).unwrap();
    let exceptions = exceptions.split("<h3>").next().unwrap();
    let reasons = exceptions.matches("<tr data-row=").count();
    assert!(reasons > 0 && exceptions.contains("理由"), "{exceptions}");
    let open = page(
        POLICY,
        &["--configs", "golden/p1_wired", "--facts", "confirmed"],
    );
    let details = part(&open, "en", "details");
    for word in [
        "what a test of the device would settle",
        "questions: <a href=\"#en-",
        "once tested, write: ",
    ] {
        assert!(details.contains(word), "{word}");
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
