//! From a table to what the engine watches.

use fourfold::schema::{PRESETS, PatternDraft};
use fourfold::{Error, Schema, SchemaDraft};

use super::Settings;
use crate::table::Table;

/// Rows that kinds and cadences are guessed from.
const SAMPLE_ROWS: usize = 2000;
/// A table that has so many columns of a preset, and so large a share of its columns from it, is taken for one.
const PRESET_COLUMNS: usize = 3;
const PRESET_SHARE: f64 = 0.75;
/// A session that goes on knows the changes of its clock for ten years.
const GOES_ON_MS: i64 = 10 * 31_556_952_000;
/// What a person chooses who wants none.
pub const NO_PRESET: &str = "none";

/// The preset that a table is of: the one that was chosen, or the one whose streams it has.
pub fn preset_of(table: &Table, settings: &Settings) -> Result<Option<SchemaDraft>, Error> {
    match settings.preset.as_deref() {
        Some(NO_PRESET) => Ok(None),
        Some(name) => SchemaDraft::preset(name).map(Some),
        None => {
            for name in PRESETS {
                let preset = SchemaDraft::preset(name)?;
                let known = table.columns.iter().filter(|column| knows(&preset, &column.name)).count();
                if known >= PRESET_COLUMNS && known as f64 >= PRESET_SHARE * table.columns.len() as f64 {
                    return Ok(Some(preset));
                }
            }
            Ok(None)
        }
    }
}

fn knows(preset: &SchemaDraft, name: &str) -> bool {
    preset.streams.iter().any(|stream| stream.name == name)
}

/// The schema of a table: what a person chose, else the preset's streams where it knows the column's name, else what the
/// values look like.
pub fn schema_of(table: &Table, settings: &Settings) -> Result<Schema, Error> {
    let rows = table.times_ms.len().min(SAMPLE_ROWS);
    let sample: Vec<f64> =
        (0..rows).flat_map(|row| table.columns.iter().map(move |column| column.values[row])).collect();
    let names = table.columns.iter().map(|column| column.name.clone());
    let mut draft = SchemaDraft::infer(names, &table.times_ms[..rows], &sample);
    if let Some(preset) = preset_of(table, settings)? {
        for stream in &mut draft.streams {
            if let Some(found) = preset.streams.iter().find(|known| known.name == stream.name) {
                let cadence_ms = stream.cadence_ms;
                // How often it really comes is in the table.
                *stream = fourfold::schema::StreamDraft { cadence_ms, ..found.clone() };
            }
        }
        let has = |name: &str| table.columns.iter().any(|column| column.name == name);
        let is_whole = |pattern: &PatternDraft| pattern.steps.iter().all(|step| has(&step.stream));
        draft.links = preset.links.into_iter().filter(|link| has(&link.from) && has(&link.to)).collect();
        draft.patterns = preset.patterns.into_iter().filter(is_whole).collect();
        draft.name = preset.name;
        draft.false_alarm_rate = preset.false_alarm_rate;
    }
    // What the file says of them goes before what is known of their like.
    for (stream, column) in draft.streams.iter_mut().zip(&table.columns) {
        if column.group.is_some() {
            stream.group.clone_from(&column.group);
        }
        if column.unit.is_some() {
            stream.unit.clone_from(&column.unit);
        }
    }
    for stream in &mut draft.streams {
        if let Some(kind) = settings.kinds.get(&stream.name) {
            stream.kind = *kind;
        }
    }
    let ends_ms = [table.times_ms.first(), table.times_ms.last()].map(|at| at.copied().unwrap_or_default());
    draft.zone = table.note.plan.zone.to_draft(ends_ms[0], ends_ms[1].saturating_add(GOES_ON_MS));
    if let Some(frame_ms) = table.note.plan.frame_ms {
        draft.frame_ms = Some(frame_ms);
    }
    if let Some(rate) = settings.false_alarm_rate {
        draft.false_alarm_rate = rate;
    }
    draft.validate()
}

#[cfg(test)]
mod tests {
    use fourfold::schema::Kind;

    use super::*;
    use crate::table::{Column, Zone};

    fn table(names: &[&str]) -> Table {
        let column = |name: &&str| Column { name: (*name).into(), values: vec![1.0; 4], ..Column::default() };
        Table { times_ms: (0..4).collect(), columns: names.iter().map(column).collect(), ..Table::default() }
    }

    #[test]
    fn a_preset_gives_groups_and_units() {
        let settings = Settings { preset: Some("service".into()), ..Settings::default() };
        let schema = schema_of(&table(&["latency_mean", "other"]), &settings).expect("two names");
        assert_eq!(schema.groups(), ["latency"]);
        assert_eq!(schema.streams()[0].unit.as_deref(), Some("ms"));
        assert!(schema.links().is_empty());
    }

    #[test]
    fn a_preset_is_known_by_its_names_and_may_be_refused() {
        let table = table(&["latency_mean", "latency_p95", "latency_p99"]);
        let known = schema_of(&table, &Settings::default()).expect("three names");
        assert_eq!((known.name(), known.links().len()), ("service", 2));
        let refused = Settings { preset: Some(NO_PRESET.into()), ..Settings::default() };
        assert!(schema_of(&table, &refused).expect("three names").links().is_empty());
    }

    #[test]
    fn what_a_person_says_goes_first() {
        let mut table = table(&["a", "b"]);
        table.note.plan.zone = Zone { minutes: 60, changes: vec![(1, 120)], ..Zone::default() };
        let settings = Settings {
            kinds: [("b".to_string(), Kind::Sporadic)].into(),
            false_alarm_rate: Some(0.01),
            ..Settings::default()
        };
        let schema = schema_of(&table, &settings).expect("two names");
        assert_eq!((schema.streams()[1].kind, schema.false_alarm_rate()), (Kind::Sporadic, 0.01));
        assert_eq!([schema.local_ms(0), schema.local_ms(1)], [3_600_000, 7_200_001]);
        let settings = Settings { false_alarm_rate: Some(0.9), ..settings };
        assert!(schema_of(&table, &settings).is_err());
    }
}
