//! What became of events.

/// What became of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct Counts {
    /// Events that were taken.
    pub taken: u64,
    /// Those of them that came after their frame was over.
    pub late: u64,
    /// Events that had come before.
    pub duplicate: u64,
    /// Events that came after their frame was final.
    pub too_late: u64,
    /// Events from the future.
    pub ahead: u64,
    /// Events without an ordinary number.
    pub not_a_number: u64,
}

impl Counts {
    /// What came to be since these were `earlier`.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            taken: self.taken - earlier.taken,
            late: self.late - earlier.late,
            duplicate: self.duplicate - earlier.duplicate,
            too_late: self.too_late - earlier.too_late,
            ahead: self.ahead - earlier.ahead,
            not_a_number: self.not_a_number - earlier.not_a_number,
        }
    }
}

impl core::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.taken += more.taken;
        self.late += more.late;
        self.duplicate += more.duplicate;
        self.too_late += more.too_late;
        self.ahead += more.ahead;
        self.not_a_number += more.not_a_number;
    }
}
