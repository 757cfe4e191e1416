//! Keeps the screen on: a device that sleeps measures nothing.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Live;
use super::browser::{call, listen, navigator, promised};

/// Whether the screen stays on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Nobody asked yet.
    #[default]
    Free,
    /// It stays on.
    Held,
    /// The browser took it back: the battery is low, or the page was hidden.
    Lost,
    /// The browser does not offer it.
    Unsupported,
}

impl Wake {
    /// For a person.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Held => "The screen is kept awake.",
            Self::Free | Self::Lost => "The screen may go to sleep; that is a pause, not a finding.",
            Self::Unsupported => {
                "This browser can not keep the screen awake. When it sleeps, that is a pause."
            }
        }
    }
}

/// Asks the browser to keep the screen on.
pub(super) fn hold(live: Live) {
    let promise = navigator("wakeLock").and_then(|lock| call(&lock, "request", &[&"screen".into()]));
    let Some(promise) = promise else { return live.wake.set(Wake::Unsupported) };
    spawn_local(async move {
        let Ok(lock) = promised(promise).await else { return live.wake.set(Wake::Lost) };
        // The session may have ended while the browser thought about it.
        if !live.is_on_untracked() {
            call(&lock, "release", &[]);
            return;
        }
        let released = listen(&lock, "release", move |_: JsValue| live.wake.set(Wake::Lost));
        live.wake.set(Wake::Held);
        live.lock.update_value(|held| {
            if let Some(stop) = held.take() {
                stop();
            }
            *held = Some(Box::new(move || {
                released.into_iter().for_each(|stop| stop());
                call(&lock, "release", &[]);
            }));
        });
    });
}
