//! Long work: other threads of Python run beside it, and what Python raises ends it.

use std::ops::ControlFlow;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use pyo3::prelude::*;
use sideman_session::{Watch, WorkEvent};

use crate::error::{Error, raised};

/// How often an interrupt is looked for.
const PATIENCE: Duration = Duration::from_millis(20);

/// Does work that tells of itself. `tell` hands its events to Python, and whether to go on comes back; an exception
/// there, or an interrupt, ends the work and is raised.
pub(crate) fn watched<T: Send, E: std::fmt::Display + Send>(
    py: Python<'_>,
    tell: impl Fn(Python<'_>, &WorkEvent<'_>) -> PyResult<bool> + Sync,
    work: impl FnOnce(Watch<'_>) -> Result<T, E> + Send,
) -> PyResult<T> {
    let (done, exception) = py.detach(|| {
        let mut exception = None;
        let mut watch = |event: WorkEvent<'_>| {
            let told = Python::attach(|py| py.check_signals().and_then(|()| tell(py, &event)));
            match told {
                Ok(true) => ControlFlow::Continue(()),
                Ok(false) => ControlFlow::Break(()),
                Err(error) => {
                    exception = Some(error);
                    ControlFlow::Break(())
                }
            }
        };
        let done = work(&mut watch);
        (done, exception)
    });
    exception.map_or_else(|| done.map_err(raised), Err)
}

/// Does work that tells nothing, on a thread of its own: where Python is interrupted it is left to itself, and what
/// comes of it is dropped.
pub(crate) fn waited<T: Send + 'static, E: std::fmt::Display>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> PyResult<T> {
    let (sender, mut receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // Nobody waits any longer where this fails.
        let _ = sender.send(work().map_err(|error| error.to_string()));
    });
    loop {
        let receiver = &mut receiver;
        match py.detach(move || receiver.recv_timeout(PATIENCE)) {
            Ok(done) => return done.map_err(Error::new_err),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(raised("the work broke off")),
        }
    }
}
