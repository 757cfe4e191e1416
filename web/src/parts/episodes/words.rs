//! What happened, in a sentence.

use fourfold::silence::Cause;
use fourfold::wire::EpisodeJson;
use fourfold_web::chart::ticks::number;

use crate::session::Timeline;

/// Rows before an episode that say what was usual.
const BEFORE_ROWS: usize = 200;

/// Which stream, and what it did.
pub(super) fn sentence(timeline: &Timeline, episode: &EpisodeJson<'static>) -> String {
    let row = timeline.row_at(episode.peak as f64);
    if let Some(cause) = episode.cause {
        return silence_by_cause(cause, episode);
    }
    let Some(row) = row else { return without_rows(episode) };
    let place = (episode.stream.as_deref())
        .and_then(|name| timeline.streams.iter().position(|stream| stream.name == name));
    let Some(place) = place else { return silence(timeline, row) };
    let stream = &timeline.streams[place];
    let unit = stream.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let values = timeline.lanes[place].values();
    let value = values.get(row).copied().unwrap_or(f64::NAN);
    // Before it began: what it did itself is no measure of it.
    let first = timeline.row_at(episode.opened as f64).map_or(row, |first| first.min(row));
    let mut before: Vec<f64> = (values.get(first.saturating_sub(BEFORE_ROWS)..first).unwrap_or_default())
        .iter()
        .copied()
        .filter(|x| !x.is_nan())
        .collect();
    if value.is_nan() || before.len() < 10 {
        return format!("{} was unusual.", stream.name);
    }
    before.sort_by(f64::total_cmp);
    let (low, high) = (before[before.len() / 20], before[before.len() - 1 - before.len() / 20]);
    let (name, value_is) = (&stream.name, format!("{}{unit}", number(value)));
    let usual = format!("(before: {} to {})", number(low), number(high));
    let reason = episode.reason.as_deref().unwrap_or_default();
    if value > high || value < low {
        let verb = if value > high { "rose to" } else { "fell to" };
        return format!("{name} {verb} {value_is}{} {usual}.", while_it(reason));
    }
    // What is no higher or lower than before is unusual in another way.
    match reason {
        "flat" => format!("{name} is stuck at {value_is}."),
        "drift" => format!("{name} drifts and is at {value_is} by now {usual}."),
        "level" => format!("{name} moved to another level: {value_is} {usual}."),
        "spread" => format!("{name} became restless, at {value_is} {usual}."),
        "jump" => format!("{name} jumped to {value_is} {usual}."),
        "novelty" => format!("{name} behaved in a way not seen before, at {value_is}."),
        _ => format!("{name} was at {value_is}: usual in itself, not at this time or beside the others."),
    }
}

/// Where there are no rows, as in a session that was opened.
fn without_rows(episode: &EpisodeJson<'static>) -> String {
    let Some(name) = episode.stream.as_deref() else {
        return "Streams went together in an unusual way, or fell silent.".to_string();
    };
    match episode.reason.as_deref() {
        Some("flat") => format!("{name} was stuck."),
        Some("drift") => format!("{name} drifted."),
        Some("level") => format!("{name} moved to another level."),
        Some("spread") => format!("{name} was restless."),
        Some("jump") => format!("{name} jumped."),
        Some("bounds") => format!("{name} was out of bounds."),
        Some("novelty") => format!("{name} behaved in a way not seen before."),
        _ => format!("{name} was not as its past let expect."),
    }
}

/// What is said beside a value that is too high or too low.
fn while_it(reason: &str) -> &'static str {
    match reason {
        "level" => ", a new level",
        "spread" => ", restless",
        "flat" => " and stays there",
        "drift" => ", drifting",
        "jump" => " at once",
        "bounds" => ", out of bounds",
        _ => "",
    }
}

/// A silence that the engine has a word for.
fn silence_by_cause(cause: Cause, episode: &EpisodeJson<'static>) -> String {
    let stream = episode.stream.as_deref().unwrap_or("A stream");
    let group = episode.group.as_deref().unwrap_or("a source");
    match cause {
        Cause::SensorSilent => format!("{stream} fell silent while others speak: look at the sensor."),
        Cause::SourcePartlySilent => format!("A part of {group} fell silent."),
        Cause::SourceDown => format!("All of {group} fell silent: look at the device."),
        Cause::AllSilent => "All streams fell silent: look at what collects them.".to_string(),
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
