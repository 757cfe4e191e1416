//! What every joint view must hold to, run on each by virtue of its being listed in `every_view!`.

use alloc::vec;
use alloc::vec::Vec;

use super::calibrated::Calibrated;
use super::portrait::Portrait;
use super::view::{JointView, Seen};
use crate::frame::Moment;
use crate::opinion::Opinion;
use crate::rng::Rng;
use crate::schema::{Kind, Schema};
use crate::snapshot::{Reader, State, Writer};
use crate::{SchemaDraft, schema::StreamDraft};

/// Calls `$each!(name, Type)` for every joint view.
macro_rules! every_view {
    ($each:ident) => {
        $each!(novelty, crate::joint::novelty::Novelty);
        $each!(dependence, crate::joint::dependence::Dependence);
        $each!(forest, crate::joint::forest::Forests);
        $each!(gaps, crate::joint::gaps::Gaps);
        $each!(silence, crate::joint::silence::Silence);
    };
}

const ROWS: u64 = 2500;

/// `width` streams of all kinds in groups of six; every seventh has no group.
pub(super) fn schema_of(width: usize) -> Schema {
    let mut draft = SchemaDraft::of_streams::<&str>([]);
    let kinds = [Kind::ContinuousSmooth, Kind::DiscreteEvents, Kind::ContinuousNoisy, Kind::Sporadic];
    draft.streams = (0..width)
        .map(|stream| StreamDraft {
            name: alloc::format!("s{stream}"),
            kind: kinds[stream % kinds.len()],
            group: (stream % 7 != 0).then(|| alloc::format!("g{}", stream / 6)),
            ..StreamDraft::default()
        })
        .collect();
    draft.seed = 7;
    draft.validate().expect("valid")
}

/// Correlated values, events, random gaps, outages of one group and of all, a constant stretch, extremes, a shift.
pub(super) fn values_at(row: u64, width: usize) -> Vec<Option<f64>> {
    let mut rng = Rng::new(row.wrapping_mul(977));
    let common = f64::from(rng.unit()) + if row > 1800 { 3.0 } else { 0.0 };
    (0..width)
        .map(|stream| {
            let noise = f64::from(rng.unit());
            let is_gone = match row {
                900..960 => stream < 6,
                1200..1203 => true,
                _ => noise > 0.97 || stream % 4 == 3 && noise > 0.1,
            };
            let x = match (row, stream) {
                (40, 0) | (1500, 1) => 1e150,
                (1501, 1) => -1e150,
                (1510, 2) => 1e-300,
                (1000..1100, _) => 7.0,
                (_, 4) => 0.0,
                _ if stream % 4 == 1 => f64::from(u8::from(noise > 0.7)),
                _ => (stream as f64 - 3.0) * common + noise,
            };
            (!is_gone).then_some(x)
        })
        .collect()
}

/// One view with a portrait of its own.
pub(super) struct Watch<V: JointView> {
    portrait: Portrait,
    next: Portrait,
    pub(super) view: Calibrated<V>,
    pub(super) scratch: V::Scratch,
    row: u64,
}

impl<V: JointView> Watch<V> {
    pub(super) fn new(schema: &Schema) -> Self {
        let portrait = Portrait::new(schema.streams().len());
        let view = Calibrated::<V>::new(schema);
        Self { next: portrait.clone(), scratch: view.view.scratch(), portrait, view, row: 0 }
    }

    fn moment(&self) -> Moment {
        let at_ms = 1_700_000_000_000 + 600_000 * self.row as i64;
        Moment { at_ms, local_ms: at_ms + 3_600_000 }
    }

    pub(super) fn judge(&mut self, values: &[Option<f64>]) -> Opinion {
        self.portrait.judge(values, &mut self.next);
        let seen = Seen { moment: self.moment(), values, portrait: &self.next };
        self.view.judge(&seen, &mut self.scratch)
    }

    pub(super) fn learn(&mut self, values: &[Option<f64>]) -> Opinion {
        let opinion = self.judge(values);
        let seen = Seen { moment: self.moment(), values, portrait: &self.next };
        self.view.learn(&opinion, true, &seen, &mut self.scratch);
        self.portrait.learn(values, &mut self.next);
        self.row += 1;
        opinion
    }

    /// Learns where the opinion does not matter.
    pub(super) fn skip(&mut self, values: &[Option<f64>]) {
        self.learn(values);
    }

    pub(super) fn shares(&self, values: &[Option<f64>]) -> Vec<f64> {
        let mut shares = vec![f64::NAN; values.len()];
        self.view.view.shares(&self.scratch, &mut shares);
        shares
    }

    fn bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        self.portrait.save(&mut writer);
        self.view.save(&mut writer);
        writer.into_bytes()
    }

    /// A fresh one with this state, as after opening a snapshot.
    fn reopened(&self, schema: &Schema) -> Self {
        let bytes = self.bytes();
        let mut again = Self { row: self.row, ..Self::new(schema) };
        let mut reader = Reader::new(&bytes);
        again.portrait.load(&mut reader).expect("its own bytes");
        again.view.load(&mut reader).expect("its own bytes");
        assert!(reader.is_at_end());
        again
    }
}

fn says_a_chance<V: JointView>() {
    for width in [1, 2, 11, 70] {
        let mut watch = Watch::<V>::new(&schema_of(width));
        for row in 0..ROWS {
            let values = values_at(row, width);
            let opinion = watch.judge(&values);
            assert!(opinion.chance > 0.0 && opinion.chance <= 1.0, "{opinion:?} in row {row}");
            assert!((0.0..=1.0).contains(&opinion.weight), "{opinion:?} in row {row}");
            assert!(
                opinion.oddness.is_none_or(|odd| odd.is_finite() && odd >= 0.0),
                "{opinion:?} in row {row}"
            );
            assert!(opinion.oddness.is_some() || opinion.weight == 0.0, "{opinion:?} in row {row}");
            let shares = watch.shares(&values);
            assert!(shares.iter().all(|share| share.is_finite() && *share >= 0.0), "{shares:?} in row {row}");
            watch.learn(&values);
        }
    }
}

fn judging_changes_nothing<V: JointView>() {
    let mut watch = Watch::<V>::new(&schema_of(11));
    for row in 0..600 {
        let before = watch.bytes();
        let (first, other) = (watch.judge(&values_at(row, 11)), values_at(row + 5000, 11));
        watch.judge(&other);
        assert_eq!(watch.judge(&values_at(row, 11)), first);
        assert!(watch.bytes() == before, "judging row {row} changed the state");
        watch.learn(&values_at(row, 11));
    }
}

fn goes_on_from_a_snapshot_with_the_same_bits<V: JointView>() {
    let schema = schema_of(11);
    let (mut straight, mut interrupted) = (Watch::<V>::new(&schema), Watch::<V>::new(&schema));
    for row in 0..ROWS {
        if row % 97 == 0 {
            interrupted = interrupted.reopened(&schema);
        }
        let values = values_at(row, 11);
        assert_eq!(straight.learn(&values), interrupted.learn(&values), "row {row}");
    }
    assert!(straight.bytes() == interrupted.bytes());
}

fn stays_whole_on_damaged_bytes<V: JointView>() {
    let schema = schema_of(11);
    let mut watch = Watch::<V>::new(&schema);
    (0..300).for_each(|row| watch.skip(&values_at(row, 11)));
    let bytes = watch.bytes();
    let mut rng = Rng::new(5);
    for _ in 0..60 {
        let mut damaged = bytes.clone();
        (0..20).for_each(|_| damaged[rng.below(bytes.len())] = rng.bits() as u8);
        let mut again = Watch::<V>::new(&schema);
        let mut reader = Reader::new(&damaged);
        // Either it is refused, or it is state like any other: the next rows must not panic.
        if again.portrait.load(&mut reader).is_ok() && again.view.load(&mut reader).is_ok() {
            (300..310).for_each(|row| again.skip(&values_at(row, 11)));
        }
    }
    assert!(Watch::<V>::new(&schema).view.load(&mut Reader::new(&bytes[..100])).is_err());
}

fn holds_what_the_schema_asks<V: JointView>() {
    let mut watch = Watch::<V>::new(&schema_of(11));
    let before = (watch.bytes().len(), watch.view.heap_bytes());
    (0..ROWS).for_each(|row| watch.skip(&values_at(row, 11)));
    assert_eq!((watch.bytes().len(), watch.view.heap_bytes()), before);
}

macro_rules! contract_of {
    ($name:ident, $type:ty) => {
        mod $name {
            #[test]
            fn says_a_chance() {
                super::says_a_chance::<$type>();
            }
            #[test]
            fn judging_changes_nothing() {
                super::judging_changes_nothing::<$type>();
            }
            #[test]
            fn goes_on_from_a_snapshot_with_the_same_bits() {
                super::goes_on_from_a_snapshot_with_the_same_bits::<$type>();
            }
            #[test]
            fn stays_whole_on_damaged_bytes() {
                super::stays_whole_on_damaged_bytes::<$type>();
            }
            #[test]
            fn holds_what_the_schema_asks() {
                super::holds_what_the_schema_asks::<$type>();
            }
        }
    };
}
every_view!(contract_of);
