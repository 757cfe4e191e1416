//! A correlation over lags as bars around a zero line.

use super::scale::Scale;

/// One lag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The middle of the bar.
    pub x_px: f64,
    /// Its upper end.
    pub top_px: f64,
    /// How long it is.
    pub height_px: f64,
    /// Whether it is the strongest.
    pub is_peak: bool,
}

/// Bars for `points` (lag, correlation) in a box; lags without enough values have none.
pub fn bars(points: &[(f64, Option<f64>)], width_px: f64, height_px: f64) -> Vec<Bar> {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else { return Vec::new() };
    let room_px = width_px / points.len() as f64 / 2.0;
    let x = Scale::new(*first, *last, room_px, width_px - room_px);
    let y = Scale::new(-1.0, 1.0, height_px, 0.0);
    let size = |r: &Option<f64>| r.map_or(0.0, f64::abs);
    let most = points.iter().map(|(_, r)| size(r)).fold(0.0, f64::max);
    let told = points.iter().filter_map(|(lag, r)| {
        let r = (*r)?;
        let (zero, end) = (y.px(0.0), y.px(r));
        let height_px = (zero - end).abs().max(1.0);
        Some(Bar { x_px: x.px(*lag), top_px: zero.min(end), height_px, is_peak: r.abs() >= most })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_from_the_middle_and_the_strongest_is_marked() {
        let points = [(-60.0, Some(0.5)), (0.0, None), (60.0, Some(-1.0))];
        let bars = bars(&points, 300.0, 100.0);
        assert_eq!(bars.len(), 2);
        assert_eq!(
            (bars[0].x_px, bars[0].top_px, bars[0].height_px, bars[0].is_peak),
            (50.0, 25.0, 25.0, false)
        );
        assert_eq!(
            (bars[1].x_px, bars[1].top_px, bars[1].height_px, bars[1].is_peak),
            (250.0, 50.0, 50.0, true)
        );
    }
}
