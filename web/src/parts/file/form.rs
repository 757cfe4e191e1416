//! What holds for the whole table: separators, dates, the zone, the preset.

use fourfold::schema::PRESETS;
use fourfold_web::chart::ticks::{Clock, length};
use fourfold_web::table::{DateOrder, Decimal};
use fourfold_web::thread::Settings;
use fourfold_web::thread::schema::NO_PRESET;
use leptos::prelude::*;

use super::zones::{zone_choices, zone_value};
use super::{Choice, select};
use crate::link::Link;
use crate::session::Session;

const FRAMES_MS: [f64; 9] = [1e3, 5e3, 15e3, 60e3, 300e3, 900e3, 3_600e3, 6.0 * 3_600e3, 24.0 * 3_600e3];
/// Where rows have no times they are counted.
const FRAMES_ROWS: [f64; 3] = [10.0, 100.0, 1000.0];
/// What a person chooses who wants rows as they are.
const AS_THEY_COME: &str = "";

/// One list of choices for each.
#[component]
pub(super) fn ReadingForm(session: Session, link: Link) -> impl IntoView {
    let change = move |edit: &dyn Fn(&mut Settings)| {
        let mut settings = session.settings.get_untracked();
        edit(&mut settings);
        link.reopen(settings);
    };
    let plan = Memo::new(move |_| session.note.with(|note| note.plan.clone()));
    move || {
        let plan = plan.get();
        let separator = plan.separator.map(|sign| {
            let choices = [(',', "comma"), (';', "semicolon"), ('\t', "tab"), ('|', "bar")];
            let choices = choices.map(|(sign, name)| (sign.to_string(), name.to_string())).to_vec();
            select(
                "Separator".into(),
                "separator".into(),
                false,
                choices,
                sign.to_string(),
                Box::new(move |value: String| {
                    change(&|settings| settings.table.separator = value.chars().next());
                }),
            )
        });
        let decimal = {
            let choices = vec![("point".into(), "1.5".into()), ("comma".into(), "1,5".into())];
            let chosen = if plan.decimal == Decimal::Comma { "comma" } else { "point" };
            select(
                "Decimals".into(),
                "decimal".into(),
                false,
                choices,
                chosen.into(),
                Box::new(move |value: String| {
                    let decimal = if value == "comma" { Decimal::Comma } else { Decimal::Point };
                    change(&|settings| settings.table.decimal = Some(decimal));
                }),
            )
        };
        let order = plan.order.map(|order| {
            let choices = vec![("day".into(), "31/12/2024".into()), ("month".into(), "12/31/2024".into())];
            let chosen = if order == DateOrder::MonthFirst { "month" } else { "day" };
            select(
                "Dates".into(),
                "order".into(),
                false,
                choices,
                chosen.into(),
                Box::new(move |value: String| {
                    let order = if value == "month" { DateOrder::MonthFirst } else { DateOrder::DayFirst };
                    change(&|settings| settings.table.order = Some(order));
                }),
            )
        });
        let zone = select(
            "Time zone".into(),
            "zone".into(),
            false,
            zone_choices(&plan.zone),
            zone_value(&plan.zone),
            Box::new(move |value: String| {
                change(&|settings| {
                    let minutes = value.parse().ok();
                    let name = Some(value.clone()).filter(|name| minutes.is_none() && !name.is_empty());
                    (settings.table.zone, settings.table.zone_minutes) = (name, minutes);
                });
            }),
        );
        let frames = {
            let clock = session.timeline.with_untracked(|timeline| timeline.clock.clone());
            let is_of_things = session.note.with_untracked(|note| note.group_column.is_some());
            let mut lengths = if clock == Clock::Rows { FRAMES_ROWS.to_vec() } else { FRAMES_MS.to_vec() };
            lengths.retain(|ms| is_of_things || *ms > plan.interval_ms as f64 || plan.frame_ms.is_some());
            if let Some(frame_ms) = plan.frame_ms.filter(|frame_ms| !lengths.contains(frame_ms)) {
                lengths.push(frame_ms);
                lengths.sort_by(f64::total_cmp);
            }
            let gathered = lengths.iter().map(|&ms| (ms.to_string(), frame_length(ms, &clock)));
            let as_they_come: Choice = (AS_THEY_COME.into(), "as they come".into());
            select(
                "Rows are gathered by".into(),
                "frame".into(),
                false,
                (!is_of_things).then_some(as_they_come).into_iter().chain(gathered).collect(),
                plan.frame_ms.map(|ms| ms.to_string()).unwrap_or_default(),
                Box::new(move |value: String| {
                    change(&|settings| settings.table.frame_ms = value.parse().ok());
                }),
            )
        };
        let preset = {
            let known = PRESETS.iter().map(|name| (name.to_string(), name.to_string()));
            let none: Choice = (NO_PRESET.to_string(), "none".to_string());
            let chosen = session.preset.get().unwrap_or_else(|| NO_PRESET.to_string());
            select(
                "Known kind of data".into(),
                "preset".into(),
                false,
                std::iter::once(none).chain(known).collect(),
                chosen,
                Box::new(move |value: String| {
                    change(&|settings| settings.preset = Some(value.clone()));
                }),
            )
        };
        view! { <div class="choices">{separator}{decimal}{order}{zone}{frames}{preset}</div> }
    }
}

/// The length of a frame: of so many rows, where they are counted.
pub(super) fn frame_length(ms: f64, clock: &Clock) -> String {
    length(if *clock == Clock::Rows { ms - 1.0 } else { ms }, clock)
}
