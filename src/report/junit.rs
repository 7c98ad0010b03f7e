//! JUnit XML: a test per claim. A refuted claim is a failure, an unknown one an error: neither is ever a pass.

use super::format::Outcome;
use super::outcome::Claim;
use super::words;
use crate::base::Lang;

/// The document; empty suites for outcomes without claims.
#[must_use]
pub fn render(outcome: &Outcome<'_>, lang: Lang) -> Vec<u8> {
    let (name, claims): (&str, &[Claim]) = match outcome {
        Outcome::Verify(verify) => ("aclc verify", &verify.claims),
        Outcome::Build(build) => ("aclc build", &build.claims),
        _ => ("aclc", &[]),
    };
    let count = |verdict| claims.iter().filter(|c| c.verdict == verdict).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        claims.len(),
        count("refuted"),
        count("unknown")
    );
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites {counts}>\n"));
    out.push_str(&format!("  <testsuite name=\"{name}\" {counts}>\n"));
    out.push_str(&format!(
        "    <properties>\n      <property name=\"version\" value=\"{}\"/>\n      <property name=\"facts\" value=\"{}\"/>\n    </properties>\n",
        env!("CARGO_PKG_VERSION"),
        crate::facts::digest()
    ));
    for claim in claims {
        case(&mut out, name, claim, lang);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out.into_bytes()
}

fn case(out: &mut String, suite: &str, claim: &Claim, lang: Lang) {
    let place = claim.place.as_ref().map_or(String::new(), |place| {
        let line = place
            .line
            .map_or(String::new(), |n| format!(" line=\"{n}\""));
        format!(" file=\"{}\"{line}", escaped(&place.file))
    });
    let head = format!(
        "    <testcase classname=\"{suite}\" name=\"{} {}\"{place}",
        escaped(&claim.id),
        escaped(&claim.text)
    );
    let element = match claim.verdict {
        "proved" => {
            out.push_str(&format!("{head}/>\n"));
            return;
        }
        "refuted" => "failure",
        _ => "error",
    };
    let mut lines = words::why(claim, lang);
    let hops = claim.trace.as_deref().unwrap_or_default();
    lines.extend(
        hops.iter()
            .map(|hop| format!("  {}", words::hop(hop, lang))),
    );
    out.push_str(&format!(
        "{head}>\n      <{element} type=\"{}\" message=\"{}\">{}</{element}>\n    </testcase>\n",
        claim.verdict,
        escaped(&words::verdict(claim.verdict).render(lang)),
        escaped(&lines.join("\n"))
    ));
}

/// Text of XML 1.0: markup escaped, characters that XML does not have replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c if c.is_control() && !matches!(c, '\t' | '\n') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text() {
        assert_eq!(
            escaped("a<b>&\"c\u{7}\u{ffff}"),
            "a&lt;b&gt;&amp;&quot;c\u{fffd}\u{fffd}"
        );
    }
}
