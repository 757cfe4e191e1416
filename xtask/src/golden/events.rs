//! The golden cases of events: the readings of the same streams, one by one, out of order, late, too late, twice; ticks
//! from row 600 on; what people say; and what the engine says of itself. The twin of tests/golden/events.mjs.

use fourfold::ingest::Event;
use fourfold::{Label, Schema};

use super::input::{Call, Deed, ROWS, Random, START_MS, value};

/// From here on the time is told.
const TICKED_FROM: u32 = 600;
/// Rows between two deeds, and between two reports.
const DEED_ROWS: u32 = 97;
const REPORT_ROWS: u32 = 500;
const DEEDS: [Deed; 7] = [
    Deed::Label(Label::Expected),
    Deed::Label(Label::Real),
    Deed::Undo,
    Deed::Rate(0.000_244_140_625),
    Deed::Label(Label::Expected),
    Deed::Rate(0.001_953_125),
    Deed::Undo,
];

/// The calls of a case of events.
pub(crate) fn of_events(name: &str, schema: &Schema) -> Vec<Call> {
    let sent = arrivals(name, schema);
    let frame_ms = schema.frame_ms();
    let (mut calls, mut from) = (Vec::new(), 0);
    for row in 0..ROWS {
        let now_ms = START_MS + i64::from(row + 1) * frame_ms;
        let to = sent.partition_point(|(arrived_ms, _)| *arrived_ms < now_ms);
        calls.push(Call::Push { row, events: sent[from..to].iter().map(|(_, event)| *event).collect() });
        from = to;
        if row >= TICKED_FROM {
            calls.push(Call::Tick { at_ms: now_ms });
        }
        if row % DEED_ROWS == DEED_ROWS - 1 {
            let deed = DEEDS[(row / DEED_ROWS) as usize % DEEDS.len()];
            calls.push(Call::Say { deed, back: row as usize % 3 });
        }
        // A few rows after a spike its episode is final and still open.
        if row % 800 == 405 {
            calls.push(Call::Say { deed: Deed::Adopt, back: 0 });
        }
        if row % REPORT_ROWS == REPORT_ROWS - 1 {
            calls.push(Call::Report { at_ms: now_ms });
        }
    }
    calls
}

/// All events in the order in which they arrive.
fn arrivals(name: &str, schema: &Schema) -> Vec<(i64, Event)> {
    let frame_ms = schema.frame_ms();
    let mut random = Random::of(name);
    let mut sent = Vec::new();
    for row in 0..ROWS {
        let start_ms = START_MS + i64::from(row) * frame_ms;
        // The whole source is gone for fifteen rows.
        let is_out = (1200..1215).contains(&(row % 1250));
        for (stream, place) in schema.streams().iter().zip(0..) {
            let value = value(stream, place, row, &mut random);
            let at_ms = start_ms + frame_ms * i64::from(random.bits(16)) / 65_536;
            let delay = i64::from(random.bits(10));
            let fate = random.bits(5);
            if is_out {
                continue;
            }
            // One in eight is late, by up to more than the window allows; one in sixteen comes twice.
            let wait_ms = if fate < 4 { frame_ms * delay / 320 } else { delay };
            let event = Event { stream: place as usize, at_ms, value };
            sent.push((at_ms + wait_ms, event));
            if fate >= 30 {
                sent.push((at_ms + wait_ms + 64 * delay, event));
            }
        }
    }
    sent.sort_by_key(|(arrived_ms, _)| *arrived_ms);
    sent
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    use super::super::replay::say;
    use fourfold::engine::Thresholds;
    use fourfold::ingest::{Counts, Standing};
    use fourfold::{Engine, SchemaDraft};

    #[test]
    fn the_events_are_as_hostile_as_they_claim() {
        let schema = SchemaDraft::preset("iot").and_then(SchemaDraft::validate).expect("a preset");
        let mut engine = Engine::new(schema.clone());
        let (mut counts, mut standings, mut said) = (Counts::default(), [0; 3], BTreeSet::new());
        for call in of_events("iot", &schema) {
            let note = |verdict: &fourfold::Verdict| standings[verdict.standing as usize] += 1;
            match call {
                Call::Push { events, .. } => counts += engine.push(&events, note).expect("good events"),
                Call::Tick { at_ms } => engine.tick(at_ms, note).expect("a time"),
                Call::Say { deed, back } => {
                    if say(&mut engine, deed, back).is_ok() {
                        said.insert(deed.word());
                    }
                }
                Call::Observe { .. } | Call::Report { .. } => {}
            }
        }
        for (what, count) in [
            ("taken", counts.taken),
            ("late", counts.late),
            ("duplicate", counts.duplicate),
            ("too late", counts.too_late),
            ("not a number", counts.not_a_number),
        ] {
            assert!(count > 100, "{what}: {count}");
        }
        assert_eq!(counts.ahead, 0);
        assert!(standings[Standing::Revised as usize] > 500, "{standings:?}");
        assert_eq!(said.len(), 5, "every deed was done: {said:?}");
        assert!(engine.monitor(&Thresholds::default()).alarms > 5);
    }
}
