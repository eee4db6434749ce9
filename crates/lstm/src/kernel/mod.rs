//! Arithmetic on slices, written once over [`simd::Simd`] and compiled for each instruction set.
#![allow(unsafe_code, reason = "intrinsics and the pointers of register tiles live here, behind safe slices")]

pub(crate) mod half;
mod simd;

mod math;
mod tile;

mod cell;
mod elementwise;
mod optimizer;
mod product;
mod softmax;

use serde::{Deserialize, Serialize};

pub(crate) use cell::{CellBackward, CellForward};
pub(crate) use elementwise::{Mask, add_to, drop_out};
pub(crate) use optimizer::AdamRow;
pub(crate) use product::{Outer, Scratch, Start};
pub(crate) use simd::BLOCK;
pub use softmax::draw;
pub(crate) use softmax::{CrossEntropy, SoftmaxLoss};

/// The instruction set that the arithmetic runs on. All give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InstructionSet {
    /// Plain Rust.
    Scalar,
    /// x86-64 with AVX2, FMA and F16C.
    Avx2,
    /// x86-64 with AVX-512 F.
    Avx512,
    /// 64-bit ARM.
    Neon,
}

impl InstructionSet {
    /// The fastest path of this processor.
    pub fn detect() -> InstructionSet {
        [InstructionSet::Avx512, InstructionSet::Avx2, InstructionSet::Neon]
            .into_iter()
            .find(|p| p.available())
            .unwrap_or(InstructionSet::Scalar)
    }

    /// Every path of this processor.
    pub fn all() -> Vec<InstructionSet> {
        [InstructionSet::Scalar, InstructionSet::Avx2, InstructionSet::Avx512, InstructionSet::Neon]
            .into_iter()
            .filter(|p| p.available())
            .collect()
    }

    /// Whether this processor has the path.
    pub fn available(self) -> bool {
        match self {
            InstructionSet::Scalar => true,
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => {
                is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("fma")
                    && is_x86_feature_detected!("f16c")
            }
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => is_x86_feature_detected!("avx512f") && InstructionSet::Avx2.available(),
            #[cfg(target_arch = "aarch64")]
            InstructionSet::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            _ => false,
        }
    }

    /// Runs a task on this path, or on the scalar one where the processor lacks it.
    pub(crate) fn run<T: Task>(self, task: T) -> T::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the guard has seen that the processor has the instruction set.
            InstructionSet::Avx512 if self.available() => unsafe { on_avx512(task) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            InstructionSet::Avx2 if self.available() => unsafe { on_avx2(task) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: as above.
            InstructionSet::Neon if self.available() => unsafe { on_neon(task) },
            _ => task.run(simd::Scalar),
        }
    }

    /// Runs a plain loop where the compiler may use the path's vectors for it.
    pub(crate) fn wide<R>(self, work: impl FnOnce() -> R) -> R {
        self.run(Loop(work))
    }
}

struct Loop<F>(F);

impl<R, F: FnOnce() -> R> Task for Loop<F> {
    type Output = R;

    #[inline(always)]
    fn run<S: simd::Simd>(self, _: S) -> R {
        (self.0)()
    }
}

/// Work that can run on any instruction set; `run` must be inlined into the function that enables it.
pub(crate) trait Task {
    type Output;
    fn run<S: simd::Simd>(self, s: S) -> Self::Output;
}

/// # Safety
/// The processor must have AVX-512 F, AVX2, FMA and F16C.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma,f16c")]
unsafe fn on_avx512<T: Task>(task: T) -> T::Output {
    // SAFETY: the caller vouches for the instruction set.
    task.run(unsafe { simd::Avx512::new() })
}

/// # Safety
/// The processor must have AVX2, FMA and F16C.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn on_avx2<T: Task>(task: T) -> T::Output {
    // SAFETY: the caller vouches for the instruction set.
    task.run(unsafe { simd::Avx2::new() })
}

/// # Safety
/// The processor must have NEON.
#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
unsafe fn on_neon<T: Task>(task: T) -> T::Output {
    // SAFETY: the caller vouches for the instruction set.
    task.run(unsafe { simd::Neon::new() })
}
