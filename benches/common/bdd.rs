//! The same lists as binary decision diagrams of the crate `oxidd`, built the way that is best for it: runs of one action
//! are joined, then taken over from the last to the first (measured elsewhere: halving the list, which is best for
//! interval diagrams, is 1.5 times slower for bits).

use aclc::acl::{Acl, Action};
use aclc::net::{AddrSet, ByteSet, Match, PortSet, Wildcard};
use aclc::pset::Field;
use oxidd::bdd::{BDDFunction, BDDManagerRef};
use oxidd::{BooleanFunction, Manager, ManagerRef};

/// A manager with a variable per bit, fields in the order given.
pub(crate) struct Bits {
    fields: Vec<(Field, Vec<BDDFunction>)>,
    yes: BDDFunction,
    no: BDDFunction,
    _manager: BDDManagerRef,
}

fn width(field: Field) -> u32 {
    match field {
        Field::Src | Field::Dst => 32,
        Field::Sport | Field::Dport => 16,
        Field::Protocol | Field::IcmpType | Field::IcmpCode => 8,
        Field::Flags => 6,
        Field::Position => 2,
        Field::Ext => 1,
    }
}

/// Works with bits for IPv4 and room for lists of so many lines, on a thread of its own: the crate (0.11.0) keeps the free
/// slots of a store per thread under the address of the store, and a store that comes to stand at an address of an earlier
/// one would give them out twice, which ends in a diagram with a cycle.
pub(crate) fn with_bits<T: Send>(
    order: &[Field],
    lines: usize,
    work: impl FnOnce(&Bits) -> T + Send,
) -> T {
    let alone = || work(&Bits::new(order, lines));
    std::thread::scope(|scope| scope.spawn(alone).join().expect("a thread"))
}

impl Bits {
    fn new(order: &[Field], lines: usize) -> Bits {
        let nodes = (lines * 2048).next_power_of_two();
        let manager = oxidd::bdd::new_manager(nodes, nodes / 16, 1);
        let count: u32 = order.iter().map(|&field| width(field)).sum();
        manager.with_manager_exclusive(|m| m.add_vars(count));
        manager.with_manager_shared(|m| {
            let mut next = 0;
            let fields = order.iter().map(|&field| {
                let vars = next..next + width(field);
                next = vars.end;
                let vars = vars.map(|var| BDDFunction::var(m, var).expect("room"));
                (field, vars.collect())
            });
            Bits {
                fields: fields.collect(),
                yes: BDDFunction::t(m),
                no: BDDFunction::f(m),
                _manager: manager.clone(),
            }
        })
    }

    /// Values in ranges, from the highest bit down.
    fn ranges(&self, vars: &[BDDFunction], base: u32, ranges: &[(u32, u32)]) -> BDDFunction {
        let top = base + ((1u64 << vars.len()) - 1) as u32;
        let meets = |&&(low, high): &&(u32, u32)| low <= top && high >= base;
        match ranges.iter().find(meets) {
            None => self.no.clone(),
            Some(&(low, high)) if low <= base && high >= top => self.yes.clone(),
            Some(_) => {
                let (var, below) = vars.split_first().expect("a single value is in or out");
                let high = self.ranges(below, base + (1 << below.len()), ranges);
                let low = self.ranges(below, base, ranges);
                var.ite(&high, &low).expect("room")
            }
        }
    }

    fn wildcard(&self, vars: &[BDDFunction], wildcard: &Wildcard) -> BDDFunction {
        let mut all = self.yes.clone();
        for (bit, var) in (0..).zip(vars.iter().rev()) {
            if wildcard.free() >> bit & 1 == 0 {
                let (high, low) = match wildcard.value() >> bit & 1 {
                    1 => (&all, &self.no),
                    _ => (&self.no, &all),
                };
                all = var.ite(high, low).expect("room");
            }
        }
        all
    }

    fn any(&self, sets: Vec<BDDFunction>) -> BDDFunction {
        let Some((last, rest)) = sets.split_last() else {
            return self.no.clone();
        };
        if rest.is_empty() {
            return last.clone();
        }
        let (left, right) = sets.split_at(sets.len() / 2);
        let (left, right) = (self.any(left.to_vec()), self.any(right.to_vec()));
        left.or(&right).expect("room")
    }

    fn field(&self, vars: &[BDDFunction], field: Field, m: &Match) -> Option<BDDFunction> {
        let addrs = |set: &AddrSet| {
            let parts = set.parts().iter().map(|part| self.wildcard(vars, part));
            (!set.is_any()).then(|| self.any(parts.collect()))
        };
        let ports = |set: &PortSet| {
            let ranges = set.ranges().iter();
            let ranges: Vec<(u32, u32)> = ranges.map(|&(a, b)| (a.into(), b.into())).collect();
            (!set.is_full()).then(|| self.ranges(vars, 0, &ranges))
        };
        let some = |inside: &dyn Fn(u32) -> bool, count: u32| {
            let values: Vec<(u32, u32)> = (0..count)
                .filter(|&value| inside(value))
                .map(|value| (value, value))
                .collect();
            (values.len() < count as usize).then(|| self.ranges(vars, 0, &joined(&values)))
        };
        let byte = |set: ByteSet| some(&|value| set.contains(value as u8), 256);
        match field {
            Field::Src => addrs(&m.src),
            Field::Dst => addrs(&m.dst),
            Field::Protocol => byte(m.scope().0),
            Field::Sport => ports(&m.sport),
            Field::Dport => ports(&m.dport),
            Field::IcmpType => byte(m.icmp_type),
            Field::IcmpCode => byte(m.icmp_code),
            Field::Flags => some(&|value| m.flags.0 >> value & 1 == 1, 64),
            Field::Position => some(&|value| m.scope().1.0 >> value & 1 == 1, 3),
            Field::Ext => None,
        }
    }

    fn of_match(&self, m: &Match) -> BDDFunction {
        let fields = self.fields.iter().rev();
        fields.fold(self.yes.clone(), |all, (field, vars)| {
            match self.field(vars, *field, m) {
                None => all,
                Some(set) => set.and(&all).expect("room"),
            }
        })
    }

    /// What each entry of a settled list matches.
    pub(crate) fn matches(&self, acl: &Acl) -> Vec<BDDFunction> {
        let one =
            |ace: &aclc::acl::Ace| self.any(ace.certain.iter().map(|m| self.of_match(m)).collect());
        acl.all().map(one).collect()
    }

    /// What a settled list permits.
    pub(crate) fn permitted(&self, acl: &Acl) -> BDDFunction {
        let sets = self.matches(acl);
        let entries: Vec<(Action, &BDDFunction)> =
            acl.all().map(|ace| ace.action).zip(&sets).collect();
        let runs = entries.chunk_by(|a, b| a.0 == b.0).rev();
        runs.fold(self.no.clone(), |below, run| {
            let all = self.any(run.iter().map(|(_, set)| (*set).clone()).collect());
            match run[0].0 {
                Action::Permit => all.or(&below).expect("room"),
                _ => all.imp_strict(&below).expect("room"),
            }
        })
    }

    /// Entries all of whose packets earlier ones take.
    pub(crate) fn unreachable(&self, acl: &Acl) -> usize {
        let mut taken = self.no.clone();
        let mut count = 0;
        for set in self.matches(acl).iter().take(acl.entries.len()) {
            let left = taken.imp_strict(set).expect("room");
            count += usize::from(!left.satisfiable());
            taken = taken.or(set).expect("room");
        }
        count
    }
}

/// Neighbouring values as one range.
fn joined(values: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for &(low, high) in values {
        match out.last_mut() {
            Some(last) if last.1 + 1 == low => last.1 = high,
            _ => out.push((low, high)),
        }
    }
    out
}
