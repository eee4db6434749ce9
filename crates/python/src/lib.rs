//! The door from Python: nothing but translation. `python/sideman` beside it is what people import; this is what that
//! calls.
//!
//! Notes, sound and tensors cross as plain columns of bytes, of which the Python side makes arrays, so that this crate
//! knows no numpy. Long work lets other Python threads run and ends when Python raises. No file is read or written
//! here. The `unsafe` code of a binding is all written by `pyo3`'s macros.

mod bounds;
mod chart;
mod columns;
mod corpus;
mod engine;
mod error;
mod judge;
mod lead;
mod learn;
mod model;
mod performance;
mod take;
mod watch;
mod wishes;

use pyo3::prelude::*;

/// What `import sideman` calls; see the stub beside it.
#[pymodule]
mod _sideman {
    #[pymodule_export]
    use crate::chart::PyChart;
    #[pymodule_export]
    use crate::corpus::PyCorpus;
    #[pymodule_export]
    use crate::engine::{PyNetwork, PyStream};
    #[pymodule_export]
    use crate::error::Error;
    #[pymodule_export]
    use crate::judge::{evaluate, measure, originality};
    #[pymodule_export]
    use crate::lead::PyLead;
    #[pymodule_export]
    use crate::learn::train;
    #[pymodule_export]
    use crate::model::PyModel;
    #[pymodule_export]
    use crate::performance::PyPerformance;
    #[pymodule_export]
    use crate::take::PyTake;
}
