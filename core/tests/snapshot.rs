//! Snapshots under attack: whatever the bytes, an error or an engine, never a panic.

use fourfold::ingest::Event;
use fourfold::wire::EpisodeJson;
use fourfold::{Engine, Error, Frame, SchemaDraft};
use xxhash_rust::xxh64::xxh64;

const HEADER_BYTES: usize = 30;

fn sealed() -> Vec<u8> {
    let mut draft = SchemaDraft::of_streams(["a", "b"]);
    draft.streams[0].group = Some("left".into());
    let mut engine = Engine::new(draft.validate().expect("valid"));
    for row in 0..40 {
        let values = [f64::from(row % 5), if row % 3 == 0 { f64::NAN } else { 1.0 }];
        engine.observe(Frame { at_ms: i64::from(row) * 1000, values: &values }).expect("a good frame");
    }
    engine.seal()
}

/// One that is fed by events, with frames that are not final.
fn sealed_amid_events() -> Vec<u8> {
    let mut draft = SchemaDraft::of_streams(["a", "b"]);
    (draft.frame_ms, draft.lateness_ms) = (Some(1000.0), Some(2500.0));
    let mut engine = Engine::new(draft.validate().expect("valid"));
    for row in 0..60 {
        let event = Event { stream: row % 2, at_ms: 400 * row as i64 - 700 * (row % 3) as i64, value: 1.0 };
        engine.push(&[event], |_| ()).expect("a good event");
    }
    engine.seal()
}

/// Every place of the header and the schema, and a thousand more: a snapshot is long, and most of it is alike.
fn spread_over(length: usize) -> impl Iterator<Item = usize> {
    (0..300).chain((300..length).step_by(length / 1000 + 1))
}

/// The checksum as an attacker would mend it.
fn mend(bytes: &mut [u8]) {
    let checksum = xxh64(&bytes[HEADER_BYTES..], 0);
    bytes[HEADER_BYTES - 8..HEADER_BYTES].copy_from_slice(&checksum.to_le_bytes());
}

#[test]
fn damage_is_an_error_that_says_so() {
    let bytes = sealed();
    for place in spread_over(bytes.len()) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        let error = Engine::open(&damaged).expect_err("a bit was flipped");
        assert!(matches!(error, Error::Snapshot(_)), "{error}");
    }
    assert_eq!(Engine::open(&[]).expect_err("nothing").code(), "snapshot.not-a-snapshot");
    let mut newer = bytes.clone();
    newer[4] = 200;
    assert_eq!(Engine::open(&newer).expect_err("from the future").code(), "snapshot.unknown-format");
}

#[test]
fn every_truncation_is_refused() {
    let bytes = sealed();
    for length in spread_over(bytes.len()) {
        assert!(Engine::open(&bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_forged_snapshot_never_panics() {
    let bytes = sealed();
    forge(&bytes, spread_over(bytes.len()));
    // Open frames and the record are the last of the state.
    let bytes = sealed_amid_events();
    forge(&bytes, (bytes.len() - 1500..bytes.len()).step_by(3));
}

fn forge(bytes: &[u8], places: impl Iterator<Item = usize>) {
    for place in places.filter(|place| *place >= HEADER_BYTES) {
        for flip in [0x01, 0x80, 0xff] {
            let mut forged = bytes.to_vec();
            forged[place] ^= flip;
            mend(&mut forged);
            // It may open (a changed level is a level); then it must also work.
            if let Ok(mut engine) = Engine::open(&forged) {
                let width = engine.schema().streams().len();
                let at_ms = engine.last_frame_ms().unwrap_or(0).saturating_add(1).min(1_000_000_000);
                drop(engine.observe(Frame { at_ms, values: &vec![1.0; width] }).cloned());
                let event = |at_ms| Event { stream: 1, at_ms, value: 2.0 };
                drop(engine.push(&[event(at_ms), event(30_000), event(22_000)], |_| ()));
                drop(engine.tick(40_000, |_| ()));
                let shapes = engine.episodes().map(|episode| EpisodeJson::new(engine.schema(), episode));
                assert!(shapes.count() <= 256);
                engine.seal();
            }
        }
    }
}
