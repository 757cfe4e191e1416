//! Tier 4: why.

mod lead_lag;
mod network;

pub use lead_lag::{Relation, lead_lag};
