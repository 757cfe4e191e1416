//! What to know about how the file was read, and how long everything took.

use fourfold_web::chart::ticks::{Clock, grouped, length};
use fourfold_web::table::Note;
use leptos::prelude::*;

use super::form::frame_length;
use super::zones::zone_name;
use crate::session::{Phase, Session};

/// One line, with more on demand.
#[component]
pub(super) fn ImportNote(session: Session) -> impl IntoView {
    let lines = move || session.note.with(sentences);
    let took = move || match session.phase.get() {
        // After a word on an episode, or a replay.
        Phase::Done { reading_ms: 0.0, judging_ms, .. } => {
            format!("Judged again in {judging_ms:.0} ms, on this device.")
        }
        Phase::Done { reading_ms, judging_ms, .. } => {
            let rows = session.note.with(|note| note.rows) as f64;
            let pace = rows / (judging_ms.max(1.0) / 1000.0);
            format!(
                "Read in {reading_ms:.0} ms, judged in {judging_ms:.0} ms ({} rows a second), all on this device.",
                grouped(pace)
            )
        }
        _ => String::new(),
    };
    let digest = move || match session.phase.get() {
        Phase::Done { digest, .. } => digest,
        _ => String::new(),
    };
    view! {
        <section class="note" aria-label="About this file" data-test="note">
            <h2>"About this file"</h2>
            <ul>
                <For each=lines key=|line| line.clone() children=|line| view! { <li>{line}</li> } />
            </ul>
            {move || session.note.with(|note| (!note.bad_lines.is_empty()).then(|| view! {
                <table class="bad-lines" data-test="bad-lines">
                    <caption>"The first lines that could not be read"</caption>
                    <tbody>{note.bad_lines.iter().map(|bad| view! {
                        <tr><th scope="row">{bad.line}</th><td>{bad.why.clone()}<code>{bad.text.clone()}</code></td></tr>
                    }).collect_view()}</tbody>
                </table>
            }))}
            <p class="muted">{took}</p>
            <p class="muted">{move || match digest() {
                digest if digest.is_empty() => String::new(),
                digest => format!("Verdict digest {digest}: the same bits on every machine."),
            }}</p>
        </section>
    }
}

fn sentences(note: &Note) -> Vec<String> {
    let count = |number: u64, one: &str, many: &str| {
        format!("{} {}", grouped(number as f64), if number == 1 { one } else { many })
    };
    let plan = &note.plan;
    let mut lines = vec![match &note.time_column {
        Some(name) => format!(
            "{}{} by the time in “{name}”{}.",
            count(note.rows, "row", "rows"),
            match plan.interval_ms as f64 {
                _ if note.rows < 2 => String::new(),
                ms if ms < 1000.0 => ", several a second,".to_string(),
                ms => format!(", one every {},", length(ms, true)),
            },
            if plan.needs_zone {
                let why = if plan.zone_is_told { ", whose changes its rows follow" } else { "" };
                format!(", which names no zone: read as {}{why}", zone_name(&plan.zone))
            } else {
                String::new()
            }
        ),
        None => format!("{}, numbered: no column holds times.", count(note.rows, "row", "rows")),
    }];
    if note.doubled_rows > 0 {
        lines.push(format!(
            "{} in an hour that came twice, when the clock was put back: their order tells which.",
            count(note.doubled_rows, "row lies", "rows lie")
        ));
    }
    if note.skipped_rows > 0 {
        lines.push(format!(
            "{} in an hour that the clock skips, and moved on by it.",
            count(note.skipped_rows, "row lies", "rows lie")
        ));
    }
    if note.bad_rows > 0 {
        let line = note.bad_lines.first().map_or(0, |bad| bad.line);
        lines.push(format!(
            "{} unreadable and left out, the first at line {line}.",
            count(note.bad_rows, "line", "lines")
        ));
    }
    if let Some(group) = &note.group_column {
        lines.push(format!(
            "{} on single things, told apart by “{group}” and gathered in frames of {}.",
            count(note.events, "row", "rows"),
            length(plan.frame_ms.unwrap_or_default(), true)
        ));
    } else if let Some(frame_ms) = plan.frame_ms {
        lines.push(format!(
            "{} of the file, gathered by {}.",
            count(note.events, "row", "rows"),
            frame_length(frame_ms, &note.time_column.as_ref().map_or(Clock::Rows, |_| Clock::default()))
        ));
    }
    if let Some(label) = &note.label_column {
        lines.push(format!(
            "{} abnormal by “{label}”, which the engine does not see.",
            count(note.labelled_rows, "row is", "rows are")
        ));
    }
    if note.missing_cells > 0 {
        lines.push(format!("{} empty: gaps, not zeros.", count(note.missing_cells, "cell is", "cells are")));
    }
    if note.unreadable_cells > 0 {
        lines.push(format!(
            "{} text where a number should be, and count as missing.",
            count(note.unreadable_cells, "cell holds", "cells hold")
        ));
    }
    if note.sorted {
        lines.push("The rows were not in the order of time and have been sorted.".to_string());
    }
    if note.merged_rows > 0 {
        lines.push(format!(
            "{} the time of another and were merged into it.",
            count(note.merged_rows, "row had", "rows had")
        ));
    }
    if !note.text_columns.is_empty() {
        lines.push(format!("Left out: {}.", note.text_columns.join(", ")));
    }
    if !note.surplus_columns.is_empty() {
        lines.push(format!("Left out, more than 32 streams: {}.", note.surplus_columns.join(", ")));
    }
    lines
}
