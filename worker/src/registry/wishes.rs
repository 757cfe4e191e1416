//! Keys that are made once, however often they are asked for: who lost the answer asks again and has it.
//!
//! No key is stored, so its text is made anew: out of a salt that is kept for a day, and the deployment's own secret, which
//! is stored nowhere. Who has only the tables can make none of them.

use serde::Deserialize;

use super::KeyDraft;
use super::answers::{KeyJson, MadeKeyJson};
use super::order::Actor;
use super::tables::Tables;
use crate::access::{Digest, Key, REPEAT_MS, Repeat, random_hex};
use crate::answer::Answer;
use crate::body;
use crate::fault::Fault;
use crate::front::DoorFault;
use crate::refusal::Refusal;

/// Letters of a salt: 256 bits.
const SALT_HEX: usize = 64;

/// What a key is made from.
pub(super) struct Wish<'a> {
    pub(super) tenant: &'a str,
    pub(super) repeat: Repeat,
    /// The deployment's own.
    pub(super) secret: &'a str,
}

/// A key that was made.
#[derive(Deserialize)]
struct Kept {
    request: String,
    salt: String,
    digest: String,
    json: String,
}

impl Tables {
    /// Makes a key, or shows the one that was made for the same request before.
    pub(super) fn make_key_once(
        &self,
        wish: Wish<'_>,
        draft: KeyDraft,
        by: &Actor,
        now_ms: u64,
    ) -> Result<Answer, Refusal> {
        self.ensure()?;
        let since_ms = (now_ms as i64).saturating_sub(REPEAT_MS);
        let kept: Vec<Kept> = self.rows(
            "SELECT request, salt, digest, json FROM wishes WHERE repeat = ? AND at_ms >= ?",
            vec![wish.repeat.key.as_str().into(), since_ms.into()],
        )?;
        if let Some(kept) = kept.into_iter().next() {
            return kept.again(&wish);
        }
        let random = || Some((Key::fresh_id()?, random_hex(SALT_HEX)?));
        let (id, salt) = random().ok_or(Refusal::NoAnswer)?;
        let (key, text) = Key::derive(wish.tenant, &id, &salt, wish.secret).ok_or(Refusal::NoAnswer)?;
        let about = draft.accept(id, now_ms)?;
        self.keep_key(&key, &about, by, now_ms)?;
        self.exec(
            "INSERT OR REPLACE INTO wishes VALUES (?, ?, ?, ?, ?, ?)",
            vec![
                wish.repeat.key.into(),
                (now_ms as i64).into(),
                wish.repeat.digest.into(),
                salt.into(),
                key.digest.hex().into(),
                body::write(&about)?.into(),
            ],
        )?;
        MadeKeyJson { key: &text, about: &about }.shown()
    }
}

impl Kept {
    /// The first answer once more.
    fn again(self, wish: &Wish<'_>) -> Result<Answer, Refusal> {
        if self.request != wish.repeat.digest {
            return Err(Fault::KeyReused.into());
        }
        let about: KeyJson = body::kept(self.json.as_bytes())?;
        let (key, text) =
            Key::derive(wish.tenant, &about.id, &self.salt, wish.secret).ok_or(Refusal::NoAnswer)?;
        if Digest::from_hex(&self.digest) != Some(key.digest) {
            return Err(DoorFault::KeyLost { id: about.id }.into());
        }
        MadeKeyJson { key: &text, about: &about }.shown()
    }
}
