//! The same request twice is one request: what a key was used for, and what was answered.

use xxhash_rust::xxh64::xxh64;

use super::{Ask, Session};
use crate::action::Action;
use crate::answer::Answer;
use crate::fault::Fault;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::{Blob, Write};

/// A key is known for a day.
pub(super) const KEPT_MS: i64 = 86_400_000;

/// A key that came with a request.
pub(super) struct Key {
    /// Its number, and whether it is kept already.
    id: Option<u64>,
    key: String,
    digest: String,
    /// What was answered to it before.
    pub(super) known: Option<Answer>,
}

impl Key {
    /// Keeps the key with what was answered. Frames are answered again from the log, in the same bytes.
    pub(super) fn keep(self, ask: &Ask<'_>, answer: &Answer, write: &mut Write) {
        let Some(id) = self.id else { return };
        write.key(id, &self.key, &self.digest, answer, ask.now_ms);
        if !matches!(ask.action, Action::Frames { .. }) {
            write.blob(Blob::Answer, id, &answer.body);
        }
    }
}

impl<S: Sql> Session<S> {
    /// What is known of a key.
    pub(super) fn key(&mut self, ask: &Ask<'_>, key: &str) -> Result<Key, Refusal> {
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Fault::BadKey.into());
        }
        if self.store.system()?.is_none() {
            return Err(Refusal::UnknownSystem);
        }
        let digest = digest(ask);
        let unknown = |id| Key { id, key: key.to_owned(), digest: digest.clone(), known: None };
        let Some(known) = self.store.key(key, ask.now_ms - KEPT_MS)? else {
            return Ok(unknown(Some(self.store.next_key()?)));
        };
        if known.digest != digest {
            return Err(Fault::KeyReused.into());
        }
        if matches!(ask.action, Action::Frames { .. }) {
            return Ok(unknown(None));
        }
        let body = self.store.blob(Blob::Answer, known.id)?;
        let answer = Answer { status: known.status, media: known.media, body };
        Ok(Key { known: Some(answer), ..unknown(None) })
    }
}

/// What makes a request that request.
fn digest(ask: &Ask<'_>) -> String {
    let asked = format!("{:?}\n{:?}\n{:?}\n", ask.action, ask.media, ask.accept);
    let bytes = [asked.as_bytes(), ask.body].concat();
    format!("{:016x}{:016x}{:x}", xxh64(&bytes, 0), xxh64(&bytes, 1), bytes.len())
}
