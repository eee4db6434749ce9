//! How exact products are.

/// How products are formed on a GPU; all else is single precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CudaPrecision {
    /// In single precision.
    Single,
    /// On tensor cores that read ten bits of each mantissa (TF32) and add in single precision.
    TensorFloat,
    /// The LSTM layers in half precision with sums in single, weights and their gradients narrowed and widened; the
    /// gradient that enters a layer is scaled by a power of two. All else as [`TensorFloat`](Self::TensorFloat).
    Half,
}
