//! Which instruction sets there are, and the door to each.

#[cfg(target_arch = "aarch64")]
use super::simd::Neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use super::simd::Simd128;
#[cfg(target_arch = "x86_64")]
use super::simd::{Avx2, Avx512};
use super::simd::{Kernel, Scalar, Simd};
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
use super::simd::{RelaxedSimd, fuses};

/// The instruction set that the arithmetic runs on. All give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// Plain Rust.
    Scalar,
    /// x86-64 with AVX2, FMA and F16C.
    Avx2,
    /// x86-64 with AVX-512 F.
    Avx512,
    /// 64-bit ARM.
    Neon,
    /// WebAssembly with vectors of 128 bits.
    Simd128,
    /// The same with relaxed instructions, where they round as all others do.
    RelaxedSimd,
}

/// All but plain Rust, the faster first.
const FASTER: [InstructionSet; 5] = [
    InstructionSet::Avx512,
    InstructionSet::Avx2,
    InstructionSet::Neon,
    InstructionSet::RelaxedSimd,
    InstructionSet::Simd128,
];

impl InstructionSet {
    /// The fastest of this processor.
    pub fn detect() -> InstructionSet {
        FASTER.into_iter().find(|set| set.available()).unwrap_or(InstructionSet::Scalar)
    }

    /// Every one of this processor.
    pub fn all() -> Vec<InstructionSet> {
        let plain = [InstructionSet::Scalar];
        plain.into_iter().chain(FASTER.into_iter().rev()).filter(|set| set.available()).collect()
    }

    /// Whether this processor has it.
    fn available(self) -> bool {
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
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            InstructionSet::Simd128 => true,
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            InstructionSet::RelaxedSimd => fuses(),
            _ => false,
        }
    }

    /// Its name as its makers write it.
    pub fn name(self) -> &'static str {
        match self {
            InstructionSet::Scalar => "scalar",
            InstructionSet::Avx2 => "AVX2",
            InstructionSet::Avx512 => "AVX-512",
            InstructionSet::Neon => "NEON",
            InstructionSet::Simd128 => "SIMD128",
            InstructionSet::RelaxedSimd => "relaxed SIMD",
        }
    }

    /// Runs a kernel on this instruction set, or on plain Rust where the processor lacks it.
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the guard has seen that the processor has the instruction set.
            InstructionSet::Avx512 if self.available() => unsafe { Avx512::new() }.call(kernel),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            InstructionSet::Avx2 if self.available() => unsafe { Avx2::new() }.call(kernel),
            #[cfg(target_arch = "aarch64")]
            // SAFETY: as above.
            InstructionSet::Neon if self.available() => unsafe { Neon::new() }.call(kernel),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            // SAFETY: as above.
            InstructionSet::Simd128 if self.available() => unsafe { Simd128::new() }.call(kernel),
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            // SAFETY: as above.
            InstructionSet::RelaxedSimd if self.available() => unsafe { RelaxedSimd::new() }.call(kernel),
            _ => Scalar.call(kernel),
        }
    }

    /// Runs a plain loop where the compiler may use the instruction set's vectors for it.
    pub(crate) fn wide<R>(self, work: impl FnOnce() -> R) -> R {
        self.run(Loop(work))
    }
}

struct Loop<F>(F);

impl<R, F: FnOnce() -> R> Kernel for Loop<F> {
    type Output = R;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> R {
        (self.0)()
    }
}
