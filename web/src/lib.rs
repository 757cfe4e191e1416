//! The parts of the app that need no browser: reading tables, the geometry of charts, a device's sensors, and what page
//! and engine thread say to each other. Both binaries are built on them, and they are tested natively.

pub mod chart;
pub mod live;
// The exception: it needs a browser, and stands here because both binaries keep things.
#[cfg(target_family = "wasm")]
pub mod store;
pub mod table;
pub mod thread;
