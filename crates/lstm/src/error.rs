use thiserror::Error;

/// What can go wrong at this crate's doors.
#[derive(Debug, Error)]
pub enum Error {
    /// The shape does not describe a network.
    #[error("the shape of the network is not valid: {0}")]
    Shape(String),
    /// A batch, a state or a buffer was made for another shape or size.
    #[error("the data does not fit the network: {0}")]
    Data(String),
    /// The bytes are not a checkpoint of this program.
    #[error("not a usable checkpoint: {0}; train a new model or choose another file")]
    Checkpoint(String),
    /// Processes cannot share their work.
    #[error("the processes of this run cannot work together: {0}")]
    Communicator(String),
    /// A GPU, its driver or one of its libraries is not there or failed.
    #[cfg(feature = "cuda")]
    #[error("the GPU cannot be used: {0}")]
    Device(String),
}

impl Error {
    pub(crate) fn shape(what: impl Into<String>) -> Error {
        Error::Shape(what.into())
    }

    pub(crate) fn data(what: impl Into<String>) -> Error {
        Error::Data(what.into())
    }

    #[cfg(feature = "cuda")]
    pub(crate) fn device(what: impl Into<String>) -> Error {
        Error::Device(what.into())
    }

    pub(crate) fn checkpoint(what: impl Into<String>) -> Error {
        Error::Checkpoint(what.into())
    }
}
