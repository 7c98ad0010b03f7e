//! The packs on the tour of the language.

use super::super::{lower, tests::DIALECTS};
use crate::base::{Diagnostic, FileId, Lang};
use crate::model::Policy;

/// The tour of the language with its guideline block.
const TOUR: &str = concat!(
    include_str!("../../../../golden/p1_wired/policy.acl"),
    "指針 画面転送 \"R7.1\" {\n\
       terminals = 端末_取扱; others = 端末_一般\n\
       gateway = 画面転送GW : 画面転送; desktops = 仮想化端末; systems = 業務システム\n\
       dedicated = 専用端末; maintenance = 保守端末; remote = なし; wireless = なし\n\
     }\n"
);

fn read(text: &str) -> (Option<Policy>, Vec<Diagnostic>) {
    let (file, diags) = crate::syntax::parse(FileId(0), text);
    assert!(diags.is_empty());
    lower(&[(FileId(0), file)], DIALECTS)
}

fn text_of(policy: &Policy, id: &str) -> Option<String> {
    let claim = policy.claims.iter().find(|claim| claim.id == id);
    claim.map(|claim| claim.text.clone())
}

#[test]
fn claims_speak_of_the_policys_own_places() {
    let policy = read(TOUR).0.unwrap();
    assert_eq!(
        text_of(&policy, "INV-02").unwrap(),
        "prove 端末_取扱 -> 画面転送ネットワーク only 画面転送GW : 画面転送 strict"
    );
    assert_eq!(
        text_of(&policy, "INV-04").unwrap(),
        "prove マイナンバー利用事務系 -> (any except マイナンバー利用事務系, switches) only exceptions"
    );
    assert!(
        text_of(&policy, "REMOTE").is_none(),
        "nobody connects from outside"
    );
    let measures: Vec<&str> = policy
        .claims
        .iter()
        .filter(|c| c.id == "INV-02")
        .flat_map(|c| &c.measures)
        .map(String::as_str)
        .collect();
    assert_eq!(measures, ["①", "⑪"]);
}

#[test]
fn a_measure_without_claims_is_void_and_one_of_people_never_proved() {
    let guideline = read(TOUR).0.unwrap().guidelines.remove(0);
    let measure = |number: &str| {
        guideline
            .measures
            .iter()
            .find(|m| m.number == number)
            .unwrap()
    };
    assert!(
        measure("⑨").parts.iter().all(|part| part.void),
        "no wireless LAN"
    );
    assert!(
        measure("④")
            .parts
            .iter()
            .all(|part| !part.void && part.claims.is_empty())
    );
    assert_eq!(guideline.measures.len(), 12);
}

#[test]
fn each_role_is_asked_for_with_its_measure() {
    for role in [
        "terminals",
        "others",
        "gateway",
        "desktops",
        "systems",
        "dedicated",
        "maintenance",
        "remote",
        "wireless",
    ] {
        let text = TOUR
            .replace(&format!("{role} = "), "jump = ")
            .replace("jump = 画面転送GW : 画面転送", "jump = 画面転送GW");
        let (policy, diags) = read(&text);
        assert!(policy.is_none());
        let missing = diags.iter().find(|d| d.code == "missing-role").unwrap();
        let words = missing.message.render(Lang::En);
        assert!(
            words.contains(role) && words.contains(|c| ('①'..='⑫').contains(&c)),
            "{words}"
        );
    }
}

#[test]
fn an_answer_none_drops_out() {
    let text = TOUR
        .replace("others = 端末_一般", "others = なし")
        .replace("maintenance = 保守端末", "maintenance = none");
    let policy = read(&text).0.unwrap();
    assert!(text_of(&policy, "INV-03").is_none());
    let all = text_of(&policy, "INV-13").unwrap();
    assert!(
        all.starts_with("prove any -> switches : std.device-admin only"),
        "{all}"
    );
}

#[test]
fn a_role_with_an_exception_keeps_it() {
    let text = TOUR.replace("others = 端末_一般", "others = LGWAN接続系 除く 端末_取扱");
    let policy = read(&text).0.unwrap();
    assert_eq!(
        text_of(&policy, "INV-03").unwrap(),
        "prove (LGWAN接続系 except 端末_取扱) -> 画面転送ネットワーク none strict"
    );
    let claim = policy
        .claims
        .iter()
        .find(|claim| claim.id == "INV-03")
        .unwrap();
    let crate::model::ClaimKind::Only { from, .. } = &claim.kind else {
        panic!("a forbidding claim")
    };
    assert!(
        from.iter()
            .all(|spot| !spot.addrs.contains("10.10.17.9".parse().unwrap()))
    );
}
