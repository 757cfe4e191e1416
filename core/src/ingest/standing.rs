//! How firm a frame that was made of events is.

/// How firm a frame is, and the verdict on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is over; late events may still change it. It was judged and not learned.
    Provisional,
    /// A late event changed it, or one before it. It was judged again.
    Revised,
    /// It will not change any more. It was judged and learned.
    #[default]
    Final,
}

impl Standing {
    /// Every standing. New ones go to the end: the npm package counts them.
    pub const ALL: [Self; 3] = [Self::Provisional, Self::Revised, Self::Final];
}
