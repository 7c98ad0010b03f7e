//! The diagram engine: hash-consed interval decision diagrams.
//!
//! A node belongs to a level (one chunk of a header field) and has edges, each for an interval of values; the edges of a
//! node are one slice of a flat array, sorted by upper bound, the last bound being the level's greatest value. Adjacent
//! edges never lead to the same node, and a node with one edge is never made, so equal sets have equal ids. Choosing
//! intervals instead of bits makes a list entry about six nodes instead of a hundred.
//!
//! Nothing is ever freed: one arena per job, dropped whole. Must not know: what a level means.
//!
//! Besides [`EMPTY`] and [`FULL`] there is a third end, [`DENY`]: diagrams over three ends say what a piece of a list does
//! (nothing, permit, deny), so that first match is one operation, [`Dd::over`]. Three-ended diagrams never leave `list`
//! and `lines`; all other operations are only given two-ended ones.

/// A node, and the set it stands for.
pub(super) type Id = u32;
/// No packet; in a piece of a list: not matched.
pub(super) const EMPTY: Id = 0;
/// Every packet; in a piece of a list: permitted.
pub(super) const FULL: Id = 1;
/// In a piece of a list: denied.
pub(super) const DENY: Id = 2;
/// Level of the ends, below all others.
pub(super) const END: u32 = u32::MAX;

const AND: u32 = 1;
const OR: u32 = 2;
const MINUS: u32 = 3;
const OVER: u32 = 4;
const SUBSET: u32 = 5;
const DISJOINT: u32 = 6;
const PERMITTED: u32 = 7;
const OVER_PERMITTED: u32 = 8;

/// All values above the previous edge's bound, up to `hi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) hi: u32,
    pub(super) to: Id,
}

#[derive(Clone, Copy)]
struct Node {
    level: u32,
    start: u32,
    len: u32,
    hash: u32,
}

/// One remembered result; `op == 0` is an empty slot.
#[derive(Clone, Copy, Default)]
struct Memo {
    op: u32,
    a: Id,
    b: Id,
    result: Id,
}

/// The arena.
pub(super) struct Dd {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Open addressing, at most half full; 0 is an empty slot. The length is a power of two.
    table: Vec<Id>,
    /// Direct-mapped. It stays small on purpose: measured, one that fits the second-level cache is never slower.
    memo: Vec<Memo>,
    /// Edges of the nodes under construction, innermost last.
    stack: Vec<Edge>,
    /// Greatest value of each level.
    tops: Vec<u32>,
    limit: usize,
    exhausted: bool,
}

const MEMO_BITS: (u32, u32) = (14, 18);

impl Dd {
    pub(super) fn new(tops: Vec<u32>, limit: usize) -> Dd {
        let end = Node {
            level: END,
            start: 0,
            len: 0,
            hash: 0,
        };
        Dd {
            nodes: vec![end; 3],
            edges: Vec::new(),
            table: vec![0; 1 << 10],
            memo: vec![Memo::default(); 1 << 10],
            stack: Vec::new(),
            tops,
            limit,
            exhausted: false,
        }
    }

    pub(super) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    pub(super) fn tops(&self) -> Vec<u32> {
        self.tops.clone()
    }

    /// A set of another arena of the same levels.
    pub(super) fn graft(&mut self, from: &Dd, id: Id) -> Id {
        let mut known = vec![EMPTY; from.nodes.len()];
        (known[FULL as usize], known[DENY as usize]) = (FULL, DENY);
        self.graft_node(from, id, &mut known)
    }

    fn graft_node(&mut self, from: &Dd, id: Id, known: &mut [Id]) -> Id {
        // No node below the ends is EMPTY, so EMPTY is also "not yet".
        if id == EMPTY || known[id as usize] != EMPTY {
            return known[id as usize];
        }
        let base = self.stack.len();
        for edge in from.edges(id) {
            let to = self.graft_node(from, edge.to, known);
            self.push(base, edge.hi, to);
        }
        let here = self.close(from.level(id), base);
        known[id as usize] = here;
        here
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn exhausted(&self) -> bool {
        self.exhausted
    }

    pub(super) fn exhaust(&mut self) {
        self.exhausted = true;
    }

    /// Nodes and edges made so far.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.nodes.len() - 3, self.edges.len())
    }

    /// Nodes and edges below a node, itself included.
    pub(super) fn reach(&self, id: Id) -> (usize, usize) {
        let mut seen = vec![false; self.nodes.len()];
        let (mut nodes, mut edges, mut open) = (0, 0, vec![id]);
        while let Some(id) = open.pop() {
            if id > DENY && !std::mem::replace(&mut seen[id as usize], true) {
                nodes += 1;
                edges += self.edges(id).len();
                open.extend(self.edges(id).iter().map(|edge| edge.to));
            }
        }
        (nodes, edges)
    }

    pub(super) fn level(&self, id: Id) -> u32 {
        self.nodes[id as usize].level
    }

    pub(super) fn edges(&self, id: Id) -> &[Edge] {
        let node = self.nodes[id as usize];
        &self.edges[node.start as usize..(node.start + node.len) as usize]
    }

    pub(super) fn top(&self, level: u32) -> u32 {
        self.tops[level as usize]
    }

    /// The node a value leads to. `id` must be of the value's level.
    pub(super) fn follow(&self, id: Id, value: u32) -> Id {
        let edges = self.edges(id);
        edges[edges.partition_point(|edge| edge.hi < value)].to
    }

    /// `inside` for values in the ranges (sorted, disjoint), [`EMPTY`] for the others.
    pub(super) fn choose(
        &mut self,
        level: u32,
        ranges: impl IntoIterator<Item = (u32, u32)>,
        inside: Id,
    ) -> Id {
        let (base, top) = (self.stack.len(), self.top(level));
        let mut next = 0;
        for (low, high) in ranges {
            if low > next {
                self.push(base, low - 1, EMPTY);
            }
            self.push(base, high, inside);
            next = high.saturating_add(1);
            if high == top {
                return self.close(level, base);
            }
        }
        self.push(base, top, EMPTY);
        self.close(level, base)
    }

    pub(super) fn and(&mut self, a: Id, b: Id) -> Id {
        self.apply::<AND>(a, b)
    }
    pub(super) fn or(&mut self, a: Id, b: Id) -> Id {
        self.apply::<OR>(a, b)
    }
    pub(super) fn minus(&mut self, a: Id, b: Id) -> Id {
        self.apply::<MINUS>(a, b)
    }
    /// `a` where `a` is not [`EMPTY`], else `b`: first match, over any ends.
    pub(super) fn over(&mut self, a: Id, b: Id) -> Id {
        self.apply::<OVER>(a, b)
    }

    /// What `over` permits, without making `over` itself, which may be the largest diagram of all.
    pub(super) fn over_permitted(&mut self, a: Id, b: Id) -> Id {
        self.apply::<OVER_PERMITTED>(a, b)
    }

    /// The part that ends in [`FULL`]: [`DENY`] becomes [`EMPTY`].
    pub(super) fn permitted(&mut self, a: Id) -> Id {
        if a < 3 {
            return if a == FULL { FULL } else { EMPTY };
        }
        if let Some(known) = self.recall(PERMITTED, a, 0) {
            return known;
        }
        let (node, base) = (self.nodes[a as usize], self.stack.len());
        for at in node.start..node.start + node.len {
            let edge = self.edges[at as usize];
            let to = self.permitted(edge.to);
            self.push(base, edge.hi, to);
        }
        let result = self.close(node.level, base);
        self.remember(PERMITTED, a, 0, result)
    }

    /// Whether every packet of `a` is in `b`. Stops early, makes no nodes.
    pub(super) fn subset(&mut self, a: Id, b: Id) -> bool {
        if a == EMPTY || b == FULL || a == b {
            return true;
        }
        if b == EMPTY {
            return false;
        }
        // `a == FULL`: b is neither FULL nor EMPTY, so it lacks something.
        a != FULL && self.test::<SUBSET>(a, b)
    }

    /// Whether no packet is in both. Stops early, makes no nodes.
    pub(super) fn disjoint(&mut self, a: Id, b: Id) -> bool {
        if a == EMPTY || b == EMPTY {
            return true;
        }
        if a == FULL || b == FULL || a == b {
            return false;
        }
        let (a, b) = (a.min(b), a.max(b));
        self.test::<DISJOINT>(a, b)
    }

    fn test<const OP: u32>(&mut self, a: Id, b: Id) -> bool {
        if let Some(known) = self.recall(OP, a, b) {
            return known == FULL;
        }
        let (na, nb) = (self.nodes[a as usize], self.nodes[b as usize]);
        let level = na.level.min(nb.level);
        let (mut i, mut j) = (na.start as usize, nb.start as usize);
        let (top, end_b) = (self.tops[level as usize], (nb.start + nb.len) as usize);
        let holds = loop {
            let ea = if na.level == level {
                self.edges[i]
            } else {
                Edge { hi: top, to: a }
            };
            let eb = if nb.level == level {
                self.edges[j]
            } else {
                Edge { hi: top, to: b }
            };
            if ea.to == EMPTY && ea.hi < top {
                // Nothing to lose here: straight on to the next part of `a`.
                i += 1;
                j = if nb.level == level {
                    self.skip(j, end_b, ea.hi)
                } else {
                    j
                };
                continue;
            }
            let still = if OP == SUBSET {
                self.subset(ea.to, eb.to)
            } else {
                self.disjoint(ea.to, eb.to)
            };
            let hi = ea.hi.min(eb.hi);
            if !still || hi == top {
                break still;
            }
            i += usize::from(na.level == level && ea.hi == hi);
            j += usize::from(nb.level == level && eb.hi == hi);
        };
        self.remember(OP, a, b, u32::from(holds)) == FULL
    }

    fn apply<const OP: u32>(&mut self, a: Id, b: Id) -> Id {
        if let Some(known) = shortcut::<OP>(a, b) {
            return known;
        }
        if OP == OVER_PERMITTED && (a == EMPTY || b == EMPTY || a == b) {
            return self.permitted(a.max(b));
        }
        let (a, b) = if (OP == AND || OP == OR) && a > b {
            (b, a)
        } else {
            (a, b)
        };
        if let Some(known) = self.recall(OP, a, b) {
            return known;
        }
        if self.exhausted {
            return EMPTY;
        }
        let (na, nb) = (self.nodes[a as usize], self.nodes[b as usize]);
        let base = self.stack.len();
        if na.level < nb.level {
            for at in na.start..na.start + na.len {
                let edge = self.edges[at as usize];
                let to = self.apply::<OP>(edge.to, b);
                self.push(base, edge.hi, to);
            }
        } else if nb.level < na.level {
            for at in nb.start..nb.start + nb.len {
                let edge = self.edges[at as usize];
                let to = self.apply::<OP>(a, edge.to);
                self.push(base, edge.hi, to);
            }
        } else {
            self.merge::<OP>(na, nb, base);
        }
        let result = self.close(na.level.min(nb.level), base);
        self.remember(OP, a, b, result)
    }

    /// Both nodes of one level: their edges side by side.
    fn merge<const OP: u32>(&mut self, na: Node, nb: Node, base: usize) {
        let (mut i, mut j) = (na.start as usize, nb.start as usize);
        let (end, end_b) = ((na.start + na.len) as usize, (nb.start + nb.len) as usize);
        while i < end {
            let (ea, eb) = (self.edges[i], self.edges[j]);
            if decided::<OP>(ea.to) {
                // Whatever `b` has there.
                let to = if OP == OVER_PERMITTED && ea.to == DENY {
                    EMPTY
                } else {
                    ea.to
                };
                self.push(base, ea.hi, to);
                i += 1;
                j = self.skip(j, end_b, ea.hi);
                continue;
            }
            let to = self.apply::<OP>(ea.to, eb.to);
            let hi = ea.hi.min(eb.hi);
            self.push(base, hi, to);
            i += usize::from(ea.hi == hi);
            j += usize::from(eb.hi == hi);
        }
    }

    /// The first edge in `at..end` that reaches beyond `hi`, found by doubling steps, so that a narrow node is quickly laid
    /// over a wide one.
    fn skip(&self, at: usize, end: usize, hi: u32) -> usize {
        let mut step = 1;
        while at + step < end && self.edges[at + step - 1].hi <= hi {
            step *= 2;
        }
        let (from, to) = (at + step / 2, (at + step).min(end));
        from + self.edges[from..to].partition_point(|edge| edge.hi <= hi)
    }

    /// Adds an edge to the node whose edges begin at `base` of the stack.
    fn push(&mut self, base: usize, hi: u32, to: Id) {
        let fresh = self.stack.len() == base;
        match self.stack.last_mut() {
            Some(last) if !fresh && last.to == to => last.hi = hi,
            _ => self.stack.push(Edge { hi, to }),
        }
    }

    /// Takes the edges from `base` off the stack and finds or makes their node.
    fn close(&mut self, level: u32, base: usize) -> Id {
        if self.stack.len() == base + 1 {
            return self.stack.pop().map_or(EMPTY, |edge| edge.to);
        }
        let hash = hash_of(level, &self.stack[base..]);
        let mask = self.table.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let id = self.table[slot];
            if id == 0 {
                break;
            }
            let node = self.nodes[id as usize];
            if node.hash == hash && node.level == level && *self.edges(id) == self.stack[base..] {
                self.stack.truncate(base);
                return id;
            }
            slot = (slot + 1) & mask;
        }
        let id = self.add(level, base, hash);
        if id != EMPTY {
            self.table[slot] = id;
            if self.nodes.len() * 2 > self.table.len() {
                self.grow();
            }
        }
        id
    }

    fn add(&mut self, level: u32, base: usize, hash: u32) -> Id {
        // A node of more than eight edges counts as several: the budget is about memory.
        let spent = self.nodes.len().max(self.edges.len() / 8);
        let fits = u32::try_from(self.edges.len() + self.stack.len()).is_ok();
        if self.exhausted || spent >= self.limit || !fits {
            self.exhausted = true;
            self.stack.truncate(base);
            return EMPTY;
        }
        let (id, start) = (self.nodes.len(), self.edges.len());
        self.edges.extend_from_slice(&self.stack[base..]);
        self.stack.truncate(base);
        #[allow(
            clippy::cast_possible_truncation,
            reason = "`fits` has just checked both"
        )]
        let (start, len) = (start as u32, (self.edges.len() - start) as u32);
        self.nodes.push(Node {
            level,
            start,
            len,
            hash,
        });
        // Every node has at least two edges, so there are fewer nodes than edges.
        u32::try_from(id).unwrap_or(EMPTY)
    }

    fn grow(&mut self) {
        let mask = self.table.len() * 2 - 1;
        let mut table = vec![0; mask + 1];
        for (id, node) in (0u32..).zip(&self.nodes).skip(3) {
            let mut slot = node.hash as usize & mask;
            while table[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            table[slot] = id;
        }
        self.table = table;
        let wanted = (self.table.len() / 4).clamp(1 << MEMO_BITS.0, 1 << MEMO_BITS.1);
        if wanted > self.memo.len() {
            let old = std::mem::replace(&mut self.memo, vec![Memo::default(); wanted]);
            for memo in old.into_iter().filter(|memo| memo.op != 0) {
                self.remember(memo.op, memo.a, memo.b, memo.result);
            }
        }
    }

    fn slot(&self, op: u32, a: Id, b: Id) -> usize {
        let mixed = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ u64::from(op).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        #[allow(clippy::cast_possible_truncation, reason = "the upper half is wanted")]
        let upper = (mixed >> 32) as usize;
        upper & (self.memo.len() - 1)
    }

    fn recall(&self, op: u32, a: Id, b: Id) -> Option<Id> {
        let memo = self.memo[self.slot(op, a, b)];
        (memo.op == op && memo.a == a && memo.b == b).then_some(memo.result)
    }

    fn remember(&mut self, op: u32, a: Id, b: Id, result: Id) -> Id {
        let slot = self.slot(op, a, b);
        self.memo[slot] = Memo { op, a, b, result };
        result
    }
}

/// Results that need no look at the nodes.
#[inline]
fn shortcut<const OP: u32>(a: Id, b: Id) -> Option<Id> {
    match OP {
        AND if a == EMPTY || b == EMPTY => Some(EMPTY),
        AND if a == FULL || a == b => Some(b),
        AND if b == FULL => Some(a),
        OR if a == FULL || b == FULL => Some(FULL),
        OR if a == EMPTY || a == b => Some(b),
        OR if b == EMPTY => Some(a),
        MINUS if a == EMPTY || b == FULL || a == b => Some(EMPTY),
        MINUS if b == EMPTY => Some(a),
        OVER if a == EMPTY => Some(b),
        OVER if a <= DENY || b == EMPTY || a == b => Some(a),
        OVER_PERMITTED if a == FULL => Some(FULL),
        OVER_PERMITTED if a == DENY => Some(EMPTY),
        _ => None,
    }
}

/// Whether the left operand alone gives the result.
#[inline]
fn decided<const OP: u32>(a: Id) -> bool {
    match OP {
        AND | MINUS => a == EMPTY,
        OR => a == FULL,
        OVER | OVER_PERMITTED => a == FULL || a == DENY,
        _ => false,
    }
}

/// The bounds of a node rise, so the order of its edges need not be mixed in: terms that do not wait for each other.
fn hash_of(level: u32, edges: &[Edge]) -> u32 {
    let mut sum = u64::from(level).wrapping_mul(0xff51_afd7_ed55_8ccd);
    for edge in edges {
        let mixed =
            (u64::from(edge.hi) << 32 | u64::from(edge.to)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        sum = sum.wrapping_add((mixed ^ mixed >> 32).wrapping_mul(0xc2b2_ae3d_27d4_eb4f));
    }
    #[allow(clippy::cast_possible_truncation, reason = "the upper half is wanted")]
    let upper = (sum >> 32) as u32;
    upper
}
