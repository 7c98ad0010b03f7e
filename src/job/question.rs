//! Open questions in words.

use crate::acl::Question;
use crate::base::Text;
use crate::base::text::Arg;
use crate::device::OPAQUE;
use crate::facts::Fact;
use crate::text;
use crate::vendor::by_id;

/// What is not known, and where one could look.
#[must_use]
pub fn words(question: &Question) -> Text {
    match question {
        Question::Fact { dialect, id } => fact(dialect, id),
        Question::Gap { dialect, text } => {
            text!("question-gap", dialect = *dialect, line = text)
        }
        Question::Condition { dialect, text } => {
            text!("question-condition", dialect = *dialect, condition = text)
        }
        Question::Effect {
            device,
            line: 0,
            text,
        } if text == OPAQUE => {
            text!("question-opaque", device = device)
        }
        Question::Effect { device, line, text } => {
            text!(
                "question-effect",
                device = device,
                line = *line,
                text = text
            )
        }
        Question::Routes { device, vrf } if vrf.is_empty() => {
            text!("question-routes", device = device)
        }
        Question::Routes { device, vrf } => {
            text!("question-routes-vrf", device = device, vrf = vrf)
        }
        Question::Gateway { vlan } => text!("question-gateway", vlan = *vlan),
        Question::UnnamedLink { device, interface } => {
            text!(
                "question-unnamed-link",
                device = device,
                interface = interface
            )
        }
        Question::Cables { device, interface } => {
            text!("question-cables", device = device, interface = interface)
        }
        Question::Proxy { device, interface } => {
            text!("question-proxy", device = device, interface = interface)
        }
        Question::NextHop { link, addr } => {
            text!("question-next-hop", link = link, addr = addr.to_string())
        }
        Question::Limit => text!("question-limit"),
    }
}

fn fact(dialect: &'static str, id: &str) -> Text {
    let known = by_id(dialect).and_then(|dialect| dialect.facts().facts.get(id));
    match known {
        Some(fact) => text!(
            "question-fact",
            dialect = dialect,
            id = id,
            says = fact.words()
        ),
        None => text!("question-fact-bare", dialect = dialect, id = id),
    }
}

/// A fact that is used as settled on another project's or the family's reading (D49).
#[must_use]
pub fn modelled(dialect: &str, id: &str) -> Text {
    let fact = by_id(dialect).and_then(|dialect| dialect.facts().facts.get(id));
    let says = fact.map_or(Arg::from(""), Fact::words);
    match fact.is_none_or(|fact| fact.value) {
        true => text!("assume-fact", dialect = dialect, id = id, says = says),
        false => text!("assume-fact-not", dialect = dialect, id = id, says = says),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Lang;

    #[test]
    fn facts_are_said_in_the_language_of_the_sentence() {
        let question = Question::Fact {
            dialect: "alaxala-ax",
            id: "several-flags".to_owned(),
        };
        let (ja, en) = (
            words(&question).render(Lang::Ja),
            words(&question).render(Lang::En),
        );
        assert!(ja.contains("フラグ名を複数書くと"), "{ja}");
        assert!(en.contains("several flag words"), "{en}");
        let used = modelled("alaxala-ax", "flag-word-ack").render(Lang::Ja);
        assert!(used.contains("そのフラグが 1 である"), "{used}");
    }

    #[test]
    fn a_fact_that_is_taken_to_be_false_is_not_said_to_be_true() {
        let used = modelled("alaxala-ax", "implicit-nd-permit");
        assert!(used.render(Lang::En).contains("does not hold"));
        assert!(used.render(Lang::Ja).contains("成り立たない"));
    }
}
