//! The way in, and what a person sees of a device that is watched: each source with a word on why, its state, how fast
//! it speaks, and its newest values.

use fourfold_web::chart::ticks::{length, number};
use fourfold_web::live::source::{Rung, Source};
use fourfold_web::live::streams::{FRAME_MS, WINDOW_FRAMES, is_yes_or_no, name, of_source, unit};
use leptos::prelude::*;

use super::{Live, save};
use crate::connect::Connect;
use crate::session::Session;

/// Frames after which the engine has seen enough to raise an alarm.
const SETTLING_FRAMES: u32 = 120;

/// On the first screen.
#[component]
pub(crate) fn LiveButton() -> impl IntoView {
    let live = use_context::<Live>();
    live.map(|live| {
        view! {
            <button class="button" data-test="live" on:click=move |_| live.begin(false)>
                "Use this device's sensors"
            </button>
        }
    })
}

/// The device, while it is watched.
#[component]
pub(crate) fn LivePanel(session: Session, live: Live) -> impl IntoView {
    view! {
        <section class="live" aria-label="Live sensors">
            <div class="live-head">
                <State session=session live=live />
                <div class="live-actions">
                    <button class="button" data-test="save-live" on:click=move |_| save::save(session)
                        disabled=move || session.rows_judged.get() == 0>"Save as CSV"</button>
                    <Show when=move || live.is_on() fallback=move || view! {
                        <button class="button" data-test="open-live" on:click=move |_| save::open(session, live.link)>"Open the recording"</button>
                        <button class="button" data-test="live" on:click=move |_| live.begin(false)>"Start anew"</button>
                    }>
                        <button class="button" data-test="stop-live" on:click=move |_| live.end()>"Stop"</button>
                    </Show>
                </div>
            </div>
            <OnBefore live=live />
            <Show when=move || live.is_on()>
                <ul class="sources">
                    {Source::ALL.map(|source| view! { <SourceCard live=live source=source /> }).collect_view()}
                </ul>
                <Connect session=session live=live />
            </Show>
        </section>
    }
}

/// After a reload: sources that were on need a tap, says the browser.
#[component]
fn OnBefore(live: Live) -> impl IntoView {
    let waiting = Memo::new(move |_| live.waiting());
    let names = move || {
        let names: Vec<String> =
            waiting.get().into_iter().map(|source| source.name().to_lowercase()).collect();
        match names.as_slice() {
            [one] => format!("{one} was"),
            [before @ .., last] => format!("{} and {last} were", before.join(", ")),
            [] => String::new(),
        }
    };
    view! {
        <Show when=move || live.is_on() && !waiting.get().is_empty()>
            <div class="on-before" data-test="on-before">
                <p>{move || format!("Before the page was loaded again, {} on. What was recorded is all here; a browser listens again only on a tap.", names())}</p>
                <button class="button primary" data-test="on-again" on:click=move |_| live.ask_waiting()>"Turn on again"</button>
            </div>
        </Show>
    }
}

/// In one sentence, how it is now.
#[component]
fn State(session: Session, live: Live) -> impl IntoView {
    let frames = move || session.rows_judged.get();
    let is_open = move || {
        session.episodes.with(|episodes| episodes.last().is_some_and(|episode| episode.closed.is_none()))
    };
    let (word, sentence) = (
        move || match (live.is_asleep.get(), frames()) {
            _ if !live.is_on() => "stopped",
            (true, _) => "asleep",
            (_, frames) if frames < SETTLING_FRAMES => "learning",
            _ if is_open() => "unusual",
            _ => "calm",
        },
        move |word| match word {
            "stopped" => "Stopped. Nothing is heard any more.".to_string(),
            "asleep" => "Device asleep. A pause, not a finding.".to_string(),
            "learning" => format!("Learning what is usual: {} of {SETTLING_FRAMES} s", frames()),
            "unusual" => unusual(session),
            _ => "Nothing unusual.".to_string(),
        },
    );
    let kept = move || {
        let frames = frames() as usize;
        let resumed = if live.is_resumed() { " Goes on after a reload." } else { "" };
        let length = match frames {
            1 => "1 second".to_string(),
            0..=119 => format!("{frames} seconds"),
            _ => length((frames as i64 * FRAME_MS) as f64, true),
        };
        let window = if frames > WINDOW_FRAMES { " The newest 12 hours are shown and saved." } else { "" };
        let wake = if live.is_on() { live.wake.get().sentence() } else { "" };
        format!("{length} recorded, on this device only.{window}{resumed} {wake}")
    };
    view! {
        <div class="live-state" data-test="live-state" data-state=word>
            <p class="live-now" role="status"><i aria-hidden="true"></i>{move || sentence(word())}</p>
            <p class="muted" data-test="live-kept">{kept}</p>
        </div>
    }
}

fn unusual(session: Session) -> String {
    let stream = session.episodes.with(|episodes| episodes.last().and_then(|episode| episode.stream.clone()));
    match stream {
        Some(stream) => format!("Unusual now: {}.", stream.replace('_', " ")),
        None => "Unusual now: somebody fell silent.".to_string(),
    }
}

#[component]
fn SourceCard(live: Live, source: Source) -> impl IntoView {
    let note = Memo::new(move |_| live.notes.with(|notes| notes[source as usize]));
    let rung = move || note.get().rung;
    let rate = move || {
        let shown = note.get().rate.filter(|_| rung() == Rung::Granted);
        shown.map(|rate| format!("{} Hz ± {} ms", number(round(rate.hz)), number(round(rate.jitter_ms))))
    };
    let told = move || source.way_out(rung()).unwrap_or(source.why());
    view! {
        <li class="source" data-source=source.name() data-rung=move || rung().word()>
            <div class="source-head">
                <h2>{source.name()}</h2>
                <span class="rung">{move || rung().word()}</span>
                <span class="rate" data-test="rate">{rate}</span>
                <Show when=move || rung().can_ask()>
                    <button class="button" on:click=move |_| live.ask(source)
                        aria-label=format!("Turn on {}", source.name().to_lowercase())>"Turn on"</button>
                </Show>
                <Show when=move || rung() == Rung::Granted>
                    <button class="quiet" on:click=move |_| live.stop(source)
                        aria-label=format!("Turn off {}", source.name().to_lowercase())>"Turn off"</button>
                </Show>
            </div>
            <p class="told" class:trouble=move || source.way_out(rung()).is_some()>{told}</p>
            <Show when=move || rung().is_on()>
                <dl class="readings">
                    {of_source(source).map(|place| view! { <Reading live=live place=place /> }).collect_view()}
                </dl>
            </Show>
        </li>
    }
}

#[component]
fn Reading(live: Live, place: usize) -> impl IntoView {
    let value = move || live.latest.with(|latest| latest.get(place).copied().unwrap_or(f64::NAN));
    let shown = move || match value() {
        value if value.is_nan() => "–".to_string(),
        value if is_yes_or_no(place) => if value > 0.5 { "yes" } else { "no" }.to_string(),
        value => number(value),
    };
    view! {
        <div data-stream=name(place)>
            <dt>{name(place).replace('_', " ")}</dt>
            <dd><b>{shown}</b>" "{if is_yes_or_no(place) { "" } else { unit(place) }}</dd>
        </div>
    }
}

/// One digit after the point is as exact as a rate is.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
