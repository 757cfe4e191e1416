//! Which clock the times of a file were read from.

use fourfold_web::table::{Zone, offset_name};

use super::Choice;
use crate::zones;

/// Whole and half hours around the world, for clocks that are never changed.
const FIXED_MINUTES: [i32; 33] = [
    -720, -660, -600, -540, -480, -420, -360, -300, -240, -210, -180, -120, -60, 60, 120, 180, 210, 240, 270,
    300, 330, 345, 360, 390, 420, 480, 540, 570, 600, 660, 720, 780, 840,
];

/// How a zone is called in the list.
pub(super) fn zone_value(zone: &Zone) -> String {
    match &zone.name {
        Some(name) => name.clone(),
        None if !zone.changes.is_empty() => String::new(),
        None => zone.minutes.to_string(),
    }
}

/// All of them: this device's own and UTC first, then by name, then those that are never changed.
pub(super) fn zone_choices(chosen: &Zone) -> Vec<Choice> {
    let by_name = |name: String| (name.clone(), name.replace('_', " "));
    let fixed = |minutes: i32| (minutes.to_string(), offset_name(minutes));
    let own = zones::own_name().filter(|name| name != "UTC");
    let others = zones::names().into_iter().filter(|name| own.as_ref() != Some(name) && name != "UTC");
    let mut choices: Vec<Choice> = own.iter().cloned().map(by_name).chain([fixed(0)]).collect();
    choices.extend(others.map(by_name).chain(FIXED_MINUTES.into_iter().map(fixed)));
    // What times or a session said themselves, and names that this browser lists by another.
    let value = zone_value(chosen);
    if choices.iter().all(|(known, _)| *known != value) {
        choices.insert(0, (value, zone_name(chosen)));
    }
    choices
}

/// As people say it.
pub(super) fn zone_name(zone: &Zone) -> String {
    let is_told = zone.name.is_none() && !zone.changes.is_empty();
    if is_told { "as it was told".to_string() } else { zone.title(0) }
}
