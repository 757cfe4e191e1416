//! The pieces of the page.

mod bar;
mod episodes;
mod import_note;
mod timeline;
mod welcome;
mod why;
mod working;

pub(crate) use bar::Bar;
pub(crate) use episodes::Episodes;
pub(crate) use import_note::ImportNote;
pub(crate) use timeline::TimelineChart;
pub(crate) use welcome::{OpenButtons, Welcome};
pub(crate) use why::WhyPanel;
pub(crate) use working::Working;
