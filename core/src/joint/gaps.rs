//! Gaps by context: how usual is it, at this hour of such a day, that just these streams speak and just those do not?
//!
//! A group whose streams all fall silent together is one event, not many: its sensor, its phone or its network is gone.
//! So a group is first asked whether it is there at all, and its streams are asked one by one only if it is.

use alloc::vec;
use alloc::vec::Vec;

use super::context::{CONTEXTS, context_of};
use super::portrait::{LANES, Lane};
use super::view::{JointView, Seen};
use crate::math::ln_brief;
use crate::schema::Schema;
use crate::snapshot::state;

/// Rows over which presence is remembered.
const MEMORY_ROWS: f32 = 2048.0;
/// Rows in a context after which it is believed as much as the presence at all hours.
const CONTEXT_ROWS: f32 = 30.0;

/// The share of rows in which each of some things is there: at all hours, and in each context.
#[derive(Clone, Debug)]
struct Presence {
    overall: Vec<Lane>,
    rows: Vec<Lane>,
    /// Context after context.
    by_context: Vec<Lane>,
    rows_by_context: Vec<Lane>,
}
state!(Presence { overall, rows, by_context, rows_by_context });

/// How usual it is who speaks.
#[derive(Clone, Debug)]
pub(crate) struct Gaps {
    streams: Presence,
    /// Whether any stream of the group speaks.
    groups: Presence,
    rows: u64,
    group_of: Vec<Option<usize>>,
}
state!(Gaps { streams, groups, rows; group_of });

/// Who speaks in one moment, and how surprising that is.
#[derive(Clone, Debug)]
pub(crate) struct Surprise {
    /// 1 where a stream or group speaks.
    streams_here: Vec<Lane>,
    groups_here: Vec<Lane>,
    /// 1 where there is something to learn: a stream of a group that is gone says nothing of the stream.
    streams_asked: Vec<Lane>,
    groups_asked: Vec<Lane>,
    /// In nats.
    of_streams: Vec<Lane>,
    of_groups: Vec<Lane>,
}

impl JointView for Gaps {
    type Scratch = Surprise;

    fn new(schema: &Schema) -> Self {
        let group_of: Vec<_> = schema.streams().iter().map(|stream| stream.group).collect();
        Self {
            streams: Presence::new(group_of.len()),
            groups: Presence::new(schema.groups().len()),
            rows: 0,
            group_of,
        }
    }

    fn scratch(&self) -> Surprise {
        let streams = vec![Lane::default(); self.streams.overall.len()];
        let groups = vec![Lane::default(); self.groups.overall.len()];
        let mut groups_asked = groups.clone();
        self.group_of.iter().flatten().for_each(|&group| groups_asked[group / LANES][group % LANES] = 1.0);
        Surprise {
            streams_here: streams.clone(),
            groups_here: groups.clone(),
            streams_asked: streams.clone(),
            groups_asked,
            of_streams: streams,
            of_groups: groups,
        }
    }

    fn judge(&self, seen: &Seen<'_>, scratch: &mut Surprise) -> Option<f64> {
        self.see(seen, scratch);
        if self.rows == 0 {
            return None;
        }
        let context = context_of(seen.moment.local_ms);
        self.streams.judge(context, &scratch.streams_here, &scratch.streams_asked, &mut scratch.of_streams);
        self.groups.judge(context, &scratch.groups_here, &scratch.groups_asked, &mut scratch.of_groups);
        Some(f64::from(sum(&scratch.of_streams) + sum(&scratch.of_groups)))
    }

    fn learn(&mut self, seen: &Seen<'_>, scratch: &mut Surprise) {
        let context = context_of(seen.moment.local_ms);
        self.streams.learn(context, &scratch.streams_here, &scratch.streams_asked);
        self.groups.learn(context, &scratch.groups_here, &scratch.groups_asked);
        self.rows = self.rows.saturating_add(1);
    }

    fn shares(&self, scratch: &Surprise, shares: &mut [f64]) {
        let mut sizes = vec![0.0; scratch.of_groups.len() * LANES];
        self.group_of.iter().flatten().for_each(|&group| sizes[group] += 1.0);
        for (stream, share) in shares.iter_mut().enumerate() {
            *share = f64::from(scratch.of_streams[stream / LANES][stream % LANES]);
            if let Some(group) = self.group_of[stream] {
                *share += f64::from(scratch.of_groups[group / LANES][group % LANES]) / sizes[group];
            }
        }
    }
}

impl Gaps {
    /// Who speaks, and who is worth asking.
    fn see(&self, seen: &Seen<'_>, scratch: &mut Surprise) {
        scratch.groups_here.fill(Lane::default());
        for (here, cell) in scratch.streams_here.iter_mut().zip(&seen.portrait.cells) {
            *here = cell.fresh;
        }
        for (stream, group) in self.group_of.iter().enumerate() {
            if let (Some(group), true) = (*group, scratch.streams_here[stream / LANES][stream % LANES] > 0.0)
            {
                scratch.groups_here[group / LANES][group % LANES] = 1.0;
            }
        }
        for (stream, group) in self.group_of.iter().enumerate() {
            scratch.streams_asked[stream / LANES][stream % LANES] =
                group.map_or(1.0, |group| scratch.groups_here[group / LANES][group % LANES]);
        }
    }
}

impl Presence {
    fn new(count: usize) -> Self {
        let cells = count.div_ceil(LANES);
        let blank = |times: usize| vec![Lane::default(); cells * times];
        Self {
            overall: blank(1),
            rows: blank(1),
            by_context: blank(CONTEXTS),
            rows_by_context: blank(CONTEXTS),
        }
    }

    /// Minus the log-likelihood of each being here or not. A share of exactly 0 or 1 is pulled in by half a row, since
    /// the next row may always be the first of its kind.
    fn judge(&self, context: usize, here: &[Lane], asked: &[Lane], surprise: &mut [Lane]) {
        let at = context * self.overall.len();
        for cell in 0..self.overall.len() {
            let (here, asked) = (&here[cell], &asked[cell]);
            let (overall, rows) = (&self.overall[cell], &self.rows[cell]);
            let (by_context, context_rows) = (&self.by_context[at + cell], &self.rows_by_context[at + cell]);
            for lane in 0..LANES {
                let belief = context_rows[lane] / (context_rows[lane] + CONTEXT_ROWS);
                let share = overall[lane] + belief * (by_context[lane] - overall[lane]);
                let least = 0.5 / (rows[lane] + 1.0);
                let likely = if here[lane] > 0.0 { share } else { 1.0 - share };
                // Who never spoke, and is silent, is no news.
                surprise[cell][lane] = -ln_brief(likely.max(least).min(1.0 - least)) * asked[lane];
            }
        }
    }

    fn learn(&mut self, context: usize, here: &[Lane], asked: &[Lane]) {
        let cells = self.overall.len();
        let at = context * cells;
        step(&mut self.overall, &mut self.rows, here, asked);
        step(&mut self.by_context[at..at + cells], &mut self.rows_by_context[at..at + cells], here, asked);
    }
}

fn step(shares: &mut [Lane], rows: &mut [Lane], here: &[Lane], asked: &[Lane]) {
    for (cell, share) in shares.iter_mut().enumerate() {
        for lane in 0..LANES {
            let asked = asked[cell][lane];
            rows[cell][lane] = (rows[cell][lane] + asked).min(MEMORY_ROWS);
            share[lane] += asked * (here[cell][lane] - share[lane]) / rows[cell][lane].max(1.0);
        }
    }
}

/// Lane by lane, then across, always in one order.
fn sum(cells: &[Lane]) -> f32 {
    let mut sums = Lane::default();
    for cell in cells {
        (0..LANES).for_each(|lane| sums[lane] += cell[lane]);
    }
    sums.iter().sum()
}
