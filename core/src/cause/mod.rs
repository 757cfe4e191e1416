//! Tier 4: why.

mod lead_lag;

pub use lead_lag::{Relation, lead_lag};
