//! Events and times to frames.

use fourfold::SchemaDraft;
use fourfold::ingest::{Buffer, Event, Ready, Standing};
use fourfold::schema::{Aggregate, Schema};
use fourfold_sim::Random;

use crate::bend;

const STREAMS: usize = 3;
const STEPS: usize = 60;
/// No event lets more frames out than the window holds, told twice, and a day of empty ones.
const FRAMES_MOST: usize = 2 * 290 + 600;

pub(crate) fn play(random: &mut Random) -> bool {
    let schema = schema(random);
    let mut buffer = Buffer::new(&schema);
    let bytes = buffer.bytes();
    let mut last_final_ms = i64::MIN;
    let mut at_ms = if random.chance(0.5) { bend::whole(random) / 4 } else { 1_725_235_200_000 };
    let mut is_taken = false;
    for _ in 0..STEPS {
        let step_ms = random.below(3 * schema.frame_ms() as usize) as i64 - schema.frame_ms();
        at_ms = if random.chance(0.1) { bend::whole(random) } else { at_ms.saturating_add(step_ms) };
        // A buffer as text is long: not every fault is looked at this closely.
        let before = random.chance(0.1).then(|| without_counts(&buffer));
        let is_fault = if random.chance(0.15) {
            buffer.tell_time(at_ms).is_err()
        } else {
            let stream = if random.chance(0.02) { STREAMS } else { random.below(STREAMS) };
            let result = buffer.push(&schema, Event { stream, at_ms, value: bend::number(random) });
            is_taken |= result.is_ok();
            result.is_err_and(|fault| !fault.to_string().is_empty())
        };
        if let Some(before) = before.filter(|_| is_fault) {
            assert!(without_counts(&buffer) == before, "a fault left a trace");
        }
        drain(&mut buffer, &schema, &mut last_final_ms);
        assert_eq!(buffer.bytes(), bytes);
        assert!(buffer.next_due_ms().is_none_or(|due_ms| due_ms.checked_abs().is_some()));
    }
    is_taken
}

fn schema(random: &mut Random) -> Schema {
    let mut draft = SchemaDraft::of_streams((0..STREAMS).map(|place| format!("s{place}")));
    let all = [Aggregate::Mean, Aggregate::Last, Aggregate::Sum, Aggregate::Max, Aggregate::Count];
    draft.streams.iter_mut().for_each(|stream| stream.aggregate = Some(*bend::pick(random, &all)));
    let frame_ms = *bend::pick(random, &[1.0, 7.0, 1000.0, 300_000.0, 86_400_000.0]);
    let frames_late = *bend::pick(random, &[0.0, 0.5, 2.0, 288.0]);
    (draft.frame_ms, draft.lateness_ms) = (Some(frame_ms), Some(frames_late * frame_ms));
    match draft.validate() {
        Ok(schema) => schema,
        Err(error) => panic!("a good schema: {error}"),
    }
}

/// Asks for frames until there are none: final ones come in order, and each once.
fn drain(buffer: &mut Buffer, schema: &Schema, last_final_ms: &mut i64) {
    let mut values = [0.0; STREAMS];
    let mut frames = 0;
    while let Some(Ready { start_ms, end_ms, standing }) = buffer.due(&mut values) {
        frames += 1;
        assert!(frames <= FRAMES_MOST, "frames without end");
        assert_eq!(end_ms - start_ms, schema.frame_ms());
        if standing == Standing::Final {
            assert!(start_ms > *last_final_ms, "final frames in order, each once");
            *last_final_ms = start_ms;
        }
        assert!(values.iter().all(|value| value.is_nan() || value.is_finite()), "{values:?}");
    }
}

/// Everything that the next frames depend on, as text.
fn without_counts(buffer: &Buffer) -> String {
    let told = format!("{buffer:?}");
    match (told.find(" counts: "), told.find(", frame_ms:")) {
        (Some(from), Some(to)) => [&told[..from], &told[to..]].concat(),
        _ => panic!("a buffer no longer shows its counts"),
    }
}
