//! The query of a request, word by word. What is unknown, twice there or out of range is refused by name.

use fourfold::cause::Mode;
use fourfold::frame::time_from_js;

use crate::fault::Fault;
use crate::refusal::Refusal;
use crate::registry::Page;

/// Episodes in one answer, unless the caller wants fewer or more.
const LIMIT: u32 = 100;
/// The most that a caller may want.
const LIMIT_MAX: u32 = 1000;

/// From a moment, up to and without another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first millisecond.
    pub(crate) from_ms: Option<i64>,
    /// The first one beyond.
    pub(crate) to_ms: Option<i64>,
}

/// Streams by their names, in which there may be commas.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Named {
    /// Said once: a name, or several with commas between.
    List(String),
    /// Said again and again: each is a name.
    Each(Vec<String>),
}

impl Default for Named {
    fn default() -> Self {
        Self::List(String::new())
    }
}

impl Named {
    /// The names, if one knows what is a name.
    pub(crate) fn names(&self, is_name: impl Fn(&str) -> bool) -> Vec<String> {
        let names: Vec<&str> = match self {
            Self::List(list) if is_name(list) => vec![list],
            Self::List(list) => list.split(',').collect(),
            Self::Each(names) => names.iter().map(String::as_str).collect(),
        };
        names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// Which raw data.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Stretch {
    /// When.
    pub(crate) span: Span,
    /// Which streams; all where none is named.
    pub(crate) streams: Named,
    /// Milliseconds that become one row, the mean of what is there.
    pub(crate) step_ms: Option<i64>,
}

/// Which episodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// `new`, `acknowledged` or `resolved`.
    pub(crate) status: Option<String>,
    /// At least this severe, as its place among the severities.
    pub(crate) severity: Option<u8>,
    /// The group of the stream that stood out, or that fell silent.
    pub(crate) group: Option<String>,
    /// What made it stand out, or the cause of a silence.
    pub(crate) kind: Option<String>,
    /// Opened at this moment or later.
    pub(crate) since_ms: Option<i64>,
    /// Opened before this moment.
    pub(crate) until_ms: Option<i64>,
    /// Whether those in the archive are listed instead.
    pub(crate) is_archived: bool,
    /// Only ids below this one: the page after the one whose `next` it was. New episodes have higher ids, so pages
    /// never shift.
    pub(crate) below: Option<u64>,
    /// How many.
    pub(crate) limit: u32,
}

/// What a row of statistics is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grain {
    /// One hour.
    Hour,
    /// One day.
    Day,
}

impl Grain {
    /// How long it is.
    pub(crate) fn ms(self) -> i64 {
        match self {
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }
}

/// A query that is being read.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn new(text: &str) -> Self {
        Self { pairs: form_urlencoded::parse(text.as_bytes()).into_owned().collect() }
    }

    /// Refuses what nobody asked for.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        match self.pairs.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(bad(&name, "this path knows no such parameter, or it is there twice")),
        }
    }

    /// `true`, `false` or absent.
    pub(crate) fn flag(&mut self, name: &'static str) -> Result<bool, Refusal> {
        match self.take(name).as_deref() {
            Some("true") => Ok(true),
            None | Some("false") => Ok(false),
            Some(_) => Err(bad(name, "it is true or false")),
        }
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn time(&mut self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.take(name) else { return Ok(None) };
        let time = text.parse::<f64>().ok().and_then(|ms| time_from_js(ms).ok());
        time.map(Some).ok_or_else(|| bad(name, "it is a time in milliseconds since the Unix epoch"))
    }

    pub(crate) fn span(&mut self) -> Result<Span, Refusal> {
        Ok(Span { from_ms: self.time("from")?, to_ms: self.time("to")? })
    }

    pub(crate) fn stretch(&mut self) -> Result<Stretch, Refusal> {
        let span = self.span()?;
        let streams = self.streams();
        let step_ms = match self.take("step").map(|text| text.parse()) {
            None => None,
            Some(Ok(step_ms @ 1..=31_622_400_000)) => Some(step_ms),
            Some(_) => return Err(bad("step", "it is a number of milliseconds, at most a year")),
        };
        Ok(Stretch { span, streams, step_ms })
    }

    fn streams(&mut self) -> Named {
        let is_said = |(name, _): &(String, String)| name == "streams";
        let (said, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pairs).into_iter().partition(is_said);
        self.pairs = rest;
        let mut names: Vec<String> = said.into_iter().map(|(_, name)| name).collect();
        if names.len() > 1 { Named::Each(names) } else { Named::List(names.pop().unwrap_or_default()) }
    }

    pub(crate) fn mode(&mut self) -> Result<Mode, Refusal> {
        match self.take("mode").as_deref() {
            None | Some("fast") => Ok(Mode::Fast),
            Some("thorough") => Ok(Mode::Thorough),
            Some(_) => Err(bad("mode", "it is fast or thorough")),
        }
    }

    pub(crate) fn grain(&mut self) -> Result<Grain, Refusal> {
        match self.take("by").as_deref() {
            Some("hour") => Ok(Grain::Hour),
            None | Some("day") => Ok(Grain::Day),
            Some(_) => Err(bad("by", "it is hour or day")),
        }
    }

    pub(crate) fn filter(&mut self) -> Result<Filter, Refusal> {
        let status = self.take("status");
        if !status.as_deref().is_none_or(|status| ["new", "acknowledged", "resolved"].contains(&status)) {
            return Err(bad("status", "it is new, acknowledged or resolved"));
        }
        let severities = ["none", "low", "medium", "high", "critical"];
        let severity = match self.take("severity") {
            None => None,
            Some(word) => match (0..).zip(severities).find(|(_, known)| *known == word) {
                Some((place, _)) => Some(place),
                None => return Err(bad("severity", "it is low, medium, high or critical")),
            },
        };
        Ok(Filter {
            status,
            severity,
            group: self.take("group"),
            kind: self.take("kind"),
            since_ms: self.time("since")?,
            until_ms: self.time("until")?,
            is_archived: self.flag("archived")?,
            below: self.count("cursor", u64::MAX)?,
            limit: self.count("limit", LIMIT_MAX.into())?.map_or(LIMIT, |limit| limit as u32),
        })
    }

    /// A part of a list.
    pub(crate) fn page(&mut self) -> Result<Page, Refusal> {
        let limit = self.count("limit", LIMIT_MAX.into())?.map_or(LIMIT, |limit| limit as u32);
        Ok(Page { after: self.take("cursor"), limit })
    }

    /// A number from 1 to `most`.
    fn count(&mut self, name: &'static str, most: u64) -> Result<Option<u64>, Refusal> {
        match self.take(name).map(|text| text.parse()) {
            None => Ok(None),
            Some(Ok(count)) if (1..=most).contains(&count) => Ok(Some(count)),
            Some(_) if most == u64::MAX => Err(bad(name, "it is the `next` of the page before")),
            Some(_) => Err(bad(name, "it is a number from 1 to 1000")),
        }
    }

    /// The value of a word. A second one stays, and is refused at the end.
    fn take(&mut self, name: &str) -> Option<String> {
        let place = self.pairs.iter().position(|(known, _)| known == name)?;
        Some(self.pairs.swap_remove(place).1)
    }
}

fn bad(name: &str, detail: &'static str) -> Refusal {
    Fault::BadQuery { name: name.to_owned(), detail }.into()
}
