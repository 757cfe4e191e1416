//! What a system remembers: its schema, the ordered log of what it was told with what it answered, its episodes, and
//! snapshots of the engine. The log is the truth; a snapshot only saves the time of reading it from the start.

use crate::refusal::StorageFault;

/// The bytes of an entry. Storage takes two million a row; one frame more than this must fit below that.
const ENTRY_BYTES: usize = 900_000;

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Frames came.
    Frames,
    /// Nothing came, and that was news.
    Tick,
}

/// A run of frames, or one tick, in the order in which the engine took them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// Counts from 1 without a hole.
    pub(crate) seq: u64,
    /// What it says.
    pub(crate) kind: Kind,
    /// The first moment.
    pub(crate) first_ms: i64,
    /// The last moment.
    pub(crate) last_ms: i64,
    /// Frames in the log up to and including this entry.
    pub(crate) frames: u64,
    /// The frames: per frame its time, then one value per stream. Numbers are little-endian; a gap is NaN.
    pub(crate) rows: Vec<u8>,
}

/// An entry with what was answered to it: one verdict per line, in the order of the frames.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answered {
    /// What was told.
    pub(crate) entry: Entry,
    /// What was answered.
    pub(crate) verdicts: String,
}

/// An episode as it is now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EpisodeRow {
    /// Its number.
    pub(crate) id: u64,
    /// Its JSON.
    pub(crate) json: String,
}

/// What is written at once, or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Append {
    /// The log's new end.
    pub(crate) entries: Vec<Answered>,
    /// Episodes that are new or changed, later states after earlier ones.
    pub(crate) episodes: Vec<EpisodeRow>,
}

/// The end of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tail {
    /// The newest entry.
    pub(crate) seq: u64,
    /// Frames in the log.
    pub(crate) frames: u64,
}

/// A place that remembers.
pub(crate) trait Log {
    /// The schema as it was given to `create`; `None` where nobody did.
    fn schema(&self) -> Result<Option<String>, StorageFault>;
    /// Begins a system.
    fn create(&self, schema: &str) -> Result<(), StorageFault>;
    /// Writes all of it or nothing.
    fn append(&self, append: Append) -> Result<(), StorageFault>;
    /// The end of the log.
    fn tail(&self) -> Result<Tail, StorageFault>;
    /// The next few entries after one, without what was answered.
    fn entries_after(&self, seq: u64) -> Result<Vec<Entry>, StorageFault>;
    /// The first entry of a kind that ends at a moment or later.
    fn entry_until(&self, kind: Kind, at_ms: i64) -> Result<Option<Answered>, StorageFault>;
    /// The newest episodes as JSON, the newest first.
    fn episodes(&self, most: u32) -> Result<Vec<String>, StorageFault>;
    /// The entries after which there is a snapshot, the newest first.
    fn snapshots(&self) -> Result<Vec<u64>, StorageFault>;
    /// The snapshot after an entry.
    fn snapshot(&self, seq: u64) -> Result<Vec<u8>, StorageFault>;
    /// Keeps a snapshot, and the one before it.
    fn keep_snapshot(&self, seq: u64, bytes: &[u8]) -> Result<(), StorageFault>;
}

impl Entry {
    /// Times and values, as the engine takes them.
    pub(crate) fn frames(&self, width: usize) -> Result<(Vec<i64>, Vec<f64>), StorageFault> {
        let frame_bytes = (width + 1) * 8;
        if !self.rows.len().is_multiple_of(frame_bytes) {
            return Err(StorageFault::Damaged);
        }
        let frames = self.rows.len() / frame_bytes;
        let mut times_ms = Vec::with_capacity(frames);
        let mut values = Vec::with_capacity(frames * width);
        for frame in self.rows.chunks_exact(frame_bytes) {
            let (words, _) = frame.as_chunks::<8>();
            if let Some((at_ms, row)) = words.split_first() {
                times_ms.push(i64::from_le_bytes(*at_ms));
                values.extend(row.iter().map(|word| f64::from_le_bytes(*word)));
            }
        }
        Ok((times_ms, values))
    }
}

impl Answered {
    /// The verdict of the frame in a place.
    pub(crate) fn verdict(&self, place: usize) -> Result<&str, StorageFault> {
        self.verdicts.lines().nth(place).ok_or(StorageFault::Damaged)
    }
}

/// Frames with their verdicts, cut into entries that storage can hold.
#[derive(Debug)]
pub(crate) struct Writing {
    tail: Tail,
    entries: Vec<Answered>,
}

impl Writing {
    /// Goes on after the end of the log.
    pub(crate) fn after(tail: Tail) -> Self {
        Self { tail, entries: Vec::new() }
    }

    /// One more frame.
    pub(crate) fn frame(&mut self, at_ms: i64, values: &[f64], verdict: &str) {
        let bytes = (values.len() + 1) * 8 + verdict.len() + 1;
        let has_room = self
            .entries
            .last()
            .is_some_and(|last| last.entry.rows.len() + last.verdicts.len() + bytes <= ENTRY_BYTES);
        if !has_room {
            self.open(Kind::Frames, at_ms);
        }
        self.tail.frames += 1;
        if let Some(Answered { entry, verdicts }) = self.entries.last_mut() {
            entry.last_ms = at_ms;
            entry.frames = self.tail.frames;
            entry.rows.extend(at_ms.to_le_bytes());
            entry.rows.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            verdicts.push_str(verdict);
            verdicts.push('\n');
        }
    }

    /// A tick that was news.
    pub(crate) fn tick(&mut self, now_ms: i64, verdict: &str) {
        self.open(Kind::Tick, now_ms);
        if let Some(last) = self.entries.last_mut() {
            last.verdicts.push_str(verdict);
        }
    }

    fn open(&mut self, kind: Kind, at_ms: i64) {
        self.tail.seq += 1;
        let Tail { seq, frames } = self.tail;
        let entry = Entry { seq, kind, first_ms: at_ms, last_ms: at_ms, frames, rows: Vec::new() };
        self.entries.push(Answered { entry, verdicts: String::new() });
    }

    /// What to append, and where the log ends then.
    pub(crate) fn finish(self, episodes: Vec<EpisodeRow>) -> (Append, Tail) {
        (Append { entries: self.entries, episodes }, self.tail)
    }
}
