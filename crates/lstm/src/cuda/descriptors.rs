//! What cuDNN is told of sizes, freed when no longer of use.

use std::ffi::c_void;
use std::ptr::null_mut;

use cudarc::cudnn::result::{CudnnError, create_handle, destroy_handle, set_stream};
use cudarc::cudnn::sys::cudnnDataType_t::{CUDNN_DATA_FLOAT, CUDNN_DATA_HALF};
use cudarc::cudnn::sys::{self, cudnnDataType_t as Kind, cudnnRNNAlgo_t as Algorithm};
use cudarc::driver::CudaStream;

use super::address::Address;
use super::failure::failed;
use super::precision::CudaPrecision;
use crate::Error;

/// The word for errors.
fn dnn(error: CudnnError) -> Error {
    failed("cuDNN")(error)
}

/// Whether cuDNN did what it was asked to.
pub(super) fn done(status: sys::cudnnStatus_t) -> Result<(), Error> {
    status.result().map_err(dnn)
}

/// cuDNN on a stream.
#[derive(Debug)]
pub(super) struct Dnn(sys::cudnnHandle_t);

impl Dnn {
    pub(super) fn new(stream: &CudaStream) -> Result<Dnn, Error> {
        let handle = Dnn(create_handle().map_err(dnn)?);
        // SAFETY: handle and stream live; the stream outlives the handle in the struct that holds both.
        unsafe { set_stream(handle.0, stream.cu_stream().cast()) }.map_err(dnn)?;
        Ok(handle)
    }

    pub(super) fn raw(&self) -> sys::cudnnHandle_t {
        self.0
    }
}

impl Drop for Dnn {
    fn drop(&mut self) {
        // SAFETY: the handle is not used again. What fails here has no one left to tell.
        let _ = unsafe { destroy_handle(self.0) };
    }
}

macro_rules! descriptor {
    ($(#[$doc:meta])* $name:ident, $raw:ident, $create:ident, $destroy:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name(sys::$raw);

        impl $name {
            fn created() -> Result<$name, Error> {
                let mut raw = null_mut();
                // SAFETY: the descriptor is written before it is read.
                done(unsafe { sys::$create(&mut raw) })?;
                Ok($name(raw))
            }

            pub(super) fn raw(&self) -> sys::$raw {
                self.0
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: the descriptor is not used again.
                let _ = unsafe { sys::$destroy(self.0) };
            }
        }
    };
}

descriptor!(
    /// The layers.
    LayersDescriptor,
    cudnnRNNDescriptor_t,
    cudnnCreateRNNDescriptor,
    cudnnDestroyRNNDescriptor
);
descriptor!(
    /// Rows of a batch, steps first.
    RowsDescriptor,
    cudnnRNNDataDescriptor_t,
    cudnnCreateRNNDataDescriptor,
    cudnnDestroyRNNDataDescriptor
);
descriptor!(
    /// A tensor.
    TensorDescriptor,
    cudnnTensorDescriptor_t,
    cudnnCreateTensorDescriptor,
    cudnnDestroyTensorDescriptor
);
descriptor!(
    /// Dropout; of none here, since our own mask is that of the processor.
    DropoutDescriptor,
    cudnnDropoutDescriptor_t,
    cudnnCreateDropoutDescriptor,
    cudnnDestroyDropoutDescriptor
);

impl DropoutDescriptor {
    pub(super) fn none(handle: &Dnn) -> Result<DropoutDescriptor, Error> {
        let descriptor = DropoutDescriptor::created()?;
        // SAFETY: without dropout no random state is read.
        done(unsafe { sys::cudnnSetDropoutDescriptor(descriptor.0, handle.raw(), 0.0, null_mut(), 0, 0) })?;
        Ok(descriptor)
    }
}

impl LayersDescriptor {
    /// LSTM layers, whose recurrent weights stay in the multiprocessors if they are `persistent`. They have two biases
    /// for each gate, since nothing less can be persistent; the second, on the recurrent side, is to be zero.
    pub(super) fn new(
        precision: CudaPrecision,
        (inputs, units, layers): (usize, usize, usize),
        dropout: &DropoutDescriptor,
        persistent: bool,
    ) -> Result<LayersDescriptor, Error> {
        let descriptor = LayersDescriptor::created()?;
        let math = match precision {
            CudaPrecision::Single => sys::cudnnMathType_t::CUDNN_FMA_MATH,
            CudaPrecision::TensorFloat => sys::cudnnMathType_t::CUDNN_DEFAULT_MATH,
            CudaPrecision::Half => sys::cudnnMathType_t::CUDNN_TENSOR_OP_MATH,
        };
        let algorithm = match persistent {
            true => Algorithm::CUDNN_RNN_ALGO_PERSIST_STATIC,
            false => Algorithm::CUDNN_RNN_ALGO_STANDARD,
        };
        // SAFETY: both descriptors live.
        done(unsafe {
            sys::cudnnSetRNNDescriptor_v8(
                descriptor.0,
                algorithm,
                sys::cudnnRNNMode_t::CUDNN_LSTM,
                sys::cudnnRNNBiasMode_t::CUDNN_RNN_DOUBLE_BIAS,
                sys::cudnnDirectionMode_t::CUDNN_UNIDIRECTIONAL,
                sys::cudnnRNNInputMode_t::CUDNN_LINEAR_INPUT,
                kind(precision),
                CUDNN_DATA_FLOAT,
                math,
                inputs as i32,
                units as i32,
                units as i32,
                layers as i32,
                dropout.raw(),
                0,
            )
        })?;
        Ok(descriptor)
    }
}

impl RowsDescriptor {
    /// `[steps, lanes, width]`, all lanes of the same length.
    pub(super) fn new(
        precision: CudaPrecision,
        (steps, lanes): (usize, usize),
        width: usize,
    ) -> Result<RowsDescriptor, Error> {
        let descriptor = RowsDescriptor::created()?;
        let lengths = vec![steps as i32; lanes];
        // SAFETY: there is a length for each lane, read before this returns.
        done(unsafe {
            sys::cudnnSetRNNDataDescriptor(
                descriptor.0,
                kind(precision),
                sys::cudnnRNNDataLayout_t::CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED,
                steps as i32,
                lanes as i32,
                width as i32,
                lengths.as_ptr(),
                null_mut(),
            )
        })?;
        Ok(descriptor)
    }
}

impl TensorDescriptor {
    /// A tensor whose sizes are not yet known.
    pub(super) fn unset() -> Result<TensorDescriptor, Error> {
        TensorDescriptor::created()
    }

    /// `[layers, lanes, units]`.
    pub(super) fn new(
        precision: CudaPrecision,
        [layers, lanes, units]: [usize; 3],
    ) -> Result<TensorDescriptor, Error> {
        let descriptor = TensorDescriptor::created()?;
        let sizes = [layers, lanes, units].map(|n| n as i32);
        let strides = [lanes * units, units, 1].map(|n| n as i32);
        // SAFETY: there are three sizes and three strides.
        done(unsafe {
            sys::cudnnSetTensorNdDescriptor(
                descriptor.0,
                kind(precision),
                3,
                sizes.as_ptr(),
                strides.as_ptr(),
            )
        })?;
        Ok(descriptor)
    }
}

fn kind(precision: CudaPrecision) -> Kind {
    if precision == CudaPrecision::Half { CUDNN_DATA_HALF } else { CUDNN_DATA_FLOAT }
}

/// Where a gate's matrix and bias lie among the weights, in bytes.
pub(super) fn gate_places(
    handle: &Dnn,
    layers: &LayersDescriptor,
    (space, bytes): (Address, usize),
    (layer, gate): (usize, usize),
) -> Result<(usize, usize), Error> {
    let (matrix, bias) = (TensorDescriptor::unset()?, TensorDescriptor::unset()?);
    let (mut matrix_at, mut bias_at) = (null_mut(), null_mut());
    // SAFETY: the descriptors live, the space is as large as is said, and the places are written before they are read.
    done(unsafe {
        sys::cudnnGetRNNWeightParams(
            handle.raw(),
            layers.raw(),
            layer as i32,
            bytes,
            space.untyped(),
            gate as i32,
            matrix.raw(),
            &mut matrix_at,
            bias.raw(),
            &mut bias_at,
        )
    })?;
    let place =
        |at: *mut c_void| space.distance(at).ok_or_else(|| Error::device("cuDNN: a gate has no weights"));
    Ok((place(matrix_at)?, place(bias_at)?))
}
