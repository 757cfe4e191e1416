//! The list of things that happened.

mod words;

use fourfold::wire::EpisodeJson;
use fourfold::{Label, Severity};
use fourfold_web::chart::ticks::{length, moment};
use leptos::html::Li;
use leptos::prelude::*;

use super::{Agreed, ControlBar, WhyPanel, into_view, look_for};
use crate::link::Link;
use crate::session::{Phase, Session};
use words::sentence;

/// With fewer rows nothing can be told from chance.
const ROWS_LEAST: u64 = 50;

/// When, how bad, and why; a click zooms there.
#[component]
pub(crate) fn Episodes(session: Session, link: Link) -> impl IntoView {
    let count = move || session.episodes.with(Vec::len);
    let is_short = move || session.note.with(|note| note.rows < ROWS_LEAST);
    let heading = move || match (count(), session.phase.get()) {
        (0, Phase::Done { .. }) if is_short() => "Too few rows to judge".to_string(),
        (0, Phase::Done { .. }) => "Nothing abnormal".to_string(),
        (0, _) => "Abnormal moments".to_string(),
        (1, _) => "1 abnormal moment".to_string(),
        (count, _) => format!("{count} abnormal moments"),
    };
    let in_order = move || {
        let mut episodes = session.episodes.get();
        // At first they come in their order: a list that is read does not move.
        let is_coming = session.phase.get() == Phase::Judging && session.lesson.with(Option::is_none);
        if session.controls.worst_first.get() && !is_coming {
            // Stable: of equals the earlier first.
            episodes.sort_by(|one, other| {
                let by_severity = other.severity.cmp(&one.severity);
                by_severity.then_with(|| other.peak_score.total_cmp(&one.peak_score))
            });
        }
        episodes
    };
    view! {
        <section class="episodes" aria-label="Abnormal moments">
            <div class="list-head">
                <h2 data-test="episode-count">{heading}</h2>
                <Show when=move || 1 < count()>
                    <label class="switch"><input type="checkbox" data-test="worst-first" prop:checked=session.controls.worst_first
                        on:change=move |event| session.controls.worst_first.set(event_target_checked(&event)) />"Worst first"</label>
                </Show>
            </div>
            {move || look_for(&session.file_name.get()).map(|sentence| view! { <p class="look-for">{sentence}</p> })}
            <Show when=move || count() == 0 && matches!(session.phase.get(), Phase::Done { .. })>
                <p class="muted">{move || if is_short() {
                    format!("The engine learns what is usual from the rows themselves; {ROWS_LEAST} are the least, some hundred are better.")
                } else {
                    "No moment was unusual enough for an alarm at this rate of false alarms. The score still shows what was oddest.".to_string()
                }}</p>
            </Show>
            <ControlBar session=session link=link />
            <Show when=move || 0 < count() && session.selected.get().is_none()>
                <p class="hint">"Choose one to see why it happened."</p>
            </Show>
            <ol>
                <For each=in_order key=|episode| (episode.id, episode.opened, episode.last, episode.closed) let:episode>
                    <Item session=session link=link episode=episode />
                </For>
            </ol>
            <Agreed session=session />
        </section>
    }
}

#[component]
fn Item(session: Session, link: Link, episode: EpisodeJson<'static>) -> impl IntoView {
    let id = episode.id;
    let (when, why) = session.timeline.with_untracked(|timeline| {
        let lasted = match episode.last - episode.opened {
            0 => String::new(),
            ms => format!(" for {}", length(ms as f64, &timeline.clock)),
        };
        (format!("{}{lasted}", moment(episode.opened as f64, &timeline.clock)), sentence(timeline, &episode))
    });
    let (word, pips) = severity(episode.severity);
    let (opened, last) = (episode.opened, episode.last);
    let is_selected = move || session.selected.get() == Some(id);
    let label =
        move || session.label_of(opened).map(|label| if label == Label::Real { "real" } else { "expected" });
    let explained = episode.clone();
    let item = NodeRef::<Li>::new();
    let select = move |_| {
        if session.selected.get_untracked() == Some(id) {
            session.unselect();
        } else {
            session.look_at(&episode);
            link.explain(&episode, session.controls.mode.get_untracked());
            into_view::finding(item);
            into_view::lane_beside(session, episode.stream.as_deref(), episode.group.as_deref());
        }
    };
    view! {
        <li node_ref=item class:opened=is_selected>
            <button class="episode" data-test="episode" data-opened=opened data-last=last
                class:selected=is_selected aria-expanded=move || is_selected().to_string() on:click=select>
                <span class="number">{id}</span>
                <span class="what">
                    <span class="why">{why}</span>
                    <span class="when">{when}{move || label().map(|label| view! { <em class="label" data-label=label>{label}</em> })}</span>
                </span>
                <span class="severity" data-level=pips title=word>
                    <span class="pips" aria-hidden="true"><i></i><i></i><i></i><i></i></span>{word}
                </span>
            </button>
            {move || is_selected().then(|| view! { <WhyPanel session=session link=link episode=explained.clone() /> })}
        </li>
    }
}

fn severity(severity: Severity) -> (&'static str, u8) {
    match severity {
        Severity::None => ("None", 0),
        Severity::Low => ("Low", 1),
        Severity::Medium => ("Medium", 2),
        Severity::High => ("High", 3),
        Severity::Critical => ("Critical", 4),
    }
}
