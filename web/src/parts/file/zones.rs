//! Which clock the times of a file were read from.

use fourfold_web::table::{Zone, offset_name};
use leptos::prelude::*;

use super::Choice;
use crate::zones;

/// Whole and half hours around the world, for clocks that are never changed.
const FIXED_MINUTES: [i32; 33] = [
    -720, -660, -600, -540, -480, -420, -360, -300, -240, -210, -180, -120, -60, 60, 120, 180, 210, 240, 270,
    300, 330, 345, 360, 390, 420, 480, 540, 570, 600, 660, 720, 780, 840,
];

/// A list of them: this device's first. `choose` hears a name or minutes.
pub(super) fn zone_select(
    chosen: Zone,
    choose: impl Fn(Option<String>, Option<i32>) + 'static,
) -> impl IntoView {
    let value = match &chosen.name {
        Some(name) => name.clone(),
        None if !chosen.changes.is_empty() => String::new(),
        None => chosen.minutes.to_string(),
    };
    let own = zones::own_name();
    let is_here = |name: &String| own.as_ref() == Some(name) || name == "UTC";
    let by_name = |name: String| (name.clone(), name.replace('_', " "));
    let fixed = |minutes: i32| (minutes.to_string(), offset_name(minutes));
    let here = own.iter().filter(|name| *name != "UTC").cloned().map(by_name).chain([fixed(0)]);
    let as_told = value.is_empty().then(|| (String::new(), zone_name(&chosen)));
    let mut named: Vec<String> = zones::names().into_iter().filter(|name| !is_here(name)).collect();
    // A name that came with a link, and that this browser lists by another.
    named.extend(chosen.name.clone().filter(|name| !is_here(name) && !named.contains(name)));
    let group = |label: &'static str, choices: Vec<Choice>| {
        let options = choices.into_iter().map(|(of, text)| {
            let is_chosen = of == value;
            view! { <option value=of selected=is_chosen>{text}</option> }
        });
        view! { <optgroup label=label>{options.collect_view()}</optgroup> }
    };
    let groups = [
        ("Here", as_told.into_iter().chain(here).collect()),
        ("By name, with summer time", named.into_iter().map(by_name).collect()),
        ("Never changed", FIXED_MINUTES.into_iter().map(fixed).collect()),
    ];
    let groups = groups.into_iter().map(|(label, choices)| group(label, choices)).collect_view();
    let hear = move |value: String| match value.parse::<i32>() {
        Ok(minutes) => choose(None, Some(minutes)),
        Err(_) => choose(Some(value).filter(|value| !value.is_empty()), None),
    };
    view! {
        <label class="choice">
            <span>"Clocks show"</span>
            <select data-test="zone" on:change=move |event| hear(event_target_value(&event))>{groups}</select>
        </label>
    }
}

/// As people say it.
pub(super) fn zone_name(zone: &Zone) -> String {
    match &zone.name {
        Some(name) => name.replace('_', " "),
        None if zone.changes.is_empty() => offset_name(zone.minutes),
        None => "what was said before".to_string(),
    }
}
