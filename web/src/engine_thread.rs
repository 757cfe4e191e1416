//! The engine, off the page's main thread.

fn main() {}
