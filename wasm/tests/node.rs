//! The class as wasm-bindgen's own tools see it: `wasm-pack test --node wasm`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use fourfold_wasm::{Columns, RawEngine, describe, infer_schema, vocabulary};
use js_sys::Reflect;
use wasm_bindgen_test::wasm_bindgen_test;

/// The bytes of `{"streams": [..]}`, as `wasm/js/plain.js` writes them.
fn schema(streams: &[&str]) -> Vec<u8> {
    let text = |text: &str| [&[4][..], &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let names: Vec<u8> = streams.iter().flat_map(|name| text(name)).collect();
    [&[6][..], &text("streams"), &[5], &names, &[7, 7]].concat()
}

fn engine() -> RawEngine {
    RawEngine::new(&schema(&["a", "b"])).expect("a schema")
}

#[wasm_bindgen_test]
fn a_batch_is_judged_and_sealed() {
    let mut engine = engine();
    let times: Vec<f64> = (0..300).map(|minute| f64::from(minute) * 60_000.0).collect();
    let rows: Vec<f64> = (0..600).map(|cell| f64::from(cell % 7)).collect();
    let mut columns: Columns = engine.columns(300).expect("memory");
    engine.check_batch(&times, rows.len()).expect("a whole batch");
    engine.observe_batch(&times, &rows, &mut columns).expect("frames in order");
    let again = RawEngine::open(&engine.seal()).expect("sound bytes");
    assert_eq!(again.seal(), engine.seal());
    let said = describe(&engine.seal()).expect("sound bytes");
    assert_eq!(Reflect::get(&said, &"frames".into()).expect("an object"), 300.0);
}

#[wasm_bindgen_test]
fn refusals_are_errors_with_a_code() {
    let mut engine = engine();
    engine.observe(5.0).expect("a first frame");
    let refusal = engine.observe(5.0).expect_err("the same time again");
    assert_eq!(Reflect::get(&refusal, &"code".into()).expect("an object"), "frame.time-went-back");
    assert!(RawEngine::new(&schema(&["a", "a"])).is_err());
    assert!(RawEngine::open(&[1, 2, 3]).is_err());
}

#[wasm_bindgen_test]
fn words_and_schemas_are_plain_objects() {
    let words = vocabulary().expect("words");
    assert_eq!(
        Reflect::get_u32(&Reflect::get(&words, &"severities".into()).expect("an object"), 0).expect("a list"),
        "none"
    );
    let draft = infer_schema(vec!["a".into()], &[0.0, 1000.0], &[1.0, 2.0]).expect("a schema");
    let streams = Reflect::get(&draft, &"streams".into()).expect("an object");
    let stream = Reflect::get_u32(&streams, 0).expect("a list");
    assert_eq!(Reflect::get(&stream, &"name".into()).expect("an object"), "a");
}
