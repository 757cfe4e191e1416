//! A device's own sensors as streams: what there is to ask for, and everything between a browser's event and a verdict
//! that needs no browser.
//!
//! Readings come as they come, motion some sixty times a second. Whoever listens to them is in the page; here they are
//! brought to one frame a second and judged.

pub mod beat;
pub mod csv;
pub mod judge;
pub mod level;
pub mod message;
pub mod pace;
pub mod source;
pub mod steps;
pub mod streams;
pub mod uplink;
