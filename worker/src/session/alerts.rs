//! News become messages, and messages wait until they are taken.

use fourfold::engine::Thresholds;
use fourfold::silence::Cause;
use serde::{Deserialize, Serialize};

use super::{Ask, Outcome, Session};
use crate::access::random_hex;
use crate::alerts::{Alerts, AlertsDraft, AlertsJson, Seen, signature, wait_ms};
use crate::answer::Answer;
use crate::body;
use crate::counts::Deliveries;
use crate::refusal::{Refusal, StorageFault};
use crate::sql::Sql;
use crate::store::{MessageRow, NewsRow, Write};

/// News that become messages in one go, and messages that are sent in one go.
const GO: u64 = 64;
/// Messages that wait at most: a receiver that is away for long has missed the rest.
const WAITING_MAX: u64 = 1_000;

/// The rules as they are kept.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// The system's id, which messages tell.
    system: String,
    /// Tells messages of one system from those of all others, also of one that had its id before.
    salt: String,
    alerts: Alerts,
    /// What the engine said of itself when it was last asked.
    worker: Vec<String>,
}

/// The rules as they are shown.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "AlertsAnswer"))]
pub(crate) struct ShownJson<'a> {
    #[serde(flatten)]
    alerts: AlertsJson<'a>,
    /// Messages that wait for their receiver.
    waiting: u64,
}

/// What a webhook is sent.
#[derive(Serialize)]
struct MessageJson<'a> {
    /// `anomaly.opened`, `anomaly.worsened`, `anomaly.changed`, `anomaly.closed`, `worker.raised` or `worker.cleared`.
    r#type: String,
    /// When it was written, in milliseconds since 1970.
    at: i64,
    system: &'a str,
    rule: &'a str,
    data: serde_json::Value,
}

/// A message that is ready to go.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) row: MessageRow,
    /// The header `webhook-signature`.
    pub(crate) signature: String,
    /// The header `webhook-timestamp`.
    pub(crate) at_s: i64,
}

impl<S: Sql> Session<S> {
    /// The rules, without secrets.
    pub(super) fn alerts(&mut self) -> Result<Outcome, Refusal> {
        self.exists()?;
        let kept = self.kept()?;
        Ok(self.shown(&kept.alerts)?.into())
    }

    /// Other rules. What happened before they came is not told.
    pub(super) fn set_alerts(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let draft: AlertsDraft = body::read(ask.body)?;
        self.exists()?;
        let before = self.kept()?;
        let alerts = draft.accept(&before.alerts, self.settings.inside)?;
        let mut write = Write::default();
        if before.alerts.webhooks.is_empty() {
            write.no_news_at_all();
        }
        for gone in &before.alerts.webhooks {
            if !alerts.webhooks.iter().any(|webhook| webhook.url == gone.url) {
                write.no_messages_to(&gone.url);
            }
        }
        let salt =
            if before.salt.is_empty() { random_hex(16).ok_or(StorageFault::Refused)? } else { before.salt };
        let kept = Kept { system: ask.id.to_owned(), salt, alerts, worker: before.worker };
        write.alerts(&body::write(&kept)?);
        self.store.commit(write)?;
        self.has_webhooks = Some(!kept.alerts.webhooks.is_empty());
        Ok(self.shown(&kept.alerts)?.into())
    }

    /// What happened since the last time becomes messages, and it is known when the next one is due.
    pub(super) fn post(&mut self, now_ms: i64) -> Result<(), Refusal> {
        let mut kept = self.kept()?;
        let news = self.store.news(GO)?;
        let mut write = Write::default();
        let waiting = self.store.message_count()?;
        for row in &news {
            write.no_news(row.id);
            if waiting < WAITING_MAX {
                kept.tell(row, now_ms, &mut write)?;
            }
        }
        if kept.alerts.rule_for_worker().is_some() {
            self.tell_of_worker(&mut kept, now_ms, &mut write)?;
        }
        self.store.commit(write)?;
        self.outbox_ms = if news.len() as u64 == GO { Some(now_ms) } else { self.store.next_message_ms()? };
        Ok(())
    }

    /// What the engine says of itself, where it says something else than the last time.
    fn tell_of_worker(&mut self, kept: &mut Kept, now_ms: i64, write: &mut Write) -> Result<(), Refusal> {
        let alerts = self.live()?.engine.monitor(&Thresholds::default()).alerts;
        let alerts = serde_json::to_value(&alerts).map_err(|_| Refusal::Unwritable)?;
        let now: Vec<String> = serde_json::from_value(alerts).map_err(|_| Refusal::Unwritable)?;
        if now == kept.worker {
            return Ok(());
        }
        for (kind, some, others) in [("raised", &now, &kept.worker), ("cleared", &kept.worker, &now)] {
            for alert in some.iter().filter(|alert| !others.contains(alert)) {
                kept.tell_worker(kind, alert, now_ms, write)?;
            }
        }
        kept.worker = now;
        write.alerts(&body::write(kept)?);
        Ok(())
    }

    /// Messages that are due, signed.
    pub(crate) fn parcels(&self, now_ms: i64) -> Result<Vec<Parcel>, Refusal> {
        if self.store.system()?.is_none() {
            return Ok(Vec::new());
        }
        let kept = self.kept()?;
        let at_s = now_ms.div_euclid(1000);
        let parcel = |row: MessageRow| {
            let webhook = kept.alerts.webhooks.iter().find(|webhook| webhook.url == row.url)?;
            let signature = signature(&webhook.secrets, &row.name, at_s, &row.body)?;
            Some(Parcel { row, signature, at_s })
        };
        Ok(self.store.messages(now_ms, GO)?.into_iter().filter_map(parcel).collect())
    }

    /// Notes what became of messages, and when the next one is due.
    pub(crate) fn sent(
        &mut self,
        outcomes: &[(MessageRow, bool)],
        now_ms: i64,
    ) -> Result<Deliveries, Refusal> {
        let mut deliveries = Deliveries::default();
        let mut write = Write::default();
        for (row, is_taken) in outcomes {
            let attempts = row.attempts + 1;
            match (is_taken, wait_ms(attempts, row.id)) {
                (true, _) => {
                    deliveries.taken += 1;
                    write.no_message(row);
                }
                (false, Some(wait_ms)) => {
                    deliveries.failed += 1;
                    write.message_again(row, attempts, now_ms + wait_ms);
                }
                (false, None) => {
                    deliveries.given_up += 1;
                    write.no_message(row);
                }
            }
        }
        self.store.commit(write)?;
        self.outbox_ms = self.store.next_message_ms()?;
        Ok(deliveries)
    }

    /// Whether anybody waits for news: without, no alarm rings for them.
    pub(super) fn has_webhooks(&mut self) -> Result<bool, Refusal> {
        let has_webhooks = match self.has_webhooks {
            Some(known) => known,
            None => !self.kept()?.alerts.webhooks.is_empty(),
        };
        self.has_webhooks = Some(has_webhooks);
        Ok(has_webhooks)
    }

    fn kept(&self) -> Result<Kept, Refusal> {
        match self.store.alerts()? {
            None => Ok(Kept::default()),
            Some(json) => Ok(body::kept(json.as_bytes())?),
        }
    }

    fn shown(&self, alerts: &Alerts) -> Result<Answer, Refusal> {
        let shown = ShownJson { alerts: alerts.shown(), waiting: self.store.message_count()? };
        Ok(Answer::ok(body::write(&shown)?))
    }
}

impl Kept {
    /// One message per webhook, if a rule lets the news through.
    fn tell(&self, row: &NewsRow, now_ms: i64, write: &mut Write) -> Result<(), Refusal> {
        let notice: serde_json::Value = body::kept(row.json.as_bytes())?;
        let data = notice.get("anomaly").cloned().unwrap_or_default();
        let cause = data.get("cause").and_then(|cause| Cause::deserialize(cause).ok());
        let seen = Seen {
            news: &row.news,
            severity: row.severity,
            score: row.score,
            group: row.group.as_deref(),
            is_silence: row.is_silence,
            cause,
        };
        let Some(rule) = self.alerts.rule_for(&seen) else { return Ok(()) };
        let r#type = format!("anomaly.{}", row.news);
        self.messages(r#type, &rule.name, &row.id.to_string(), data, now_ms, write)
    }

    fn tell_worker(&self, kind: &str, alert: &str, now_ms: i64, write: &mut Write) -> Result<(), Refusal> {
        let rule = self.alerts.rule_for_worker().map(|rule| rule.name.as_str()).unwrap_or_default();
        let data = serde_json::json!({ "alert": alert });
        let number = format!("{kind}-{alert}-{now_ms}");
        self.messages(format!("worker.{kind}"), rule, &number, data, now_ms, write)
    }

    fn messages(
        &self,
        r#type: String,
        rule: &str,
        number: &str,
        data: serde_json::Value,
        now_ms: i64,
        write: &mut Write,
    ) -> Result<(), Refusal> {
        let body = body::write(&MessageJson { r#type, at: now_ms, system: &self.system, rule, data })?;
        for webhook in &self.alerts.webhooks {
            write.message(format!("msg_{}_{number}", self.salt), &webhook.url, &body, now_ms);
        }
        Ok(())
    }
}
