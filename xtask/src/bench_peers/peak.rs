//! What one core can do: a product of two 2048 x 2048 matrices by an independent library.

use std::time::Instant;

use gemm_common::Parallelism;

pub(crate) const N: usize = 2048;
pub(crate) const OPERATIONS: f64 = 2.0 * (N * N * N) as f64;

/// Floating-point operations in a second.
pub(crate) fn flops() -> f64 {
    let (a, b) = (vec![0.5f32; N * N], vec![0.25f32; N * N]);
    let mut c = vec![0.0f32; N * N];
    let begin = Instant::now();
    multiply(&mut c, &a, &b);
    OPERATIONS / begin.elapsed().as_secs_f64()
}

#[allow(unsafe_code, reason = "the library's interface is pointers")]
fn multiply(c: &mut [f32], a: &[f32], b: &[f32]) {
    assert!([c.len(), a.len(), b.len()] == [N * N; 3]);
    let (column, row) = (N as isize, 1);
    // SAFETY: the three matrices are N x N, column-major, and do not overlap.
    unsafe {
        gemm_f32::gemm::f32::get_gemm_fn()(
            N,
            N,
            N,
            c.as_mut_ptr(),
            column,
            row,
            false,
            a.as_ptr(),
            column,
            row,
            b.as_ptr(),
            column,
            row,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
