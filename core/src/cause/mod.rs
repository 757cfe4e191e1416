//! Tier 4: why.
//!
//! A ring of the last frames remembers what every stream said and what was held against it. Asked for a frame, the
//! engine finds where the trouble around it began, and ranks the streams that may have caused it.

mod ask;
mod explanation;
mod history;
mod lead_lag;
mod network;
mod occasion;
mod sequence;
mod suspects;
mod synthesis;

pub use ask::{Ask, AskFault, Mode};
pub use explanation::{
    Attribution, Candidate, Contribution, Counterfactual, Culprit, Evidence, Explanation, Found, Happening,
    Silence,
};
pub(crate) use history::History;
pub use lead_lag::{Relation, lead_lag};
pub(crate) use network::Network;
pub use occasion::{Occasion, is_worth_explaining, occasion};
pub(crate) use sequence::{Origin, Pattern};
pub use suspects::{Face, Suspect};
pub(crate) use suspects::{Scene, rank};
pub(crate) use synthesis::Case;
