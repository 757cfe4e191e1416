//! From values to pixels and back.

/// A straight line from a domain to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    from: f64,
    to: f64,
    start_px: f64,
    end_px: f64,
}

impl Scale {
    /// Maps `from` to `start_px` and `to` to `end_px`. An empty domain is widened, so that nothing divides by zero.
    pub fn new(from: f64, to: f64, start_px: f64, end_px: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self { from, to, start_px, end_px }
    }

    /// Where a value lies.
    pub fn px(&self, value: f64) -> f64 {
        self.start_px + (value - self.from) / (self.to - self.from) * (self.end_px - self.start_px)
    }

    /// Which value lies there.
    pub fn value(&self, px: f64) -> f64 {
        self.from + (px - self.start_px) / (self.end_px - self.start_px) * (self.to - self.from)
    }
}

/// A stretch of time that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// Its start.
    pub from_ms: f64,
    /// Its end.
    pub to_ms: f64,
}

impl Span {
    /// How long it is.
    pub fn length_ms(&self) -> f64 {
        self.to_ms - self.from_ms
    }

    /// Zoomed by `factor` (below 1 is closer) around a moment that stays where it is, inside `whole`, and no closer
    /// than `least_ms`.
    pub fn zoomed(&self, around_ms: f64, factor: f64, whole: Span, least_ms: f64) -> Self {
        let length_ms = (self.length_ms() * factor).clamp(least_ms.min(whole.length_ms()), whole.length_ms());
        let share = (around_ms - self.from_ms) / self.length_ms().max(f64::MIN_POSITIVE);
        let from_ms = around_ms - share * length_ms;
        Self { from_ms, to_ms: from_ms + length_ms }.inside(whole)
    }

    /// Moved, inside `whole`.
    pub fn moved(&self, by_ms: f64, whole: Span) -> Self {
        Self { from_ms: self.from_ms + by_ms, to_ms: self.to_ms + by_ms }.inside(whole)
    }

    fn inside(self, whole: Span) -> Self {
        let from_ms = self.from_ms.min(whole.to_ms - self.length_ms()).max(whole.from_ms);
        Self { from_ms, to_ms: (from_ms + self.length_ms()).min(whole.to_ms) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_goes_both_ways() {
        let scale = Scale::new(10.0, 20.0, 100.0, 0.0);
        assert_eq!((scale.px(10.0), scale.px(20.0), scale.px(15.0)), (100.0, 0.0, 50.0));
        assert_eq!(scale.value(25.0), 17.5);
        assert!(Scale::new(5.0, 5.0, 0.0, 10.0).px(5.0).is_finite());
    }

    #[test]
    fn zooming_keeps_the_moment_and_the_whole() {
        let whole = Span { from_ms: 0.0, to_ms: 1000.0 };
        let closer = whole.zoomed(250.0, 0.5, whole, 1.0);
        assert_eq!(closer, Span { from_ms: 125.0, to_ms: 625.0 });
        assert_eq!(closer.zoomed(250.0, 100.0, whole, 1.0), whole);
        assert_eq!(closer.moved(9999.0, whole), Span { from_ms: 500.0, to_ms: 1000.0 });
        assert_eq!(closer.zoomed(125.0, 0.0, whole, 10.0).length_ms(), 10.0);
    }
}
