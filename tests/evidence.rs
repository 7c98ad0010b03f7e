//! The page and the workbook: complete, the same bytes, nothing asks for anything outside, strangers' text stays text, and no
//! secret and, if so asked, no address leaves the program. The page is also opened in a browser.

use crate::support::{AT, POLICY, SWITCHES, aclc, golden_texts, root, scratch};
use aclc::cli::Exit;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What somebody may have typed where a configuration takes any text.
pub(crate) const HOSTILE: &str =
    "<img src=x onerror=alert(1)><script>document.title='pwned'</script>";

/// The golden captures with one broken reply; `more` is appended to each.
fn written(name: &str, more: &str) -> PathBuf {
    let dir = scratch(name);
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        let reply = " 20 permit tcp host 10.20.0.10 eq 443 10.10.17.0 0.0.0.255 range 1024 65535";
        let text = text.replace(&format!("{reply} established"), reply);
        std::fs::write(dir.join(format!("{switch}.cfg")), text + more).unwrap();
    }
    dir
}

/// Captures that are read to the last line, and refute a claim.
pub(crate) fn refuted(name: &str) -> PathBuf {
    written(name, "")
}

/// Captures with hostile words and secrets, most of which are lines that are not understood.
pub(crate) fn captures(name: &str) -> PathBuf {
    written(name, &format!("remark {HOSTILE}\n{HOSTILE}\n{SECRETS}"))
}

/// Lines with secrets, as the dialects print them. Every secret begins with `hush`.
const SECRETS: &str = "\
enable secret 9 $9$hushA$hushB
enable password 7 hushC
username admin privilege 15 secret 5 hushD
username operator password 0 hushE
snmp-server community hushF ro
snmp-server host 10.99.0.11 version 2c hushG
snmp-server user u g v3 auth sha hushH priv aes 128 hushI
tacacs-server key 7 hushJ
radius-server host 10.99.0.12 key hushK
ntp authentication-key 1 md5 hushL
ip ospf message-digest-key 1 md5 hushM
standby 1 authentication hushN
key-string hushO
crypto isakmp key hushP address 0.0.0.0
wpa-psk ascii 0 hushQ
set system root-authentication encrypted-password \"hushR\"
password simple hushS
admin-password sha256 hushT
ftp pass hushU
vrrp 1 authentication text hushV
";

fn render(dir: &Path, extra: &[&str]) -> (Exit, Vec<u8>, String) {
    let out = dir.join("out");
    let (configs, file) = (dir.to_str().unwrap(), out.to_str().unwrap());
    let args = [
        "verify",
        POLICY,
        "--configs",
        configs,
        "--at",
        AT,
        "-o",
        file,
    ];
    let ran = aclc(&[&args[..], extra].concat());
    assert_eq!(ran.out, "", "{}", ran.err);
    let bytes = std::fs::read(&out).unwrap_or_default();
    (ran.exit, bytes, ran.err)
}

pub(crate) fn page(dir: &Path, extra: &[&str]) -> String {
    let (_, bytes, err) = render(dir, &[&["--format", "html"], extra].concat());
    assert!(!bytes.is_empty(), "{err}");
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_page_holds_what_it_must_in_both_languages() {
    let dir = refuted("evidence-page");
    let page = page(&dir, &["--lang", "ja"]);
    for word in [
        "<main lang=\"ja\">",
        "<main lang=\"en\">",
        "作成",
        "確認",
        "承認",
        "取扱注意",
        "10.20.0.10:443 -&gt; 10.10.17.2:49152",
        "V300_IN",
        "対処の案",
        "suggested remedy",
        "R7-0123",
        "SHA-256",
        "再検証のしかた",
        "要求（行き）",
        "①",
        "⑫",
        "<svg",
        "前提条件",
    ] {
        assert!(page.contains(word), "{word}");
    }
    for strong in ["安全である", "分離されている", "is safe", "are separated"] {
        assert!(!page.contains(strong), "no more than was proved: {strong}");
    }
    // A tag with two classes in two attributes would have the first one only.
    for tag in [
        "class=\"nowrap good\"",
        "class=\"nowrap bad\"",
        "class=\"claim refuted\"",
        "class=\"verdict bad\"",
    ] {
        assert!(page.contains(tag), "{tag}");
    }
    assert_eq!(page.matches("<svg").count(), 2, "one drawing per language");
    // Headings of tables, a name for the drawing, a language for each part.
    assert!(page.contains("scope=\"col\"") && page.contains("role=\"img\" aria-label="));
}

#[test]
fn nothing_of_strangers_becomes_markup_and_nothing_is_asked_for() {
    let page = page(&captures("evidence-hostile"), &["--lang", "en"]);
    assert!(
        !page.contains("<img") && !page.contains("<script>document"),
        "hostile text is text"
    );
    assert!(
        page.contains("&lt;img src=x onerror=alert(1)&gt;"),
        "and it is shown"
    );
    assert!(page.contains("default-src 'none'"));
    for word in [
        "src=\"",
        "url(",
        "@import",
        "<link",
        "<iframe",
        "javascript:",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    let outside = page.matches("http://").count() + page.matches("https://").count();
    assert_eq!(
        outside,
        page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count()
    );
}

pub(crate) const FORMATS: [&str; 8] = [
    "text",
    "json",
    "sarif",
    "junit",
    "markdown",
    "codequality",
    "html",
    "xlsx",
];

#[test]
fn same_input_same_bytes_in_every_format_and_no_secret_in_any() {
    let dir = captures("evidence-formats");
    for format in FORMATS {
        let (exit, first, err) = render(&dir, &["--format", format]);
        assert_ne!(exit, Exit::CannotRun, "{format}: {err}");
        assert!(!first.is_empty(), "{format}");
        let (_, second, _) = render(&dir, &["--format", format]);
        assert!(first == second, "{format}");
        let text = match format {
            "xlsx" => unzipped(&dir.join("out")),
            _ => String::from_utf8(first).unwrap(),
        };
        assert!(
            !text.contains("hush"),
            "{format} holds a secret: {}",
            around(&text, "hush")
        );
        assert!(!err.contains("hush"), "{err}");
    }
    // The check can fail: the captures hold what is looked for, and the reports hold the lines around it.
    let text = std::fs::read_to_string(dir.join("L3SW-CORE01.cfg")).unwrap();
    assert_eq!(text.matches("hush").count(), 22);
}

pub(crate) fn around<'t>(text: &'t str, word: &str) -> &'t str {
    let at = text.find(word).unwrap_or(0);
    let start = (0..=at.saturating_sub(60))
        .rev()
        .find(|&i| text.is_char_boundary(i))
        .unwrap_or(0);
    let end = (at + 20..text.len())
        .find(|&i| text.is_char_boundary(i))
        .unwrap_or(text.len());
    &text[start..end]
}

/// The sheets of a workbook as text: `unzip` is on every machine that builds packages; without it only the bytes are held.
pub(crate) fn unzipped(file: &Path) -> String {
    let ran = Command::new("unzip").arg("-p").arg(file).output();
    match ran {
        Ok(ran) if ran.status.success() => String::from_utf8_lossy(&ran.stdout).into_owned(),
        _ => {
            assert!(
                std::env::var_os("CI").is_none(),
                "`unzip` is needed under CI"
            );
            eprintln!("SKIPPED: the workbook's content, for want of `unzip`");
            String::new()
        }
    }
}

#[test]
fn secrets_of_a_lint_or_a_difference_are_no_other() {
    let dir = captures("evidence-secrets");
    let config = dir.join("L3SW-CORE01.cfg");
    let config = config.to_str().unwrap();
    for dialect in ["cisco-ios-xe", "alaxala-ax"] {
        for format in ["text", "json", "sarif", "markdown", "codequality"] {
            for args in [
                ["lint", config].as_slice(),
                &["diff", "golden/p1_wired/L3SW-CORE01.cfg", config],
            ] {
                let extra = ["--format", format, "--dialect", dialect, "--at", AT];
                let ran = aclc(&[args, &extra].concat());
                assert_ne!(ran.exit, Exit::CannotRun, "{}", ran.err);
                assert!(
                    !ran.out.contains("hush") && !ran.err.contains("hush"),
                    "{args:?} {format}"
                );
            }
        }
    }
}

/// Every address in a text but masks, which say a size only.
pub(crate) fn addresses(text: &str) -> Vec<String> {
    let apart = |c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':');
    let words = text.split(apart).map(|word| word.trim_matches(['.', ':']));
    let address = |word: &&str| match word.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(addr)) => !matches!(addr.octets()[0], 0 | 255),
        Ok(std::net::IpAddr::V6(_)) => true,
        // With the port of a packet behind it.
        Err(_) => word.rsplit_once(':').is_some_and(|(word, _)| {
            let addr = word.parse::<std::net::Ipv4Addr>();
            addr.is_ok_and(|addr| !matches!(addr.octets()[0], 0 | 255))
        }),
    };
    words.filter(address).map(str::to_owned).collect()
}

#[test]
fn the_reader_of_addresses_finds_them() {
    let text =
        "a 10.1.2.3:443, [fd7a:1::5] 10.0.0.0/8 0.0.0.255 255.255.255.0 1.2.3 12:30:00 ab:cd";
    assert_eq!(addresses(text), ["10.1.2.3:443", "fd7a:1::5", "10.0.0.0"]);
}

#[test]
fn a_redacted_report_names_places_and_no_address() {
    for (format, read) in FORMATS
        .iter()
        .flat_map(|format| [(*format, true), (*format, false)])
    {
        let dir = match read {
            true => refuted("evidence-redacted"),
            false => captures("evidence-redacted"),
        };
        let (_, bytes, err) = render(&dir, &["--format", format, "--redact", "--lang", "ja"]);
        assert!(!bytes.is_empty(), "{format}: {err}");
        let text = match format {
            "xlsx" => unzipped(&dir.join("out")),
            _ => String::from_utf8(bytes).unwrap(),
        };
        let left = addresses(&text);
        assert!(left.is_empty(), "{format}: {left:?}");
        if format == "text" && read {
            assert!(text.contains("画面転送GW:443 -> 端末_取扱:49152"), "{text}");
        }
    }
    let dir = refuted("evidence-redacted");
    let file = dir.join("c.json");
    let dir = dir.to_str().unwrap();
    let both = aclc(&[
        "verify",
        POLICY,
        "--configs",
        dir,
        "--redact",
        "--certificate",
        file.to_str().unwrap(),
    ]);
    assert_eq!(both.exit, Exit::CannotRun, "a certificate holds addresses");
}

#[test]
fn the_workbook_has_its_sheets() {
    let dir = refuted("evidence-workbook");
    let (_, bytes, err) = render(&dir, &["--format", "xlsx", "--lang", "ja"]);
    assert!(bytes.starts_with(b"PK"), "{err}");
    let text = unzipped(&dir.join("out"));
    for word in [
        "判定",
        "必要な通信",
        "ゾーン間",
        "インタフェース",
        "指摘",
        "容量",
        "前提",
        "入力",
        "× 不成立",
    ] {
        assert!(text.is_empty() || text.contains(word), "{word}");
    }
    assert!(!text.contains("<f>"), "no cell is a formula");
}

/// A browser, or `None`, which is said loudly; under CI it is a failure.
pub(crate) fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.into_iter().find(|name| {
        Command::new(name)
            .arg("--version")
            .output()
            .is_ok_and(|ran| ran.status.success())
    });
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "a browser is needed under CI: install chromium"
        );
        eprintln!("SKIPPED: the page was not opened, for want of chromium");
    }
    found
}

/// Opens a page and returns what the browser writes to standard output.
pub(crate) fn open(browser: &str, profile: &Path, action: &str, url: &str) -> String {
    let ran = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args([action, url])
        .output()
        .expect("the browser starts");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

#[test]
fn the_page_works_in_a_browser() {
    let Some(browser) = browser() else { return };
    let dir = refuted("evidence-browser");
    let html = dir.join("report.html");
    std::fs::write(&html, page(&dir, &["--lang", "ja"])).unwrap();
    let profile = dir.join("profile");
    let seen = |state: &str| {
        let url = format!("file://{}#{state}", html.display());
        open(browser, &profile, "--dump-dom", &url)
    };
    let plain = seen("ja");
    assert!(
        plain.contains("<title>A市 アクセス制御 検証報告書</title>"),
        "no stranger set the title"
    );
    assert!(
        plain.contains("<body data-lang=\"ja\">")
            && !plain.contains(" hot\"")
            && !plain.contains("class=\"hot")
    );
    // Switch the language, filter by words, show only what is open, follow the packet.
    assert!(seen("en").contains("<body data-lang=\"en\">"));
    let hidden = |dom: &str| dom.matches(" out\"").count() + dom.matches("class=\"out\"").count();
    assert_eq!(hidden(&plain), 0);
    let found = hidden(&seen("ja+search=V300_IN"));
    let open_only = hidden(&seen("ja+only"));
    assert!(
        found > 20 && open_only > 10,
        "{found} rows, {open_only} rows"
    );
    let way = seen("ja+way");
    assert!(
        way.contains("class=\"hot\"") || way.contains(" hot\""),
        "the way lights up"
    );
}

#[test]
fn the_page_prints() {
    let Some(browser) = browser() else { return };
    let dir = refuted("evidence-print");
    let html = dir.join("report.html");
    std::fs::write(&html, page(&dir, &["--lang", "ja"])).unwrap();
    let pdf = dir.join("report.pdf");
    let action = format!("--print-to-pdf={}", pdf.display());
    let profile = dir.join("profile");
    open(
        browser,
        &profile,
        &action,
        &format!("file://{}", html.display()),
    );
    let bytes = std::fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    let text = String::from_utf8_lossy(&bytes);
    assert!(
        text.matches("/Type /Page\n").count()
            + text.matches("/Type/Page/").count()
            + text.matches("/Type /Page ").count()
            != 1
    );
}

#[test]
fn ci_installs_what_these_tests_need() {
    let script = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    for word in ["chromium", "unzip", "fonts-noto-cjk"] {
        assert!(script.contains(word), "{word}");
    }
}
