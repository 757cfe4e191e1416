//! The pieces of the page.

mod bar;
mod controls;
mod episodes;
mod file;
mod frames;
mod health;
mod into_view;
mod keys;
mod picker;
mod resumed;
mod samples;
mod save;
mod side;
mod timeline;
mod welcome;
mod why;
mod working;

pub(crate) use bar::Bar;
pub(crate) use controls::{Agreed, ControlBar};
pub(crate) use episodes::Episodes;
pub(crate) use file::FileSheet;
pub(crate) use frames::NextFrame;
pub(crate) use health::HealthSheet;
pub(crate) use keys::Keys;
pub(crate) use picker::{FileInput, OpenButton, Picker};
pub(crate) use resumed::Resumed;
pub(crate) use samples::{Samples, look_for};
pub(crate) use save::SaveSheet;
pub(crate) use side::Side;
pub(crate) use timeline::TimelineChart;
pub(crate) use welcome::Welcome;
pub(crate) use why::WhyPanel;
pub(crate) use working::Working;
