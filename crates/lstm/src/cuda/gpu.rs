//! A GPU: its stream of work, cuBLAS and our own kernels.

use std::sync::Arc;

use cudarc::cublas::sys::{self as blas, cublasOperation_t as Operation};
use cudarc::cublas::{CudaBlas, result::CublasError};
use cudarc::driver::{CudaContext, CudaFunction, CudaStream, LaunchConfig, PushKernelArg};
use cudarc::{cudnn, driver, nvrtc};

use super::address::Address;
use super::descriptors::Dnn;
use super::failure::failed;
use super::precision::CudaPrecision;
use crate::Error;

/// Our own kernels, by the order of their names.
#[derive(Clone, Copy, Debug)]
pub(super) enum CudaKernel {
    Embed,
    EmbedBackward,
    Drop,
    Narrow,
    Widen,
    Largest,
    SpreadGates,
    CollectGates,
    BiasRelu,
    ReluBackward,
    ColumnSums,
    HeadLogits,
    HeadLoss,
}

const NAMES: [&str; 13] = [
    "embed",
    "embed_backward",
    "drop",
    "narrow",
    "widen",
    "largest",
    "spread_gates",
    "collect_gates",
    "bias_relu",
    "relu_backward",
    "column_sums",
    "head_logits",
    "head_loss",
];

/// What a kernel is called with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument {
    At(Address),
    Count(u32),
    Number(f32),
}

/// A GPU with what runs on it.
pub(super) struct Gpu {
    pub(super) precision: CudaPrecision,
    pub(super) dnn: Dnn,
    pub(super) stream: Arc<CudaStream>,
    name: String,
    blas: CudaBlas,
    kernels: Vec<CudaFunction>,
}

/// A matrix on the device, whose rows may be longer than its columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeviceMatrix {
    at: Address,
    rows: usize,
    columns: usize,
    /// Floats from one row to the next of what is stored.
    stride: usize,
    /// Whether the stored rows are the columns.
    transposed: bool,
}

impl DeviceMatrix {
    pub(super) fn new(at: Address, rows: usize, columns: usize) -> DeviceMatrix {
        DeviceMatrix { at, rows, columns, stride: columns, transposed: false }
    }

    /// Some of the columns of a stored matrix.
    pub(super) fn columns(self, first: usize, columns: usize) -> DeviceMatrix {
        DeviceMatrix { at: self.at.plus(first), columns, ..self }
    }

    pub(super) fn transposed(self) -> DeviceMatrix {
        let DeviceMatrix { rows, columns, transposed, .. } = self;
        DeviceMatrix { rows: columns, columns: rows, transposed: !transposed, ..self }
    }

    fn operation(self) -> Operation {
        if self.transposed { Operation::CUBLAS_OP_T } else { Operation::CUBLAS_OP_N }
    }
}

impl Gpu {
    /// The GPU of a number, counted from 0.
    ///
    /// # Errors
    /// [`Error::Device`] if there is no such GPU, or a library of CUDA is not there.
    pub(super) fn new(ordinal: usize, precision: CudaPrecision) -> Result<Gpu, Error> {
        libraries()?;
        let context = CudaContext::new(ordinal).map_err(failed("the GPU"))?;
        let name = context.name().map_err(failed("the GPU"))?;
        // SAFETY: all buffers live on the one stream, in whose order they are written and read.
        unsafe { context.disable_event_tracking() };
        let stream = context.new_stream().map_err(failed("the GPU"))?;
        let blas = CudaBlas::new(Arc::clone(&stream)).map_err(failed("cuBLAS"))?;
        let mode = match precision {
            CudaPrecision::Single => blas::cublasMath_t::CUBLAS_DEFAULT_MATH,
            CudaPrecision::TensorFloat | CudaPrecision::Half => {
                blas::cublasMath_t::CUBLAS_TF32_TENSOR_OP_MATH
            }
        };
        // SAFETY: the handle is that of a live cuBLAS.
        unsafe { blas::cublasSetMathMode(*blas.handle(), mode) }.result().map_err(failed("cuBLAS"))?;
        let compiled = nvrtc::compile_ptx(include_str!("kernels.cu")).map_err(failed("compiling kernels"))?;
        let module = context.load_module(compiled).map_err(failed("loading kernels"))?;
        let kernels = NAMES.iter().map(|name| module.load_function(name)).collect::<Result<_, _>>();
        let kernels = kernels.map_err(failed("loading kernels"))?;
        let dnn = Dnn::new(&stream)?;
        Ok(Gpu { precision, dnn, stream, name, blas, kernels })
    }

    /// What the vendor calls it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Runs a kernel in `blocks` of `threads`.
    pub(super) fn launch(
        &self,
        kernel: CudaKernel,
        blocks: [usize; 3],
        threads: (u32, u32),
        arguments: &[Argument],
    ) -> Result<(), Error> {
        let [x, y, z] = blocks.map(|n| n as u32);
        let config =
            LaunchConfig { grid_dim: (x, y, z), block_dim: (threads.0, threads.1, 1), shared_mem_bytes: 0 };
        let mut launch = self.stream.launch_builder(&self.kernels[kernel as usize]);
        for argument in arguments {
            match argument {
                Argument::At(at) => launch.arg(at.raw()),
                Argument::Count(count) => launch.arg(count),
                Argument::Number(number) => launch.arg(number),
            };
        }
        // SAFETY: callers pass what `kernels.cu` declares, in its order, with buffers that hold the sizes they name.
        unsafe { launch.launch(config) }.map_err(failed(NAMES[kernel as usize]))?;
        Ok(())
    }

    /// Runs a kernel with a thread for each of `count` values.
    pub(super) fn launch_each(
        &self,
        kernel: CudaKernel,
        count: usize,
        arguments: &[Argument],
    ) -> Result<(), Error> {
        self.launch(kernel, [count.div_ceil(256), 1, 1], (256, 1), arguments)
    }

    /// `to = a b`, or added to it.
    pub(super) fn product(
        &self,
        a: DeviceMatrix,
        b: DeviceMatrix,
        to: DeviceMatrix,
        add: bool,
    ) -> Result<(), Error> {
        debug_assert!(a.columns == b.rows && a.rows == to.rows && b.columns == to.columns);
        let (alpha, beta) = (1.0f32, if add { 1.0f32 } else { 0.0 });
        let [m, n, k] = [to.columns, to.rows, a.columns].map(|n| n as i32);
        // SAFETY: cuBLAS knows columns first, so the transposed product of what is stored is formed; the matrices lie in
        // buffers that hold their rows.
        let status = unsafe {
            blas::cublasSgemm_v2(
                *self.blas.handle(),
                b.operation(),
                a.operation(),
                m,
                n,
                k,
                &alpha,
                b.at.pointer(),
                b.stride as i32,
                a.at.pointer(),
                a.stride as i32,
                &beta,
                to.at.pointer(),
                to.stride as i32,
            )
        };
        status.result().map_err(|e: CublasError| failed("cuBLAS")(e))
    }

    /// Adds to each of the places `at` of `gradient` the sum of a column of `d`, `[rows, width]`.
    pub(super) fn column_sums(
        &self,
        d: Address,
        (rows, width): (usize, usize),
        at: Address,
        gradient: Address,
    ) -> Result<(), Error> {
        let arguments = [d.into(), at.into(), gradient.into(), rows.into(), width.into()];
        self.launch(CudaKernel::ColumnSums, [width.div_ceil(32), 1, 1], (32, 32), &arguments)
    }

    /// Waits until all work is done.
    pub(super) fn wait(&self) -> Result<(), Error> {
        self.stream.synchronize().map_err(failed("the GPU"))
    }
}

impl From<Address> for Argument {
    fn from(at: Address) -> Argument {
        Argument::At(at)
    }
}

impl From<usize> for Argument {
    fn from(count: usize) -> Argument {
        Argument::Count(count as u32)
    }
}

impl From<f32> for Argument {
    fn from(number: f32) -> Argument {
        Argument::Number(number)
    }
}

/// Whether the libraries that are loaded at run time are there; else their first use would panic.
fn libraries() -> Result<(), Error> {
    // SAFETY: these load a library and look no further.
    let there = unsafe {
        [
            ("the driver's libcuda", driver::sys::is_culib_present()),
            ("libnvrtc", nvrtc::sys::is_culib_present()),
            ("libcublas", blas::is_culib_present()),
            ("libcudnn", cudnn::sys::is_culib_present()),
        ]
    };
    match there.into_iter().find(|(_, there)| !there) {
        Some((name, _)) => {
            Err(Error::device(format!("{name} is not found; is its folder in LD_LIBRARY_PATH?")))
        }
        None => Ok(()),
    }
}
