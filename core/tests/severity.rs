//! How bad a lone spike is called: by its size, not by how long nothing like it was seen.

#[allow(dead_code, reason = "other tests ask for more of it")]
mod dice;

use dice::Dice;
use fourfold::{Engine, Frame, SchemaDraft, Severity};

/// What one of four noisy streams is called when, after so many frames, it is so many deviations off for one.
fn severity(frames: i64, deviations: f64) -> Severity {
    let schema = SchemaDraft::of_streams(["a", "b", "c", "d"]).validate().expect("valid");
    let mut engine = Engine::new(schema);
    let mut dice = Dice::new(9);
    // Twelve of them are about normal, with a deviation of one.
    let mut noise = || (0..12).map(|_| dice.share()).sum::<f64>() - 6.0;
    for frame in 0..frames {
        let values = [0; 4].map(|_| 50.0 + noise());
        engine.observe(Frame { at_ms: 60_000 * frame, values: &values }).expect("a frame");
    }
    let mut values = [0; 4].map(|_| 50.0 + noise());
    values[1] += deviations;
    engine.observe(Frame { at_ms: 60_000 * frames, values: &values }).expect("a frame").severity
}

#[test]
fn a_spike_is_as_bad_as_it_is_large() {
    for frames in [300, 1000, 2000, 6000] {
        let called = |deviations| severity(frames, deviations);
        assert!(called(6.0) <= Severity::Medium, "6 after {frames} frames: {:?}", called(6.0));
        assert!(called(10.0) >= Severity::Medium, "10 after {frames} frames: {:?}", called(10.0));
        for far in [20.0, 60.0, 1000.0] {
            assert_eq!(called(far), Severity::Critical, "{far} after {frames} frames");
        }
    }
}
