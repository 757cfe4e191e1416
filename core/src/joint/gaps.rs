//! Gaps by context: how usual is it, at this hour of such a day, that just these streams speak and just those do not?
//!
//! A group whose streams all fall silent together is one event, not many: its sensor, its phone or its network is gone.
//! So a group is first asked whether it is there at all, and its streams are asked one by one only if it is.

use alloc::vec;
use alloc::vec::Vec;

use super::context::{CONTEXTS, context_of, other_day};
use super::portrait::{LANES, Lane};
use super::view::{JointView, Seen};
use crate::math::{greater, lesser, ln_brief};
use crate::schema::Schema;
use crate::snapshot::state;

/// Rows over which presence is remembered.
const MEMORY_ROWS: f32 = 2048.0;
/// Rows in a context after which it is believed as much as what is known without it: the same hour on other days, and
/// before that all hours.
const CONTEXT_ROWS: f32 = 6.0;

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
    /// Streams per group.
    group_sizes: Vec<f64>,
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
        let mut group_sizes = vec![0.0; groups.len() * LANES];
        self.group_of.iter().flatten().for_each(|&group| group_sizes[group] += 1.0);
        Surprise {
            streams_here: streams.clone(),
            groups_here: groups.clone(),
            streams_asked: streams.clone(),
            groups_asked,
            of_streams: streams,
            of_groups: groups,
            group_sizes,
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

    fn lent_bytes(&self, scratch: &Surprise) -> usize {
        size_of_val(self.group_of.as_slice())
            + size_of_val(scratch.group_sizes.as_slice())
            + 3 * size_of_val(scratch.of_streams.as_slice())
            + 3 * size_of_val(scratch.of_groups.as_slice())
    }

    fn shares(&self, scratch: &Surprise, shares: &mut [f64]) {
        for (stream, share) in shares.iter_mut().enumerate() {
            *share = f64::from(scratch.of_streams[stream / LANES][stream % LANES]);
            if let Some(group) = self.group_of[stream] {
                *share +=
                    f64::from(scratch.of_groups[group / LANES][group % LANES]) / scratch.group_sizes[group];
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

impl Gaps {
    /// How usual a stream's absence is in each context: alone, or with its group. Empty before the first row.
    pub(crate) fn absence(&self, stream: usize) -> Vec<f64> {
        if self.rows == 0 {
            return Vec::new();
        }
        let presence = |context: usize| {
            let of_group = self.group_of[stream].map_or(1.0, |group| self.groups.share(group, context));
            f64::from(of_group * self.streams.share(stream, context))
        };
        (0..CONTEXTS).map(|context| (1.0 - presence(context)).clamp(0.0, 1.0)).collect()
    }
}

impl Presence {
    /// The share of rows of a context in which one of the things is there, as `judge` takes it.
    fn share(&self, place: usize, context: usize) -> f32 {
        let (cell, lane) = (place / LANES, place % LANES);
        let cells = self.overall.len();
        let (at, other_at) = (context * cells + cell, other_day(context) * cells + cell);
        let by_hour = blend(
            self.overall[cell][lane],
            self.by_context[other_at][lane],
            self.rows_by_context[other_at][lane],
        );
        blend(by_hour, self.by_context[at][lane], self.rows_by_context[at][lane])
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
        let cells = self.overall.len();
        let (at, other_at) = (context * cells, other_day(context) * cells);
        for cell in 0..cells {
            let (here, asked) = (&here[cell], &asked[cell]);
            let (overall, rows) = (&self.overall[cell], &self.rows[cell]);
            let (by_context, context_rows) = (&self.by_context[at + cell], &self.rows_by_context[at + cell]);
            let (by_other, other_rows) =
                (&self.by_context[other_at + cell], &self.rows_by_context[other_at + cell]);
            for lane in 0..LANES {
                let by_hour = blend(overall[lane], by_other[lane], other_rows[lane]);
                let share = blend(by_hour, by_context[lane], context_rows[lane]);
                let least = 0.5 / (rows[lane] + 1.0);
                let likely = if here[lane] > 0.0 { share } else { 1.0 - share };
                // Who never spoke, and is silent, is no news.
                surprise[cell][lane] = -ln_brief(lesser(greater(likely, least), 1.0 - least)) * asked[lane];
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

/// What is known in general, moved towards what so many rows say in particular.
fn blend(general: f32, particular: f32, rows: f32) -> f32 {
    general + (particular - general) * rows / (rows + CONTEXT_ROWS)
}

fn step(shares: &mut [Lane], rows: &mut [Lane], here: &[Lane], asked: &[Lane]) {
    for (cell, share) in shares.iter_mut().enumerate() {
        for lane in 0..LANES {
            let asked = asked[cell][lane];
            rows[cell][lane] = lesser(rows[cell][lane] + asked, MEMORY_ROWS);
            share[lane] += asked * (here[cell][lane] - share[lane]) / greater(rows[cell][lane], 1.0);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;
    use crate::joint::contract::Watch;

    const ROWS_PER_DAY: u64 = 144;
    /// In the middle of the silent half of the fifth day.
    const NIGHT: u64 = 4 * ROWS_PER_DAY + 30;

    fn schema() -> Schema {
        let mut draft = SchemaDraft::of_streams(["steady", "by_day", "never", "g1", "g2", "g3", "g4"]);
        draft.streams[3..].iter_mut().for_each(|stream| stream.group = Some("g".into()));
        draft.validate().expect("valid")
    }

    /// Ten minutes per row; the second stream speaks in the second half of the day.
    fn row(n: u64) -> Vec<Option<f64>> {
        let is_late = n % ROWS_PER_DAY >= ROWS_PER_DAY / 2;
        let mut values = vec![Some(1.0); 7];
        values[1] = is_late.then_some(1.0);
        values[2] = None;
        values
    }

    #[test]
    fn the_same_silence_is_usual_at_one_hour_and_odd_at_another() {
        let mut watch = Watch::<Gaps>::new(&schema());
        let chances: Vec<f64> = (0..NIGHT).map(|n| watch.learn(&row(n)).chance).collect();
        assert!(chances[3 * ROWS_PER_DAY as usize..].iter().all(|&chance| chance > 0.01));
        let mut without = |stream: usize, value: Option<f64>| {
            let mut values = row(NIGHT);
            values[stream] = value;
            watch.judge(&values).oddness.expect("settled")
        };
        let usual = without(1, None);
        assert!(without(1, Some(1.0)) > usual + 2.0, "presence where there is always absence");
        assert!(without(0, None) > usual + 4.0, "absence where there is always presence");
        assert!(without(2, Some(1.0)) > usual + 4.0, "the first word of one that never spoke");
    }

    #[test]
    fn a_group_that_goes_together_is_one_surprise() {
        let mut watch = Watch::<Gaps>::new(&schema());
        (0..4 * ROWS_PER_DAY).for_each(|n| watch.skip(&row(n)));
        let mut odd = |gone: core::ops::Range<usize>| {
            let mut values = row(0);
            values[gone].fill(None);
            watch.judge(&values).oddness.expect("settled")
        };
        let (none, one, three, all) = (odd(3..3), odd(3..4), odd(3..6), odd(3..7));
        assert!(none < one && one < three && all < three, "{none} {one} {three} {all}");
        assert!((all - none) / (one - none) < 1.2);
    }
}
