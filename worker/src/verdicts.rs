//! Verdicts as numbers: what the log keeps of them. Every answer is made from these, the first one and the repeated one,
//! so that both have the same bytes.

use fourfold::stream::Gap;
use fourfold::verdict::{Severity, Standing, View, ViewVerdict};
use fourfold::wire::VerdictJson;
use fourfold::wire::codes::{self, VOCABULARY};
use fourfold::{Schema, Verdict};

use crate::refusal::{Refusal, StorageFault};

const VIEWS: usize = View::COUNT;
/// Numbers of a verdict beside the streams': time, score, oddness, news, confidence, episode; the views' scores and
/// weights.
const NUMBERS: usize = 6 + 2 * VIEWS;
/// Marks beside the streams': alarm, severity, whether it is from silence, standing; the views' health.
const MARKS: usize = 4 + VIEWS;
/// Marks of a stream: what it said, why it is silent, what gap it is in.
const STREAM_MARKS: usize = 3;

/// Every gap, in the order of their codes.
pub(crate) const GAPS: [Gap; 6] =
    [Gap::None, Gap::Point, Gap::Short, Gap::Medium, Gap::LongOutage, Gap::Permanent];

/// The severity in a place.
pub(crate) fn severity_of(place: i64) -> Result<Severity, StorageFault> {
    usize::try_from(place)
        .ok()
        .and_then(|place| VOCABULARY.severities.get(place).copied())
        .ok_or(StorageFault::Damaged)
}

/// Verdicts about one schema, in the order in which they were said. Each has the same number of bytes: its numbers,
/// little-endian, `NaN` for none, then its marks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdicts {
    width: usize,
    rows: Vec<u8>,
}

impl Verdicts {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, rows: Vec::new() }
    }

    /// Bytes of one verdict on so many streams.
    pub(crate) fn row_bytes(width: usize) -> usize {
        8 * (NUMBERS + width) + MARKS + STREAM_MARKS * width
    }

    /// What was kept.
    pub(crate) fn of_bytes(width: usize, rows: Vec<u8>) -> Result<Self, StorageFault> {
        if rows.len().is_multiple_of(Self::row_bytes(width)) {
            Ok(Self { width, rows })
        } else {
            Err(StorageFault::Damaged)
        }
    }

    /// What is to be kept.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.rows
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len() / Self::row_bytes(self.width)
    }

    /// The bytes of the verdict in a place.
    pub(crate) fn row(&self, place: usize) -> Result<&[u8], StorageFault> {
        let bytes = Self::row_bytes(self.width);
        self.rows.get(place * bytes..(place + 1) * bytes).ok_or(StorageFault::Damaged)
    }

    /// Puts kept bytes at the end.
    pub(crate) fn push_row(&mut self, row: &[u8]) {
        self.rows.extend(row);
    }

    /// Puts all of the others at the end.
    pub(crate) fn append(&mut self, others: &Self) {
        self.rows.extend(&others.rows);
    }

    /// Puts a verdict at the end. Its episode is told by the number that the system gives it: the engine's, and `shift`.
    pub(crate) fn push(&mut self, verdict: &Verdict, shift: i64) {
        let episode = verdict.episode.map_or(f64::NAN, |id| id.saturating_add_signed(shift) as f64);
        let of_verdict =
            [verdict.at_ms as f64, verdict.score, verdict.oddness, verdict.news, verdict.confidence, episode];
        let of_streams = verdict.streams.iter().map(|stream| stream.score.unwrap_or(f64::NAN));
        let of_views = verdict.views.iter().flat_map(|view| [view.score.unwrap_or(f64::NAN), view.weight]);
        for number in of_verdict.into_iter().chain(of_views).chain(of_streams) {
            self.rows.extend(number.to_le_bytes());
        }
        let standing = verdict.standing as u8;
        let severity = verdict.severity as u8;
        self.rows.extend([u8::from(verdict.alarm), severity, u8::from(verdict.from_silence), standing]);
        self.rows.extend(verdict.views.iter().map(|view| view.health as u8));
        self.rows.extend(
            verdict
                .streams
                .iter()
                .flat_map(|stream| [codes::note(stream), codes::silence(stream.silence), stream.gap as u8]),
        );
    }

    /// Those that no late event will change.
    pub(crate) fn finals(&self) -> Result<Self, StorageFault> {
        let standing = 8 * (NUMBERS + self.width) + 3;
        let mut finals = Self::new(self.width);
        for row in self.rows.chunks_exact(Self::row_bytes(self.width)) {
            if row.get(standing) == Some(&(Standing::Final as u8)) {
                finals.push_row(row);
            }
        }
        Ok(finals)
    }

    /// Every verdict, read into one place.
    pub(crate) fn each(&self, mut told: impl FnMut(&Verdict) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let mut verdict = Verdict::of_width(self.width);
        for row in self.rows.chunks_exact(Self::row_bytes(self.width)) {
            read(row, &mut verdict).ok_or(StorageFault::Damaged)?;
            told(&verdict)?;
        }
        Ok(())
    }

    /// Their JSON, one after the other, with `between` between them.
    pub(crate) fn write_json(
        &self,
        schema: &Schema,
        between: &[u8],
        to: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let begin = to.len();
        self.each(|verdict| {
            if to.len() > begin {
                to.extend(between);
            }
            let before = to.len();
            serde_json::to_writer(&mut *to, &VerdictJson::new(schema, verdict))
                .map_err(|_| Refusal::Unwritable)?;
            if before == begin {
                // One is about as long as another, and a text that grows step by step is copied again and again.
                to.reserve((to.len() - begin) * (self.len() + self.len() / 16));
            }
            Ok(())
        })
    }

    /// As columns, the way the npm package has them: numbers hold time, score, oddness, news, confidence, episode;
    /// streams' scores (row by row); views' scores, views' weights. Marks hold alarm, severity, from silence; streams'
    /// notes and silences; views' health. Then, as JSON, the words behind the codes in the marks: whoever reads them needs
    /// no list of their own.
    pub(crate) fn write_columns(&self, to: &mut Vec<u8>) -> Result<(), Refusal> {
        let mut columns = [const { Vec::new() }; 9];
        let mut marks = [const { Vec::new() }; 6];
        for row in self.rows.chunks_exact(Self::row_bytes(self.width)) {
            let (numbers, rest) =
                row.split_at_checked(8 * (NUMBERS + self.width)).ok_or(StorageFault::Damaged)?;
            let (words, _) = numbers.as_chunks::<8>();
            let (of_verdict, others) = words.split_at_checked(6).ok_or(StorageFault::Damaged)?;
            let (of_views, of_streams) = others.split_at_checked(2 * VIEWS).ok_or(StorageFault::Damaged)?;
            for (column, word) in columns.iter_mut().zip(of_verdict) {
                column.extend(word);
            }
            let [.., streams, scores, weights] = &mut columns;
            streams.extend(of_streams.as_flattened());
            scores.extend(of_views.iter().step_by(2).flatten());
            weights.extend(of_views.iter().skip(1).step_by(2).flatten());
            let (of_verdict, others) = rest.split_at_checked(4).ok_or(StorageFault::Damaged)?;
            let (health, said) = others.split_at_checked(VIEWS).ok_or(StorageFault::Damaged)?;
            for (column, mark) in marks.iter_mut().zip(of_verdict.iter().take(3)) {
                column.push(*mark);
            }
            let [.., notes, silences, healths] = &mut marks;
            notes.extend(said.iter().step_by(STREAM_MARKS));
            silences.extend(said.iter().skip(1).step_by(STREAM_MARKS));
            healths.extend(health);
        }
        columns.iter().for_each(|column| to.extend(column));
        marks.iter().for_each(|column| to.extend(column));
        serde_json::to_writer(to, &VOCABULARY).map_err(|_| Refusal::Unwritable)
    }
}

/// Reads what `push` wrote; `None` where it did not write it.
fn read(row: &[u8], verdict: &mut Verdict) -> Option<()> {
    let width = verdict.streams.len();
    let (numbers, marks) = row.split_at_checked(8 * (NUMBERS + width))?;
    let mut numbers = numbers.as_chunks::<8>().0.iter().map(|word| f64::from_le_bytes(*word));
    let mut number = || numbers.next();
    let some = |number: f64| Some(number).filter(|number| !number.is_nan());
    verdict.at_ms = number()? as i64;
    verdict.score = number()?;
    verdict.oddness = number()?;
    verdict.news = number()?;
    verdict.confidence = number()?;
    verdict.episode = some(number()?).map(|id| id as u64);
    for view in &mut verdict.views {
        *view = ViewVerdict { score: some(number()?), weight: number()?, ..ViewVerdict::default() };
    }
    for stream in &mut verdict.streams {
        stream.score = some(number()?);
    }
    let mut marks = marks.iter().copied().map(usize::from);
    let mut mark = || marks.next();
    verdict.alarm = mark()? == 1;
    verdict.severity = *VOCABULARY.severities.get(mark()?)?;
    verdict.from_silence = mark()? == 1;
    verdict.standing = *Standing::ALL.get(mark()?)?;
    for view in &mut verdict.views {
        view.health = *VOCABULARY.healths.get(mark()?)?;
    }
    for stream in &mut verdict.streams {
        (stream.present, stream.reason) = codes::of_note(mark()? as u8)?;
        stream.silence = codes::of_silence(mark()? as u8)?;
        stream.gap = *GAPS.get(mark()?)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fourfold::{Engine, Frame, SchemaDraft};

    #[test]
    fn what_is_kept_is_said_again_in_the_same_bytes() {
        let schema = SchemaDraft::preset("iot").unwrap().validate().unwrap();
        let mut engine = Engine::new(schema.clone());
        let mut kept = Verdicts::new(4);
        let mut said = Vec::new();
        let mut note = |verdict: &Verdict| {
            kept.push(verdict, 0);
            said.push(serde_json::to_string(&VerdictJson::new(&schema, verdict)).unwrap());
        };
        for minute in 0..12_000_i64 {
            let wave = (minute % 7) as f64;
            let noise = if minute % 523 == 522 { 900.0 + minute as f64 } else { wave };
            let silent = if minute % 5 == 4 { f64::NAN } else { 50.0 + wave };
            let frame = Frame { at_ms: 60_000 * minute, values: &[20.0 + 0.1 * wave, silent, 40.0, noise] };
            note(engine.observe(frame).unwrap());
        }
        engine.tick(60_000 * 13_000, note).unwrap();
        assert_eq!(kept.len(), 12_001);
        let mut json = Vec::new();
        Verdicts::of_bytes(4, kept.bytes().to_vec()).unwrap().write_json(&schema, b"\n", &mut json).unwrap();
        let again = String::from_utf8(json).unwrap();
        assert!(again.lines().eq(said.iter().map(String::as_str)));
        assert!(said.iter().any(|line| line.contains(r#""alarm":true"#)));
        assert!(said.last().unwrap().contains(r#""from_silence":true"#));
        assert!(Verdicts::of_bytes(4, vec![0; 7]).is_err());
    }

    #[test]
    fn codes_are_places() {
        assert!(GAPS.iter().enumerate().all(|(place, gap)| *gap as usize == place));
        assert!(Standing::ALL.iter().enumerate().all(|(place, standing)| *standing as usize == place));
    }
}
