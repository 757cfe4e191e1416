//! Frames that came with a key, once more: the first answer is rendered again, whatever became of the system since.
//!
//! An answer to many frames is large, and most of it is in the log: so what is kept with a key is the schema of then, and
//! which rows were refused and why. Verdicts are looked up.

use fourfold::Schema;

use super::frames::{Fate, Then, remembered, results, verdicts};
use super::live::parsed;
use super::{Ask, Outcome, Session};
use crate::answer::Answer;
use crate::body;
use crate::log::pack;
use crate::refusal::{Refusal, StorageFault};
use crate::sql::Sql;
use crate::verdicts::Verdicts;

/// What makes an answer to frames that answer.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Recipe {
    /// The schema of then.
    pub(super) era: u64,
    /// The places of rows that were refused, in their order, each with its problem as JSON.
    pub(super) refused: Vec<(usize, String)>,
}

impl Recipe {
    /// What is said to rows.
    pub(super) fn of(era: u64, fates: &[Fate]) -> Self {
        let problem = |(place, fate): (usize, &Fate)| match fate {
            Fate::Refused(problem) => Some((place, problem.clone())),
            Fate::Known(_) | Fate::New(_) => None,
        };
        Self { era, refused: fates.iter().enumerate().filter_map(problem).collect() }
    }

    /// A few bytes where no row was refused.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Refusal> {
        let mut bytes = self.era.to_le_bytes().to_vec();
        if !self.refused.is_empty() {
            bytes.extend(pack::deflate(body::write(&self.refused)?.as_bytes()));
        }
        Ok(bytes)
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, StorageFault> {
        let (era, refused) = bytes.split_first_chunk::<8>().ok_or(StorageFault::Damaged)?;
        let refused = match refused.split_first() {
            None => Vec::new(),
            Some((_, packed)) => body::kept(&pack::inflate(packed)?)?,
        };
        Ok(Self { era: u64::from_le_bytes(*era), refused })
    }
}

impl<S: Sql> Session<S> {
    /// The answer to frames by its recipe.
    pub(super) fn again(
        &self,
        ask: &Ask<'_>,
        partial: bool,
        recipe: Recipe,
        wanted: &'static str,
    ) -> Result<Answer, Refusal> {
        let schema = parsed(&self.store.schema_of(recipe.era)?)?;
        let then = Then { schema: &schema, era: recipe.era, newest_ms: self.store.newest_ms()? };
        let batch = body::frames(body::media(ask.media), (ask.body, ask.before), &schema, partial)?;
        let width = schema.streams().len();
        let mut good = batch.times_ms.iter().zip(batch.values.chunks(width.max(1)));
        let mut refused = recipe.refused.into_iter().peekable();
        let mut page = None;
        let mut fates = Vec::with_capacity(batch.rows.len());
        for (place, row) in batch.rows.iter().enumerate() {
            let frame = if row.is_ok() { good.next() } else { None };
            fates.push(match (refused.next_if(|(refused, _)| *refused == place), frame) {
                (Some((_, problem)), _) => Fate::Refused(problem),
                (None, Some((&at_ms, values))) => {
                    Fate::Known(remembered(&self.store, then, &mut page, at_ms, values)?)
                }
                (None, None) => return Err(StorageFault::Damaged.into()),
            });
        }
        said(&schema, &fates, None, wanted, partial)
    }
}

/// What is answered to rows.
pub(super) fn said(
    schema: &Schema,
    fates: &[Fate],
    new: Option<&Verdicts>,
    wanted: &'static str,
    partial: bool,
) -> Result<Answer, Refusal> {
    if partial { results(schema, fates, new, wanted) } else { verdicts(schema, fates, new, wanted) }
}

impl Outcome {
    /// With how its answer is rendered again.
    pub(super) fn again_by(self, recipe: Recipe) -> Self {
        Self { recipe: Some(recipe), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_read_as_it_was_kept() {
        let plain = Recipe { era: 3, refused: Vec::new() };
        let bytes = plain.bytes().unwrap();
        assert_eq!((bytes.len(), Recipe::read(&bytes).unwrap()), (8, plain));
        let refused = (0..500).map(|place| (2 * place, r#"{"code":"frame.differs"}"#.to_owned())).collect();
        let long = Recipe { era: 0, refused };
        let bytes = long.bytes().unwrap();
        assert_eq!(Recipe::read(&bytes).unwrap(), long);
        assert!(bytes.len() < 2_000, "{}", bytes.len());
        for torn in [&bytes[..7], &bytes[..bytes.len() / 2]] {
            assert!(Recipe::read(torn).is_err());
        }
    }
}
