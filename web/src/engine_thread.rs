//! The engine, off the page's main thread: takes a file, reads it in pieces, judges it in steps, and listens in
//! between.

#[cfg(target_family = "wasm")]
mod thread_side;

#[cfg(target_family = "wasm")]
fn main() {
    thread_side::start();
}

/// There is no page around it natively; only the library is built there, for tests.
#[cfg(not(target_family = "wasm"))]
fn main() {}
