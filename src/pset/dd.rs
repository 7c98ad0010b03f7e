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

use std::sync::atomic::{AtomicBool, Ordering};

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

/// All values above the previous edge's bound, up to `hi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) hi: u32,
    pub(super) to: Id,
}

#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) level: u32,
    pub(super) start: u32,
    pub(super) len: u32,
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

/// Raised by whoever has waited long enough; never lowered.
pub(super) type Stop = &'static AtomicBool;

/// The arena.
pub(super) struct Dd {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    /// Open addressing, at most half full; 0 is an empty slot. The length is a power of two.
    table: Vec<Id>,
    /// Direct-mapped. It stays small on purpose: measured, one that fits the second-level cache is never slower.
    memo: Vec<Memo>,
    /// Edges of the nodes under construction, innermost last.
    pub(super) stack: Vec<Edge>,
    /// Greatest value of each level.
    tops: Vec<u32>,
    limit: usize,
    stop: Option<Stop>,
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
            stop: None,
            exhausted: false,
        }
    }

    pub(super) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Ends with the budget when the flag is raised.
    pub(super) fn set_stop(&mut self, stop: Option<Stop>) {
        self.stop = stop;
    }

    pub(super) fn stop(&self) -> Option<Stop> {
        self.stop
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
        self.exhausted || self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
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

    /// Adds an edge to the node whose edges begin at `base` of the stack.
    pub(super) fn push(&mut self, base: usize, hi: u32, to: Id) {
        let fresh = self.stack.len() == base;
        match self.stack.last_mut() {
            Some(last) if !fresh && last.to == to => last.hi = hi,
            _ => self.stack.push(Edge { hi, to }),
        }
    }

    /// Takes the edges from `base` off the stack and finds or makes their node.
    pub(super) fn close(&mut self, level: u32, base: usize) -> Id {
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
        if spent >= self.limit || !fits || self.exhausted() {
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

    pub(super) fn recall(&self, op: u32, a: Id, b: Id) -> Option<Id> {
        let memo = self.memo[self.slot(op, a, b)];
        (memo.op == op && memo.a == a && memo.b == b).then_some(memo.result)
    }

    pub(super) fn remember(&mut self, op: u32, a: Id, b: Id, result: Id) -> Id {
        let slot = self.slot(op, a, b);
        self.memo[slot] = Memo { op, a, b, result };
        result
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
