//! The tree of a policy file, each node with the place it was typed at. One variant per production of `grammar/policy.pest`.

use crate::base::Span;
use ipnet::IpNet;
use std::net::IpAddr;

/// A value and where it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub node: T,
    /// Where.
    pub span: Span,
}

/// A name as compared: NFKC, quotes removed.
pub type Name = Spanned<String>;
/// A text literal, quotes and escapes removed.
pub type Literal = Spanned<String>;
/// A bare word (letters, digits, `_ - . /`).
pub type Word = Spanned<String>;
/// A number.
pub type Num = Spanned<u32>;
/// An inclusive range of numbers.
pub type Range = Spanned<(u16, u16)>;

/// `name` or `zone.name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ref {
    /// The part before the dot (`std`, or a zone).
    pub scope: Option<Name>,
    /// The name.
    pub name: Name,
    /// All of it.
    pub span: Span,
}

/// An address as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddrKind {
    /// `10.0.0.1`, `fd00::1`.
    Full(IpAddr),
    /// `10.0.0.0/24`; host bits are kept so that they can be refused.
    Prefix(IpNet),
    /// `10.0.0.1-10.0.0.9`.
    Span(IpAddr, IpAddr),
    /// `.11`, `.8.11`: the last octets of the zone's only IPv4 prefix.
    Tail4(Vec<u8>),
    /// `.21-.40`.
    TailSpan4(Vec<u8>, Vec<u8>),
    /// `::11`: the interface part in the zone's only IPv6 prefix (the address as typed).
    Tail6(std::net::Ipv6Addr),
    /// `::11-::20`.
    TailSpan6(std::net::Ipv6Addr, std::net::Ipv6Addr),
}

/// An address and where.
pub type Addr = Spanned<AddrKind>;

/// A policy file.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct File {
    /// Statements in order.
    pub items: Vec<Item>,
}

/// A statement and the whole of its text.
pub type Item = Spanned<Stmt>;

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stmt {
    /// `language N`
    Language(Num),
    /// `import "file"`
    Import(Literal),
    /// `site`
    Site(Site),
    /// `segment`
    Segment(Segment),
    /// `zones` table at top level
    Zones(Table),
    /// `zone`
    Zone(Zone),
    /// `group`
    Group(Group),
    /// `external`
    External(External),
    /// `opaque`
    Opaque(Opaque),
    /// `service`
    Service(Service),
    /// `switch`
    Switch(Switch),
    /// `allow`, and `exception` with `exception: true`
    Allow(Allow),
    /// `forbid`
    Forbid(Forbid),
    /// `prove`
    Prove(Prove),
    /// `assume`
    Assume(Assume),
    /// `assume fact`
    AssumeFact(AssumeFact),
    /// `accept` at top level
    Accept(Accept),
    /// `guideline`
    Guideline(Guideline),
}

/// `site NAME [as ID] { ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub name: Name,
    pub id: Option<Word>,
    pub items: Vec<Spanned<SiteItem>>,
}

/// What stands in a `site` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteItem {
    Ipv4Only,
    Ipv6ByVlan(Addr),
    Ephemeral(Range),
    LogDenied,
    Bind(Vec<Spanned<Bind>>),
}

/// `in` or `out` of a `bind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bind {
    In,
    Out,
}

/// `segment NAME [as ID] { ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub name: Name,
    pub id: Option<Word>,
    pub items: Vec<Spanned<SegmentItem>>,
}

/// What stands in a `segment` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentItem {
    Ipv4Only,
    Zones(Table),
    Zone(Zone),
    External(External),
}

/// `zone NAME [as ID] [vlan N prefix, ...] attributes [{ ... }]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub name: Name,
    pub id: Option<Word>,
    pub links: Vec<Spanned<Link>>,
    pub attrs: Vec<Spanned<ZoneAttr>>,
    pub hosts: Vec<Spanned<Host>>,
    pub tables: Vec<Spanned<Table>>,
}

/// `vlan N prefix, ...`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub vlan: Num,
    pub addrs: Vec<Addr>,
}

/// Attributes of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneAttr {
    Ipv4Only,
    Ipv6Only,
    Dhcp(Places),
    Gateway {
        addr: Addr,
        only_for: Option<Places>,
    },
    Ephemeral(Range),
}

/// `host NAME [as ID] addr, ...`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    pub name: Name,
    pub id: Option<Word>,
    pub addrs: Vec<Addr>,
}

/// `"file" [sheet "S"] [where "col" = "v"] [column "c" as word ...]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub file: Literal,
    pub sheet: Option<Literal>,
    pub only: Option<(Literal, Literal)>,
    pub columns: Vec<(Literal, Word)>,
}

/// `group NAME [as ID] = places` or `group NAME "f.csv" ...`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: Name,
    pub id: Option<Word>,
    pub body: GroupBody,
}

/// What a group is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBody {
    Places(Places),
    Table(Table),
    /// The addresses of a table, once it was read.
    Listed(Vec<Addr>),
}

/// `external NAME [as ID] behind PLACE = prefixes | rest`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    pub name: Name,
    pub id: Option<Word>,
    pub behind: Ref,
    /// `None` is `rest`.
    pub addrs: Option<Vec<Addr>>,
}

/// `opaque NAME { svi ...; route ...; own ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    pub name: Name,
    pub id: Option<Word>,
    pub items: Vec<Spanned<SwitchItem>>,
}

/// `service NAME [as ID] = terms [encrypted] [{ accept ... }]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub name: Name,
    pub id: Option<Word>,
    pub terms: Vec<Spanned<Term>>,
    pub encrypted: bool,
    pub accepts: Vec<Spanned<Accept>>,
}

/// One term of a service list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `tcp 443, 445 from ephemeral`; `any` is 0-65535.
    Ports {
        protocol: PortProto,
        ports: Vec<Range>,
        from: Vec<SourcePorts>,
    },
    /// `icmp 8/0`, `icmp echo`, `icmpv6 ...`
    Icmp { v6: bool, kind: IcmpKind },
    /// `ip N`
    Ip(Num),
    /// the set of all services marked `encrypted`
    Encrypted,
    /// another service
    Ref(Ref),
}

/// `tcp`, `udp`, `tcp+udp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortProto {
    Tcp,
    Udp,
    Both,
}

/// One part of `from 123+ephemeral`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourcePorts {
    Range(Range),
    Ephemeral(Span),
}

/// ICMP message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IcmpKind {
    Number { kind: Num, code: Option<Num> },
    Name(Word),
}

/// `allow` or `exception`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    pub exception: bool,
    pub from: Places,
    /// `<->`
    pub both: bool,
    pub to: Places,
    pub services: Vec<Spanned<Term>>,
    pub notes: Vec<Spanned<Note>>,
}

/// `forbid`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbid {
    pub from: Places,
    pub both: bool,
    pub to: Places,
    pub services: Option<Vec<Spanned<Term>>>,
    pub notes: Vec<Spanned<Note>>,
}

/// A note on a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    Ticket(Literal),
    Owner(Literal),
    Because(Literal),
    Until(Spanned<jiff::civil::Date>),
    Log,
    Id(Word),
    Accept(Accept),
}

/// `accept CODE because "..." [until D]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    pub code: Word,
    pub because: Literal,
    pub until: Option<Spanned<jiff::civil::Date>>,
}

/// `switch NAME[, TWIN] : DIALECT ["MODEL"] { ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    pub name: Name,
    pub twin: Option<Name>,
    pub dialect: Word,
    pub model: Option<Literal>,
    pub items: Vec<Spanned<SwitchItem>>,
}

/// What stands in a `switch` or `opaque` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwitchItem {
    Svi(Svi),
    Vrf {
        name: Name,
        items: Vec<Spanned<SwitchItem>>,
    },
    Route {
        to: RouteTo,
        via: Via,
    },
    Own(Pair),
    Dynamic {
        protocol: Word,
        on: Places,
    },
    Ports {
        zone: Ref,
        ports: Literal,
    },
    Bind(Vec<Spanned<Bind>>),
    Limit {
        direction: Bind,
        table: Word,
        count: Num,
    },
    Option {
        key: Word,
        value: Spanned<String>,
    },
    Accept(Accept),
}

/// `svi ZONE, ... [addrs [| addrs] [vrrp|hsrp [vrid N] addrs]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svi {
    pub zones: Vec<Ref>,
    pub addrs: Option<Pair>,
    pub redundancy: Option<Redundancy>,
}

/// `vrrp [vrid N] addrs`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redundancy {
    pub hsrp: bool,
    pub vrid: Option<Num>,
    pub addrs: Vec<Addr>,
}

/// `addrs [| addrs]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub left: Vec<Addr>,
    pub right: Option<Vec<Addr>>,
}

/// Destination of a `route`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteTo {
    Addrs(Vec<Addr>),
    Places(Places),
}

/// Next hop of a `route`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    Addr(Addr),
    Place(Ref),
}

/// `p, p, ... [except p, p, ...]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    pub list: Vec<Place>,
    pub except: Vec<Place>,
    pub span: Span,
}

/// One place of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Any(Span),
    Switches(Span),
    Rest(Span),
    Ref(Ref),
}

/// `prove SUBJECT VERDICT [strict] [as ID]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prove {
    pub subject: Subject,
    pub verdict: Spanned<Verdict>,
    pub strict: bool,
    pub id: Option<Word>,
}

/// What a claim is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `allows`
    Allows(Span),
    /// `A`, `A -> B`, `A <-> B`, `A -> B : S`
    Places { from: Places, to: Option<Target> },
}

/// `-> B [: S]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub both: bool,
    pub places: Places,
    pub services: Option<Vec<Spanned<Term>>>,
}

/// The verdict asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    None,
    Works,
    NoSpoof,
    Filtered,
    Logged,
    Isolated,
    NoRelay { except: Vec<Place> },
    Only(Vec<Spanned<FlowItem>>),
}

/// `exceptions`, or `[A' ->] B' [: S]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowItem {
    Exceptions,
    Flow {
        from: Option<Places>,
        to: Places,
        services: Option<Vec<Spanned<Term>>>,
    },
}

/// `assume KIND PLACES ["text"] notes`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assume {
    pub kind: Spanned<AssumeKind>,
    pub places: Places,
    pub text: Option<Literal>,
    pub notes: Vec<Spanned<Note>>,
}

/// `assume fact ID [switch NAME, ...] = yes|no notes`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeFact {
    /// `dialect/fact`, or the fact alone.
    pub id: Word,
    /// Only these switches; none named is all of the dialect.
    pub switches: Vec<Ref>,
    pub value: Spanned<bool>,
    pub notes: Vec<Spanned<Note>>,
}

/// What is attested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssumeKind {
    Authentic,
    NoHairpin,
    Irrelevant,
}

/// `guideline NAME "EDITION" { role = places [: services] | none ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guideline {
    pub name: Name,
    pub edition: Literal,
    pub roles: Vec<Spanned<Role>>,
}

/// One role of a guideline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub name: Name,
    /// `None` is the word `none`.
    pub places: Option<Places>,
    pub services: Option<Vec<Spanned<Term>>>,
}
