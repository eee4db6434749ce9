//! What the processes of one run say to each other.

use std::fmt;

use crate::Error;

/// A group of processes, each with a rank from 0 on, in the sense of MPI. Every rank calls the same methods in the same
/// order; what a rank gives and gets has the lengths that the others expect.
pub trait Communicator: fmt::Debug {
    /// Which one this is.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// Sends each rank its part of `to`, and fills `from` with what the ranks have sent here, in their order.
    ///
    /// # Errors
    /// [`Error::Communicator`] if more is sent at once than can be.
    fn all_to_all(&mut self, to: RankParts<&[f32]>, from: RankParts<&mut [f32]>) -> Result<(), Error>;

    /// Fills `from` with what every rank has sent to all, in the order of ranks.
    ///
    /// # Errors
    /// [`Error::Communicator`] if more is sent at once than can be.
    fn all_gather(&mut self, to: &[f32], from: RankParts<&mut [f32]>) -> Result<(), Error>;

    /// The same in double precision.
    ///
    /// # Errors
    /// [`Error::Communicator`] if more is sent at once than can be.
    fn all_gather_doubles(&mut self, to: &[f64], from: RankParts<&mut [f64]>) -> Result<(), Error>;
}

/// Values for or from each rank, one part after another.
#[derive(Debug)]
pub struct RankParts<'a, V> {
    /// All of them.
    pub values: V,
    /// How many belong to each rank.
    pub counts: &'a [usize],
}

/// A process that has no others.
#[derive(Clone, Copy, Debug)]
pub struct SingleProcess;

impl Communicator for SingleProcess {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn all_to_all(&mut self, to: RankParts<&[f32]>, from: RankParts<&mut [f32]>) -> Result<(), Error> {
        from.values.copy_from_slice(to.values);
        Ok(())
    }

    fn all_gather(&mut self, to: &[f32], from: RankParts<&mut [f32]>) -> Result<(), Error> {
        from.values.copy_from_slice(to);
        Ok(())
    }

    fn all_gather_doubles(&mut self, to: &[f64], from: RankParts<&mut [f64]>) -> Result<(), Error> {
        from.values.copy_from_slice(to);
        Ok(())
    }
}
