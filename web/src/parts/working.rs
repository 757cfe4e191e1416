//! How far the work is, and a way to stop it.

use fourfold_web::chart::ticks::grouped;
use leptos::prelude::*;

use crate::link::Link;
use crate::session::{Phase, Session};

/// Rows a second, and the name of that.
const PACES: [(Option<f64>, &str); 4] = [
    (None, "as fast as it goes"),
    (Some(2000.0), "2,000 rows a second"),
    (Some(500.0), "500 rows a second"),
    (Some(50.0), "50 rows a second"),
];

/// From so many rows on it is worth a word that they can be gathered: one row costs some hundredths of a millisecond.
const ROWS_MANY: u64 = 300_000;

/// A line while there is work, a sentence when it could not be done.
#[component]
pub(crate) fn Working(session: Session, link: Link) -> impl IntoView {
    let rows = move || session.note.with(|note| note.rows);
    let share = move || match session.phase.get() {
        Phase::Reading { share, .. } => Some(share),
        Phase::Judging => Some(f64::from(session.rows_judged.get()) / (rows() as f64).max(1.0)),
        _ => None,
    };
    let sentence = move || match session.phase.get() {
        Phase::Reading { rows, .. } => format!("Reading: {} rows", grouped(f64::from(rows))),
        Phase::Judging => {
            let done = f64::from(session.rows_judged.get());
            let spent_ms = js_sys::Date::now() - session.judging_since_ms.get();
            let left_s = spent_ms / done.max(1.0) * (rows() as f64 - done) / 1000.0;
            // An estimate before a quarter of a second of work is a guess.
            let left =
                if spent_ms > 250.0 { format!(", about {:.0} s left", left_s.ceil()) } else { String::new() };
            let left = if session.controls.is_paused.get() { ", paused".to_string() } else { left };
            format!("Judging: {} of {} rows{left}", grouped(done), grouped(rows() as f64))
        }
        _ => String::new(),
    };
    let is_long = move || rows() >= ROWS_MANY && session.controls.pace.get().is_none();
    view! {
        <Show when=move || share().is_some()>
            <section class="working" aria-label="Progress">
                <progress max="1" value=move || share().unwrap_or(0.0) aria-label="Share done"></progress>
                <p role="status" data-test="progress">{sentence}</p>
                <Show when=is_long><p class="muted" data-test="gather">"Gathered they are judged sooner: see “Rows are gathered by” under “File”."</p></Show>
                <div class="work-buttons">
                    <select aria-label="Pace" data-test="pace" on:change=move |event| {
                        session.controls.pace.set(event_target_value(&event).parse().ok());
                        link.send_pace();
                    }>
                        {PACES.map(|(rows_per_s, name)| {
                            let is_chosen = move || session.controls.pace.get() == rows_per_s;
                            view! { <option value=rows_per_s.map(|pace| pace.to_string()).unwrap_or_default() selected=is_chosen>{name}</option> }
                        }).collect_view()}
                    </select>
                    <button class="button" data-test="pause" on:click=move |_| {
                        session.controls.is_paused.update(|is_paused| *is_paused = !*is_paused);
                        link.send_pace();
                    }>{move || if session.controls.is_paused.get() { "Go on" } else { "Pause" }}</button>
                    <button class="button" data-test="cancel" on:click=move |_| link.cancel()>"Cancel"</button>
                </div>
            </section>
        </Show>
        {move || match session.phase.get() {
            Phase::Failed(message) => Some(view! {
                <section class="fault" role="alert" data-test="fault">
                    <b>"That did not work."</b><p>{message}</p>
                    <Show when=move || session.settings.with(|settings| *settings != Default::default())>
                        <button class="button" on:click=move |_| link.reopen(Default::default())>"Back to what was guessed"</button>
                    </Show>
                </section>
            }.into_any()),
            Phase::Cancelled => Some(view! {
                <section class="fault calm" role="status" data-test="cancelled">
                    <b>"Cancelled."</b>
                    <p>"What was judged until then is shown below. Open the file again to start over."</p>
                </section>
            }.into_any()),
            _ => None,
        }}
    }
}
