//! What a part of the engine says of a moment, and how far it may be believed. Every view of every tier answers so.

/// The state of a part of the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It has not seen enough yet.
    #[default]
    Cold,
    /// It is settled.
    Ready,
    /// It is settled, but this frame gave it nothing.
    Starved,
    /// It contradicts itself, and is not heard until it has been honest for a while.
    Broken,
}

/// What one view says of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Opinion {
    /// How odd, on the view's own scale: the best number to rank moments by. `None` where it has nothing to say.
    pub oddness: Option<f64>,
    /// The chance of a moment at least this odd, in (0, 1]; 1 where it has nothing to say.
    pub chance: f64,
    /// How much it had to judge with, in [0, 1].
    pub weight: f64,
    /// Whether it is fit to be heard.
    pub health: Health,
}
