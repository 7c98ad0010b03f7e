//! What a very long list permits, in pieces.
//!
//! Long lists with overlapping prefixes on both sides have huge permitted sets, and most of what is made on the way is not
//! part of the result. So the addresses are cut into ranges with equally many entries each; a range is worked out in an
//! arena of its own, which fits the caches better, by two threads; only its result is copied over. Pieces arrive in the
//! order of their ranges, so handles are the same in every run.

use super::dd::{Dd, FULL, Id, Stop};
use super::encode::{first_of, of_ace, of_match};
use super::layout::{Field, Layout};
use super::list::{Side, permitted_of};
use crate::acl::Ace;
use crate::net::addr::range_to_prefixes;
use crate::net::{AddrSet, Match, Wildcard};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Entries from which on a list is cut.
pub(super) const LONG: usize = 20_000;
/// Pieces of a long list.
pub(super) const PIECES: usize = 16;
const THREADS: usize = 2;

/// First and last address of a piece.
type Range = (u128, u128);

/// A worker's result: its arena and the set.
type Piece = (Dd, Id);

/// The permitted set on one side, worked out in `pieces` pieces.
pub(super) fn permitted(
    dd: &mut Dd,
    layout: &Layout,
    aces: &[&Ace],
    side: Side,
    pieces: usize,
) -> Id {
    let by_dst = layout.order().iter().position(|field| *field == Field::Dst)
        < layout.order().iter().position(|field| *field == Field::Src);
    let ranges = cut(layout, aces, by_dst, pieces);
    let limit = dd.limit() / THREADS;
    let job = Job {
        layout,
        aces,
        side,
        by_dst,
        tops: dd.tops(),
        limit,
        stop: dd.stop(),
    };
    let done: Vec<Id> = std::thread::scope(|scope| {
        let queues: Vec<Receiver<Piece>> = (0..THREADS)
            .map(|first| {
                // Room for one piece: a worker is at most two ahead, and few arenas are there at once.
                let (send, receive) = sync_channel(1);
                let (job, ranges) = (&job, &ranges);
                scope.spawn(move || job.work(ranges.iter().skip(first).step_by(THREADS), &send));
                receive
            })
            .collect();
        let take = |index: usize| queues[index % THREADS].recv().ok();
        (0..ranges.len())
            .map_while(|index| match take(index) {
                Some((piece, id)) if !piece.exhausted() && !dd.exhausted() => {
                    Some(dd.graft(&piece, id))
                }
                _ => {
                    dd.exhaust();
                    None
                }
            })
            .collect()
    });
    first_of(dd, &done)
}

/// Cuts the addresses so that about equally many entries begin in each range.
fn cut(layout: &Layout, aces: &[&Ace], by_dst: bool, pieces: usize) -> Vec<Range> {
    let boxes = aces.iter().flat_map(|ace| ace.boxes(true));
    let parts = boxes
        .flat_map(|m| side_of(m, by_dst).parts())
        .filter(|part| !part.is_any());
    let mut starts: Vec<u128> = parts.map(Wildcard::value).collect();
    starts.sort_unstable();
    let mut cuts: Vec<u128> = (1..pieces)
        .filter_map(|piece| starts.get(piece * starts.len() / pieces).copied())
        .collect();
    cuts.dedup();
    cuts.retain(|&cut| cut > 0);
    let lows = std::iter::once(0).chain(cuts.iter().copied());
    let highs = cuts
        .iter()
        .map(|cut| cut - 1)
        .chain([layout.family().ones()]);
    lows.zip(highs).collect()
}

fn side_of(m: &Match, by_dst: bool) -> &AddrSet {
    if by_dst { &m.dst } else { &m.src }
}

struct Job<'a> {
    layout: &'a Layout,
    aces: &'a [&'a Ace],
    side: Side,
    by_dst: bool,
    tops: Vec<u32>,
    limit: usize,
    stop: Option<Stop>,
}

impl Job<'_> {
    fn work<'r>(&self, ranges: impl Iterator<Item = &'r Range>, send: &SyncSender<Piece>) {
        for range in ranges {
            let mut dd = Dd::new(self.tops.clone(), self.limit);
            dd.set_stop(self.stop);
            let id = self.piece(&mut dd, *range);
            if send.send((dd, id)).is_err() {
                return;
            }
        }
    }

    fn piece(&self, dd: &mut Dd, range: Range) -> Id {
        let family = self.layout.family();
        let within = AddrSet::from_prefixes(
            family,
            &range_to_prefixes(family.addr(range.0), family.addr(range.1)),
        );
        let all = AddrSet::any(family);
        let within = if self.by_dst {
            Match::between(all, within)
        } else {
            Match::between(within, all)
        };
        let within = of_match(dd, self.layout, &within, FULL);
        let pieces: Vec<Id> = self
            .aces
            .iter()
            .filter(|ace| {
                ace.boxes(true)
                    .any(|m| meets(side_of(m, self.by_dst), range))
            })
            .map(|ace| {
                let possible = self.side.takes_possible(ace.action);
                let all = of_ace(dd, self.layout, ace, possible, self.side.end(ace.action));
                // Ends in what `all` ends in: permit or deny.
                dd.and(all, within)
            })
            .collect();
        permitted_of(dd, pieces)
    }
}

/// Whether a set may have an address of the range.
fn meets(set: &AddrSet, (low, high): Range) -> bool {
    let meets = |part: &Wildcard| part.value() <= high && part.value() | part.free() >= low;
    set.parts().iter().any(meets)
}
