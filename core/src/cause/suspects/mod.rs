//! Which stream is it? All streams, ranked by how likely the trouble began with them.

mod face;
mod rank;
mod usual;

pub use face::Face;
pub(crate) use rank::rank;

use alloc::vec::Vec;

use super::history::History;
use crate::schema::Link;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) history: &'a History,
    /// The first row and the last one of the trouble, as the history counts them. What is before is taken for usual.
    pub(crate) onset: usize,
    pub(crate) end: usize,
    /// The stream whose trouble is to be explained, where one is named.
    pub(crate) target: Option<usize>,
    pub(crate) links: &'a [Link],
}

/// A stream that may have caused the trouble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspect {
    /// Its place in the schema's streams.
    pub stream: usize,
    /// How strongly it is suspected: of use to compare suspects of one explanation.
    pub weight: f64,
    /// What is odd about it.
    pub face: Face,
    /// Whether it is lower than usual rather than higher; false where it is neither.
    pub is_low: bool,
    /// When it began to be odd.
    pub onset_ms: i64,
    /// How odd it is, in usual deviations, or runs of so many times the usual length.
    pub size: f64,
}

/// The answer.
#[derive(Clone, Debug)]
pub(crate) struct Ranking {
    /// The likeliest first.
    pub(crate) suspects: Vec<Suspect>,
    /// The chance that the first is the right one.
    pub(crate) known: f64,
}
