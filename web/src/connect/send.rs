//! Requests to the Worker.

use fourfold::wire::Rows;
use fourfold_web::live::streams::schema;
use js_sys::{Array, JSON, Object, Reflect};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Url};

/// Where to, as which system, and the key.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Target {
    pub(super) address: String,
    pub(super) system: String,
    pub(super) key: String,
}

/// Why something did not arrive.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// Nobody answered: it may work later.
    Away,
    /// The answer was no, in the Worker's own words.
    Refused(String),
}

/// What the Worker says of the newest frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) score: f64,
    pub(super) is_abnormal: bool,
}

impl Target {
    /// The part of the address that a policy names; `None` if it is no address of the web.
    pub(super) fn origin(&self) -> Option<String> {
        let url = Url::new(self.address.trim()).ok()?;
        matches!(url.protocol().as_str(), "https:" | "http:").then(|| url.origin())
    }

    /// Makes the system, or finds it there with the streams of a device.
    pub(super) async fn create(&self) -> Result<(), Trouble> {
        let schema = schema().map_err(|error| Trouble::Refused(error.to_string()))?;
        self.request("PUT", "", &schema.to_draft()).await.map(|_| ())
    }

    /// Sends frames; what is said of the last of them, where it can be read.
    pub(super) async fn send(&self, rows: &Rows) -> Result<Option<Word>, Trouble> {
        Ok(newest_word(&self.request("POST", "/frames", rows).await?).await)
    }

    async fn request(&self, method: &str, path: &str, body: &impl Serialize) -> Result<Response, Trouble> {
        let origin = self.origin().ok_or(Trouble::Away)?;
        let system = String::from(js_sys::encode_uri_component(self.system.trim()));
        let url = format!("{origin}/v1/systems/{system}{path}");
        let response = fetch(&url, method, &self.key, body).await.map_err(|_| Trouble::Away)?;
        if response.ok() {
            return Ok(response);
        }
        // A Worker that is overloaded or restarted will be there again.
        if response.status() >= 500 || response.status() == 429 {
            return Err(Trouble::Away);
        }
        let told = told_by(&response).await;
        Err(Trouble::Refused(told.unwrap_or_else(|| format!("It answered {}.", response.status()))))
    }
}

async fn fetch(url: &str, method: &str, key: &str, body: &impl Serialize) -> Result<Response, JsValue> {
    let body = body.serialize(&Serializer::json_compatible())?;
    let (headers, options) = (Object::new(), Object::new());
    let set = |object: &Object, name: &str, value: &JsValue| Reflect::set(object, &name.into(), value);
    set(&headers, "content-type", &"application/json".into())?;
    if !key.trim().is_empty() {
        set(&headers, "authorization", &format!("Bearer {}", key.trim()).into())?;
    }
    set(&options, "method", &method.into())?;
    set(&options, "headers", &headers)?;
    set(&options, "body", &JSON::stringify(&body)?.into())?;
    // The key is enough: no cookie, no address of this page.
    set(&options, "credentials", &"omit".into())?;
    set(&options, "referrerPolicy", &"no-referrer".into())?;
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(url, options.unchecked_ref())).await?;
    answer.dyn_into()
}

async fn newest_word(response: &Response) -> Option<Word> {
    let answer = JsFuture::from(response.json().ok()?).await.ok()?;
    let newest = Array::from(&Reflect::get(&answer, &"verdicts".into()).ok()?).pop();
    let part = |name: &str| Reflect::get(&newest, &name.into()).ok();
    Some(Word { score: part("score")?.as_f64()?, is_abnormal: part("episode")?.as_f64().is_some() })
}

/// The sentence in the Worker's problem.
async fn told_by(response: &Response) -> Option<String> {
    let problem = JsFuture::from(response.json().ok()?).await.ok()?;
    ["detail", "title"].iter().find_map(|name| Reflect::get(&problem, &(*name).into()).ok()?.as_string())
}
