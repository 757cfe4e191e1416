//! The page, and the engine off the page's main thread: one wasm for both, because what both need (text, numbers, lists,
//! the conversation) then weighs once.
#![cfg_attr(
    target_family = "wasm",
    allow(unreachable_pub, reason = "the component macro writes `pub` for the fields of properties")
)]

#[cfg(target_family = "wasm")]
mod address;
#[cfg(target_family = "wasm")]
mod app;
#[cfg(target_family = "wasm")]
mod connect;
#[cfg(target_family = "wasm")]
mod draw;
#[cfg(target_family = "wasm")]
mod kept;
#[cfg(target_family = "wasm")]
mod link;
#[cfg(target_family = "wasm")]
mod parts;
#[cfg(target_family = "wasm")]
mod privacy;
#[cfg(target_family = "wasm")]
mod save;
#[cfg(target_family = "wasm")]
mod sensors;
#[cfg(target_family = "wasm")]
mod session;
#[cfg(target_family = "wasm")]
mod thread_side;
#[cfg(target_family = "wasm")]
mod zones;

#[cfg(target_family = "wasm")]
fn main() {
    console_error_panic_hook::set_once();
    // Without a window it is the engine's thread that was started.
    match web_sys::window() {
        Some(_) => leptos::mount::mount_to_body(app::App),
        None => thread_side::start(),
    }
}

/// There is no page natively; only the library is built there, for tests.
#[cfg(not(target_family = "wasm"))]
fn main() {}
