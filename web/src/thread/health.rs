//! How every stream is, as the page shows it.

use fourfold::Engine;
use fourfold::stream::Gap;

use super::HealthNote;

/// Of every stream, at the engine's newest frame.
pub fn health_of(engine: &Engine) -> Vec<HealthNote> {
    let now_ms = engine.last_frame_ms().unwrap_or(0);
    let (health, quality) = (engine.health(now_ms).streams, engine.quality(now_ms));
    let parts = health.into_iter().zip(quality).zip(engine.models());
    parts
        .map(|((health, quality), model)| {
            let mut remarks = Vec::new();
            let mut note = |is_so: bool, text: String| {
                if is_so {
                    remarks.push(text);
                }
            };
            note(health.overdue_since_ms.is_some(), "overdue".to_string());
            note(health.drifting, "drifts or moved to another level".to_string());
            note(health.needs_retraining, "is learned anew after a long absence".to_string());
            let counted = |count: u64, what: &str| format!("{count} {what}");
            note(quality.not_a_number > 0, counted(quality.not_a_number, "values are no numbers"));
            note(quality.insane > 0, counted(quality.insane, "values can be no measurement"));
            note(quality.out_of_bounds > 0, counted(quality.out_of_bounds, "values out of bounds"));
            HealthNote {
                available: health.available,
                gap: gap_word(health.gap).to_string(),
                fitness: health.fitness,
                remarks,
                usual_gap_ms: health.usual_gap_ms.map(|ms| ms as f64),
                model: model.model.to_string(),
                error: model.error,
                rival_error: model.rival_error,
                values: quality.values,
                validity: quality.validity,
            }
        })
        .collect()
}

fn gap_word(gap: Gap) -> &'static str {
    match gap {
        Gap::None => "here",
        Gap::Point => "one reading lost",
        Gap::Short => "short gap",
        Gap::Medium => "interrupted",
        Gap::LongOutage => "long outage",
        Gap::Permanent => "gone",
    }
}

#[cfg(test)]
mod tests {
    use fourfold::{Frame, SchemaDraft};

    use super::*;

    #[test]
    fn who_is_gone_and_who_is_odd_is_said_in_words() {
        let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b"]).validate().expect("two names"));
        for minute in 0..400_i64 {
            let a = if minute == 7 { f64::INFINITY } else { (minute % 9) as f64 };
            let b = if minute < 300 { (minute % 7) as f64 } else { f64::NAN };
            engine.observe(Frame { at_ms: 60_000 * minute, values: &[a, b] }).expect("a good frame");
        }
        let [a, b] = health_of(&engine).try_into().expect("two streams");
        assert_eq!((a.gap.as_str(), b.gap.as_str()), ("here", "long outage"));
        assert_eq!(a.remarks, ["1 values are no numbers"]);
        assert!(b.available < 0.9 && b.remarks.contains(&"overdue".to_string()), "{b:?}");
        assert!(a.error.is_some() && !a.model.is_empty());
    }
}
