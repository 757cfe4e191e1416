//! From when to when: the frames around one that belong to the same trouble.

use super::history::History;

/// Frames back and forth in which the trouble is looked for.
const REACH: usize = 300;
/// So many calm frames in a row end it.
const CALM_FRAMES: usize = 3;
/// Decades that make a frame part of it: half of what the frames up to it reached, within these limits.
const PEAK_SHARE: f64 = 0.5;
const LEAST: f64 = 1.3;
const MOST: f64 = 2.0;
/// Frames whose highest is below this are calm.
const CALM: f64 = 1.6;
/// Frames whose highest is the peak.
const PEAK_FRAMES: usize = 6;

/// The first row of the trouble around a row. A calm frame may still be part of it: what lasts becomes usual in time, so
/// the most unusual alarm before it counts.
pub(crate) fn onset(history: &History, row: usize) -> usize {
    let is_news = (row.saturating_sub(PEAK_FRAMES)..=row).any(|row| history.is_alarm(row));
    let is_calm = !is_news && peak(history, row, CALM_FRAMES) < CALM;
    let alarms = (row.saturating_sub(REACH)..=row).filter(|&row| is_calm && history.is_alarm(row));
    let most_unusual = alarms.fold(None, |most: Option<usize>, next| match most {
        Some(most) if history.decades(most) > history.decades(next) => Some(most),
        _ => Some(next),
    });
    let row = most_unusual.unwrap_or(row);
    reached(history, row, (row.saturating_sub(REACH)..row).rev())
}

/// The last row of the trouble, as far as it is known by now.
pub(crate) fn end(history: &History, row: usize) -> usize {
    reached(history, row, row + 1..history.len().min(row + REACH))
}

fn peak(history: &History, row: usize, frames: usize) -> f64 {
    (row.saturating_sub(frames)..=row).map(|row| history.decades(row)).fold(0.0, f64::max)
}

/// The last of `rows` before several calm ones come in a row.
fn reached(history: &History, row: usize, rows: impl Iterator<Item = usize>) -> usize {
    let least = (PEAK_SHARE * peak(history, row, PEAK_FRAMES)).clamp(LEAST, MOST);
    let (mut place, mut calm) = (row, 0);
    for row in rows {
        if history.decades(row) >= least {
            (place, calm) = (row, 0);
        } else {
            calm += 1;
            if calm > CALM_FRAMES {
                break;
            }
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;
    use crate::verdict::Verdict;

    #[test]
    fn trouble_has_short_breaks_and_may_be_over() {
        let schema = SchemaDraft::of_streams(["a"]).validate().expect("valid");
        let mut history = History::new(&schema);
        let mut verdict = Verdict::blank(&schema);
        for row in 0..500 {
            verdict.score = match row {
                100..104 | 106..110 => 0.9999,
                _ => 0.5,
            };
            verdict.alarm = row == 101;
            verdict.at_ms = row;
            history.learn(&[Some(0.0)], &verdict);
        }
        assert_eq!((onset(&history, 107), end(&history, 102)), (100, 109));
        assert_eq!((onset(&history, 50), end(&history, 50)), (50, 50));
        // Long after, with an alarm in reach, and beyond it.
        assert_eq!((onset(&history, 200), onset(&history, 450)), (100, 450));
    }
}
