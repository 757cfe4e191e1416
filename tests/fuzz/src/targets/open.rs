//! Bytes that say they are an engine.

use std::sync::LazyLock;

use fourfold::wire::EpisodeJson;
use fourfold::{Engine, Error, SchemaDraft};
use fourfold_sim::Random;
use xxhash_rust::xxh64::xxh64;

use crate::bend;

/// Magic and format; then fingerprint, length and checksum of what follows, eight bytes each.
const MAGIC_BYTES: usize = 6;
const HEADER_BYTES: usize = MAGIC_BYTES + 24;

/// An engine that has lived, and how many of its bytes are its schema.
struct Sealed {
    bytes: Vec<u8>,
    schema_bytes: usize,
}

static SEALED: LazyLock<Vec<Sealed>> = LazyLock::new(|| {
    [(1, 0), (2, 40), (3, 700), (5, 3000)].map(|(streams, steps)| sealed(streams, steps)).into()
});

fn sealed(streams: usize, steps: usize) -> Sealed {
    let mut draft = SchemaDraft::of_streams((0..streams).map(|place| format!("s{place}")));
    draft.streams.iter_mut().take(2).for_each(|stream| stream.group = Some("pair".into()));
    let schema = draft.validate().unwrap_or_else(|error| panic!("a good schema: {error}"));
    let mut engine = Engine::new(schema);
    super::live(&mut Random::new(streams as u64), &mut engine, steps);
    let bytes = engine.seal();
    let payload = &bytes[HEADER_BYTES..];
    let fingerprint = &bytes[MAGIC_BYTES..MAGIC_BYTES + 8];
    let is_schema = |length: &usize| xxh64(&payload[..*length], 0).to_le_bytes() == fingerprint;
    let schema_bytes = (0..payload.len()).find(is_schema).unwrap_or(0);
    assert!(schema_bytes > 0, "the fingerprint is that of the schema");
    Sealed { bytes, schema_bytes }
}

/// Header fields as an attacker would mend them.
fn mend(bytes: &mut [u8], schema_bytes: usize) {
    let payload = &bytes[HEADER_BYTES..];
    let fingerprint = xxh64(&payload[..schema_bytes.min(payload.len())], 0);
    let fields = [fingerprint, payload.len() as u64, xxh64(payload, 0)].map(u64::to_le_bytes);
    bytes[MAGIC_BYTES..HEADER_BYTES].copy_from_slice(&fields.concat());
}

pub(crate) fn play(random: &mut Random) -> bool {
    let sealed = bend::pick(random, &SEALED);
    let mut bytes = sealed.bytes.clone();
    match random.below(10) {
        0 => bend::bytes(random, &mut bytes, 0),
        1 => bytes.truncate(random.below(bytes.len())),
        // The schema is short beside the state: without this it would rarely be hit.
        2 => {
            let rest = bytes.split_off(HEADER_BYTES + sealed.schema_bytes);
            bend::bytes(random, &mut bytes, HEADER_BYTES);
            bytes.extend(rest);
            mend(&mut bytes, sealed.schema_bytes);
        }
        _ => {
            bend::bytes(random, &mut bytes, HEADER_BYTES);
            mend(&mut bytes, sealed.schema_bytes);
        }
    }
    match Engine::open(&bytes) {
        Ok(mut engine) => {
            let declared = Engine::new(engine.schema().clone()).memory().total();
            assert!(engine.memory().total() <= declared, "a snapshot shaped the engine");
            super::live(random, &mut engine, 20);
            super::assert_opens_again(&engine);
            let shapes = engine.episodes().map(|episode| EpisodeJson::new(engine.schema(), episode));
            assert!(shapes.count() <= 256);
            true
        }
        Err(Error::Snapshot(_)) => false,
        Err(error) => panic!("a fault of another family: {error}"),
    }
}
