//! Frames, ticks and labels.

use fourfold::schema::{Kind, ZoneDraft};
use fourfold::{Engine, SchemaDraft};
use fourfold_sim::Random;

use crate::bend;

const STEPS: usize = 150;

pub(crate) fn play(random: &mut Random) -> bool {
    let streams = random.below(7);
    let mut draft = SchemaDraft::of_streams((0..streams).map(|place| format!("s{place}")));
    for stream in &mut draft.streams {
        let kinds = [Kind::ContinuousSmooth, Kind::ContinuousNoisy, Kind::DiscreteEvents, Kind::Sporadic];
        stream.kind = *bend::pick(random, &kinds);
        stream.group = random.chance(0.5).then(|| format!("g{}", random.below(2)));
        stream.bounds = random.chance(0.3).then_some([0.0, 30.0]);
    }
    draft.zone = random.chance(0.3).then(|| ZoneDraft { offset_minutes: Some(330.0), changes: Vec::new() });
    draft.seed = random.bits() >> 12;
    let schema = draft.validate().unwrap_or_else(|error| panic!("a good schema: {error}"));
    let mut engine = Engine::new(schema);
    super::live(random, &mut engine, STEPS);
    super::assert_opens_again(&engine);
    true
}
