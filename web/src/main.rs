//! The page.
#![cfg_attr(
    target_family = "wasm",
    allow(unreachable_pub, reason = "the component macro writes `pub` for the fields of properties")
)]

#[cfg(target_family = "wasm")]
mod address;
#[cfg(target_family = "wasm")]
mod app;
#[cfg(target_family = "wasm")]
mod draw;
#[cfg(target_family = "wasm")]
mod link;
#[cfg(target_family = "wasm")]
mod parts;
#[cfg(target_family = "wasm")]
mod save;
#[cfg(target_family = "wasm")]
mod session;

#[cfg(target_family = "wasm")]
fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}

/// There is no page natively; only the library is built there, for tests.
#[cfg(not(target_family = "wasm"))]
fn main() {}
