//! What happened, as timed symbols: who rose, who fell, who fell silent, who spoke up.

use alloc::vec::Vec;

use crate::cause::{Face, Scene, Suspect};
use crate::order;
use crate::schema::Change;

/// What must be held against a stream, in decades, for a change to be one: a frame in a hundred.
const TELLING: f64 = 2.0;
/// The same for what came before the trouble, where a lucky frame would pass for its beginning.
const TELLING_BEFORE: f64 = 3.0;
/// How many more it takes of a stream that is apart from the others: it may be them who left.
const APART_LESS: f64 = 2.0;
/// Calm frames after which the next change of a stream is another one.
const CALM_ROWS: usize = 6;
/// The share of earlier frames with a value from which on a stream is usually there, and up to which it usually is not.
const MOSTLY_THERE: f64 = 0.8;
const MOSTLY_AWAY: f64 = 0.2;
/// Frames without a value that make a silence, and earlier frames by which habits are known.
const SILENT_ROWS: usize = 2;
const HABIT_ROWS: usize = 200;
/// Deviations from which a lasting change counts although no single frame of it was telling.
const LASTING_SIZE: f64 = 9.0;
/// Symbols at most: the strongest.
pub(crate) const SYMBOLS_MOST: usize = 64;

/// One change of one stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Symbol {
    pub(crate) at_ms: i64,
    pub(crate) stream: usize,
    /// `Any` where it is odd in another way.
    pub(crate) change: Change,
    /// How strongly it speaks, in decades.
    pub(crate) strength: f64,
}

/// What happened in the trouble and in some rows before it, in the order of time. Suspects add what only shows over many
/// frames, and the first of them is always told.
pub(crate) fn symbols(scene: &Scene<'_>, rows_before: usize, suspects: &[Suspect]) -> Vec<Symbol> {
    let mut found = Vec::new();
    for stream in 0..scene.history.width() {
        changes(scene, stream, rows_before, &mut found);
        presence(scene, stream, &mut found);
    }
    let is_told =
        |place: usize, suspect: &Suspect| suspect.size >= LASTING_SIZE || place == 0 && suspect.weight > 0.0;
    for (_, suspect) in suspects.iter().enumerate().filter(|(place, suspect)| is_told(*place, suspect)) {
        let change = match suspect.face {
            Face::Level if suspect.is_low => Change::Down,
            Face::Level => Change::Up,
            Face::Stuck => Change::Any,
            Face::Missing => Change::Absent,
        };
        let is_known = |symbol: &Symbol| symbol.stream == suspect.stream && symbol.change == change;
        if !found.iter().any(is_known) {
            let symbol =
                Symbol { at_ms: suspect.onset_ms, stream: suspect.stream, change, strength: TELLING };
            found.push(symbol);
        }
    }
    if found.len() > SYMBOLS_MOST {
        order::few(&mut found, |one, other| {
            one.strength > other.strength || one.strength == other.strength && key(one) < key(other)
        });
        found.truncate(SYMBOLS_MOST);
    }
    order::few(&mut found, |one, other| key(one) < key(other));
    found
}

fn key(symbol: &Symbol) -> (i64, usize, u8) {
    (symbol.at_ms, symbol.stream, symbol.change as u8)
}

/// Rises and falls: a symbol where a run of telling frames begins, as strong as the run gets.
fn changes(scene: &Scene<'_>, stream: usize, rows_before: usize, found: &mut Vec<Symbol>) {
    let Scene { history, onset, end, .. } = *scene;
    // Where in `found` the newest rise and the newest fall are, and when they were last telling.
    let mut newest: [Option<(usize, usize)>; 2] = [None; 2];
    for row in onset.saturating_sub(rows_before)..=end {
        let mark = history.mark(row, stream);
        let evidence = mark.by_itself.max(mark.apart - APART_LESS);
        if evidence < (if row < onset { TELLING_BEFORE } else { TELLING }) {
            continue;
        }
        let change = if mark.is_low { Change::Down } else { Change::Up };
        let newest = &mut newest[usize::from(change == Change::Up)];
        match newest {
            Some((place, last)) if row - *last <= CALM_ROWS => {
                *last = row;
                let strength = &mut found[*place].strength;
                *strength = strength.max(evidence);
            }
            _ => {
                *newest = Some((found.len(), row));
                found.push(Symbol { at_ms: history.at_ms(row), stream, change, strength: evidence });
            }
        }
    }
}

/// Silence of who usually speaks, and the other way round.
fn presence(scene: &Scene<'_>, stream: usize, found: &mut Vec<Symbol>) {
    let Scene { history, onset, end, .. } = *scene;
    let is_there = |row: usize| !history.value(row, stream).is_nan();
    let earlier = onset.saturating_sub(HABIT_ROWS)..onset;
    let known = earlier.len();
    let share = earlier.filter(|&row| is_there(row)).count() as f64 / known.max(1) as f64;
    let change = match share {
        share if known > SILENT_ROWS && share >= MOSTLY_THERE => Change::Absent,
        share if known > SILENT_ROWS && share <= MOSTLY_AWAY => Change::Present,
        _ => return,
    };
    let is_unusual = |row: usize| is_there(row) == (change == Change::Present);
    let mut run = 0;
    for row in onset..=end {
        run = if is_unusual(row) { run + 1 } else { 0 };
        let is_long_enough = run == if change == Change::Absent { SILENT_ROWS } else { 1 };
        if is_long_enough {
            found.push(Symbol { at_ms: history.at_ms(row + 1 - run), stream, change, strength: TELLING });
        }
    }
}
