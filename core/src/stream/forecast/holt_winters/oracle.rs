//! The textbook's seasonal example, value for value.

use super::*;

/// Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 2nd edition, section 7.3, table 7.4: nights that
/// visitors spend in Australia, in millions, by quarter from 2005 to 2015.
const NIGHTS: [f64; 44] = [
    42.20566, 24.64917, 32.66734, 37.25735, 45.24246, 29.35048, 36.34421, 41.78208, 49.27660, 31.27540,
    37.85063, 38.83704, 51.23690, 31.83855, 41.32342, 42.79900, 55.70836, 33.40714, 42.31664, 45.15712,
    59.57608, 34.83733, 44.84168, 46.97125, 60.01903, 38.37118, 46.97586, 50.73380, 61.64687, 39.29957,
    52.67121, 54.33232, 66.83436, 40.87119, 51.82854, 57.49191, 65.25147, 43.06121, 54.76076, 59.83447,
    73.25703, 47.69662, 61.09777, 66.05576,
];
/// The book's parameters of the additive method. It smooths the season against the level before, we against the level
/// after, as most programs do; the book gives the factor between the two.
const LEVEL: f64 = 0.3063;
const TREND: f64 = 0.0001;
const SEASON: f64 = 0.4263 / (1.0 - LEVEL);

#[test]
fn the_textbook_example_of_holt_and_winters() {
    let pace = Pace { level: LEVEL, trend: TREND, season: SEASON, damping: 1.0 };
    let mut model = HoltWinters {
        values: 4,
        level: 32.26,
        trend: 0.70,
        season: vec![9.70, -9.31, -1.69, 1.31],
        ..HoltWinters::new(pace, 4)
    };
    let mut fitted = Vec::new();
    for nights in NIGHTS {
        fitted.push(model.next());
        model.learn(Moment::default(), nights);
    }
    for (quarter, expected) in
        [(0, 42.66), (1, 24.21), (2, 32.67), (3, 36.37), (40, 69.05), (41, 47.59), (42, 59.24), (43, 64.22)]
    {
        assert!((fitted[quarter] - expected).abs() < 0.01, "{quarter}: {} for {expected}", fitted[quarter]);
    }
    // The year that follows, as forecast at the end of 2015; the trend is a constant.
    for (ahead, expected) in [(1.0, 76.10), (2.0, 51.60), (3.0, 63.97), (4.0, 68.37)] {
        let found = model.level + ahead * model.trend + model.season[ahead as usize - 1];
        assert!((found - expected).abs() < 0.02, "{ahead} quarters ahead: {found} for {expected}");
    }
}
