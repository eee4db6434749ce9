//! The processes that MPI's launcher has started.

use std::fmt;

use mpi::Threading;
use mpi::collective::SystemOperation;
use mpi::datatype::{Partition, PartitionMut};
use mpi::environment::{Universe, initialize_with_threading, is_initialized};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator as _, CommunicatorCollectives as _, Equivalence};

use crate::Error;
use crate::communicator::{Communicator, RankParts};

/// MPI, from its beginning to its end. What trains meanwhile shares its work with the other ranks.
///
/// Any failure of MPI itself ends all ranks; so does a panic of the thread that holds this.
pub struct MpiWorld {
    _universe: Universe,
    ranks: MpiRanks,
}

/// All ranks.
struct MpiRanks(SimpleCommunicator);

impl fmt::Debug for MpiRanks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rank {} of {}", self.rank(), self.size())
    }
}

impl fmt::Debug for MpiWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ranks.fmt(f)
    }
}

impl MpiWorld {
    /// Begins; this thread is the one that speaks to the other ranks.
    ///
    /// # Errors
    /// [`Error::Communicator`] if MPI has begun already, or lets no program have other threads.
    pub fn begin() -> Result<MpiWorld, Error> {
        let begun = initialize_with_threading(Threading::Funneled);
        let (universe, threading) =
            begun.ok_or_else(|| Error::Communicator("MPI has begun already".into()))?;
        if threading < Threading::Funneled {
            return Err(Error::Communicator("this MPI knows no threads".into()));
        }
        let ranks = MpiRanks(universe.world());
        Ok(MpiWorld { _universe: universe, ranks })
    }

    /// Which one this process is, from 0.
    pub fn rank(&self) -> usize {
        self.ranks.rank()
    }

    /// How many processes there are.
    pub fn size(&self) -> usize {
        self.ranks.size()
    }

    /// What speaks to the other ranks, to share work with them by [`DataParallel`](crate::DataParallel).
    pub fn communicator(&self) -> Box<dyn Communicator> {
        Box::new(MpiRanks(SimpleCommunicator::world()))
    }

    /// Whether any rank says yes; all must ask.
    pub fn any(&self, yes: bool) -> bool {
        let mut any = 0;
        self.ranks.0.all_reduce_into(&i32::from(yes), &mut any, SystemOperation::max());
        any > 0
    }

    /// What every rank gives, as many values as it likes, in the order of ranks; all must ask.
    ///
    /// # Errors
    /// [`Error::Communicator`] if more is sent at once than can be.
    pub fn gather(&self, own: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
        let mut lengths = vec![0.0; self.size()];
        let counts = vec![1; self.size()];
        let from = RankParts { values: &mut lengths[..], counts: &counts };
        gather(&self.ranks.0, &[own.len() as f64], from)?;
        let counts: Vec<usize> = lengths.iter().map(|&length| length as usize).collect();
        let mut all = vec![0.0; counts.iter().sum()];
        gather(&self.ranks.0, own, RankParts { values: &mut all[..], counts: &counts })?;
        let mut rest = all.into_iter();
        Ok(counts.iter().map(|&count| rest.by_ref().take(count).collect()).collect())
    }

    /// Ends all ranks.
    pub fn abort(&self, status: u8) -> ! {
        self.ranks.0.abort(status.into())
    }
}

impl Drop for MpiWorld {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.abort(101);
        }
    }
}

/// All ranks, while MPI is there.
pub(crate) fn communicator() -> Option<Box<dyn Communicator>> {
    is_initialized().then(|| Box::new(MpiRanks(SimpleCommunicator::world())) as Box<dyn Communicator>)
}

impl Communicator for MpiRanks {
    fn rank(&self) -> usize {
        self.0.rank() as usize
    }

    fn size(&self) -> usize {
        self.0.size() as usize
    }

    fn all_to_all(&mut self, to: RankParts<&[f32]>, from: RankParts<&mut [f32]>) -> Result<(), Error> {
        let [(sent, sent_at), (received, received_at)] = [places(to.counts)?, places(from.counts)?];
        let to = Partition::new(to.values, sent, sent_at);
        let mut from = PartitionMut::new(from.values, received, received_at);
        self.0.all_to_all_varcount_into(&to, &mut from);
        Ok(())
    }

    fn all_gather(&mut self, to: &[f32], from: RankParts<&mut [f32]>) -> Result<(), Error> {
        gather(&self.0, to, from)
    }

    fn all_gather_doubles(&mut self, to: &[f64], from: RankParts<&mut [f64]>) -> Result<(), Error> {
        gather(&self.0, to, from)
    }
}

fn gather<T: Equivalence>(
    world: &SimpleCommunicator,
    to: &[T],
    from: RankParts<&mut [T]>,
) -> Result<(), Error> {
    let (counts, places) = places(from.counts)?;
    world.all_gather_varcount_into(to, &mut PartitionMut::new(from.values, counts, places));
    Ok(())
}

/// Counts, and where each part begins, as MPI wants them.
fn places(counts: &[usize]) -> Result<(Vec<i32>, Vec<i32>), Error> {
    let number = |n: usize| {
        i32::try_from(n).map_err(|_| Error::Communicator(format!("{n} values are too many for one message")))
    };
    let mut at = 0;
    let mut places = Vec::with_capacity(counts.len());
    for count in counts {
        places.push(number(at)?);
        at += count;
    }
    Ok((counts.iter().map(|&count| number(count)).collect::<Result<_, _>>()?, places))
}
