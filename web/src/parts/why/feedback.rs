//! Real or expected: what a person says of an episode, and what it changed.

use fourfold::Label;
use leptos::prelude::*;

use crate::link::Link;
use crate::session::{Lesson, Session};

/// Two buttons, undo, and a sentence on what the engine made of it.
#[component]
pub(super) fn Feedback(session: Session, link: Link, opened: i64) -> impl IntoView {
    let said = move || session.label_of(opened);
    let has_said_none = move || session.said.with(Vec::is_empty) && session.earlier.get().1 == 0;
    let button = move |label: Label, text: &'static str, title: &'static str, test: &'static str| {
        let is_said = move || said() == Some(label);
        view! {
            <button class="button" class:chosen=is_said data-test=test title=title
                aria-pressed=move || is_said().to_string()
                on:click=move |_| if !is_said() { link.label(opened, label) }>
                {move || if is_said() { "✓ " } else { "" }}{text}
            </button>
        }
    };
    view! {
        <div class="feedback" role="group" aria-label="Was this a real problem?">
            <p><b>"Was it a problem?"</b></p>
            <div class="feedback-buttons">
                {button(Label::Real, "Real", "Worth an alarm: look for its like", "real")}
                {button(Label::Expected, "Expected", "Fine: raise no alarm for its like", "expected")}
                <button class="quiet" data-test="undo" disabled=has_said_none
                    on:click=move |_| link.undo()>"Undo"</button>
            </div>
            <p class="lesson" role="status" data-test="lesson">
                {move || session.lesson.get().map(|lesson| sentence(&lesson))}
            </p>
        </div>
    }
}

fn sentence(lesson: &Lesson) -> String {
    let moments = |count: usize| match count {
        1 => "1 moment".to_string(),
        count => format!("{count} moments"),
    };
    let Some((gone, new)) = lesson.changed else { return "The engine is learning it…".to_string() };
    let start = match lesson.label {
        Some(Label::Expected) => "Learned: this is fine.",
        Some(Label::Real) => "Learned: this is real.",
        None => "Taken back.",
    };
    let change = match (gone, new) {
        (0, 0) if lesson.label.is_some() => {
            " Nothing else in this file changes; its like will be known from now on.".to_string()
        }
        (0, 0) => " Everything is as it was.".to_string(),
        (gone, 0) => format!(" {} like it no longer raises an alarm.", moments(gone)),
        (0, new) => format!(" {} raised again.", moments(new)),
        (gone, new) => format!(" {} gone, {} new.", moments(gone), moments(new)),
    };
    format!("{start}{change}")
}
