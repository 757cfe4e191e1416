//! Seal and open: an engine as bytes, and back, with the bits it would have had.
//!
//! Layout, little-endian: magic `4FLD`, format (u16), the schema's fingerprint (u64), the payload's length (u64) and
//! checksum (u64), then the payload: the schema, then the state of every part in the order of the code. The shape of
//! the state follows from the schema, so a snapshot can fill an engine but never give it another shape: no length or
//! index in it is trusted, and damage that the checksum misses ends in an error, never in a panic.
//!
//! The codec is ours although serde has many: theirs build values of whatever shape the bytes claim, which would have
//! to be checked against the schema afterwards, field by field, and their derived code is several times larger in wasm.

mod codec;

pub(crate) use codec::{Capped, Damage, Reader, State, Writer, state, words};

use alloc::vec::Vec;

use xxhash_rust::xxh64::xxh64;

use crate::error::Error;
use crate::schema::Schema;

const MAGIC: [u8; 4] = *b"4FLD";
/// Raised whenever the state of any part changes its layout; the old structs are then frozen in a file of their own.
const FORMAT: u16 = 1;
const HEADER_BYTES: usize = 4 + 2 + 8 + 8 + 8;

/// Why a snapshot was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotFault {
    /// The bytes do not begin as a snapshot does.
    #[error("these bytes are not a Fourfold snapshot")]
    NotASnapshot,
    /// A newer Fourfold made it.
    #[error("the snapshot has format {found}, this version reads up to {newest}: update Fourfold")]
    UnknownFormat {
        /// The snapshot's format.
        found: u16,
        /// The newest format that can be read.
        newest: u16,
    },
    /// Bytes are missing or were changed.
    #[error("the snapshot is damaged: restore an older one, or replay the frames since")]
    Damaged,
}

impl SnapshotFault {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotASnapshot => "snapshot.not-a-snapshot",
            Self::UnknownFormat { .. } => "snapshot.unknown-format",
            Self::Damaged => "snapshot.damaged",
        }
    }
}

impl From<Damage> for SnapshotFault {
    fn from(_: Damage) -> Self {
        Self::Damaged
    }
}

/// The schema's identity: equal for equal schemas, on every target.
pub(crate) fn fingerprint(schema: &Schema) -> u64 {
    let mut writer = Writer::default();
    schema.save(&mut writer);
    xxh64(&writer.into_bytes(), 0)
}

/// Header, schema and whatever `save_state` writes.
pub(crate) fn seal(schema: &Schema, save_state: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut payload = Writer::default();
    schema.save(&mut payload);
    save_state(&mut payload);
    let payload = payload.into_bytes();
    let mut sealed = Vec::with_capacity(HEADER_BYTES + payload.len());
    sealed.extend_from_slice(&MAGIC);
    sealed.extend_from_slice(&FORMAT.to_le_bytes());
    sealed.extend_from_slice(&fingerprint(schema).to_le_bytes());
    sealed.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    sealed.extend_from_slice(&xxh64(&payload, 0).to_le_bytes());
    sealed.extend_from_slice(&payload);
    sealed
}

/// Checks the header and hands schema and state to `build`.
pub(crate) fn open<T>(
    bytes: &[u8],
    build: impl FnOnce(Schema, &mut Reader<'_>) -> Result<T, Damage>,
) -> Result<T, Error> {
    let mut header = Reader::new(bytes);
    if header.take(4).map(|magic| magic != MAGIC).unwrap_or(true) {
        return Err(SnapshotFault::NotASnapshot.into());
    }
    let format = header.u16().map_err(SnapshotFault::from)?;
    if format != FORMAT {
        return Err(SnapshotFault::UnknownFormat { found: format, newest: FORMAT }.into());
    }
    open_v1(&mut header, build).map_err(|damage| SnapshotFault::from(damage).into())
}

fn open_v1<T>(
    header: &mut Reader<'_>,
    build: impl FnOnce(Schema, &mut Reader<'_>) -> Result<T, Damage>,
) -> Result<T, Damage> {
    let stated_fingerprint = header.u64()?;
    let length = usize::try_from(header.u64()?).map_err(|_| Damage)?;
    let checksum = header.u64()?;
    let payload = header.take(length)?;
    if !header.is_at_end() || xxh64(payload, 0) != checksum {
        return Err(Damage);
    }
    let mut reader = Reader::new(payload);
    let schema = Schema::load(&mut reader)?;
    if fingerprint(&schema) != stated_fingerprint {
        return Err(Damage);
    }
    let built = build(schema, &mut reader)?;
    if reader.is_at_end() { Ok(built) } else { Err(Damage) }
}
