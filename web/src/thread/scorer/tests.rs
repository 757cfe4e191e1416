use super::*;
use crate::table::Column;
use crate::thread::Settings;
use crate::thread::schema::schema_of;

const START_MS: i64 = 1_700_000_000_000;
const PEAK_MS: i64 = START_MS + 48_000_000;

fn table(rows: i64, hole: std::ops::Range<i64>) -> Table {
    let times_ms: Vec<i64> =
        (0..rows).filter(|row| !hole.contains(row)).map(|row| START_MS + row * 60_000).collect();
    let wave =
        |at: &i64| f64::from((at / 60_000 * 7919 % 13) as i32) + if *at == PEAK_MS { 500.0 } else { 0.0 };
    let columns = ["a", "b"].map(|name| Column {
        name: name.into(),
        values: times_ms.iter().map(wave).collect(),
        ..Column::default()
    });
    Table { times_ms, columns: columns.into(), ..Table::default() }
}

fn judged(table: &Table) -> (Judged, String) {
    let mut scorer = Scorer::new(table, schema_of(table, &Settings::default()).expect("two names"));
    let (mut all, mut episodes) = (Judged::default(), Vec::<EpisodeJson<'static>>::new());
    while scorer.step(table, &[], BATCH_ROWS, &mut all, &mut |_| ()).expect("ascending times") {
        for episode in all.episodes.drain(..) {
            episodes.retain(|known| known.id != episode.id);
            episodes.push(episode);
        }
    }
    all.episodes = episodes;
    (all, scorer.digest())
}

#[test]
fn steps_give_what_one_call_gives() {
    let table = table(1000, 0..0);
    let (all, digest) = judged(&table);
    let mut engine = Engine::new(schema_of(&table, &Settings::default()).expect("two names"));
    let rows: Vec<f64> =
        (0..1000).flat_map(|row| table.columns.iter().map(move |column| column.values[row])).collect();
    let mut scores = Vec::new();
    engine.observe_batch(&table.times_ms, &rows, |_, verdict| scores.push(verdict.score)).expect("a batch");
    assert_eq!(all.scores, scores);
    assert_eq!(digest, judged(&table).1);
    assert!(all.episodes.iter().any(|episode| episode.peak == PEAK_MS), "{:?}", all.episodes);
    assert_eq!(all.episodes.len(), engine.episodes().len());
}

#[test]
fn a_hole_in_the_rows_is_judged_in_its_place() {
    // Habits take a week to learn; the hole is an hour on the eighth day.
    let (all, _) = judged(&table(12_000, 11_000..11_060));
    assert_eq!(all.times_ms.len(), all.scores.len());
    let hole = (START_MS + 11_000 * 60_000) as f64..(START_MS + 11_060 * 60_000) as f64;
    let inside = all.times_ms.iter().filter(|&at| hole.contains(at)).count();
    assert_eq!(inside, 1, "a silence is told once");
    assert!(all.episodes.iter().any(|episode| episode.cause.is_some()), "{:?}", all.episodes);
    assert!(all.times_ms.windows(2).all(|pair| pair[0] < pair[1]));
}
