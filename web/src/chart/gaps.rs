//! Where a stream says nothing, as stretches of pixels.

use super::pyramid::Pyramid;
use super::scale::{Scale, Span};
use super::trace::rows_in;

/// From and to, in pixels, of every stretch of at least a pixel in which there is no value: cells are empty, or rows are
/// further apart than `gap_ms`.
pub fn silences(times_ms: &[f64], lane: &Pyramid, span: Span, width_px: f64, gap_ms: f64) -> Vec<(f64, f64)> {
    let x = Scale::new(span.from_ms, span.to_ms, 0.0, width_px);
    let (from, to) = rows_in(times_ms, span);
    let to = to.min(lane.values().len());
    let mut found: Vec<(f64, f64)> = Vec::new();
    let mut row = from;
    // The end of what was heard last.
    let mut heard_px = 0.0_f64;
    while row < to {
        let left = x.px(times_ms[row]).floor();
        let end_ms = x.value(left + 1.0);
        let end = (row + times_ms[row..to].partition_point(|&at| at < end_ms)).max(row + 1);
        if lane.range(row, end).is_some() {
            add(&mut found, heard_px, left.min(width_px));
            // A value stands for the time until the next one is due.
            heard_px = x.px(times_ms[end - 1] + gap_ms / 3.0).max(left + 1.0);
        }
        row = end;
    }
    add(&mut found, heard_px, x.px(times_ms.last().copied().unwrap_or(span.to_ms)).min(width_px));
    found
}

fn add(found: &mut Vec<(f64, f64)>, from: f64, to: f64) {
    let from = from.max(0.0);
    if to - from >= 1.0 {
        found.push((from, to));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: Vec<f64>, width_px: f64) -> Vec<(f64, f64)> {
        let times: Vec<f64> = (0..values.len()).map(|row| row as f64 * 10.0).collect();
        let span = Span { from_ms: 0.0, to_ms: (values.len() - 1) as f64 * 10.0 };
        silences(&times, &Pyramid::new(values), span, width_px, 30.0)
    }

    #[test]
    fn empty_cells_are_silence_at_any_zoom() {
        for count in [101_usize, 10_001] {
            let mut values = vec![1.0; count];
            assert_eq!(found(values.clone(), 500.0), [], "{count}");
            values[count / 5..count / 5 * 2].fill(f64::NAN);
            let [(from, to)] = found(values, 500.0)[..] else { panic!("one stretch") };
            assert!((from - 100.0).abs() < 6.0 && (to - 200.0).abs() < 6.0, "{count}: {from} {to}");
        }
        assert_eq!(found(vec![f64::NAN; 50], 490.0), [(0.0, 490.0)]);
    }

    #[test]
    fn rows_far_apart_are_silence() {
        let times = [0.0, 10.0, 20.0, 80.0, 90.0, 100.0];
        let span = Span { from_ms: 0.0, to_ms: 100.0 };
        let found = silences(&times, &Pyramid::new(vec![1.0; 6]), span, 100.0, 30.0);
        assert_eq!(found, [(30.0, 80.0)]);
    }
}
