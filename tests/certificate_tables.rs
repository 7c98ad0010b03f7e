//! Captured routing tables of every form: the rows that were learnt are held to their lines, and none may be left out.

use crate::certificate::{certified, check, forged, read, sha256};
use crate::certificate_forms::row;
use crate::routes;
use serde_json::{Value, json};
use std::path::Path;

/// What R1 has learnt, as its dialect prints it.
const LEARNT: &str = "\
O        10.6.0.0/16 [110/2] via 10.3.0.2, 00:10:00, Vlan30
O        10.7.0.0/16 [110/2] via 10.3.0.2, 00:10:00, Vlan30
                     [110/2] via 10.3.0.3, 00:10:00, Vlan30
";

/// The same three rows as other dialects print them: `10.2.0.0/24`, `10.6.0.0/16` and, with two next hops, `10.7.0.0/16`.
/// With each form how many lines the rows have.
const FORMS: [(&str, [usize; 3], &str); 8] = [
    (
        "eos",
        [1, 1, 2],
        "VRF: default\nCodes: C - connected, O - OSPF\n\n C        10.1.0.0/24 is directly connected, Vlan10\n \
O        10.2.0.0/24 [110/20] via 10.3.0.2, Vlan30\n O        10.6.0.0/16 [110/20] via 10.3.0.2, Vlan30\n \
O        10.7.0.0/16 [110/20] via 10.3.0.2, Vlan30\n                              via 10.3.0.3, Vlan30\n",
    ),
    (
        "nx-os",
        [2, 2, 3],
        "IP Route Table for VRF \"default\"\n'[x/y]' denotes [preference/metric]\n\n\
10.1.0.0/24, ubest/mbest: 1/0, attached\n    *via 10.1.0.1, Vlan10, [0/0], 2w0d, direct\n\
10.2.0.0/24, ubest/mbest: 1/0\n    *via 10.3.0.2, Vlan30, [110/41], 1d02h, ospf-1, intra\n\
10.6.0.0/16, ubest/mbest: 1/0\n    *via 10.3.0.2, Vlan30, [110/41], 1d02h, ospf-1, intra\n\
10.7.0.0/16, ubest/mbest: 2/0\n    *via 10.3.0.2, Vlan30, [110/41], 1d02h, ospf-1, intra\n    *via 10.3.0.3, Vlan30, [110/41], 1d02h, ospf-1, intra\n",
    ),
    (
        "aos-cx",
        [2, 2, 3],
        "Displaying ipv4 routes selected for forwarding\n\n10.1.0.0/24, vrf default\n\tvia  vlan10,  [0/0],  connected\n\
10.2.0.0/24, vrf default\n\tvia  10.3.0.2,  [110/2],  ospf\n10.6.0.0/16, vrf default\n\tvia  10.3.0.2,  [110/2],  ospf\n\
10.7.0.0/16, vrf default\n\tvia  10.3.0.2,  [110/2],  ospf\n\tvia  10.3.0.3,  [110/2],  ospf\n",
    ),
    (
        "aos-cx columns",
        [1, 1, 2],
        "Displaying ipv4 routes selected for forwarding\n\nPrefix              Nexthop      Interface     VRF(egress)\n\
10.1.0.0/24         -            vlan10        -                 C         [0/0]        -\n\
10.2.0.0/24         10.3.0.2     vlan30        -                 O/IA      [110/2]      00h:10m:01s\n\
10.6.0.0/16         10.3.0.2     vlan30        -                 O/IA      [110/2]      00h:10m:01s\n\
10.7.0.0/16         10.3.0.2     vlan30        -                 O/IA      [110/2]      00h:10m:01s\n                    10.3.0.3     vlan30        -                 O/IA      [110/2]      00h:10m:01s\n",
    ),
    (
        "comware",
        [1, 1, 2],
        "Destinations : 5        Routes : 6\n\nDestination/Mask   Proto   Pre Cost        NextHop         Interface\n\
10.1.0.0/24        Direct  0   0           10.1.0.1        Vlan10\n10.1.0.1/32        Direct  0   0           127.0.0.1       InLoop0\n\
127.0.0.0/8        Direct  0   0           127.0.0.1       InLoop0\n224.0.0.0/4        Direct  0   0           0.0.0.0         NULL0\n\
10.2.0.0/24        O_INTRA 10  2           10.3.0.2        Vlan30\n10.6.0.0/16        O_INTRA 10  2           10.3.0.2        Vlan30\n\
10.7.0.0/16        O_INTRA 10  2           10.3.0.2        Vlan30\n                   O_INTRA 10  2           10.3.0.3        Vlan30\n",
    ),
    (
        "alaxala",
        [1, 1, 2],
        "Date 2026/11/20 12:00:00 JST\nTotal: 4routes\nDestination        Next Hop         Interface       Metric  Protocol   Age\n\
10.1.0/24          10.1.0.1         VLAN0010        0/0     Connected  1h  2m\n\
10.2.0/24          10.3.0.2         VLAN0030        2/-     OSPF intra 5m 3s\n\
10.6/16            10.3.0.2         VLAN0030        2/-     OSPF intra 5m 3s\n\
10.7/16            10.3.0.2         VLAN0030        2/-     OSPF intra 5m 3s\n                   10.3.0.3         VLAN0030        2/-     OSPF intra 5m 3s\n",
    ),
    (
        "junos",
        [2, 2, 3],
        "inet.0: 4 destinations, 5 routes (4 active, 0 holddown, 0 hidden)\n\n\
10.1.0.0/24        *[Direct/0] 1w0d 00:00:00\n                    >  via Vlan10\n\
10.2.0.0/24        *[OSPF/10] 00:10:00, metric 2\n                    >  to 10.3.0.2 via Vlan30\n\
10.6.0.0/16        *[OSPF/10] 00:10:00, metric 2\n                    >  to 10.3.0.2 via Vlan30\n\
10.7.0.0/16        *[OSPF/10] 00:10:00, metric 2\n                       to 10.3.0.2 via Vlan30\n                    >  to 10.3.0.3 via Vlan30\n",
    ),
    (
        "linux",
        [1, 1, 3],
        "10.1.0.0/24 dev Vlan10 proto kernel scope link src 10.1.0.1\n10.2.0.0/24 via 10.3.0.2 dev Vlan30 proto ospf metric 20\n\
10.6.0.0/16 via 10.3.0.2 dev Vlan30 proto ospf metric 20\n10.7.0.0/16 proto ospf metric 20\n\
\tnexthop via 10.3.0.2 dev Vlan30 weight 1\n\tnexthop via 10.3.0.3 dev Vlan30 weight 1\n",
    ),
];

const ROWS: [&str; 3] = ["10.2.0.0/24", "10.6.0.0/16", "10.7.0.0/16"];

/// The lines of the three rows, which follow each other at the end of a table.
fn lines(text: &str, many: [usize; 3]) -> [Vec<usize>; 3] {
    let mut next = text.lines().count() - many.iter().sum::<usize>();
    many.map(|many| {
        next += many;
        (next - many + 1..=next).collect()
    })
}

/// The document over another table, whose other lines nothing transcribes.
fn over(document: &Value, dir: &Path, text: &str, rows: &[Vec<usize>; 3]) -> Value {
    let file = dir.join("other.routes");
    std::fs::write(&file, text).unwrap();
    let mut document = document.clone();
    let table = document["devices"][0]["table"].as_u64().unwrap();
    let left: Vec<String> = (1..=text.lines().count())
        .filter(|line| !rows.iter().flatten().any(|row| row == line))
        .map(|line| line.to_string())
        .collect();
    document["files"][usize::try_from(table).unwrap()] = json!({ "path": file.to_str(), "sha256": sha256(text.as_bytes()), "others": left.join(",") });
    for (prefix, lines) in ROWS.iter().zip(rows) {
        let at = row(&document, prefix);
        document["routes"][at]["lines"] = json!(lines);
    }
    document
}

fn said(dir: &Path, document: Value) -> (i32, String) {
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(document)).unwrap();
    check(&file)
}

#[test]
fn no_form_of_a_table_loses_a_row_or_a_next_hop() {
    let dir = routes::settled("certificate-tables", LEARNT);
    let words = ["policy.acl", "out", "c.json"].map(|name| dir.join(name));
    let [policy, configs, _] = words.each_ref().map(|path| path.to_str().unwrap());
    let (_, first) = certified(policy, configs, &words[2]);
    assert!(first.contains("\ncertified"), "{first}");
    let document = read(&words[2]);
    for (form, many, text) in FORMS {
        let rows = lines(text, many);
        let good = over(&document, &dir, text, &rows);
        let (exit, says) = said(&dir, good.clone());
        assert_ne!(exit, 1, "{form}: {says}");
        // Another row in front, that nothing tells of otherwise.
        for line in [
            "10.9.0.0/16 via 10.3.0.2 dev Vlan30",
            "default via 10.3.0.2 dev Vlan30",
            "10.9/16   10.3.0.2",
        ] {
            let longer = format!("{line}\n{text}");
            let bad = over(&document, &dir, &longer, &lines(&longer, many));
            let (exit, says) = said(&dir, bad);
            assert!(
                exit == 1 && says.contains("left out"),
                "{form} {line}: {says}"
            );
        }
        // A row is left out with its route, and its lines are said to transcribe nothing.
        for gone in 0..3 {
            let mut less = rows.clone();
            less[gone].clear();
            let mut bad = over(&document, &dir, text, &less);
            let at = row(&bad, ROWS[gone]);
            bad["routes"].as_array_mut().unwrap().remove(at);
            let (exit, says) = said(&dir, bad);
            assert!(
                exit == 1 && says.contains("left out"),
                "{form} {gone}: {says}"
            );
        }
        // The second next hop, with its line and without; and another one in its place.
        let at = row(&good, ROWS[2]);
        let mut less = rows.clone();
        less[2].pop();
        for kept in [&rows, &less] {
            let mut bad = over(&document, &dir, text, kept);
            bad["routes"][at]["hops"].as_array_mut().unwrap().pop();
            let (exit, says) = said(&dir, bad);
            assert_eq!(exit, 1, "{form}: {says}");
        }
        let mut bad = good.clone();
        bad["routes"][at]["hops"][1]["via"] = json!("10.3.0.4");
        let (exit, says) = said(&dir, bad);
        assert!(
            exit == 1 && says.contains("leads elsewhere"),
            "{form}: {says}"
        );
        let mut bad = over(&document, &dir, text, &rows);
        bad["routes"][at]["prefix"] = json!("10.8.0.0/16");
        let (exit, says) = said(&dir, bad);
        assert!(
            exit == 1 && says.contains("does not stand in"),
            "{form}: {says}"
        );
    }
}
