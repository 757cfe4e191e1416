//! Which news are sent, and where.

use fourfold::Severity;
use fourfold::silence::Cause;
use serde::{Deserialize, Serialize};

use super::{sign, target};
use crate::fault::Fault;

/// Rules of one system.
const RULES_MAX: usize = 32;
/// Webhooks of one system.
const WEBHOOKS_MAX: usize = 4;
/// Groups or causes in a rule.
const NAMES_MAX: usize = 64;
/// The longest name.
const NAME_BYTES_MAX: usize = 64;
/// While a receiver learns the new secret, the old one still signs.
const SECRETS_MAX: usize = 2;

/// What a rule is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum About {
    /// What happens in the data.
    #[default]
    Anomalies,
    /// The Worker itself: too many anomalies to be true, too few streams that speak, a view that contradicts itself.
    Worker,
}

/// A choice from the news: what it leaves out lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Rule {
    /// Goes along with the message.
    pub(crate) name: String,
    /// What it is about.
    pub(crate) about: About,
    /// `opened`, `worsened`, `changed` and `closed`; without any, the first two and the last.
    pub(crate) news: Vec<NewsWord>,
    /// At least this severe.
    pub(crate) min_severity: Option<Severity>,
    /// At least this score, from 0 to 1.
    pub(crate) min_score: Option<f64>,
    /// The group of the stream that stands out or is silent.
    pub(crate) groups: Vec<String>,
    /// Whether silence is the finding.
    pub(crate) silence: Option<bool>,
    /// The cause of a silence.
    pub(crate) causes: Vec<Cause>,
}

/// What can happen to an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum NewsWord {
    /// It began.
    Opened,
    /// It is more severe than it was.
    Worsened,
    /// A person changed its status or label.
    Changed,
    /// It is over.
    Closed,
}

/// What people do not change an episode by.
const NEWS_USUAL: [NewsWord; 3] = [NewsWord::Opened, NewsWord::Worsened, NewsWord::Closed];

/// A webhook as it is sent.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct WebhookDraft {
    /// A public address that begins with `https://`.
    url: String,
    /// One or two secrets, `whsec_` and 24 to 64 bytes in base64; the new one first. Left out, they stay as they are.
    #[serde(default)]
    secrets: Option<Vec<String>>,
}

/// All of it as it is sent.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertsDraft {
    /// A message is sent for news that any of them lets through.
    rules: Vec<Rule>,
    /// Every message goes to each of them.
    webhooks: Vec<WebhookDraft>,
}

/// A webhook as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) secrets: Vec<String>,
}

/// All of it as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Alerts {
    pub(crate) rules: Vec<Rule>,
    pub(crate) webhooks: Vec<Webhook>,
}

/// A webhook without its secrets.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct WebhookJson<'a> {
    /// Where it goes.
    url: &'a str,
    /// How many secrets sign.
    secrets: usize,
}

/// All of it, without secrets.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AlertsJson<'a> {
    /// Which news are sent.
    rules: &'a [Rule],
    /// Where to.
    webhooks: Vec<WebhookJson<'a>>,
}

/// News about an episode, as rules see it.
#[derive(Clone, Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) news: &'a str,
    pub(crate) severity: u8,
    pub(crate) score: f64,
    pub(crate) group: Option<&'a str>,
    pub(crate) is_silence: bool,
    pub(crate) cause: Option<Cause>,
}

impl AlertsDraft {
    /// What it asks for, on top of what was kept before.
    pub(crate) fn accept(self, before: &Alerts, inside: bool) -> Result<Alerts, Fault> {
        let bad = |rule: &'static str, place: usize| Err(Fault::BadAlerts { place, rule });
        if self.rules.len() > RULES_MAX || self.webhooks.len() > WEBHOOKS_MAX {
            return bad("there are at most 32 rules and 4 webhooks", 0);
        }
        for (place, rule) in self.rules.iter().enumerate() {
            if let Some(fault) = rule.fault() {
                return bad(fault, place);
            }
        }
        let mut webhooks: Vec<Webhook> = Vec::new();
        for (place, WebhookDraft { url, secrets }) in self.webhooks.into_iter().enumerate() {
            if let Some(fault) = target::fault(&url, inside) {
                return Err(Fault::BadTarget { place, rule: fault });
            }
            let kept =
                before.webhooks.iter().find(|known| known.url == url).map(|known| known.secrets.clone());
            let Some(secrets) = secrets.or(kept) else {
                return bad("a new webhook has one or two secrets", place);
            };
            let is_sound = secrets.iter().all(|secret| sign::secret_bytes(secret).is_some());
            if !(1..=SECRETS_MAX).contains(&secrets.len()) || !is_sound {
                return bad("a webhook has one or two secrets: `whsec_` and 24 to 64 bytes in base64", place);
            }
            if webhooks.iter().any(|other| other.url == url) {
                return bad("two webhooks have one address", place);
            }
            webhooks.push(Webhook { url, secrets });
        }
        Ok(Alerts { rules: self.rules, webhooks })
    }
}

impl Alerts {
    /// The first rule that lets something through.
    pub(crate) fn rule_for(&self, seen: &Seen<'_>) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.lets_through(seen))
    }

    /// The first rule about the Worker itself.
    pub(crate) fn rule_for_worker(&self) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.about == About::Worker)
    }

    /// Without secrets.
    pub(crate) fn shown(&self) -> AlertsJson<'_> {
        let webhook = |webhook: &'_ Webhook| webhook.secrets.len();
        AlertsJson {
            rules: &self.rules,
            webhooks: (self.webhooks.iter())
                .map(|kept| WebhookJson { url: &kept.url, secrets: webhook(kept) })
                .collect(),
        }
    }
}

impl Rule {
    fn fault(&self) -> Option<&'static str> {
        let is_name = |name: &String| (1..=NAME_BYTES_MAX).contains(&name.len());
        if self.name.len() > NAME_BYTES_MAX || self.name.chars().any(char::is_control) {
            Some("the name of a rule is at most 64 bytes of text")
        } else if self.groups.len() > NAMES_MAX || !self.groups.iter().all(is_name) {
            Some("a rule names at most 64 groups")
        } else if self.causes.len() > NAMES_MAX || self.news.len() > NAMES_MAX {
            Some("a rule names each cause and each kind of news once")
        } else if self.min_score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
            Some("`min_score` is between 0 and 1")
        } else {
            None
        }
    }

    fn lets_through(&self, seen: &Seen<'_>) -> bool {
        let news = if self.news.is_empty() { &NEWS_USUAL[..] } else { &self.news };
        self.about == About::Anomalies
            && news.iter().any(|word| word.word() == seen.news)
            && self.min_severity.is_none_or(|least| seen.severity >= least as u8)
            && self.min_score.is_none_or(|least| seen.score >= least)
            && (self.groups.is_empty() || self.groups.iter().any(|group| Some(group.as_str()) == seen.group))
            && self.silence.is_none_or(|silence| silence == seen.is_silence)
            && (self.causes.is_empty() || seen.cause.is_some_and(|cause| self.causes.contains(&cause)))
    }
}

impl NewsWord {
    fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Worsened => "worsened",
            Self::Changed => "changed",
            Self::Closed => "closed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn draft(text: &str) -> AlertsDraft {
        serde_json::from_str(&text.replace("SECRET", SECRET)).unwrap()
    }

    #[test]
    fn a_rule_lets_through_what_it_says() {
        let seen = Seen {
            news: "opened",
            severity: Severity::High as u8,
            score: 0.9,
            group: Some("boiler"),
            is_silence: false,
            cause: None,
        };
        let silence = Seen { is_silence: true, cause: Some(Cause::AllSilent), group: None, ..seen.clone() };
        let changed = Seen { news: "changed", ..seen.clone() };
        for (rule, expected) in [
            ("{}", [true, true, false]),
            (r#"{"news":["changed"]}"#, [false, false, true]),
            (r#"{"min_severity":"high"}"#, [true, true, false]),
            (r#"{"min_severity":"critical"}"#, [false; 3]),
            (r#"{"min_score":0.9}"#, [true, true, false]),
            (r#"{"min_score":0.91}"#, [false; 3]),
            (r#"{"groups":["boiler"]}"#, [true, false, false]),
            (r#"{"groups":["other"]}"#, [false; 3]),
            (r#"{"silence":true}"#, [false, true, false]),
            (r#"{"silence":false}"#, [true, false, false]),
            (r#"{"causes":["all_silent"]}"#, [false, true, false]),
            (r#"{"about":"worker"}"#, [false; 3]),
        ] {
            let rule: Rule = serde_json::from_str(rule).unwrap();
            assert_eq!([&seen, &silence, &changed].map(|seen| rule.lets_through(seen)), expected, "{rule:?}");
        }
    }

    #[test]
    fn secrets_stay_until_others_are_sent_and_are_never_shown() {
        let webhook = r#"{"rules":[{}],"webhooks":[{"url":"https://a.example/","secrets":["SECRET"]}]}"#;
        let first = draft(webhook).accept(&Alerts::default(), false).unwrap();
        let again = draft(r#"{"rules":[],"webhooks":[{"url":"https://a.example/"}]}"#);
        let kept = again.clone().accept(&first, false).unwrap();
        assert_eq!(kept.webhooks[0].secrets, [SECRET]);
        assert!(again.accept(&Alerts::default(), false).is_err());
        let shown = serde_json::to_string(&first.shown()).unwrap();
        assert!(shown.contains(r#""secrets":1"#) && !shown.contains("whsec_"));
    }

    #[test]
    fn odd_wishes_are_refused() {
        for text in [
            r#"{"rules":[{"min_score":1.1}],"webhooks":[]}"#,
            r#"{"rules":[{"groups":[""]}],"webhooks":[]}"#,
            r#"{"rules":[],"webhooks":[{"url":"https://a.example/","secrets":[]}]}"#,
            r#"{"rules":[],"webhooks":[{"url":"https://a.example/","secrets":["SECRET","SECRET","SECRET"]}]}"#,
            r#"{"rules":[],"webhooks":[{"url":"https://a.example/","secrets":["whsec_AAAA"]}]}"#,
            r#"{"rules":[],"webhooks":[{"url":"http://a.example/","secrets":["SECRET"]}]}"#,
            r#"{"rules":[],"webhooks":[{"url":"https://10.0.0.1/","secrets":["SECRET"]}]}"#,
        ] {
            assert!(draft(text).accept(&Alerts::default(), false).is_err(), "{text}");
        }
        let many = format!(r#"{{"rules":[{}],"webhooks":[]}}"#, vec!["{}"; 33].join(","));
        assert!(draft(&many).accept(&Alerts::default(), false).is_err());
        assert!(serde_json::from_str::<AlertsDraft>(r#"{"rules":[{"min":1}],"webhooks":[]}"#).is_err());
    }
}
