//! The rows that every tool gets: normal numbers, then the same five standard deviations higher; with and without bad
//! numbers in the same places.

use fourfold_sim::Random;
use serde_json::{Value, json};

/// Rows before the shift, and from it on.
pub(super) const NORMAL: usize = 600;
const SHIFTED: usize = 300;
const SHIFT: f64 = 5.0;
/// Rows with bad numbers: from the very first on, alone and two together.
pub(super) const PLACES: [usize; 5] = [0, 3, 200, 201, 500];
/// Rows after the last bad number: their scores are compared.
pub(super) const LATER: usize = NORMAL + SHIFTED - PLACES[4] - 1;
/// The last of these are normal, or shifted.
pub(super) const LATER_NORMAL: usize = LATER - SHIFTED;
/// Series beside ours, for tools that compare series with each other.
const PEERS: u64 = 4;
const SEED: u64 = 7;
const MINUTE_MS: i64 = 60_000;
/// A Monday. Tools without a clock ignore it.
const START_MS: i64 = 1_725_235_200_000;

/// Every run with bad numbers, and the run that it must not differ from: a declared gap stood there, or plain zero where
/// the number is zero in disguise, or nothing at all.
pub(super) const CASES: [(&str, &str); 8] = [
    ("NaN", "gap"),
    ("infinity", "gap"),
    ("-infinity", "gap"),
    ("1e308", "gap"),
    ("-0", "zero"),
    ("5e-324", "zero"),
    ("time twice", "plain"),
    ("time back", "plain"),
];

#[derive(Clone)]
pub(super) struct Row {
    pub(super) at_ms: i64,
    /// `None` is a declared gap.
    pub(super) value: Option<f64>,
    peers: Vec<f64>,
}

pub(super) struct Run {
    pub(super) name: &'static str,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Script {
    pub(super) runs: Vec<Run>,
}

impl Script {
    pub(super) fn new() -> Self {
        let plain: Vec<Row> = (0..NORMAL + SHIFTED).map(honest).collect();
        let with = |name, number: Option<f64>| {
            let mut rows = plain.clone();
            PLACES.iter().for_each(|&place| rows[place].value = number);
            Run { name, rows }
        };
        let inserted = |name, back: usize| {
            let mut rows = plain.clone();
            for &place in PLACES.iter().rev() {
                let again = plain[place.saturating_sub(back)].clone();
                rows.insert(place + 1, again);
            }
            Run { name, rows }
        };
        let mut runs = vec![
            with("gap", None),
            with("NaN", Some(f64::NAN)),
            with("infinity", Some(f64::INFINITY)),
            with("-infinity", Some(f64::NEG_INFINITY)),
            with("1e308", Some(1e308)),
            with("zero", Some(0.0)),
            with("-0", Some(-0.0)),
            with("5e-324", Some(5e-324)),
            inserted("time twice", 0),
            inserted("time back", 10),
        ];
        runs.push(Run { name: "plain", rows: plain });
        Self { runs }
    }

    /// Numbers as text, because JSON has no word for those that matter here.
    pub(super) fn to_json(&self) -> String {
        let row = |row: &Row| json!([row.at_ms, row.value.map(|value| format!("{value:?}")), row.peers]);
        let run =
            |run: &Run| json!({ "name": run.name, "rows": run.rows.iter().map(row).collect::<Vec<Value>>() });
        json!({ "runs": self.runs.iter().map(run).collect::<Vec<Value>>() }).to_string()
    }
}

fn honest(row: usize) -> Row {
    let normal = |series: u64| Random::at(SEED, series, row as u64).normal();
    let shift = if row >= NORMAL { SHIFT } else { 0.0 };
    Row {
        at_ms: START_MS + row as i64 * MINUTE_MS,
        value: Some(normal(0) + shift),
        peers: (1..=PEERS).map(normal).collect(),
    }
}
