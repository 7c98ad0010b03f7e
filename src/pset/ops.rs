//! The operations on diagrams: two edge lists laid side by side, results remembered.
//!
//! In come node ids of one arena, out goes a node id, or an answer that made no node. All of them end at once when the
//! budget has run out.

use super::dd::{DENY, Dd, EMPTY, Edge, FULL, Id, Node};

const AND: u32 = 1;
const OR: u32 = 2;
const MINUS: u32 = 3;
const OVER: u32 = 4;
const SUBSET: u32 = 5;
const DISJOINT: u32 = 6;
const PERMITTED: u32 = 7;
const OVER_PERMITTED: u32 = 8;

impl Dd {
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
        let (top, end_b) = (self.top(level), (nb.start + nb.len) as usize);
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
        if self.exhausted() {
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
