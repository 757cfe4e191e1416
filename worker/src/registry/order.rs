//! What the front may ask of a registry.

use serde::{Deserialize, Serialize};

use super::KeyDraft;
use crate::access::Repeat;
use crate::counts::{Census, Counts};

/// One wish.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// Requests out of a key's bucket, if it is the key; so many of an earlier grant were not used.
    Lease { id: String, digest: String, unused: u32 },
    /// Whether a key still counts; that costs it nothing.
    Check { id: String, digest: String },
    /// The same, of somebody who listens to a system for as long as it does.
    Listen { id: String, digest: String, system: String },
    /// The keys.
    Keys(Page),
    /// A new key; with a `repeat`, the same one when it is sent again.
    MakeKey { draft: KeyDraft, by: Actor, repeat: Option<Repeat> },
    /// A key less.
    DropKey { id: String, by: Actor },
    /// The systems.
    Systems(Page),
    /// An act that was done elsewhere, and in which turn of whom it was done to.
    Acted { act: Act, target: String, by: Actor, turn: u64 },
    /// What an instance of the front counted, with the newest word of each system.
    Count { counts: Counts, censuses: Vec<(String, Census)> },
    /// The counts, for Prometheus.
    Metrics,
    /// The audit log.
    Audit(Page),
    /// A tenant; for the directory only.
    Enroll { tenant: String },
    /// The tenants; from the directory only.
    Tenants(Page),
    /// What is past its time is forgotten.
    Upkeep,
}

/// An administrative act, as the audit log names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Act {
    /// A key was made.
    #[serde(rename = "key.made")]
    KeyMade,
    /// A key was deleted.
    #[serde(rename = "key.deleted")]
    KeyDeleted,
    /// A system was created, or its schema was sent again.
    #[serde(rename = "system.put")]
    SystemPut,
    /// A system was deleted with all that it knew.
    #[serde(rename = "system.deleted")]
    SystemDeleted,
    /// A system's engine went back to a checkpoint.
    #[serde(rename = "model.restored")]
    ModelRestored,
    /// Other alerts were set.
    #[serde(rename = "alerts.set")]
    AlertsSet,
}

/// Who did it, in which request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Actor {
    /// The id of a key, or `admin` for the admin secret.
    pub(crate) key: String,
    /// The request's id, as in the logs.
    pub(crate) request: String,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// What the page before ended with.
    pub(crate) after: Option<String>,
    /// So many at most.
    pub(crate) limit: u32,
}
