//! Nobody may ask for gigabytes because some bytes said so.
#![allow(unsafe_code, reason = "an allocator is unsafe to write")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The widest schema is some tens of megabytes in all; nothing of it is this large alone.
const BYTES_MOST: usize = 256 << 20;

/// The input that is being played, for the last words.
static SEED: AtomicU64 = AtomicU64::new(0);
static TARGET: AtomicUsize = AtomicUsize::new(0);

/// Remembers what is being played.
pub(crate) fn playing(target: &str, seed: u64) {
    let place = crate::TARGETS.iter().position(|known| known.name == target).unwrap_or(0);
    TARGET.store(place, Ordering::Relaxed);
    SEED.store(seed, Ordering::Relaxed);
}

struct Limited;

impl Limited {
    fn check(size: usize) {
        if size > BYTES_MOST {
            let name = crate::TARGETS[TARGET.load(Ordering::Relaxed)].name;
            let seed = SEED.load(Ordering::Relaxed);
            eprintln!("{name} asks for {size} bytes at once: cargo xtask fuzz --seed {seed} {name}");
            std::process::abort();
        }
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::check(layout.size());
        // SAFETY: the caller keeps alloc's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::check(layout.size());
        // SAFETY: the caller keeps alloc_zeroed's contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::check(size);
        // SAFETY: the caller keeps realloc's contract.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps dealloc's contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Limited = Limited;
