//! The parts of the app that need no browser: reading tables, the geometry of charts, and what page and engine
//! thread say to each other. Both binaries are built on them, and they are tested natively.

pub mod chart;
pub mod live;
pub mod table;
pub mod thread;
