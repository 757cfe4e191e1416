//! What a registry answers.

use serde::{Deserialize, Serialize};

use crate::access::{Limit, Scopes};
use crate::answer::Answer;
use crate::body;
use crate::refusal::Refusal;

/// A key, without its secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeyJson {
    /// Its name for programs.
    pub(crate) id: String,
    /// Its name for people.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) scopes: Scopes,
    /// How often.
    pub(crate) limit: Limit,
    /// When it was made.
    pub(crate) made: u64,
    /// Until when it counts.
    pub(crate) expires: Option<u64>,
}

/// A key that was just made.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MadeKeyJson<'a> {
    /// The text of the key, which nobody will see again.
    pub(crate) key: &'a str,
    /// The key.
    #[serde(flatten)]
    pub(crate) about: &'a KeyJson,
}

impl MadeKeyJson<'_> {
    /// The only answer that has a key in it.
    pub(super) fn shown(&self) -> Result<Answer, Refusal> {
        Ok(Answer::made(body::write(self)?))
    }
}

/// A page of keys.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeysJson {
    /// In the order of their ids.
    pub(crate) keys: Vec<KeyJson>,
    /// The cursor of the next page, if there is one.
    pub(crate) next: Option<String>,
}

/// What was deleted.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct GoneJson {
    /// Its id.
    pub(crate) id: String,
}

/// What was deleted, and who has to hear of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct DroppedJson {
    /// Systems to which somebody may listen by that key.
    pub(crate) systems: Vec<String>,
}

/// A system in the list.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SystemLine {
    /// Its id.
    pub(crate) id: String,
    /// When it was created.
    pub(crate) made: u64,
}

/// A page of systems.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SystemsJson {
    /// In the order of their ids.
    pub(crate) systems: Vec<SystemLine>,
    /// The cursor of the next page, if there is one.
    pub(crate) next: Option<String>,
}

/// The tenants, for what is done every day.
#[derive(Serialize, Deserialize)]
pub(crate) struct TenantsJson {
    pub(crate) tenants: Vec<String>,
    pub(crate) next: Option<String>,
}

/// An act.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AuditLine {
    /// Counts from 1.
    pub(crate) seq: u64,
    /// When.
    pub(crate) at: u64,
    /// `key.made`, `key.deleted`, `system.put`, `system.deleted`, `model.restored` or `alerts.set`.
    pub(crate) act: String,
    /// The id of what was acted on.
    pub(crate) target: String,
    /// The id of the key that acted, or `admin` for the admin secret.
    pub(crate) key: String,
    /// The request's id, as in `X-Request-Id` and the logs.
    pub(crate) request: String,
}

/// A page of the audit log.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AuditJson {
    /// The newest first.
    pub(crate) entries: Vec<AuditLine>,
    /// The cursor of the next page, if there is one.
    pub(crate) next: Option<String>,
}
