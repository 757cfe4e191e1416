//! The page's address: it may name a sample or a file beside the page, and carry settings. It never carries data; and the
//! settings stand behind the `#`, which no browser sends to a server.

use fourfold_web::thread::Settings;
use serde::Serialize;

use crate::link::Link;

const SETTINGS: &str = "#settings=";

/// Opens what `?sample=NAME` or `?open=PATH` names, with the settings behind the `#`.
pub(crate) fn open_what_it_names(link: Link) {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return };
    let settings = location.hash().ok().and_then(|hash| read(&hash)).unwrap_or_default();
    let query = location.search().unwrap_or_default();
    let named = |key: &str| {
        let pairs = query.trim_start_matches('?').split('&');
        let mut values = pairs.filter_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        js_sys::decode_uri_component(values.next()?).ok().map(String::from)
    };
    if let Some(name) = named("sample").filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())) {
        link.open_sample(&name, settings);
    } else if let Some(path) = named("open") {
        let base = location.href().unwrap_or_default();
        let url = web_sys::Url::new_with_base(&path, &base).ok();
        match url.filter(|url| Ok(url.origin()) == location.origin()) {
            Some(url) => {
                let name = path.rsplit('/').next().unwrap_or("file").to_string();
                link.open_path(&url.href(), &name, settings);
            }
            None => link.fail(
                "The address names a file elsewhere. Only files beside this page can be opened so: download it and drop it here.",
            ),
        }
    } else {
        // For the file that somebody drops next.
        link.expect(settings);
    }
}

/// An address that opens the app with these settings, and the sample if it is one.
pub(crate) fn share(settings: &Settings, sample: Option<&str>) -> Option<String> {
    let location = web_sys::window()?.location();
    let page = format!("{}{}", location.origin().ok()?, location.pathname().ok()?);
    let value = settings.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).ok()?;
    let text = String::from(js_sys::JSON::stringify(&value).ok()?);
    let query = sample.map(|name| format!("?sample={name}")).unwrap_or_default();
    Some(format!("{page}{query}{SETTINGS}{}", String::from(js_sys::encode_uri_component(&text))))
}

fn read(hash: &str) -> Option<Settings> {
    let text = js_sys::decode_uri_component(hash.strip_prefix(SETTINGS)?).ok()?;
    serde_wasm_bindgen::from_value(js_sys::JSON::parse(&String::from(text)).ok()?).ok()
}
