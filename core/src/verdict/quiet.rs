//! Which silences are news. A silence is told once, when it is first overdue; it is the same silence while the newest
//! sign of life before it is the same.

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

/// The silences that were told.
#[derive(Clone, Debug)]
pub(crate) struct Quiet {
    /// By stream, then by group, then of everything: the sign of life before the silence that was told.
    told_since_ms: Vec<Option<i64>>,
    streams: usize,
}
state!(Quiet { told_since_ms; streams });

impl Quiet {
    pub(crate) fn new(schema: &Schema) -> Self {
        let streams = schema.streams().len();
        Self { told_since_ms: vec![None; streams + schema.groups().len() + 1], streams }
    }

    /// The first silence that was not told yet. What is not settled is shown, but is no news.
    pub(crate) fn news<'a>(&self, findings: &'a [Finding]) -> Option<&'a Finding> {
        findings.iter().find(|finding| finding.settled && !self.is_told(finding))
    }

    pub(crate) fn learn(&mut self, findings: &[Finding]) {
        for finding in findings.iter().filter(|finding| finding.settled) {
            let place = self.place(finding);
            if let Some(slot) = self.told_since_ms.get_mut(place) {
                *slot = Some(finding.since_ms);
            }
            // What is part of a wider silence is told with it.
            if finding.cause == Cause::AllSilent {
                self.told_since_ms.fill(Some(i64::MAX));
                self.told_since_ms[place] = Some(finding.since_ms);
            }
        }
        if findings.is_empty() {
            let is_covered = |slot: &&mut Option<i64>| **slot == Some(i64::MAX);
            self.told_since_ms.iter_mut().filter(is_covered).for_each(|slot| *slot = None);
        }
    }

    fn is_told(&self, finding: &Finding) -> bool {
        let told = self.told_since_ms.get(self.place(finding)).copied().flatten();
        told == Some(finding.since_ms) || told == Some(i64::MAX)
    }

    fn place(&self, finding: &Finding) -> usize {
        match (finding.cause, finding.stream, finding.group) {
            (Cause::AllSilent, _, _) => self.told_since_ms.len() - 1,
            (Cause::SourceDown | Cause::SourcePartlySilent, _, Some(group)) => self.streams + group,
            (_, Some(stream), _) => stream,
            (_, None, Some(group)) => self.streams + group,
            (_, None, None) => self.told_since_ms.len() - 1,
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
    fn a_silence_is_told_once() {
        let schema = SchemaDraft::of_streams(["a", "b"]).validate().expect("valid");
        let mut quiet = Quiet::new(&schema);
        let one = [finding(Cause::SensorSilent, Some(0), 5)];
        assert!(quiet.news(&one).is_some());
        quiet.learn(&one);
        assert!(quiet.news(&one).is_none());
        let again = [finding(Cause::SensorSilent, Some(0), 50)];
        assert!(quiet.news(&again).is_some(), "a later silence of the same stream is another");
        let unsettled = [Finding { settled: false, ..again[0] }];
        assert!(quiet.news(&unsettled).is_none());
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
