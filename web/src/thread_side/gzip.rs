//! Files that are packed: the browser unpacks them.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

#[wasm_bindgen]
extern "C" {
    /// A stream of bytes.
    type ReadableStream;
    #[wasm_bindgen(method, catch, js_name = pipeThrough)]
    fn pipe_through(this: &ReadableStream, to: &DecompressionStream) -> Result<ReadableStream, JsValue>;

    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;

    /// A response made of a stream: the shortest way from a stream to a blob.
    #[wasm_bindgen(js_name = Response)]
    type Gathered;
    #[wasm_bindgen(constructor, js_class = "Response", catch)]
    fn new(body: &ReadableStream) -> Result<Gathered, JsValue>;

    #[wasm_bindgen(js_name = Blob)]
    type Source;
    #[wasm_bindgen(method, catch)]
    fn stream(this: &Source) -> Result<ReadableStream, JsValue>;
}

/// Whether it begins as a gzip file does.
pub(super) async fn is_packed(blob: &Blob) -> bool {
    let Ok(first) = blob.slice_with_f64_and_f64(0.0, 2.0) else { return false };
    let bytes = JsFuture::from(first.array_buffer()).await;
    bytes.is_ok_and(|bytes| Uint8Array::new(&bytes).to_vec() == [0x1f, 0x8b])
}

/// What is in it.
pub(super) async fn unpack(blob: &Blob) -> Result<Blob, JsValue> {
    let packed = blob.unchecked_ref::<Source>().stream()?;
    let gathered = Gathered::new(&packed.pipe_through(&DecompressionStream::new("gzip")?)?)?;
    let blob = gathered.unchecked_into::<Response>().blob()?;
    Ok(JsFuture::from(blob).await?.unchecked_into())
}
