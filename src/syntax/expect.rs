//! What would have fitted where parsing failed, in words: pest names rules, people write words.

use super::keywords;
use super::parse::Rule;
use crate::base::{Lang, Text};
use crate::text;

/// The words that could have stood there.
pub(super) fn words_of(expected: &[Rule]) -> Vec<Rule> {
    expected
        .iter()
        .flat_map(|&rule| {
            first_words(rule)
                .iter()
                .copied()
                .chain(keywords::is(rule).then_some(rule))
        })
        .collect()
}

/// The keywords an expected node can begin with: pest names the node, not its words.
pub(super) fn first_words(rule: Rule) -> &'static [Rule] {
    use Rule::*;
    match rule {
        item => &[
            k_language,
            k_import,
            k_site,
            k_segment,
            k_zones,
            k_zone,
            k_group,
            k_external,
            k_opaque,
            k_service,
            k_switch,
            k_allow,
            k_exception,
            k_forbid,
            k_prove,
            k_assume,
            k_accept,
            k_guideline,
        ],
        site_item => &[k_ipv4_only, k_ipv6, k_ephemeral, k_log_denied, k_bind],
        segment_item => &[k_ipv4_only, k_zones, k_zone, k_external],
        zone_item => &[
            k_vlan,
            k_ipv4_only,
            k_ipv6_only,
            k_dhcp,
            k_gateway,
            k_ephemeral,
            k_hosts,
            k_host,
        ],
        zattr => &[k_ipv4_only, k_ipv6_only, k_dhcp, k_gateway, k_ephemeral],
        opaque_item => &[k_svi, k_route, k_own],
        service_item => &[k_accept],
        switch_item => &[
            k_svi, k_vrf, k_route, k_own, k_dynamic, k_ports, k_bind, k_limit, k_option, k_accept,
        ],
        vrf_item => &[k_svi, k_route, k_dynamic],
        note | note_item | notes => &[k_ticket, k_owner, k_because, k_until, k_log, k_as, k_accept],
        verdict => &[
            k_none, k_works, k_no_spoof, k_filtered, k_logged, k_isolated, k_no_relay, k_only,
        ],
        assumed => &[k_authentic, k_no_hairpin, k_irrelevant],
        fact => &[k_fact],
        answer => &[k_yes, k_no],
        services | term | ports_term => {
            &[k_tcp, k_udp, k_tcp_udp, k_icmp, k_icmpv6, k_ip, k_encrypted]
        }
        proto => &[k_tcp, k_udp, k_tcp_udp],
        icmp_term => &[k_icmp, k_icmpv6],
        places | list | place => &[k_any, k_switches],
        subject => &[k_any, k_switches, k_allows],
        flow | flow_item => &[k_any, k_switches, k_exceptions],
        redundancy => &[k_vrrp, k_hsrp],
        side => &[k_in, k_out],
        id => &[k_as],
        link => &[k_vlan],
        _ => &[],
    }
}

/// What would have fitted, as a list; `None` if pest had nothing to say.
pub(super) fn wanted(expected: &[Rule], lang: Lang) -> Option<Text> {
    const MOST: usize = 10;
    let mut parts: Vec<Text> = Vec::new();
    for part in expected.iter().flat_map(|&rule| described(rule, lang)) {
        if !parts.contains(&part) && parts.len() < MOST {
            parts.push(part);
        }
    }
    // a comma can follow any list: it is worth a word only where nothing else is
    let comma = sign(",");
    if parts.len() > 1 {
        parts.retain(|part| *part != comma);
    }
    parts
        .into_iter()
        .reduce(|left, right| text!("expect-or", left = left, right = right))
}

fn sign(sign: &str) -> Text {
    text!("expect-sign", sign = sign)
}

/// An expected rule in words; never its own name. What only a few words can begin is shown as these words.
fn described(rule: Rule, lang: Lang) -> Vec<Text> {
    use Rule::*;
    let words = |rules: &[Rule]| {
        let keywords = rules.iter().filter_map(|&rule| keywords::of(rule));
        keywords.map(|keyword| sign(keyword.spelt(lang))).collect()
    };
    let one = match rule {
        keyword if keywords::is(keyword) => return words(&[keyword]),
        site_item | segment_item | zone_item | opaque_item | service_item | switch_item
        | vrf_item | redundancy | side | id | zattr | link | assumed | fact | answer | verdict => {
            return words(first_words(rule));
        }
        item => text!("expect-statement"),
        note | note_item | notes => text!("expect-note"),
        services | term | ports_term | proto | icmp_term | ip_term => text!("expect-service"),
        places | list | place | subject | flow | flow_item | reference => text!("expect-place"),
        name | role | member => text!("expect-name"),
        addr | addrs | pair => text!("expect-address"),
        num | port | sport | icmp_number => text!("expect-number"),
        range => text!("expect-range"),
        date => text!("expect-date"),
        text | table => text!("expect-text"),
        word | value => text!("expect-word"),
        arrow => sign("->"),
        both => sign("<->"),
        colon => sign(":"),
        eq => sign("="),
        comma => sign(","),
        plus => sign("+"),
        bar => sign("|"),
        open => sign("{"),
        close => sign("}"),
        eol | EOI => text!("expect-line-end"),
        _ => return Vec::new(),
    };
    vec![one]
}
