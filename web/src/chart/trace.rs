//! The line of a lane: one vertical stroke per pixel column where rows are dense, point to point where they are not.

use super::pyramid::Pyramid;
use super::scale::{Scale, Span};

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stroke {
    /// A new beginning, after a gap.
    Start(f64, f64),
    /// On from there.
    Line(f64, f64),
}

/// The rows of a span, with one more on either side so that lines leave the picture instead of ending in it.
pub fn rows_in(times_ms: &[f64], span: Span) -> (usize, usize) {
    let from = times_ms.partition_point(|&at| at < span.from_ms);
    let to = times_ms.partition_point(|&at| at <= span.to_ms);
    (from.saturating_sub(1), (to + 1).min(times_ms.len()))
}

/// The strokes of `lane` in `span`. Rows further apart than `gap_ms` are not joined, nor are rows around a NaN.
pub fn trace(
    times_ms: &[f64],
    lane: &Pyramid,
    span: Span,
    x: Scale,
    y: Scale,
    width_px: f64,
    gap_ms: f64,
) -> Vec<Stroke> {
    let (from, to) = rows_in(times_ms, span);
    let to = to.min(lane.values().len());
    if from >= to {
        return Vec::new();
    }
    if to.saturating_sub(from) as f64 <= width_px * 2.0 {
        point_to_point(times_ms, lane, from, to, x, y, gap_ms)
    } else {
        by_column(times_ms, lane, from, to, x, y, width_px, gap_ms)
    }
}

fn point_to_point(
    times_ms: &[f64],
    lane: &Pyramid,
    from: usize,
    to: usize,
    x: Scale,
    y: Scale,
    gap_ms: f64,
) -> Vec<Stroke> {
    let mut strokes = Vec::with_capacity(to.saturating_sub(from));
    let mut last_ms = f64::NEG_INFINITY;
    for (&at_ms, &value) in times_ms[from..to].iter().zip(&lane.values()[from..to]) {
        if value.is_nan() {
            last_ms = f64::NEG_INFINITY;
            continue;
        }
        let point = (x.px(at_ms), y.px(value));
        let is_joined = at_ms - last_ms <= gap_ms;
        strokes.push(if is_joined {
            Stroke::Line(point.0, point.1)
        } else {
            Stroke::Start(point.0, point.1)
        });
        last_ms = at_ms;
    }
    strokes
}

#[expect(clippy::too_many_arguments, reason = "one call, from `trace`, whose arguments these are")]
fn by_column(
    times_ms: &[f64],
    lane: &Pyramid,
    from: usize,
    to: usize,
    x: Scale,
    y: Scale,
    width_px: f64,
    gap_ms: f64,
) -> Vec<Stroke> {
    let mut strokes = Vec::with_capacity(width_px as usize * 2);
    let mut row = from;
    let mut last_ms = f64::NEG_INFINITY;
    let mut column = x.px(times_ms[from]).floor();
    while row < to {
        let end_ms = x.value(column + 1.0);
        let end = row + times_ms[row..to].partition_point(|&at| at < end_ms);
        if end > row {
            match lane.range(row, end) {
                Some([low, high]) => {
                    let middle = column + 0.5;
                    let is_joined = times_ms[row] - last_ms <= gap_ms;
                    let top = y.px(high);
                    strokes.push(if is_joined {
                        Stroke::Line(middle, top)
                    } else {
                        Stroke::Start(middle, top)
                    });
                    // At least a pixel tall: a flat stretch is a line too.
                    strokes.push(Stroke::Line(middle, y.px(low).max(top + 0.5)));
                    last_ms = times_ms[end - 1];
                }
                None => last_ms = f64::NEG_INFINITY,
            }
            row = end;
        }
        column += 1.0;
        if row < to && times_ms[row] >= x.value(column + 1.0) {
            column = x.px(times_ms[row]).floor();
        }
    }
    strokes
}

/// The distance between rows above which a line is broken: three usual intervals.
pub fn gap_ms(times_ms: &[f64]) -> f64 {
    let mut steps: Vec<f64> = times_ms.windows(2).take(4096).map(|pair| pair[1] - pair[0]).collect();
    if steps.is_empty() {
        return f64::INFINITY;
    }
    let middle = steps.len() / 2;
    *steps.select_nth_unstable_by(middle, f64::total_cmp).1 * 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(strokes: &[Stroke]) -> usize {
        strokes.iter().filter(|stroke| matches!(stroke, Stroke::Start(..))).count()
    }

    fn traced(times_ms: &[f64], values: Vec<f64>) -> Vec<Stroke> {
        let span = Span { from_ms: times_ms[0], to_ms: times_ms[times_ms.len() - 1] };
        let x = Scale::new(span.from_ms, span.to_ms, 0.0, 100.0);
        trace(
            times_ms,
            &Pyramid::new(values),
            span,
            x,
            Scale::new(0.0, 100.0, 50.0, 0.0),
            100.0,
            gap_ms(times_ms),
        )
    }

    #[test]
    fn a_gap_is_a_visible_gap() {
        for count in [50_usize, 5000] {
            let times: Vec<f64> = (0..count).map(|row| row as f64).collect();
            let whole = vec![1.0; count];
            let mut holed = whole.clone();
            holed[count / 2..count / 2 + count / 10].fill(f64::NAN);
            let mut jumping = times.clone();
            jumping[count / 2..].iter_mut().for_each(|at| *at += count as f64);
            assert_eq!(starts(&traced(&times, whole.clone())), 1, "{count} rows");
            assert_eq!(starts(&traced(&times, holed)), 2, "{count} rows with missing values");
            assert_eq!(starts(&traced(&jumping, whole)), 2, "{count} rows with missing rows");
        }
    }

    #[test]
    fn no_spike_is_lost_among_many_rows() {
        let times: Vec<f64> = (0..100_000).map(f64::from).collect();
        let mut values = vec![1.0; times.len()];
        values[54_321] = 100.0;
        let strokes = traced(&times, values);
        assert!(strokes.len() <= 210, "{} strokes", strokes.len());
        assert!(strokes.iter().any(|stroke| matches!(stroke, Stroke::Line(_, y) if *y < 0.1)));
    }
}
