//! What is longer than a row may be, in parts.

use super::{Blob, Store, Write};
use crate::refusal::StorageFault;
use crate::sql::Sql;

/// A blob may have two million bytes.
const PART_BYTES: usize = 1_000_000;

impl Write {
    /// Keeps bytes, in the place of those that were there.
    pub(crate) fn blob(&mut self, kind: Blob, id: u64, bytes: &[u8]) {
        self.no_blob(kind, id);
        for (part, bytes) in bytes.chunks(PART_BYTES).enumerate() {
            let cells = [(kind as u8).into(), id.into(), (part as u64).into(), bytes.to_vec().into()];
            self.push("INSERT INTO blobs VALUES (?, ?, ?, ?)", cells);
        }
    }

    /// Keeps none.
    pub(crate) fn no_blob(&mut self, kind: Blob, id: u64) {
        self.push("DELETE FROM blobs WHERE kind = ? AND id = ?", [(kind as u8).into(), id.into()]);
    }

    /// Keeps the newest few of a kind.
    pub(crate) fn newest_blobs(&mut self, kind: Blob, most: u64) {
        self.push(
            "DELETE FROM blobs WHERE kind = ?1 AND id NOT IN
                (SELECT DISTINCT id FROM blobs WHERE kind = ?1 ORDER BY id DESC LIMIT ?2)",
            [(kind as u8).into(), most.into()],
        );
    }
}

impl<S: Sql> Store<S> {
    /// The bytes; none where there are none.
    pub(crate) fn blob(&self, kind: Blob, id: u64) -> Result<Vec<u8>, StorageFault> {
        let cells = [(kind as u8).into(), id.into()];
        let parts = self.rows("SELECT bytes FROM blobs WHERE kind = ? AND id = ? ORDER BY part", cells)?;
        let parts: Result<Vec<_>, _> = parts.into_iter().map(|mut row| row.blob()).collect();
        Ok(parts?.concat())
    }

    /// What there is of a kind, the newest first.
    pub(crate) fn blobs(&self, kind: Blob) -> Result<Vec<u64>, StorageFault> {
        let cells = [(kind as u8).into()];
        let rows = self.rows("SELECT DISTINCT id FROM blobs WHERE kind = ? ORDER BY id DESC", cells)?;
        rows.into_iter().map(|mut row| row.count()).collect()
    }
}
