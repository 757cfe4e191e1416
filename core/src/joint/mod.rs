//! Tier 2: all streams together, silence included.

mod absence;

pub(crate) use absence::Absence;
