//! Vectors of `f32` on each instruction set, with one arithmetic.
//!
//! Every method rounds once, as IEEE 754 says, and multiplications are fused with additions on all of them.
//! A kernel written over [`Simd`] therefore gives the same bits whatever the width of the vector.

/// Arithmetic written over any instruction set; `run` must be inlined into [`Simd::call`].
pub(crate) trait Kernel {
    type Output;
    fn run<S: Simd>(self, s: S) -> Self::Output;
}

/// An instruction set. A value of the type is proof that the processor has it.
pub(crate) trait Simd: Copy {
    /// A vector of `LANES` floats.
    type V: Copy;
    /// Floats in a vector; divides sixteen.
    const LANES: usize;
    /// Vectors that a register tile is wide.
    const WIDE: usize;

    fn splat(self, x: f32) -> Self::V;
    /// Reads `LANES` floats.
    ///
    /// # Safety
    /// `from` must be valid for reads of `LANES` floats.
    unsafe fn load(self, from: *const f32) -> Self::V;
    /// Reads `LANES` half-precision floats.
    ///
    /// # Safety
    /// `from` must be valid for reads of `LANES` values.
    unsafe fn load_half(self, from: *const u16) -> Self::V;
    /// Writes `LANES` floats.
    ///
    /// # Safety
    /// `to` must be valid for writes of `LANES` floats.
    unsafe fn store(self, to: *mut f32, v: Self::V);
    /// Writes `LANES` floats, none beyond the half-precision range, each rounded to the nearest, ties to even.
    ///
    /// # Safety
    /// `to` must be valid for writes of `LANES` values.
    unsafe fn store_half(self, to: *mut u16, v: Self::V);
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    fn sqrt(self, a: Self::V) -> Self::V;
    /// `a * b + c`, rounded once.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// `2^n` where the low bits of the float `n + 1.5 * 2^23` hold the integer `n` in -126..=127.
    fn exp2_of_bits(self, shifted: Self::V) -> Self::V;

    /// Runs a kernel in a function of its own, compiled for the instruction set.
    fn call<K: Kernel>(self, kernel: K) -> K::Output;

    #[inline(always)]
    fn read(self, from: &[f32]) -> Self::V {
        assert!(from.len() >= Self::LANES);
        // SAFETY: the assertion above.
        unsafe { self.load(from.as_ptr()) }
    }
    #[inline(always)]
    fn write(self, to: &mut [f32], v: Self::V) {
        assert!(to.len() >= Self::LANES);
        // SAFETY: the assertion above.
        unsafe { self.store(to.as_mut_ptr(), v) }
    }
}

/// Plain Rust, the reference for all others.
#[derive(Clone, Copy)]
pub(crate) struct Scalar;

const SCALAR: usize = 4;

impl Simd for Scalar {
    type V = [f32; SCALAR];
    const LANES: usize = SCALAR;
    const WIDE: usize = 4;

    #[inline(always)]
    fn splat(self, x: f32) -> Self::V {
        [x; SCALAR]
    }
    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> Self::V {
        // SAFETY: the caller vouches for `LANES` floats; an array of floats has their alignment.
        unsafe { from.cast::<Self::V>().read() }
    }
    #[inline(always)]
    unsafe fn load_half(self, from: *const u16) -> Self::V {
        // SAFETY: the caller vouches for `LANES` values.
        let half = unsafe { from.cast::<[u16; SCALAR]>().read() };
        half.map(super::half::to_f32)
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32, v: Self::V) {
        // SAFETY: the caller vouches for `LANES` floats.
        unsafe { to.cast::<Self::V>().write(v) }
    }
    #[inline(always)]
    unsafe fn store_half(self, to: *mut u16, v: Self::V) {
        // SAFETY: the caller vouches for `LANES` values.
        unsafe { to.cast::<[u16; SCALAR]>().write(v.map(super::half::from_f32)) }
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] / b[i])
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        a.map(f32::sqrt)
    }
    #[inline(always)]
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn exp2_of_bits(self, shifted: Self::V) -> Self::V {
        shifted.map(|s| f32::from_bits((s.to_bits() << 23).wrapping_add(1.0f32.to_bits())))
    }
    fn call<K: Kernel>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
}

/// One instruction set: its vector, its width and the intrinsic behind each method.
#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
))]
macro_rules! simd {
    ($(#[$doc:meta])* $name:ident, $features:literal, $v:ty, $lanes:literal, $wide:literal, {
        splat: $splat:path, load: $load:path, store: $store:path,
        $($operation:ident: |$($x:ident),+| $expression:expr,)+
        @half: |$h:ident| $half:expr,
        @to_half: |$t:ident, $value:ident| $to_half:expr,
        @exp2: |$s:ident| $exp2:expr $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name(());

        impl $name {
            /// # Safety
            /// The processor must have the instruction set.
            pub(crate) unsafe fn new() -> Self {
                Self(())
            }
        }

        // SAFETY of every block below: a value of the type exists only where the instruction set does
        // (the contract of `new`), and addresses are vouched for by the callers of `load` and `store`.
        impl Simd for $name {
            type V = $v;
            const LANES: usize = $lanes;
            const WIDE: usize = $wide;

            #[inline(always)]
            fn splat(self, x: f32) -> $v {
                // SAFETY: the instruction set is there.
                unsafe { $splat(x) }
            }
            #[inline(always)]
            unsafe fn load(self, from: *const f32) -> $v {
                // SAFETY: the instruction set is there; the caller vouches for the address.
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn load_half(self, $h: *const u16) -> $v {
                // SAFETY: the instruction set is there; the caller vouches for the address.
                unsafe { $half }
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut f32, v: $v) {
                // SAFETY: the instruction set is there; the caller vouches for the address.
                unsafe { $store(to, v) }
            }
            #[inline(always)]
            unsafe fn store_half(self, $t: *mut u16, $value: $v) {
                // SAFETY: the instruction set is there; the caller vouches for the address.
                unsafe { $to_half }
            }
            $(
                #[inline(always)]
                fn $operation(self, $($x: $v),+) -> $v {
                    // SAFETY: the instruction set is there.
                    unsafe { $expression }
                }
            )+
            #[inline(always)]
            fn exp2_of_bits(self, $s: $v) -> $v {
                // SAFETY: the instruction set is there.
                unsafe { $exp2 }
            }
            fn call<K: Kernel>(self, kernel: K) -> K::Output {
                #[target_feature(enable = $features)]
                unsafe fn enabled<K: Kernel>(s: $name, kernel: K) -> K::Output {
                    kernel.run(s)
                }
                // SAFETY: the instruction set is there.
                unsafe { enabled(self, kernel) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Kernel, Simd};
    use std::arch::x86_64::*;

    simd!(
        /// AVX-512 F: sixteen floats, a tile of four vectors.
        Avx512, "avx512f,avx2,fma,f16c", __m512, 16, 4, {
            splat: _mm512_set1_ps, load: _mm512_loadu_ps, store: _mm512_storeu_ps,
            add: |a, b| _mm512_add_ps(a, b), sub: |a, b| _mm512_sub_ps(a, b),
            mul: |a, b| _mm512_mul_ps(a, b), div: |a, b| _mm512_div_ps(a, b), sqrt: |a| _mm512_sqrt_ps(a),
            max: |a, b| _mm512_max_ps(a, b), min: |a, b| _mm512_min_ps(a, b), fma: |a, b, c| _mm512_fmadd_ps(a, b, c),
            @half: |h| _mm512_cvtph_ps(_mm256_loadu_si256(h.cast())),
            @to_half: |to, v| _mm256_storeu_si256(to.cast(), _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(v)),
            @exp2: |s| _mm512_castsi512_ps(_mm512_add_epi32(
                _mm512_slli_epi32::<23>(_mm512_castps_si512(s)), _mm512_set1_epi32(0x3f80_0000))),
        }
    );
    simd!(
        /// AVX2 with FMA and F16C: eight floats, a tile of two vectors.
        Avx2, "avx2,fma,f16c", __m256, 8, 2, {
            splat: _mm256_set1_ps, load: _mm256_loadu_ps, store: _mm256_storeu_ps,
            add: |a, b| _mm256_add_ps(a, b), sub: |a, b| _mm256_sub_ps(a, b),
            mul: |a, b| _mm256_mul_ps(a, b), div: |a, b| _mm256_div_ps(a, b), sqrt: |a| _mm256_sqrt_ps(a),
            max: |a, b| _mm256_max_ps(a, b), min: |a, b| _mm256_min_ps(a, b), fma: |a, b, c| _mm256_fmadd_ps(a, b, c),
            @half: |h| _mm256_cvtph_ps(_mm_loadu_si128(h.cast())),
            @to_half: |to, v| _mm_storeu_si128(to.cast(), _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(v)),
            @exp2: |s| _mm256_castsi256_ps(_mm256_add_epi32(
                _mm256_slli_epi32::<23>(_mm256_castps_si256(s)), _mm256_set1_epi32(0x3f80_0000))),
        }
    );
}
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

#[cfg(target_arch = "aarch64")]
mod arm {
    use super::{Kernel, Simd};
    use std::arch::aarch64::*;

    simd!(
        /// NEON: four floats, a tile of four vectors.
        Neon, "neon", float32x4_t, 4, 4, {
            splat: vdupq_n_f32, load: vld1q_f32, store: vst1q_f32,
            add: |a, b| vaddq_f32(a, b), sub: |a, b| vsubq_f32(a, b),
            mul: |a, b| vmulq_f32(a, b), div: |a, b| vdivq_f32(a, b), sqrt: |a| vsqrtq_f32(a),
            max: |a, b| vmaxq_f32(a, b), min: |a, b| vminq_f32(a, b), fma: |a, b, c| vfmaq_f32(c, a, b),
            @half: |h| vld1q_f32(h.cast::<[u16; 4]>().read_unaligned().map(crate::kernel::half::to_f32).as_ptr()),
            @to_half: |to, v| {
                let mut lanes = [0.0; 4];
                vst1q_f32(lanes.as_mut_ptr(), v);
                to.cast::<[u16; 4]>().write_unaligned(lanes.map(crate::kernel::half::from_f32));
            },
            @exp2: |s| vreinterpretq_f32_s32(vaddq_s32(
                vshlq_n_s32::<23>(vreinterpretq_s32_f32(s)), vdupq_n_s32(0x3f80_0000))),
        }
    );
}
#[cfg(target_arch = "aarch64")]
pub(crate) use arm::Neon;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[allow(
    unused_unsafe,
    reason = "a module whose instructions are not there is not even loaded, so all of them are safe"
)]
mod wasm {
    use super::{Kernel, Simd};
    use std::arch::wasm32::*;

    /// Four floats, a tile of four vectors: what differs is how a multiplication is fused with its addition.
    macro_rules! four_floats {
        ($(#[$doc:meta])* $name:ident, $features:literal, $fma:path) => {
            simd!(
                $(#[$doc])*
                $name, $features, v128, 4, 4, {
                    splat: f32x4_splat, load: load, store: store,
                    add: |a, b| f32x4_add(a, b), sub: |a, b| f32x4_sub(a, b),
                    mul: |a, b| f32x4_mul(a, b), div: |a, b| f32x4_div(a, b), sqrt: |a| f32x4_sqrt(a),
                    max: |a, b| f32x4_pmax(b, a), min: |a, b| f32x4_pmin(b, a), fma: |a, b, c| $fma(a, b, c),
                    @half: |h| of_half(h),
                    @to_half: |to, v| to_half(to, v),
                    @exp2: |s| exp2(s),
                }
            );
        };
    }

    four_floats!(
        /// WebAssembly with vectors. It has no fused multiplication and addition.
        Simd128, "simd128", fused
    );

    #[cfg(target_feature = "relaxed-simd")]
    four_floats!(
        /// The same with the relaxed instructions, on a processor where those fuse multiplication and addition.
        RelaxedSimd, "simd128,relaxed-simd", f32x4_relaxed_madd
    );

    /// Whether the relaxed instruction rounds once here: the square of `1 + 2^-12` less what it rounds to is `2^-24`.
    #[cfg(target_feature = "relaxed-simd")]
    pub(crate) fn fuses() -> bool {
        let [a, c] = std::hint::black_box([1.0 + 2f32.powi(-12), -1.0 - 2f32.powi(-11)]);
        let rest = f32x4_relaxed_madd(f32x4_splat(a), f32x4_splat(a), f32x4_splat(c));
        f32x4_extract_lane::<0>(rest) == 2f32.powi(-24)
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> v128 {
        // SAFETY: the caller vouches for the address; the instruction asks for no alignment.
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: v128) {
        // SAFETY: as above.
        unsafe { v128_store(to.cast(), v) }
    }

    /// `a * b + c`, rounded once. In double precision the product is exact, and the sum is rounded twice, to double and to
    /// single. That is another number than rounded once only where the first rounding ends halfway between two floats
    /// (Boldo and Melquiond 2008, *Emulation of a FMA and correctly rounded sums*), which is done float by float.
    #[inline(always)]
    fn fused(a: v128, b: v128, c: v128) -> v128 {
        let sum = |a, b, c| {
            let [a, b, c] = [a, b, c].map(|v| f64x2_promote_low_f32x4(v));
            f64x2_add(f64x2_mul(a, b), c)
        };
        let behind = |v| i64x2_shuffle::<1, 1>(v, v);
        let (low, high) = (sum(a, b, c), sum(behind(a), behind(b), behind(c)));
        let is_halfway = |sum| i64x2_eq(v128_and(sum, i64x2_splat(0x1fff_ffff)), i64x2_splat(0x1000_0000));
        if v128_any_true(v128_or(is_halfway(low), is_halfway(high))) {
            return one_by_one(a, b, c);
        }
        i64x2_shuffle::<0, 2>(f32x4_demote_f64x2_zero(low), f32x4_demote_f64x2_zero(high))
    }

    #[cold]
    fn one_by_one(a: v128, b: v128, c: v128) -> v128 {
        let [a, b, c] = [a, b, c].map(lanes);
        let [x, y, z, w] = std::array::from_fn(|i| a[i].mul_add(b[i], c[i]));
        f32x4(x, y, z, w)
    }

    fn lanes(v: v128) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(v),
            f32x4_extract_lane::<1>(v),
            f32x4_extract_lane::<2>(v),
            f32x4_extract_lane::<3>(v),
        ]
    }

    /// The bits of a half, moved to where a float has them, times `2^112`, which is the difference of their biases.
    #[inline(always)]
    unsafe fn of_half(from: *const u16) -> v128 {
        // SAFETY: the caller vouches for four values.
        let half = u32x4_extend_low_u16x8(unsafe { v128_load64_zero(from.cast()) });
        let magnitude = v128_and(half, u32x4_splat(0x7fff));
        let scaled = f32x4_mul(u32x4_shl(magnitude, 13), u32x4_splat(0x7780_0000));
        let is_endless = v128_and(u32x4_gt(magnitude, u32x4_splat(0x7bff)), u32x4_splat(0x7f80_0000));
        let sign = u32x4_shl(v128_and(half, u32x4_splat(0x8000)), 16);
        v128_or(v128_or(scaled, is_endless), sign)
    }

    #[inline(always)]
    unsafe fn to_half(to: *mut u16, v: v128) {
        let halves = lanes(v).map(crate::kernel::half::from_f32);
        // SAFETY: the caller vouches for four values.
        unsafe { to.cast::<[u16; 4]>().write_unaligned(halves) }
    }

    #[inline(always)]
    fn exp2(shifted: v128) -> v128 {
        i32x4_add(i32x4_shl(shifted, 23), i32x4_splat(0x3f80_0000))
    }
}
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use wasm::Simd128;
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
pub(crate) use wasm::{RelaxedSimd, fuses};
