//! The processes of one run, where a launcher of MPI has started several.

use anyhow::Result;
#[cfg(feature = "mpi")]
use sideman_session::learn::MpiWorld;

/// What launchers tell the processes that they start: `mpirun` of Open MPI, `srun` with PMIx or PMI.
#[cfg(feature = "mpi")]
const LAUNCHED: [&str; 3] = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"];

/// This process among those of its run, each with a rank from 0 on.
pub(crate) struct Ranks {
    #[cfg(feature = "mpi")]
    world: Option<MpiWorld>,
}

#[cfg(feature = "mpi")]
impl Ranks {
    pub(crate) fn begin() -> Result<Self> {
        let launched = LAUNCHED.iter().any(|name| std::env::var_os(name).is_some());
        Ok(Self { world: launched.then(MpiWorld::begin).transpose()? })
    }

    /// Which one this is.
    pub(crate) fn rank(&self) -> usize {
        self.world.as_ref().map_or(0, MpiWorld::rank)
    }

    /// How many there are.
    pub(crate) fn size(&self) -> usize {
        self.world.as_ref().map_or(1, MpiWorld::size)
    }

    /// Whether any of them says yes; all must ask.
    pub(crate) fn any(&self, yes: bool) -> bool {
        self.world.as_ref().map_or(yes, |world| world.any(yes))
    }

    /// The rows that all have made, of which each has made every so manieth, from those of this one; all must ask.
    pub(crate) fn in_turns<const N: usize>(&self, own: Vec<[f64; N]>) -> Result<Vec<[f64; N]>> {
        let Some(world) = &self.world else { return Ok(own) };
        let all = world.gather(own.as_flattened())?;
        let rows: Vec<&[[f64; N]]> = all.iter().map(|values| values.as_chunks().0).collect();
        let turns = rows.iter().map(|rows| rows.len()).max().unwrap_or(0);
        Ok((0..turns).flat_map(|turn| rows.iter().filter_map(move |rows| rows.get(turn)).copied()).collect())
    }

    /// Ends the others, who would wait for this one, and this one.
    pub(crate) fn end_all(&self, status: u8) {
        if let Some(world) = &self.world {
            world.abort(status);
        }
    }
}

#[cfg(not(feature = "mpi"))]
impl Ranks {
    pub(crate) fn begin() -> Result<Self> {
        Ok(Self {})
    }

    /// Which one this is.
    pub(crate) fn rank(&self) -> usize {
        0
    }

    /// How many there are.
    pub(crate) fn size(&self) -> usize {
        1
    }

    /// Whether any of them says yes.
    pub(crate) fn any(&self, yes: bool) -> bool {
        yes
    }

    /// The rows that all have made, which are those of this one.
    pub(crate) fn in_turns<const N: usize>(&self, own: Vec<[f64; N]>) -> Result<Vec<[f64; N]>> {
        Ok(own)
    }

    /// Ends the others, of which there are none.
    pub(crate) fn end_all(&self, _status: u8) {}
}

impl Ranks {
    /// Whether this is the one that writes what all have made, tells how it goes, and does what is not shared.
    pub(crate) fn is_first(&self) -> bool {
        self.rank() == 0
    }

    /// Ends in good order, when all do.
    pub(crate) fn end(self) {}

    /// What is put before an error, where there are several.
    pub(crate) fn prefix(&self) -> String {
        if self.size() > 1 { format!("rank {}: ", self.rank()) } else { String::new() }
    }
}
