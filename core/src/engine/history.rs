//! Models kept: sealed engines with their versions, and the way back to the newest one that is sound.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Engine, Error};
use crate::snapshot::{Description, describe};

/// The newest few sealed engines. It is data and nothing else: a shell stores what it lists, and keeps it again when it
/// starts.
///
/// ```
/// use fourfold::{Engine, Frame, SchemaDraft, engine::History};
///
/// let mut engine = Engine::new(SchemaDraft::of_streams(["a"]).validate()?);
/// let mut history = History::new(3);
/// for hour in 0..5 {
///     engine.observe(Frame { at_ms: hour * 3_600_000, values: &[1.0] })?;
///     history.keep(engine.seal(), hour * 3_600_000, "every hour");
/// }
/// let mut damaged = engine.seal();
/// damaged[100] ^= 1; // As a disk might.
/// history.keep(damaged, 18_000_000, "the newest");
///
/// let versions: Vec<u64> = history.iter().map(|kept| kept.version).collect();
/// assert_eq!(versions, [4, 5, 6]);
/// let found = history.open_newest_sound();
/// let (version, engine) = found.opened.expect("version 5 is sound");
/// assert_eq!((version, engine.last_frame_ms()), (5, Some(14_400_000)));
/// assert_eq!((found.refused[0].0, found.refused[0].1.code()), (6, "snapshot.damaged"));
/// # Ok::<(), fourfold::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct History {
    kept: VecDeque<Kept>,
    most: usize,
    newest: u64,
}

/// A sealed engine that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Counts from 1, in the order of keeping.
    pub version: u64,
    /// When it was kept, by the caller's clock.
    pub at_ms: i64,
    /// Why, in the caller's words.
    pub note: String,
    /// Format, schema and frames; `None` where the bytes were damaged already when they were kept.
    pub description: Option<Description>,
    /// The engine.
    pub bytes: Vec<u8>,
}

/// What a look for a sound engine found.
#[derive(Debug)]
pub struct Found {
    /// The newest that can be opened, and its version; `None` if none can.
    pub opened: Option<(u64, Engine)>,
    /// The newer ones that were refused, and why, the newest first.
    pub refused: Vec<(u64, Error)>,
}

impl History {
    /// Room for so many, at least one.
    pub fn new(most: usize) -> Self {
        Self { kept: VecDeque::new(), most: most.max(1), newest: 0 }
    }

    /// Keeps a sealed engine and returns its version; the oldest makes room. Bytes are kept as they are: whether they
    /// are sound is asked when they are needed.
    pub fn keep(&mut self, bytes: Vec<u8>, at_ms: i64, note: impl Into<String>) -> u64 {
        if self.kept.len() == self.most {
            self.kept.pop_front();
        }
        self.newest += 1;
        let description = describe(&bytes).ok();
        self.kept.push_back(Kept { version: self.newest, at_ms, note: note.into(), description, bytes });
        self.newest
    }

    /// What is kept, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Kept> + ExactSizeIterator {
        self.kept.iter()
    }

    /// Bytes of all that is kept.
    pub fn bytes(&self) -> usize {
        self.kept.iter().map(|kept| kept.bytes.len()).sum()
    }

    /// Opens one version: `None` if it is not kept.
    pub fn open(&self, version: u64) -> Option<Result<Engine, Error>> {
        self.kept.iter().find(|kept| kept.version == version).map(|kept| Engine::open(&kept.bytes))
    }

    /// Rolls back: opens the newest engine that is not damaged, and says which were refused on the way.
    pub fn open_newest_sound(&self) -> Found {
        let mut refused = Vec::new();
        for kept in self.kept.iter().rev() {
            match Engine::open(&kept.bytes) {
                Ok(engine) => return Found { opened: Some((kept.version, engine)), refused },
                Err(error) => refused.push((kept.version, error)),
            }
        }
        Found { opened: None, refused }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;

    #[test]
    fn where_nothing_is_sound_all_is_refused() {
        let engine = Engine::new(SchemaDraft::of_streams(["a"]).validate().expect("valid"));
        let mut history = History::new(0);
        assert!(history.open_newest_sound().opened.is_none());
        let version = history.keep(engine.seal(), 1, "sound");
        assert!(matches!(history.open(version), Some(Ok(_))));
        history.keep(alloc::vec![0; 100], 2, "zeros");
        assert!(history.open(version).is_none(), "one is kept at most");
        let found = history.open_newest_sound();
        assert!(found.opened.is_none());
        let refused: Vec<&str> = found.refused.iter().map(|(_, error)| error.code()).collect();
        assert_eq!(refused, ["snapshot.not-a-snapshot"]);
        assert_eq!((history.iter().len(), history.bytes()), (1, 100));
    }
}
