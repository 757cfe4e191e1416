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
pub const FORMAT: u16 = 1;
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

/// What a snapshot says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its format.
    pub format: u16,
    /// The schema's identity: equal for equal schemas, on every machine.
    pub fingerprint: u64,
    /// Frames that were learned.
    pub frames: u64,
}

/// Reads what a snapshot says of itself, without building an engine. Damage is found by the checksum.
///
/// ```
/// use fourfold::{Engine, Frame, SchemaDraft, snapshot};
///
/// let mut engine = Engine::new(SchemaDraft::of_streams(["a"]).validate()?);
/// engine.observe(Frame { at_ms: 0, values: &[1.0] })?;
/// let mut bytes = engine.seal();
/// assert_eq!(snapshot::describe(&bytes)?.frames, 1);
/// bytes[50] ^= 1;
/// assert_eq!(snapshot::describe(&bytes).map_err(|error| error.code()), Err("snapshot.damaged"));
/// # Ok::<(), fourfold::Error>(())
/// ```
pub fn describe(bytes: &[u8]) -> Result<Description, Error> {
    let parts = Parts::of(bytes)?;
    let read = || {
        let mut reader = Reader::new(parts.payload);
        Schema::load(&mut reader)?;
        // The state begins with the number of frames.
        reader.u64()
    };
    let frames = read().map_err(SnapshotFault::from)?;
    Ok(Description { format: FORMAT, fingerprint: parts.fingerprint, frames })
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
    let parts = Parts::of(bytes)?;
    let open_v1 = || {
        let mut reader = Reader::new(parts.payload);
        let schema = Schema::load(&mut reader)?;
        if fingerprint(&schema) != parts.fingerprint {
            return Err(Damage);
        }
        let built = build(schema, &mut reader)?;
        if reader.is_at_end() { Ok(built) } else { Err(Damage) }
    };
    open_v1().map_err(|damage| SnapshotFault::from(damage).into())
}

/// A snapshot whose header and checksum are sound.
struct Parts<'a> {
    fingerprint: u64,
    payload: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, SnapshotFault> {
        let mut header = Reader::new(bytes);
        if header.take(4).map(|magic| magic != MAGIC).unwrap_or(true) {
            return Err(SnapshotFault::NotASnapshot);
        }
        let format = header.u16()?;
        if format != FORMAT {
            return Err(SnapshotFault::UnknownFormat { found: format, newest: FORMAT });
        }
        let fingerprint = header.u64()?;
        let length = usize::try_from(header.u64()?).map_err(|_| Damage)?;
        let checksum = header.u64()?;
        let payload = header.take(length)?;
        let is_sound = header.is_at_end() && xxh64(payload, 0) == checksum;
        if is_sound { Ok(Self { fingerprint, payload }) } else { Err(SnapshotFault::Damaged) }
    }
}
