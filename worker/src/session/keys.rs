//! The same request twice is one request: what a key was used for, and what was answered.

use xxhash_rust::xxh64::xxh64;

use super::repeat::Recipe;
use super::{Ask, Session};
use crate::access::{REPEAT_MS, check_repeat};
use crate::action::Action;
use crate::answer::Answer;
use crate::fault::Fault;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::{Blob, KnownAnswer, Write};

/// A key that came with a request.
pub(super) struct Key {
    /// Its number.
    id: u64,
    key: String,
    digest: String,
    /// What was answered to it before.
    pub(super) known: Option<Answer>,
}

impl Key {
    /// Keeps the key with what was answered, or with how that is rendered again.
    pub(super) fn keep(
        self,
        ask: &Ask<'_>,
        answer: &Answer,
        recipe: Option<Recipe>,
        write: &mut Write,
    ) -> Result<(), Refusal> {
        write.key(self.id, &self.key, &self.digest, answer, ask.now_ms);
        match recipe {
            Some(recipe) => write.blob(Blob::Answer, self.id, &recipe.bytes()?),
            None => write.blob(Blob::Answer, self.id, &answer.body),
        }
        Ok(())
    }
}

impl<S: Sql> Session<S> {
    /// What is known of a key.
    pub(super) fn key(&mut self, ask: &Ask<'_>, key: &str) -> Result<Key, Refusal> {
        check_repeat(key)?;
        if self.store.system()?.is_none() {
            return Err(Refusal::UnknownSystem);
        }
        let digest = digest(ask);
        let known = self.store.key(key, ask.now_ms - REPEAT_MS)?;
        let (id, known) = match known {
            None => (self.store.next_key()?, None),
            Some(known) if known.digest != digest => return Err(Fault::KeyReused.into()),
            Some(known) => (known.id, Some(self.known(ask, known)?)),
        };
        Ok(Key { id, key: key.to_owned(), digest, known })
    }

    /// What was answered to a request.
    fn known(&self, ask: &Ask<'_>, known: KnownAnswer) -> Result<Answer, Refusal> {
        let KnownAnswer { id, status, media, .. } = known;
        let body = self.store.blob(Blob::Answer, id)?;
        match ask.action {
            Action::Frames { partial } => self.again(ask, partial, Recipe::read(&body)?, media),
            _ => Ok(Answer { status, media, body }),
        }
    }
}

/// What makes a request that request.
fn digest(ask: &Ask<'_>) -> String {
    let asked = format!("{:?}\n{:?}\n{:?}\n", ask.action, ask.media, ask.accept);
    let bytes = [asked.as_bytes(), ask.body].concat();
    format!("{:016x}{:016x}{:x}", xxh64(&bytes, 0), xxh64(&bytes, 1), bytes.len())
}
