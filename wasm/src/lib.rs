//! The npm package.
