//! Which silences are news. A silence is told once: it is the same one for as long as it lasts, and what is part of a
//! wider silence is told with it.

use alloc::vec;
use alloc::vec::Vec;

use super::Signature;
use crate::schema::Schema;
use crate::silence::{Cause, Finding};
use crate::snapshot::state;

/// In a signature, silences stand beyond all streams, so that a silent stream is not like a loud one.
const SILENT_STREAMS: usize = 1 << 16;
const SILENT_GROUPS: usize = 1 << 17;
const SILENT_ALL: usize = 1 << 18;
/// How much a silence weighs in a signature: it is the whole of it.
const STRENGTH: f64 = 1e6;

/// The silences that were told and still last.
#[derive(Clone, Debug)]
pub(crate) struct Quiet {
    streams: Vec<bool>,
    /// A stuck sensor goes on speaking, always the same.
    stuck: Vec<bool>,
    groups: Vec<bool>,
    all: bool,
    group_of: Vec<Option<usize>>,
}
state!(Quiet { streams, stuck, groups, all; group_of });

impl Quiet {
    pub(crate) fn new(schema: &Schema) -> Self {
        let width = schema.streams().len();
        Self {
            streams: vec![false; width],
            stuck: vec![false; width],
            groups: vec![false; schema.groups().len()],
            all: false,
            group_of: schema.streams().iter().map(|stream| stream.group).collect(),
        }
    }

    /// The first silence that was not told yet. What is not settled is shown, but is no news.
    pub(crate) fn news<'a>(&self, findings: &'a [Finding]) -> Option<&'a Finding> {
        findings.iter().find(|finding| finding.settled && !self.is_told(finding))
    }

    /// Takes note of the silences of this moment; what is no longer among them is over.
    pub(crate) fn learn(&mut self, findings: &[Finding]) {
        let settled = || findings.iter().filter(|finding| finding.settled);
        self.all = settled().any(|finding| finding.cause == Cause::AllSilent);
        if self.all {
            self.groups.fill(true);
            self.streams.fill(true);
            return;
        }
        self.stuck.fill(false);
        self.groups.fill(false);
        self.streams.fill(false);
        for finding in settled() {
            if let Some(told) = self.slot(finding) {
                *told = true;
            }
        }
        for (stream, group) in self.streams.iter_mut().zip(&self.group_of) {
            *stream |= group.is_some_and(|group| self.groups[group]);
        }
    }

    fn is_told(&self, finding: &Finding) -> bool {
        match (finding.cause, finding.stream, finding.group) {
            (Cause::AllSilent, _, _) | (_, None, None) => self.all,
            (Cause::ValueStuck, Some(stream), _) => self.stuck.get(stream).copied().unwrap_or(true),
            (_, Some(stream), _) => self.streams.get(stream).copied().unwrap_or(true),
            (_, None, Some(group)) => self.groups.get(group).copied().unwrap_or(true),
        }
    }

    fn slot(&mut self, finding: &Finding) -> Option<&mut bool> {
        match (finding.cause, finding.stream, finding.group) {
            (Cause::AllSilent, _, _) | (_, None, None) => Some(&mut self.all),
            (Cause::ValueStuck, Some(stream), _) => self.stuck.get_mut(stream),
            (_, Some(stream), _) => self.streams.get_mut(stream),
            (_, None, Some(group)) => self.groups.get_mut(group),
        }
    }
}

/// What an episode of this silence looks like.
pub(crate) fn signature(finding: &Finding) -> Signature {
    let place = match (finding.cause, finding.stream, finding.group) {
        (Cause::AllSilent, _, _) | (_, None, None) => SILENT_ALL,
        (_, Some(stream), _) => SILENT_STREAMS + stream,
        (_, None, Some(group)) => SILENT_GROUPS + group,
    };
    Signature::of(core::iter::once((place, STRENGTH)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;

    fn finding(cause: Cause, stream: Option<usize>, since_ms: i64) -> Finding {
        Finding { cause, stream, group: None, streams: 1, since_ms, usual_ms: 1, chance: 1e-4, settled: true }
    }

    #[test]
    fn a_silence_is_told_once_while_it_lasts() {
        let schema = SchemaDraft::of_streams(["a", "b"]).validate().expect("valid");
        let mut quiet = Quiet::new(&schema);
        let one = [finding(Cause::SensorSilent, Some(0), 5)];
        let unsettled = [Finding { settled: false, ..one[0] }];
        assert!(quiet.news(&unsettled).is_none());
        assert!(quiet.news(&one).is_some());
        quiet.learn(&one);
        assert!(quiet.news(&one).is_none());
        quiet.learn(&[]);
        assert!(quiet.news(&one).is_some(), "a later silence of the same stream is another");
    }

    #[test]
    fn a_stuck_value_and_a_silence_are_two_things() {
        let schema = SchemaDraft::of_streams(["a"]).validate().expect("valid");
        let mut quiet = Quiet::new(&schema);
        quiet.learn(&[finding(Cause::ValueStuck, Some(0), 5)]);
        assert!(quiet.news(&[finding(Cause::ValueStuck, Some(0), 6)]).is_none());
        assert!(quiet.news(&[finding(Cause::SensorSilent, Some(0), 6)]).is_some());
    }

    #[test]
    fn what_was_told_with_all_is_not_told_alone() {
        let schema = SchemaDraft::of_streams(["a", "b"]).validate().expect("valid");
        let mut quiet = Quiet::new(&schema);
        quiet.learn(&[finding(Cause::AllSilent, None, 7)]);
        assert!(quiet.news(&[finding(Cause::SensorSilent, Some(1), 7)]).is_none());
        quiet.learn(&[]);
        assert!(quiet.news(&[finding(Cause::SensorSilent, Some(1), 90)]).is_some());
    }
}
