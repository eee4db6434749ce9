//! What is allocated: the formula for training, nothing in generation.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(unsafe_code, reason = "an allocator that counts must implement an unsafe trait")]

mod oracle;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use oracle::{Data, everything};
use sideman_lstm::*;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the bytes and calls of each thread.
struct Counting;

fn count(bytes: isize) {
    // A thread that is ending has no counters left; nothing is measured there.
    let _ = NOW.try_with(|now| {
        now.set(now.get() + bytes);
        PEAK.with(|peak| peak.set(peak.get().max(now.get())));
        CALLS.with(|calls| calls.set(calls.get() + 1));
    });
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes at the highest point of training on one thread, the batch left out.
fn measured(shape: &Shape, steps: usize, lanes: usize) -> f64 {
    let batch = Data::random(shape, steps, lanes, 1).batch(shape);
    PEAK.set(NOW.get());
    let before = NOW.get();
    let mut network = Network::new(shape.clone(), 1).unwrap();
    let recipe = AdamHyperparameters { average: Some(0.99), ..AdamHyperparameters::default() };
    let mut trainer = Trainer::new(&network, recipe, 1);
    for seed in 0..2 {
        let objective = Objective { seed, ..Objective::default() };
        trainer.step(&mut network, &batch, &mut State::zero(shape, lanes), &objective, 1e-3).unwrap();
    }
    (PEAK.get() - before) as f64
}

#[test]
fn training_takes_what_the_formula_says() {
    let dropped =
        Shape { dropout: Dropout { input: 100, hidden: 100, output: 100 }, ..everything(&[96, 128], 8) };
    let shapes =
        [Shape::tokens(512, 64, &[128, 128]), Shape::classic(90, 64), everything(&[64, 100], 8), dropped];
    for shape in shapes {
        for (steps, lanes) in [(64, 32), (128, 48)] {
            let (measured, formula) =
                (measured(&shape, steps, lanes), training_bytes(&shape, steps, lanes) as f64);
            let ratio = measured / formula;
            assert!((0.85..=1.05).contains(&ratio), "{:?} {steps} x {lanes}: {ratio}", shape.layers);
        }
    }
}

#[test]
fn generation_allocates_nothing_after_the_start() {
    let shape = everything(&[64, 100], 8);
    let network = Network::new(shape.clone(), 1).unwrap();
    for precision in [Precision::Single, Precision::Half] {
        let mut stream = Generator::new(&network, precision).stream(3);
        let before = CALLS.get();
        for value in 0..50 {
            stream.set(0, 1, value % 8);
            stream.step();
            stream.log_probabilities(0);
            stream.set(2, 1, value % 5);
            stream.logits(1);
        }
        assert_eq!(CALLS.get() - before, 0);
    }
}
