//! The contract's packet in JSON <-> one [`Flow`] (D6).
//!
//! Reading is strict: an unknown field, a field twice, a field that does not apply or one that is missing is an error
//! with its reason, because a guessed packet would give an answer to a question nobody asked.

use crate::base::Text;
use crate::net::proto::{ICMP, ICMPV6, SCTP, TCP, UDP};
use crate::net::{Family, Flow, FlowError, L4, Match, PositionSet, TcpFlags};
use crate::text;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::Serialize;
use serde_json::{Map, Value};
use std::fmt;
use std::net::IpAddr;

/// What a protocol looks like in JSON: `tcp`, `udp`, `icmp`, `icmpv6`, or a number.
#[derive(serde::Serialize, schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum ProtocolShape {
    Name(&'static str),
    Number(u8),
}

/// A packet as it is printed; fields that do not apply are absent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Packet {
    #[schemars(with = "ProtocolShape")]
    protocol: Protocol,
    src: IpAddr,
    dst: IpAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    sport: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dport: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icmp_type: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icmp_code: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fragment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ext_headers: Option<bool>,
    /// The same for a line of text.
    #[serde(skip)]
    pub shown: String,
}

/// A name where the contract has one, else the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Protocol {
    number: u8,
    family: Family,
}

impl Serialize for Protocol {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.number, self.family) {
            (TCP, _) => serializer.serialize_str("tcp"),
            (UDP, _) => serializer.serialize_str("udp"),
            (ICMP, Family::V4) => serializer.serialize_str("icmp"),
            (ICMPV6, Family::V6) => serializer.serialize_str("icmpv6"),
            (number, _) => serializer.serialize_u8(number),
        }
    }
}

impl From<&Flow> for Packet {
    fn from(flow: &Flow) -> Packet {
        let (mut ports, mut flags, mut icmp) = (None, None, None);
        match flow.l4() {
            L4::Tcp {
                sport,
                dport,
                flags: set,
            } => {
                ports = Some((sport, dport));
                flags = Some(set.names().collect());
            }
            L4::Ports { sport, dport } => ports = Some((sport, dport)),
            L4::Icmp { kind, code } => icmp = Some((kind, code)),
            L4::None => {}
        }
        Packet {
            protocol: Protocol {
                number: flow.protocol(),
                family: flow.family(),
            },
            src: flow.src(),
            dst: flow.dst(),
            sport: ports.map(|p| p.0),
            dport: ports.map(|p| p.1),
            flags,
            icmp_type: icmp.map(|i| i.0),
            icmp_code: icmp.map(|i| i.1),
            fragment: match flow.position() {
                PositionSet::FIRST => Some("first"),
                PositionSet::LATER => Some("later"),
                _ => None,
            },
            ext_headers: flow.ext().then_some(true),
            shown: flow.to_string(),
        }
    }
}

/// A JSON object whose fields stand once each.
struct Object(Map<String, Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Object, A::Error> {
                let mut map = Map::new();
                while let Some((key, value)) = access.next_entry::<String, Value>()? {
                    if map.insert(key, value).is_some() {
                        return Err(serde::de::Error::custom("a field stands twice"));
                    }
                }
                Ok(Object(map))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

const FIELDS: [&str; 10] = [
    "protocol",
    "src",
    "dst",
    "sport",
    "dport",
    "flags",
    "icmp_type",
    "icmp_code",
    "fragment",
    "ext_headers",
];

/// A packet as typed: the flow, and the object with its fields in the order given, to be echoed.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The packet.
    pub flow: Flow,
    /// As typed.
    pub object: Map<String, Value>,
}

/// Reads one packet.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn parse(line: &str) -> Result<Given, Text> {
    let Object(object) = serde_json::from_str(line).map_err(|error| {
        text!(
            "packet-json",
            column = error.column(),
            why = reason(&error.to_string())
        )
    })?;
    if let Some(name) = object.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(match crate::base::suggest::nearest(name, FIELDS) {
            Some(near) => text!("packet-field-near", name = name, near = near),
            None => text!("packet-field", name = name),
        });
    }
    flow(&object).map(|flow| Given { flow, object })
}

/// serde's reason without its position, which is told apart.
fn reason(error: &str) -> &str {
    error.split(" at line ").next().unwrap_or(error)
}

fn flow(object: &Map<String, Value>) -> Result<Flow, Text> {
    let (src, dst) = (address(object, "src")?, address(object, "dst")?);
    let family = Family::of(src);
    if family != Family::of(dst) {
        return Err(text!("packet-mixed", src = src, dst = dst));
    }
    let protocol = protocol(object, family)?;
    let position = position(object)?;
    let ext = ext(object, family)?;
    let carries = position != PositionSet::LATER;
    let has_ports = carries && [TCP, UDP, SCTP].contains(&protocol);
    let has_icmp = carries && protocol == Match::icmp_of(family);
    let ports = pair::<u16>(object, ("sport", "dport"), has_ports)?;
    let icmp = pair::<u8>(object, ("icmp_type", "icmp_code"), has_icmp)?;
    let flags = flags(object, carries && protocol == TCP)?;
    let l4 = match (ports, icmp) {
        (Some((sport, dport)), _) if protocol == TCP => L4::Tcp {
            sport,
            dport,
            flags,
        },
        (Some((sport, dport)), _) => L4::Ports { sport, dport },
        (None, Some((kind, code))) => L4::Icmp { kind, code },
        (None, None) => L4::None,
    };
    Flow::new(src, dst, protocol, l4, position, ext).map_err(|error| match error {
        FlowError::MixedFamilies => text!("packet-mixed", src = src, dst = dst),
        FlowError::Ext => text!("packet-ext"),
        FlowError::L4 | FlowError::Position => text!("packet-contradiction"),
    })
}

fn address(object: &Map<String, Value>, name: &str) -> Result<IpAddr, Text> {
    let value = object
        .get(name)
        .ok_or_else(|| text!("packet-missing", name = name))?;
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| text!("packet-address", name = name, value = value.to_string()))
}

fn protocol(object: &Map<String, Value>, family: Family) -> Result<u8, Text> {
    let value = object
        .get("protocol")
        .ok_or_else(|| text!("packet-missing", name = "protocol"))?;
    let wrong = || text!("packet-protocol", value = value.to_string());
    let number = match value.as_str() {
        Some("tcp") => TCP,
        Some("udp") => UDP,
        Some("icmp") => ICMP,
        Some("icmpv6") => ICMPV6,
        Some(_) => return Err(wrong()),
        None => value
            .as_u64()
            .and_then(|n| u8::try_from(n).ok())
            .ok_or_else(wrong)?,
    };
    let named = value.is_string() && [ICMP, ICMPV6].contains(&number);
    if named && number != Match::icmp_of(family) {
        return Err(text!(
            "packet-icmp-family",
            protocol = crate::net::proto::name(number),
            family = family.digit().to_string()
        ));
    }
    Ok(number)
}

fn position(object: &Map<String, Value>) -> Result<PositionSet, Text> {
    match object.get("fragment") {
        None => Ok(PositionSet::WHOLE),
        Some(value) => match value.as_str() {
            Some("none") => Ok(PositionSet::WHOLE),
            Some("first") => Ok(PositionSet::FIRST),
            Some("later") => Ok(PositionSet::LATER),
            _ => Err(text!("packet-fragment", value = value.to_string())),
        },
    }
}

fn ext(object: &Map<String, Value>, family: Family) -> Result<bool, Text> {
    match object.get("ext_headers") {
        None => Ok(false),
        Some(Value::Bool(true)) if family == Family::V4 => Err(text!("packet-ext")),
        Some(Value::Bool(ext)) => Ok(*ext),
        Some(value) => Err(text!(
            "packet-number",
            name = "ext_headers",
            value = value.to_string()
        )),
    }
}

/// Two numbers that are both there if they apply and both absent if not.
fn pair<T: TryFrom<u64>>(
    object: &Map<String, Value>,
    names: (&'static str, &'static str),
    applies: bool,
) -> Result<Option<(T, T)>, Text> {
    let number = |name: &'static str| match (object.get(name), applies) {
        (None, false) => Ok(None),
        (None, true) => Err(text!("packet-missing", name = name)),
        (Some(_), false) => Err(text!("packet-not-here", name = name)),
        (Some(value), true) => value
            .as_u64()
            .and_then(|n| T::try_from(n).ok())
            .map(Some)
            .ok_or_else(|| text!("packet-number", name = name, value = value.to_string())),
    };
    Ok(number(names.0)?.zip(number(names.1)?))
}

fn flags(object: &Map<String, Value>, applies: bool) -> Result<TcpFlags, Text> {
    let Some(value) = object.get("flags") else {
        return Ok(TcpFlags::default());
    };
    if !applies {
        return Err(text!("packet-not-here", name = "flags"));
    }
    let wrong = || text!("packet-flags", value = value.to_string());
    let mut set = TcpFlags::default();
    for name in value.as_array().ok_or_else(wrong)? {
        let flag = name.as_str().and_then(TcpFlags::named).ok_or_else(wrong)?;
        set = set.with(flag);
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(line: &str) -> &'static str {
        parse(line).expect_err(line).key
    }

    #[test]
    fn what_is_printed_reads_back() {
        for line in [
            r#"{"protocol":"tcp","src":"10.0.0.1","dst":"10.0.0.2","sport":40000,"dport":443,"flags":["syn"]}"#,
            r#"{"protocol":"udp","src":"10.0.0.1","dst":"10.0.0.2","sport":1,"dport":53,"fragment":"first"}"#,
            r#"{"protocol":"tcp","src":"10.0.0.1","dst":"10.0.0.2","fragment":"later"}"#,
            r#"{"protocol":"icmpv6","src":"2001:db8::1","dst":"2001:db8::2","icmp_type":128,"icmp_code":0,"ext_headers":true}"#,
            r#"{"protocol":58,"src":"10.0.0.1","dst":"10.0.0.2"}"#,
        ] {
            let given = parse(line).unwrap();
            let printed = serde_json::to_string(&Packet::from(&given.flow)).unwrap();
            assert_eq!(printed, line);
        }
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let line = r#"{"protocol":6,"src":"10.0.0.1","dst":"10.0.0.2","sport":1,"dport":2,"fragment":"none","ext_headers":false}"#;
        let given = parse(line).unwrap();
        assert_eq!(
            given.flow.to_string(),
            "10.0.0.1:1 -> 10.0.0.2:2 tcp -",
            "absent flags mean none set"
        );
        assert_eq!(serde_json::to_string(&given.object).unwrap(), line);
    }

    #[test]
    fn wrong_packets_say_why() {
        let with = |rest: &str| format!(r#"{{"src":"10.0.0.1","dst":"10.0.0.2",{rest}}}"#);
        assert_eq!(key("nonsense"), "packet-json");
        assert_eq!(key("[]"), "packet-json");
        assert_eq!(key(""), "packet-json");
        assert_eq!(
            key(&with(r#""src":"10.0.0.3","protocol":4"#)),
            "packet-json"
        );
        assert_eq!(
            key(&with(r#""protocol":4,"dporte":1"#)),
            "packet-field-near"
        );
        assert_eq!(key(&with(r#""protocol":4,"colour":1"#)), "packet-field");
        assert_eq!(key(&with(r#""protocol":4,"dport":1"#)), "packet-not-here");
        assert_eq!(
            key(&with(r#""protocol":"tcp","dport":1"#)),
            "packet-missing"
        );
        assert_eq!(
            key(&with(r#""protocol":"tcp","fragment":"later","dport":1"#)),
            "packet-not-here"
        );
        assert_eq!(
            key(&with(r#""protocol":"tcp","sport":1,"dport":65536"#)),
            "packet-number"
        );
        assert_eq!(key(&with(r#""protocol":"icmpv6""#)), "packet-icmp-family");
        assert_eq!(key(&with(r#""protocol":256"#)), "packet-protocol");
        assert_eq!(
            key(&with(r#""protocol":4,"ext_headers":true"#)),
            "packet-ext"
        );
        assert_eq!(
            key(r#"{"protocol":4,"src":"10.0.0.1","dst":"::1"}"#),
            "packet-mixed"
        );
        assert_eq!(
            key(r#"{"protocol":4,"src":"10.0.0.01","dst":"10.0.0.1"}"#),
            "packet-address"
        );
        assert_eq!(
            key(&with(
                r#""protocol":"tcp","sport":1,"dport":2,"flags":["SYN"]"#
            )),
            "packet-flags"
        );
    }
}
