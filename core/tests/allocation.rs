//! Memory: a steady frame allocates nothing, and the engine holds what it says it holds. Alone in its program, because
//! the counting allocator counts everything.
#![allow(unsafe_code, reason = "an allocator is unsafe to write")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use fourfold::ingest::Event;
use fourfold::{Engine, Frame, SchemaDraft};

struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);
static HELD_BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged; the counters are atomic.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        HELD_BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps alloc's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD_BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps dealloc's contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// One test, so that no other thread allocates while it counts.
#[test]
fn a_steady_frame_allocates_nothing_and_memory_is_as_declared() {
    let before = HELD_BYTES.load(Ordering::Relaxed);
    let schema = SchemaDraft::preset("lifelog").expect("shipped").validate().expect("valid");
    let mut engine = Engine::new(schema);
    let held = HELD_BYTES.load(Ordering::Relaxed) - before;
    let declared = engine.memory().total();
    // What is held beside the state is the lent scratch: the verdict and one frame's values.
    assert!(declared <= held && held <= declared + 16_384, "declared {declared}, held {held}");

    let mut values = vec![0.0; engine.schema().streams().len()];
    let mut frame = |row: u32| {
        for (place, value) in (0_u32..).zip(&mut values) {
            let noise = (row * 31 + place).wrapping_mul(2_654_435_761) >> 20;
            *value = if noise.is_multiple_of(20) { f64::NAN } else { f64::from(noise) };
        }
        let at_ms = 1_700_000_000_000 + 300_000 * i64::from(row);
        engine.observe(Frame { at_ms, values: &values }).expect("a good frame");
        engine.tick(at_ms + 1000, |_| ()).expect("a time");
    };
    (0..3000).for_each(&mut frame);
    let (calls, held) = (CALLS.load(Ordering::Relaxed), HELD_BYTES.load(Ordering::Relaxed));
    (3000..6000).for_each(&mut frame);
    assert_eq!(CALLS.load(Ordering::Relaxed), calls, "steady frames allocated");
    assert_eq!(HELD_BYTES.load(Ordering::Relaxed), held);
    assert_eq!(engine.memory().total(), declared);
    events_in_order_allocate_nothing();
}

/// The same for events: once the draft is there, only what comes late makes another.
fn events_in_order_allocate_nothing() {
    let schema = SchemaDraft::preset("lifelog").expect("shipped").validate().expect("valid");
    let (streams, frame_ms) = (schema.streams().len(), schema.frame_ms());
    let before = HELD_BYTES.load(Ordering::Relaxed);
    let mut engine = Engine::new(schema);
    let mut events = vec![Event::default(); streams];
    let mut row = |row: u32| {
        for (place, event) in (0_u32..).zip(&mut events) {
            let noise = (row * 31 + place).wrapping_mul(2_654_435_761) >> 20;
            let at_ms = 1_700_000_000_000 + frame_ms * i64::from(row) + i64::from(place);
            *event = Event { stream: place as usize, at_ms, value: f64::from(noise) };
        }
        let mut told = 0;
        engine.push(&events, |_| told += 1).expect("good events");
        assert!(told > 0 || row < 5);
    };
    (0..3000).for_each(&mut row);
    let (calls, held) = (CALLS.load(Ordering::Relaxed), HELD_BYTES.load(Ordering::Relaxed));
    (3000..4000).for_each(&mut row);
    assert_eq!(CALLS.load(Ordering::Relaxed), calls, "steady events allocated");
    let declared = engine.memory();
    assert!(declared.draft > declared.streams && declared.total() <= held - before + declared.schema);
}
