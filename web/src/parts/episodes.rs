//! The list of things that happened.

use fourfold::silence::Cause;
use fourfold::wire::EpisodeJson;
use fourfold::{Label, Severity};
use fourfold_web::chart::ticks::{length, moment, number};
use leptos::prelude::*;

use super::{ControlBar, WhyPanel};
use crate::link::Link;
use crate::session::{Phase, Session, Timeline};

/// Rows before an episode that say what was usual.
const BEFORE_ROWS: usize = 200;

/// When, how bad, and why; a click zooms there.
#[component]
pub(crate) fn Episodes(session: Session, link: Link) -> impl IntoView {
    let count = move || session.episodes.with(Vec::len);
    let heading = move || match (count(), session.phase.get()) {
        (0, Phase::Done { .. }) => "Nothing abnormal".to_string(),
        (0, _) => "Abnormal moments".to_string(),
        (1, _) => "1 abnormal moment".to_string(),
        (count, _) => format!("{count} abnormal moments"),
    };
    let in_order = move || {
        let mut episodes = session.episodes.get();
        if session.controls.worst_first.get() {
            // Stable: of equals the earlier first.
            episodes.sort_by_key(|episode| std::cmp::Reverse(episode.severity));
        }
        episodes
    };
    view! {
        <section class="episodes" aria-label="Abnormal moments">
            <h2 data-test="episode-count">{heading}</h2>
            <Show when=move || count() == 0 && matches!(session.phase.get(), Phase::Done { .. })>
                <p class="muted">"No moment was unusual enough for an alarm at this rate of false alarms. The score still shows what was oddest."</p>
            </Show>
            <ControlBar session=session link=link />
            <ol>
                <For each=in_order key=|episode| (episode.id, episode.opened, episode.last, episode.closed) let:episode>
                    <Item session=session link=link episode=episode />
                </For>
            </ol>
        </section>
    }
}

#[component]
fn Item(session: Session, link: Link, episode: EpisodeJson<'static>) -> impl IntoView {
    let id = episode.id;
    let (when, why) = session.timeline.with_untracked(|timeline| {
        let lasted = match episode.last - episode.opened {
            0 => String::new(),
            ms => format!(" for {}", length(ms as f64, timeline.clock)),
        };
        (format!("{}{lasted}", moment(episode.opened as f64, timeline.clock)), sentence(timeline, &episode))
    });
    let (word, pips) = severity(episode.severity);
    let (opened, last) = (episode.opened, episode.last);
    let is_selected = move || session.selected.get() == Some(id);
    let label =
        move || session.label_of(opened).map(|label| if label == Label::Real { "real" } else { "expected" });
    let explained = episode.clone();
    let select = move |_| {
        if session.selected.get_untracked() == Some(id) {
            session.unselect();
        } else {
            session.look_at(&episode);
            link.explain(&episode, session.controls.mode.get_untracked());
        }
    };
    view! {
        <li>
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

/// Which stream, and what it did.
fn sentence(timeline: &Timeline, episode: &EpisodeJson<'static>) -> String {
    let Some(row) = timeline.row_at(episode.peak as f64) else { return "Unusual.".to_string() };
    if let Some(cause) = episode.cause {
        return silence_by_cause(cause, episode);
    }
    let place = (episode.stream.as_deref())
        .and_then(|name| timeline.streams.iter().position(|stream| stream.name == name));
    let Some(place) = place else { return silence(timeline, row) };
    let stream = &timeline.streams[place];
    let unit = stream.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let values = timeline.lanes[place].values();
    let value = values.get(row).copied().unwrap_or(f64::NAN);
    let mut before: Vec<f64> =
        values[row.saturating_sub(BEFORE_ROWS)..row].iter().copied().filter(|x| !x.is_nan()).collect();
    if value.is_nan() || before.len() < 10 {
        return format!("{} was unusual.", stream.name);
    }
    before.sort_by(f64::total_cmp);
    let (low, high) = (before[before.len() / 20], before[before.len() - 1 - before.len() / 20]);
    let verb = match value {
        _ if value > high => "rose to",
        _ if value < low => "fell to",
        _ => "was at",
    };
    let reason = match episode.reason.as_deref() {
        Some("level") => ", a new level",
        Some("spread") => ", restless",
        Some("flat") => ", and stays there",
        Some("drift") => ", drifting",
        Some("jump") => ", a jump",
        Some("bounds") => ", out of bounds",
        _ => "",
    };
    format!(
        "{} {verb} {}{unit}{reason}; usual before: {} to {}.",
        stream.name,
        number(value),
        number(low),
        number(high)
    )
}

/// A silence that the engine has a word for.
fn silence_by_cause(cause: Cause, episode: &EpisodeJson<'static>) -> String {
    let stream = episode.stream.as_deref().unwrap_or("A stream");
    let group = episode.group.as_deref().unwrap_or("a source");
    match cause {
        Cause::SensorSilent => format!("{stream} fell silent while others speak: look at the sensor."),
        Cause::SourcePartlySilent => format!("A part of {group} fell silent."),
        Cause::SourceDown => format!("All of {group} fell silent: look at the device."),
        Cause::AllSilent => "All streams fell silent: look at whatever collects them.".to_string(),
        Cause::DataLate => format!("The readings of {stream} came late."),
        Cause::ValueStuck => format!("{stream} has not changed for longer than it ever does."),
        Cause::TrueZero | Cause::DeviceAsleep => format!("{stream} is quiet, as it often is."),
    }
}

fn silence(timeline: &Timeline, row: usize) -> String {
    let is_silent = |lane: &fourfold_web::chart::pyramid::Pyramid| {
        lane.values().get(row).is_none_or(|value| value.is_nan())
    };
    let silent: Vec<&str> = timeline
        .lanes
        .iter()
        .zip(&timeline.streams)
        .filter(|(lane, _)| is_silent(lane))
        .map(|(_, stream)| stream.name.as_str())
        .collect();
    match silent.len() {
        0 => "Streams spoke that are usually silent, or rows are missing here.".to_string(),
        count if count == timeline.streams.len() => "All streams fell silent.".to_string(),
        1..=3 => format!("{} fell silent.", silent.join(", ")),
        count => format!(
            "{count} of {} streams fell silent, among them {}.",
            timeline.streams.len(),
            silent[..2].join(" and ")
        ),
    }
}
