//! Tier 2 by itself, as a filter: one JSON row per line in, `{"t": time, "v": [values]}`, one number per line out. It
//! is how detection quality is measured from outside.
//!
//! `joint_adaptor [--output novelty|dependence|forest|calibrated]`

use std::io::{BufRead, Write};

use fourfold::joint::{Joint, JointVerdict};
use fourfold::{Frame, SchemaDraft};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let output = match arguments.as_slice() {
        [] => "novelty",
        [flag, output] if flag == "--output" => output.as_str(),
        _ => return Err("usage: joint_adaptor [--output novelty|dependence|forest|calibrated]".into()),
    };
    let mut joint = None;
    let mut answers = std::io::stdout().lock();
    for (row, line) in std::io::stdin().lock().lines().enumerate() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let values: Vec<f64> = (line["v"].as_array().ok_or("a row has an array `v`")?.iter())
            .map(|value| value.as_f64().unwrap_or(f64::NAN))
            .collect();
        if joint.is_none() {
            let names = (0..values.len()).map(|stream| format!("s{stream}"));
            joint = Some(Joint::new(&SchemaDraft::of_streams(names).validate()?));
        }
        let Some(joint) = &mut joint else { continue };
        let verdict = joint.observe(Frame { at_ms: 60_000 * row as i64, values: &values });
        writeln!(answers, "{}", number(&verdict, output)?)?;
        answers.flush()?;
    }
    Ok(())
}

fn number(verdict: &JointVerdict, output: &str) -> Result<f64, String> {
    match output {
        "novelty" => Ok(verdict.novelty.oddness.unwrap_or(0.0)),
        "dependence" => Ok(verdict.dependence.oddness.unwrap_or(0.0)),
        "forest" => Ok(verdict.forest.oddness.unwrap_or(0.0)),
        "calibrated" => Ok(verdict.novelty.chance.recip()),
        other => Err(format!("there is no output `{other}`")),
    }
}
