//! Tier 4: why.
//!
//! A ring of the last frames remembers what every stream said and what was held against it. Asked for a frame, the
//! engine finds where the trouble around it began, and ranks the streams that may have caused it.

mod ask;
mod explanation;
mod history;
mod mark;
mod suspects;
mod window;

pub use ask::{Ask, AskFault, Mode};
pub use explanation::Explanation;
pub(crate) use history::History;
pub use suspects::{Face, Suspect};
pub(crate) use suspects::{Scene, rank};
pub(crate) use window::{end, onset};
