//! Simulated streams, written from first principles: what a phone and its owner, a service, sensors, payments or a
//! network would send, and what it looks like when something is wrong.
//!
//! Everything is fixed by a seed and by `libm`, so a simulation has the same bits on every machine. A planted event
//! changes nothing before it begins and little after it ends: the run with events and the run without are twins.
//!
//! ```
//! use fourfold_sim::Lifelog;
//!
//! let planted = Lifelog { days: 20, ..Lifelog::with_events(7) }.simulate();
//! assert_eq!(planted.streams.len(), 32);
//! let event = &planted.events[0];
//! println!("{} at {}, root {}", event.kind.word(), event.start_ms, planted.streams[event.roots[0]]);
//! ```

pub mod lifelog;
mod random;
pub mod services;
mod simulation;
pub mod synthetic;
pub mod world;

pub use lifelog::Lifelog;
pub use random::Random;
pub use services::Services;
pub use simulation::{DAY_MS, Event, EventKind, Simulation};
pub use world::{Scene, World};
